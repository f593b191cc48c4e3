//! What the ledger says to a claim.

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
