//! Checks of a ledger against what is known to be right: worked cases.

pub mod cases;
pub mod official;
