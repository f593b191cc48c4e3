use std::sync::OnceLock;

use ledger::{Known, Ledger, Readings};
use tariff::{Day, Stated};

use crate::crew::hold_random;

pub fn ledger() -> &'static Ledger {
    static LEDGER: OnceLock<Ledger> = OnceLock::new();
    LEDGER.get_or_init(Ledger::embedded)
}

/// How many random lines: a million where changes are checked, `TRUCE_DIFFERENTIAL_LINES` elsewhere.
fn count() -> usize {
    let asked = std::env::var("TRUCE_DIFFERENTIAL_LINES").ok().and_then(|n| n.parse().ok());
    asked.unwrap_or(if std::env::var_os("CI").is_some() { 1_000_000 } else { 50_000 })
}

fn held_against_the_oracle(known: Known, lines: usize, seed: u64) {
    let held = hold_random(ledger(), known, &Readings::new(), lines, seed);
    // Codes of other times and parts worth more than the whole have none.
    assert!(held.answered * 4 > held.lines * 3, "too few lines have an answer: {held:?}");
    // A difference in a way that hardly any line goes would not be seen.
    let ways = held.ways;
    let all = ways.quick + ways.planned + ways.long;
    assert!(ways.quick * 4 >= all, "too few lines go the quick way: {ways:?}");
    assert!(ways.planned * 20 >= all, "too few lines go the planned way: {ways:?}");
}

#[test]
fn both_engines_say_the_same_of_random_real_lines_as_known_at_entry() {
    held_against_the_oracle(Known::Entry, count() * 8 / 10, 1);
}

#[test]
fn both_engines_say_the_same_of_random_real_lines_as_known_today() {
    held_against_the_oracle(Known::Today, count() / 10, 2);
}

#[test]
fn both_engines_say_the_same_of_random_real_lines_as_known_in_the_summer_of_2025() {
    let day = Stated::Day(Day::new(2025, 8, 1).unwrap());
    held_against_the_oracle(Known::At(day), count() / 10, 3);
}
