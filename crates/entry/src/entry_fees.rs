//! Fees of a file of lines: sums by entry, wherever its lines stand, and columns whose lines add up to
//! what the entry pays.
//!
//! The least and the most of a fee are those of an entry, so a line's part is known only after all lines
//! were seen. The file is read as often as that takes: for the sums of the entries; where a bound bites, for
//! what rounding leaves of it; and to write the lines. What is kept meanwhile is some sixty bytes for each
//! entry, not for each line.
//!
//! Where a bound bites, each line has the part of it that it has of the sum, cut to the cent, and the
//! entry's first line that pays has what is left over.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringBuilder};
use arrow::datatypes::{DataType, Field, Int32Type, Schema};
use engine::{ABSENT, Lines, OTHER_DATES};
use ledger::{DateFact, Exemption, Fee, FeeRate, Known, Ledger, MODES};
use rustc_hash::FxHashMap;
use tariff::{Cents, Country, Day};

use crate::entries::Faults;
use crate::error::FileError;
use crate::fees::{FeeFacts, LineFee, bounded, charged, counted};
use crate::head::settled;
use crate::output::{MONEY, extended, money};
use crate::parsed::plain_text;
use crate::sum::Sum;
use crate::table::Table;

/// The fees of a run.
pub struct Fees<'l> {
    ledger: &'l Ledger,
    known: Known,
    /// The place of the column `entry`.
    column: usize,
}

/// An entry by the digest of its number: no two numbers share one.
type Key = u128;

/// What an entry comes to, of one fee with bounds.
#[derive(Clone, Copy, Debug)]
struct Held {
    /// The fees of its lines, each rounded.
    sum: i64,
    /// What the lines have of a bound, each cut to the cent.
    laid: i64,
    /// The earliest day that a line states.
    day: i32,
    /// The first line that pays: the place of its file, and its row there.
    first: (u32, u64),
    /// Whether a line of it has no amount.
    open: bool,
}

const NO_LINE: (u32, u64) = (u32::MAX, u64::MAX);

/// What the entries come to: for each fee with bounds, by entry.
#[derive(Debug, Default)]
pub struct EntrySums {
    fees: Vec<FxHashMap<Key, Held>>,
}

/// What a fee comes to in a file.
#[derive(Clone, Debug, Default)]
pub struct FeeTotal {
    /// Lines that pay, and what they pay.
    pub lines: u64,
    pub amount: Sum,
    /// Lines of which it is not known.
    pub open: u64,
    /// Entries that pay, of a fee with bounds; and at which bound.
    pub entries: u64,
    pub at_least: u64,
    pub at_most: u64,
}

impl FeeTotal {
    pub fn merge(&mut self, other: &FeeTotal) {
        self.lines += other.lines;
        self.amount += other.amount;
        self.open += other.open;
        self.entries += other.entries;
        self.at_least += other.at_least;
        self.at_most += other.at_most;
    }
}

impl<'l> Fees<'l> {
    /// # Errors
    /// When no column says to which entry a line belongs.
    pub fn new(ledger: &'l Ledger, known: Known, input: &Schema) -> Result<Fees<'l>, FileError> {
        let named = input.fields().iter().enumerate();
        let mut named = named.filter(|(_, field)| settled(field.name()) == "entry");
        match (named.next(), named.next()) {
            (Some((column, _)), None) => Ok(Fees { ledger, known, column }),
            (None, _) => {
                let message = "the column `entry` is missing";
                let help =
                    "fees have a least and a most for each entry: say to which a line belongs";
                Err(FileError::new(message, help))
            }
            _ => Err(FileError::new("the column `entry` stands twice", "keep one of them")),
        }
    }

    /// The place of the column that names the entry.
    pub fn column(&self) -> usize {
        self.column
    }

    /// The columns of money that are added.
    pub fn amounts(&self) -> Vec<&'l str> {
        self.ledger.fees.iter().map(|fee| fee.id.as_str()).collect()
    }

    /// The columns of an output with those of the fees.
    ///
    /// # Errors
    /// When the input has a column of that name already.
    pub fn schema(&self, output: &Schema) -> Result<Schema, FileError> {
        let fees = self.amounts().into_iter().map(|name| Field::new(name, MONEY, true));
        let note = Field::new("fee_note", DataType::Utf8, true);
        extended(output, fees.chain([note]).collect())
    }

    /// What a bound of a day makes of the sum of an entry.
    fn of_entry(&self, fee: &Fee, held: &Held) -> Cents {
        if held.first == NO_LINE {
            return Cents::ZERO;
        }
        let day = Day::from_number(held.day);
        let rate = fee.rate(self.ledger, day, self.known);
        rate.map_or(Cents(held.sum), |rate| bounded(rate, Cents(held.sum)))
    }

    /// Whether the bounds leave something over: then the lines must be seen again.
    pub fn is_bounded(&self, sums: &EntrySums) -> bool {
        let fees = self.ledger.fees.iter().zip(&sums.fees);
        fees.into_iter()
            .any(|(fee, held)| held.values().any(|held| self.of_entry(fee, held).0 != held.sum))
    }

    /// What each fee comes to by entry, without its lines.
    pub fn entries(&self, sums: &EntrySums) -> Vec<FeeTotal> {
        let fees = self.ledger.fees.iter().enumerate();
        fees.map(|(at, fee)| {
            let mut total = FeeTotal::default();
            for held in sums.fees.get(at).into_iter().flat_map(FxHashMap::values) {
                if held.first == NO_LINE {
                    continue;
                }
                let paid = self.of_entry(fee, held).0;
                total.entries += 1;
                total.at_least += u64::from(paid > held.sum);
                total.at_most += u64::from(paid < held.sum);
            }
            total
        })
        .collect()
    }
}

impl EntrySums {
    /// Adds what other lines come to.
    pub fn merge(&mut self, other: EntrySums) {
        if self.fees.len() < other.fees.len() {
            self.fees.resize_with(other.fees.len(), FxHashMap::default);
        }
        for (all, more) in self.fees.iter_mut().zip(other.fees) {
            for (key, more) in more {
                let held = all.entry(key).or_insert(Held { sum: 0, laid: 0, ..more });
                held.sum += more.sum;
                held.laid += more.laid;
                held.day = held.day.min(more.day);
                held.first = held.first.min(more.first);
                held.open |= more.open;
            }
        }
    }

    /// Takes what was laid on lines, and nothing else, from sums that were made for that.
    pub fn take_laid(&mut self, laid: EntrySums) {
        for (all, more) in self.fees.iter_mut().zip(laid.fees) {
            for (key, more) in more {
                if let Some(held) = all.get_mut(&key) {
                    held.laid += more.laid;
                }
            }
        }
    }
}

/// Reads the fees of tables; one for each thread, for it remembers rates and exemptions.
pub struct FeeReader<'a, 'l> {
    fees: &'a Fees<'l>,
    by: Vec<Option<u8>>,
    found: FxHashMap<(u8, Country, i32), Found<'l>>,
}

/// What holds of goods of an origin on a day.
#[derive(Clone, Copy)]
struct Found<'l> {
    rate: Option<&'l FeeRate>,
    /// Without any claim.
    exempt: Option<&'l Exemption>,
}

/// The rows of a table that is read.
pub struct FeeRows<'t> {
    pub table: &'t Table,
    /// The place of the file.
    pub source: u32,
    pub lines: &'t Lines,
    pub faults: &'t Faults,
}

/// A row of it.
struct Row {
    key: Option<Key>,
    at: (u32, u64),
    day: Day,
}

impl<'a, 'l> FeeReader<'a, 'l> {
    pub fn new(fees: &'a Fees<'l>) -> FeeReader<'a, 'l> {
        let places = fees.ledger.fees.iter().map(|fee| {
            let place = fees.ledger.territories.iter().position(|t| t.id == fee.by);
            place.map(|at| at as u8)
        });
        FeeReader { fees, by: places.collect(), found: FxHashMap::default() }
    }

    /// Adds the lines of a table to the sums of their entries.
    ///
    /// # Errors
    /// When the column of the entry cannot be read.
    pub fn sum(&mut self, rows: &FeeRows<'_>, sums: &mut EntrySums) -> Result<(), FileError> {
        self.each(rows, |fees, place, row, paid| {
            let (Some(key), true) = (row.key, fees.ledger.fees[place].is_bounded()) else { return };
            if sums.fees.len() <= place {
                sums.fees.resize_with(place + 1, FxHashMap::default);
            }
            let empty =
                Held { sum: 0, laid: 0, day: row.day.number(), first: NO_LINE, open: false };
            let held = sums.fees[place].entry(key).or_insert(empty);
            match paid {
                Some(LineFee::Paid { amount, basis, .. }) => {
                    held.sum += amount.0;
                    if *basis > Cents::ZERO {
                        held.first = held.first.min(row.at);
                    }
                    held.day = held.day.min(row.day.number());
                }
                Some(LineFee::Exempt(_) | LineFee::OtherMode) => {
                    held.day = held.day.min(row.day.number());
                }
                Some(LineFee::NoRate | LineFee::NeedsMode { .. }) | None => held.open = true,
            }
        })
    }

    /// Sums up what the bounds give the lines of a table, each cut to the cent.
    ///
    /// # Errors
    /// When the column of the entry cannot be read.
    pub fn lay(
        &mut self,
        rows: &FeeRows<'_>,
        sums: &EntrySums,
        laid: &mut EntrySums,
    ) -> Result<(), FileError> {
        laid.fees.resize_with(sums.fees.len(), FxHashMap::default);
        self.each(rows, |fees, place, row, paid| {
            let Some(LineFee::Paid { amount, .. }) = paid else { return };
            let held = row.key.and_then(|key| Some((key, sums.fees.get(place)?.get(&key)?)));
            let Some((key, held)) = held else { return };
            let total = fees.of_entry(&fees.ledger.fees[place], held);
            if total.0 != held.sum {
                let share = share(total, *amount, held.sum);
                let empty = Held { sum: 0, laid: 0, ..*held };
                laid.fees[place].entry(key).or_insert(empty).laid += share;
            }
        })
    }

    /// The columns of a table: each fee, then what there is to say of them. Adds to `totals`.
    ///
    /// # Errors
    /// When the column of the entry cannot be read.
    pub fn columns(
        &mut self,
        rows: &FeeRows<'_>,
        sums: &EntrySums,
        totals: &mut Vec<FeeTotal>,
    ) -> Result<Vec<ArrayRef>, FileError> {
        let fees = self.fees.ledger.fees.len();
        totals.resize_with(fees, FeeTotal::default);
        let mut amounts = vec![vec![ABSENT; rows.table.count]; fees];
        let mut notes: Vec<String> = vec![String::new(); rows.table.count];
        let mut at = 0;
        self.each(rows, |fees, place, row, paid| {
            // The fees of a row come one after the other.
            let line = at / fees.ledger.fees.len();
            at += 1;
            let fee = &fees.ledger.fees[place];
            let (amount, note) = fees.of_line(fee, row, paid, sums.fees.get(place));
            match amount {
                Some(cents) => {
                    amounts[place][line] = cents;
                    totals[place].lines += u64::from(matches!(paid, Some(LineFee::Paid { .. })));
                    totals[place].amount += cents;
                }
                None => totals[place].open += u64::from(paid.is_some() || row.key.is_some()),
            }
            if !note.is_empty() {
                let between = if notes[line].is_empty() { "" } else { "; " };
                notes[line].push_str(&format!("{between}{}: {note}", fee.id));
            }
        })?;
        let mut columns: Vec<ArrayRef> =
            amounts.iter().map(|cents| money(cents, &Faults::new())).collect();
        let mut builder = StringBuilder::new();
        notes.iter().for_each(|note| builder.append_value(note));
        columns.push(Arc::new(builder.finish()));
        Ok(columns)
    }

    /// Gives `take` every row with what it pays of each fee; `None` where that cannot be read, or the fee
    /// is another territory's.
    fn each(
        &mut self,
        rows: &FeeRows<'_>,
        mut take: impl FnMut(&Fees<'l>, usize, &Row, Option<&LineFee<'l>>),
    ) -> Result<(), FileError> {
        let ledger = self.fees.ledger;
        let lines = rows.lines;
        let keys = self.keys(rows)?;
        let withdrawn = OTHER_DATES.iter().position(|fact| *fact == DateFact::Withdrawn);
        for (at, key) in keys.into_iter().enumerate() {
            let by = lines.by[at];
            let territory = &ledger.territories[usize::from(by)];
            let withdrawn = withdrawn.and_then(|place| lines.dates[place].get(at)?.stated());
            let stated = withdrawn.or_else(|| lines.entered[at].stated());
            let day = stated.map_or(Day::from_number(0), |stated| stated.day(&territory.zone));
            let row = Row { key, at: (rows.source, rows.table.numbers.of(at)), day };
            let claims: &[String] = match lines.claims.get(at) {
                None | Some(0) => &[],
                Some(set) => &lines.claim_sets[*set as usize - 1],
            };
            let mode = lines.mode.get(at).copied().unwrap_or(0);
            let content = |name: &str| {
                let column = lines.contents.iter().find(|(part, _)| part == name);
                column.map(|(_, cents)| cents[at]).filter(|c| *c != ABSENT).map(Cents)
            };
            let facts = FeeFacts {
                day,
                origin: lines.origin[at],
                value: counted(ledger, &territory.id, Cents(lines.value[at])),
                mode: mode.checked_sub(1).map(|mode| MODES[usize::from(mode)]),
                claims,
                content: &content,
            };
            for (place, fee) in ledger.fees.iter().enumerate() {
                if rows.faults.contains_key(&at) {
                    take(self.fees, place, &row, None);
                } else if self.by[place] == Some(by) {
                    let paid = self.line_fee(place, fee, &facts);
                    take(self.fees, place, &row, Some(&paid));
                } else {
                    take(self.fees, place, &Row { key: None, ..row }, None);
                }
            }
        }
        Ok(())
    }

    fn line_fee(&mut self, place: usize, fee: &'l Fee, facts: &FeeFacts<'_>) -> LineFee<'l> {
        let (ledger, known) = (self.fees.ledger, self.fees.known);
        let key = (place as u8, facts.origin, facts.day.number());
        let found = *self.found.entry(key).or_insert_with(|| Found {
            rate: fee.rate(ledger, facts.day, known),
            exempt: fee.exemption(ledger, facts.origin, facts.day, &[]),
        });
        let Some(rate) = found.rate else { return LineFee::NoRate };
        let exempt = match facts.claims {
            [] => found.exempt,
            claims => fee.exemption(ledger, facts.origin, facts.day, claims),
        };
        charged(fee, rate, exempt, facts)
    }

    /// The entry of each row; `None` where none is named.
    fn keys(&self, rows: &FeeRows<'_>) -> Result<Vec<Option<Key>>, FileError> {
        let column = rows.table.columns[self.fees.column].as_ref();
        let column = plain_text(column.expect("the column of the entry is read"))?;
        let mut last: Option<(String, u8, Option<Key>)> = None;
        let mut keys = Vec::with_capacity(rows.table.count);
        for at in 0..rows.table.count {
            let text = cell(&column, at).trim();
            let by = rows.lines.by[at];
            let key = match &last {
                Some((same, side, key)) if same == text && *side == by => *key,
                _ => {
                    let key = (!text.is_empty()).then(|| key(by, text));
                    last = Some((text.to_owned(), by, key));
                    key
                }
            };
            keys.push(key);
        }
        Ok(keys)
    }
}

impl Fees<'_> {
    /// What a line has of a fee, and what there is to say of it.
    fn of_line(
        &self,
        fee: &Fee,
        row: &Row,
        paid: Option<&LineFee<'_>>,
        held: Option<&FxHashMap<Key, Held>>,
    ) -> (Option<i64>, String) {
        let (amount, basis, part, need) = match paid {
            // A row that cannot be read says so itself; a fee of another side is none.
            None => return (None, String::new()),
            Some(LineFee::NoRate) => return (None, format!("no rate is held of {}", row.day)),
            Some(LineFee::NeedsMode { .. }) => return (None, "needs mode".to_owned()),
            Some(LineFee::OtherMode) => return (Some(0), String::new()),
            Some(LineFee::Exempt(exempt)) => {
                return (Some(0), format!("exempt, {} ({})", exempt.why, exempt.cite));
            }
            Some(LineFee::Paid { amount, basis, part, need, .. }) => (*amount, *basis, part, need),
        };
        let mut note = match (need, part) {
            (Some(need), _) => format!("on the whole value, needs {need}"),
            (None, Some(part)) => format!("on {} ({})", basis.grouped(), part.cite),
            (None, None) => String::new(),
        };
        if !fee.is_bounded() {
            return (Some(amount.0), note);
        }
        let held = row.key.zip(held).and_then(|(key, held)| held.get(&key));
        let Some(held) = held else { return (None, "the line names no entry".to_owned()) };
        if held.open {
            return (None, "a line of the entry has no amount".to_owned());
        }
        let total = self.of_entry(fee, held);
        if total.0 == held.sum {
            return (Some(amount.0), note);
        }
        let mut cents = share(total, amount, held.sum);
        if held.first == row.at {
            cents += total.0 - held.laid;
        }
        let bound = if total.0 > held.sum { "least" } else { "most" };
        let between = if note.is_empty() { "" } else { ", " };
        note.push_str(&format!("{between}part of the entry's {bound}, {}", total.grouped()));
        (Some(cents), note)
    }
}

/// The part of a total that falls on a line, cut to the cent.
fn share(total: Cents, line: Cents, sum: i64) -> i64 {
    match sum {
        0 => 0,
        _ => (i128::from(total.0) * i128::from(line.0) / i128::from(sum)) as i64,
    }
}

fn cell(column: &ArrayRef, at: usize) -> &str {
    if let Some(array) = column.as_dictionary_opt::<Int32Type>() {
        let texts = array.values().as_string::<i32>();
        let keys = array.keys();
        let place = (!keys.is_null(at)).then(|| keys.value(at) as usize);
        return place.filter(|place| !texts.is_null(*place)).map_or("", |place| texts.value(place));
    }
    let texts = column.as_string::<i32>();
    if texts.is_null(at) { "" } else { texts.value(at) }
}

fn key(by: u8, number: &str) -> Key {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[by]).update(number.as_bytes());
    let digest = hasher.finalize();
    let half: [u8; 16] = digest.as_bytes()[..16].try_into().expect("a digest has 32 bytes");
    u128::from_le_bytes(half)
}
