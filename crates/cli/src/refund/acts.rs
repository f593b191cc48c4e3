//! The acts behind what is owed otherwise today.

use std::collections::BTreeMap;

use engine::Steps;
use entry::refund::ActSum;
use ledger::{Cause, Ledger};
use tariff::Cents;

/// What each act did to what was owed, largest first: `fallen` is what acts made void, `steps` the rest.
pub fn acts(
    record: &Ledger,
    fallen: &BTreeMap<String, (u64, Cents)>,
    steps: &Steps,
) -> Vec<ActSum> {
    let mut sums: BTreeMap<Cause, (u64, i128)> = BTreeMap::new();
    for (act, (lines, gone)) in fallen {
        sums.insert(Cause::Act(act.clone()), (*lines, -i128::from(gone.0)));
    }
    for ((_, cause), step) in steps {
        let sum = sums.entry(cause.clone()).or_default();
        sum.0 += step.lines;
        sum.1 += step.cents;
    }
    let mut found: Vec<ActSum> = sums
        .into_iter()
        .map(|(cause, (lines, cents))| {
            let (act, title, cite) = named(record, &cause);
            let difference = Cents(i64::try_from(cents).unwrap_or(i64::MAX));
            ActSum { act, title, cite, lines, difference }
        })
        .collect();
    let size = |act: &ActSum| std::cmp::Reverse(act.difference.0.abs());
    found.sort_by(|a, b| size(a).cmp(&size(b)).then_with(|| a.act.cmp(&b.act)));
    found
}

fn named(record: &Ledger, cause: &Cause) -> (String, String, String) {
    let act = |id: &str| record.act(id).map(|act| (act.title.clone(), act.cite.clone()));
    let plain = |name: String, title: &str| (name, title.to_owned(), String::new());
    match cause {
        Cause::Act(id) => {
            let (title, cite) = act(id).unwrap_or_default();
            (id.clone(), title, cite)
        }
        Cause::Dropped(id, world) => {
            let (title, cite) = act(id).unwrap_or_default();
            (id.clone(), format!("dropped by {world}: {title}"), cite)
        }
        Cause::Stays(ids) => plain(ids.join(" + "), "a stay begins or ends"),
        Cause::Schedule(territory, day) => {
            plain(format!("{territory}/schedule/{day}"), "a revision of the tariff schedule")
        }
        Cause::Supposed(world) => plain(format!("world:{world}"), "what the world supposes"),
        Cause::Reading(name, option) => {
            plain(format!("reading:{name}={option}"), "the option of a reading")
        }
        Cause::Open => plain("none".to_owned(), "a state of the law on the way gives no amount"),
    }
}
