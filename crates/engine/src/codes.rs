//! Codes as the data plane needs them: their class, and the duties of their columns.

use nomenclature::Line as ScheduleLine;
use nomenclature::rate::RateText;
use tariff::{Code, DutyExpression, Exact, Part, Per, Unit, limits};

use crate::compile::side::Side;
use crate::rate::Share;
use crate::resolve::Meaning;

/// A code on a day.
#[derive(Clone, Debug)]
pub(crate) struct CodeFacts<'l> {
    pub code: Code,
    pub scope: u32,
    /// How its general duty lies to the limits that conditions hold it against: [`Kinds`].
    pub kind: u32,
    pub general: ColumnDuty,
    pub other: ColumnDuty,
    pub line: Option<&'l ScheduleLine>,
}

/// A duty of a column, in the form in which it is quickest computed.
#[derive(Clone, Debug)]
pub(crate) enum ColumnDuty {
    Share(Share),
    Specific(Box<Specific>),
    /// It needs the long way.
    Intricate,
}

/// A sum of shares of the value and of amounts a unit.
#[derive(Clone, Debug)]
pub(crate) struct Specific {
    pub shares: Vec<Share>,
    pub per_unit: Vec<PerUnit>,
}

/// So many cents a unit.
#[derive(Clone, Debug)]
pub(crate) struct PerUnit {
    pub unit: Unit,
    /// Cents per unit, as a fraction.
    pub numerator: i128,
    pub denominator: i128,
    /// Units that are free.
    pub above: i128,
    /// Whether only whole units count (19 CFR 159.3(b)).
    pub whole: bool,
    /// How many of `unit` one of the code's reporting units is, by position.
    pub factors: Vec<Option<Exact>>,
    /// What is said when the quantity is missing.
    pub missing: String,
}

/// Kinds of codes that no condition on a column tells apart.
pub(crate) struct Kinds;

impl Kinds {
    /// How many kinds there may be: below, at and above each limit in turn, or no plain share.
    pub fn most(side: &Side<'_>) -> usize {
        2 + 2 * side.limits.len()
    }

    /// The kind of a general duty; 0 is one that is no plain share of the value, or not known.
    pub fn of(side: &Side<'_>, general: Option<Exact>) -> u32 {
        general.map_or(0, |rate| {
            1 + side.limits.iter().map(|(limit, _)| Kinds::step(rate.cmp(limit))).sum::<u32>()
        })
    }

    /// The kind of a specific duty of one line by its exact amount, in cents as a fraction, and by the
    /// rounded amount; `None` when the two lie differently to a limit.
    fn of_amount(side: &Side<'_>, value: i64, exact: Fraction, cents: i64) -> Option<u32> {
        let mut kind = 1;
        for (limit, _) in &side.limits {
            let (n, d) = (*limit.numer(), *limit.denom());
            let share = n.checked_mul(i128::from(value))?;
            let left = exact.numerator.checked_mul(d)?;
            let by_exact = left.cmp(&share.checked_mul(exact.denominator)?);
            if by_exact != i128::from(cents).checked_mul(d)?.cmp(&share) {
                return None;
            }
            kind += Kinds::step(by_exact);
        }
        Some(kind)
    }

    /// Limits stand in order, so the steps over all of them tell where a rate lies.
    pub fn step(order: std::cmp::Ordering) -> u32 {
        match order {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => 1,
            std::cmp::Ordering::Greater => 2,
        }
    }
}

impl<'l> CodeFacts<'l> {
    /// The facts of a code that means one thing, as far as duties go; `None` where more must be asked.
    pub fn of(side: &Side<'l>, meaning: &Meaning<'l>) -> Option<CodeFacts<'l>> {
        let [first, rest @ ..] = meaning.goods.as_slice() else { return None };
        let alike = |goods: &crate::resolve::MeantGoods<'l>| {
            let line = |line: Option<&'l ScheduleLine>| line.map(std::ptr::from_ref);
            goods.scope == first.scope
                && line(goods.line) == line(first.line)
                && goods.units == first.units
        };
        // Suffixes that nothing tells apart are one, as long as each of them would be tried.
        let few = meaning.goods.len() <= limits::COMPARED_MAX;
        if !meaning.notes.is_empty() || !few || !rest.iter().all(alike) || first.code.is_special() {
            return None;
        }
        let general = first.line.and_then(|l| l.general());
        let plain = match general {
            Some(RateText::Duty(duty)) => duty.as_ad_valorem(),
            _ => None,
        };
        let duty = |text| column_duty(side, first.code, &first.units, text);
        Some(CodeFacts {
            code: first.code,
            scope: first.scope,
            kind: Kinds::of(side, plain),
            general: duty(general),
            other: duty(first.line.and_then(|l| l.other())),
            line: first.line,
        })
    }
}

fn column_duty(side: &Side<'_>, code: Code, units: &[Unit], text: Option<&RateText>) -> ColumnDuty {
    let Some(RateText::Duty(duty)) = text else { return ColumnDuty::Intricate };
    if let Some(share) = duty.as_ad_valorem().and_then(Share::of) {
        return ColumnDuty::Share(share);
    }
    let DutyExpression::Sum(terms) = duty else { return ColumnDuty::Intricate };
    let mut specific = Specific { shares: Vec::new(), per_unit: Vec::new() };
    let fractional = side.territory.fractional_goods.iter().any(|g| g.covers(code));
    for term in terms {
        match &term.per {
            Per::Value(Part::Article) => match Share::of(term.rate) {
                Some(share) => specific.shares.push(share),
                None => return ColumnDuty::Intricate,
            },
            Per::Value(Part::Named(_)) => return ColumnDuty::Intricate,
            Per::Unit { unit, of, above } => {
                let a_unit = term.rate / of;
                let cents = a_unit * 100;
                if !above.is_integer() {
                    return ColumnDuty::Intricate;
                }
                let limit = side.territory.whole_quantity_up_to;
                specific.per_unit.push(PerUnit {
                    unit: unit.clone(),
                    numerator: *cents.numer(),
                    denominator: *cents.denom(),
                    above: above.to_integer(),
                    whole: limit.is_some_and(|limit| a_unit <= limit) && !fractional,
                    factors: units.iter().map(|own| own.to(unit)).collect(),
                    missing: format!("quantity in {unit}"),
                });
            }
        }
    }
    ColumnDuty::Specific(Box::new(specific))
}

/// A quantity of a line: millionths, and the unit where one is stated.
pub(crate) type Stated<'a> = (i64, Option<&'a Unit>);

impl Specific {
    /// The duty on the whole value in cents and, when a quantity is missing, what is said of it.
    /// `None` when the amount does not fit this short way.
    pub fn cents<'a>(
        &self,
        value: i64,
        quantities: impl Iterator<Item = Stated<'a>> + Clone,
    ) -> Option<(i64, Option<&str>)> {
        let (total, missing) = self.exact(value, quantities)?;
        Some((total.rounded()?, missing))
    }

    /// The kind of a line with this duty; 0 when its quantity is missing.
    pub fn kind<'a>(
        &self,
        side: &Side<'_>,
        value: i64,
        quantities: impl Iterator<Item = Stated<'a>> + Clone,
    ) -> Option<u32> {
        match self.exact(value, quantities)? {
            (_, Some(_)) => Some(0),
            (total, None) => Kinds::of_amount(side, value, total, total.rounded()?),
        }
    }

    fn exact<'a>(
        &self,
        value: i64,
        quantities: impl Iterator<Item = Stated<'a>> + Clone,
    ) -> Option<(Fraction, Option<&str>)> {
        let mut total = Fraction { numerator: 0, denominator: 1 };
        for share in &self.shares {
            let numerator = i128::from(share.numerator) * i128::from(value);
            total = total.plus(numerator, i128::from(share.denominator))?;
        }
        let mut missing = None;
        for term in &self.per_unit {
            let counted = quantities.clone().enumerate().find_map(|(at, (millionths, unit))| {
                let factor = match unit {
                    None => term.factors.get(at).copied().flatten()?,
                    Some(unit) => unit.to(&term.unit)?,
                };
                Some((millionths, factor))
            });
            let Some((millionths, factor)) = counted else {
                missing = missing.or(Some(term.missing.as_str()));
                continue;
            };
            let numerator = i128::from(millionths).checked_mul(*factor.numer())?;
            let denominator = factor.denom().checked_mul(1_000_000)?;
            let (counted, denominator) = if term.whole {
                (numerator.checked_mul(2)?.checked_add(denominator)? / (2 * denominator), 1)
            } else {
                (numerator, denominator)
            };
            let counted = (counted - term.above.checked_mul(denominator)?).max(0);
            let numerator = term.numerator.checked_mul(counted)?;
            total = total.plus(numerator, term.denominator.checked_mul(denominator)?)?;
        }
        Some((total, missing))
    }
}

/// A fraction that is not brought to its lowest terms.
#[derive(Clone, Copy)]
struct Fraction {
    numerator: i128,
    denominator: i128,
}

impl Fraction {
    /// To the nearest whole number, a half up.
    fn rounded(self) -> Option<i64> {
        let doubled = self.numerator.checked_mul(2)?.checked_add(self.denominator)?;
        i64::try_from(doubled / self.denominator.checked_mul(2)?).ok()
    }

    fn plus(self, numerator: i128, denominator: i128) -> Option<Fraction> {
        if self.denominator == denominator {
            return Some(Fraction {
                numerator: self.numerator.checked_add(numerator)?,
                denominator,
            });
        }
        Some(Fraction {
            numerator: self
                .numerator
                .checked_mul(denominator)?
                .checked_add(numerator.checked_mul(self.denominator)?)?,
            denominator: self.denominator.checked_mul(denominator)?,
        })
    }
}
