//! A ledger compiled at its coordinates.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use ledger::{Known, Ledger, Readings, Territory};
use nomenclature::Schedule;
use rustc_hash::FxHashSet;
use tariff::{Code, Country, Day, limits};

use crate::codes::{CodeFacts, ColumnDuty, Kinds};
use crate::compile::TooLarge;
use crate::compile::cell::Cell;
use crate::compile::classes::Classes;
use crate::compile::grid::{Along, Grid, along};
use crate::compile::hash::CodeHash;
use crate::compile::side::Side;
use crate::compile::state::Drafts;
use crate::kind::CellFacts;
use crate::quick::QuickSpecific;
use crate::rate::Share;
use crate::resolve::meaning;

/// A ledger compiled for one choice of knowledge and readings: flat arrays that lines are assessed
/// with. The world is that of the ledger it is compiled from.
pub struct Regime<'l> {
    pub(crate) ledger: &'l Ledger,
    pub(crate) sides: Vec<Compiled<'l>>,
    /// Programs that levy and have measures, by place in `Ledger::programs`.
    pub(crate) programs: Vec<usize>,
}

/// One territory of a regime.
pub(crate) struct Compiled<'l> {
    pub side: Side<'l>,
    pub classes: Classes<'l>,
    pub grid: Grid<'l>,
    pub along: Along,
    pub schedule: Option<&'l Schedule>,
    /// Codes that mean the same on every day and pay a share of the value.
    pub hot: CodeHash<HotCode>,
    pub duties: Vec<HotDuty>,
    pub facts: Vec<CodeFacts<'l>>,
    pub specifics: Vec<QuickSpecific>,
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
    pub stats: SideStats,
    /// Cells that some line needed.
    cells: Vec<OnceLock<Seen<'l>>>,
}

/// A cell, and what lines are told apart by in it, unless that is too much.
#[derive(Debug)]
pub(crate) struct Seen<'l> {
    pub cell: Arc<Cell<'l>>,
    pub facts: Option<CellFacts>,
}

impl<'l> Compiled<'l> {
    /// A cell, put together when it is first asked for, for all threads.
    pub fn cell(&self, place: u32) -> &Seen<'l> {
        self.cells[place as usize].get_or_init(|| {
            let cell = Arc::new(self.grid.make(&self.side, &self.classes, place));
            let facts = CellFacts::of(&self.side, &cell);
            Seen { cell, facts }
        })
    }
}

/// A code that means the same on every day, in the eight bytes that a probe brings along.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HotCode {
    pub scope: u16,
    /// Place among the general duties.
    pub duty: u16,
    /// Place among the facts of codes.
    pub facts: u32,
}

/// A general duty that is quick to compute, for many codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct HotDuty {
    /// A rate in ten millionths; from [`SPECIFIC`] on, a place among the quick specific duties.
    pub general: u32,
    pub kind: u32,
}

/// Where places of specific duties begin among general rates.
pub(crate) const SPECIFIC: u32 = 1 << 31;

/// What a side of a regime came to.
#[derive(Clone, Debug)]
pub struct SideStats {
    pub territory: String,
    pub codes: usize,
    pub measures: usize,
    /// Distinct states of measures over knowledge and time.
    pub versions: usize,
    pub scope_classes: usize,
    pub origin_classes: usize,
    pub slots: usize,
    pub rows: usize,
    /// Changes of cell along all rows.
    pub runs: usize,
    pub cells: usize,
    /// Of the arrays that lines are assessed with.
    pub bytes: usize,
    pub time: Duration,
}

/// Compiles a ledger.
///
/// `Known::Entry` gives the regime along the diagonal, where each line sees the law known at its own
/// entry; any other gives the law as known at that moment.
///
/// # Errors
/// When the ledger is beyond a limit of `tariff::limits`.
pub fn compile<'l>(
    ledger: &'l Ledger,
    known: Known,
    readings: &Readings,
) -> Result<Regime<'l>, TooLarge> {
    let mut sides = Vec::with_capacity(ledger.territories.len());
    for territory in &ledger.territories {
        sides.push(compiled(ledger, territory, known, readings)?);
    }
    let held: Vec<usize> = sides
        .iter()
        .flat_map(|s: &Compiled<'_>| s.side.measures.iter().map(|m| m.program))
        .collect();
    let programs = (0..ledger.programs.len())
        .filter(|at| ledger.programs[*at].levies && held.contains(at))
        .collect();
    Ok(Regime { ledger, sides, programs })
}

fn compiled<'l>(
    ledger: &'l Ledger,
    territory: &'l Territory,
    known: Known,
    readings: &Readings,
) -> Result<Compiled<'l>, TooLarge> {
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
    let along = along(&side, known);
    let mut drafts = Drafts::new(&side, &classes);
    let grid = Grid::of(&side, &classes, &mut drafts, along)?;
    let versions = drafts.versions_made();
    drop(drafts);
    let schedule = ledger.schedules.get(&territory.id).map(|s| &**s);
    let origin_of = origins(&side, &classes);
    let kinds = Kinds::most(&side);
    let hot = Hot::of(&side, &classes, schedule);
    let codes = CodeHash::of(&hot.codes);
    let limits = side.limits.iter().map(|(limit, _)| Share::of(*limit)?.ten_millionths()).collect();
    let stats = SideStats {
        territory: territory.id.clone(),
        codes: classes.codes.len(),
        measures: side.measures.len(),
        versions,
        scope_classes: classes.scopes.len(),
        origin_classes: classes.origins.len(),
        slots: grid.slots.slots.len(),
        rows: grid.rows(),
        runs: grid.runs(),
        cells: grid.cells(),
        bytes: grid.bytes() + codes.bytes(),
        time: start.elapsed(),
    };
    let whole_value = territory.whole_value;
    let cells = std::iter::repeat_with(OnceLock::new).take(grid.cells()).collect();
    Ok(Compiled {
        side,
        classes,
        grid,
        along,
        schedule,
        hot: codes,
        duties: hot.duties,
        facts: hot.facts,
        specifics: hot.specifics,
        limits,
        origin_of,
        kinds,
        whole_value,
        said_from: said_from(territory, schedule),
        turns: turns(ledger),
        stats,
        cells,
    })
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
    codes: Vec<(u64, HotCode)>,
    duties: Vec<HotDuty>,
    specifics: Vec<QuickSpecific>,
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
        let duty = hot_duty(&mut self.duties, &mut self.specifics, &facts);
        if let (Ok(scope), Some(duty)) = (u16::try_from(facts.scope), duty) {
            let at = self.facts.len() as u32;
            self.codes.push((code.packed(), HotCode { scope, duty, facts: at }));
            self.facts.push(facts);
        }
    }
}

/// The place of the general duty of a code among those that are quick to compute, if it is.
pub(crate) fn hot_duty(
    duties: &mut Vec<HotDuty>,
    specifics: &mut Vec<QuickSpecific>,
    facts: &CodeFacts<'_>,
) -> Option<u16> {
    let general = match &facts.general {
        ColumnDuty::Share(share) => share.ten_millionths()?,
        ColumnDuty::Specific(specific) => {
            SPECIFIC + place(specifics, QuickSpecific::of(specific)?) as u32
        }
        ColumnDuty::Intricate => return None,
    };
    u16::try_from(place(duties, HotDuty { general, kind: facts.kind })).ok()
}

/// The place of a value, which is kept once.
fn place<T: PartialEq>(among: &mut Vec<T>, value: T) -> usize {
    match among.iter().position(|other| *other == value) {
        Some(at) => at,
        None => {
            among.push(value);
            among.len() - 1
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

impl<'l> Regime<'l> {
    pub fn ledger(&self) -> &'l Ledger {
        self.ledger
    }

    /// Programs with a column of duty, by place in `Ledger::programs`, in ledger order.
    pub fn programs(&self) -> &[usize] {
        &self.programs
    }

    pub fn stats(&self) -> impl Iterator<Item = &SideStats> {
        self.sides.iter().map(|side| &side.stats)
    }
}

impl Compiled<'_> {
    /// Which rows of schedules a day sees, by the turns before it: those in force and those known.
    pub fn epoch(&self, day: i32, known: i32) -> (u32, u32) {
        let before = |turns: &[i32], day| turns.partition_point(|turn| *turn <= day) as u32;
        (before(&self.turns.0, day), before(&self.turns.1, known))
    }

    /// The day as of which the schedule is read for an entry of a day.
    pub fn known_day(&self, day: i32) -> i32 {
        match self.along {
            Along::Diagonal => day,
            Along::At(k) => k.day(&self.side.territory.zone).number(),
        }
    }

    /// What tells days apart in what is said of them.
    pub fn day_flags(&self, day: i32) -> u8 {
        self.said_from.iter().map(|from| u8::from(day >= *from)).sum()
    }
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
