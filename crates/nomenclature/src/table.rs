//! CSV tables with a fixed head: every fault becomes a finding with its line, and reading goes on.

use std::fmt::Display;

use crate::Finding;
use crate::rows::{Row, Rows};

/// A table being read.
pub struct Table<'a> {
    file: &'a str,
    columns: &'static [&'static str],
    rows: Option<Rows<'a>>,
    pub findings: Vec<Finding>,
}

impl<'a> Table<'a> {
    /// Starts reading; a wrong head is a finding and leaves no rows.
    pub fn read(file: &'a str, text: &'a str, columns: &'static [&'static str]) -> Table<'a> {
        let mut rows = Rows::of(text);
        let mut head = Row::default();
        rows.next_row(&mut head);
        let mut table = Table { file, columns, rows: None, findings: Vec::new() };
        if head.cells().eq(columns.iter().copied()) {
            table.rows = Some(rows);
        } else {
            let found = head.cells().collect::<Vec<_>>().join(",");
            table.find(
                1,
                format!("the head of the table is `{found}`"),
                &format!("write `{}`", columns.join(",")),
            );
        }
        table
    }

    /// Fills `row` with the next row that has the right number of cells; false after the last.
    pub fn next_row(&mut self, row: &mut Row<'a>) -> bool {
        while self.rows.as_mut().is_some_and(|rows| rows.next_row(row)) {
            let cells = row.cells().len();
            if cells == self.columns.len() {
                return true;
            }
            self.find(
                row.line,
                format!("the row has {cells} cells"),
                &format!("write {}: {}", self.columns.len(), self.columns.join(",")),
            );
        }
        false
    }

    /// Reads one cell; a fault becomes a finding that names the column.
    pub fn value<T, E: Display>(
        &mut self,
        row: &Row<'_>,
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
