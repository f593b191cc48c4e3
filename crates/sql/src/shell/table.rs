//! Rows as a table for people: numbers to the right, with thousands separators.

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use datafusion::common::Result;

/// A table in the making.
pub struct Rows {
    schema: SchemaRef,
    /// The most rows; 0 for all.
    most: usize,
    rows: Vec<Vec<String>>,
    more: bool,
}

impl Rows {
    pub fn new(schema: SchemaRef, most: usize) -> Rows {
        Rows { schema, most, rows: Vec::new(), more: false }
    }

    /// Takes rows; `false` when the table is full.
    pub fn put(&mut self, batch: &RecordBatch) -> Result<bool> {
        let columns: Vec<Cells<'_>> =
            batch.columns().iter().map(Cells::of).collect::<Result<_>>()?;
        for row in 0..batch.num_rows() {
            if self.most > 0 && self.rows.len() == self.most {
                self.more = true;
                return Ok(false);
            }
            self.rows.push(columns.iter().map(|cells| cells.text(row)).collect());
        }
        Ok(true)
    }

    pub fn print(self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(self.schema.fields().iter().map(|f| f.name().clone()).collect::<Vec<_>>());
        let count = self.rows.len();
        for row in self.rows {
            table.add_row(row);
        }
        for (at, field) in self.schema.fields().iter().enumerate() {
            let Some(column) = table.column_mut(at) else { continue };
            column.set_padding((if at == 0 { 0 } else { 1 }, 1));
            if field.data_type().is_numeric() {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut out = String::new();
        for line in table.to_string().lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
        if self.more {
            out.push_str(&format!("… the first {count} rows; --max-rows 0 prints all\n"));
        }
        out
    }
}

/// The texts of a column.
struct Cells<'a> {
    column: &'a ArrayRef,
    formatter: ArrayFormatter<'a>,
}

impl<'a> Cells<'a> {
    fn of(column: &'a ArrayRef) -> Result<Cells<'a>> {
        let options = FormatOptions::new().with_display_error(true);
        Ok(Cells { column, formatter: ArrayFormatter::try_new(column.as_ref(), &options)? })
    }

    fn text(&self, row: usize) -> String {
        if self.column.is_null(row) {
            return String::new();
        }
        let text = self.formatter.value(row).to_string();
        match self.column.data_type() {
            kind if kind.is_decimal() => grouped(&text, 4),
            // A year is no amount.
            kind if kind.is_integer() => grouped(&text, 5),
            DataType::Float16 | DataType::Float32 | DataType::Float64 => text,
            _ => text.replace(['\n', '\r'], " "),
        }
    }
}

/// `-1234567.50` -> `-1,234,567.50`, where the whole part has so many digits or more.
fn grouped(number: &str, from: usize) -> String {
    let (sign, rest) = match number.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", number),
    };
    let (whole, fraction) = match rest.find('.') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    if whole.len() < from || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return number.to_owned();
    }
    let mut out = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out + fraction
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_set_apart_and_years_are_not() {
        let cases = [
            ("0.00", 4, "0.00"),
            ("999.99", 4, "999.99"),
            ("-1234567.50", 4, "-1,234,567.50"),
            ("2025", 5, "2025"),
            ("123456", 5, "123,456"),
        ];
        for (number, from, wanted) in cases {
            assert_eq!(grouped(number, from), wanted);
        }
    }
}
