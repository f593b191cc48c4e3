//! `truce duty --json`: the shape is a contract (see docs/command-line.md).

use serde_json::{Value, json};
use tariff::{Cents, Exact, Stated, Zone, exact_decimal, round_half_up};

use crate::duty::Answer;

pub fn json(answer: &Answer<'_>) -> Value {
    let Answer { question, line, assessment, later, disputed } = answer;
    let ledger = &question.ledger;
    let territory = ledger.territory(&line.by).expect("a line is levied by a territory");
    let zone = &territory.zone;
    let code = match line.goods {
        oracle::Goods::Code(code) => Value::from(code.plain()),
        oracle::Goods::Ordinary => Value::Null,
    };
    let components: Vec<Value> = assessment
        .components
        .iter()
        .map(|c| {
            json!({
                "program": c.program,
                "measure": c.measure,
                "heading": c.heading.map(|h| h.to_string()),
                "rate": c.rate,
                "basis": {"kind": c.basis, "amount": basis_amount(c.basis_amount, &c.basis), "unit": c.basis_unit},
                "amount": c.amount.to_string(),
                "incomplete": c.incomplete,
                "base_stand_in": c.stand_in,
                "drawback": c.drawback,
                "cites": c.cites,
            })
        })
        .collect();
    let not_applied: Vec<Value> = assessment
        .not_applied
        .iter()
        .map(|n| {
            json!({
                "program": n.program,
                "measure": n.measure,
                "heading": n.heading.map(|h| h.to_string()),
                "reason": n.reason,
                "cites": n.cites,
            })
        })
        .collect();
    let needs: Vec<Value> = assessment
        .needs
        .iter()
        .map(|n| json!({"fact": n.fact, "why": n.why, "default": n.has_default}))
        .collect();
    let requirements: Vec<Value> = assessment
        .requirements
        .iter()
        .map(|r| {
            json!({"program": r.program, "measure": r.measure, "text": r.text,
                   "prohibits": r.prohibits, "cites": r.cites})
        })
        .collect();
    let pending: Vec<Value> = assessment
        .pending
        .iter()
        .map(|p| {
            json!({"act": p.act, "title": p.title, "cite": p.cite,
                   "binds": p.binds.map(|b| b.print(zone)), "stayed_by": p.stayed_by})
        })
        .collect();
    let readings: serde_json::Map<String, Value> =
        question.readings.iter().map(|(k, v)| (k.clone(), json!(v))).collect();
    json!({
        "by": territory.country.as_str(),
        "code": code,
        "origin": line.origin.as_str(),
        "entered": stated(line.entered, zone),
        "known": stated(assessment.known, zone),
        "world": question.world(),
        "reading": readings,
        "status": assessment.status.name(),
        "value": assessment.value.to_string(),
        "duty": amount(assessment.duty),
        "duty_min": amount(assessment.duty_min),
        "duty_max": amount(assessment.duty_max),
        "rate": rate(assessment.duty, assessment.value),
        "components": components,
        "not_applied": not_applied,
        "needs": needs,
        "requirements": requirements,
        "pending": pending,
        "fees": [],
        "warnings": assessment.warnings,
        "later": later.map(|l| json!({
            "known": stated(l.known, zone),
            "duty": amount(l.duty),
            "difference": amount(l.difference),
            "acts": l.acts,
        })),
        "disputed": disputed.iter().map(|d| json!({
            "reading": d.reading,
            "taken": d.taken,
            "option": d.option,
            "title": d.title,
            "source": d.source,
            "duty": amount(d.duty),
            "duty_min": amount(d.duty_min),
            "duty_max": amount(d.duty_max),
            "difference": amount(d.difference),
        })).collect::<Vec<_>>(),
        "official_through": territory.official_through.to_string(),
        "verified_through": territory.verified_through.to_string(),
        "ledger": ledger.digest,
        "version": env!("CARGO_PKG_VERSION"),
    })
}

fn stated(stated: Stated, zone: &Zone) -> String {
    stated.print(zone)
}

fn amount(cents: Option<Cents>) -> Value {
    cents.map_or(Value::Null, |c| json!(c.to_string()))
}

/// Money with cents, quantities as they are.
fn basis_amount(amount: Exact, kind: &str) -> String {
    if kind == "quantity" {
        return exact_decimal(amount);
    }
    Cents::from_exact(amount).map_or_else(|| exact_decimal(amount), |c| c.to_string())
}

/// Duty over value, six places, half up; nothing for a value of 0.
pub fn rate(duty: Option<Cents>, value: Cents) -> Value {
    match duty {
        Some(duty) if value > Cents::ZERO => {
            let millionths = round_half_up(duty.exact() / value.exact() * 1_000_000);
            json!(format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000))
        }
        _ => Value::Null,
    }
}
