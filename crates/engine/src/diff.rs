//! Which act explains how much of the difference between two coordinates, for many lines at once.
//!
//! The way leads through the states of the law that [`ledger::Path`] and [`Ledger::turns`] name. Each
//! state is compiled once, on the ground of its ledger and for the days of the lines that its turn may
//! reach: those of which the knowledge at both ends encloses the turn, and of which some date does not
//! lie before its reach.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use ledger::{Cause, Coordinates, DateFact, Known, Ledger, Path, Supposition, Turn};
use rustc_hash::FxHashMap;
use tariff::{Day, Moment, Stated};

use crate::assess::Assessor;
use crate::assessed::{Assessed, Wanted};
use crate::compile::TooLarge;
use crate::compile::grid::Within;
use crate::ground::Ground;
use crate::lines::{ABSENT, Lines, OTHER_DATES, PackedDate};

/// Lines that have an amount at both ends, with these amounts in cents.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    pub lines: Lines,
    pub from: Vec<i64>,
    pub to: Vec<i64>,
}

impl Pairs {
    /// Adds other lines after these.
    pub fn append(&mut self, other: &Pairs) {
        let rows: Vec<u32> = (0..other.lines.len() as u32).collect();
        self.lines.take(&other.lines, &rows);
        self.from.extend_from_slice(&other.from);
        self.to.extend_from_slice(&other.to);
    }
}

/// What a cause comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepSum {
    /// Lines that it changes.
    pub lines: u64,
    /// The moment of knowledge at which it counts first; `None` for what is supposed.
    pub moment: Option<Moment>,
    pub cents: i128,
}

/// By territory (its place in the ledger) and cause.
pub type Steps = BTreeMap<(u8, Cause), StepSum>;

/// The way between two sets of coordinates.
pub struct Way<'l> {
    record: &'l Ledger,
    path: Path,
    /// What both ends have in common.
    common: Cow<'l, Ledger>,
    turns: Vec<Turn>,
    ends: [End; 2],
}

/// What is known at an end.
struct End {
    known: Known,
    /// For each territory; `None` is each line's own entry.
    moments: Option<Vec<Moment>>,
}

/// How many lines are assessed at once.
const BATCH: usize = 8192;

/// So many lines take no longer one by one than cells take to be found for them.
const FEW: usize = 1000;

impl<'l> Way<'l> {
    pub fn new(record: &'l Ledger, from: &Coordinates, to: &Coordinates) -> Way<'l> {
        let path = Path::between(from, to);
        let common = record.laid_over(&path.worlds);
        let ends = [from, to].map(|end| End::of(&record.laid_over(&end.worlds), end.known));
        let turns = if from.known == to.known { Vec::new() } else { common.turns() };
        Way { record, path, common, turns, ends }
    }

    /// The steps of all lines together. They sum to the difference of the pairs.
    ///
    /// # Errors
    /// When a state of the law between is beyond a limit of `tariff::limits`.
    pub fn steps(&self, pairs: &Pairs, threads: usize) -> Result<Steps, TooLarge> {
        let rows: Vec<u32> = (0..pairs.lines.len() as u32).collect();
        let mut steps = Steps::new();
        let ground = Ground::of(&self.common, &self.path.readings)?;
        let middle = |end: &End, supposed: &[Supposition], held: &[i64]| match supposed {
            [] => Ok(held.to_vec()),
            _ => duties(&ground, end.known, &pairs.lines, &rows),
        };
        let [from, to] = &self.ends;
        let before = middle(from, &self.path.from, &pairs.from)?;
        let after = middle(to, &self.path.to, &pairs.to)?;
        let open: Vec<bool> =
            before.iter().zip(&after).map(|(a, b)| *a == ABSENT || *b == ABSENT).collect();
        let mut sums = Sums::default();
        for row in (0..rows.len()).filter(|row| open[*row]) {
            sums.add(pairs.lines.by[row], pairs.to[row] - pairs.from[row]);
        }
        sums.give(&mut steps, &Cause::Open, None);
        let rows: Vec<u32> = rows.into_iter().filter(|row| !open[*row as usize]).collect();
        let task = Task { way: self, ground: &ground, lines: &pairs.lines, rows: &rows, threads };
        task.supposed(&self.path.from, from, (&before, &pairs.from), -1, &mut steps)?;
        task.supposed(&self.path.to, to, (&after, &pairs.to), 1, &mut steps)?;
        task.known(&before, &after, &mut steps)?;
        steps.retain(|_, step| step.lines > 0);
        Ok(steps)
    }
}

impl End {
    fn of(ledger: &Ledger, known: Known) -> End {
        let at = |stated: &dyn Fn(&tariff::Zone) -> Stated| -> Vec<Moment> {
            ledger.territories.iter().map(|t| stated(&t.zone).last(&t.zone)).collect()
        };
        match known {
            Known::Entry => End { known, moments: None },
            Known::At(stated) => End { known, moments: Some(at(&|_| stated)) },
            Known::Today => {
                let Some(last) = ledger.last_known() else { return End { known, moments: None } };
                let moments = at(&|zone| Stated::Day(last.day(zone)));
                // A world may take the last act away; its `today` holds for all states before it.
                let latest = moments.iter().copied().max().unwrap_or(last);
                End { known: Known::At(Stated::Moment(latest)), moments: Some(moments) }
            }
        }
    }
}

/// Lines on their way.
struct Task<'w, 'l> {
    way: &'w Way<'l>,
    /// Of what both ends have in common.
    ground: &'w Ground<'w>,
    lines: &'w Lines,
    /// Those that have amounts where the ways part.
    rows: &'w [u32],
    threads: usize,
}

/// What a line's dates come to: between which moments of knowledge it is looked at, whether it goes
/// back in knowledge, and its latest date.
struct Span {
    start: Moment,
    end: Moment,
    backward: bool,
    latest: Moment,
}

/// The rows that a turn may reach, and what they owe after it.
type Reached = (Vec<u32>, Vec<i64>);

impl Task<'_, '_> {
    fn supposed(
        &self,
        suppositions: &[Supposition],
        end: &End,
        (start, last): (&[i64], &[i64]),
        sign: i64,
        steps: &mut Steps,
    ) -> Result<(), TooLarge> {
        let mut current = start.to_vec();
        for (at, supposition) in suppositions.iter().enumerate() {
            let found: Vec<i64> = if at + 1 == suppositions.len() {
                self.rows.iter().map(|row| last[*row as usize]).collect()
            } else {
                let ledger = self.way.record.laid_over(&supposition.worlds);
                let ground = Ground::of(&ledger, &supposition.readings)?;
                duties(&ground, end.known, self.lines, self.rows)?
            };
            let mut sums = Sums::default();
            for (row, duty) in self.rows.iter().zip(found) {
                let row = *row as usize;
                if duty != ABSENT {
                    sums.add(self.lines.by[row], sign * (duty - current[row]));
                    current[row] = duty;
                }
            }
            sums.give(steps, &supposition.cause, None);
        }
        Ok(())
    }

    /// Along knowledge. Lines are walked forward in time; of those that go back the signs are turned.
    fn known(&self, before: &[i64], after: &[i64], steps: &mut Steps) -> Result<(), TooLarge> {
        let turns = &self.way.turns;
        if turns.is_empty() {
            return Ok(());
        }
        let spans = self.spans();
        let reached = self.reached(&spans)?;
        let ends = |row: usize, span: &Span| {
            if span.backward { (after[row], before[row]) } else { (before[row], after[row]) }
        };
        let mut current: Vec<i64> = vec![ABSENT; self.lines.len()];
        for (row, span) in self.rows.iter().zip(&spans) {
            current[*row as usize] = ends(*row as usize, span).0;
        }
        let mut backward = vec![false; self.lines.len()];
        for (row, span) in self.rows.iter().zip(&spans) {
            backward[*row as usize] = span.backward;
        }
        for (turn, (rows, duties)) in turns.iter().zip(reached) {
            let changed: Vec<(u32, i64)> = rows
                .into_iter()
                .zip(duties)
                .filter(|(row, duty)| *duty != ABSENT && *duty != current[*row as usize])
                .collect();
            if !changed.is_empty() {
                self.turned(turn, &changed, &mut current, &backward, steps)?;
            }
        }
        let mut sums = Sums::default();
        for (row, span) in self.rows.iter().zip(&spans) {
            let row = *row as usize;
            let rest = ends(row, span).1 - current[row];
            sums.add(self.lines.by[row], if span.backward { -rest } else { rest });
        }
        sums.give(steps, &Cause::Open, None);
        Ok(())
    }

    /// What a turn does to lines that owe something else after it, part by part.
    fn turned(
        &self,
        turn: &Turn,
        changed: &[(u32, i64)],
        current: &mut [i64],
        backward: &[bool],
        steps: &mut Steps,
    ) -> Result<(), TooLarge> {
        for side in 0..self.way.common.territories.len() {
            let of_side =
                changed.iter().filter(|(row, _)| usize::from(self.lines.by[*row as usize]) == side);
            let (rows, last): (Vec<u32>, Vec<i64>) = of_side.copied().unzip();
            if rows.is_empty() {
                continue;
            }
            for part in turn.parts(&self.way.common, side) {
                let found = if part.without.is_empty() {
                    last.clone()
                } else {
                    let ledger = self.way.common.without(&part.without);
                    let ground = Ground::of(&ledger, &self.way.path.readings)?;
                    duties(&ground, turn.known(), self.lines, &rows)?
                };
                let mut sums = Sums::default();
                for (row, duty) in rows.iter().zip(found) {
                    let row = *row as usize;
                    if duty != ABSENT {
                        let difference = duty - current[row];
                        sums.add(side as u8, if backward[row] { -difference } else { difference });
                        current[row] = duty;
                    }
                }
                sums.give(steps, &part.cause, Some(turn.moment));
            }
        }
        Ok(())
    }

    /// Every turn compiled and assessed for the rows that it may reach, by as many threads.
    fn reached(&self, spans: &[Span]) -> Result<Vec<Reached>, TooLarge> {
        let turns = &self.way.turns;
        let next = AtomicUsize::new(0);
        let found: Mutex<Vec<Reached>> = Mutex::new(vec![Reached::default(); turns.len()]);
        let work = || -> Result<(), TooLarge> {
            while let at = next.fetch_add(1, Ordering::Relaxed)
                && let Some(turn) = turns.get(at)
            {
                let rows = self.within(turn, spans);
                if rows.is_empty() {
                    continue;
                }
                let duties = duties(self.ground, turn.known(), self.lines, &rows)?;
                found.lock().expect("no thread gives up")[at] = (rows, duties);
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..self.threads).map(|_| scope.spawn(work)).collect();
            threads.into_iter().try_for_each(|thread| thread.join().expect("no thread gives up"))
        })?;
        Ok(found.into_inner().expect("no thread gives up"))
    }

    /// The rows that a turn may reach.
    fn within(&self, turn: &Turn, spans: &[Span]) -> Vec<u32> {
        let reaches = |row: u32, span: &Span| {
            span.start < turn.moment
                && turn.moment <= span.end
                && turn.reach[usize::from(self.lines.by[row as usize])]
                    .is_some_and(|reach| reach <= span.latest)
        };
        let rows = self.rows.iter().zip(spans);
        rows.filter(|(row, span)| reaches(**row, span)).map(|(row, _)| *row).collect()
    }

    /// For each of the rows, in their order.
    fn spans(&self) -> Vec<Span> {
        let mut last: FxHashMap<(u8, PackedDate), (Moment, Moment)> = FxHashMap::default();
        let withdrawn = OTHER_DATES.iter().position(|date| *date == DateFact::Withdrawn);
        let mut span = |row: &u32| {
            let row = *row as usize;
            let by = self.lines.by[row];
            let zone = &self.way.record.territories[usize::from(by)].zone;
            // Days repeat, and the clocks of a zone are slow to ask.
            let mut moments = |date: PackedDate| {
                let stated = date.stated()?;
                let moments = || (stated.first(zone), stated.last(zone));
                Some(*last.entry((by, date)).or_insert_with(moments))
            };
            let other = |place: usize| {
                self.lines.dates[place].get(row).copied().unwrap_or(PackedDate::ABSENT)
            };
            let entered = moments(self.lines.entered[row]).expect("every line states its entry");
            let mut latest = entered.1;
            let mut entry = entered.1;
            for place in 0..OTHER_DATES.len() {
                let Some(date) = moments(other(place)) else { continue };
                latest = latest.max(date.1);
                // The entry for consumption of goods from a warehouse is their withdrawal.
                if Some(place) == withdrawn && date.0 > entered.0 {
                    entry = date.1;
                }
            }
            let [from, to] = [0, 1].map(|end| match &self.way.ends[end].moments {
                None => entry,
                Some(moments) => moments[usize::from(by)],
            });
            let backward = to < from;
            Span { start: from.min(to), end: from.max(to), backward, latest }
        };
        self.rows.iter().map(&mut span).collect()
    }
}

/// What rows owe under a state of the law.
fn duties(
    ground: &Ground<'_>,
    known: Known,
    lines: &Lines,
    rows: &[u32],
) -> Result<Vec<i64>, TooLarge> {
    let regime = ground.regime(known, days_of(lines, rows))?;
    let mut assessor = Assessor::new(&regime);
    let (mut part, mut assessed) = (Lines::default(), Assessed::default());
    let mut duties = Vec::with_capacity(rows.len());
    for batch in rows.chunks(BATCH) {
        part.clear();
        part.take(lines, batch);
        assessor.assess(&part, Wanted::TOTAL, &mut assessed);
        duties.extend_from_slice(&assessed.duty);
    }
    Ok(duties)
}

/// The days for which cells pay: none for a few lines.
fn days_of(lines: &Lines, rows: &[u32]) -> Within {
    let days = rows.iter().filter_map(|row| lines.entered[*row as usize].day_number());
    match (days.clone().min(), days.max()) {
        (Some(first), Some(last)) if rows.len() > FEW => {
            Within::Days(Day::from_number(first), Day::from_number(last).next())
        }
        _ => Within::Days(Day::from_number(0), Day::from_number(0)),
    }
}

/// Differences by territory, before their cause is said.
#[derive(Default)]
struct Sums(BTreeMap<u8, StepSum>);

impl Sums {
    fn add(&mut self, by: u8, difference: i64) {
        if difference != 0 {
            let sum = self.0.entry(by).or_default();
            sum.lines += 1;
            sum.cents += i128::from(difference);
        }
    }

    fn give(self, steps: &mut Steps, cause: &Cause, moment: Option<Moment>) {
        for (by, sum) in self.0 {
            let more = StepSum { moment, ..sum };
            steps.entry((by, cause.clone())).or_default().merge(&more);
        }
    }
}

impl StepSum {
    /// Adds what the same cause does to other lines.
    pub fn merge(&mut self, other: &StepSum) {
        self.lines += other.lines;
        self.moment = match (self.moment, other.moment) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.cents += other.cents;
    }
}
