//! How many lines something is said of, and one of them.

use std::collections::BTreeMap;

use tariff::{Code, Country, Day};

/// A line of a survey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub code: Code,
    pub day: Day,
    pub origin: Country,
}

/// Lines that something is said of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    pub lines: u64,
    /// The first of them in the order of codes, days and countries.
    pub example: Place,
}

impl Told {
    pub fn one(place: Place) -> Told {
        Told { lines: 1, example: place }
    }

    pub fn and(self, other: Told) -> Told {
        Told { lines: self.lines + other.lines, example: self.example.min(other.example) }
    }
}

/// Adds what another thread was told.
pub fn merge<K: Ord>(into: &mut BTreeMap<K, Told>, from: BTreeMap<K, Told>) {
    for (key, told) in from {
        add(into, key, told);
    }
}

pub fn add<K: Ord>(into: &mut BTreeMap<K, Told>, key: K, told: Told) {
    into.entry(key).and_modify(|known| *known = known.and(told)).or_insert(told);
}
