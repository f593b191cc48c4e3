//! Plain lines, a block at a time.
//!
//! A plain line states nothing but code, origin, day and value (and a quantity that its duty does not
//! ask for). Each step of the look-up runs over the whole block before the next begins, so that the
//! loads of many lines are under way at once; a line that falls out is left for the other ways.

use std::collections::BTreeSet;

use ledger::DateFact;
use tariff::Exact;

use crate::codes::{Kinds, Specific};
use crate::compile::grid::SPLIT;
use crate::lines::{ABSENT, Lines, OTHER_DATES};
use crate::plan::{
    GENERAL, NEVER_PLAIN, NOTHING, Plan, Rate, STATES_CLAIMS, STATES_CONTENTS, STATES_DATES,
    STATES_MODE,
};
use crate::regime::{Compiled, HotCode, HotDuty, SPECIFIC};

/// Lines that go through a step together.
pub(crate) const BLOCK: usize = 1024;

/// The most parts of a plan that is run here.
const RATES_MAX: usize = 6;

/// From this value in cents on, a rate times the value may not fit 64 bits.
const VALUES_BELOW: i64 = 100_000_000_000;

/// A plan of rates on the value, in one cache line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(align(64))]
pub(crate) struct QuickPlan {
    rates: [Rate; RATES_MAX],
    count: u32,
    /// In cents.
    least_value: u32,
    pub headings: u32,
}

impl QuickPlan {
    /// The same as a plan, where it is so simple.
    pub fn of(plan: &Plan) -> Option<QuickPlan> {
        if !plan.quick || plan.rates.len() > RATES_MAX || plan.below_value < VALUES_BELOW {
            return None;
        }
        let mut rates = [Rate { column: 0, absorbs: NOTHING, rate: 0 }; RATES_MAX];
        rates[..plan.rates.len()].copy_from_slice(&plan.rates);
        Some(QuickPlan {
            rates,
            count: plan.rates.len() as u32,
            least_value: u32::try_from(plan.least_value).ok()?,
            headings: plan.headings,
        })
    }

    /// The duty on a value, given the code's general duty in cents; each part goes to `part` with its
    /// column.
    #[inline]
    pub fn duty(&self, value: i64, general: i64, mut part: impl FnMut(u16, i64)) -> i64 {
        let mut amounts = [0; RATES_MAX];
        let mut sum = 0;
        for (place, rate) in self.rates.iter().enumerate().take(self.count as usize) {
            let mut amount =
                if rate.rate == GENERAL { general } else { ten_millionths(value, rate.rate) };
            if rate.absorbs != NOTHING {
                // A total tops up what it counts in, which stands before it.
                amount = (amount - amounts[usize::from(rate.absorbs) % RATES_MAX]).max(0);
            }
            amounts[place] = amount;
            sum += amount;
            part(rate.column, amount);
        }
        sum
    }
}

/// A share in ten millionths of a value, in cents, a half up.
#[inline]
fn ten_millionths(value: i64, rate: u32) -> i64 {
    ((value as u64 * u64::from(rate) + 5_000_000) / 10_000_000) as i64
}

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
        })
    }

    /// Finds the plans of `count` lines from `start` on, all of one side; `asks` says what a cell
    /// asks for, `quick_of` gives the plan of a cell and a kind of code.
    pub fn find(
        &mut self,
        compiled: &Compiled<'_>,
        lines: &Lines,
        (start, count): (usize, usize),
        (asks, quick_of, plans): (&[u8], &[u16], &[QuickPlan]),
    ) {
        self.look_for_more(&compiled.side.clock_dates, lines, (start, count));
        let codes = &lines.code[start..start + count];
        for ((found, is_hot), code) in self.codes.iter_mut().zip(&mut self.is_hot).zip(codes) {
            // No branch: whether a code is found is known late, and the next look-ups need not wait.
            (*is_hot, *found) = compiled.hot.probe(*code);
        }
        for (at, stated) in lines.value[start..start + count].iter().copied().enumerate() {
            let value =
                if compiled.whole_value { crate::answer::whole_units(stated) } else { stated };
            self.values[at] = value;
            if value >= VALUES_BELOW || !self.is_hot[at] {
                self.more[at] = NEVER_PLAIN;
            }
            let duty = compiled.duties.get(usize::from(self.codes[at].duty));
            let HotDuty { general, kind } = duty.copied().unwrap_or_default();
            self.kinds[at] = kind as u16;
            if general < SPECIFIC {
                self.general[at] = ten_millionths(value.min(VALUES_BELOW), general);
            } else {
                self.specific(compiled, lines, (start, at), general - SPECIFIC);
            }
        }
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
        for at in 0..count {
            self.plans[at] = if self.rows[at] == NO_ROW {
                0
            } else {
                let cell = compiled.grid.cell_of_row(self.rows[at], self.slots[at]);
                if self.more[at] & asks[cell as usize] != 0 {
                    self.plans[at] = 0;
                    continue;
                }
                quick_of[cell as usize * compiled.kinds + usize::from(self.kinds[at])]
            };
        }
        for at in 0..count {
            if let Some(plan) = self.plans[at].checked_sub(1)
                && self.values[at] < i64::from(plans[usize::from(plan)].least_value)
            {
                self.plans[at] = 0;
            }
        }
    }

    /// The general duty of a line whose code has a specific one, and its kind.
    fn specific(
        &mut self,
        compiled: &Compiled<'_>,
        lines: &Lines,
        (start, at): (usize, usize),
        specific: u32,
    ) {
        let specific = &compiled.specifics[specific as usize];
        let (value, line) = (self.values[at], start + at);
        let stated = lines.quantities.first().map(|c| (c.millionths[line], c.unit[line]));
        let (Some((millionths @ 0.., 0)), Some(limits)) = (stated, &compiled.limits) else {
            self.more[at] = NEVER_PLAIN;
            return;
        };
        let fine = specific.fine(value, millionths);
        let Ok(cents) = i64::try_from((fine + FINE / 2) / FINE) else {
            self.more[at] = NEVER_PLAIN;
            return;
        };
        let mut kind = 1;
        for limit in limits {
            // The amount against the limit's share of the value, exactly and rounded.
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
            for (at, cents) in column[start..start + count].iter().enumerate() {
                if *cents != ABSENT {
                    // Parts worth more than the whole are refused; several are added up elsewhere.
                    let alone =
                        more[at] & STATES_CONTENTS == 0 && *cents <= lines.value[start + at];
                    more[at] |= if alone { STATES_CONTENTS } else { NEVER_PLAIN };
                }
            }
        }
    }
}
