//! A batch of rows as columns, whatever file they come from.

use arrow::array::{ArrayRef, RecordBatch};

use crate::error::RowError;

/// The most rows of a table: few enough to stay near the processor, many enough to share the work
/// that a batch costs.
pub const TABLE_ROWS: usize = 8192;

/// Rows of an entry file. A column that was not asked for is `None`.
#[derive(Clone, Debug)]
pub struct Table {
    pub columns: Vec<Option<ArrayRef>>,
    pub count: usize,
    pub numbers: Numbers,
    /// Rows that are broken as such, by place in the table.
    pub broken: Vec<(usize, RowError)>,
}

impl Table {
    /// The rows of a batch, of which the first has this number, with the columns that are `wanted` by
    /// their place.
    pub(crate) fn of(batch: &RecordBatch, first: u64, wanted: impl Fn(usize) -> bool) -> Table {
        let columns = batch.columns().iter().enumerate();
        let columns = columns.map(|(at, column)| wanted(at).then(|| column.clone()));
        Table {
            columns: columns.collect(),
            count: batch.num_rows(),
            numbers: Numbers::From(first),
            broken: Vec::new(),
        }
    }
}

/// The numbers by which people find the rows of a table.
#[derive(Clone, Debug)]
pub enum Numbers {
    /// Counted on from the first.
    From(u64),
    /// Each row has its own: in CSV the line of the file on which it begins.
    Each(Vec<u64>),
}

impl Numbers {
    pub fn of(&self, row: usize) -> u64 {
        match self {
            Numbers::From(first) => first + row as u64,
            Numbers::Each(numbers) => numbers[row],
        }
    }
}
