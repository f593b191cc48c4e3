//! A line as filed beside the line as owed, heading by heading.

use engine::Answer;
use ledger::{Ledger, Status};
use tariff::{Cents, Code};

use super::headings::Headings;
use super::rebuild::Part;

/// A heading of a line: what was filed on it, and what was owed.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The commodity code for the base duty.
    pub heading: Code,
    pub is_base: bool,
    pub program: Option<String>,
    pub filed: Option<Cents>,
    pub then: Option<Cents>,
    pub today: Option<Cents>,
    /// The act that made it void.
    pub void_by: Option<String>,
    /// The part of `then` that is base duty: a heading at a total was filed with the base in it.
    pub absorbed: Cents,
}

/// A line beside what it owes at both ends.
#[derive(Clone, Debug)]
pub(crate) struct Compared {
    pub rows: Vec<Row>,
    /// Of a line that states only its duty: that, and the rows have no `filed`.
    pub total: Option<Cents>,
}

/// What a heading owes, `None` where the line has no answer.
type Owed = Vec<(Code, String, bool, Cents)>;

fn owed(ledger: &Ledger, part: &Part, answer: &Answer, headings: &Headings) -> Option<Owed> {
    if !matches!(answer.status, Status::Exact | Status::NeedsFacts) {
        return None;
    }
    let mut found: Owed = Vec::new();
    for component in &answer.components {
        let program = &ledger.programs[component.program];
        // What has no heading of its own stands on the commodity code.
        let own = component.heading.filter(|h| !program.base && h.chapter() == 99);
        let heading = own.unwrap_or(part.code);
        let total = headings.is_total(&component.measure);
        let amount = Cents(component.amount_cents);
        match found.iter_mut().find(|(held, ..)| *held == heading) {
            Some((_, _, is_total, sum)) => {
                *is_total |= total;
                *sum += amount;
            }
            None => found.push((heading, program.id.clone(), total, amount)),
        }
    }
    Some(found)
}

impl Compared {
    pub fn of(
        ledger: &Ledger,
        headings: &Headings,
        part: &Part,
        then: &Answer,
        today: &Answer,
        mut voided_by: impl FnMut(Code) -> Option<String>,
    ) -> Compared {
        let at_entry = owed(ledger, part, then, headings);
        let now = owed(ledger, part, today, headings);
        let base = ledger.programs.iter().find(|p| p.base && p.by == part.stated.by);
        let base = base.map(|program| program.id.clone());
        let mut rows: Vec<Row> = Vec::new();
        let stated = part.filed_total.is_none();
        for (heading, filed) in &part.filed {
            rows.push(Row::new(*heading, headings, Some(*filed)));
        }
        let mut own = Row::new(part.code, headings, stated.then_some(part.filed_base));
        own.is_base = true;
        own.program = base;
        rows.push(own);
        for (at, owed) in [(0, &at_entry), (1, &now)] {
            let Some(owed) = owed else { continue };
            for row in &mut rows {
                *row.end(at) = Some(Cents::ZERO);
            }
            for (heading, program, _, amount) in owed {
                let held = rows.iter().position(|row| row.heading == *heading);
                let place = held.unwrap_or_else(|| {
                    let mut row = Row::new(*heading, headings, None);
                    // Not in the law of the end before, where that has an answer at all.
                    row.then = (at == 1 && at_entry.is_some()).then_some(Cents::ZERO);
                    rows.push(row);
                    rows.len() - 1
                });
                *rows[place].end(at) = Some(*amount);
                if !rows[place].is_base {
                    rows[place].program = Some(program.clone());
                }
            }
            for row in &mut rows {
                row.end(at).get_or_insert(Cents::ZERO);
            }
        }
        for row in rows.iter_mut().filter(|row| !row.is_base) {
            row.void_by = voided_by(row.heading);
        }
        let totals = at_entry.iter().flatten().filter(|(_, _, total, _)| *total);
        let mut compared = Compared { rows, total: part.filed_total };
        if let Some((heading, ..)) = totals.into_iter().next() {
            compared.take_in_base(*heading);
        }
        compared
    }

    /// A heading at a total may be filed with all of it, and the commodity code at nothing: then the
    /// base duty that it counts in is on its row.
    fn take_in_base(&mut self, heading: Code) {
        let base = self.rows.iter().position(|row| row.is_base);
        let Some(base) = base.filter(|_| self.total.is_none()) else { return };
        let Some(owed) = self.rows[base].then.filter(|then| *then > Cents::ZERO) else { return };
        if self.rows[base].filed != Some(Cents::ZERO) {
            return;
        }
        let Some(total) = self.rows.iter_mut().find(|row| row.heading == heading) else { return };
        total.absorbed = owed;
        total.then = total.then.map(|then| then + owed);
        self.rows[base].then = Some(Cents::ZERO);
    }

    pub fn filed(&self) -> Cents {
        self.total.unwrap_or_else(|| self.rows.iter().filter_map(|row| row.filed).sum())
    }

    /// What was filed and what was owed by program, the base that a total counts in put back to the
    /// base duty. In the order of the rows.
    pub fn programs(&self) -> Vec<Program> {
        let mut found: Vec<Program> = Vec::new();
        let base = self.rows.iter().find(|row| row.is_base).and_then(|row| row.program.clone());
        let mut add = |name: Option<&String>, row: &Row, amounts: [Option<Cents>; 3]| {
            let Some(name) = name else { return };
            let at = found.iter().position(|p| p.name == *name).unwrap_or_else(|| {
                let zero = Some(Cents::ZERO);
                let name = name.clone();
                let empty =
                    Program { name, filed: Cents::ZERO, then: zero, today: zero, void: false };
                found.push(empty);
                found.len() - 1
            });
            let program = &mut found[at];
            let [filed, then, today] = amounts;
            program.filed += filed.unwrap_or_default();
            program.then = program.then.zip(then).map(|(a, b)| a + b);
            program.today = program.today.zip(today).map(|(a, b)| a + b);
            program.void |= row.is_void() && row.filed.is_some_and(|filed| filed > Cents::ZERO);
        };
        for row in &self.rows {
            let moved = row.absorbed.min(row.filed.unwrap_or_default());
            let own = row.filed.map(|filed| filed - moved);
            add(row.program.as_ref(), row, [own, row.then.map(|t| t - row.absorbed), row.today]);
            if row.absorbed != Cents::ZERO {
                let nothing = Row { void_by: None, ..row.clone() };
                let back = [Some(moved), Some(row.absorbed), Some(Cents::ZERO)];
                add(base.as_ref(), &nothing, back);
            }
        }
        found
    }
}

/// A program of a line.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub name: String,
    pub filed: Cents,
    pub then: Option<Cents>,
    pub today: Option<Cents>,
    /// Whether something was filed on a heading of it that is void.
    pub void: bool,
}

impl Row {
    fn new(heading: Code, headings: &Headings, filed: Option<Cents>) -> Row {
        let program = headings.get(heading.prefix(8)).map(|law| law.program.clone());
        Row {
            heading,
            is_base: false,
            program: program.filter(|_| heading.chapter() == 99),
            filed,
            then: None,
            today: None,
            void_by: None,
            absorbed: Cents::ZERO,
        }
    }

    fn end(&mut self, at: usize) -> &mut Option<Cents> {
        if at == 0 { &mut self.then } else { &mut self.today }
    }

    pub fn is_void(&self) -> bool {
        self.void_by.is_some()
    }

    /// What was filed beyond what was owed at entry.
    pub fn difference(&self) -> Option<Cents> {
        Some(self.filed.unwrap_or_default() - self.then?)
    }
}
