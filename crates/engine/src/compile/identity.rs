//! Which pairs of classes have the same cell.
//!
//! A cell is told from others by the sum over its measures (by version, and what their classes settle)
//! and over the relations between these. From slot to slot few pairs change, so what did not is carried
//! over.

use rustc_hash::FxHashMap;

use super::bits::Bits;
use super::cell::Met;
use super::groups::{Groups, wide};
use super::side::Side;
use super::state::{Live, State};

/// The cells of a slot, and all that were met so far.
#[derive(Default)]
pub(crate) struct Identity {
    pub met: Vec<Met>,
    by_content: FxHashMap<u128, u32>,
    /// What is common to the scopes of a group, and the relations that may meet it, by the sum of its
    /// measures and the place of the set of relations.
    scopes: FxHashMap<(u128, usize), u128>,
    relation_sets: FxHashMap<Vec<(usize, usize)>, usize>,
    now: Matrix,
}

/// The cell of each group of scopes and each of origins.
#[derive(Default)]
pub(crate) struct Matrix {
    rows: FxHashMap<u128, usize>,
    columns: FxHashMap<u128, usize>,
    /// What is common to each row.
    row_sums: Vec<u128>,
    cells: Vec<u32>,
}

impl Matrix {
    /// What is common to a row.
    pub fn row_sum(&self, row: usize) -> u128 {
        self.row_sums[row]
    }

    pub fn row(&self, row: usize) -> &[u32] {
        let width = self.columns.len();
        &self.cells[row * width..][..width]
    }
}

impl Identity {
    /// The cells of all groups of the next slot; with those of the slot before.
    pub fn next(
        &mut self,
        side: &Side<'_>,
        state: &State<'_>,
        (slot, groups): (u16, &Groups),
    ) -> (&Matrix, Matrix) {
        let count = self.relation_sets.len();
        let set = *self.relation_sets.entry(state.relations.clone()).or_insert(count);
        let prepared = Prepared::of(side, state, groups);
        let before = std::mem::take(&mut self.now);
        let mut next = Matrix::default();
        let columns: Vec<Option<usize>> =
            groups.origins.iter().map(|(sum, _)| before.columns.get(sum).copied()).collect();
        next.columns = groups.origins.iter().enumerate().map(|(at, (sum, _))| (*sum, at)).collect();
        next.cells.reserve(groups.scopes.len() * groups.origins.len());
        for (row, (sum, scope)) in groups.scopes.iter().enumerate() {
            let mut of_scope: Option<(Bits, Vec<usize>)> = None;
            let sum = *self.scopes.entry((*sum, set)).or_insert_with(|| {
                let (_, meeting) = of_scope.insert(prepared.of_scope(*scope));
                let relations = meeting.iter().map(|at| prepared.relations[*at].hash);
                relations.fold(*sum, u128::wrapping_add)
            });
            let row_before = before.rows.get(&sum).map(|row| before.row(*row));
            for (at, (_, origin)) in groups.origins.iter().enumerate() {
                if let (Some(row), Some(column)) = (row_before, columns[at]) {
                    next.cells.push(row[column]);
                    continue;
                }
                let (members, meeting) = of_scope.get_or_insert_with(|| prepared.of_scope(*scope));
                let here = members.and(&prepared.of_origins[at]);
                let content = prepared.content((*scope, *origin), &here, meeting);
                next.cells.push(*self.by_content.entry(content).or_insert_with(|| {
                    let (scope, origin) = (*scope as u16, *origin as u16);
                    self.met.push(Met { slot, scope, origin });
                    self.met.len() as u32 - 1
                }));
            }
            next.rows.insert(sum, row);
            next.row_sums.push(sum);
        }
        self.now = next;
        (&self.now, before)
    }
}

/// A state made ready for looking at many pairs of classes.
struct Prepared<'s> {
    live: &'s [Live<'s>],
    /// The part of each live measure in a sum, where nothing differs within it.
    alone: Vec<u128>,
    relations: Vec<Sides>,
    /// For each group of origins its live measures.
    of_origins: Vec<Bits>,
}

/// A relation of a state, with the live measures on either side of it.
struct Sides {
    hash: u128,
    of: Bits,
    object: Bits,
}

impl<'s> Prepared<'s> {
    fn of(side: &Side<'_>, state: &'s State<'_>, groups: &Groups) -> Prepared<'s> {
        let sides = state.relations.iter().map(|(source, version)| {
            let relation = &side.relations[*source].versions[*version];
            Sides {
                hash: wide(!((*source as u64) << 16 | *version as u64), 1),
                of: state.places(|live| relation.of.contains(live.version.measure)),
                object: state.places(|live| relation.object.contains(live.version.measure)),
            }
        });
        let of_origin = |origin: usize| state.places(|live| live.origins.contains(origin));
        Prepared {
            live: &state.live,
            alone: state.live.iter().map(|live| part(live.version.id, (0, None), 0)).collect(),
            relations: sides.collect(),
            of_origins: groups.origins.iter().map(|(_, origin)| of_origin(*origin)).collect(),
        }
    }

    /// The live measures of a class of goods, and the relations between some of them.
    fn of_scope(&self, scope: usize) -> (Bits, Vec<usize>) {
        let mut members = Bits::none(self.live.len());
        for (at, live) in self.live.iter().enumerate() {
            if live.scope.contains(scope) {
                members.insert(at);
            }
        }
        let meets = |s: &Sides| s.of.meets(&members) && s.object.meets(&members);
        let meeting = (0..self.relations.len()).filter(|at| meets(&self.relations[*at])).collect();
        (members, meeting)
    }

    /// What tells a cell from others: the sum over its measures and its relations.
    fn content(&self, (scope, origin): (usize, usize), here: &Bits, meeting: &[usize]) -> u128 {
        let mut content = 0u128;
        for place in here.iter() {
            let live = &self.live[place];
            content = content.wrapping_add(
                match (live.within_scope(scope), live.within_origin(origin)) {
                    ((0, None), 0) => self.alone[place],
                    (goods, of_origin) => part(live.version.id, goods, of_origin),
                },
            );
        }
        for sides in meeting.iter().map(|at| &self.relations[*at]) {
            if sides.of.meets(here) && sides.object.meets(here) {
                content = content.wrapping_add(sides.hash);
            }
        }
        content
    }
}

/// The part of a measure in the sum that tells cells apart.
fn part(version: u32, (goods, rate): (u32, Option<u32>), of_origin: u32) -> u128 {
    let within = u64::from(goods) << 32 | rate.map_or(0, |rate| u64::from(rate) + 1);
    wide(u64::from(version) << 32 | u64::from(of_origin), within)
}
