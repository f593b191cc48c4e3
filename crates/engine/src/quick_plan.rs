//! Plans of a few rates on the value and on one or two parts of it, in one cache line.

use ledger::Status;
use rustc_hash::FxHashMap;

use crate::plan::{Plan, PlannedPart};
use crate::run::{Column, Form, Formula};

/// The most rates of such a plan beside the duty of the code.
const RATES_MAX: usize = 6;

/// So many rates are worked out for every line, so that plans of different lengths take no different
/// way. A rate of nothing comes to nothing.
const RATES_ALWAYS: usize = 3;

/// The most parts of the value that it looks at.
pub(crate) const PARTS_MAX: usize = 2;

/// From this value in cents on, a rate times the value may not fit 64 bits.
pub(crate) const VALUES_BELOW: i64 = 100_000_000_000;

/// One rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Rate {
    /// In ten millionths.
    rate: u32,
    /// Place among the program columns of the output.
    column: u16,
    /// The amount that a total counts in: 0 is the duty of the code, then the rates in order;
    /// [`NOTHING`] is none.
    absorbs: u8,
    /// What it is on: how often the value (one bit) and each part (two bits each, less one).
    basis: u8,
}

/// The place of an amount that is always nothing.
const NOTHING: u8 = RATES_MAX as u8 + 1;

/// On the value alone: once the value, no part.
const VALUE: u8 = 0b0_1011;

/// The plan of rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(align(64))]
pub(crate) struct QuickPlan {
    rates: [Rate; RATES_MAX],
    /// In cents.
    pub least_value: u32,
    pub headings: u32,
    /// The column of the duty of the code.
    general_column: u16,
    /// Whether that is owed.
    general: bool,
    count: u8,
    /// Whether every rate is on the value.
    whole: bool,
    /// Names of parts, by the place that the assessor gave them.
    pub parts: [u8; PARTS_MAX],
}

/// No part.
const NO_PART: u8 = u8::MAX;

impl QuickPlan {
    /// The plan of which nothing comes.
    const NOTHING: QuickPlan = QuickPlan {
        rates: [Rate { rate: 0, column: 0, absorbs: NOTHING, basis: VALUE }; RATES_MAX],
        least_value: 0,
        headings: 0,
        general_column: 0,
        general: false,
        count: 0,
        whole: true,
        parts: [NO_PART; PARTS_MAX],
    };

    /// The same as a plan, where it is so simple; `part` gives the place of a name.
    fn of(plan: &Plan, part: impl Fn(&str) -> Option<u8>) -> Option<QuickPlan> {
        if plan.status != Status::Exact || plan.open.is_some() || plan.below_value < VALUES_BELOW {
            return None;
        }
        Some(QuickPlan {
            least_value: u32::try_from(plan.least_value).ok()?,
            headings: plan.headings,
            ..QuickPlan::of_parts(&plan.parts, Some, part)?
        })
    }

    /// What parts come to, where that is so simple; `column` gives the place of a program column.
    fn of_parts(
        parts: &[PlannedPart],
        column: impl Fn(usize) -> Option<usize>,
        part: impl Fn(&str) -> Option<u8>,
    ) -> Option<QuickPlan> {
        let mut quick = QuickPlan::NOTHING;
        // The amount of each part.
        let mut amounts = Vec::with_capacity(parts.len());
        for planned in parts {
            if planned.stand_in || planned.incomplete {
                return None;
            }
            let basis = quick.basis(&planned.basis, &part)?;
            let column = u16::try_from(column(planned.column)?).ok()?;
            let (share, absorbed) = match &planned.formula {
                Formula::Column(Column::General) if basis == VALUE && !quick.general => {
                    (quick.general, quick.general_column) = (true, column);
                    amounts.push(0);
                    continue;
                }
                Formula::Share(share) => (share, None),
                Formula::TopUp { share, absorbs } => match absorbs.as_slice() {
                    [] => (share, None),
                    [one] => (share, Some(*amounts.get(*one)?)),
                    _ => return None,
                },
                Formula::Column(_) => return None,
            };
            // A total counts in a share of an amount on another basis.
            let on_another = |amount: u8| match usize::from(amount).checked_sub(1) {
                None => basis != VALUE,
                Some(rate) => quick.rates[rate].basis != basis,
            };
            let at = usize::from(quick.count);
            if at == RATES_MAX || absorbed.is_some_and(on_another) {
                return None;
            }
            let absorbs = absorbed.unwrap_or(NOTHING);
            quick.rates[at] = Rate { rate: share.ten_millionths()?, column, absorbs, basis };
            quick.whole &= basis == VALUE;
            quick.count += 1;
            amounts.push(quick.count);
        }
        Some(quick)
    }

    /// A basis as bits; its parts get their places.
    fn basis(&mut self, form: &Form, part: impl Fn(&str) -> Option<u8>) -> Option<u8> {
        let mut basis = match form.value {
            0 => VALUE & !1,
            1 => VALUE,
            _ => return None,
        };
        for (name, count) in &form.contents {
            let part = part(name)?;
            let known = self.parts.iter().position(|p| *p == part || *p == NO_PART)?;
            self.parts[known] = part;
            let shift = 1 + 2 * known;
            match count {
                1 => basis += 1 << shift,
                -1 => basis -= 1 << shift,
                _ => return None,
            }
        }
        Some(basis)
    }

    /// The duty on a value, given the code's general duty in cents; each amount goes to `part` with its
    /// column. Contents are those of `parts`, and together worth no more than the value.
    #[inline]
    pub fn duty(
        &self,
        value: i64,
        general: i64,
        contents: impl FnOnce() -> [i64; PARTS_MAX],
        mut part: impl FnMut(u16, i64),
    ) -> i64 {
        let general = if self.general { general } else { 0 };
        part(self.general_column, general);
        let (mut amounts, mut sum) = ([0; RATES_MAX + 2], general);
        amounts[0] = general;
        let contents = if self.whole { [0; PARTS_MAX] } else { contents() };
        let mut owed = |at: usize, rate: &Rate| {
            let basis = if self.whole { value } else { rate.on(value, contents) };
            // A total tops up what it counts in, which stands before it.
            let absorbed = amounts[usize::from(rate.absorbs) % amounts.len()];
            let amount = (ten_millionths(basis, rate.rate) - absorbed).max(0);
            amounts[at + 1] = amount;
            sum += amount;
            part(rate.column, amount);
        };
        let (always, others) = self.rates.split_at(RATES_ALWAYS);
        for (at, rate) in always.iter().enumerate() {
            owed(at, rate);
        }
        let more = usize::from(self.count).saturating_sub(RATES_ALWAYS);
        for (at, rate) in others.iter().enumerate().take(more) {
            owed(RATES_ALWAYS + at, rate);
        }
        sum
    }
}

impl Rate {
    /// What it is on.
    #[inline]
    fn on(&self, value: i64, contents: [i64; PARTS_MAX]) -> i64 {
        let mut basis = i64::from(self.basis & 1) * value;
        for (at, content) in contents.into_iter().enumerate() {
            basis += (i64::from(self.basis >> (1 + 2 * at) & 3) - 1) * content;
        }
        basis.max(0)
    }
}

/// A share in ten millionths of a value, in cents, a half up.
#[inline]
pub(crate) fn ten_millionths(value: i64, rate: u32) -> i64 {
    ((value as u64 * u64::from(rate) + 5_000_000) / 10_000_000) as i64
}

/// Such plans, each kept once.
pub(crate) struct QuickPlans {
    /// The first is that of nothing.
    pub plans: Vec<QuickPlan>,
    places: FxHashMap<QuickPlan, u16>,
    /// Names of parts of the value.
    pub parts: Vec<String>,
}

/// More quick plans than places have bits for are not kept.
pub(crate) const QUICK_MAX: u16 = 1 << 15;

impl Default for QuickPlans {
    fn default() -> QuickPlans {
        QuickPlans {
            plans: vec![QuickPlan::NOTHING],
            places: FxHashMap::default(),
            parts: Vec::new(),
        }
    }
}

impl QuickPlans {
    /// The place of a plan, never 0; `None` when it is not so simple, or there are too many.
    pub fn place(&mut self, plan: &Plan) -> Option<u16> {
        self.name(&plan.parts);
        let quick = QuickPlan::of(plan, |name| self.part(name))?;
        if let Some(place) = self.places.get(&quick) {
            return Some(*place);
        }
        let place = u16::try_from(self.plans.len()).ok().filter(|place| *place < QUICK_MAX)?;
        self.plans.push(quick);
        self.places.insert(quick, place);
        Some(place)
    }

    /// What parts come to, where that is so simple; `column` gives the place of a program column.
    pub fn of_parts(
        &mut self,
        parts: &[PlannedPart],
        column: impl Fn(usize) -> Option<usize>,
    ) -> Option<QuickPlan> {
        self.name(parts);
        QuickPlan::of_parts(parts, column, |name| self.part(name))
    }

    /// Gives places to the names of the parts of the value.
    fn name(&mut self, parts: &[PlannedPart]) {
        for (name, _) in parts.iter().flat_map(|part| &part.basis.contents) {
            if !self.parts.contains(name) && self.parts.len() < usize::from(NO_PART) {
                self.parts.push(name.clone());
            }
        }
    }

    /// The place of the name of a part.
    fn part(&self, name: &str) -> Option<u8> {
        self.parts.iter().position(|p| p == name).map(|at| at as u8)
    }
}
