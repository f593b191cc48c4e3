//! Scenarios: the same operations laid over the record.

use std::collections::BTreeSet;

use tariff::{Moment, Stated, Zone};

use crate::act::{Act, Binds, Does, Operation, Target};
use crate::document::parse;
use crate::finding::{Finding, Place};
use crate::ledger::Ledger;
use crate::read_act;

/// A scenario: an ordered list of operations.
#[derive(Clone, Debug)]
pub struct World {
    pub id: String,
    pub title: String,
    pub description: String,
    /// Each operation with the moment from which it is known; `None` is always.
    pub operations: Vec<(Operation, Option<Moment>)>,
    pub place: Place,
}

/// An act that a world takes out of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    pub act: String,
    pub world: String,
    /// The dropped act that it rests on; `None` when the world names it.
    pub rests_on: Option<String>,
}

/// Long before any law: the `known` of an act of a world that says none.
pub const ALWAYS: Moment = Moment::from_seconds(-62_135_596_800);

impl World {
    /// The acts it names for dropping.
    pub fn drops(&self) -> impl Iterator<Item = &Target> {
        self.operations.iter().flat_map(|(operation, _)| match &operation.does {
            Does::Drop(acts) => acts.as_slice(),
            _ => &[],
        })
    }

    /// Reads a world file. Names are checked by [`Ledger::check_world`].
    pub fn parse(path: &str, text: &str, zone: &Zone) -> (Option<World>, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut t = parse(path, text, &mut findings);
        let id = t.require_text("id", "the world's name", &mut findings);
        let title = t.require_text("title", "what is supposed, in a few words", &mut findings);
        let description = t.take_text("description", &mut findings);
        t.take_text("note", &mut findings);
        let operations = t
            .take_list("do", &mut findings)
            .into_iter()
            .filter_map(|node| read_act::operation(node, zone, true, &mut findings))
            .collect();
        t.finish(&["id", "title", "description", "note", "do"], &mut findings);
        let world = match (id, title) {
            (Some((id, place)), Some((title, _))) => Some(World {
                id,
                title,
                description: description.map(|(d, _)| d).unwrap_or_default(),
                operations,
                place,
            }),
            _ => None,
        };
        (world, findings)
    }
}

impl Ledger {
    /// The ledger with worlds laid over it, in order. The record itself is not touched.
    ///
    /// The empty list gives the same ledger.
    pub fn in_worlds(&self, worlds: &[World]) -> Ledger {
        let mut ledger = self.clone();
        for world in worlds {
            for target in world.drops() {
                ledger.drop_act(&target.0, &world.id, None);
            }
            ledger.acts.extend(supposed_acts(world));
            ledger.supposed.push(world.id.clone());
        }
        ledger.index();
        ledger
    }

    fn drop_act(&mut self, id: &str, world: &str, rests_on: Option<&str>) {
        let Some(at) = self.acts.iter().position(|a| a.id == id) else { return };
        self.acts.remove(at);
        self.dropped.push(Dropped {
            act: id.to_owned(),
            world: world.to_owned(),
            rests_on: rests_on.map(str::to_owned),
        });
        let dependents: BTreeSet<String> = self
            .acts
            .iter()
            .filter(|a| a.rests_on.iter().any(|r| r == id))
            .map(|a| a.id.clone())
            .collect();
        for dependent in dependents {
            self.drop_act(&dependent, world, Some(id));
        }
    }
}

/// The operations of a world as acts: one for each moment of knowledge.
fn supposed_acts(world: &World) -> Vec<Act> {
    let mut acts: Vec<Act> = Vec::new();
    for (operation, known) in &world.operations {
        if matches!(operation.does, Does::Drop(_)) {
            continue;
        }
        let known = known.unwrap_or(ALWAYS);
        if let Some(act) = acts.iter_mut().find(|a| a.known == known) {
            act.operations.push(operation.clone());
            continue;
        }
        let id = match acts.len() {
            0 => format!("world:{}", world.id),
            n => format!("world:{}:{}", world.id, n + 1),
        };
        acts.push(Act {
            id,
            folder: "worlds".to_owned(),
            kind: "supposition".to_owned(),
            title: world.title.clone(),
            cite: format!("hypothetical: {}", world.id),
            known,
            known_stated: Stated::Moment(known),
            binds: Binds::WithKnown,
            effective: BTreeSet::new(),
            rests_on: Vec::new(),
            sources: Vec::new(),
            confidence: None,
            note: None,
            operations: vec![operation.clone()],
            supposed_by: Some(world.id.clone()),
            place: world.place.clone(),
        });
    }
    acts
}
