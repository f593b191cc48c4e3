//! `truce timeline --json`: the shape is a contract (see docs/command-line.md).

use chronicle::stack::percent;
use serde_json::{Value, json};
use tariff::{Code, Country, Moment};

use crate::question::Question;
use crate::timeline::{Report, rows, text};

pub fn json(report: &Report<'_>, question: &Question) -> Value {
    let Report { asked, told, codes, world, known, .. } = report;
    let ledger = asked.ledger;
    let home = &ledger.territories[0];
    let zone_of = |by: Country| &ledger.levying(by.as_str()).unwrap_or(home).zone;
    let steps: Vec<Value> = told
        .steps
        .iter()
        .map(|step| {
            let zone = zone_of(step.by);
            let moment = |m: Moment| m.rfc3339(zone);
            json!({
                "moment": moment(step.moment), "by": step.by.as_str(), "origin": step.origin.as_str(),
                "program": step.program, "measure": step.measure, "title": step.title,
                "heading": step.heading.map(|h| h.to_string()), "goods": rows::goods(step),
                "from": step.from, "to": step.to,
                "status": step.standing.name(), "why": step.standing.words(),
                "until": step.until.map(moment),
                "additional_from": step.additional.map(|(from, _)| percent(from)),
                "additional_to": step.additional.map(|(_, to)| percent(to)),
                "acts": step.acts, "cites": step.cites,
            })
        })
        .collect();
    let zone = &home.zone;
    let events: Vec<Value> = told
        .events
        .iter()
        .map(|event| {
            json!({
                "date": event.date.print(zone), "until": event.until.map(|u| u.print(zone)),
                "kind": event.kind, "title": event.title, "place": event.place,
                "speaker": event.speaker, "quote": event.quote, "cites": event.cites,
            })
        })
        .collect();
    json!({
        "between": asked.pair.map(|c| c.as_str().to_owned()),
        "code": codes[0].or(codes[1]).map(Code::plain),
        "codes": codes.map(|code| code.map(Code::plain)),
        "known": known, "world": world, "reading": question.readings,
        "notes": text::incomplete(report),
        "today": told.today.day(zone).to_string(),
        "steps": steps, "events": events,
        "official_through": home.official_through.to_string(),
        "verified_through": home.verified_through.to_string(),
        "ledger": ledger.digest, "version": env!("CARGO_PKG_VERSION"),
    })
}
