//! The fields of measures: names that must exist, facts that must have an outcome.

use tariff::{Country, DutyExpression};

use crate::act::*;
use crate::check::Names;
use crate::condition::{Condition, GoodsSelector};
use crate::finding::{Finding, Place, did_you_mean};
use crate::ledger::Ledger;

pub(crate) fn check_fields(
    ledger: &Ledger,
    names: &Names<'_>,
    fields: &Fields,
    place: &Place,
    findings: &mut Vec<Finding>,
) {
    let origins = [&fields.of, &fields.except_of, &fields.to];
    let mut wanted: Vec<&String> = origins.into_iter().flatten().flatten().collect();
    let mut goods: Vec<&GoodsSelector> = fields.goods.iter().flatten().flatten().collect();
    goods.extend(fields.except_goods.iter().flatten());
    if let Some(when) = &fields.when {
        when.visit(&mut |test| match test {
            Condition::Origin(selectors) => wanted.extend(selectors),
            Condition::Goods(selectors) => goods.extend(selectors),
            _ => {}
        });
    }
    for name in wanted {
        let country = Country::parse(name).ok().filter(|c| c.as_str() == name);
        if !names.areas.contains(name.as_str())
            && country.is_none_or(|c| ledger.countries.name(c).is_none())
        {
            let help = did_you_mean(
                name,
                names.areas.iter().copied(),
                "a country of areas/countries.csv or an area",
            );
            findings.push(place.finding(format!("`{name}` is no country and no area"), help));
        }
    }
    for selector in goods {
        if let GoodsSelector::List(name) = selector
            && !names.lists.contains(name.as_str())
        {
            let help = did_you_mean(
                name,
                names.lists.iter().copied(),
                "lists are named by territory and file, like us/annex-ii",
            );
            findings.push(place.finding(format!("unknown goods list `{name}`"), help));
        }
    }
    if let Some(Rate::List(name)) = &fields.rate {
        match ledger.lists.get(name) {
            None => {
                let help =
                    did_you_mean(name, names.lists.iter().copied(), "a list with a rate column");
                findings
                    .push(place.finding(format!("the rate names the unknown list `{name}`"), help));
            }
            Some(list) => {
                if let Some(row) = list.rows.iter().find(|row| !row.out && row.rate.is_none()) {
                    findings.push(list.place(row).finding(
                        format!(
                            "{} has no rate, and a measure takes its rate from this list",
                            row.code
                        ),
                        format!("see {place}"),
                    ));
                }
            }
        }
    }
    if let (Some(true), Some(Rate::Duty { text, duty })) = (fields.relief, &fields.rate)
        && *duty != DutyExpression::Free
    {
        findings.push(place.finding(
            format!("this relieves of a duty and has the rate {text}"),
            "an exemption is `free`; a lower duty is a stage of its own, without `relief`",
        ));
    }
    match (&fields.pick, &fields.stage) {
        (Some(pick), Some(stage)) => {
            let stages: Vec<&str> = ledger
                .picks()
                .filter(|(id, _)| *id == pick.as_str())
                .flat_map(|(_, records)| records.iter().map(|r| ledger.record(*r)))
                .filter_map(|(_, o)| match &o.does {
                    Does::Pick(p) => Some(p.stages.iter().map(String::as_str)),
                    _ => None,
                })
                .flatten()
                .collect();
            if stages.is_empty() {
                let help =
                    did_you_mean(pick, ledger.picks().map(|(id, _)| id), "make it with `pick`");
                findings.push(place.finding(format!("unknown pick `{pick}`"), help));
            } else if !stages.contains(&stage.as_str()) {
                let all = format!("its stages are {}", stages.join(", "));
                let help = did_you_mean(stage, stages, &all);
                findings.push(place.finding(format!("`{pick}` has no stage `{stage}`"), help));
            }
        }
        (Some(pick), None) => {
            findings.push(place.finding(format!("a member of `{pick}` without `stage`"), ""));
        }
        (None, Some(_)) => findings.push(place.finding("`stage` without `pick`", "")),
        (None, None) => {}
    }
    if let Some(program) = &fields.absorbs
        && !names.programs.contains(program.as_str())
    {
        let help = did_you_mean(program, names.programs.iter().copied(), "a program");
        findings.push(place.finding(format!("absorbs the unknown program `{program}`"), help));
    }
}

/// Every fact that a line may leave unstated needs an outcome, and no outcome is for nothing.
pub(crate) fn check_facts(
    ledger: &Ledger,
    id: &str,
    fields: &Fields,
    place: &Place,
    findings: &mut Vec<Finding>,
) {
    if fields.when.is_none() && fields.basis.is_none() && fields.unstated.is_none() {
        return;
    }
    // An amendment may build on what the measure said before.
    let all: Vec<&Fields> = ledger
        .measure(id)
        .into_iter()
        .flatten()
        .filter_map(|r| match &ledger.record(*r).1.does {
            Does::Measure { fields, .. } | Does::Amend { fields, .. } => Some(fields.as_ref()),
            _ => None,
        })
        .collect();
    let when = fields.when.as_ref().or_else(|| all.iter().find_map(|f| f.when.as_ref()));
    let basis = fields.basis.as_ref().or_else(|| all.iter().find_map(|f| f.basis.as_ref()));
    let unstated =
        fields.unstated.as_ref().or_else(|| all.iter().find_map(|f| f.unstated.as_ref()));
    let mut facts = when.map(Condition::facts).unwrap_or_default();
    facts.extend(basis.and_then(Basis::content).map(|part| format!("content {part}")));
    // A missing quantity has no default anywhere.
    facts.remove("quantity");
    let outcomes: Vec<&str> =
        unstated.iter().flat_map(|u| u.outcomes.iter().map(|(fact, _)| fact.as_str())).collect();
    for fact in &facts {
        if !outcomes.contains(&fact.as_str()) {
            let key = if fact.contains(' ') { format!("\"{fact}\"") } else { fact.clone() };
            findings.push(place.finding(
                format!("`{id}` does not say what follows when `{fact}` is not stated"),
                format!("unstated = {{ {key} = \"owed\", cite = \"…\" }}"),
            ));
        }
    }
    if fields.unstated.is_some() {
        for outcome in outcomes {
            if !facts.contains(outcome) && outcome != "quantity" {
                findings.push(place.finding(
                    format!("`{id}` has an outcome for `{outcome}`, which it does not ask about"),
                    "take it out, or mend the name of the fact",
                ));
            }
        }
    }
}
