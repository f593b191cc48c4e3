//! A measure at a moment, as a survey of the law sees it: the fields as the last operation left
//! them, and whether they hold.

use ledger::{
    Basis, Condition, Control, Effect, Fields, GoodsSelector, Leaving, ListRow, Rate, Records,
};
use tariff::{Code, Moment};

use crate::survey::Survey;

/// A measure at a moment.
#[derive(Clone, Debug)]
pub struct Stand<'a> {
    pub standing: Standing<'a>,
    pub title: &'a str,
    /// When this ends, as far as the law says: the measure, or its suspension.
    pub until: Option<Moment>,
    pub heading: Option<Code>,
    pub rate: Option<&'a Rate>,
    /// The text of a control.
    pub control: Option<&'a str>,
    pub of: &'a [String],
    pub except_of: &'a [String],
    /// `None` is all goods.
    pub goods: Option<&'a [GoodsSelector]>,
    pub except_goods: &'a [GoodsSelector],
    pub when: Option<&'a Condition>,
    pub relief: bool,
    pub basis: Option<&'a Basis>,
    pub pick: Option<&'a str>,
    pub stage: Option<&'a str>,
}

/// Whether a measure holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing<'a> {
    /// Not begun, or ended.
    NotLive,
    Live,
    /// Not collected, but for the rate it leaves.
    Suspended {
        leaving: Option<&'a Rate>,
        by: &'a str,
    },
    Voided {
        by: &'a str,
        live: bool,
    },
}

impl<'a> Survey<'a> {
    /// The measure at `moment`, or `None` when no binding act makes it.
    pub fn stand(&self, id: &'a str, records: &'a Records, moment: Moment) -> Option<Stand<'a>> {
        let terms = self.law.terms(id, records, moment)?;
        let standing = match (&terms.voided_by, &terms.suspended) {
            (Some(by), _) => Standing::Voided { by: &by.id, live: terms.live },
            _ if !terms.live => Standing::NotLive,
            (None, Some(suspension)) => Standing::Suspended {
                leaving: suspension.leaving.and_then(|leaving| match leaving {
                    Leaving::Rate(rate) => Some(rate),
                    Leaving::Measure(_) => None,
                }),
                by: &suspension.by.id,
            },
            (None, None) => Standing::Live,
        };
        let suspended = terms.suspended.and_then(|suspension| suspension.until);
        let until = match (terms.until, suspended) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let list = |get: fn(&Fields) -> Option<&Vec<String>>| {
            terms.field(get).map_or(&[][..], Vec::as_slice)
        };
        Some(Stand {
            standing,
            title: terms.title(),
            until,
            heading: terms.field(|f| f.heading.as_ref()).copied(),
            rate: terms.field(|f| f.rate.as_ref()),
            control: terms.field(|f| f.control.as_ref()).map(|control| match control {
                Control::Requires(text) | Control::Prohibits(text) => text.as_str(),
            }),
            of: list(|f| f.of.as_ref()),
            except_of: list(|f| f.except_of.as_ref()),
            goods: terms.field(|f| f.goods.as_ref()).and_then(Option::as_deref),
            except_goods: terms.field(|f| f.except_goods.as_ref()).map_or(&[][..], Vec::as_slice),
            when: terms.field(|f| f.when.as_ref()),
            relief: terms.field(|f| f.relief.as_ref()).copied().unwrap_or(false),
            basis: terms.field(|f| f.basis.as_ref()),
            pick: terms.field(|f| f.pick.as_ref()).map(String::as_str),
            stage: terms.field(|f| f.stage.as_ref()).map(String::as_str),
        })
    }

    /// The stages of a pick at `moment`, in their order.
    pub fn stages(&self, pick: &str, moment: Moment) -> &'a [String] {
        let records = self.law.ledger.picks().find(|(id, _)| *id == pick).map(|(_, r)| r);
        let found = records.and_then(|records| self.law.pick(records, moment));
        found.map_or(&[], |pick| pick.stages.as_slice())
    }

    /// Whether the measure is in lieu of another duty at `moment`.
    pub fn replaces(&self, id: &str, moment: Moment) -> bool {
        self.law.ledger.relations().any(|(_, records)| {
            self.law.relation(records, moment).is_some_and(|(relation, _, _)| {
                relation.effect == Effect::Replaces
                    && relation.of.iter().any(|target| target.covers(id))
                    && !relation.except.iter().any(|target| target.covers(id))
            })
        })
    }

    /// Whether the relation is live at `moment`.
    pub fn relates(&self, records: &'a Records, moment: Moment) -> bool {
        self.law.relation(records, moment).is_some()
    }

    /// Whether a row of a goods list is in force at `moment`.
    pub fn row_holds(&self, row: &ListRow, moment: Moment) -> bool {
        self.law.row_holds(row, moment)
    }

    /// The moment of knowledge.
    pub fn known(&self) -> Moment {
        self.law.k
    }
}
