//! Differences between coordinates, and the acts that explain them.

use std::collections::BTreeMap;

use engine::{ABSENT, Assessed, Assessor, Pairs, Steps, Wanted, Way, compile, compile_for};
use ledger::{Cause, Coordinates, Known, Ledger, Line, Readings};
use oracle::{Oracle, walk};
use proptest::prelude::*;
use tariff::{Day, Moment, Stated};

use crate::agreement::columns;
use crate::law::{law, line, load};
use crate::random_ledgers::config;
use crate::real_ledger::ledger;
use crate::real_lines::{Dice, Stock};

fn record(known: Known) -> Coordinates {
    Coordinates { known, worlds: Vec::new(), readings: Readings::new() }
}

fn on(year: i16, month: i8, day: i8) -> Known {
    Known::At(Stated::Day(Day::new(year, month, day).unwrap()))
}

fn in_world(id: &str, known: Known) -> Coordinates {
    let world = ledger().worlds.iter().find(|world| world.id == id);
    Coordinates { worlds: world.cloned().into_iter().collect(), ..record(known) }
}

fn random(count: usize, seed: u64) -> Vec<Line> {
    let (stock, mut dice) = (Stock::of(ledger()), Dice::new(seed));
    (0..count).map(|_| stock.line(&mut dice)).collect()
}

/// What the lines owe, [`ABSENT`] where there is no amount.
fn duties(record: &Ledger, at: &Coordinates, lines: &[Line]) -> Vec<i64> {
    let seen = record.laid_over(&at.worlds);
    let regime = compile(&seen, at.known, &at.readings).unwrap();
    let mut assessed = Assessed::default();
    Assessor::new(&regime).assess(&columns(&seen, lines), Wanted::TOTAL, &mut assessed);
    assessed.duty
}

/// Those of the lines that have an amount at all of the coordinates, with the amounts.
fn answered(lines: &[Line], all: &[&Coordinates]) -> (Vec<Line>, Vec<Vec<i64>>) {
    answered_in(ledger(), lines, all)
}

fn answered_in(
    record: &Ledger,
    lines: &[Line],
    all: &[&Coordinates],
) -> (Vec<Line>, Vec<Vec<i64>>) {
    let found: Vec<Vec<i64>> = all.iter().map(|at| duties(record, at, lines)).collect();
    let rows: Vec<usize> =
        (0..lines.len()).filter(|row| found.iter().all(|d| d[*row] != ABSENT)).collect();
    let of = |duties: &Vec<i64>| rows.iter().map(|row| duties[*row]).collect();
    (rows.iter().map(|row| lines[*row].clone()).collect(), found.iter().map(of).collect())
}

fn steps(from: &Coordinates, to: &Coordinates, lines: &[Line], ends: [&Vec<i64>; 2]) -> Steps {
    steps_in(ledger(), [from, to], lines, ends)
}

fn steps_in(
    record: &Ledger,
    between: [&Coordinates; 2],
    lines: &[Line],
    ends: [&Vec<i64>; 2],
) -> Steps {
    let [a, b] = ends.map(Clone::clone);
    let pairs = Pairs { lines: columns(record, lines), from: a, to: b };
    let common = Way::common(record, between);
    let steps = Way::new(record, &common, between).steps(&pairs, 2).unwrap();
    let difference: i64 = pairs.to.iter().sum::<i64>() - pairs.from.iter().sum::<i64>();
    let parts: i128 = steps.values().map(|step| step.cents).sum();
    assert_eq!(parts, i128::from(difference), "the parts sum to the whole");
    steps
}

fn cents(steps: &Steps) -> BTreeMap<(u8, Cause), i128> {
    let all = steps.iter().map(|(key, step)| (key.clone(), step.cents));
    all.filter(|(_, cents)| *cents != 0).collect()
}

#[test]
fn steps_are_those_of_the_oracle() {
    let reading = &ledger().readings[0];
    let other = reading.options.iter().find(|o| o.id != reading.default).unwrap();
    let mut read = in_world("geneva-never-happened", on(2025, 7, 1));
    read.readings.insert(reading.id.clone(), other.id.clone());
    for (seed, from, to) in [
        (1, record(Known::Entry), record(Known::Today)),
        (2, record(on(2025, 4, 8)), record(on(2025, 5, 20))),
        (4, record(Known::Entry), in_world("ieepa-upheld", Known::Entry)),
        (5, in_world("truce-lapses-2025-08-12", on(2025, 6, 1)), read),
    ] {
        let lines = random(40, seed);
        let (lines, found) = answered(&lines, &[&from, &to]);
        assert!(lines.len() > 20);
        let slow = walked(ledger(), [&from, &to], &lines);
        let fast = steps(&from, &to, &lines, [&found[0], &found[1]]);
        assert!(!fast.is_empty(), "nothing changes between {from:?} and {to:?}");
        assert_eq!(slow, counted(fast), "seed {seed}");
    }
}

/// Lines and cents of each cause.
type Counted = BTreeMap<(u8, Cause), (u64, i128)>;

fn counted(steps: Steps) -> Counted {
    steps.into_iter().map(|(key, step)| (key, (step.lines, step.cents))).collect()
}

/// The steps that the oracle walks, line by line and turn by turn.
fn walked(record: &Ledger, [from, to]: [&Coordinates; 2], lines: &[Line]) -> Counted {
    let mut slow = Counted::new();
    for line in lines {
        let by = record.territories.iter().position(|t| t.id == line.by).unwrap() as u8;
        for step in walk(record, line, from, to).steps {
            let sum = slow.entry((by, step.cause)).or_default();
            sum.0 += 1;
            sum.1 += i128::from(step.difference.0);
        }
    }
    slow
}

proptest! {
    #![proptest_config(config())]

    /// Which turns touch a line is found without assessing it. In random law they touch it through
    /// measures, what is amended of them, relations, lists, picks, conditions on dates and totals.
    #[test]
    fn turns_touch_what_the_oracle_finds_changed_under_random_law(
        law in law(),
        mut lines in prop::collection::vec(line(), 24),
        start in 0..120i32,
        length in 1..120i32,
    ) {
        let ledger = load(law.plain());
        // Half of them stand where their day of entry puts them.
        for line in lines.iter_mut().step_by(2) {
            line.withdrawn = None;
            line.exported = None;
            line.loaded = None;
            line.privileged = None;
        }
        let first = Day::new(2024, 12, 20).unwrap().plus(start);
        let early = record(Known::At(Stated::Day(first)));
        let late = record(Known::At(Stated::Day(first.plus(length))));
        let (entry, today) = (record(Known::Entry), record(Known::Today));
        for between in [[&early, &late], [&late, &early], [&entry, &today]] {
            let (lines, found) = answered_in(&ledger, &lines, &between);
            let fast = steps_in(&ledger, between, &lines, [&found[0], &found[1]]);
            prop_assert_eq!(walked(&ledger, between, &lines), counted(fast));
        }
    }
}

/// Every turn assessed for every line, whether it touches it or not.
#[test]
fn turns_explain_what_the_whole_law_before_and_after_them_explains() {
    let ends = [record(on(2025, 7, 15)), record(on(2025, 11, 15))];
    let moments = [(2025, 7, 15), (2025, 11, 15)].map(|(year, month, day)| {
        let day = Stated::Day(Day::new(year, month, day).unwrap());
        ledger().territories.iter().map(|t| day.last(&t.zone)).collect::<Vec<Moment>>()
    });
    let (lines, found) = answered(&random(2000, 21), &[&ends[0], &ends[1]]);
    let all = columns(ledger(), &lines);
    let mut current = found[0].clone();
    let mut slow: BTreeMap<(u8, Option<Moment>), i128> = BTreeMap::new();
    let readings = Readings::new();
    let days = (Day::new(2025, 1, 1).unwrap(), Day::new(2027, 1, 1).unwrap());
    let mut assessed = Assessed::default();
    for turn in ledger().turns() {
        let within = |by: u8| {
            let by = usize::from(by);
            moments[0][by] < turn.moment && turn.moment <= moments[1][by]
        };
        if !(0..ledger().territories.len() as u8).any(within) {
            continue;
        }
        let regime = compile_for(ledger(), turn.known(), &readings, days).unwrap();
        Assessor::new(&regime).assess(&all, Wanted::TOTAL, &mut assessed);
        for (row, duty) in assessed.duty.iter().enumerate() {
            let by = all.by[row];
            if within(by) && *duty != ABSENT && *duty != current[row] {
                *slow.entry((by, Some(turn.moment))).or_default() +=
                    i128::from(*duty - current[row]);
                current[row] = *duty;
            }
        }
    }
    assert_eq!(current, found[1], "every change is of some turn");
    let mut fast: BTreeMap<(u8, Option<Moment>), i128> = BTreeMap::new();
    for ((by, _), step) in steps(&ends[0], &ends[1], &lines, [&found[0], &found[1]]) {
        *fast.entry((by, step.moment)).or_default() += step.cents;
    }
    slow.retain(|_, cents| *cents != 0);
    fast.retain(|_, cents| *cents != 0);
    assert!(slow.len() > 10, "{slow:?}");
    assert_eq!(slow, fast);
}

#[test]
fn the_way_back_is_the_same_way() {
    let lines = random(400, 11);
    for (from, to) in [
        (record(on(2025, 8, 20)), record(on(2025, 10, 1))),
        (in_world("ieepa-upheld", on(2025, 6, 20)), in_world("cit-ruling-stands", on(2025, 7, 1))),
    ] {
        let (lines, found) = answered(&lines, &[&from, &to]);
        let there = steps(&from, &to, &lines, [&found[0], &found[1]]);
        let back = steps(&to, &from, &lines, [&found[1], &found[0]]);
        let turned: BTreeMap<_, i128> =
            cents(&back).into_iter().map(|(key, cents)| (key, -cents)).collect();
        assert_eq!(cents(&there), turned);
        assert!(there.keys().all(|(_, cause)| *cause != Cause::Open), "{there:?}");
    }
}

#[test]
fn steps_agree_along_nested_known_dates() {
    let mut dice = Dice::new(12);
    let lines = random(400, 13);
    // Every turn of knowledge is a compilation, so the dates lie near each other.
    for _ in 0..2 {
        let start = Day::new(2025, 1, 1).unwrap().plus(dice.below(560) as i32);
        let mut days: Vec<Day> = (0..3).map(|_| start.plus(dice.below(60) as i32)).collect();
        days.sort();
        let ends: Vec<Coordinates> =
            days.iter().map(|day| record(Known::At(Stated::Day(*day)))).collect();
        let [a, b, c] = [&ends[0], &ends[1], &ends[2]];
        let (lines, found) = answered(&lines, &[a, b, c]);
        let whole = cents(&steps(a, c, &lines, [&found[0], &found[2]]));
        let mut parts = cents(&steps(a, b, &lines, [&found[0], &found[1]]));
        for (key, more) in cents(&steps(b, c, &lines, [&found[1], &found[2]])) {
            *parts.entry(key).or_default() += more;
        }
        parts.retain(|_, cents| *cents != 0);
        assert_eq!(whole, parts, "{days:?}");
    }
}

#[test]
fn a_turn_changes_nothing_beyond_its_reach() {
    let readings = Readings::new();
    let mut oracle = Oracle::new(ledger(), &readings);
    let turns = ledger().turns();
    let mut held = 0;
    for line in random(12, 14) {
        let side = ledger().territories.iter().position(|t| t.id == line.by).unwrap();
        let zone = &ledger().territories[side].zone;
        let dates = ledger::DateFact::ALL.into_iter().filter_map(|date| line.date(date));
        let latest = dates.map(|date| date.last(zone)).max().unwrap();
        let mut before = None;
        for turn in &turns {
            let known = Known::At(Stated::Moment(turn.moment));
            let answer = oracle.assess(&line, known);
            let duty = (answer.duty, answer.duty_min, answer.duty_max);
            if turn.reach[side].is_none_or(|reach| reach > latest) {
                held += 1;
                let same = before.is_none_or(|before| before == duty);
                assert!(same, "{:?} {:?}\n{line:#?}", turn.moment, turn.reach);
            }
            before = Some(duty);
        }
    }
    assert!(held > 100);
}

/// Cells are found for many lines together and not for few.
#[test]
fn many_lines_together_have_the_steps_of_few_at_a_time() {
    let (from, to) = (record(Known::Entry), record(on(2026, 3, 15)));
    let (lines, found) = answered(&random(6000, 15), &[&from, &to]);
    let whole = steps(&from, &to, &lines, [&found[0], &found[1]]);
    let mut parts = Steps::new();
    for first in (0..lines.len()).step_by(500) {
        let of = first..lines.len().min(first + 500);
        let ends = [&found[0][of.clone()].to_vec(), &found[1][of.clone()].to_vec()];
        for (key, step) in steps(&from, &to, &lines[of], ends) {
            parts.entry(key).or_default().merge(&step);
        }
    }
    assert!(whole.len() > 5);
    assert_eq!(whole, parts);
}
