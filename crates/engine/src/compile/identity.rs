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
    /// What tells each of them from others.
    pub contents: Vec<u128>,
    by_content: FxHashMap<u128, u32>,
    /// What is common to the scopes of a group, and the relations that may meet it, by the sum of its
    /// measures and the place of the set of relations.
    scopes: FxHashMap<(u128, usize), u128>,
    relation_sets: FxHashMap<Vec<(usize, usize)>, usize>,
    now: Matrix,
}

/// The cell of each of some groups of scopes and each group of origins.
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
    /// The cells of these groups of scopes in the next slot, in their order; with those of the slot before.
    pub fn next(
        &mut self,
        side: &Side<'_>,
        state: &State<'_>,
        (slot, groups): (u16, &Groups),
        scopes: &[usize],
    ) -> (&Matrix, Matrix) {
        let count = self.relation_sets.len();
        let set = *self.relation_sets.entry(state.relations.clone()).or_insert(count);
        let prepared = Prepared::of(side, state, groups);
        let before = std::mem::take(&mut self.now);
        let mut next = Matrix::default();
        let width = groups.origins.len();
        let columns: Vec<Option<usize>> =
            groups.origins.iter().map(|(sum, _)| before.columns.get(sum).copied()).collect();
        let same_columns = before.columns.len() == width
            && columns.iter().enumerate().all(|(at, column)| *column == Some(at));
        let every = Bits::all(width);
        let mut fresh = Bits::none(width);
        let is_fresh = columns.iter().enumerate().filter(|(_, column)| column.is_none());
        is_fresh.for_each(|(at, _)| fresh.insert(at));
        next.columns = groups.origins.iter().enumerate().map(|(at, (sum, _))| (*sum, at)).collect();
        next.cells.reserve(scopes.len() * width);
        let mut sums = vec![0u128; width];
        for (row, (sum, scope)) in scopes.iter().map(|group| groups.scopes[*group]).enumerate() {
            let mut of_scope: Option<OfScope> = None;
            let sum = *self.scopes.entry((sum, set)).or_insert_with(|| {
                let of_scope = of_scope.insert(prepared.of_scope(scope));
                let relations = of_scope.meeting.iter().map(|at| prepared.relations[*at].hash);
                relations.fold(sum, u128::wrapping_add)
            });
            next.rows.insert(sum, row);
            next.row_sums.push(sum);
            let row_before = before.rows.get(&sum).map(|row| before.row(*row));
            let missing = match row_before {
                Some(cells) if same_columns => {
                    next.cells.extend_from_slice(cells);
                    continue;
                }
                Some(cells) => {
                    next.cells.extend(columns.iter().map(|c| c.map_or(u32::MAX, |c| cells[c])));
                    &fresh
                }
                None => {
                    next.cells.resize((row + 1) * width, u32::MAX);
                    &every
                }
            };
            if missing.is_empty() {
                continue;
            }
            let of_scope = of_scope.get_or_insert_with(|| prepared.of_scope(scope));
            prepared.contents(scope, of_scope, missing, &mut sums);
            for at in missing.iter() {
                let content = sums[at];
                let origin = groups.origins[at].1;
                next.cells[row * width + at] =
                    *self.by_content.entry(content).or_insert_with(|| {
                        self.met.push(Met { slot, scope: scope as u16, origin: origin as u16 });
                        self.contents.push(content);
                        self.met.len() as u32 - 1
                    });
            }
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
    /// For each live measure the groups of origins that it concerns.
    origins: Vec<Bits>,
    /// One class of each group of origins.
    origin_of: Vec<usize>,
}

/// The law of a class of goods in a state.
struct OfScope {
    /// Its live measures, and the relations between some of them.
    members: Bits,
    meeting: Vec<usize>,
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
        let origins = |live: &Live<'_>| {
            let mut inside = Bits::none(groups.origins.len());
            for (at, (_, origin)) in groups.origins.iter().enumerate() {
                if live.origins.contains(*origin) {
                    inside.insert(at);
                }
            }
            inside
        };
        Prepared {
            live: &state.live,
            alone: state.live.iter().map(|live| part(live.version.id, (0, None), 0)).collect(),
            relations: sides.collect(),
            origins: state.live.iter().map(origins).collect(),
            origin_of: groups.origins.iter().map(|(_, origin)| *origin).collect(),
        }
    }

    fn of_scope(&self, scope: usize) -> OfScope {
        let mut members = Bits::none(self.live.len());
        for (at, live) in self.live.iter().enumerate() {
            if live.scope.contains(scope) {
                members.insert(at);
            }
        }
        let meets = |s: &Sides| s.of.meets(&members) && s.object.meets(&members);
        let meeting = (0..self.relations.len()).filter(|at| meets(&self.relations[*at])).collect();
        OfScope { members, meeting }
    }

    /// What tells the cells of a class of goods and of some groups of origins from others: the sum over its
    /// measures and its relations. Sums of other groups are left as they are.
    fn contents(&self, scope: usize, of_scope: &OfScope, of: &Bits, sums: &mut [u128]) {
        of.iter().for_each(|at| sums[at] = 0);
        let mut add = |at: usize, part: u128| sums[at] = sums[at].wrapping_add(part);
        for place in of_scope.members.iter() {
            let live = &self.live[place];
            let goods = live.within_scope(scope);
            let here = self.origins[place].both(of);
            if goods == (0, None) && live.of_origin.is_empty() {
                here.for_each(|at| add(at, self.alone[place]));
            } else {
                here.for_each(|at| {
                    let within = live.within_origin(self.origin_of[at]);
                    add(at, part(live.version.id, goods, within));
                });
            }
        }
        for sides in of_scope.meeting.iter().map(|at| &self.relations[*at]) {
            let origins = |measures: &Bits| {
                let mut origins = Bits::none(self.origin_of.len());
                measures
                    .both(&of_scope.members)
                    .for_each(|place| origins.add(&self.origins[place]));
                origins
            };
            let here = origins(&sides.of).and(&origins(&sides.object));
            here.both(of).for_each(|at| add(at, sides.hash));
        }
    }
}

/// The part of a measure in the sum that tells cells apart.
fn part(version: u32, (goods, rate): (u32, Option<u32>), of_origin: u32) -> u128 {
    let within = u64::from(goods) << 32 | rate.map_or(0, |rate| u64::from(rate) + 1);
    wide(u64::from(version) << 32 | u64::from(of_origin), within)
}
