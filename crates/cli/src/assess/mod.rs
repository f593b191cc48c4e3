//! `truce assess`: a file of entry lines in, the same file with its duties out.

mod fees;
mod groups;
pub mod input;
pub mod lines;
pub mod pipeline;
mod summary;
pub mod target;

use std::collections::BTreeSet;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use engine::Regime;
use entry::{Output, Programs, Totals};

use crate::assess::input::Inputs;
use crate::failure::Failure;
use crate::print;
use crate::question::{Coordinates, Question};
use crate::receipt::{self, Wanted};

/// Assess a file of entry lines.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Assess {
    /// Files of entry lines: .csv, .parquet or .xlsx (`-` is CSV from standard input).
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Where to write the assessed lines: .csv, .parquet or .xlsx; the summary alone without it.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The sheet of a workbook to read; the first by default.
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Which programs get a column: all that levy, those some line owes, or none.
    #[arg(long, value_name = "all|met|none", default_value = "all")]
    pub programs: String,
    /// Sums by keys instead of lines: program, by, origin, code, chapter, hs4, hs6, year, month,
    /// day, status, or columns of the input.
    #[arg(long, value_name = "KEYS")]
    pub group_by: Option<String>,
    /// What entries pay besides duty too (MPF, HMF), as for formal entries: the input has a column
    /// `entry`, which says to which one a line belongs.
    #[arg(long, conflicts_with = "group_by")]
    pub fees: bool,
    #[command(flatten)]
    pub coordinates: Coordinates,
    #[command(flatten)]
    pub wanted: Wanted,
    /// Print the summary as JSON.
    #[arg(long)]
    pub json: bool,
    /// Threads to work with; all cores by default. The output does not depend on it.
    #[arg(long, value_name = "N", hide = true)]
    pub threads: Option<usize>,
}

const EXAMPLES: &str = "\
Columns read: code, origin, entered, value; and where present line, by, quantity, unit, quantity_2,
unit_2, loaded, exported, withdrawn, privileged, mode, claims, content_steel, content_aluminum,
content_copper, content_us. Every column of the input is kept.

Examples:
  truce assess examples/entries.csv -o assessed.csv
  truce assess entries.parquet --known today --programs met -o refundable.parquet
  truce assess entries.parquet --group-by program,origin,month -o sums.csv";

/// What every part of a run asks for.
pub struct Run<'a, 'l> {
    pub question: &'a Question,
    pub regime: &'a Regime<'l>,
    pub inputs: &'a Inputs,
    pub threads: usize,
}

pub fn run(assess: &Assess, law: Option<&Path>) -> Result<u8, Failure> {
    let programs = match assess.programs.as_str() {
        "all" => Programs::All,
        "met" => Programs::Met,
        "none" => Programs::None,
        other => {
            let message = format!("`{other}` is no choice of programs");
            return Err(Failure::new(message, "--programs", "all, met or none"));
        }
    };
    let threads = threads(assess.threads)?;
    if let Some(path) = &assess.output {
        target::check(path, &assess.files)?;
    }
    let question = assess.coordinates.settle(law)?;
    let inputs = Inputs::open(&assess.files, assess.sheet.as_deref())?;
    let regime = engine::compile(&question.ledger, question.known, &question.readings)
        .map_err(|e| Failure::new(e, "the ledger", "see the limits in docs/measure-language.md"))?;
    let regime = ManuallyDrop::new(regime);
    let run = Run { question: &question, regime: &regime, inputs: &inputs, threads };
    let (status, printed) = match &assess.group_by {
        Some(keys) => groups::run(assess, &run, keys)?,
        None => {
            let fees = assess.fees.then(|| fees::sum(&run)).transpose()?;
            let totals = match &assess.output {
                None => lines::assess(&run, fees.as_ref(), None)?,
                Some(path) => write(&run, path, programs, fees.as_ref())?,
            };
            let printed = match assess.json {
                true => format!("{}\n", summary::json(assess, &question, &totals)),
                false => summary::text(assess, &question, &totals),
            };
            (u8::from(!totals.all_exact()), printed)
        }
    };
    print(&printed);
    receipt::Run {
        wanted: &assess.wanted,
        law,
        ledger: &question.ledger,
        asked: question.asked(),
        inputs: [assess.files.clone(), assess.coordinates.files(&question.ledger)].concat(),
        output: assess.output.as_deref(),
        written: assess.output.iter().cloned().collect(),
        printed: &printed,
        status,
    }
    .write()?;
    Ok(status)
}

/// The threads asked for, or one for each core.
pub fn threads(asked: Option<usize>) -> Result<usize, Failure> {
    match asked {
        None => Ok(std::thread::available_parallelism().map_or(1, usize::from)),
        Some(0) => Err(Failure::new("no thread does no work", "--threads", "1 or more")),
        Some(threads) => Ok(threads),
    }
}

/// Writes the lines with their duties to `path`.
fn write(
    run: &Run<'_, '_>,
    path: &Path,
    programs: Programs,
    fees: Option<&fees::Summed<'_>>,
) -> Result<Totals, Failure> {
    let output = match programs {
        Programs::None => Output::plain(),
        Programs::All => Output::levied_by(run.regime, &lines::territories(run)?, None),
        Programs::Met => {
            let ledger = run.regime.ledger();
            let met: BTreeSet<String> =
                lines::assess(run, None, None)?.by_program.into_keys().collect();
            let sides = ledger.territories.iter().map(|t| t.id.clone()).collect();
            Output::levied_by(run.regime, &sides, Some(&met))
        }
    };
    let refused = |e: entry::FileError| Failure::new(e.message, run.inputs.name(0), e.help);
    let mut schema = output.schema(run.inputs.schema()).map_err(refused)?;
    let mut amounts = output.amounts();
    if let Some(summed) = fees {
        schema = summed.fees.schema(&schema).map_err(refused)?;
        amounts.extend(summed.fees.amounts());
    }
    let notes = receipt::notes(&run.question.ledger, &run.question.asked());
    let mut target = target::Target::create(path, schema, &amounts, &notes)?;
    if let (target::Form::Excel(_), Some(lines)) = (target.form(), run.inputs.lines()) {
        entry::fits_a_sheet(lines).map_err(|e| target.failure(&e))?;
    }
    let totals = lines::assess(run, fees, Some((&output, &mut target)))?;
    target.finish()?;
    Ok(totals)
}
