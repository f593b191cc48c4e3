//! Mutations that change no answer: the law of every measure concerned is the same at every moment, as
//! known at every moment.

use std::collections::BTreeSet;

use ledger::{Basis, Does, Effect, Ledger, Rate, Readings, Records, Target};
use oracle::Survey;
use tariff::{DutyExpression, Exact, Moment, Part, Per, Term};

use super::Mutation;

/// Keys whose whole effect is seen in how measures stand.
const SEEN: [&str; 5] = ["", "from", "until", "rate", "heading"];

/// Whether two ledgers that differ in one operation are the same law. `false` where that is not known.
pub(crate) fn same_law(sound: &Ledger, copy: &Ledger, mutation: &Mutation) -> bool {
    if mutation.key == "test" && tests_alike(sound, mutation) {
        return true;
    }
    let verbs = ["measure", "amend", "end", "extend", "suspend", "resume"];
    let verb = mutation.what.split(' ').next().unwrap_or_default();
    let shown = verbs.contains(&verb) && SEEN.contains(&mutation.key.as_str());
    if !shown || mutation.of_act || mutation.has_reading || mutation.sight.measures.is_empty() {
        return false;
    }
    let subject = mutation.what[verb.len()..].trim();
    if names_relation(sound, subject) {
        return false;
    }
    mutation.sight.measures.iter().all(|id| {
        let (mut known, mut cuts) = (BTreeSet::new(), BTreeSet::from([Moment::from_seconds(0)]));
        for ledger in [sound, copy] {
            turns(ledger, id, &mut known, &mut cuts);
        }
        known.iter().all(|k| stands(sound, id, *k, &cuts) == stands(copy, id, *k, &cuts))
    })
}

/// Whether what prevails in a relation always owes something where it applies, so that both tests of the
/// relation come to the same: a plain share of the full value, of which nothing is taken.
fn tests_alike(ledger: &Ledger, mutation: &Mutation) -> bool {
    let id = mutation.what.trim_start_matches("relation ");
    let relation = |records: &Records| match &ledger.record(*records.first()?).1.does {
        Does::Relation(relation) => Some(relation.as_ref().clone()),
        _ => None,
    };
    let Some(own) = ledger.relations().find(|(name, _)| *name == id) else { return false };
    let Some(own) = relation(own.1) else { return false };
    let named = |targets: &[Target], id: &str| targets.iter().any(|target| target.covers(id));
    let taken = |id: &str| {
        ledger
            .relations()
            .filter_map(|(_, records)| relation(records))
            .any(|relation| relation.effect == Effect::TakesPartOf && named(&relation.object, id))
    };
    let always = |records: &Records| {
        records.iter().all(|record| match &ledger.record(*record).1.does {
            Does::Measure { fields, .. } | Does::Amend { fields, .. } => {
                fields.rate.as_ref().is_none_or(is_plain_share)
                    && fields.basis.as_ref().is_none_or(|basis| *basis == Basis::Value)
            }
            Does::Suspend { leaving, .. } => leaving.is_none(),
            _ => true,
        })
    };
    let prevails = |id: &str| named(&own.of, id) && !named(&own.except, id);
    ledger
        .measures()
        .filter(|(id, _)| prevails(id))
        .all(|(id, records)| always(records) && !taken(id))
}

fn is_plain_share(rate: &Rate) -> bool {
    let Rate::Duty { duty: DutyExpression::Sum(terms), .. } = rate else { return false };
    let share = |term: &Term| term.per == Per::Value(Part::Article) && term.rate > Exact::from(0);
    terms.iter().any(share) && terms.iter().all(|term| matches!(term.per, Per::Value(_)))
}

/// The moments at which acts on the measure come to count, and those at which it changes.
fn turns(ledger: &Ledger, id: &str, known: &mut BTreeSet<Moment>, cuts: &mut BTreeSet<Moment>) {
    let records = ledger.measure(id).into_iter().flatten();
    for (act, operation) in records.map(|record| ledger.record(*record)) {
        known.extend([Some(act.known), act.binds_from()].into_iter().flatten());
        cuts.extend([operation.interval.from, operation.interval.until].into_iter().flatten());
    }
    // Acts on acts may undo any of them.
    for act in &ledger.acts {
        for operation in &act.operations {
            if matches!(operation.does, Does::Void { .. } | Does::Stay { .. }) {
                known.extend([Some(act.known), act.binds_from()].into_iter().flatten());
                known.extend(
                    [operation.interval.from, operation.interval.until].into_iter().flatten(),
                );
            }
        }
    }
}

/// How a measure stands at each of the moments, as known at `k`.
fn stands(ledger: &Ledger, id: &str, k: Moment, cuts: &BTreeSet<Moment>) -> Vec<String> {
    let readings = Readings::new();
    let survey = Survey::new(ledger, k, &readings);
    let Some((id, records)) = ledger.measures().find(|(name, _)| *name == id) else {
        return Vec::new();
    };
    cuts.iter().map(|cut| format!("{:?}", survey.stand(id, records, *cut))).collect()
}

/// Whether one of the names is a relation's, whose effect is not seen in measures.
fn names_relation(ledger: &Ledger, names: &str) -> bool {
    names.split(", ").any(|name| ledger.relations().any(|(id, _)| id == name))
}
