//! What an assessor works out of one side and keeps: meanings of codes, kinds of lines, plans.

use std::hash::{Hash, Hasher};
use std::rc::Rc;
use std::sync::Arc;

use ledger::Status;
use nomenclature::Line as ScheduleLine;
use rustc_hash::{FxHashMap, FxHasher};
use tariff::{Code, Day, Stated, limits};

use crate::answer::{Trace, headings};
use crate::assessed::Remark;
use crate::codes::{CodeFacts, ColumnDuty};
use crate::compile::grid::Along;
use crate::ground::Fronts;
use crate::kind::{CellFacts, LineKind, NEVER_PLAIN};
use crate::lines::{Lines, OTHER_DATES, PackedDate};
use crate::made::SharedKind;
use crate::memo::{CodeKey, Memo};
use crate::plan::Plan;
use crate::quick_plan::{QUICK_MAX, QuickPlans};
use crate::rate::Share;
use crate::recent::Recent;
use crate::regime::Seen;
use crate::words::Words;

/// The plans of one side.
pub(crate) struct Work<'r, 'l> {
    pub memo: Memo<'r, 'l>,
    /// Each once.
    pub plans: Vec<Plan>,
    plans_by_hash: FxHashMap<u64, Vec<u32>>,
    /// For each plan the place by which lines find it, where it has one.
    shorts: Vec<u16>,
    /// Of cells that were met, the plan of lines that state nothing, for each kind of code: the places by
    /// which lines find them, and all that is known.
    plain_short: Vec<u16>,
    plain: Vec<Known>,
    /// For each cell what it asks for, everything until it was looked at, and above [`FROM`] where its plans
    /// begin, counted from 1; 0 was not met.
    of_cell: Vec<u32>,
    pub recent: Recent,
    /// Plans that are not quick, by the place that lines find them by.
    heavy: Vec<u32>,
    by_kind: FxHashMap<LineKind, Known>,
    pub quick: QuickPlans,
    /// What lines of a cell are told apart by, and for each cell its place there, counted from 1. Many cells
    /// ask for the same, and these few stay close to the processor.
    told_apart: Vec<&'r CellFacts>,
    told_apart_of: Vec<u16>,
    told_apart_places: FxHashMap<*const CellFacts, u16>,
    /// The places of plans that some assessor of the regime made, counted from 1; 0 where this one has not
    /// taken it over.
    adopted: Vec<u32>,
    /// What codes mean, by the rows of the schedule that their day sees.
    codes: FxHashMap<CodeKey, Option<Rc<CodeFacts<'l>>>>,
    /// The same of codes that do not mean the same on every day, as plain lines need it: the place of the
    /// front, and [`MOVED`] with that of the facts.
    moving: FxHashMap<CodeKey, Option<(u16, u32)>>,
    more_facts: Vec<Rc<CodeFacts<'l>>>,
    pub fronts: Fronts,
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
    nothing: Arc<[String]>,
    /// The days on which acts became known, where a world makes that worth saying.
    known_days: Vec<i32>,
}

/// What is known of the plan of a kind of line: its place and 2, 1 where there is none, 0 where nobody
/// asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    plan: u32,
    /// The place by which lines find it: among the quick ones, or [`HEAVY`] and that among the others; 0
    /// where there is none.
    pub short: u16,
}

/// Bits of what a cell asks for.
const FROM: u32 = 8;

/// A plan that is not a quick one.
pub(crate) const HEAVY: u16 = QUICK_MAX;

/// Facts of a code that does not mean the same on every day.
const MOVED: u32 = 1 << 31;

impl Known {
    const NO_PLAN: Known = Known { plan: 1, short: 0 };

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
            plans_by_hash: FxHashMap::default(),
            shorts: Vec::new(),
            plain_short: Vec::new(),
            plain: Vec::new(),
            of_cell: vec![u32::from(u8::MAX); cells],
            recent: Recent::new(compiled),
            heavy: Vec::new(),
            by_kind: FxHashMap::default(),
            quick: QuickPlans::default(),
            told_apart: Vec::new(),
            told_apart_of: vec![0; cells],
            told_apart_places: FxHashMap::default(),
            adopted: Vec::new(),
            codes: FxHashMap::default(),
            moving: FxHashMap::default(),
            more_facts: Vec::new(),
            fronts: compiled.fronts.clone(),
            claims: Words::new(),
            claims_of_batch: Vec::new(),
            symbols: Words::new(),
            specials: Words::new(),
            specials_of: FxHashMap::default(),
            symbols_of: vec![0; cells],
            said: FxHashMap::default(),
            said_of_exact: [0; 8],
            nothing: Arc::new([]),
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
        self.plans_by_hash.clear();
        self.adopted.clear();
        self.shorts.clear();
        self.plain_short.clear();
        self.plain.clear();
        self.of_cell.iter_mut().for_each(|of| *of &= u32::from(u8::MAX));
        self.recent.forget();
        self.heavy.clear();
        self.by_kind.clear();
        self.quick = QuickPlans::default();
        self.codes.clear();
        self.moving.clear();
        self.more_facts.clear();
        self.fronts = self.memo.compiled.fronts.clone();
        self.claims = Words::new();
        self.specials_of.clear();
        self.forget_remarks();
    }

    pub fn forget_remarks(&mut self) {
        self.said.clear();
        self.said_of_exact = [0; 8];
    }

    /// The front of a code that moves on a day, where it has one, and where its facts are.
    pub fn moving(&mut self, code: u64, day: i32) -> Option<(u16, u32)> {
        let compiled = self.memo.compiled;
        let known = compiled.known_day(day);
        let key = (code, compiled.epoch(day, known));
        if let Some(found) = self.moving.get(&key) {
            return *found;
        }
        let found = self.code(code, day, known).and_then(|facts| {
            let front = self.fronts.place(&facts)?;
            self.more_facts.push(facts);
            Some((front, MOVED | (self.more_facts.len() as u32 - 1)))
        });
        self.moving.insert(key, found);
        found
    }

    /// The facts of a code that means the same on every day, by the cell of the hash that it was found in.
    pub fn hot_facts(&self, found: u32) -> Option<&'r CodeFacts<'l>> {
        let compiled = self.memo.compiled;
        (found & MOVED == 0).then(|| &compiled.facts[compiled.hot.place(found) as usize])
    }

    /// The facts of a code that moves, by their place with [`MOVED`].
    pub fn moved_facts(&self, found: u32) -> Rc<CodeFacts<'l>> {
        self.more_facts[(found & !MOVED) as usize].clone()
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

    /// The place of the plan of a line that states what its cell asks for; `found` is where its code was.
    pub fn plan_of_asking(
        &mut self,
        lines: &Lines,
        line: (usize, i64),
        cell: u32,
        (found, code_kind): (u32, u16),
    ) -> Option<u16> {
        let claims = self.claims(lines, line.0);
        let specials = match claims {
            0 if self.asks(cell) & NEVER_PLAIN == 0 => 0,
            _ => {
                let line = match self.hot_facts(found) {
                    Some(facts) => facts.line,
                    None => self.moved_facts(found).line,
                };
                self.specials(cell, line, claims)
            }
        };
        let facts = match self.told_apart_of[cell as usize].checked_sub(1) {
            Some(place) => self.told_apart[usize::from(place)],
            None => self.memo.compiled.cell(cell).facts.as_ref()?,
        };
        let kind = facts.kind((cell, u32::from(code_kind)), lines, line, (claims, specials))?;
        Some(self.known(facts, (cell, u32::from(code_kind)), kind).short)
    }

    /// What is known of the plan of lines of a cell that state nothing, by the kind of their code.
    fn plain(&self, cell: u32, code_kind: u16) -> Known {
        match self.of_cell[cell as usize] >> FROM {
            0 => Known::default(),
            from => self.plain[from as usize - 1 + usize::from(code_kind)],
        }
    }

    /// What a cell asks for, and where the places of its plans are.
    #[inline]
    pub fn of_cell(&self, cell: u32) -> u32 {
        self.of_cell[cell as usize]
    }

    /// What a cell asks for; everything until it was looked at.
    fn asks(&self, cell: u32) -> u8 {
        self.of_cell[cell as usize] as u8
    }

    /// The place of the plan of lines that state nothing, by [`Work::of_cell`] and the kind of their code; 0
    /// where none is known.
    #[inline]
    pub fn plain_short(&self, of_cell: u32, code_kind: u16) -> u16 {
        match of_cell >> FROM {
            0 => 0,
            from => self.plain_short[from as usize - 1 + usize::from(code_kind)],
        }
    }

    /// The plan of a place with [`HEAVY`].
    pub fn heavy(&self, short: u16) -> usize {
        self.heavy[usize::from(short & !HEAVY)] as usize
    }

    /// What is known of the plan of a kind of line, of a cell and a kind of code.
    pub fn known(&self, facts: &CellFacts, (cell, code): (u32, u32), kind: LineKind) -> Known {
        if kind.is_plain() && facts.is_plain() {
            return self.plain(cell, code as u16);
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
        let known = plan.map_or(Known::NO_PLAN, |plan| Known {
            plan: plan as u32 + 2,
            short: self.short(plan),
        });
        if !(kind.is_plain() && facts.is_plain()) {
            self.by_kind.insert(kind, known);
            return;
        }
        // Where no column is looked at, one kind of code is like another.
        let kinds = self.memo.compiled.kinds;
        if self.of_cell[cell as usize] >> FROM == 0 {
            let from = self.plain.len() + 1;
            if from >> (u32::BITS - FROM) != 0 {
                return;
            }
            self.of_cell[cell as usize] |= (from as u32) << FROM;
            self.plain.resize(self.plain.len() + kinds, Known::default());
            self.plain_short.resize(self.plain.len(), 0);
        }
        let first = (self.of_cell[cell as usize] >> FROM) as usize - 1;
        let alike = match facts.by_kind() {
            true => first + code as usize..first + code as usize + 1,
            false => first..first + kinds,
        };
        self.plain_short[alike.clone()].fill(known.short);
        self.plain[alike].fill(known);
    }

    /// The place by which lines find a plan, while there are places; 0 is none.
    fn short(&mut self, plan: usize) -> u16 {
        self.shorts.resize(self.plans.len(), 0);
        if self.shorts[plan] == 0 {
            self.shorts[plan] = self.new_short(plan).unwrap_or(0);
        }
        self.shorts[plan]
    }

    fn new_short(&mut self, plan: usize) -> Option<u16> {
        let of = &mut self.plans[plan];
        if let Some(quick) = self.quick.place(of) {
            return Some(quick);
        }
        if let Some(open) = &mut of.open {
            open.make_quick(&mut self.quick);
        }
        let place = u16::try_from(self.heavy.len()).ok().filter(|place| *place < HEAVY)?;
        self.heavy.push(plan as u32);
        Some(HEAVY | place)
    }

    /// Whether a line states a date that moves it away from the law of its entry.
    pub fn off_the_grid(&self, lines: &Lines, at: usize) -> bool {
        let side = &self.memo.compiled.side;
        OTHER_DATES.iter().enumerate().any(|(place, fact)| {
            lines.dates[place].get(at).is_some_and(|date| !date.is_absent())
                && side.moves_law(*fact)
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
        let asks = seen.facts.as_ref().map_or(u8::MAX, |facts| facts.asks());
        let of_cell = &mut self.of_cell[place as usize];
        *of_cell = *of_cell >> FROM << FROM | u32::from(asks);
        if let Some(facts) = &seen.facts
            && self.told_apart_of[place as usize] == 0
        {
            let next = u16::try_from(self.told_apart.len() + 1).ok();
            let known = self.told_apart_places.get(&Arc::as_ptr(facts)).copied();
            if let Some(place_of) = known.or(next) {
                self.told_apart_of[place as usize] = place_of;
                if known.is_none() {
                    self.told_apart_places.insert(Arc::as_ptr(facts), place_of);
                    self.told_apart.push(facts);
                }
            }
        }
        seen
    }

    /// A kind of line as all assessors of the regime name it, given the places of its sets.
    pub fn shared_kind(&self, kind: LineKind, (claims, specials): (u32, u32)) -> SharedKind {
        SharedKind {
            kind: kind.without_sets(),
            claims: self.claims.get(claims).clone(),
            specials: self.specials.get(specials).clone(),
        }
    }

    /// The place of a plan that some assessor of the regime made.
    pub fn adopt(&mut self, made: u32, words: &mut Words<String>) -> usize {
        let at = made as usize;
        if self.adopted.len() <= at {
            self.adopted.resize(at + 1, 0);
        }
        if self.adopted[at] == 0 {
            let made = self.memo.compiled.made.plan(made);
            let plan = Plan { headings: words.place(&made.headings), ..made.plan.clone() };
            self.adopted[at] = self.keep_plan(plan) as u32 + 1;
        }
        self.adopted[at] as usize - 1
    }

    /// Keeps a plan, or finds one that is the same; its place.
    pub fn keep_plan(&mut self, plan: Plan) -> usize {
        let mut hasher = FxHasher::default();
        plan.hash(&mut hasher);
        let alike = self.plans_by_hash.entry(hasher.finish()).or_default();
        if let Some(place) = alike.iter().find(|place| self.plans[**place as usize] == plan) {
            return *place as usize;
        }
        alike.push(self.plans.len() as u32);
        self.plans.push(plan);
        self.plans.len() - 1
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
        needs: &Arc<[String]>,
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
