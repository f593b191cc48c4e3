//! Surveys of small ledgers, held against the oracle line by line.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use checks::survey::{self, Fault, OfProgram, Outcome, Scope};
use ledger::{Ledger, Status};
use nomenclature::Schedule;
use oracle::{Assessment, Goods, Known, Line, Oracle, Readings};
use tariff::{Cents, Day, Exact, Stated};

use crate::cases::{ledger_of, root};

fn small_ledgers() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root().join("tests/ledgers")).unwrap().map(|e| e.unwrap().path()).collect();
    folders.sort();
    folders
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn surveyed(ledger: &Ledger, schedule: &Schedule, threads: usize) -> Outcome {
    let regime = engine::compile(ledger, Known::Entry, &Readings::new()).unwrap();
    let days = survey::days(day("2025-01-01"), day("2027-01-01"));
    let scope = Scope { by: 0, schedule, known: Known::Entry, days };
    survey::run(&regime, &scope, threads, &|_| {})
}

/// What the oracle says of the same lines.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counted {
    by_status: [u64; 4],
    facts: BTreeMap<String, u64>,
    /// Lines on which a program is owed, of these with facts missing, and at nothing by a heading.
    programs: BTreeMap<String, [u64; 3]>,
}

impl Counted {
    fn of_oracle(ledger: &Ledger, days: &[Day]) -> Counted {
        let territory = &ledger.territories[0];
        let schedule = &ledger.schedules[&territory.id];
        let readings = Readings::new();
        let mut oracle = Oracle::new(ledger, &readings);
        let mut counted = Counted::default();
        for day in days {
            for (code, _) in schedule.codes_on(*day, *day) {
                for (origin, _) in ledger.countries.iter() {
                    let entered = Stated::Day(*day);
                    let goods = Goods::Code(code);
                    let mut line =
                        Line::new(&territory.id, goods, origin, entered, Cents(1_000_000));
                    line.quantities = vec![(Exact::from_integer(100), None); 3];
                    counted.add(&oracle.assess(&line, Known::Entry));
                }
            }
        }
        counted
    }

    fn add(&mut self, answer: &Assessment) {
        self.by_status[answer.status as usize] += 1;
        for need in &answer.needs {
            *self.facts.entry(need.fact.clone()).or_default() += 1;
        }
        let mut by_program: BTreeMap<&str, Vec<&oracle::Component>> = BTreeMap::new();
        for component in &answer.components {
            by_program.entry(&component.program).or_default().push(component);
        }
        for (program, parts) in by_program {
            let owed = parts.iter().any(|part| part.amount.0 > 0);
            let open = parts.iter().any(|part| part.incomplete);
            let headed = parts.iter().any(|part| part.heading.is_some_and(|h| h.is_special()));
            let facts_open = owed && answer.status == Status::NeedsFacts;
            let counts = [owed, facts_open, headed && !owed && !open].map(u64::from);
            if counts != [0; 3] {
                let of_program = self.programs.entry(program.to_owned()).or_default();
                of_program.iter_mut().zip(counts).for_each(|(sum, one)| *sum += one);
            }
        }
    }

    fn of_survey(ledger: &Ledger, outcome: &Outcome) -> Counted {
        let programs: Vec<&ledger::Program> = ledger.programs.iter().filter(|p| p.levies).collect();
        let held: BTreeSet<&str> =
            ledger.measures().map(|(id, _)| ledger::program_of(id)).collect();
        let programs = programs.into_iter().filter(|p| held.contains(p.id.as_str()));
        let counts = |of: &OfProgram| [of.owed, of.owed_on_open, of.zero_by_heading];
        let told = programs.zip(&outcome.programs).filter(|(_, of)| counts(of) != [0; 3]);
        let facts = outcome.facts.iter().map(|(fact, told)| (fact.clone(), told.lines));
        Counted {
            by_status: outcome.by_status,
            facts: facts.collect(),
            programs: told.map(|(p, of)| (p.id.clone(), counts(of))).collect(),
        }
    }
}

#[test]
fn a_survey_counts_what_the_oracle_says_of_each_line() {
    let (mut lines, mut by_heading) = (0, 0);
    for folder in small_ledgers() {
        let ledger = ledger_of(&folder);
        let Some(schedule) = ledger.schedules.get(&ledger.territories[0].id) else { continue };
        let outcome = surveyed(&ledger, schedule, 2);
        assert!(outcome.faults.is_empty(), "{}: {:?}", folder.display(), outcome.faults);
        let counted = Counted::of_oracle(&ledger, &outcome.days);
        assert_eq!(Counted::of_survey(&ledger, &outcome), counted, "{}", folder.display());
        lines += outcome.lines();
        by_heading += outcome.programs.iter().map(|of| of.zero_by_heading).sum::<u64>();
    }
    assert!(lines > 1_000 && by_heading > 0, "{lines}, {by_heading}");
}

#[test]
fn a_survey_does_not_depend_on_the_number_of_threads() {
    let ledger = ledger_of(&root().join("tests/ledgers/picks"));
    let schedule = &ledger.schedules[&ledger.territories[0].id];
    let told = |threads| {
        let outcome = surveyed(&ledger, schedule, threads);
        (outcome.by_status, outcome.programs, outcome.facts, outcome.codes, outcome.countries)
    };
    assert_eq!(told(1), told(3));
}

/// A schedule of 7318.15.20 alone.
fn schedule_of(general: &str) -> Schedule {
    let imported = "revision,published,effective\n\
                    2025_basic,2025-01-01,2025-01-01\n2026_rev_10,2026-12-31,2026-12-31\n";
    let chapter = format!(
        "code,from,until,known,ended,units,general,special,other\n\
         7318.15.20,,,2025-01-01,,kg,{general},,3.5%\n"
    );
    let (schedule, findings) =
        Schedule::read_texts([("imported.csv", imported), ("73.csv", chapter.as_str())]);
    assert!(findings.is_empty(), "{findings:?}");
    schedule
}

#[test]
fn a_duty_of_the_schedule_that_no_line_pays_is_a_silent_zero() {
    let ledger = ledger_of(&root().join("tests/ledgers/metals-family"));
    let outcome = surveyed(&ledger, &schedule_of("Free"), 1);
    assert!(outcome.faults.is_empty(), "{:?}", outcome.faults);
    let outcome = surveyed(&ledger, &schedule_of("4%"), 1);
    let faults: Vec<Fault> = outcome.faults.keys().copied().collect();
    assert_eq!(faults, [Fault::SilentZero]);
    let told = outcome.faults[&Fault::SilentZero];
    assert_eq!(told.example.code.to_string(), "7318.15.20");
    assert_eq!((told.example.day, told.example.origin.as_str()), (day("2025-01-01"), "CN"));
}

#[test]
fn the_days_are_the_first_and_the_last_of_every_month() {
    let days = |from, until| {
        let days = survey::days(day(from), day(until));
        days.iter().map(Day::to_string).collect::<Vec<_>>()
    };
    assert_eq!(days("2024-02-01", "2024-03-01"), ["2024-02-01", "2024-02-29"]);
    assert_eq!(days("2025-12-31", "2026-01-02"), ["2025-12-31", "2026-01-01"]);
    assert!(days("2025-06-02", "2025-06-30").is_empty());
    assert_eq!(days("2025-01-01", "2026-11-01").len(), 44);
}
