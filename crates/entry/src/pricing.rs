//! Lines in memory: record batches in, the columns that an assessment adds out.
//!
//! This is `assess` without files, for programs that hold lines as Arrow already: Python, SQL.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use engine::{Assessed, Assessor, Regime, Wanted};
use ledger::{Ledger, Status};

use crate::added::{MoneyColumn, WordColumn};
use crate::entries::{Entries, columns_of};
use crate::error::FileError;
use crate::head::Columns;
use crate::output::{MONEY, Output, STATUSES};
use crate::parsed::plain_text;
use crate::source::{PIECE_ROWS, cut};
use crate::table::{TABLE_ROWS, Table};
use crate::totals::Totals;

/// What is to be priced and how: a regime, the columns that lines are read from, and the columns that
/// are added. All threads share it; each has a [`Pricer`] of its own.
pub struct Pricing<'r, 'l> {
    regime: &'r Regime<'l>,
    columns: Columns,
    output: Output,
    wanted: Wanted,
    words: DataType,
    added: SchemaRef,
}

/// A row that has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The row, counted from where its pricing was told to count.
    pub row: u64,
    /// The column that is at fault; empty where no single one is.
    pub column: String,
    pub message: String,
    /// What would be right; may be empty.
    pub help: String,
}

/// Rows that are priced.
#[derive(Clone, Debug)]
pub struct Priced {
    /// The added columns, as in [`Pricing::added`].
    pub batch: RecordBatch,
    /// For each added column of a program, whether some row owes it.
    pub met: Vec<bool>,
    /// The first rows without an answer, at most [`Totals::FAULTS_MAX`]; of those that were read and
    /// are invalid all the same only where words are wanted.
    pub faults: Vec<RowFault>,
}

impl<'r, 'l> Pricing<'r, 'l> {
    /// Lines in columns of these names and types (the columns of `truce assess`); `output` says which
    /// programs get a column, where `wanted` has programs. Added are, in this order:
    ///
    /// | column | where | type |
    /// |---|---|---|
    /// | `duty` | always | decimal(18,2), null where there is no one amount |
    /// | `duty_min`, `duty_max` | range | decimal(18,2), null without bound or answer |
    /// | `duty_PROGRAM` | programs | decimal(18,2) |
    /// | `headings` | words | `words`, joined by `;` |
    /// | `status` | always | `words`: `exact`, `needs-facts`, `unknown`, `invalid` |
    /// | `note` | words | `words` |
    ///
    /// `words` is the type of texts: any that a dictionary of texts can be cast to.
    ///
    /// # Errors
    /// A required column is missing, one stands twice, or one has a type that cannot be read exactly.
    pub fn new(
        regime: &'r Regime<'l>,
        input: &Schema,
        output: Output,
        wanted: Wanted,
        words: DataType,
    ) -> Result<Pricing<'r, 'l>, FileError> {
        let columns = columns_of(input)?;
        let output = if wanted.programs { output } else { Output::plain() };
        let money = |name: &str| Field::new(name, MONEY, true);
        let text = |name: &str| Field::new(name, words.clone(), true);
        let mut fields = vec![money("duty")];
        if wanted.range {
            fields.extend(["duty_min", "duty_max"].map(money));
        }
        fields.extend(output.program_columns().map(|(_, name)| money(name)));
        match wanted.words {
            true => fields.extend(["headings", "status", "note"].map(text)),
            false => fields.push(text("status")),
        }
        let added = Arc::new(Schema::new(fields));
        Ok(Pricing { regime, columns, output, wanted, words, added })
    }

    /// The columns that are added.
    pub fn added(&self) -> &SchemaRef {
        &self.added
    }

    /// Prices batches of one schema on so many threads. What comes back is in the order of the rows,
    /// in pieces of at most [`PIECE_ROWS`] rows that do not cross batches, and the same on any number
    /// of threads; rows are counted over all batches, from `first` on. `None` where `stop` was set
    /// before the end.
    ///
    /// # Errors
    /// When a column cannot be read as a whole.
    pub fn price(
        &self,
        batches: &[RecordBatch],
        first: u64,
        threads: usize,
        stop: &AtomicBool,
    ) -> Result<Option<Vec<Priced>>, FileError> {
        let batches = batches.iter().map(|batch| self.legible(batch));
        let batches: Vec<RecordBatch> = batches.collect::<Result<_, FileError>>()?;
        let mut pieces = Vec::new();
        cut(&batches, PIECE_ROWS, |rows, number| {
            pieces.push((rows, first + number));
            true
        });
        let next = AtomicUsize::new(0);
        let done: Vec<Mutex<Option<Result<Priced, FileError>>>> =
            pieces.iter().map(|_| Mutex::new(None)).collect();
        std::thread::scope(|scope| {
            let work = || {
                let mut pricer = Pricer::new(self);
                while !stop.load(Ordering::Relaxed) {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some((rows, number)) = pieces.get(at) else { break };
                    let priced = pricer.price(rows, *number);
                    *done[at].lock().expect("nothing panics with it") = Some(priced);
                }
            };
            (1..threads.clamp(1, pieces.len().max(1))).for_each(|_| {
                scope.spawn(work);
            });
            work();
        });
        let done = done.into_iter().map(|place| place.into_inner().expect("as above"));
        done.map(Option::transpose).collect::<Result<Option<Vec<Priced>>, FileError>>()
    }

    /// The batch with its dictionaries in the form that is read without casting them: else every part of
    /// the batch would cast the whole of them.
    fn legible(&self, batch: &RecordBatch) -> Result<RecordBatch, FileError> {
        let mut columns = batch.columns().to_vec();
        let mut fields: Vec<Arc<Field>> = batch.schema().fields().iter().cloned().collect();
        for (_, at) in self.columns.iter() {
            if matches!(columns[at].data_type(), DataType::Dictionary(..)) {
                columns[at] = plain_text(&columns[at])?;
                let field = fields[at].as_ref().clone();
                fields[at] = Arc::new(field.with_data_type(columns[at].data_type().clone()));
            }
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
            .map_err(|e| FileError::new(format!("the lines cannot be read: {e}"), ""))
    }
}

/// The territories that levy on some row; without a column `by` the first of the ledger.
///
/// # Errors
/// When the column cannot be read as a whole.
pub fn levying(
    ledger: &Ledger,
    input: &Schema,
    batches: &[RecordBatch],
) -> Result<BTreeSet<String>, FileError> {
    let columns = columns_of(input)?;
    let territories = &ledger.territories;
    let Some(by) = columns.at("by") else {
        return Ok(territories.iter().take(1).map(|t| t.id.clone()).collect());
    };
    let mut entries = Entries::new(ledger, columns);
    let mut met = vec![false; territories.len()];
    let mut read = Ok(());
    cut(batches, TABLE_ROWS, |rows, number| {
        let found = entries.territories(&Table::of(&rows, number, |at| at == by));
        read = found.map(|found| met.iter_mut().zip(found).for_each(|(met, more)| *met |= more));
        read.is_ok()
    });
    read?;
    Ok((0..met.len()).filter(|at| met[*at]).map(|at| territories[at].id.clone()).collect())
}

/// Prices batches, one after the other, on the thread that made it. It keeps what it worked out and
/// what every text meant, so one is worth keeping.
pub struct Pricer<'p, 'r, 'l> {
    pricing: &'p Pricing<'r, 'l>,
    entries: Entries<'l>,
    assessor: Assessor<'r, 'l>,
    assessed: Assessed,
}

impl<'p, 'r, 'l> Pricer<'p, 'r, 'l> {
    pub fn new(pricing: &'p Pricing<'r, 'l>) -> Pricer<'p, 'r, 'l> {
        Pricer {
            pricing,
            entries: Entries::new(pricing.regime.ledger(), pricing.columns.clone()),
            assessor: Assessor::new(pricing.regime),
            assessed: Assessed::default(),
        }
    }

    /// Prices the rows of a batch, which has the columns that the pricing was made for; `first` is the
    /// number of its first row.
    ///
    /// # Errors
    /// When a column cannot be read as a whole.
    pub fn price(&mut self, batch: &RecordBatch, first: u64) -> Result<Priced, FileError> {
        let Pricing { output, wanted, words, added, columns: read, .. } = self.pricing;
        let rows = batch.num_rows();
        let ranges = if wanted.range { 2 } else { 0 };
        let programs = output.program_columns().count();
        let mut money: Vec<MoneyColumn> = Vec::new();
        money.resize_with(1 + ranges + programs, MoneyColumn::default);
        let (mut headings, mut notes) = (WordColumn::default(), WordColumn::default());
        let mut statuses = WordColumn::default();
        let mut faults_told = Vec::new();
        for from in (0..rows).step_by(TABLE_ROWS) {
            let count = TABLE_ROWS.min(rows - from);
            let is_read = |at: usize| read.iter().any(|(_, read)| read == at);
            let table = Table::of(&batch.slice(from, count), first + from as u64, is_read);
            let faults = self.entries.read(&table)?;
            self.assessor.assess(self.entries.lines(), *wanted, &mut self.assessed);
            let (assessor, assessed) = (&self.assessor, &self.assessed);
            let range = [&assessed.duty_min, &assessed.duty_max];
            let amounts = std::iter::once(&assessed.duty)
                .chain(range.into_iter().take(ranges))
                .chain(output.program_columns().map(|(at, _)| &assessed.programs[at]));
            for (column, cents) in money.iter_mut().zip(amounts) {
                column.put(cents, &faults, rows);
            }
            let places: Vec<u32> = assessed.status.iter().map(|status| *status as u32).collect();
            let invalid = |_| Status::Invalid.name().to_owned();
            statuses.put(&places, &faults, status_name, invalid);
            if wanted.words {
                headings.put(
                    &assessed.headings,
                    &faults,
                    |at| assessor.headings(at),
                    |_| String::new(),
                );
                let note = |row: usize| faults[&row].note();
                notes.put(&assessed.remarks, &faults, |at| &assessor.remark(at).note, note);
            }
            for row in 0..count {
                if faults_told.len() >= Totals::FAULTS_MAX {
                    break;
                }
                if let Some(error) = faults.get(&row) {
                    faults_told.push(RowFault {
                        row: table.numbers.of(row),
                        column: error.column.to_string(),
                        message: error.fault.message.clone(),
                        help: error.fault.help.clone(),
                    });
                } else if wanted.words
                    && matches!(assessed.status[row], Status::Invalid | Status::Unknown)
                {
                    let needs = &assessor.remark(assessed.remarks[row]).needs;
                    let reason = needs.first().map(String::as_str).unwrap_or_default();
                    let (column, message) = reason.split_once(": ").unwrap_or(("", reason));
                    faults_told.push(RowFault {
                        row: table.numbers.of(row),
                        column: column.to_owned(),
                        message: message.to_owned(),
                        help: String::new(),
                    });
                }
            }
        }
        let met = money[1 + ranges..].iter().map(MoneyColumn::is_owed).collect();
        let mut columns: Vec<ArrayRef> = money.into_iter().map(MoneyColumn::finish).collect();
        let mut texts = vec![statuses];
        if wanted.words {
            texts.insert(0, headings);
            texts.push(notes);
        }
        for column in texts {
            columns.push(column.finish(words).map_err(|e| {
                FileError::new(format!("words cannot be given as {words}: {e}"), "")
            })?);
        }
        let batch = RecordBatch::try_new(added.clone(), columns)
            .map_err(|e| FileError::new(format!("the added columns do not fit: {e}"), ""))?;
        Ok(Priced { batch, met, faults: faults_told })
    }
}

fn status_name(place: u32) -> &'static str {
    let status = STATUSES.iter().find(|status| **status as u32 == place);
    status.unwrap_or(&Status::Invalid).name()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Batch;
    use crate::table::Numbers;
    use arrow::array::{Date32Array, StringArray, StringViewArray};
    use ledger::{Known, Readings};

    /// Lines of both sides; one in seven cannot be read.
    fn lines(count: usize) -> RecordBatch {
        let codes = ["9503000073", "7208101500", "0201100510", "9999", "8703230190"];
        let value = |row: usize| match row % 7 {
            3 => "ten".to_owned(),
            _ => format!("{}.{:02}", 100 + row * 37 % 9000, row % 100),
        };
        let by = |row: usize| if row % 50 == 49 { "CN" } else { "US" };
        let day = |row: usize| 20_100 + (row * 13 % 400) as i32;
        let rows = 0..count;
        let columns: [(&str, ArrayRef); 6] = [
            ("kept", Arc::new(StringArray::from_iter_values(rows.clone().map(|r| r.to_string())))),
            ("by", Arc::new(StringArray::from_iter_values(rows.clone().map(by)))),
            (
                "code",
                Arc::new(StringViewArray::from_iter_values(rows.clone().map(|r| codes[r % 5]))),
            ),
            (
                "origin",
                Arc::new(StringArray::from_iter_values(
                    rows.clone().map(|r| ["CN", "MX", "DE", "US"][r / 3 % 4]),
                )),
            ),
            ("entered", Arc::new(Date32Array::from_iter_values(rows.clone().map(day)))),
            ("value", Arc::new(StringArray::from_iter_values(rows.map(value)))),
        ];
        RecordBatch::try_from_iter(columns).unwrap()
    }

    #[test]
    fn batches_are_priced_as_the_tables_of_a_file_are() {
        let ledger = Ledger::embedded();
        let regime = engine::compile(&ledger, Known::Entry, &Readings::new()).unwrap();
        let whole = lines(PIECE_ROWS + 20_000);
        let schema = whole.schema();
        let output = Output::levied_by(
            &regime,
            &levying(&ledger, &schema, std::slice::from_ref(&whole)).unwrap(),
            None,
        );
        let mut entries = Entries::new(&ledger, columns_of(&schema).unwrap());
        let mut assessor = Assessor::new(&regime);
        let mut assessed = Assessed::default();
        let columns = whole.columns().iter().cloned().map(Some).collect();
        let numbers = Numbers::From(0);
        let table = Table { columns, count: whole.num_rows(), numbers, broken: Vec::new() };
        let faults = entries.read(&table).unwrap();
        assessor.assess(entries.lines(), Wanted::ALL, &mut assessed);
        let batch = Batch {
            lines: entries.lines(),
            assessed: &assessed,
            assessor: &assessor,
            faults: &faults,
        };
        let expected: Vec<ArrayRef> = output
            .columns(&batch)
            .iter()
            .map(|column| match column.data_type() {
                DataType::Dictionary(..) => arrow::compute::cast(column, &DataType::Utf8).unwrap(),
                _ => column.clone(),
            })
            .collect();

        let pricing = Pricing::new(&regime, &schema, output, Wanted::ALL, DataType::Utf8).unwrap();
        let cuts = [whole.slice(0, 1), whole.slice(1, PIECE_ROWS + 9_999), whole.slice(0, 0)];
        let rest = whole.slice(PIECE_ROWS + 10_000, 10_000);
        let batches = [cuts.as_slice(), &[rest]].concat();
        for threads in [1, 3] {
            let stop = AtomicBool::new(false);
            let priced = pricing.price(&batches, 0, threads, &stop).unwrap().unwrap();
            assert!(priced.iter().all(|piece| piece.batch.num_rows() <= PIECE_ROWS));
            let pieces: Vec<&RecordBatch> = priced.iter().map(|piece| &piece.batch).collect();
            let all = arrow::compute::concat_batches(pricing.added(), pieces).unwrap();
            for (at, expected) in expected.iter().enumerate() {
                let name = all.schema().field(at).name().clone();
                assert_eq!(all.column(at), expected, "{name} on {threads} threads");
            }
            let first = &priced[0..2].iter().flat_map(|p| &p.faults).next().unwrap();
            assert_eq!((first.row, first.column.as_str()), (3, "value"));
            assert!(priced.iter().any(|piece| piece.met.iter().any(|met| *met)));
        }
        let stopped = pricing.price(&batches, 0, 2, &AtomicBool::new(true)).unwrap();
        assert!(stopped.is_none());
    }
}
