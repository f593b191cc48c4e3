//! Where knowledge of the law turns: the moments at which acts come to bind or cease to, and at which
//! a revision of a schedule is published; and how far back each of them may reach.

use std::collections::{BTreeMap, BTreeSet};

use tariff::{Moment, Stated};

use crate::act::{Does, Fields, Rate, territory_of};
use crate::condition::{Condition, GoodsSelector};
use crate::ledger::{Ledger, Records};
use crate::line::Known;
use crate::world::ALWAYS;

/// A moment from which on the law is known to be another than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    pub moment: Moment,
    /// Acts that come to bind, by position in the ledger and in its order, each with its own reach.
    pub acts: Vec<(usize, Reach)>,
    /// Acts that bind already and whose stay of others begins or ends by its date.
    pub stays: Vec<usize>,
    /// For each territory of the ledger, whether a revision of its schedule is published.
    pub revised: Vec<bool>,
    /// Of all of it together.
    pub reach: Reach,
}

impl Turn {
    /// What is known from it on.
    pub fn known(&self) -> Known {
        Known::At(Stated::Moment(self.moment))
    }
}

/// For each territory the latest date that a line must state at least, for what it owes to change;
/// `None` where it changes for no line.
pub type Reach = Vec<Option<Moment>>;

impl Ledger {
    /// Every turn of knowledge, in order. A line of which every date lies before the reach of a turn
    /// owes the same before and after it; other lines may.
    pub fn turns(&self) -> Vec<Turn> {
        let touches = Touches::of(self);
        let mut turns = BTreeMap::new();
        for (at, act) in self.acts.iter().enumerate() {
            if touches.acts[at].iter().all(Option::is_none) {
                continue;
            }
            let Some(binds) = act.binds_from() else { continue };
            let turn = self.turn(&mut turns, binds);
            turn.acts.push((at, touches.acts[at].clone()));
            merge(&mut turn.reach, &touches.acts[at]);
            for operation in &act.operations {
                if !matches!(operation.does, Does::Stay { .. }) {
                    continue;
                }
                let interval = operation.interval;
                for moment in [interval.from, interval.until].into_iter().flatten() {
                    if moment > binds {
                        let turn = self.turn(&mut turns, moment);
                        turn.stays.push(at);
                        merge(&mut turn.reach, &touches.acts[at]);
                    }
                }
            }
        }
        for (place, territory) in self.territories.iter().enumerate() {
            let Some(schedule) = self.schedules.get(&territory.id) else { continue };
            let lines = schedule.lines().map(|line| line.life);
            for life in lines.chain(schedule.suffixes().map(|suffix| suffix.life)) {
                // A row counts from its own first day; its end, once published, from the last.
                let ends = life.ended.map(|published| (published, life.until));
                for (published, day) in [Some((life.known, life.from)), ends].into_iter().flatten()
                {
                    let turn = self.turn(&mut turns, published.start(&territory.zone));
                    turn.revised[place] = true;
                    let reach = day.map_or(ALWAYS, |day| day.start(&territory.zone));
                    lower(&mut turn.reach[place], reach);
                }
            }
        }
        turns.into_values().collect()
    }

    fn turn<'t>(&self, turns: &'t mut BTreeMap<Moment, Turn>, moment: Moment) -> &'t mut Turn {
        let sides = self.territories.len();
        turns.entry(moment).or_insert_with(|| Turn {
            moment,
            acts: Vec::new(),
            stays: Vec::new(),
            revised: vec![false; sides],
            reach: vec![None; sides],
        })
    }
}

/// What each act may change, by itself or through the acts that it acts on.
struct Touches {
    acts: Vec<Reach>,
}

impl Touches {
    fn of(ledger: &Ledger) -> Touches {
        let sides = ledger.territories.len();
        let mut touches = Touches { acts: vec![vec![None; sides]; ledger.acts.len()] };
        let side = |id: &str| ledger.territories.iter().position(|t| t.id == territory_of(id));
        let mut first_use: BTreeMap<&str, Moment> = BTreeMap::new();
        for (id, records) in ledger.measures() {
            let Some(side) = side(id) else { continue };
            let live = first_live(ledger, records);
            touches.things(ledger, records, side, live);
            for record in records {
                let does = &ledger.record(*record).1.does;
                if let Does::Measure { fields, .. } | Does::Amend { fields, .. } = does {
                    for list in fields.lists() {
                        let first = first_use.entry(list).or_insert(live);
                        *first = live.min(*first);
                    }
                }
            }
        }
        for (id, records) in ledger.relations() {
            let Some(side) = side(id) else { continue };
            touches.things(ledger, records, side, first_live(ledger, records));
        }
        for (id, records) in ledger.picks() {
            let Some(side) = side(id) else { continue };
            for record in records {
                let from = ledger.record(*record).1.interval.from;
                lower(&mut touches.acts[record.0][side], from.unwrap_or(ALWAYS));
            }
        }
        for (id, records) in ledger.clocks() {
            let Some(side) = side(id) else { continue };
            for record in records {
                lower(&mut touches.acts[record.0][side], ALWAYS);
            }
        }
        touches.lists(ledger, &first_use, side);
        touches.through_acts(ledger);
        touches
    }

    /// The operations on a measure or relation. None matters before it is first live.
    fn things(&mut self, ledger: &Ledger, records: &Records, side: usize, live: Moment) {
        let mut made = false;
        for record in records {
            let (_, operation) = ledger.record(*record);
            let from = match operation.does {
                Does::Void { parties: Some(_), .. } => continue,
                Does::Void { .. } => live,
                // Made a second time it is another thing at every moment.
                Does::Measure { .. } | Does::Relation(_) if made => live,
                _ => operation.interval.from.unwrap_or(live),
            };
            made |= matches!(operation.does, Does::Measure { .. } | Does::Relation(_));
            lower(&mut self.acts[record.0][side], from.max(live));
        }
    }

    /// The rows that acts put on lists or took off them. A list matters where a measure names it.
    fn lists<'l>(
        &mut self,
        ledger: &'l Ledger,
        first_use: &BTreeMap<&'l str, Moment>,
        side: impl Fn(&str) -> Option<usize>,
    ) {
        for (name, list) in &ledger.lists {
            let Some(used) = first_use.get(name.as_str()) else { continue };
            // A list of acts made together may serve every side.
            let sides: Vec<usize> = match side(name) {
                Some(side) => vec![side],
                None => (0..ledger.territories.len()).collect(),
            };
            for row in &list.rows {
                let ends = row.ended_by.as_ref().map(|act| (act, row.until));
                for (act, from) in [Some((&row.act, row.from)), ends].into_iter().flatten() {
                    let Some(at) = ledger.act_index(act) else { continue };
                    let from = from.unwrap_or(*used).max(*used);
                    sides.iter().for_each(|side| lower(&mut self.acts[at][*side], from));
                }
            }
        }
    }

    /// An act on another act touches what that one touches; so does the act that ends a stay.
    fn through_acts(&mut self, ledger: &Ledger) {
        let mut again = true;
        while std::mem::take(&mut again) {
            for (target, act) in ledger.acts.iter().enumerate() {
                for &(by, operation) in ledger.on_act(&act.id) {
                    let mut others = vec![by];
                    let does = &ledger.acts[by].operations[operation].does;
                    if let Does::Stay { until_act: Some(until), .. } = does {
                        others.extend(ledger.act_index(until));
                    }
                    let reach = self.acts[target].clone();
                    for other in others {
                        again |= merge(&mut self.acts[other], &reach);
                    }
                }
            }
        }
    }
}

/// When a measure or relation is first live, whatever is known.
fn first_live(ledger: &Ledger, records: &Records) -> Moment {
    let operations = records.iter().map(|record| ledger.record(*record).1);
    let making = operations
        .filter(|o| matches!(o.does, Does::Measure { .. } | Does::Relation(_) | Does::Extend(_)));
    making.map(|o| o.interval.from.unwrap_or(ALWAYS)).min().unwrap_or(ALWAYS)
}

impl Fields {
    /// The goods lists that they name.
    pub fn lists(&self) -> BTreeSet<&str> {
        let mut lists = BTreeSet::new();
        lists.extend(self.goods.iter().flatten().flatten().filter_map(named));
        lists.extend(self.except_goods.iter().flatten().filter_map(named));
        if let Some(Rate::List(list)) = &self.rate {
            lists.insert(list.as_str());
        }
        if let Some(when) = &self.when {
            when.visit(&mut |test| {
                if let Condition::Goods(selectors) = test {
                    lists.extend(selectors.iter().filter_map(named));
                }
            });
        }
        lists
    }

    /// The areas that they name.
    pub fn areas(&self) -> BTreeSet<&str> {
        let named = self.of.iter().chain(&self.except_of).flatten();
        let mut areas: BTreeSet<&str> = named.map(String::as_str).collect();
        if let Some(when) = &self.when {
            when.visit(&mut |test| {
                if let Condition::Origin(origins) = test {
                    areas.extend(origins.iter().map(String::as_str));
                }
            });
        }
        areas
    }
}

fn named(selector: &GoodsSelector) -> Option<&str> {
    match selector {
        GoodsSelector::List(list) => Some(list),
        GoodsSelector::Prefix(_) => None,
    }
}

fn lower(reach: &mut Option<Moment>, to: Moment) {
    *reach = Some(reach.map_or(to, |held| held.min(to)));
}

/// Whether it changed anything.
fn merge(reach: &mut Reach, more: &Reach) -> bool {
    let before = reach.clone();
    for (held, to) in reach.iter_mut().zip(more) {
        if let Some(to) = to {
            lower(held, *to);
        }
    }
    *reach != before
}
