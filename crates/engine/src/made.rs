//! Plans that one assessor of a regime made, for all of them: a plan takes much longer to make than to run.
//!
//! Assessors number claims, special rates and headings each for itself, so here they stand in full.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustc_hash::{FxHashMap, FxHasher};
use tariff::limits;

use crate::kind::LineKind;
use crate::plan::Plan;
use crate::rate::Share;

/// A kind of line, whoever asks.
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct SharedKind {
    /// Without its sets.
    pub kind: LineKind,
    pub claims: Vec<String>,
    pub specials: Vec<Option<Share>>,
}

/// A plan, with its headings in words instead of their place.
#[derive(PartialEq, Hash)]
pub(crate) struct MadePlan {
    pub plan: Plan,
    pub headings: String,
}

/// Plans by kind of line.
#[derive(Default)]
pub(crate) struct Made(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// The place of the plan of each kind; `None` for kinds that have none.
    kinds: FxHashMap<SharedKind, Option<u32>>,
    /// Each once.
    plans: Vec<Arc<MadePlan>>,
    by_hash: FxHashMap<u64, Vec<u32>>,
}

impl Made {
    /// The place of the plan of a kind, where somebody has looked for it.
    pub fn find(&self, kind: &SharedKind) -> Option<Option<u32>> {
        self.kept().kinds.get(kind).copied()
    }

    pub fn plan(&self, place: u32) -> Arc<MadePlan> {
        self.kept().plans[place as usize].clone()
    }

    /// Keeps what was found for a kind, while there is room.
    pub fn keep(&self, kind: SharedKind, plan: Option<MadePlan>) {
        let mut kept = self.kept();
        if kept.kinds.len() < limits::KEPT_MAX {
            let place = plan.map(|plan| kept.place(plan));
            kept.kinds.insert(kind, place);
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // What is kept is whole at every moment.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn place(&mut self, plan: MadePlan) -> u32 {
        let mut hasher = FxHasher::default();
        plan.hash(&mut hasher);
        let alike = self.by_hash.entry(hasher.finish()).or_default();
        if let Some(place) = alike.iter().find(|place| *self.plans[**place as usize] == plan) {
            return *place;
        }
        let place = self.plans.len() as u32;
        alike.push(place);
        self.plans.push(Arc::new(plan));
        place
    }
}
