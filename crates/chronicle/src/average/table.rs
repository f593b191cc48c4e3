//! Tables that a user gives beside the law: trade to weigh with, unit values, shares of claims.
//!
//! None of this is law. A row that cannot be read or that names nothing known is counted with its value
//! and does not stop the others.

use std::collections::HashMap;
use std::io::Read;

use csv::StringRecord;
use ledger::Ledger;
use tariff::{Cents, Code, Country, Exact, Unit, parse_exact};
use thiserror::Error;

/// A table that cannot be used as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct TableError {
    pub message: String,
    /// What would be right.
    pub help: String,
}

/// Rows that are left out for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    pub reason: &'static str,
    pub rows: usize,
    /// Their values, as far as they can be read.
    pub cents: i128,
    /// The first of them, in words, with its row.
    pub first: String,
}

/// Imports by code and partner. Rows of the same code and partner add up.
#[derive(Clone, Debug, Default)]
pub struct Trade {
    pub flows: Vec<Flow>,
    /// Partners as the table names them, in order; each is one country or a group of some.
    pub partners: Vec<Partner>,
    pub rows: usize,
    pub left_out: Vec<LeftOut>,
}

/// The imports of goods under a code from a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Of any length.
    pub code: Code,
    /// Place in [`Trade::partners`].
    pub partner: u32,
    pub cents: i128,
}

/// A partner: its short name, and the countries it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    pub name: String,
    pub countries: Vec<Country>,
}

/// What part of trade makes a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimShare {
    pub countries: Vec<Country>,
    /// `None` is all goods.
    pub goods: Option<Code>,
    /// As the engine takes it.
    pub claim: String,
    /// In millionths of the value.
    pub millionths: i64,
}

/// What a unit of goods is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitValue {
    pub code: Code,
    /// In whole units of currency for one unit.
    pub worth: Exact,
    /// `None` is the unit that the schedule reports in first.
    pub unit: Option<Unit>,
}

const CODES: [&str; 8] = ["code", "hts10", "hts8", "hs10", "hs8", "hs6", "hts", "hs"];
const PARTNERS: [&str; 4] = ["origin", "partner", "country", "exporter"];
const VALUES: [&str; 3] = ["value", "value_usd", "imports"];

impl Trade {
    /// Reads CSV with a head: a code, a partner and a value of each row; other columns are not looked at.
    ///
    /// # Errors
    /// Where a column is missing or the text is no CSV.
    pub fn read(ledger: &Ledger, text: impl Read) -> Result<Trade, TableError> {
        let mut trade = Trade::default();
        let mut partners: HashMap<String, Option<u32>> = HashMap::new();
        let mut flows: HashMap<(Code, u32), usize> = HashMap::new();
        let mut table = Table::open(text)?;
        let at = [
            table.column("a code", &CODES)?,
            table.column("a partner", &PARTNERS)?,
            table.column("a value", &VALUES)?,
        ];
        while table.advance()? {
            let (row, [code, partner, value]) = table.row(at);
            trade.rows += 1;
            let cents = match Cents::parse(value) {
                Ok(cents) => i128::from(cents.0),
                Err(e) => {
                    trade.leave_out("value", row, 0, &e.to_string());
                    continue;
                }
            };
            let code = match goods(code) {
                Ok(code) => code,
                Err(message) => {
                    trade.leave_out("code", row, cents, &message);
                    continue;
                }
            };
            let known = partners.entry(partner.to_owned()).or_insert_with(|| {
                let countries = countries(ledger, partner)?;
                let name = match countries.as_slice() {
                    [country] => country.to_string(),
                    _ => partner.trim().to_uppercase(),
                };
                let held = trade.partners.iter().position(|held| held.countries == countries);
                let place = held.unwrap_or_else(|| {
                    trade.partners.push(Partner { name, countries });
                    trade.partners.len() - 1
                });
                Some(place as u32)
            });
            let Some(partner) = *known else {
                let message = format!("`{}` is no country and no group of some", partner.trim());
                trade.leave_out("partner", row, cents, &message);
                continue;
            };
            match flows.get(&(code, partner)) {
                Some(place) => trade.flows[*place].cents += cents,
                None => {
                    flows.insert((code, partner), trade.flows.len());
                    trade.flows.push(Flow { code, partner, cents });
                }
            }
        }
        Ok(trade)
    }

    fn leave_out(&mut self, reason: &'static str, row: u64, cents: i128, message: &str) {
        match self.left_out.iter_mut().find(|left| left.reason == reason) {
            Some(left) => {
                left.rows += 1;
                left.cents += cents;
            }
            None => {
                let first = format!("row {row}: {message}");
                self.left_out.push(LeftOut { reason, rows: 1, cents, first });
            }
        }
    }
}

/// Reads shares of claims: `origin`, `claim`, `share` (`0.38` or `38%`), and `code` if they are of some
/// goods only.
///
/// # Errors
/// The first row that cannot be read: a wrong share would change every figure.
pub fn claim_shares(
    ledger: &Ledger,
    text: impl Read,
    claim_of: impl Fn(&str) -> Result<String, TableError>,
) -> Result<Vec<ClaimShare>, TableError> {
    let mut table = Table::open(text)?;
    let at = [
        table.column("a partner", &PARTNERS)?,
        table.column("a claim", &["claim"])?,
        table.column("a share", &["share"])?,
    ];
    let code = table.column("", &CODES).ok();
    let mut shares: Vec<ClaimShare> = Vec::new();
    while table.advance()? {
        let (row, [partner, claim, share]) = table.row(at);
        let fault = |message: String, help: &str| TableError {
            message: format!("row {row}: {message}"),
            help: help.to_owned(),
        };
        let countries = countries(ledger, partner)
            .ok_or_else(|| fault(format!("`{partner}` is no country"), "write CA or EU27"))?;
        let millionths = match share.trim().strip_suffix('%') {
            Some(percent) => parse_exact(percent).map(|n| n / 100),
            None => parse_exact(share.trim()),
        };
        let millionths = millionths.map(|share| share * 1_000_000);
        let millionths = millionths.filter(|m| m.is_integer() && *m <= Exact::from(1_000_000));
        let millionths = millionths.ok_or_else(|| {
            fault(format!("`{share}` is no share"), "like 0.38 or 38%, at most 1")
        })?;
        let goods = match code.and_then(|at| table.cell(at)).filter(|text| !text.is_empty()) {
            Some(text) => Some(goods(text).map_err(|e| fault(e, "like 8703"))?),
            None => None,
        };
        let claim = claim_of(claim.trim()).map_err(|e| fault(e.message, &e.help))?;
        let made = ClaimShare { countries, goods, claim, millionths: *millionths.numer() as i64 };
        let twice = shares.iter().any(|other| {
            other.goods == made.goods
                && other.countries.iter().any(|country| made.countries.contains(country))
        });
        if twice {
            let message = format!("`{}` has a share already", partner.trim());
            return Err(fault(message, "one claim for each partner and code"));
        }
        shares.push(made);
    }
    Ok(shares)
}

/// Reads unit values: `code`, `unit_value`, and `unit` if it is not the schedule's first.
///
/// # Errors
/// The first row that cannot be read.
pub fn unit_values(
    text: impl Read,
    unit_of: impl Fn(&str) -> Result<Unit, TableError>,
) -> Result<Vec<UnitValue>, TableError> {
    let mut table = Table::open(text)?;
    let at = [table.column("a code", &CODES)?, table.column("a unit value", &["unit_value"])?];
    let unit = table.column("", &["unit"]).ok();
    let mut values: Vec<UnitValue> = Vec::new();
    while table.advance()? {
        let (row, [code, worth]) = table.row(at);
        let fault = |message: String, help: &str| TableError {
            message: format!("row {row}: {message}"),
            help: help.to_owned(),
        };
        let code = goods(code).map_err(|e| fault(e, "like 2709.00.10.00"))?;
        let worth = parse_exact(worth.trim())
            .filter(|worth| *worth > Exact::from_integer(0))
            .ok_or_else(|| fault(format!("`{worth}` is no unit value"), "above 0, like 72.50"))?;
        let unit = match unit.and_then(|at| table.cell(at)).filter(|text| !text.is_empty()) {
            Some(text) => Some(unit_of(text).map_err(|e| fault(e.message, &e.help))?),
            None => None,
        };
        if values.iter().any(|value| value.code == code) {
            return Err(fault(format!("{code} has a unit value already"), "each code once"));
        }
        values.push(UnitValue { code, worth, unit });
    }
    Ok(values)
}

/// The countries that a name stands for: a country by its letters, its number or its name; an area of the
/// ledger by its id (`eu`), also followed by the number of its members (`EU27`), or by its name.
pub fn countries(ledger: &Ledger, text: &str) -> Option<Vec<Country>> {
    let text = text.trim();
    if let Some(country) = ledger.countries.find(text) {
        return Some(vec![country]);
    }
    let lower = text.to_lowercase();
    let area = ledger.areas.iter().find(|area| {
        let members = area.members.iter().filter(|(_, of)| of.until.is_none()).count();
        lower == area.id
            || lower == format!("{}{members}", area.id)
            || area.name.to_lowercase() == lower
    })?;
    let members = area.members.iter().filter(|(_, of)| of.until.is_none());
    let mut countries: Vec<Country> = members.map(|(country, _)| *country).collect();
    countries.sort_unstable();
    countries.dedup();
    (!countries.is_empty()).then_some(countries)
}

/// A code of any length; of one that was kept as a number the lost zero is put back.
fn goods(text: &str) -> Result<Code, String> {
    let text = text.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let code = if digits % 2 == 1 { Code::parse(&format!("0{text}")) } else { Code::parse(text) };
    code.map_err(|e| e.to_string())
}

/// Rows of CSV under a head.
struct Table<R> {
    reader: csv::Reader<R>,
    head: Vec<String>,
    record: StringRecord,
}

impl<R: Read> Table<R> {
    fn open(text: R) -> Result<Table<R>, TableError> {
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).comment(Some(b'#')).from_reader(text);
        let head = reader.headers().map_err(unreadable)?;
        let head = head.iter().map(|name| name.trim_matches('\u{feff}').trim().to_lowercase());
        let head = head.collect();
        Ok(Table { reader, head, record: StringRecord::new() })
    }

    /// The place of the first column with one of these names.
    fn column(&self, what: &str, names: &[&str]) -> Result<usize, TableError> {
        let mut found = names.iter().filter_map(|name| self.head.iter().position(|h| h == name));
        found.next().ok_or_else(|| TableError {
            message: format!("no column holds {what}; the head is {}", self.head.join(",")),
            help: format!("name it {}", names.join(" or ")),
        })
    }

    /// Reads the next row; whether there is one.
    fn advance(&mut self) -> Result<bool, TableError> {
        self.reader.read_record(&mut self.record).map_err(unreadable)
    }

    /// The row that was last read by its number in the file, and these cells of it; a cell that is missing
    /// is empty.
    fn row<const N: usize>(&self, at: [usize; N]) -> (u64, [&str; N]) {
        let row = self.record.position().map_or(0, csv::Position::line);
        (row, at.map(|at| self.record.get(at).unwrap_or("")))
    }

    /// A cell of the row that was last read.
    fn cell(&self, at: usize) -> Option<&str> {
        self.record.get(at).map(str::trim)
    }
}

fn unreadable(error: csv::Error) -> TableError {
    TableError { message: format!("cannot be read: {error}"), help: "UTF-8, comma, a head".into() }
}
