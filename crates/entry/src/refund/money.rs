//! What of a line comes back, and what of it is still owed.

use ledger::Status;
use tariff::Cents;

use super::compare::{Compared, Program};
use super::report::{Amounts, Cause, Variance};

/// What the law took away, brought back, and what was filed in error, of a line at two ends.
pub(crate) fn amounts(
    compared: &Compared,
    variance: &[Variance],
    (then, today): (&engine::Answer, &engine::Answer),
) -> Amounts {
    let filed = compared.filed();
    let mut found = Amounts {
        filed,
        owed_then: then.duty_cents.map(Cents),
        owed_then_min: then.duty_min_cents.map(Cents),
        owed_then_max: then.duty_max_cents.map(Cents),
        owed_today: today.duty_cents.map(Cents),
        ..Amounts::default()
    };
    if compared.total.is_some() {
        of_total(compared, variance, &mut found);
        return found;
    }
    let mut law = Cents::ZERO;
    for program in compared.programs() {
        law += fallen(&program);
        found.revived += revived(&program);
        if found_wrong(compared, variance, &program) {
            let Some(owed) = program.then.zip(program.today).map(|(a, b)| a.min(b)) else {
                continue;
            };
            found.underpaid += (owed - program.filed).max(Cents::ZERO);
            if !changed(&program) {
                found.overpaid += (program.filed - owed).max(Cents::ZERO);
            }
        }
    }
    found.revived = found.revived.min(law);
    found.refundable = law - found.revived;
    found
}

/// Whether today's law asks less than the law at entry did, or nothing at all.
fn changed(program: &Program) -> bool {
    program.void || program.then.zip(program.today).is_some_and(|(then, today)| today < then)
}

/// What was filed beyond what is owed today, where the law has changed.
fn fallen(program: &Program) -> Cents {
    if !changed(program) {
        return Cents::ZERO;
    }
    // Of a void duty all comes back, whatever facts are missing.
    let today = program.today.unwrap_or_default();
    (program.filed - today).max(Cents::ZERO)
}

/// What is owed today and was not then.
fn revived(program: &Program) -> Cents {
    let Some((then, today)) = program.then.zip(program.today) else { return Cents::ZERO };
    (today - then.max(program.filed)).max(Cents::ZERO)
}

/// Whether an error was found on a heading of the program; cents of rounding are none.
fn found_wrong(compared: &Compared, variance: &[Variance], program: &Program) -> bool {
    let counts = |v: &&Variance| !matches!(v.cause, Cause::Rounding | Cause::NeedsFacts);
    variance.iter().filter(counts).any(|v| {
        let row = compared.rows.iter().find(|row| Some(row.heading) == v.heading);
        // A total counts the base duty in.
        row.is_some_and(|row| {
            row.program.as_ref() == Some(&program.name) || row.absorbed != Cents::ZERO
        })
    })
}

/// A line that states only its duty.
fn of_total(compared: &Compared, variance: &[Variance], found: &mut Amounts) {
    let Some((then, today)) = found.owed_then.zip(found.owed_today) else { return };
    let changed = (then - today).max(Cents::ZERO);
    found.refundable = (found.filed - today).max(Cents::ZERO).min(changed);
    let counts = |v: &Variance| !matches!(v.cause, Cause::Rounding | Cause::NeedsFacts);
    if variance.iter().any(counts) {
        found.overpaid = (found.filed - then.max(today)).max(Cents::ZERO);
        found.underpaid = (then.min(today) - found.filed).max(Cents::ZERO);
    }
    debug_assert!(compared.total.is_some());
}

/// The worse of two statuses.
pub(crate) fn worse(a: Status, b: Status) -> Status {
    a.max(b)
}

impl Amounts {
    /// Adds a line or an entry.
    pub fn add(&mut self, other: &Amounts) {
        let sum = |a: Option<Cents>, b: Option<Cents>| a.zip(b).map(|(a, b)| a + b);
        self.filed += other.filed;
        self.owed_then = sum(self.owed_then, other.owed_then);
        self.owed_then_min = sum(self.owed_then_min, other.owed_then_min);
        self.owed_then_max = sum(self.owed_then_max, other.owed_then_max);
        self.owed_today = sum(self.owed_today, other.owed_today);
        self.refundable += other.refundable;
        self.revived += other.revived;
        self.overpaid += other.overpaid;
        self.underpaid += other.underpaid;
    }

    /// Nothing filed and nothing owed: where sums begin.
    pub fn nothing() -> Amounts {
        let zero = Some(Cents::ZERO);
        Amounts {
            owed_then: zero,
            owed_then_min: zero,
            owed_then_max: zero,
            owed_today: zero,
            ..Amounts::default()
        }
    }
}
