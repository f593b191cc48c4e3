//! What measures name: origins, goods, claims.

use ledger::{Condition, Does, Fields, GoodsSelector, Ledger, Records, WORLD};
use tariff::{Code, Country, Day};

/// A day on which much is in force, for what has no date.
pub fn usual() -> Day {
    Day::new(2025, 8, 20).unwrap()
}

/// An origin that a measure names; of all the world the other side.
pub fn origin(ledger: &Ledger, side: &str, records: &Records) -> Country {
    let other = Country::parse(if side == "us" { "CN" } else { "US" }).unwrap();
    let name = records.iter().find_map(|record| match &ledger.record(*record).1.does {
        Does::Measure { fields, .. } => fields.of.as_ref()?.first(),
        _ => None,
    });
    match name {
        Some(name) if name != WORLD => ledger
            .area(name)
            .map_or(Country::parse(name).ok(), |area| area.members.first().map(|(c, _)| *c))
            .unwrap_or(other),
        _ => other,
    }
}

/// The goods that the fields of a measure name, also as exceptions and in its condition.
pub fn selectors(fields: &Fields) -> Vec<&GoodsSelector> {
    let mut selectors: Vec<&GoodsSelector> =
        fields.goods.iter().flatten().chain(&fields.except_goods).flatten().collect();
    if let Some(when) = &fields.when {
        when.visit(&mut |test| {
            if let Condition::Goods(goods) = test {
                selectors.extend(goods);
            }
        });
    }
    selectors
}

/// The claims that the condition of a measure asks for.
pub fn claims(fields: &Fields) -> Vec<String> {
    let mut claims = Vec::new();
    if let Some(when) = &fields.when {
        when.visit(&mut |test| {
            if let Condition::Claim(claim) = test {
                claims.push(claim.clone());
            }
        });
    }
    claims
}

/// The first prefix of a measure's goods; `None` for all goods.
pub fn first_prefix(ledger: &Ledger, fields: &Fields) -> Option<Code> {
    match fields.goods.as_ref()?.as_ref()?.first()? {
        GoodsSelector::Prefix(prefix) => Some(*prefix),
        GoodsSelector::List(name) => {
            ledger.lists.get(name)?.rows.iter().find(|row| !row.out).map(|row| row.code)
        }
    }
}
