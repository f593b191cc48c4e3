//! What a priced call carries besides its facts.
//!
//! `duty(code, origin, entered, value, known => 'today')` is written anew as
//! `truce_part(truce_assess('{…}', code, origin, entered, value), 'duty')`. The first argument of
//! `truce_assess` is a [`Call`]: with it a plan that travels to another machine says which law it is to
//! be priced with, and calls that differ only in what they want are one expression.

use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::scalar::ScalarValue;
use ledger::Ledger;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use crate::coordinates::Coordinates;
use crate::failure::Failure;

#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq, Hash)]
pub struct Call {
    /// The digest of the law to price with.
    pub ledger: String,
    #[serde(flatten)]
    pub coordinates: Coordinates,
    /// Names of the arguments that follow, in their order.
    pub facts: Vec<String>,
    /// What is wanted of the answers, in the order of [`parts`].
    pub parts: Vec<String>,
    /// Whether a row without an answer ends the query.
    pub strict: bool,
}

/// The types of texts that are answered.
pub const TEXT: DataType = DataType::Utf8View;

const AMOUNTS: [&str; 3] = ["duty", "duty_min", "duty_max"];
const WORDS: [&str; 3] = ["headings", "status", "note"];

/// Everything that can be asked of a line of this ledger, in the order in which it is answered.
pub fn parts(ledger: &Ledger) -> Vec<String> {
    let amounts = AMOUNTS.map(str::to_owned).into_iter();
    let programs = levying(ledger).map(|program| format!("duty_{}", program.column()));
    amounts.chain(programs).chain(WORDS.map(str::to_owned)).collect()
}

/// The programs that have a column of duty.
pub fn levying(ledger: &Ledger) -> impl Iterator<Item = &ledger::Program> {
    let held: std::collections::BTreeSet<&str> =
        ledger.measures().map(|(id, _)| ledger::program_of(id)).collect();
    ledger.programs.iter().filter(move |p| p.levies && !p.note_only && held.contains(&*p.id))
}

/// The column of a part.
pub fn field(part: &str) -> Field {
    let kind = if WORDS.contains(&part) { TEXT } else { entry::MONEY };
    Field::new(part, kind, true)
}

/// What `truce_assess` gives back.
pub fn fields(call: &Call) -> Fields {
    call.parts.iter().map(|part| Arc::new(field(part)) as FieldRef).collect()
}

impl Call {
    /// # Errors
    /// A text that is no call: the function was called by hand.
    pub fn parse(argument: Option<&ScalarValue>) -> Result<Call, Failure> {
        let text = argument.and_then(|value| value.try_as_str().flatten());
        text.and_then(|text| serde_json::from_str(text).ok()).ok_or_else(|| {
            let help = "ask for duty(code, origin, entered, value) and the like";
            Failure::new("this is no call of a priced function", "truce_assess", help)
        })
    }

    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("texts are JSON")
    }

    pub fn wants(&self, part: &str) -> bool {
        self.parts.iter().any(|p| p == part)
    }

    /// Whether some part is the amount of a program.
    pub fn wants_programs(&self) -> bool {
        self.parts.iter().any(|p| p.starts_with("duty_") && !AMOUNTS.contains(&p.as_str()))
    }
}
