//! What goes wrong, as `truce.TruceError`.

use entry::{FileError, RowFault};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use truce::failure::Failure;

/// What a `TruceError` says; empty texts and no row become `None`.
#[derive(Debug, Default)]
pub struct Fault {
    pub message: String,
    /// An argument, a file, or what messages call a table.
    pub place: String,
    pub help: String,
    pub row: Option<u64>,
    pub column: String,
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Fault {
        let Failure { message, place, help } = failure;
        // An option is an argument here.
        let place = match place.strip_prefix("--") {
            Some("from") => "from_".to_owned(),
            Some(option) => option.replace('-', "_"),
            None if place == "CODE" => "code".to_owned(),
            None => place,
        };
        Fault { message, place, help, ..Fault::default() }
    }
}

impl From<FileError> for Fault {
    fn from(error: FileError) -> Fault {
        // A fault of a column as a whole names it in its words.
        let named = error.message.strip_prefix("the column `").and_then(|m| m.split('`').next());
        let column = named.unwrap_or_default().to_owned();
        let FileError { message, help } = error;
        Fault { message, help, column, place: "table".to_owned(), row: None }
    }
}

impl From<RowFault> for Fault {
    fn from(fault: RowFault) -> Fault {
        let RowFault { row, column, message, help } = fault;
        Fault { message, place: "table".to_owned(), help, row: Some(row), column }
    }
}

impl From<Fault> for PyErr {
    fn from(fault: Fault) -> PyErr {
        Python::attach(|py| error(py, &fault).unwrap_or_else(|other| other))
    }
}

fn error(py: Python<'_>, fault: &Fault) -> PyResult<PyErr> {
    let stated = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let fields = PyDict::new(py);
    fields.set_item("where", stated(&fault.place))?;
    fields.set_item("help", stated(&fault.help))?;
    fields.set_item("row", fault.row)?;
    fields.set_item("column", stated(&fault.column))?;
    let kind = py.import("truce._error")?.getattr("TruceError")?;
    Ok(PyErr::from_value(kind.call((&fault.message,), Some(&fields))?))
}
