//! Both sides of every boundary.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Does, Goods, Known, Ledger, Line, Readings, program_of, territory_of};
use oracle::Oracle;
use tariff::{Cents, Stated};

use crate::crew::hold_all;
use crate::named::{claims, first_prefix, origin, usual};
use crate::real_ledger::ledger;
use crate::real_lines::Stock;

/// The programs of a side that have a measure to levy.
fn levied<'l>(ledger: &'l Ledger, side: &str) -> BTreeSet<&'l str> {
    let own = ledger.measures().filter(|(id, _)| territory_of(id) == side);
    let programs = own.map(|(id, _)| program_of(id));
    programs.filter(|id| ledger.program(id).is_some_and(|p| p.levies)).collect()
}

/// Lines that measures of a side ask for: their goods, their origin, each of their claims or none, much
/// or little value, on the day on which they begin.
fn asked_for(ledger: &Ledger, stock: &Stock, at: usize) -> Vec<Line> {
    let territory = &ledger.territories[at];
    let codes = stock.codes(at);
    let common = codes[codes.len() / 2];
    let mut lines = Vec::new();
    for (_, records) in ledger.measures().filter(|(id, _)| territory_of(id) == territory.id) {
        let Some((act, operation)) = records.first().map(|record| ledger.record(*record)) else {
            continue;
        };
        let Does::Measure { fields, .. } = &operation.does else { continue };
        let code = match first_prefix(ledger, fields) {
            None => Some(common),
            Some(prefix) => codes.iter().rev().find(|code| prefix.covers(**code)).copied(),
        };
        let Some(code) = code else { continue };
        let from = operation.interval.from.unwrap_or(act.known).max(act.known);
        let day = from.day(&territory.zone).max(usual().plus(-200));
        let origin = origin(ledger, &territory.id, records);
        for cents in [1_234_567, 70_000] {
            let (goods, entered) = (Goods::Code(code), Stated::Day(day));
            let line = Line::new(&territory.id, goods, origin, entered, Cents(cents));
            let claim = |claim: String| Line { claims: vec![claim], ..line.clone() };
            lines.extend(claims(fields).into_iter().map(claim));
            lines.push(line);
        }
    }
    lines
}

/// So many lines are to meet each program.
const LINES_EACH: usize = 3;

/// Of these lines a few for each program of a side.
fn meeting(ledger: &Ledger, side: &str, lines: Vec<Line>) -> Vec<Line> {
    let readings = Readings::new();
    let mut oracle = Oracle::new(ledger, &readings);
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for line in lines {
        let answer = oracle.assess(&line, Known::Entry);
        let programs: BTreeSet<String> =
            answer.components.into_iter().map(|part| part.program).collect();
        if programs.iter().any(|program| met.get(program).is_none_or(|n| *n < LINES_EACH)) {
            programs.into_iter().for_each(|program| *met.entry(program).or_default() += 1);
            found.push(line);
        }
    }
    let missed = levied(ledger, side).into_iter().find(|program| !met.contains_key(*program));
    assert!(missed.is_none(), "no line of {side} meets {missed:?}");
    found
}

#[test]
fn both_engines_say_the_same_on_both_sides_of_every_boundary() {
    let ledger = ledger();
    let stock = Stock::of(ledger);
    let mut lines = Vec::new();
    for (at, territory) in ledger.territories.iter().enumerate() {
        let goods = meeting(ledger, &territory.id, asked_for(ledger, &stock, at));
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
