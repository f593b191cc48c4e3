//! Duty expressions against value and quantities.

use std::collections::BTreeMap;

use ledger::Territory;
use tariff::{Cents, Code, DutyExpression, Exact, Part, Per, Quantity, Term, Unit, round_half_up};

use crate::choices::{Choices, Need};

/// What a duty expression may look at.
pub(crate) struct Goods<'a> {
    pub territory: &'a Territory,
    pub code: Option<Code>,
    /// The value after rounding, in whole units of currency.
    pub value: Exact,
    /// The quantities with their units settled.
    pub quantities: &'a [Quantity],
    pub contents: &'a BTreeMap<String, Cents>,
}

/// An amount before rounding.
#[derive(Clone, Debug)]
pub(crate) struct Reckoned {
    pub amount: Exact,
    /// What is not in `amount` because a fact without bounds is missing.
    pub missing: Option<String>,
}

/// Computes a duty on `basis` (the value or what is left of it). Open points go through `choices`.
pub(crate) fn reckon(
    duty: &DutyExpression,
    basis: Exact,
    goods: &Goods<'_>,
    choices: &mut Choices,
) -> Reckoned {
    let mut total = Reckoned { amount: Exact::ZERO, missing: None };
    match duty {
        DutyExpression::Free => {}
        DutyExpression::Sum(terms) => {
            for term in terms {
                let part = reckon_term(term, basis, goods, choices);
                total.amount += part.amount;
                total.missing = total.missing.or(part.missing);
            }
        }
        DutyExpression::PerDegree { base, step, full, floor, unit } => {
            match find(goods.quantities, unit) {
                None => total.missing = Some(format!("quantity in {unit}")),
                Some(quantity) => {
                    let rate = rate_by_degree(*base, *step, *full, *floor, goods, choices);
                    let counted = rounded(quantity, rate, goods);
                    total.amount = rate * counted * share(basis, goods.value);
                }
            }
        }
    }
    total
}

/// The rate of raw sugar by its polarisation, stated as a quantity in degrees.
fn rate_by_degree(
    base: Exact,
    step: Exact,
    full: Exact,
    floor: Exact,
    goods: &Goods<'_>,
    choices: &mut Choices,
) -> Exact {
    match find(goods.quantities, &Unit::named("degrees")) {
        Some(degrees) => (base - step * (full - degrees)).max(floor),
        None => {
            let need = || Need {
                fact: "quantity in degrees".to_owned(),
                why: "the rate falls with the polarisation of the sugar".to_owned(),
                has_default: false,
            };
            [base, floor][choices.ask("degrees", 2, need)]
        }
    }
}

fn reckon_term(term: &Term, basis: Exact, goods: &Goods<'_>, choices: &mut Choices) -> Reckoned {
    let whole = |amount| Reckoned { amount, missing: None };
    match &term.per {
        Per::Value(Part::Article) => whole(term.rate * basis),
        Per::Value(Part::Named(part)) => {
            let content = match goods.contents.get(part) {
                Some(content) => content.exact(),
                None => {
                    let need = || Need {
                        fact: format!("content {part}"),
                        why: format!("{term}"),
                        has_default: false,
                    };
                    // At most what the parts that are stated leave of the value.
                    let stated: Cents = goods.contents.values().copied().sum();
                    let rest = (goods.value - stated.exact()).max(Exact::ZERO);
                    let all = choices.ask(&format!("content {part}"), 2, need) == 0;
                    if all { rest } else { Exact::ZERO }
                }
            };
            whole(term.rate * content * share(basis, goods.value))
        }
        Per::Unit { unit, of, above } => {
            let Some(quantity) = find(goods.quantities, unit) else {
                return Reckoned {
                    amount: Exact::ZERO,
                    missing: Some(format!("quantity in {unit}")),
                };
            };
            let counted = (rounded(quantity, term.rate / of, goods) - above).max(Exact::ZERO);
            whole(term.rate * counted / of * share(basis, goods.value))
        }
    }
}

/// The part of a specific duty that falls on `basis`.
fn share(basis: Exact, value: Exact) -> Exact {
    if basis == value || value == Exact::ZERO { Exact::ONE } else { basis / value }
}

/// 19 CFR 159.3(b) as the territory states it: below a rate a unit, whole units only.
fn rounded(quantity: Exact, rate_per_unit: Exact, goods: &Goods<'_>) -> Exact {
    let whole = goods.territory.whole_quantity_up_to.is_some_and(|limit| rate_per_unit <= limit);
    let fractional = goods
        .code
        .is_some_and(|code| goods.territory.fractional_goods.iter().any(|g| g.covers(code)));
    if whole && !fractional { Exact::from_integer(round_half_up(quantity)) } else { quantity }
}

fn find(quantities: &[Quantity], unit: &Unit) -> Option<Exact> {
    quantities.iter().find_map(|quantity| quantity.in_unit(unit))
}
