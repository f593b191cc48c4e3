//! A cell: the measures and relations that a class of goods and of origins meets at one moment.

use std::sync::Arc;

use ledger::{Basis, Rate, Test};
use rustc_hash::FxHashMap;

use super::bits::Bits;
use super::classes::Classes;
use super::side::{Side, takes_part};
use super::state::{Live, State};
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
}

/// Cells, each kept once.
#[derive(Default)]
pub(crate) struct Cells<'l> {
    pub cells: Vec<Cell<'l>>,
    /// By what tells cells apart: measures by version and what their classes settle, and relations.
    places: FxHashMap<Box<[u64]>, u32>,
    key: Vec<u64>,
}

impl<'l> Cells<'l> {
    /// The place of the cell of two classes in a state, whose measures `here` are those of both.
    pub fn place(
        &mut self,
        side: &Side<'l>,
        classes: &Classes<'l>,
        state: &State<'l>,
        (scope, origin): (usize, usize),
        here: impl Iterator<Item = usize> + Clone,
    ) -> u32 {
        let mut all = Bits::none(side.measures.len());
        self.key.clear();
        for live in here.clone().map(|at| &state.live[at]) {
            all.insert(live.version.measure);
            let (goods, rate) = live.within_scope(scope);
            self.key.push(u64::from(live.version.id) << 32 | u64::from(rate.map_or(0, |r| r + 1)));
            self.key.push(u64::from(goods) << 32 | u64::from(live.within_origin(origin)));
        }
        self.key.push(u64::MAX);
        let relations = || {
            state.relations.iter().filter(|(source, version)| {
                let live = &side.relations[*source].versions[*version];
                live.object.meets(&all) && live.of.meets(&all)
            })
        };
        self.key.extend(relations().map(|(source, version)| (source << 16 | version) as u64));
        if let Some(place) = self.places.get(self.key.as_slice()) {
            return *place;
        }
        let here: Vec<&Live<'l>> = here.map(|at| &state.live[at]).collect();
        let at = |measures: &Bits| -> Vec<usize> {
            let places = here.iter().enumerate();
            let named = places.filter(|(_, live)| measures.contains(live.version.measure));
            named.map(|(place, _)| place).collect()
        };
        let between = relations().map(|(source, version)| {
            let live = &side.relations[*source].versions[*version];
            Between {
                takes_part: takes_part(live.relation),
                test: live.relation.test,
                of: at(&live.of),
                object: at(&live.object),
            }
        });
        let mut asked: Vec<u32> =
            here.iter().flat_map(|live| live.version.asked.iter().copied()).collect();
        asked.sort_unstable();
        asked.dedup();
        let measures = here.iter().map(|live| {
            let (goods_bits, rate) = live.within_scope(scope);
            Candidate {
                version: live.version.clone(),
                goods_bits,
                origin_bits: live.within_origin(origin),
                list_rate: rate.and_then(|kind| {
                    let rate: &'l Rate = classes.lists[live.rate_list].kinds[kind as usize].rate?;
                    Duty::of(rate)
                }),
            }
        });
        let id = self.cells.len() as u32;
        let (measures, relations) = (measures.collect(), between.collect());
        self.cells.push(Cell { measures, relations, asked });
        self.places.insert(self.key.as_slice().into(), id);
        id
    }
}

impl Version<'_> {
    /// Whether it asks something of a line, though it may levy nothing.
    pub fn asks(&self) -> bool {
        self.when.is_some() || !self.asked.is_empty() || self.basis != Basis::Value
    }
}
