//! One answer beside the other.

use engine::{Answer, Assessor, Lines};
use ledger::{Known, Ledger, Line, Readings};
use oracle::Assessment;

/// All that both engines say of a line, as text.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    status: &'static str,
    value: i64,
    duty: Option<i64>,
    min: Option<i64>,
    max: Option<i64>,
    components: Vec<String>,
    needs: Vec<String>,
    warnings: Vec<String>,
}

pub fn by_oracle(ledger: &Ledger, answer: &Assessment) -> Said {
    let program = |id: &str| ledger.programs.iter().position(|p| p.id == id);
    Said {
        status: answer.status.name(),
        value: answer.value.0,
        duty: answer.duty.map(|c| c.0),
        min: answer.duty_min.map(|c| c.0),
        max: answer.duty_max.map(|c| c.0),
        components: answer
            .components
            .iter()
            .map(|c| {
                let heading = c.heading.map(|h| h.to_string());
                let program = program(&c.program);
                format!("{program:?} {} {heading:?} {} {}", c.measure, c.amount.0, c.incomplete)
            })
            .collect(),
        needs: answer.needs.iter().map(|n| n.fact.clone()).collect(),
        warnings: answer.warnings.clone(),
    }
}

pub fn by_engine(answer: &Answer) -> Said {
    Said {
        status: answer.status.name(),
        value: answer.value_cents,
        duty: answer.duty_cents,
        min: answer.duty_min_cents,
        max: answer.duty_max_cents,
        components: answer
            .components
            .iter()
            .map(|c| {
                let heading = c.heading.map(|h| h.to_string());
                let program = Some(c.program);
                format!("{program:?} {} {heading:?} {} {}", c.measure, c.amount_cents, c.incomplete)
            })
            .collect(),
        needs: answer.needs.clone(),
        warnings: answer.warnings.clone(),
    }
}

/// Both engines on these lines; the first difference in full. Counts the lines that have an answer.
pub fn differ(
    ledger: &Ledger,
    assessor: &mut Assessor<'_, '_>,
    lines: &[Line],
    known: Known,
    readings: &Readings,
    answered: &mut usize,
) -> Option<String> {
    let mut columns = Lines::default();
    for line in lines {
        columns.push(ledger, line).expect("a line that stands in columns");
    }
    lines.iter().enumerate().find_map(|(at, line)| {
        let slow = by_oracle(ledger, &oracle::assess(ledger, line, known, readings));
        *answered += usize::from(slow.min.is_some());
        let fast = by_engine(&assessor.answer(&columns, at));
        (slow != fast)
            .then(|| format!("{line:#?}\nknown {known:?}\noracle {slow:#?}\nengine {fast:#?}"))
    })
}
