//! Lines summed up by keys, without a line being written.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::DataType;
use engine::{ABSENT, PackedDate, Regime};
use ledger::Status;
use rustc_hash::FxHashMap;
use tariff::{Code, Country, Day};

use crate::amounts::decimal_text;
use crate::error::FileError;
use crate::grouping::{Grouping, Key};
use crate::output::Batch;
use crate::parsed::{Parsed, is_text, legible_text, tellable};
use crate::sum::Sum;
use crate::table::Table;

/// Groups in a fixed order: of each key its rank (programs stand in ledger order) and its text.
pub type Groups = BTreeMap<Vec<(u32, String)>, Group>;

/// What the lines of a group come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Group {
    pub lines: u64,
    /// Of the lines that have an answer; under a program of those that owe it.
    pub value: Sum,
    /// Of the lines that have a duty.
    pub duty: Sum,
    pub without_duty: u64,
}

impl Group {
    /// Adds the lines of another group.
    pub fn merge(&mut self, other: &Group) {
        self.lines += other.lines;
        self.value += other.value;
        self.duty += other.duty;
        self.without_duty += other.without_duty;
    }

    /// Duty over value in millionths, half up; `None` at value 0 or where some duty is missing.
    pub fn rate_ppm(&self) -> Option<i128> {
        let (duty, value) = (self.duty.0, self.value.0);
        (value > 0 && self.without_duty == 0)
            .then(|| duty.checked_mul(2_000_000).map(|twice| (twice + value) / (2 * value)))
            .flatten()
    }

    /// Duty over value with six places.
    pub fn rate(&self) -> Option<String> {
        self.rate_ppm().map(|ppm| decimal_text(ppm, 6))
    }
}

/// Sums lines up; one is made for each thread.
pub struct Summing<'a, 'l> {
    regime: &'a Regime<'l>,
    keys: Vec<Level>,
    by_program: Option<usize>,
    sums: Vec<Group>,
    /// By place of the program column.
    programs: Vec<Owed>,
    months: FxHashMap<i32, u64>,
    /// For each row of the batch its group so far.
    places: Vec<u32>,
}

/// What is owed under one program, by group. Most groups owe under few programs.
#[derive(Default)]
struct Owed {
    /// For each group its place in `groups`, counted from 1; 0 is none.
    places: Vec<u32>,
    groups: Vec<(u32, Group)>,
}

/// One key: groups of the keys before it, told apart by its numbers.
struct Level {
    key: Key,
    places: FxHashMap<(u32, u64), u32>,
    groups: Vec<(u32, u64)>,
    texts: Texts,
}

/// Texts of a column as numbers.
#[derive(Default)]
struct Texts {
    read: Parsed<u64>,
    numbers: FxHashMap<Arc<str>, u64>,
    texts: Vec<Arc<str>>,
}

/// The number of a key that a row does not have.
const NOTHING: u64 = u64::MAX;

impl<'a, 'l> Summing<'a, 'l> {
    pub fn new(regime: &'a Regime<'l>, grouping: &Grouping) -> Summing<'a, 'l> {
        let keys = grouping.keys().filter(|key| **key != Key::Program);
        Summing {
            regime,
            keys: keys.map(Level::new).collect(),
            by_program: grouping.keys().position(|key| *key == Key::Program),
            sums: Vec::new(),
            programs: regime.programs().iter().map(|_| Owed::default()).collect(),
            months: FxHashMap::default(),
            places: Vec::new(),
        }
    }

    /// Adds the lines of a table.
    ///
    /// # Errors
    /// When a column cannot be read as text.
    pub fn add(&mut self, table: &Table, batch: &Batch<'_, '_>) -> Result<(), FileError> {
        self.places.clear();
        self.places.resize(table.count, 0);
        for level in &mut self.keys {
            let numbers = numbers(level, self.regime, table, batch, &mut self.months)?;
            let mut last = (u32::MAX, 0, 0);
            for (place, number) in self.places.iter_mut().zip(numbers) {
                if (last.0, last.1) != (*place, number) {
                    last = (*place, number, level.place(*place, number));
                }
                *place = last.2;
            }
        }
        let held = self.keys.last().map_or(1, |level| level.groups.len());
        self.sums.resize(held, Group::default());
        match self.by_program {
            None => self.add_lines(batch),
            Some(_) => self.add_programs(batch),
        }
        Ok(())
    }

    fn add_lines(&mut self, batch: &Batch<'_, '_>) {
        let assessed = batch.assessed;
        let mut faults = batch.faults.keys().peekable();
        for (row, place) in self.places.iter().enumerate() {
            let group = &mut self.sums[*place as usize];
            group.lines += 1;
            let fault = faults.next_if(|at| **at == row).is_some();
            let answered = matches!(assessed.status[row], Status::Exact | Status::NeedsFacts);
            if answered && !fault {
                group.value += assessed.value[row];
            }
            if assessed.duty[row] == ABSENT || fault {
                group.without_duty += 1;
            } else {
                group.duty += assessed.duty[row];
            }
        }
    }

    fn add_programs(&mut self, batch: &Batch<'_, '_>) {
        let assessed = batch.assessed;
        for (owed, column) in self.programs.iter_mut().zip(&assessed.programs) {
            for (row, cents) in column.iter().enumerate() {
                if *cents == 0 || *cents == ABSENT || batch.faults.contains_key(&row) {
                    continue;
                }
                let group = owed.of(self.places[row]);
                group.lines += 1;
                group.value += assessed.value[row];
                group.duty += *cents;
                group.without_duty += u64::from(assessed.duty[row] == ABSENT);
            }
        }
    }

    /// The groups, with their keys in words.
    pub fn end(self) -> Groups {
        let mut groups = Groups::new();
        match self.by_program {
            None => {
                for (place, group) in self.sums.iter().enumerate().filter(|(_, g)| g.lines > 0) {
                    groups.entry(self.words(place as u32)).or_default().merge(group);
                }
            }
            Some(at) => {
                let ledger = self.regime.ledger();
                for (program, owed) in self.programs.iter().enumerate() {
                    let id = &ledger.programs[self.regime.programs()[program]].id;
                    for (place, group) in &owed.groups {
                        let mut key = self.words(*place);
                        key.insert(at, (program as u32, id.clone()));
                        groups.entry(key).or_default().merge(group);
                    }
                }
            }
        }
        groups
    }

    fn words(&self, mut place: u32) -> Vec<(u32, String)> {
        let mut words = Vec::with_capacity(self.keys.len() + 1);
        for level in self.keys.iter().rev() {
            let (before, number) = level.groups[place as usize];
            words.push((0, level.word(number, self.regime)));
            place = before;
        }
        words.reverse();
        words
    }
}

impl Owed {
    fn of(&mut self, group: u32) -> &mut Group {
        let at = group as usize;
        if self.places.len() <= at {
            self.places.resize(at + 1, 0);
        }
        if self.places[at] == 0 {
            self.groups.push((group, Group::default()));
            self.places[at] = self.groups.len() as u32;
        }
        &mut self.groups[self.places[at] as usize - 1].1
    }
}

impl Level {
    fn new(key: &Key) -> Level {
        Level {
            key: key.clone(),
            places: FxHashMap::default(),
            groups: Vec::new(),
            texts: Texts::default(),
        }
    }

    fn place(&mut self, before: u32, number: u64) -> u32 {
        *self.places.entry((before, number)).or_insert_with(|| {
            self.groups.push((before, number));
            self.groups.len() as u32 - 1
        })
    }

    fn word(&self, number: u64, regime: &Regime<'_>) -> String {
        if number == NOTHING {
            return String::new();
        }
        match self.key {
            Key::Program => unreachable!("programs have no level"),
            Key::By => regime.ledger().territories[number as usize].country.to_string(),
            Key::Origin => String::from_utf8_lossy(&(number as u16).to_be_bytes()).into_owned(),
            Key::Code(_) => Code::from_packed(number).to_string(),
            Key::Entered(10) => Day::from_number(number as i64 as i32).to_string(),
            Key::Entered(4) => format!("{:04}", number / 12),
            Key::Entered(_) => format!("{:04}-{:02}", number / 12, number % 12 + 1),
            Key::Status => STATUSES[number as usize].name().to_owned(),
            Key::Column(_) => self.texts.texts[number as usize].as_ref().to_owned(),
        }
    }
}

const STATUSES: [Status; 4] = [Status::Exact, Status::NeedsFacts, Status::Unknown, Status::Invalid];

/// The numbers of a key, row by row. A row that cannot be read has no key but its status and its cells.
fn numbers(
    level: &mut Level,
    regime: &Regime<'_>,
    table: &Table,
    batch: &Batch<'_, '_>,
    months: &mut FxHashMap<i32, u64>,
) -> Result<Vec<u64>, FileError> {
    let lines = batch.lines;
    let mut numbers: Vec<u64> = match level.key {
        Key::Program => unreachable!("programs have no level"),
        Key::By => lines.by.iter().map(|by| u64::from(*by)).collect(),
        Key::Origin => {
            let number = |c: &Country| {
                let letters = c.as_str().as_bytes();
                u64::from(u16::from_be_bytes([letters[0], letters[1]]))
            };
            lines.origin.iter().map(number).collect()
        }
        Key::Code(10) => lines.code.clone(),
        Key::Code(digits) => {
            let prefix = |code: &u64| Code::from_packed(*code).prefix(digits).packed();
            lines.code.iter().map(prefix).collect()
        }
        Key::Entered(letters) => {
            let territories = &regime.ledger().territories;
            let day = |date: PackedDate, by: u8| {
                date.day_number().or_else(|| {
                    let zone = &territories[usize::from(by)].zone;
                    date.stated().map(|stated| stated.day(zone).number())
                })
            };
            let days = lines.entered.iter().zip(&lines.by).map(|(date, by)| day(*date, *by));
            days.map(|day| match day {
                None => NOTHING,
                Some(day) if letters == 10 => i64::from(day) as u64,
                Some(day) => {
                    let month = *months.entry(day).or_insert_with(|| month(day));
                    if letters == 4 { month / 12 * 12 } else { month }
                }
            })
            .collect()
        }
        Key::Status => batch.assessed.status.iter().map(|status| *status as u64).collect(),
        Key::Column(at) => {
            let column = table.columns[at].as_ref().expect("a column that was asked for");
            return level.texts.numbers(column);
        }
    };
    let nothing = if level.key == Key::Status { Status::Invalid as u64 } else { NOTHING };
    batch.faults.keys().for_each(|row| numbers[*row] = nothing);
    Ok(numbers)
}

/// Months since the year 0.
fn month(day: i32) -> u64 {
    let text = Day::from_number(day).to_string();
    let mut parts = text.split('-').map(|part| part.parse::<u64>().unwrap_or(0));
    let (year, month) = (parts.next().unwrap_or(0), parts.next().unwrap_or(1));
    year * 12 + month.saturating_sub(1)
}

impl Texts {
    fn numbers(&mut self, column: &ArrayRef) -> Result<Vec<u64>, FileError> {
        let column = if is_text(column.data_type()) {
            legible_text(column)?
        } else {
            arrow::compute::cast(&tellable(column), &DataType::Utf8).map_err(|e| {
                let message = format!("lines cannot be grouped by a column of this type: {e}");
                FileError::new(message, "group by a column of text, numbers or dates")
            })?
        };
        let mut out = vec![0; column.len()];
        let (numbers, texts) = (&mut self.numbers, &mut self.texts);
        let number = |text: &str| match numbers.get(text) {
            Some(number) => *number,
            None => {
                let text: Arc<str> = text.into();
                texts.push(text.clone());
                numbers.insert(text, texts.len() as u64 - 1);
                texts.len() as u64 - 1
            }
        };
        self.read.rows(&column, number, |row, number| out[row] = *number);
        Ok(out)
    }
}
