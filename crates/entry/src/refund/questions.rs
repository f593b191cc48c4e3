//! What hangs on points that nobody has settled: facts that a report does not state, and readings.

use std::collections::{BTreeMap, BTreeSet};

use engine::{Assessed, Assessor, Lines, Regime, Wanted};
use ledger::Ledger;
use tariff::Cents;

use super::answer::{Answered, Settled};
use super::compare::Compared;
use super::headings::Headings;
use super::money;
use super::report::{Question, QuestionKind};

/// What the report would come to under another reading of the law.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Otherwise {
    pub lines: u64,
    pub entries: u64,
    /// More refundable than under the reading taken.
    pub refundable: Cents,
    /// How much owed today changes by, line by line, without sign.
    pub owed: Cents,
}

impl Answered {
    /// The facts that are missing, with the width of the range of the lines that miss them.
    pub fn facts(&self) -> Vec<Question> {
        #[derive(Default)]
        struct Sum {
            lines: u64,
            entries: BTreeSet<usize>,
            cents: i64,
            unbounded: bool,
        }
        let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
        for settled in &self.parts {
            let Settled { part, then, today, .. } = settled;
            let width =
                |answer: &engine::Answer| Some(answer.duty_max_cents? - answer.duty_min_cents?);
            let widths = [width(then), width(today)];
            let mut needs: Vec<&str> = then.needs.iter().map(String::as_str).collect();
            needs.extend(today.needs.iter().map(String::as_str));
            needs.sort_unstable();
            needs.dedup();
            for need in needs {
                let sum = sums.entry(need).or_default();
                sum.lines += 1;
                sum.entries.insert(part.entry);
                sum.cents += widths.iter().flatten().copied().max().unwrap_or(0);
                sum.unbounded |= widths.contains(&None);
            }
        }
        let question = |(name, sum): (&str, Sum)| Question {
            kind: QuestionKind::Fact,
            name: name.to_owned(),
            title: match sum.unbounded {
                true => "not in the report; of some lines the range has no end".to_owned(),
                false => "not in the report".to_owned(),
            },
            source: String::new(),
            lines: sum.lines,
            entries: sum.entries.len() as u64,
            refundable: None,
            at_stake: Cents(sum.cents),
        };
        sums.into_iter().map(question).collect()
    }

    /// The report under the law of another regime at the later end.
    pub fn under(&self, ledger: &Ledger, by: &str, regime: &Regime<'_>) -> Otherwise {
        let headings = Headings::of(ledger, by);
        let mut lines = Lines::default();
        for settled in &self.parts {
            // Every part was a line before.
            let pushed = lines.push(ledger, &settled.part.stated);
            debug_assert!(pushed.is_ok());
        }
        let mut assessor = Assessor::new(regime);
        let mut assessed = Assessed::default();
        assessor.assess(&lines, Wanted::TOTAL, &mut assessed);
        let mut found = Otherwise::default();
        let mut entries = BTreeSet::new();
        for (at, settled) in self.parts.iter().enumerate() {
            let duty = assessed.duty.get(at).copied().filter(|cents| *cents != engine::ABSENT);
            if duty == settled.today.duty_cents {
                continue;
            }
            let Settled { part, then, today, compared, variance } = settled;
            let other = assessor.answer(&lines, at);
            let voided_by = |heading| {
                let row = compared.rows.iter().find(|row| row.heading == heading);
                row.and_then(|row| row.void_by.clone())
            };
            let beside = Compared::of(ledger, &headings, part, then, &other, voided_by);
            let amounts = money::amounts(&beside, variance, (then, &other));
            let before = money::amounts(compared, variance, (then, today));
            found.lines += 1;
            entries.insert(part.entry);
            found.refundable += amounts.refundable - before.refundable;
            let owed = other.duty_cents.zip(today.duty_cents).map(|(a, b)| (a - b).abs());
            found.owed += Cents(owed.unwrap_or(0));
        }
        found.entries = entries.len() as u64;
        found
    }
}
