//! The whole answer for a line: every run over its open points, put together.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Basis, Status, Territory, program_of};
use tariff::{Cents, Code, DutyExpression, Exact, Moment, Per, Stated, limits};

use crate::choices::Need;
use crate::notes;
use crate::resolve::ResolvedGoods;
use crate::settle::{Charge, Part, Run, Settled};

/// What a line owes, and why.
#[derive(Clone, Debug)]
pub struct Assessment {
    pub status: Status,
    /// The value after the territory's rounding.
    pub value: Cents,
    /// The duty under the defaults; `None` where there is none to assume.
    pub duty: Option<Cents>,
    pub duty_min: Option<Cents>,
    /// `None` is without bound, or no answer at all.
    pub duty_max: Option<Cents>,
    pub components: Vec<Component>,
    pub not_applied: Vec<NotApplied>,
    pub needs: Vec<Need>,
    pub requirements: Vec<Requirement>,
    pub pending: Vec<Pending>,
    pub warnings: Vec<String>,
    /// The moment of knowledge as it was asked for.
    pub known: Stated,
}

/// What one measure contributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    pub program: String,
    pub measure: String,
    pub title: String,
    pub heading: Option<Code>,
    pub rate: String,
    /// `value`, `remainder`, `content steel`, `quantity`.
    pub basis: String,
    pub basis_amount: Exact,
    /// The currency, or the unit of the quantity.
    pub basis_unit: String,
    pub amount: Cents,
    /// Whether the amount is only what is known of it.
    pub incomplete: bool,
    /// Whether the amount stands in for a duty that may have changed since.
    pub stand_in: bool,
    /// `none`, `manufacturing` or `available`, where the ledger says what comes back on export.
    pub drawback: Option<String>,
    pub cites: Vec<String>,
    /// `24 of 34 points suspended until 2025-08-12`, where this is what a suspension left.
    pub suspended: Option<String>,
    /// When this state of the law ends, as far as the law says.
    pub until: Option<Moment>,
    /// What the rate takes of a value, as a share: 0 of a specific duty, of a compound one without
    /// its specific term. `None` of other duties, and of a total.
    pub share: Option<Exact>,
    /// Of a total: the share of the basis that it comes to, with what it absorbs.
    pub total: Option<Total>,
}

/// A duty that tops another one up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    pub share: Exact,
    /// The program that is counted in.
    pub absorbs: Option<String>,
}

/// A measure that concerns the line and does not apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotApplied {
    pub program: String,
    pub measure: String,
    pub heading: Option<Code>,
    pub reason: String,
    pub cites: Vec<String>,
}

/// How the reason begins of a measure that a relation takes out.
pub(crate) const YIELDS: &str = "it yields to";

impl NotApplied {
    /// Whether it would apply, but for a measure that prevails over it.
    pub fn yields(&self) -> bool {
        self.reason.starts_with(YIELDS)
    }
}

/// A control that goods of this kind meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    pub program: String,
    pub measure: String,
    pub text: String,
    pub prohibits: bool,
    pub cites: Vec<String>,
}

/// An act that was made but does not bind, and would change the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    pub act: String,
    pub title: String,
    pub cite: String,
    /// When it is to bind; `None` is never or not known.
    pub binds: Option<Stated>,
    pub stayed_by: Option<String>,
}

/// What a run took for its open points, and the amounts by program it came to.
type Taken = (BTreeMap<String, usize>, BTreeMap<String, Cents>);

/// What the runs gave so far.
#[derive(Default)]
pub(crate) struct Explored {
    components: Vec<Component>,
    not_applied: Vec<NotApplied>,
    requirements: Vec<Requirement>,
    pending: Vec<Pending>,
    /// What is known of the duty in the first run.
    known: Option<Cents>,
    needs: BTreeMap<String, Need>,
    missing: BTreeSet<Need>,
    min: Option<Cents>,
    max: Option<Option<Cents>>,
    /// What each run took for its open points, and the amounts by program it came to.
    runs: Vec<Taken>,
}

impl Explored {
    pub fn default_of<'a>(
        &mut self,
        run: &Run<'a>,
        settled: &[(&'a str, &Settled<'a>)],
        parts: &[Part<'a>],
        goods: &ResolvedGoods<'_>,
    ) {
        self.components = parts.iter().map(|p| component(p, run.facts.territory, goods)).collect();
        self.not_applied = settled
            .iter()
            .filter_map(|(id, settled)| match settled {
                Settled::Out { reason, cites } => Some(NotApplied {
                    program: program_of(id).to_owned(),
                    measure: (*id).to_owned(),
                    heading: run.heading(id),
                    reason: reason.clone(),
                    cites: cites.iter().map(|c| (*c).to_owned()).collect(),
                }),
                _ => None,
            })
            .collect();
        self.pending = notes::pending(run, settled);
        self.requirements = notes::requirements(run);
        self.known = Some(parts.iter().map(|p| p.amount).sum());
    }

    pub fn add<'c>(
        &mut self,
        parts: &[Part<'_>],
        answers: impl Iterator<Item = (&'c str, usize, &'c Need)>,
    ) {
        let mut min = Cents::ZERO;
        let mut max = Some(Cents::ZERO);
        let mut by_program: BTreeMap<String, Cents> = BTreeMap::new();
        for part in parts {
            let (least, most) = match part {
                // What it stands in for may be anything.
                Part { applied, .. } if applied.stand_in => (Cents::ZERO, None),
                Part { missing: Some(_), .. } | Part { unbounded: true, .. } => (part.amount, None),
                _ => (part.amount, Some(part.amount)),
            };
            min += least;
            max = max.zip(most).map(|(a, b)| a + b);
            *by_program.entry(program_of(part.measure).to_owned()).or_default() += part.amount;
            if let Some(need) = missing_need(part) {
                self.missing.insert(need);
            }
        }
        by_program.retain(|_, amount| *amount != Cents::ZERO);
        let mut taken = BTreeMap::new();
        for (key, answer, need) in answers {
            taken.insert(key.to_owned(), answer);
            self.needs.entry(key.to_owned()).or_insert_with(|| need.clone());
        }
        self.runs.push((taken, by_program));
        self.min = Some(self.min.map_or(min, |m| m.min(min)));
        self.max = Some(match self.max {
            None => max,
            Some(known) => known.zip(max).map(|(a, b)| a.max(b)),
        });
    }

    /// Whether an open point matters: two runs that differ in it, and agree on all else that both
    /// asked, come to different amounts.
    fn matters(&self, key: &str) -> bool {
        if self.runs.len() > limits::COMPARED_MAX {
            return true;
        }
        let differ = |(a, x): &Taken, (b, y): &Taken| {
            a.get(key).zip(b.get(key)).is_some_and(|(a, b)| a != b)
                && x != y
                && a.iter().all(|(k, v)| k == key || b.get(k).is_none_or(|other| other == v))
        };
        self.runs.iter().enumerate().any(|(at, a)| self.runs[at + 1..].iter().any(|b| differ(a, b)))
    }

    pub fn answer(self, value: Cents, known: Stated, warnings: Vec<String>) -> Assessment {
        // Open points that change no amount are no missing facts.
        let open =
            self.needs.iter().filter(|(key, _)| self.matters(key)).map(|(_, need)| need.clone());
        let mut needs: BTreeSet<Need> = open.collect();
        needs.extend(self.missing);
        let assumed = needs.iter().all(|need| need.has_default);
        let duty = self.known.filter(|_| assumed);
        Assessment {
            status: if needs.is_empty() { Status::Exact } else { Status::NeedsFacts },
            value,
            duty,
            duty_min: self.min,
            duty_max: self.max.flatten(),
            components: self.components,
            not_applied: self.not_applied,
            needs: needs.into_iter().collect(),
            requirements: self.requirements,
            pending: self.pending,
            warnings,
            known,
        }
    }
}

fn missing_need(part: &Part<'_>) -> Option<Need> {
    let why = match part.applied.heading {
        Some(heading) => format!("{heading}: {}", part.applied.rate),
        None => part.applied.rate.clone(),
    };
    if let Some(fact) = &part.missing {
        return Some(Need { fact: fact.clone(), why, has_default: false });
    }
    if part.applied.stand_in {
        let why = format!("{}: {} stands in for it", part.measure, part.applied.title);
        return Some(Need { fact: "base-stand-in".to_owned(), why, has_default: true });
    }
    match &part.applied.charge {
        Charge::Unknown { fact, max: None, .. } => Some(Need {
            fact: fact.clone(),
            why: format!("{}: its size is not in the ledger", part.measure),
            has_default: true,
        }),
        _ => None,
    }
}

fn component(part: &Part<'_>, territory: &Territory, goods: &ResolvedGoods<'_>) -> Component {
    let (basis, basis_amount, basis_unit) = basis_of(part, territory, goods);
    let (share, total) = match &part.applied.charge {
        Charge::Duty(duty) => (share_of(duty), None),
        Charge::Total { share, absorbs, .. } => {
            (None, Some(Total { share: *share, absorbs: absorbs.clone() }))
        }
        _ => (None, None),
    };
    Component {
        program: program_of(part.measure).to_owned(),
        measure: part.measure.to_owned(),
        title: part.applied.title.to_owned(),
        heading: part.applied.heading,
        rate: part.applied.rate.clone(),
        basis,
        basis_amount,
        basis_unit,
        amount: part.amount,
        incomplete: part.missing.is_some() || part.unknown,
        stand_in: part.applied.stand_in,
        drawback: part.applied.drawback.map(str::to_owned),
        cites: part.applied.cites.iter().map(|c| (*c).to_owned()).collect(),
        suspended: part.applied.suspended.clone(),
        until: part.applied.until,
        share,
        total,
    }
}

/// What a duty takes of the value of the article, as a share of it.
fn share_of(duty: &DutyExpression) -> Option<Exact> {
    match duty {
        DutyExpression::Free => Some(Exact::ZERO),
        DutyExpression::Sum(terms) => {
            terms.iter().try_fold(Exact::ZERO, |sum, term| match &term.per {
                Per::Value(tariff::Part::Article) => Some(sum + term.rate),
                Per::Unit { .. } => Some(sum),
                Per::Value(tariff::Part::Named(_)) => None,
            })
        }
        DutyExpression::PerDegree { .. } => Some(Exact::ZERO),
    }
}

/// What the rate was applied to, for people: a quantity where the duty is a specific one.
fn basis_of(
    part: &Part<'_>,
    territory: &Territory,
    goods: &ResolvedGoods<'_>,
) -> (String, Exact, String) {
    if let Charge::Duty(DutyExpression::Sum(terms)) = &part.applied.charge
        && let [term] = terms.as_slice()
        && let Per::Unit { unit, .. } = &term.per
        && let Some(quantity) = goods.quantities.iter().find_map(|q| q.in_unit(unit))
    {
        return ("quantity".to_owned(), quantity, unit.to_string());
    }
    let kind = match &part.applied.basis {
        Basis::Value if part.basis != goods.value => "remainder".to_owned(),
        Basis::Value => "value".to_owned(),
        Basis::Content(name) => format!("content {name}"),
        Basis::ValueLessContent(name) => format!("value less content {name}"),
    };
    (kind, part.basis, territory.currency.clone())
}

/// No answer, and why.
pub(crate) fn unanswered(
    status: Status,
    value: Cents,
    known: Stated,
    reason: String,
) -> Assessment {
    Assessment {
        status,
        value,
        duty: None,
        duty_min: None,
        duty_max: None,
        components: Vec::new(),
        not_applied: Vec::new(),
        needs: vec![Need { fact: reason, why: String::new(), has_default: false }],
        requirements: Vec::new(),
        pending: Vec::new(),
        warnings: Vec::new(),
        known,
    }
}
