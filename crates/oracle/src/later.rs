//! What later law made of a past answer.

use std::collections::BTreeSet;

use ledger::{
    Act, Does, Goods, Known, Ledger, Line, Readings, Records, Target, WORLD, territory_of,
};
use tariff::{Cents, Moment, Stated};

use crate::answer::Assessment;
use crate::oracle::{Oracle, moment_known};

/// The same line under the last known law, where that differs.
#[derive(Clone, Debug)]
pub struct Later {
    /// What `today` means: the last known day of the ledger.
    pub known: Stated,
    pub duty: Option<Cents>,
    pub duty_min: Option<Cents>,
    pub duty_max: Option<Cents>,
    /// Later duty less the duty as first answered; `None` when either is open.
    pub difference: Option<Cents>,
    /// The acts that made the difference, in the order in which they came to bind.
    pub acts: Vec<String>,
}

/// Compares an answer with the last known law. `None` when nothing changed.
pub fn later(ledger: &Ledger, line: &Line, now: &Assessment, readings: &Readings) -> Option<Later> {
    let territory = ledger.territory(&line.by)?;
    let mut oracle = Oracle::new(ledger, readings);
    let today = oracle.assess(line, Known::Today);
    let amounts = |a: &Assessment| (a.duty, a.duty_min, a.duty_max);
    if amounts(&today) == amounts(now) {
        return None;
    }
    let start = now.known.last(&territory.zone);
    let (end, _) = moment_known(ledger, territory, Known::Today, line.entered);
    let mut acts = Vec::new();
    let mut before = now.clone();
    for moment in changes(ledger, line, start, end) {
        let after = oracle.assess(line, Known::At(Stated::Moment(moment)));
        if amounts(&after) != amounts(&before) {
            acts.extend(because(ledger, moment, &before, &after));
        }
        before = after;
    }
    Some(Later {
        known: today.known,
        duty: today.duty,
        duty_min: today.duty_min,
        duty_max: today.duty_max,
        difference: today.duty.zip(now.duty).map(|(a, b)| a - b),
        acts,
    })
}

/// Moments after `start` and until `end` at which some act comes to bind that may touch the line.
fn changes(ledger: &Ledger, line: &Line, start: Moment, end: Moment) -> BTreeSet<Moment> {
    let within = |moment: &Moment| *moment > start && *moment <= end;
    let near = Near::new(ledger, line);
    ledger
        .acts
        .iter()
        .filter(|act| act.binds_from().is_some_and(|moment| within(&moment)) && near.touches(act))
        .filter_map(Act::binds_from)
        .collect()
}

/// What of a ledger may have to do with a line at any time. Most acts are about other countries,
/// and a question that asks again after each of them is slow.
pub(crate) struct Near<'a> {
    ledger: &'a Ledger,
    by: &'a str,
    /// Measures of the territory that are, or once were, of this origin.
    measures: Vec<&'a str>,
    /// Acts that made or ended rows of lists with these goods, and those that end a stay.
    acts: BTreeSet<&'a str>,
}

impl<'a> Near<'a> {
    pub fn new(ledger: &'a Ledger, line: &'a Line) -> Near<'a> {
        let origin = ledger.countries.resolve(line.origin).unwrap_or(line.origin);
        let of_origin = |areas: &Vec<String>| {
            areas.iter().any(|name| match ledger.area(name) {
                Some(area) => area.members.iter().any(|(member, _)| *member == origin),
                None => name == WORLD || origin.as_str() == name,
            })
        };
        let concerned = |records: &Records| {
            records.iter().any(|record| match &ledger.record(*record).1.does {
                Does::Measure { fields, .. } | Does::Amend { fields, .. } => {
                    fields.of.as_ref().is_some_and(of_origin)
                }
                _ => false,
            })
        };
        let measures = ledger
            .measures()
            .filter(|(id, records)| territory_of(id) == line.by && concerned(records))
            .map(|(id, _)| id)
            .collect();
        let lists = ledger.lists.values().filter(|list| match line.goods {
            Goods::Code(code) => list.touches(code),
            _ => true,
        });
        let mut acts: BTreeSet<&str> = lists.flat_map(|list| list.acts()).collect();
        let operations = ledger.acts.iter().flat_map(|act| &act.operations);
        acts.extend(operations.filter_map(|operation| match &operation.does {
            Does::Stay { until_act, .. } => until_act.as_deref(),
            _ => None,
        }));
        Near { ledger, by: &line.by, measures, acts }
    }

    fn touches(&self, act: &Act) -> bool {
        self.acts.contains(act.id.as_str())
            || act.operations.iter().any(|operation| self.is_near(&operation.does))
    }

    /// Whether what an operation does may have to do with the line.
    pub fn is_near(&self, does: &Does) -> bool {
        let near = |target: &Target| self.measures.iter().any(|id| target.covers(id));
        let relation = |target: &Target| self.ledger.relations().any(|(id, _)| target.covers(id));
        match does {
            Does::Measure { id, .. } | Does::Amend { id, .. } => {
                self.measures.contains(&id.as_str())
            }
            Does::Relation(r) => r.object.iter().any(near) && r.of.iter().any(near),
            Does::Pick(pick) => territory_of(&pick.id) == self.by,
            Does::Clock { territory, .. } => territory == self.by,
            does => does.targets().iter().any(|target| {
                near(target) || relation(target) || self.ledger.act(&target.0).is_some()
            }),
        }
    }
}

/// The acts that come to bind at `moment` and touch a measure whose amount changed; all of them
/// where none says so by name.
fn because(
    ledger: &Ledger,
    moment: Moment,
    before: &Assessment,
    after: &Assessment,
) -> Vec<String> {
    let amount = |a: &Assessment, measure: &str| {
        a.components.iter().filter(|c| c.measure == measure).map(|c| c.amount).sum::<Cents>()
    };
    let changed: BTreeSet<&str> = before
        .components
        .iter()
        .chain(&after.components)
        .map(|c| c.measure.as_str())
        .filter(|measure| amount(before, measure) != amount(after, measure))
        .collect();
    let touches = |act: &Act| {
        act.operations.iter().any(|operation| match &operation.does {
            Does::Measure { id, .. } | Does::Amend { id, .. } => changed.contains(id.as_str()),
            Does::Relation(relation) => {
                relation.object.iter().any(|t| changed.iter().any(|id| t.covers(id)))
            }
            does => does.targets().iter().any(|t| changed.iter().any(|id| t.covers(id))),
        })
    };
    let binding: Vec<&Act> =
        ledger.acts.iter().filter(|act| act.binds_from() == Some(moment)).collect();
    let mut named: Vec<String> =
        binding.iter().filter(|act| touches(act)).map(|act| act.id.clone()).collect();
    if named.is_empty() {
        named = binding
            .iter()
            .filter(|act| !act.operations.is_empty() || lists(ledger, &act.id))
            .map(|act| act.id.clone())
            .collect();
    }
    named
}

fn lists(ledger: &Ledger, act: &str) -> bool {
    ledger.lists.values().flat_map(|list| list.acts()).any(|other| other == act)
}
