//! What lines owe at two coordinates, and how it differs.

use std::collections::BTreeMap;

use arrow::array::{ArrayRef, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use engine::{ABSENT, Assessed, Lines, Pairs, Regime};
use ledger::{Ledger, Status};
use rustc_hash::FxHashMap;
use tariff::{Code, Country};

use crate::entries::Faults;
use crate::error::FileError;
use crate::output::{Batch, MONEY, dictionary, extended, money, statuses};
use crate::sum::Sum;

/// A batch at both ends.
#[derive(Clone, Copy)]
pub struct Both<'a, 'l> {
    pub from: Batch<'a, 'l>,
    pub to: Batch<'a, 'l>,
}

/// Sums of lines that have an amount at both ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    pub lines: u64,
    /// Those that owe something else at the other end.
    pub changed: u64,
    pub from: Sum,
    pub to: Sum,
}

/// What one side's lines come to. Currencies do not add up, so sides are kept apart.
#[derive(Clone, Debug, Default)]
pub struct SideDifferences {
    pub total: Difference,
    /// By place in `Ledger::programs`.
    pub programs: BTreeMap<usize, Difference>,
    pub origins: BTreeMap<Country, Difference>,
    pub chapters: BTreeMap<u8, Difference>,
    /// By the number of the day of entry.
    pub days: FxHashMap<i32, Difference>,
}

/// What the lines of a run come to at both ends.
#[derive(Clone, Debug, Default)]
pub struct Differences {
    pub lines: u64,
    /// Lines by status at either end.
    pub statuses: [BTreeMap<Status, u64>; 2],
    /// Lines that have no amount at this end. They are in none of the sums.
    pub without: [u64; 2],
    /// By place in `Ledger::territories`.
    pub sides: BTreeMap<u8, SideDifferences>,
}

impl Both<'_, '_> {
    /// Says of every row that cannot be read or resolved what is wrong with it.
    pub fn tell(&self, tell: &mut impl FnMut(usize, String)) {
        let unanswered = |status: Status| matches!(status, Status::Unknown | Status::Invalid);
        let mut faults = self.from.faults.iter().peekable();
        for row in 0..self.from.lines.len() {
            if let Some((_, error)) = faults.next_if(|(at, _)| **at == row) {
                tell(row, error.told());
                continue;
            }
            let mut said: Vec<&str> = Vec::new();
            for Batch { assessed, assessor, .. } in [self.from, self.to] {
                if unanswered(assessed.status[row]) {
                    for need in &assessor.remark(assessed.remarks[row]).needs {
                        if !said.contains(&need.as_str()) {
                            said.push(need);
                            tell(row, need.clone());
                        }
                    }
                }
            }
        }
    }
}

impl Difference {
    /// Adds a line, by its amounts in cents.
    pub fn add(&mut self, from: i64, to: i64) {
        self.lines += 1;
        self.changed += u64::from(from != to);
        self.from += from;
        self.to += to;
    }

    pub fn merge(&mut self, other: &Difference) {
        self.lines += other.lines;
        self.changed += other.changed;
        self.from += other.from;
        self.to += other.to;
    }

    /// What the second end owes more.
    pub fn difference(&self) -> Sum {
        Sum(self.to.0 - self.from.0)
    }
}

impl Differences {
    /// Counts a batch, and puts its lines that have amounts at both ends into `pairs`.
    pub fn add(
        &mut self,
        regimes: [&Regime<'_>; 2],
        both: &Both<'_, '_>,
        pairs: Option<&mut Pairs>,
    ) {
        let (lines, faults) = (both.from.lines, both.from.faults);
        let ends = [both.from.assessed, both.to.assessed];
        self.lines += lines.len() as u64;
        for (end, assessed) in ends.iter().enumerate() {
            self.count(end, assessed, faults);
        }
        let [from, to] = ends.map(|assessed| &assessed.duty);
        let has_both =
            |row: &usize| from[*row] != ABSENT && to[*row] != ABSENT && !faults.contains_key(row);
        let rows: Vec<usize> = (0..lines.len()).filter(has_both).collect();
        let ledger = regimes[0].ledger();
        for (place, territory) in ledger.territories.iter().enumerate() {
            let by = place as u8;
            let own = rows.iter().copied().filter(|row| lines.by[*row] == by);
            let own: Vec<usize> = own.collect();
            if !own.is_empty() {
                let side = self.sides.entry(by).or_default();
                side.add(lines, &own, (from, to), &territory.zone);
                side.add_programs(regimes, &own, ends);
            }
        }
        if let Some(pairs) = pairs {
            let rows: Vec<u32> = rows.iter().map(|row| *row as u32).collect();
            pairs.lines.take(lines, &rows);
            pairs.from.extend(rows.iter().map(|row| from[*row as usize]));
            pairs.to.extend(rows.iter().map(|row| to[*row as usize]));
        }
    }

    fn count(&mut self, end: usize, assessed: &Assessed, faults: &Faults) {
        let mut statuses = [0u64; 4];
        let mut without = 0;
        for (row, status) in assessed.status.iter().enumerate() {
            let fault = faults.contains_key(&row);
            let status = if fault { Status::Invalid } else { *status };
            statuses[status as usize] += 1;
            without += u64::from(fault || assessed.duty[row] == ABSENT);
        }
        self.without[end] += without;
        for status in [Status::Exact, Status::NeedsFacts, Status::Unknown, Status::Invalid] {
            if statuses[status as usize] > 0 {
                *self.statuses[end].entry(status).or_default() += statuses[status as usize];
            }
        }
    }

    /// Adds other lines.
    pub fn merge(&mut self, other: Differences) {
        self.lines += other.lines;
        for (end, statuses) in other.statuses.into_iter().enumerate() {
            for (status, lines) in statuses {
                *self.statuses[end].entry(status).or_default() += lines;
            }
            self.without[end] += other.without[end];
        }
        for (by, side) in other.sides {
            self.sides.entry(by).or_default().merge(side);
        }
    }

    /// Whether every line is exact at both ends.
    pub fn all_exact(&self) -> bool {
        self.statuses.iter().all(|by| by.keys().all(|status| *status == Status::Exact))
    }

    /// The programs that owe something else for some line, by place in the ledger.
    pub fn changed_programs(&self) -> Vec<usize> {
        let programs = self.sides.values().flat_map(|side| &side.programs);
        let mut changed: Vec<usize> =
            programs.filter(|(_, sums)| sums.changed > 0).map(|(at, _)| *at).collect();
        changed.sort_unstable();
        changed.dedup();
        changed
    }
}

impl SideDifferences {
    fn add(
        &mut self,
        lines: &Lines,
        rows: &[usize],
        (from, to): (&[i64], &[i64]),
        zone: &tariff::Zone,
    ) {
        let mut chapters = [Difference::default(); 100];
        let mut origins: FxHashMap<Country, Difference> = FxHashMap::default();
        for &row in rows {
            let (from, to) = (from[row], to[row]);
            self.total.add(from, to);
            let chapter = Code::from_packed(lines.code[row]).chapter();
            chapters[usize::from(chapter)].add(from, to);
            origins.entry(lines.origin[row]).or_default().add(from, to);
            let entered = lines.entered[row];
            let day = entered.day_number().or_else(|| Some(entered.stated()?.day(zone).number()));
            self.days.entry(day.unwrap_or_default()).or_default().add(from, to);
        }
        for (chapter, sums) in chapters.iter().enumerate().filter(|(_, sums)| sums.lines > 0) {
            self.chapters.entry(chapter as u8).or_default().merge(sums);
        }
        for (origin, sums) in origins {
            self.origins.entry(origin).or_default().merge(&sums);
        }
    }

    /// A program that a regime does not have is owed nothing under it.
    fn add_programs(&mut self, regimes: [&Regime<'_>; 2], rows: &[usize], ends: [&Assessed; 2]) {
        let [from, to] = [0, 1].map(|end| columns(regimes[end], ends[end]));
        for program in 0..regimes[0].ledger().programs.len() {
            let (from, to) = (from.get(&program), to.get(&program));
            if from.is_none() && to.is_none() {
                continue;
            }
            let amount = |column: Option<&&Vec<i64>>, row: usize| column.map_or(0, |c| c[row]);
            let mut sums = Difference::default();
            for &row in rows {
                let (from, to) = (amount(from, row), amount(to, row));
                if from != ABSENT && to != ABSENT && (from, to) != (0, 0) {
                    sums.add(from, to);
                }
            }
            if sums.lines > 0 {
                self.programs.entry(program).or_default().merge(&sums);
            }
        }
    }

    fn merge(&mut self, other: SideDifferences) {
        fn all<K: Ord>(own: &mut BTreeMap<K, Difference>, other: BTreeMap<K, Difference>) {
            for (key, sums) in other {
                own.entry(key).or_default().merge(&sums);
            }
        }
        self.total.merge(&other.total);
        all(&mut self.programs, other.programs);
        all(&mut self.origins, other.origins);
        all(&mut self.chapters, other.chapters);
        for (day, sums) in other.days {
            self.days.entry(day).or_default().merge(&sums);
        }
    }
}

/// The columns of a batch by the place of their program in the ledger.
fn columns<'a>(regime: &Regime<'_>, assessed: &'a Assessed) -> BTreeMap<usize, &'a Vec<i64>> {
    regime.programs().iter().copied().zip(&assessed.programs).collect()
}

/// The columns that are added to lines at two coordinates.
#[derive(Clone, Debug)]
pub struct DifferenceColumns {
    /// By place in `Ledger::programs`, with the name of the column.
    programs: Vec<(usize, String)>,
}

impl DifferenceColumns {
    /// With a column for each of these programs.
    pub fn of(ledger: &Ledger, programs: &[usize]) -> DifferenceColumns {
        let name = |at: &usize| (*at, format!("difference_{}", ledger.programs[*at].column()));
        DifferenceColumns { programs: programs.iter().map(name).collect() }
    }

    /// The names of the columns of money.
    pub fn amounts(&self) -> Vec<&str> {
        let programs = self.programs.iter().map(|(_, column)| column.as_str());
        ["duty_from", "duty_to", "difference"].into_iter().chain(programs).collect()
    }

    const WORDS: [&'static str; 3] = ["status_from", "status_to", "note"];

    /// The columns of an input with those that are added.
    ///
    /// # Errors
    /// When the input has a column of that name already.
    pub fn schema(&self, input: &Schema) -> Result<Schema, FileError> {
        let money = self.amounts().into_iter().map(|name| Field::new(name, MONEY, true));
        let words = DifferenceColumns::WORDS.map(|name| Field::new(name, DataType::Utf8, true));
        extended(input, money.chain(words).collect())
    }

    /// The columns of a batch that was assessed with everything wanted.
    pub fn columns(&self, regimes: [&Regime<'_>; 2], both: &Both<'_, '_>) -> Vec<ArrayRef> {
        let faults = both.from.faults;
        let (from, to) = (both.from.assessed, both.to.assessed);
        let difference = |from: &[i64], to: &[i64]| -> Vec<i64> {
            let less = |(from, to): (&i64, &i64)| {
                if *from == ABSENT || *to == ABSENT { ABSENT } else { to - from }
            };
            from.iter().zip(to).map(less).collect()
        };
        let mut added: Vec<ArrayRef> = vec![
            money(&from.duty, faults),
            money(&to.duty, faults),
            money(&difference(&from.duty, &to.duty), faults),
        ];
        let nothing = vec![0; from.duty.len()];
        let [of, at] = [columns(regimes[0], from), columns(regimes[1], to)];
        // Of a line without an amount a program's amount would be part of nothing.
        let whole: Vec<bool> = (0..from.duty.len())
            .map(|row| from.duty[row] != ABSENT && to.duty[row] != ABSENT)
            .collect();
        for (program, _) in &self.programs {
            let column = |of: &BTreeMap<usize, &Vec<i64>>| {
                of.get(program).map_or(nothing.clone(), |column| (*column).clone())
            };
            let mut cents = difference(&column(&of), &column(&at));
            cents.iter_mut().zip(&whole).filter(|(_, w)| !**w).for_each(|(c, _)| *c = ABSENT);
            added.push(money(&cents, faults));
        }
        added.push(statuses(&from.status, faults));
        added.push(statuses(&to.status, faults));
        added.push(notes(both));
        added
    }
}

/// What is said of the lines at either end; once where both say the same.
fn notes(both: &Both<'_, '_>) -> ArrayRef {
    let (from, to) = (both.from.assessed, both.to.assessed);
    let mut texts: Vec<String> = Vec::new();
    let mut places: FxHashMap<(u32, u32), i32> = FxHashMap::default();
    let mut keys = Vec::with_capacity(from.remarks.len());
    for pair in from.remarks.iter().copied().zip(to.remarks.iter().copied()) {
        keys.push(*places.entry(pair).or_insert_with(|| {
            let of = &both.from.assessor.remark(pair.0).note;
            let at = &both.to.assessor.remark(pair.1).note;
            texts.push(match (of == at, of.is_empty(), at.is_empty()) {
                (true, ..) => of.clone(),
                (_, false, true) => format!("from: {of}"),
                (_, true, false) => format!("to: {at}"),
                _ => format!("from: {of}; to: {at}"),
            });
            texts.len() as i32 - 1
        }));
    }
    for (row, fault) in both.from.faults {
        keys[*row] = texts.len() as i32;
        texts.push(fault.note());
    }
    dictionary(keys, StringArray::from_iter_values(texts))
}
