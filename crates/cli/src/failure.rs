use std::fmt;

use serde_json::json;

/// Why a command cannot do what was asked: what is wrong, where, and what would be right.
#[derive(Debug)]
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

    /// As `{"error": {…}}`.
    pub fn json(&self) -> serde_json::Value {
        json!({"error": {"message": self.message, "where": self.place, "help": self.help}})
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        if !self.place.is_empty() {
            write!(f, "\n  at: {}", self.place)?;
        }
        if !self.help.is_empty() {
            write!(f, "\n  help: {}", self.help)?;
        }
        Ok(())
    }
}
