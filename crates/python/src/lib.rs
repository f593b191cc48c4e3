//! Truce in Python: the native half of the package `truce`.
//!
//! Python code (`python/truce`) knows the kinds of tables and has the documentation; what is here takes Arrow
//! and texts, lets other Python threads run while it works, and gives Arrow and JSON back.

mod error;
mod law;
mod memory;
mod run;

use pyo3::prelude::*;

#[pymodule]
mod _truce {
    #[pymodule_export]
    use super::columns_read;
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
