//! Both sides of every prefix.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{
    Does, Fields, Goods, GoodsSelector, Known, Ledger, Line, Rate, Readings, territory_of,
};
use tariff::{Cents, Code, Country, Day, Moment};

use crate::crew::hold_all;
use crate::named::{origin, selectors, usual};
use crate::real_ledger::ledger;
use crate::real_lines::Stock;

/// Of more lines than this every second, third … is taken, in the order of code, origin and day. The
/// ledger of 2026 has 32 thousand for one side and 9 thousand for the other, so all are.
const LINES: usize = 60_000;

/// Codes and lists that measures of a side name, each with an origin of the first that does.
#[derive(Default)]
struct Named {
    prefixes: BTreeMap<Code, Country>,
    lists: BTreeMap<String, Country>,
}

impl Named {
    fn of(ledger: &Ledger, side: &str) -> Named {
        let mut named = Named::default();
        for (_, records) in ledger.measures().filter(|(id, _)| territory_of(id) == side) {
            let origin = origin(ledger, side, records);
            for record in records {
                if let Does::Measure { fields, .. } | Does::Amend { fields, .. } =
                    &ledger.record(*record).1.does
                {
                    named.add(fields, origin);
                }
            }
        }
        named
    }

    fn add(&mut self, fields: &Fields, origin: Country) {
        for selector in selectors(fields) {
            match selector {
                GoodsSelector::Prefix(code) => {
                    self.prefixes.entry(*code).or_insert(origin);
                }
                GoodsSelector::List(name) => {
                    self.lists.entry(name.clone()).or_insert(origin);
                }
            }
        }
        if let Some(Rate::List(name)) = &fields.rate {
            self.lists.entry(name.clone()).or_insert(origin);
        }
    }
}

/// The first and the last code under a prefix, and those next to it.
fn edges(codes: &[Code], prefix: Code) -> impl Iterator<Item = Code> {
    let start = codes.partition_point(|code| *code < prefix);
    let count = codes[start..].iter().take_while(|code| prefix.covers(**code)).count();
    let places =
        [start.checked_sub(1), Some(start), (start + count).checked_sub(1), Some(start + count)];
    places.into_iter().flatten().filter_map(|at| codes.get(at).copied())
}

/// The lines at every edge of a side, without repetition.
fn lines(ledger: &Ledger, stock: &Stock, at: usize) -> BTreeSet<(Code, Country, Day)> {
    let territory = &ledger.territories[at];
    let all = stock.codes(at);
    // Codes that others stand under mean several goods; those are met at random.
    let last = |at: usize| all.get(at + 1).is_none_or(|next| !all[at].covers(*next));
    let codes: Vec<Code> = (0..all.len()).filter(|at| last(*at)).map(|at| all[at]).collect();
    let named = Named::of(ledger, &territory.id);
    let mut lines = BTreeSet::new();
    for (prefix, origin) in &named.prefixes {
        lines.extend(edges(&codes, *prefix).map(|code| (code, *origin, usual())));
    }
    for (name, origin) in &named.lists {
        for row in ledger.lists.get(name).into_iter().flat_map(|list| &list.rows) {
            let day = |moment: Moment| moment.day(&territory.zone);
            let first = row.from.map_or(usual(), day);
            let last = row.until.map(|until| day(until.plus_seconds(-86_400)));
            for day in [Some(first), last].into_iter().flatten() {
                lines.extend(edges(&codes, row.code).map(|code| (code, *origin, day)));
            }
        }
    }
    lines
}

#[test]
fn both_engines_say_the_same_at_the_edges_of_every_prefix() {
    let ledger = ledger();
    let stock = Stock::of(ledger);
    for (at, territory) in ledger.territories.iter().enumerate() {
        let all = lines(ledger, &stock, at);
        let stride = all.len().div_ceil(LINES);
        let lines: Vec<Line> = all
            .into_iter()
            .step_by(stride)
            .map(|(code, origin, day)| {
                let entered = tariff::Stated::Day(day);
                Line::new(&territory.id, Goods::Code(code), origin, entered, Cents(1_234_567))
            })
            .collect();
        hold_all(ledger, Known::Entry, &Readings::new(), &lines);
    }
}
