//! Plain lines, a block at a time.
//!
//! A plain line states nothing but code, origin, day and value (and a quantity that its duty does not
//! ask for). Each step of the look-up runs over the whole block before the next begins, so that the
//! loads of many lines are under way at once; a line that falls out is left for the other ways.

use crate::compile::grid::SPLIT;
use crate::lines::{ABSENT, Lines};
use crate::plan::{GENERAL, NOTHING, Plan, Rate};
use crate::regime::{Compiled, HotCode};

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

    /// The duty on a value under a general rate; each part goes to `part` with its column.
    #[inline]
    pub fn duty(&self, value: i64, general: u32, mut part: impl FnMut(u16, i64)) -> i64 {
        let mut amounts = [0; RATES_MAX];
        let mut sum = 0;
        for (place, rate) in self.rates.iter().enumerate().take(self.count as usize) {
            let own = if rate.rate == GENERAL { general } else { rate.rate };
            let mut amount = ten_millionths(value, own);
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

/// What the steps leave for each line of a block.
pub(crate) struct Block {
    more: [bool; BLOCK],
    codes: [HotCode; BLOCK],
    rows: [u32; BLOCK],
    slots: [u16; BLOCK],
    /// The quick plan of each line counted from 1; 0 is none.
    pub plans: [u16; BLOCK],
    pub values: [i64; BLOCK],
}

/// No row: the line falls out.
const NO_ROW: u32 = u32::MAX;

impl Block {
    pub fn new() -> Box<Block> {
        Box::new(Block {
            more: [false; BLOCK],
            codes: [HotCode::default(); BLOCK],
            rows: [0; BLOCK],
            slots: [0; BLOCK],
            plans: [0; BLOCK],
            values: [0; BLOCK],
        })
    }

    pub fn general(&self, at: usize) -> u32 {
        self.codes[at].general
    }

    /// Finds the plans of `count` lines from `start` on, all of one side; `quick_of` gives the plan of
    /// a cell and a kind of code.
    pub fn find(
        &mut self,
        compiled: &Compiled<'_>,
        lines: &Lines,
        (start, count): (usize, usize),
        quick_of: &[u16],
        plans: &[QuickPlan],
    ) {
        self.look_for_more(lines, start, count);
        let codes = &lines.code[start..start + count];
        for ((found, more), code) in self.codes.iter_mut().zip(&mut self.more).zip(codes) {
            match compiled.hot.find(*code) {
                Some(code) => *found = code,
                None => *more = true,
            }
        }
        let origins = &lines.origin[start..start + count];
        let entered = &lines.entered[start..start + count];
        for at in 0..count {
            let origin = compiled.origin_of[origins[at].index()];
            let slot =
                entered[at].day_number().map_or(SPLIT, |day| compiled.grid.slots.of_day(day));
            self.slots[at] = slot;
            self.rows[at] = if self.more[at] || origin == u16::MAX || slot == SPLIT {
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
                quick_of[cell as usize * compiled.kinds + usize::from(self.codes[at].kind)]
            };
        }
        let values = &lines.value[start..start + count];
        for at in 0..count {
            let stated = values[at];
            let value =
                if compiled.whole_value { crate::answer::whole_units(stated) } else { stated };
            self.values[at] = value;
            if let Some(plan) = self.plans[at].checked_sub(1) {
                let least = i64::from(plans[usize::from(plan)].least_value);
                if value < least || value >= VALUES_BELOW {
                    self.plans[at] = 0;
                }
            }
        }
    }

    /// Marks the lines that state more than a plain line does.
    fn look_for_more(&mut self, lines: &Lines, start: usize, count: usize) {
        let more = &mut self.more[..count];
        more.fill(false);
        if !lines.claims.is_empty() {
            let column = &lines.claims[start..start + count];
            more.iter_mut().zip(column).for_each(|(more, set)| *more |= *set != 0);
        }
        if !lines.mode.is_empty() {
            let column = &lines.mode[start..start + count];
            more.iter_mut().zip(column).for_each(|(more, mode)| *more |= *mode != 0);
        }
        for column in lines.dates.iter().filter(|column| !column.is_empty()) {
            let column = &column[start..start + count];
            more.iter_mut().zip(column).for_each(|(more, date)| *more |= !date.is_absent());
        }
        for (_, column) in &lines.contents {
            let column = &column[start..start + count];
            more.iter_mut().zip(column).for_each(|(more, cents)| *more |= *cents != ABSENT);
        }
    }
}
