//! The stretches of a course hold at every moment in them, not only at those that were asked about.

use chronicle::stack::{Levy, Stack};
use chronicle::timeline::{Course, Question, Stretch};
use ledger::{Goods, Known, Ledger, Readings};
use oracle::{Component, Oracle};
use tariff::{Code, Country, Day, Interval, Moment, Stated};

fn told(stack: &Stack) -> Vec<(&str, &str, &Option<String>)> {
    let layers = stack.layers.iter();
    layers.map(|l: &Component| (l.measure.as_str(), l.rate.as_str(), &l.suspended)).collect()
}

fn at<'s>(course: &'s Course<'_>, moment: Moment) -> &'s Stretch {
    let holds = |s: &&Stretch| Interval { from: s.from, until: s.until }.contains(moment);
    let found: Vec<&Stretch> = course.stretches.iter().filter(holds).collect();
    assert_eq!(found.len(), 1, "stretches have no gaps and do not overlap: {moment:?}");
    found[0]
}

/// Asks at an odd minute of every eleventh day, and one second before and at every change.
fn holds(known: Known, goods: [Goods; 2]) {
    let ledger = Ledger::embedded();
    let readings = Readings::new();
    let pair = ["US", "CN"].map(|code| Country::parse(code).unwrap());
    let within = Interval::ALWAYS;
    let question = Question { ledger: &ledger, readings: &readings, known, pair, goods, within };
    let timeline = question.timeline();
    assert_eq!(timeline.courses.len(), 2);
    for course in &timeline.courses {
        let levy: Levy<'_> = course.levy;
        let zone = &levy.territory.zone;
        let first = Day::new(2018, 1, 1).unwrap();
        let days = (0..300).map(|n| first.plus(n * 11).at(7, 43, zone));
        let turns = course.stretches.iter().filter_map(|s| s.from);
        let moments: Vec<Moment> =
            days.chain(turns.flat_map(|turn| [turn.plus_seconds(-1), turn])).collect();
        let mut oracle = Oracle::new(&ledger, &readings);
        for moment in moments {
            let asked = Stack::of(&mut oracle, &ledger, levy, moment, known);
            assert_eq!(told(&at(course, moment).stack), told(&asked), "{moment:?}");
        }
    }
}

#[test]
fn stretches_hold_at_every_moment_as_importers_faced_it() {
    holds(Known::Entry, [Goods::Ordinary; 2]);
}

#[test]
fn stretches_hold_at_every_moment_as_known_on_a_day() {
    holds(Known::At(Stated::Day(Day::new(2025, 8, 1).unwrap())), [Goods::Ordinary; 2]);
    holds(Known::Today, [Goods::Ordinary; 2]);
}

#[test]
fn stretches_hold_for_codes() {
    let code = |text: &str| Goods::Code(Code::parse(text).unwrap());
    holds(Known::Entry, [code("8541430010"), code("85414300")]);
    holds(Known::Entry, [code("9503000073"), code("95030089")]);
}
