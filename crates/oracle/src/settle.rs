//! One run over a line: which measures apply, what they yield to, and how much each takes.
//!
//! Every measure of the territory is tried. A measure is settled on demand: what may exclude it is
//! settled first. The checked ledger has no circles, so this ends.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use ledger::{
    Basis, Choose, DateFact, Does, Effect, Leaving, Outcome, Rate, Records, Relation, Target, Test,
    Tested,
};
use nomenclature::rate::RateText;
use tariff::{Cents, Code, DutyExpression, Exact, Moment, Quantity, exact_decimal};

use crate::amount::{Goods, Reckoned, reckon};
use crate::as_of::{AsOf, Suspension, Terms};
use crate::choices::{Choices, Need};
use crate::facts::{Facts, Truth, outcome, representative};
use crate::line::Line;

/// A measure after it was settled.
#[derive(Clone)]
pub(crate) enum Settled<'a> {
    /// Not of these goods, this origin or this time: nobody would ask.
    Elsewhere,
    /// It would concern the line, but does not apply.
    Out {
        reason: String,
        cites: Vec<&'a str>,
    },
    Applies(Box<Applied<'a>>),
}

/// A measure that applies.
#[derive(Clone)]
pub(crate) struct Applied<'a> {
    pub heading: Option<Code>,
    pub title: &'a str,
    /// The rate as the law words it.
    pub rate: String,
    pub charge: Charge,
    pub basis: Basis,
    pub cites: Vec<&'a str>,
    /// What is suspended of it, or of the measure in whose place it is collected.
    pub suspended: Option<String>,
    /// When this state of the law ends, as far as the law says.
    pub until: Option<Moment>,
}

/// What is charged.
#[derive(Clone)]
pub(crate) enum Charge {
    Duty(DutyExpression),
    Total {
        share: Exact,
        tests: Tested,
        absorbs: Option<String>,
    },
    /// A duty of unknown size; the bounds are shares of the value.
    Unknown {
        min: Option<Exact>,
        max: Option<Exact>,
        fact: String,
    },
    /// A duty of the schedule that needs a fact which no line can state.
    Needs(String),
}

/// One component of a run.
#[derive(Clone)]
pub(crate) struct Part<'a> {
    pub measure: &'a str,
    pub applied: Applied<'a>,
    pub basis: Exact,
    pub amount: Cents,
    /// A fact without which the amount is not complete.
    pub missing: Option<String>,
    /// The least and most that is added when the size is unknown; `None` is without bound.
    pub bounds: Option<(Cents, Option<Cents>)>,
}

/// A run over a line under one combination of choices.
pub(crate) struct Run<'a> {
    pub law: &'a AsOf<'a>,
    pub line: &'a Line,
    pub facts: Facts<'a>,
    /// The schedule's line, where the territory has a schedule.
    pub schedule: Option<&'a nomenclature::Line>,
    pub quantities: Vec<Quantity>,
    /// Where the law's clock stands for a measure that names no dates of its own.
    pub moment: Moment,
    pub choices: RefCell<Choices>,
    measures: BTreeMap<&'a str, &'a Records>,
    relations: Vec<(&'a Relation, &'a str)>,
    terms: RefCell<BTreeMap<&'a str, Option<std::rc::Rc<Terms<'a>>>>>,
    settled: RefCell<BTreeMap<&'a str, Settled<'a>>>,
    amounts: RefCell<BTreeMap<&'a str, Part<'a>>>,
    in_progress: RefCell<BTreeSet<&'a str>>,
    /// Members of one stage that apply together although at most one may.
    pub conflicts: RefCell<BTreeSet<String>>,
}

impl<'a> Run<'a> {
    pub fn new(
        law: &'a AsOf<'a>,
        facts: Facts<'a>,
        schedule: Option<&'a nomenclature::Line>,
        quantities: Vec<Quantity>,
        choices: Choices,
    ) -> Run<'a> {
        let by = facts.territory.id.as_str();
        let own = |id: &str| id.split('/').next() == Some(by);
        let moment = facts.moment;
        let relations = law
            .ledger
            .relations()
            .filter_map(|(_, records)| law.relation(records, moment))
            .map(|(relation, act, _)| (relation, act.id.as_str()))
            .collect();
        Run {
            law,
            line: facts.line,
            schedule,
            quantities,
            moment,
            choices: RefCell::new(choices),
            measures: law.ledger.measures().filter(|(id, _)| own(id)).collect(),
            relations,
            terms: RefCell::default(),
            settled: RefCell::default(),
            amounts: RefCell::default(),
            in_progress: RefCell::default(),
            conflicts: RefCell::default(),
            facts,
        }
    }

    /// Every measure that concerns the line, settled, in order of program and id.
    pub fn all(&self) -> Vec<(&'a str, Settled<'a>)> {
        let program = |id: &str| {
            let name = id.split('/').nth(1).unwrap_or_default();
            self.law.ledger.programs.iter().position(|p| p.id == name)
        };
        let mut all: Vec<(&str, Settled<'a>)> =
            self.measures.keys().map(|id| (*id, self.settle(id))).collect();
        all.retain(|(_, settled)| !matches!(settled, Settled::Elsewhere));
        all.sort_by_key(|(id, _)| (program(id), *id));
        all
    }

    /// The heading of a measure at the line's moment.
    pub fn heading(&self, id: &'a str) -> Option<Code> {
        self.terms_of(id)?.field(|f| f.heading.as_ref()).copied()
    }

    fn terms_of(&self, id: &'a str) -> Option<std::rc::Rc<Terms<'a>>> {
        if let Some(terms) = self.terms.borrow().get(id) {
            return terms.clone();
        }
        let records = self.measures.get(id)?;
        let terms = self
            .law
            .terms(id, records, self.moment)
            .and_then(|terms| match terms.field(|f| f.clock.as_ref()) {
                // Its own clock: look again at that moment.
                Some(order) => self.law.terms(id, records, clock(self.line, order, &self.facts)?),
                None => Some(terms),
            })
            .map(std::rc::Rc::new);
        self.terms.borrow_mut().insert(id, terms.clone());
        terms
    }

    /// Settles one measure.
    pub fn settle(&self, id: &'a str) -> Settled<'a> {
        if let Some(settled) = self.settled.borrow().get(id) {
            return settled.clone();
        }
        if !self.in_progress.borrow_mut().insert(id) {
            // The loader refuses circles; a world that makes one gets the measure as it stands.
            return Settled::Elsewhere;
        }
        let settled = self.decide(id);
        self.in_progress.borrow_mut().remove(id);
        self.settled.borrow_mut().insert(id, settled.clone());
        settled
    }

    fn decide(&self, id: &'a str) -> Settled<'a> {
        let Some(terms) = self.terms_of(id) else { return Settled::Elsewhere };
        if !terms.live || !self.concerns(&terms) {
            return Settled::Elsewhere;
        }
        let program = id.split('/').nth(1).unwrap_or_default();
        if !self.law.ledger.program(program).is_some_and(|p| p.levies) {
            return Settled::Elsewhere;
        }
        if let Some(act) = terms.voided_by {
            return out(format!("void from the start: {}", act.title), vec![act.id.as_str()]);
        }
        let applied = match self.charge(&terms) {
            Ok(applied) => applied,
            Err(settled) => return settled,
        };
        if let Some(settled) = self.condition(&terms) {
            return settled;
        }
        if let Some(settled) = self.excluded(id) {
            return settled;
        }
        if let Some(settled) = self.picked_over(id, &terms) {
            return settled;
        }
        Settled::Applies(Box::new(applied))
    }

    /// Origin and goods.
    fn concerns(&self, terms: &Terms<'a>) -> bool {
        let ledger = self.law.ledger;
        let of = |areas: &Vec<String>| {
            areas.iter().any(|area| ledger.in_area(self.line.origin, area, self.moment))
        };
        if !terms.field(|f| f.of.as_ref()).is_some_and(of)
            || terms.field(|f| f.except_of.as_ref()).is_some_and(of)
        {
            return false;
        }
        let goods = match terms.field(|f| f.goods.as_ref()) {
            None | Some(None) => true,
            Some(Some(selectors)) => self.facts.is_one_of(selectors),
        };
        goods
            && !terms
                .field(|f| f.except_goods.as_ref())
                .is_some_and(|selectors| self.facts.is_one_of(selectors))
    }

    /// What the measure would charge, its suspension taken into account.
    fn charge(&self, terms: &Terms<'a>) -> Result<Applied<'a>, Settled<'a>> {
        let mut cites = terms.cites();
        let mut rate = terms.field(|f| f.rate.as_ref()).ok_or(Settled::Elsewhere)?;
        let mut suspended = None;
        let mut until = terms.until;
        let mut earliest = |end: Option<Moment>| {
            until = match (until, end) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        };
        if let Some(suspension) = terms.suspended {
            match suspension.leaving {
                Some(Leaving::Rate(left)) => {
                    suspended = Some(self.suspended_points(rate, suspension));
                    earliest(suspension.until);
                    cites.push(suspension.by.id.as_str());
                    rate = left;
                }
                _ => {
                    let reason = self.suspended_points(rate, suspension);
                    return Err(out(reason, vec![suspension.by.id.as_str()]));
                }
            }
        }
        let charge = self.charge_of(terms, rate)?;
        let rate = match (rate, self.schedule) {
            (Rate::General, Some(line)) => line.general_text().to_owned(),
            (Rate::Column2, Some(line)) => line.other_text().to_owned(),
            (Rate::Special(_), _) => match &charge {
                Charge::Duty(duty) => duty.to_string(),
                _ => rate.to_string(),
            },
            _ => rate.to_string(),
        };
        // Where another measure leaves this one collected in its place, its act is an authority too.
        for (other, suspension) in self.left_by_suspension(terms.id) {
            if let Some(full) = other.field(|f| f.rate.as_ref()) {
                suspended = Some(self.suspended_points(full, suspension));
            }
            earliest(suspension.until);
            cites.push(suspension.by.id.as_str());
        }
        cites.dedup();
        Ok(Applied {
            heading: terms
                .field(|f| f.heading.as_ref())
                .copied()
                .or_else(|| self.base_heading(terms)),
            title: terms.title(),
            rate,
            charge,
            basis: terms.field(|f| f.basis.as_ref()).cloned().unwrap_or(Basis::Value),
            cites,
            suspended,
            until,
        })
    }

    /// The line's own code is the heading of a duty of the schedule.
    fn base_heading(&self, terms: &Terms<'a>) -> Option<Code> {
        match terms.field(|f| f.rate.as_ref()) {
            Some(Rate::General | Rate::Column2 | Rate::Special(_)) => self.facts.code,
            _ => None,
        }
    }

    fn charge_of(&self, terms: &Terms<'a>, rate: &Rate) -> Result<Charge, Settled<'a>> {
        let cell = |text: Option<&RateText>, column: &str| match text {
            Some(RateText::Duty(duty)) => Ok(Charge::Duty(duty.clone())),
            Some(RateText::Needs(class)) => Ok(Charge::Needs(class.fact())),
            Some(RateText::Applicable { .. } | RateText::NoChange) | None => {
                Ok(Charge::Needs(format!("the {column} duty of the article itself")))
            }
        };
        match rate {
            Rate::Duty { duty, .. } => Ok(Charge::Duty(duty.clone())),
            Rate::Total(share) => Ok(Charge::Total {
                share: *share,
                tests: terms.field(|f| f.tests.as_ref()).copied().unwrap_or(Tested::Claimed),
                absorbs: terms.field(|f| f.absorbs.as_ref()).cloned(),
            }),
            Rate::Unknown { min, max } => {
                Ok(Charge::Unknown { min: *min, max: *max, fact: terms.title().to_owned() })
            }
            Rate::General | Rate::Column2 | Rate::Special(_) if self.schedule.is_none() => {
                // Goods on no list have no line in the schedule.
                Err(Settled::Elsewhere)
            }
            Rate::General => cell(self.schedule.and_then(|l| l.general()), "general"),
            Rate::Column2 => cell(self.schedule.and_then(|l| l.other()), "column 2"),
            Rate::Special(symbols) => {
                let found = symbols
                    .iter()
                    .find_map(|symbol| self.schedule.and_then(|l| l.special_for(symbol)));
                match found {
                    Some(text) => cell(Some(text), "special"),
                    None if symbols.iter().any(|s| self.facts.claims(s, &[])) => Err(out(
                        format!(
                            "the special column of this line does not name {}",
                            symbols.join(", ")
                        ),
                        Vec::new(),
                    )),
                    None => Err(Settled::Elsewhere),
                }
            }
        }
    }

    /// `24 of 34 points suspended until 2025-08-12`.
    fn suspended_points(&self, rate: &Rate, suspension: Suspension<'a>) -> String {
        let full = plain_share(rate);
        let left = match suspension.leaving {
            None => Some(Exact::ZERO),
            Some(Leaving::Rate(rate)) => plain_share(rate),
            Some(Leaving::Measure(id)) => self
                .measures
                .get_key_value(id.as_str())
                .and_then(|(id, _)| self.terms_of(id))
                .and_then(|terms| plain_share(terms.field(|f| f.rate.as_ref())?)),
        };
        let until = suspension.until.map_or_else(
            || "without a set end".to_owned(),
            |until| format!("until {}", until.day(&self.facts.territory.zone)),
        );
        match (full, left) {
            (Some(full), Some(left)) if left > Exact::ZERO && left < full => format!(
                "{} of {} points suspended {until}",
                exact_decimal((full - left) * 100),
                exact_decimal(full * 100)
            ),
            _ => format!("suspended {until}"),
        }
    }

    /// Measures of this line whose suspension leaves `id` collected.
    fn left_by_suspension(&self, id: &str) -> Vec<(std::rc::Rc<Terms<'a>>, Suspension<'a>)> {
        let mut found = Vec::new();
        for (other, records) in &self.measures {
            let leaves = records.iter().any(|r| {
                matches!(&self.law.ledger.record(*r).1.does,
                    Does::Suspend { leaving: Some(Leaving::Measure(left)), .. } if left == id)
            });
            if !leaves || *other == id {
                continue;
            }
            if let Some(terms) = self.terms_of(other)
                && let Some(suspension) = terms.suspended
                && terms.live
                && terms.voided_by.is_none()
                && matches!(suspension.leaving, Some(Leaving::Measure(left)) if left == id)
                && self.concerns(&terms)
            {
                found.push((terms.clone(), suspension));
            }
        }
        found
    }

    /// The condition; `None` when it holds.
    fn condition(&self, terms: &Terms<'a>) -> Option<Settled<'a>> {
        let (when, set_by) = terms.set(|f| f.when.as_ref())?;
        let none = Vec::new();
        let aliases = terms.field(|f| f.alias.as_ref()).unwrap_or(&none);
        let mut column = |tested| self.column_share(tested);
        let truth = self.facts.judge(when, aliases, &mut column);
        let relief = terms.field(|f| f.relief.as_ref()).copied().unwrap_or(false);
        let unstated = terms.field(|f| f.unstated.as_ref());
        let holds = match truth {
            Truth::True => true,
            Truth::False => false,
            Truth::Open(facts) => {
                let (fact, what_follows, cite) = outcome(unstated, &facts);
                // An exemption applies when the duty is not owed.
                let owed = |owed: bool| owed != relief;
                match what_follows {
                    Outcome::Owed => owed(true),
                    Outcome::NotOwed => owed(false),
                    ask => {
                        let first = owed(ask != Outcome::AskNotOwed);
                        let need = || Need {
                            fact: fact.clone(),
                            why: reason_to_ask(terms.title(), &cite),
                            has_default: ask != Outcome::Ask,
                        };
                        // One mode for the whole line; dates are compared measure by measure.
                        let key = match fact.as_str() {
                            "mode" => fact.clone(),
                            _ => format!("{}: {fact}", terms.id),
                        };
                        let second = self.choices.borrow_mut().ask(&key, 2, need) == 1;
                        first != second
                    }
                }
            }
        };
        if holds {
            return None;
        }
        // A measure that rests on a claim nobody made is worth a word only where a fact was stated.
        if !self.touches(when) {
            return Some(Settled::Elsewhere);
        }
        Some(out(
            format!("its condition does not hold: {}", in_words(when, self.facts.territory)),
            vec![set_by.id.as_str()],
        ))
    }

    /// Whether the line states something that the condition asks about.
    fn touches(&self, when: &ledger::Condition) -> bool {
        let mut touched = false;
        when.visit(&mut |test| {
            touched |= match test {
                ledger::Condition::Before(d, _) | ledger::Condition::From(d, _) => {
                    *d != DateFact::Entered && self.line.date(*d).is_some()
                }
                ledger::Condition::Content { part, .. } => self.line.contents.contains_key(part),
                ledger::Condition::Claim(claim) => self.facts.claims(claim, &[]),
                _ => false,
            };
        });
        touched
    }

    /// A column of the schedule as a share of the value, or the fact that is missing for it.
    fn column_share(&self, tested: Tested) -> Result<Exact, String> {
        let value = self.facts.value;
        if value == Exact::ZERO {
            return Ok(Exact::ZERO);
        }
        match tested {
            Tested::General => {
                let Some(RateText::Duty(duty)) = self.schedule.and_then(|line| line.general())
                else {
                    return Err("quantity".to_owned());
                };
                let reckoned = self.reckon(duty, value);
                match reckoned.missing {
                    None => Ok(reckoned.amount / value),
                    Some(_) => Err("quantity".to_owned()),
                }
            }
            Tested::Claimed => {
                let base = self.base_program();
                let (amount, missing) = self.program_amount(&base);
                if missing { Err("quantity".to_owned()) } else { Ok(amount.exact() / value) }
            }
        }
    }

    fn base_program(&self) -> String {
        let by = &self.facts.territory.id;
        let programs = &self.law.ledger.programs;
        programs.iter().find(|p| p.base && p.by == *by).map(|p| p.id.clone()).unwrap_or_default()
    }

    /// What the measures of a program take together, and whether something is missing.
    fn program_amount(&self, program: &str) -> (Cents, bool) {
        let mut total = Cents::ZERO;
        let mut missing = false;
        let ids: Vec<&'a str> = self.measures.keys().copied().collect();
        for id in ids.into_iter().filter(|id| id.split('/').nth(1) == Some(program)) {
            if let Settled::Applies(applied) = self.settle(id) {
                let part = self.part(id, &applied);
                total += part.amount;
                missing |= part.missing.is_some() || part.bounds.is_some();
            }
        }
        (total, missing)
    }

    /// A relation that takes the measure out; `None` when none does.
    fn excluded(&self, id: &'a str) -> Option<Settled<'a>> {
        for (relation, act) in &self.relations {
            if relation.effect == Effect::TakesPartOf || !covered(&relation.object, id) {
                continue;
            }
            if let Some((winner, heading)) = self.prevails(relation, id) {
                let what = match heading {
                    Some(heading) => format!("{heading} ({winner})"),
                    None => winner.to_owned(),
                };
                let word = match relation.effect {
                    Effect::Replaces => "in lieu of it",
                    _ => "it yields to",
                };
                return Some(out(format!("{word}: {what}"), vec![*act]));
            }
        }
        None
    }

    /// The first measure of `relation.of` that passes its test.
    fn prevails(&self, relation: &Relation, loser: &str) -> Option<(&'a str, Option<Code>)> {
        let ids: Vec<&'a str> = self.measures.keys().copied().collect();
        ids.into_iter()
            .filter(|id| {
                *id != loser && covered(&relation.of, id) && !covered(&relation.except, id)
            })
            .find_map(|id| match self.settle(id) {
                Settled::Applies(applied) => {
                    let passes = match relation.test {
                        Test::ProvidedFor => true,
                        Test::Owed => {
                            let part = self.part(id, &applied);
                            part.amount > Cents::ZERO
                                || part.missing.is_some()
                                || part.bounds.is_some()
                        }
                    };
                    passes.then_some((id, applied.heading))
                }
                _ => None,
            })
    }

    /// An earlier member of the measure's pick; `None` when it is the one that applies.
    fn picked_over(&self, id: &'a str, terms: &Terms<'a>) -> Option<Settled<'a>> {
        let pick_id = terms.field(|f| f.pick.as_ref())?;
        let pick = self.law.pick(pick_id, self.moment)?;
        let stage = |terms: &Terms<'a>| {
            let stage = terms.field(|f| f.stage.as_ref())?;
            pick.stages.iter().position(|s| s == stage)
        };
        let own = stage(terms)?;
        let mut others: Vec<(usize, &'a str)> = self
            .measures
            .keys()
            .filter(|other| **other != id)
            .filter_map(|other| {
                let terms = self.terms_of(other)?;
                (terms.field(|f| f.pick.as_ref()) == Some(pick_id))
                    .then(|| Some((stage(&terms)?, *other)))?
            })
            .collect();
        others.sort_unstable();
        for (at, other) in others {
            let applies = |run: &Self| match run.settle(other) {
                Settled::Applies(applied) => Some(applied),
                _ => None,
            };
            if at < own {
                if let Some(applied) = applies(self) {
                    return Some(instead(other, &applied));
                }
            } else if at == own
                && let Some(settled) = self.same_stage(id, other, pick.choose)
            {
                return Some(settled);
            }
        }
        None
    }

    /// Between two members of a stage: by amount, or the first by name.
    fn same_stage(&self, id: &'a str, other: &'a str, choose: Choose) -> Option<Settled<'a>> {
        // Members of a stage are compared as if alone in it, or each would wait for the other.
        let rival = self.alone(other)?;
        let own = self.alone(id)?;
        let (a, b) = (self.fresh_part(id, &own).amount, self.fresh_part(other, &rival).amount);
        let loses = match choose {
            Choose::One => {
                if a != b {
                    let mut pair = [id, other];
                    pair.sort_unstable();
                    self.conflicts.borrow_mut().insert(pair.join(" and "));
                }
                other < id
            }
            Choose::Lowest => (b, other) < (a, id),
            Choose::Highest => b > a || b == a && other < id,
        };
        loses.then(|| instead(other, &rival))
    }

    /// The measure as it applies but for its pick.
    fn alone(&self, id: &'a str) -> Option<Box<Applied<'a>>> {
        let terms = self.terms_of(id)?;
        if !terms.live || terms.voided_by.is_some() || !self.concerns(&terms) {
            return None;
        }
        let applied = self.charge(&terms).ok()?;
        if self.condition(&terms).is_some() || self.excluded(id).is_some() {
            return None;
        }
        Some(Box::new(applied))
    }

    /// The amount of a measure that applies.
    pub fn part(&self, id: &'a str, applied: &Applied<'a>) -> Part<'a> {
        if let Some(part) = self.amounts.borrow().get(id) {
            return part.clone();
        }
        let part = self.fresh_part(id, applied);
        self.amounts.borrow_mut().insert(id, part.clone());
        part
    }

    fn fresh_part(&self, id: &'a str, applied: &Applied<'a>) -> Part<'a> {
        let basis = self.basis(id, applied);
        let mut part = Part {
            measure: id,
            applied: applied.clone(),
            basis,
            amount: Cents::ZERO,
            missing: None,
            bounds: None,
        };
        let cents = |amount: Exact| Cents::from_exact(amount).unwrap_or(Cents(i64::MAX / 4));
        match &applied.charge {
            Charge::Duty(duty) => {
                let reckoned = self.reckon(duty, basis);
                part.amount = cents(reckoned.amount);
                part.missing = reckoned.missing;
            }
            Charge::Total { share, tests, absorbs } => {
                if *tests == Tested::General
                    && self.column_share(Tested::General).is_ok_and(|column| column >= *share)
                {
                    return part;
                }
                let total = cents(basis * share);
                let absorbed = absorbs.as_ref().map_or(Cents::ZERO, |program| {
                    let (amount, _) = self.program_amount(program);
                    if basis == self.facts.value || self.facts.value == Exact::ZERO {
                        amount
                    } else {
                        cents(amount.exact() * basis / self.facts.value)
                    }
                });
                part.amount = (total - absorbed).max(Cents::ZERO);
            }
            Charge::Needs(fact) => part.missing = Some(fact.clone()),
            Charge::Unknown { min, max, .. } => {
                let bound = |share: &Exact| cents(basis * share);
                part.bounds =
                    Some((min.as_ref().map_or(Cents::ZERO, bound), max.as_ref().map(bound)));
            }
        }
        part
    }

    fn reckon(&self, duty: &DutyExpression, basis: Exact) -> Reckoned {
        let goods = Goods {
            territory: self.facts.territory,
            code: self.facts.code,
            value: self.facts.value,
            quantities: &self.quantities,
            contents: &self.line.contents,
        };
        reckon(duty, basis, &goods, &mut self.choices.borrow_mut())
    }

    /// The basis: what the measure names, less the parts that others take.
    fn basis(&self, id: &'a str, applied: &Applied<'a>) -> Exact {
        let mut basis = self.own_basis(id, &applied.basis);
        for (relation, _) in &self.relations {
            if relation.effect != Effect::TakesPartOf || !covered(&relation.object, id) {
                continue;
            }
            let ids: Vec<&'a str> = self.measures.keys().copied().collect();
            for taker in ids {
                if taker == id || !covered(&relation.of, taker) || covered(&relation.except, taker)
                {
                    continue;
                }
                if let Settled::Applies(taking) = self.settle(taker)
                    && (relation.test == Test::ProvidedFor
                        || self.part(taker, &taking).amount > Cents::ZERO)
                {
                    basis -= self.own_basis(taker, &taking.basis);
                }
            }
        }
        basis.max(Exact::ZERO)
    }

    fn own_basis(&self, id: &'a str, basis: &Basis) -> Exact {
        let value = self.facts.value;
        let Some(part) = basis.content() else { return value };
        let content = match self.line.contents.get(part) {
            Some(content) => content.exact().min(value),
            None => self.unstated_content(id, part, basis),
        };
        match basis {
            Basis::ValueLessContent(_) => value - content,
            _ => content,
        }
    }

    /// A content nobody stated: what the measure says follows.
    fn unstated_content(&self, id: &'a str, part: &str, basis: &Basis) -> Exact {
        let fact = format!("content {part}");
        let Some(terms) = self.terms_of(id) else { return self.facts.value };
        let unstated = terms.field(|f| f.unstated.as_ref());
        let (_, what_follows, cite) = outcome(unstated, &[fact.clone()].into());
        // Owed is the full value as the basis, whether the content is taxed or taken off.
        let (full, nothing) = match basis {
            Basis::ValueLessContent(_) => (Exact::ZERO, self.facts.value),
            _ => (self.facts.value, Exact::ZERO),
        };
        match what_follows {
            Outcome::Owed => full,
            Outcome::NotOwed => nothing,
            ask => {
                let alternatives =
                    if ask == Outcome::AskNotOwed { [nothing, full] } else { [full, nothing] };
                let need = || Need {
                    fact: fact.clone(),
                    why: reason_to_ask(terms.title(), &cite),
                    has_default: ask != Outcome::Ask,
                };
                alternatives[self.choices.borrow_mut().ask(&fact, 2, need)]
            }
        }
    }
}

/// The date of the line that fixes the law: the first of `order` that is stated.
pub(crate) fn clock(line: &Line, order: &[DateFact], facts: &Facts<'_>) -> Option<Moment> {
    order.iter().find_map(|date| match date {
        DateFact::Entered => Some(facts.entered),
        other => line.date(*other).map(|stated| representative(stated, facts.territory)),
    })
}

fn covered(targets: &[Target], id: &str) -> bool {
    targets.iter().any(|target| target.covers(id))
}

fn out<'a>(reason: String, cites: Vec<&'a str>) -> Settled<'a> {
    Settled::Out { reason, cites }
}

fn instead<'a>(other: &str, applied: &Applied<'a>) -> Settled<'a> {
    let what = match applied.heading {
        Some(heading) => format!("{heading} ({}) applies instead", applied.title),
        None => format!("{other} applies instead"),
    };
    out(what, applied.cites.clone())
}

fn reason_to_ask(title: &str, cite: &str) -> String {
    if cite.is_empty() { title.to_owned() } else { format!("{title} ({cite})") }
}

/// The rate as a share of the value, where it is one.
pub(crate) fn plain_share(rate: &Rate) -> Option<Exact> {
    match rate {
        Rate::Duty { duty, .. } => duty.as_ad_valorem(),
        Rate::Total(share) => Some(*share),
        _ => None,
    }
}

/// The condition with moments in the territory's zone.
fn in_words(when: &ledger::Condition, territory: &ledger::Territory) -> String {
    when.print(&territory.zone)
}
