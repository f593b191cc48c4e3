//! What a text states about trade measures, field by field.

use std::ops::Range;

use tariff::{Country, Day, Exact};

/// What sort of fact a claim states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A duty of a rate is levied, was announced, or ended.
    Rate,
    /// A duty goes from one rate to another.
    Change,
    /// A duty or a part of it does not apply for a time: a pause, a truce, an extension of one.
    Suspension,
    /// What a court decided, or the stay of it.
    Ruling,
    /// An act was signed, issued, published, revoked.
    Act,
    /// Talks, a call, a meeting, a hearing, a statement agreed by both sides.
    Event,
    /// A day on which something ends, begins or is due.
    Deadline,
}

/// The status that a text gives to a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Legal {
    Announced,
    InForce,
    Suspended,
    StruckDown,
    Stayed,
    Expired,
}

/// One checkable statement about trade measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Where in the text.
    pub span: Range<usize>,
    pub kind: Kind,
    /// Who levies (or decides).
    pub levied_by: Vec<Country>,
    /// On whose goods.
    pub on: Vec<Country>,
    /// On which goods, in the words of the text, where it names any.
    pub goods: Option<String>,
    /// Programs of the ledger that the words name.
    pub programs: Vec<String>,
    /// Percent of the value, e.g. 145.
    pub rate_from: Option<Exact>,
    pub rate_to: Option<Exact>,
    pub days: Option<i32>,
    pub from: Option<Day>,
    pub until: Option<Day>,
    /// The act that the text names, by its name in the ledger.
    pub act: Option<String>,
    pub status: Option<Legal>,
}
