//! Every legal line of a schedule by every country, on the first and the last day of every month,
//! through the fast engine: what is owed, what is asked, and whether any line is passed over in silence.
//!
//! A line states what every entry states: its code, its origin, its day, a value of 10,000 and 100 of
//! each unit of quantity. It makes no claim. Lines are made and counted a few codes at a time (`batch`,
//! `count`); nothing is kept of them but counts and one example each (`told`).

mod batch;
mod count;
mod headings;
mod told;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use engine::Regime;
use ledger::Known;
use nomenclature::Schedule;
use tariff::{Code, Country, Day};

use batch::Batch;
use count::Counter;
pub use told::{Place, Told};

/// Codes of a batch. With two hundred and fifty countries its columns of programs stay in a core's cache.
const CODES: usize = 8;

/// What every surveyed line states, in cents and in units.
const VALUE_CENTS: i64 = 1_000_000;
const QUANTITY_UNITS: i64 = 100;

/// What a line must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// It needs facts and names none.
    NeedsWithoutFact,
    /// It is unknown and gives no reason.
    UnknownWithoutReason,
    /// A line of the schedule, a country and a day cannot be wrong together.
    Invalid,
    /// It is exact, its general rate is not free, and it owes no base duty, though no heading that
    /// stands in lieu of that duty is on it.
    SilentZero,
    /// What it owes is not the sum of what its programs take.
    SumOfPrograms,
    /// What it owes lies outside its range, or an exact line has one.
    Range,
    /// Measures of one pick and stage apply together.
    Conflict,
}

impl Fault {
    pub const ALL: [Fault; 7] = [
        Fault::NeedsWithoutFact,
        Fault::UnknownWithoutReason,
        Fault::Invalid,
        Fault::SilentZero,
        Fault::SumOfPrograms,
        Fault::Range,
        Fault::Conflict,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Fault::NeedsWithoutFact => "needs-without-fact",
            Fault::UnknownWithoutReason => "unknown-without-reason",
            Fault::Invalid => "invalid",
            Fault::SilentZero => "silent-zero",
            Fault::SumOfPrograms => "sum-of-programs",
            Fault::Range => "range",
            Fault::Conflict => "conflict",
        }
    }

    pub fn in_words(self) -> &'static str {
        match self {
            Fault::NeedsWithoutFact => "lines that need facts name no fact",
            Fault::UnknownWithoutReason => "unknown lines give no reason",
            Fault::Invalid => "lines are invalid",
            Fault::SilentZero => {
                "exact lines owe no base duty, and neither rate nor heading says why"
            }
            Fault::SumOfPrograms => "duties are not the sum of their programs",
            Fault::Range => "duties are not within their range",
            Fault::Conflict => "measures of one stage apply together",
        }
    }
}

/// Lines of one program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfProgram {
    /// Its duty is more than nothing.
    pub owed: u64,
    /// Of these, on lines that need facts.
    pub owed_on_open: u64,
    /// It takes nothing, and a heading of its own is on the line: of an exemption, of a rate of nothing,
    /// of a total that is met.
    pub zero_by_heading: u64,
    /// Its amount waits for a fact.
    pub open: u64,
}

/// What came of a survey.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub days: Vec<Day>,
    pub countries: usize,
    /// Codes that are in force on some of the days.
    pub codes: usize,
    /// Lines by status, in the order of [`ledger::Status`].
    pub by_status: [u64; 4],
    /// In the order of `Regime::programs`.
    pub programs: Vec<OfProgram>,
    /// Facts that are missing.
    pub facts: BTreeMap<String, Told>,
    /// Why lines are unknown or invalid.
    pub reasons: BTreeMap<String, Told>,
    pub faults: BTreeMap<Fault, Told>,
}

impl Outcome {
    pub fn lines(&self) -> u64 {
        self.by_status.iter().sum()
    }

    fn merge(&mut self, other: Outcome) {
        for (mine, more) in self.by_status.iter_mut().zip(other.by_status) {
            *mine += more;
        }
        self.programs.resize(self.programs.len().max(other.programs.len()), OfProgram::default());
        for (mine, more) in self.programs.iter_mut().zip(other.programs) {
            mine.owed += more.owed;
            mine.owed_on_open += more.owed_on_open;
            mine.zero_by_heading += more.zero_by_heading;
            mine.open += more.open;
        }
        told::merge(&mut self.facts, other.facts);
        told::merge(&mut self.reasons, other.reasons);
        told::merge(&mut self.faults, other.faults);
    }
}

/// What is surveyed.
pub struct Scope<'a> {
    /// Who levies, by place in `Ledger::territories`.
    pub by: usize,
    pub schedule: &'a Schedule,
    /// The knowledge that the regime was compiled at.
    pub known: Known,
    pub days: Vec<Day>,
}

/// The first and the last day of every month that lie from `from` on and before `until`.
pub fn days(from: Day, until: Day) -> Vec<Day> {
    let months = (from.year()..=until.year()).flat_map(|year| (1..=12).map(move |m| (year, m)));
    let mut days = Vec::new();
    for (year, month) in months {
        let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        let first = Day::new(year, month, 1).expect("every month has a first day");
        let after = Day::new(next_year, next, 1).expect("every month has a first day");
        days.extend([first, after.plus(-1)]);
    }
    days.retain(|day| *day >= from && *day < until);
    days
}

/// How many lines the survey will have at most.
pub fn about_lines(regime: &Regime<'_>, scope: &Scope<'_>) -> u64 {
    let widest = scope.days.last().map_or(0, |day| scope.schedule.codes_on(*day, *day).len());
    (widest * scope.days.len() * regime.ledger().countries.iter().count()) as u64
}

/// Surveys on so many threads; `done` is told how many lines were.
pub fn run(
    regime: &Regime<'_>,
    scope: &Scope<'_>,
    threads: usize,
    done: &(dyn Fn(u64) + Sync),
) -> Outcome {
    let ledger = regime.ledger();
    let territory = &ledger.territories[scope.by];
    let countries: Vec<Country> = ledger.countries.iter().map(|(country, _)| country).collect();
    let as_of = |day: Day| match scope.known {
        Known::Entry => day,
        Known::At(stated) => stated.day(&territory.zone),
        Known::Today => ledger
            .last_known()
            .map_or(territory.verified_through, |moment| moment.day(&territory.zone)),
    };
    let codes: Vec<Vec<Code>> = scope
        .days
        .iter()
        .map(|day| scope.schedule.codes_on(*day, as_of(*day)).into_iter().map(|(c, _)| c).collect())
        .collect();
    let pieces = codes.iter().map(|codes| codes.len().div_ceil(CODES)).max().unwrap_or(0);
    let next = AtomicUsize::new(0);
    // A thread keeps to a piece of the schedule over all days: its codes meet the same law again.
    let work = || {
        let mut batch = Batch::new(scope, &countries);
        let mut counter = Counter::new(regime, scope);
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            if piece >= pieces {
                return counter.finish();
            }
            for (day, codes) in scope.days.iter().zip(&codes) {
                let start = (piece * CODES).min(codes.len());
                let codes = &codes[start..codes.len().min(start + CODES)];
                if codes.is_empty() {
                    continue;
                }
                counter.count(batch.lines(codes, *day), codes, (*day, as_of(*day)), &countries);
                done((codes.len() * countries.len()) as u64);
            }
        }
    };
    let mut outcome = Outcome { days: scope.days.clone(), ..Outcome::default() };
    std::thread::scope(|scope| {
        let crew: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        for one in crew {
            outcome.merge(one.join().expect("a survey cannot fail"));
        }
    });
    let mut all: Vec<Code> = codes.into_iter().flatten().collect();
    all.sort_unstable();
    all.dedup();
    outcome.codes = all.len();
    outcome.countries = countries.len();
    outcome
}
