//! What goods of an origin owe day by day, as shares of their value.
//!
//! Codes that no law held here tells apart, and whose columns read alike, are one sort of *goods*;
//! countries of one class owe alike too. Each pair has a *course*: stretches of days with what is owed
//! on them by a line that states its code, its origin and its day, the claims asked about, and nothing
//! more. So a panel of every code by every country is a few thousand courses written out, and an
//! average over trade is one over courses. `price` asks the data plane for them: there is no second
//! way to work out a duty.

mod price;
mod rates;

use std::collections::HashMap;

use ledger::Ledger;
use tariff::{Code, Country, Day};

use crate::compile::grid::SPLIT;
use crate::export::{CodeRow, codes_of};
use crate::memo::Memo;
use crate::regime::{Compiled, Regime};
use crate::work::Work;
pub use price::{Course, Priced, Pricer, Stated, Stretch};
pub use rates::{RATE_SCALE, Rates, UnitRate};

/// The goods, the origins and the days of one territory.
pub struct Courses<'r, 'l> {
    regime: &'r Regime<'l>,
    compiled: &'r Compiled<'l>,
    territory: usize,
    settings: Settings,
    codes: Vec<CodeRow>,
    /// For each of `codes` its sort of goods.
    goods_of: Vec<u32>,
    goods: Vec<Goods>,
    /// Stretches of days within which no law changes: first day, day after the last, slot.
    slots: Vec<(i32, i32, u16)>,
    /// Programs of the territory, by place in `Ledger::programs`, and their columns of the regime.
    programs: Vec<usize>,
    columns: Vec<usize>,
    /// The place of the base duty among `programs`.
    base: Option<usize>,
}

/// What is asked of every course.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Whether claims will be made: then codes are also told apart by their special rates.
    pub claims: bool,
    /// A day within which the law changes counts with the law at its end; otherwise the time of entry is
    /// a missing fact.
    pub by_end_of_day: bool,
}

/// Codes that owe alike, and the days on which they do.
struct Goods {
    /// One of them, which stands for all.
    code: Code,
    from: i32,
    until: i32,
    /// `None` where the code does not say what is meant.
    scope: Option<u32>,
    /// Days from which claims give something else.
    cuts: Vec<i32>,
}

impl<'r, 'l> Courses<'r, 'l> {
    /// The goods of a territory, by its place in `Ledger::territories`, over days from one on and before
    /// another.
    pub fn new(
        regime: &'r Regime<'l>,
        territory: usize,
        (from, until): (Day, Day),
        settings: Settings,
    ) -> Courses<'r, 'l> {
        let compiled = &regime.sides[territory];
        let ledger = regime.ledger();
        let id = &compiled.side.territory.id;
        let columns: Vec<usize> = (0..regime.programs().len())
            .filter(|column| ledger.programs[regime.programs()[*column]].by == *id)
            .collect();
        let programs: Vec<usize> = columns.iter().map(|c| regime.programs()[*c]).collect();
        let mut work = Work::new(Memo::new(compiled));
        let codes = codes_of(&mut work, compiled, from, until);
        let mut courses = Courses {
            regime,
            compiled,
            territory,
            settings,
            goods_of: Vec::with_capacity(codes.len()),
            goods: Vec::new(),
            codes: Vec::new(),
            slots: slots(compiled, from, until),
            base: programs.iter().position(|program| ledger.programs[*program].base),
            programs,
            columns,
        };
        courses.sort(&mut work, codes);
        courses
    }

    /// Puts every code to its sort of goods.
    fn sort(&mut self, work: &mut Work<'_, '_>, codes: Vec<CodeRow>) {
        type Key = (Option<u32>, u64, (i32, i32), String, String, Vec<(i32, String)>);
        let mut known: HashMap<Key, u32> = HashMap::new();
        for row in &codes {
            let specials = if self.settings.claims { self.specials(work, row) } else { Vec::new() };
            let life = (row.from.number(), row.until.number());
            // What a code means that has no class, it means alone.
            let alone = if row.scope.is_none() { row.code.packed() } else { 0 };
            let texts = (row.general_text.clone(), row.other_text.clone());
            let key = (row.scope, alone, life, texts.0, texts.1, specials);
            let cuts = || key.5.iter().skip(1).map(|(day, _)| *day).collect();
            let goods = match known.get(&key) {
                Some(goods) => *goods,
                None => {
                    let goods = Goods {
                        code: row.code,
                        from: life.0,
                        until: life.1,
                        scope: row.scope,
                        cuts: cuts(),
                    };
                    self.goods.push(goods);
                    known.insert(key, self.goods.len() as u32 - 1);
                    self.goods.len() as u32 - 1
                }
            };
            self.goods_of.push(goods);
        }
        self.codes = codes;
    }

    /// The texts of column 1 special of a code, each with its first day.
    fn specials(&self, work: &mut Work<'_, '_>, row: &CodeRow) -> Vec<(i32, String)> {
        let compiled = self.compiled;
        let always = compiled.hot.probe(row.code.packed()).0;
        let (first, last) = (row.from.number(), row.until.number());
        let turns = compiled.turns.0.iter().chain(&compiled.turns.1).copied();
        let mut days: Vec<i32> = turns.filter(|d| !always && first < *d && *d < last).collect();
        days.push(first);
        days.sort_unstable();
        days.dedup();
        let mut texts: Vec<(i32, String)> = Vec::new();
        for day in days {
            let facts = work.code(row.code.packed(), day, compiled.known_day(day));
            let line = facts.and_then(|facts| facts.line);
            let text = line.map_or("", |line| line.special_text());
            if texts.last().is_none_or(|(_, last)| last != text) {
                texts.push((day, text.to_owned()));
            }
        }
        texts
    }

    pub fn ledger(&self) -> &'l Ledger {
        self.regime.ledger()
    }

    pub fn territory(&self) -> &'l ledger::Territory {
        &self.regime.ledger().territories[self.territory]
    }

    /// Codes with the days on which they mean one thing, in the order of the codes.
    pub fn codes(&self) -> &[CodeRow] {
        &self.codes
    }

    /// The sort of goods of one of [`Courses::codes`].
    pub fn goods_of(&self, code: usize) -> usize {
        self.goods_of[code] as usize
    }

    /// How many sorts of goods there are.
    pub fn goods(&self) -> usize {
        self.goods.len()
    }

    /// Into how many stretches of days the law cuts the time.
    pub fn stretches(&self) -> usize {
        self.slots.len()
    }

    /// Programs with rates, by place in `Ledger::programs`: [`Rates::programs`] has one for each.
    pub fn programs(&self) -> &[usize] {
        &self.programs
    }

    /// The place of the base duty among [`Courses::programs`].
    pub fn base(&self) -> Option<usize> {
        self.base
    }

    /// Countries of the ledger by their own names, each with its class.
    pub fn origins(&self) -> Vec<(Country, u16)> {
        let countries = &self.ledger().countries;
        let all = Country::all().filter(|c| countries.resolve(*c) == Some(*c));
        all.map(|country| (country, self.class_of(country).unwrap_or(u16::MAX)))
            .filter(|(_, class)| *class != u16::MAX)
            .collect()
    }

    /// The class of a country.
    pub fn class_of(&self, country: Country) -> Option<u16> {
        let class = self.compiled.origin_of[country.index()];
        (class != u16::MAX).then_some(class)
    }

    /// How many classes of origins there are.
    pub fn classes(&self) -> usize {
        self.compiled.classes.origins.len()
    }
}

/// The days cut where the slot changes; a day within which it does stands alone.
fn slots(compiled: &Compiled<'_>, from: Day, until: Day) -> Vec<(i32, i32, u16)> {
    let mut slots: Vec<(i32, i32, u16)> = Vec::new();
    for day in from.number()..until.number() {
        let slot = compiled.grid.slots.of_day(day);
        match slots.last_mut() {
            Some((_, end, last)) if *last == slot && slot != SPLIT => *end = day + 1,
            _ => slots.push((day, day + 1, slot)),
        }
    }
    slots
}

/// The first day on which the compiled law of a territory differs from that of all earlier days, and the
/// day from which it does not change any more.
pub fn turning_days(regime: &Regime<'_>, territory: usize) -> (Day, Day) {
    let (first, last) = regime.sides[territory].grid.slots.span();
    (Day::from_number(first), Day::from_number(last))
}
