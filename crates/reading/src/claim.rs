//! What a text states about trade measures, field by field.

use std::ops::Range;

use tariff::{Code, Country, Day, Exact};

/// What sort of fact a claim states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A duty of a rate is levied, was announced, or ended.
    Rate,
    /// A duty goes from one rate to another.
    Change,
    /// A duty or a part of it does not apply for a time: a pause, a truce, an extension of one.
    Suspension,
    /// What a court decided, or the stay of it.
    Ruling,
    /// An act was signed, issued, published, revoked.
    Act,
    /// Talks, a call, a meeting, a hearing, a statement agreed by both sides.
    Event,
    /// A day on which something ends, begins or is due.
    Deadline,
}

impl Kind {
    /// The word in reports and labels.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Rate => "rate",
            Kind::Change => "change",
            Kind::Suspension => "suspension",
            Kind::Ruling => "ruling",
            Kind::Act => "act",
            Kind::Event => "event",
            Kind::Deadline => "deadline",
        }
    }
}

/// The status that a text gives to a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Legal {
    Announced,
    InForce,
    Suspended,
    StruckDown,
    Stayed,
    Expired,
}

impl Legal {
    /// The word in reports and labels.
    pub fn name(self) -> &'static str {
        match self {
            Legal::Announced => "announced",
            Legal::InForce => "in-force",
            Legal::Suspended => "suspended",
            Legal::StruckDown => "struck-down",
            Legal::Stayed => "stayed",
            Legal::Expired => "expired",
        }
    }
}

/// How a text bounds the rate that it states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bound {
    /// `145%`
    #[default]
    Exactly,
    /// `about`, `nearly`, `some`
    About,
    /// `surpassed`, `exceeding`, `more than`, `over`
    Over,
    /// `at least`
    AtLeast,
    /// `less than`, `under`
    Under,
    /// `up to`, `as high as`
    UpTo,
}

/// Which time the verb of a claim speaks of, seen from the document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tense {
    #[default]
    Past,
    Present,
    /// `will rise on 12 August`, `is set to take effect`: what the law made by then already says.
    Future,
}

/// One checkable statement about trade measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Where in the text: from the first to the last word of the clause that states it, without the space and
    /// the marks around it.
    pub span: Range<usize>,
    pub kind: Kind,
    /// Who levies (or decides).
    pub levied_by: Vec<Country>,
    /// On whose goods.
    pub on: Vec<Country>,
    /// On the goods of all partners but those with terms of their own (`other countries`).
    pub others: bool,
    /// On which goods, in the words of the text, where it names any.
    pub goods: Option<String>,
    /// On a part of the goods only (`$34 billion of imports`, `certain goods`).
    pub listed: bool,
    /// Codes of the ledger's schedules that stand for these goods.
    pub codes: Vec<Code>,
    /// Programs of the ledger that the words name.
    pub programs: Vec<String>,
    /// Percent of the value, e.g. 145.
    pub rate_from: Option<Exact>,
    pub rate_to: Option<Exact>,
    /// How the text bounds `rate_to`.
    pub bound: Bound,
    /// Whether a rate is said to fall, or to rise.
    pub falls: Option<bool>,
    /// Percentage points by which a rate is said to go up, or down where negative.
    pub points: Option<Exact>,
    pub days: Option<i32>,
    pub from: Option<Day>,
    pub until: Option<Day>,
    /// Whether the law is said to reach back to `from` (`retroactive to November 14`).
    pub backdated: bool,
    /// The first and the last day of what a text dates loosely (`in May`, `two weeks ago`).
    pub around: Option<(Day, Day)>,
    /// The act that the text names, by its name in the ledger.
    pub act: Option<String>,
    /// The court that the text names, by its name in the dictionary.
    pub court: Option<String>,
    /// Where something took place, by its name in the ledger.
    pub place: Option<String>,
    /// The sort of event: a word of the ledger (`talks`, `call`, `meeting`, `hearing`, `mechanism`).
    pub event: Option<&'static str>,
    pub status: Option<Legal>,
    pub tense: Tense,
}

impl Claim {
    /// A claim of a kind of which nothing is stated yet.
    pub fn new(kind: Kind, span: Range<usize>) -> Claim {
        Claim {
            span,
            kind,
            levied_by: Vec::new(),
            on: Vec::new(),
            others: false,
            goods: None,
            listed: false,
            codes: Vec::new(),
            programs: Vec::new(),
            rate_from: None,
            rate_to: None,
            bound: Bound::Exactly,
            falls: None,
            points: None,
            days: None,
            from: None,
            until: None,
            backdated: false,
            around: None,
            act: None,
            court: None,
            place: None,
            event: None,
            status: None,
            tense: Tense::Past,
        }
    }
}
