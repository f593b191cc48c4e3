//! `truce timeline` for people: a table in order of time.

use std::fmt::Write;

use chronicle::stack::{name, percent};
use chronicle::timeline::{Happening, Standing, Step};
use ledger::Known;
use tariff::{Code, Moment, Zone};

use crate::text::wrapped;
use crate::timeline::Report;
use crate::timeline::rows::{Row, rows};

pub fn text(report: &Report<'_>) -> String {
    let Report { asked, told, codes, world, .. } = report;
    let ledger = asked.ledger;
    let home = &ledger.territories[0];
    let [a, b] = asked.pair.map(|country| name(ledger, country));
    let known = match asked.known {
        Known::Entry => "as importers faced it".to_owned(),
        _ => format!("as known on {}", told.today.day(&home.zone)),
    };
    let hypothetical = if ledger.supposed.is_empty() { "" } else { " (hypothetical)" };
    let mut out = format!("{a} and {b} · {known} · world: {world}{hypothetical}\n");
    match codes {
        [None, None] => out.push_str(
            "duties on all goods, and their sum on top of the base duty; * duties on listed goods only\n",
        ),
        codes => {
            let codes: Vec<String> = codes.iter().flatten().map(Code::to_string).collect();
            let _ = writeln!(out, "on {}, and the sum on top of the base duty", codes.join(" and "));
        }
    }
    for note in incomplete(report) {
        let _ = writeln!(out, "{}", wrapped(&note, 2));
    }
    let _ =
        writeln!(out, "\n  from              by            rate  in all  what, and by which law");
    let mut later = false;
    let rows = rows(report);
    let mut at = 0;
    while at < rows.len() {
        let (moment, row) = &rows[at];
        if *moment > told.today && !later {
            later = true;
            out.push_str("  from here on: what comes if nothing is done\n");
        }
        match row {
            Row::Step(step) => {
                let zone = &ledger.levying(step.by.as_str()).unwrap_or(home).zone;
                let like = rows[at..].iter().map_while(|(_, row)| match row {
                    Row::Step(other) if alike(step, other) => Some(*other),
                    _ => None,
                });
                let steps: Vec<&Step> = like.collect();
                put_steps(&mut out, report, &steps, zone);
                at += steps.len();
            }
            Row::Event(event) => {
                put_event(&mut out, event, &home.zone);
                at += 1;
            }
        }
    }
    out
}

/// Whether two steps are told in one row: of listed goods the same change by the same acts.
fn alike(a: &Step, b: &Step) -> bool {
    let told = |step: &Step| {
        let change = (step.from.clone(), step.to.clone(), step.standing.clone(), step.acts.clone());
        (step.moment, step.by, step.program.clone(), change)
    };
    a == b || (a.listed && b.listed && told(a) == told(b))
}

/// Where the words of a row begin.
const WORDS: usize = 44;
/// How many measures of one row are named.
const NAMED: usize = 3;

fn put_steps(out: &mut String, report: &Report<'_>, steps: &[&Step], zone: &Zone) {
    let Some(step) = steps.first() else { return };
    let program = report.asked.ledger.program(&step.program);
    let mut what = program.map_or(step.program.clone(), |p| p.title.clone());
    if step.listed {
        let mut names: Vec<&str> = steps.iter().map(|step| step.title.as_str()).collect();
        names.dedup();
        let more = names.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        what = format!("* {what}: {}{more}", names[..names.len().min(NAMED)].join("; "));
    }
    if let Some(words) = step.standing.words() {
        what.push_str(&format!("; {words}"));
    } else if step.standing != Standing::InForce {
        what.push_str(&format!("; {}", step.standing.name()));
    }
    let rate = |rate: &Option<String>| rate.clone().unwrap_or_else(|| "-".to_owned());
    let mut change = format!("{} → {}", rate(&step.from), rate(&step.to));
    // A rate that is a text of its own stands among the words.
    if change.chars().count() > 14 {
        what = format!("{change}: {what}");
        change = String::new();
    }
    let all = step.additional.map(|(_, to)| percent(to)).unwrap_or_default();
    let acts = if step.acts.is_empty() { &step.cites } else { &step.acts };
    let words = wrapped(&format!("{what} [{}]", acts.join(", ")), WORDS);
    let _ = writeln!(
        out,
        "  {:<16}  {:<2}  {change:>14}  {all:>6}  {words}",
        clock(step.moment, zone),
        step.by.as_str()
    );
}

fn put_event(out: &mut String, event: &Happening, zone: &Zone) {
    let said = match (&event.speaker, &event.quote) {
        (Some(speaker), Some(quote)) => format!(" - {speaker}: “{quote}”"),
        (Some(speaker), None) => format!(" - {speaker}"),
        _ => String::new(),
    };
    let place = event.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
    let until = match event.until.map(|until| until.day(zone)) {
        Some(until) if until > event.date.day(zone) => format!(" (until {until})"),
        _ => String::new(),
    };
    let words = format!("{}{until}: {}{place}{said}", event.kind, event.title);
    let words = wrapped(&words, WORDS);
    let day = event.date.day(zone).to_string();
    let _ = writeln!(out, "  {day:<16}  {:<2}  {:>14}  {:>6}  {words}", "", "", "");
}

/// `2025-05-14 00:01`: the minute is part of the law.
fn clock(moment: Moment, zone: &Zone) -> String {
    let (hour, minute) = moment.clock(zone);
    format!("{} {hour:02}:{minute:02}", moment.day(zone))
}

/// What of the stacks is not in the sums, a sentence for each side.
pub fn incomplete(report: &Report<'_>) -> Vec<String> {
    let mut notes = report.notes.clone();
    for course in &report.told.courses {
        let side = name(report.asked.ledger, course.levy.territory.country);
        let layers = || course.stretches.iter().flat_map(|s| &s.stack.layers);
        if let Some(layer) = layers().find(|layer| layer.incomplete) {
            notes.push(format!("{side}: what is not known of “{}” is in no sum.", layer.title));
        }
        if let Some(layer) = layers().find(|layer| layer.stand_in) {
            notes.push(format!("{side}: “{}” stands in for a base duty not held.", layer.title));
        }
    }
    notes
}
