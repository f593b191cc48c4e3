//! A row of a report: what it says of its entry, and a tariff number of a line.

use ledger::Ledger;
use tariff::{Cents, Country, Day, Exact, Unit, parse_exact};

use super::cell;
use super::head::{Column, Form, Head};
use super::{FiledEntry, FiledRow, PlainFacts};
use crate::facts;
use crate::refund::RowFault;

/// What a row says.
pub struct Read {
    /// Its entry, without lines.
    pub of: FiledEntry,
    pub line: String,
    pub filed: Filed,
}

/// What a row says was filed.
pub enum Filed {
    /// A tariff number.
    Number(FiledRow),
    /// A line of a plain file: the commodity code with the duty of the whole line, the headings where
    /// they are stated, and facts.
    Line { row: FiledRow, headings: Option<Vec<FiledRow>>, facts: Box<PlainFacts> },
}

/// Reads rows under a head.
pub struct Reader<'a> {
    pub ledger: &'a Ledger,
    pub head: &'a Head,
}

/// A row with its faults gathered.
struct Cells<'r> {
    reader: &'r Reader<'r>,
    row: &'r [String],
    number: u64,
    faults: Vec<RowFault>,
}

impl Reader<'_> {
    /// Reads a row.
    ///
    /// # Errors
    /// Everything that is wrong with it, column by column, with its entry where that can be read.
    pub fn read(&self, number: u64, row: &[String]) -> Result<Read, Vec<RowFault>> {
        let mut cells = Cells { reader: self, row, number, faults: Vec::new() };
        let entry = match cell::entry(cells.text(Column::Entry)) {
            Ok(entry) => Some(entry),
            Err(message) => {
                cells.fault(Column::Entry, message, "eleven letters or digits, hyphens optional");
                None
            }
        };
        let of = cells.of_entry(entry.clone().unwrap_or_default());
        let filed = cells.number(row);
        let facts = match self.head.form {
            Form::Plain => Some((cells.headings(), Box::new(cells.facts()))),
            Form::Es003 => None,
        };
        let line = cells.text(Column::Line).to_owned();
        let Some(filed) = filed.filter(|_| cells.faults.is_empty()) else {
            let known = |fault: RowFault| RowFault { entry: entry.clone(), ..fault };
            return Err(cells.faults.into_iter().map(known).collect());
        };
        let filed = match facts {
            Some((headings, facts)) => Filed::Line { row: filed, headings, facts },
            None => Filed::Number(filed),
        };
        Ok(Read { of, line, filed })
    }
}

impl<'r> Cells<'r> {
    fn text(&self, column: Column) -> &'r str {
        self.reader.head.text(self.row, column)
    }

    fn fault(&mut self, column: Column, message: impl Into<String>, help: &str) {
        let message = message.into();
        let message = if help.is_empty() { message } else { format!("{message}; {help}") };
        let column = self.reader.head.name(column).to_owned();
        self.faults.push(RowFault { row: self.number, column, message, entry: None });
    }

    fn date(&mut self, column: Column) -> Option<Day> {
        let text = self.text(column);
        let day = cell::date(text);
        if day.is_none() && !text.is_empty() {
            self.fault(column, format!("`{text}` is not a date"), "write 05/20/2025");
        }
        day
    }

    fn of_entry(&mut self, entry: String) -> FiledEntry {
        let entered = self.date(Column::Entered);
        if entered.is_none() && self.text(Column::Entered).is_empty() {
            self.fault(Column::Entered, "is empty", "every row states the date of entry");
        }
        let entry_type = match self.text(Column::EntryType) {
            one if one.len() == 1 && one.bytes().all(|b| b.is_ascii_digit()) => format!("0{one}"),
            text => text.to_owned(),
        };
        FiledEntry {
            entry,
            importer: self.text(Column::Importer).to_owned(),
            importer_name: self.text(Column::ImporterName).to_owned(),
            port: self.text(Column::Port).to_owned(),
            entry_type,
            entered,
            summary: self.date(Column::Summary),
            reconciliation: cell::truth(self.text(Column::Reconciliation)),
            control_status: self.text(Column::ControlStatus).to_owned(),
            corrected: cell::truth(self.text(Column::Corrected)),
            liquidated: self.date(Column::Liquidated),
            says_liquidation: self.reader.head.has(Column::Liquidated),
            liquidation_status: self.text(Column::LiquidationStatus).to_owned(),
            protest: self.text(Column::Protest).to_owned(),
            protest_status: self.text(Column::ProtestStatus).to_owned(),
            lines: Vec::new(),
            set_aside: Vec::new(),
        }
    }

    fn number(&mut self, row: &[String]) -> Option<FiledRow> {
        let columns = row.len();
        let wanted = self.reader.head.at(Column::Duty).map_or(0, |at| at + 1);
        if columns < wanted {
            let message = format!("the row has {columns} cells, its duty stands in the {wanted}th");
            let row = self.number;
            let fault = RowFault { row, column: String::new(), message, entry: None };
            self.faults.push(fault);
            return None;
        }
        let code = match cell::code(self.text(Column::Code)) {
            Ok(code) => Some(code),
            Err(_) if self.text(Column::Code).is_empty() => {
                self.fault(Column::Code, "is empty", "every row states its tariff number");
                None
            }
            Err(message) => {
                self.fault(Column::Code, message, "8 or 10 digits, dots optional");
                None
            }
        };
        let special = code.is_some_and(|code| code.is_special());
        let origin = self.origin(special);
        let value = self.amount(Column::Value);
        let duty = self.amount(Column::Duty);
        if value.is_some_and(|value| value < Cents::ZERO) {
            self.fault(Column::Value, "is below nothing", "an amount like $2,567.49");
        }
        let ordinal = self.text(Column::Ordinal);
        let ordinal = match ordinal.parse() {
            Ok(ordinal) => Some(ordinal),
            Err(_) if ordinal.is_empty() => None,
            Err(_) => {
                self.fault(Column::Ordinal, format!("`{ordinal}` is no ordinal"), "a whole number");
                None
            }
        };
        Some(FiledRow {
            row: self.number,
            ordinal,
            code: code?,
            origin,
            special_program: self.text(Column::SpecialProgram).to_owned(),
            value: value?,
            duty: duty?,
            quantities: self.quantities(),
        })
    }

    /// The origin of a row; those of chapters 98 and 99 may leave it to the commodity code.
    fn origin(&mut self, special: bool) -> Option<Country> {
        let text = self.text(Column::Origin);
        if text.is_empty() && special {
            return None;
        }
        match facts::origin(self.reader.ledger, text) {
            Ok(country) => Some(country),
            Err(e) => {
                self.fault(Column::Origin, e.message, &e.help);
                None
            }
        }
    }

    fn amount(&mut self, column: Column) -> Option<Cents> {
        let text = self.text(column);
        let amount = cell::money(text);
        if amount.is_none() {
            self.fault(column, format!("`{text}` is no amount"), "an amount like $2,567.49");
        }
        amount
    }

    /// Quantities in units of the schedule. What is in no unit of it is left out: it decides nothing
    /// unless the duty is specific, and then the line asks for it.
    fn quantities(&mut self) -> Vec<(Exact, Option<Unit>)> {
        let pairs = [(Column::Quantity, Column::Unit), (Column::Quantity2, Column::Unit2)];
        let mut found = Vec::new();
        for (column, unit) in pairs {
            let (text, unit) = (self.text(column), self.text(unit));
            let Some(amount) = parse_exact(text).filter(|amount| *amount > Exact::ZERO) else {
                continue;
            };
            let fine = 10i128.pow(tariff::limits::QUANTITY_DECIMALS_MAX) % amount.denom() == 0;
            let unit = match unit {
                "" => None,
                unit => match facts::unit(self.reader.ledger, unit) {
                    Ok(unit) => Some(unit),
                    Err(_) => continue,
                },
            };
            let again = found.iter().any(|(_, other)| *other == unit);
            if fine && amount <= Exact::from_integer(tariff::limits::QUANTITY_MAX) && !again {
                found.push((amount, unit));
            }
        }
        found
    }

    /// `9903.01.24=2000.00; 9503.00.00.73=0`: a plain file's tariff numbers with their duty.
    fn headings(&mut self) -> Option<Vec<FiledRow>> {
        let text = self.text(Column::FiledHeadings);
        if text.is_empty() {
            return None;
        }
        let mut found = Vec::new();
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let (code, duty) = part.split_once('=').unwrap_or((part, "0"));
            match (cell::code(code.trim()), cell::money(duty)) {
                (Ok(code), Some(duty)) => found.push(FiledRow {
                    row: self.number,
                    ordinal: None,
                    code,
                    origin: None,
                    special_program: String::new(),
                    value: Cents::ZERO,
                    duty,
                    quantities: Vec::new(),
                }),
                _ => {
                    let help = "write 9903.01.24=2000.00; 9903.01.25=1000.00";
                    self.fault(
                        Column::FiledHeadings,
                        format!("`{part}` is no heading with its duty"),
                        help,
                    );
                }
            }
        }
        Some(found)
    }

    fn facts(&mut self) -> PlainFacts {
        let mut read = PlainFacts {
            loaded: self.date(Column::Loaded),
            exported: self.date(Column::Exported),
            withdrawn: self.date(Column::Withdrawn),
            privileged: self.date(Column::Privileged),
            ..PlainFacts::default()
        };
        let mode = self.text(Column::Mode);
        if !mode.is_empty() {
            match facts::mode(mode) {
                Ok(mode) => read.mode = Some(mode),
                Err(e) => self.fault(Column::Mode, e.message, &e.help),
            }
        }
        for claim in self.text(Column::Claims).split(';').map(str::trim).filter(|c| !c.is_empty()) {
            match facts::claim(self.reader.ledger, claim) {
                Ok(claim) => read.claims.push(claim),
                Err(e) => self.fault(Column::Claims, e.message, &e.help),
            }
        }
        for (column, part) in [
            (Column::ContentSteel, "steel"),
            (Column::ContentAluminum, "aluminum"),
            (Column::ContentCopper, "copper"),
            (Column::ContentUs, "us"),
            (Column::ContentProcessing, "processing"),
        ] {
            if self.text(column).is_empty() {
                continue;
            }
            let amount = self.amount(column);
            read.contents.extend(amount.map(|amount| (part.to_owned(), amount)));
        }
        read
    }
}
