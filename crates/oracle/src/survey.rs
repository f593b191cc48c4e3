//! The law at a moment without a line: where an act stands, what is suspended, which controls hold.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{
    Act, Control, Does, Leaving, Ledger, Readings, Target, Territory, program_of, territory_of,
};
use tariff::{Code, Country, Exact, Interval, Moment, exact_decimal};

use crate::as_of::{AsOf, Standing};
use crate::charge::plain_share;
use crate::facts::covers;
use crate::notes;

/// The law of a ledger as known at a moment.
pub struct Survey<'a> {
    pub(crate) law: AsOf<'a>,
}

/// Where an act stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Force {
    NotKnown,
    /// Known; binds from then on, or never.
    Pending(Option<Moment>),
    StayedBy(String),
    Voided,
    Binding,
}

/// A suspension that runs at a moment.
#[derive(Clone, Debug)]
pub struct Suspended {
    pub act: String,
    pub program: String,
    pub until: Option<Moment>,
    /// Origins whose rate it is.
    pub origins: BTreeSet<String>,
    /// The suspended rates, in percent.
    pub rates: BTreeSet<Exact>,
    /// What is collected meanwhile.
    pub leaving: String,
}

/// A control that holds at a moment.
#[derive(Clone, Debug)]
pub struct Controlled {
    pub program: String,
    pub measure: String,
    pub text: String,
    pub prohibits: bool,
    /// Whether it names goods by code; one that describes them in words may reach any code.
    pub by_code: bool,
    pub from: Option<Moment>,
    pub until: Option<Moment>,
    /// Suspended until then.
    pub suspended: Option<Option<Moment>>,
    pub cites: Vec<String>,
}

impl<'a> Survey<'a> {
    pub fn new(ledger: &'a Ledger, known: Moment, readings: &'a Readings) -> Survey<'a> {
        Survey { law: AsOf::new(ledger, known, readings) }
    }

    pub fn force(&self, act: &Act) -> Force {
        let Some(at) = self.law.ledger.act_index(&act.id) else { return Force::NotKnown };
        match self.law.standing(at) {
            Standing::Unknown => Force::NotKnown,
            Standing::Pending(binds) => Force::Pending(binds),
            Standing::Stayed(by) => Force::StayedBy(self.law.ledger.acts[by].id.clone()),
            Standing::Voided => Force::Voided,
            Standing::Binding => Force::Binding,
        }
    }

    /// Every moment at which the law of a territory changes, as known.
    pub fn cuts(&self, territory: &Territory) -> BTreeSet<Moment> {
        notes::cuts(&self.law, territory, Interval::ALWAYS)
    }

    /// Every moment at which an act that does something comes to bind, among the acts known.
    pub fn bindings(&self) -> BTreeSet<Moment> {
        self.law
            .ledger
            .acts
            .iter()
            .filter(|act| !act.operations.is_empty() && act.known <= self.law.k)
            .filter_map(Act::binds_from)
            .collect()
    }

    /// The suspensions that run at `moment` on duties of a territory, one for each act, program and
    /// end.
    pub fn suspensions(&self, territory: &Territory, moment: Moment) -> Vec<Suspended> {
        let mut found: BTreeMap<(String, String, Option<Moment>), Suspended> = BTreeMap::new();
        for (id, records) in self.law.ledger.measures() {
            if territory_of(id) != territory.id {
                continue;
            }
            let Some(terms) = self.law.terms(id, records, moment) else { continue };
            let Some(suspension) =
                terms.suspended.filter(|_| terms.live && terms.voided_by.is_none())
            else {
                continue;
            };
            let Some(rate) = terms.field(|f| f.rate.as_ref()) else { continue };
            let program = program_of(id).to_owned();
            let key = (suspension.by.id.clone(), program.clone(), suspension.until);
            let entry = found.entry(key).or_insert_with(|| Suspended {
                act: suspension.by.id.clone(),
                program,
                until: suspension.until,
                origins: BTreeSet::new(),
                rates: BTreeSet::new(),
                leaving: match suspension.leaving {
                    None => "nothing".to_owned(),
                    Some(Leaving::Rate(rate)) => rate.to_string(),
                    Some(Leaving::Measure(id)) => self.rate_of(id, moment),
                },
            });
            entry.rates.extend(plain_share(rate).map(|share| share * 100));
            entry.origins.extend(terms.field(|f| f.of.as_ref()).into_iter().flatten().cloned());
        }
        found.into_values().collect()
    }

    pub(crate) fn rate_of(&self, id: &str, moment: Moment) -> String {
        self.law
            .ledger
            .measures()
            .find(|(measure, _)| *measure == id)
            .and_then(|(id, records)| self.law.terms(id, records, moment))
            .and_then(|terms| terms.field(|f| f.rate.as_ref()).map(|rate| rate.to_string()))
            .unwrap_or_else(|| id.to_owned())
    }

    /// The controls of a territory on trade with `other` that are in the law at `moment`. With a
    /// code, those that name other goods are left out.
    pub fn controls(
        &self,
        territory: &Territory,
        other: Country,
        code: Option<Code>,
        moment: Moment,
    ) -> Vec<Controlled> {
        let mut found = Vec::new();
        for (id, records) in self.law.ledger.measures() {
            if territory_of(id) != territory.id {
                continue;
            }
            let Some(terms) = self.law.terms(id, records, moment) else { continue };
            if !terms.live || terms.voided_by.is_some() {
                continue;
            }
            let Some((control, _)) = terms.set(|f| f.control.as_ref()) else { continue };
            let concerns = |areas: &Vec<String>| {
                areas.iter().any(|area| self.law.ledger.in_area(other, area, moment))
            };
            let of = terms.field(|f| f.of.as_ref()).is_some_and(concerns);
            if !of && !terms.field(|f| f.to.as_ref()).is_some_and(concerns) {
                continue;
            }
            let goods = terms.field(|f| f.goods.as_ref()).and_then(Option::as_ref);
            if let (Some(selectors), Some(code)) = (goods, code)
                && !covers(&self.law, selectors, code, moment)
            {
                continue;
            }
            let (text, prohibits) = match control {
                Control::Requires(text) => (text.clone(), false),
                Control::Prohibits(text) => (text.clone(), true),
            };
            let mut cites: Vec<String> = terms.cites().into_iter().map(str::to_owned).collect();
            cites.extend(terms.suspended.map(|s| s.by.id.clone()));
            found.push(Controlled {
                program: program_of(id).to_owned(),
                measure: id.to_owned(),
                text,
                prohibits,
                by_code: goods.is_some(),
                from: records.first().and_then(|r| self.law.ledger.record(*r).1.interval.from),
                until: terms.until,
                suspended: terms.suspended.map(|s| s.until),
                cites,
            });
        }
        found.sort_by_key(|c| (c.from, c.measure.clone()));
        found
    }

    /// The programs and acts that an act voids or stays.
    pub fn acts_upon(&self, act: &'a Act) -> impl Iterator<Item = &'a Target> {
        act.operations.iter().flat_map(|operation| match &operation.does {
            Does::Void { targets, .. } => targets.as_slice(),
            Does::Stay { acts, .. } => acts.as_slice(),
            _ => &[],
        })
    }
}

/// `11% to 50%`, or one rate.
pub fn rate_range(rates: &BTreeSet<Exact>) -> String {
    let print = |rate: &Exact| format!("{}%", exact_decimal(*rate));
    match (rates.first(), rates.last()) {
        (Some(least), Some(most)) if least != most => {
            format!("{} to {}", print(least), print(most))
        }
        (Some(rate), _) => print(rate),
        _ => "no rate".to_owned(),
    }
}
