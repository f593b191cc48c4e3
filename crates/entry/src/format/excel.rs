//! Excel: one sheet of a workbook, read and written whole.

use std::fs::File;
use std::io::{BufReader, Seek, Write};
use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use calamine::{Data, ExcelDateTime, Reader, Xlsx};
use rust_xlsxwriter::{DocProperties, Format, Workbook, Worksheet, XlsxError};

use crate::cells::Cells;
use crate::error::FileError;
use crate::guard::guarded;
use crate::head::{is_date_fact, settled};
use crate::parsed::tellable;
use crate::table::{Numbers, Table};

/// The most rows of a sheet, its head among them.
pub const SHEET_ROWS_MAX: u64 = 1_048_576;
const SHEET_COLUMNS_MAX: usize = 16_384;

/// The mark of a column whose cells are all numbers, or all dates, so that they are written as that again.
const CELLS: &str = "cells";
const NUMBER: &str = "number";
const DATE: &str = "date";

/// A sheet of a workbook, every cell as the text of a CSV file would be.
pub struct Sheet {
    schema: SchemaRef,
    columns: Vec<ArrayRef>,
    rows: usize,
    /// The row of the sheet under the head, counted from 1.
    first: u64,
}

impl Sheet {
    /// Opens the sheet of this name; the first where none is named.
    ///
    /// # Errors
    /// When it is no workbook, has no such sheet, or the sheet has no head.
    pub fn open(file: File, name: Option<&str>) -> Result<Sheet, FileError> {
        guarded(|| Sheet::read(file, name)).unwrap_or_else(|| Err(damaged()))
    }

    fn read(file: File, name: Option<&str>) -> Result<Sheet, FileError> {
        let range = sheet(file, name)?;
        let empty = || FileError::new("the sheet is empty", "it needs a head and lines");
        let top = range.start().ok_or_else(empty)?.0;
        let mut rows = range.rows();
        let head = rows.next().ok_or_else(empty)?;
        let names: Vec<String> = head.iter().map(|cell| text(cell, "")).collect();
        let mut builders: Vec<StringBuilder> = names.iter().map(|_| StringBuilder::new()).collect();
        // Whether all cells that hold something are numbers, are dates, and whether any holds something.
        let mut kinds = vec![(true, true, false); names.len()];
        let mut count = 0;
        for row in rows {
            count += 1;
            for (at, cell) in row.iter().enumerate() {
                let (numbers, dates, any) = &mut kinds[at];
                *numbers &= matches!(cell, Data::Empty | Data::Int(_) | Data::Float(_));
                *dates &= matches!(cell, Data::Empty | Data::DateTime(_));
                *any |= *cell != Data::Empty;
                builders[at].append_value(text(cell, &names[at]));
            }
        }
        let fields = names.iter().zip(&kinds).map(|(name, (numbers, dates, any))| {
            let field = Field::new(name, DataType::Utf8, true);
            let mark = match (any, numbers, dates) {
                (true, true, _) if settled(name) != "code" => NUMBER,
                (true, _, true) => DATE,
                _ => return field,
            };
            field.with_metadata([(CELLS.to_owned(), mark.to_owned())].into())
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
        let range = sheet(file, None)?;
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

/// The cells of the sheet of this name; of the first where none is named.
fn sheet(file: File, name: Option<&str>) -> Result<calamine::Range<Data>, FileError> {
    let unreadable = |error: calamine::XlsxError| {
        let message = format!("cannot be read as an Excel workbook: {error}");
        FileError::new(message, "save it as .xlsx, or as CSV")
    };
    let mut book = Xlsx::new(BufReader::new(file)).map_err(unreadable)?;
    let which = name.map_or_else(|| "the first sheet".to_owned(), |n| format!("the sheet `{n}`"));
    let empty = || FileError::new(format!("{which} is empty"), "it needs a head and lines");
    let names = book.sheet_names();
    let at = match name {
        None => 0,
        Some(name) => names.iter().position(|n| n == name).ok_or_else(|| {
            let help = format!("its sheets are {}", names.join(", "));
            FileError::new(format!("the workbook has no sheet `{name}`"), help)
        })?,
    };
    let range = book.worksheet_range_at(at).ok_or_else(empty)?.map_err(unreadable)?;
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

/// A workbook that is being made: a sheet of rows, and one of what is needed to make it again.
pub struct SheetWriter {
    book: Workbook,
    columns: Vec<Written>,
    notes: Vec<(String, String)>,
    row: u32,
}

/// How the cells of a column are written.
enum Written {
    Text,
    Number,
    Money(Box<Format>),
    /// A day, and a moment without a zone.
    Date(Box<(Format, Format)>),
}

/// Wide enough for a date, and for an amount of millions.
const DATE_WIDTH: f64 = 11.0;
const MONEY_WIDTH: f64 = 15.0;

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
        let columns: Vec<Written> = schema.fields().iter().map(|field| written(field)).collect();
        let head = Format::new().set_bold();
        for (at, (field, written)) in schema.fields().iter().zip(&columns).enumerate() {
            let at = at as u16;
            sheet
                .write_string_with_format(0, at, field.name(), &head)
                .map_err(|e| unwritable(&e))?;
            let width = match written {
                Written::Date(..) => DATE_WIDTH,
                Written::Money(_) => MONEY_WIDTH,
                Written::Text | Written::Number => continue,
            };
            sheet.set_column_width(at, width).map_err(|e| unwritable(&e))?;
        }
        sheet.set_freeze_panes(1, 0).map_err(|e| unwritable(&e))?;
        Ok(SheetWriter { book, columns, notes: notes.to_vec(), row: 1 })
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
                    &self.columns[at],
                )
                .map_err(|e| unwritable(&e))?;
            }
        }
        self.row += count as u32;
        Ok(())
    }

    /// Writes the workbook, with its notes on a sheet `receipt`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self, out: impl Write + Seek + Send) -> Result<(), FileError> {
        let sheet = self.book.add_worksheet();
        let noted = |sheet: &mut Worksheet| -> Result<(), XlsxError> {
            sheet.set_name("receipt")?.set_column_width(0, 24)?.set_column_width(1, 76)?;
            for (row, (name, value)) in self.notes.iter().enumerate() {
                sheet.write_string(row as u32, 0, name)?.write_string(row as u32, 1, value)?;
            }
            Ok(())
        };
        noted(sheet).map_err(|e| unwritable(&e))?;
        self.book.save_to_writer(out).map_err(|e| unwritable(&e))
    }
}

/// How a column is written: money and dates as such, codes and everything else as text.
fn written(field: &Field) -> Written {
    let name = settled(field.name());
    let date = || {
        let format = |form: &str| Format::new().set_num_format(form);
        Written::Date(Box::new((format("yyyy-mm-dd"), format("yyyy-mm-dd hh:mm:ss"))))
    };
    match (field.data_type(), field.metadata().get(CELLS).map(String::as_str)) {
        _ if name == "code" => Written::Text,
        (DataType::Decimal128(_, 2), _) => {
            Written::Money(Box::new(Format::new().set_num_format("#,##0.00")))
        }
        (DataType::Date32 | DataType::Date64 | DataType::Timestamp(..), _) | (_, Some(DATE)) => {
            date()
        }
        (kind, mark) if kind.is_numeric() || mark == Some(NUMBER) => Written::Number,
        _ if is_date_fact(&name) => date(),
        _ => Written::Text,
    }
}

fn put_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: String,
    written: &Written,
) -> Result<(), XlsxError> {
    if text.is_empty() {
        return Ok(());
    }
    // Excel holds fifteen digits; a longer amount stays whole as text.
    let number = || text.parse().ok().filter(|n: &f64| n.is_finite() && text.len() <= 15);
    match written {
        Written::Number => {
            if let Some(number) = number() {
                sheet.write_number(row, column, number)?;
                return Ok(());
            }
        }
        Written::Money(format) => {
            if let Some(number) = number() {
                sheet.write_number_with_format(row, column, number, format)?;
                return Ok(());
            }
        }
        // What is no plain day or moment, or has a zone, stays what was written.
        Written::Date(formats) => {
            let (day, moment) = formats.as_ref();
            let format = if text.len() == 10 { day } else { moment };
            let plain = matches!(text.len(), 10 | 19) && text.starts_with(|c: char| c != '0');
            let date = plain.then(|| rust_xlsxwriter::ExcelDateTime::parse_from_str(&text));
            if let Some(Ok(date)) = date {
                sheet.write_datetime_with_format(row, column, &date, format)?;
                return Ok(());
            }
        }
        Written::Text => {}
    }
    sheet.write_string(row, column, text)?;
    Ok(())
}
