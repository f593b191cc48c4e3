//! Every line of the files assessed, and written where there is a target.

use std::collections::BTreeSet;

use arrow::array::ArrayRef;
use engine::{Assessed, Assessor, Wanted};
use entry::{Entries, EntrySums, FeeReader, FeeRows, FileError, Output, Piece, Table, Totals};
use indicatif::ProgressBar;

use crate::assess::Run;
use crate::assess::fees::Summed;
use crate::assess::input::Inputs;
use crate::assess::pipeline::{self, Worker};
use crate::assess::target::{Encoded, Encoder, Target};
use crate::failure::Failure;
use crate::progress::progress;

/// Assesses every line, and its fees where they were summed up; with a target, writes them with the
/// columns of the output.
pub fn assess(
    run: &Run<'_, '_>,
    fees: Option<&Summed<'_>>,
    write: Option<(&Output, &mut Target)>,
) -> Result<Totals, Failure> {
    let (output, mut target) = write.unzip();
    let writing = output.zip(target.as_ref().map(|t| t.encoder()));
    let bar = progress(run.inputs.about_lines(), "lines");
    let make = || {
        let write = writing.as_ref().map(|(output, encoder)| (*output, encoder));
        Lines::new(run, fees, write, &bar)
    };
    let mut told = Totals::default();
    let ends = pipeline::run(run.inputs, run.threads, make, |(faults, rows)| {
        told.merge(Totals { faults, ..Totals::default() });
        match (&mut target, rows) {
            (Some(target), Some(rows)) => target.append(rows),
            _ => Ok(()),
        }
    })?;
    bar.finish_and_clear();
    ends.into_iter().for_each(|totals| told.merge(totals));
    if let Some(Summed { fees, sums }) = fees {
        let entries = Totals { fees: fees.entries(sums), ..Totals::default() };
        told.merge(entries);
    }
    Ok(told)
}

/// The territories that levy on some line.
pub fn territories(run: &Run<'_, '_>) -> Result<BTreeSet<String>, Failure> {
    let territories = &run.question.ledger.territories;
    if run.inputs.columns().at("by").is_none() {
        return Ok(territories.iter().take(1).map(|t| t.id.clone()).collect());
    }
    let make = || Sides { run, entries: entries(run), met: vec![false; territories.len()] };
    let ends = pipeline::run(run.inputs, run.threads, make, |()| Ok(()))?;
    let met = (0..territories.len()).filter(|at| ends.iter().any(|met| met[*at]));
    Ok(met.map(|at| territories[at].id.clone()).collect())
}

/// A reader of entries as the files of the run hold them.
pub fn entries<'a>(run: &Run<'a, '_>) -> Entries<'a> {
    Entries::new(&run.question.ledger, run.inputs.columns().clone())
}

/// For each column of the input, whether it states a fact of a line.
pub fn facts(inputs: &Inputs) -> Vec<bool> {
    let mut facts = vec![false; inputs.schema().fields().len()];
    for (_, at) in inputs.columns().iter().filter(|(name, _)| *name != "line") {
        facts[at] = true;
    }
    facts
}

/// Finds out who levies.
struct Sides<'a, 'l> {
    run: &'a Run<'a, 'l>,
    entries: Entries<'a>,
    met: Vec<bool>,
}

impl Worker for Sides<'_, '_> {
    type Out = ();
    type End = Vec<bool>;

    fn piece(&mut self, source: usize, piece: &Piece) -> Result<(), FileError> {
        let inputs = self.run.inputs;
        let by = inputs.columns().at("by");
        let wanted: Vec<bool> =
            (0..inputs.schema().fields().len()).map(|at| Some(at) == by).collect();
        inputs.sources()[source].tables(piece, &wanted, |table| {
            for (met, more) in self.met.iter_mut().zip(self.entries.territories(&table)?) {
                *met |= more;
            }
            Ok(())
        })
    }

    fn end(self) -> Vec<bool> {
        self.met
    }
}

/// Assesses lines.
struct Lines<'a, 'l> {
    run: &'a Run<'a, 'l>,
    write: Option<(&'a Output, &'a Encoder)>,
    fees: Option<(FeeReader<'a, 'a>, &'a EntrySums)>,
    bar: &'a ProgressBar,
    /// For each column of the input, whether it is read.
    read: Vec<bool>,
    entries: Entries<'a>,
    assessor: Assessor<'a, 'l>,
    assessed: Assessed,
    totals: Totals,
}

impl<'a, 'l> Lines<'a, 'l> {
    fn new(
        run: &'a Run<'a, 'l>,
        fees: Option<&'a Summed<'a>>,
        write: Option<(&'a Output, &'a Encoder)>,
        bar: &'a ProgressBar,
    ) -> Lines<'a, 'l> {
        let mut read = facts(run.inputs);
        if let Some(summed) = fees {
            read[summed.fees.column()] = true;
        }
        Lines {
            run,
            write,
            fees: fees.map(|summed| (FeeReader::new(&summed.fees), &summed.sums)),
            bar,
            read,
            entries: entries(run),
            assessor: Assessor::new(run.regime),
            assessed: Assessed::default(),
            totals: Totals::default(),
        }
    }
}

impl Worker for Lines<'_, '_> {
    type Out = (Vec<(u64, String)>, Option<Encoded>);
    type End = Totals;

    fn piece(&mut self, place: usize, piece: &Piece) -> Result<Self::Out, FileError> {
        let mut told = Vec::new();
        let source = &self.run.inputs.sources()[place];
        let mut rows = self.write.map(|(_, encoder)| encoder.rows()).transpose()?;
        let kept = match (&mut rows, self.write) {
            (Some(rows), Some((_, encoder))) => {
                rows.keep(source, piece, encoder, self.read.len())?
            }
            _ => vec![true; self.read.len()],
        };
        let wanted: Vec<bool> =
            self.read.iter().zip(&kept).map(|(read, kept)| *read || !kept).collect();
        source.tables(piece, &wanted, |table| {
            let faults = self.entries.read(&table)?;
            self.assessor.assess(self.entries.lines(), Wanted::ALL, &mut self.assessed);
            let (assessor, assessed) = (&self.assessor, &self.assessed);
            let batch =
                entry::Batch { assessor, assessed, lines: self.entries.lines(), faults: &faults };
            self.totals.add(self.run.regime, &batch, &table.numbers, &mut told);
            let fees = match &mut self.fees {
                Some((reader, sums)) => {
                    let lines = self.entries.lines();
                    let source = place as u32;
                    let rows = FeeRows { table: &table, source, lines, faults: &faults };
                    reader.columns(&rows, sums, &mut self.totals.fees)?
                }
                None => Vec::new(),
            };
            if let (Some((output, _)), Some(rows)) = (self.write, &mut rows) {
                let mut added = output.columns(&batch);
                added.extend(fees);
                rows.put(extended(&table, &kept, added))?;
            }
            self.bar.inc(table.count as u64);
            Ok(())
        })?;
        Ok((told, rows.map(|rows| rows.encoded()).transpose()?))
    }

    fn end(self) -> Totals {
        // The process ends soon: to free thousands of plans one by one would keep the user waiting.
        std::mem::forget(self.assessor);
        self.totals
    }
}

/// The columns of a table that are not kept as they are, and those that are added.
pub fn extended(table: &Table, kept: &[bool], added: Vec<ArrayRef>) -> Vec<ArrayRef> {
    let columns = table.columns.iter().zip(kept).filter(|(_, kept)| !**kept);
    columns.filter_map(|(column, _)| column.clone()).chain(added).collect()
}
