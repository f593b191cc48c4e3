//! A cell: the measures and relations that a class of goods and of origins meets at one moment.

use std::sync::Arc;

use ledger::{Basis, Rate, Test};
use rustc_hash::FxHashMap;

use super::bits::Bits;
use super::classes::Classes;
use super::side::{Side, takes_part};
use super::state::State;
use super::version::{Duty, Version};

/// A measure that concerns a cell.
#[derive(Clone, Debug)]
pub(crate) struct Candidate<'l> {
    pub version: Arc<Version<'l>>,
    /// Which of its tests of goods, and of origins, hold here.
    pub goods_bits: u32,
    pub origin_bits: u32,
    /// What its list gives these goods.
    pub list_rate: Option<Duty<'l>>,
}

/// A relation between measures of a cell, by their places in it.
#[derive(Clone, Debug)]
pub(crate) struct Between {
    pub takes_part: bool,
    pub test: Test,
    pub of: Vec<usize>,
    pub object: Vec<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct Cell<'l> {
    /// In the order of their ids.
    pub measures: Vec<Candidate<'l>>,
    pub relations: Vec<Between>,
    /// Claims that some operation on one of its measures asks for.
    pub asked: Vec<u32>,
    /// Place, unique among the cells of a grid.
    pub id: u32,
}

/// What tells cells apart: measures by version and what their classes settle, relations by place.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct CellKey {
    measures: Vec<(u32, u32, u32, Option<u32>)>,
    relations: Vec<(usize, usize)>,
}

/// Cells, each kept once.
#[derive(Default)]
pub(crate) struct Cells<'l> {
    pub cells: Vec<Cell<'l>>,
    places: FxHashMap<CellKey, u32>,
}

impl<'l> Cells<'l> {
    /// The place of the cell of two classes in a state.
    pub fn place(
        &mut self,
        side: &Side<'l>,
        classes: &Classes<'l>,
        state: &State<'l>,
        scope: usize,
        origin: usize,
    ) -> u32 {
        let here: Vec<_> = state
            .live
            .iter()
            .filter(|live| live.scope.contains(scope) && live.origins.contains(origin))
            .filter(|live| live.version.levies(side) || live.version.asks())
            .map(|live| {
                let (goods_bits, rate) = live.of_scope.get(scope).copied().unwrap_or((0, None));
                (live, goods_bits, live.of_origin.get(origin).copied().unwrap_or(0), rate)
            })
            .collect();
        let mut all = Bits::none(side.measures.len());
        here.iter().for_each(|(live, ..)| all.insert(live.version.measure));
        let at = |measures: &Bits| -> Vec<usize> {
            let places = here.iter().enumerate();
            let named = places.filter(|(_, here)| measures.contains(here.0.version.measure));
            named.map(|(place, _)| place).collect()
        };
        let mut relations = Vec::new();
        let mut between = Vec::new();
        for &(source, version) in &state.relations {
            let live = &side.relations[source].versions[version];
            if live.of.meets(&all) && live.object.meets(&all) {
                relations.push((source, version));
                between.push(Between {
                    takes_part: takes_part(live.relation),
                    test: live.relation.test,
                    of: at(&live.of),
                    object: at(&live.object),
                });
            }
        }
        let key = CellKey {
            measures: here
                .iter()
                .map(|(l, goods, origin, rate)| (l.version.id, *goods, *origin, *rate))
                .collect(),
            relations,
        };
        if let Some(place) = self.places.get(&key) {
            return *place;
        }
        let id = self.cells.len() as u32;
        let mut asked: Vec<u32> =
            here.iter().flat_map(|(live, ..)| live.version.asked.iter().copied()).collect();
        asked.sort_unstable();
        asked.dedup();
        let measures = here
            .into_iter()
            .map(|(live, goods_bits, origin_bits, rate)| Candidate {
                version: live.version.clone(),
                goods_bits,
                origin_bits,
                list_rate: rate.and_then(|kind| {
                    let rate: &'l Rate = classes.lists[live.rate_list].kinds[kind as usize].rate?;
                    Duty::of(rate)
                }),
            })
            .collect();
        self.cells.push(Cell { measures, relations: between, asked, id });
        self.places.insert(key, id);
        id
    }
}

impl Version<'_> {
    /// Whether it asks something of a line, though it may levy nothing.
    fn asks(&self) -> bool {
        self.when.is_some() || !self.asked.is_empty() || self.basis != Basis::Value
    }
}
