//! Truce in Python: the native half of the package `truce`.
//!
//! Python code (`python/truce`) knows the kinds of tables and has the documentation; what is here takes Arrow
//! and texts, lets other Python threads run while it works, and gives Arrow and JSON back.

mod error;
mod law;
mod memory;
mod run;

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema};
use pyo3::prelude::*;
use pyo3_arrow::{PyChunkedArray, PyTable};

#[pymodule]
mod _truce {
    #[pymodule_export]
    use super::{columns_read, table_of};
    #[pymodule_export]
    use crate::law::Law;
    #[pymodule_export]
    use pyo3_arrow::PyTable;

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}

/// The places of the columns that lines are read from, by their names.
#[pyfunction]
fn columns_read(names: Vec<String>) -> Vec<usize> {
    let is_read = |at: &usize| entry::is_column_of_lines(&names[*at]);
    (0..names.len()).filter(is_read).collect()
}

/// A table of columns that may be cut into chunks at different rows; nothing is copied.
#[pyfunction]
fn table_of(names: Vec<String>, columns: Vec<PyChunkedArray>) -> PyResult<PyTable> {
    let (fields, columns): (Vec<Field>, Vec<_>) = names
        .into_iter()
        .zip(columns)
        .map(|(name, column)| {
            let (chunks, field) = column.into_inner();
            (field.as_ref().clone().with_name(name), chunks)
        })
        .unzip();
    let schema = Arc::new(Schema::new(fields));
    // For each column the chunk that comes next, and the rows of it that were taken.
    let mut next = vec![(0, 0); columns.len()];
    let mut batches = Vec::new();
    loop {
        for (column, (chunk, taken)) in columns.iter().zip(&mut next) {
            while column.get(*chunk).is_some_and(|rows| rows.len() == *taken) {
                (*chunk, *taken) = (*chunk + 1, 0);
            }
        }
        let left = columns.iter().zip(&next);
        let left = left.map(|(column, (chunk, taken))| Some(column.get(*chunk)?.len() - taken));
        let Some(rows) = left.collect::<Option<Vec<usize>>>().and_then(|l| l.into_iter().min())
        else {
            break;
        };
        let parts = columns.iter().zip(&mut next).map(|(column, (chunk, taken))| {
            *taken += rows;
            column[*chunk].slice(*taken - rows, rows)
        });
        let batch = RecordBatch::try_new(schema.clone(), parts.collect());
        batches.push(batch.map_err(pyo3_arrow::error::PyArrowError::from)?);
    }
    PyTable::try_new(batches, schema)
}
