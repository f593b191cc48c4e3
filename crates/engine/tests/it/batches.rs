//! How lines come to the engine changes nothing.

use engine::{Assessed, Assessor, Regime, Wanted, compile};
use ledger::{Known, Line, Readings};

use crate::agreement::{Row, columns, row_at};
use crate::real_ledger::ledger;
use crate::real_lines::{Dice, Stock};

/// The rows of these lines, assessed so many at a time.
fn rows(
    regime: &Regime<'_>,
    assessor: &mut Assessor<'_, '_>,
    lines: &[&Line],
    size: usize,
) -> Vec<Row> {
    let mut table = Assessed::default();
    let mut rows = Vec::with_capacity(lines.len());
    for batch in lines.chunks(size) {
        let columns = columns(regime.ledger(), batch.iter().copied());
        assessor.assess(&columns, Wanted::ALL, &mut table);
        // Words are those of the last batch.
        rows.extend((0..batch.len()).map(|at| row_at(assessor, &table, at)));
    }
    rows
}

#[test]
fn the_size_and_the_order_of_batches_change_nothing() {
    let readings = Readings::new();
    let stock = Stock::of(ledger());
    let mut dice = Dice::new(6);
    let lines: Vec<Line> = (0..10_000).map(|_| stock.line(&mut dice)).collect();
    let forward: Vec<&Line> = lines.iter().collect();
    let backward: Vec<&Line> = lines.iter().rev().collect();
    for known in [Known::Entry, Known::Today] {
        let regime = compile(ledger(), known, &readings).unwrap();
        let wanted = rows(&regime, &mut Assessor::new(&regime), &forward, lines.len());
        let mut used = Assessor::new(&regime);
        for size in [1, 7, 1000, lines.len()] {
            let fresh = &mut Assessor::new(&regime);
            for (who, assessor) in [("fresh", fresh), ("used", &mut used)] {
                let found = rows(&regime, assessor, &forward, size);
                same(&lines, &wanted, found, &format!("{known:?}, {who}, batches of {size}"));
                let mut found = rows(&regime, assessor, &backward, size);
                found.reverse();
                let what = format!("{known:?}, {who}, batches of {size}, backward");
                same(&lines, &wanted, found, &what);
            }
        }
    }
}

#[test]
fn plans_that_others_made_change_nothing() {
    let readings = Readings::new();
    let stock = Stock::of(ledger());
    let mut dice = Dice::new(7);
    let lines: Vec<Line> = (0..10_000).map(|_| stock.line(&mut dice)).collect();
    let forward: Vec<&Line> = lines.iter().collect();
    let backward: Vec<&Line> = lines.iter().rev().collect();
    for known in [Known::Entry, Known::Today] {
        let alone = compile(ledger(), known, &readings).unwrap();
        let wanted = rows(&alone, &mut Assessor::new(&alone), &forward, 1000);
        let regime = compile(ledger(), known, &readings).unwrap();
        let all = |lines| rows(&regime, &mut Assessor::new(&regime), lines, 1000);
        // Each numbers claims and headings in the order in which it meets them.
        let (found, mut other) = std::thread::scope(|scope| {
            let other = scope.spawn(|| all(&backward));
            (all(&forward), other.join().unwrap())
        });
        other.reverse();
        same(&lines, &wanted, found, &format!("{known:?}, forward"));
        same(&lines, &wanted, other, &format!("{known:?}, backward"));
    }
}

fn same(lines: &[Line], wanted: &[Row], found: Vec<Row>, what: &str) {
    for ((line, wanted), found) in lines.iter().zip(wanted).zip(&found) {
        assert_eq!(wanted, found, "{what}\n{line:#?}");
    }
}
