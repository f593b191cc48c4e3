//! Why what was filed is not what was owed at entry, found from the cents.
//!
//! `docs/refund.md` defines each cause; the order in which they are tried is part of the definition.

use tariff::{Cents, Code, Exact, exact_decimal, round_half_up};

use super::compare::{Compared, Row};
use super::headings::Headings;
use super::report::{Cause, Variance};

/// What a measure charged on a line, as the slow reference tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub program: String,
    /// `None` is the base duty.
    pub heading: Option<Code>,
    /// A share of the basis; `None` where the duty is no such share.
    pub rate: Option<Exact>,
    /// What the rate was applied to, in whole units of currency.
    pub basis: Exact,
}

/// A row of a line that differs.
pub(crate) struct Differing<'a> {
    pub row: &'a Row,
    pub amount: Cents,
    /// What was charged under the heading; `None` where it was not owed.
    pub term: Option<&'a Term>,
    /// Other rates that it might have been filed at.
    pub rates: Vec<Exact>,
    /// Other amounts of the entry that the rate may have been applied to.
    pub bases: &'a [Cents],
}

/// The rows of a line that differ by some cent.
pub(crate) fn differing(compared: &Compared) -> impl Iterator<Item = (&Row, Cents)> {
    compared.rows.iter().filter_map(|row| {
        let amount = row.difference().filter(|amount| *amount != Cents::ZERO)?;
        Some((row, amount))
    })
}

/// Whether a heading is missing or should not be there; `None` where both sides have it.
pub(crate) fn of_presence(row: &Row) -> Option<Cause> {
    if row.is_base {
        return None;
    }
    let owed = row.then.is_some_and(|then| then != Cents::ZERO);
    match row.filed {
        None => Some(Cause::MissingHeading),
        Some(_) if !owed => Some(Cause::ExtraHeading),
        Some(_) => None,
    }
}

/// The rates a heading might have been filed at instead: those of its program.
pub(crate) fn other_rates(headings: &Headings, row: &Row) -> Vec<Exact> {
    let own = headings.get(row.heading.prefix(8)).into_iter().flat_map(|law| &law.rates).copied();
    let program = row.program.iter().flat_map(|program| headings.rates(program));
    let mut rates: Vec<Exact> = own.collect();
    for rate in program {
        if !rates.contains(&rate) {
            rates.push(rate);
        }
    }
    rates
}

/// Cents of a rate on whole units of currency.
fn charged(rate: Exact, basis: Exact) -> Option<Cents> {
    Cents::from_exact(rate * basis)
}

impl Differing<'_> {
    /// The cause of a difference in the amount of a heading that both sides have.
    pub fn of_amount(&self) -> (Cause, String) {
        let filed = self.row.filed.unwrap_or_default();
        let owed = self.row.then.unwrap_or_default();
        let plain = format!("{} filed, {} owed", filed.grouped(), owed.grouped());
        let Some(term) = self.term else { return (Cause::Arithmetic, plain) };
        let was = term.rate.map_or("its rate".to_owned(), percent);
        if filed == Cents::ZERO {
            return (Cause::WrongRate, format!("filed free, owed {was}"));
        }
        let rate = self
            .rates
            .iter()
            .copied()
            .find(|rate| Some(*rate) != term.rate && charged(*rate, term.basis) == Some(filed));
        if let Some(rate) = rate {
            let on = amount(term.basis);
            return (Cause::WrongRate, format!("filed at {} of {on}, owed {was}", percent(rate)));
        }
        let Some(rate) = term.rate.filter(|rate| *rate > Exact::ZERO) else {
            return (Cause::Arithmetic, plain);
        };
        if let Some(basis) = self.basis(rate, filed, term.basis) {
            let (on, was) = (amount(basis), amount(term.basis));
            let why = format!("{} of {on}, owed on {was}", percent(rate));
            return (Cause::WrongBasis, why);
        }
        (Cause::Arithmetic, format!("{plain}: {} of no whole amount", percent(rate)))
    }

    /// The other amount that the rate was applied to: one of the entry, else one of whole units.
    fn basis(&self, rate: Exact, filed: Cents, own: Exact) -> Option<Exact> {
        let named =
            self.bases.iter().map(|basis| Exact::from_integer(round_half_up(basis.exact())));
        let fits = |basis: &Exact| *basis != own && charged(rate, *basis) == Some(filed);
        let whole = filed.exact() / rate;
        let nearest = Exact::from_integer(round_half_up(whole));
        // At a low rate almost every amount of cents is near some whole amount of dollars.
        let tells = whole.is_integer() || rate >= Exact::new(1, 20);
        named
            .into_iter()
            .find(fits)
            .or_else(|| Some(nearest).filter(|basis| tells && *basis > Exact::ZERO && fits(basis)))
    }

    pub fn variance(&self, line: &str, cause: Cause, why: String) -> Variance {
        let heading = Some(self.row.heading);
        Variance { cause, line: line.to_owned(), heading, amount: self.amount, why }
    }
}

fn percent(rate: Exact) -> String {
    format!("{}%", exact_decimal(rate * 100))
}

fn amount(units: Exact) -> String {
    Cents::from_exact(units).map_or_else(|| exact_decimal(units), Cents::grouped)
}
