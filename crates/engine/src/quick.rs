//! Lines a block at a time.
//!
//! Each step of the look-up runs over the whole block before the next begins, so that the loads of many
//! lines are under way at once. A line whose plan is not a quick one is left for the other ways.

use std::collections::BTreeSet;

use ledger::DateFact;
use tariff::Exact;

use crate::codes::{Kinds, Specific};
use crate::compile::grid::SPLIT;
use crate::ground::{HotCode, HotDuty, SPECIFIC};
use crate::kind::{NEVER_PLAIN, STATES_CLAIMS, STATES_CONTENTS, STATES_DATES, STATES_MODE};
use crate::lines::{ABSENT, Lines, OTHER_DATES};
use crate::quick_plan::{VALUES_BELOW, ten_millionths};
use crate::regime::Compiled;
use crate::work::Work;

/// Lines that go through a step together.
pub(crate) const BLOCK: usize = 1024;

/// A share of the value and so much for each of the code's first unit of quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    more: [u8; BLOCK],
    /// What was found under the line's code, and whether it belongs to it.
    pub codes: [HotCode; BLOCK],
    pub is_hot: [bool; BLOCK],
    kinds: [u16; BLOCK],
    rows: [u32; BLOCK],
    slots: [u16; BLOCK],
    /// The quick plan of each line counted from 1; 0 is none.
    pub plans: [u16; BLOCK],
    pub values: [i64; BLOCK],
    /// The general duty of each line.
    pub general: [i64; BLOCK],
    /// Lines that state what their cell asks for.
    asking: Vec<(usize, u32)>,
}

/// No row: the line falls out.
const NO_ROW: u32 = u32::MAX;

impl Block {
    pub fn new() -> Box<Block> {
        Box::new(Block {
            more: [0; BLOCK],
            codes: [HotCode::default(); BLOCK],
            is_hot: [false; BLOCK],
            kinds: [0; BLOCK],
            rows: [0; BLOCK],
            slots: [0; BLOCK],
            plans: [0; BLOCK],
            values: [0; BLOCK],
            general: [0; BLOCK],
            asking: Vec::with_capacity(BLOCK),
        })
    }

    /// Finds the plans of `count` lines from `start` on, all of one side.
    pub fn find(&mut self, work: &mut Work<'_, '_>, lines: &Lines, of: (usize, usize)) {
        self.look_for_more(&work.memo.compiled.side.clock_dates, lines, of);
        self.find_codes(work, lines, of);
        self.general_duties(work, lines, of);
        self.find_rows(work.memo.compiled, lines, of);
        self.find_plans(work, of.1);
        self.find_plans_of_asking(work, lines, of.0);
    }

    fn find_codes(
        &mut self,
        work: &mut Work<'_, '_>,
        lines: &Lines,
        (start, count): (usize, usize),
    ) {
        let compiled = work.memo.compiled;
        let codes = &lines.code[start..start + count];
        let mut all = true;
        for ((found, is_hot), code) in self.codes.iter_mut().zip(&mut self.is_hot).zip(codes) {
            // No branch: whether a code is found is known late, and the next look-ups need not wait.
            (*is_hot, *found) = compiled.hot.probe(*code);
            all &= *is_hot;
        }
        if all {
            return;
        }
        for at in (0..count).filter(|at| !self.is_hot[*at]).collect::<Vec<_>>() {
            let entered = lines.entered[start + at].day_number();
            let found = entered.and_then(|day| work.moving(codes[at], day));
            self.is_hot[at] = found.is_some();
            self.codes[at] = found.unwrap_or_default();
        }
    }

    fn general_duties(
        &mut self,
        work: &Work<'_, '_>,
        lines: &Lines,
        (start, count): (usize, usize),
    ) {
        let whole = work.memo.compiled.whole_value;
        for (at, stated) in lines.value[start..start + count].iter().copied().enumerate() {
            let value = if whole { crate::answer::whole_units(stated) } else { stated };
            self.values[at] = value;
            if value >= VALUES_BELOW || !self.is_hot[at] {
                self.more[at] = NEVER_PLAIN;
            }
            let duty = work.duties.get(usize::from(self.codes[at].duty));
            let HotDuty { general, kind } = duty.copied().unwrap_or_default();
            self.kinds[at] = kind as u16;
            if general < SPECIFIC {
                self.general[at] = ten_millionths(value.min(VALUES_BELOW), general);
            } else {
                self.specific(work, lines, (start, at), general - SPECIFIC);
            }
        }
        self.sums_of_contents(lines, (start, count));
    }

    fn find_rows(
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
            self.slots[at] = slot;
            self.rows[at] =
                if self.more[at] & NEVER_PLAIN != 0 || origin == u16::MAX || slot == SPLIT {
                    NO_ROW
                } else {
                    compiled.grid.row(u32::from(self.codes[at].scope), u32::from(origin))
                };
        }
    }

    fn find_plans(&mut self, work: &Work<'_, '_>, count: usize) {
        let compiled = work.memo.compiled;
        self.asking.clear();
        for at in 0..count {
            self.plans[at] = 0;
            if self.rows[at] == NO_ROW {
                continue;
            }
            let cell = compiled.grid.cell_of_row(self.rows[at], self.slots[at]);
            if self.more[at] & work.asks[cell as usize] != 0 {
                self.asking.push((at, cell));
                continue;
            }
            self.plans[at] =
                work.quick_of[cell as usize * compiled.kinds + usize::from(self.kinds[at])];
        }
        for at in 0..count {
            if let Some(plan) = self.plans[at].checked_sub(1)
                && self.values[at] < i64::from(work.quick.plans[usize::from(plan)].least_value)
            {
                self.plans[at] = 0;
            }
        }
    }

    fn find_plans_of_asking(&mut self, work: &mut Work<'_, '_>, lines: &Lines, start: usize) {
        for (at, cell) in &self.asking {
            let (at, cell) = (*at, *cell);
            let line = (start + at, self.values[at]);
            let plan = work.quick_plan(lines, line, cell, (self.codes[at], self.kinds[at]));
            let holds = |plan: &u16| {
                let plan = &work.quick.plans[usize::from(*plan) - 1];
                self.values[at] >= i64::from(plan.least_value)
            };
            self.plans[at] = plan.filter(holds).unwrap_or(0);
        }
    }

    /// The general duty of a line whose code has a specific one, and its kind.
    fn specific(
        &mut self,
        work: &Work<'_, '_>,
        lines: &Lines,
        (start, at): (usize, usize),
        specific: u32,
    ) {
        let specific = &work.specifics[specific as usize];
        let (value, line) = (self.values[at], start + at);
        let stated = lines.quantities.first().map(|c| (c.millionths[line], c.unit[line]));
        let (Some((millionths @ 0.., 0)), Some(limits)) = (stated, &work.memo.compiled.limits)
        else {
            self.more[at] = NEVER_PLAIN;
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
                    self.more[at] = NEVER_PLAIN;
                }
                kind += Kinds::step(exact);
            }
            self.kinds[at] = kind as u16;
            return;
        }
        let fine = specific.fine(value, millionths);
        let Ok(cents) = i64::try_from((fine + FINE / 2) / FINE) else {
            self.more[at] = NEVER_PLAIN;
            return;
        };
        let mut kind = 1;
        for limit in limits {
            let share = i128::from(value) * i128::from(*limit);
            let exact = fine.cmp(&(share * 1_000_000));
            if exact != (i128::from(cents) * 10_000_000).cmp(&share) {
                self.more[at] = NEVER_PLAIN;
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
