use std::borrow::Cow;

use thiserror::Error;

use crate::facts::FactError;

/// What is wrong with a row: the column, and the fault in words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{column}: {fault}")]
pub struct RowError {
    pub column: Cow<'static, str>,
    pub fault: FactError,
}

impl RowError {
    pub fn new(
        column: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> RowError {
        let fault = FactError { message: message.into(), help: help.into() };
        RowError { column: column.into(), fault }
    }

    /// As the summary says it.
    pub fn told(&self) -> String {
        format!("{}: {}; {}", self.column, self.fault.message, self.fault.help)
    }

    /// As the note of its row says it.
    pub fn note(&self) -> String {
        format!("{}: {} ({})", self.column, self.fault.message, self.fault.help)
    }
}

/// Why a file cannot be read or written at all, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct FileError {
    pub message: String,
    pub help: String,
}

impl FileError {
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> FileError {
        FileError { message: message.into(), help: help.into() }
    }
}
