//! Lines in memory through the engine, on one core: lines a second with all columns and for the total.
//!
//! `cargo run --release -p benches --bin in_memory [LINES] [PASSES] [COLUMNS]`: each regime assesses the lines so
//! often, twice by default; the first pass and the best of the later ones are told. `COLUMNS` is how the names of
//! the columns to ask for begin (`total`), all of them by default.
//!
//! Where the system counts it (Linux), the processor's time is told beside the time that passed: it leaves out what
//! other work on the machine took.

use std::time::{Duration, Instant};

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
    let asked = std::env::args().nth(3).unwrap_or_default();
    let ledger = Ledger::embedded();
    let mut drawing = Drawing::new(&ledger, 1);
    let batches: Vec<Lines> = (0..count.div_ceil(BATCH))
        .map(|at| batch(&mut drawing, BATCH.min(count - at * BATCH)))
        .collect();
    println!("{count} lines of {} codes", drawing.codes().len());
    for known in [Known::Entry, Known::Today] {
        let start = Clock::start();
        let regime = compile(&ledger, known, &Readings::new()).expect("within limits");
        let (passed, worked) = start.stop();
        println!("\n{known:?}: compiled in {passed:?}; {worked:?} of a processor");
        for (name, wanted) in [
            ("all columns", Wanted::ALL),
            ("all program columns", Wanted { words: false, ..Wanted::ALL }),
            ("total only", Wanted::TOTAL),
        ] {
            if !name.starts_with(&asked) {
                continue;
            }
            let mut assessor = Assessor::new(&regime);
            let mut out = Assessed::default();
            let told = |round: &str,
                        (passed, worked): (Duration, Duration),
                        duty: (i128, usize)| {
                let rate = |time: Duration| count as f64 / time.as_secs_f64() / 1e6;
                let nanoseconds = worked.as_secs_f64() * 1e9 / count as f64;
                println!(
                    "{name:>20}, {round}: {:>5.1} million lines/s, {:.1} a second of a processor, {nanoseconds:.1} ns a \
                     line; duty {} cents, {} without",
                    rate(passed),
                    rate(worked),
                    duty.0,
                    duty.1,
                );
            };
            let mut best: Option<(Duration, Duration)> = None;
            let mut duty = (0, 0);
            for pass in 0..passes {
                let start = Clock::start();
                duty = assess(&mut assessor, &batches, wanted, &mut out);
                let time = start.stop();
                if pass == 0 {
                    told("first", time, duty);
                } else {
                    let (passed, worked) = best.unwrap_or(time);
                    best = Some((passed.min(time.0), worked.min(time.1)));
                }
            }
            told("again", best.expect("two passes at least"), duty);
            println!("{:?}", assessor.ways());
        }
    }
}

/// All lines once: the duty in cents, and how many lines have none.
fn assess(
    assessor: &mut Assessor<'_, '_>,
    batches: &[Lines],
    wanted: Wanted,
    out: &mut Assessed,
) -> (i128, usize) {
    let (mut sum, mut without) = (0, 0);
    for lines in batches {
        assessor.assess(lines, wanted, out);
        for duty in &out.duty {
            if *duty == ABSENT { without += 1 } else { sum += i128::from(*duty) }
        }
    }
    (sum, without)
}

/// The time that passes, and what of it this program had a processor for.
struct Clock {
    passed: Instant,
    worked: Option<Duration>,
}

impl Clock {
    fn start() -> Clock {
        Clock { passed: Instant::now(), worked: worked() }
    }

    fn stop(&self) -> (Duration, Duration) {
        let passed = self.passed.elapsed();
        let worked = worked().zip(self.worked).map(|(end, start)| end.saturating_sub(start));
        (passed, worked.unwrap_or(passed))
    }
}

/// How long the system let this thread run so far.
fn worked() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split_whitespace().next()?.parse().ok()?))
}

fn batch(drawing: &mut Drawing, count: usize) -> Lines {
    let drawn: Vec<DrawnLine> = (0..count).map(|_| drawing.line()).collect();
    columns(&drawn)
}
