//! The columns that an assessment adds to a row, and the totals of a file.

use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;
use ledger::{Ledger, Program, program_of};
use oracle::{Assessment, Status};
use tariff::{Cents, Code};

use crate::row::RowError;

/// Which programs get a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Programs {
    /// Every program of the ledger that levies for a territory in the file.
    #[default]
    All,
    /// Those that some line owes.
    Met,
    None,
}

/// The layout of an output file.
#[derive(Clone, Debug)]
pub struct Output {
    programs: Vec<(String, String)>,
}

impl Output {
    /// The program columns for lines levied by `territories`, those in `met` only when given.
    pub fn new(
        ledger: &Ledger,
        territories: &BTreeSet<String>,
        met: Option<&BTreeSet<String>>,
    ) -> Output {
        let held: BTreeSet<&str> = ledger.measures().map(|(id, _)| program_of(id)).collect();
        let levied =
            |p: &&Program| p.levies && territories.contains(&p.by) && held.contains(p.id.as_str());
        let programs = ledger
            .programs
            .iter()
            .filter(levied)
            .filter(|p| met.is_none_or(|met| met.contains(&p.id)))
            .map(|p| (p.id.clone(), format!("duty_{}", p.column())))
            .collect();
        Output { programs }
    }

    /// Without program columns.
    pub fn plain() -> Output {
        Output { programs: Vec::new() }
    }

    /// The names of the added columns.
    pub fn header(&self) -> Vec<String> {
        ["duty", "duty_min", "duty_max"]
            .into_iter()
            .map(str::to_owned)
            .chain(self.programs.iter().map(|(_, column)| column.clone()))
            .chain(["headings", "status", "note"].into_iter().map(str::to_owned))
            .collect()
    }

    /// The cells of an assessed row.
    pub fn cells(&self, answer: &Assessment) -> Vec<String> {
        let amount = |cents: Option<Cents>| cents.map(|c| c.to_string()).unwrap_or_default();
        let answered = matches!(answer.status, Status::Exact | Status::NeedsFacts);
        let mut cells = vec![amount(answer.duty), amount(answer.duty_min), amount(answer.duty_max)];
        for (program, _) in &self.programs {
            let parts: Vec<_> =
                answer.components.iter().filter(|c| c.program == *program).collect();
            let incomplete = parts.iter().any(|c| c.incomplete && c.amount == Cents::ZERO);
            let sum: Cents = parts.iter().map(|c| c.amount).sum();
            cells.push(if !answered || incomplete { String::new() } else { sum.to_string() });
        }
        let mut headings: Vec<String> = Vec::new();
        for heading in answer.components.iter().filter_map(|c| c.heading).filter(Code::is_special) {
            let text = heading.to_string();
            if !headings.contains(&text) {
                headings.push(text);
            }
        }
        cells.push(headings.join(";"));
        cells.push(answer.status.name().to_owned());
        let facts = answer.needs.iter().map(|n| match answer.status {
            Status::NeedsFacts => format!("needs {}", n.fact),
            _ => n.fact.clone(),
        });
        // What holds for every line of a file stands in its summary, not in each row.
        let own = answer.warnings.iter().filter(|w| {
            !["not-modelled", "not-assessed", "hypothetical", "beyond-official"]
                .iter()
                .any(|general| w.starts_with(general))
        });
        cells.push(facts.chain(own.cloned()).collect::<Vec<_>>().join("; "));
        cells
    }

    /// The cells of a row that cannot be read.
    pub fn bad_row(&self, error: &RowError) -> Vec<String> {
        let mut cells = vec![String::new(); 3 + self.programs.len() + 1];
        cells.push(Status::Invalid.name().to_owned());
        cells.push(format!("{}: {} ({})", error.column, error.fault.message, error.fault.help));
        cells
    }
}

/// What a file came to.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    pub lines: usize,
    pub by_status: BTreeMap<Status, usize>,
    /// Money, for each side that levies: currencies do not add up.
    pub money: BTreeMap<String, Money>,
    /// Lines and duty by program.
    pub by_program: BTreeMap<String, (usize, Cents)>,
    /// Warnings and the number of lines that carry them.
    pub warnings: BTreeMap<String, usize>,
    /// Missing facts and the number of lines that need them.
    pub needs: BTreeMap<String, usize>,
    /// Rows that cannot be read or resolved: row number, and what is wrong. At most
    /// [`Totals::FAULTS_MAX`] are kept.
    pub faults: Vec<(u64, String)>,
}

/// The money of one side's lines that have an answer.
#[derive(Clone, Debug, Default)]
pub struct Money {
    pub lines: usize,
    pub value: Cents,
    /// Of the lines that have a duty, and how many these are.
    pub duty: Cents,
    pub with_duty: usize,
    pub duty_min: Cents,
    /// Of the lines whose duty has an upper bound; `unbounded` counts the others.
    pub duty_max: Cents,
    pub unbounded: usize,
}

impl Totals {
    pub const FAULTS_MAX: usize = 1000;

    /// Counts an assessed row of the side `by`.
    pub fn add(&mut self, row: u64, by: &str, answer: &Assessment) {
        self.count(answer.status);
        if matches!(answer.status, Status::Exact | Status::NeedsFacts) {
            let money = self.money.entry(by.to_owned()).or_default();
            money.lines += 1;
            money.value += answer.value;
            money.duty += answer.duty.unwrap_or_default();
            money.with_duty += usize::from(answer.duty.is_some());
            money.duty_min += answer.duty_min.unwrap_or_default();
            money.duty_max += answer.duty_max.unwrap_or_default();
            money.unbounded += usize::from(answer.duty_max.is_none());
        }
        for component in answer.components.iter().filter(|c| c.amount != Cents::ZERO) {
            let (lines, duty) = self.by_program.entry(component.program.clone()).or_default();
            *lines += 1;
            *duty += component.amount;
        }
        for warning in &answer.warnings {
            *self.warnings.entry(warning.clone()).or_default() += 1;
        }
        match answer.status {
            Status::NeedsFacts => {
                for need in &answer.needs {
                    *self.needs.entry(need.fact.clone()).or_default() += 1;
                }
            }
            Status::Unknown | Status::Invalid => {
                for need in &answer.needs {
                    self.fault(row, need.fact.clone());
                }
            }
            Status::Exact => {}
        }
    }

    /// Counts a row that cannot be read.
    pub fn add_bad(&mut self, row: u64, error: &RowError) {
        self.count(Status::Invalid);
        self.fault(row, format!("{}: {}; {}", error.column, error.fault.message, error.fault.help));
    }

    fn count(&mut self, status: Status) {
        self.lines += 1;
        *self.by_status.entry(status).or_default() += 1;
    }

    fn fault(&mut self, row: u64, what: String) {
        if self.faults.len() < Totals::FAULTS_MAX {
            self.faults.push((row, what));
        }
    }

    /// Whether every line is exact.
    pub fn all_exact(&self) -> bool {
        self.by_status.keys().all(|status| *status == Status::Exact)
    }
}

/// A row with its added cells.
pub fn extended(record: &StringRecord, cells: &[String]) -> StringRecord {
    record.iter().chain(cells.iter().map(String::as_str)).collect()
}
