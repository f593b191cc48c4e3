//! Stages and their members.

use std::collections::{BTreeMap, BTreeSet};

use tariff::Code;

use crate::act::*;
use crate::condition::{Condition, GoodsSelector};
use crate::finding::{Finding, Place};
use crate::ledger::Ledger;

/// What a member of a stage is: whether it exempts, and how it is asked for.
type Kind = (bool, Asked);

/// A member with its measure and where it joins.
type Member<'a> = (Kind, &'a str, &'a Place);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    /// It applies without a claim.
    Not,
    /// By a claim of its own heading.
    ByHeading,
    /// By any other claim.
    Otherwise,
}

/// Every stage has members, and they are of one kind where the pick does not say that they are `mixed`:
/// a member of another kind stands in the wrong stage.
pub(crate) fn check(ledger: &Ledger, findings: &mut Vec<Finding>) {
    let mut members: BTreeMap<(&str, &str), Vec<Member<'_>>> = BTreeMap::new();
    let operations = ledger.acts.iter().flat_map(|act| &act.operations);
    for operation in operations.clone() {
        let (Does::Measure { id, fields } | Does::Amend { id, fields }) = &operation.does else {
            continue;
        };
        // An amendment that moves a measure says the pick only where that changes too.
        let made = || match ledger.measure(id)?.first().map(|r| &ledger.record(*r).1.does)? {
            Does::Measure { fields, .. } => fields.pick.as_deref(),
            _ => None,
        };
        let pick = fields.pick.as_deref().or_else(made);
        if let (Some(pick), Some(stage)) = (pick, &fields.stage) {
            let kind = kind_of(fields);
            members.entry((pick, stage)).or_default().push((kind, id, &operation.place));
        }
    }
    let mut mixed: BTreeSet<(&str, &str)> = BTreeSet::new();
    for operation in operations.clone() {
        let Does::Pick(pick) = &operation.does else { continue };
        for stage in &pick.mixed {
            mixed.insert((&pick.id, stage));
            let held = members.get(&(pick.id.as_str(), stage.as_str()));
            if held.is_none_or(|held| kinds(held).len() < 2) {
                findings.push(operation.place.finding(
                    format!("`mixed` names `{stage}`, whose members are of one kind"),
                    "take it out, or mend the member that stands in another stage",
                ));
            }
        }
        // A pick that nothing has joined yet is no error.
        let joined = members.keys().any(|(id, _)| *id == pick.id);
        for stage in pick.stages.iter().filter(|_| joined) {
            if !members.contains_key(&(pick.id.as_str(), stage.as_str())) {
                findings.push(operation.place.finding(
                    format!("no measure is a member of the stage `{stage}` of `{}`", pick.id),
                    "mend the `stage` of a measure, or take the stage out",
                ));
            }
        }
    }
    for ((pick, stage), held) in &members {
        let kinds = kinds(held);
        if kinds.len() < 2 || mixed.contains(&(*pick, *stage)) {
            continue;
        }
        // The fewest of one kind are likely the wrong ones.
        let fewest = kinds.iter().min_by_key(|(_, count)| **count).map(|(kind, _)| *kind);
        let odd = held.iter().find(|(kind, ..)| Some(*kind) == fewest);
        if let Some((kind, id, place)) = odd {
            findings.push(place.finding(
                format!(
                    "`{id}` {}, and others of the stage `{stage}` are of another kind",
                    said(*kind)
                ),
                format!(
                    "mend its stage, `relief` or claim; or say mixed = [\"{stage}\"] in `{pick}`"
                ),
            ));
        }
    }
}

fn kinds(held: &[Member<'_>]) -> BTreeMap<Kind, usize> {
    let mut counts = BTreeMap::new();
    for (kind, ..) in held {
        *counts.entry(*kind).or_default() += 1;
    }
    counts
}

fn said((relief, asked): Kind) -> String {
    let what = if relief { "exempts" } else { "is a duty" };
    let how = match asked {
        Asked::Not => "without a claim",
        Asked::ByHeading => "by a claim of its heading",
        Asked::Otherwise => "by a claim",
    };
    format!("{what} {how}")
}

fn kind_of(fields: &Fields) -> Kind {
    let mut claims = Vec::new();
    if let Some(when) = &fields.when {
        asked(when, &mut claims);
    }
    let own = |claim: &&&str| fields.heading.is_some() && Code::parse(claim).ok() == fields.heading;
    let how = match claims.iter().find(own) {
        _ if claims.is_empty() => Asked::Not,
        Some(_) => Asked::ByHeading,
        None => Asked::Otherwise,
    };
    (fields.relief.unwrap_or(false), how)
}

/// The claims that a condition asks for; those under `not` it does not ask for.
fn asked<'a>(condition: &'a Condition, claims: &mut Vec<&'a str>) {
    match condition {
        Condition::And(parts) | Condition::Or(parts) => {
            parts.iter().for_each(|part| asked(part, claims));
        }
        Condition::Claim(claim) => claims.push(claim),
        _ => {}
    }
}

/// Measures of one stage and one title are of the same goods: those of a quota for each of several
/// countries, say. Goods that are named by a list are told apart by its name.
pub(crate) fn titles(ledger: &Ledger, findings: &mut Vec<Finding>) {
    type Goods<'a> = (BTreeSet<String>, BTreeSet<String>, &'a str);
    let mut first: BTreeMap<(&str, &str, &str), Goods<'_>> = BTreeMap::new();
    for operation in ledger.acts.iter().flat_map(|act| &act.operations) {
        let Does::Measure { id, fields } = &operation.does else { continue };
        let (Some(pick), Some(stage), Some(title), Some(Some(goods))) =
            (&fields.pick, &fields.stage, &fields.title, &fields.goods)
        else {
            continue;
        };
        if goods.iter().any(|selector| matches!(selector, GoodsSelector::List(_))) {
            continue;
        }
        let texts = |all: &[GoodsSelector]| all.iter().map(GoodsSelector::to_string).collect();
        let except = texts(fields.except_goods.as_deref().unwrap_or_default());
        let own: Goods<'_> = (texts(goods), except, id);
        let key = (pick.as_str(), stage.as_str(), title.as_str());
        let Some(other) = first.get(&key) else {
            first.insert(key, own);
            continue;
        };
        let differ =
            |a: &BTreeSet<String>, b: &BTreeSet<String>| a.symmetric_difference(b).next().cloned();
        if let Some(code) = differ(&own.0, &other.0).or_else(|| differ(&own.1, &other.1)) {
            findings.push(operation.place.finding(
                format!(
                    "`{id}` and `{}` have one title, and {code} stands in one of them",
                    other.2
                ),
                "mend the goods, or give them titles that tell them apart",
            ));
        }
    }
}
