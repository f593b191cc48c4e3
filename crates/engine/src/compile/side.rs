//! One territory's law: what is the same at every moment of knowledge and time.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{
    Act, Condition, DateFact, Does, Effect, GoodsSelector, Ledger, Operation, Rate, Readings,
    Records, Relation, Target, Territory, program_of, territory_of,
};
use nomenclature::rate::RateText;
use tariff::{Code, Day, Exact, Interval, Moment};

use super::acts::{Acts, reads, relevant};
use super::bits::Bits;
use super::condition::{FactNames, named_facts};
use super::version;
use crate::rate::least_cents;

/// A measure of the side.
pub(crate) struct MeasureSource<'l> {
    pub id: &'l str,
    pub records: &'l Records,
    /// Place in `Ledger::programs`.
    pub program: usize,
    pub levies: bool,
    /// Entry moments that its conditions tell apart.
    pub entered_cuts: Vec<Moment>,
    /// Which was made first, whatever it is called.
    pub rank: usize,
    /// Each record with the claims that its condition asks for.
    pub claims: Vec<((usize, usize), Vec<u32>)>,
    /// Some operation gives it a clock of its own.
    pub own_clock: bool,
}

/// A relation that may touch measures of the side.
pub(crate) struct RelationSource<'l> {
    pub records: &'l Records,
    pub versions: Vec<RelationVersion<'l>>,
}

/// A relation as one operation makes it.
pub(crate) struct RelationVersion<'l> {
    pub record: (usize, usize),
    pub relation: &'l Relation,
    /// Measures that may prevail, by place.
    pub of: Bits,
    pub object: Bits,
}

/// What makes a moment one at which the law of a day may change.
pub(crate) enum CutBy {
    /// A row of a list, whoever made it.
    Row,
    Record((usize, usize)),
}

pub(crate) struct Side<'l> {
    pub ledger: &'l Ledger,
    pub territory: &'l Territory,
    pub readings: Readings,
    /// In the order of their ids.
    pub measures: Vec<MeasureSource<'l>>,
    pub relations: Vec<RelationSource<'l>>,
    pub picks: Vec<(&'l str, &'l Records)>,
    pub clocks: Vec<&'l Records>,
    pub acts: Acts,
    /// Moments at which anything changes in time, and none between them.
    pub cuts: Vec<Moment>,
    /// Moments that split a day, each with its reasons.
    pub day_cuts: BTreeMap<Moment, Vec<CutBy>>,
    pub facts: FactNames,
    /// Claims that conditions ask for.
    pub claims: Vec<String>,
    /// The program of the base duty, by place in `Ledger::programs`.
    pub base: Option<usize>,
    /// Dates that some clock names, beside that of entry.
    pub clock_dates: BTreeSet<DateFact>,
    /// Names of goods lists and of areas in use, sorted.
    pub lists: Vec<&'l str>,
    pub areas: Vec<&'l str>,
    pub prefixes: Vec<Code>,
    /// Shares that a column of the schedule is held against, each with the least value in cents from
    /// which on the rounding of a general duty cannot carry it across.
    pub limits: Vec<(Exact, i64)>,
    /// The most tests of goods, or of origins, in one condition.
    pub class_tests: usize,
}

impl<'l> Side<'l> {
    pub fn of(ledger: &'l Ledger, territory: &'l Territory, readings: &Readings) -> Side<'l> {
        let own: Vec<(&'l str, &'l Records)> =
            ledger.measures().filter(|(id, _)| territory_of(id) == territory.id).collect();
        let named = Named::in_measures(ledger, &own);
        let measures = measure_sources(ledger, &own, &named);
        let relations = relation_sources(ledger, &measures);
        let picks: Vec<(&str, &Records)> = ledger.picks().collect();
        let clocks: Vec<&Records> =
            ledger.clocks().filter(|(id, _)| *id == territory.id).map(|(_, r)| r).collect();
        let own_relations =
            ledger.relations().filter(|(id, _)| territory_of(id) == territory.id).map(|(_, r)| r);
        let records = || {
            measures
                .iter()
                .map(|m| m.records)
                .chain(relations.iter().map(|r| r.records))
                .chain(picks.iter().map(|(_, r)| *r))
                .chain(clocks.iter().copied())
        };
        let lists: Vec<&'l str> = named.lists.iter().copied().collect();
        let splitting: Vec<&Records> =
            measures.iter().map(|m| m.records).chain(own_relations).collect();
        let relevant =
            relevant(ledger, records().chain(splitting.iter().copied()), lists.iter().copied());
        let acts = Acts::of(ledger, readings, &relevant);
        let day_cuts = day_cuts(ledger, territory, &splitting);
        let mut cuts: BTreeSet<Moment> = day_cuts.keys().copied().collect();
        for &(a, o) in records().flatten() {
            let Interval { from, until } = ledger.acts[a].operations[o].interval;
            cuts.extend(from);
            cuts.extend(until);
        }
        for name in &lists {
            let rows = ledger.lists.get(*name).into_iter().flat_map(|list| &list.rows);
            cuts.extend(rows.flat_map(|row| [row.from, row.until]).flatten());
        }
        for area in named.areas.iter().filter_map(|name| ledger.area(name)) {
            cuts.extend(area.members.iter().flat_map(|(_, i)| [i.from, i.until]).flatten());
        }
        let mut clock_dates: BTreeSet<DateFact> = named.clock_dates.clone();
        for &(a, o) in clocks.iter().copied().flatten() {
            if let Does::Clock { order, .. } = &ledger.acts[a].operations[o].does {
                clock_dates.extend(order);
            }
        }
        clock_dates.remove(&DateFact::Entered);
        let limits = limits(ledger, territory, &measures);
        Side {
            ledger,
            territory,
            readings: readings.clone(),
            acts,
            cuts: cuts.into_iter().collect(),
            day_cuts,
            facts: FactNames(named.facts.into_iter().collect()),
            claims: named.claims,
            base: ledger.programs.iter().position(|p| p.base && p.by == territory.id),
            clock_dates,
            lists,
            areas: named.areas.into_iter().collect(),
            prefixes: named.prefixes.into_iter().collect(),
            limits,
            class_tests: named.class_tests,
            measures,
            relations,
            picks,
            clocks,
        }
    }

    pub fn record_binds(&self, (act, operation): (usize, usize), stretch: usize) -> bool {
        self.acts.binds(stretch, act)
            && reads(self.ledger, &self.readings, &self.ledger.acts[act].operations[operation])
    }

    pub fn binding(
        &self,
        records: &'l Records,
        stretch: usize,
    ) -> impl DoubleEndedIterator<Item = (&'l Act, &'l Operation)> {
        version::binding(self, records, stretch)
    }

    /// The dates that fix the law, first that is stated; the time of entry by default.
    pub fn clock_order(&self, stretch: usize) -> &'l [DateFact] {
        let orders = self.clocks.iter().flat_map(|r| self.binding(r, stretch));
        orders
            .filter_map(|(_, operation)| match &operation.does {
                Does::Clock { order, .. } => Some(order.as_slice()),
                _ => None,
            })
            .next_back()
            .unwrap_or(&[DateFact::Entered])
    }

    /// The place of a list in use.
    pub fn list(&self, name: &str) -> Option<usize> {
        self.lists.binary_search(&name).ok()
    }

    /// Whether a line that states this date may stand elsewhere than in the law of its entry.
    pub fn moves_law(&self, date: DateFact) -> bool {
        date == DateFact::Withdrawn || self.clock_dates.contains(&date)
    }

    /// The moments after `first` and until `last` at which the law may change, as known.
    pub fn splits(&self, stretch: usize, first: Moment, last: Moment) -> Vec<Moment> {
        if first >= last {
            return Vec::new();
        }
        let after = first.plus_seconds(1);
        let split = |by: &CutBy| match by {
            CutBy::Row => true,
            CutBy::Record(record) => self.record_binds(*record, stretch),
        };
        self.day_cuts
            .range(after..=last)
            .filter(|(_, by)| by.iter().any(split))
            .map(|(moment, _)| *moment)
            .collect()
    }

    /// The least value from which on no general duty is rounded across a limit.
    pub fn clear_of(&self, limit: Exact) -> i64 {
        self.limits.iter().find(|(share, _)| *share == limit).map_or(i64::MAX, |(_, least)| *least)
    }

    /// The moment that stands for a stated date: a day stands from 00:02 on, so that boundaries at
    /// 00:00 and 00:01 apply to the whole of it.
    pub fn representative(&self, stated: tariff::Stated) -> Moment {
        match stated {
            tariff::Stated::Day(day) => self.of_day(day),
            tariff::Stated::Moment(moment) => moment,
        }
    }

    pub fn of_day(&self, day: Day) -> Moment {
        day.at(0, 2, &self.territory.zone)
    }
}

/// What the measures of a side name.
#[derive(Default)]
struct Named<'l> {
    facts: BTreeSet<String>,
    claims: Vec<String>,
    lists: BTreeSet<&'l str>,
    areas: BTreeSet<&'l str>,
    prefixes: BTreeSet<Code>,
    clock_dates: BTreeSet<DateFact>,
    class_tests: usize,
}

impl<'l> Named<'l> {
    fn in_measures(ledger: &'l Ledger, measures: &[(&'l str, &'l Records)]) -> Named<'l> {
        let mut named = Named::default();
        // A rate text that falls on a part of the article asks for its content.
        named.facts.extend(["mode", "quantity"].map(str::to_owned));
        named.facts.extend(DateFact::ALL.map(|d| d.name().to_owned()));
        for &(a, o) in measures.iter().flat_map(|(_, records)| *records) {
            let (Does::Measure { fields, .. } | Does::Amend { fields, .. }) =
                &ledger.acts[a].operations[o].does
            else {
                continue;
            };
            named.facts.extend(named_facts(fields.unstated.as_ref()).map(str::to_owned));
            let content = fields.basis.as_ref().and_then(|b| b.content());
            named.facts.extend(content.map(|part| format!("content {part}")));
            named.clock_dates.extend(fields.clock.iter().flatten());
            named.areas.extend(fields.of.iter().flatten().map(String::as_str));
            named.areas.extend(fields.except_of.iter().flatten().map(String::as_str));
            let goods = fields.goods.iter().flatten().flatten();
            named.select(goods.chain(fields.except_goods.iter().flatten()));
            if let Some(Rate::List(name)) = &fields.rate {
                named.lists.insert(name);
            }
            if let Some(when) = &fields.when {
                named.facts.extend(when.facts());
                let (mut goods, mut origins) = (0, 0);
                when.visit(&mut |test| {
                    goods += usize::from(matches!(test, Condition::Goods(_)));
                    origins += usize::from(matches!(test, Condition::Origin(_)));
                });
                named.class_tests = named.class_tests.max(goods).max(origins);
                when.visit(&mut |test| match test {
                    Condition::Claim(claim) if !named.claims.contains(claim) => {
                        named.claims.push(claim.clone());
                    }
                    Condition::Goods(selectors) => named.select(selectors.iter()),
                    Condition::Origin(areas) => {
                        named.areas.extend(areas.iter().map(String::as_str));
                    }
                    _ => {}
                });
            }
        }
        named
    }

    fn select(&mut self, selectors: impl Iterator<Item = &'l GoodsSelector>) {
        for selector in selectors {
            match selector {
                GoodsSelector::Prefix(code) => {
                    self.prefixes.insert(*code);
                }
                GoodsSelector::List(name) => {
                    self.lists.insert(name);
                }
            }
        }
    }
}

fn measure_sources<'l>(
    ledger: &'l Ledger,
    own: &[(&'l str, &'l Records)],
    named: &Named<'l>,
) -> Vec<MeasureSource<'l>> {
    let mut by_age: Vec<usize> = (0..own.len()).collect();
    by_age.sort_by_key(|at| (own[*at].1.first().copied(), own[*at].0));
    let mut rank = vec![0; own.len()];
    for (place, at) in by_age.into_iter().enumerate() {
        rank[at] = place;
    }
    let source = |(at, (id, records)): (usize, &(&'l str, &'l Records))| {
        let program = ledger.programs.iter().position(|p| p.id == program_of(id));
        let mut entered_cuts = BTreeSet::new();
        let mut claims = Vec::new();
        let mut own_clock = false;
        for record in *records {
            let (Does::Measure { fields, .. } | Does::Amend { fields, .. }) =
                &ledger.record(*record).1.does
            else {
                continue;
            };
            own_clock |= fields.clock.is_some();
            let Some(when) = &fields.when else { continue };
            let mut asked = Vec::new();
            when.visit(&mut |test| match test {
                Condition::Before(DateFact::Entered, m) | Condition::From(DateFact::Entered, m) => {
                    entered_cuts.insert(*m);
                }
                Condition::Claim(claim) => {
                    let at = named.claims.iter().position(|c| c == claim);
                    asked.push(at.expect("every claim has a place") as u32);
                }
                _ => {}
            });
            if !asked.is_empty() {
                claims.push((*record, asked));
            }
        }
        MeasureSource {
            id,
            records,
            program: program.unwrap_or(usize::MAX),
            levies: program.is_some_and(|at| ledger.programs[at].levies),
            entered_cuts: entered_cuts.into_iter().collect(),
            rank: rank[at],
            claims,
            own_clock,
        }
    };
    own.iter().enumerate().map(source).collect()
}

/// The shares that conditions and totals hold a column against.
fn limits(
    ledger: &Ledger,
    territory: &Territory,
    measures: &[MeasureSource<'_>],
) -> Vec<(Exact, i64)> {
    let mut shares: BTreeSet<Exact> = BTreeSet::new();
    for &(a, o) in measures.iter().flat_map(|m| m.records) {
        let does = &ledger.acts[a].operations[o].does;
        if let Does::Suspend { leaving: Some(ledger::Leaving::Rate(Rate::Total(share))), .. } = does
        {
            shares.insert(*share);
        }
        let (Does::Measure { fields, .. } | Does::Amend { fields, .. }) = does else { continue };
        if let Some(Rate::Total(share)) = &fields.rate {
            shares.insert(*share);
        }
        if let Some(when) = &fields.when {
            when.visit(&mut |test| {
                if let Condition::Column { share, .. } = test {
                    shares.insert(*share);
                }
            });
        }
    }
    let lines = ledger.schedules.get(&territory.id).into_iter().flat_map(|s| s.lines());
    let rates: BTreeSet<Exact> = lines
        .filter_map(|line| match line.general() {
            Some(RateText::Duty(duty)) => duty.as_ad_valorem(),
            _ => None,
        })
        .collect();
    shares
        .into_iter()
        .map(|limit| {
            let apart = |rate: &Exact| if *rate > limit { *rate - limit } else { limit - *rate };
            let nearest = rates.iter().filter(|rate| **rate != limit).map(apart).min();
            (limit, nearest.map_or(0, least_cents))
        })
        .collect()
}

fn relation_sources<'l>(
    ledger: &'l Ledger,
    measures: &[MeasureSource<'l>],
) -> Vec<RelationSource<'l>> {
    let covered = |targets: &[Target], id: &str| targets.iter().any(|t| t.covers(id));
    let places = |test: &dyn Fn(&str) -> bool| {
        let mut places = Bits::none(measures.len());
        for (at, _) in measures.iter().enumerate().filter(|(_, m)| test(m.id)) {
            places.insert(at);
        }
        places
    };
    ledger
        .relations()
        .map(|(_, records)| {
            let versions = records
                .iter()
                .filter_map(|record| match &ledger.record(*record).1.does {
                    Does::Relation(relation) => Some(RelationVersion {
                        record: *record,
                        relation: relation.as_ref(),
                        of: places(&|id| {
                            covered(&relation.of, id) && !covered(&relation.except, id)
                        }),
                        object: places(&|id| covered(&relation.object, id)),
                    }),
                    _ => None,
                })
                .collect();
            RelationSource { records, versions }
        })
        .filter(|relation: &RelationSource<'_>| {
            relation.versions.iter().any(|v| !v.of.is_empty() && !v.object.is_empty())
        })
        .collect()
}

fn day_cuts(
    ledger: &Ledger,
    territory: &Territory,
    records: &[&Records],
) -> BTreeMap<Moment, Vec<CutBy>> {
    let mut cuts: BTreeMap<Moment, Vec<CutBy>> = BTreeMap::new();
    for &record in records.iter().copied().flatten() {
        let (_, operation) = ledger.record(record);
        let mut moments: BTreeSet<Moment> = BTreeSet::new();
        moments.extend(operation.interval.from);
        moments.extend(operation.interval.until);
        if let Does::Measure { fields, .. } | Does::Amend { fields, .. } = &operation.does
            && let Some(when) = &fields.when
        {
            when.visit(&mut |test| {
                if let Condition::Before(DateFact::Entered, m)
                | Condition::From(DateFact::Entered, m) = test
                {
                    moments.insert(*m);
                }
            });
        }
        for moment in moments {
            cuts.entry(moment).or_default().push(CutBy::Record(record));
        }
    }
    for (name, list) in &ledger.lists {
        if territory_of(name) == territory.id {
            for moment in list.rows.iter().flat_map(|row| [row.from, row.until]).flatten() {
                let by = cuts.entry(moment).or_default();
                if !by.iter().any(|by| matches!(by, CutBy::Row)) {
                    by.push(CutBy::Row);
                }
            }
        }
    }
    cuts
}

/// Whether a relation of this effect takes a part rather than the whole.
pub(crate) fn takes_part(relation: &Relation) -> bool {
    relation.effect == Effect::TakesPartOf
}
