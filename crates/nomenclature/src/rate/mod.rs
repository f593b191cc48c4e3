//! Rate texts: what a cell of a duty column says, as data.
//!
//! The grammar stands in `docs/schedule.md`. Reading is a function of the text alone: it knows no
//! code, no column and no date. Every text is a duty that can be computed, a reference to the duty
//! of another line, or one of a closed list of classes that each need one more fact; a text that
//! is none of these is an error with the place where it stops making sense.

mod class;
mod clean;
mod duty;
mod special;

use std::fmt;

use tariff::DutyExpression;
use thiserror::Error;

pub use class::RateClass;
pub use clean::{clean, unmarked};
pub use special::{SpecialRate, normal_special, parse_special};

/// What a cell of the general or the "other" column says, or one part of a special cell.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RateText {
    /// A duty that can be computed from value and quantities.
    Duty(DutyExpression),
    /// The duty of the line the goods are classified in, and perhaps something on top: the form of
    /// most chapter 99 headings.
    Applicable { plus: Option<DutyExpression> },
    /// The column of the line the goods are classified in stays as it is.
    NoChange,
    /// One more fact is needed.
    Needs(RateClass),
}

/// A text that the grammar does not know.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}` cannot be read as a rate: at character {at} {expected} was expected")]
pub struct RateError {
    /// The text without its noise; `at` counts its characters from 1.
    pub text: String,
    pub at: usize,
    /// What would have been right there.
    pub expected: String,
}

/// Reads a cell of the general or the "other" column.
///
/// # Errors
/// When the text is blank or not in the grammar; see [`RateError`].
pub fn parse_rate(text: &str) -> Result<RateText, RateError> {
    parse_clean(&clean(text))
}

/// Reads a text that is without noise.
fn parse_clean(text: &str) -> Result<RateText, RateError> {
    match class::worded(text) {
        Some(class::Worded::Whole(rate)) => Ok(rate),
        Some(class::Worded::ApplicablePlus(at)) => {
            let plus = duty::parse(text, at)?;
            Ok(RateText::Applicable { plus: Some(plus) })
        }
        None => duty::parse(text, 0).map(RateText::Duty),
    }
}

impl RateText {
    /// Whether more is needed than the line, its value and its quantities.
    pub fn is_classified(&self) -> bool {
        matches!(self, RateText::Needs(_))
    }
}

impl fmt::Display for RateText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RateText::Duty(duty) => duty.fmt(f),
            RateText::Applicable { plus: None } => f.pad("the duty of the applicable subheading"),
            RateText::Applicable { plus: Some(plus) } => {
                f.pad(&format!("the duty of the applicable subheading + {plus}"))
            }
            RateText::NoChange => f.pad("no change"),
            RateText::Needs(class) => class.fmt(f),
        }
    }
}
