//! Every way of choosing among readings, and the small ledgers of hard cases.

use ledger::{Known, Ledger, Readings, Source};

use crate::crew::hold_random;
use crate::real_ledger::ledger;
use crate::support;

/// Every choice of an option for each reading of a ledger.
fn choices(ledger: &Ledger) -> Vec<Readings> {
    ledger.readings.iter().fold(vec![Readings::new()], |made, reading| {
        let with = |option: &str| {
            let add = |chosen: &Readings| {
                let mut chosen = chosen.clone();
                chosen.insert(reading.id.clone(), option.to_owned());
                chosen
            };
            made.iter().map(add).collect::<Vec<_>>()
        };
        reading.options.iter().flat_map(|option| with(&option.id)).collect()
    })
}

/// Each option of a reading by itself, and the last option of all readings at once: the choices of a
/// ledger with so many readings that every way to combine them is too many.
fn one_by_one(ledger: &Ledger) -> Vec<Readings> {
    let chosen = |id: &String, option: &str| (id.clone(), option.to_owned());
    let alone = ledger.readings.iter().flat_map(|reading| {
        let options = reading.options.iter();
        options.map(|option| Readings::from_iter([chosen(&reading.id, &option.id)]))
    });
    let last = |reading: &ledger::Reading| {
        reading.options.last().map(|option| chosen(&reading.id, &option.id))
    };
    alone.chain([ledger.readings.iter().filter_map(last).collect()]).collect()
}

fn held(ledger: &Ledger, choices: &[Readings], lines: usize) {
    for readings in choices {
        for known in [Known::Entry, Known::Today] {
            hold_random(ledger, known, readings, lines, 5);
        }
    }
}

#[test]
fn both_engines_say_the_same_under_every_reading_of_the_ledger() {
    assert!(!ledger().readings.is_empty(), "the ledger has no readings");
    held(ledger(), &one_by_one(ledger()), 1000);
}

#[test]
fn both_engines_say_the_same_of_the_hard_cases_under_every_reading() {
    let folder = support::root().join("tests/ledgers");
    let mut disputed = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let files = support::files(&format!("tests/ledgers/{name}"));
        let (ledger, findings) = Ledger::load(&Source::new(files));
        assert!(findings.is_empty(), "{name}");
        disputed += ledger.readings.len();
        let choices: Vec<_> = [Readings::new()].into_iter().chain(choices(&ledger)).collect();
        held(&ledger, &choices, 2000);
    }
    assert!(disputed > 0, "no small ledger has a reading");
}
