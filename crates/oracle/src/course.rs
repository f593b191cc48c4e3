//! The law of a territory over time: the moments at which it may change, how a measure stands along
//! them, whom and what it concerns, and which acts made a change.

use std::collections::BTreeSet;

use ledger::{Act, Condition, DateFact, Does, Fields, Ledger, Records, Territory, territory_of};
use tariff::{Code, Country, Moment};

use crate::facts::covers;
use crate::history::{Stretch, stands, stretches};
use crate::survey::Survey;

/// Every moment at which what a territory levies may change, for one who asks with the knowledge of the
/// day: where an operation, a row of a list or a window of entry begins or ends, under any state of
/// knowledge, and where an act becomes known, comes to bind or is stayed.
pub fn moments(ledger: &Ledger, territory: &Territory) -> BTreeSet<Moment> {
    let mut found = BTreeSet::new();
    let own = |id: &str| territory_of(id) == territory.id;
    let things = ledger.measures().chain(ledger.relations());
    for record in things.filter(|(id, _)| own(id)).flat_map(|(_, records)| records) {
        let (act, operation) = ledger.record(*record);
        found.extend([act.known].into_iter().chain(act.binds_from()));
        found.extend([operation.interval.from, operation.interval.until].into_iter().flatten());
        if let Does::Measure { fields, .. } | Does::Amend { fields, .. } = &operation.does {
            windows(fields, &mut found);
        }
    }
    for act in &ledger.acts {
        for operation in &act.operations {
            // Stays run in knowledge time.
            if matches!(operation.does, Does::Stay { .. }) {
                found.extend([act.known].into_iter().chain(act.binds_from()));
                found.extend(
                    [operation.interval.from, operation.interval.until].into_iter().flatten(),
                );
            }
        }
    }
    for (name, list) in &ledger.lists {
        if own(name) {
            found.extend(list.moments());
        }
    }
    let members = ledger.areas.iter().flat_map(|area| &area.members);
    found.extend(members.flat_map(|(_, when)| [when.from, when.until]).flatten());
    found
}

/// The moments of entry that a condition tells apart.
fn windows(fields: &Fields, found: &mut BTreeSet<Moment>) {
    let Some(when) = &fields.when else { return };
    when.visit(&mut |test| {
        if let Condition::Before(DateFact::Entered, moment)
        | Condition::From(DateFact::Entered, moment) = test
        {
            found.insert(*moment);
        }
    });
}

impl<'a> Survey<'a> {
    /// The measure over every day of entry, as known.
    pub fn course(&self, id: &'a str, records: &'a Records) -> Vec<Stretch<'a>> {
        stretches(self, id, records)
    }

    /// How the measure stands at `moment`: a stretch of no length.
    pub fn phase(&self, id: &'a str, records: &'a Records, moment: Moment) -> Stretch<'a> {
        let (phase, rate, by) = stands(self, id, records, moment);
        let entered = tariff::Interval { from: Some(moment), until: Some(moment) };
        Stretch { entered, phase, rate, by }
    }

    /// Whether the act of this id is made and binds.
    pub fn binds(&self, id: &str) -> bool {
        self.law.binds(id)
    }

    /// A measure by its id, with the operations on it.
    pub fn measure(&self, id: &str) -> Option<(&'a str, &'a Records)> {
        self.law.ledger.measures().find(|(measure, _)| *measure == id)
    }

    /// The act that first makes the measure, whether it binds or not.
    pub fn made_by(&self, records: &'a Records) -> Option<&'a Act> {
        records.first().map(|record| self.law.ledger.record(*record).0)
    }

    /// Whether the measure, as its fields are at `moment` (live or not), is about goods of `origin` and
    /// about one of `codes`. `None` asks nothing; a measure on all goods is about every code, one whose
    /// fields are not made yet about nothing.
    pub fn concerns(
        &self,
        id: &'a str,
        records: &'a Records,
        origin: Option<Country>,
        codes: Option<&[Code]>,
        moment: Moment,
    ) -> bool {
        let Some(terms) = self.law.terms(id, records, moment) else { return false };
        let holds = |areas: &Vec<String>| {
            origin.is_none_or(|origin| {
                areas.iter().any(|area| self.law.ledger.in_area(origin, area, moment))
            })
        };
        let of = terms.field(|f| f.of.as_ref()).or(terms.field(|f| f.to.as_ref()));
        let left_out = origin.is_some() && terms.field(|f| f.except_of.as_ref()).is_some_and(holds);
        if !of.is_some_and(holds) || left_out {
            return false;
        }
        let Some(codes) = codes else { return true };
        let named = match terms.field(|f| f.goods.as_ref()) {
            None | Some(None) => None,
            Some(Some(selectors)) => Some(selectors),
        };
        let except = terms.field(|f| f.except_goods.as_ref());
        codes.iter().any(|code| {
            named.is_none_or(|selectors| covers(&self.law, selectors, *code, moment))
                && !except.is_some_and(|selectors| covers(&self.law, selectors, *code, moment))
        })
    }

    /// The binding acts that make the measure another at `moment` than just before: an operation on it
    /// begins then, or the act itself becomes known or comes to bind then. Where there is none, those
    /// whose operation ends then.
    pub fn changed_by(&self, records: &'a Records, moment: Moment) -> Vec<&'a Act> {
        let mut begin: Vec<&Act> = Vec::new();
        let mut end: Vec<&Act> = Vec::new();
        for (act, operation) in self.law.binding(records) {
            let begins = [operation.interval.from, Some(act.known), act.binds_from()];
            if begins.contains(&Some(moment)) {
                begin.push(act);
            } else if operation.interval.until == Some(moment) {
                end.push(act);
            }
        }
        let mut acts = if begin.is_empty() { end } else { begin };
        acts.dedup_by_key(|act| act.id.as_str());
        acts
    }
}
