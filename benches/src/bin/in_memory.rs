//! Lines in memory through the engine, on one core: lines a second with all columns and for the total.
//!
//! `cargo run --release -p benches --bin in_memory [LINES] [PASSES]`: each regime assesses the lines so often,
//! twice by default; the first pass and the last are told.

use std::time::Instant;

use benches::{Drawing, DrawnLine, columns};
use engine::{ABSENT, Assessed, Assessor, Lines, Wanted, compile};
use ledger::{Known, Ledger, Readings};

/// Small enough for the duties of a batch to stay close to the processor.
const BATCH: usize = 2048;

fn main() {
    let argument = |at: usize, default: usize| {
        std::env::args().nth(at).map_or(default, |n| n.parse().expect("a number"))
    };
    let (count, passes) = (argument(1, 10_000_000), argument(2, 2).max(2));
    let ledger = Ledger::embedded();
    let mut drawing = Drawing::new(&ledger, 1);
    let batches: Vec<Lines> = (0..count.div_ceil(BATCH))
        .map(|at| batch(&mut drawing, BATCH.min(count - at * BATCH)))
        .collect();
    println!("{count} lines of {} codes", drawing.codes().len());
    for known in [Known::Entry, Known::Today] {
        let start = Instant::now();
        let regime = compile(&ledger, known, &Readings::new()).expect("within limits");
        println!("\n{known:?}: compiled in {:?}", start.elapsed());
        for (name, wanted) in [
            ("all columns", Wanted::ALL),
            ("all program columns", Wanted { words: false, ..Wanted::ALL }),
            ("total only", Wanted::TOTAL),
        ] {
            let mut assessor = Assessor::new(&regime);
            let mut out = Assessed::default();
            for pass in 0..passes {
                let start = Instant::now();
                let mut sum = 0i128;
                let mut without = 0usize;
                for lines in &batches {
                    assessor.assess(lines, wanted, &mut out);
                    for duty in &out.duty {
                        if *duty == ABSENT { without += 1 } else { sum += i128::from(*duty) }
                    }
                }
                let time = start.elapsed();
                let round = match pass {
                    0 => "first",
                    last if last + 1 == passes => "again",
                    _ => continue,
                };
                println!(
                    "{name:>20}, {round}: {:>5.1} million lines/s, {:.1} ns a line; duty {sum} cents, {without} without",
                    count as f64 / time.as_secs_f64() / 1e6,
                    time.as_secs_f64() * 1e9 / count as f64,
                );
            }
            println!("{:?}", assessor.ways());
        }
    }
}

fn batch(drawing: &mut Drawing, count: usize) -> Lines {
    let drawn: Vec<DrawnLine> = (0..count).map(|_| drawing.line()).collect();
    columns(&drawn)
}
