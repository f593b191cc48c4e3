//! A ledger compiled at its coordinates.

use std::ops::Deref;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use ledger::{Known, Ledger, Readings};
use rustc_hash::FxHashSet;
use tariff::Day;

use crate::compile::TooLarge;
use crate::compile::cell::Cell;
use crate::compile::grid::{Along, Grid, Within};
use crate::compile::state::Drafts;
use crate::ground::{Ground, SideGround};
use crate::kind::CellFacts;
use crate::made::Made;

/// A ledger compiled for one choice of knowledge and readings: flat arrays that lines are assessed
/// with. The world is that of the ledger it is compiled from.
pub struct Regime<'l> {
    pub(crate) ledger: &'l Ledger,
    pub(crate) sides: Vec<Compiled<'l>>,
    /// Programs that levy and have measures, by place in `Ledger::programs`.
    pub(crate) programs: Vec<usize>,
}

/// One territory of a regime: its ground, and the cells of what was known.
pub(crate) struct Compiled<'l> {
    ground: Arc<SideGround<'l>>,
    pub grid: Grid<'l>,
    pub along: Along,
    pub stats: SideStats,
    /// Cells that some line needed.
    cells: Vec<OnceLock<Seen<'l>>>,
    /// What lines of these cells are told apart by, each once: few things for many cells.
    told_apart: Mutex<FxHashSet<Arc<CellFacts>>>,
    /// Plans that some assessor made.
    pub made: Made,
}

impl<'l> Deref for Compiled<'l> {
    type Target = SideGround<'l>;

    fn deref(&self) -> &SideGround<'l> {
        &self.ground
    }
}

/// A cell, and what lines are told apart by in it, unless that is too much.
#[derive(Debug)]
pub(crate) struct Seen<'l> {
    pub cell: Arc<Cell<'l>>,
    /// Where this is the same for two cells, it stands in one place.
    pub facts: Option<Arc<CellFacts>>,
}

impl<'l> Compiled<'l> {
    pub fn of(
        ground: Arc<SideGround<'l>>,
        along: Along,
        within: Within,
    ) -> Result<Compiled<'l>, TooLarge> {
        let start = Instant::now();
        let (side, classes) = (&ground.side, &ground.classes);
        let mut drafts = Drafts::new(side, classes);
        let grid = Grid::of(side, classes, &mut drafts, (along, within))?;
        let stats = SideStats {
            territory: side.territory.id.clone(),
            codes: classes.codes.len(),
            measures: side.measures.len(),
            versions: drafts.versions_made(),
            scope_classes: classes.scopes.len(),
            origin_classes: classes.origins.len(),
            slots: grid.slots.slots.len(),
            rows: grid.rows(),
            runs: grid.runs(),
            cells: grid.cells(),
            bytes: grid.bytes() + ground.hot.bytes(),
            time: ground.time + start.elapsed(),
        };
        let cells = std::iter::repeat_with(OnceLock::new).take(grid.cells()).collect();
        drop(drafts);
        let told_apart = Mutex::default();
        Ok(Compiled { ground, grid, along, stats, cells, told_apart, made: Made::default() })
    }

    /// A cell, put together when it is first asked for, for all threads.
    pub fn cell(&self, place: u32) -> &Seen<'l> {
        self.cells[place as usize].get_or_init(|| {
            let cell = Arc::new(self.grid.make(&self.side, &self.classes, place));
            let facts = CellFacts::of(&self.side, &cell);
            Seen { cell, facts: facts.map(|facts| self.told_apart(facts)) }
        })
    }

    fn told_apart(&self, facts: CellFacts) -> Arc<CellFacts> {
        let mut all = self.told_apart.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.get(&facts) {
            return known.clone();
        }
        let facts = Arc::new(facts);
        all.insert(facts.clone());
        facts
    }
}

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
    Ground::of(ledger, readings)?.regime(known, Within::Always)
}

/// Compiles a ledger for entries from a day on and before another, which is less work. Lines of other
/// days are answered as well, and slowly.
///
/// # Errors
/// When the ledger is beyond a limit of `tariff::limits`.
pub fn compile_for<'l>(
    ledger: &'l Ledger,
    known: Known,
    readings: &Readings,
    (from, until): (Day, Day),
) -> Result<Regime<'l>, TooLarge> {
    Ground::of(ledger, readings)?.regime(known, Within::Days(from, until))
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
