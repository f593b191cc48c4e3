use std::fmt;

use crate::{Exact, Unit, exact_decimal};

/// How a duty is computed, as the tariff states it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DutyExpression {
    /// Nothing is due. Kept apart from a rate of 0%: the heading is reported.
    Free,
    /// All terms together: `4.4¢/kg + 6%`.
    Sum(Vec<Term>),
    /// Raw sugar by its polarisation: `base` less `step` for each degree under `full`, at least
    /// `floor` (dollars per unit; fractions of a degree count in proportion).
    PerDegree { base: Exact, step: Exact, full: Exact, floor: Exact, unit: Unit },
}

/// One term of a duty.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Term {
    /// A fraction of the value (`1/40` for 2.5%), or dollars per [`Per::Unit`].
    pub rate: Exact,
    pub per: Per,
}

/// What a rate is applied to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Per {
    /// The value of the article or of a part of it.
    Value(Part),
    /// So many units (`of` one thousand, say), those `above` a free number.
    Unit { unit: Unit, of: Exact, above: Exact },
}

/// The article, or a named part whose value the filer must state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    Article,
    /// `case`, `battery`, `lead content` …
    Named(String),
}

impl DutyExpression {
    /// A plain ad valorem duty on the value of the article.
    pub fn ad_valorem(rate: Exact) -> DutyExpression {
        DutyExpression::Sum(vec![Term { rate, per: Per::Value(Part::Article) }])
    }

    /// The rate, when the duty is ad valorem on the article and nothing else (`Free` is 0).
    pub fn as_ad_valorem(&self) -> Option<Exact> {
        match self {
            DutyExpression::Free => Some(Exact::ZERO),
            DutyExpression::Sum(terms) => match terms.as_slice() {
                [Term { rate, per: Per::Value(Part::Article) }] => Some(*rate),
                _ => None,
            },
            DutyExpression::PerDegree { .. } => None,
        }
    }
}

impl fmt::Display for DutyExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            DutyExpression::Free => "Free".to_owned(),
            DutyExpression::Sum(terms) => {
                terms.iter().map(Term::to_string).collect::<Vec<_>>().join(" + ")
            }
            DutyExpression::PerDegree { base, step, full, floor, unit } => format!(
                "{}/{unit} less {}/{unit} for each degree under {} degrees, not less than {}/{unit}",
                money(*base),
                money(*step),
                exact_decimal(*full),
                money(*floor),
            ),
        };
        f.pad(&text)
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.per {
            Per::Value(Part::Article) => write!(f, "{}%", exact_decimal(self.rate * 100)),
            Per::Value(Part::Named(part)) => {
                write!(f, "{}% on the {part}", exact_decimal(self.rate * 100))
            }
            Per::Unit { unit, of, above } => {
                let rate = money(self.rate);
                if *of == Exact::ONE {
                    write!(f, "{rate}/{unit}")?;
                } else {
                    write!(f, "{rate}/{} {unit}", exact_decimal(*of))?;
                }
                if *above > Exact::ZERO {
                    write!(f, " over {}", exact_decimal(*above))?;
                }
                Ok(())
            }
        }
    }
}

/// Cents below a dollar, dollars above: `4.4¢`, `$1.034`.
fn money(dollars: Exact) -> String {
    if dollars < Exact::ONE {
        format!("{}¢", exact_decimal(dollars * 100))
    } else {
        format!("${}", exact_decimal(dollars))
    }
}
