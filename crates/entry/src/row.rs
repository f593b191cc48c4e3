//! A row of an entry file -> a line.

use csv::StringRecord;
use ledger::{DateFact, Ledger};
use oracle::{Goods, Line};
use tariff::{Cents, Code, Stated};
use thiserror::Error;

use crate::facts::{self, FactError};

/// What is wrong with a row: the column, and the fault in words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{column}: {fault}")]
pub struct RowError {
    pub column: &'static str,
    pub fault: FactError,
}

/// What is wrong with the head of a file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct HeaderError {
    pub message: String,
    pub help: String,
}

const REQUIRED: [&str; 4] = ["code", "origin", "entered", "value"];
const OPTIONAL: [&str; 16] = [
    "line",
    "by",
    "quantity",
    "unit",
    "quantity_2",
    "unit_2",
    "loaded",
    "exported",
    "withdrawn",
    "privileged",
    "mode",
    "claims",
    "content_steel",
    "content_aluminum",
    "content_copper",
    "content_us",
];
const CONTENTS: [&str; 5] =
    ["content_steel", "content_aluminum", "content_copper", "content_us", "content_processing"];

/// Where the columns of a line stand in a file. Other columns are kept and not read.
#[derive(Clone, Debug)]
pub struct Columns {
    positions: Vec<(&'static str, usize)>,
    count: usize,
}

impl Columns {
    /// Finds the columns in the head of a file. Case and blanks around do not matter.
    ///
    /// # Errors
    /// When a required column is missing or one stands twice.
    pub fn of(header: &StringRecord) -> Result<Columns, HeaderError> {
        let names: Vec<String> = header
            .iter()
            .map(|n| {
                n.trim()
                    .trim_start_matches('\u{feff}')
                    .to_lowercase()
                    .replace("aluminium", "aluminum")
            })
            .collect();
        let known = || REQUIRED.into_iter().chain(OPTIONAL).chain(["content_processing"]);
        let mut positions = Vec::new();
        for name in known() {
            let found: Vec<usize> = (0..names.len()).filter(|at| names[*at] == name).collect();
            match found.as_slice() {
                [] if REQUIRED.contains(&name) => {
                    return Err(HeaderError {
                        message: format!("the column `{name}` is missing"),
                        help: format!(
                            "a file of entry lines needs {}; it may have {}",
                            REQUIRED.join(", "),
                            OPTIONAL.join(", ")
                        ),
                    });
                }
                [] => {}
                [at] => positions.push((name, *at)),
                _ => {
                    return Err(HeaderError {
                        message: format!("the column `{name}` stands {} times", found.len()),
                        help: "keep one of them".to_owned(),
                    });
                }
            }
        }
        Ok(Columns { positions, count: names.len() })
    }

    fn cell<'r>(&self, record: &'r StringRecord, name: &str) -> &'r str {
        self.positions
            .iter()
            .find(|(column, _)| *column == name)
            .and_then(|(_, at)| record.get(*at))
            .map_or("", str::trim)
    }

    /// The territory that a row names; the first of the ledger where it names none.
    pub fn by(&self, record: &StringRecord, ledger: &Ledger) -> Option<String> {
        match self.cell(record, "by") {
            "" => ledger.territories.first().map(|t| t.id.clone()),
            country => ledger.levying(country).map(|t| t.id.clone()),
        }
    }

    /// Reads a row.
    ///
    /// # Errors
    /// The first column that cannot be read, with what would be right.
    pub fn line(&self, record: &StringRecord, ledger: &Ledger) -> Result<Line, RowError> {
        let error = |column: &'static str, message: String, help: &str| RowError {
            column,
            fault: FactError { message, help: help.to_owned() },
        };
        if record.len() != self.count {
            let message = format!("the row has {} cells, the head {}", record.len(), self.count);
            return Err(error("row", message, "look for a stray comma or quote"));
        }
        let by = self.by(record, ledger).ok_or_else(|| {
            let all: Vec<&str> = ledger.territories.iter().map(|t| t.country.as_str()).collect();
            let help = format!("one of {}", all.join(", "));
            error("by", format!("`{}` levies nothing here", self.cell(record, "by")), &help)
        })?;
        let zone = &ledger.territory(&by).expect("just found").zone;
        let required = |name: &'static str| match self.cell(record, name) {
            "" => Err(error(name, "is empty".to_owned(), "every line states it")),
            text => Ok(text),
        };
        let date = |column: &'static str, text: &str| {
            Stated::parse(text, zone).map_err(|e| {
                error(column, e.to_string(), "write 2025-05-14 or 2025-05-14T00:01-04:00")
            })
        };
        let code = required("code")?;
        let code = Code::parse(code).map_err(|e| {
            error("code", e.to_string(), "10 digits, dots optional, like 9503.00.00.73")
        })?;
        let origin = facts::origin(ledger, required("origin")?)
            .map_err(|fault| RowError { column: "origin", fault })?;
        let entered = date("entered", required("entered")?)?;
        let value = Cents::parse(required("value")?)
            .map_err(|e| error("value", e.to_string(), "an amount like 10000 or 10000.50"))?;
        let mut line = Line::new(&by, Goods::Code(code), origin, entered, value);
        for (amount, unit) in [("quantity", "unit"), ("quantity_2", "unit_2")] {
            let text = self.cell(record, amount);
            if text.is_empty() {
                continue;
            }
            let (number, own) = facts::quantity(ledger, text)
                .map_err(|fault| RowError { column: amount, fault })?;
            let stated = match self.cell(record, unit) {
                "" => own,
                name => Some(
                    facts::unit(ledger, name).map_err(|fault| RowError { column: unit, fault })?,
                ),
            };
            line.quantities.push((number, stated));
        }
        if let Some(fault) = facts::twice(&line.quantities) {
            return Err(RowError { column: "quantity_2", fault });
        }
        for fact in DateFact::ALL.into_iter().filter(|fact| *fact != DateFact::Entered) {
            let text = self.cell(record, fact.name());
            if text.is_empty() {
                continue;
            }
            let stated = Some(date(fact.name(), text)?);
            match fact {
                DateFact::Loaded => line.loaded = stated,
                DateFact::Exported => line.exported = stated,
                DateFact::Withdrawn => line.withdrawn = stated,
                DateFact::Privileged => line.privileged = stated,
                DateFact::Entered => {}
            }
        }
        let mode = self.cell(record, "mode");
        if !mode.is_empty() {
            line.mode =
                Some(facts::mode(mode).map_err(|fault| RowError { column: "mode", fault })?);
        }
        for claim in self.cell(record, "claims").split(';').filter(|c| !c.trim().is_empty()) {
            let claim = facts::claim(ledger, claim)
                .map_err(|fault| RowError { column: "claims", fault })?;
            line.claims.push(claim);
        }
        for column in CONTENTS {
            let text = self.cell(record, column);
            if !text.is_empty() {
                let part = column.trim_start_matches("content_");
                let (part, amount) = facts::content(&format!("{part}={text}"))
                    .map_err(|fault| RowError { column, fault })?;
                line.contents.insert(part, amount);
            }
        }
        Ok(line)
    }
}
