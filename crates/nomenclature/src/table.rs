//! CSV tables with a fixed head: every fault becomes a finding with its line, and reading goes on.

use std::fmt::Display;

use csv::{Reader, ReaderBuilder, StringRecord};

use crate::Finding;

/// A table being read.
pub struct Table<'a> {
    file: &'a str,
    columns: &'static [&'static str],
    reader: Option<Reader<&'a [u8]>>,
    pub findings: Vec<Finding>,
}

/// One row and the line it starts on; filled again and again, since a row is read 32,000 times.
#[derive(Default)]
pub struct TableRow {
    pub line: usize,
    record: StringRecord,
}

impl TableRow {
    pub fn text(&self, column: usize) -> &str {
        self.record.get(column).unwrap_or_default()
    }
}

impl<'a> Table<'a> {
    /// Starts reading; a wrong head is a finding and leaves no rows.
    pub fn read(file: &'a str, text: &'a str, columns: &'static [&'static str]) -> Table<'a> {
        let bytes = text.strip_prefix('\u{feff}').unwrap_or(text).as_bytes();
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(bytes);
        let mut table = Table { file, columns, reader: None, findings: Vec::new() };
        match reader.headers() {
            Ok(head) if head.iter().eq(columns.iter().copied()) => {
                table.reader = Some(reader);
            }
            Ok(head) => {
                let found = head.iter().collect::<Vec<_>>().join(",");
                table.find(
                    1,
                    format!("the head of the table is `{found}`"),
                    &format!("write `{}`", columns.join(",")),
                );
            }
            Err(e) => table.find(1, format!("the table cannot be read: {e}"), "mend the CSV"),
        }
        table
    }

    /// Fills `row` with the next row that has the right number of cells; false after the last.
    pub fn next_row(&mut self, row: &mut TableRow) -> bool {
        while let Some(reader) = self.reader.as_mut() {
            match reader.read_record(&mut row.record) {
                Ok(true) => {}
                Ok(false) => return false,
                Err(e) => {
                    let line = e.position().map_or(1, |p| p.line() as usize);
                    self.find(line, format!("the row cannot be read: {e}"), "mend the CSV");
                    continue;
                }
            }
            row.line = row.record.position().map_or(1, |p| p.line() as usize);
            if row.record.len() == self.columns.len() {
                return true;
            }
            self.find(
                row.line,
                format!("the row has {} cells", row.record.len()),
                &format!("write {}: {}", self.columns.len(), self.columns.join(",")),
            );
        }
        false
    }

    /// Reads one cell; a fault becomes a finding that names the column.
    pub fn value<T, E: Display>(
        &mut self,
        row: &TableRow,
        column: usize,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match read(row.text(column)) {
            Ok(value) => Some(value),
            Err(e) => {
                let name = self.columns[column];
                self.find(row.line, format!("column `{name}`: {e}"), "mend the cell");
                None
            }
        }
    }

    pub fn find(&mut self, line: usize, message: String, help: &str) {
        let finding = Finding { file: self.file.to_owned(), line, message, help: help.to_owned() };
        self.findings.push(finding);
    }
}

/// A reader that takes a blank cell for `None`.
pub fn optional<T, E>(
    read: impl FnOnce(&str) -> Result<T, E>,
) -> impl FnOnce(&str) -> Result<Option<T>, E> {
    |text| if text.is_empty() { Ok(None) } else { read(text).map(Some) }
}

/// Writes a table with its head and `\n` line ends.
pub fn write<R: AsRef<[u8]>>(columns: &[&str], rows: impl Iterator<Item = Vec<R>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory fails only when rows differ in length, which the callers' arrays exclude.
    let mut ok = writer.write_record(columns).is_ok();
    for row in rows {
        ok &= writer.write_record(row).is_ok();
    }
    debug_assert!(ok);
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}
