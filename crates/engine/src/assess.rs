//! The data plane: columns of lines in, columns of duties out.
//!
//! A line is looked up: its code, its origin and its day give the cell, and the cell with the kind of
//! its code gives the plan. Most plans are a few rates on the value, run a block at a time (`quick`).
//! Lines that state more find their plan by what the cell can see of them (`plan`), and what has no
//! plan is answered the long way (`memo`).

use std::rc::Rc;
use std::sync::Arc;

use ledger::{DateFact, Status};
use rustc_hash::FxHashMap;
use tariff::{Code, Day, Moment, Stated, limits};

use crate::answer::{Answer, rounded_value};
use crate::assessed::{Assessed, Remark, Wanted};
use crate::codes::{CodeFacts, ColumnDuty};
use crate::compile::cell::Cell;
use crate::compile::grid::{Along, SPLIT};
use crate::lines::{ABSENT, Lines, OTHER_DATES, PackedDate};
use crate::memo::{CodeKey, Memo};
use crate::plan::{CellFacts, FactsKey, Outcome, Plan};
use crate::quick::{BLOCK, Block, QuickPlan};
use crate::regime::Regime;
use crate::words::Words;

/// Assesses lines with a regime. It keeps what it worked out, so one is made for each thread and used
/// for many batches.
pub struct Assessor<'r, 'l> {
    regime: &'r Regime<'l>,
    sides: Vec<Work<'r, 'l>>,
    /// Lists of headings, and remarks of the batch.
    headings: Words<String>,
    remarks: Words<Remark>,
    outcome: Outcome,
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

/// A cell that was looked at, and what lines are told apart by in it, unless that is too much.
type Seen<'l> = (Arc<Cell<'l>>, Option<Rc<CellFacts>>);

/// The plans of one side.
pub(crate) struct Work<'r, 'l> {
    pub memo: Memo<'r, 'l>,
    plans: Vec<Plan>,
    /// For each cell and kind of code the plan of lines that state nothing: its place and 2, 1 where
    /// there is none, 0 where nobody asked.
    plain: Vec<u32>,
    /// The same for plans that the quickest way can run, counted from 1.
    quick_of: Vec<u16>,
    quick: QuickPlans,
    /// For each cell what it asks for; everything until it was looked at.
    asks: Vec<u8>,
    by_facts: FxHashMap<FactsKey, u32>,
    cells: Vec<Option<Seen<'l>>>,
    /// What codes mean, by the rows of the schedule that their day sees.
    codes: FxHashMap<CodeKey, Option<Rc<CodeFacts<'l>>>>,
    claims: Words<Vec<String>>,
    /// Places of remarks by the needs and the day's warnings, for the batch.
    said: FxHashMap<(*const u8, u8, usize), u32>,
    /// The same of lines of which nothing is missing, by the flags of their day, counted from 1.
    said_of_exact: [u32; 8],
    nothing: Rc<[String]>,
    /// The days on which acts became known, where a world makes that worth saying.
    known_days: Vec<i32>,
}

const NO_PLAN: u32 = 1;

impl<'r, 'l> Assessor<'r, 'l> {
    pub fn new(regime: &'r Regime<'l>) -> Assessor<'r, 'l> {
        Assessor {
            regime,
            sides: regime.sides.iter().map(|compiled| Work::new(Memo::new(compiled))).collect(),
            headings: Words::new(),
            remarks: Words::new(),
            outcome: Outcome::default(),
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

    /// The whole answer for one line.
    pub fn answer(&mut self, lines: &Lines, at: usize) -> Answer {
        self.sides[usize::from(lines.by[at])].memo.answer(lines.facts(at)).0
    }

    /// Assesses a batch. Every line gets an answer; none can fail.
    pub fn assess(&mut self, lines: &Lines, wanted: Wanted, out: &mut Assessed) {
        out.reset(lines.len(), self.regime.programs().len(), wanted);
        if self.remarks.len() > limits::KEPT_MAX {
            self.remarks = Words::new();
            for work in &mut self.sides {
                work.said.clear();
                work.said_of_exact = [0; 8];
            }
        }
        for work in self.sides.iter_mut().filter(|work| work.is_full()) {
            work.forget();
        }
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
        block.find(
            work.memo.compiled,
            lines,
            (start, count),
            (&work.asks, &work.quick_of, &work.quick.plans),
        );
        for at in 0..count {
            let line = start + at;
            let Some(plan) = block.plans[at].checked_sub(1) else {
                self.rest.push(line);
                continue;
            };
            let plan = &work.quick.plans[usize::from(plan)];
            let value = block.values[at];
            let duty = if wanted.programs {
                plan.duty(value, block.general[at], |column, amount| {
                    out.programs[usize::from(column)][line] += amount;
                })
            } else {
                plan.duty(value, block.general[at], |_, _| {})
            };
            out.value[line] = value;
            out.duty[line] = duty;
            out.status[line] = Status::Exact;
            if wanted.range {
                out.duty_min[line] = duty;
                out.duty_max[line] = duty;
            }
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
        let code = match hot {
            Some(place) => &compiled.facts[place as usize],
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
        let (cell, facts) = work.cell(place);
        let facts = facts?;
        let claims = match lines.claims.get(at) {
            None | Some(0) => 0,
            Some(set) => work.claims.place(&lines.claim_sets[*set as usize - 1]),
        };
        let key = facts.key(side, &cell, code, lines, at, (claims, value))?;
        let plain = (key.is_plain() && facts.is_plain())
            .then_some(place as usize * compiled.kinds + key.kind as usize);
        let known = match plain {
            Some(plain) => work.plain[plain],
            None => work.by_facts.get(&key).copied().unwrap_or(0),
        };
        let plan = match known {
            0 => {
                let columns = self.regime.programs();
                let column = |program| columns.iter().position(|p| *p == program);
                let (found, worth_keeping) =
                    work.plan(lines, at, (value, facts.scales()), code, &mut self.headings, column);
                let place = match found {
                    Some(plan) => {
                        work.plans.push(plan);
                        work.plans.len() as u32 + 1
                    }
                    None => NO_PLAN,
                };
                if worth_keeping {
                    match plain {
                        Some(plain) => {
                            // Where no column is looked at, one kind of code is like another.
                            let alike = match facts.by_kind() {
                                true => plain..plain + 1,
                                false => {
                                    let first = plain - key.kind as usize;
                                    first..first + compiled.kinds
                                }
                            };
                            let plan = place.checked_sub(2).map(|at| &work.plans[at as usize]);
                            let quick = plan.and_then(|plan| work.quick.place(plan)).unwrap_or(0);
                            work.plain[alike.clone()].fill(place);
                            work.quick_of[alike].fill(quick);
                        }
                        None => {
                            work.by_facts.insert(key, place);
                        }
                    }
                }
                place.checked_sub(2)?
            }
            known => known.checked_sub(2)?,
        };
        let plan = &work.plans[plan as usize];
        if value < plan.least_value || value >= plan.below_value {
            return None;
        }
        let outcome = &mut self.outcome;
        plan.run(code, lines, at, value, outcome)?;
        let incomplete = outcome.missing.is_some();
        out.value[at] = value;
        out.duty[at] = if plan.has_duty && !incomplete { outcome.sum } else { ABSENT };
        let status = if incomplete { Status::NeedsFacts } else { plan.status };
        out.status[at] = status;
        if wanted.range {
            out.duty_min[at] = outcome.least;
            out.duty_max[at] = if plan.has_max && !incomplete { outcome.sum } else { ABSENT };
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
                    let needs = plan.needs.clone();
                    work.said(day, &needs, status, &mut self.remarks)
                }
                Some(missing) => {
                    let warnings = work.memo.day_warnings(Day::from_number(day), lines.entered[at]);
                    self.remarks.place(&Remark::of(status, vec![missing], warnings))
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

impl<'r, 'l> Work<'r, 'l> {
    pub fn new(memo: Memo<'r, 'l>) -> Work<'r, 'l> {
        let compiled = memo.compiled;
        let cells = compiled.grid.cells.cells.len();
        let ledger = compiled.side.ledger;
        let zone = &compiled.side.territory.zone;
        let mut known_days: Vec<i32> = Vec::new();
        if !ledger.supposed.is_empty() {
            known_days.extend(ledger.acts.iter().map(|act| act.known.day(zone).number()));
            known_days.sort_unstable();
        }
        Work {
            memo,
            plans: Vec::new(),
            plain: vec![0; cells * compiled.kinds],
            quick_of: vec![0; cells * compiled.kinds],
            quick: QuickPlans::default(),
            asks: vec![u8::MAX; cells],
            by_facts: FxHashMap::default(),
            cells: vec![None; cells],
            codes: FxHashMap::default(),
            claims: Words::new(),
            said: FxHashMap::default(),
            said_of_exact: [0; 8],
            nothing: Rc::new([]),
            known_days,
        }
    }

    /// Whether more is kept than a long file should leave behind.
    fn is_full(&self) -> bool {
        self.plans.len().max(self.by_facts.len()).max(self.claims.len()) > limits::KEPT_MAX
    }

    /// Starts anew with the plans, and with what refers to them.
    fn forget(&mut self) {
        self.plans.clear();
        self.plain.fill(0);
        self.quick_of.fill(0);
        self.quick = QuickPlans::default();
        self.by_facts.clear();
        self.claims = Words::new();
        self.said.clear();
        self.said_of_exact = [0; 8];
    }

    /// Whether a line states a date that moves it away from the law of its entry.
    fn off_the_grid(&self, lines: &Lines, at: usize) -> bool {
        let moved_by = |fact: &DateFact| {
            *fact == DateFact::Withdrawn || self.memo.compiled.side.clock_dates.contains(fact)
        };
        OTHER_DATES.iter().enumerate().any(|(place, fact)| {
            lines.dates[place].get(at).is_some_and(|date| !date.is_absent()) && moved_by(fact)
        })
    }

    /// The day of entry, its slot, and the day as of which the schedule is read.
    fn when(&self, entered: PackedDate) -> Option<(i32, u16, i32)> {
        let compiled = self.memo.compiled;
        let zone = &compiled.side.territory.zone;
        let (day, slot) = match entered.day_number() {
            Some(day) => (day, compiled.grid.slots.of_day(day)),
            None => match entered.stated()? {
                // What a world changes is said as of the moment.
                Stated::Moment(_) if !self.known_days.is_empty() => return None,
                Stated::Moment(moment) => {
                    (moment.day(zone).number(), compiled.grid.slots.of_moment(moment))
                }
                Stated::Day(_) => return None,
            },
        };
        let known = match compiled.along {
            Along::Diagonal => day,
            Along::At(k) => k.day(zone).number(),
        };
        Some((day, slot, known))
    }

    /// What a code means, when it means one thing as far as duties go.
    pub fn code(&mut self, code: u64, day: i32, known: i32) -> Option<Rc<CodeFacts<'l>>> {
        let compiled = self.memo.compiled;
        let key = (code, compiled.epoch(day, known));
        if let Some(found) = self.codes.get(&key) {
            return found.clone();
        }
        let (day, known) = (Day::from_number(day), Day::from_number(known));
        let meaning = self.memo.meaning(Code::from_packed(code), day, known);
        let Ok(meaning) = &*meaning else { return None };
        let found = CodeFacts::of(&compiled.side, meaning).map(Rc::new);
        if self.codes.len() >= limits::KEPT_MAX {
            self.codes.clear();
        }
        self.codes.insert(key, found.clone());
        found
    }

    pub fn cell(&mut self, place: u32) -> Seen<'l> {
        if let Some(known) = &self.cells[place as usize] {
            return known.clone();
        }
        let compiled = self.memo.compiled;
        let cell = Arc::new(compiled.grid.cells.cells[place as usize].clone());
        let facts = CellFacts::of(&compiled.side, &cell).map(Rc::new);
        self.asks[place as usize] = facts.as_ref().map_or(u8::MAX, |facts| facts.asks());
        self.cells[place as usize] = Some((cell.clone(), facts.clone()));
        (cell, facts)
    }

    /// The plan of a line's kind, if there is one, and whether that holds for all of its kind.
    pub fn plan(
        &mut self,
        lines: &Lines,
        at: usize,
        (value, scales): (i64, bool),
        code: &CodeFacts<'l>,
        words: &mut Words<String>,
        column: impl Fn(usize) -> Option<usize>,
    ) -> (Option<Plan>, bool) {
        if matches!(code.general, ColumnDuty::Intricate) && code.line.is_some() {
            return (None, false);
        }
        let mut facts = lines.facts(at);
        // Suffixes that nothing tells apart are one.
        facts.code = code.code;
        // Small values are rounded across limits that larger ones keep clear of.
        const TRACED_FROM: i64 = 100_000;
        // A specific duty does not grow with the value: multiplied, the line would be of another kind.
        let scales = scales && !matches!(code.general, ColumnDuty::Specific(_));
        let times = if scales && value < TRACED_FROM { TRACED_FROM / value.max(1) + 1 } else { 1 };
        let traced_at = value * times;
        if times > 1 {
            if value == 0 {
                return (None, false);
            }
            facts.value = traced_at;
            facts.contents.iter_mut().for_each(|(_, cents)| *cents *= times);
        }
        let (answer, traced) = self.memo.answer(facts);
        let entered = lines.entered[at];
        let day = entered.stated().expect("every line states its entry");
        let day = day.day(&self.memo.compiled.side.territory.zone);
        let own_words = answer.warnings.len() != self.memo.day_warnings(day, entered).len();
        let Some(traced) = traced.filter(|t| t.settled && !own_words) else { return (None, true) };
        let reach = traced.reach;
        if traced_at < reach.least_value || traced_at >= reach.below_value {
            return (None, false);
        }
        // A quantity that this line lacks, another of its kind may state.
        let mut answer = answer;
        let all = answer.needs.len();
        answer.needs.retain(|need| !need.starts_with("quantity in "));
        if answer.needs.len() < all {
            // What else is missing then is a size that the ledger does not know, and has a default.
            answer.duty_cents = Some(0);
        }
        if answer.needs.is_empty() && answer.status == Status::NeedsFacts {
            answer.status = Status::Exact;
            answer.duty_max_cents = Some(0);
        }
        let headings = words.place(&headings(&answer));
        (Plan::of(&answer, traced, headings, column), true)
    }

    /// The place of what is said of a line of which nothing is missing.
    #[inline]
    fn said_of_exact(&mut self, day: i32, remarks: &mut Words<Remark>) -> u32 {
        if !self.known_days.is_empty() {
            return self.said(day, &self.nothing.clone(), Status::Exact, remarks);
        }
        let flags = usize::from(self.memo.compiled.day_flags(day));
        if self.said_of_exact[flags] == 0 {
            self.said_of_exact[flags] =
                self.said(day, &self.nothing.clone(), Status::Exact, remarks) + 1;
        }
        self.said_of_exact[flags] - 1
    }

    /// The place of what is said of a line on a day, besides amounts.
    fn said(
        &mut self,
        day: i32,
        needs: &Rc<[String]>,
        status: Status,
        remarks: &mut Words<Remark>,
    ) -> u32 {
        let compiled = self.memo.compiled;
        let known = match compiled.along {
            _ if self.known_days.is_empty() => 0,
            Along::Diagonal => self.known_days.partition_point(|known| *known <= day),
            Along::At(_) => 0,
        };
        let key = (needs.as_ptr().cast::<u8>(), compiled.day_flags(day), known);
        // Lists without members share no address; they are one.
        let key = if needs.is_empty() { (std::ptr::null(), key.1, key.2) } else { key };
        if let Some(place) = self.said.get(&key) {
            return *place;
        }
        let stated = Day::from_number(day);
        let warnings = self.memo.day_warnings(stated, PackedDate::day(day));
        let place = remarks.place(&Remark::of(status, needs.to_vec(), warnings));
        self.said.insert(key, place);
        place
    }
}

/// The quickest plans, each kept once.
#[derive(Default)]
struct QuickPlans {
    plans: Vec<QuickPlan>,
    places: FxHashMap<QuickPlan, u16>,
}

impl QuickPlans {
    /// The place of a plan, counted from 1; `None` when it is not so simple, or there are too many.
    fn place(&mut self, plan: &Plan) -> Option<u16> {
        let quick = QuickPlan::of(plan)?;
        if let Some(place) = self.places.get(&quick) {
            return Some(*place);
        }
        let place = u16::try_from(self.plans.len() + 1).ok()?;
        self.plans.push(quick);
        self.places.insert(quick, place);
        Some(place)
    }
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

fn headings(answer: &Answer) -> String {
    let mut headings: Vec<String> = Vec::new();
    for heading in answer.components.iter().filter_map(|c| c.heading).filter(Code::is_special) {
        let text = heading.to_string();
        if !headings.contains(&text) {
            headings.push(text);
        }
    }
    headings.join(";")
}
