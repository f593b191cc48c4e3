//! Checks of a ledger: worked cases, the official text, mutations of the law, and a survey of every line.

pub mod cases;
pub mod mutate;
pub mod official;
pub mod survey;
