//! One run over a line: which measures apply, what they yield to, and how much each takes.
//!
//! Every measure of the territory is tried. Those that are not of these goods, this origin or this time
//! drop out at once; of the others each is settled on demand: what may exclude it is settled first. The
//! checked ledger has no circles, so this ends.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use ledger::{
    Basis, Choose, Condition, DateFact, Effect, Line, Outcome, Records, Relation, Target,
    Territory, Test, Tested,
};
use tariff::{Cents, Code, DutyExpression, Exact, Moment, Quantity};

use crate::answer::YIELDS;
use crate::as_of::{AsOf, Terms};
use crate::choices::{Choices, Need};
use crate::facts::{Areas, Facts, Truth, areas_of, outcome, representative};
use crate::resolve::ResolvedGoods;
use crate::shared::{InForce, Measure, Side};

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
    Applies(Rc<Applied<'a>>),
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
    /// The amount stands in for a duty that may have changed since.
    pub stand_in: bool,
    /// What of it comes back on export, where the ledger says.
    pub drawback: Option<&'a str>,
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
    pub applied: Rc<Applied<'a>>,
    pub basis: Exact,
    pub amount: Cents,
    /// A fact without which the amount is not complete.
    pub missing: Option<String>,
    /// The law does not say in the ledger how much it is.
    pub unknown: bool,
    /// … and neither at most how much.
    pub unbounded: bool,
}

/// A run over a line under one combination of choices.
pub(crate) struct Run<'a> {
    pub side: &'a Side<'a>,
    pub law: &'a AsOf<'a>,
    /// The law where the clock stands for a measure that names no dates of its own.
    pub in_force: &'a InForce<'a>,
    pub line: &'a Line,
    pub facts: Facts<'a>,
    /// The schedule's line, where the territory has a schedule.
    pub schedule: Option<&'a nomenclature::Line>,
    pub quantities: &'a [Quantity],
    pub choices: RefCell<Choices>,
    /// The measures that are live and of these goods and this origin: no other says anything.
    pub measures: BTreeMap<&'a str, Tried<'a>>,
    pub amounts: RefCell<BTreeMap<&'a str, Part<'a>>>,
    /// The members of each pick, with the names of their stages.
    members: OnceCell<BTreeMap<&'a str, Vec<(&'a str, &'a str)>>>,
    /// Members of one stage that apply together although at most one may.
    pub conflicts: RefCell<BTreeSet<String>>,
}

/// A measure of these goods and this origin, and what a run has found out about it.
pub(crate) struct Tried<'a> {
    pub records: &'a Records,
    pub terms: Rc<Terms<'a>>,
    /// The position of its program among the programs.
    program: Option<usize>,
    /// Whether it is a duty.
    levies: bool,
    settled: OnceCell<Settled<'a>>,
    in_progress: Cell<bool>,
}

impl<'a> Tried<'a> {
    fn new(measure: &Measure<'a>, terms: Rc<Terms<'a>>) -> Tried<'a> {
        Tried {
            records: measure.records,
            terms,
            program: measure.program,
            levies: measure.levies,
            settled: OnceCell::new(),
            in_progress: Cell::new(false),
        }
    }
}

impl<'a> Run<'a> {
    pub fn new(
        side: &'a Side<'a>,
        in_force: &'a InForce<'a>,
        facts: Facts<'a>,
        goods: &'a ResolvedGoods<'a>,
        choices: Choices,
    ) -> Run<'a> {
        let areas = areas_of(side.law.ledger, facts.line.origin, in_force.moment);
        let measures = in_force.measures.iter().filter_map(|measure| {
            let terms = match measure.terms.field(|f| f.clock.as_ref()) {
                None if concerns(&facts, &measure.terms, &areas) => measure.terms.clone(),
                None => return None,
                // Its own clock: look again at that moment.
                Some(order) => {
                    let moment = clock(facts.line, order, facts.entered, facts.territory)?;
                    let areas = areas_of(side.law.ledger, facts.line.origin, moment);
                    let terms = side.law.terms(measure.id, measure.records, moment)?;
                    Rc::new(concerns(&facts, &terms, &areas).then_some(terms)?)
                }
            };
            Some((measure.id, Tried::new(measure, terms)))
        });
        Run {
            side,
            law: &side.law,
            in_force,
            line: facts.line,
            schedule: goods.line,
            quantities: &goods.quantities,
            choices: RefCell::new(choices),
            measures: measures.collect(),
            amounts: RefCell::default(),
            members: OnceCell::new(),
            conflicts: RefCell::default(),
            facts,
        }
    }

    /// Every measure that concerns the line, settled, in order of program and id.
    pub fn all(&self) -> Vec<(&'a str, &Settled<'a>)> {
        // Open points are met in the order of the ids.
        let mut all: Vec<(Option<usize>, &'a str, &Settled<'a>)> = self
            .measures
            .iter()
            .map(|(id, measure)| (measure.program, *id, self.settle(id)))
            .filter(|(_, _, settled)| !matches!(settled, Settled::Elsewhere))
            .collect();
        all.sort_by_key(|(program, id, _)| (*program, *id));
        all.into_iter().map(|(_, id, settled)| (id, settled)).collect()
    }

    /// The heading of a measure of these goods and this origin.
    pub fn heading(&self, id: &str) -> Option<Code> {
        self.measures.get(id)?.terms.field(|f| f.heading.as_ref()).copied()
    }

    /// The measure as the line's date finds it, whomever it concerns.
    pub fn terms_of(&self, id: &'a str) -> Option<Rc<Terms<'a>>> {
        if let Some(measure) = self.measures.get(id) {
            return Some(measure.terms.clone());
        }
        let records = self.law.ledger.measure(id)?;
        let terms = self.law.terms(id, records, self.in_force.moment)?;
        let terms = match terms.field(|f| f.clock.as_ref()) {
            None => terms,
            Some(order) => {
                let Facts { entered, territory, .. } = self.facts;
                self.law.terms(id, records, clock(self.line, order, entered, territory)?)?
            }
        };
        Some(Rc::new(terms))
    }

    /// Settles one measure.
    pub fn settle(&self, id: &str) -> &Settled<'a> {
        let Some((id, measure)) = self.measures.get_key_value(id) else {
            return &Settled::Elsewhere;
        };
        if let Some(settled) = measure.settled.get() {
            return settled;
        }
        if measure.in_progress.replace(true) {
            // The loader refuses circles; a world that makes one gets the measure as it stands.
            return &Settled::Elsewhere;
        }
        let settled = self.decide(id, measure);
        measure.in_progress.set(false);
        measure.settled.get_or_init(|| settled)
    }

    fn decide(&self, id: &'a str, measure: &Tried<'a>) -> Settled<'a> {
        let terms = &measure.terms;
        if !measure.levies {
            return Settled::Elsewhere;
        }
        if let Some(act) = terms.voided_by {
            return out(format!("void from the start: {}", act.title), vec![act.id.as_str()]);
        }
        let applied = match self.charge(terms) {
            Ok(applied) => applied,
            Err(settled) => return settled,
        };
        if let Some(settled) = self.condition(terms) {
            return settled;
        }
        if let Some(settled) = self.excluded(id) {
            return settled;
        }
        if let Some(settled) = self.picked_over(id, terms) {
            // That a fallback of unknown size was not needed is no news.
            let fallback = matches!(applied.charge, Charge::Unknown { .. });
            return if fallback { Settled::Elsewhere } else { settled };
        }
        Settled::Applies(Rc::new(applied))
    }

    /// The condition; `None` when it holds.
    fn condition(&self, terms: &Terms<'a>) -> Option<Settled<'a>> {
        let (when, set_by) = terms.set(|f| f.when.as_ref())?;
        let holds = self.holds(terms, when);
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

    /// Whether a condition holds. Facts that are not stated follow what the measure says of them; a
    /// fact that is asked for gets the same answer everywhere in the run.
    fn holds(&self, terms: &Terms<'a>, when: &Condition) -> bool {
        let relief = terms.field(|f| f.relief.as_ref()).copied().unwrap_or(false);
        let unstated = terms.field(|f| f.unstated.as_ref());
        // An exemption applies when the duty is not owed.
        let owed = |owed: bool| owed != relief;
        loop {
            let mut column = |tested| self.column_share(tested);
            let open = match self.facts.judge(when, terms.moment, &mut column) {
                Truth::True => return true,
                Truth::False => return false,
                Truth::Open(facts) => facts,
            };
            let (fact, what_follows, cite) = outcome(unstated, &open);
            let by_default = match what_follows {
                Outcome::Owed => return owed(true),
                Outcome::NotOwed => return owed(false),
                ask => owed(ask != Outcome::AskNotOwed),
            };
            let need = || Need {
                fact: fact.clone(),
                why: reason_to_ask(terms.title(), &cite),
                has_default: what_follows != Outcome::Ask,
            };
            if let Some(date) = DateFact::parse(&fact) {
                self.assume(date, need);
                continue;
            }
            // One mode for the whole line; other facts are asked for each measure.
            let key = match fact.as_str() {
                "mode" => fact.clone(),
                _ => format!("{}: {fact}", terms.id),
            };
            return by_default == (self.choices.borrow_mut().ask(&key, 2, need) == 0);
        }
    }

    /// Takes a moment for a date that is not stated, out of one for each stretch of time that the
    /// conditions of measures of these goods tell apart; first those that suit most defaults.
    fn assume(&self, date: DateFact, need: impl FnOnce() -> Need) {
        let mut cuts = BTreeSet::new();
        let mut asking = Vec::new();
        for terms in self.measures.values().map(|measure| &measure.terms) {
            let Some(when) = terms.field(|f| f.when.as_ref()) else { continue };
            when.visit(&mut |test| match test {
                Condition::Before(d, m) | Condition::From(d, m) if *d == date => {
                    cuts.insert(*m);
                }
                _ => {}
            });
            if let Some(owed) = asked_default(terms, date.name()) {
                let relief = terms.field(|f| f.relief.as_ref()).copied().unwrap_or(false);
                asking.push((when, terms.moment, owed != relief));
            }
        }
        let first = cuts.first().map(|m| m.plus_seconds(-1));
        let mut moments: Vec<Moment> = first.into_iter().chain(cuts.iter().copied()).collect();
        let unsuited = |candidate: &Moment| {
            self.facts.assumed.borrow_mut().insert(date, *candidate);
            let misses = |(when, moment, by_default): &&(&Condition, Moment, bool)| {
                let mut column = |tested| self.column_share(tested);
                self.facts.judge(when, *moment, &mut column) == Truth::from(!*by_default)
            };
            asking.iter().filter(misses).count()
        };
        moments.sort_by_key(unsuited);
        let chosen = self.choices.borrow_mut().ask(date.name(), moments.len(), need);
        self.facts.assumed.borrow_mut().insert(date, moments[chosen]);
    }

    /// Whether the line states something that the condition asks about.
    fn touches(&self, when: &Condition) -> bool {
        let mut touched = false;
        when.visit(&mut |test| {
            touched |= match test {
                Condition::Before(d, _) | Condition::From(d, _) => {
                    *d != DateFact::Entered && self.line.date(*d).is_some()
                }
                Condition::Content { part, .. } => self.line.contents.contains_key(part),
                Condition::Claim(claim) => self.facts.claims(claim),
                _ => false,
            };
        });
        touched
    }

    /// A relation that takes the measure out; `None` when none does.
    fn excluded(&self, id: &'a str) -> Option<Settled<'a>> {
        for (relation, act) in &self.in_force.relations {
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
                    _ => YIELDS,
                };
                return Some(out(format!("{word}: {what}"), vec![*act]));
            }
        }
        None
    }

    /// The first measure of `relation.of` that passes its test.
    fn prevails(&self, relation: &Relation, loser: &str) -> Option<(&'a str, Option<Code>)> {
        self.measures
            .keys()
            .copied()
            .filter(|id| {
                *id != loser && covered(&relation.of, id) && !covered(&relation.except, id)
            })
            .find_map(|id| match self.settle(id) {
                Settled::Applies(applied) => {
                    let passes = match relation.test {
                        Test::ProvidedFor => true,
                        Test::Owed => {
                            let part = self.part(id, applied);
                            part.amount > Cents::ZERO || part.missing.is_some() || part.unbounded
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
        let pick = self.in_force.picks.get(pick_id.as_str())?;
        let position = |stage: &str| pick.stages.iter().position(|s| s == stage);
        let own = position(terms.field(|f| f.stage.as_ref())?)?;
        let mut others: Vec<(usize, &'a str)> = self
            .members_of(pick_id)
            .iter()
            .filter(|(other, _)| *other != id)
            .filter_map(|(other, stage)| Some((position(stage)?, *other)))
            .collect();
        others.sort_unstable();
        for (at, other) in others {
            if at < own {
                if let Settled::Applies(applied) = self.settle(other) {
                    return Some(instead(other, applied));
                }
            } else if at == own
                && let Some(settled) = self.same_stage(id, other, pick.choose)
            {
                return Some(settled);
            }
        }
        None
    }

    fn members_of(&self, pick: &str) -> &[(&'a str, &'a str)] {
        let members = self.members.get_or_init(|| {
            let mut members: BTreeMap<&str, Vec<_>> = BTreeMap::new();
            for (id, measure) in &self.measures {
                let pick = measure.terms.field(|f| f.pick.as_ref());
                let stage = measure.terms.field(|f| f.stage.as_ref());
                if let Some((pick, stage)) = pick.zip(stage) {
                    members.entry(pick).or_default().push((*id, stage.as_str()));
                }
            }
            members
        });
        members.get(pick).map_or(&[], Vec::as_slice)
    }

    /// Between two members of a stage: by amount, or the first that was made.
    fn same_stage(&self, id: &'a str, other: &'a str, choose: Choose) -> Option<Settled<'a>> {
        // Members of a stage are compared as if alone in it, or each would wait for the other.
        let rival = self.alone(other)?;
        let own = self.alone(id)?;
        let (a, b) = (self.fresh_part(id, &own), self.fresh_part(other, &rival));
        // What was made first comes first, whatever it is called.
        let made =
            |id: &str| (self.measures.get(id).and_then(|m| m.records.first()), id.to_owned());
        let mut pair = [id, other];
        pair.sort_by_key(|id| made(id));
        let first = pair[0] == other;
        let open = [&a, &b].into_iter().find_map(|part| {
            part.missing.clone().or_else(|| part.unbounded.then(|| part.applied.title.to_owned()))
        });
        let loses = match (choose, open) {
            (Choose::One, open) => {
                if a.amount != b.amount || open.is_some() {
                    self.conflicts.borrow_mut().insert(pair.join(" and "));
                }
                first
            }
            // An amount that is not complete may come out on either side.
            (_, Some(fact)) => {
                let key = pair.join(" or ");
                let why = format!("which applies: {key}");
                let need = || Need { fact, why, has_default: false };
                pair[self.choices.borrow_mut().ask(&key, 2, need)] != id
            }
            (Choose::Lowest, None) => b.amount < a.amount || b.amount == a.amount && first,
            (Choose::Highest, None) => b.amount > a.amount || b.amount == a.amount && first,
        };
        loses.then(|| instead(other, &rival))
    }

    /// The measure as it applies but for its pick.
    fn alone(&self, id: &'a str) -> Option<Rc<Applied<'a>>> {
        let terms = &self.measures.get(id)?.terms;
        if terms.voided_by.is_some() {
            return None;
        }
        let applied = self.charge(terms).ok()?;
        if self.condition(terms).is_some() || self.excluded(id).is_some() {
            return None;
        }
        Some(Rc::new(applied))
    }
}

/// Whether a measure is live, and of the origin and the goods.
fn concerns(facts: &Facts<'_>, terms: &Terms<'_>, areas: &Areas<'_>) -> bool {
    let of = |names: &Vec<String>| names.iter().any(|name| areas.hold(name));
    terms.live
        && terms.field(|f| f.of.as_ref()).is_some_and(of)
        && !terms.field(|f| f.except_of.as_ref()).is_some_and(of)
        && match terms.field(|f| f.goods.as_ref()) {
            None | Some(None) => true,
            Some(Some(selectors)) => facts.is_one_of(selectors, terms.moment),
        }
        && !terms
            .field(|f| f.except_goods.as_ref())
            .is_some_and(|selectors| facts.is_one_of(selectors, terms.moment))
}

/// The date of the line that fixes the law: the first of `order` that is stated.
pub(crate) fn clock(
    line: &Line,
    order: &[DateFact],
    entered: Moment,
    territory: &Territory,
) -> Option<Moment> {
    order.iter().find_map(|date| match date {
        DateFact::Entered => Some(entered),
        other => line.date(*other).map(|stated| representative(stated, territory)),
    })
}

pub(crate) fn covered(targets: &[Target], id: &str) -> bool {
    targets.iter().any(|target| target.covers(id))
}

pub(crate) fn out<'a>(reason: String, cites: Vec<&'a str>) -> Settled<'a> {
    Settled::Out { reason, cites }
}

fn instead<'a>(other: &str, applied: &Applied<'a>) -> Settled<'a> {
    let what = match applied.heading {
        Some(heading) => format!("{heading} ({}) applies instead", applied.title),
        None => format!("{other} applies instead"),
    };
    out(what, applied.cites.clone())
}

/// Whether a measure asks for `fact` with a default, and takes the duty for owed then.
pub(crate) fn asked_default(terms: &Terms<'_>, fact: &str) -> Option<bool> {
    let unstated = terms.field(|f| f.unstated.as_ref())?;
    let (_, what_follows) = unstated.outcomes.iter().find(|(name, _)| name == fact)?;
    match what_follows {
        Outcome::Ask | Outcome::AskOwed => Some(true),
        Outcome::AskNotOwed => Some(false),
        Outcome::Owed | Outcome::NotOwed => None,
    }
}

pub(crate) fn reason_to_ask(title: &str, cite: &str) -> String {
    if cite.is_empty() { title.to_owned() } else { format!("{title} ({cite})") }
}

/// The condition with moments in the territory's zone.
fn in_words(when: &Condition, territory: &Territory) -> String {
    when.print(&territory.zone)
}
