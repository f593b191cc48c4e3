//! Documents about trade measures: what they claim, held against the ledger.
//!
//! `document` (bytes → the main text, its sentences, its date) → `claim` (what the text states, each with its
//! exact span) and `statement` (who is quoted with which words) → `verdict` (held against the ledger as known
//! on the document's date, and today).
//!
//! The reader is a grammar over dictionaries that are data. It opens no file, reads no clock and gives the same
//! result every time.

pub mod claim;
pub mod document;
pub mod statement;
pub mod verdict;

pub use claim::{Claim, Kind, Legal};
pub use document::Document;
pub use statement::Statement;
pub use verdict::{Held, Verdict};
