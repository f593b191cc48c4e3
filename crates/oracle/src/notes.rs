//! What an answer says beside the money: warnings, pending acts, requirements, the cuts of a day.

use std::collections::BTreeSet;

use ledger::{
    Condition, Control, DateFact, Does, Ledger, Line, Records, Territory, program_of, territory_of,
};
use tariff::{Interval, Moment, Stated};

use crate::answer::{Pending, Requirement};
use crate::as_of::{AsOf, Standing};
use crate::facts::same_claim;
use crate::settle::{Run, Settled};
use crate::shared::conditions;

/// The dates that fix the law in a territory, first that is stated; the time of entry by default.
pub(crate) fn clock_order(law: &AsOf<'_>, territory: &Territory) -> Vec<DateFact> {
    law.ledger
        .clocks()
        .filter(|(id, _)| *id == territory.id)
        .flat_map(|(_, records)| law.binding(records).collect::<Vec<_>>())
        .filter_map(|(_, operation)| match &operation.does {
            Does::Clock { order, .. } => Some(order.clone()),
            _ => None,
        })
        .last()
        .unwrap_or_else(|| vec![DateFact::Entered])
}

/// Every moment within an interval at which the law of a territory may change, as known.
pub(crate) fn cuts(law: &AsOf<'_>, territory: &Territory, within: Interval) -> BTreeSet<Moment> {
    let mut cuts = BTreeSet::new();
    let mut cut = |moment: Moment| {
        if within.contains(moment) {
            cuts.insert(moment);
        }
    };
    for records in own_records(law.ledger, territory) {
        for (_, operation) in law.binding(records) {
            operation.interval.from.into_iter().for_each(&mut cut);
            operation.interval.until.into_iter().for_each(&mut cut);
        }
        for when in conditions(law, records) {
            when.visit(&mut |test| {
                if let Condition::Before(DateFact::Entered, m)
                | Condition::From(DateFact::Entered, m) = test
                {
                    cut(*m);
                }
            });
        }
    }
    for (name, list) in &law.ledger.lists {
        if is_of(name, territory) {
            list.moments().for_each(&mut cut);
        }
    }
    cuts
}

fn own_records<'a>(
    ledger: &'a Ledger,
    territory: &'a Territory,
) -> impl Iterator<Item = &'a Records> {
    ledger
        .measures()
        .chain(ledger.relations())
        .filter(|(id, _)| is_of(id, territory))
        .map(|(_, records)| records)
}

/// Whether a name (`us/…`) belongs to the territory.
fn is_of(name: &str, territory: &Territory) -> bool {
    territory_of(name) == territory.id
}

/// What every answer of this territory must say.
pub(crate) fn general(ledger: &Ledger, territory: &Territory, k: Moment) -> Vec<String> {
    let mut warnings = Vec::new();
    if !ledger.supposed.is_empty() {
        let mut text = format!("hypothetical: world {}", ledger.supposed.join(" + "));
        if !ledger.dropped.is_empty() {
            let names: Vec<&str> = ledger.dropped.iter().map(|d| d.act.as_str()).collect();
            text.push_str(&format!(", without {}", names.join(", ")));
        }
        warnings.push(text);
        warnings.extend(idle_suppositions(ledger, k));
    }
    let missing: Vec<&str> = ledger.not_modelled(&territory.id).map(|p| p.id.as_str()).collect();
    if !missing.is_empty() {
        warnings.push(format!("not-modelled: {}", missing.join(", ")));
    }
    for program in ledger.programs.iter().filter(|p| p.note_only && p.by == territory.id) {
        warnings.push(format!("not-assessed: {} ({})", program.id, program.title));
    }
    warnings
}

/// What an answer about this day must say of how far the law was followed.
pub(crate) fn beyond(territory: &Territory, line: &Line) -> Option<String> {
    let day = line.entered.day(&territory.zone);
    if day > territory.verified_through {
        Some(format!(
            "beyond-verified: the law was followed through {}",
            territory.verified_through
        ))
    } else if day > territory.official_through {
        Some(format!(
            "beyond-official: checked against the official text through {}, later from other sources",
            territory.official_through
        ))
    } else {
        None
    }
}

/// Operations of a world on things that were not known yet: they change nothing.
fn idle_suppositions(ledger: &Ledger, k: Moment) -> Vec<String> {
    let mut notes = Vec::new();
    for act in ledger.acts.iter().filter(|a| a.supposed_by.is_some() && a.known <= k) {
        for operation in &act.operations {
            let mut names: Vec<&str> =
                operation.does.targets().iter().map(|t| t.0.as_str()).collect();
            if let Does::Amend { id, .. } = &operation.does {
                names.push(id);
            }
            for name in names {
                let made = ledger.measure(name).or_else(|| {
                    ledger.relations().find(|(id, _)| *id == name).map(|(_, records)| records)
                });
                let Some(records) = made else { continue };
                if records.first().is_some_and(|r| ledger.record(*r).0.known > k) {
                    notes.push(format!(
                        "hypothetical: `{}` of {name} changes nothing, it was not known yet",
                        operation.does.verb()
                    ));
                }
            }
        }
    }
    notes
}

/// Claims of a line that no measure of these goods, this origin and this time asks about.
pub(crate) fn unused_claims(run: &Run<'_>) -> Vec<String> {
    let used = |claim: &str| {
        run.measures.values().any(|measure| {
            let mut asked = false;
            for when in conditions(run.law, measure.records) {
                when.visit(&mut |test| {
                    asked |= matches!(test, Condition::Claim(name) if same_claim(claim, name));
                });
            }
            asked
        })
    };
    let day = run.line.entered.day(&run.facts.territory.zone);
    run.line
        .claims
        .iter()
        .filter(|claim| !used(claim))
        .map(|claim| match run.side.claims.iter().any(|name| same_claim(claim, name)) {
            true => format!(
                "claim-not-used: `{claim}` is not for these goods of {} on {day}",
                run.line.origin
            ),
            false => format!("claim-not-used: nothing in the ledger asks for `{claim}`"),
        })
        .collect()
}

/// Dates of a line that stand in an unlikely order.
pub(crate) fn unlikely_dates(line: &Line, territory: &Territory) -> Vec<String> {
    let entered = line.entered.last(&territory.zone);
    let first = |date: DateFact| line.date(date).map(|stated| stated.first(&territory.zone));
    let mut notes = Vec::new();
    for date in [DateFact::Loaded, DateFact::Exported] {
        if first(date).is_some_and(|moment| moment > entered) {
            notes.push(format!("check-dates: {} is after entered", date.name()));
        }
    }
    if let Some(withdrawn) = line.withdrawn
        && withdrawn.last(&territory.zone) < line.entered.first(&territory.zone)
    {
        notes.push("check-dates: withdrawn is before entered".to_owned());
    }
    notes
}

/// The controls that name goods of this code: on imports from the origin, and of the origin on
/// exports to the importing side. Controls described in words are no answer about a code.
pub(crate) fn requirements(run: &Run<'_>) -> Vec<Requirement> {
    let (ledger, moment) = (run.law.ledger, run.in_force.moment);
    let mut found = Vec::new();
    for (side, terms) in &run.in_force.controls {
        let concerns = |areas: Option<&Vec<String>>, country| {
            areas.into_iter().flatten().any(|a| ledger.in_area(country, a, moment))
        };
        let imported = side.id == run.facts.territory.id
            && concerns(terms.field(|f| f.of.as_ref()), run.line.origin);
        let exported = side.country == run.line.origin
            && concerns(terms.field(|f| f.to.as_ref()), run.facts.territory.country);
        if !(imported || exported) {
            continue;
        }
        let named = matches!(terms.field(|f| f.goods.as_ref()), Some(Some(selectors))
            if run.facts.is_one_of(selectors, moment));
        let Some(control) = terms.field(|f| f.control.as_ref()).filter(|_| named) else { continue };
        let (text, prohibits) = match control {
            Control::Requires(text) => (text, false),
            Control::Prohibits(text) => (text, true),
        };
        found.push(Requirement {
            program: program_of(terms.id).to_owned(),
            measure: terms.id.to_owned(),
            text: text.clone(),
            prohibits,
            cites: terms.cites().into_iter().map(str::to_owned).collect(),
        });
    }
    found
}

/// Acts that were made but do not bind, and name a measure that applies to the line.
pub(crate) fn pending(run: &Run<'_>, settled: &[(&str, &Settled<'_>)]) -> Vec<Pending> {
    let law = run.law;
    let applies: Vec<&str> = settled
        .iter()
        .filter(|(_, s)| matches!(s, Settled::Applies(_)))
        .map(|(id, _)| *id)
        .collect();
    let mut pending = Vec::new();
    for (at, act) in law.ledger.acts.iter().enumerate() {
        let (binds, stayed_by) = match law.standing(at) {
            Standing::Pending(binds) => (binds, None),
            Standing::Stayed(by) => (act.binds_from(), Some(law.ledger.acts[by].id.clone())),
            _ => continue,
        };
        let named = |id: &str| {
            act.operations.iter().any(|operation| match &operation.does {
                Does::Amend { id: amended, .. } => amended == id,
                does => does.targets().iter().any(|target| target.covers(id)),
            })
        };
        if applies.iter().any(|id| named(id)) {
            let binds = match act.binds {
                ledger::Binds::At(_, stated) => Some(stated),
                _ => binds.map(Stated::Moment),
            };
            pending.push(Pending {
                act: act.id.clone(),
                title: act.title.clone(),
                cite: act.cite.clone(),
                binds,
                stayed_by,
            });
        }
    }
    pending
}
