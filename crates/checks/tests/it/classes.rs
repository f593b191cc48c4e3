//! One line for each way in which the ledger treats goods, origins and times: codes that stand on the
//! same lists, countries in the same areas, moments between two changes of the law.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Does, GoodsSelector, Ledger, Rate, Territory};
use oracle::{Goods, Known, Line, Readings, Status, Survey};
use tariff::{Cents, Code, Country, Day, Moment, Stated};

use crate::cases::{ledger_of, root};

/// Names of lists, areas and single codes or countries that the measures of a territory ask about.
struct Asked<'a> {
    lists: BTreeSet<&'a str>,
    prefixes: BTreeSet<Code>,
    areas: BTreeSet<&'a str>,
}

fn asked<'a>(ledger: &'a Ledger, territory: &Territory) -> Asked<'a> {
    let mut asked =
        Asked { lists: BTreeSet::new(), prefixes: BTreeSet::new(), areas: BTreeSet::new() };
    for (id, records) in ledger.measures() {
        if id.split('/').next() != Some(territory.id.as_str()) {
            continue;
        }
        for record in records {
            let (Does::Measure { fields, .. } | Does::Amend { fields, .. }) =
                &ledger.record(*record).1.does
            else {
                continue;
            };
            let goods = fields.goods.iter().flatten().flatten();
            for selector in goods.chain(fields.except_goods.iter().flatten()) {
                match selector {
                    GoodsSelector::Prefix(code) => {
                        asked.prefixes.insert(*code);
                    }
                    GoodsSelector::List(name) => {
                        asked.lists.insert(name);
                    }
                }
            }
            if let Some(Rate::List(name)) = &fields.rate {
                asked.lists.insert(name);
            }
            let areas = [&fields.of, &fields.except_of].into_iter().flatten().flatten();
            asked.areas.extend(areas.map(String::as_str));
        }
    }
    asked
}

/// One code for each set of lists and prefixes that cover it, and one on none.
fn scope_classes(ledger: &Ledger, territory: &Territory, asked: &Asked<'_>) -> Vec<Code> {
    let mut codes: BTreeSet<Code> = BTreeSet::new();
    if let Some(schedule) = ledger.schedules.get(&territory.id) {
        let day = territory.official_through;
        codes.extend(schedule.codes_on(day, day).into_iter().map(|(code, _)| code));
    }
    for name in &asked.lists {
        let full = ledger.lists[*name].rows.iter().map(|row| row.code);
        codes.extend(full.filter(|code| code.digits() >= territory.code_digits));
    }
    let mut classes: BTreeMap<Vec<usize>, Code> = BTreeMap::new();
    for code in codes {
        let lists = asked
            .lists
            .iter()
            .enumerate()
            .filter(|(_, name)| ledger.lists[**name].covering(code).next().is_some());
        let prefixes = asked.prefixes.iter().enumerate().filter(|(_, prefix)| prefix.covers(code));
        let offset = asked.lists.len();
        let signature =
            lists.map(|(at, _)| at).chain(prefixes.map(|(at, _)| offset + at)).collect();
        classes.entry(signature).or_insert(code);
    }
    classes.into_values().collect()
}

/// One country for each set of areas that it is ever in.
fn origin_classes(ledger: &Ledger, asked: &Asked<'_>) -> Vec<Country> {
    let mut classes: BTreeMap<Vec<usize>, Country> = BTreeMap::new();
    for (country, _) in ledger.countries.iter() {
        let signature = asked
            .areas
            .iter()
            .enumerate()
            .filter(|(_, name)| match ledger.area(name) {
                Some(area) => area.members.iter().any(|(member, _)| *member == country),
                None => country.as_str() == **name,
            })
            .map(|(at, _)| at)
            .collect();
        classes.entry(signature).or_insert(country);
    }
    classes.into_values().collect()
}

/// One moment in each interval between changes of the law, from 2018 on.
fn moments(ledger: &Ledger, territory: &Territory) -> Vec<Moment> {
    let readings = Readings::new();
    let last = Moment::from_seconds(i64::from(u32::MAX));
    let start = Day::new(2018, 1, 2).unwrap().start(&territory.zone);
    let survey = Survey::new(ledger, last, &readings);
    let cuts = survey.cuts(territory).into_iter().filter(|cut| *cut > start);
    [start].into_iter().chain(cuts).map(|cut| cut.plus_seconds(30)).collect()
}

#[test]
fn one_line_of_each_class_has_an_answer_and_no_silent_zero() {
    let ledger = ledger_of(&root().join("law"));
    // The pair of the story in full; every other country through the wider test of its step.
    let pairs: [(&str, &[&str]); 2] = [("us", &["CN", "HK", "MO", "VN"]), ("cn", &["US"])];
    let mut count = 0usize;
    let mut by_status: BTreeMap<&str, usize> = BTreeMap::new();
    for (by, wanted) in pairs {
        let territory = ledger.territory(by).unwrap();
        let asked = asked(&ledger, territory);
        let codes = scope_classes(&ledger, territory, &asked);
        let classes = origin_classes(&ledger, &asked);
        assert!(codes.len() > 20 && !classes.is_empty());
        let moments = moments(&ledger, territory);
        for origin in wanted.iter().map(|c| Country::parse(c).unwrap()) {
            for code in &codes {
                for moment in &moments {
                    count += 1;
                    let mut line = Line::new(
                        by,
                        Goods::Code(*code),
                        origin,
                        Stated::Moment(*moment),
                        Cents(1_000_000),
                    );
                    line.quantities.push((tariff::Exact::from_integer(100), None));
                    let answer = oracle::assess(&ledger, &line, Known::Entry, &Readings::new());
                    *by_status.entry(answer.status.name()).or_default() += 1;
                    let place = format!("{by} {code} {origin} {moment:?}");
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
                        Status::Unknown => assert!(answer.duty.is_none(), "{place}"),
                        Status::Invalid => panic!("{place}: {answer:#?}"),
                    }
                    assert!(
                        !answer.warnings.iter().any(|w| w.starts_with("conflict")),
                        "{place}: {answer:#?}"
                    );
                }
            }
        }
    }
    println!("{count} lines: {by_status:?}");
    assert!(count > 10_000, "{count}");
}
