//! Documents about trade measures: what they claim, held against the ledger.
//!
//! `document` (bytes → the main text, its sentences, its date) → `read` (what the text states: `claim`s, each with
//! its exact span, found by a grammar over the words of the `lexicon`) and `statement` (who is quoted with which
//! words) → `hold` (a claim held against the ledger as known on the document's date, and today: a `verdict`).
//!
//! The reader is a grammar over dictionaries that are data. It opens no file, reads no clock and gives the same
//! result every time.

pub mod align;
pub mod article;
pub mod claim;
mod clause;
pub mod dateline;
mod dates;
mod decode;
pub mod document;
mod events;
mod hold;
mod html;
pub mod labels;
pub mod lexicon;
mod markdown;
pub mod names;
pub mod page;
mod parties;
mod people;
mod rates;
pub mod read;
mod rulings;
pub mod score;
mod speech;
pub mod statement;
mod token;
mod unit;
pub mod verdict;

pub use article::Article;
pub use claim::{Bound, Claim, Kind, Legal, Tense};
pub use dateline::{Dated, Found};
pub use document::{Document, Unreadable, main_text};
pub use hold::Bench;
pub use lexicon::Lexicon;
pub use read::read;
pub use statement::{Statement, statements};
pub use verdict::{Held, Verdict};
