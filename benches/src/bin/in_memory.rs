//! Lines in memory through the engine, on one core: lines a second with all columns and for the total.
//!
//! `cargo run --release -p benches --bin in_memory [LINES]`

use std::time::Instant;

use benches::{Drawing, More};
use engine::{ABSENT, Assessed, Assessor, Lines, PackedDate, QuantityColumn, Wanted, compile};
use ledger::{Known, Ledger, Readings};

/// Small enough for the duties of a batch to stay close to the processor.
const BATCH: usize = 2048;

fn main() {
    let count: usize = std::env::args().nth(1).map_or(10_000_000, |n| n.parse().expect("a number"));
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
            for round in ["first", "again"] {
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
    let mut lines = Lines {
        claim_sets: vec![vec!["S".to_owned()], vec!["KR".to_owned()]],
        quantities: vec![QuantityColumn::default()],
        contents: vec![("us".to_owned(), Vec::new())],
        ..Lines::default()
    };
    for _ in 0..count {
        let line = drawing.line();
        lines.by.push(0);
        lines.code.push(line.code.packed());
        lines.origin.push(line.origin);
        lines.entered.push(PackedDate::day(line.entered));
        lines.value.push(line.value_cents);
        lines.quantities[0].millionths.push(line.quantity * 1_000_000);
        lines.quantities[0].unit.push(0);
        let (mut loaded, mut mode, mut claims, mut american) = (PackedDate::ABSENT, 0, 0, ABSENT);
        match line.more {
            More::Nothing => {}
            More::Claim(symbol) => claims = if symbol == "S" { 1 } else { 2 },
            More::Loaded(days) => {
                loaded = PackedDate::day(line.entered - days);
                mode = 1;
            }
            More::AmericanPercent(percent) => {
                american = line.value_cents / 100 * percent / 100 * 100;
            }
        }
        lines.dates[0].push(loaded);
        lines.mode.push(mode);
        lines.claims.push(claims);
        lines.contents[0].1.push(american);
    }
    lines
}
