//! Days stand twice: in the head of an act, and in what it does. A slip in either is seen by the other.

use std::collections::{BTreeMap, BTreeSet};

use tariff::{Day, Interval, Moment, Zone};

use crate::act::{Act, Binds, Does};
use crate::condition::Condition;
use crate::finding::{Finding, Place};
use crate::ledger::Ledger;

/// Days that an act uses, to be struck off the days of its head.
type Used<'a> = BTreeMap<&'a str, BTreeSet<Day>>;

/// Every boundary that an act makes is a day of its head, and every day of its head bounds something.
/// An act whose head states none is not held to it.
pub(crate) fn check(ledger: &Ledger, findings: &mut Vec<Finding>) {
    let mut used = Used::new();
    of_operations(ledger, &mut used, findings);
    of_rows(ledger, &mut used, findings);
    of_members(ledger, &mut used, findings);
    for act in &ledger.acts {
        let unused = |day: &&Day| used.get(act.id.as_str()).is_none_or(|days| !days.contains(day));
        for day in act.effective.iter().filter(unused) {
            findings.push(act.place.finding(
                format!(
                    "`effective` names {day}, and nothing that the act does begins or ends there"
                ),
                "an operation, a row or a member has another day, or is missing",
            ));
        }
    }
}

fn of_operations<'a>(ledger: &'a Ledger, used: &mut Used<'a>, findings: &mut Vec<Finding>) {
    for act in ledger.acts.iter().filter(|act| act.supposed_by.is_none()) {
        let Some(zone) = zone(ledger, &act.folder) else { continue };
        if let Binds::At(_, stated) = act.binds {
            strike(act, "binds", stated.day(zone), &act.place, used, findings);
        }
        for operation in &act.operations {
            let place = &operation.place;
            for (key, day) in bounds(operation.interval, zone) {
                strike(act, key, day, place, used, findings);
            }
            let (Does::Measure { fields, .. } | Does::Amend { fields, .. }) = &operation.does
            else {
                continue;
            };
            let mut moments: BTreeSet<Moment> = BTreeSet::new();
            if let Some(when) = &fields.when {
                when.visit(&mut |test| {
                    if let Condition::Before(_, moment) | Condition::From(_, moment) = test {
                        moments.insert(*moment);
                    }
                });
            }
            for moment in moments {
                strike(act, "when", moment.day(zone), place, used, findings);
            }
        }
    }
}

fn of_rows<'a>(ledger: &'a Ledger, used: &mut Used<'a>, findings: &mut Vec<Finding>) {
    for (name, list) in &ledger.lists {
        let folder = name.split('/').next().unwrap_or_default();
        let Some(zone) = zone(ledger, folder) else { continue };
        // Rows of one act and day are many, and are looked up once.
        let mut seen: BTreeSet<(&str, Moment)> = BTreeSet::new();
        for row in &list.rows {
            let ended_by = row.ended_by.as_ref().unwrap_or(&row.act);
            for (key, id, moment) in [("from", &row.act, row.from), ("until", ended_by, row.until)]
            {
                let Some(moment) = moment.filter(|moment| !seen.contains(&(&**id, *moment))) else {
                    continue;
                };
                let Some(act) = ledger.act(id) else { continue };
                let day = moment.day(zone);
                if strike(act, key, day, &list.place(row), used, findings) {
                    seen.insert((&**id, moment));
                }
            }
        }
    }
}

fn of_members<'a>(ledger: &'a Ledger, used: &mut Used<'a>, findings: &mut Vec<Finding>) {
    let Some(zone) = ledger.territories.first().map(|home| &home.zone) else { return };
    for made in ledger.areas.iter().flat_map(|area| &area.made) {
        let Some(act) = ledger.act(&made.act) else { continue };
        for (key, day) in bounds(made.interval, zone) {
            strike(act, key, day, &made.place, used, findings);
        }
    }
}

/// Notes that the act uses the day; `false`, with a finding, where its head does not name it.
fn strike<'a>(
    act: &'a Act,
    key: &str,
    day: Day,
    place: &Place,
    used: &mut Used<'a>,
    findings: &mut Vec<Finding>,
) -> bool {
    if act.effective.is_empty() {
        return true;
    }
    used.entry(&act.id).or_default().insert(day);
    let named = act.effective.contains(&day);
    if !named {
        let days: Vec<String> = act.effective.iter().map(Day::to_string).collect();
        findings.push(place.finding(
            format!("`{key}`: `{}` does nothing on {day}", act.id),
            format!("its head has effective = [{}]; mend one of the two", days.join(", ")),
        ));
    }
    named
}

fn bounds(interval: Interval, zone: &Zone) -> impl Iterator<Item = (&'static str, Day)> + '_ {
    let ends = [("from", interval.from), ("until", interval.until)];
    ends.into_iter().filter_map(|(key, moment)| Some((key, moment?.day(zone))))
}

/// Where the days of a folder begin; those of acts of several territories begin at home.
fn zone<'a>(ledger: &'a Ledger, folder: &str) -> Option<&'a Zone> {
    ledger.territory(folder).or(ledger.territories.first()).map(|territory| &territory.zone)
}
