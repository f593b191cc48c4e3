//! `truce calendar`: what comes due, as a table and as a file for calendars.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use chronicle::calendar::{Due, Question as Asked, Side, due, ics};
use ledger::Ledger;
use nomenclature::{Row, Rows};
use serde_json::{Value, json};
use tariff::{Code, Country, Stated, Zone};

use crate::failure::Failure;
use crate::question::{Coordinates, Question, load, sides};
use crate::receipt::{self, Wanted};
use crate::refund::clocks::{Seen, clocks};
use crate::text::{count, source, wrapped};
use crate::{law, print};

/// What comes due after a day, by the law as known then: suspensions and duties that end, staged rates,
/// exclusions that expire, hearings, deadlines.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Calendar {
    /// The day after which; `today` is the last day that the ledger follows.
    #[arg(long, value_name = "today|DATE", default_value = "today")]
    pub after: String,
    /// Only the law of these sides (ISO codes), on goods of anyone.
    #[arg(long, value_name = "CC", value_delimiter = ',', conflicts_with = "between")]
    pub by: Vec<String>,
    /// Only what two sides levy on each other's goods (ISO codes).
    #[arg(long, value_name = "CC,CC")]
    pub between: Option<String>,
    /// Only what is about these codes, or about all goods.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub code: Vec<String>,
    /// The same for the codes of a CSV file: of its column `code`, or one a line.
    #[arg(long, value_name = "FILE")]
    pub codes: Option<PathBuf>,
    /// Also until when what was paid on these entries can be asked back: an ACE report ES-003, or a
    /// plain file of filed lines (docs/refund.md).
    #[arg(long, value_name = "FILE")]
    pub entries: Option<PathBuf>,
    #[command(flatten)]
    pub coordinates: Coordinates,
    /// Write it for Google Calendar, Outlook and others (iCalendar), into this file.
    #[arg(long, value_name = "FILE")]
    pub ics: Option<PathBuf>,
    #[command(flatten)]
    pub wanted: Wanted,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

const EXAMPLES: &str = "\
Examples:
  truce calendar
  truce calendar --after 2025-05-30 --between US,CN
  truce calendar --by US --code 8541.43.00.10 --ics panels.ics
  truce calendar --by US --entries es003.csv --ics refunds.ics
  truce calendar --after 2025-08-01 --world geneva-never-happened";

/// Where the words of a row begin.
const WORDS: usize = 24;

/// What is asked and what was found.
struct Report<'a> {
    question: &'a Question,
    asked: Asked<'a>,
    entries: Vec<Due>,
    known: Stated,
    /// Lines of the file of codes that hold none.
    faults: Vec<String>,
}

pub fn run(calendar: &Calendar, law: Option<&Path>) -> Result<u8, Failure> {
    let question = calendar.coordinates.settle(law)?;
    let ledger = &*question.ledger;
    let home = &ledger.territories[0];
    let after = after(&calendar.after, ledger)?;
    let (known, known_stated) = oracle::moment_known(ledger, home, question.known, after);
    let (codes, mut faults) = codes(calendar)?;
    let (sides, between) = asked_sides(calendar, ledger)?;
    let readings = &question.readings;
    let asked = Asked { ledger, readings, known, after, sides, codes, between };
    let mut entries = due(&asked);
    if let Some(path) = &calendar.entries {
        let record = load(law)?;
        let worlds = calendar.coordinates.of(&record)?.worlds;
        let seen = Seen { record: &record, worlds: &worlds, readings, known };
        let (clocks, unread) = clocks(path, &seen, after.day(&home.zone))?;
        entries.extend(clocks);
        entries.sort_by_key(|due| due.moment.first(&home.zone));
        faults.extend(unread);
    }
    let report = Report { question: &question, asked, entries, known: known_stated, faults };
    if let Some(path) = &calendar.ics {
        let notes = notes(&report);
        let text = ics(ledger, &report.entries, &title(&report), known, &notes);
        law::replace(path, &text)?;
    }
    let printed = if calendar.json {
        format!("{}\n", in_json(&report))
    } else if calendar.ics.is_none() {
        text(&report) + &receipt::foot(ledger, &question.in_words())
    } else {
        String::new()
    };
    print(&printed);
    if !calendar.json {
        for fault in &report.faults {
            eprintln!("warning: {fault}");
        }
    }
    let status = u8::from(!report.faults.is_empty());
    receipt::Run {
        wanted: &calendar.wanted,
        law,
        ledger,
        asked: question.asked(),
        inputs: [
            calendar.codes.iter().chain(&calendar.entries).cloned().collect(),
            calendar.coordinates.files(ledger),
        ]
        .concat(),
        output: calendar.ics.as_deref(),
        written: calendar.ics.iter().cloned().collect(),
        printed: &printed,
        status,
    }
    .write()?;
    Ok(status)
}

fn after(text: &str, ledger: &Ledger) -> Result<Stated, Failure> {
    let home = &ledger.territories[0];
    if text == "today" {
        return Ok(Stated::Day(home.verified_through));
    }
    Stated::parse(text, &home.zone)
        .map_err(|e| Failure::new(e, "--after", "today, a day (2025-05-30) or a moment"))
}

/// The sides whose law is looked at, and the countries whose events are told.
fn asked_sides<'a>(
    calendar: &Calendar,
    ledger: &'a Ledger,
) -> Result<(Vec<Side<'a>>, Vec<Country>), Failure> {
    if let Some(between) = &calendar.between {
        let pair = sides(between, ledger)?;
        let [a, b] = pair;
        let levies = [(a, b), (b, a)].into_iter().filter_map(|(by, partner)| {
            let territory = ledger.levying(by.as_str())?;
            Some(Side { territory, partner: Some(partner), others: false })
        });
        return Ok((levies.collect(), pair.to_vec()));
    }
    let side = |territory| Side { territory, partner: None, others: true };
    if calendar.by.is_empty() {
        return Ok((ledger.territories.iter().map(side).collect(), Vec::new()));
    }
    let all: Vec<&str> = ledger.territories.iter().map(|t| t.country.as_str()).collect();
    let mut found = Vec::new();
    for text in &calendar.by {
        let territory = ledger.levying(text.trim()).ok_or_else(|| {
            let help = format!("the ledger holds the duties of {}", all.join(", "));
            Failure::new(format!("`{text}` levies nothing here"), "--by", help)
        })?;
        found.push(side(territory));
    }
    let countries = found.iter().map(|side| side.territory.country).collect();
    Ok((found, countries))
}

/// The codes asked about, if any, and what of the file could not be read.
fn codes(calendar: &Calendar) -> Result<(Option<Vec<Code>>, Vec<String>), Failure> {
    let help = "8 or 10 digits, dots optional";
    // A row of a list may be longer than a heading, which would then seem not to be on it.
    let parse = |text: &str| match Code::parse(text) {
        Ok(code) if code.digits() >= 8 => Ok(code),
        Ok(code) => Err(format!("{code} is a heading of many codes")),
        Err(e) => Err(e.to_string()),
    };
    let mut codes = Vec::new();
    for text in &calendar.code {
        codes.push(parse(text).map_err(|e| Failure::new(e, "--code", help))?);
    }
    let mut faults = Vec::new();
    if let Some(path) = &calendar.codes {
        let text = fs::read_to_string(path).map_err(|e| {
            let message = format!("cannot be read: {e}");
            Failure::new(message, path.display(), "a text file with a code a line")
        })?;
        let mut rows = Rows::with_comments(&text);
        let mut row = Row::default();
        let (mut column, mut first, mut read) = (0, true, 0);
        while rows.next_row(&mut row) {
            let named = |cell: &str| cell.trim().eq_ignore_ascii_case("code");
            if std::mem::take(&mut first)
                && let Some(head) = row.cells().position(named)
            {
                column = head;
                continue;
            }
            match row.text(column).trim() {
                "" => {}
                cell => match parse(cell) {
                    Ok(code) => {
                        read += 1;
                        codes.push(code);
                    }
                    Err(e) => faults.push(format!("{}:{}: {e}; {help}", path.display(), row.line)),
                },
            }
        }
        if read == 0 {
            return Err(Failure::new("the file holds no code", path.display(), help));
        }
    }
    codes.sort_unstable();
    codes.dedup();
    Ok(((!codes.is_empty()).then_some(codes), faults))
}

fn title(report: &Report<'_>) -> String {
    let ledger = report.asked.ledger;
    let names: Vec<&str> = report.asked.sides.iter().map(|s| s.territory.name.as_str()).collect();
    let world = match report.question.world().as_str() {
        "record" => String::new(),
        world => format!(" · world: {world} (hypothetical)"),
    };
    let zone = &ledger.territories[0].zone;
    format!(
        "Trade law of {}, due after {}{world}",
        names.join(" and "),
        report.asked.after.print(zone)
    )
}

/// What stands in every entry of the file: how it was asked for, and of which ledger.
fn notes(report: &Report<'_>) -> Vec<String> {
    let home = &report.asked.ledger.territories[0];
    vec![
        format!(
            "Law as known on {}; world: {}.",
            report.known.print(&home.zone),
            report.question.world()
        ),
        format!("Ledger {}.", report.asked.ledger.digest),
    ]
}

fn in_json(report: &Report<'_>) -> Value {
    let ledger = report.asked.ledger;
    let home = &ledger.territories[0];
    let entries: Vec<Value> = report
        .entries
        .iter()
        .map(|due| {
            let zone = zone_of(report, due);
            json!({
                "moment": due.moment.print(zone), "until": due.until.map(|u| u.print(zone)),
                "kind": due.kind, "title": due.title,
                "by": due.by.map(|by| by.as_str().to_owned()), "program": due.program,
                "cites": due.cites, "measures": due.measures,
            })
        })
        .collect();
    json!({
        "after": report.asked.after.print(&home.zone),
        "known": report.known.print(&home.zone),
        "world": report.question.world(), "reading": report.question.readings,
        "codes": report.asked.codes.as_ref().map(|codes| {
            codes.iter().map(|code| code.plain()).collect::<Vec<String>>()
        }),
        "entries": entries, "faults": report.faults,
        "official_through": home.official_through.to_string(),
        "verified_through": home.verified_through.to_string(),
        "ledger": ledger.digest, "version": env!("CARGO_PKG_VERSION"),
    })
}

/// The clock by which an entry is told.
fn zone_of<'a>(report: &Report<'a>, due: &Due) -> &'a Zone {
    let ledger = report.asked.ledger;
    let home = &ledger.territories[0].zone;
    due.by.and_then(|by| ledger.levying(by.as_str())).map_or(home, |territory| &territory.zone)
}

fn text(report: &Report<'_>) -> String {
    let ledger = report.asked.ledger;
    let home = &ledger.territories[0];
    let mut out = format!("{}\n", title(report));
    out.push_str(&format!("law as known on {}\n", report.known.print(&home.zone)));
    if let Some(codes) = &report.asked.codes {
        out.push_str(&format!("on {} code(s) of goods\n", count(codes.len())));
    }
    out.push('\n');
    if report.entries.is_empty() {
        out.push_str("  nothing is due\n");
        return out;
    }
    out.push_str("  when              by  what, and by which law\n");
    for due in &report.entries {
        let zone = zone_of(report, due);
        let moment = match due.moment {
            Stated::Day(day) => day.to_string(),
            Stated::Moment(moment) => {
                let (hour, minute) = moment.clock(zone);
                format!("{} {hour:02}:{minute:02}", moment.day(zone))
            }
        };
        let by = due.by.map_or(String::new(), |by| by.as_str().to_owned());
        // What is not law is told by its kind; the words of a measure tell it themselves.
        let kind = if due.program.is_none() { format!("{}: ", due.kind) } else { String::new() };
        let cites: Vec<String> = due.cites.iter().map(|cite| source(cite)).collect();
        let words = format!("{kind}{} [{}]", due.title, cites.join(", "));
        let words = wrapped(&words, WORDS);
        let _ = writeln!(out, "  {moment:<16}  {by:<2}  {words}");
    }
    out
}
