//! Reports of filed entries: the ACE report ES-003 ("Entry Summary Line Tariff Details"), and a plain
//! file of lines. `docs/refund.md` says which columns they have.
//!
//! A file is a [`Grid`] of texts; `head` finds the columns below whatever titles a report has above
//! them; `row` reads a row; `gather` puts the rows of an entry together, wherever they stand.

mod cell;
mod gather;
mod grid;
mod head;
mod row;

use tariff::{Cents, Code, Country, Day, Exact, Unit};

use crate::refund::RowFault;

pub use gather::read;
pub use grid::Grid;

/// What a report says was filed.
#[derive(Clone, Debug, Default)]
pub struct Filing {
    /// In the order in which their numbers stand first.
    pub entries: Vec<FiledEntry>,
    pub faults: Vec<RowFault>,
    /// Columns that the report does not have, and what follows.
    pub notes: Vec<String>,
    /// Rows read, those with faults too.
    pub rows: u64,
    /// Whether the column of values is that of lines: such reports may repeat it on each row of one.
    pub line_values: bool,
}

/// An entry as filed.
#[derive(Clone, Debug, Default)]
pub struct FiledEntry {
    /// Without hyphens, blanks and wrapping.
    pub entry: String,
    pub importer: String,
    pub importer_name: String,
    pub port: String,
    pub entry_type: String,
    pub entered: Option<Day>,
    pub summary: Option<Day>,
    pub reconciliation: bool,
    pub control_status: String,
    pub corrected: bool,
    pub liquidated: Option<Day>,
    /// Whether the report has a column for the date of liquidation.
    pub says_liquidation: bool,
    pub liquidation_status: String,
    pub protest: String,
    pub protest_status: String,
    /// By number; a line without one by its code.
    pub lines: Vec<FiledLine>,
    /// Why it is set aside: a row of it cannot be read.
    pub set_aside: Vec<String>,
}

/// A line of an entry as filed.
#[derive(Clone, Debug, Default)]
pub struct FiledLine {
    pub line: String,
    /// By ordinal.
    pub rows: Vec<FiledRow>,
    /// Where a plain file states only the duty of the line: it, and not its parts.
    pub total: Option<Cents>,
    /// What a plain file states besides: facts that an ACE report does not have.
    pub facts: Option<Box<PlainFacts>>,
}

/// A tariff number of a line.
#[derive(Clone, Debug)]
pub struct FiledRow {
    /// The row of the file.
    pub row: u64,
    pub ordinal: Option<u32>,
    pub code: Code,
    pub origin: Option<Country>,
    pub special_program: String,
    pub value: Cents,
    pub duty: Cents,
    pub quantities: Vec<(Exact, Option<Unit>)>,
}

/// Facts of a line of a plain file, as `assess` reads them.
#[derive(Clone, Debug, Default)]
pub struct PlainFacts {
    pub loaded: Option<Day>,
    pub exported: Option<Day>,
    pub withdrawn: Option<Day>,
    pub privileged: Option<Day>,
    pub mode: Option<String>,
    pub claims: Vec<String>,
    pub contents: Vec<(String, Cents)>,
}
