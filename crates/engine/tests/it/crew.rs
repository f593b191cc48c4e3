//! Many lines held against the oracle, on every core.

use std::sync::atomic::{AtomicUsize, Ordering};

use engine::{Ways, compile};
use ledger::{Known, Ledger, Line, Readings};

use crate::agreement::Both;
use crate::real_lines::{Dice, Stock};

/// Lines of a batch. Their dates lie closer together the more they are, which helps the oracle.
pub const BATCH: usize = 25_000;

/// What came of lines on which both engines agree.
#[derive(Clone, Copy, Debug, Default)]
pub struct Held {
    pub lines: usize,
    /// Lines that have an answer.
    pub answered: usize,
    /// Which way the engine went, counted for each time a line was assessed.
    pub ways: Ways,
}

impl Held {
    fn and(self, other: Held) -> Held {
        Held {
            lines: self.lines + other.lines,
            answered: self.answered + other.answered,
            ways: Ways {
                quick: self.ways.quick + other.ways.quick,
                planned: self.ways.planned + other.ways.planned,
                long: self.ways.long + other.ways.long,
            },
        }
    }
}

/// Holds batches of lines against the oracle. Panics with a line on which the two differ.
pub fn hold(
    ledger: &Ledger,
    known: Known,
    readings: &Readings,
    batches: usize,
    batch: impl Fn(usize) -> Vec<Line> + Sync,
) -> Held {
    let regime = compile(ledger, known, readings).unwrap();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut both = Both::new(ledger, &regime, known, readings);
        let mut lines = 0;
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= batches {
                return Ok(Held { lines, answered: both.answered, ways: both.assessor.ways() });
            }
            let batch = batch(at);
            lines += batch.len();
            if let Some(difference) = both.differ(&batch) {
                next.store(batches, Ordering::Relaxed);
                return Err(difference);
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(batches.max(1));
    let found: Vec<Result<Held, String>> = std::thread::scope(|scope| {
        let crew: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        crew.into_iter().map(|one| one.join().expect("no engine panics")).collect()
    });
    found.into_iter().fold(Held::default(), |all, one| match one {
        Ok(held) => all.and(held),
        Err(difference) => panic!("{difference}"),
    })
}

/// Holds random lines of a ledger against the oracle; the same for the same seed, whatever the cores.
pub fn hold_random(
    ledger: &Ledger,
    known: Known,
    readings: &Readings,
    lines: usize,
    seed: u64,
) -> Held {
    let stock = Stock::of(ledger);
    hold(ledger, known, readings, lines.div_ceil(BATCH), |at| {
        let mut dice = Dice::new((seed << 32) + at as u64);
        (0..BATCH.min(lines - at * BATCH)).map(|_| stock.line(&mut dice)).collect()
    })
}

/// Holds these lines against the oracle.
pub fn hold_all(ledger: &Ledger, known: Known, readings: &Readings, lines: &[Line]) -> Held {
    let batches: Vec<&[Line]> = lines.chunks(BATCH).collect();
    hold(ledger, known, readings, batches.len(), |at| batches[at].to_vec())
}
