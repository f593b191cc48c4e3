//! What all regimes of one ledger under the same readings have in common: the law of each side at all
//! times, its classes of goods and origins, and what its codes mean. Nothing of it asks what was known.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ledger::{Known, Ledger, Readings, Territory};
use nomenclature::Schedule;
use rustc_hash::{FxHashMap, FxHashSet};
use tariff::{Code, Country, Day, limits};

use crate::codes::{CodeFacts, ColumnDuty, Kinds};
use crate::compile::TooLarge;
use crate::compile::classes::Classes;
use crate::compile::grid::{Within, along};
use crate::compile::hash::CodeHash;
use crate::compile::side::Side;
use crate::quick::QuickSpecific;
use crate::rate::Share;
use crate::regime::{Compiled, Regime};
use crate::resolve::meaning;

/// A ledger made ready to be compiled at several moments of knowledge.
pub(crate) struct Ground<'l> {
    ledger: &'l Ledger,
    sides: Vec<Arc<SideGround<'l>>>,
}

/// One territory of a ledger.
pub(crate) struct SideGround<'l> {
    pub side: Side<'l>,
    pub classes: Classes<'l>,
    pub schedule: Option<&'l Schedule>,
    /// Codes that mean the same on every day and pay a share of the value.
    pub hot: CodeHash,
    pub fronts: Fronts,
    /// By the place of the code in `hot`.
    pub facts: Vec<CodeFacts<'l>>,
    /// The limits that columns are held against in ten millionths, in order; `None` where one is no
    /// whole number of them.
    pub limits: Option<Vec<u32>>,
    /// The class of each country by [`tariff::Country::index`]; [`u16::MAX`] is no country.
    pub origin_of: Vec<u16>,
    /// How many kinds of codes conditions on a column tell apart.
    pub kinds: usize,
    pub whole_value: bool,
    pub said_from: Vec<i32>,
    /// Days on which some row of a schedule begins or ends to hold, and to be known.
    pub turns: (Vec<i32>, Vec<i32>),
    pub time: Duration,
}

/// What a plain line asks of its code; many codes have the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Front {
    pub scope: u16,
    pub kind: u16,
    /// The general duty: a rate in ten millionths; from [`SPECIFIC`] on, a place among the quick specific
    /// duties.
    pub general: u32,
}

/// Fronts of codes, each kept once.
#[derive(Clone)]
pub(crate) struct Fronts {
    /// The first is that of no code.
    pub all: Vec<Front>,
    pub specifics: Vec<QuickSpecific>,
    places: FxHashMap<Front, u16>,
    places_of_specifics: FxHashMap<QuickSpecific, u32>,
}

impl Fronts {
    /// The place of the front of a code, if its general duty is quick to compute.
    pub fn place(&mut self, facts: &CodeFacts<'_>) -> Option<u16> {
        let general = match &facts.general {
            ColumnDuty::Share(share) => share.ten_millionths()?,
            ColumnDuty::Specific(specific) => {
                let specifics = &mut self.specifics;
                let specific = QuickSpecific::of(specific)?;
                let place = self.places_of_specifics.entry(specific).or_insert_with(|| {
                    specifics.push(specific);
                    specifics.len() as u32 - 1
                });
                SPECIFIC + *place
            }
            ColumnDuty::Intricate => return None,
        };
        let scope = u16::try_from(facts.scope).ok()?;
        let front = Front { scope, kind: facts.kind as u16, general };
        if let Some(place) = self.places.get(&front) {
            return Some(*place);
        }
        let place = u16::try_from(self.all.len()).ok()?;
        self.all.push(front);
        self.places.insert(front, place);
        Some(place)
    }
}

impl Default for Fronts {
    fn default() -> Fronts {
        Fronts {
            all: vec![Front::default()],
            specifics: Vec::new(),
            places: FxHashMap::default(),
            places_of_specifics: FxHashMap::default(),
        }
    }
}

/// Where places of specific duties begin among general rates.
pub(crate) const SPECIFIC: u32 = 1 << 31;

impl<'l> Ground<'l> {
    /// # Errors
    /// When the ledger is beyond a limit of `tariff::limits`.
    pub fn of(ledger: &'l Ledger, readings: &Readings) -> Result<Ground<'l>, TooLarge> {
        let side = |territory| SideGround::of(ledger, territory, readings).map(Arc::new);
        let sides = ledger.territories.iter().map(side).collect::<Result<_, _>>()?;
        Ok(Ground { ledger, sides })
    }

    /// Each territory of the ledger, in its order.
    pub fn sides(&self) -> impl Iterator<Item = &SideGround<'l>> {
        self.sides.iter().map(|side| &**side)
    }

    /// The regime of what was known. Lines of days beyond `within` are answered too, but slowly.
    ///
    /// # Errors
    /// When it is beyond a limit of `tariff::limits`.
    pub fn regime(&self, known: Known, within: Within) -> Result<Regime<'l>, TooLarge> {
        let compiled = |ground: &Arc<SideGround<'l>>| {
            Compiled::of(ground.clone(), along(&ground.side, known), within)
        };
        let sides: Vec<_> = self.sides.iter().map(compiled).collect::<Result<_, _>>()?;
        let ledger = self.ledger;
        let measures = || self.sides.iter().flat_map(|ground| &ground.side.measures);
        let held = |program: &usize| measures().any(|measure| measure.program == *program);
        let levies = |at: &usize| ledger.programs[*at].levies;
        let programs = (0..ledger.programs.len()).filter(levies).filter(held).collect();
        Ok(Regime { ledger, sides, programs })
    }
}

impl<'l> SideGround<'l> {
    fn of(
        ledger: &'l Ledger,
        territory: &'l Territory,
        readings: &Readings,
    ) -> Result<SideGround<'l>, TooLarge> {
        let start = Instant::now();
        let side = Side::of(ledger, territory, readings);
        if side.facts.0.len() > limits::FACTS_MAX {
            return Err(TooLarge::new("kinds of facts", side.facts.0.len(), limits::FACTS_MAX));
        }
        if side.class_tests > limits::CLASS_TESTS_MAX {
            let what = "tests of goods or of origins in a condition";
            return Err(TooLarge::new(what, side.class_tests, limits::CLASS_TESTS_MAX));
        }
        let classes = Classes::of(&side);
        let schedule = ledger.schedules.get(&territory.id).map(|s| &**s);
        let hot = Hot::of(&side, &classes, schedule);
        let shares = side.limits.iter().map(|(limit, _)| Share::of(*limit)?.ten_millionths());
        Ok(SideGround {
            limits: shares.collect(),
            origin_of: origins(&side, &classes),
            kinds: Kinds::most(&side),
            whole_value: territory.whole_value,
            said_from: said_from(territory, schedule),
            turns: turns(ledger),
            hot: CodeHash::of(&hot.codes),
            fronts: hot.fronts,
            facts: hot.facts,
            side,
            classes,
            schedule,
            time: start.elapsed(),
        })
    }
}

/// Days on which some row of a schedule begins or ends to hold, and to be known.
fn turns(ledger: &Ledger) -> (Vec<i32>, Vec<i32>) {
    let (mut in_force, mut known) = (BTreeSet::new(), BTreeSet::new());
    for schedule in ledger.schedules.values() {
        let lines = schedule.lines().map(|line| line.life);
        for life in lines.chain(schedule.suffixes().map(|suffix| suffix.life)) {
            in_force.extend([life.from, life.until].into_iter().flatten());
            known.extend([Some(life.known), life.ended].into_iter().flatten());
        }
    }
    let numbers = |days: BTreeSet<Day>| days.into_iter().map(Day::number).collect();
    (numbers(in_force), numbers(known))
}

/// Codes of which no row under their eight digits begins, ends or became known after the first.
fn stable(schedule: &Schedule) -> impl Fn(Code) -> bool {
    let first = schedule.lines().map(|line| line.life.known).min();
    let mut moving = FxHashSet::default();
    let lives = schedule.lines().map(|line| (line.code, line.life));
    for (code, life) in lives.chain(schedule.suffixes().map(|s| (s.code, s.life))) {
        let from_the_first = Some(life.known) == first;
        if life.from.is_some() || life.until.is_some() || life.ended.is_some() || !from_the_first {
            moving.insert(code.prefix(8));
        }
    }
    move |code| !moving.contains(&code.prefix(8))
}

/// What is ready for lines of codes that mean one thing on every day.
#[derive(Default)]
struct Hot<'l> {
    codes: Vec<(u64, u16)>,
    fronts: Fronts,
    facts: Vec<CodeFacts<'l>>,
}

impl<'l> Hot<'l> {
    fn of(side: &Side<'l>, classes: &Classes<'l>, schedule: Option<&'l Schedule>) -> Hot<'l> {
        let mut hot = Hot::default();
        let Some((schedule, (day, known))) = schedule.and_then(|s| Some((s, s.span()?))) else {
            return hot;
        };
        let stable = stable(schedule);
        let mut codes: Vec<Code> = schedule.lines().map(|l| l.code).collect();
        codes.extend(schedule.suffixes().map(|s| s.code));
        codes.sort_unstable();
        codes.dedup();
        for code in codes.into_iter().filter(|code| stable(*code)) {
            let Ok(meaning) = meaning(side, classes, code, day, known) else { continue };
            let Some(facts) = CodeFacts::of(side, &meaning) else { continue };
            hot.push(code, facts);
        }
        hot
    }

    fn push(&mut self, code: Code, facts: CodeFacts<'l>) {
        if let Some(front) = self.fronts.place(&facts) {
            self.codes.push((code.packed(), front));
            self.facts.push(facts);
        }
    }
}

fn origins(side: &Side<'_>, classes: &Classes<'_>) -> Vec<u16> {
    let mut of = vec![u16::MAX; Country::INDEXES];
    for country in Country::all() {
        if let Some(resolved) = side.ledger.countries.resolve(country) {
            of[country.index()] = classes.origin(resolved) as u16;
        }
    }
    of
}

/// The first days of which something else is said than of those before.
fn said_from(territory: &Territory, schedule: Option<&Schedule>) -> Vec<i32> {
    let mut from = vec![
        territory.verified_through.next().number(),
        territory.official_through.next().number(),
    ];
    if let Some((first, last)) = schedule.and_then(|s| s.span()) {
        from.extend([first.number(), last.next().number()]);
    }
    from.sort_unstable();
    from
}
