//! What the lines of a run come to.

use std::collections::BTreeMap;

use engine::{ABSENT, Assessed, Regime};
use ledger::Status;
use rustc_hash::FxHashMap;

use crate::entries::Faults;
use crate::entry_fees::FeeTotal;
use crate::output::Batch;
use crate::sum::Sum;
use crate::table::Numbers;

/// What a file came to.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    pub lines: usize,
    pub by_status: BTreeMap<Status, usize>,
    /// Money, for each side that levies: currencies do not add up.
    pub money: BTreeMap<String, Money>,
    /// Lines and duty by program.
    pub by_program: BTreeMap<String, (usize, Sum)>,
    /// Warnings and the number of lines that carry them.
    pub warnings: BTreeMap<String, usize>,
    /// Missing facts and the number of lines that need them.
    pub needs: BTreeMap<String, usize>,
    /// The fees of the ledger, in its order; empty where they were not asked for.
    pub fees: Vec<FeeTotal>,
    /// Rows that cannot be read or resolved: row number, and what is wrong. At most
    /// [`Totals::FAULTS_MAX`] are kept.
    pub faults: Vec<(u64, String)>,
}

/// The money of one side's lines that have an answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Money {
    pub lines: usize,
    pub value: Sum,
    /// Of the lines that have a duty, and how many these are.
    pub duty: Sum,
    pub with_duty: usize,
    pub duty_min: Sum,
    /// Of the lines whose duty has an upper bound; `unbounded` counts the others.
    pub duty_max: Sum,
    pub unbounded: usize,
}

impl Totals {
    pub const FAULTS_MAX: usize = 1000;

    /// Counts a batch that was assessed with everything wanted. Its faults go to `told`, so that they
    /// can be put in the order of the file.
    pub fn add(
        &mut self,
        regime: &Regime<'_>,
        batch: &Batch<'_, '_>,
        numbers: &Numbers,
        told: &mut Vec<(u64, String)>,
    ) {
        let Batch { assessor, assessed, lines, faults } = *batch;
        let ledger = regime.ledger();
        let count = assessed.status.len();
        self.lines += count;
        let mut by_status = [0usize; 4];
        let mut money = vec![Money::default(); ledger.territories.len()];
        let mut remarks: FxHashMap<(u32, Status), usize> = FxHashMap::default();
        let mut bad = faults.iter().peekable();
        for row in 0..count {
            if let Some((_, error)) = bad.next_if(|(at, _)| **at == row) {
                by_status[Status::Invalid as usize] += 1;
                tell(told, numbers.of(row), error.told());
                continue;
            }
            let status = assessed.status[row];
            by_status[status as usize] += 1;
            *remarks.entry((assessed.remarks[row], status)).or_default() += 1;
            match status {
                Status::Exact | Status::NeedsFacts => {
                    money[usize::from(lines.by[row])].add(assessed, row);
                }
                Status::Unknown | Status::Invalid => {
                    for need in &assessor.remark(assessed.remarks[row]).needs {
                        tell(told, numbers.of(row), need.clone());
                    }
                }
            }
        }
        for status in [Status::Exact, Status::NeedsFacts, Status::Unknown, Status::Invalid] {
            if by_status[status as usize] > 0 {
                *self.by_status.entry(status).or_default() += by_status[status as usize];
            }
        }
        for (territory, money) in ledger.territories.iter().zip(money) {
            if money.lines > 0 {
                self.money.entry(territory.id.clone()).or_default().merge(&money);
            }
        }
        self.programs(regime, assessed, faults);
        for ((place, status), lines) in remarks {
            let remark = assessor.remark(place);
            for warning in &remark.warnings {
                *self.warnings.entry(warning.clone()).or_default() += lines;
            }
            if status == Status::NeedsFacts {
                for need in &remark.needs {
                    *self.needs.entry(need.clone()).or_default() += lines;
                }
            }
        }
    }

    fn programs(&mut self, regime: &Regime<'_>, assessed: &Assessed, faults: &Faults) {
        for (column, at) in assessed.programs.iter().zip(regime.programs()) {
            let (mut lines, mut duty) = (0usize, Sum::default());
            for cents in column.iter().filter(|cents| **cents != 0 && **cents != ABSENT) {
                lines += 1;
                duty += *cents;
            }
            for row in faults.keys() {
                if column[*row] != 0 && column[*row] != ABSENT {
                    lines -= 1;
                    duty += -column[*row];
                }
            }
            if lines > 0 {
                let id = &regime.ledger().programs[*at].id;
                let total = self.by_program.entry(id.clone()).or_default();
                total.0 += lines;
                total.1 += duty;
            }
        }
    }

    /// Adds the totals of other lines; the faults come after those held already.
    pub fn merge(&mut self, other: Totals) {
        self.lines += other.lines;
        for (status, lines) in other.by_status {
            *self.by_status.entry(status).or_default() += lines;
        }
        for (by, money) in other.money {
            self.money.entry(by).or_default().merge(&money);
        }
        for (program, (lines, duty)) in other.by_program {
            let total = self.by_program.entry(program).or_default();
            total.0 += lines;
            total.1 += duty;
        }
        for (all, more) in [(&mut self.warnings, other.warnings), (&mut self.needs, other.needs)] {
            for (what, lines) in more {
                *all.entry(what).or_default() += lines;
            }
        }
        if self.fees.len() < other.fees.len() {
            self.fees.resize_with(other.fees.len(), FeeTotal::default);
        }
        for (total, more) in self.fees.iter_mut().zip(&other.fees) {
            total.merge(more);
        }
        for (row, what) in other.faults {
            tell(&mut self.faults, row, what);
        }
    }

    /// Whether every line is exact.
    pub fn all_exact(&self) -> bool {
        self.by_status.keys().all(|status| *status == Status::Exact)
    }
}

fn tell(told: &mut Vec<(u64, String)>, row: u64, what: String) {
    if told.len() < Totals::FAULTS_MAX {
        told.push((row, what));
    }
}

impl Money {
    fn add(&mut self, assessed: &Assessed, row: usize) {
        let stated = |cents: i64| if cents == ABSENT { 0 } else { cents };
        self.lines += 1;
        self.value += assessed.value[row];
        self.duty += stated(assessed.duty[row]);
        self.with_duty += usize::from(assessed.duty[row] != ABSENT);
        self.duty_min += stated(assessed.duty_min[row]);
        self.duty_max += stated(assessed.duty_max[row]);
        self.unbounded += usize::from(assessed.duty_max[row] == ABSENT);
    }

    fn merge(&mut self, other: &Money) {
        self.lines += other.lines;
        self.value += other.value;
        self.duty += other.duty;
        self.with_duty += other.with_duty;
        self.duty_min += other.duty_min;
        self.duty_max += other.duty_max;
        self.unbounded += other.unbounded;
    }
}
