//! Both sides of every boundary.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Goods, Known, Ledger, Line, Readings, program_of, territory_of};
use oracle::Oracle;
use tariff::Stated;

use crate::crew::hold_all;
use crate::real_ledger::ledger;
use crate::real_lines::{Dice, Stock};

/// How many random lines are looked through for ones that meet a program.
const LOOKED_THROUGH: usize = 60_000;

/// The programs of a side that have a measure to levy.
fn levied<'l>(ledger: &'l Ledger, side: &str) -> BTreeSet<&'l str> {
    let own = ledger.measures().filter(|(id, _)| territory_of(id) == side);
    let programs = own.map(|(id, _)| program_of(id));
    programs.filter(|id| ledger.program(id).is_some_and(|p| p.levies)).collect()
}

/// For each program of a side a line that meets it, without the dates that say which law applies.
fn meeting(ledger: &Ledger, stock: &Stock<'_>, side: &str) -> Vec<Line> {
    let readings = Readings::new();
    let mut oracle = Oracle::new(ledger, &readings);
    let mut wanted = levied(ledger, side);
    let mut found: BTreeMap<String, Line> = BTreeMap::new();
    let mut dice = Dice::new(7);
    for _ in 0..LOOKED_THROUGH {
        if wanted.is_empty() {
            break;
        }
        let drawn = stock.line(&mut dice);
        if drawn.by != side {
            continue;
        }
        let line = Line { withdrawn: None, privileged: None, ..drawn };
        for part in oracle.assess(&line, Known::Entry).components {
            if wanted.remove(part.program.as_str()) {
                found.insert(part.program, line.clone());
            }
        }
    }
    assert!(wanted.is_empty(), "no random line of {side} meets {wanted:?}");
    // A line that meets several programs stands for all of them.
    let mut lines: Vec<Line> = Vec::new();
    for line in found.into_values() {
        let same = |other: &Line| {
            let key = |line: &Line| match line.goods {
                Goods::Code(code) => (code, line.origin, line.entered),
                Goods::Ordinary => unreachable!("random lines have codes"),
            };
            key(other) == key(&line)
        };
        if !lines.iter().any(same) {
            lines.push(line);
        }
    }
    lines
}

#[test]
fn both_engines_say_the_same_on_both_sides_of_every_boundary() {
    let ledger = ledger();
    let stock = Stock::of(ledger);
    let mut lines = Vec::new();
    for (at, territory) in ledger.territories.iter().enumerate() {
        let goods = meeting(ledger, &stock, &territory.id);
        let mut dates = BTreeSet::new();
        for boundary in stock.boundaries(at) {
            for by in [0, -60, 60, -86_400, 86_400] {
                let moment = boundary.plus_seconds(by);
                dates.insert(Stated::Moment(moment));
                dates.insert(Stated::Day(moment.day(&territory.zone)));
            }
        }
        for entered in dates {
            lines.extend(goods.iter().map(|line| Line { entered, ..line.clone() }));
        }
    }
    for known in [Known::Entry, Known::Today] {
        let held = hold_all(ledger, known, &Readings::new(), &lines);
        // Boundaries of long ago are before the ledger's base duty.
        assert!(held.answered * 2 > held.lines, "{held:?}");
    }
}
