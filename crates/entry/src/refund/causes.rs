//! The causes of the differences of an entry, line by line: the rows of all its lines are seen together
//! where it is told what is rounding.

use ledger::Status;
use tariff::Cents;

use super::answer::{Reference, Settled, Work};
use super::compare::{Compared, Row};
use super::report::{Cause, Variance};
use super::variance::{self, Differing, Term};
use crate::es003::FiledEntry;

impl<R: Reference> Work<'_, '_, R> {
    /// Finds the causes of an entry: of rounding they are found for all lines together.
    pub(super) fn explain(&mut self, filed: &FiledEntry, settled: &mut [Settled]) {
        let bases: Vec<Cents> = settled.iter().map(|s| Cents(s.then.value_cents)).collect();
        let sum: Cents = bases.iter().copied().sum();
        let most = self.asked.refunds.rounding_most;
        let small = |s: &Settled| -> Vec<Cents> {
            if !is_judged(s) || s.compared.total.is_some() {
                return Vec::new();
            }
            let rows = variance::differing(&s.compared);
            let amounts = rows.filter(|(row, _)| variance::of_presence(row).is_none());
            amounts.map(|(_, amount)| size(amount)).filter(|amount| *amount <= most).collect()
        };
        let all_small: Cents = settled.iter().flat_map(small).sum();
        let rounds = all_small <= most;
        let causes = |(at, one): (usize, &Settled)| {
            let line = &filed.lines[one.part.line].line;
            let mut others = bases.clone();
            others.remove(at);
            others.push(sum);
            self.causes(one, line, &others, rounds.then_some(most))
        };
        let found: Vec<Vec<Variance>> = settled.iter().enumerate().map(causes).collect();
        for (one, variance) in settled.iter_mut().zip(found) {
            one.variance = variance;
        }
    }

    fn causes(
        &mut self,
        settled: &Settled,
        line: &str,
        bases: &[Cents],
        rounding: Option<Cents>,
    ) -> Vec<Variance> {
        let Settled { part, then, compared, .. } = settled;
        let whole = |amount: Cents, cause: Cause, why: String| Variance {
            cause,
            line: line.to_owned(),
            heading: None,
            amount,
            why,
        };
        let Some(owed) = then.duty_cents.map(Cents) else {
            let why = then.needs.join("; ");
            return vec![whole(Cents::ZERO, Cause::NeedsFacts, why)];
        };
        let filed = compared.filed();
        let differs = match compared.total {
            Some(total) => total != owed,
            None => variance::differing(compared).next().is_some(),
        };
        if !differs {
            return Vec::new();
        }
        if let Some(why) = unclear(settled) {
            return vec![whole(filed - owed, Cause::NeedsFacts, why)];
        }
        if let Some(total) = compared.total {
            let (cause, why) = of_total(compared, total, owed, rounding);
            return vec![whole(total - owed, cause, why)];
        }
        let mut terms: Option<Vec<Term>> = None;
        let mut found = Vec::new();
        let rows: Vec<(Row, Cents)> =
            variance::differing(compared).map(|(row, amount)| (row.clone(), amount)).collect();
        for (row, amount) in rows {
            let mut differing =
                Differing { row: &row, amount, term: None, rates: Vec::new(), bases };
            if let Some(cause) = variance::of_presence(&row) {
                let why = match cause {
                    Cause::MissingHeading => format!("{} owed, not filed", size(amount).grouped()),
                    _ => format!("{} filed, not owed", size(amount).grouped()),
                };
                found.push(differing.variance(line, cause, why));
                continue;
            }
            if rounding.is_some_and(|most| size(amount) <= most) {
                let why = format!("the entry is within {} in all", rounding.unwrap_or_default());
                found.push(differing.variance(line, Cause::Rounding, why));
                continue;
            }
            let terms = terms.get_or_insert_with(|| self.reference.terms(&part.stated));
            let of_row = |term: &&Term| match term.heading {
                Some(heading) => !row.is_base && heading == row.heading,
                None => row.is_base,
            };
            differing.term = terms.iter().find(of_row);
            differing.rates = match row.is_base {
                true => self.reference.base_rates(&part.stated),
                false => variance::other_rates(self.headings, &row),
            };
            let (cause, why) = differing.of_amount();
            found.push(differing.variance(line, cause, why));
        }
        found
    }
}

fn size(amount: Cents) -> Cents {
    Cents(amount.0.abs())
}

/// Whether a difference of the part would prove an error.
fn is_judged(settled: &Settled) -> bool {
    settled.then.duty_cents.is_some() && unclear(settled).is_none()
}

/// Why a difference proves no error.
fn unclear(settled: &Settled) -> Option<String> {
    let Settled { part, then, compared, .. } = settled;
    if let Some(why) = part.unclear.first() {
        return Some(why.clone());
    }
    if then.status == Status::Exact {
        return None;
    }
    let filed = compared.filed().0;
    let within = then.duty_min_cents.is_none_or(|least| filed >= least)
        && then.duty_max_cents.is_none_or(|most| filed <= most);
    within.then(|| format!("not stated: {}", then.needs.join(", ")))
}

/// A line that states only its duty: a heading that was left out shows, little else.
fn of_total(
    compared: &Compared,
    total: Cents,
    owed: Cents,
    rounding: Option<Cents>,
) -> (Cause, String) {
    let short = owed - total;
    if rounding.is_some_and(|most| size(short) <= most) {
        return (Cause::Rounding, "within what counts as rounding".to_owned());
    }
    let left_out = compared.rows.iter().find(|row| !row.is_base && row.then == Some(short));
    match left_out {
        Some(row) => {
            let why = format!("{} of {} is not in the duty", short.grouped(), row.heading);
            (Cause::MissingHeading, why)
        }
        None => {
            let why =
                format!("{} filed, {} owed; headings not stated", total.grouped(), owed.grouped());
            (Cause::Arithmetic, why)
        }
    }
}
