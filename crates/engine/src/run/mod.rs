//! One line against one cell: which measures apply, and what each takes.
//!
//! This is the way that answers every line; the data plane takes it once for each kind of line and
//! keeps what came out as a plan.

mod amount;
pub(crate) mod choices;
mod settle;

use ledger::{DateFact, Tested};
use nomenclature::Line as ScheduleLine;
use nomenclature::rate::RateText;
use tariff::{Code, DutyExpression, Exact, Moment, Quantity};

use crate::compile::cell::Cell;
use crate::compile::side::Side;
use crate::compile::version::VersionRate;
use crate::lines::LineFacts;
use crate::rate::Share;
pub(crate) use settle::same_claim;

use choices::Choices;

/// What a line states, in the form that runs ask for.
pub(crate) struct Asked<'r> {
    pub facts: &'r LineFacts<'r>,
    /// First and last moment of each date beside entry, in the order of `OTHER_DATES`.
    pub dates: [Option<(Moment, Moment)>; 4],
    /// For each claim of the side, whether the line makes it.
    pub claims: &'r [bool],
    /// After the territory's rounding, in cents.
    pub value: i64,
}

/// The goods of a line as far as they are settled.
#[derive(Clone, Debug)]
pub(crate) struct GoodsOf<'l> {
    /// The code that the goods are judged by.
    pub code: Code,
    pub scope: u32,
    pub line: Option<&'l ScheduleLine>,
    pub quantities: Vec<Quantity>,
}

/// How a measure came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// Not of this line.
    Elsewhere,
    /// Of this line, and not applied.
    Out,
    Applies,
}

/// What a measure charges.
#[derive(Clone, Debug)]
pub(crate) enum Charge<'l> {
    Duty {
        duty: &'l DutyExpression,
        share: Option<Share>,
    },
    Total {
        share: Exact,
        tests: Tested,
        absorbs: Option<usize>,
    },
    Unknown {
        min: Option<Exact>,
        max: Option<Exact>,
    },
    /// A duty of the schedule that needs this fact.
    Needs(String),
}

/// What a measure that applies takes.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// Place in the cell.
    pub at: usize,
    pub basis: i64,
    pub amount: i64,
    pub missing: Option<String>,
    pub unknown: bool,
    pub unbounded: bool,
}

/// For which other lines of the same cell a result holds too.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach {
    /// It was looked at how much something comes to, in a way that only this line answers.
    pub this_line_only: bool,
    /// The result holds for values from here on (in cents) …
    pub least_value: i64,
    /// … and below here.
    pub below_value: i64,
}

impl Reach {
    /// What both hold for.
    pub fn and(self, other: Reach) -> Reach {
        Reach {
            this_line_only: self.this_line_only || other.this_line_only,
            least_value: self.least_value.max(other.least_value),
            below_value: self.below_value.min(other.below_value),
        }
    }
}

impl Default for Reach {
    fn default() -> Reach {
        Reach { this_line_only: false, least_value: 0, below_value: i64::MAX }
    }
}

/// A basis as a sum: the value and contents of parts, each added, taken away or left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Form {
    pub value: i32,
    pub contents: Vec<(String, i32)>,
}

impl Form {
    pub const VALUE: Form = Form { value: 1, contents: Vec::new() };

    /// Whether it is nothing, whatever the value and the contents are.
    pub fn is_nothing(&self) -> bool {
        self.value <= 0 && self.contents.iter().all(|(_, count)| *count <= 0)
    }

    fn of_content(part: &str) -> Form {
        Form { value: 0, contents: vec![(part.to_owned(), 1)] }
    }

    fn less(mut self, other: &Form) -> Form {
        self.value -= other.value;
        for (part, count) in &other.contents {
            match self.contents.iter_mut().find(|(p, _)| p == part) {
                Some((_, own)) => *own -= count,
                None => self.contents.push((part.clone(), -count)),
            }
        }
        self.contents.retain(|(_, count)| *count != 0);
        self.contents.sort();
        self
    }
}

/// How an amount is computed for any line of the same kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Formula {
    Share(Share),
    /// The duty of a column of the schedule for the line's code.
    Column(Column),
    /// A total less what these parts (by their order) take.
    TopUp {
        share: Share,
        absorbs: Vec<usize>,
    },
}

/// A column whose duty is looked up line by line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Column {
    General,
    Other,
}

/// A part of a result, for any line of the same kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TracedPart {
    pub program: usize,
    pub formula: Formula,
    pub basis: Form,
    /// Only what is known of the amount is counted, and nothing bounds it from above.
    pub unbounded: bool,
    pub unknown: bool,
    pub stand_in: bool,
}

pub(crate) struct Run<'r, 'l> {
    pub side: &'r Side<'l>,
    pub cell: &'r Cell<'l>,
    pub asked: &'r Asked<'r>,
    pub goods: &'r GoodsOf<'l>,
    pub choices: Choices,
    pub reach: Reach,
    settled: Vec<Option<Settled>>,
    in_progress: Vec<bool>,
    parts: Vec<Option<Part>>,
    /// The basis of each part that was asked for, as a sum.
    forms: Vec<Option<Form>>,
    /// Moments taken for dates that are not stated.
    assumed_dates: [Option<Moment>; 4],
    assumed_contents: Vec<(String, i64)>,
    /// Members of one stage that apply together although at most one may.
    pub conflicts: Vec<String>,
}

impl<'r, 'l> Run<'r, 'l> {
    pub fn new(
        side: &'r Side<'l>,
        cell: &'r Cell<'l>,
        asked: &'r Asked<'r>,
        goods: &'r GoodsOf<'l>,
        choices: Choices,
    ) -> Run<'r, 'l> {
        let count = cell.measures.len();
        Run {
            side,
            cell,
            asked,
            goods,
            choices,
            reach: Reach::default(),
            forms: vec![None; count],
            settled: vec![None; count],
            in_progress: vec![false; count],
            parts: vec![None; count],
            assumed_dates: [None; 4],
            assumed_contents: Vec::new(),
            conflicts: Vec::new(),
        }
    }

    /// Settles every measure of the cell, and gives the parts of those that apply, in the order of
    /// program and id.
    pub fn parts(&mut self) -> Vec<Part> {
        let count = self.cell.measures.len();
        for at in 0..count {
            self.settle(at);
        }
        let mut order: Vec<usize> =
            (0..count).filter(|at| self.settled[*at] == Some(Settled::Applies)).collect();
        order.sort_by_key(|at| self.program(*at));
        order.into_iter().map(|at| self.part(at)).collect()
    }

    /// The parts as formulas, or `None` when some amount has none.
    pub fn traced(&mut self, parts: &[Part]) -> Option<Vec<TracedPart>> {
        let traced = parts.iter().map(|part| self.traced_part(part, parts)).collect();
        if self.reach.this_line_only { None } else { traced }
    }

    fn traced_part(&mut self, part: &Part, parts: &[Part]) -> Option<TracedPart> {
        let cell = self.cell;
        let version = &cell.measures[part.at].version;
        let basis = self.forms[part.at].clone()?;
        let column = match version.rate {
            VersionRate::General => Some(Column::General),
            VersionRate::Column2 => Some(Column::Other),
            _ => None,
        };
        let formula = match (self.charge(part.at).ok()?, column) {
            (Charge::Duty { .. }, Some(column)) => {
                (basis == Form::VALUE).then_some(Formula::Column(column))?
            }
            (Charge::Duty { share: Some(share), .. }, None) => Formula::Share(share),
            (Charge::Unknown { min, max: None }, _) => {
                Formula::Share(Share::of(min.unwrap_or(Exact::ZERO))?)
            }
            (Charge::Total { share, tests, absorbs }, _) => {
                if self.is_met(tests, share) {
                    Formula::Share(Share::of(Exact::ZERO)?)
                } else {
                    let absorbed = parts.iter().enumerate();
                    let absorbed = absorbed
                        .filter(|(_, other)| Some(self.program(other.at)) == absorbs)
                        .map(|(place, _)| place);
                    Formula::TopUp { share: Share::of(share)?, absorbs: absorbed.collect() }
                }
            }
            _ => return None,
        };
        Some(TracedPart {
            program: self.program(part.at),
            formula,
            basis,
            unbounded: part.unbounded,
            unknown: part.unknown,
            stand_in: version.stand_in,
        })
    }

    /// Whether some measure of the base program concerns the line.
    pub fn has_base(&self) -> bool {
        let Some(base) = self.side.base else { return true };
        (0..self.settled.len()).any(|at| {
            self.program(at) == base && self.settled[at].is_some_and(|s| s != Settled::Elsewhere)
        })
    }

    pub fn program(&self, at: usize) -> usize {
        self.side.measures[self.cell.measures[at].version.measure].program
    }

    pub fn id(&self, at: usize) -> &'l str {
        self.side.measures[self.cell.measures[at].version.measure].id
    }

    /// The heading under which a measure is reported.
    pub fn heading(&self, at: usize) -> Option<Code> {
        let version = &self.cell.measures[at].version;
        version.heading.or(version.own_code.then_some(self.asked.facts.code))
    }

    /// A duty of the schedule's column, or the fact that is missing for it.
    fn column(&self, text: Option<&'l RateText>, column: &str) -> Charge<'l> {
        match text {
            Some(RateText::Duty(duty)) => {
                Charge::Duty { duty, share: duty.as_ad_valorem().and_then(Share::of) }
            }
            Some(RateText::Needs(class)) => Charge::Needs(class.fact()),
            _ => Charge::Needs(format!("the {column} duty of the article itself")),
        }
    }

    fn date(&self, fact: DateFact) -> usize {
        crate::lines::OTHER_DATES.iter().position(|d| *d == fact).expect("a date beside entry")
    }
}
