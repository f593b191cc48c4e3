//! The answer as JSON.

use entry::refund::{
    Amounts, Deadline, EntryRefund, LineRefund, LiquidationBasis, QuestionKind, Report, Variance,
};
use serde_json::{Value, json};
use tariff::{Cents, Day};

use super::Told;

pub fn json(told: &Told<'_>, report: &Report) -> Value {
    let mut out = json!({
        "file": told.name,
        "known": told.refund.known,
        "world": told.world,
        "reading": told.readings,
        "on": report.on.to_string(),
        "interest_to": report.interest_to.to_string(),
        "corporate": told.refund.corporate,
        "entries": report.entries.iter().map(entry).collect::<Vec<_>>(),
        "totals": totals(report),
        "by_act": report.acts.iter().map(|act| json!({
            "act": act.act, "title": act.title, "cite": act.cite, "lines": act.lines,
            "difference": act.difference.to_string(),
        })).collect::<Vec<_>>(),
        "questions": report.questions.iter().map(|question| json!({
            "kind": match question.kind {
                QuestionKind::Reading => "reading",
                QuestionKind::Fact => "fact",
            },
            "name": question.name, "title": question.title, "source": question.source,
            "lines": question.lines, "entries": question.entries,
            "refundable": money(question.refundable),
            "at_stake": question.at_stake.to_string(),
        })).collect::<Vec<_>>(),
        "faults": report.faults.iter().map(|fault| json!({
            "row": fault.row, "column": fault.column, "message": fault.message, "entry": fault.entry,
        })).collect::<Vec<_>>(),
        "notes": report.notes,
    });
    out["official_through"] = json!(told.territory.official_through.to_string());
    out["verified_through"] = json!(told.territory.verified_through.to_string());
    out["ledger"] = json!(told.record.digest);
    out["version"] = json!(env!("CARGO_PKG_VERSION"));
    out
}

fn money(amount: Option<Cents>) -> Value {
    amount.map_or(Value::Null, |amount| json!(amount.to_string()))
}

fn day(day: Option<Day>) -> Value {
    day.map_or(Value::Null, |day| json!(day.to_string()))
}

fn amounts(amounts: &Amounts) -> Value {
    json!({
        "filed": amounts.filed.to_string(),
        "owed_then": money(amounts.owed_then),
        "owed_then_min": money(amounts.owed_then_min),
        "owed_then_max": money(amounts.owed_then_max),
        "owed_today": money(amounts.owed_today),
        "refundable": amounts.refundable.to_string(),
        "revived": amounts.revived.to_string(),
        "overpaid": amounts.overpaid.to_string(),
        "underpaid": amounts.underpaid.to_string(),
    })
}

fn entry(entry: &EntryRefund) -> Value {
    let mut out = json!({
        "entry": entry.entry,
        "importer": entry.importer,
        "entry_type": entry.entry_type,
        "entered": day(entry.entered),
        "deposited": day(entry.deposited),
        "liquidation": entry.liquidation.map(|liquidation| json!({
            "date": liquidation.date.to_string(),
            "basis": match liquidation.basis {
                LiquidationBasis::Reported => "reported",
                LiquidationBasis::Scheduled => "scheduled",
                LiquidationBasis::Deemed => "deemed",
            },
        })),
        "set_aside": entry.set_aside,
    });
    extend(&mut out, amounts(&entry.amounts));
    extend(
        &mut out,
        json!({
            "interest": money(entry.interest),
            "interest_overpaid": money(entry.interest_overpaid),
            "path": entry.path.name(),
            "path_overpaid": entry.path_overpaid.name(),
            "deadlines": entry.deadlines.iter().map(deadline).collect::<Vec<_>>(),
            "rejections": entry.rejections.iter()
                .map(|r| json!({"message": r.message, "why": r.why})).collect::<Vec<_>>(),
            "variance": entry.variance.iter().map(variance).collect::<Vec<_>>(),
            "lines": entry.lines.iter().map(line).collect::<Vec<_>>(),
        }),
    );
    out
}

fn line(line: &LineRefund) -> Value {
    let mut out = json!({
        "line": line.line,
        "rows": line.rows,
        "code": line.code.map(|code| code.to_string()),
        "origin": line.origin.map(|origin| origin.to_string()),
        "value": line.value.to_string(),
        "status": line.status.name(),
        "needs": line.needs,
        "taken": line.taken,
    });
    extend(&mut out, amounts(&line.amounts));
    let headings = line.headings.iter().map(|heading| {
        json!({
            "program": heading.program,
            "heading": heading.heading.to_string(),
            "filed": money(heading.filed),
            "owed_then": money(heading.owed_then),
            "owed_today": money(heading.owed_today),
            "void": heading.void,
        })
    });
    out["headings"] = headings.collect();
    out
}

fn deadline(deadline: &Deadline) -> Value {
    json!({
        "kind": deadline.kind,
        "date": deadline.date.to_string(),
        "days": deadline.days,
        "estimated": deadline.estimated,
        "serves": deadline.serves,
    })
}

fn variance(variance: &Variance) -> Value {
    json!({
        "cause": variance.cause.name(),
        "line": variance.line,
        "heading": variance.heading.map(|heading| heading.to_string()),
        "amount": variance.amount.to_string(),
        "why": variance.why,
    })
}

fn totals(report: &Report) -> Value {
    let totals = &report.totals;
    let mut out = json!({
        "entries": totals.entries,
        "set_aside": totals.set_aside,
        "lines": totals.lines,
    });
    extend(&mut out, amounts(&totals.amounts));
    let paths = totals.paths.iter().map(|(path, sum)| {
        json!({
            "path": path.name(),
            "entries": sum.entries,
            "refundable": sum.refundable.to_string(),
            "interest": sum.interest.to_string(),
            "first": day(sum.first),
        })
    });
    let causes = totals.causes.iter().map(|(cause, sum)| {
        json!({
            "cause": cause.name(),
            "variances": sum.variances,
            "entries": sum.entries,
            "over": sum.over.to_string(),
            "under": sum.under.to_string(),
        })
    });
    out["interest"] = json!(totals.interest.to_string());
    out["interest_overpaid"] = json!(totals.interest_overpaid.to_string());
    out["without_interest"] = json!(totals.without_interest);
    out["paths"] = paths.collect();
    out["causes"] = causes.collect();
    out
}

fn extend(out: &mut Value, more: Value) {
    if let (Value::Object(out), Value::Object(more)) = (out, more) {
        out.extend(more);
    }
}
