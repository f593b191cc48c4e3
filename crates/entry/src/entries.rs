//! Tables of an entry file -> lines for the engine, column by column.

use std::collections::BTreeMap;

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::{DataType, Schema};
use engine::{ABSENT, Lines, OTHER_DATES, PackedDate, QuantityColumn};
use ledger::{Ledger, MODES};
use tariff::{Code, Country, Zone};

use crate::amounts::{self, Form};
use crate::dates::{self, Dates};
use crate::error::{FileError, RowError};
use crate::facts::{self, FactError};
use crate::head::{CONTENTS, Columns};
use crate::parsed::{Parsed, each_text, is_text, legible_text};
use crate::table::Table;

/// Faults of rows, by place in the table.
pub type Faults = BTreeMap<usize, RowError>;

/// Reads tables of one file after another into lines. It keeps what every text meant, so one is made
/// for each thread.
pub struct Entries<'l> {
    ledger: &'l Ledger,
    columns: Columns,
    zones: Vec<&'l Zone>,
    lines: Lines,
    by: Parsed<Result<u8, FactError>>,
    /// Of the many codes each takes a small place; only those of dictionaries are kept.
    code: Parsed<Result<u64, Box<FactError>>>,
    origin: Parsed<Result<Country, FactError>>,
    value: Parsed<Result<i64, FactError>>,
    dates: [Dates; 5],
    quantities: [QuantityTexts; 2],
    mode: Parsed<Result<u8, FactError>>,
    claims: Parsed<Result<u32, FactError>>,
    contents: [Parsed<Result<i64, FactError>>; 5],
}

/// The texts of a quantity and of its unit.
#[derive(Default)]
struct QuantityTexts {
    /// Millionths, and the place of the unit that stands with the number.
    amount: Parsed<Result<(i64, u16), FactError>>,
    unit: Parsed<Result<u16, FactError>>,
}

/// More sets of claims than this, and they are forgotten.
const CLAIM_SETS_MAX: usize = 1024;

/// Stands in the place of an origin that cannot be read; its line is not asked about.
const NOWHERE: &str = "ZZ";

/// Stands in the place of a code that cannot be read.
const NO_CODE: u64 = 0;

const LONG_CODE: &str = "10 digits, dots optional, like 9503.00.00.73";

/// Whether the columns of a file have types that lines can be read from.
///
/// # Errors
/// A missing or double column, or a type that cannot be read exactly, with what would be right.
pub fn columns_of(schema: &Schema) -> Result<Columns, FileError> {
    let columns = Columns::of(schema.fields().iter().map(|f| f.name().as_str()))?;
    for (name, at) in columns.iter() {
        let kind = schema.field(at).data_type();
        let (fits, wanted) = match name {
            "line" => (true, ""),
            "code" => (is_text(kind) || kind.is_integer(), "text or whole numbers"),
            "entered" | "loaded" | "exported" | "withdrawn" | "privileged" => {
                (dates::is_date(kind), "dates, timestamps or text")
            }
            "value" => (amounts::is_money(kind), "DECIMAL(18,2), numbers or text"),
            "quantity" | "quantity_2" => (amounts::is_quantity(kind), "DECIMAL, numbers or text"),
            name if CONTENTS.contains(&name) => {
                (amounts::is_money(kind), "DECIMAL(18,2), numbers or text")
            }
            _ => (is_text(kind), "text"),
        };
        if fits {
            continue;
        }
        if kind.is_floating() {
            let message = format!(
                "the column `{name}` holds {kind} numbers, which keep too few digits for money"
            );
            return Err(FileError::new(message, format!("CAST({name} AS DECIMAL(18,2))")));
        }
        let message = format!("the column `{name}` has the type {kind}");
        return Err(FileError::new(message, format!("it can hold {wanted}")));
    }
    Ok(columns)
}

impl<'l> Entries<'l> {
    pub fn new(ledger: &'l Ledger, columns: Columns) -> Entries<'l> {
        Entries {
            ledger,
            columns,
            zones: ledger.territories.iter().map(|t| &t.zone).collect(),
            lines: Lines::default(),
            by: Parsed::default(),
            code: Parsed::default(),
            origin: Parsed::default(),
            value: Parsed::default(),
            dates: Default::default(),
            quantities: Default::default(),
            mode: Parsed::default(),
            claims: Parsed::default(),
            contents: Default::default(),
        }
    }

    /// The lines of the table last read, one for each row.
    pub fn lines(&self) -> &Lines {
        &self.lines
    }

    /// Reads a table. Rows with a fault stand in the lines as well, so that rows and lines keep in
    /// step; what the engine says of them means nothing.
    ///
    /// # Errors
    /// When a column cannot be read as a whole.
    pub fn read(&mut self, table: &Table) -> Result<Faults, FileError> {
        let mut faults: Faults = table.broken.iter().cloned().collect();
        self.reset(table.count);
        self.sides(table, &mut faults)?;
        self.goods(table, &mut faults)?;
        self.date("entered", table, &mut faults);
        self.values(table, &mut faults)?;
        self.amounts(table, &mut faults)?;
        for fact in OTHER_DATES {
            self.date(fact.name(), table, &mut faults);
        }
        self.modes(table, &mut faults)?;
        self.claims(table, &mut faults)?;
        self.contents(table, &mut faults)?;
        let nowhere = Country::parse(NOWHERE).expect("two letters");
        for row in faults.keys() {
            self.lines.by[*row] = 0;
            self.lines.origin[*row] = nowhere;
        }
        Ok(faults)
    }

    /// The territories of the rows, by place in the ledger; rows that name none are left out.
    ///
    /// # Errors
    /// When the column cannot be read as a whole.
    pub fn territories(&mut self, table: &Table) -> Result<Vec<bool>, FileError> {
        let mut met = vec![false; self.zones.len()];
        self.reset(table.count);
        let mut faults = Faults::new();
        self.sides(table, &mut faults)?;
        for (row, by) in self.lines.by.iter().enumerate() {
            if !faults.contains_key(&row) {
                met[usize::from(*by)] = true;
            }
        }
        Ok(met)
    }

    fn reset(&mut self, count: usize) {
        let lines = &mut self.lines;
        lines.by.clear();
        lines.by.resize(count, 0);
        lines.code.clear();
        lines.origin.clear();
        lines.entered.clear();
        lines.value.clear();
        lines.quantities.clear();
        lines.dates.iter_mut().for_each(Vec::clear);
        lines.mode.clear();
        lines.claims.clear();
        lines.contents.clear();
        if lines.claim_sets.len() > CLAIM_SETS_MAX {
            lines.claim_sets.clear();
            self.claims.clear();
        }
    }

    fn column<'t>(&self, table: &'t Table, name: &str) -> Option<&'t ArrayRef> {
        table.columns[self.columns.at(name)?].as_ref()
    }

    fn text_column(&self, table: &Table, name: &str) -> Result<Option<ArrayRef>, FileError> {
        self.column(table, name).map(legible_text).transpose()
    }

    fn sides(&mut self, table: &Table, faults: &mut Faults) -> Result<(), FileError> {
        let Some(column) = self.text_column(table, "by")? else { return Ok(()) };
        let ledger = self.ledger;
        let parse = |text: &str| side(ledger, text.trim());
        let by = &mut self.lines.by;
        self.by.stated(&column, parse, |row, side| match side {
            Ok(side) => by[row] = *side,
            Err(fault) => note(faults, row, "by", fault),
        });
        Ok(())
    }

    fn goods(&mut self, table: &Table, faults: &mut Faults) -> Result<(), FileError> {
        let column = self.column(table, "code").expect("a required column").clone();
        let codes = &mut self.lines.code;
        codes.resize(table.count, NO_CODE);
        let mut put = |row: usize, code: Result<u64, FactError>| match code {
            Ok(code) => codes[row] = code,
            Err(fault) => note(faults, row, "code", &fault),
        };
        if let Form::Scaled(_) = amounts::form(column.data_type()) {
            let mut stated = vec![false; table.count];
            amounts::each_scaled(&column, |row, number| {
                stated[row] = true;
                put(row, code_of_number(number));
            });
            let unstated = stated.iter().enumerate().filter(|(_, stated)| !**stated);
            unstated.for_each(|(row, _)| put(row, Err(empty())));
        } else {
            let column = legible_text(&column)?;
            match column.data_type() {
                DataType::Dictionary(..) => {
                    let parse = |text: &str| code(text).map_err(Box::new);
                    self.code.rows(&column, parse, |row, code| {
                        put(row, code.as_ref().copied().map_err(|fault| fault.as_ref().clone()));
                    });
                }
                // To read a code is faster than to look it up among all the codes there are.
                _ => each_text(&column, |row, text| put(row, code(text))),
            }
        }
        let ledger = self.ledger;
        let column = self.text_column(table, "origin")?.expect("a required column");
        let nowhere = Country::parse(NOWHERE).expect("two letters");
        let origins = &mut self.lines.origin;
        origins.resize(table.count, nowhere);
        let parse = |text: &str| match text.trim() {
            "" => Err(empty()),
            text => facts::origin(ledger, text),
        };
        self.origin.rows(&column, parse, |row, origin| match origin {
            Ok(origin) => origins[row] = *origin,
            Err(fault) => note(faults, row, "origin", fault),
        });
        Ok(())
    }

    fn date(&mut self, name: &'static str, table: &Table, faults: &mut Faults) {
        let Some(column) = self.column(table, name).cloned() else { return };
        let place = OTHER_DATES.iter().position(|fact| fact.name() == name);
        let reader = &mut self.dates[place.map_or(0, |at| at + 1)];
        let lines = &mut self.lines;
        let dates = match place {
            None => &mut lines.entered,
            Some(at) => &mut lines.dates[at],
        };
        if let Some(days) = dates::plain_days(&column) {
            match days.nulls().filter(|nulls| nulls.null_count() > 0) {
                None => return dates.extend(days.values().iter().map(|day| PackedDate::day(*day))),
                Some(nulls) if place.is_some() => {
                    if nulls.null_count() < days.len() {
                        dates.resize(table.count, PackedDate::ABSENT);
                        let stated = nulls.valid_indices();
                        stated.for_each(|row| dates[row] = PackedDate::day(days.value(row)));
                    }
                    return;
                }
                // A line without a day of entry has a fault.
                Some(_) => {}
            }
        }
        dates.resize(table.count, PackedDate::ABSENT);
        let mut any = false;
        reader.rows(&column, &self.zones, &lines.by, |row, date| match date {
            Ok(date) if date.is_absent() && place.is_none() => {
                dates[row] = PackedDate::day(0);
                note(faults, row, name, &empty());
            }
            Ok(date) => {
                any |= !date.is_absent();
                dates[row] = date;
            }
            Err(fault) => {
                // Every line has a day of entry.
                dates[row] = if place.is_none() { PackedDate::day(0) } else { PackedDate::ABSENT };
                note(faults, row, name, &fault);
            }
        });
        if !any && place.is_some() {
            dates.clear();
        }
    }

    fn values(&mut self, table: &Table, faults: &mut Faults) -> Result<(), FileError> {
        let column = self.column(table, "value").expect("a required column").clone();
        let values = &mut self.lines.value;
        values.resize(table.count, ABSENT);
        let put = |row: usize, cents: Result<i64, FactError>| match cents {
            Ok(cents) => values[row] = cents,
            Err(fault) => {
                values[row] = 0;
                note(faults, row, "value", &fault);
            }
        };
        money(&column, &mut self.value, put, amounts::cents)?;
        for (row, cents) in values.iter_mut().enumerate() {
            if *cents == ABSENT {
                *cents = 0;
                note(faults, row, "value", &empty());
            }
        }
        Ok(())
    }

    fn amounts(&mut self, table: &Table, faults: &mut Faults) -> Result<(), FileError> {
        for (place, (amount, unit)) in
            [("quantity", "unit"), ("quantity_2", "unit_2")].into_iter().enumerate()
        {
            let mut read = QuantityColumn {
                millionths: vec![ABSENT; table.count],
                unit: vec![0; table.count],
            };
            if let Some(column) = self.column(table, amount).cloned() {
                self.quantity(place, amount, &column, &mut read, faults)?;
            }
            if read.millionths.iter().all(|m| *m == ABSENT) {
                continue;
            }
            if let Some(column) = self.text_column(table, unit)? {
                let (ledger, lines) = (self.ledger, &mut self.lines);
                let parse = |text: &str| match text.trim() {
                    "" => Ok(0),
                    text => facts::unit(ledger, text).map(|unit| lines.unit(&unit)),
                };
                self.quantities[place].unit.stated(&column, parse, |row, stated| match stated {
                    // Without a quantity a unit says nothing.
                    _ if read.millionths[row] == ABSENT => {}
                    Ok(0) => {}
                    Ok(stated) => read.unit[row] = *stated,
                    Err(fault) => note(faults, row, unit, fault),
                });
            }
            self.lines.quantities.push(read);
        }
        let [first, second] = self.lines.quantities.as_slice() else { return Ok(()) };
        for row in 0..table.count {
            let unit = first.unit[row];
            if unit != 0
                && unit == second.unit[row]
                && first.millionths[row] != ABSENT
                && second.millionths[row] != ABSENT
            {
                note(
                    faults,
                    row,
                    "quantity_2",
                    &facts::in_one_unit(&self.lines.units[usize::from(unit) - 1]),
                );
            }
        }
        Ok(())
    }

    fn quantity(
        &mut self,
        place: usize,
        name: &'static str,
        column: &ArrayRef,
        read: &mut QuantityColumn,
        faults: &mut Faults,
    ) -> Result<(), FileError> {
        let mut put = |row: usize, amount: Result<(i64, u16), FactError>| match amount {
            Ok((millionths, unit)) => {
                (read.millionths[row], read.unit[row]) = (millionths, unit);
            }
            Err(fault) => note(faults, row, name, &fault),
        };
        match amounts::form(column.data_type()) {
            Form::Scaled(scale) => amounts::each_scaled(column, |row, number| {
                put(row, amounts::millionths_of(number, scale).map(|m| (m, 0)));
            }),
            Form::Floats => amounts::each_float(column, |row, text| {
                put(row, amounts::millionths_of_float(text).map(|m| (m, 0)));
            }),
            Form::Texts => {
                let column = legible_text(column)?;
                let (ledger, lines) = (self.ledger, &mut self.lines);
                let parse = |text: &str| match text.trim() {
                    "" => Ok((ABSENT, 0)),
                    text => match amounts::plain_millionths(text) {
                        Some(millionths) => Ok((millionths, 0)),
                        None => facts::quantity(ledger, text).map(|(amount, unit)| {
                            let unit = unit.map_or(0, |unit| lines.unit(&unit));
                            (amounts::millionths(amount), unit)
                        }),
                    },
                };
                self.quantities[place].amount.stated(&column, parse, |row, amount| {
                    put(row, amount.clone());
                });
            }
        }
        Ok(())
    }

    fn modes(&mut self, table: &Table, faults: &mut Faults) -> Result<(), FileError> {
        let Some(column) = self.text_column(table, "mode")? else { return Ok(()) };
        let modes = &mut self.lines.mode;
        modes.resize(table.count, 0);
        self.mode.stated(
            &column,
            |text| mode(text.trim()),
            |row, mode| match mode {
                Ok(mode) => modes[row] = *mode,
                Err(fault) => note(faults, row, "mode", fault),
            },
        );
        if modes.iter().all(|mode| *mode == 0) {
            modes.clear();
        }
        Ok(())
    }

    fn claims(&mut self, table: &Table, faults: &mut Faults) -> Result<(), FileError> {
        let Some(column) = self.text_column(table, "claims")? else { return Ok(()) };
        let (ledger, lines) = (self.ledger, &mut self.lines);
        let (sets, claims) = (&mut lines.claim_sets, &mut lines.claims);
        claims.resize(table.count, 0);
        let parse = |text: &str| claim_set(ledger, text, sets);
        self.claims.stated(&column, parse, |row, set| match set {
            Ok(set) => claims[row] = *set,
            Err(fault) => note(faults, row, "claims", fault),
        });
        if claims.iter().all(|set| *set == 0) {
            claims.clear();
        }
        Ok(())
    }

    fn contents(&mut self, table: &Table, faults: &mut Faults) -> Result<(), FileError> {
        for (at, name) in CONTENTS.into_iter().enumerate() {
            let Some(column) = self.column(table, name).cloned() else { continue };
            let part = name.trim_start_matches("content_");
            let mut read = vec![ABSENT; table.count];
            let whole =
                |text: &str| facts::content(&format!("{part}={text}")).map(|(_, amount)| amount.0);
            let put = |row: usize, cents: Result<i64, FactError>| match cents {
                Ok(cents) if cents % 100 == 0 || cents == ABSENT => read[row] = cents,
                Ok(cents) => {
                    let text = amounts::decimal_text(i128::from(cents), 2);
                    note(faults, row, name, &whole(&text).expect_err("it is not whole"));
                }
                Err(fault) => note(faults, row, name, &fault),
            };
            money(&column, &mut self.contents[at], put, whole)?;
            if read.iter().any(|cents| *cents != ABSENT) {
                self.lines.contents.push((part.to_owned(), read));
            }
        }
        Ok(())
    }
}

/// Gives `put` the cents of each row that states some, and perhaps [`ABSENT`] of others; `parse` reads a text.
fn money(
    column: &ArrayRef,
    texts: &mut Parsed<Result<i64, FactError>>,
    mut put: impl FnMut(usize, Result<i64, FactError>),
    parse: impl Fn(&str) -> Result<i64, FactError>,
) -> Result<(), FileError> {
    match amounts::form(column.data_type()) {
        Form::Scaled(scale) => {
            amounts::each_scaled(column, |row, number| put(row, amounts::cents_of(number, scale)));
        }
        Form::Floats => {
            amounts::each_float(column, |row, text| put(row, amounts::cents_of_float(text)));
        }
        Form::Texts => {
            let column = legible_text(column)?;
            let parse = |text: &str| match text.trim() {
                "" => Ok(ABSENT),
                text => parse(text),
            };
            match column.data_type() {
                DataType::Dictionary(..) => {
                    texts.stated(&column, parse, |row, cents| put(row, cents.clone()));
                }
                // Amounts seldom repeat: to read one is faster than to look it up.
                _ => each_text(&column, |row, text| put(row, parse(text))),
            }
        }
    }
    Ok(())
}

/// The first fault of a row is the one that is told.
fn note(faults: &mut Faults, row: usize, column: &'static str, fault: &FactError) {
    faults.entry(row).or_insert_with(|| RowError { column: column.into(), fault: fault.clone() });
}

fn empty() -> FactError {
    FactError { message: "is empty".to_owned(), help: "every line states it".to_owned() }
}

fn side(ledger: &Ledger, text: &str) -> Result<u8, FactError> {
    if text.is_empty() {
        return Ok(0);
    }
    let found =
        ledger.territories.iter().position(|t| t.country.as_str().eq_ignore_ascii_case(text));
    found.map(|at| at as u8).ok_or_else(|| {
        let all: Vec<&str> = ledger.territories.iter().map(|t| t.country.as_str()).collect();
        FactError {
            message: format!("`{text}` levies nothing here"),
            help: format!("one of {}", all.join(", ")),
        }
    })
}

fn code(text: &str) -> Result<u64, FactError> {
    Code::parse(text).map(Code::packed).map_err(|e| match text.trim() {
        "" => empty(),
        _ => FactError { message: e.to_string(), help: LONG_CODE.to_owned() },
    })
}

/// A code that was kept as a number has lost the zero it began with, and only that one: chapters
/// begin with 1, so an odd number of digits tells.
fn code_of_number(number: i128) -> Result<u64, FactError> {
    let digits = number.to_string();
    if digits.len() % 2 == 1 { code(&format!("0{digits}")) } else { code(&digits) }
}

fn mode(text: &str) -> Result<u8, FactError> {
    if text.is_empty() {
        return Ok(0);
    }
    let mode = facts::mode(text)?;
    let at = MODES.iter().position(|m| *m == mode).expect("a mode of the ledger");
    Ok(at as u8 + 1)
}

/// The place of a set of claims, counted from 1; 0 for none.
fn claim_set(ledger: &Ledger, text: &str, sets: &mut Vec<Vec<String>>) -> Result<u32, FactError> {
    let claims: Vec<String> = text
        .split(';')
        .filter(|claim| !claim.trim().is_empty())
        .map(|claim| facts::claim(ledger, claim))
        .collect::<Result<_, _>>()?;
    if claims.is_empty() {
        return Ok(0);
    }
    let place = sets.iter().position(|set| *set == claims).unwrap_or_else(|| {
        sets.push(claims);
        sets.len() - 1
    });
    Ok(place as u32 + 1)
}
