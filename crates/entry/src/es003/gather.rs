//! The rows of a report, put together into entries and their lines.

use std::collections::BTreeMap;

use ledger::Ledger;

use super::head::{Column, Form, Head};
use super::row::{Filed, Read, Reader};
use super::{FiledEntry, FiledLine, FiledRow, Filing, Grid};
use crate::error::FileError;
use crate::refund::RowFault;

/// Reads a report. A row that cannot be read sets its entry aside; the others are not touched.
///
/// # Errors
/// When the file has no head of a report.
pub fn read(ledger: &Ledger, grid: &Grid) -> Result<Filing, FileError> {
    let head = Head::find(grid)?;
    let reader = Reader { ledger, head: &head };
    let mut gathered = Gathered::default();
    gathered.filing.notes = notes(&head);
    gathered.filing.line_values = head.has_line_values();
    for (number, row) in &grid.rows[head.at + 1..] {
        if ends(&head, row) || head.repeats(row) {
            continue;
        }
        gathered.filing.rows += 1;
        match reader.read(*number, row) {
            Ok(read) => gathered.put(*number, read),
            Err(faults) => gathered.faulty(faults),
        }
    }
    Ok(gathered.settled())
}

/// Whether a row ends a page: it names no entry, and no tariff number either.
fn ends(head: &Head, row: &[String]) -> bool {
    head.text(row, Column::Entry).is_empty() && head.text(row, Column::Code).is_empty()
        || row.iter().all(|cell| super::cell::unwrapped(cell).is_empty())
        || head.text(row, Column::Code).is_empty()
            && head.text(row, Column::Entry).to_lowercase().contains("total")
}

/// What does not follow from a report without a column.
fn notes(head: &Head) -> Vec<String> {
    let said = [
        (Column::Liquidated, "dates of liquidation are estimated from those of entry"),
        (Column::Summary, "interest runs from the date of entry"),
        (Column::EntryType, "every entry is taken for one of consumption"),
        (Column::Reconciliation, "no entry is taken to be flagged for reconciliation"),
        (Column::Protest, "no entry is taken to be under protest"),
        (Column::SpecialProgram, "no preference is taken to be claimed"),
    ];
    let missing = said.iter().filter(|(column, _)| !head.has(*column));
    let note = |(column, so): &(Column, &str)| {
        let quoted = head.name(*column);
        format!("no column `{quoted}`: {so}")
    };
    let plain = |(column, _): &&(Column, &str)| {
        head.form == Form::Es003 || *column != Column::SpecialProgram
    };
    missing.filter(plain).map(note).collect()
}

#[derive(Default)]
struct Gathered {
    filing: Filing,
    /// The place of each entry.
    places: BTreeMap<String, usize>,
    /// The first row of each entry, for what later rows say otherwise.
    first_rows: Vec<u64>,
    /// Rows by entry, line and ordinal.
    seen: BTreeMap<(usize, String, Option<u32>, String), u64>,
}

impl Gathered {
    fn place(&mut self, entry: &str) -> usize {
        let next = self.filing.entries.len();
        let at = *self.places.entry(entry.to_owned()).or_insert(next);
        if at == next {
            let entry = entry.to_owned();
            self.filing.entries.push(FiledEntry { entry, ..FiledEntry::default() });
            self.first_rows.push(0);
        }
        at
    }

    fn faulty(&mut self, faults: Vec<RowFault>) {
        for fault in faults {
            if let Some(entry) = &fault.entry {
                let at = self.place(entry);
                self.set_aside(at, &fault);
            }
            self.filing.faults.push(fault);
        }
    }

    fn set_aside(&mut self, at: usize, fault: &RowFault) {
        let column = if fault.column.is_empty() { "" } else { ": " };
        let why = format!("row {}, {}{column}{}", fault.row, fault.column, fault.message);
        self.filing.entries[at].set_aside.push(why);
    }

    fn refuse(&mut self, at: usize, row: u64, column: &str, message: String) {
        let entry = Some(self.filing.entries[at].entry.clone());
        let fault = RowFault { row, column: column.to_owned(), message, entry };
        self.set_aside(at, &fault);
        self.filing.faults.push(fault);
    }

    fn put(&mut self, number: u64, read: Read) {
        let at = self.place(&read.of.entry);
        if self.first_rows[at] == 0 {
            self.first_rows[at] = number;
            let held = &mut self.filing.entries[at];
            *held = FiledEntry { set_aside: std::mem::take(&mut held.set_aside), ..read.of };
        } else if let Some((column, held, stated)) = otherwise(&self.filing.entries[at], &read.of) {
            let first = self.first_rows[at];
            let message = format!("`{stated}`, where row {first} of the same entry says `{held}`");
            self.refuse(at, number, column, message);
            return;
        }
        match read.filed {
            Filed::Number(row) => {
                let key = (at, read.line.clone(), row.ordinal, number_of(&row));
                if let Some(before) = self.seen.insert(key, number) {
                    let ordinal = row.ordinal.map(|o| format!(", ordinal {o}")).unwrap_or_default();
                    let message = format!(
                        "line {}{ordinal} with {} stands in row {before} already",
                        read.line, row.code
                    );
                    self.refuse(at, number, "", message);
                    return;
                }
                line(&mut self.filing.entries[at], &read.line).rows.push(row);
            }
            Filed::Line { row, headings, facts } => {
                // Lines of a plain file need no number: each row is one.
                let name = match read.line.as_str() {
                    "" => (self.filing.entries[at].lines.len() + 1).to_string(),
                    name => name.to_owned(),
                };
                let key = (at, name.clone(), None, String::new());
                if let Some(before) = self.seen.insert(key, number) {
                    let message = format!("line {name} stands in row {before} already");
                    self.refuse(at, number, "", message);
                    return;
                }
                let line = line(&mut self.filing.entries[at], &name);
                line.facts = Some(facts);
                line.total = Some(row.duty);
                match headings {
                    None => line.rows.push(row),
                    Some(mut stated) => {
                        let own = |other: &FiledRow| !other.code.is_special();
                        let base: tariff::Cents =
                            stated.iter().filter(|o| own(o)).map(|o| o.duty).sum();
                        stated.retain(|other| !own(other));
                        let sum = stated.iter().map(|o| o.duty).sum::<tariff::Cents>() + base;
                        let duty = if base == tariff::Cents::ZERO {
                            row.duty - (sum - base)
                        } else {
                            base
                        };
                        if sum > row.duty || base != tariff::Cents::ZERO && sum != row.duty {
                            let message =
                                format!("the headings come to {sum}, the duty to {}", row.duty);
                            self.refuse(at, number, "filed_headings", message);
                            return;
                        }
                        line.total = None;
                        line.rows.extend(stated);
                        line.rows.push(FiledRow { duty, ..row });
                    }
                }
            }
        }
    }

    fn settled(mut self) -> Filing {
        let mut faults = Vec::new();
        for entry in &mut self.filing.entries {
            entry.lines.sort_by_key(|line| {
                (line.line.parse::<u64>().unwrap_or(u64::MAX), line.line.clone())
            });
            for line in &mut entry.lines {
                // Rows without an ordinal stay as they stand.
                line.rows.sort_by_key(|row| row.ordinal);
                if line.rows.iter().all(|row| row.code.is_special()) {
                    let row = line.rows.first().map_or(0, |row| row.row);
                    let message = format!("line {} has no code of chapters 1 to 97", line.line);
                    entry.set_aside.push(message.clone());
                    let of = Some(entry.entry.clone());
                    faults.push(RowFault { row, column: String::new(), message, entry: of });
                }
            }
        }
        self.filing.faults.extend(faults);
        self.filing.faults.sort_by_key(|fault| fault.row);
        self.filing
    }
}

/// Without an ordinal rows are told apart by their number.
fn number_of(row: &FiledRow) -> String {
    if row.ordinal.is_some() { String::new() } else { row.code.plain() }
}

fn line<'e>(entry: &'e mut FiledEntry, name: &str) -> &'e mut FiledLine {
    let at = entry.lines.iter().rposition(|line| line.line == name).unwrap_or_else(|| {
        entry.lines.push(FiledLine { line: name.to_owned(), ..FiledLine::default() });
        entry.lines.len() - 1
    });
    &mut entry.lines[at]
}

/// What a further row says otherwise of its entry: the column, what was said, and what is said.
fn otherwise(held: &FiledEntry, stated: &FiledEntry) -> Option<(&'static str, String, String)> {
    let day = |day: Option<tariff::Day>| day.map(|d| d.to_string()).unwrap_or_default();
    let facts = [
        ("Entry Date", day(held.entered), day(stated.entered)),
        ("Entry Type Code", held.entry_type.clone(), stated.entry_type.clone()),
        ("Importer Number", held.importer.clone(), stated.importer.clone()),
        ("Entry Summary Date", day(held.summary), day(stated.summary)),
        ("Liquidation Date", day(held.liquidated), day(stated.liquidated)),
    ];
    facts.into_iter().find(|(_, held, stated)| held != stated && !stated.is_empty())
}
