//! Files of lines at two coordinates: both regimes in one pass, then the way between them.

use std::path::Path;

use arrow::array::ArrayRef;
use arrow::datatypes::Schema;
use engine::{Assessed, Assessor, Pairs, Regime, StepSum, Steps, TooLarge, Wanted, Way};
use entry::{Batch, Both, DifferenceColumns, Differences, Entries, FileError, Piece, Totals};
use indicatif::ProgressBar;
use ledger::Ledger;

use crate::assess::input::Inputs;
use crate::assess::lines::{extended, facts};
use crate::assess::pipeline::{self, Worker};
use crate::assess::target::{Encoded, Encoder, Form, Target};
use crate::diff::asked;
use crate::diff::ends::End;
use crate::diff::report::Report;
use crate::failure::Failure;
use crate::progress::progress;
use crate::receipt;

/// How many lines go on to the acts at once: each has some hundred bytes.
const PAIRS_MAX: usize = 1 << 22;

/// What every part of a run asks for.
struct Run<'a, 'l> {
    inputs: &'a Inputs,
    /// The ledger that has every name a line may use.
    names: &'a Ledger,
    regimes: [&'a Regime<'l>; 2],
    threads: usize,
}

/// What a pass came to.
#[derive(Default)]
struct Passed {
    sums: Differences,
    faults: Totals,
    steps: Steps,
}

/// Where the lines go, with their differences.
pub enum Written<'w> {
    Nowhere,
    File(&'w Path),
    Memory(&'w mut Option<Table>),
}

/// Lines with what was added to them, table by table.
pub struct Table {
    pub schema: Schema,
    pub tables: Vec<Vec<ArrayRef>>,
}

pub fn report<'a>(
    record: &'a Ledger,
    ends: &'a [End; 2],
    inputs: &Inputs,
    written: Written<'_>,
    threads: usize,
) -> Result<Report<'a>, Failure> {
    let [from, to] = ends;
    let ledgers = [record.laid_over(&from.at.worlds), record.laid_over(&to.at.worlds)];
    let common = Way::common(record, [&from.at, &to.at]);
    let way = Way::new(record, &common, [&from.at, &to.at]);
    let compile = |end: usize| {
        let at = &ends[end].at;
        let alone = || engine::compile(&ledgers[end], at.known, &at.readings);
        way.regime(end == 1).unwrap_or_else(alone)
    };
    let (first, second) = std::thread::scope(|scope| {
        let first = scope.spawn(|| compile(0));
        let second = compile(1);
        (first.join().expect("compiling does not panic"), second)
    });
    let (first, second) = (first.map_err(too_large)?, second.map_err(too_large)?);
    let names = &ledgers[usize::from(!to.at.worlds.is_empty())];
    let run = Run { inputs, names, regimes: [&first, &second], threads };
    let Passed { sums, faults, steps } = run.pass(Some(&way), None)?;
    let columns = DifferenceColumns::of(record, &sums.changed_programs());
    let schema = || {
        let refused = |e: FileError| Failure::new(e.message, inputs.name(0), e.help);
        columns.schema(inputs.schema()).map_err(refused)
    };
    match written {
        Written::Nowhere => {}
        Written::File(path) => {
            let notes = receipt::notes(record, &asked(ends));
            let mut target = Target::create(path, schema()?, &columns.amounts(), &notes)?;
            if let (Form::Excel(_), Some(lines)) = (target.form(), inputs.lines()) {
                entry::fits_a_sheet(lines).map_err(|e| target.failure(&e))?;
            }
            let encoder = target.encoder();
            run.pass(None, Some((&columns, encoder, &mut |rows| target.append(rows))))?;
            target.finish()?;
        }
        Written::Memory(table) => {
            let mut tables = Vec::new();
            let mut keep = |rows: Encoded| {
                if let Encoded::Columns(columns) = rows {
                    tables.extend(columns);
                }
                Ok(())
            };
            let schema = schema()?;
            run.pass(None, Some((&columns, Encoder::Columns, &mut keep)))?;
            *table = Some(Table { schema, tables });
        }
    }
    let mut report = Report::new(record, ends, inputs.names().to_vec(), sums, steps);
    report.faults = faults.faults;
    Ok(report)
}

fn too_large(e: TooLarge) -> Failure {
    Failure::new(e, "the ledger", "the limits stand in crates/tariff/src/limits.rs")
}

impl Run<'_, '_> {
    /// Every line once: for the way between the ends, or to write them.
    fn pass(&self, way: Option<&Way<'_>>, write: Option<Write<'_>>) -> Result<Passed, Failure> {
        let (writing, mut append) =
            write.map(|(columns, encoder, append)| ((columns, encoder), append)).unzip();
        let bar = progress(self.inputs.about_lines(), "lines");
        let make = || {
            let write = writing.as_ref().map(|(columns, encoder)| (*columns, encoder));
            Lines::new(self, write, way.is_some(), &bar)
        };
        let mut passed = Passed::default();
        let mut pairs = Pairs::default();
        let take = |piece: Out| {
            passed.faults.merge(Totals { faults: piece.faults, ..Totals::default() });
            if let Some(way) = way {
                pairs.append(&piece.pairs);
                if pairs.lines.len() >= PAIRS_MAX {
                    explain(way, &mut pairs, self.threads, &mut passed.steps)?;
                }
            }
            match (&mut append, piece.rows) {
                (Some(append), Some(rows)) => append(rows),
                _ => Ok(()),
            }
        };
        let ends = pipeline::run(self.inputs, self.threads, make, take)?;
        ends.into_iter().for_each(|sums| passed.sums.merge(sums));
        if let Some(way) = way {
            bar.set_message("act by act");
            explain(way, &mut pairs, self.threads, &mut passed.steps)?;
        }
        bar.finish_and_clear();
        Ok(passed)
    }
}

/// The columns that are added, how rows are prepared, and where they go.
type Write<'w> =
    (&'w DifferenceColumns, Encoder, &'w mut dyn FnMut(Encoded) -> Result<(), Failure>);

/// Adds the steps of the pairs and lets them go.
fn explain(
    way: &Way<'_>,
    pairs: &mut Pairs,
    threads: usize,
    steps: &mut Steps,
) -> Result<(), Failure> {
    let pairs = std::mem::take(pairs);
    if pairs.lines.is_empty() {
        return Ok(());
    }
    for (key, sum) in way.steps(&pairs, threads).map_err(too_large)? {
        let held: &mut StepSum = steps.entry(key).or_default();
        held.merge(&sum);
    }
    Ok(())
}

/// What comes of a piece.
struct Out {
    faults: Vec<(u64, String)>,
    rows: Option<Encoded>,
    pairs: Pairs,
}

/// Assesses lines at both ends.
struct Lines<'a, 'l> {
    run: &'a Run<'a, 'l>,
    write: Option<(&'a DifferenceColumns, &'a Encoder)>,
    explains: bool,
    bar: &'a ProgressBar,
    /// For each column of the input, whether it states a fact of a line.
    facts: Vec<bool>,
    entries: Entries<'a>,
    assessors: [Assessor<'a, 'l>; 2],
    assessed: [Assessed; 2],
    sums: Differences,
}

impl<'a, 'l> Lines<'a, 'l> {
    fn new(
        run: &'a Run<'a, 'l>,
        write: Option<(&'a DifferenceColumns, &'a Encoder)>,
        explains: bool,
        bar: &'a ProgressBar,
    ) -> Lines<'a, 'l> {
        Lines {
            run,
            write,
            explains,
            bar,
            facts: facts(run.inputs),
            entries: Entries::new(run.names, run.inputs.columns().clone()),
            assessors: run.regimes.map(Assessor::new),
            assessed: Default::default(),
            sums: Differences::default(),
        }
    }
}

impl Worker for Lines<'_, '_> {
    type Out = Out;
    type End = Differences;

    fn piece(&mut self, source: usize, piece: &Piece) -> Result<Out, FileError> {
        let mut faults_told = Vec::new();
        let mut pairs = Pairs::default();
        let source = &self.run.inputs.sources()[source];
        let mut rows = self.write.map(|(_, encoder)| encoder.rows()).transpose()?;
        let kept = match (&mut rows, self.write) {
            (Some(rows), Some((_, encoder))) => {
                rows.keep(source, piece, encoder, self.facts.len())?
            }
            _ => vec![true; self.facts.len()],
        };
        let columns: Vec<bool> =
            self.facts.iter().zip(&kept).map(|(fact, kept)| *fact || !kept).collect();
        // Words are for those who read rows, and for what is wrong with them.
        let wanted = Wanted { programs: true, range: false, words: true };
        source.tables(piece, &columns, |table| {
            let faults = self.entries.read(&table)?;
            let lines = self.entries.lines();
            for (assessor, assessed) in self.assessors.iter_mut().zip(&mut self.assessed) {
                assessor.assess(lines, wanted, assessed);
            }
            let batch = |end: usize| Batch {
                lines,
                faults: &faults,
                assessor: &self.assessors[end],
                assessed: &self.assessed[end],
            };
            let both = Both { from: batch(0), to: batch(1) };
            let mut tell = |row: usize, what: String| {
                if faults_told.len() < Totals::FAULTS_MAX {
                    faults_told.push((table.numbers.of(row), what));
                }
            };
            both.tell(&mut tell);
            let pairs = self.explains.then_some(&mut pairs);
            self.sums.add(self.run.regimes, &both, pairs);
            if let (Some((columns, _)), Some(rows)) = (self.write, &mut rows) {
                let added: Vec<ArrayRef> = columns.columns(self.run.regimes, &both);
                rows.put(extended(&table, &kept, added))?;
            }
            self.bar.inc(table.count as u64);
            Ok(())
        })?;
        let rows = rows.map(|rows| rows.encoded()).transpose()?;
        Ok(Out { faults: faults_told, rows, pairs })
    }

    fn end(self) -> Differences {
        // As in an assessment: the process ends soon.
        self.assessors.into_iter().for_each(std::mem::forget);
        self.sums
    }
}
