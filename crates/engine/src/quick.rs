//! Lines a block at a time.
//!
//! Each step of the look-up runs over the whole block before the next begins, and looking into a large
//! table is a step of its own with nothing else in it, so that the loads of many lines are under way at once. A line whose plan is not a quick one is left for the other ways.

use std::collections::BTreeSet;

use ledger::DateFact;
use tariff::Exact;

use crate::codes::{Kinds, Specific};
use crate::compile::grid::SPLIT;
use crate::compile::hash::CodeHash;
use crate::ground::{Front, SPECIFIC};
use crate::kind::{
    ASKS_KIND, NEVER_PLAIN, STATES_CLAIMS, STATES_CONTENTS, STATES_DATES, STATES_MODE,
};
use crate::lines::{ABSENT, Lines, OTHER_DATES};
use crate::quick_plan::{VALUES_BELOW, ten_millionths};
use crate::recent::Recent;
use crate::regime::Compiled;
use crate::work::{HEAVY, Work};

/// Lines that go through a step together.
pub(crate) const BLOCK: usize = 1024;

/// A share of the value and so much for each of the code's first unit of quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct QuickSpecific {
    /// In ten millionths.
    share: u32,
    /// In ten millionths of a cent.
    a_unit: u64,
    /// Whether only whole units count.
    whole: bool,
}

impl QuickSpecific {
    /// `None` for a duty that is not so simple.
    pub fn of(specific: &Specific) -> Option<QuickSpecific> {
        let [term] = specific.per_unit.as_slice() else { return None };
        let share: u32 =
            specific.shares.iter().map(|share| share.ten_millionths()).sum::<Option<u32>>()?;
        let one = term.factors.first().copied().flatten() == Some(Exact::from_integer(1));
        let scaled = term.numerator.checked_mul(10_000_000)?;
        if !one || term.above != 0 || scaled % term.denominator != 0 {
            return None;
        }
        let a_unit = u64::try_from(scaled / term.denominator).ok()?;
        // A hundred dollars a unit: with the largest quantity it fits.
        (a_unit <= 100_000_000_000).then_some(QuickSpecific { share, a_unit, whole: term.whole })
    }

    /// The duty on a value and a whole quantity of units, in ten millionths of a cent; `None` for others
    /// and where it may not fit.
    #[inline]
    fn whole_units(&self, value: i64, millionths: i64) -> Option<u64> {
        let counted = if self.whole { millionths + 500_000 } else { millionths };
        let units = counted / 1_000_000;
        if !self.whole && units * 1_000_000 != counted || value >= VALUES_BELOW {
            return None;
        }
        let of_units = (units as u64).checked_mul(self.a_unit)?;
        // With the rest it stays below twice this.
        (of_units < 1 << 60).then(|| value as u64 * u64::from(self.share) + of_units)
    }

    /// The duty on a value and a quantity in millionths, in ten millionths of millionths of a cent.
    #[inline]
    fn fine(&self, value: i64, millionths: i64) -> i128 {
        let counted =
            if self.whole { (millionths + 500_000) / 1_000_000 * 1_000_000 } else { millionths };
        i128::from(value) * i128::from(self.share) * 1_000_000
            + i128::from(counted) * i128::from(self.a_unit)
    }
}

/// Ten millionths of millionths.
const FINE: i128 = 10_000_000_000_000;

/// What the steps leave for each line of a block.
pub(crate) struct Block {
    /// What a line states besides, as bits.
    pub more: [u8; BLOCK],
    /// The place of the front of the line's code, 0 where it has none, and where its facts are.
    fronts: [u16; BLOCK],
    pub found: [u32; BLOCK],
    scopes: [u16; BLOCK],
    kinds: [u16; BLOCK],
    origins: [u16; BLOCK],
    slots: [u16; BLOCK],
    /// The place of the plan of each line: among the quick ones, or with [`HEAVY`]; 0 is none.
    pub plans: [u16; BLOCK],
    pub values: [i64; BLOCK],
    /// The general duty of each line.
    pub general: [i64; BLOCK],
    /// Lines that are looked at once more, by step.
    chosen: [u16; BLOCK],
    /// Where a step looks into a large table, and what it finds there.
    places: [u32; BLOCK],
    words: [u64; BLOCK],
    /// Lines that state what their cell asks for.
    asking: Vec<(usize, u32)>,
}

impl Block {
    pub fn new() -> Box<Block> {
        Box::new(Block {
            more: [0; BLOCK],
            fronts: [0; BLOCK],
            found: [0; BLOCK],
            scopes: [0; BLOCK],
            kinds: [0; BLOCK],
            origins: [0; BLOCK],
            slots: [0; BLOCK],
            plans: [0; BLOCK],
            values: [0; BLOCK],
            general: [0; BLOCK],
            chosen: [0; BLOCK],
            places: [0; BLOCK],
            words: [0; BLOCK],
            asking: Vec::with_capacity(BLOCK),
        })
    }

    /// Whether a code was found quickly; its facts are at the place in `found`.
    pub fn is_found(&self, at: usize) -> bool {
        self.fronts[at] != 0
    }

    /// Finds the plans of `count` lines from `start` on, all of one side. Lines without a quick one are put
    /// into `rest`.
    pub fn find(
        &mut self,
        work: &mut Work<'_, '_>,
        lines: &Lines,
        of: (usize, usize),
        rest: &mut Vec<usize>,
    ) {
        self.look_for_more(&work.memo.compiled.side.clock_dates, lines, of);
        self.find_codes(work, lines, of);
        self.general_duties(work, lines, of);
        self.find_slots(work.memo.compiled, lines, of);
        let missed = self.find_recent(work, of.1);
        self.find_plans(work, missed);
        self.find_plans_of_asking(work, lines, of.0);
        self.leave(work, of, rest);
    }

    fn find_codes(
        &mut self,
        work: &mut Work<'_, '_>,
        lines: &Lines,
        (start, count): (usize, usize),
    ) {
        let compiled = work.memo.compiled;
        let codes = &lines.code[start..start + count];
        for (found, code) in self.found.iter_mut().zip(codes) {
            *found = compiled.hot.cell(*code);
        }
        for (word, cell) in self.words[..count].iter_mut().zip(&self.found) {
            *word = compiled.hot.word(*cell);
        }
        let mut all = true;
        for ((front, word), code) in self.fronts.iter_mut().zip(&self.words).zip(codes) {
            // No branch: which codes are found follows no order.
            let (found, mark) = CodeHash::holds(*word, *code);
            *front = if found { mark } else { 0 };
            all &= *front != 0;
        }
        if all {
            return;
        }
        for (at, code) in codes.iter().enumerate() {
            if self.fronts[at] == 0
                && let Some(day) = lines.entered[start + at].day_number()
                && let Some(moving) = work.moving(*code, day)
            {
                (self.fronts[at], self.found[at]) = moving;
            }
        }
    }

    fn general_duties(
        &mut self,
        work: &Work<'_, '_>,
        lines: &Lines,
        (start, count): (usize, usize),
    ) {
        let whole = work.memo.compiled.whole_value;
        let fronts = &work.fronts.all;
        let mut specific = 0;
        for (at, stated) in lines.value[start..start + count].iter().copied().enumerate() {
            let value = if whole { crate::answer::whole_units(stated) } else { stated };
            self.values[at] = value;
            let place = self.fronts[at];
            let beyond = value >= VALUES_BELOW || place == 0;
            self.more[at] |= if beyond { NEVER_PLAIN } else { 0 };
            let Front { scope, kind, general } = fronts[usize::from(place)];
            (self.scopes[at], self.kinds[at]) = (scope, kind);
            // Of a specific duty this comes to something else, and is put right below.
            self.general[at] = ten_millionths(value.min(VALUES_BELOW), general & (SPECIFIC - 1));
            self.chosen[specific] = at as u16;
            specific += usize::from(general >= SPECIFIC);
        }
        for chosen in 0..specific {
            let at = usize::from(self.chosen[chosen]);
            let general = fronts[usize::from(self.fronts[at])].general;
            self.specific(work, lines, (start, at), general - SPECIFIC);
        }
        self.sums_of_contents(lines, (start, count));
    }

    fn find_slots(
        &mut self,
        compiled: &Compiled<'_>,
        lines: &Lines,
        (start, count): (usize, usize),
    ) {
        let origins = &lines.origin[start..start + count];
        let entered = &lines.entered[start..start + count];
        for at in 0..count {
            let origin = compiled.origin_of[origins[at].index()];
            let slot =
                entered[at].day_number().map_or(SPLIT, |day| compiled.grid.slots.of_day(day));
            let beyond = origin == u16::MAX || slot == SPLIT;
            self.more[at] |= if beyond { NEVER_PLAIN } else { 0 };
            // A line beyond the grid is looked up as another, and its answer is not used.
            (self.origins[at], self.slots[at]) = if beyond { (0, 0) } else { (origin, slot) };
        }
    }

    /// Plans that lines of late had; the places of the other lines are left in `chosen`. How many they are.
    fn find_recent(&mut self, work: &Work<'_, '_>, count: usize) -> usize {
        let recent = &work.recent;
        let mut missed = 0;
        for at in 0..count {
            let (scope, origin) = (self.scopes[at], self.origins[at]);
            self.places[at] = recent.key(scope, origin, self.slots[at], self.kinds[at]);
        }
        for (word, key) in self.words[..count].iter_mut().zip(&self.places) {
            *word = u64::from(recent.entry(*key));
        }
        for at in 0..count {
            let plan = Recent::plan(self.words[at] as u32, self.places[at]);
            let plan = if self.more[at] == 0 { plan } else { 0 };
            self.plans[at] = plan;
            self.chosen[missed] = at as u16;
            missed += usize::from(plan == 0);
        }
        missed
    }

    /// Plans of the lines in `chosen`, by their cells.
    fn find_plans(&mut self, work: &mut Work<'_, '_>, count: usize) {
        let compiled = work.memo.compiled;
        let mut some = 0;
        for chosen in 0..count {
            // Lines that no plan of the grid can serve; a regime of no days has no cells at all.
            let at = self.chosen[chosen];
            self.chosen[some] = at;
            some += usize::from(self.more[usize::from(at)] & NEVER_PLAIN == 0);
        }
        let chosen = &self.chosen[..some];
        for (row, at) in self.places.iter_mut().zip(chosen) {
            let at = usize::from(*at);
            *row = compiled.grid.row(u32::from(self.scopes[at]), u32::from(self.origins[at]));
        }
        for (place, at) in self.places.iter_mut().zip(chosen) {
            *place = compiled.grid.run_of_row(*place, self.slots[usize::from(*at)]);
        }
        for (cell, _) in self.places.iter_mut().zip(chosen) {
            *cell = compiled.grid.cell_of_run(*cell);
        }
        for ((of_cell, cell), _) in self.words.iter_mut().zip(&self.places).zip(chosen) {
            *of_cell = u64::from(work.of_cell(*cell));
        }
        self.asking.clear();
        for ((cell, of_cell), at) in self.places.iter().zip(&self.words).zip(chosen) {
            let (cell, of_cell, at) = (*cell, *of_cell as u32, usize::from(*at));
            let (more, asks) = (self.more[at], of_cell as u8);
            if more & asks != 0 {
                self.asking.push((at, cell));
                continue;
            }
            let kind = self.kinds[at];
            let plan = work.plain_short(of_cell, kind);
            self.plans[at] = plan;
            if plan != 0 && more == 0 {
                let of = (self.scopes[at], self.origins[at], self.slots[at], kind);
                work.recent.keep(of, asks & ASKS_KIND != 0, plan);
            }
        }
    }

    fn find_plans_of_asking(&mut self, work: &mut Work<'_, '_>, lines: &Lines, start: usize) {
        for (at, cell) in &self.asking {
            let (at, cell) = (*at, *cell);
            let line = (start + at, self.values[at]);
            let plan = work.plan_of_asking(lines, line, cell, (self.found[at], self.kinds[at]));
            self.plans[at] = plan.unwrap_or(0);
        }
    }

    /// Leaves lines without a quick plan to the other ways; here the plan of nothing stands for theirs.
    fn leave(
        &mut self,
        work: &Work<'_, '_>,
        (start, count): (usize, usize),
        rest: &mut Vec<usize>,
    ) {
        let plans = &work.quick.plans;
        let mut left = 0;
        for at in 0..count {
            let plan = self.plans[at];
            let quick = if plan & HEAVY == 0 { plan } else { 0 };
            let holds = self.values[at] >= i64::from(plans[usize::from(quick)].least_value);
            self.plans[at] = if holds { plan } else { 0 };
            self.chosen[left] = at as u16;
            left += usize::from(quick == 0 || !holds);
        }
        rest.extend(self.chosen[..left].iter().map(|at| start + usize::from(*at)));
    }

    /// The general duty of a line whose code has a specific one, and its kind.
    fn specific(
        &mut self,
        work: &Work<'_, '_>,
        lines: &Lines,
        (start, at): (usize, usize),
        specific: u32,
    ) {
        let specific = &work.fronts.specifics[specific as usize];
        let (value, line) = (self.values[at], start + at);
        let stated = lines.quantities.first().map(|c| (c.millionths[line], c.unit[line]));
        let (Some((millionths @ 0.., 0)), Some(limits)) = (stated, &work.memo.compiled.limits)
        else {
            self.more[at] |= NEVER_PLAIN;
            return;
        };
        if let Some(amount) = specific.whole_units(value, millionths) {
            let cents = ((amount + 5_000_000) / 10_000_000) as i64;
            self.general[at] = cents;
            let mut kind = 1;
            for limit in limits {
                // The amount against the limit's share of the value, exactly and rounded.
                let share = value as u64 * u64::from(*limit);
                let exact = amount.cmp(&share);
                if exact != (cents as u64 * 10_000_000).cmp(&share) {
                    self.more[at] |= NEVER_PLAIN;
                }
                kind += Kinds::step(exact);
            }
            self.kinds[at] = kind as u16;
            return;
        }
        let fine = specific.fine(value, millionths);
        let Ok(cents) = i64::try_from((fine + FINE / 2) / FINE) else {
            self.more[at] |= NEVER_PLAIN;
            return;
        };
        let mut kind = 1;
        for limit in limits {
            let share = i128::from(value) * i128::from(*limit);
            let exact = fine.cmp(&(share * 1_000_000));
            if exact != (i128::from(cents) * 10_000_000).cmp(&share) {
                self.more[at] |= NEVER_PLAIN;
            }
            kind += Kinds::step(exact);
        }
        self.kinds[at] = kind as u16;
        self.general[at] = cents;
    }

    /// Lines whose parts are together worth more than the whole are for the other ways.
    fn sums_of_contents(&mut self, lines: &Lines, (start, count): (usize, usize)) {
        if lines.contents.is_empty() {
            return;
        }
        for at in 0..count {
            if self.more[at] & STATES_CONTENTS != 0 {
                let stated = lines.contents.iter().map(|(_, column)| column[start + at]);
                let sum = stated.filter(|cents| *cents != ABSENT).sum::<i64>();
                if sum > self.values[at].min(lines.value[start + at]) {
                    self.more[at] |= NEVER_PLAIN;
                }
            }
        }
    }

    /// Marks the lines that state more than a plain line does.
    fn look_for_more(
        &mut self,
        clock_dates: &BTreeSet<DateFact>,
        lines: &Lines,
        (start, count): (usize, usize),
    ) {
        let more = &mut self.more[..count];
        more.fill(0);
        if !lines.claims.is_empty() {
            let column = &lines.claims[start..start + count];
            let states = |set: &u32| if *set != 0 { STATES_CLAIMS } else { 0 };
            more.iter_mut().zip(column).for_each(|(more, set)| *more |= states(set));
        }
        if !lines.mode.is_empty() {
            let column = &lines.mode[start..start + count];
            let states = |mode: &u8| if *mode != 0 { STATES_MODE } else { 0 };
            more.iter_mut().zip(column).for_each(|(more, mode)| *more |= states(mode));
        }
        for (fact, column) in OTHER_DATES.iter().zip(&lines.dates) {
            if column.is_empty() {
                continue;
            }
            let moves_the_law = *fact == DateFact::Withdrawn || clock_dates.contains(fact);
            for (at, date) in column[start..start + count].iter().enumerate() {
                if date.is_absent() {
                    continue;
                }
                // A day after that of entry is worth a word.
                let days = (date.day_number(), lines.entered[start + at].day_number());
                let in_order = matches!(days, (Some(date), Some(entered)) if date <= entered);
                more[at] |= STATES_DATES;
                if moves_the_law || !in_order {
                    more[at] |= NEVER_PLAIN;
                }
            }
        }
        for (_, column) in &lines.contents {
            for (more, cents) in more.iter_mut().zip(&column[start..start + count]) {
                *more |= if *cents != ABSENT { STATES_CONTENTS } else { 0 };
            }
        }
    }
}
