//! `truce law survey`: every legal line by every country on the first and last day of every month.

use std::collections::BTreeMap;

use std::path::Path;

use checks::survey::{self, Fault, Outcome, Scope, Told};
use engine::Regime;
use ledger::{Ledger, Status, Territory};
use serde_json::{Value, json};
use tariff::{Day, limits};

use crate::failure::Failure;
use crate::law_compile::compiled;
use crate::print;
use crate::progress::progress;
use crate::question::{Coordinates, Question};
use crate::text::{Column, count, table};

/// Facts and reasons that the screen shows; JSON has all of them.
const SHOWN: usize = 20;

/// In the order in which lines are counted.
const STATUSES: [Status; 4] = [Status::Exact, Status::NeedsFacts, Status::Unknown, Status::Invalid];

#[derive(Debug, clap::Args)]
pub struct Survey {
    /// Who levies.
    #[arg(long, value_name = "CC", default_value = "US")]
    pub by: String,
    /// The first day; by default that of the year before the last one followed.
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// The day after the last; by default the end of the last month followed.
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    #[command(flatten)]
    pub coordinates: Coordinates,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

pub fn run(asked: &Survey, law: Option<&Path>) -> Result<u8, Failure> {
    let question = asked.coordinates.settle(law)?;
    let ledger: &Ledger = &question.ledger;
    let levying = ledger.levying(&asked.by);
    let by = ledger.territories.iter().position(|t| levying.is_some_and(|l| l.id == t.id));
    let schedule = by.and_then(|at| ledger.schedules.get(&ledger.territories[at].id));
    let (Some(by), Some(schedule)) = (by, schedule) else {
        let held = ledger.territories.iter().filter(|t| ledger.schedules.contains_key(&t.id));
        let all: Vec<&str> = held.map(|t| t.country.as_str()).collect();
        let message = format!("no schedule of `{}` is held here", asked.by);
        return Err(Failure::new(message, "--by", format!("one of {}", all.join(", "))));
    };
    let days = days(asked, &ledger.territories[by])?;
    let regime = compiled(&question, question.known)?;
    let scope = Scope { by, schedule, known: question.known, days };
    let bar = progress(survey::about_lines(&regime, &scope), "lines");
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let outcome = survey::run(&regime, &scope, threads, &|lines| bar.inc(lines));
    bar.finish_and_clear();
    if asked.json {
        print(&format!("{}\n", as_json(&question, &regime, by, &outcome)));
    } else {
        print(&as_text(&question, &regime, &outcome));
    }
    Ok(u8::from(!outcome.faults.is_empty()))
}

/// The days to survey.
fn days(asked: &Survey, territory: &Territory) -> Result<Vec<Day>, Failure> {
    let parse = |text: &str, option: &str| {
        Day::parse(text).map_err(|e| Failure::new(e, option, "write 2025-05-30"))
    };
    let last = territory.verified_through;
    let first_of = |year, month| Day::new(year, month, 1).expect("every month has a first day");
    let after = (1..=12).map(|month| first_of(last.year(), month)).find(|first| *first > last);
    let after = after.unwrap_or_else(|| first_of(last.year() + 1, 1));
    let from = asked.from.as_deref().map(|d| parse(d, "--from")).transpose()?;
    let until = asked.until.as_deref().map(|d| parse(d, "--until")).transpose()?;
    let (from, until) = (from.unwrap_or(first_of(last.year() - 1, 1)), until.unwrap_or(after));
    if until.days_since(from) > limits::DAYS_MAX as i32 {
        return Err(Failure::new("too many days", "--until", "take a few years at a time"));
    }
    let days = survey::days(from, until);
    if days.is_empty() {
        let message = "no month begins or ends between them";
        return Err(Failure::new(message, "--until", "a day after --from"));
    }
    Ok(days)
}

fn as_text(question: &Question, regime: &Regime<'_>, outcome: &Outcome) -> String {
    let lines = outcome.lines();
    let mut out = format!(
        "{} lines: {} codes by {} countries on {}\n\n",
        number(lines),
        count(outcome.codes),
        count(outcome.countries),
        match outcome.days.as_slice() {
            [day] => day.to_string(),
            [first, .., last] => format!("{} days from {first} to {last}", outcome.days.len()),
            [] => "no day".to_owned(),
        },
    );
    let statuses = STATUSES.iter().zip(outcome.by_status);
    let rows: Vec<Vec<String>> = statuses
        .map(|(status, of)| vec![status.name().to_owned(), number(of), share(of, lines)])
        .collect();
    out.push_str(&table(&[Column::Left, Column::Right, Column::Right], None, &rows));
    out.push('\n');
    let met = outcome.programs.iter().zip(regime.programs()).filter(|(of, _)| met(of));
    let rows: Vec<Vec<String>> = met
        .map(|(of, at)| {
            let name = question.ledger.programs[*at].id.clone();
            let counts = [of.owed, of.owed_on_open, of.open, of.zero_by_heading].map(number);
            let mut row = vec![name, counts[0].clone(), share(of.owed, lines)];
            row.extend(counts.into_iter().skip(1));
            row
        })
        .collect();
    let head = ["program", "owed", "", "facts open", "amount open", "0 by heading"];
    let mut columns = vec![Column::Left];
    columns.extend([Column::Right; 5]);
    out.push_str(&table(&columns, Some(&head), &rows));
    out.push_str(&told(("facts that are missing", "facts"), &outcome.facts));
    out.push_str(&told(("why lines have no answer", "reasons"), &outcome.reasons));
    out.push('\n');
    for (fault, told) in &outcome.faults {
        let said = fault.in_words();
        out.push_str(&format!("{}: {said}, as {}\n", number(told.lines), place(told)));
    }
    out.push_str(match outcome.faults.len() {
        0 => "no findings\n",
        _ => "",
    });
    out
}

/// A table of what lines are told, the most frequent first.
fn told((title, what): (&str, &str), all: &BTreeMap<String, Told>) -> String {
    if all.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<String>> = by_frequency(all)
        .into_iter()
        .take(SHOWN)
        .map(|(text, told)| vec![text.to_owned(), number(told.lines), place(told)])
        .collect();
    let columns = [Column::Left, Column::Right, Column::Left];
    let more = match all.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("  and {more} other {what} (--json lists them)\n"),
    };
    format!("\n{}{more}", table(&columns, Some(&[title, "lines", "such as"]), &rows))
}

fn by_frequency(all: &BTreeMap<String, Told>) -> Vec<(&str, &Told)> {
    let mut all: Vec<(&str, &Told)> =
        all.iter().map(|(text, told)| (text.as_str(), told)).collect();
    all.sort_by_key(|(text, told)| (std::cmp::Reverse(told.lines), *text));
    all
}

fn met(of: &survey::OfProgram) -> bool {
    of.owed + of.open + of.zero_by_heading > 0
}

fn place(told: &Told) -> String {
    let at = told.example;
    format!("{} {} {}", at.code, at.origin, at.day)
}

fn number(lines: u64) -> String {
    count(lines as usize)
}

/// Of all lines, in percent; what is not nothing is never shown as nothing.
fn share(of: u64, all: u64) -> String {
    match (u128::from(of) * 10_000 + u128::from(all) / 2).checked_div(u128::from(all)) {
        None => String::new(),
        Some(0) if of > 0 => "< 0.01%".to_owned(),
        Some(hundredths) => format!("{}.{:02}%", hundredths / 100, hundredths % 100),
    }
}

fn as_json(question: &Question, regime: &Regime<'_>, by: usize, outcome: &Outcome) -> Value {
    let ledger: &Ledger = &question.ledger;
    let example = |told: &Told| {
        let at = told.example;
        json!({"code": at.code.plain(), "origin": at.origin.as_str(), "entered": at.day.to_string()})
    };
    let list = |all: &BTreeMap<String, Told>, key: &str| -> Vec<Value> {
        let all = by_frequency(all).into_iter();
        all.map(|(text, told)| json!({key: text, "lines": told.lines, "example": example(told)}))
            .collect()
    };
    let programs: Vec<Value> = outcome
        .programs
        .iter()
        .zip(regime.programs())
        .filter(|(_, at)| ledger.programs[**at].by == ledger.territories[by].id)
        .map(|(of, at)| {
            json!({"program": ledger.programs[*at].id, "owed": of.owed,
                "facts_open": of.owed_on_open, "amount_open": of.open, "zero_by_heading": of.zero_by_heading})
        })
        .collect();
    let checks: Vec<Value> = Fault::ALL
        .iter()
        .map(|fault| match outcome.faults.get(fault) {
            None => json!({"check": fault.name(), "lines": 0, "example": null}),
            Some(told) => {
                json!({"check": fault.name(), "lines": told.lines, "example": example(told)})
            }
        })
        .collect();
    let by_status: serde_json::Map<String, Value> = STATUSES
        .iter()
        .zip(outcome.by_status)
        .map(|(status, lines)| (status.name().to_owned(), lines.into()))
        .collect();
    json!({
        "by": ledger.territories[by].country.as_str(),
        "days": outcome.days.iter().map(Day::to_string).collect::<Vec<_>>(),
        "codes": outcome.codes, "countries": outcome.countries, "lines": outcome.lines(),
        "known": question.known_as_asked, "world": question.world(), "reading": question.readings,
        "by_status": by_status, "programs": programs,
        "needs": list(&outcome.facts, "fact"), "reasons": list(&outcome.reasons, "reason"),
        "findings": checks,
        "ledger": ledger.digest, "version": env!("CARGO_PKG_VERSION"),
    })
}
