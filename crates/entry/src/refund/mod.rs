//! What of a report of entries comes back: read, held against the law at entry and today, explained.
//!
//! A filed line is rebuilt as a line for the law (`rebuild`, with what the ledger makes of a heading:
//! `headings`, and what the duty filed says of contents: `contents`), set beside what it owes at both ends
//! (`compare`), its differences get their causes (`causes`, each by `variance`), its money is summed (`money`),
//! and an entry gets its ways back with their clocks (`ways`). `answer` puts it together, `totals` sums entries
//! up, `questions` asks what hangs
//! on what is open (of readings that lines may meet: `near`). `docs/refund.md` defines every word.

mod answer;
mod causes;
mod compare;
mod contents;
mod headings;
mod money;
mod near;
mod questions;
mod rebuild;
mod report;
mod totals;
mod variance;
mod ways;

pub use answer::{Answered, Asked, Reference, answer};
pub use questions::Otherwise;
pub use report::*;
pub use variance::Term;
