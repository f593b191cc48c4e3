//! The columns that an assessment adds to its rows.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, DictionaryArray, Int32Array, StringArray};
use arrow::buffer::{NullBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Field, Int32Type, Schema};
use engine::{ABSENT, Assessed, Assessor, Lines, Regime};
use ledger::Status;
use rustc_hash::FxHashMap;

use crate::entries::Faults;
use crate::error::FileError;

/// Which programs get a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Programs {
    /// Every program of the ledger that levies for a territory in the file.
    #[default]
    All,
    /// Those that some line owes.
    Met,
    None,
}

/// Lines of a table with what the engine said of them.
#[derive(Clone, Copy)]
pub struct Batch<'a, 'l> {
    pub lines: &'a Lines,
    pub assessed: &'a Assessed,
    /// The one that assessed them: it has the words.
    pub assessor: &'a Assessor<'a, 'l>,
    /// Rows that could not be read: they are invalid, whatever the engine said.
    pub faults: &'a Faults,
}

/// The layout of the columns that are added.
#[derive(Clone, Debug)]
pub struct Output {
    /// Place in `Regime::programs`, and name of the column.
    programs: Vec<(usize, String)>,
}

/// The type of a column of money: Parquet's `DECIMAL(18,2)`.
pub const MONEY: DataType = DataType::Decimal128(18, 2);

pub(crate) const STATUSES: [Status; 4] =
    [Status::Exact, Status::NeedsFacts, Status::Unknown, Status::Invalid];

impl Output {
    /// A column for each program of the regime that `wanted` says yes to.
    pub fn new(regime: &Regime<'_>, wanted: impl Fn(&ledger::Program) -> bool) -> Output {
        let ledger = regime.ledger();
        let programs = regime.programs().iter().map(|at| &ledger.programs[*at]).enumerate();
        let columns = programs
            .filter(|(_, program)| wanted(program))
            .map(|(at, program)| (at, format!("duty_{}", program.column())));
        Output { programs: columns.collect() }
    }

    /// The layout for lines levied by `territories`, with the programs in `met` only when given.
    pub fn levied_by(
        regime: &Regime<'_>,
        territories: &BTreeSet<String>,
        met: Option<&BTreeSet<String>>,
    ) -> Output {
        Output::new(regime, |program| {
            territories.contains(&program.by) && met.is_none_or(|met| met.contains(&program.id))
        })
    }

    /// Without program columns.
    pub fn plain() -> Output {
        Output { programs: Vec::new() }
    }

    /// The columns of programs: the place in `Regime::programs`, and the name.
    pub(crate) fn program_columns(&self) -> impl Iterator<Item = (usize, &str)> {
        self.programs.iter().map(|(at, name)| (*at, name.as_str()))
    }

    /// The names of the columns of money that are added.
    pub fn amounts(&self) -> Vec<&str> {
        let programs = self.programs.iter().map(|(_, column)| column.as_str());
        ["duty", "duty_min", "duty_max"].into_iter().chain(programs).collect()
    }

    /// The columns of an input with those that are added.
    ///
    /// # Errors
    /// When the input has a column of that name already.
    pub fn schema(&self, input: &Schema) -> Result<Schema, FileError> {
        let money = self.amounts().into_iter().map(|name| Field::new(name, MONEY, true));
        let words =
            ["headings", "status", "note"].map(|name| Field::new(name, DataType::Utf8, true));
        extended(input, money.chain(words).collect())
    }

    /// The added columns of a batch that was assessed with everything wanted.
    pub fn columns(&self, batch: &Batch<'_, '_>) -> Vec<ArrayRef> {
        let Batch { assessor, assessed, faults, .. } = *batch;
        let programs = self.programs.iter().map(|(at, _)| &assessed.programs[*at]);
        let amounts = [&assessed.duty, &assessed.duty_min, &assessed.duty_max].into_iter();
        let mut columns: Vec<ArrayRef> =
            amounts.chain(programs).map(|cents| money(cents, faults)).collect();
        columns.push(words(
            &assessed.headings,
            faults,
            |at| assessor.headings(at),
            |_| String::new(),
        ));
        columns.push(statuses(&assessed.status, faults));
        let note = |row: usize| faults[&row].note();
        columns.push(words(&assessed.remarks, faults, |at| &assessor.remark(at).note, note));
        columns
    }
}

/// The columns of an input with those that are added.
///
/// # Errors
/// When the input has a column of that name already.
pub(crate) fn extended(input: &Schema, added: Vec<Field>) -> Result<Schema, FileError> {
    if let Some(taken) = added.iter().find(|f| input.field_with_name(f.name()).is_ok()) {
        let name = taken.name();
        let message = format!("the input has a column `{name}` already");
        let help = format!("`{name}` is added by the assessment: rename the input's, or drop it");
        return Err(FileError::new(message, help));
    }
    let kept = input.fields().iter().map(|field| field.as_ref().clone());
    Ok(Schema::new(kept.chain(added).collect::<Vec<_>>()))
}

pub(crate) fn money(cents: &[i64], faults: &Faults) -> ArrayRef {
    let mut stated: Vec<bool> = cents.iter().map(|cents| *cents != ABSENT).collect();
    faults.keys().for_each(|row| stated[*row] = false);
    let values: ScalarBuffer<i128> =
        cents.iter().map(|c| if *c == ABSENT { 0 } else { i128::from(*c) }).collect();
    let array = Decimal128Array::new(values, Some(NullBuffer::from(stated)))
        .with_precision_and_scale(18, 2)
        .expect("18 digits with 2 decimals are within the type");
    Arc::new(array)
}

/// A column of texts that lines share: `word` gives the text of a place, `fault` that of a bad row.
fn words<'a>(
    places: &[u32],
    faults: &Faults,
    word: impl Fn(u32) -> &'a str,
    fault: impl Fn(usize) -> String,
) -> ArrayRef {
    let mut texts: Vec<std::borrow::Cow<'a, str>> = Vec::new();
    let mut keys: FxHashMap<u32, i32> = FxHashMap::default();
    let mut last = (u32::MAX, 0);
    let mut column: Vec<i32> = Vec::with_capacity(places.len());
    for place in places {
        if *place != last.0 {
            let key = *keys.entry(*place).or_insert_with(|| {
                texts.push(word(*place).into());
                texts.len() as i32 - 1
            });
            last = (*place, key);
        }
        column.push(last.1);
    }
    for row in faults.keys() {
        column[*row] = texts.len() as i32;
        texts.push(fault(*row).into());
    }
    dictionary(column, StringArray::from_iter_values(texts))
}

pub(crate) fn statuses(statuses: &[Status], faults: &Faults) -> ArrayRef {
    let place = |status: &Status| STATUSES.iter().position(|s| s == status).unwrap_or(3) as i32;
    let mut column: Vec<i32> = statuses.iter().map(place).collect();
    faults.keys().for_each(|row| column[*row] = place(&Status::Invalid));
    dictionary(column, StringArray::from_iter_values(STATUSES.map(Status::name)))
}

pub(crate) fn dictionary(keys: Vec<i32>, texts: StringArray) -> ArrayRef {
    Arc::new(DictionaryArray::<Int32Type>::new(Int32Array::from(keys), Arc::new(texts)))
}
