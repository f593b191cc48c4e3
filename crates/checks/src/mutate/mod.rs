//! Mutation of the law: one record of a copy is changed, and the checks must notice.
//!
//! `draw` takes a record by `dice` and does one of `edits` to it; `bench` asks lint, the worked cases that
//! `reach` says may see it, and the official text, in the order of their cost; `effect` recognises what
//! changes no answer; of what nothing noticed `witness` looks for a line that would tell. The copy is text
//! in memory: no file is written.

mod bench;
pub(crate) mod dice;
mod draw;
mod edits;
mod effect;
mod reach;
mod witness;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use ledger::{Ledger, Source};
use tariff::Code;

use crate::cases::Cases;
use crate::official::OfficialText;
use bench::Bench;
use dice::Dice;
use draw::Records;
pub use witness::Search;

/// What is done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The record is taken out.
    Delete,
    /// One of its moments lies a day earlier or later.
    Shift,
    /// Another rate or limit.
    Rate,
    /// A relation, pick or target names something else, or less.
    Relation,
    /// A code or origin is dropped or another.
    Scope,
    /// Another heading.
    Heading,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Delete => "delete",
            Kind::Shift => "shift",
            Kind::Rate => "rate",
            Kind::Relation => "relation",
            Kind::Scope => "scope",
            Kind::Heading => "heading",
        }
    }
}

/// A changed record, in words, with the text of its file.
#[derive(Clone, Debug)]
pub struct Mutation {
    pub kind: Kind,
    /// Relative to the folder of the ledger, with the line as it was.
    pub file: String,
    pub line: usize,
    /// The record.
    pub what: String,
    /// What is done to it.
    pub words: String,
    /// The program whose answers it may change: the first by name of several.
    pub program: String,
    /// The file after it.
    pub text: String,
    pub(crate) sight: Sight,
    key: String,
    of_act: bool,
    has_reading: bool,
}

/// Which lines may see a change.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sight {
    /// The side that levies; empty for both.
    pub by: &'static str,
    /// Measures that change.
    pub measures: BTreeSet<String>,
    /// For a row of a list: only lines of these goods.
    pub codes: Vec<Code>,
    /// For a member of an area: only lines of this origin.
    pub origin: Option<String>,
}

/// Who noticed a mutation, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noticed {
    Lint(String),
    Cases(String),
    Verify(String),
}

impl Noticed {
    pub fn by(&self) -> &'static str {
        match self {
            Noticed::Lint(_) => "lint",
            Noticed::Cases(_) => "cases",
            Noticed::Verify(_) => "verify",
        }
    }

    pub fn words(&self) -> &str {
        match self {
            Noticed::Lint(words) | Noticed::Cases(words) | Noticed::Verify(words) => words,
        }
    }
}

/// A mutation and what came of it.
#[derive(Clone, Debug)]
pub struct Tried {
    pub mutation: Mutation,
    pub noticed: Option<Noticed>,
    /// Where nothing noticed: a line that would tell.
    pub search: Option<Search>,
}

/// How many mutations were noticed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub made: usize,
    pub lint: usize,
    pub cases: usize,
    pub verify: usize,
    /// Not noticed, and no line was found that is answered otherwise.
    pub same: usize,
}

impl Tally {
    pub fn noticed(self) -> usize {
        self.lint + self.cases + self.verify
    }

    /// Noticed ones in percent, rounded down; 100 of none.
    pub fn percent(self) -> usize {
        (self.noticed() * 100).checked_div(self.made).unwrap_or(100)
    }

    /// Noticed ones in percent of those that change an answer, as far as lines were found that do.
    pub fn percent_of_effective(self) -> usize {
        (self.noticed() * 100).checked_div(self.made - self.same).unwrap_or(100)
    }

    fn add(&mut self, tried: &Tried) {
        self.made += 1;
        match tried.noticed {
            Some(Noticed::Lint(_)) => self.lint += 1,
            Some(Noticed::Cases(_)) => self.cases += 1,
            Some(Noticed::Verify(_)) => self.verify += 1,
            None => {
                let found = tried.search.as_ref().is_some_and(|search| search.witness.is_some());
                self.same += usize::from(!found);
            }
        }
    }
}

/// All that came out.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// In the order of the draw.
    pub tried: Vec<Tried>,
    pub total: Tally,
    pub kinds: BTreeMap<Kind, Tally>,
    pub programs: BTreeMap<String, Tally>,
    /// Draws that could change no answer, and were drawn again.
    pub without_effect: usize,
    /// Whether the official text was asked.
    pub verified: bool,
}

/// What the copies are held against.
pub struct Against<'a> {
    pub cases: &'a Cases,
    pub official: Option<&'a OfficialText>,
}

/// The mutations of a seed, from its first.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub seed: u64,
    pub count: usize,
}

/// How often a record is drawn again before a mutation is given up.
const ATTEMPTS_MAX: u64 = 200;

/// One mutation: the first draw of this place in the row of a seed that can be made.
fn drawn(records: &Records<'_>, seed: u64, at: usize, attempt: &mut u64) -> Option<Mutation> {
    while *attempt < ATTEMPTS_MAX {
        let mutation = records.draw(&mut Dice::new(seed, at, *attempt));
        *attempt += 1;
        if mutation.is_some() {
            return mutation;
        }
    }
    None
}

/// The mutations of a seed, before any is drawn again because it has no effect.
pub fn mutations(source: &Source, ledger: &Ledger, seed: u64, count: usize) -> Vec<Mutation> {
    let records = Records::new(source, ledger);
    (0..count).filter_map(|at| drawn(&records, seed, at, &mut 0)).collect()
}

/// Makes `count` mutations of a sound ledger and asks who notices them. `progress` is told after each,
/// whether it was noticed. What comes out is the same on any number of threads.
pub fn run(
    source: &Source,
    ledger: &Ledger,
    against: &Against<'_>,
    row: Row,
    threads: usize,
    progress: &(dyn Fn(bool) + Sync),
) -> Report {
    let Row { seed, count } = row;
    let records = Records::new(source, ledger);
    let bench = Bench::new(source, ledger, against);
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Option<Tried>, usize)>> = Mutex::default();
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return;
            }
            let (tried, again) = try_one(&records, &bench, seed, at);
            progress(tried.as_ref().is_some_and(|tried| tried.noticed.is_some()));
            done.lock().unwrap_or_else(|e| e.into_inner()).push((at, tried, again));
        }
    };
    std::thread::scope(|scope| {
        (1..threads).for_each(|_| _ = scope.spawn(work));
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(|e| e.into_inner());
    done.sort_by_key(|(at, ..)| *at);
    let mut report = Report { verified: against.official.is_some(), ..Report::default() };
    for (_, tried, again) in done {
        report.without_effect += again;
        let Some(tried) = tried else { continue };
        let program = report.programs.entry(tried.mutation.program.clone()).or_default();
        for tally in
            [program, report.kinds.entry(tried.mutation.kind).or_default(), &mut report.total]
        {
            tally.add(&tried);
        }
        report.tried.push(tried);
    }
    report
}

/// A mutation with an effect, and how many without one came before it.
fn try_one(
    records: &Records<'_>,
    bench: &Bench<'_>,
    seed: u64,
    at: usize,
) -> (Option<Tried>, usize) {
    let (mut attempt, mut again) = (0, 0);
    while let Some(mutation) = drawn(records, seed, at, &mut attempt) {
        match bench.asks(&mutation) {
            Some(noticed) => {
                let search = noticed.is_none().then(|| bench.search(&mutation));
                return (Some(Tried { mutation, noticed, search }), again);
            }
            None => again += 1,
        }
    }
    (None, again)
}
