//! One line for each way in which the law treats goods, origins and times.
//!
//! Classes of goods (codes that the same rows of lists and prefixes cover), classes of origins (countries
//! that are in the same areas) and the stretches between changes of the law multiply to some forty million.
//! Each of these combinations is looked at, but most of them meet the same measures as another: what is
//! assessed is one line for each distinct set of measures as they were then (a cell of the fast engine),
//! at the first time that goods in force meet it. The oracle answers it, and the engine must agree.
//! Two things are left out: codes that leave open what is meant, and cells that hold for a part of a day
//! under knowledge that came later that day, where the time of entry is a missing fact.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use engine::{Assessor, Lines, Regime, Sample};
use ledger::Ledger;
use oracle::{Assessment, Goods, Known, Line, Oracle, Readings, Status};
use tariff::{Cents, Day, Exact};

use crate::cases::{ledger_of, root};

/// Lines that a thread takes at a time; they stand in the order of their dates.
const BATCH: usize = 512;

#[test]
fn one_line_of_each_class_has_an_answer_and_no_silent_zero() {
    let ledger = ledger_of(&root().join("law"));
    let regime = engine::compile(&ledger, Known::Entry, &Readings::new()).unwrap();
    let from = Day::new(2018, 1, 1).unwrap();
    for (at, territory) in ledger.territories.iter().enumerate() {
        // What was made by the last day but begins later is law too.
        let until = territory.verified_through.plus(2 * 365);
        let found = engine::samples(&regime, at, (from, until));
        let combinations = found.scope_classes * found.origin_classes * found.slots;
        let by_status = hold(&ledger, &regime, at, &found.samples);
        println!(
            "{}: {} lines for {} cells of {} classes of goods, {} of origins, {} stretches of time \
             ({combinations} combinations): {by_status:?}",
            territory.country,
            found.samples.len(),
            found.cells,
            found.scope_classes,
            found.origin_classes,
            found.slots,
        );
        // Most cells are those of goods in force at a time.
        assert!(found.samples.len() * 10 > found.cells * 8, "{}", found.samples.len());
        let answered = by_status.get("exact").copied().unwrap_or(0)
            + by_status.get("needs-facts").copied().unwrap_or(0);
        assert!(answered * 100 > found.samples.len() * 99, "{by_status:?}");
    }
}

/// Assesses each line with both engines on every core; how many came out as what.
fn hold(
    ledger: &Ledger,
    regime: &Regime<'_>,
    by: usize,
    samples: &[Sample],
) -> BTreeMap<&'static str, usize> {
    let next = AtomicUsize::new(0);
    let readings = Readings::new();
    let work = || {
        let mut oracle = Oracle::new(ledger, &readings);
        let mut assessor = Assessor::new(regime);
        let mut by_status: BTreeMap<&str, usize> = BTreeMap::new();
        loop {
            let batch = next.fetch_add(1, Ordering::Relaxed);
            let Some(batch) = samples.chunks(BATCH).nth(batch) else { return by_status };
            for sample in batch {
                let line = line(&ledger.territories[by].id, sample);
                let answer = oracle.assess(&line, Known::Entry);
                let place = format!("{sample:?}");
                sound(&answer, &place);
                agree(&mut assessor, ledger, &line, &answer, &place);
                *by_status.entry(answer.status.name()).or_default() += 1;
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let crew: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut all = BTreeMap::new();
        for one in crew {
            for (status, count) in one.join().expect("every line is sound") {
                *all.entry(status).or_default() += count;
            }
        }
        all
    })
}

fn line(by: &str, sample: &Sample) -> Line {
    let goods = Goods::Code(sample.code);
    let mut line = Line::new(by, goods, sample.origin, sample.entered, Cents(1_000_000));
    line.quantities.push((Exact::from_integer(100), None));
    line
}

fn sound(answer: &Assessment, place: &str) {
    let sum: Cents = answer.components.iter().map(|c| c.amount).sum();
    match answer.status {
        Status::Exact => {
            assert_eq!(answer.duty, Some(sum), "{place}");
            assert!(answer.components.iter().all(|c| !c.incomplete), "{place}");
            assert!(!answer.components.is_empty(), "{place}: nothing applies");
            assert!(answer.needs.is_empty(), "{place}");
        }
        Status::NeedsFacts => assert!(!answer.needs.is_empty(), "{place}"),
        // A code of another time.
        Status::Unknown => assert!(answer.duty.is_none() && !answer.needs.is_empty(), "{place}"),
        Status::Invalid => panic!("{place}: {answer:#?}"),
    }
    let conflict = answer.warnings.iter().any(|w| w.starts_with("conflict"));
    assert!(!conflict, "{place}: {answer:#?}");
}

fn agree(
    assessor: &mut Assessor<'_, '_>,
    ledger: &Ledger,
    line: &Line,
    answer: &Assessment,
    place: &str,
) {
    let mut lines = Lines::default();
    lines.push(ledger, line).expect("a line of a code");
    let other = assessor.answer(&lines, 0);
    let cents = |amount: Option<Cents>| amount.map(|cents| cents.0);
    let amounts = (cents(answer.duty), cents(answer.duty_min), cents(answer.duty_max));
    let others = (other.duty_cents, other.duty_min_cents, other.duty_max_cents);
    assert_eq!((answer.status, amounts), (other.status, others), "{place}");
    let needs: Vec<&str> = answer.needs.iter().map(|need| need.fact.as_str()).collect();
    assert_eq!(needs, other.needs, "{place}");
}
