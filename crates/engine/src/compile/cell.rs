//! A cell: the measures and relations that a class of goods and of origins meets at one moment.

use std::sync::Arc;

use ledger::{Basis, Rate, Test};

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

/// Where a cell was first met; what it holds is worked out when a line needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Met {
    pub slot: u16,
    pub scope: u16,
    pub origin: u16,
}

impl<'l> Cell<'l> {
    /// The cell of two classes in a state.
    pub fn of(
        side: &Side<'l>,
        classes: &Classes<'l>,
        state: &State<'l>,
        (scope, origin): (usize, usize),
    ) -> Cell<'l> {
        let here: Vec<&Live<'l>> =
            state.live.iter().filter(|live| live.concerns(scope, origin)).collect();
        let mut all = Bits::none(side.measures.len());
        here.iter().for_each(|live| all.insert(live.version.measure));
        let at = |measures: &Bits| -> Vec<usize> {
            let places = here.iter().enumerate();
            let named = places.filter(|(_, live)| measures.contains(live.version.measure));
            named.map(|(place, _)| place).collect()
        };
        let relations = state.relations.iter().map(|(source, version)| {
            let live = &side.relations[*source].versions[*version];
            (live, live.object.meets(&all) && live.of.meets(&all))
        });
        let between = relations.filter(|(_, meets)| *meets).map(|(live, _)| Between {
            takes_part: takes_part(live.relation),
            test: live.relation.test,
            of: at(&live.of),
            object: at(&live.object),
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
        Cell { measures: measures.collect(), relations: between.collect(), asked }
    }
}

impl Version<'_> {
    /// Whether it asks something of a line, though it may levy nothing.
    pub fn asks(&self) -> bool {
        self.when.is_some() || !self.asked.is_empty() || self.basis != Basis::Value
    }
}
