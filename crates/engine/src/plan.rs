//! Plans: what a cell makes of a kind of line, worked out once.
//!
//! Lines of one kind stand in one cell, have codes of one kind, and state the same as far as the tests
//! of the cell can see. The first of them is answered the long way, and the way is kept as formulas on
//! value, contents and quantities. A plan says for which values it holds; other lines go the long way.

use std::rc::Rc;

use ledger::Status;

use crate::answer::{Answer, Traced};
use crate::codes::{CodeFacts, ColumnDuty};
use crate::lines::{ABSENT, Lines};
use crate::run::{Column, Form, Formula};

/// What is computed for a kind of line.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub parts: Vec<PlannedPart>,
    pub least_value: i64,
    pub below_value: i64,
    pub status: Status,
    pub has_duty: bool,
    pub has_max: bool,
    /// Place of the list of headings.
    pub headings: u32,
    pub needs: Rc<[String]>,
}

#[derive(Clone, Debug)]
pub(crate) struct PlannedPart {
    /// Place among the program columns of the output.
    pub column: usize,
    pub formula: Formula,
    pub basis: Form,
    pub stand_in: bool,
    pub incomplete: bool,
}

/// What came out for one line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    pub sum: i64,
    pub least: i64,
    pub amounts: Vec<Amount>,
    /// A quantity that is missing.
    pub missing: Option<String>,
}

/// What one part came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Amount {
    pub cents: i64,
    basis: i64,
    /// Whether only what is known of it.
    pub incomplete: bool,
}

impl Amount {
    /// What falls on a basis: of an amount on a wider one, its share.
    fn within(self, basis: i64) -> i64 {
        if self.basis > basis {
            let (n, d) = (i128::from(self.cents) * i128::from(basis), i128::from(self.basis));
            return ((2 * n + d) / (2 * d)) as i64;
        }
        self.cents
    }
}

impl Plan {
    /// A plan from the answer of a line and its formulas; `column` gives the place of a program.
    pub fn of(
        answer: &Answer,
        traced: Traced,
        headings: u32,
        column: impl Fn(usize) -> Option<usize>,
    ) -> Option<Plan> {
        let parts: Vec<PlannedPart> = traced
            .parts
            .into_iter()
            .map(|part| {
                Some(PlannedPart {
                    column: column(part.program)?,
                    formula: part.formula,
                    basis: part.basis,
                    stand_in: part.stand_in,
                    incomplete: part.unknown,
                })
            })
            .collect::<Option<_>>()?;
        let bounded = answer.duty_max_cents.is_some();
        Some(Plan {
            parts,
            least_value: traced.reach.least_value,
            below_value: traced.reach.below_value,
            status: answer.status,
            has_duty: answer.duty_cents.is_some(),
            has_max: bounded,
            headings,
            needs: answer.needs.clone().into(),
        })
    }

    /// What the plan gives for a line, or `None` when the line must go the long way.
    pub fn run(
        &self,
        code: &CodeFacts<'_>,
        lines: &Lines,
        at: usize,
        value: i64,
        outcome: &mut Outcome,
    ) -> Option<()> {
        outcome.sum = 0;
        outcome.least = 0;
        outcome.amounts.clear();
        outcome.missing = None;
        for part in &self.parts {
            let basis = self.basis(&part.basis, lines, at, value)?;
            let mut incomplete = part.incomplete;
            let amount = match &part.formula {
                Formula::Share(share) => share.cents(basis),
                Formula::Column(column) => {
                    let duty = match column {
                        Column::General => &code.general,
                        Column::Other => &code.other,
                    };
                    match duty {
                        ColumnDuty::Share(share) => share.cents(basis),
                        ColumnDuty::Specific(specific) => {
                            let (cents, missing) =
                                specific.cents(value, lines.quantities_at(at))?;
                            if let Some(missing) = missing {
                                // Two facts at once are put together the long way.
                                if !self.needs.is_empty() || outcome.missing.is_some() {
                                    return None;
                                }
                                outcome.missing = Some(missing.to_owned());
                                incomplete = true;
                            }
                            cents
                        }
                        ColumnDuty::Intricate => return None,
                    }
                }
                Formula::TopUp { share, absorbs } => {
                    let absorbed: i64 = absorbs
                        .iter()
                        .map(|place| outcome.amounts.get(*place).map(|part| part.within(basis)))
                        .sum::<Option<i64>>()?;
                    (share.cents(basis) - absorbed).max(0)
                }
            };
            outcome.amounts.push(Amount { cents: amount, basis, incomplete });
            outcome.sum += amount;
            outcome.least += if part.stand_in { 0 } else { amount };
        }
        Some(())
    }

    fn basis(&self, form: &Form, lines: &Lines, at: usize, value: i64) -> Option<i64> {
        let mut basis = i64::from(form.value).checked_mul(value)?;
        for (part, count) in &form.contents {
            let (_, column) = lines.contents.iter().find(|(name, _)| name == part)?;
            let content = column[at];
            // A part is worth at most the whole.
            if content == ABSENT || content > value {
                return None;
            }
            basis += i64::from(*count) * content;
        }
        Some(basis.max(0))
    }
}
