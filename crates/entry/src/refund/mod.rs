//! What of a report of entries comes back: read, held against the law at entry and today, explained.

mod headings;
mod rebuild;
mod report;

pub use report::*;
