//! Which acts bind at each stretch of knowledge, and which of them matter to a side.

use std::collections::BTreeSet;

use ledger::{Act, Does, Ledger, Operation, Readings, Records};
use tariff::{Interval, Moment};

/// The stretches of knowledge of one side, and the acts that bind in each.
pub(crate) struct Acts {
    /// Where a stretch begins; the first begins before all of them.
    pub cuts: Vec<Moment>,
    /// For each stretch, for each act of the ledger, whether it binds.
    binds: Vec<Vec<bool>>,
}

impl Acts {
    /// Tells the stretches apart that differ in one of the acts `relevant`.
    pub fn of(ledger: &Ledger, readings: &Readings, relevant: &BTreeSet<usize>) -> Acts {
        let mut cuts = BTreeSet::new();
        for &at in relevant {
            let act = &ledger.acts[at];
            cuts.insert(act.known);
            cuts.extend(act.binds_from());
            for operation in &act.operations {
                if let Does::Stay { .. } = operation.does {
                    cuts.extend(operation.interval.from);
                    cuts.extend(operation.interval.until);
                }
            }
        }
        let cuts: Vec<Moment> = cuts.into_iter().collect();
        let binds = (0..=cuts.len())
            .map(|stretch| Standings::at(ledger, readings, within(&cuts, stretch)).all(relevant))
            .collect();
        Acts { cuts, binds }
    }

    /// The stretch that a moment of knowledge lies in.
    pub fn stretch(&self, k: Moment) -> usize {
        self.cuts.partition_point(|cut| *cut <= k)
    }

    pub fn binds(&self, stretch: usize, act: usize) -> bool {
        self.binds[stretch][act]
    }

    /// Whether an act binds in one of two stretches alone.
    pub fn differ(&self, (before, after): (usize, usize), act: usize) -> bool {
        self.binds[before][act] != self.binds[after][act]
    }

    /// Whether any does.
    pub fn any_differ(&self, (before, after): (usize, usize)) -> bool {
        self.binds[before] != self.binds[after]
    }
}

/// A moment inside a stretch: its beginning, or a second before the first.
pub(crate) fn within(cuts: &[Moment], stretch: usize) -> Moment {
    match stretch.checked_sub(1) {
        Some(before) => cuts[before],
        None => cuts.first().map_or(Moment::from_seconds(0), |cut| cut.plus_seconds(-1)),
    }
}

/// Whether an operation holds under the chosen readings.
pub(crate) fn reads(ledger: &Ledger, readings: &Readings, operation: &Operation) -> bool {
    let Some((name, option)) = &operation.reading else { return true };
    match readings.get(name) {
        Some(chosen) => chosen == option,
        None => ledger.readings.iter().any(|r| r.id == *name && r.default == *option),
    }
}

/// The acts in these records, those on whose authority list rows stand, and those that act on any
/// of them.
pub(crate) fn relevant<'l>(
    ledger: &Ledger,
    records: impl Iterator<Item = &'l Records>,
    lists: impl Iterator<Item = &'l str>,
) -> BTreeSet<usize> {
    let mut found: BTreeSet<usize> = records.flatten().map(|(act, _)| *act).collect();
    for name in lists {
        let rows = ledger.lists.get(name).into_iter().flat_map(|list| &list.rows);
        let mut last = None;
        for row in rows {
            let ids = (&row.act, &row.ended_by);
            if last != Some(ids) {
                let named = [Some(ids.0), ids.1.as_ref()].into_iter().flatten();
                found.extend(named.filter_map(|id| ledger.act_index(id)));
                last = Some(ids);
            }
        }
    }
    let mut open: Vec<usize> = found.iter().copied().collect();
    while let Some(at) = open.pop() {
        for &(by, o) in ledger.on_act(&ledger.acts[at].id) {
            let mut more = vec![by];
            if let Does::Stay { until_act: Some(until), .. } = &ledger.acts[by].operations[o].does {
                more.extend(ledger.act_index(until));
            }
            open.extend(more.into_iter().filter(|act| found.insert(*act)));
        }
    }
    found
}

/// The acts at one moment of knowledge.
struct Standings<'l> {
    ledger: &'l Ledger,
    readings: &'l Readings,
    k: Moment,
    /// `None` is not asked yet.
    binds: Vec<Option<bool>>,
}

impl<'l> Standings<'l> {
    fn at(ledger: &'l Ledger, readings: &'l Readings, k: Moment) -> Standings<'l> {
        Standings { ledger, readings, k, binds: vec![None; ledger.acts.len()] }
    }

    fn all(mut self, relevant: &BTreeSet<usize>) -> Vec<bool> {
        relevant.iter().for_each(|at| {
            self.ask(*at);
        });
        self.binds.into_iter().map(|b| b.unwrap_or(false)).collect()
    }

    fn ask(&mut self, at: usize) -> bool {
        if let Some(binds) = self.binds[at] {
            return binds;
        }
        let act = &self.ledger.acts[at];
        let plain = act.known <= self.k && act.binds_from().is_some_and(|binds| binds <= self.k);
        // While it is asked whether something acts on it, the act itself stands.
        self.binds[at] = Some(plain);
        if act.known <= self.k && self.undone(act) {
            self.binds[at] = Some(false);
        }
        self.binds[at].unwrap_or(plain)
    }

    /// Whether a binding act voids or stays it.
    fn undone(&mut self, act: &Act) -> bool {
        let ledger = self.ledger;
        ledger.on_act(&act.id).iter().rev().any(|&(by, o)| {
            let operation = &ledger.acts[by].operations[o];
            if !self.ask(by) || !reads(ledger, self.readings, operation) {
                return false;
            }
            match &operation.does {
                Does::Void { parties: None, .. } => true,
                Does::Stay { until_act, parties: None, .. } => {
                    let until = until_act.as_deref().and_then(|id| ledger.act_index(id));
                    let over = until.is_some_and(|until| self.ask(until));
                    let from = operation.interval.from.unwrap_or(ledger.acts[by].known);
                    let holds = Interval { from: Some(from), ..operation.interval };
                    !over && holds.contains(self.k)
                }
                _ => false,
            }
        })
    }
}
