//! The columns of a report, by the names in its head, in any order and case.

use std::cmp::Ordering;

use crate::error::FileError;

use super::cell::unwrapped;
use super::grid::Grid;

/// A column of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Entry,
    Line,
    EntryType,
    Importer,
    ImporterName,
    Port,
    Entered,
    Summary,
    Reconciliation,
    ControlStatus,
    Corrected,
    Liquidated,
    LiquidationStatus,
    Protest,
    ProtestStatus,
    Origin,
    SpecialProgram,
    Ordinal,
    Code,
    Value,
    Duty,
    Quantity,
    Unit,
    Quantity2,
    Unit2,
    // Of a plain file alone.
    FiledHeadings,
    Loaded,
    Exported,
    Withdrawn,
    Privileged,
    Mode,
    Claims,
    ContentSteel,
    ContentAluminum,
    ContentCopper,
    ContentUs,
    ContentProcessing,
}

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A row for each tariff number.
    Es003,
    /// A row for each line.
    Plain,
}

/// The names of a column: that of the report first, then that of a plain file.
const NAMES: &[(Column, &[&str], &[&str])] = &[
    (Column::Entry, &["entry summary number", "entry number", "entry summary no"], &["entry"]),
    (Column::Line, &["entry summary line number", "line number"], &["line"]),
    (Column::EntryType, &["entry type code", "entry type"], &["entry_type"]),
    (Column::Importer, &["importer number", "importer of record number"], &["importer"]),
    (Column::ImporterName, &["importer name", "importer of record name"], &["importer_name"]),
    (Column::Port, &["port of entry code", "port of entry"], &["port"]),
    (Column::Entered, &["entry date"], &["entered"]),
    (Column::Summary, &["entry summary date"], &["deposited"]),
    (Column::Reconciliation, &["reconciliation indicator"], &["reconciliation"]),
    (Column::ControlStatus, &["control status"], &["control_status"]),
    (Column::Corrected, &["post summary correction indicator"], &[]),
    (Column::Liquidated, &["liquidation date"], &["liquidated"]),
    (Column::LiquidationStatus, &["liquidation status"], &["liquidation_status"]),
    (Column::Protest, &["protest number"], &["protest"]),
    (Column::ProtestStatus, &["protest status"], &["protest_status"]),
    (Column::Origin, &["country of origin code", "country of origin"], &["origin"]),
    (Column::SpecialProgram, &["line spi code", "spi code", "line spi"], &["spi"]),
    (Column::Ordinal, &["tariff ordinal number", "tariff ordinal"], &[]),
    (Column::Code, &["hts number - full", "hts number", "hts number full"], &["code"]),
    (Column::Value, &["line tariff goods value amount", "line goods value amount"], &["value"]),
    (Column::Duty, &["line tariff duty amount", "line duty amount"], &["filed_duty"]),
    (Column::Quantity, &["line tariff quantity (1)", "line tariff quantity"], &["quantity"]),
    (Column::Unit, &["line tariff uom (1) code", "line tariff uom code"], &["unit"]),
    (Column::Quantity2, &["line tariff quantity (2)"], &["quantity_2"]),
    (Column::Unit2, &["line tariff uom (2) code"], &["unit_2"]),
    (Column::FiledHeadings, &[], &["filed_headings"]),
    (Column::Loaded, &[], &["loaded"]),
    (Column::Exported, &[], &["exported"]),
    (Column::Withdrawn, &[], &["withdrawn"]),
    (Column::Privileged, &[], &["privileged"]),
    (Column::Mode, &[], &["mode"]),
    (Column::Claims, &[], &["claims"]),
    (Column::ContentSteel, &[], &["content_steel"]),
    (Column::ContentAluminum, &[], &["content_aluminum", "content_aluminium"]),
    (Column::ContentCopper, &[], &["content_copper"]),
    (Column::ContentUs, &[], &["content_us"]),
    (Column::ContentProcessing, &[], &["content_processing"]),
];

/// What a file must have.
const REQUIRED: [Column; 6] =
    [Column::Entry, Column::Entered, Column::Origin, Column::Code, Column::Value, Column::Duty];

/// How far down a head is looked for: reports have some rows of titles above it.
const ROWS_ABOVE_MAX: usize = 50;

/// The head of a file.
#[derive(Clone, Debug)]
pub struct Head {
    pub form: Form,
    /// Its place among the rows.
    pub at: usize,
    /// The names as the file writes them, for messages.
    names: Vec<String>,
    columns: Vec<(Column, usize)>,
}

impl Head {
    /// Finds the head.
    ///
    /// # Errors
    /// When there is none, or a column that is needed is missing or stands twice.
    pub fn find(grid: &Grid) -> Result<Head, FileError> {
        let rows = grid.rows.iter().take(ROWS_ABOVE_MAX).enumerate();
        let heads = rows.map(|(at, (_, row))| head(at, row));
        // The row that names most columns; of equals the first.
        let best = heads.rev().max_by_key(|head| head.columns.len());
        let help = "a report ES-003 has Entry Summary Number, Entry Date, Country of Origin Code, HTS \
                    Number - Full, Line Tariff Goods Value Amount, Line Tariff Duty Amount; a plain \
                    file has entry, entered, origin, code, value, filed_duty";
        let head = best.filter(|head| head.columns.len() >= 2).ok_or_else(|| {
            FileError::new("no row of the first fifty names the columns of entries", help)
        })?;
        for column in REQUIRED {
            if head.at(column).is_none() {
                let (_, report, plain) = names_of(column);
                let name = if head.form == Form::Es003 { report[0] } else { plain[0] };
                return Err(FileError::new(format!("the column `{name}` is missing"), help));
            }
        }
        head.one_of_each()
    }

    /// Of a column that has several names the first that the file has; the same name twice is an error.
    fn one_of_each(mut self) -> Result<Head, FileError> {
        let mut kept: Vec<(Column, usize)> = Vec::new();
        for (column, at) in std::mem::take(&mut self.columns) {
            let Some(held) = kept.iter_mut().find(|(own, _)| *own == column) else {
                kept.push((column, at));
                continue;
            };
            let (_, report, plain) = names_of(column);
            let rank = |at: usize| {
                let name = settled(&self.names[at]);
                report.iter().chain(plain).position(|own| settled(own) == name)
            };
            match rank(at).cmp(&rank(held.1)) {
                Ordering::Less => held.1 = at,
                Ordering::Greater => {}
                Ordering::Equal => {
                    let message = format!("the column `{}` stands twice", self.names[at]);
                    return Err(FileError::new(message, "keep one of them"));
                }
            }
        }
        self.columns = kept;
        Ok(self)
    }

    pub fn at(&self, column: Column) -> Option<usize> {
        self.columns.iter().find(|(own, _)| *own == column).map(|(_, at)| *at)
    }

    pub fn has(&self, column: Column) -> bool {
        self.at(column).is_some()
    }

    /// The name of a column as the file writes it; that of the report where it has none.
    pub fn name(&self, column: Column) -> &str {
        self.at(column)
            .map_or(names_of(column).1.first().copied().unwrap_or(""), |at| &self.names[at])
    }

    /// Whether the value is under its other name, that of the line as a whole.
    pub fn has_line_values(&self) -> bool {
        settled(self.name(Column::Value)) == "line goods value amount"
    }

    /// The text of a cell; blank where there is no such column.
    pub fn text<'r>(&self, row: &'r [String], column: Column) -> &'r str {
        self.at(column).and_then(|at| row.get(at)).map_or("", |text| unwrapped(text))
    }

    /// Whether a row is the head once more, as on a further page.
    pub fn repeats(&self, row: &[String]) -> bool {
        let code = self.text(row, Column::Code);
        settled(code) == settled(self.name(Column::Code))
    }
}

fn names_of(column: Column) -> (Column, &'static [&'static str], &'static [&'static str]) {
    let of = |(other, ..): &&(Column, &'static [&'static str], &'static [&'static str])| {
        *other == column
    };
    *NAMES.iter().find(of).expect("every column has its names")
}

/// A name as it is compared: blanks, underscores and case do not matter.
fn settled(name: &str) -> String {
    let words: Vec<&str> = unwrapped(name).split(|c: char| c.is_whitespace() || c == '_').collect();
    let words: Vec<String> =
        words.iter().filter(|w| !w.is_empty()).map(|w| w.to_lowercase()).collect();
    words.join(" ")
}

fn head(at: usize, row: &[String]) -> Head {
    let named = |form: Form| -> Vec<(Column, usize)> {
        let mut found = Vec::new();
        for (place, cell) in row.iter().enumerate() {
            let name = settled(cell);
            let own = NAMES.iter().find(|(_, report, plain)| {
                let names = if form == Form::Es003 { report } else { plain };
                names.iter().any(|own| settled(own) == name)
            });
            found.extend(own.map(|(column, ..)| (*column, place)));
        }
        found
    };
    let (report, plain) = (named(Form::Es003), named(Form::Plain));
    let (form, columns) =
        if report.len() >= plain.len() { (Form::Es003, report) } else { (Form::Plain, plain) };
    Head { form, at, names: row.iter().map(|n| unwrapped(n).to_owned()).collect(), columns }
}
