//! `truce duty --check`: the fast engine's answer held against the oracle's.

use engine::{Answer, Assessor, Lines};
use ledger::Line;
use oracle::Assessment;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::law_compile::compiled;
use crate::question::Question;

/// What the fast engine says of a line, beside the oracle's answer.
pub struct Check {
    /// What differs: the field, the oracle's, the engine's.
    pub differences: Vec<(&'static str, String, String)>,
}

/// Compiles the ledger and assesses the line with it.
pub fn check(question: &Question, line: &Line, slow: &Assessment) -> Result<Check, Failure> {
    let regime = compiled(question, question.known)?;
    let mut lines = Lines::default();
    lines.push(&question.ledger, line).map_err(|e| Failure::new(e, "--check", ""))?;
    let fast = Assessor::new(&regime).answer(&lines, 0);
    Ok(Check { differences: differences(slow, &fast) })
}

fn differences(slow: &Assessment, fast: &Answer) -> Vec<(&'static str, String, String)> {
    let cents =
        |cents: Option<i64>| cents.map_or("none".to_owned(), |c| tariff::Cents(c).to_string());
    let slow_cents = |amount: Option<tariff::Cents>| cents(amount.map(|c| c.0));
    let slow_parts: Vec<String> =
        slow.components.iter().map(|c| format!("{} {}", c.measure, c.amount)).collect();
    let fast_parts: Vec<String> = fast
        .components
        .iter()
        .map(|c| format!("{} {}", c.measure, tariff::Cents(c.amount_cents)))
        .collect();
    let needs: Vec<&str> = slow.needs.iter().map(|n| n.fact.as_str()).collect();
    [
        ("status", slow.status.name().to_owned(), fast.status.name().to_owned()),
        ("duty", slow_cents(slow.duty), cents(fast.duty_cents)),
        ("duty_min", slow_cents(slow.duty_min), cents(fast.duty_min_cents)),
        ("duty_max", slow_cents(slow.duty_max), cents(fast.duty_max_cents)),
        ("components", slow_parts.join(", "), fast_parts.join(", ")),
        ("needs", needs.join(", "), fast.needs.join(", ")),
        ("warnings", slow.warnings.join(", "), fast.warnings.join(", ")),
    ]
    .into_iter()
    .filter(|(_, slow, fast)| slow != fast)
    .collect()
}

impl Check {
    pub fn text(&self) -> String {
        if self.differences.is_empty() {
            return "\ncheck: the fast engine gives the same, to the cent\n".to_owned();
        }
        let mut out = "\ncheck: the engines DIFFER; please report this line\n".to_owned();
        for (field, slow, fast) in &self.differences {
            out.push_str(&format!("  {field}: oracle {slow}; engine {fast}\n"));
        }
        out
    }

    pub fn json(&self) -> Value {
        let differences: Vec<Value> = self
            .differences
            .iter()
            .map(|(field, slow, fast)| json!({"field": field, "oracle": slow, "engine": fast}))
            .collect();
        json!({"agrees": differences.is_empty(), "differences": differences})
    }
}
