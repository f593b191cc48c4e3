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

fn held(ledger: &Ledger, lines: usize) {
    for readings in [Readings::new()].into_iter().chain(choices(ledger)) {
        for known in [Known::Entry, Known::Today] {
            hold_random(ledger, known, &readings, lines, 5);
        }
    }
}

#[test]
fn both_engines_say_the_same_under_every_reading_of_the_ledger() {
    // None may be disputed; then this is one more run of the record.
    held(ledger(), 3000);
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
        held(&ledger, 2000);
    }
    assert!(disputed > 0, "no small ledger has a reading");
}
