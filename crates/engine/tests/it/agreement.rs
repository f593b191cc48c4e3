//! One answer beside the other.

use engine::{ABSENT, Answer, Assessed, Assessor, Lines, Regime, Wanted};
use ledger::{Known, Ledger, Line, Readings};
use oracle::{Assessment, Oracle, Status};
use tariff::Cents;

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

/// Both engines with one ledger at the same coordinates.
pub struct Both<'x, 'l> {
    ledger: &'l Ledger,
    regime: &'x Regime<'l>,
    known: Known,
    oracle: Oracle<'x>,
    pub assessor: Assessor<'x, 'l>,
    /// Lines that have an answer, so far.
    pub answered: usize,
}

impl<'x, 'l> Both<'x, 'l> {
    pub fn new(
        ledger: &'l Ledger,
        regime: &'x Regime<'l>,
        known: Known,
        readings: &'x Readings,
    ) -> Both<'x, 'l> {
        let (oracle, assessor) = (Oracle::new(ledger, readings), Assessor::new(regime));
        Both { ledger, regime, known, oracle, assessor, answered: 0 }
    }

    /// Both engines on these lines; the first difference in full.
    pub fn differ(&mut self, lines: &[Line]) -> Option<String> {
        let columns = columns(self.ledger, lines);
        let mut table = Assessed::default();
        self.assessor.assess(&columns, Wanted::ALL, &mut table);
        let mut total = Assessed::default();
        self.assessor.assess(&columns, Wanted::TOTAL, &mut total);
        assert_eq!((&table.duty, &table.status), (&total.duty, &total.status));
        // Remarks are those of the last batch.
        self.assessor.assess(&columns, Wanted::ALL, &mut table);
        // The oracle keeps the law of a moment, so it is asked in the order of the dates.
        let mut order: Vec<usize> = (0..lines.len()).collect();
        order.sort_by_cached_key(|at| {
            let line = &lines[*at];
            let zone = self.ledger.territory(&line.by).map(|territory| &territory.zone);
            (&line.by, zone.map(|zone| line.entered.last(zone)))
        });
        order.into_iter().find_map(|at| self.differ_at(lines, &columns, &table, at))
    }

    fn differ_at(
        &mut self,
        lines: &[Line],
        columns: &Lines,
        table: &Assessed,
        at: usize,
    ) -> Option<String> {
        let (line, known) = (&lines[at], self.known);
        let answer = self.oracle.assess(line, known);
        let slow_row = row_of(self.ledger, self.regime, &answer);
        let fast_row = row_at(&self.assessor, table, at);
        if slow_row != fast_row {
            return Some(format!(
                "{line:#?}\nknown {known:?}\noracle {slow_row:#?}\nengine {fast_row:#?}\n{answer:#?}"
            ));
        }
        let slow = by_oracle(self.ledger, &answer);
        self.answered += usize::from(slow.min.is_some());
        let fast = by_engine(&self.assessor.answer(columns, at));
        (slow != fast)
            .then(|| format!("{line:#?}\nknown {known:?}\noracle {slow:#?}\nengine {fast:#?}"))
    }
}

/// Lines as the engine takes them.
pub fn columns<'a>(ledger: &Ledger, lines: impl IntoIterator<Item = &'a Line>) -> Lines {
    let mut columns = Lines::default();
    for line in lines {
        columns.push(ledger, line).expect("a line that stands in columns");
    }
    columns
}

/// A row as it stands in columns: money, programs, status, headings, what is missing, warnings.
pub type Row = (Vec<Option<i64>>, Vec<Option<i64>>, Status, String, Vec<String>, Vec<String>);

fn row_of(ledger: &Ledger, regime: &Regime<'_>, answer: &Assessment) -> Row {
    let cents = |c: Option<Cents>| c.map(|c| c.0);
    let answered = matches!(answer.status, Status::Exact | Status::NeedsFacts);
    let programs = regime.programs().iter().map(|at| {
        let id = &ledger.programs[*at].id;
        let parts: Vec<_> = answer.components.iter().filter(|c| c.program == *id).collect();
        let incomplete = parts.iter().any(|c| c.incomplete && c.amount == Cents::ZERO);
        (answered && !incomplete).then(|| parts.iter().map(|c| c.amount.0).sum())
    });
    let mut headings: Vec<String> = Vec::new();
    for heading in answer.components.iter().filter_map(|c| c.heading).filter(|h| h.is_special()) {
        if !headings.contains(&heading.to_string()) {
            headings.push(heading.to_string());
        }
    }
    (
        vec![
            Some(answer.value.0),
            cents(answer.duty),
            cents(answer.duty_min),
            cents(answer.duty_max),
        ],
        programs.collect(),
        answer.status,
        headings.join(";"),
        answer.needs.iter().map(|n| n.fact.clone()).collect(),
        answer.warnings.clone(),
    )
}

/// A row with its words.
pub fn row_at(assessor: &Assessor<'_, '_>, table: &Assessed, at: usize) -> Row {
    let cents = |column: &Vec<i64>| Some(column[at]).filter(|c| *c != ABSENT);
    let remark = assessor.remark(table.remarks[at]);
    (
        [&table.value, &table.duty, &table.duty_min, &table.duty_max].map(cents).to_vec(),
        table.programs.iter().map(cents).collect(),
        table.status[at],
        assessor.headings(table.headings[at]).to_owned(),
        remark.needs.clone(),
        remark.warnings.clone(),
    )
}
