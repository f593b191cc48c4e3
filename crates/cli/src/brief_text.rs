//! `truce brief` for people: one screen.

use chronicle::stack::{name, percent};
use ledger::Ledger;
use oracle::{Controlled, rate_range};
use tariff::{Country, Moment, Stated};

use crate::brief::{Report, Talk};
use crate::question::Question;
use crate::receipt;
use crate::text::{Column, source, table, wrapped};

/// How many talks are told.
const TALKS_MAX: usize = 6;
/// How many controls of a side are told in full.
const CONTROLS_MAX: usize = 3;

/// The talks for one screen: between the two sides first, what was done before what was said, and
/// of what was said each speaker's first words of a day; the latest.
fn told(talks: &[Talk]) -> Vec<&Talk> {
    let mut told: Vec<&Talk> = Vec::new();
    for talk in talks {
        let again = told.iter().any(|t| t.date == talk.date && t.speaker == talk.speaker);
        if talk.speaker.is_none() || !again {
            told.push(talk);
        }
    }
    while told.len() > TALKS_MAX {
        let aside = told.iter().position(|t| !t.both);
        let said = told.iter().position(|t| t.speaker.is_some());
        told.remove(aside.or(said).unwrap_or(0));
    }
    told
}

pub fn text(
    report: &Report,
    question: &Question,
    pair: [Country; 2],
    on: Stated,
    known: Stated,
) -> String {
    let ledger = &question.ledger;
    let home = &ledger.territories[0];
    let zone = &home.zone;
    let name = |c: Country| name(ledger, c);
    let [a, b] = pair.map(name);
    let hypothetical = if ledger.supposed.is_empty() { "" } else { " (hypothetical)" };
    let mut out = format!(
        "{a} and {b} on {} · law as known on {} · world: {}{hypothetical}\n",
        on.day(zone).in_words(),
        known.print(zone),
        question.world(),
    );
    for side in &report.sides {
        let zone = &ledger.levying(side.by.as_str()).unwrap_or(home).zone;
        let before = side
            .before
            .map(|(rate, until)| {
                format!(" ({} until {})", percent(rate), until.day(zone).in_words())
            })
            .unwrap_or_default();
        out.push_str(&format!(
            "\n{} on all goods of {}: {}{before}, on top of the base duty\n",
            name(side.by),
            name(side.origin),
            percent(side.additional),
        ));
        let rows: Vec<Vec<String>> = side
            .layers
            .iter()
            .map(|l| {
                let status = l.suspended.clone().unwrap_or_else(|| "in force".to_owned());
                vec![l.rate.clone(), l.title.clone(), status, l.cites.join(", ")]
            })
            .collect();
        let columns = [Column::Right, Column::Left, Column::Wrap, Column::Wrap];
        out.push_str(&table(&columns, None, &rows));
        if let Some((rate, from)) = side.after {
            out.push_str(&format!(
                "  then {} from {}, if nothing is done\n",
                percent(rate),
                from.rfc3339(zone)
            ));
        }
    }
    let section = |out: &mut String, title: &str, rows: Vec<Vec<String>>| {
        if !rows.is_empty() {
            out.push_str(&format!("\n{title}\n"));
            out.push_str(&table(&[Column::Left, Column::Wrap, Column::Left], None, &rows));
        }
    };
    let until = |m: Option<Moment>| m.map_or("open".to_owned(), |m| m.day(zone).to_string());
    let clocks = report.clocks.iter().map(|(by, c)| {
        let what = format!(
            "{by}: {} on {} other partners suspended, {} collected",
            rate_range(&c.rates),
            c.origins.len(),
            c.leaving
        );
        vec![format!("until {}", until(c.until)), what, c.act.clone()]
    });
    section(&mut out, "Other clocks", clocks.collect());
    let rulings = report.rulings.iter().map(|r| {
        let force = if r.force.is_empty() { String::new() } else { format!("; {}", r.force) };
        vec![r.known.day(zone).to_string(), format!("{}{force}", r.title), r.id.clone()]
    });
    section(&mut out, "Courts", rulings.collect());
    section(&mut out, "Controls", control_rows(report, ledger));
    let talks = told(&report.talks).into_iter().map(|t| {
        let said = match (&t.speaker, &t.quote) {
            (Some(speaker), Some(quote)) => format!(" - {speaker}: “{quote}”"),
            (Some(speaker), None) => format!(" - {speaker}"),
            _ => String::new(),
        };
        let cite = t.sources.first().cloned().unwrap_or_default();
        vec![t.date.day(zone).to_string(), format!("{}{said}", t.title), source(&cite)]
    });
    section(&mut out, "Talks", talks.collect());
    let next = report.next.iter().map(|n| {
        let cites: Vec<String> = n.cites.iter().take(1).map(|c| source(c)).collect();
        let clock = n.by.and_then(|by| ledger.levying(by.as_str())).map_or(zone, |t| &t.zone);
        vec![n.moment.day(clock).to_string(), n.title.clone(), cites.join(", ")]
    });
    section(&mut out, "Next", next.collect());
    for side in report.sides.iter().filter(|s| !s.not_modelled.is_empty()) {
        let note = format!(
            "note: {}: not in the ledger yet: {}",
            name(side.by),
            side.not_modelled.join(", ")
        );
        out.push_str(&format!("\n{}", wrapped(&note, 6)));
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out.push_str(&receipt::foot(ledger, &question.in_words()));
    out
}

/// The latest controls in force of each side, one a row; how many more there are, and how many are
/// suspended.
fn control_rows(report: &Report, ledger: &Ledger) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for side in &report.sides {
        let Some(territory) = ledger.levying(side.by.as_str()) else { continue };
        let day = |m: Moment| m.day(&territory.zone).to_string();
        let own = || report.controls.iter().filter(|(by, _)| *by == side.by).map(|(_, c)| c);
        let in_force: Vec<&Controlled> = own().filter(|c| c.suspended.is_none()).collect();
        let hidden = in_force.len().saturating_sub(CONTROLS_MAX);
        for c in &in_force[hidden..] {
            rows.push(vec![
                c.from.map_or(String::new(), day),
                format!("{}: {}", territory.name, c.text),
                c.cites.first().cloned().unwrap_or_default(),
            ]);
        }
        let suspended = own().filter(|c| c.suspended.is_some()).count();
        let more: Vec<String> = [(hidden, "more in force"), (suspended, "suspended")]
            .into_iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, what)| format!("{n} {what}"))
            .collect();
        if !more.is_empty() {
            rows.push(vec![
                String::new(),
                format!("{}: {}", territory.name, more.join(", ")),
                String::new(),
            ]);
        }
    }
    rows
}
