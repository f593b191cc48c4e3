//! Amounts: what a measure that applies takes, and of which basis.

use ledger::{Basis, Compare, Outcome, Rate, Test as RelationTest, Tested};
use nomenclature::rate::RateText;
use tariff::{DutyExpression, Exact, Part as PartOf, Per, Term, Unit, round_half_up};

use super::choices::{Key, Need};
use super::settle::{asked_default, reason_to_ask};
use super::{Charge, Form, Part, Run, Settled};
use crate::compile::version::{Version, VersionRate};
use crate::rate::{cents, least_cents, units};

impl<'l> Run<'_, 'l> {
    /// A column of the schedule as a share of the value, to be held against a limit; `None` when a
    /// quantity is missing for it.
    pub fn column_share(
        &mut self,
        tested: Tested,
        (compare, limit): (Compare, Exact),
    ) -> Option<Exact> {
        if self.asked.value == 0 {
            self.reach.below_value = self.reach.below_value.min(1);
            return Some(Exact::ZERO);
        }
        self.least_value(1);
        match tested {
            Tested::General => {
                let Some(RateText::Duty(duty)) = self.goods.line.and_then(|l| l.general()) else {
                    self.reach.this_line_only = true;
                    return None;
                };
                if let Some(rate) = duty.as_ad_valorem() {
                    return Some(rate);
                }
                // How the amount lies to the limit is part of a line's kind.
                let (amount, missing) = self.reckon(duty, self.asked.value);
                missing.is_none().then(|| amount / units(self.asked.value))
            }
            Tested::Claimed => {
                let (mut amount, mut missing) = (0, false);
                let mut rates = Some(Exact::ZERO);
                let mut of_column = false;
                let base = self.side.base.map(|base| self.parts_of(base)).unwrap_or_default();
                for part in &base {
                    amount += part.amount;
                    missing |= part.missing.is_some() || part.unknown;
                    rates = rates.zip(self.rate_on_value(part)).map(|(a, b)| a + b);
                    of_column |= self.is_of_column(part.at);
                }
                // Kinds of codes are told apart by how their general duty alone lies to the limit.
                let general = |part: &Part| {
                    matches!(self.cell.measures[part.at].version.rate, VersionRate::General)
                };
                if of_column && !(base.len() == 1 && general(&base[0])) {
                    self.reach.this_line_only = true;
                }
                // The amount is rounded: near the limit a small value may come out on the other side.
                // Other codes of the same kind may lie nearer to it than this one.
                if of_column {
                    self.least_value(self.side.clear_of(limit));
                }
                match rates {
                    Some(rate) if rate == limit => {
                        // Of whole values no cents are rounded, or only halves, and these upwards.
                        let whole = self.side.territory.whole_value;
                        let reached = matches!(compare, Compare::AtLeast | Compare::Less);
                        let parts_of_cent = if reached { 2 } else { 1 };
                        let same = whole && (limit * 100 * parts_of_cent).is_integer();
                        self.reach.this_line_only |= !same;
                    }
                    Some(_) | None if of_column => {}
                    Some(rate) => {
                        let apart = if rate > limit { rate - limit } else { limit - rate };
                        self.least_value(least_cents(apart));
                    }
                    None => self.reach.this_line_only = true,
                }
                (!missing).then(|| units(amount) / units(self.asked.value))
            }
        }
    }

    /// Whether a total is met by the general duty alone, where that is what it is held against.
    pub(super) fn is_met(&mut self, tests: Tested, total: Exact) -> bool {
        let held = (Compare::AtLeast, total);
        tests == Tested::General && self.column_share(tests, held).is_some_and(|c| c >= total)
    }

    /// Whether the duty of a measure is that of a column, which differs from code to code.
    fn is_of_column(&self, at: usize) -> bool {
        let version = &self.cell.measures[at].version;
        matches!(version.rate, VersionRate::General | VersionRate::Column2)
    }

    /// The share of the whole value that a part is, where it is one.
    fn rate_on_value(&self, part: &Part) -> Option<Exact> {
        let form = self.forms[part.at].as_ref()?;
        let (whole, nothing) = (*form == Form::VALUE, form.is_nothing());
        match self.charge(part.at) {
            Ok(Charge::Duty { share: Some(share), .. }) if whole => Some(share.exact()),
            Ok(Charge::Duty { share: Some(_), .. }) if nothing => Some(Exact::ZERO),
            _ => None,
        }
    }

    fn least_value(&mut self, cents: i64) {
        self.reach.least_value = self.reach.least_value.max(cents);
    }

    /// The value was held against an amount.
    pub(super) fn value_compared(&mut self, compare: Compare, limit: i64, holds: bool) {
        // On which side of the boundary the value lies.
        let boundary = match compare {
            Compare::Less | Compare::AtLeast => limit,
            Compare::AtMost | Compare::More => limit + 1,
        };
        if matches!(compare, Compare::Less | Compare::AtMost) == holds {
            self.reach.below_value = self.reach.below_value.min(boundary);
        } else {
            self.least_value(boundary);
        }
    }

    /// It was asked whether a part is more than nothing.
    fn sign_looked_at(&mut self, part: &Part) {
        match self.rate_on_value(part) {
            Some(rate) if !self.is_of_column(part.at) => {
                if rate > Exact::ZERO {
                    self.least_value(least_cents(rate));
                }
            }
            _ => self.reach.this_line_only = true,
        }
    }

    /// Two parts were compared.
    pub(super) fn amounts_compared(&mut self, a: &Part, b: &Part) {
        let of_column = self.is_of_column(a.at) || self.is_of_column(b.at);
        match (self.rate_on_value(a), self.rate_on_value(b)) {
            (Some(a), Some(b)) if !of_column => {
                if a != b {
                    let apart = if a > b { a - b } else { b - a };
                    self.least_value(least_cents(apart).saturating_mul(2));
                }
            }
            _ => self.reach.this_line_only = true,
        }
    }

    /// Whether a part is owed: more than nothing, or not known to be nothing.
    pub(super) fn is_owed(&mut self, at: usize) -> bool {
        let part = self.part(at);
        self.sign_looked_at(&part);
        part.amount > 0 || part.missing.is_some() || part.unbounded
    }

    /// The measures of a program that apply, with their amounts.
    fn parts_of(&mut self, program: usize) -> Vec<Part> {
        let mut parts = Vec::new();
        for at in 0..self.cell.measures.len() {
            if self.program(at) == program && self.settle(at) == Settled::Applies {
                parts.push(self.part(at));
            }
        }
        parts
    }

    /// What a program takes of `basis`: where its own basis is wider, the share that falls on this.
    fn absorbed(&mut self, program: usize, basis: i64) -> i64 {
        self.parts_of(program)
            .into_iter()
            .map(|part| {
                if part.basis > basis {
                    cents(units(part.amount) * units(basis) / units(part.basis))
                } else {
                    part.amount
                }
            })
            .sum()
    }

    /// The amount of a measure that applies.
    pub fn part(&mut self, at: usize) -> Part {
        if let Some(part) = &self.parts[at] {
            return part.clone();
        }
        let part = self.fresh_part(at);
        self.parts[at] = Some(part.clone());
        part
    }

    pub fn fresh_part(&mut self, at: usize) -> Part {
        let basis = self.basis(at);
        let mut part =
            Part { at, basis, amount: 0, missing: None, unknown: false, unbounded: false };
        // A measure is asked for its amount only when it has something to charge.
        let Ok(charge) = self.charge(at) else { return part };
        match charge {
            Charge::Duty { share: Some(share), .. } => part.amount = share.cents(basis),
            Charge::Duty { duty, share: None } => {
                let (amount, missing) = self.reckon(duty, basis);
                part.amount = cents(amount);
                part.missing = missing;
            }
            Charge::Total { share, tests, absorbs } => {
                if self.is_met(tests, share) {
                    return part;
                }
                let total = cents(units(basis) * share);
                let absorbed = absorbs.map_or(0, |program| self.absorbed(program, basis));
                part.amount = (total - absorbed).max(0);
            }
            Charge::Needs(fact) => part.missing = Some(fact),
            Charge::Unknown { min, max } => {
                let least = min.unwrap_or(Exact::ZERO);
                part.unknown = true;
                let share = match max {
                    // Between its bounds it is an open point like any other.
                    Some(most) => {
                        let version = &self.cell.measures[at].version;
                        let (title, id) = (version.title, self.id(at));
                        let need = || Need {
                            fact: title.to_owned(),
                            why: format!("{id}: its size is not in the ledger"),
                            has_default: true,
                        };
                        [least, most][self.choices.ask(Key::Size(version.measure), 2, need)]
                    }
                    None => {
                        part.unbounded = true;
                        least
                    }
                };
                part.amount = cents(units(basis) * share);
            }
        }
        part
    }

    /// The basis in cents: what the measure names, less the parts that others take.
    fn basis(&mut self, at: usize) -> i64 {
        let cell = self.cell;
        let (mut basis, mut form) = self.own_basis(at);
        // Several relations may name one taker; its part is gone once.
        let mut takers: Vec<usize> = Vec::new();
        for relation in cell.relations.iter().filter(|r| r.takes_part && r.object.contains(&at)) {
            for &taker in relation.of.iter().filter(|taker| **taker != at) {
                if takers.contains(&taker) || self.settle(taker) != Settled::Applies {
                    continue;
                }
                let takes = relation.test == RelationTest::ProvidedFor || {
                    let part = self.part(taker);
                    self.sign_looked_at(&part);
                    part.amount > 0
                };
                if takes {
                    takers.push(taker);
                    let (taken, of) = self.own_basis(taker);
                    basis -= taken;
                    form = form.less(&of);
                }
            }
        }
        self.forms[at] = Some(form);
        basis.max(0)
    }

    fn own_basis(&mut self, at: usize) -> (i64, Form) {
        let value = self.asked.value;
        let version = self.cell.measures[at].version.clone();
        let Some(part) = version.basis.content() else { return (value, Form::VALUE) };
        let (content, form) = match self.asked.facts.content(part) {
            Some(content) => (content.min(value), Form::of_content(part)),
            // All of the value, or nothing of it.
            None => match self.unstated_content(&version, part) {
                0 => (0, Form::default()),
                whole => (whole, Form::VALUE),
            },
        };
        match version.basis {
            Basis::ValueLessContent(_) => (value - content, Form::VALUE.less(&form)),
            _ => (content, form),
        }
    }

    /// A content nobody stated: what the measure says follows.
    fn unstated_content(&mut self, version: &Version<'l>, part: &str) -> i64 {
        let fact = format!("content {part}");
        let (_, what_follows) = self.outcome(version, self.side.facts.bit(&fact));
        match what_follows {
            Outcome::Owed => self.content_when(version, true),
            Outcome::NotOwed => self.content_when(version, false),
            ask => {
                // The content is one amount for the whole line, whoever asks first.
                if let Some((_, assumed)) = self.assumed_contents.iter().find(|(p, _)| p == part) {
                    return *assumed;
                }
                // Where measures take different defaults, the whole value comes first.
                let whole = self.asked.value;
                let cell = self.cell;
                let asks_whole = cell.measures.iter().any(|candidate| {
                    let version = &candidate.version;
                    version.basis.content() == Some(part)
                        && asked_default(version, &fact)
                            .is_some_and(|owed| self.content_when(version, owed) == whole)
                });
                let first = if asks_whole { whole } else { 0 };
                let need = || Need {
                    fact: fact.clone(),
                    why: reason_to_ask(version),
                    has_default: ask != Outcome::Ask,
                };
                let answer = self.choices.ask(Key::Content(part.to_owned()), 2, need);
                let assumed = [first, whole - first][answer];
                self.assumed_contents.push((part.to_owned(), assumed));
                assumed
            }
        }
    }

    /// The content under which a measure's duty is owed in full, or not at all. Owed is the whole
    /// value as the basis; of a relief it is nothing.
    fn content_when(&self, version: &Version<'l>, owed: bool) -> i64 {
        let part_is_basis = !matches!(version.basis, Basis::ValueLessContent(_));
        if owed == (version.relief != part_is_basis) { self.asked.value } else { 0 }
    }

    /// A duty on a basis before rounding, and the fact that is missing for it.
    fn reckon(&mut self, duty: &DutyExpression, basis: i64) -> (Exact, Option<String>) {
        match duty {
            DutyExpression::Free => (Exact::ZERO, None),
            DutyExpression::Sum(terms) => {
                let (mut total, mut missing) = (Exact::ZERO, None);
                for term in terms {
                    let (amount, lacks) = self.reckon_term(term, basis);
                    total += amount;
                    missing = missing.or(lacks);
                }
                (total, missing)
            }
            DutyExpression::PerDegree { base, step, full, floor, unit } => match self.find(unit) {
                None => (Exact::ZERO, Some(format!("quantity in {unit}"))),
                Some(quantity) => {
                    let rate = match self.find(&Unit::named("degrees")) {
                        Some(degrees) => (*base - *step * (*full - degrees)).max(*floor),
                        None => {
                            let need = || Need {
                                fact: "quantity in degrees".to_owned(),
                                why: "the rate falls with the polarisation of the sugar".to_owned(),
                                has_default: false,
                            };
                            [*base, *floor][self.choices.ask(Key::Degrees, 2, need)]
                        }
                    };
                    let counted = self.counted(quantity, rate);
                    (rate * counted * self.share(basis), None)
                }
            },
        }
    }

    fn reckon_term(&mut self, term: &Term, basis: i64) -> (Exact, Option<String>) {
        match &term.per {
            Per::Value(PartOf::Article) => (term.rate * units(basis), None),
            Per::Value(PartOf::Named(part)) => {
                let content = match self.asked.facts.content(part) {
                    Some(content) => units(content),
                    None => {
                        let need = || Need {
                            fact: format!("content {part}"),
                            why: format!("{term}"),
                            has_default: false,
                        };
                        // At most what the parts that are stated leave of the value.
                        let stated: i64 = self.asked.facts.contents.iter().map(|(_, c)| *c).sum();
                        let rest = (self.asked.value - stated).max(0);
                        let all = self.choices.ask(Key::Content(part.clone()), 2, need) == 0;
                        if all { units(rest) } else { Exact::ZERO }
                    }
                };
                (term.rate * content * self.share(basis), None)
            }
            Per::Unit { unit, of, above } => {
                let Some(quantity) = self.find(unit) else {
                    return (Exact::ZERO, Some(format!("quantity in {unit}")));
                };
                let counted = (self.counted(quantity, term.rate / of) - above).max(Exact::ZERO);
                (term.rate * counted / of * self.share(basis), None)
            }
        }
    }

    /// The part of a specific duty that falls on a basis.
    fn share(&self, basis: i64) -> Exact {
        let value = self.asked.value;
        if basis == value || value == 0 { Exact::ONE } else { units(basis) / units(value) }
    }

    /// 19 CFR 159.3(b) as the territory states it: below a rate a unit, whole units only.
    fn counted(&self, quantity: Exact, rate_per_unit: Exact) -> Exact {
        let territory = self.side.territory;
        let whole = territory.whole_quantity_up_to.is_some_and(|limit| rate_per_unit <= limit);
        let fractional = territory.fractional_goods.iter().any(|g| g.covers(self.goods.code));
        if whole && !fractional { Exact::from_integer(round_half_up(quantity)) } else { quantity }
    }

    fn find(&self, unit: &Unit) -> Option<Exact> {
        self.goods.quantities.iter().find_map(|quantity| quantity.in_unit(unit))
    }

    /// The rate as the law words it.
    pub fn rate_text(&self, at: usize) -> String {
        let candidate = &self.cell.measures[at];
        let line = self.goods.line;
        match (&candidate.version.rate, line) {
            (VersionRate::General, Some(line)) => line.general_text().to_owned(),
            (VersionRate::Column2, Some(line)) => line.other_text().to_owned(),
            (VersionRate::Duty(duty), _) => duty.text.to_owned(),
            (VersionRate::Special(symbols), _) => match self.charge(at) {
                Ok(Charge::Duty { duty, .. }) => duty.to_string(),
                _ => Rate::Special(symbols.to_vec()).to_string(),
            },
            (VersionRate::List(name), _) => match &candidate.list_rate {
                Some(duty) => duty.duty.to_string(),
                None => Rate::List((*name).to_owned()).to_string(),
            },
            (VersionRate::Total { share, .. }, _) => Rate::Total(*share).to_string(),
            (VersionRate::Unknown { min, max }, _) => {
                Rate::Unknown { min: *min, max: *max }.to_string()
            }
            (VersionRate::General, None) => Rate::General.to_string(),
            (VersionRate::Column2, None) => Rate::Column2.to_string(),
            (VersionRate::None | VersionRate::Suspended, _) => String::new(),
        }
    }
}
