//! Printed rate texts against the rate of a measure.

use ledger::{Basis, Rate};
use nomenclature::rate::{RateText, SpecialRate};
use oracle::{Stand, Standing};
use tariff::{DutyExpression, Exact, Part, Per, exact_decimal};

use super::heading::Cell;

/// What a measure does to the duty, as a rate text can say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Duty {
    Nothing,
    /// This share on top of the duty of the subheading.
    Adds(Exact),
    /// This share in its place.
    InLieu(Exact),
    /// A specific duty, a rate by row, or one that is not known: not compared.
    Other,
}

impl Duty {
    /// Of a measure; `replaces`: it is in lieu of the duty of the subheading.
    pub fn of(stand: &Stand<'_>, replaces: bool) -> Duty {
        let rate = match stand.standing {
            Standing::Suspended { leaving: Some(rate), .. } => Some(rate),
            _ => stand.rate,
        };
        match rate {
            Some(Rate::Duty { duty, .. }) => match duty.as_ad_valorem() {
                Some(share) if share == Exact::ZERO && !replaces => Duty::Nothing,
                Some(share) if replaces => Duty::InLieu(share),
                Some(share) => Duty::Adds(share),
                None => Duty::Other,
            },
            Some(Rate::Total(share)) => Duty::InLieu(*share),
            _ => Duty::Other,
        }
    }

    /// In the words of rate texts.
    pub fn print(&self) -> String {
        let percent = |share: &Exact| format!("{}%", exact_decimal(*share * 100));
        match self {
            Duty::Nothing => "nothing on top".to_owned(),
            Duty::Adds(share) => format!("+ {}", percent(share)),
            Duty::InLieu(share) => format!("{} in place of column 1", percent(share)),
            Duty::Other => "no single rate".to_owned(),
        }
    }

    /// What a rate text says; `None` where it is none of these.
    fn printed(rate: &RateText) -> Option<(Duty, Option<&str>)> {
        match rate {
            RateText::NoChange | RateText::Applicable { plus: None } => Some((Duty::Nothing, None)),
            RateText::Duty(DutyExpression::Free) => Some((Duty::Nothing, None)),
            RateText::Applicable { plus: Some(duty) } => match share_of(duty)? {
                // `+ 0%` is printed for an action without a duty yet.
                (share, _) if share == Exact::ZERO => Some((Duty::Nothing, None)),
                (share, part) => Some((Duty::Adds(share), part)),
            },
            RateText::Duty(duty) => {
                let (share, part) = share_of(duty)?;
                Some((Duty::InLieu(share), part))
            }
            RateText::Needs(_) => None,
        }
    }

    /// The same duty on top, where the measure stands for a part of the goods' value (chapter 98).
    pub fn on_top(self) -> Duty {
        match self {
            Duty::InLieu(share) => Duty::Adds(share),
            other => other,
        }
    }

    /// Whether one of the special rates says the same, for the preferences that a measure asks for.
    pub fn is_printed_for(&self, special: &[SpecialRate]) -> bool {
        special.iter().any(|part| Duty::printed(&part.rate).is_some_and(|(duty, _)| duty == *self))
    }

    /// Whether a cell says the same; a blank cell says that nothing is added.
    pub fn is_printed_in(&self, cell: &Cell, basis: Option<&Basis>) -> bool {
        match cell {
            Cell::Blank => matches!(self, Duty::Nothing | Duty::Other),
            Cell::Unreadable(_) => true,
            Cell::Rate(rate) => match Duty::printed(rate) {
                _ if *self == Duty::Other => true,
                Some((printed, part)) => {
                    let on_part = basis.is_some_and(|basis| *basis != Basis::Value);
                    let same =
                        printed == *self || on_part && part.is_none() && printed.on_top() == *self;
                    same && part.is_none_or(|part| is_on(part, basis))
                }
                None => false,
            },
        }
    }

    /// Whether a cell charges anything on top or in place of the subheading's duty.
    pub fn is_charged_in(cell: &Cell) -> bool {
        match cell {
            Cell::Rate(rate) => Duty::printed(rate).is_some_and(|(duty, _)| duty != Duty::Nothing),
            _ => false,
        }
    }

    /// What the special column says against it: a rate of its own, or that a preference relieves.
    pub fn against_special(&self, special: &[SpecialRate]) -> Option<Special> {
        let mut relieved = false;
        for part in special {
            match Duty::printed(&part.rate) {
                Some((Duty::Nothing, _)) if *self != Duty::Nothing => relieved = true,
                Some((printed, _)) if printed != *self => return Some(Special::Other),
                _ => {}
            }
        }
        relieved.then_some(Special::Relieved)
    }
}

/// How the special column departs from the general one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    Relieved,
    Other,
}

fn share_of(duty: &DutyExpression) -> Option<(Exact, Option<&str>)> {
    match duty {
        DutyExpression::Sum(terms) => match terms.as_slice() {
            [term] => match &term.per {
                Per::Value(Part::Article) => Some((term.rate, None)),
                Per::Value(Part::Named(part)) => Some((term.rate, Some(part))),
                Per::Unit { .. } => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// Whether a part named in a rate text is the basis: `steel content`, `non-U.S. content`.
fn is_on(part: &str, basis: Option<&Basis>) -> bool {
    let part = part.to_lowercase();
    match basis {
        Some(Basis::Content(content)) => part.contains(content.as_str()),
        Some(Basis::ValueLessContent(content)) => {
            part.starts_with("non") && part.replace('.', "").contains(content.as_str())
        }
        Some(Basis::Value) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tariff::percent;

    fn says(text: &str) -> String {
        match Cell::read(text) {
            Cell::Blank => "blank".to_owned(),
            Cell::Unreadable(error) => error,
            Cell::Rate(rate) => match Duty::printed(&rate) {
                None => "no single rate".to_owned(),
                Some((duty, None)) => duty.print(),
                Some((duty, Some(part))) => format!("{} of {part}", duty.print()),
            },
        }
    }

    #[test]
    fn rate_texts_of_headings_are_read() {
        for (text, wanted) in [
            ("The duty provided in the applicable subheading + 25%", "+ 25%"),
            ("The duty provided in the applicable subheading plus 7.5%", "+ 7.5%"),
            ("The duty provided in the applicable subheading +10%", "+ 10%"),
            ("The duty provided in the applicable subheading + 50%.", "+ 50%"),
            ("The duty provided in the applicable subheading + 0%", "nothing on top"),
            ("The duty provided in the applicable subheading", "nothing on top"),
            ("No Change", "nothing on top"),
            ("No change.", "nothing on top"),
            ("Free", "nothing on top"),
            ("15%", "15% in place of column 1"),
            (
                "The duty provided in subheadings 8716.39.00, 8716.90.30 or 8716.90.50 + 100%",
                "+ 100%",
            ),
            (
                "The duty provided in the applicable subheading + a duty of 50% upon the value of the \
                 copper content",
                "+ 50% of copper content",
            ),
            (
                "The duty provided in the applicable subheading + a duty of 25% upon the value of the \
                 non-U.S. content",
                "+ 25% of non-U.S. content",
            ),
            ("2.5¢/kg", "no single rate"),
            ("   ", "blank"),
        ] {
            assert_eq!(says(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_rate_on_a_part_asks_for_that_basis() {
        let steel = Basis::Content("steel".to_owned());
        let rest = Basis::ValueLessContent("us".to_owned());
        let cell = |part: &str| {
            let lead =
                "The duty provided in the applicable subheading + a duty of 25% upon the value of";
            Cell::read(&format!("{lead} the {part}"))
        };
        let duty = Duty::Adds(percent("25").unwrap());
        assert!(duty.is_printed_in(&cell("steel content"), Some(&steel)));
        assert!(!duty.is_printed_in(&cell("aluminum content"), Some(&steel)));
        assert!(!duty.is_printed_in(&cell("steel content"), None));
        assert!(duty.is_printed_in(&cell("non-U.S. content"), Some(&rest)));
    }
}
