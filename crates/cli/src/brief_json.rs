//! `truce brief --json`: the shape is a contract (see docs/command-line.md).

use chronicle::stack::percent;
use oracle::rate_range;
use serde_json::{Value, json};
use tariff::{Country, Moment, Stated};

use crate::brief::Report;
use crate::question::Question;

pub fn json(report: &Report, question: &Question, on: Stated, known: Stated) -> Value {
    let ledger = &question.ledger;
    let home = &ledger.territories[0];
    let zone_of = |by: Country| &ledger.levying(by.as_str()).unwrap_or(home).zone;
    let sides: Vec<Value> = report
        .sides
        .iter()
        .map(|s| {
            let zone = zone_of(s.by);
            let moment = |m: Moment| m.rfc3339(zone);
            let layers: Vec<Value> = s
                .layers
                .iter()
                .map(|l| {
                    json!({
                        "program": l.program,
                        "measure": l.measure,
                        "heading": l.heading.map(|h| h.to_string()),
                        "rate": l.rate,
                        "status": l.suspended.clone().unwrap_or_else(|| "in force".to_owned()),
                        "until": l.until.map(moment),
                        "cites": l.cites,
                    })
                })
                .collect();
            json!({
                "by": s.by.as_str(),
                "origin": s.origin.as_str(),
                "layers": layers,
                "additional": percent(s.additional),
                "before": s.before.map(|(rate, until)| json!({"additional": percent(rate), "until": moment(until)})),
                "after": s.after.map(|(rate, from)| json!({"additional": percent(rate), "from": moment(from)})),
                "not_modelled": s.not_modelled,
            })
        })
        .collect();
    let zone = &home.zone;
    let through = crate::receipt::through(ledger);
    json!({
        "on": on.print(zone),
        "known": known.print(zone),
        "world": question.world(),
        "sides": sides,
        "clocks": report.clocks.iter().map(|(by, c)| json!({
            "by": by, "program": c.program, "partners": c.origins.len(), "rates": rate_range(&c.rates),
            "leaving": c.leaving, "until": c.until.map(|m| m.rfc3339(zone)), "cites": [c.act],
        })).collect::<Vec<_>>(),
        "rulings": report.rulings.iter().map(|r| json!({
            "date": r.known.print(zone), "act": r.id, "title": r.title, "force": r.force, "cites": [r.cite],
        })).collect::<Vec<_>>(),
        "talks": report.talks.iter().map(|t| json!({
            "date": t.date.print(zone), "kind": t.kind, "title": t.title, "speaker": t.speaker,
            "quote": t.quote, "source": t.sources,
        })).collect::<Vec<_>>(),
        "controls": report.controls.iter().map(|(by, c)| json!({
            "by": by.as_str(), "program": c.program, "measure": c.measure, "text": c.text,
            "prohibits": c.prohibits, "from": c.from.map(|m| m.rfc3339(zone_of(*by))),
            "suspended": c.suspended.is_some(),
            "until": c.suspended.flatten().or(c.until).map(|m| m.rfc3339(zone_of(*by))), "cites": c.cites,
        })).collect::<Vec<_>>(),
        "next": report.next.iter().map(|n| json!({
            "moment": n.moment.print(n.by.map_or(zone, &zone_of)), "what": n.title, "cites": n.cites,
        })).collect::<Vec<_>>(),
        "official_through": through["official_through"],
        "verified_through": through["verified_through"],
        "ledger": ledger.digest,
        "version": env!("CARGO_PKG_VERSION"),
    })
}
