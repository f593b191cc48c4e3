//! Columns of duties: what the engine gives back.

use ledger::Status;

use crate::lines::ABSENT;

/// Which columns to fill; the others stay empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// A column of duty for each program of the regime.
    pub programs: bool,
    /// The least and the most that a line may owe.
    pub range: bool,
    /// Headings and remarks.
    pub words: bool,
}

impl Wanted {
    pub const ALL: Wanted = Wanted { programs: true, range: true, words: true };
    /// Duty and status alone.
    pub const TOTAL: Wanted = Wanted { programs: false, range: false, words: false };
}

/// The duties of a batch, line by line as in its [`Lines`](crate::Lines). Money is in cents, and
/// [`ABSENT`] where there is none to give.
#[derive(Clone, Debug, Default)]
pub struct Assessed {
    /// The value as customs counts it.
    pub value: Vec<i64>,
    pub duty: Vec<i64>,
    pub duty_min: Vec<i64>,
    /// [`ABSENT`] is without bound, or no answer.
    pub duty_max: Vec<i64>,
    /// One column for each of `Regime::programs`, in its order.
    pub programs: Vec<Vec<i64>>,
    pub status: Vec<Status>,
    /// Look them up with `Assessor::headings`, before the next batch.
    pub headings: Vec<u32>,
    /// Look them up with `Assessor::remark`, before the next batch.
    pub remarks: Vec<u32>,
}

/// What is said of a line besides amounts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Remark {
    /// Facts that are missing; of a line without an answer the reason, by its column.
    pub needs: Vec<String>,
    /// Everything an answer warns of, also what holds for all lines of a day.
    pub warnings: Vec<String>,
    /// The note of an output row: what is missing, and the warnings of this line alone.
    pub note: String,
}

/// Beginnings of warnings that hold for every line of a file; they stand in its summary.
const GENERAL: [&str; 4] = ["not-modelled", "not-assessed", "hypothetical", "beyond-official"];

impl Remark {
    pub(crate) fn of(status: Status, needs: Vec<String>, warnings: Vec<String>) -> Remark {
        let facts = needs.iter().map(|fact| match status {
            Status::NeedsFacts => format!("needs {fact}"),
            _ => fact.clone(),
        });
        let own = warnings.iter().filter(|w| !GENERAL.iter().any(|general| w.starts_with(general)));
        let note = facts.chain(own.cloned()).collect::<Vec<_>>().join("; ");
        Remark { needs, warnings, note }
    }
}

impl Assessed {
    /// Makes room for `count` lines, with `programs` columns. What columns held before stays until their
    /// lines are written, and every line is.
    pub(crate) fn reset(&mut self, count: usize, programs: usize, wanted: Wanted) {
        let room = |wanted: bool| if wanted { count } else { 0 };
        self.value.resize(count, ABSENT);
        self.duty.resize(count, ABSENT);
        self.duty_min.resize(room(wanted.range), ABSENT);
        self.duty_max.resize(room(wanted.range), ABSENT);
        self.programs.resize(if wanted.programs { programs } else { 0 }, Vec::new());
        for column in &mut self.programs {
            column.resize(count, 0);
        }
        self.status.resize(count, Status::Unknown);
        self.headings.resize(room(wanted.words), 0);
        self.remarks.resize(room(wanted.words), 0);
    }
}
