//! The way from one set of coordinates to another, act by act.
//!
//! What two answers have in common is the record with the worlds and readings that both suppose. From
//! there the way leads along knowledge, turn by turn; and at either end what that end alone supposes is
//! laid over it, one thing at a time. So the way back is the same way, and a way that stops between
//! goes through the same turns.

use std::borrow::Cow;

use crate::act::Does;
use crate::ledger::Ledger;
use crate::line::{Known, Readings};
use crate::turn::Turn;
use crate::world::World;

/// Coordinates besides the date: what was known, in which worlds, under which readings.
#[derive(Clone, Debug)]
pub struct Coordinates {
    pub known: Known,
    pub worlds: Vec<World>,
    pub readings: Readings,
}

/// What a step of the way is due to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// An act that comes to bind.
    Act(String),
    /// Acts of which a stay begins or ends by its date, together with those that come to bind at the
    /// same moment: they cannot be told apart.
    Stays(Vec<String>),
    /// The revision of a schedule, by its territory and the day of its publication.
    Schedule(String, String),
    /// An act that a world takes out, by its id and that of the world.
    Dropped(String, String),
    /// What a world supposes besides.
    Supposed(String),
    /// An option chosen for a reading.
    Reading(String, String),
    /// A state between has no amount, so that nothing can be said act by act.
    Open,
}

/// One thing that an end supposes and the other does not.
#[derive(Clone, Debug)]
pub struct Supposition {
    pub cause: Cause,
    /// The worlds with it and with what comes before it.
    pub worlds: Vec<World>,
    /// The readings likewise.
    pub readings: Readings,
}

/// The way between two sets of coordinates.
#[derive(Clone, Debug)]
pub struct Path {
    /// What both ends suppose.
    pub worlds: Vec<World>,
    pub readings: Readings,
    /// What the first end supposes besides, in order; the last of them is the end itself.
    pub from: Vec<Supposition>,
    /// The same of the other end.
    pub to: Vec<Supposition>,
}

impl Path {
    pub fn between(from: &Coordinates, to: &Coordinates) -> Path {
        let same = from.worlds.iter().zip(&to.worlds).take_while(|(a, b)| a.id == b.id).count();
        let worlds = from.worlds[..same].to_vec();
        let both = |(name, option): (&String, &String)| {
            (to.readings.get(name) == Some(option)).then(|| (name.clone(), option.clone()))
        };
        let readings: Readings = from.readings.iter().filter_map(both).collect();
        let suppositions = |end: &Coordinates| suppositions(&worlds, &readings, end);
        let (from, to) = (suppositions(from), suppositions(to));
        Path { worlds, readings, from, to }
    }
}

/// What `end` supposes beyond `worlds` and `readings`, one thing at a time.
fn suppositions(worlds: &[World], readings: &Readings, end: &Coordinates) -> Vec<Supposition> {
    let mut found: Vec<Supposition> = Vec::new();
    let mut laid = worlds.to_vec();
    for world in &end.worlds[worlds.len()..] {
        let named: Vec<String> = world.drops().map(|target| target.0.clone()).collect();
        for (at, act) in named.iter().enumerate() {
            let cause = Cause::Dropped(act.clone(), world.id.clone());
            let worlds = [&laid[..], &[with_drops(world, at + 1)]].concat();
            found.push(Supposition { cause, worlds, readings: readings.clone() });
        }
        let supposes = world.operations.iter().any(|(o, _)| !matches!(o.does, Does::Drop(_)));
        laid.push(world.clone());
        if supposes || named.is_empty() {
            let cause = Cause::Supposed(world.id.clone());
            found.push(Supposition { cause, worlds: laid.clone(), readings: readings.clone() });
        }
    }
    let mut chosen = readings.clone();
    for (name, option) in &end.readings {
        if chosen.get(name) != Some(option) {
            chosen.insert(name.clone(), option.clone());
            let cause = Cause::Reading(name.clone(), option.clone());
            found.push(Supposition { cause, worlds: laid.clone(), readings: chosen.clone() });
        }
    }
    found
}

/// The world as far as the first `count` acts that it drops.
fn with_drops(world: &World, count: usize) -> World {
    let mut left = count;
    let mut operations = Vec::new();
    for (operation, known) in &world.operations {
        if let Does::Drop(acts) = &operation.does {
            let taken = acts.len().min(left);
            left -= taken;
            let mut operation = operation.clone();
            operation.does = Does::Drop(acts[..taken].to_vec());
            operations.push((operation, *known));
        }
    }
    World { operations, ..world.clone() }
}

/// A part of a turn: the acts that it leaves out, and what it is due to. The parts of a turn come in
/// the order of the ledger, and the last leaves out none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub cause: Cause,
    pub without: Vec<String>,
}

impl Turn {
    /// What happens at the turn to a side, one after the other: its schedule first, then the acts.
    pub fn parts(&self, ledger: &Ledger, side: usize) -> Vec<Part> {
        let id = |at: usize| ledger.acts[at].id.clone();
        let acts = self.acts.iter().filter(|(_, reach)| reach[side].is_some());
        let acts: Vec<String> = acts.map(|(at, _)| id(*at)).collect();
        let territory = &ledger.territories[side];
        if !self.stays.is_empty() {
            // A stay that ran out is not brought back by leaving out an act.
            let together = self.stays.iter().map(|at| id(*at)).chain(acts).collect();
            return vec![Part { cause: Cause::Stays(together), without: Vec::new() }];
        }
        let mut parts = Vec::new();
        if self.revised[side] {
            let day = self.moment.day(&territory.zone).to_string();
            let cause = Cause::Schedule(territory.id.clone(), day);
            parts.push(Part { cause, without: acts.clone() });
        }
        for (at, act) in acts.iter().enumerate() {
            let cause = Cause::Act(act.clone());
            parts.push(Part { cause, without: acts[at + 1..].to_vec() });
        }
        parts
    }
}

impl Ledger {
    /// The ledger with worlds laid over it; itself where there are none.
    pub fn laid_over(&self, worlds: &[World]) -> Cow<'_, Ledger> {
        if worlds.is_empty() { Cow::Borrowed(self) } else { Cow::Owned(self.in_worlds(worlds)) }
    }

    /// The ledger as if some acts had not been made, and everything else as it is.
    pub fn without(&self, acts: &[String]) -> Ledger {
        let mut ledger = self.clone();
        ledger.acts.retain(|act| !acts.contains(&act.id));
        ledger.index();
        ledger
    }
}
