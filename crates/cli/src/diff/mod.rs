//! `truce diff`: what changes between two coordinates, and which act explains it.

mod ends;
mod line;
mod lines;
mod report;

pub use lines::Table;

use std::path::{Path, PathBuf};

use ledger::Ledger;
use serde_json::{Value, json};

use crate::assess;
use crate::assess::input::Inputs;
use crate::diff::ends::End;
use crate::diff::lines::Written;
use crate::diff::report::Report;
use crate::duty::Facts;
use crate::failure::Failure;
use crate::print;
use crate::question;
use crate::receipt::{self, Wanted};

/// What changes between two coordinates, and which act explains it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Diff {
    /// Files of entry lines (.csv, .parquet, .xlsx), or the code of a single line.
    #[arg(required = true, value_name = "FILE|CODE")]
    pub input: Vec<PathBuf>,
    /// Coordinates to start from: known=entry|today|DATE, world=NAME|FILE|record,
    /// reading=NAME=OPTION; repeated, or separated by commas. Not named: known=entry, the record.
    #[arg(long, value_name = "COORDINATES", value_delimiter = ',', required = true)]
    pub from: Vec<String>,
    /// Coordinates to end at, written likewise.
    #[arg(long, value_name = "COORDINATES", value_delimiter = ',', required = true)]
    pub to: Vec<String>,
    /// Where to write the lines of files with their difference: .csv, .parquet or .xlsx.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The sheet of a workbook to read; the first by default.
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Of a single line: country of origin (ISO code).
    #[arg(long, value_name = "CC")]
    pub origin: Option<String>,
    /// Of a single line: date of entry.
    #[arg(long, value_name = "DATE")]
    pub entered: Option<String>,
    /// Of a single line: entered value in the importing side's currency.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    pub value: Option<String>,
    #[command(flatten)]
    pub facts: Facts,
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
  truce diff examples/entries.csv --from known=entry --to known=today
  truce diff examples/entries.csv --from world=record --to world=geneva-never-happened -o diff.csv
  truce diff 9503.00.00.73 --origin CN --entered 2025-05-20 --value 10000 --from known=entry --to known=today";

pub fn run(diff: &Diff, law: Option<&Path>) -> Result<u8, Failure> {
    let threads = assess::threads(diff.threads)?;
    let of_line = [&diff.origin, &diff.entered, &diff.value];
    let single = of_line.iter().any(|option| option.is_some());
    if !single {
        no_facts(&diff.facts)?;
    }
    if let Some(path) = &diff.output {
        if single {
            let help = "leave -o out, or give a file of lines";
            return Err(Failure::new("a single line is not written", "-o", help));
        }
        assess::target::check(path, &diff.input)?;
    }
    let record = std::mem::ManuallyDrop::new(question::load(law)?);
    let ends =
        [End::settle(&record, "--from", &diff.from)?, End::settle(&record, "--to", &diff.to)?];
    let report: Report<'_> = if single {
        line::report(diff, &record, &ends)?
    } else {
        let inputs = Inputs::open(&diff.input, diff.sheet.as_deref())?;
        let written = diff.output.as_deref().map_or(Written::Nowhere, Written::File);
        let mut report = lines::report(&record, &ends, &inputs, written, threads)?;
        report.inputs = diff.input.iter().map(|path| path.display().to_string()).collect();
        report.output = diff.output.as_ref().map(|path| path.display().to_string());
        report
    };
    let printed = match diff.json {
        true => format!("{}\n", report.json()),
        false => report.text(),
    };
    print(&printed);
    let status = u8::from(!report.sums.all_exact());
    let mut inputs = if single { Vec::new() } else { diff.input.clone() };
    inputs.extend(ends.iter().flat_map(|end| end.files(&record)));
    receipt::Run {
        wanted: &diff.wanted,
        law,
        ledger: &record,
        asked: asked(&ends),
        inputs,
        output: diff.output.as_deref(),
        written: diff.output.iter().cloned().collect(),
        printed: &printed,
        status,
    }
    .write()?;
    Ok(status)
}

/// Lines in memory at two sets of coordinates, in the words of `--from` and `--to`: the report as JSON, and
/// where it is asked for the lines with the columns that are added.
///
/// # Errors
/// Coordinates or columns that cannot be read; the place is the option, or the name of the lines.
pub fn in_memory(
    record: &Ledger,
    [from, to]: [&[String]; 2],
    inputs: &Inputs,
    rows: bool,
    threads: usize,
) -> Result<(Value, Option<Table>), Failure> {
    let ends = [End::settle(record, "--from", from)?, End::settle(record, "--to", to)?];
    let mut table = None;
    let written = if rows { Written::Memory(&mut table) } else { Written::Nowhere };
    let report = lines::report(record, &ends, inputs, written, threads)?.json();
    Ok((report, table))
}

/// Both ends as JSON.
fn asked([from, to]: &[End; 2]) -> Value {
    json!({"from": from.json(), "to": to.json()})
}

/// What lines state stands in their file.
fn no_facts(facts: &Facts) -> Result<(), Failure> {
    let Facts { by, quantity, loaded, exported, withdrawn, privileged, mode, claim, content } =
        facts;
    let dates = [loaded, exported, withdrawn, privileged, mode];
    let lists = [quantity, claim, content];
    let plain = by == "US"
        && dates.iter().all(|option| option.is_none())
        && lists.iter().all(|list| list.is_empty());
    if plain {
        return Ok(());
    }
    let help = "for a single line give --origin, --entered and --value; lines of a file state \
                everything in its columns";
    Err(Failure::new("an option of a single line with a file", "the arguments", help))
}
