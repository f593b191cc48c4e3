//! The data plane: columns of lines in, columns of duties out.
//!
//! A line is looked up: its code, its origin and its day give the cell, and the cell with the kind of
//! its code gives the plan. Most plans are a few rates on the value, run a block at a time (`quick`).
//! Lines that state more find their plan by what the cell can see of them (`plan`), and what has no
//! plan is answered the long way (`memo`).

use std::sync::Arc;

use ledger::Status;
use tariff::{Moment, Stated, limits};

use crate::answer::{Answer, Trace, headings, rounded_value};
use crate::assessed::{Assessed, Remark, Wanted};
use crate::compile::grid::SPLIT;
use crate::lines::{ABSENT, Lines, OTHER_DATES, PackedDate};
use crate::made::MadePlan;
use crate::memo::Memo;
use crate::open::Range;
use crate::plan::{Outcome, Plan, PlannedLine};
use crate::quick::{BLOCK, Block};
use crate::regime::Regime;
use crate::words::Words;
use crate::work::{HEAVY, Work};

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
                let found = match self.block.plans[at - start] {
                    0 => self.planned(lines, (at, at - start), wanted, out),
                    known => self.known(lines, (at, at - start), known, wanted, out),
                };
                if found.is_some() {
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
        block.find(work, lines, (start, count), &mut self.rest);
        // The columns of the parts that quick plans look at.
        let parts: Vec<Option<&[i64]>> =
            work.quick.parts.iter().map(|part| lines.contents_of(part)).collect();
        let of = start..start + count;
        out.value[of.clone()].copy_from_slice(&block.values[..count]);
        out.status[of.clone()].fill(Status::Exact);
        let mut programs: Vec<&mut [i64]> =
            out.programs.iter_mut().map(|column| &mut column[of.clone()]).collect();
        programs.iter_mut().for_each(|column| column.fill(0));
        for (at, duty) in out.duty[of].iter_mut().enumerate() {
            // The plan of nothing is run for lines that another way will take.
            let plan = if block.plans[at] & HEAVY == 0 { block.plans[at] } else { 0 };
            let plan = &work.quick.plans[usize::from(plan)];
            let contents = || plan.parts.map(|part| content(&parts, part, start + at));
            let (value, general) = (block.values[at], block.general[at]);
            *duty = if wanted.programs {
                plan.duty(value, general, contents, |column, amount| {
                    programs[usize::from(column)][at] += amount;
                })
            } else {
                plan.duty(value, general, contents, |_, _| {})
            };
        }
        if wanted.range {
            let duty = &out.duty[start..start + count];
            out.duty_min[start..start + count].copy_from_slice(duty);
            out.duty_max[start..start + count].copy_from_slice(duty);
        }
        self.ways.quick += (count - self.rest.len()) as u64;
        if wanted.words {
            for at in 0..count {
                let plan = block.plans[at];
                if plan == 0 || plan & HEAVY != 0 {
                    continue;
                }
                out.headings[start + at] = work.quick.plans[usize::from(plan)].headings;
                let day = lines.entered[start + at].day_number().unwrap_or(0);
                out.remarks[start + at] = work.said_of_exact(day, &mut self.remarks);
            }
        }
    }

    /// Any other line that has a plan; `of_block` is its place in the block.
    fn planned(
        &mut self,
        lines: &Lines,
        (at, of_block): (usize, usize),
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
        let block = &self.block;
        let hot = block.is_found(of_block).then(|| work.hot_facts(block.found[of_block])).flatten();
        let moving;
        let code = match hot {
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
                let shared = work.shared_kind(kind, (claims, specials));
                let (found, worth_keeping) = match compiled.made.find(&shared) {
                    Some(made) => (made.map(|made| work.adopt(made, &mut self.headings)), true),
                    None => {
                        let columns = self.regime.programs();
                        let column = |program| columns.iter().position(|p| *p == program);
                        let (value, code) = ((value, facts.scales()), (code, Trace::All));
                        let (plan, worth_keeping) =
                            work.plan(lines, at, value, code, &mut self.headings, column);
                        if worth_keeping {
                            let made = plan.as_ref().map(|plan| MadePlan {
                                headings: self.headings.get(plan.headings).clone(),
                                plan: Plan { headings: 0, ..plan.clone() },
                            });
                            compiled.made.keep(shared, made);
                        }
                        (plan.map(|plan| work.keep_plan(plan)), worth_keeping)
                    }
                };
                if worth_keeping {
                    work.keep(facts, (place, code_kind), kind, found);
                }
                found?
            }
        };
        let line = PlannedLine { code, lines, at, value };
        let found = run(&mut work.plans[plan], &line, &mut self.outcome, &mut self.amounts)?;
        self.write_found(found, (lines, at), (plan, Ran::Formulas), wanted, out);
        Some(())
    }

    /// A line whose plan was found by its place, which has [`HEAVY`].
    fn known(
        &mut self,
        lines: &Lines,
        (at, of_block): (usize, usize),
        place: u16,
        wanted: Wanted,
        out: &mut Assessed,
    ) -> Option<()> {
        let work = &mut self.sides[usize::from(lines.by[at])];
        let place = work.heavy(place);
        let (value, general) = (self.block.values[of_block], self.block.general[of_block]);
        let quick = work.plans[place].holds(value).then_some(&mut work.plans[place].open)?;
        let (parts, amounts) = (&work.quick.parts, &mut self.amounts);
        let content = |part: u8| match parts.get(usize::from(part)) {
            Some(part) => lines.content(part, at),
            None => 0,
        };
        let quick =
            quick.as_mut().and_then(|open| open.quick_range((value, general), content, amounts));
        let (found, ran) = match quick {
            Some((range, sum)) => (Found::of_range(range, sum), Ran::Quickly),
            None => {
                let code_found = self.block.found[of_block];
                let moved;
                let code = match work.hot_facts(code_found) {
                    Some(facts) => facts,
                    None => {
                        moved = work.moved_facts(code_found);
                        &*moved
                    }
                };
                let line = PlannedLine { code, lines, at, value };
                let plan = &mut work.plans[place];
                (run(plan, &line, &mut self.outcome, &mut self.amounts)?, Ran::Formulas)
            }
        };
        self.write_found(found, (lines, at), (place, ran), wanted, out);
        Some(())
    }

    /// Writes what came out for a planned line.
    fn write_found(
        &mut self,
        found: Found,
        (lines, at): (&Lines, usize),
        (plan, ran): (usize, Ran),
        wanted: Wanted,
        out: &mut Assessed,
    ) {
        let work = &mut self.sides[usize::from(lines.by[at])];
        let plan = &work.plans[plan];
        out.value[at] = rounded_value(&work.memo.compiled.side, lines.value[at]);
        out.duty[at] = if found.has_duty { found.sum } else { ABSENT };
        out.status[at] = found.status;
        if wanted.range {
            out.duty_min[at] = found.least;
            out.duty_max[at] = found.most.unwrap_or(ABSENT);
        }
        if wanted.programs {
            match (ran, &plan.open) {
                (Ran::Quickly, Some(open)) => {
                    for (column, amount) in open.columns.iter().zip(&self.amounts) {
                        out.programs[*column][at] += amount;
                    }
                }
                _ => {
                    let amounts = || plan.parts.iter().zip(&self.outcome.amounts);
                    amounts().for_each(|(part, of)| out.programs[part.column][at] += of.cents);
                    for (part, _) in amounts().filter(|(_, of)| of.incomplete && of.cents == 0) {
                        out.programs[part.column][at] = ABSENT;
                    }
                }
            }
        }
        if wanted.words {
            out.headings[at] = plan.headings;
            let zone = &work.memo.compiled.side.territory.zone;
            let day = lines.entered[at].stated().expect("every line states its entry").day(zone);
            out.remarks[at] = match found.missing {
                None => work.said(day.number(), &found.needs, found.status, &mut self.remarks),
                Some(missing) => {
                    let warnings = work.memo.day_warnings(day, lines.entered[at]);
                    self.remarks.place(&Remark::of(found.status, vec![missing], warnings))
                }
            };
        }
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

/// How a plan was run: what its parts came to is in the outcome, or by columns in the amounts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ran {
    Formulas,
    Quickly,
}

/// What came out for a planned line.
struct Found {
    sum: i64,
    has_duty: bool,
    status: Status,
    least: i64,
    most: Option<i64>,
    needs: Arc<[String]>,
    /// A quantity that is missing.
    missing: Option<String>,
}

impl Found {
    /// Of a line of which facts may be missing, with what it owes as far as is known.
    fn of_range(range: Range, sum: i64) -> Found {
        let exact = range.asked.needs.is_empty();
        Found {
            sum,
            has_duty: range.asked.assumed,
            status: if exact { Status::Exact } else { Status::NeedsFacts },
            least: range.least,
            most: range.most,
            needs: range.asked.needs,
            missing: None,
        }
    }
}

/// What a plan gives for a line, or `None` when the line must go the long way.
fn run(
    plan: &mut Plan,
    line: &PlannedLine<'_, '_>,
    outcome: &mut Outcome,
    amounts: &mut Vec<i64>,
) -> Option<Found> {
    if !plan.holds(line.value) {
        return None;
    }
    let range = match &mut plan.open {
        Some(open) => Some(open.range(line, outcome, amounts)?),
        None => None,
    };
    plan.run(line, outcome)?;
    if let Some(range) = range {
        return Some(Found {
            missing: outcome.missing.take(),
            ..Found::of_range(range, outcome.sum)
        });
    }
    let missing = outcome.missing.take();
    let complete = missing.is_none();
    Some(Found {
        sum: outcome.sum,
        has_duty: plan.has_duty && complete,
        status: if complete { plan.status } else { Status::NeedsFacts },
        least: outcome.least,
        most: (plan.has_max && complete).then_some(outcome.sum),
        needs: plan.needs.clone(),
        missing,
    })
}

/// The content of a part of a line by the place of its column; 0 where the lines have none.
fn content(parts: &[Option<&[i64]>], part: u8, at: usize) -> i64 {
    parts.get(usize::from(part)).copied().flatten().map_or(0, |column| column[at])
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
