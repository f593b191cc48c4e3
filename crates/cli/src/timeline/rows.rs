//! `truce timeline --csv`: steps and events as rows of one table, in order of time.

use chronicle::stack::percent;
use chronicle::timeline::{Happening, Step};
use tariff::Moment;

use crate::timeline::Report;

const HEAD: [&str; 20] = [
    "row",
    "moment",
    "by",
    "origin",
    "program",
    "measure",
    "heading",
    "goods",
    "from",
    "to",
    "status",
    "until",
    "additional_from",
    "additional_to",
    "acts",
    "cites",
    "kind",
    "title",
    "speaker",
    "quote",
];

/// A row of either kind, by its moment.
pub enum Row<'t> {
    Step(&'t Step),
    Event(&'t Happening),
}

/// Steps and events in order; of one moment the events come first, since acts follow talks.
pub fn rows<'t>(report: &'t Report<'_>) -> Vec<(Moment, Row<'t>)> {
    let zone = &report.asked.ledger.territories[0].zone;
    let events = report.told.events.iter().map(|e| (e.date.first(zone), Row::Event(e)));
    let mut rows: Vec<(Moment, Row<'t>)> = events.collect();
    rows.extend(report.told.steps.iter().map(|step| (step.moment, Row::Step(step))));
    rows.sort_by_key(|(moment, _)| *moment);
    rows
}

pub fn csv(report: &Report<'_>) -> String {
    let ledger = report.asked.ledger;
    let home = &ledger.territories[0];
    let mut out = Vec::new();
    entry::put_head(&mut out, HEAD);
    for (_, row) in rows(report) {
        let cells: Vec<String> = match row {
            Row::Step(step) => {
                let zone = &ledger.levying(step.by.as_str()).unwrap_or(home).zone;
                let additional = |at: usize| {
                    let both = step.additional.map(|(from, to)| [from, to]);
                    both.map(|both| percent(both[at])).unwrap_or_default()
                };
                vec![
                    "step".to_owned(),
                    step.moment.rfc3339(zone),
                    step.by.to_string(),
                    step.origin.to_string(),
                    step.program.clone(),
                    step.measure.clone(),
                    step.heading.map(|h| h.to_string()).unwrap_or_default(),
                    goods(step).to_owned(),
                    step.from.clone().unwrap_or_default(),
                    step.to.clone().unwrap_or_default(),
                    step.standing.name().to_owned(),
                    step.until.map(|m| m.rfc3339(zone)).unwrap_or_default(),
                    additional(0),
                    additional(1),
                    step.acts.join(";"),
                    step.cites.join(";"),
                    String::new(),
                    step.title.clone(),
                    String::new(),
                    String::new(),
                ]
            }
            Row::Event(event) => {
                let mut cells = vec![String::new(); HEAD.len()];
                cells[0] = "event".to_owned();
                cells[1] = event.date.print(&home.zone);
                cells[11] = event.until.map(|u| u.print(&home.zone)).unwrap_or_default();
                cells[15] = event.cites.join(";");
                cells[16] = event.kind.clone();
                cells[17] = event.title.clone();
                cells[18] = event.speaker.clone().unwrap_or_default();
                cells[19] = event.quote.clone().unwrap_or_default();
                cells
            }
        };
        entry::put_head(&mut out, cells.iter().map(String::as_str));
    }
    String::from_utf8(out).expect("fields are text")
}

/// `all`, `listed`, or `asked` where a code was asked about.
pub fn goods(step: &Step) -> &'static str {
    match (step.listed, step.asked) {
        (true, _) => "listed",
        (false, true) => "asked",
        (false, false) => "all",
    }
}
