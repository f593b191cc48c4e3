//! The data plane: columns of lines in, columns of duties out.
//!
//! A line is looked up: its code, its origin and its day give the cell, and the cell with the kind of
//! its code gives the plan. Most plans are a few rates on the value, run a block at a time (`quick`).
//! Lines that state more find their plan by what the cell can see of them (`plan`), and what has no
//! plan is answered the long way (`memo`).

use std::rc::Rc;

use ledger::Status;
use tariff::{Day, Moment, Stated, limits};

use crate::answer::{Answer, Trace, headings, rounded_value};
use crate::assessed::{Assessed, Remark, Wanted};
use crate::compile::grid::SPLIT;
use crate::lines::{ABSENT, Lines, OTHER_DATES, PackedDate};
use crate::memo::Memo;
use crate::plan::{Outcome, PlannedLine};
use crate::quick::{BLOCK, Block};
use crate::regime::Regime;
use crate::words::Words;
use crate::work::Work;

/// Assesses lines with a regime. It keeps what it worked out, so one is made for each thread and used
/// for many batches.
pub struct Assessor<'r, 'l> {
    regime: &'r Regime<'l>,
    sides: Vec<Work<'r, 'l>>,
    /// Lists of headings, and remarks of the batch.
    headings: Words<String>,
    remarks: Words<Remark>,
    outcome: Outcome,
    /// Room for amounts of lines that may come to several.
    amounts: Vec<i64>,
    block: Box<Block>,
    /// Lines of the block that another way must take.
    rest: Vec<usize>,
    ways: Ways,
}

/// How many lines went which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// A few rates on the value.
    pub quick: u64,
    /// Another plan.
    pub planned: u64,
    /// Worked out for the line itself.
    pub long: u64,
}

impl<'r, 'l> Assessor<'r, 'l> {
    pub fn new(regime: &'r Regime<'l>) -> Assessor<'r, 'l> {
        Assessor {
            regime,
            sides: regime.sides.iter().map(|compiled| Work::new(Memo::new(compiled))).collect(),
            headings: Words::new(),
            remarks: Words::new(),
            outcome: Outcome::default(),
            amounts: Vec::new(),
            block: Block::new(),
            rest: Vec::with_capacity(BLOCK),
            ways: Ways::default(),
        }
    }

    /// How many lines went which way so far.
    pub fn ways(&self) -> Ways {
        self.ways
    }

    /// The headings of chapters 98 and 99 of a line, joined by `;`.
    pub fn headings(&self, place: u32) -> &str {
        self.headings.get(place)
    }

    /// What is said of a line.
    pub fn remark(&self, place: u32) -> &Remark {
        self.remarks.get(place)
    }

    /// What is kept for a territory.
    pub(crate) fn work_of(&mut self, territory: usize) -> &mut Work<'r, 'l> {
        &mut self.sides[territory]
    }

    /// The whole answer for one line.
    pub fn answer(&mut self, lines: &Lines, at: usize) -> Answer {
        self.sides[usize::from(lines.by[at])].memo.answer(lines.facts(at))
    }

    /// Assesses a batch. Every line gets an answer; none can fail.
    pub fn assess(&mut self, lines: &Lines, wanted: Wanted, out: &mut Assessed) {
        out.reset(lines.len(), self.regime.programs().len(), wanted);
        if self.remarks.len() > limits::KEPT_MAX {
            self.remarks = Words::new();
            self.sides.iter_mut().for_each(Work::forget_remarks);
        }
        self.sides.iter_mut().for_each(|work| work.begin(lines));
        let mut start = 0;
        while start < lines.len() {
            let by = lines.by[start];
            let block = &lines.by[start..lines.len().min(start + BLOCK)];
            let count = block.iter().take_while(|other| **other == by).count();
            self.quick(lines, (start, count), wanted, out);
            for place in 0..self.rest.len() {
                let at = self.rest[place];
                let hot = self.block.is_hot[at - start].then(|| self.block.codes[at - start].facts);
                if self.planned(lines, (at, hot), wanted, out).is_some() {
                    self.ways.planned += 1;
                } else {
                    self.ways.long += 1;
                    let answer = self.answer(lines, at);
                    self.write(answer, at, wanted, out);
                }
            }
            self.rest.clear();
            start += count;
        }
    }

    /// The plain lines among `count` from `start` on, all of one side; the others are left in `rest`.
    fn quick(
        &mut self,
        lines: &Lines,
        (start, count): (usize, usize),
        wanted: Wanted,
        out: &mut Assessed,
    ) {
        let work = &mut self.sides[usize::from(lines.by[start])];
        let block = &mut self.block;
        block.find(work, lines, (start, count));
        // The columns of the parts that quick plans look at.
        let columns: Vec<Option<&[i64]>> =
            work.quick.parts.iter().map(|part| lines.contents_of(part)).collect();
        let of = start..start + count;
        let (value, duty) = (&mut out.value[of.clone()], &mut out.duty[of.clone()]);
        let status = &mut out.status[of];
        for at in 0..count {
            let Some(plan) = block.plans[at].checked_sub(1) else {
                self.rest.push(start + at);
                continue;
            };
            let plan = &work.quick.plans[usize::from(plan)];
            let contents = || {
                let content = |part: u8| match columns.get(usize::from(part)) {
                    Some(Some(column)) => column[start + at],
                    _ => 0,
                };
                plan.parts.map(content)
            };
            let (worth, general) = (block.values[at], block.general[at]);
            value[at] = worth;
            duty[at] = if wanted.programs {
                plan.duty(worth, general, contents, |column, amount| {
                    out.programs[usize::from(column)][start + at] += amount;
                })
            } else {
                plan.duty(worth, general, contents, |_, _| {})
            };
            status[at] = Status::Exact;
        }
        if wanted.range {
            let duty = &out.duty[start..start + count];
            out.duty_min[start..start + count].copy_from_slice(duty);
            out.duty_max[start..start + count].copy_from_slice(duty);
        }
        self.ways.quick += (count - self.rest.len()) as u64;
        if wanted.words {
            for at in 0..count {
                let Some(plan) = block.plans[at].checked_sub(1) else { continue };
                let headings = work.quick.plans[usize::from(plan)].headings;
                out.headings[start + at] = headings;
                let day = lines.entered[start + at].day_number().unwrap_or(0);
                out.remarks[start + at] = work.said_of_exact(day, &mut self.remarks);
            }
        }
    }

    /// Any other line that has a plan; `hot` is the place of its code's facts, where these hold always.
    fn planned(
        &mut self,
        lines: &Lines,
        (at, hot): (usize, Option<u32>),
        wanted: Wanted,
        out: &mut Assessed,
    ) -> Option<()> {
        let work = &mut self.sides[usize::from(lines.by[at])];
        let compiled = work.memo.compiled;
        let side = &compiled.side;
        let origin = compiled.origin_of[lines.origin[at].index()];
        if origin == u16::MAX || work.off_the_grid(lines, at) {
            return None;
        }
        let (day, slot, known_day) = work.when(lines.entered[at])?;
        if slot == SPLIT {
            return None;
        }
        let moving;
        let code = match hot.and_then(|place| compiled.facts.get(place as usize)) {
            Some(facts) => facts,
            None => {
                moving = work.code(lines.code[at], day, known_day)?;
                &*moving
            }
        };
        let value = rounded_value(side, lines.value[at]);
        if contents_exceed(lines, at, value) || !dates_in_order(lines, at, day) {
            return None;
        }
        let place = compiled.grid.cell(code.scope, u32::from(origin), slot);
        let facts = work.cell(place).facts.as_ref()?;
        let code_kind = facts.code_kind(side, code, lines, (at, value))?;
        let claims = work.claims(lines, at);
        let specials = work.specials(place, code.line, claims);
        let kind = facts.kind((place, code_kind), lines, (at, value), (claims, specials))?;
        let plan = match work.known(facts, (place, code_kind), kind).plan() {
            Some(known) => known?,
            None => {
                let columns = self.regime.programs();
                let column = |program| columns.iter().position(|p| *p == program);
                let (value, code) = ((value, facts.scales()), (code, Trace::All));
                let (found, worth_keeping) =
                    work.plan(lines, at, value, code, &mut self.headings, column);
                let found = found.map(|plan| {
                    work.plans.push(plan);
                    work.plans.len() - 1
                });
                if worth_keeping {
                    work.keep(facts, (place, code_kind), kind, found);
                }
                found?
            }
        };
        let plan = &mut work.plans[plan];
        if value < plan.least_value || value >= plan.below_value {
            return None;
        }
        let line = PlannedLine { code, lines, at, value };
        let outcome = &mut self.outcome;
        let open = match &mut plan.open {
            Some(open) => Some(open.range(&line, outcome, &mut self.amounts)?),
            None => None,
        };
        plan.run(&line, outcome)?;
        let incomplete = outcome.missing.is_some();
        let found = match &open {
            Some(range) => Found {
                has_duty: range.asked.assumed,
                status: if range.asked.needs.is_empty() {
                    Status::Exact
                } else {
                    Status::NeedsFacts
                },
                least: range.least,
                most: range.most,
                needs: &range.asked.needs,
            },
            None => Found {
                has_duty: plan.has_duty && !incomplete,
                status: if incomplete { Status::NeedsFacts } else { plan.status },
                least: outcome.least,
                most: (plan.has_max && !incomplete).then_some(outcome.sum),
                needs: &plan.needs,
            },
        };
        out.value[at] = value;
        out.duty[at] = if found.has_duty { outcome.sum } else { ABSENT };
        out.status[at] = found.status;
        if wanted.range {
            out.duty_min[at] = found.least;
            out.duty_max[at] = found.most.unwrap_or(ABSENT);
        }
        if wanted.programs {
            for (part, amount) in plan.parts.iter().zip(&outcome.amounts) {
                out.programs[part.column][at] += amount.cents;
            }
            for (part, amount) in plan.parts.iter().zip(&outcome.amounts) {
                if amount.incomplete && amount.cents == 0 {
                    out.programs[part.column][at] = ABSENT;
                }
            }
        }
        if wanted.words {
            out.headings[at] = plan.headings;
            out.remarks[at] = match outcome.missing.take() {
                None => {
                    let (needs, status) = (found.needs.clone(), found.status);
                    work.said(day, &needs, status, &mut self.remarks)
                }
                Some(missing) => {
                    let warnings = work.memo.day_warnings(Day::from_number(day), lines.entered[at]);
                    self.remarks.place(&Remark::of(found.status, vec![missing], warnings))
                }
            };
        }
        Some(())
    }

    fn write(&mut self, answer: Answer, at: usize, wanted: Wanted, out: &mut Assessed) {
        out.value[at] = answer.value_cents;
        out.duty[at] = answer.duty_cents.unwrap_or(ABSENT);
        out.status[at] = answer.status;
        if wanted.range {
            out.duty_min[at] = answer.duty_min_cents.unwrap_or(ABSENT);
            out.duty_max[at] = answer.duty_max_cents.unwrap_or(ABSENT);
        }
        if wanted.programs {
            let answered = matches!(answer.status, Status::Exact | Status::NeedsFacts);
            for (column, program) in out.programs.iter_mut().zip(self.regime.programs()) {
                let parts = answer.components.iter().filter(|c| c.program == *program);
                let incomplete = parts.clone().any(|c| c.incomplete && c.amount_cents == 0);
                let sum = parts.map(|c| c.amount_cents).sum();
                column[at] = if answered && !incomplete { sum } else { ABSENT };
            }
        }
        if wanted.words {
            out.headings[at] = self.headings.place(&headings(&answer));
            let remark = Remark::of(answer.status, answer.needs, answer.warnings);
            out.remarks[at] = self.remarks.place(&remark);
        }
    }
}

/// What came out for a planned line.
struct Found<'f> {
    has_duty: bool,
    status: Status,
    least: i64,
    most: Option<i64>,
    needs: &'f Rc<[String]>,
}

fn contents_exceed(lines: &Lines, at: usize, value: i64) -> bool {
    let stated = lines.contents.iter().map(|(_, column)| column[at]).filter(|c| *c != ABSENT);
    stated.sum::<i64>() > value.max(lines.value[at])
}

/// Whether goods were loaded and exported before the day of entry; else there is something to say.
fn dates_in_order(lines: &Lines, at: usize, day: i32) -> bool {
    let early = |date: PackedDate| match date.day_number() {
        Some(stated) => stated <= day,
        None => date.is_absent() || date.stated().is_some_and(|stated| sure_before(stated, day)),
    };
    OTHER_DATES.iter().zip(&lines.dates).all(|(_, column)| column.get(at).is_none_or(|d| early(*d)))
}

/// Whether a moment lies before a day in every zone.
fn sure_before(stated: Stated, day: i32) -> bool {
    match stated {
        Stated::Moment(moment) => moment < Moment::from_seconds((i64::from(day) - 1) * 86_400),
        Stated::Day(stated) => stated.number() < day,
    }
}
