//! Lines as columns: what the engine takes in.

use ledger::{DateFact, Goods, Ledger, Line, MODES};
use tariff::{Code, Country, Day, Exact, Moment, Stated, Unit};

/// An amount or date that a line does not state.
pub const ABSENT: i64 = i64::MIN;

/// A stated date in eight bytes: a day or a moment, or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PackedDate(i64);

impl PackedDate {
    pub const ABSENT: PackedDate = PackedDate(ABSENT);

    /// A day by its number ([`Day::number`]).
    pub const fn day(number: i32) -> PackedDate {
        PackedDate((number as i64) << 1)
    }

    pub const fn moment(moment: Moment) -> PackedDate {
        PackedDate((moment.seconds() << 1) | 1)
    }

    pub fn of(stated: Stated) -> PackedDate {
        match stated {
            Stated::Day(day) => PackedDate::day(day.number()),
            Stated::Moment(moment) => PackedDate::moment(moment),
        }
    }

    pub const fn is_absent(self) -> bool {
        self.0 == ABSENT
    }

    /// The number of the day, when it is a day.
    #[inline]
    pub const fn day_number(self) -> Option<i32> {
        if self.0 & 1 == 0 && self.0 != ABSENT { Some((self.0 >> 1) as i32) } else { None }
    }

    pub fn stated(self) -> Option<Stated> {
        if self.is_absent() {
            return None;
        }
        Some(match self.day_number() {
            Some(number) => Stated::Day(Day::from_number(number)),
            None => Stated::Moment(Moment::from_seconds(self.0 >> 1)),
        })
    }
}

/// Dates beside the one of entry, in the order of their columns.
pub const OTHER_DATES: [DateFact; 4] =
    [DateFact::Loaded, DateFact::Exported, DateFact::Withdrawn, DateFact::Privileged];

/// A quantity of each line: millionths of a unit ([`ABSENT`] where none is stated), and the unit by
/// its place in [`Lines::units`], counted from 1; 0 is the schedule's unit.
#[derive(Clone, Debug, Default)]
pub struct QuantityColumn {
    pub millionths: Vec<i64>,
    pub unit: Vec<u16>,
}

/// Lines of entries, column by column. Columns that no line uses are empty; every other column is
/// as long as `code`.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// Who levies, by place in `Ledger::territories`.
    pub by: Vec<u8>,
    /// [`Code::packed`].
    pub code: Vec<u64>,
    pub origin: Vec<Country>,
    pub entered: Vec<PackedDate>,
    /// The value as stated, in cents.
    pub value: Vec<i64>,
    pub quantities: Vec<QuantityColumn>,
    pub units: Vec<Unit>,
    /// In the order of [`OTHER_DATES`].
    pub dates: [Vec<PackedDate>; 4],
    /// Place in `ledger::MODES` counted from 1; 0 is not stated.
    pub mode: Vec<u8>,
    /// Place in `claim_sets` counted from 1; 0 is none.
    pub claims: Vec<u32>,
    pub claim_sets: Vec<Vec<String>>,
    /// The value of a named part in cents, [`ABSENT`] where it is not stated.
    pub contents: Vec<(String, Vec<i64>)>,
}

/// Why a line cannot stand in columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotColumnar(pub String);

impl std::fmt::Display for NotColumnar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotColumnar {}

impl Lines {
    pub fn len(&self) -> usize {
        self.code.len()
    }

    pub fn is_empty(&self) -> bool {
        self.code.is_empty()
    }

    /// Takes every line out and keeps the room.
    pub fn clear(&mut self) {
        self.by.clear();
        self.code.clear();
        self.origin.clear();
        self.entered.clear();
        self.value.clear();
        self.quantities.clear();
        self.dates.iter_mut().for_each(Vec::clear);
        self.mode.clear();
        self.claims.clear();
        self.claim_sets.clear();
        self.contents.clear();
    }

    /// Appends a line.
    ///
    /// # Errors
    /// A territory, mode, quantity or kind of goods that columns do not hold; the lines are as before.
    pub fn push(&mut self, ledger: &Ledger, line: &Line) -> Result<(), NotColumnar> {
        let by = ledger.territories.iter().position(|t| t.id == line.by);
        let by = by.ok_or_else(|| NotColumnar(format!("`{}` levies nothing here", line.by)))?;
        let Goods::Code(code) = line.goods else {
            return Err(NotColumnar("goods without a code".to_owned()));
        };
        let mode = match &line.mode {
            None => 0,
            Some(mode) => {
                let at = MODES.iter().position(|m| m.eq_ignore_ascii_case(mode));
                1 + at.ok_or_else(|| NotColumnar(format!("`{mode}` is no mode of transport")))?
            }
        };
        let mut quantities = Vec::with_capacity(line.quantities.len());
        for (amount, unit) in &line.quantities {
            let millionths = *amount * 1_000_000;
            let whole = millionths.is_integer().then(|| i64::try_from(*millionths.numer()).ok());
            let amount = whole
                .flatten()
                .ok_or_else(|| NotColumnar("a quantity too large or too fine".to_owned()))?;
            quantities.push((amount, unit.as_ref().map_or(0, |unit| self.unit(unit))));
        }
        let at = self.code.len();
        self.by.push(by as u8);
        self.code.push(code.packed());
        self.origin.push(line.origin);
        self.entered.push(PackedDate::of(line.entered));
        self.value.push(line.value.0);
        for (place, (amount, unit)) in quantities.into_iter().enumerate() {
            if self.quantities.len() <= place {
                self.quantities.push(QuantityColumn::default());
            }
            let column = &mut self.quantities[place];
            column.millionths.resize(at, ABSENT);
            column.unit.resize(at, 0);
            column.millionths.push(amount);
            column.unit.push(unit);
        }
        for (column, fact) in self.dates.iter_mut().zip(OTHER_DATES) {
            if let Some(stated) = line.date(fact) {
                column.resize(at, PackedDate::ABSENT);
                column.push(PackedDate::of(stated));
            }
        }
        if mode != 0 {
            self.mode.resize(at, 0);
            self.mode.push(mode as u8);
        }
        if !line.claims.is_empty() {
            let set = self.claim_set(&line.claims);
            self.claims.resize(at, 0);
            self.claims.push(set);
        }
        for (part, cents) in &line.contents {
            let column = self.content_column(part);
            column.resize(at, ABSENT);
            column.push(cents.0);
        }
        self.level();
        Ok(())
    }

    /// Appends some lines of others.
    pub fn take(&mut self, other: &Lines, rows: &[u32]) {
        let before = self.code.len();
        fn chosen<T: Copy>(column: &[T], rows: &[u32]) -> impl Iterator<Item = T> {
            rows.iter().map(|row| column[*row as usize])
        }
        self.by.extend(chosen(&other.by, rows));
        self.code.extend(chosen(&other.code, rows));
        self.origin.extend(chosen(&other.origin, rows));
        self.entered.extend(chosen(&other.entered, rows));
        self.value.extend(chosen(&other.value, rows));
        let units: Vec<u16> = other.units.iter().map(|unit| self.unit(unit)).collect();
        for (place, column) in other.quantities.iter().enumerate() {
            if self.quantities.len() <= place {
                self.quantities.push(QuantityColumn::default());
            }
            let own = &mut self.quantities[place];
            own.millionths.resize(before, ABSENT);
            own.unit.resize(before, 0);
            own.millionths.extend(chosen(&column.millionths, rows));
            let unit = |unit: u16| unit.checked_sub(1).map_or(0, |at| units[usize::from(at)]);
            own.unit.extend(chosen(&column.unit, rows).map(unit));
        }
        for (own, column) in self.dates.iter_mut().zip(&other.dates) {
            if !column.is_empty() {
                own.resize(before, PackedDate::ABSENT);
                own.extend(chosen(column, rows));
            }
        }
        if !other.mode.is_empty() {
            self.mode.resize(before, 0);
            self.mode.extend(chosen(&other.mode, rows));
        }
        if !other.claims.is_empty() {
            let mut sets: Vec<Option<u32>> = vec![None; other.claim_sets.len()];
            self.claims.resize(before, 0);
            for set in chosen(&other.claims, rows) {
                let Some(at) = (set as usize).checked_sub(1) else {
                    self.claims.push(0);
                    continue;
                };
                let own = sets[at].unwrap_or_else(|| self.claim_set(&other.claim_sets[at]));
                sets[at] = Some(own);
                self.claims.push(own);
            }
        }
        for (part, column) in &other.contents {
            let own = self.content_column(part);
            own.resize(before, ABSENT);
            own.extend(chosen(column, rows));
        }
        self.level();
    }

    /// The column of a part of the value; a new one where no line stated it so far.
    fn content_column(&mut self, part: &str) -> &mut Vec<i64> {
        let held = self.contents.iter().position(|(name, _)| name == part);
        let at = held.unwrap_or_else(|| {
            self.contents.push((part.to_owned(), Vec::new()));
            self.contents.len() - 1
        });
        &mut self.contents[at].1
    }

    /// The place of a set of claims, counted from 1.
    fn claim_set(&mut self, claims: &[String]) -> u32 {
        let at = match self.claim_sets.iter().position(|set| set == claims) {
            Some(at) => at,
            None => {
                self.claim_sets.push(claims.to_vec());
                self.claim_sets.len() - 1
            }
        };
        at as u32 + 1
    }

    /// The place of a unit, counted from 1.
    pub fn unit(&mut self, unit: &Unit) -> u16 {
        let at = match self.units.iter().position(|u| u == unit) {
            Some(at) => at,
            None => {
                self.units.push(unit.clone());
                self.units.len() - 1
            }
        };
        at as u16 + 1
    }

    /// Makes every column in use as long as the lines are many.
    fn level(&mut self) {
        let length = self.code.len();
        for column in &mut self.quantities {
            column.millionths.resize(length, ABSENT);
            column.unit.resize(length, 0);
        }
        for column in self.dates.iter_mut().filter(|c| !c.is_empty()) {
            column.resize(length, PackedDate::ABSENT);
        }
        if !self.mode.is_empty() {
            self.mode.resize(length, 0);
        }
        if !self.claims.is_empty() {
            self.claims.resize(length, 0);
        }
        for (_, column) in &mut self.contents {
            column.resize(length, ABSENT);
        }
    }

    /// The quantities that a line states, in order.
    pub(crate) fn quantities_at(
        &self,
        at: usize,
    ) -> impl Iterator<Item = (i64, Option<&Unit>)> + Clone {
        self.quantities.iter().filter_map(move |column| {
            let unit = column.unit[at].checked_sub(1).map(|unit| &self.units[usize::from(unit)]);
            let millionths = column.millionths[at];
            (millionths != ABSENT).then_some((millionths, unit))
        })
    }

    /// The content of a part of a line in cents, [`ABSENT`] where it is not stated.
    pub(crate) fn content(&self, part: &str, at: usize) -> i64 {
        self.contents_of(part).map_or(ABSENT, |column| column[at])
    }

    /// The column of a part.
    pub(crate) fn contents_of(&self, part: &str) -> Option<&[i64]> {
        let column = self.contents.iter().find(|(name, _)| name == part);
        column.map(|(_, column)| column.as_slice())
    }

    /// One line, taken out of its columns.
    pub(crate) fn facts(&self, at: usize) -> LineFacts<'_> {
        let date = |place: usize| self.dates[place].get(at).and_then(|d| d.stated());
        LineFacts {
            code: Code::from_packed(self.code[at]),
            origin: self.origin[at],
            entered: self.entered[at].stated().expect("every line states its entry"),
            value: self.value[at],
            quantities: self
                .quantities
                .iter()
                .filter(|column| column.millionths[at] != ABSENT)
                .map(|column| {
                    let unit = column.unit[at].checked_sub(1).map(|u| &self.units[usize::from(u)]);
                    (Exact::new(i128::from(column.millionths[at]), 1_000_000), unit)
                })
                .collect(),
            dates: [date(0), date(1), date(2), date(3)],
            mode: self.mode.get(at).copied().unwrap_or(0),
            claims: match self.claims.get(at) {
                None | Some(0) => &[],
                Some(set) => &self.claim_sets[*set as usize - 1],
            },
            contents: {
                let stated = self.contents.iter().filter(|(_, column)| column[at] != ABSENT);
                let mut contents: Vec<(&str, i64)> =
                    stated.map(|(part, column)| (part.as_str(), column[at])).collect();
                contents.sort_unstable();
                contents
            },
        }
    }
}

/// What one line states.
#[derive(Clone, Debug)]
pub(crate) struct LineFacts<'a> {
    pub code: Code,
    pub origin: Country,
    pub entered: Stated,
    pub value: i64,
    pub quantities: Vec<(Exact, Option<&'a Unit>)>,
    /// In the order of [`OTHER_DATES`].
    pub dates: [Option<Stated>; 4],
    pub mode: u8,
    pub claims: &'a [String],
    pub contents: Vec<(&'a str, i64)>,
}

impl LineFacts<'_> {
    /// A date beside that of entry.
    pub fn other_date(&self, fact: DateFact) -> Option<Stated> {
        OTHER_DATES.iter().position(|d| *d == fact).and_then(|at| self.dates[at])
    }

    pub fn content(&self, part: &str) -> Option<i64> {
        self.contents.iter().find(|(name, _)| *name == part).map(|(_, cents)| *cents)
    }
}
