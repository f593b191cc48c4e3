//! Conditions against the facts of a line, in three values.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use ledger::{
    Area, Condition, DateFact, GoodsSelector, Ledger, Limit, Line, Outcome, Rate, Territory,
    Tested, Unstated, WORLD,
};
use tariff::{Code, Country, Exact, Moment, Stated};

use crate::as_of::AsOf;

/// True, false, or open because these facts are not stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    True,
    False,
    Open(BTreeSet<String>),
}

impl From<bool> for Truth {
    fn from(b: bool) -> Truth {
        if b { Truth::True } else { Truth::False }
    }
}

impl Truth {
    fn and(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::False, _) | (_, Truth::False) => Truth::False,
            (Truth::True, t) | (t, Truth::True) => t,
            (Truth::Open(a), Truth::Open(b)) => Truth::Open(a.into_iter().chain(b).collect()),
        }
    }

    fn not(self) -> Truth {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            open => open,
        }
    }
}

/// What a condition may look at.
pub(crate) struct Facts<'a> {
    pub law: &'a AsOf<'a>,
    pub line: &'a Line,
    pub territory: &'a Territory,
    /// The code the line is judged by, in as many digits as are known.
    pub code: Option<Code>,
    /// The moment taken for the time of entry.
    pub entered: Moment,
    /// The value after the territory's rounding.
    pub value: Exact,
    /// Moments taken in this run for dates that are not stated.
    pub assumed: RefCell<BTreeMap<DateFact, Moment>>,
    /// Amounts taken in this run for parts whose value is not stated.
    pub assumed_contents: RefCell<BTreeMap<String, Exact>>,
}

/// The moment that stands for a stated date: a day stands from 00:02 on, so that boundaries at 00:00
/// and 00:01 apply to the whole of it.
pub fn representative(stated: Stated, territory: &Territory) -> Moment {
    match stated {
        Stated::Day(day) => day.at(0, 2, &territory.zone),
        Stated::Moment(moment) => moment,
    }
}

impl<'a> Facts<'a> {
    /// Judges a condition at the moment of its measure. `column` gives a column's duty as a share of
    /// the value, or the fact that is missing for it.
    pub fn judge(
        &self,
        condition: &Condition,
        moment: Moment,
        column: &mut dyn FnMut(Tested) -> Result<Exact, String>,
    ) -> Truth {
        match condition {
            Condition::Always => Truth::True,
            Condition::And(parts) => parts
                .iter()
                .fold(Truth::True, |truth, part| truth.and(self.judge(part, moment, column))),
            Condition::Or(parts) => parts
                .iter()
                .fold(Truth::True, |none, part| none.and(self.judge(part, moment, column).not()))
                .not(),
            Condition::Not(inner) => self.judge(inner, moment, column).not(),
            Condition::Before(date, cut) => self.compare_date(*date, *cut, true),
            Condition::From(date, cut) => self.compare_date(*date, *cut, false),
            Condition::Mode(mode) => match &self.line.mode {
                Some(stated) => stated.eq_ignore_ascii_case(mode).into(),
                None => open("mode"),
            },
            Condition::Claim(claim) => self.claims(claim).into(),
            Condition::Content { part, compare, limit } => match self.line.contents.get(part) {
                Some(content) => {
                    let limit = match limit {
                        Limit::ShareOfValue(share) => self.value * share,
                        Limit::Amount(amount) => amount.exact(),
                    };
                    compare.holds(content.exact(), limit).into()
                }
                None => open(&format!("content {part}")),
            },
            Condition::Value { compare, amount } => {
                compare.holds(self.value, amount.exact()).into()
            }
            Condition::Column { column: which, compare, share } => match column(*which) {
                Ok(rate) => compare.holds(rate, *share).into(),
                Err(fact) => open(&fact),
            },
            Condition::Goods(selectors) => self.is_one_of(selectors, moment).into(),
            Condition::Origin(areas) => areas
                .iter()
                .any(|area| self.law.ledger.in_area(self.line.origin, area, moment))
                .into(),
        }
    }

    /// Whether the line claims `claim`.
    pub fn claims(&self, claim: &str) -> bool {
        self.line.claims.iter().any(|made| same_claim(made, claim))
    }

    fn compare_date(&self, date: DateFact, moment: Moment, before: bool) -> Truth {
        let stated = match (date, self.line.date(date)) {
            (DateFact::Entered, _) => return ((self.entered < moment) == before).into(),
            (_, None) => match self.assumed.borrow().get(&date) {
                Some(assumed) => return ((*assumed < moment) == before).into(),
                None => return open(date.name()),
            },
            (_, Some(stated)) => stated,
        };
        let first = representative(stated, self.territory);
        let last = stated.last(&self.territory.zone);
        if (first < moment) != (last < moment) {
            return open(date.name());
        }
        ((first < moment) == before).into()
    }

    /// Whether the code is covered by one of the prefixes or lists.
    pub fn is_one_of(&self, selectors: &[GoodsSelector], moment: Moment) -> bool {
        self.code.is_some_and(|code| covers(self.law, selectors, code, moment))
    }

    /// The acts whose rows put the code on a list, in force at `moment`.
    pub fn listed_by(&self, selector: &GoodsSelector, moment: Moment) -> Vec<&'a str> {
        let (GoodsSelector::List(name), Some(code)) = (selector, self.code) else {
            return Vec::new();
        };
        let law: &'a AsOf<'a> = self.law;
        let Some(list) = law.ledger.lists.get(name) else { return Vec::new() };
        let rows = list.covering(code).filter(|row| !row.out && law.row_holds(row, moment));
        rows.last().map(|row| &*row.act).into_iter().collect()
    }

    /// The rate that a list gives the code: that of the longest prefix in force.
    pub fn list_rate(&self, name: &str, moment: Moment) -> Option<&'_ Rate> {
        let list = self.law.ledger.lists.get(name)?;
        let rows = list.covering(self.code?).filter(|row| self.law.row_holds(row, moment));
        rows.filter_map(|row| row.rate.as_deref()).last()
    }
}

/// The names under which a country is meant at a moment: those of areas, and its own.
pub(crate) struct Areas<'a> {
    country: Country,
    /// Whether no area has the country's own name.
    alone: bool,
    names: Vec<&'a str>,
}

impl Areas<'_> {
    pub fn hold(&self, name: &str) -> bool {
        name == WORLD || self.names.contains(&name) || self.alone && self.country.as_str() == name
    }
}

/// [`Ledger::in_area`] the other way round, for a country that many measures ask about.
pub(crate) fn areas_of(ledger: &Ledger, country: Country, moment: Moment) -> Areas<'_> {
    let inside = |area: &&Area| {
        area.members.iter().any(|(member, when)| *member == country && when.contains(moment))
    };
    let names = ledger.areas.iter().filter(inside).map(|area| area.id.as_str()).collect();
    Areas { country, alone: ledger.area(country.as_str()).is_none(), names }
}

/// Whether one of the prefixes or lists covers the code at `moment`.
pub(crate) fn covers(
    law: &AsOf<'_>,
    selectors: &[GoodsSelector],
    code: Code,
    moment: Moment,
) -> bool {
    selectors.iter().any(|selector| match selector {
        GoodsSelector::Prefix(prefix) => prefix.covers(code),
        GoodsSelector::List(name) => on_list(law, name, code, moment),
    })
}

fn on_list(law: &AsOf<'_>, name: &str, code: Code, moment: Moment) -> bool {
    let Some(list) = law.ledger.lists.get(name) else { return false };
    let mut on = false;
    for row in list.covering(code).filter(|row| law.row_holds(row, moment)) {
        if row.out {
            return false;
        }
        on = true;
    }
    on
}

fn open(fact: &str) -> Truth {
    Truth::Open([fact.to_owned()].into())
}

/// Whether a claim is the one asked for: as a symbol (case aside), or as a heading that the one
/// asked for covers (`98` covers every claim of that chapter).
pub fn same_claim(made: &str, asked: &str) -> bool {
    match (Code::parse(made), Code::parse(asked)) {
        (Ok(made), Ok(asked)) => asked.covers(made),
        (Err(_), Err(_)) => made.trim().eq_ignore_ascii_case(asked.trim()),
        _ => false,
    }
}

/// The outcome that decides when `facts` are open: the first listed that settles it, else the first
/// listed at all, else the question stays open.
pub(crate) fn outcome(
    unstated: Option<&Unstated>,
    facts: &BTreeSet<String>,
) -> (String, Outcome, String) {
    let listed: Vec<&(String, Outcome)> = unstated
        .map(|u| u.outcomes.iter().filter(|(fact, _)| facts.contains(fact)).collect())
        .unwrap_or_default();
    let cite = unstated.map(|u| u.cite.clone()).unwrap_or_default();
    let chosen = listed
        .iter()
        .find(|(_, o)| matches!(o, Outcome::Owed | Outcome::NotOwed))
        .or(listed.first());
    match chosen {
        Some((fact, outcome)) => (fact.clone(), *outcome, cite),
        None => (facts.iter().next().cloned().unwrap_or_default(), Outcome::Ask, cite),
    }
}
