//! What the ledger says to a claim.
//!
//! A claim is held twice. **Then**: as whoever wrote the document could know it. What it says of a day before
//! that is held against what importers faced on that day, what it says of a later one against the law made by the
//! document's date. **Today**: the same days, as the law is known at the last moment that the ledger knows; so a
//! duty that a later ruling voided from the start is contradicted today, and what was collected then is told.

/// How a claim stands against the ledger at one moment of knowledge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    Confirmed,
    /// Loose; the exact figure is told.
    Imprecise,
    /// The law says otherwise; it is told.
    Contradicted,
    NotInLedger,
    NotCheckable,
    Unsure,
}

impl Verdict {
    /// The word in reports and labels.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Confirmed => "confirmed",
            Verdict::Imprecise => "imprecise",
            Verdict::Contradicted => "contradicted",
            Verdict::NotInLedger => "not-in-ledger",
            Verdict::NotCheckable => "not-checkable",
            Verdict::Unsure => "unsure",
        }
    }
}

/// A verdict with its grounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub verdict: Verdict,
    /// The exact figure, date or status, in words.
    pub exact: Option<String>,
    /// Measures, acts and events of the ledger, by id, and the sources of events.
    pub cites: Vec<String>,
    /// One or two sentences for the reader.
    pub why: String,
}
