//! Equal codes are one class of goods, equal countries one class of origins.
//!
//! Two codes are of one class when the same rows of the same lists and the same prefixes of
//! measures cover them: no law that is held here can then tell them apart, at any moment. Two
//! countries are of one class when they are in the same areas over the same time and are named by
//! themselves nowhere.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ledger::{GoodsSelector, Ledger, ListRow, Rate, WORLD};
use rustc_hash::FxHashMap;
use tariff::{Code, Country, Interval, Moment};

use super::bits::Bits;
use super::hash::CodeHash;
use super::side::Side;

/// What a row of a list says, apart from its code.
#[derive(Clone, Debug)]
pub(crate) struct RowKind<'l> {
    pub out: bool,
    pub from: Option<Moment>,
    pub until: Option<Moment>,
    /// Places of acts in the ledger; an act that is in no ledger never binds.
    act: Option<usize>,
    ended_by: Option<Option<usize>>,
    pub rate: Option<&'l Rate>,
}

/// The rows of a list, by what they say.
pub(crate) struct ListKinds<'l> {
    pub kinds: Vec<RowKind<'l>>,
}

impl RowKind<'_> {
    /// Whether an act that it stands or ends by binds in one of two stretches alone.
    pub fn turns(&self, turns: &impl Fn(usize) -> bool) -> bool {
        [self.act, self.ended_by.flatten()].into_iter().flatten().any(turns)
    }

    pub fn holds(&self, side: &Side<'_>, stretch: usize, moment: Moment) -> bool {
        let binds = |act: Option<usize>| act.is_some_and(|act| side.acts.binds(stretch, act));
        if !binds(self.act) || self.from.is_some_and(|from| moment < from) {
            return false;
        }
        let ended = self.until.is_some_and(|until| until <= moment);
        !ended || self.ended_by.is_some_and(|act| !binds(act))
    }
}

/// A class of goods: what covers its codes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct ScopeClass {
    /// For each list that names it, its place and the kinds of the rows, shortest code first.
    pub rows: Vec<(u32, Vec<u32>)>,
    /// Places of the prefixes of measures that cover it, sorted.
    pub prefixes: Vec<u32>,
}

pub(crate) struct Classes<'l> {
    pub lists: Vec<ListKinds<'l>>,
    /// The first covers nothing: the class of codes that no row names.
    pub scopes: Vec<ScopeClass>,
    /// Codes and prefixes that something names or that stand in a schedule.
    pub codes: CodeHash,
    /// The class of each of them.
    scope_of: Vec<u32>,
    origin_of: BTreeMap<Country, u32>,
    /// One country of each class of origins.
    pub origins: Vec<Country>,
}

impl<'l> Classes<'l> {
    pub fn of(side: &Side<'l>) -> Classes<'l> {
        let ledger = side.ledger;
        let mut lists = Vec::with_capacity(side.lists.len());
        let mut rows: Vec<Vec<(Code, u32)>> = Vec::with_capacity(side.lists.len());
        for name in &side.lists {
            let (kinds, of_list) = kinds(ledger, name);
            lists.push(ListKinds { kinds });
            rows.push(of_list);
        }
        let universe = universe(side, &rows);
        let mut covering: Vec<ScopeClass> = vec![ScopeClass::default(); universe.len()];
        for (list, rows) in rows.iter().enumerate() {
            for (code, kind) in rows {
                for at in covered(&universe, *code) {
                    match covering[at].rows.last_mut() {
                        Some((last, kinds)) if *last == list as u32 => kinds.push(*kind),
                        _ => covering[at].rows.push((list as u32, vec![*kind])),
                    }
                }
            }
        }
        for (place, prefix) in side.prefixes.iter().enumerate() {
            for at in covered(&universe, *prefix) {
                covering[at].prefixes.push(place as u32);
            }
        }
        let mut scopes = vec![ScopeClass::default()];
        let mut places: FxHashMap<ScopeClass, u32> =
            [(ScopeClass::default(), 0)].into_iter().collect();
        let scope_of = covering
            .into_iter()
            .map(|class| match places.get(&class) {
                Some(place) => *place,
                None => {
                    let place = scopes.len() as u32;
                    scopes.push(class.clone());
                    places.insert(class, place);
                    place
                }
            })
            .collect();
        let (origin_of, origins) = origin_classes(side);
        let packed: Vec<(u64, u16)> = universe.iter().map(|code| (code.packed(), 0)).collect();
        Classes { lists, scopes, codes: CodeHash::of(&packed), scope_of, origin_of, origins }
    }

    /// The class of a code: that of the longest beginning of it that anything names.
    pub fn scope(&self, code: Code) -> u32 {
        (1..=5u8)
            .rev()
            .map(|pairs| pairs * 2)
            .filter(|digits| *digits <= code.digits())
            .find_map(|digits| self.codes.find(code.prefix(digits).packed()))
            .map_or(0, |at| self.scope_of[at as usize])
    }

    /// The class of a country of the ledger.
    pub fn origin(&self, country: Country) -> u32 {
        self.origin_of.get(&country).copied().unwrap_or(0)
    }

    /// The rate that a list gives a class: that of the longest code in force that has one.
    pub fn list_rate(&self, list: usize, scope: usize, holding: &[bool]) -> Option<u32> {
        let rows = self.rows(list, scope)?;
        let rated = |kind: &&u32| {
            holding[**kind as usize] && self.lists[list].kinds[**kind as usize].rate.is_some()
        };
        rows.iter().rev().find(rated).copied()
    }

    /// The classes on a list, given which kinds of its rows hold.
    pub fn on_list(&self, list: usize, holding: &[bool]) -> Bits {
        let mut on = Bits::none(self.scopes.len());
        for scope in 0..self.scopes.len() {
            let Some(rows) = self.rows(list, scope) else { continue };
            let mut holds = rows.iter().filter(|kind| holding[**kind as usize]).peekable();
            let kinds = &self.lists[list].kinds;
            if holds.peek().is_some() && holds.all(|kind| !kinds[*kind as usize].out) {
                on.insert(scope);
            }
        }
        on
    }

    fn rows(&self, list: usize, scope: usize) -> Option<&[u32]> {
        let rows = &self.scopes[scope].rows;
        let at = rows.binary_search_by_key(&(list as u32), |(list, _)| *list).ok()?;
        Some(&rows[at].1)
    }

    /// The classes that a prefix covers.
    pub fn under(&self, prefix: usize) -> Bits {
        let mut under = Bits::none(self.scopes.len());
        for (at, scope) in self.scopes.iter().enumerate() {
            if scope.prefixes.binary_search(&(prefix as u32)).is_ok() {
                under.insert(at);
            }
        }
        under
    }

    /// The classes of origins in an area at a moment.
    pub fn in_area(&self, ledger: &Ledger, area: &str, moment: Moment) -> Bits {
        let mut inside = Bits::none(self.origins.len());
        for (at, country) in self.origins.iter().enumerate() {
            if ledger.in_area(*country, area, moment) {
                inside.insert(at);
            }
        }
        inside
    }
}

/// Places in a sorted universe of the codes that a prefix covers.
fn covered(universe: &[Code], prefix: Code) -> impl Iterator<Item = usize> {
    let start = universe.partition_point(|code| *code < prefix);
    let count = universe[start..].iter().take_while(|code| prefix.covers(**code)).count();
    start..start + count
}

/// The kinds of rows of a list, and its rows by code with their kinds.
fn kinds<'l>(ledger: &'l Ledger, name: &str) -> (Vec<RowKind<'l>>, Vec<(Code, u32)>) {
    let Some(list) = ledger.lists.get(name) else { return (Vec::new(), Vec::new()) };
    type Key<'a> = (bool, Option<Moment>, Option<Moment>, &'a str, Option<&'a str>, usize);
    let mut places: FxHashMap<Key<'_>, u32> = FxHashMap::default();
    let mut kinds = Vec::new();
    let mut rows = Vec::with_capacity(list.rows.len());
    for row in &list.rows {
        // Equal rates of a list are one object.
        let rate = row.rate.as_ref().map_or(0, |rate| Arc::as_ptr(rate) as usize);
        let key = (row.out, row.from, row.until, &*row.act, row.ended_by.as_deref(), rate);
        let kind = *places.entry(key).or_insert_with(|| {
            kinds.push(kind(ledger, row));
            kinds.len() as u32 - 1
        });
        rows.push((row.code, kind));
    }
    rows.sort_by_key(|(code, _)| *code);
    (kinds, rows)
}

fn kind<'l>(ledger: &Ledger, row: &'l ListRow) -> RowKind<'l> {
    RowKind {
        out: row.out,
        from: row.from,
        until: row.until,
        act: ledger.act_index(&row.act),
        ended_by: row.ended_by.as_deref().map(|act| ledger.act_index(act)),
        rate: row.rate.as_deref(),
    }
}

/// Every code of the schedule and every code or prefix that something names, sorted.
fn universe(side: &Side<'_>, rows: &[Vec<(Code, u32)>]) -> Vec<Code> {
    let mut codes: Vec<Code> = rows.iter().flatten().map(|(code, _)| *code).collect();
    codes.extend(&side.prefixes);
    if let Some(schedule) = side.ledger.schedules.get(&side.territory.id) {
        codes.extend(schedule.lines().map(|line| line.code));
        codes.extend(schedule.suffixes().map(|suffix| suffix.code));
    }
    let prefixes: Vec<Code> =
        codes.iter().filter(|c| c.digits() == 10).map(|c| c.prefix(8)).collect();
    codes.extend(prefixes);
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn origin_classes(side: &Side<'_>) -> (BTreeMap<Country, u32>, Vec<Country>) {
    type Signature<'a> = (Vec<(&'a str, Vec<Interval>)>, Option<Country>);
    let named: BTreeSet<&str> = side
        .areas
        .iter()
        .copied()
        .filter(|a| *a != WORLD && side.ledger.area(a).is_none())
        .collect();
    let mut classes: Vec<(Signature<'_>, Country)> = Vec::new();
    let mut origin_of = BTreeMap::new();
    for (country, _) in side.ledger.countries.iter() {
        let areas = side.areas.iter().filter_map(|name| {
            let area = side.ledger.area(name)?;
            let times = area.members.iter().filter(|(member, _)| *member == country);
            let times: Vec<Interval> = times.map(|(_, interval)| *interval).collect();
            (!times.is_empty()).then_some((*name, times))
        });
        let by_name = named.contains(country.as_str()).then_some(country);
        let signature = (areas.collect(), by_name);
        let at = match classes.iter().position(|(s, _)| *s == signature) {
            Some(at) => at,
            None => {
                classes.push((signature, country));
                classes.len() - 1
            }
        };
        origin_of.insert(country, at as u32);
    }
    (origin_of, classes.into_iter().map(|(_, country)| country).collect())
}

/// The places of lists and prefixes that selectors name.
pub(crate) fn selected(side: &Side<'_>, selectors: &[GoodsSelector]) -> (Vec<usize>, Vec<usize>) {
    let mut found = (Vec::new(), Vec::new());
    for selector in selectors {
        match selector {
            GoodsSelector::List(name) => {
                found.0.extend(side.list(name));
            }
            GoodsSelector::Prefix(code) => {
                found.1.extend(side.prefixes.binary_search(code));
            }
        }
    }
    found
}
