//! From a checked ledger to a regime: the control plane.

pub(crate) mod acts;
pub(crate) mod bits;
pub(crate) mod cell;
pub(crate) mod classes;
pub(crate) mod condition;
pub(crate) mod grid;
pub(crate) mod groups;
pub(crate) mod hash;
pub(crate) mod identity;
pub(crate) mod side;
pub(crate) mod state;
pub(crate) mod turning;
pub(crate) mod version;

use std::fmt;

/// A ledger beyond what the engine's arrays can hold; the limits stand in `tariff::limits`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooLarge {
    pub what: &'static str,
    pub count: usize,
    pub most: usize,
}

impl TooLarge {
    pub(crate) fn new(what: &'static str, count: usize, most: usize) -> TooLarge {
        TooLarge { what, count, most }
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the ledger has {} {}; the engine holds at most {}",
            self.count, self.what, self.most
        )
    }
}

impl std::error::Error for TooLarge {}
