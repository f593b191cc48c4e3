//! Why a query cannot be answered.

use std::fmt;

use datafusion::error::DataFusionError;

/// What is wrong, where, and what would be right; as the command line says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub message: String,
    pub place: String,
    pub help: String,
}

impl Failure {
    pub fn new(
        message: impl fmt::Display,
        place: impl fmt::Display,
        help: impl fmt::Display,
    ) -> Failure {
        Failure { message: message.to_string(), place: place.to_string(), help: help.to_string() }
    }

    /// As the command line tells it; its options are arguments here.
    pub fn as_told(told: truce::failure::Failure) -> Failure {
        Failure::new(told.message, told.place.trim_start_matches('-'), told.help)
    }

    /// That of a query: one of ours, or what DataFusion says, as it says it.
    pub fn of(error: &DataFusionError) -> Failure {
        if let DataFusionError::External(inner) = error.find_root()
            && let Some(failure) = inner.downcast_ref::<Failure>()
        {
            return failure.clone();
        }
        // One that came over the wire, or through a layer that keeps text alone.
        let text = error.strip_backtrace();
        if let Some(at) = text.find(MARK) {
            let mut parts = text[at + MARK.len()..].split(MARK_BETWEEN);
            let mut part = || parts.next().unwrap_or_default().trim().to_owned();
            let (message, place, help) = (part(), part(), part());
            return Failure { message, place, help };
        }
        Failure::new(text, "the query", "")
    }
}

const MARK: &str = "truce: ";
const MARK_BETWEEN: &str = " | ";

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { message, place, help } = self;
        write!(f, "{MARK}{message}{MARK_BETWEEN}{place}{MARK_BETWEEN}{help}{MARK_BETWEEN}")
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for DataFusionError {
    fn from(failure: Failure) -> DataFusionError {
        DataFusionError::External(Box::new(failure))
    }
}
