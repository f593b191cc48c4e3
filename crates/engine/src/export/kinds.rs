//! Goods that stand for others: of each class one code for each way in which plans tell codes apart.

use std::collections::BTreeMap;

use tariff::{Code, Day};

use super::CodeRow;

/// How the general duty of a code lies to the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The same for every line.
    Fixed(u32),
    /// By the line's value and quantity.
    ByQuantity,
    /// Beyond what a plan computes.
    Intricate,
}

/// A code, and the days on which it stands for others.
pub type Stand = (Code, Day, Day);

/// The codes that stand for a class.
#[derive(Clone, Debug, Default)]
pub struct Goods {
    pub kinds: BTreeMap<Kind, Vec<Stand>>,
    /// By the place of a claim.
    pub claimed: BTreeMap<u32, Claimed>,
}

/// Codes by what a claim gives them and by kind.
pub type Claimed = BTreeMap<(Option<i64>, Kind), Vec<Stand>>;

/// As many codes of one sort as are kept: those that stand for others at different times.
const KEPT: usize = 4;

impl Goods {
    pub fn add(&mut self, row: &CodeRow) {
        keep(self.kinds.entry(Kind::of(row)).or_default(), row);
    }

    /// Notes what a claim gives the code: `None` is nothing.
    pub fn add_claimed(&mut self, row: &CodeRow, claim: u32, special: Option<i64>) {
        let of_claim = self.claimed.entry(claim).or_default();
        keep(of_claim.entry((special, Kind::of(row))).or_default(), row);
    }
}

fn keep(stands: &mut Vec<Stand>, row: &CodeRow) {
    // One that stands over all of an earlier one's days adds nothing.
    let covered = stands.iter().any(|(_, from, until)| *from <= row.from && row.until <= *until);
    if !covered && stands.len() < KEPT {
        stands.push((row.code, row.from, row.until));
    }
}

impl Kind {
    pub fn of(row: &CodeRow) -> Kind {
        match (row.kind, row.general.is_some()) {
            (Some(kind), _) => Kind::Fixed(kind),
            (None, true) => Kind::ByQuantity,
            (None, false) => Kind::Intricate,
        }
    }
}
