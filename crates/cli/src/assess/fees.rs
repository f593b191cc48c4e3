//! `truce assess --fees`: what entries pay besides duty, before their lines are written.

use entry::{Entries, EntrySums, FeeReader, FeeRows, Fees, FileError, Piece};

use crate::assess::Run;
use crate::assess::lines::{entries, facts};
use crate::assess::pipeline::{self, Worker};
use crate::failure::Failure;

/// The fees of a run, summed up by entry.
pub struct Summed<'l> {
    pub fees: Fees<'l>,
    pub sums: EntrySums,
}

/// Reads every line for the sums of its entry, and once more where a bound leaves something over.
pub fn sum<'l>(run: &Run<'l, '_>) -> Result<Summed<'l>, Failure> {
    let question = run.question;
    let fees = Fees::new(&question.ledger, question.known, run.inputs.schema())
        .map_err(|e| Failure::new(e.message, run.inputs.name(0), e.help))?;
    let mut sums = EntrySums::default();
    pass(run, &fees, None)?.into_iter().for_each(|part| sums.merge(part));
    if fees.is_bounded(&sums) {
        let laid = pass(run, &fees, Some(&sums))?;
        laid.into_iter().for_each(|part| sums.take_laid(part));
    }
    Ok(Summed { fees, sums })
}

fn pass(
    run: &Run<'_, '_>,
    fees: &Fees<'_>,
    sums: Option<&EntrySums>,
) -> Result<Vec<EntrySums>, Failure> {
    let make = || Lines {
        run,
        wanted: wanted(run, fees),
        entries: entries(run),
        reader: FeeReader::new(fees),
        sums,
        made: EntrySums::default(),
    };
    pipeline::run(run.inputs, run.threads, make, |()| Ok(()))
}

/// The columns that fees look at.
fn wanted(run: &Run<'_, '_>, fees: &Fees<'_>) -> Vec<bool> {
    let mut wanted = facts(run.inputs);
    wanted[fees.column()] = true;
    wanted
}

struct Lines<'a, 'l> {
    run: &'a Run<'a, 'l>,
    wanted: Vec<bool>,
    entries: Entries<'a>,
    reader: FeeReader<'a, 'a>,
    /// What the entries come to, where their bounds are laid on the lines.
    sums: Option<&'a EntrySums>,
    made: EntrySums,
}

impl Worker for Lines<'_, '_> {
    type Out = ();
    type End = EntrySums;

    fn piece(&mut self, source: usize, piece: &Piece) -> Result<(), FileError> {
        let file = &self.run.inputs.sources()[source];
        let wanted = std::mem::take(&mut self.wanted);
        let read = file.tables(piece, &wanted, |table| {
            let faults = self.entries.read(&table)?;
            let lines = self.entries.lines();
            let rows = FeeRows { table: &table, source: source as u32, lines, faults: &faults };
            match self.sums {
                None => self.reader.sum(&rows, &mut self.made),
                Some(sums) => self.reader.lay(&rows, sums, &mut self.made),
            }
        });
        self.wanted = wanted;
        read
    }

    fn end(self) -> EntrySums {
        self.made
    }
}
