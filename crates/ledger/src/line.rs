//! The question that both engines answer: a line of an entry, and the coordinates it is asked at.

use std::collections::BTreeMap;

use tariff::{Cents, Code, Country, Exact, Stated, Unit};

use crate::condition::DateFact;

/// One line of an entry, as filed.
#[derive(Clone, Debug)]
pub struct Line {
    /// The id of the territory that levies: `us`.
    pub by: String,
    pub goods: Goods,
    pub origin: Country,
    pub entered: Stated,
    /// The entered value as stated, before any rounding.
    pub value: Cents,
    /// Amounts with their units; without a unit, that of the schedule in the same position.
    pub quantities: Vec<(Exact, Option<Unit>)>,
    pub loaded: Option<Stated>,
    pub exported: Option<Stated>,
    pub withdrawn: Option<Stated>,
    pub privileged: Option<Stated>,
    pub mode: Option<String>,
    pub claims: Vec<String>,
    /// Value of a part of the article by its name: `steel`, `us`, `battery`.
    pub contents: BTreeMap<String, Cents>,
}

/// What is shipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goods {
    Code(Code),
    /// Goods that stand on no list: what a measure on all goods costs by itself.
    Ordinary,
}

impl Line {
    /// A line with nothing stated but what every line has.
    pub fn new(by: &str, goods: Goods, origin: Country, entered: Stated, value: Cents) -> Line {
        Line {
            by: by.to_owned(),
            goods,
            origin,
            entered,
            value,
            quantities: Vec::new(),
            loaded: None,
            exported: None,
            withdrawn: None,
            privileged: None,
            mode: None,
            claims: Vec::new(),
            contents: BTreeMap::new(),
        }
    }

    pub fn date(&self, fact: DateFact) -> Option<Stated> {
        match fact {
            DateFact::Entered => Some(self.entered),
            DateFact::Loaded => self.loaded,
            DateFact::Exported => self.exported,
            DateFact::Withdrawn => self.withdrawn,
            DateFact::Privileged => self.privileged,
        }
    }
}

/// Which law had been made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// By the line's own entry.
    Entry,
    /// By the last known moment of the ledger.
    Today,
    /// By the end of a day, or by a moment.
    At(Stated),
}

/// The options chosen for readings; where none is chosen the reading's default holds.
pub type Readings = BTreeMap<String, String>;

/// How far an answer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    Exact,
    NeedsFacts,
    /// A code or origin that nothing resolves.
    Unknown,
    /// The line itself cannot be right.
    Invalid,
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Status::Exact => "exact",
            Status::NeedsFacts => "needs-facts",
            Status::Unknown => "unknown",
            Status::Invalid => "invalid",
        }
    }
}
