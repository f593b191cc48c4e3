//! Checks of a ledger: worked cases, the official text, mutations of the law, a survey of every line, and
//! made-up reports of entries with errors that are known.

pub mod cases;
pub mod es003;
pub mod mutate;
pub mod official;
pub mod survey;
