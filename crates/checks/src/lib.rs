//! Checks of a ledger against what is known to be right: worked cases, the official text, mutation.

pub mod cases;
pub mod mutate;
pub mod official;
