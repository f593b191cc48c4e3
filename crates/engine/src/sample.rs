//! A line for each cell: for each set of measures that any goods of any origin ever meet together.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use tariff::{Code, Country, Day, Moment, Stated};

use crate::compile::grid::SPLIT;
use crate::memo::Memo;
use crate::regime::{Compiled, Regime};
use crate::work::Work;

/// Where a cell holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    pub code: Code,
    pub origin: Country,
    /// A day; a moment where the cell holds for a part of a day only.
    pub entered: Stated,
}

/// What was found of the cells of a territory.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    /// In the order of their time.
    pub samples: Vec<Sample>,
    pub cells: usize,
    /// Slots that have a day or a moment from the first day on, and before the last.
    pub slots: usize,
    pub scope_classes: usize,
    pub origin_classes: usize,
}

/// A line for each cell of a territory that holds for a code in force, from a day on and before a day.
/// Every class of goods, every class of origins and every slot is looked at; where they meet the same
/// cell, the earliest line stands for all.
pub fn samples(regime: &Regime<'_>, territory: usize, (from, until): (Day, Day)) -> Samples {
    let compiled = &regime.sides[territory];
    let grid = &compiled.grid;
    let mut work = Work::new(Memo::new(compiled));
    let slots = times(compiled, from, until);
    // The codes of each class, and the days from and until which they are in force.
    let mut goods: BTreeMap<u32, Vec<(Code, Day, Day)>> = BTreeMap::new();
    for row in crate::export::codes_of(&mut work, compiled, from, until) {
        if let Some(scope) = row.scope {
            goods.entry(scope).or_default().push((row.code, row.from, row.until));
        }
    }
    let zone = &compiled.side.territory.zone;
    let origins = &compiled.classes.origins;
    let mut found: FxHashMap<u32, (u16, Sample)> = FxHashMap::default();
    for (scope, codes) in &goods {
        for (origin, country) in origins.iter().enumerate() {
            let row = grid.row(*scope, origin as u32);
            for (slot, entered) in &slots {
                let cell = grid.cell_of_row(row, *slot);
                if found.get(&cell).is_some_and(|(known, _)| known <= slot) {
                    continue;
                }
                let day = entered.day(zone);
                let in_force = codes.iter().find(|(_, from, until)| *from <= day && day < *until);
                if let Some((code, ..)) = in_force {
                    let sample = Sample { code: *code, origin: *country, entered: *entered };
                    found.insert(cell, (*slot, sample));
                }
            }
        }
    }
    let mut samples: Vec<(u16, Sample)> = found.into_values().collect();
    samples.sort_by_key(|(slot, sample)| (*slot, sample.code, sample.origin));
    Samples {
        samples: samples.into_iter().map(|(_, sample)| sample).collect(),
        cells: grid.cells(),
        slots: slots.len(),
        scope_classes: goods.len(),
        origin_classes: origins.len(),
    }
}

/// Each slot with its first day, or its first moment where it has no whole day.
fn times(compiled: &Compiled<'_>, from: Day, until: Day) -> BTreeMap<u16, Stated> {
    let slots = &compiled.grid.slots;
    let zone = &compiled.side.territory.zone;
    let mut times: BTreeMap<u16, Stated> = BTreeMap::new();
    for number in from.number()..until.number() {
        let slot = slots.of_day(number);
        if slot != SPLIT {
            times.entry(slot).or_insert(Stated::Day(Day::from_number(number)));
        }
    }
    let (first, last) = (from.start(zone), until.start(zone));
    let within = |moment: &&Moment| (first..last).contains(*moment);
    for moment in compiled.side.cuts.iter().chain(&compiled.side.acts.cuts).filter(within) {
        times.entry(slots.of_moment(*moment)).or_insert(Stated::Moment(*moment));
    }
    times
}
