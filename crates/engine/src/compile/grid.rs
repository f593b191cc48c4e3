//! Rows of cells: for each class of goods and of origins, which cell holds over which slot of time.
//!
//! A slot is a stretch of knowledge with a stretch of time. Under `known = entry` the slots run along
//! the diagonal; at a fixed knowledge there is one for each stretch of time. Most classes see few
//! changes, so a row holds only the slots at which its cell changes, and equal rows are kept once.

use ledger::Known;
use rustc_hash::FxHashMap;
use tariff::{Day, Moment, Stated, limits};

use super::TooLarge;
use super::acts;
use super::cell::{Cell, Met};
use super::classes::Classes;
use super::groups::{Ever, Groups, Sums};
use super::identity::Identity;
use super::side::Side;
use super::state::{At, Drafts, State};
use super::version::Version;

/// The slot of a day, or that the day needs a closer look.
pub(crate) const SPLIT: u16 = u16::MAX;

/// Along which line of knowledge and time a regime runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Along {
    Diagonal,
    /// This moment of knowledge.
    At(Moment),
}

/// Of which days a regime has cells ready. Lines of other days are answered too, but slowly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within {
    Always,
    /// From a day on and before a day; none where these are the same.
    Days(Day, Day),
}

/// Where days and moments stand.
pub(crate) struct Slots {
    /// Stretch of knowledge and of time, sorted by time.
    pub slots: Vec<(usize, usize)>,
    first_day: i32,
    /// For each day from the first on; the last stands for all later ones.
    days: Vec<u16>,
    before: u16,
    /// Where moments change their slot, with the slot that begins there.
    moments: Vec<(Moment, u16)>,
}

impl Slots {
    pub fn of(side: &Side<'_>, along: Along, within: Within) -> Result<Slots, TooLarge> {
        let zone = &side.territory.zone;
        let time = |moment: Moment| side.cuts.partition_point(|cut| *cut <= moment);
        let knowledge = |moment: Moment| match along {
            Along::Diagonal => side.acts.stretch(moment),
            Along::At(k) => side.acts.stretch(k),
        };
        let mut events: Vec<Moment> = side.cuts.clone();
        if along == Along::Diagonal {
            events.extend(&side.acts.cuts);
            events.sort_unstable();
            events.dedup();
        }
        if let Within::Days(from, until) = within {
            let (first, end) = (from.start(zone), until.start(zone));
            events.retain(|event| first < *event && *event < end);
            events.extend((first < end).then_some(first));
            events.sort_unstable();
        }
        let earliest = events.first().map_or(Moment::from_seconds(0), |e| e.plus_seconds(-1));
        let of_moment = |moment: Moment| (knowledge(moment), time(moment));
        let of_day = |day: Day| {
            let last = Stated::Day(day).last(zone);
            let first = side.of_day(day);
            let whole = side.splits(knowledge(last), first, last).is_empty();
            ((knowledge(last), time(first)), whole)
        };
        let mut days: Vec<Day> = Vec::new();
        for event in &events {
            let day = event.day(zone);
            days.extend([day, day.next()]);
        }
        if let Within::Days(from, until) = within {
            days.retain(|day| (from..until).contains(day));
        }
        days.sort_unstable();
        days.dedup();
        let by_day: Vec<(i32, (usize, usize), bool)> = days
            .iter()
            .map(|day| {
                let (slot, whole) = of_day(*day);
                (day.number(), slot, whole)
            })
            .collect();
        let mut slots: Vec<(usize, usize)> = by_day.iter().map(|(_, slot, _)| *slot).collect();
        slots.extend(events.iter().map(|event| of_moment(*event)));
        slots.extend((within == Within::Always).then(|| of_moment(earliest)));
        // On a day that is split, each of its moments under the knowledge of its end.
        for (day, (stretch, _), whole) in &by_day {
            if !whole {
                let day = Day::from_number(*day);
                let (first, last) = (side.of_day(day), Stated::Day(day).last(zone));
                let later = side.splits(*stretch, first, last);
                slots.extend(later.into_iter().map(|moment| (*stretch, time(moment))));
            }
        }
        slots.sort_by_key(|(stretch, time)| (*time, *stretch));
        slots.dedup();
        if slots.len() > limits::SLOTS_MAX {
            return Err(TooLarge::new(
                "slots of knowledge and time",
                slots.len(),
                limits::SLOTS_MAX,
            ));
        }
        let place = |slot: (usize, usize)| {
            let at = slots.binary_search_by_key(&(slot.1, slot.0), |(s, t)| (*t, *s));
            at.expect("every slot was collected") as u16
        };
        let first_day = by_day.first().map_or(0, |(day, ..)| *day);
        let last_day = by_day.last().map_or(0, |(day, ..)| *day);
        let (before, end_day) = match within {
            Within::Always => (place(of_moment(earliest)), last_day + 1),
            Within::Days(_, until) => (SPLIT, until.number().max(first_day)),
        };
        let span = (end_day - first_day) as usize;
        if span > limits::DAYS_MAX {
            return Err(TooLarge::new(
                "days between the first and the last change",
                span,
                limits::DAYS_MAX,
            ));
        }
        // The last entry stands for all later days.
        let more = usize::from(span == 0 || within != Within::Always);
        let mut table = vec![before; span + more];
        for (at, (day, slot, whole)) in by_day.iter().enumerate() {
            let next = by_day.get(at + 1).map_or(end_day, |(day, ..)| *day);
            let offset = (day - first_day) as usize;
            let slot = place(*slot);
            table[offset..(next - first_day) as usize].fill(slot);
            if !whole {
                table[offset] = SPLIT;
            }
        }
        let mut moments: Vec<(Moment, u16)> =
            events.iter().map(|event| (*event, place(of_moment(*event)))).collect();
        if let Within::Days(_, until) = within {
            moments.push((until.start(zone), SPLIT));
        }
        Ok(Slots { slots: slots.clone(), first_day, days: table, before, moments })
    }

    /// The first day that has a slot of its own, and the day whose slot stands for all later ones.
    pub fn span(&self) -> (i32, i32) {
        (self.first_day, self.first_day + self.days.len() as i32 - 1)
    }

    /// The slot of a day by its number; [`SPLIT`] when the law changes within it.
    #[inline]
    pub fn of_day(&self, day: i32) -> u16 {
        let offset = day.wrapping_sub(self.first_day);
        if offset < 0 {
            return self.before;
        }
        self.days[(offset as usize).min(self.days.len() - 1)]
    }

    /// The slot of a moment that is also the moment of knowledge, or of any moment at a fixed one;
    /// [`SPLIT`] where there is none.
    pub fn of_moment(&self, moment: Moment) -> u16 {
        match self.moments.partition_point(|(event, _)| *event <= moment).checked_sub(1) {
            Some(at) => self.moments[at].1,
            None => self.before,
        }
    }

    /// The slot of these stretches, where the grid has one.
    pub fn find(&self, stretch: usize, time: usize) -> Option<u16> {
        let at = self.slots.binary_search_by_key(&(time, stretch), |(s, t)| (*t, *s)).ok()?;
        Some(at as u16)
    }

    pub fn bytes(&self) -> usize {
        self.slots.len() * 16 + self.days.len() * 2 + self.moments.len() * 16
    }
}

/// The cells of every class over every slot.
pub(crate) struct Grid<'l> {
    pub slots: Slots,
    /// Where each cell was first met, and the law of each slot.
    met: Vec<Met>,
    states: Vec<State<'l>>,
    /// The row of each class of goods (times the number of classes of origins, plus the origin's).
    row_of: Vec<u32>,
    /// For each 64 slots and each row, at which of them its cell changes. Lines of some years look at the rows
    /// of few slots, which stand together.
    changes: Vec<Changes>,
    /// The cells of all rows, in the order of `changes`.
    run_cell: Vec<u32>,
    origins: usize,
    rows: usize,
    runs: usize,
}

/// Where the cell of a row changes among 64 slots.
#[derive(Clone, Copy, Debug)]
struct Changes {
    slots: u64,
    /// Changes before these slots, of all rows.
    before: u32,
}

impl<'l> Grid<'l> {
    pub fn of(
        side: &Side<'l>,
        classes: &Classes<'l>,
        drafts: &mut Drafts<'l, '_>,
        (along, within): (Along, Within),
    ) -> Result<Grid<'l>, TooLarge> {
        let slots = Slots::of(side, along, within)?;
        let looks = slots.slots.len() * classes.scopes.len() * classes.origins.len();
        Ok(Grid::made(side, classes, drafts, slots, threads(looks)))
    }

    fn made(
        side: &Side<'l>,
        classes: &Classes<'l>,
        drafts: &mut Drafts<'l, '_>,
        slots: Slots,
        threads: usize,
    ) -> Grid<'l> {
        let sizes = (classes.scopes.len(), classes.origins.len());
        let mut states: Vec<State<'l>> = Vec::with_capacity(slots.slots.len());
        let mut groups = Vec::with_capacity(slots.slots.len());
        let mut sums = Sums::new(sizes);
        let mut ever = (Ever::new(sizes.0), Ever::new(sizes.1));
        for (stretch, time) in &slots.slots {
            let moment = acts::within(&side.cuts, *time);
            let at = At { stretch: *stretch, moment, entered: moment, dates: [None; 4] };
            let state = drafts.state(&at);
            sums.turn(states.last().map_or(&[], |last| &last.live), &state.live);
            let here = sums.groups();
            ever.0.add(states.len(), &here.of_scope);
            ever.1.add(states.len(), &here.of_origin);
            states.push(state);
            groups.push(here);
        }
        // Classes that no slot tells apart share their rows.
        let ever = (ever.0.grouped(), ever.1.grouped());
        let width = ever.1.first.len();
        let bands = shared_out(&ever.0.first, threads, |scopes| {
            Band::of(side, (&states, &groups), (scopes, &ever.1.first))
        });
        let (met, distinct, row_of_groups) = joined(bands);
        let words = slots.slots.len().div_ceil(64);
        let mut changes = Vec::with_capacity(words * distinct.len());
        let mut run_cell: Vec<u32> = Vec::new();
        for word in 0..words {
            let until = (word as u16).saturating_add(1).saturating_mul(64);
            for row in &distinct {
                let from = row.partition_point(|(slot, _)| usize::from(*slot) < word * 64);
                let end = row.partition_point(|(slot, _)| *slot < until);
                // What holds at the first of these slots stands before them.
                let held = from.checked_sub(1).map(|last| row[last].1);
                let before = run_cell.len() as u32 + u32::from(held.is_some());
                run_cell
                    .extend(held.into_iter().chain(row[from..end].iter().map(|(_, cell)| *cell)));
                let bit = |(slot, _): &(u16, u32)| 1u64 << (slot % 64);
                changes.push(Changes { slots: row[from..end].iter().map(bit).sum(), before });
            }
        }
        let mut row_of = Vec::with_capacity(sizes.0 * sizes.1);
        for scope in &ever.0.of {
            row_of.extend(ever.1.of.iter().map(|origin| row_of_groups[scope * width + origin]));
        }
        let (rows, origins) = (distinct.len(), sizes.1);
        let runs = distinct.iter().map(Vec::len).sum();
        Grid { slots, met, states, row_of, changes, run_cell, origins, rows, runs }
    }

    /// How many cells there are.
    pub fn cells(&self) -> usize {
        self.met.len()
    }

    /// Works out what a cell holds.
    pub fn make(&self, side: &Side<'l>, classes: &Classes<'l>, place: u32) -> Cell<'l> {
        let met = self.met[place as usize];
        let of = (usize::from(met.scope), usize::from(met.origin));
        Cell::of(side, classes, &self.states[usize::from(met.slot)], of)
    }

    /// The versions of measures that are live in some slot, each at least once.
    pub fn versions(&self) -> impl Iterator<Item = &Version<'l>> {
        self.states.iter().flat_map(|state| &state.live).map(|live| &*live.version)
    }

    /// The row of two classes.
    #[inline]
    pub fn row(&self, scope: u32, origin: u32) -> u32 {
        self.row_of[scope as usize * self.origins + origin as usize]
    }

    /// The place of a row's cell in a slot.
    pub fn cell_of_row(&self, row: u32, slot: u16) -> u32 {
        self.cell_of_run(self.run_of_row(row, slot))
    }

    /// Which run of cells a row has in a slot.
    #[inline]
    pub fn run_of_row(&self, row: u32, slot: u16) -> u32 {
        let changes = self.changes[usize::from(slot) / 64 * self.rows + row as usize];
        // Every row begins with its first slot, and in later words with what held before them.
        let until = changes.slots & (u64::MAX >> (63 - slot % 64));
        changes.before + until.count_ones() - 1
    }

    /// The cell of a run.
    #[inline]
    pub fn cell_of_run(&self, run: u32) -> u32 {
        self.run_cell[run as usize]
    }

    /// The place of the cell of two classes in a slot.
    pub fn cell(&self, scope: u32, origin: u32, slot: u16) -> u32 {
        self.cell_of_row(self.row(scope, origin), slot)
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn runs(&self) -> usize {
        self.runs
    }

    pub fn bytes(&self) -> usize {
        self.row_of.len() * 4
            + std::mem::size_of_val(self.changes.as_slice())
            + self.run_cell.len() * 4
            + self.slots.bytes()
    }
}

/// A slot, and the cell from there on.
type Change = (u16, u32);

/// A row: where its cell changes.
type Row = Vec<Change>;

/// The rows of some classes of goods.
struct Band {
    /// By the band's own places of cells.
    distinct: Vec<Row>,
    /// The row of each class of goods and each of origins.
    row_of: Vec<u32>,
    /// Where each cell was first met, and what tells it from others.
    met: Vec<Met>,
    contents: Vec<u128>,
}

impl Band {
    fn of(
        side: &Side<'_>,
        (states, groups): (&[State<'_>], &[Groups]),
        (scopes, origins): (&[usize], &[usize]),
    ) -> Band {
        let width = origins.len();
        // The cell that each row has so far, and all changes slot by slot, with their rows.
        let mut held: Vec<u32> = vec![u32::MAX; scopes.len() * width];
        let mut changes: Vec<(u32, Change)> = Vec::new();
        let mut cells = Identity::default();
        // The place in the matrix of each class, now and in the slot before.
        let (mut place_of, mut place_before) = (Vec::new(), Vec::new());
        for (slot, (state, here)) in states.iter().zip(groups).enumerate() {
            let mut met: Vec<usize> = scopes.iter().map(|scope| here.of_scope[*scope]).collect();
            std::mem::swap(&mut place_of, &mut place_before);
            place_of.clone_from(&met);
            met.sort_unstable();
            met.dedup();
            for place in &mut place_of {
                *place = met.binary_search(place).expect("every group was collected");
            }
            let (matrix, before) = cells.next(side, state, (slot as u16, here), &met);
            let like_before = slot.checked_sub(1).is_some_and(|last| {
                let last = &groups[last];
                last.of_origin == here.of_origin && last.origins == here.origins
            });
            let of_origin: Vec<usize> = origins.iter().map(|o| here.of_origin[*o]).collect();
            for (scope, held) in held.chunks_mut(width).enumerate() {
                let row = place_of[scope];
                if like_before && before.row_sum(place_before[scope]) == matrix.row_sum(row) {
                    continue;
                }
                let cells = matrix.row(row);
                for (at, (held, group)) in held.iter_mut().zip(&of_origin).enumerate() {
                    let cell = cells[*group];
                    if *held != cell {
                        *held = cell;
                        changes.push(((scope * width + at) as u32, (slot as u16, cell)));
                    }
                }
            }
        }
        let (all, starts) = by_row(&changes, held.len());
        let rows = starts.windows(2).map(|row| &all[row[0]..row[1]]);
        let (distinct, row_of) = each_once(rows);
        let distinct = distinct.into_iter().map(<[_]>::to_vec).collect();
        Band { distinct, row_of, met: cells.met, contents: cells.contents }
    }
}

/// Changes row by row, in their order, and where each row begins.
fn by_row(changes: &[(u32, Change)], rows: usize) -> (Row, Vec<usize>) {
    let mut starts = vec![0; rows + 1];
    changes.iter().for_each(|(row, _)| starts[*row as usize + 1] += 1);
    for row in 0..rows {
        starts[row + 1] += starts[row];
    }
    let mut next = starts.clone();
    let mut all = vec![(0, 0); changes.len()];
    for (row, change) in changes {
        let next = &mut next[*row as usize];
        all[*next] = *change;
        *next += 1;
    }
    (all, starts)
}

/// Rows, each kept once, and the place of every one.
fn each_once<'r>(rows: impl Iterator<Item = &'r [Change]>) -> (Vec<&'r [Change]>, Vec<u32>) {
    let mut places: FxHashMap<&[Change], u32> = FxHashMap::default();
    let mut distinct = Vec::new();
    let place_of = rows.map(|row| {
        *places.entry(row).or_insert_with(|| {
            distinct.push(row);
            distinct.len() as u32 - 1
        })
    });
    let place_of = place_of.collect();
    (distinct, place_of)
}

/// The cells of all bands, in the order in which one walk over everything would have met them; the rows, each
/// once, and the place of the row of each class. Into how many bands it was cut cannot be seen.
fn joined(bands: Vec<Band>) -> (Vec<Met>, Vec<Row>, Vec<u32>) {
    let mut first: FxHashMap<u128, Met> = FxHashMap::default();
    for band in &bands {
        for (content, met) in band.contents.iter().zip(&band.met) {
            let known = first.entry(*content).or_insert(*met);
            *known = (*known).min(*met);
        }
    }
    let mut cells: Vec<(Met, u128)> =
        first.into_iter().map(|(content, met)| (met, content)).collect();
    cells.sort_unstable();
    let places = cells.iter().enumerate().map(|(place, (_, content))| (*content, place as u32));
    let places: FxHashMap<u128, u32> = places.collect();
    let mut rows: Vec<Row> = Vec::new();
    let mut row_of: Vec<usize> = Vec::new();
    for band in bands {
        let from = rows.len();
        rows.extend(band.distinct.into_iter().map(|mut row| {
            row.iter_mut().for_each(|(_, cell)| *cell = places[&band.contents[*cell as usize]]);
            row
        }));
        row_of.extend(band.row_of.iter().map(|row| from + *row as usize));
    }
    let (distinct, place_of) = each_once(rows.iter().map(Vec::as_slice));
    let distinct = distinct.into_iter().map(<[_]>::to_vec).collect();
    let row_of = row_of.into_iter().map(|row| place_of[row]).collect();
    (cells.into_iter().map(|(met, _)| met).collect(), distinct, row_of)
}

/// How many threads work of so many looks is worth.
fn threads(looks: usize) -> usize {
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    all.min(limits::COMPILE_THREADS_MAX).min(1 + looks / LOOKS_A_THREAD)
}

/// Fewer are done before a thread has begun.
const LOOKS_A_THREAD: usize = 1 << 20;

/// What `work` makes of the parts of a list, in their order, each part by a thread of its own.
fn shared_out<T: Sync, R: Send>(
    all: &[T],
    threads: usize,
    work: impl Fn(&[T]) -> R + Sync,
) -> Vec<R> {
    if threads <= 1 || all.is_empty() {
        return vec![work(all)];
    }
    std::thread::scope(|scope| {
        let parts = all.chunks(all.len().div_ceil(threads));
        let running: Vec<_> = parts.map(|part| scope.spawn(|| work(part))).collect();
        running.into_iter().map(|thread| thread.join().expect("no thread gives up")).collect()
    })
}

/// The moment of knowledge that a regime is compiled at, for a side.
pub(crate) fn along(side: &Side<'_>, known: Known) -> Along {
    match known {
        Known::Entry => Along::Diagonal,
        Known::At(stated) => Along::At(stated.last(&side.territory.zone)),
        Known::Today => {
            let day = side
                .ledger
                .last_known()
                .map_or(side.territory.verified_through, |m| m.day(&side.territory.zone));
            Along::At(Stated::Day(day).last(&side.territory.zone))
        }
    }
}

#[cfg(test)]
mod tests {
    use ledger::{Ledger, Readings};

    use super::*;

    #[test]
    fn the_number_of_threads_cannot_be_seen() {
        let ledger = Ledger::embedded();
        let from = Day::new(2025, 3, 1).unwrap();
        let within = Within::Days(from, Day::new(2025, 9, 1).unwrap());
        for territory in &ledger.territories {
            let side = Side::of(&ledger, territory, &Readings::new());
            let classes = Classes::of(&side);
            let by = |threads: usize| {
                let slots = Slots::of(&side, Along::Diagonal, within).unwrap();
                let mut drafts = Drafts::new(&side, &classes);
                let grid = Grid::made(&side, &classes, &mut drafts, slots, threads);
                (grid.met, grid.row_of, grid.run_cell, grid.rows, grid.runs)
            };
            let alone = by(1);
            assert!(alone.0.len() > 100, "{} has cells", territory.id);
            for threads in [2, 7] {
                assert!(by(threads) == alone, "{} by {threads} threads", territory.id);
            }
        }
    }
}
