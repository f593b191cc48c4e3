//! Which lines measures may concern at all, by origin and goods, at whatever time.

use std::collections::BTreeSet;

use ledger::{Does, GoodsSelector, Ledger, WORLD};
use tariff::Code;

use super::Sight;

/// The lines that the measures of a change may concern, before it or after.
pub(crate) struct Reach<'a> {
    /// `None` where no measure is named, so that any line may be reached.
    measures: Option<Vec<OfMeasure<'a>>>,
}

struct OfMeasure<'a> {
    ledger: &'a Ledger,
    /// ISO codes; `None` is any.
    origins: Option<BTreeSet<&'a str>>,
    /// `None` is any.
    goods: Option<Vec<&'a GoodsSelector>>,
}

impl<'a> Reach<'a> {
    pub fn of(ledgers: [&'a Ledger; 2], sight: &'a Sight) -> Reach<'a> {
        if sight.measures.is_empty() {
            return Reach { measures: None };
        }
        let measures = ledgers
            .into_iter()
            .flat_map(|ledger| sight.measures.iter().map(move |id| OfMeasure::new(ledger, id)));
        Reach { measures: Some(measures.collect()) }
    }

    /// Whether a line of these goods and this origin may be reached; any goods where the code of the
    /// line cannot be read.
    pub fn covers(&self, code: Option<Code>, origin: &str) -> bool {
        let Some(measures) = &self.measures else { return true };
        measures.iter().any(|measure| {
            let of = measure.origins.as_ref().is_none_or(|origins| origins.contains(origin));
            let goods = |selectors: &Vec<&GoodsSelector>| {
                let Some(code) = code else { return true };
                selectors.iter().any(|selector| match selector {
                    GoodsSelector::Prefix(prefix) => prefix.covers(code) || code.covers(*prefix),
                    GoodsSelector::List(name) => {
                        measure.ledger.lists.get(name).is_some_and(|list| list.touches(code))
                    }
                })
            };
            of && measure.goods.as_ref().is_none_or(goods)
        })
    }
}

impl<'a> OfMeasure<'a> {
    /// All that any of its operations ever named.
    fn new(ledger: &'a Ledger, id: &str) -> OfMeasure<'a> {
        let mut origins = Some(BTreeSet::new());
        let mut goods = Some(Vec::new());
        let mut made = false;
        for record in ledger.measure(id).into_iter().flatten() {
            let (makes, fields) = match &ledger.record(*record).1.does {
                Does::Measure { fields, .. } => (true, fields),
                Does::Amend { fields, .. } => (false, fields),
                _ => continue,
            };
            made = true;
            // A control on exports is of destinations, and stands in answers about other lines.
            if fields.to.is_some() || (makes && fields.of.is_none()) {
                origins = None;
            }
            for name in fields.of.iter().flatten() {
                let Some(origins) = &mut origins else { break };
                match ledger.area(name) {
                    Some(area) => origins.extend(area.members.iter().map(|(m, _)| m.as_str())),
                    None => _ = origins.insert(name.as_str()),
                }
            }
            if fields.of.iter().flatten().any(|name| name == WORLD) {
                origins = None;
            }
            match &fields.goods {
                Some(Some(selectors)) => {
                    if let Some(goods) = &mut goods {
                        goods.extend(selectors);
                    }
                }
                Some(None) => goods = None,
                None if makes => goods = None,
                None => {}
            }
        }
        // Of a measure that this ledger does not hold nothing is known.
        if !made {
            (origins, goods) = (Some(BTreeSet::new()), Some(Vec::new()));
        }
        OfMeasure { ledger, origins, goods }
    }
}
