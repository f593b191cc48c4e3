//! Checks of a ledger: worked cases against what is known to be right, and a survey of every line.

pub mod cases;
pub mod official;
pub mod survey;
