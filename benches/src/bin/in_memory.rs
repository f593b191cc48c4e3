//! Lines in memory through the engine: lines a second with all columns and for the total.
//!
//! `cargo run --release -p benches --bin in_memory [LINES] [PASSES] [COLUMNS] [THREADS]`: each regime assesses the
//! lines so often, twice by default; the first pass and the best of the later ones are told. `COLUMNS` is how the
//! names of the columns to ask for begin (`total`), all of them by default. Each thread, one by default, has an
//! assessor of its own and its share of the lines.
//!
//! Where the system counts it (Linux), the processor's time, of all threads together, is told beside the time that
//! passed: it leaves out what other work on the machine took.

use std::sync::Barrier;
use std::time::{Duration, Instant};

use benches::{Drawing, DrawnLine, columns};
use engine::{ABSENT, Assessed, Assessor, Lines, Regime, Wanted, Ways, compile};
use ledger::{Known, Ledger, Readings};

/// Small enough for the duties of a batch to stay close to the processor.
const BATCH: usize = 2048;

fn main() {
    let argument = |at: usize, default: usize| {
        std::env::args().nth(at).map_or(default, |n| n.parse().expect("a number"))
    };
    let (count, passes) = (argument(1, 10_000_000), argument(2, 2).max(2));
    let asked = std::env::args().nth(3).unwrap_or_default();
    let threads = argument(4, 1).max(1);
    let ledger = Ledger::embedded();
    let mut drawing = Drawing::new(&ledger, 1);
    let batches: Vec<Lines> = (0..count.div_ceil(BATCH))
        .map(|at| batch(&mut drawing, BATCH.min(count - at * BATCH)))
        .collect();
    println!("{count} lines of {} codes", drawing.codes().len());
    for known in [Known::Entry, Known::Today] {
        let start = Instant::now();
        drop(compile(&ledger, known, &Readings::new()).expect("within limits"));
        println!("\n{known:?}: compiled in {:?}", start.elapsed());
        for (name, wanted) in [
            ("all columns", Wanted::ALL),
            ("all program columns", Wanted { words: false, ..Wanted::ALL }),
            ("total only", Wanted::TOTAL),
        ] {
            if !name.starts_with(&asked) {
                continue;
            }
            // Assessors of a regime share their plans: a first pass needs one that nobody has used.
            let regime = compile(&ledger, known, &Readings::new()).expect("within limits");
            let told = |round: &str, pass: &Pass| {
                let rate = |time: Duration| count as f64 / time.as_secs_f64() / 1e6;
                let nanoseconds = pass.worked.as_secs_f64() * 1e9 / count as f64;
                println!(
                    "{name:>20}, {round}: {:>5.1} million lines/s, {:.1} a second of a processor, {nanoseconds:.1} ns a \
                     line; duty {} cents, {} without",
                    rate(pass.passed),
                    rate(pass.worked),
                    pass.duty.0,
                    pass.duty.1,
                );
            };
            let barrier = Barrier::new(threads);
            let work = |at: usize| {
                let share: Vec<&Lines> = batches.iter().skip(at).step_by(threads).collect();
                assess_all(&regime, &share, wanted, passes, &barrier)
            };
            let all: Vec<(Vec<Pass>, Ways)> = std::thread::scope(|scope| {
                let others: Vec<_> = (1..threads).map(|at| scope.spawn(move || work(at))).collect();
                let first = work(0);
                let others = others.into_iter().map(|other| other.join().expect("it ends"));
                std::iter::once(first).chain(others).collect()
            });
            let pass = |at: usize| {
                let shares = all.iter().map(|(passes, _)| passes[at]);
                shares.reduce(Pass::beside).expect("a thread at least")
            };
            told("first", &pass(0));
            let best = (1..passes).map(pass).reduce(Pass::best);
            told("again", &best.expect("two passes at least"));
            all.iter().for_each(|(_, ways)| println!("{ways:?}"));
        }
    }
}

/// A share of the lines, or all, once.
#[derive(Clone, Copy)]
struct Pass {
    passed: Duration,
    worked: Duration,
    /// In cents, and how many lines have none.
    duty: (i128, usize),
}

impl Pass {
    /// With another share that was worked on at the same time.
    fn beside(self, other: Pass) -> Pass {
        Pass {
            passed: self.passed.max(other.passed),
            worked: self.worked + other.worked,
            duty: (self.duty.0 + other.duty.0, self.duty.1 + other.duty.1),
        }
    }

    fn best(self, other: Pass) -> Pass {
        Pass {
            passed: self.passed.min(other.passed),
            worked: self.worked.min(other.worked),
            ..self
        }
    }
}

/// A share of the lines so often, each pass begun when all threads are ready for it.
fn assess_all(
    regime: &Regime<'_>,
    share: &[&Lines],
    wanted: Wanted,
    passes: usize,
    barrier: &Barrier,
) -> (Vec<Pass>, Ways) {
    let mut assessor = Assessor::new(regime);
    let mut out = Assessed::default();
    let passes = (0..passes).map(|_| {
        barrier.wait();
        let start = Clock::start();
        let duty = assess(&mut assessor, share, wanted, &mut out);
        let (passed, worked) = start.stop();
        Pass { passed, worked, duty }
    });
    (passes.collect(), assessor.ways())
}

/// A share of the lines once: the duty in cents, and how many lines have none.
fn assess(
    assessor: &mut Assessor<'_, '_>,
    batches: &[&Lines],
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
