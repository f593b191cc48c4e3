//! Excel: the first sheet of a workbook, read and written whole.

use std::fs::File;
use std::io::{BufReader, Seek, Write};
use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use calamine::{Data, ExcelDateTime, Reader, Xlsx};
use rust_xlsxwriter::{DocProperties, Workbook, Worksheet, XlsxError};

use crate::cells::Cells;
use crate::error::FileError;
use crate::guard::guarded;
use crate::head::settled;
use crate::parsed::tellable;
use crate::table::{Numbers, Table};

/// The most rows of a sheet, its head among them.
pub const SHEET_ROWS_MAX: u64 = 1_048_576;
const SHEET_COLUMNS_MAX: usize = 16_384;

/// The mark of a column whose cells are all numbers, so that they are written as numbers again.
const NUMBER: (&str, &str) = ("cells", "number");

/// The first sheet of a workbook, every cell as the text of a CSV file would be.
pub struct Sheet {
    schema: SchemaRef,
    columns: Vec<ArrayRef>,
    rows: usize,
    /// The row of the sheet under the head, counted from 1.
    first: u64,
}

impl Sheet {
    /// # Errors
    /// When it is no workbook, or its first sheet has no head.
    pub fn open(file: File) -> Result<Sheet, FileError> {
        guarded(|| Sheet::read(file)).unwrap_or_else(|| Err(damaged()))
    }

    fn read(file: File) -> Result<Sheet, FileError> {
        let empty = || FileError::new("the first sheet is empty", "it needs a head and lines");
        let range = first_sheet(file)?;
        let top = range.start().ok_or_else(empty)?.0;
        let mut rows = range.rows();
        let head = rows.next().ok_or_else(empty)?;
        let names: Vec<String> = head.iter().map(|cell| text(cell, "")).collect();
        let mut builders: Vec<StringBuilder> = names.iter().map(|_| StringBuilder::new()).collect();
        let mut numeric = vec![(true, false); names.len()];
        let mut count = 0;
        for row in rows {
            count += 1;
            for (at, cell) in row.iter().enumerate() {
                let (all, any) = &mut numeric[at];
                *all &= matches!(cell, Data::Empty | Data::Int(_) | Data::Float(_));
                *any |= *cell != Data::Empty;
                builders[at].append_value(text(cell, &names[at]));
            }
        }
        let fields = names.iter().zip(&numeric).map(|(name, (all, any))| {
            let field = Field::new(name, DataType::Utf8, true);
            if !(*all && *any) || settled(name) == "code" {
                return field;
            }
            field.with_metadata([(NUMBER.0.to_owned(), NUMBER.1.to_owned())].into())
        });
        Ok(Sheet {
            schema: Arc::new(Schema::new(fields.collect::<Vec<_>>())),
            columns: builders.iter_mut().map(|b| Arc::new(b.finish()) as ArrayRef).collect(),
            rows: count,
            first: u64::from(top) + 2,
        })
    }

    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Some rows as a table; columns that are not `wanted` are left out.
    pub fn table(&self, from: usize, count: usize, wanted: &[bool]) -> Table {
        let part = |(column, wanted): (&ArrayRef, &bool)| wanted.then(|| column.slice(from, count));
        Table {
            columns: self.columns.iter().zip(wanted).map(part).collect(),
            count,
            numbers: Numbers::From(self.first + from as u64),
            broken: Vec::new(),
        }
    }
}

/// The rows of the first sheet as texts, each with its number in the sheet.
///
/// # Errors
/// When it is no workbook, or has an empty first sheet.
pub fn rows(file: File) -> Result<Vec<(u64, Vec<String>)>, FileError> {
    let read = || {
        let range = first_sheet(file)?;
        let top = range.start().map_or(0, |(row, _)| u64::from(row));
        let row = |(at, row): (usize, &[Data])| {
            (top + at as u64 + 1, row.iter().map(|cell| text(cell, "")).collect())
        };
        Ok(range.rows().enumerate().map(row).collect())
    };
    guarded(read).unwrap_or_else(|| Err(damaged()))
}

fn damaged() -> FileError {
    FileError::new("the workbook is damaged", "save it as .xlsx, or as CSV")
}

fn first_sheet(file: File) -> Result<calamine::Range<Data>, FileError> {
    let unreadable = |error: calamine::XlsxError| {
        let message = format!("cannot be read as an Excel workbook: {error}");
        FileError::new(message, "save it as .xlsx, or as CSV")
    };
    let mut book = Xlsx::new(BufReader::new(file)).map_err(unreadable)?;
    let empty = || FileError::new("the first sheet is empty", "it needs a head and lines");
    let range = book.worksheet_range_at(0).ok_or_else(empty)?.map_err(unreadable)?;
    range.start().ok_or_else(empty)?;
    Ok(range)
}

/// A cell as the text that people see.
fn text(cell: &Data, column: &str) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(truth) => truth.to_string(),
        Data::Error(error) => error.to_string(),
        Data::Int(number) => coded(number.to_string(), column),
        Data::Float(number) => coded(number_text(*number), column),
        Data::DateTime(date) => date_text(date),
    }
}

/// A code that was typed as a number has lost the zero it began with.
fn coded(number: String, column: &str) -> String {
    let digits = number.bytes().all(|b| b.is_ascii_digit());
    if settled(column) == "code" && digits && number.len() % 2 == 1 {
        return format!("0{number}");
    }
    number
}

/// A number with the fifteen digits that Excel holds and shows.
fn number_text(number: f64) -> String {
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    rounded.to_string()
}

/// A day, or a moment where it has a time: to the second, as the entry has it.
fn date_text(date: &ExcelDateTime) -> String {
    if !date.is_datetime() {
        return date.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}

/// A workbook of one sheet that is being made.
pub struct SheetWriter {
    book: Workbook,
    /// Whether the cells of a column are numbers.
    numbers: Vec<bool>,
    row: u32,
}

fn unwritable(error: &XlsxError) -> FileError {
    FileError::new(format!("cannot be written as Excel: {error}"), "write CSV or Parquet")
}

/// Whether a sheet has room for so many lines under its head.
///
/// # Errors
/// When it has not.
pub fn fits_a_sheet(lines: u64) -> Result<(), FileError> {
    if lines < SHEET_ROWS_MAX {
        return Ok(());
    }
    let message = format!("a sheet holds {} lines, here are {lines}", SHEET_ROWS_MAX - 1);
    Err(FileError::new(message, "write Parquet or CSV"))
}

impl SheetWriter {
    /// Begins a sheet with these columns, and `notes` as custom properties of the workbook.
    ///
    /// # Errors
    /// When there are more columns than a sheet holds.
    pub fn new(schema: &Schema, notes: &[(String, String)]) -> Result<SheetWriter, FileError> {
        if schema.fields().len() > SHEET_COLUMNS_MAX {
            let message = format!("a sheet holds {SHEET_COLUMNS_MAX} columns");
            return Err(FileError::new(message, "write Parquet or CSV"));
        }
        let mut book = Workbook::new();
        // The same input gives the same bytes: the clock is not read.
        let day =
            rust_xlsxwriter::ExcelDateTime::from_ymd(2000, 1, 1).map_err(|e| unwritable(&e))?;
        let mut properties = DocProperties::new().set_creation_datetime(&day);
        for (key, value) in notes {
            // A property holds 255 characters.
            let value: String = value.chars().take(255).collect();
            properties = properties.set_custom_property(key, value);
        }
        book.set_properties(&properties);
        let sheet = book.add_worksheet();
        for (at, field) in schema.fields().iter().enumerate() {
            sheet.write_string(0, at as u16, field.name()).map_err(|e| unwritable(&e))?;
        }
        sheet.set_freeze_panes(1, 0).map_err(|e| unwritable(&e))?;
        let numbers = schema.fields().iter().map(|field| {
            let kind = field.data_type();
            kind.is_numeric() && settled(field.name()) != "code"
                || field.metadata().get(NUMBER.0).is_some_and(|mark| mark == NUMBER.1)
        });
        Ok(SheetWriter { book, numbers: numbers.collect(), row: 1 })
    }

    /// Appends rows.
    ///
    /// # Errors
    /// When the sheet is full or a cell is too long for one.
    pub fn put(&mut self, columns: &[ArrayRef]) -> Result<(), FileError> {
        let count = columns.first().map_or(0, |c| c.len());
        fits_a_sheet(u64::from(self.row) - 1 + count as u64)?;
        let sheet = self.book.worksheet_from_index(0).map_err(|e| unwritable(&e))?;
        for (at, column) in columns.iter().enumerate() {
            let column = tellable(column);
            let cells = Cells::of(&column)?;
            for row in 0..count {
                put_cell(
                    sheet,
                    self.row + row as u32,
                    at as u16,
                    cells.text(row),
                    self.numbers[at],
                )
                .map_err(|e| unwritable(&e))?;
            }
        }
        self.row += count as u32;
        Ok(())
    }

    /// Writes the workbook.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self, out: impl Write + Seek + Send) -> Result<(), FileError> {
        self.book.save_to_writer(out).map_err(|e| unwritable(&e))
    }
}

fn put_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: String,
    number: bool,
) -> Result<(), XlsxError> {
    if text.is_empty() {
        return Ok(());
    }
    match text.parse::<f64>() {
        // Excel holds fifteen digits; a longer amount stays whole as text.
        Ok(amount) if number && amount.is_finite() && text.len() <= 15 => {
            sheet.write_number(row, column, amount)?;
        }
        _ => {
            sheet.write_string(row, column, text)?;
        }
    }
    Ok(())
}
