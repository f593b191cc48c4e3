//! `truce refund`: what of a report of entries comes back, by which way and until when.

mod acts;
pub mod clocks;
mod curve;
mod json;
mod reference;
mod sheet;
mod tables;
mod text;
mod workbook;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use engine::{Regime, Steps, TooLarge, Way};
use entry::Creditor;
use entry::es003::{self, Filing, Grid};
use entry::refund::{
    Answered, Asked, Cause, Question as OpenQuestion, QuestionKind, Report, answer,
};
use ledger::{Coordinates as At, Ledger, Reading, ReadingOption, Readings, Territory};
use serde_json::json;
use tariff::{Cents, Day, Stated};

use crate::assess;
use crate::assess::input::{Located, located};
use crate::failure::Failure;
use crate::print;
use crate::progress::progress;
use crate::question::{self, Coordinates};
use crate::receipt::{self, Wanted};
use crate::refund::reference::Slow;

/// What of a report of entries comes back: with interest, by which way, until when.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Refund {
    /// An ACE report ES-003, or a file of lines with `entry` and `filed_duty` (.csv, .xlsx).
    #[arg(value_name = "FILE")]
    pub input: PathBuf,
    /// The folder for entries.csv, lines.csv, reasons.csv, the CAPE files, the workbook and the curve.
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// The law that decides what comes back: as known `today`, or at the end of a day.
    #[arg(long, value_name = "today|DATE", default_value = "today")]
    pub known: String,
    /// A world of the ledger or a file of one in which it is decided; may be repeated, in order.
    #[arg(long, value_name = "NAME|FILE")]
    pub world: Vec<String>,
    /// The option to take where authorities disagree; may be repeated.
    #[arg(long, value_name = "NAME=OPTION")]
    pub reading: Vec<String>,
    /// The day from which days left are counted; the last day that the ledger follows by default.
    #[arg(long, value_name = "DATE")]
    pub on: Option<String>,
    /// The day to which interest runs; that of --on by default.
    #[arg(long, value_name = "DATE")]
    pub interest_to: Option<String>,
    /// Interest at the rate for corporations.
    #[arg(long)]
    pub corporate: bool,
    /// With --corporate: the reduced rate on what exceeds $10,000. Whether it holds for duties is open.
    #[arg(long, requires = "corporate")]
    pub reduced_above_10000: bool,
    #[command(flatten)]
    pub wanted: Wanted,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Threads to work with; all cores by default. The output does not depend on it.
    #[arg(long, value_name = "N", hide = true)]
    pub threads: Option<usize>,
}

const EXAMPLES: &str = "\
Examples:
  truce refund es003.csv
  truce refund es003.xlsx -o refunds --on 2026-10-15 --interest-to 2026-12-31 --corporate
  truce refund es003.csv --reading void-revives-metals=yes --json
  truce refund es003.csv --world ieepa-upheld

Nothing is sent anywhere. Exit status: 0 every line is exact, 1 some is not, 2 unusable input.";

/// What a run was asked, for those who tell of it.
pub struct Told<'a> {
    pub refund: &'a Refund,
    pub record: &'a Ledger,
    pub territory: &'a Territory,
    pub world: String,
    pub readings: Readings,
    /// The last day of knowledge of the later end.
    pub until: Day,
    pub creditor: Creditor,
    pub name: String,
    pub rows: u64,
}

pub fn run(refund: &Refund, law: Option<&Path>) -> Result<u8, Failure> {
    let threads = assess::threads(refund.threads)?;
    if let Some(folder) = &refund.output {
        tables::check(folder, &refund.input)?;
    }
    let located = located(&refund.input)?;
    let record = std::mem::ManuallyDrop::new(question::load(law)?);
    let record: &Ledger = &record;
    let territory = paying_back(record)?;
    let (name, filing) = report_of(located, record)?;
    let (then, at) = ends(refund, record)?;
    let later = record.laid_over(&at.worlds);
    let (moment, until) =
        oracle::moment_known(&later, territory, at.known, Stated::Day(territory.verified_through));
    let day = |text: &Option<String>, option: &str, default: Day| match text {
        None => Ok(default),
        Some(text) => Day::parse(text).map_err(|e| Failure::new(e, option, "write 2026-10-07")),
    };
    let until = until.day(&territory.zone);
    let on = day(&refund.on, "--on", until)?;
    let interest_to = day(&refund.interest_to, "--interest-to", on)?;
    let creditor = match (refund.corporate, refund.reduced_above_10000) {
        (false, _) => Creditor::Importer,
        (true, false) => Creditor::Corporation,
        (true, true) => Creditor::CorporationReduced,
    };
    let (first, second) = std::thread::scope(|scope| {
        let first = scope.spawn(|| engine::compile(record, then.known, &then.readings));
        let second = engine::compile(&later, at.known, &at.readings);
        (first.join().expect("compiling does not panic"), second)
    });
    let (first, second) = (first.map_err(too_large)?, second.map_err(too_large)?);
    let asked = Asked {
        by: &territory.id,
        regimes: [&first, &second],
        refunds: &record.refunds[&territory.id],
        rates: &record.interest[&territory.id],
        creditor,
        on,
        interest_to,
        threads,
    };
    let bar = progress(filing.entries.len() as u64, "entries");
    let slow = || Slow::new(record, territory, (&later, moment), &at.readings);
    let mut answered = answer(&filing, &asked, slow, &|count| bar.inc(count));
    bar.set_message("open questions");
    answered.report.questions = questions(&answered, &later, territory, &at, threads)?;
    bar.set_message("act by act");
    let steps = match answered.changed.lines.is_empty() {
        true => Steps::new(),
        false => {
            let common = Way::common(record, [&then, &at]);
            let way = Way::new(record, &common, [&then, &at]);
            way.steps(&answered.changed, threads).map_err(too_large)?
        }
    };
    answered.report.acts = acts::acts(record, &answered.fallen, &steps);
    bar.finish_and_clear();
    let told = Told {
        refund,
        record,
        territory,
        world: world(&at),
        readings: at.readings.clone(),
        until,
        creditor,
        name,
        rows: filing.rows,
    };
    let written = match &refund.output {
        Some(folder) => tables::write(folder, &told, &answered.report)?,
        None => Vec::new(),
    };
    let printed = if refund.json {
        format!("{}\n", json::json(&told, &answered.report))
    } else {
        text::text(&told, &answered.report, &written) + &receipt::foot(record, &told.in_words())
    };
    print(&printed);
    let status = u8::from(!exact(&answered.report));
    let coordinates = refund.coordinates();
    receipt::Run {
        wanted: &refund.wanted,
        law,
        ledger: record,
        asked: json!({"known": refund.known, "world": told.world, "reading": told.readings}),
        inputs: [vec![refund.input.clone()], coordinates.files(record)].concat(),
        output: refund.output.as_deref(),
        written: match &refund.output {
            Some(folder) => written.iter().map(|name| folder.join(name)).collect(),
            None => Vec::new(),
        },
        printed: &printed,
        status,
    }
    .write()?;
    Ok(status)
}

impl Refund {
    /// Of the law that decides.
    fn coordinates(&self) -> Coordinates {
        Coordinates {
            known: self.known.clone(),
            world: self.world.clone(),
            reading: self.reading.clone(),
        }
    }
}

impl Told<'_> {
    fn in_words(&self) -> String {
        let readings =
            self.readings.iter().map(|(name, option)| format!(" · reading {name}={option}"));
        let readings: String = readings.collect();
        format!("known entry and {} · world {}{readings}", self.refund.known, self.world)
    }
}

/// A report of entries, and the name of its file.
fn report_of(located: Located, record: &Ledger) -> Result<(String, Filing), Failure> {
    let Located { name, kind, file } = located;
    let refused = |e: entry::FileError| Failure::new(e.message, &name, e.help);
    let grid = Grid::open(kind, file).map_err(refused)?;
    let filing = es003::read(record, &grid).map_err(refused)?;
    Ok((name, filing))
}

/// The territory that says how what it collected comes back.
fn paying_back(record: &Ledger) -> Result<&Territory, Failure> {
    let holds =
        |t: &&Territory| record.refunds.contains_key(&t.id) && record.interest.contains_key(&t.id);
    record.territories.iter().find(holds).ok_or_else(|| {
        let help = "a territory that pays back has refunds.toml and interest.toml";
        Failure::new("the ledger does not say how duties come back", "--law", help)
    })
}

/// The law as importers met it, and the law that decides what comes back.
fn ends(refund: &Refund, record: &Ledger) -> Result<(At, At), Failure> {
    if refund.known == "entry" {
        let help = "what was owed as known at entry is one end always; give the other";
        return Err(Failure::new("`entry` brings nothing back", "--known", help));
    }
    let at = refund.coordinates().of(record)?;
    let then =
        At { known: ledger::Known::Entry, worlds: Vec::new(), readings: at.readings.clone() };
    Ok((then, at))
}

fn world(at: &At) -> String {
    match at.worlds.as_slice() {
        [] => "record".to_owned(),
        worlds => worlds.iter().map(|w| w.id.as_str()).collect::<Vec<_>>().join("+"),
    }
}

pub fn too_large(e: TooLarge) -> Failure {
    Failure::new(e, "the ledger", "the limits stand in crates/tariff/src/limits.rs")
}

/// Facts and readings, by the money that hangs on them.
fn questions(
    answered: &Answered,
    later: &Ledger,
    territory: &Territory,
    at: &At,
    threads: usize,
) -> Result<Vec<OpenQuestion>, Failure> {
    let mut found = answered.facts();
    let options = options(answered, later, territory, at);
    // Each option is a law of its own to compile.
    let next = AtomicUsize::new(0);
    let asked: Mutex<Vec<Result<OpenQuestion, TooLarge>>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads.min(options.len()) {
            scope.spawn(|| {
                while let Some((reading, option)) =
                    options.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let question = under(answered, later, territory, at, (reading, option));
                    asked.lock().expect("no thread panics").push(question);
                }
            });
        }
    });
    for question in asked.into_inner().expect("no thread panics") {
        found.push(question.map_err(too_large)?);
    }
    found.retain(|question| question.lines > 0);
    found.sort_by(|a, b| b.at_stake.cmp(&a.at_stake).then_with(|| a.name.cmp(&b.name)));
    Ok(found)
}

/// The options not taken of readings that entries of the report may meet.
fn options<'l>(
    answered: &Answered,
    later: &'l Ledger,
    territory: &Territory,
    at: &At,
) -> Vec<(&'l Reading, &'l ReadingOption)> {
    let meets =
        |reading: &&Reading| answered.may_meet(later, &territory.id, reading, &territory.zone);
    let others = |reading: &'l Reading| {
        let taken = at.readings.get(&reading.id).unwrap_or(&reading.default).clone();
        let others = reading.options.iter().filter(move |option| option.id != taken);
        others.map(move |option| (reading, option))
    };
    later.readings.iter().filter(meets).flat_map(others).collect()
}

/// The report under another option of a reading.
fn under(
    answered: &Answered,
    later: &Ledger,
    territory: &Territory,
    at: &At,
    (reading, option): (&Reading, &ReadingOption),
) -> Result<OpenQuestion, TooLarge> {
    let mut readings = at.readings.clone();
    readings.insert(reading.id.clone(), option.id.clone());
    let regime: Regime<'_> = engine::compile(later, at.known, &readings)?;
    let otherwise = answered.under(later, &territory.id, &regime);
    Ok(OpenQuestion {
        kind: QuestionKind::Reading,
        name: format!("{}={}", reading.id, option.id),
        title: option.title.clone(),
        source: option.source.clone(),
        lines: otherwise.lines,
        entries: otherwise.entries,
        refundable: Some(answered.report.totals.amounts.refundable + otherwise.refundable),
        at_stake: otherwise.owed.max(Cents(otherwise.refundable.0.abs())),
    })
}

/// Whether nothing was left open: every row read, every line exact.
fn exact(report: &Report) -> bool {
    report.faults.is_empty()
        && report.totals.set_aside == 0
        && !report.totals.causes.contains_key(&Cause::NeedsFacts)
        && report
            .entries
            .iter()
            .all(|entry| entry.lines.iter().all(|line| line.status == ledger::Status::Exact))
}
