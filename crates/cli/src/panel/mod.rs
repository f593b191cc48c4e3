//! `truce panel`: the regime as tables. Every code by every country over days, or all that a join in SQL
//! needs to find the duty of a line.

mod cells;
mod rows;
mod table;

pub use rows::Only;

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::time::Instant;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use engine::Regime;
use engine::course::{Courses, Settings};
use engine::export::{Tables, tables};
use ledger::Ledger;
use serde_json::json;
use tariff::{Day, limits};

use crate::failure::Failure;
use crate::print;
use crate::progress::progress;
use crate::question::{Coordinates, Question};
use crate::receipt::{self, Wanted};
use crate::text::count;

/// The rates of every code and country over days, or tables to join lines to.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Panel {
    /// One day. Without a day or a range: all days that the ledger knows law for.
    #[arg(long, value_name = "DATE", conflicts_with_all = ["cells", "from", "until", "to"])]
    pub on: Option<String>,
    /// Write the tables that a join in SQL needs, into a folder (docs/cells.md).
    #[arg(long)]
    pub cells: bool,
    /// The file to write (.csv or .parquet), with --cells the folder.
    #[arg(short, long, value_name = "FILE|DIR")]
    pub output: PathBuf,
    /// Who levies (ISO code).
    #[arg(long, value_name = "CC", default_value = "US")]
    pub by: String,
    /// The first day of entry. With --cells by default the first of the year before the last.
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// The last day of entry. With --cells by default the last of the year that the ledger follows.
    #[arg(long, value_name = "DATE", conflicts_with = "until")]
    pub to: Option<String>,
    /// The day after the last, in place of --to.
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    #[command(flatten)]
    pub coordinates: Coordinates,
    #[command(flatten)]
    pub wanted: Wanted,
    /// Print what was written as JSON.
    #[arg(long)]
    pub json: bool,
}

const EXAMPLES: &str = "\
Examples:
  truce panel --on 2025-05-20 -o day.csv
  truce panel --from 2025-01-01 --to 2026-10-31 -o panel.parquet
  truce panel --from 2025-01-01 --to 2026-10-31 --known today -o in-hindsight.parquet
  truce panel --by CN --from 2025-01-01 -o china.parquet
  truce panel --cells -o cells";

/// The days that are asked for.
struct Days {
    from: Day,
    until: Day,
    /// Whether the law after the last day is that of the last day.
    open: bool,
}

pub fn run(panel: &Panel, law: Option<&Path>) -> Result<u8, Failure> {
    let start = Instant::now();
    if !panel.cells {
        rows::check(&panel.output)?;
    }
    let question = panel.coordinates.settle(law)?;
    let ledger: &Ledger = &question.ledger;
    let at = side(panel, ledger)?;
    let regime = match window(panel)? {
        Some(days) => engine::compile_for(ledger, question.known, &question.readings, days),
        None => engine::compile(ledger, question.known, &question.readings),
    };
    let regime =
        regime.map_err(|e| Failure::new(e, "the ledger", "see crates/tariff/src/limits.rs"))?;
    // The process ends with it.
    let regime = ManuallyDrop::new(regime);
    let days = days(panel, &regime, at)?;
    let notes = notes(&panel.coordinates, &question, at);
    let bar = progress(u64::MAX, if panel.cells { "cells" } else { "codes" });
    let done = |done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    };
    let written = if panel.cells {
        let tables = tables(&regime, at, (days.from, days.until), true, &done);
        bar.finish_and_clear();
        cells::write(ledger, &tables, &panel.output, &notes)?
    } else {
        let settings = Settings::default();
        let courses = Courses::new(&regime, at, (days.from, days.until), settings);
        let open = days.open.then_some(days.until);
        let panel_rows = rows::Panel::new(&courses, ledger, open, &Only::default());
        let rows = panel_rows.write(&panel.output, &notes, &done);
        bar.finish_and_clear();
        vec![(panel.output.display().to_string(), rows?)]
    };
    if panel.json {
        let files: Vec<_> =
            written.iter().map(|(file, rows)| json!({"file": file, "rows": rows})).collect();
        let seconds = format!("{:.3}", start.elapsed().as_secs_f64());
        let mut json = json!({
            "files": files, "known": question.known_as_asked, "world": question.world(),
            "reading": question.readings, "ledger": ledger.digest,
            "version": env!("CARGO_PKG_VERSION"), "seconds": seconds,
        });
        if let Some(fields) = json.as_object_mut() {
            fields.extend(receipt::through(ledger));
        }
        print(&format!("{json}\n"));
    } else {
        for (file, rows) in &written {
            print(&format!("{file}: {} rows\n", count(*rows)));
        }
        print(&receipt::foot(ledger, &question.in_words()));
    }
    receipt::Run {
        wanted: &panel.wanted,
        law,
        ledger,
        asked: question.asked(),
        inputs: panel.coordinates.files(ledger),
        output: Some(&panel.output),
        written: written.iter().map(|(file, _)| PathBuf::from(file)).collect(),
        printed: "",
        status: 0,
    }
    .write()?;
    Ok(0)
}

/// The table in memory, of a regime that is compiled; the output of `panel` is not looked at.
///
/// # Errors
/// Days or a side that cannot be read; the place is the option.
pub fn in_memory(
    panel: &Panel,
    regime: &Regime<'_>,
    only: &Only,
) -> Result<(SchemaRef, Vec<RecordBatch>), Failure> {
    let at = side(panel, regime.ledger())?;
    let days = days(panel, regime, at)?;
    let courses = Courses::new(regime, at, (days.from, days.until), Settings::default());
    let open = days.open.then_some(days.until);
    rows::Panel::new(&courses, regime.ledger(), open, only).batches()
}

/// Who levies, by place in the ledger.
fn side(panel: &Panel, ledger: &Ledger) -> Result<usize, Failure> {
    let levying = ledger.levying(&panel.by);
    let at = ledger.territories.iter().position(|t| levying.is_some_and(|l| l.id == t.id));
    at.ok_or_else(|| {
        let all: Vec<&str> = ledger.territories.iter().map(|t| t.country.as_str()).collect();
        let help = format!("the ledger holds the duties of {}", all.join(", "));
        Failure::new(format!("`{}` levies nothing here", panel.by), "--by", help)
    })
}

/// The first day and the day after the last.
fn day(text: &str, option: &str) -> Result<Day, Failure> {
    Day::parse(text).map_err(|e| Failure::new(e, option, "write 2025-05-30"))
}

/// The first day and the day after the last, where both are stated.
fn window(panel: &Panel) -> Result<Option<(Day, Day)>, Failure> {
    if panel.cells {
        return Ok(None);
    }
    if let Some(on) = &panel.on {
        let on = day(on, "--on")?;
        return Ok(Some((on, on.next())));
    }
    let until = match (&panel.to, &panel.until) {
        (Some(to), _) => Some(day(to, "--to")?.next()),
        (None, until) => until.as_deref().map(|until| day(until, "--until")).transpose()?,
    };
    let from = panel.from.as_deref().map(|from| day(from, "--from")).transpose()?;
    Ok(from.zip(until).filter(|(from, until)| from < until))
}

fn days(panel: &Panel, regime: &Regime<'_>, at: usize) -> Result<Days, Failure> {
    if let Some(on) = &panel.on {
        let from = day(on, "--on")?;
        return Ok(Days { from, until: from.next(), open: false });
    }
    let (first, last) = if panel.cells {
        let year = regime.ledger().territories[at].verified_through.year();
        let first = |year| Day::new(year, 1, 1).expect("every year has a first day");
        (first(year - 1), first(year + 1))
    } else {
        let (first, last) = engine::course::turning_days(regime, at);
        (first, last.next())
    };
    let from = panel.from.as_deref().map_or(Ok(first), |from| day(from, "--from"))?;
    let until = match (&panel.to, &panel.until) {
        (Some(to), _) => day(to, "--to")?.next(),
        (None, Some(until)) => day(until, "--until")?,
        (None, None) => last.max(from.next()),
    };
    if from >= until {
        let (option, help) = match panel.until {
            Some(_) => ("--until", "a day after --from"),
            None => ("--to", "not before --from"),
        };
        return Err(Failure::new("no day lies between them", option, help));
    }
    if until.days_since(from) as usize > limits::DAYS_MAX {
        return Err(Failure::new("too many days", "--from", "take a few years at a time"));
    }
    let open = panel.to.is_none() && panel.until.is_none();
    Ok(Days { from, until, open })
}

/// What is needed to make the same tables again years later.
fn notes(coordinates: &Coordinates, question: &Question, at: usize) -> Vec<(String, String)> {
    let ledger: &Ledger = &question.ledger;
    let territory = &ledger.territories[at];
    let readings: Vec<String> =
        question.readings.iter().map(|(name, option)| format!("{name}={option}")).collect();
    [
        ("truce.ledger", ledger.digest.clone()),
        ("truce.by", territory.country.to_string()),
        ("truce.known", coordinates.known.clone()),
        ("truce.world", question.world()),
        ("truce.reading", readings.join(" ")),
        ("truce.version", env!("CARGO_PKG_VERSION").to_owned()),
        ("truce.official_through", territory.official_through.to_string()),
        ("truce.verified_through", territory.verified_through.to_string()),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into()
}

/// The name of a program as a column.
fn column(ledger: &Ledger, tables: &Tables, program: usize) -> String {
    ledger.programs[tables.programs[program]].column()
}
