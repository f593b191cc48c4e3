//! Acts and what they do.

use std::collections::BTreeSet;

use tariff::{Code, Day, DutyExpression, Exact, Interval, Moment, Stated, exact_decimal};

use crate::condition::{Condition, DateFact, GoodsSelector, Tested};
use crate::finding::Place;

/// A legal act with its citation and its operations on the law.
#[derive(Clone, Debug)]
pub struct Act {
    pub id: String,
    /// The folder it stands in: a territory, or `joint`.
    pub folder: String,
    pub kind: String,
    pub title: String,
    pub cite: String,
    /// The first publication of the text that fixes it, as written and as a moment.
    pub known_stated: Stated,
    pub known: Moment,
    pub binds: Binds,
    /// The days from or until which what it does holds, in its own zone; empty where it does not say.
    pub effective: BTreeSet<Day>,
    pub rests_on: Vec<String>,
    pub sources: Vec<String>,
    pub confidence: Option<String>,
    pub note: Option<String>,
    pub operations: Vec<Operation>,
    /// The world that supposes it; `None` for an act of the record.
    pub supposed_by: Option<String>,
    pub place: Place,
}

/// When customs applies an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binds {
    /// As soon as it is known.
    WithKnown,
    At(Moment, Stated),
    Never,
}

impl Act {
    /// The moment from which it is applied; `None` for never.
    pub fn binds_from(&self) -> Option<Moment> {
        match self.binds {
            Binds::WithKnown => Some(self.known),
            Binds::At(moment, _) => Some(moment.max(self.known)),
            Binds::Never => None,
        }
    }
}

/// One thing an act does.
#[derive(Clone, Debug)]
pub struct Operation {
    pub does: Does,
    /// Where in the act: `sec. 3(b)`.
    pub at: Option<String>,
    pub note: Option<String>,
    /// It holds only under this option of a reading: (name, option).
    pub reading: Option<(String, String)>,
    pub interval: Interval,
    pub place: Place,
}

#[derive(Clone, Debug)]
pub enum Does {
    Measure {
        id: String,
        fields: Box<Fields>,
    },
    Amend {
        id: String,
        fields: Box<Fields>,
    },
    End(Vec<Target>),
    Extend(Vec<Target>),
    Suspend {
        targets: Vec<Target>,
        leaving: Option<Leaving>,
    },
    Resume(Vec<Target>),
    Void {
        targets: Vec<Target>,
        parties: Option<String>,
    },
    Stay {
        acts: Vec<Target>,
        until_act: Option<String>,
        parties: Option<String>,
    },
    Relation(Box<Relation>),
    Pick(Pick),
    Clock {
        territory: String,
        order: Vec<DateFact>,
    },
    /// A world only: these acts and what rests on them are not made.
    Drop(Vec<Target>),
}

impl Does {
    /// The word of the ledger for it.
    pub fn verb(&self) -> &'static str {
        match self {
            Does::Measure { .. } => "measure",
            Does::Amend { .. } => "amend",
            Does::End(_) => "end",
            Does::Extend(_) => "extend",
            Does::Suspend { .. } => "suspend",
            Does::Resume(_) => "resume",
            Does::Void { .. } => "void",
            Does::Stay { .. } => "stay",
            Does::Relation(_) => "relation",
            Does::Pick(_) => "pick",
            Does::Clock { .. } => "clock",
            Does::Drop(_) => "drop",
        }
    }

    /// What it names, for those that target things of the ledger.
    pub fn targets(&self) -> &[Target] {
        match self {
            Does::End(t) | Does::Extend(t) | Does::Resume(t) | Does::Drop(t) => t,
            Does::Suspend { targets, .. } | Does::Void { targets, .. } => targets,
            Does::Stay { acts, .. } => acts,
            _ => &[],
        }
    }
}

/// The program of a measure or relation: the middle of `territory/program/slug`.
pub fn program_of(id: &str) -> &str {
    id.split('/').nth(1).unwrap_or_default()
}

/// The territory of a measure, relation, pick or clock: the beginning of its id.
pub fn territory_of(id: &str) -> &str {
    id.split('/').next().unwrap_or_default()
}

/// A name of something in the ledger: a measure, a relation, all measures of a prefix (`a/b/*`),
/// a program or an act.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Target(pub String);

impl Target {
    /// Whether it names the measure or relation `id` (`territory/program/slug`), directly, by
    /// prefix or by its program.
    pub fn covers(&self, id: &str) -> bool {
        if self.0 == id {
            return true;
        }
        match self.0.strip_suffix('*') {
            Some(prefix) => id.starts_with(prefix),
            None => !self.0.contains('/') && program_of(id) == self.0,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// The heading stays, at this rate.
    Rate(Rate),
    /// Another measure of the same pick is collected.
    Measure(String),
}

/// The fields of a measure. In a `measure` they make it, in an `amend` they change it.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    pub title: Option<String>,
    pub heading: Option<Code>,
    pub rate: Option<Rate>,
    pub control: Option<Control>,
    pub of: Option<Vec<String>>,
    pub except_of: Option<Vec<String>>,
    pub to: Option<Vec<String>>,
    /// `None` inside is "all goods".
    pub goods: Option<Option<Vec<GoodsSelector>>>,
    pub except_goods: Option<Vec<GoodsSelector>>,
    pub when: Option<Condition>,
    pub unstated: Option<Unstated>,
    pub relief: Option<bool>,
    /// The amount stands in for a duty that may have changed since.
    pub stand_in: Option<bool>,
    pub basis: Option<Basis>,
    pub pick: Option<String>,
    pub stage: Option<String>,
    pub tests: Option<Tested>,
    pub absorbs: Option<String>,
    /// What of it comes back on export: `none`, `manufacturing` or `available`.
    pub drawback: Option<String>,
    pub alias: Option<Vec<String>>,
    pub clock: Option<Vec<DateFact>>,
}

/// How much a measure takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rate {
    /// A text of the tariff and what it says.
    Duty {
        text: String,
        duty: DutyExpression,
    },
    General,
    Column2,
    /// The special column: the first of these symbols that it names.
    Special(Vec<String>),
    /// Tops up to this share of the basis.
    Total(Exact),
    /// The rate that the row of this goods list gives the code.
    List(String),
    /// There is a duty, of a size not known, within these shares of the value.
    Unknown {
        min: Option<Exact>,
        max: Option<Exact>,
    },
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Rate::Duty { text, .. } => f.write_str(text),
            Rate::General => f.write_str("schedule general"),
            Rate::Column2 => f.write_str("schedule column 2"),
            Rate::Special(symbols) => write!(f, "schedule special {}", symbols.join(" ")),
            Rate::List(name) => write!(f, "list {name}"),
            Rate::Total(share) => write!(f, "total {}%", exact_decimal(*share * 100)),
            Rate::Unknown { min: Some(min), max: Some(max) } => {
                write!(
                    f,
                    "unknown {}% to {}%",
                    exact_decimal(*min * 100),
                    exact_decimal(*max * 100)
                )
            }
            Rate::Unknown { .. } => f.write_str("unknown"),
        }
    }
}

/// A measure that is no duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    Requires(String),
    Prohibits(String),
}

/// What a rate is applied to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basis {
    Value,
    Content(String),
    ValueLessContent(String),
}

impl Basis {
    /// The content it asks about.
    pub fn content(&self) -> Option<&str> {
        match self {
            Basis::Value => None,
            Basis::Content(part) | Basis::ValueLessContent(part) => Some(part),
        }
    }
}

/// What follows when facts are not stated: in order, with the authority for it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Unstated {
    pub outcomes: Vec<(String, Outcome)>,
    pub cite: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Owed,
    NotOwed,
    AskOwed,
    AskNotOwed,
    Ask,
}

impl Outcome {
    pub const NAMES: [&'static str; 5] = ["owed", "not-owed", "ask-owed", "ask-not-owed", "ask"];

    pub fn parse(text: &str) -> Option<Outcome> {
        Some(match text {
            "owed" => Outcome::Owed,
            "not-owed" => Outcome::NotOwed,
            "ask-owed" => Outcome::AskOwed,
            "ask-not-owed" => Outcome::AskNotOwed,
            "ask" => Outcome::Ask,
            _ => return None,
        })
    }
}

/// How measures act on each other: one sentence of an act.
#[derive(Clone, Debug)]
pub struct Relation {
    pub id: String,
    pub of: Vec<Target>,
    pub except: Vec<Target>,
    pub effect: Effect,
    pub object: Vec<Target>,
    pub test: Test,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Excludes,
    TakesPartOf,
    Replaces,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// More than nothing is owed after its own exemptions.
    Owed,
    /// The heading applies, even at 0%.
    ProvidedFor,
}

/// An ordered family of headings of which one applies.
#[derive(Clone, Debug)]
pub struct Pick {
    pub id: String,
    pub stages: Vec<String>,
    /// Stages whose members are of several kinds: exemptions and duties, claimed and not.
    pub mixed: Vec<String>,
    pub choose: Choose,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choose {
    /// At most one member of a stage applies.
    One,
    Lowest,
    Highest,
}
