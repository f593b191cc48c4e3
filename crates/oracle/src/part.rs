//! Amounts: what a measure that applies takes, on which basis.

use std::collections::BTreeSet;
use std::rc::Rc;

use ledger::{Basis, Effect, Outcome, Test, Tested, program_of};
use nomenclature::rate::RateText;
use tariff::{Cents, DutyExpression, Exact};

use crate::amount::{Goods, Reckoned, reckon};
use crate::as_of::Terms;
use crate::choices::Need;
use crate::facts::outcome;
use crate::settle::{Applied, Charge, Part, Run, Settled, asked_default, covered, reason_to_ask};

impl<'a> Run<'a> {
    /// A column of the schedule as a share of the value, or the fact that is missing for it.
    pub fn column_share(&self, tested: Tested) -> Result<Exact, String> {
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
                let base = self.side.base.map_or("", |program| program.id.as_str());
                let (amount, missing) = self.program_amount(base);
                if missing { Err("quantity".to_owned()) } else { Ok(amount.exact() / value) }
            }
        }
    }

    /// What a program takes of `basis`: where its own basis is wider, the share that falls on this.
    fn absorbed(&self, program: &str, basis: Exact) -> Cents {
        let mut total = Cents::ZERO;
        for part in self.program_parts(program) {
            total += if part.basis > basis {
                let share = part.amount.exact() * basis / part.basis;
                Cents::from_exact(share).unwrap_or(part.amount)
            } else {
                part.amount
            };
        }
        total
    }

    /// What the measures of a program take together, and whether something is missing.
    fn program_amount(&self, program: &str) -> (Cents, bool) {
        let parts = self.program_parts(program);
        let missing = parts.iter().any(|part| part.missing.is_some() || part.unknown);
        let total = parts.into_iter().map(|part| part.amount).sum();
        (total, missing)
    }

    /// The measures of a program that apply, with their amounts.
    fn program_parts(&self, program: &str) -> Vec<Part<'a>> {
        self.measures
            .keys()
            .copied()
            .filter(|id| program_of(id) == program)
            .filter_map(|id| match self.settle(id) {
                Settled::Applies(applied) => Some(self.part(id, applied)),
                _ => None,
            })
            .collect()
    }

    /// The amount of a measure that applies.
    pub fn part(&self, id: &'a str, applied: &Rc<Applied<'a>>) -> Part<'a> {
        if let Some(part) = self.amounts.borrow().get(id) {
            return part.clone();
        }
        let part = self.fresh_part(id, applied);
        self.amounts.borrow_mut().insert(id, part.clone());
        part
    }

    pub fn fresh_part(&self, id: &'a str, applied: &Rc<Applied<'a>>) -> Part<'a> {
        let basis = self.basis(id, applied);
        let mut part = Part {
            measure: id,
            applied: applied.clone(),
            basis,
            amount: Cents::ZERO,
            missing: None,
            unknown: false,
            unbounded: false,
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
                let absorbed =
                    absorbs.as_ref().map_or(Cents::ZERO, |program| self.absorbed(program, basis));
                part.amount = (total - absorbed).max(Cents::ZERO);
            }
            Charge::Needs(fact) => part.missing = Some(fact.clone()),
            Charge::Unknown { min, max, fact } => {
                let least = min.unwrap_or(Exact::ZERO);
                part.unknown = true;
                let share = match max {
                    // Between its bounds it is an open point like any other.
                    Some(most) => {
                        let need = || Need {
                            fact: fact.clone(),
                            why: format!("{id}: its size is not in the ledger"),
                            has_default: true,
                        };
                        let key = format!("{id}: size");
                        [least, *most][self.choices.borrow_mut().ask(&key, 2, need)]
                    }
                    None => {
                        part.unbounded = true;
                        least
                    }
                };
                part.amount = cents(basis * share);
            }
        }
        part
    }

    fn reckon(&self, duty: &DutyExpression, basis: Exact) -> Reckoned {
        let goods = Goods {
            territory: self.facts.territory,
            code: self.facts.code,
            value: self.facts.value,
            quantities: self.quantities,
            contents: &self.line.contents,
        };
        reckon(duty, basis, &goods, &mut self.choices.borrow_mut())
    }

    /// The basis: what the measure names, less the parts that others take.
    fn basis(&self, id: &'a str, applied: &Applied<'a>) -> Exact {
        let mut basis = self.own_basis(id, &applied.basis);
        // Several relations may name one taker; its part is gone once.
        let mut takers = BTreeSet::new();
        for (relation, _) in &self.in_force.relations {
            if relation.effect != Effect::TakesPartOf || !covered(&relation.object, id) {
                continue;
            }
            for taker in self.measures.keys().copied() {
                let named = covered(&relation.of, taker) && !covered(&relation.except, taker);
                if taker == id || !named || takers.contains(taker) {
                    continue;
                }
                if let Settled::Applies(taking) = self.settle(taker)
                    && (relation.test == Test::ProvidedFor
                        || self.part(taker, taking).amount > Cents::ZERO)
                {
                    takers.insert(taker);
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
        match what_follows {
            Outcome::Owed => self.content_when(&terms, basis, true),
            Outcome::NotOwed => self.content_when(&terms, basis, false),
            ask => {
                // The content is one amount for the whole line, whoever asks first.
                if let Some(assumed) = self.facts.assumed_contents.borrow().get(part) {
                    return *assumed;
                }
                // Where measures of these goods take different defaults, the whole value comes first.
                let whole = self.facts.value;
                let first = if self.content_defaults(part).any(|content| content == whole) {
                    whole
                } else {
                    Exact::ZERO
                };
                let alternatives = [first, whole - first];
                let need = || Need {
                    fact: fact.clone(),
                    why: reason_to_ask(terms.title(), &cite),
                    has_default: ask != Outcome::Ask,
                };
                let assumed = alternatives[self.choices.borrow_mut().ask(&fact, 2, need)];
                self.facts.assumed_contents.borrow_mut().insert(part.to_owned(), assumed);
                assumed
            }
        }
    }

    /// The content under which a measure's duty is owed in full, or not at all. Owed is the whole
    /// value as the basis; of a relief it is nothing. A content is the basis, or what the value is
    /// more than the basis.
    fn content_when(&self, terms: &Terms<'a>, basis: &Basis, owed: bool) -> Exact {
        let relief = terms.field(|f| f.relief.as_ref()).copied().unwrap_or(false);
        let part_is_basis = !matches!(basis, Basis::ValueLessContent(_));
        if owed == (relief != part_is_basis) { self.facts.value } else { Exact::ZERO }
    }

    /// The defaults of all measures of these goods that ask for a content.
    fn content_defaults(&self, part: &str) -> impl Iterator<Item = Exact> {
        self.measures.values().filter_map(move |measure| {
            let terms = &measure.terms;
            let basis = terms.field(|f| f.basis.as_ref()).filter(|b| b.content() == Some(part))?;
            let owed = asked_default(terms, &format!("content {part}"))?;
            Some(self.content_when(terms, basis, owed))
        })
    }
}
