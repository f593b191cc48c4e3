//! The cells of every class over every slot, each with its plans, equal ones once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustc_hash::FxHashMap;

use super::plans::{Place, Plans, Setting};
use super::{CellRow, Done, PlanRow};

/// Cells that a thread takes at a time.
const TAKEN: usize = 64;

/// What a thread made: sets of plans, and for cells the places of theirs.
#[derive(Default)]
struct Made {
    sets: FxHashMap<Vec<PlanRow>, u32>,
    of_cells: Vec<(usize, u32)>,
}

/// The cells of a territory, and the plans of each; `done` is told of how many cells and of all.
pub fn cells(setting: &Setting<'_, '_, '_>, done: &Done<'_>) -> (Vec<CellRow>, Vec<PlanRow>) {
    let places: Vec<(u32, Vec<Place>)> = places(setting).into_iter().collect();
    let (set_of, plans) = plans(setting, &places, done);
    let set_of: FxHashMap<u32, u32> =
        places.iter().zip(set_of).map(|((cell, _), set)| (*cell, set)).collect();
    let grid = &setting.compiled.grid;
    let mut runs: FxHashMap<u32, Vec<(u16, u16, u32)>> = FxHashMap::default();
    let mut cells: Vec<CellRow> = Vec::new();
    for scope in setting.goods.keys() {
        for origin in 0..setting.compiled.classes.origins.len() as u16 {
            let row = grid.row(*scope, u32::from(origin));
            let runs = runs.entry(row).or_insert_with(|| {
                let mut runs: Vec<(u16, u16, u32)> = Vec::new();
                for (slot, ..) in &setting.slots {
                    let cell = set_of[&grid.cell_of_row(row, *slot)];
                    match runs.last_mut() {
                        Some((_, until, last)) if *last == cell => *until = slot + 1,
                        _ => runs.push((*slot, slot + 1, cell)),
                    }
                }
                runs
            });
            cells.extend(runs.iter().map(|(slot_from, slot_until, cell)| CellRow {
                scope: *scope,
                origin,
                slot_from: *slot_from,
                slot_until: *slot_until,
                cell: *cell,
            }));
        }
    }
    (cells, plans)
}

/// Each cell in use with places at which it holds, of each class of goods the latest.
fn places(setting: &Setting<'_, '_, '_>) -> BTreeMap<u32, Vec<Place>> {
    let compiled = setting.compiled;
    let grid = &compiled.grid;
    let mut places: BTreeMap<u32, Vec<Place>> = BTreeMap::new();
    for scope in setting.goods.keys() {
        let mut seen = Vec::new();
        for (origin, country) in compiled.classes.origins.iter().enumerate() {
            let row = grid.row(*scope, origin as u32);
            if seen.contains(&row) {
                continue;
            }
            seen.push(row);
            // The latest first: a date beside entry must not lie after it.
            for (at, (slot, ..)) in setting.slots.iter().enumerate().rev() {
                let held = places.entry(grid.cell_of_row(row, *slot)).or_default();
                // Goods may stand for others at one time and not at another.
                let of_scope = held.iter().rev().take_while(|place| place.scope == *scope);
                if of_scope.count() < 2 {
                    held.push(Place { scope: *scope, country: *country, slot: at });
                }
            }
        }
    }
    places
}

/// The plans of cells, and of each cell the place of its set of them.
fn plans(
    setting: &Setting<'_, '_, '_>,
    places: &[(u32, Vec<Place>)],
    done: &Done<'_>,
) -> (Vec<u32>, Vec<PlanRow>) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut plans = Plans::new(setting);
        let mut made = Made::default();
        loop {
            let from = next.fetch_add(TAKEN, Ordering::Relaxed);
            let Some(taken) = places.get(from..).filter(|rest| !rest.is_empty()) else {
                return made;
            };
            done(from, places.len());
            for (at, (cell, places)) in taken.iter().take(TAKEN).enumerate() {
                let count = made.sets.len() as u32;
                let set = *made.sets.entry(plans.plans_of(*cell, places)).or_insert(count);
                made.of_cells.push((from + at, set));
            }
        }
    };
    let made: Vec<Made> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined.map(|made| made.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    // In the order of the cells, whichever thread made a set.
    let mut of_cells: Vec<(usize, &Vec<PlanRow>)> = Vec::with_capacity(places.len());
    for made in &made {
        let mut sets: Vec<(&Vec<PlanRow>, u32)> =
            made.sets.iter().map(|(set, place)| (set, *place)).collect();
        sets.sort_unstable_by_key(|(_, place)| *place);
        of_cells.extend(made.of_cells.iter().map(|(at, set)| (*at, sets[*set as usize].0)));
    }
    of_cells.sort_unstable_by_key(|(at, _)| *at);
    let mut ids: FxHashMap<&Vec<PlanRow>, u32> = FxHashMap::default();
    let mut rows: Vec<PlanRow> = Vec::new();
    let mut set_of = Vec::with_capacity(places.len());
    for (_, set) in of_cells {
        let count = ids.len() as u32;
        let id = *ids.entry(set).or_insert_with(|| {
            rows.extend(set.iter().map(|row| PlanRow { cell: count, ..row.clone() }));
            count
        });
        set_of.push(id);
    }
    (set_of, rows)
}
