//! What a relation can mean, given the measures that it names.

use crate::act::*;
use crate::finding::Finding;
use crate::ledger::Ledger;

/// A part is taken by a measure on a part; a duty in lieu is in lieu of the base duty.
pub(crate) fn check(ledger: &Ledger, findings: &mut Vec<Finding>) {
    for act in &ledger.acts {
        for operation in &act.operations {
            let Does::Relation(relation) = &operation.does else { continue };
            match relation.effect {
                Effect::TakesPartOf => {
                    if let Some(id) = whole(ledger, relation) {
                        findings.push(operation.place.finding(
                            format!("`{id}` is on the full value, so it leaves no part to others"),
                            "say `excludes`, or take it out with `except`",
                        ));
                    }
                }
                Effect::Replaces => {
                    let by = territory_of(&relation.id);
                    let base = ledger.programs.iter().find(|p| p.by == by && p.base);
                    // All of it, or one of its columns.
                    let named = |id: &str| {
                        let start = format!("{by}/{id}/");
                        relation.object.iter().any(|t| t.0 == id || t.0.starts_with(&start))
                    };
                    if let Some(base) = base.filter(|base| !named(&base.id)) {
                        findings.push(operation.place.finding(
                            format!("`replaces` does not name `{}`, the base duty", base.id),
                            "a duty in lieu is in lieu of it; others are excluded",
                        ));
                    }
                }
                Effect::Excludes => {}
            }
        }
    }
}

/// A measure that the relation lets prevail and that is on the full value, then and later.
fn whole<'a>(ledger: &'a Ledger, relation: &Relation) -> Option<&'a str> {
    let named = |targets: &[Target], id: &str| targets.iter().any(|target| target.covers(id));
    let own = |id: &&str| named(&relation.of, id) && !named(&relation.except, id);
    let on_part = |id: &str| {
        ledger.measure(id).into_iter().flatten().any(|record| {
            match &ledger.record(*record).1.does {
                Does::Measure { fields, .. } | Does::Amend { fields, .. } => {
                    fields.basis.as_ref().is_some_and(|basis| *basis != Basis::Value)
                }
                _ => false,
            }
        })
    };
    ledger.measures().map(|(id, _)| id).filter(own).find(|id| !on_part(id))
}
