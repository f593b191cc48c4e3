use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use engine::{Assessor, compile};
use ledger::{Known, Ledger, Line, Readings};
use tariff::{Day, Stated};

use crate::agreement::differ;
use crate::real_lines::{Dice, Stock};

fn ledger() -> &'static Ledger {
    static LEDGER: OnceLock<Ledger> = OnceLock::new();
    LEDGER.get_or_init(Ledger::embedded)
}

/// How many random lines; `TRUCE_DIFFERENTIAL_LINES` asks for more.
fn count() -> usize {
    std::env::var("TRUCE_DIFFERENTIAL_LINES").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000)
}

fn held_against_the_oracle(known: Known, lines: usize, seed: u64) {
    let ledger = ledger();
    let readings = Readings::new();
    let regime = compile(ledger, known, &readings).unwrap();
    let stock = Stock::of(ledger);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let answered = AtomicUsize::new(0);
    let differences: Vec<String> = std::thread::scope(|scope| {
        let work: Vec<_> = (0..threads)
            .map(|thread| {
                let (regime, stock, readings, answered) = (&regime, &stock, &readings, &answered);
                scope.spawn(move || {
                    let mut dice = Dice::new(seed + thread as u64);
                    let mut assessor = Assessor::new(regime);
                    let mut left = lines / threads;
                    while left > 0 {
                        let size = left.min(1000);
                        left -= size;
                        let batch: Vec<Line> = (0..size).map(|_| stock.line(&mut dice)).collect();
                        let mut with_answer = 0;
                        let found = differ(
                            ledger,
                            regime,
                            &mut assessor,
                            &batch,
                            known,
                            readings,
                            &mut with_answer,
                        );
                        answered.fetch_add(with_answer, Ordering::Relaxed);
                        if found.is_some() {
                            return found;
                        }
                    }
                    None
                })
            })
            .collect();
        work.into_iter().filter_map(|t| t.join().unwrap()).collect()
    });
    assert!(differences.is_empty(), "{}", differences[0]);
    // Codes of other times and parts worth more than the whole have none.
    let answered = answered.into_inner();
    assert!(answered * 4 > lines * 3, "only {answered} of {lines} lines have an answer");
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
