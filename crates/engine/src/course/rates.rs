//! What a line owes, as shares of its value.

use ledger::Status;

/// Shares of a value are given in ten thousand millionths of it.
pub const RATE_SCALE: i64 = 10_000_000_000;

/// What goods owe: of every program, and together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rates {
    pub status: Status,
    /// For each program of [`Courses::programs`](super::Courses::programs) its share of the value, under
    /// the defaults of what is missing; `None` where it takes no share of the value, or is not known.
    pub programs: Vec<Option<i64>>,
    /// The least that is owed, whatever the missing facts are: also the known part of a duty by quantity.
    pub least: Option<i64>,
    /// The most; `None` is without bound, or not known.
    pub most: Option<i64>,
    /// The base duty, where it is so much a unit of one kind.
    pub specific: Option<UnitRate>,
    /// What takes no share of the value, program by program: `mfn 6.3¢/liter`.
    pub in_words: String,
    /// Facts that are missing, or why there is no answer, joined by `; `.
    pub needs: String,
}

/// A duty of a share of the value and so much a unit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnitRate {
    /// In units of [`RATE_SCALE`].
    pub share: i64,
    /// In ten millionths of a cent.
    pub a_unit: i64,
    pub unit: String,
}

impl Rates {
    /// The sum of all programs; `None` where one is no share of the value.
    pub fn total(&self) -> Option<i64> {
        self.programs.iter().copied().sum()
    }

    /// The sum of all programs but that of the base duty.
    pub fn additional(&self, base: Option<usize>) -> Option<i64> {
        let all = self.programs.iter().enumerate();
        all.filter(|(at, _)| Some(*at) != base).map(|(_, rate)| *rate).sum()
    }
}
