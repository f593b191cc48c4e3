//! Which readings of the law may matter to a report: those whose operations are on measures that some line
//! of it meets by origin, goods and date. What is sure not to matter need not be compiled.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Condition, Does, Fields, GoodsSelector, Ledger, Operation, Reading, Target, WORLD};
use tariff::{Code, Country, Zone};

use super::answer::{Answered, Settled};

/// What a measure is on, at any time.
struct Reach<'a> {
    of: Vec<&'a [String]>,
    goods: Vec<Option<&'a [GoodsSelector]>>,
}

struct Near<'a> {
    ledger: &'a Ledger,
    measures: BTreeMap<&'a str, Reach<'a>>,
}

impl Answered {
    /// Whether some operation that holds under an option of the reading may change a line.
    pub fn may_meet(&self, ledger: &Ledger, by: &str, reading: &Reading, zone: &Zone) -> bool {
        let near = Near::of(ledger, by);
        let operations = ledger.acts.iter().flat_map(|act| &act.operations);
        let of_it = |operation: &&Operation| {
            operation.reading.as_ref().is_some_and(|(id, _)| *id == reading.id)
        };
        operations.filter(of_it).any(|operation| {
            let touched = near.touched(&operation.does);
            // Lines of the same goods and origin are looked at once.
            let mut seen: BTreeSet<(Code, Country)> = BTreeSet::new();
            let lines = self.parts.iter().filter(|settled| is_then(operation, settled, zone));
            lines
                .map(|settled| near.line(settled))
                .any(|line| seen.insert(line) && touched.iter().all(|ids| ids.meets(&near, line)))
        })
    }
}

/// Measures of which a line must meet some.
enum Touched<'a> {
    Any,
    These(Vec<&'a str>, Option<&'a Condition>),
}

impl Touched<'_> {
    fn meets(&self, near: &Near<'_>, line: (Code, Country)) -> bool {
        match self {
            Touched::Any => true,
            Touched::These(ids, when) => {
                when.is_none_or(|when| near.may(when, line))
                    && ids.iter().any(|id| near.meets(id, line))
            }
        }
    }
}

/// Whether an operation holds on a day that a line states.
fn is_then(operation: &Operation, settled: &Settled, zone: &Zone) -> bool {
    let stated = &settled.part.stated;
    ledger::DateFact::ALL.into_iter().filter_map(|date| stated.date(date)).any(|date| {
        let (first, last) = (date.first(zone), date.last(zone).plus_seconds(1));
        let day = tariff::Interval { from: Some(first), until: Some(last) };
        operation.interval.overlaps(day)
    })
}

impl<'a> Near<'a> {
    fn of(ledger: &'a Ledger, by: &str) -> Near<'a> {
        let own = ledger.measures().filter(|(id, _)| ledger::territory_of(id) == by);
        let reach = own.map(|(id, records)| {
            let fields: Vec<&Fields> = records
                .iter()
                .filter_map(|record| match &ledger.record(*record).1.does {
                    Does::Measure { fields, .. } | Does::Amend { fields, .. } => Some(&**fields),
                    _ => None,
                })
                .collect();
            let of = fields.iter().filter_map(|f| f.of.as_deref()).collect();
            let goods = fields.iter().filter_map(|f| f.goods.as_ref()).map(|g| g.as_deref());
            let mut goods: Vec<Option<&[GoodsSelector]>> = goods.collect();
            if goods.is_empty() {
                goods.push(None);
            }
            (id, Reach { of, goods })
        });
        Near { ledger, measures: reach.collect() }
    }

    fn line(&self, settled: &Settled) -> (Code, Country) {
        let origin = self.ledger.countries.resolve(settled.part.origin);
        (settled.part.code, origin.unwrap_or(settled.part.origin))
    }

    /// What an operation is on: a line must meet each of these.
    fn touched(&self, does: &'a Does) -> Vec<Touched<'a>> {
        match does {
            Does::Measure { id, fields } | Does::Amend { id, fields } => {
                vec![Touched::These(vec![id.as_str()], fields.when.as_ref())]
            }
            Does::Relation(relation) => {
                vec![self.targeted(&relation.of), self.targeted(&relation.object)]
            }
            Does::Pick(_) | Does::Clock { .. } => vec![Touched::Any],
            does => vec![self.targeted(does.targets())],
        }
    }

    fn targeted(&self, targets: &[Target]) -> Touched<'a> {
        if targets.iter().any(|target| self.ledger.act(&target.0).is_some()) {
            return Touched::Any;
        }
        let named = |id: &&&str| targets.iter().any(|target| target.covers(id));
        Touched::These(self.measures.keys().filter(named).copied().collect(), None)
    }

    fn meets(&self, id: &str, (code, origin): (Code, Country)) -> bool {
        let Some(reach) = self.measures.get(id) else { return true };
        let is_of = |name: &String| self.is_in(origin, name);
        let covers = |goods: &Option<&[GoodsSelector]>| {
            goods.is_none_or(|selectors| selectors.iter().any(|s| self.selects(s, code)))
        };
        reach.of.iter().any(|of| of.iter().any(is_of)) && reach.goods.iter().any(covers)
    }

    fn is_in(&self, origin: Country, name: &str) -> bool {
        match self.ledger.area(name) {
            Some(area) => area.members.iter().any(|(member, _)| *member == origin),
            None => name == WORLD || origin.as_str() == name,
        }
    }

    fn selects(&self, selector: &GoodsSelector, code: Code) -> bool {
        match selector {
            GoodsSelector::Prefix(prefix) => prefix.covers(code) || code.covers(*prefix),
            GoodsSelector::List(name) => {
                self.ledger.lists.get(name).is_none_or(|list| list.touches(code))
            }
        }
    }

    /// Whether a condition may hold for goods of the origin: only these are looked at.
    fn may(&self, condition: &Condition, line: (Code, Country)) -> bool {
        match condition {
            Condition::And(parts) => parts.iter().all(|part| self.may(part, line)),
            Condition::Or(parts) => parts.iter().any(|part| self.may(part, line)),
            Condition::Goods(selectors) => selectors.iter().any(|s| self.selects(s, line.0)),
            Condition::Origin(areas) => areas.iter().any(|area| self.is_in(line.1, area)),
            _ => true,
        }
    }
}
