//! What later law made of a past answer.

use std::collections::BTreeSet;

use ledger::{Act, Does, Ledger};
use tariff::{Cents, Moment, Stated};

use crate::answer::{Assessment, assess, moment_known};
use crate::line::{Known, Line, Readings};

/// The same line under the last known law, where that differs.
#[derive(Clone, Debug)]
pub struct Later {
    /// What `today` means: the last known day of the ledger.
    pub known: Stated,
    pub duty: Option<Cents>,
    /// Later duty less the duty as first answered; `None` when either is open.
    pub difference: Option<Cents>,
    /// The acts that made the difference, in the order in which they came to bind.
    pub acts: Vec<String>,
}

/// Compares an answer with the last known law. `None` when nothing changed.
pub fn later(ledger: &Ledger, line: &Line, now: &Assessment, readings: &Readings) -> Option<Later> {
    let territory = ledger.territory(&line.by)?;
    let today = assess(ledger, line, Known::Today, readings);
    let amounts = |a: &Assessment| (a.duty, a.duty_min, a.duty_max);
    if amounts(&today) == amounts(now) {
        return None;
    }
    let start = now.known.last(&territory.zone);
    let (end, _) = moment_known(ledger, territory, Known::Today, line.entered);
    let mut acts = Vec::new();
    let mut before = now.clone();
    for moment in changes(ledger, start, end) {
        let after = assess(ledger, line, Known::At(Stated::Moment(moment)), readings);
        if amounts(&after) != amounts(&before) {
            acts.extend(because(ledger, moment, &before, &after));
        }
        before = after;
    }
    Some(Later {
        known: today.known,
        duty: today.duty,
        difference: today.duty.zip(now.duty).map(|(a, b)| a - b),
        acts,
    })
}

/// Moments after `start` and until `end` at which some act comes to bind.
fn changes(ledger: &Ledger, start: Moment, end: Moment) -> BTreeSet<Moment> {
    let on_lists: BTreeSet<&str> = ledger.lists.values().flat_map(|list| list.acts()).collect();
    ledger
        .acts
        .iter()
        .filter(|act| !act.operations.is_empty() || on_lists.contains(act.id.as_str()))
        .filter_map(Act::binds_from)
        .filter(|moment| *moment > start && *moment <= end)
        .collect()
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
