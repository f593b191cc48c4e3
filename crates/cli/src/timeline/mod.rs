//! `truce timeline`: both sides of a trade relation over time.

mod json;
mod rows;
mod text;

use std::path::{Path, PathBuf};

use chronicle::goods::codes_of;
use chronicle::stack::{Stack, name};
use chronicle::timeline::{Caption, Question as Asked, Timeline as Told, svg};
use ledger::{Goods, Known, Ledger};
use oracle::Oracle;
use tariff::{Code, Interval, Moment, Stated};

use crate::failure::Failure;
use crate::question::{Coordinates, Question, sides};
use crate::receipt::{self, Wanted};
use crate::{law, print};

/// Every change of what two sides levy on each other's goods, in order, and what happened between.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Timeline {
    /// The two sides (ISO codes).
    #[arg(long, value_name = "CC,CC", default_value = "US,CN")]
    pub between: String,
    /// The goods: a code of the first side, or one of each (`9503.00.00.73,9503.00.89`). Without it,
    /// duties on all goods, and beside them those on listed goods.
    #[arg(long, value_name = "CODE[,CODE]")]
    pub code: Option<String>,
    /// The first day told; the first change by default.
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// The day after the last one told; as far as the law goes by default.
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    #[command(flatten)]
    pub coordinates: Coordinates,
    /// Draw it, into this file.
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    /// Write it as CSV, into this file (`-` is standard output).
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub csv: Option<PathBuf>,
    #[command(flatten)]
    pub wanted: Wanted,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

const EXAMPLES: &str = "\
Examples:
  truce timeline --between US,CN --svg regime.svg
  truce timeline --between US,CN --from 2025-01-01 --to 2025-06-01 --known today
  truce timeline --code 8505.11.00.70,8505.11.10 --svg magnets.svg
  truce timeline --between US,JP --from 2025-01-01 --csv -";

/// What is told, and the words for the coordinates it is told at.
struct Report<'a> {
    asked: Asked<'a>,
    told: Told<'a>,
    /// The codes as settled, for each side of the pair.
    codes: [Option<Code>; 2],
    /// What is to be said of them.
    notes: Vec<String>,
    world: String,
    known: String,
}

pub fn run(timeline: &Timeline, law: Option<&Path>) -> Result<u8, Failure> {
    let question = timeline.coordinates.settle(law)?;
    let ledger = &question.ledger;
    let pair = sides(&timeline.between, ledger)?;
    let within = within(timeline, ledger)?;
    let known = question.known;
    let goods = [Goods::Ordinary; 2];
    let mut asked = Asked { ledger, readings: &question.readings, known, pair, goods, within };
    let (codes, notes) = codes(timeline.code.as_deref(), &asked)?;
    asked.goods = codes.map(|code| code.map_or(Goods::Ordinary, Goods::Code));
    let told = asked.timeline();
    answerable(&asked, &told)?;
    let report = Report {
        asked,
        told,
        codes,
        notes,
        world: question.world(),
        known: known_words(&question),
    };
    if let Some(path) = &timeline.svg {
        let caption = caption(&report);
        let picture = svg(&report.asked, &report.told, &caption)
            .map_err(|e| Failure::new(e, "--svg", "ask for another time or other goods"))?;
        law::replace(path, &picture)?;
    }
    let mut written: Vec<PathBuf> = timeline.svg.iter().cloned().collect();
    let mut printed = String::new();
    match &timeline.csv {
        Some(path) if path.as_os_str() == "-" => printed = rows::csv(&report),
        Some(path) => {
            law::replace(path, rows::csv(&report))?;
            written.push(path.clone());
        }
        None if timeline.json => printed = format!("{}\n", json::json(&report, &question)),
        None if timeline.svg.is_some() => {}
        None => printed = text::text(&report) + &receipt::foot(ledger, &question.in_words()),
    }
    print(&printed);
    receipt::Run {
        wanted: &timeline.wanted,
        law,
        ledger,
        asked: question.asked(),
        inputs: timeline.coordinates.files(ledger),
        output: written.first().map(PathBuf::as_path),
        written: written.clone(),
        printed: &printed,
        status: 0,
    }
    .write()?;
    Ok(0)
}

fn known_words(question: &Question) -> String {
    match question.known {
        Known::Entry => "entry".to_owned(),
        Known::At(stated) => stated.print(&question.ledger.territories[0].zone),
        Known::Today => "today".to_owned(),
    }
}

fn within(timeline: &Timeline, ledger: &Ledger) -> Result<Interval, Failure> {
    let zone = &ledger.territories[0].zone;
    let moment = |text: &Option<String>, option: &str| -> Result<Option<Moment>, Failure> {
        let Some(text) = text else { return Ok(None) };
        let stated = Stated::parse(text, zone);
        let stated = stated.map_err(|e| Failure::new(e, option, "write 2025-05-30"))?;
        Ok(Some(stated.first(zone)))
    };
    let within =
        Interval { from: moment(&timeline.from, "--from")?, until: moment(&timeline.to, "--to")? };
    if within.is_empty() {
        return Err(Failure::new("the time ends before it begins", "--to", "a day after --from"));
    }
    Ok(within)
}

/// The code of each side that levies, and what is to be said of them. Where one code is given, the other
/// side's are those under its first six digits, and one of them stands for those that are treated alike.
///
/// # Errors
/// A text that is no code; a code under whose first six digits the other side has none.
fn codes(
    text: Option<&str>,
    asked: &Asked<'_>,
) -> Result<([Option<Code>; 2], Vec<String>), Failure> {
    let Some(text) = text else { return Ok(([None, None], Vec::new())) };
    let help = "8 or 10 digits of each side, dots optional";
    let parse = |text: &str| match Code::parse(text) {
        Ok(code) if code.digits() >= 6 => Ok(code),
        Ok(code) => Err(Failure::new(format!("{code} is a heading of many codes"), "--code", help)),
        Err(e) => Err(Failure::new(e, "--code", help)),
    };
    let parts = text.split(',').map(parse).collect::<Result<Vec<Code>, Failure>>()?;
    let first = match parts.as_slice() {
        [a, b] => return Ok(([Some(*a), Some(*b)], Vec::new())),
        [a] => *a,
        _ => return Err(Failure::new("more than two codes", "--code", "one, or one of each side")),
    };
    let Some(other) = asked.ledger.levying(asked.pair[1].as_str()) else {
        return Ok(([Some(first), None], Vec::new()));
    };
    let groups = asked.alike(1, &codes_of(asked.ledger, other, first));
    let Some(chosen) = groups.first().and_then(|codes| codes.first()) else {
        let message = format!("{} has no code under {}", other.name, first.prefix(6));
        return Err(Failure::new(message, "--code", format!("give its own: --code {first},CODE")));
    };
    let mut notes = Vec::new();
    let many: usize = groups.iter().map(Vec::len).sum();
    if many > 1 {
        let mut note = format!(
            "{}: {chosen} stands for its {many} codes under {}; their base duties may differ",
            other.name,
            first.prefix(6)
        );
        let others: Vec<String> = groups[1..].iter().flatten().map(Code::to_string).collect();
        if !others.is_empty() {
            note.push_str(&format!(", and other duties on {} do", others.join(", ")));
        }
        notes.push(format!("{note}."));
    }
    Ok(([Some(first), Some(*chosen)], notes))
}

/// Refuses goods that never mean anything to a side.
fn answerable(asked: &Asked<'_>, told: &Told<'_>) -> Result<(), Failure> {
    for course in &told.courses {
        if course.stretches.iter().any(|s| s.stack.is_answer()) {
            continue;
        }
        let side = name(asked.ledger, course.levy.territory.country);
        let mut oracle = Oracle::new(asked.ledger, asked.readings);
        let now = Stack::of(&mut oracle, asked.ledger, course.levy, told.today, asked.known);
        let reason = now.needs.first().map_or(String::new(), |need| need.fact.clone());
        let help = "give the code of each side, as in `truce duty`";
        return Err(Failure::new(format!("{side}: {reason}"), "--code", help));
    }
    Ok(())
}

/// The words over the picture.
fn caption(report: &Report<'_>) -> Caption {
    let Report { asked, told, codes, .. } = report;
    let ledger = asked.ledger;
    let zone = &ledger.territories[0].zone;
    let [a, b] = asked.pair.map(|country| name(ledger, country));
    let title = match codes {
        [None, None] => format!("{a} and {b}: duties on all goods"),
        codes => {
            let codes: Vec<String> = codes.iter().flatten().map(Code::to_string).collect();
            format!("{a} and {b}: duties on {}", codes.join(" and "))
        }
    };
    let what = match codes {
        [None, None] => {
            "Percent of the value, on top of the base duty and of duties on listed goods"
        }
        _ => "Percent of the value, the whole stack",
    };
    let known = match asked.known {
        Known::Entry => "as importers faced it on each day".to_owned(),
        Known::At(_) => format!("as known on {}", told.today.day(zone).in_words()),
        Known::Today => format!("as known today ({})", told.today.day(zone).in_words()),
    };
    let mut notes = vec![format!("{what}; {known}.")];
    if report.world != "record" {
        notes.push(format!("World: {} (hypothetical).", report.world));
    }
    notes.push(
        "Hatched: suspended; the sum in brackets comes back on the day told unless it is extended. Pale and \
         dotted: what comes if nothing is done."
            .to_owned(),
    );
    notes.extend(text::incomplete(report));
    let today = match asked.known {
        Known::At(_) | Known::Today => format!("known on {}", told.today.day(zone).in_words()),
        Known::Entry => format!("law followed through {}", told.today.day(zone).in_words()),
    };
    Caption { title, notes, today }
}
