//! A regime as plain tables, for those who join in SQL.
//!
//! A line finds its duty in them by equal keys: its code has a class of goods and the duties of its
//! columns, its origin a class of origins, its day a slot; the two classes and the slot have a cell,
//! and the cell a row of rates for each kind of line. What one fact beside code, origin and day changes
//! (a claim, a date of loading by a mode of transport, a share of content) stands in rows of its own,
//! and only where it changes something. Lines that state two such facts at once are not in the tables.

mod cells;
mod codes;
mod kinds;
mod plans;

use ledger::Status;
use tariff::{Code, Country, Day};

use crate::compile::grid::{Along, SPLIT};
use crate::memo::Memo;
use crate::regime::{Compiled, Regime};
use crate::work::Work;
pub(crate) use codes::codes as codes_of;
use plans::Setting;

/// Shares of a value are given in hundred millionths of it.
pub const SHARE_SCALE: i64 = 100_000_000;

/// The tables of one territory over a stretch of days.
#[derive(Clone, Debug)]
pub struct Tables {
    /// Programs with rates, by place in `Ledger::programs`; parts of plans name them by place in here.
    pub programs: Vec<usize>,
    pub codes: Vec<CodeRow>,
    pub specials: Vec<SpecialRow>,
    /// Each country of the ledger, also by its other names, with its class.
    pub origins: Vec<(Country, u16)>,
    /// Each day with its slot; `None` where the law changes within the day.
    pub days: Vec<(Day, Option<u16>)>,
    /// Shares that general duties are held against, ascending: how a duty lies to them is its kind.
    pub limits: Vec<i64>,
    pub cells: Vec<CellRow>,
    pub plans: Vec<PlanRow>,
}

/// A code over days on which it means one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRow {
    pub code: Code,
    /// The first day.
    pub from: Day,
    /// The day after the last.
    pub until: Day,
    /// The class of goods; `None` where the code does not say what is meant.
    pub scope: Option<u32>,
    /// How the general duty lies to [`Tables::limits`]: 1 is below all, 2 at the first, 3 above it, and
    /// so on. `None` where that depends on the line, or where the duty is no sum that fits a row.
    pub kind: Option<u32>,
    /// Column 1 general.
    pub general: Option<ColumnRate>,
    pub general_text: String,
    /// Column 2.
    pub other: Option<ColumnRate>,
    pub other_text: String,
}

/// A duty of a column: a share of the value and so much for each of the code's first unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnRate {
    /// In hundred millionths.
    pub share: i64,
    /// For a unit, in ten millionths of a cent; 0 is none.
    pub a_unit: i64,
    /// Whether quantities are first rounded to whole units, a half up.
    pub whole: bool,
}

/// What a claim of a preference gives a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecialRow {
    pub code: Code,
    pub from: Day,
    pub until: Day,
    pub claim: String,
    /// In hundred millionths; `None` where the rate is no share of the value.
    pub share: Option<i64>,
}

/// The cell of two classes over slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellRow {
    pub scope: u32,
    pub origin: u16,
    pub slot_from: u16,
    /// The slot after the last.
    pub slot_until: u16,
    pub cell: u32,
}

/// What a cell makes of a kind of line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlanRow {
    pub cell: u32,
    /// The kind of the code's general duty; `None` is any.
    pub kind: Option<u32>,
    pub variant: Variant,
    /// Values from here on, in cents …
    pub value_from: i64,
    /// … and below here; [`i64::MAX`] is without bound.
    pub value_until: i64,
    pub status: Status,
    /// Whether the parts add up to the duty; otherwise only what is known of it.
    pub complete: bool,
    /// `None` where there are no rates: such lines are answered one by one.
    pub parts: Option<Vec<PartRow>>,
}

/// What a line states beside code, origin, day, value and quantity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variant {
    Plain,
    Claim {
        /// A symbol of a preference, or a heading or a beginning of one: of several rows that a claim
        /// begins with, the longest is meant.
        claim: String,
        /// Where the claim is of a preference, what it gives the code, in hundred millionths; `None`
        /// where it gives it nothing.
        special: Option<i64>,
    },
    Transport {
        mode: Mode,
        /// A date beside entry by its name, from a day on and before a day.
        date: Option<(&'static str, Option<Day>, Option<Day>)>,
    },
    Content {
        part: String,
        /// The content is at least this share of the value, in hundred millionths …
        from: i64,
        /// … and below this one.
        until: Option<i64>,
    },
}

/// How goods came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// It makes no difference, nor whether it is stated.
    Any,
    Unstated,
    /// Place in `ledger::MODES`.
    Stated(u8),
}

/// What one program takes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PartRow {
    /// Place in [`Tables::programs`].
    pub program: usize,
    pub takes: Takes,
    /// The content that is taken out of the value before the rate falls on it.
    pub less: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Takes {
    /// A share of the basis, in hundred millionths.
    Rate(i64),
    /// The code's duty of column 1.
    General,
    /// The code's duty of column 2.
    Other,
    /// What a share of the basis exceeds the amounts of these programs by, of each what falls on the
    /// basis.
    Total { share: i64, absorbs: Vec<usize> },
}

/// Takes note of how many cells are done, of how many.
pub type Done<'d> = dyn Fn(usize, usize) + Sync + 'd;

/// The tables of a territory, by its place in `Ledger::territories`, for entries from a day on and
/// before a day. Without `variants` only lines that state nothing more are in them. Two years take a
/// minute: `done` is told how far it is.
pub fn tables(
    regime: &Regime<'_>,
    territory: usize,
    (from, until): (Day, Day),
    variants: bool,
    done: &Done<'_>,
) -> Tables {
    let compiled = &regime.sides[territory];
    let ledger = regime.ledger();
    let own = |at: &usize| ledger.programs[*at].by == compiled.side.territory.id;
    let programs: Vec<usize> = regime.programs().iter().copied().filter(own).collect();
    let days = days(compiled, from, until);
    let mut work = Work::new(Memo::new(compiled));
    let codes = codes::codes(&mut work, compiled, from, until);
    let mut setting = Setting::new(regime, territory, &programs, &days, variants);
    setting.note_codes(&codes);
    let specials = setting.specials(&mut work, &codes);
    let (cells, rows) = cells::cells(&setting, done);
    let share = |(limit, _): &(tariff::Exact, i64)| hundred_millionths(*limit);
    Tables {
        programs,
        codes,
        specials,
        origins: origins(compiled),
        days,
        limits: compiled.side.limits.iter().map(|l| share(l).unwrap_or(i64::MAX)).collect(),
        cells,
        plans: rows,
    }
}

fn days(compiled: &Compiled<'_>, from: Day, until: Day) -> Vec<(Day, Option<u16>)> {
    let slot = |day: i32| Some(compiled.grid.slots.of_day(day)).filter(|slot| *slot != SPLIT);
    (from.number()..until.number()).map(|day| (Day::from_number(day), slot(day))).collect()
}

fn origins(compiled: &Compiled<'_>) -> Vec<(Country, u16)> {
    let class = |country: Country| compiled.origin_of[country.index()];
    let all = Country::all().map(|country| (country, class(country)));
    all.filter(|(_, class)| *class != u16::MAX).collect()
}

/// A share in hundred millionths, where it is a whole number of them.
fn hundred_millionths(share: tariff::Exact) -> Option<i64> {
    let scaled = share * i128::from(SHARE_SCALE);
    scaled.is_integer().then(|| i64::try_from(*scaled.numer()).ok()).flatten()
}

/// The day as of which the schedule is read for entries of a day.
fn known_day(compiled: &Compiled<'_>, day: i32) -> i32 {
    match compiled.along {
        Along::Diagonal => day,
        Along::At(k) => k.day(&compiled.side.territory.zone).number(),
    }
}
