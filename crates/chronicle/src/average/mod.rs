//! Averages of rates by day: over lines, or over trade that a user states.
//!
//! What a course owes is multiplied by what counts of it and summed, in whole numbers: rates are ten
//! thousand millionths of the value, weights millionths of a unit of currency. An average is one division,
//! rounded once, half up, to a ten thousand millionth. A duty that is no share of the value is in no
//! average: how much of the trade is apart for that reason is said beside it.

pub mod picture;
mod sum;
mod table;
mod weights;

use engine::course::{Courses, RATE_SCALE};
use tariff::{Country, Day};

pub use sum::average;
pub use table::{
    ClaimShare, Flow, LeftOut, Partner, TableError, Trade, UnitValue, claim_shares, countries,
    unit_values,
};
pub use weights::WEIGHT_SCALE;

/// What counts how much.
#[derive(Clone, Copy, Debug)]
pub enum Weighing<'a> {
    /// Every line of the schedule by every country the same.
    Lines,
    Trade(&'a Trade),
}

/// What averages are told apart by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GroupBy {
    #[default]
    Nothing,
    Program,
    Chapter,
    Partner,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub weighing: Weighing<'a>,
    pub unit_values: &'a [UnitValue],
    pub claims: &'a [ClaimShare],
    /// The partners; none is all.
    pub of: &'a [Country],
    pub group_by: GroupBy,
    /// The first day, and the day after the last.
    pub days: (Day, Day),
}

/// Averages over days, for each group.
#[derive(Clone, Debug)]
pub struct Averages {
    /// Their names, in order: chapters, partners; one without a name where nothing is told apart.
    pub groups: Vec<Group>,
    /// What the table of trade holds of the partners asked about, in units of [`WEIGHT_SCALE`]; 0 for lines.
    pub of_table: i128,
}

/// The averages of one group.
#[derive(Clone, Debug)]
pub struct Group {
    pub name: String,
    /// In order, without gaps.
    pub stretches: Vec<Stretch>,
}

/// Days over which no average of the group changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub from: Day,
    /// The day after the last.
    pub until: Day,
    pub sums: Sums,
}

/// What was summed for an average.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Everything that is priced.
    pub weight: i128,
    /// Of it what the table tells by a code that no line has, priced by its heading.
    pub by_heading: i128,
    /// Of it what has facts open, such as contents of metal: it counts under their defaults.
    pub open: i128,
    /// What has an additional duty that is a share of the value, and that duty.
    pub additional: Sum,
    /// What has a base duty that is a share of the value, and that duty.
    pub base: Sum,
    /// What is owed at least, whatever the missing facts are.
    pub least: Sum,
    /// For each program, where they are asked for, the duty; what has it is that of [`Sums::base`] or of [`Sums::additional`].
    pub programs: Vec<i128>,
}

/// A weight, and the sum of rates times weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    pub weight: i128,
    pub duty: i128,
}

impl Sum {
    /// The average in units of [`RATE_SCALE`], to the nearest, a half up; `None` of nothing.
    pub fn average(self) -> Option<i64> {
        divided(self.duty, self.weight)
    }
}

impl Sums {
    pub fn additional(&self) -> Option<i64> {
        self.additional.average()
    }

    pub fn base(&self) -> Option<i64> {
        self.base.average()
    }

    /// The average base duty and the average additional one together.
    pub fn total(&self) -> Option<i64> {
        Some(self.base()? + self.additional()?)
    }

    pub fn least(&self) -> Option<i64> {
        self.least.average()
    }

    /// The average of a program, by its place in `Courses::programs`.
    pub fn program(&self, at: usize, base: Option<usize>) -> Option<i64> {
        let of = if Some(at) == base { self.base } else { self.additional };
        divided(self.programs[at], of.weight)
    }

    /// The share of what is priced that has no such rate, in units of [`RATE_SCALE`].
    pub fn apart(&self, of: Sum) -> Option<i64> {
        divided((self.weight - of.weight) * i128::from(RATE_SCALE), self.weight)
    }

    /// A part of what is priced as a share of it, in units of [`RATE_SCALE`].
    pub fn share(&self, part: i128) -> Option<i64> {
        divided(part * i128::from(RATE_SCALE), self.weight)
    }
}

/// A quotient to the nearest whole number, a half up; neither is negative.
pub(crate) fn divided(number: i128, by: i128) -> Option<i64> {
    if by == 0 {
        return None;
    }
    let (whole, rest) = (number / by, number % by);
    i64::try_from(whole + i128::from(rest * 2 >= by)).ok()
}

/// Whether a territory has no base duty of its own in the ledger, so that averages are of the additional
/// layers alone.
pub fn additional_alone(courses: &Courses<'_, '_>) -> bool {
    !courses.territory().schedule
}
