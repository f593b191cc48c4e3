//! The order in which measures are settled: what excludes comes before what it excludes, an earlier
//! stage of a pick before a later one. A cycle would leave both undecided.

use std::collections::BTreeSet;

use tariff::Moment;

use crate::act::{Does, Effect, Fields, Relation, program_of, territory_of};
use crate::condition::{Condition, Tested};
use crate::finding::{Finding, Place};
use crate::ledger::{Ledger, Records};

/// Reports every cycle among the relations that are live together at some moment.
pub(crate) fn check(ledger: &Ledger, findings: &mut Vec<Finding>) {
    let relations: Vec<Made<'_>> =
        ledger.relations().filter_map(|(_, records)| Made::of(ledger, records)).collect();
    let mut cuts: BTreeSet<Moment> = [Moment::from_seconds(0)].into();
    for made in &relations {
        for record in made.records {
            let interval = ledger.record(*record).1.interval;
            cuts.extend(interval.from);
            cuts.extend(interval.until);
        }
    }
    let mut reported = BTreeSet::new();
    for cut in cuts {
        let live: Vec<(&Relation, &Place)> = relations
            .iter()
            .filter(|made| live_at(ledger, made.records, cut))
            .map(|made| (made.relation, made.place))
            .collect();
        for (id, place) in cycle(ledger, &live) {
            if reported.insert(place.clone()) {
                findings.push(place.finding(
                    format!(
                        "`{id}` is part of a circle: what it names prevails and yields at once"
                    ),
                    "end one of the relations, or narrow it to some measures",
                ));
            }
        }
    }
}

/// A relation, where it is made, and what acts on it.
struct Made<'a> {
    relation: &'a Relation,
    place: &'a Place,
    records: &'a Records,
}

impl<'a> Made<'a> {
    fn of(ledger: &'a Ledger, records: &'a Records) -> Option<Made<'a>> {
        let (_, operation) = ledger.record(*records.first()?);
        match &operation.does {
            Does::Relation(relation) => {
                Some(Made { relation: relation.as_ref(), place: &operation.place, records })
            }
            _ => None,
        }
    }
}

/// Whether the last operation that holds at `moment` leaves the relation live.
fn live_at(ledger: &Ledger, records: &[(usize, usize)], moment: Moment) -> bool {
    records
        .iter()
        .map(|r| ledger.record(*r).1)
        .rfind(|o| o.interval.contains(moment))
        .is_some_and(|o| matches!(o.does, Does::Relation(_) | Does::Extend(_)))
}

/// The relations on a cycle of measures, if there is one.
fn cycle<'a>(ledger: &Ledger, live: &[(&'a Relation, &'a Place)]) -> Vec<(&'a str, &'a Place)> {
    let measures: Vec<&str> = ledger.measures().map(|(id, _)| id).collect();
    let covered = |targets: &[crate::Target], id: &str| targets.iter().any(|t| t.covers(id));
    let n = measures.len();
    // edges[a] holds what must be settled after a, and the relation that says so.
    let mut edges: Vec<Vec<(usize, Option<usize>)>> = vec![Vec::new(); n];
    for (r, (relation, _)) in live.iter().enumerate() {
        if relation.effect == Effect::TakesPartOf && relation.of == relation.object {
            continue;
        }
        let of: Vec<usize> = (0..n)
            .filter(|i| {
                covered(&relation.of, measures[*i]) && !covered(&relation.except, measures[*i])
            })
            .collect();
        let object: Vec<usize> =
            (0..n).filter(|i| covered(&relation.object, measures[*i])).collect();
        for a in &of {
            edges[*a].extend(object.iter().map(|b| (*b, Some(r))));
        }
    }
    for (a, earlier) in picks(ledger, &measures).into_iter().enumerate() {
        for b in earlier {
            edges[b].push((a, None));
        }
    }
    for (a, earlier) in looked_at(ledger, &measures).into_iter().enumerate() {
        for b in earlier {
            edges[b].push((a, None));
        }
    }
    // Take away what depends on nothing, again and again; what remains is on or behind a cycle.
    let mut waiting = vec![0usize; n];
    for targets in &edges {
        targets.iter().for_each(|(b, _)| waiting[*b] += 1);
    }
    let mut ready: Vec<usize> = (0..n).filter(|i| waiting[*i] == 0).collect();
    while let Some(a) = ready.pop() {
        for (b, _) in &edges[a] {
            waiting[*b] -= 1;
            if waiting[*b] == 0 {
                ready.push(*b);
            }
        }
    }
    let mut found: Vec<(&str, &Place)> = Vec::new();
    for a in (0..n).filter(|a| waiting[*a] > 0) {
        for (b, relation) in &edges[a] {
            if let (true, Some(r)) = (waiting[*b] > 0, relation) {
                found.push((live[*r].0.id.as_str(), live[*r].1));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// For each measure those whose amounts it looks at: what its total absorbs, and the base duty where
/// it tests the claimed column.
fn looked_at(ledger: &Ledger, measures: &[&str]) -> Vec<Vec<usize>> {
    let of_program = |program: &str| -> Vec<usize> {
        (0..measures.len()).filter(|i| program_of(measures[*i]) == program).collect()
    };
    let base = |id: &str| {
        let by = territory_of(id);
        ledger.programs.iter().find(|p| p.base && p.by == by).map(|p| p.id.as_str())
    };
    measures
        .iter()
        .map(|id| {
            let mut looked_at = Vec::new();
            for record in ledger.measure(id).into_iter().flatten() {
                let (Does::Measure { fields, .. } | Does::Amend { fields, .. }) =
                    &ledger.record(*record).1.does
                else {
                    continue;
                };
                looked_at.extend(fields.absorbs.iter().flat_map(|program| of_program(program)));
                let mut claimed = fields.tests == Some(Tested::Claimed);
                if let Some(when) = &fields.when {
                    when.visit(&mut |test| {
                        claimed |=
                            matches!(test, Condition::Column { column: Tested::Claimed, .. });
                    });
                }
                if claimed {
                    looked_at.extend(base(id).into_iter().flat_map(of_program));
                }
            }
            looked_at.sort_unstable();
            looked_at.dedup();
            looked_at
        })
        .collect()
}

/// For each measure the members of its pick that stand in an earlier stage.
fn picks(ledger: &Ledger, measures: &[&str]) -> Vec<Vec<usize>> {
    let member = |id: &str| -> Option<(String, usize)> {
        let fields = ledger.measure(id)?.iter().find_map(|r| match &ledger.record(*r).1.does {
            Does::Measure { fields, .. } => Some(fields.as_ref()),
            _ => None,
        })?;
        let Fields { pick: Some(pick), stage: Some(stage), .. } = fields else { return None };
        let (_, records) = ledger.picks().find(|(id, _)| id == pick)?;
        let Does::Pick(definition) = &ledger.record(*records.last()?).1.does else { return None };
        let at = definition.stages.iter().position(|s| s == stage)?;
        Some((pick.clone(), at))
    };
    let members: Vec<Option<(String, usize)>> = measures.iter().map(|id| member(id)).collect();
    members
        .iter()
        .map(|own| {
            let Some((pick, stage)) = own else { return Vec::new() };
            members
                .iter()
                .enumerate()
                .filter(|(_, m)| m.as_ref().is_some_and(|(p, s)| p == pick && s < stage))
                .map(|(i, _)| i)
                .collect()
        })
        .collect()
}
