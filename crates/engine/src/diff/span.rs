//! Over which stretch of knowledge, and back to which date, lines are looked at.

use ledger::DateFact;
use rustc_hash::FxHashMap;
use tariff::Moment;

use super::Task;
use crate::lines::{OTHER_DATES, PackedDate};

/// What a line's dates come to: between which moments of knowledge it is looked at, whether it goes
/// back in knowledge, and its latest date.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub start: Moment,
    pub end: Moment,
    pub backward: bool,
    pub latest: Moment,
}

impl Span {
    /// Whether a turn with its reach may matter to the line.
    pub fn reached(&self, moment: Moment, reach: Moment) -> bool {
        self.start < moment && moment <= self.end && reach <= self.latest
    }
}

impl Task<'_, '_> {
    /// For each of the rows, in their order.
    pub fn spans(&self) -> Vec<Span> {
        let mut last: FxHashMap<(u8, PackedDate), (Moment, Moment)> = FxHashMap::default();
        let withdrawn = OTHER_DATES.iter().position(|date| *date == DateFact::Withdrawn);
        let mut span = |row: &u32| {
            let row = *row as usize;
            let by = self.lines.by[row];
            let zone = &self.way.record.territories[usize::from(by)].zone;
            // Days repeat, and the clocks of a zone are slow to ask.
            let mut moments = |date: PackedDate| {
                let stated = date.stated()?;
                let moments = || (stated.first(zone), stated.last(zone));
                Some(*last.entry((by, date)).or_insert_with(moments))
            };
            let other = |place: usize| {
                self.lines.dates[place].get(row).copied().unwrap_or(PackedDate::ABSENT)
            };
            let entered = moments(self.lines.entered[row]).expect("every line states its entry");
            let mut latest = entered.1;
            let mut entry = entered.1;
            for place in 0..OTHER_DATES.len() {
                let Some(date) = moments(other(place)) else { continue };
                latest = latest.max(date.1);
                // The entry for consumption of goods from a warehouse is their withdrawal.
                if Some(place) == withdrawn && date.0 > entered.0 {
                    entry = date.1;
                }
            }
            let [from, to] = [0, 1].map(|end| match &self.way.ends[end].moments {
                None => entry,
                Some(moments) => moments[usize::from(by)],
            });
            let backward = to < from;
            Span { start: from.min(to), end: from.max(to), backward, latest }
        };
        self.rows.iter().map(&mut span).collect()
    }
}
