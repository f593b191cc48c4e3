//! What an assessor works out of one side and keeps: meanings of codes, kinds of lines, plans.

use std::rc::Rc;

use ledger::{DateFact, Status};
use nomenclature::Line as ScheduleLine;
use rustc_hash::FxHashMap;
use tariff::{Code, Day, Stated, limits};

use crate::answer::{Trace, headings};
use crate::assessed::Remark;
use crate::codes::{CodeFacts, ColumnDuty};
use crate::compile::grid::Along;
use crate::ground::{HotCode, HotDuty, hot_duty};
use crate::kind::{CellFacts, LineKind};
use crate::lines::{Lines, OTHER_DATES, PackedDate};
use crate::memo::{CodeKey, Memo};
use crate::plan::Plan;
use crate::quick::QuickSpecific;
use crate::quick_plan::QuickPlans;
use crate::rate::Share;
use crate::regime::Seen;
use crate::words::Words;

/// The plans of one side.
pub(crate) struct Work<'r, 'l> {
    pub memo: Memo<'r, 'l>,
    pub plans: Vec<Plan>,
    /// For each cell and kind of code the plan of lines that state nothing.
    plain: Vec<Known>,
    /// Of these the quick ones, counted from 1.
    pub quick_of: Vec<u16>,
    by_kind: FxHashMap<LineKind, Known>,
    pub quick: QuickPlans,
    /// For each cell what it asks for; everything until it was looked at.
    pub asks: Vec<u8>,
    /// What codes mean, by the rows of the schedule that their day sees.
    codes: FxHashMap<CodeKey, Option<Rc<CodeFacts<'l>>>>,
    /// The same of codes that do not mean the same on every day, as plain lines need it; their facts
    /// stand behind those of the regime, and so do their duties.
    moving: FxHashMap<CodeKey, Option<HotCode>>,
    more_facts: Vec<Rc<CodeFacts<'l>>>,
    pub duties: Vec<HotDuty>,
    pub specifics: Vec<QuickSpecific>,
    claims: Words<Vec<String>>,
    /// Places of the claims of the batch by their sets, counted from 1.
    claims_of_batch: Vec<u32>,
    /// Places of lists of symbols, of the shares that they bring a code, and of both by cell and line
    /// of the schedule.
    symbols: Words<Vec<Vec<String>>>,
    specials: Words<Vec<Option<Share>>>,
    specials_of: FxHashMap<(u32, usize), u32>,
    symbols_of: Vec<u32>,
    /// Places of remarks by the needs and the day's warnings, for the batch.
    said: FxHashMap<(*const u8, u8, usize), u32>,
    /// The same of lines of which nothing is missing, by the flags of their day, counted from 1.
    said_of_exact: [u32; 8],
    nothing: Rc<[String]>,
    /// The days on which acts became known, where a world makes that worth saying.
    known_days: Vec<i32>,
}

/// What is known of the plan of a kind of line: its place and 2, 1 where there is none, 0 where nobody
/// asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    plan: u32,
    /// The place among the quick ones, counted from 1.
    quick: u16,
}

impl Known {
    const NO_PLAN: Known = Known { plan: 1, quick: 0 };

    /// The place of the plan; nothing where nobody asked.
    pub fn plan(self) -> Option<Option<usize>> {
        (self.plan != 0).then(|| self.plan.checked_sub(2).map(|plan| plan as usize))
    }
}

impl<'r, 'l> Work<'r, 'l> {
    pub fn new(memo: Memo<'r, 'l>) -> Work<'r, 'l> {
        let compiled = memo.compiled;
        let cells = compiled.grid.cells();
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
            plain: vec![Known::default(); cells * compiled.kinds],
            quick_of: vec![0; cells * compiled.kinds],
            by_kind: FxHashMap::default(),
            quick: QuickPlans::default(),
            asks: vec![u8::MAX; cells],
            codes: FxHashMap::default(),
            moving: FxHashMap::default(),
            more_facts: Vec::new(),
            duties: compiled.duties.clone(),
            specifics: compiled.specifics.clone(),
            claims: Words::new(),
            claims_of_batch: Vec::new(),
            symbols: Words::new(),
            specials: Words::new(),
            specials_of: FxHashMap::default(),
            symbols_of: vec![0; cells],
            said: FxHashMap::default(),
            said_of_exact: [0; 8],
            nothing: Rc::new([]),
            known_days,
        }
    }

    /// Gets ready for a batch.
    pub fn begin(&mut self, lines: &Lines) {
        let kept = self.plans.len().max(self.by_kind.len()).max(self.specials_of.len());
        let kept = kept.max(self.moving.len()).max(self.codes.len());
        if kept > limits::KEPT_MAX || self.claims.len() > limits::CLAIMS_KEPT_MAX {
            self.forget();
        }
        self.claims_of_batch.clear();
        self.claims_of_batch.resize(lines.claim_sets.len() + 1, 0);
    }

    /// Starts anew with the plans, and with what refers to them.
    fn forget(&mut self) {
        self.plans.clear();
        self.plain.fill(Known::default());
        self.quick_of.fill(0);
        self.by_kind.clear();
        self.quick = QuickPlans::default();
        self.codes.clear();
        self.moving.clear();
        self.more_facts.clear();
        self.duties.truncate(self.memo.compiled.duties.len());
        self.specifics.truncate(self.memo.compiled.specifics.len());
        self.claims = Words::new();
        self.specials_of.clear();
        self.forget_remarks();
    }

    pub fn forget_remarks(&mut self) {
        self.said.clear();
        self.said_of_exact = [0; 8];
    }

    /// What a code that moves means on a day, where that is quick to say.
    pub fn moving(&mut self, code: u64, day: i32) -> Option<HotCode> {
        let compiled = self.memo.compiled;
        let known = compiled.known_day(day);
        let key = (code, compiled.epoch(day, known));
        if let Some(found) = self.moving.get(&key) {
            return *found;
        }
        let found = self.code(code, day, known).and_then(|facts| {
            let duty = hot_duty(&mut self.duties, &mut self.specifics, &facts)?;
            let place = compiled.facts.len() + self.more_facts.len();
            let scope = u16::try_from(facts.scope).ok()?;
            self.more_facts.push(facts);
            Some(HotCode { scope, duty, facts: place as u32 })
        });
        self.moving.insert(key, found);
        found
    }

    /// The facts at a place that a [`HotCode`] gives.
    fn facts_at(&self, place: u32) -> &CodeFacts<'l> {
        let compiled = self.memo.compiled;
        let more = (place as usize).checked_sub(compiled.facts.len());
        more.map_or_else(|| &compiled.facts[place as usize], |more| &self.more_facts[more])
    }

    /// The place of the claims of a line.
    pub fn claims(&mut self, lines: &Lines, at: usize) -> u32 {
        let set = lines.claims.get(at).copied().unwrap_or(0) as usize;
        if set == 0 {
            return 0;
        }
        if self.claims_of_batch[set] == 0 {
            self.claims_of_batch[set] = self.claims.place(&lines.claim_sets[set - 1]) + 1;
        }
        self.claims_of_batch[set] - 1
    }

    /// The place of what special measures of a cell take of goods of a line of the schedule; 0 where
    /// that tells lines of the cell not apart.
    pub fn specials(&mut self, place: u32, line: Option<&'l ScheduleLine>, claims: u32) -> u32 {
        let Seen { cell, facts: Some(facts) } = self.memo.compiled.cell(place) else { return 0 };
        if !facts.looks_at_specials(claims) {
            return 0;
        }
        let symbols = &mut self.symbols_of[place as usize];
        if *symbols == 0 {
            *symbols = self.symbols.place(&facts.special_symbols(cell));
        }
        let key = (*symbols, line.map_or(0, |line| std::ptr::from_ref(line) as usize));
        if let Some(known) = self.specials_of.get(&key) {
            return *known;
        }
        let found = self.specials.place(&facts.specials(cell, line));
        self.specials_of.insert(key, found);
        found
    }

    /// The quick plan of a line that states what its cell asks for, counted from 1.
    pub fn quick_plan(
        &mut self,
        lines: &Lines,
        line: (usize, i64),
        cell: u32,
        (code, code_kind): (HotCode, u16),
    ) -> Option<u16> {
        let claims = self.claims(lines, line.0);
        let specials = self.specials(cell, self.facts_at(code.facts).line, claims);
        let facts = self.memo.compiled.cell(cell).facts.as_ref()?;
        let kind = facts.kind((cell, u32::from(code_kind)), lines, line, (claims, specials))?;
        let known = self.known(facts, (cell, u32::from(code_kind)), kind);
        (known.quick != 0).then_some(known.quick)
    }

    /// What is known of the plan of a kind of line, of a cell and a kind of code.
    pub fn known(&self, facts: &CellFacts, (cell, code): (u32, u32), kind: LineKind) -> Known {
        if kind.is_plain() && facts.is_plain() {
            return self.plain[cell as usize * self.memo.compiled.kinds + code as usize];
        }
        self.by_kind.get(&kind).copied().unwrap_or_default()
    }

    /// Keeps what was found for a kind of line.
    pub fn keep(
        &mut self,
        facts: &CellFacts,
        (cell, code): (u32, u32),
        kind: LineKind,
        plan: Option<usize>,
    ) {
        let quick = plan.and_then(|plan| self.quick.place(&self.plans[plan])).unwrap_or(0);
        let known = plan.map_or(Known::NO_PLAN, |plan| Known { plan: plan as u32 + 2, quick });
        if !(kind.is_plain() && facts.is_plain()) {
            self.by_kind.insert(kind, known);
            return;
        }
        // Where no column is looked at, one kind of code is like another.
        let kinds = self.memo.compiled.kinds;
        let first = cell as usize * kinds;
        let alike = match facts.by_kind() {
            true => first + code as usize..first + code as usize + 1,
            false => first..first + kinds,
        };
        self.plain[alike.clone()].fill(known);
        self.quick_of[alike].fill(quick);
    }

    /// Whether a line states a date that moves it away from the law of its entry.
    pub fn off_the_grid(&self, lines: &Lines, at: usize) -> bool {
        let moved_by = |fact: &DateFact| {
            *fact == DateFact::Withdrawn || self.memo.compiled.side.clock_dates.contains(fact)
        };
        OTHER_DATES.iter().enumerate().any(|(place, fact)| {
            lines.dates[place].get(at).is_some_and(|date| !date.is_absent()) && moved_by(fact)
        })
    }

    /// The day of entry, its slot, and the day as of which the schedule is read.
    pub fn when(&self, entered: PackedDate) -> Option<(i32, u16, i32)> {
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
        Some((day, slot, compiled.known_day(day)))
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

    /// A cell; from now on its lines are known by what it asks for.
    pub fn cell(&mut self, place: u32) -> &'r Seen<'l> {
        let seen = self.memo.compiled.cell(place);
        self.asks[place as usize] = seen.facts.as_ref().map_or(u8::MAX, |facts| facts.asks());
        seen
    }

    /// The plan of a line's kind, if there is one, and whether that holds for all of its kind; `trace`
    /// says whether lines that leave something open have one.
    pub fn plan(
        &mut self,
        lines: &Lines,
        at: usize,
        (value, scales): (i64, bool),
        (code, trace): (&CodeFacts<'l>, Trace),
        words: &mut Words<String>,
        column: impl Fn(usize) -> Option<usize>,
    ) -> (Option<Plan>, bool) {
        // Of nothing all and no part are one.
        let intricate = matches!(code.general, ColumnDuty::Intricate) && code.line.is_some();
        if intricate || value <= 0 {
            return (None, false);
        }
        let mut facts = lines.facts(at);
        // Suffixes that nothing tells apart are one.
        facts.code = code.code;
        // Small values are rounded across limits that larger ones keep clear of.
        const TRACED_FROM: i64 = 100_000;
        // A specific duty does not grow with the value: multiplied, the line would be of another kind.
        let scales = scales && !matches!(code.general, ColumnDuty::Specific(_));
        let times = if scales && value < TRACED_FROM { TRACED_FROM / value + 1 } else { 1 };
        let traced_at = value * times;
        if times > 1 {
            facts.value = traced_at;
            facts.contents.iter_mut().for_each(|(_, cents)| *cents *= times);
        }
        let (mut answer, traced) = self.memo.traced(facts, trace);
        let Some(traced) = traced.filter(|t| t.settled || trace == Trace::All) else {
            return (None, true);
        };
        let entered = lines.entered[at];
        let day = entered.stated().expect("every line states its entry");
        let day = day.day(&self.memo.compiled.side.territory.zone);
        if answer.warnings.len() != self.memo.day_warnings(day, entered).len() {
            return (None, true);
        }
        let reach = traced.reach;
        if traced_at < reach.least_value || traced_at >= reach.below_value {
            return (None, false);
        }
        if traced.settled {
            // A quantity that this line lacks, another of its kind may state.
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
        }
        let headings = words.place(&headings(&answer));
        (Plan::of(&answer, traced, headings, column), true)
    }

    /// The place of what is said of a line of which nothing is missing.
    #[inline]
    pub fn said_of_exact(&mut self, day: i32, remarks: &mut Words<Remark>) -> u32 {
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
    pub fn said(
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
