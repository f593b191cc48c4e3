//! Plans: what a cell makes of a kind of line, worked out once.
//!
//! Lines of one kind stand in one cell, have codes of one kind, and state the same as far as the tests
//! of the cell can see. The first of them is answered the long way, and the way is kept as formulas on
//! value, contents and quantities. A plan says for which values it holds; other lines go the long way.

use std::sync::Arc;

use ledger::Status;

use crate::answer::{Answer, Traced};
use crate::codes::{CodeFacts, ColumnDuty};
use crate::lines::{ABSENT, Lines};
use crate::open::Open;
use crate::run::{Column, Form, Formula, TracedPart};

/// What is computed for a kind of line.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct Plan {
    pub parts: Vec<PlannedPart>,
    pub least_value: i64,
    pub below_value: i64,
    pub status: Status,
    pub has_duty: bool,
    pub has_max: bool,
    /// Place of the list of headings.
    pub headings: u32,
    pub needs: Arc<[String]>,
    /// What else such lines may come to.
    pub open: Option<Box<Open>>,
}

#[derive(Clone, Debug, PartialEq, Hash)]
pub(crate) struct PlannedPart {
    /// Place among the program columns of the output.
    pub column: usize,
    pub formula: Formula,
    pub basis: Form,
    pub stand_in: bool,
    pub incomplete: bool,
    pub unbounded: bool,
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
        let planned = |part: TracedPart| {
            Some(PlannedPart {
                column: column(part.program)?,
                formula: part.formula,
                basis: part.basis,
                stand_in: part.stand_in,
                incomplete: part.unknown,
                unbounded: part.unbounded,
            })
        };
        let runs: Vec<Vec<PlannedPart>> = traced
            .runs
            .into_iter()
            .map(|parts| parts.into_iter().map(planned).collect())
            .collect::<Option<_>>()?;
        let parts = runs.first()?.clone();
        let open = match traced.settled {
            true => None,
            false => Some(Box::new(Open::of(runs, traced.points, traced.missing)?)),
        };
        Some(Plan {
            parts,
            least_value: traced.reach.least_value,
            below_value: traced.reach.below_value,
            status: answer.status,
            has_duty: answer.duty_cents.is_some(),
            has_max: answer.duty_max_cents.is_some(),
            headings,
            needs: answer.needs.clone().into(),
            open,
        })
    }

    /// Whether the plan holds for a value.
    pub fn holds(&self, value: i64) -> bool {
        self.least_value <= value && value < self.below_value
    }

    /// What the plan gives for a line, or `None` when the line must go the long way.
    pub fn run(&self, line: &PlannedLine<'_, '_>, outcome: &mut Outcome) -> Option<()> {
        outcome.run(&self.parts, line)?;
        // Two facts at once are put together the long way.
        let alone = self.needs.is_empty() && self.open.is_none();
        (outcome.missing.is_none() || alone).then_some(())
    }
}

/// A line that a plan is run for, in whole values.
pub(crate) struct PlannedLine<'c, 'l> {
    pub code: &'c CodeFacts<'l>,
    pub lines: &'c Lines,
    pub at: usize,
    pub value: i64,
}

impl Outcome {
    /// What parts come to, or `None` when the line must go the long way.
    pub fn run(&mut self, parts: &[PlannedPart], line: &PlannedLine<'_, '_>) -> Option<()> {
        self.sum = 0;
        self.least = 0;
        self.amounts.clear();
        self.missing = None;
        for part in parts {
            let basis = line.basis(&part.basis)?;
            let mut incomplete = part.incomplete;
            let amount = match &part.formula {
                Formula::Share(share) => share.cents(basis),
                Formula::Column(column) => {
                    let duty = match column {
                        Column::General => &line.code.general,
                        Column::Other => &line.code.other,
                    };
                    match duty {
                        ColumnDuty::Share(share) => share.cents(basis),
                        ColumnDuty::Specific(specific) => {
                            let quantities = line.lines.quantities_at(line.at);
                            let (cents, missing) = specific.cents(line.value, quantities)?;
                            if let Some(missing) = missing {
                                if self.missing.is_some() {
                                    return None;
                                }
                                self.missing = Some(missing.to_owned());
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
                        .map(|place| self.amounts.get(*place).map(|part| part.within(basis)))
                        .sum::<Option<i64>>()?;
                    (share.cents(basis) - absorbed).max(0)
                }
            };
            self.amounts.push(Amount { cents: amount, basis, incomplete });
            self.sum += amount;
            self.least += if part.stand_in { 0 } else { amount };
        }
        Some(())
    }
}

impl PlannedLine<'_, '_> {
    fn basis(&self, form: &Form) -> Option<i64> {
        let mut basis = i64::from(form.value).checked_mul(self.value)?;
        for (part, count) in &form.contents {
            let (_, column) = self.lines.contents.iter().find(|(name, _)| name == part)?;
            let content = column[self.at];
            // A part is worth at most the whole.
            if content == ABSENT || content > self.value {
                return None;
            }
            basis += i64::from(*count) * content;
        }
        Some(basis.max(0))
    }
}
