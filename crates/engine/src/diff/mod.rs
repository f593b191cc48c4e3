//! Which act explains how much of the difference between two coordinates, for many lines at once.
//!
//! The way leads through the states of the law that [`ledger::Path`] and [`Ledger::turns`] name. A turn
//! of knowledge may reach lines of which the knowledge at both ends encloses it, and of which some date
//! does not lie before its reach. Of these it touches the ones whose cell or code it changes; the others
//! owe after it what they owed before. After the last turn that touches a line it owes what it owes at
//! the far end. So a turn is compiled, once and for their days, where it touches lines that a later one
//! touches too.

mod span;
mod spots;
mod touched;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use ledger::{Cause, Coordinates, Known, Ledger, Path, Supposition, Turn};
use tariff::{Day, Moment, Stated};

use crate::assess::Assessor;
use crate::assessed::{Assessed, Wanted};
use crate::compile::TooLarge;
use crate::compile::grid::Within;
use crate::diff::span::Span;
use crate::ground::Ground;
use crate::lines::{ABSENT, Lines};
use crate::regime::Regime;

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
    /// What both ends have in common, and its ground once something is compiled on it.
    common: &'l Ledger,
    ground: OnceLock<Result<Ground<'l>, TooLarge>>,
    turns: Vec<Turn>,
    ends: [End; 2],
}

/// What is known at an end.
struct End {
    asked: Known,
    known: Known,
    /// For each territory; `None` is each line's own entry.
    moments: Option<Vec<Moment>>,
}

/// How many lines are assessed at once.
const BATCH: usize = 8192;

/// So many lines take no longer one by one than cells take to be found for them.
const FEW: usize = 1000;

impl<'l> Way<'l> {
    /// The way over what both ends have in common, which is [`Way::common`].
    pub fn new(record: &'l Ledger, common: &'l Ledger, [from, to]: [&Coordinates; 2]) -> Way<'l> {
        let path = Path::between(from, to);
        let ends = [from, to].map(|end| End::of(&record.laid_over(&end.worlds), end.known));
        let turns = if from.known == to.known { Vec::new() } else { common.turns() };
        Way { record, path, common, ground: OnceLock::new(), turns, ends }
    }

    /// The ledger that two sets of coordinates have in common.
    pub fn common<'r>(record: &'r Ledger, [from, to]: [&Coordinates; 2]) -> Cow<'r, Ledger> {
        match Path::between(from, to).worlds.as_slice() {
            [] => Cow::Borrowed(record),
            worlds => Cow::Owned(record.in_worlds(worlds)),
        }
    }

    /// The steps of all lines together. They sum to the difference of the pairs.
    ///
    /// # Errors
    /// When a state of the law between is beyond a limit of `tariff::limits`.
    pub fn steps(&self, pairs: &Pairs, threads: usize) -> Result<Steps, TooLarge> {
        let rows: Vec<u32> = (0..pairs.lines.len() as u32).collect();
        let mut steps = Steps::new();
        let [before, after] = self.middles(pairs, threads)?;
        let open: Vec<bool> =
            before.iter().zip(&*after).map(|(a, b)| *a == ABSENT || *b == ABSENT).collect();
        let mut sums = Sums::default();
        for row in (0..rows.len()).filter(|row| open[*row]) {
            sums.add(pairs.lines.by[row], pairs.to[row] - pairs.from[row]);
        }
        sums.give(&mut steps, &Cause::Open, None);
        let rows: Vec<u32> = rows.into_iter().filter(|row| !open[*row as usize]).collect();
        let task = Task { way: self, lines: &pairs.lines, rows: &rows, threads };
        let [from, to] = &self.ends;
        task.supposed(&self.path.from, from, (&before, &pairs.from), -1, &mut steps)?;
        task.supposed(&self.path.to, to, (&after, &pairs.to), 1, &mut steps)?;
        task.known(&before, &after, &mut steps)?;
        steps.retain(|_, step| step.lines > 0);
        Ok(steps)
    }

    /// What lines owe where the way of either end leaves what both have in common.
    fn middles<'p>(
        &self,
        pairs: &'p Pairs,
        threads: usize,
    ) -> Result<[Cow<'p, [i64]>; 2], TooLarge> {
        let rows: Vec<u32> = (0..pairs.lines.len() as u32).collect();
        let [from, to] = &self.ends;
        let owed = |end: &End| {
            let duties = duties(self.ground()?, end.known, &pairs.lines, &rows, threads)?;
            Ok(Cow::Owned(duties))
        };
        let held = [Cow::Borrowed(&pairs.from[..]), Cow::Borrowed(&pairs.to[..])];
        let [at_from, at_to] = held;
        let alike = from.known == to.known;
        Ok(match (self.path.from.is_empty(), self.path.to.is_empty()) {
            (true, true) => [at_from, at_to],
            // Where both know the same there is one middle.
            (true, false) if alike => [at_from.clone(), at_from],
            (false, true) if alike => [at_to.clone(), at_to],
            (false, false) if alike => {
                let middle: Cow<'p, [i64]> = owed(from)?;
                [middle.clone(), middle]
            }
            (true, false) => [at_from, owed(to)?],
            (false, true) => [owed(from)?, at_to],
            (false, false) => [owed(from)?, owed(to)?],
        })
    }

    /// The ground of what both ends have in common.
    fn ground(&self) -> Result<&Ground<'l>, TooLarge> {
        let ground = self.ground.get_or_init(|| Ground::of(self.common, &self.path.readings));
        ground.as_ref().map_err(TooLarge::clone)
    }

    /// The regime of an end, if that supposes nothing beyond what both ends have in common.
    ///
    /// # Errors
    /// When it is beyond a limit of `tariff::limits`.
    pub fn regime(&self, to: bool) -> Option<Result<Regime<'l>, TooLarge>> {
        let supposed = if to { &self.path.to } else { &self.path.from };
        let known = self.ends[usize::from(to)].asked;
        supposed.is_empty().then(|| self.ground()?.regime(known, Within::Always))
    }
}

impl End {
    fn of(ledger: &Ledger, known: Known) -> End {
        let at = |stated: &dyn Fn(&tariff::Zone) -> Stated| -> Vec<Moment> {
            ledger.territories.iter().map(|t| stated(&t.zone).last(&t.zone)).collect()
        };
        match known {
            Known::Entry => End { asked: known, known, moments: None },
            Known::At(stated) => End { asked: known, known, moments: Some(at(&|_| stated)) },
            Known::Today => {
                let asked = known;
                let Some(last) = ledger.last_known() else {
                    return End { asked, known, moments: None };
                };
                let moments = at(&|zone| Stated::Day(last.day(zone)));
                // A world may take the last act away; its `today` holds for all states before it.
                let latest = moments.iter().copied().max().unwrap_or(last);
                let known = Known::At(Stated::Moment(latest));
                End { asked, known, moments: Some(moments) }
            }
        }
    }
}

/// Lines on their way.
struct Task<'w, 'l> {
    way: &'w Way<'l>,
    lines: &'w Lines,
    /// Those that have amounts where the ways part.
    rows: &'w [u32],
    threads: usize,
}

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
                duties(&ground, end.known, self.lines, self.rows, self.threads)?
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
        let ground = self.way.ground()?;
        let spans = self.spans();
        let touched = self.touched(ground, &spans);
        let mut last: Vec<usize> = vec![0; spans.len()];
        for (turn, places) in touched.iter().enumerate() {
            places.iter().for_each(|place| last[*place as usize] = turn);
        }
        let between = |turn: usize| {
            let places = touched[turn].iter().filter(|place| last[**place as usize] != turn);
            places.map(|place| self.rows[*place as usize]).collect()
        };
        let between: Vec<Vec<u32>> = (0..turns.len()).map(between).collect();
        let mut found = self.assessed(ground, &between)?;
        let ends = |row: usize, span: &Span| {
            if span.backward { (after[row], before[row]) } else { (before[row], after[row]) }
        };
        let mut current: Vec<i64> = vec![ABSENT; self.lines.len()];
        let mut backward = vec![false; self.lines.len()];
        for (row, span) in self.rows.iter().zip(&spans) {
            current[*row as usize] = ends(*row as usize, span).0;
            backward[*row as usize] = span.backward;
        }
        for (at, (turn, places)) in turns.iter().zip(touched).enumerate() {
            let mut duties = std::mem::take(&mut found[at]).into_iter();
            let mut owed = |place: u32| {
                let (row, span) = (self.rows[place as usize], &spans[place as usize]);
                let duty = match last[place as usize] == at {
                    true => ends(row as usize, span).1,
                    false => duties.next().expect("every line that is touched again is assessed"),
                };
                (row, duty)
            };
            let changed: Vec<(u32, i64)> = places
                .into_iter()
                .map(&mut owed)
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
            for part in turn.parts(self.way.common, side) {
                let found = if part.without.is_empty() {
                    last.clone()
                } else {
                    let ledger = self.way.common.without(&part.without);
                    let ground = Ground::of(&ledger, &self.way.path.readings)?;
                    duties(&ground, turn.known(), self.lines, &rows, self.threads)?
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

    /// What rows owe after each turn, every turn compiled for its own, by as many threads.
    fn assessed(&self, ground: &Ground<'_>, rows: &[Vec<u32>]) -> Result<Vec<Vec<i64>>, TooLarge> {
        let turns = &self.way.turns;
        let next = AtomicUsize::new(0);
        let found: Mutex<Vec<Vec<i64>>> = Mutex::new(vec![Vec::new(); turns.len()]);
        let work = || -> Result<(), TooLarge> {
            while let at = next.fetch_add(1, Ordering::Relaxed)
                && let Some(turn) = turns.get(at)
            {
                if !rows[at].is_empty() {
                    let duties = duties(ground, turn.known(), self.lines, &rows[at], 1)?;
                    found.lock().expect("no thread gives up")[at] = duties;
                }
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..self.threads).map(|_| scope.spawn(work)).collect();
            threads.into_iter().try_for_each(|thread| thread.join().expect("no thread gives up"))
        })?;
        Ok(found.into_inner().expect("no thread gives up"))
    }
}

/// What rows owe under a state of the law.
fn duties(
    ground: &Ground<'_>,
    known: Known,
    lines: &Lines,
    rows: &[u32],
    threads: usize,
) -> Result<Vec<i64>, TooLarge> {
    let regime = ground.regime(known, days_of(lines, rows))?;
    let work = |rows: &[u32]| {
        let mut assessor = Assessor::new(&regime);
        let (mut part, mut assessed) = (Lines::default(), Assessed::default());
        let mut duties = Vec::with_capacity(rows.len());
        for batch in rows.chunks(BATCH) {
            part.clear();
            part.take(lines, batch);
            assessor.assess(&part, Wanted::TOTAL, &mut assessed);
            duties.extend_from_slice(&assessed.duty);
        }
        duties
    };
    if threads < 2 || rows.len() <= BATCH {
        return Ok(work(rows));
    }
    let share = rows.len().div_ceil(threads);
    Ok(std::thread::scope(|scope| {
        let parts: Vec<_> =
            rows.chunks(share).map(|rows| scope.spawn(move || work(rows))).collect();
        let owed = parts.into_iter().map(|part| part.join().expect("no thread gives up"));
        owed.flatten().collect()
    }))
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
