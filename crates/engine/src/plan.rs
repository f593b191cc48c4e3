//! Plans: what a cell makes of a kind of line, worked out once.
//!
//! Lines of one kind stand in one cell, have codes of one kind, and state the same as far as the tests
//! of the cell can see. The first of them is answered the long way, and the way is kept as formulas on
//! value, contents and quantities. A plan says for which values it holds; other lines go the long way.

use std::rc::Rc;

use ledger::{Basis, Compare, Limit, Status};
use tariff::{Day, Moment, Stated, Zone};

use crate::answer::{Answer, Traced};
use crate::codes::{CodeFacts, ColumnDuty};
use crate::compile::cell::Cell;
use crate::compile::condition::Test;
use crate::compile::side::Side;
use crate::compile::version::VersionRate;
use crate::lines::{ABSENT, Lines, OTHER_DATES, PackedDate};
use crate::rate::{Share, units};
use crate::run::{Column, Form, Formula};

/// What is computed for a kind of line.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub parts: Vec<PlannedPart>,
    /// Whether it is computed by `rates` alone.
    pub quick: bool,
    /// The same parts for lines on the whole value at shares of ten millionths.
    pub rates: Vec<Rate>,
    pub least_value: i64,
    pub below_value: i64,
    pub status: Status,
    pub has_duty: bool,
    pub has_max: bool,
    /// Place of the list of headings.
    pub headings: u32,
    pub needs: Rc<[String]>,
}

/// A part on the whole value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Rate {
    /// Place among the program columns of the output.
    pub column: u16,
    /// Place of the part that a total counts in, or [`NOTHING`].
    pub absorbs: u16,
    /// In ten millionths; [`GENERAL`] is the rate of the code.
    pub rate: u32,
}

/// No part is counted in.
pub(crate) const NOTHING: u16 = u16::MAX;

/// The rate of the code's general duty.
pub(crate) const GENERAL: u32 = u32::MAX;

#[derive(Clone, Debug)]
pub(crate) struct PlannedPart {
    /// Place among the program columns of the output.
    pub column: usize,
    pub formula: Formula,
    pub basis: Form,
    pub stand_in: bool,
    pub incomplete: bool,
}

/// What came out for one line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    pub sum: i64,
    pub least: i64,
    pub amounts: Vec<Amount>,
    /// A quantity that is missing.
    pub missing: Option<String>,
}

/// What one part came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Amount {
    pub cents: i64,
    basis: i64,
    /// Whether only what is known of it.
    pub incomplete: bool,
}

impl Amount {
    /// What falls on a basis: of an amount on a wider one, its share.
    fn within(self, basis: i64) -> i64 {
        if self.basis > basis {
            let (n, d) = (i128::from(self.cents) * i128::from(basis), i128::from(self.basis));
            return ((2 * n + d) / (2 * d)) as i64;
        }
        self.cents
    }
}

impl Rate {
    fn of(part: &PlannedPart) -> Option<Rate> {
        if part.basis != Form::VALUE || part.stand_in || part.incomplete {
            return None;
        }
        let (rate, absorbs) = match &part.formula {
            Formula::Share(share) => (share.ten_millionths()?, NOTHING),
            Formula::Column(Column::General) => (GENERAL, NOTHING),
            Formula::TopUp { share, absorbs } => match absorbs.as_slice() {
                [] => (share.ten_millionths()?, NOTHING),
                [one] => (share.ten_millionths()?, *one as u16),
                _ => return None,
            },
            Formula::Column(Column::Other) => return None,
        };
        Some(Rate { column: part.column as u16, absorbs, rate })
    }
}

impl Plan {
    /// A plan from the answer of a line and its formulas; `column` gives the place of a program.
    pub fn of(
        answer: &Answer,
        traced: Traced,
        headings: u32,
        column: impl Fn(usize) -> Option<usize>,
    ) -> Option<Plan> {
        let parts: Vec<PlannedPart> = traced
            .parts
            .into_iter()
            .map(|part| {
                Some(PlannedPart {
                    column: column(part.program)?,
                    formula: part.formula,
                    basis: part.basis,
                    stand_in: part.stand_in,
                    incomplete: part.unknown,
                })
            })
            .collect::<Option<_>>()?;
        let rates: Option<Vec<Rate>> = parts.iter().map(Rate::of).collect();
        let bounded = answer.duty_max_cents.is_some();
        Some(Plan {
            quick: rates.is_some() && answer.status == Status::Exact,
            rates: rates.unwrap_or_default(),
            parts,
            least_value: traced.reach.least_value,
            below_value: traced.reach.below_value,
            status: answer.status,
            has_duty: answer.duty_cents.is_some(),
            has_max: bounded,
            headings,
            needs: answer.needs.clone().into(),
        })
    }

    /// What the plan gives for a line, or `None` when the line must go the long way.
    pub fn run(
        &self,
        code: &CodeFacts<'_>,
        lines: &Lines,
        at: usize,
        value: i64,
        outcome: &mut Outcome,
    ) -> Option<()> {
        outcome.sum = 0;
        outcome.least = 0;
        outcome.amounts.clear();
        outcome.missing = None;
        for part in &self.parts {
            let basis = self.basis(&part.basis, lines, at, value)?;
            let mut incomplete = part.incomplete;
            let amount = match &part.formula {
                Formula::Share(share) => share.cents(basis),
                Formula::Column(column) => {
                    let duty = match column {
                        Column::General => &code.general,
                        Column::Other => &code.other,
                    };
                    match duty {
                        ColumnDuty::Share(share) => share.cents(basis),
                        ColumnDuty::Specific(specific) => {
                            let (cents, missing) =
                                specific.cents(value, lines.quantities_at(at))?;
                            if let Some(missing) = missing {
                                // Two facts at once are put together the long way.
                                if !self.needs.is_empty() || outcome.missing.is_some() {
                                    return None;
                                }
                                outcome.missing = Some(missing.to_owned());
                                incomplete = true;
                            }
                            cents
                        }
                        ColumnDuty::Intricate => return None,
                    }
                }
                Formula::TopUp { share, absorbs } => {
                    let absorbed: i64 = absorbs
                        .iter()
                        .map(|place| outcome.amounts.get(*place).map(|part| part.within(basis)))
                        .sum::<Option<i64>>()?;
                    (share.cents(basis) - absorbed).max(0)
                }
            };
            outcome.amounts.push(Amount { cents: amount, basis, incomplete });
            outcome.sum += amount;
            outcome.least += if part.stand_in { 0 } else { amount };
        }
        Some(())
    }

    fn basis(&self, form: &Form, lines: &Lines, at: usize, value: i64) -> Option<i64> {
        let mut basis = i64::from(form.value).checked_mul(value)?;
        for (part, count) in &form.contents {
            let (_, column) = lines.contents.iter().find(|(name, _)| name == part)?;
            let content = column[at];
            // A part is worth at most the whole.
            if content == ABSENT || content > value {
                return None;
            }
            basis += i64::from(*count) * content;
        }
        Some(basis.max(0))
    }
}

/// What a line states besides what every line does, as bits.
pub(crate) const STATES_CLAIMS: u8 = 1;
pub(crate) const STATES_DATES: u8 = 2;
pub(crate) const STATES_MODE: u8 = 4;
pub(crate) const STATES_CONTENTS: u8 = 8;
/// It must be looked at by itself.
pub(crate) const NEVER_PLAIN: u8 = 128;

/// What lines of a cell are told apart by.
#[derive(Debug)]
pub(crate) struct CellFacts {
    /// Dates beside entry and the moments that they are held against; the first day that stands after
    /// the moment, and the first that ends after it.
    pub dates: Vec<(usize, Moment, i32, i32)>,
    mode: bool,
    /// Parts whose content is asked for.
    pub parts: Vec<String>,
    pub contents: Vec<(String, Compare, Limit)>,
    /// Measures at a special rate, by place.
    specials: Vec<usize>,
    /// None of them can apply without a claim.
    specials_by_claim: bool,
    /// Some measure looks at a column of the schedule.
    by_kind: bool,
}

/// The kind of a line within its cell.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FactsKey {
    pub cell: u32,
    pub kind: u32,
    pub claims: u32,
    pub dates: u32,
    pub contents: u32,
    pub mode: u8,
    pub specials: Vec<Option<Share>>,
}

impl CellFacts {
    /// `None` when there is too much to tell apart.
    pub fn of(side: &Side<'_>, cell: &Cell<'_>) -> Option<CellFacts> {
        let zone = &side.territory.zone;
        let mut facts = CellFacts {
            dates: Vec::new(),
            mode: false,
            parts: Vec::new(),
            contents: Vec::new(),
            specials: Vec::new(),
            specials_by_claim: true,
            by_kind: false,
        };
        for (place, candidate) in cell.measures.iter().enumerate() {
            let version = &candidate.version;
            if let Basis::Content(part) | Basis::ValueLessContent(part) = &version.basis {
                facts.part(part);
            }
            if let Some(when) = &version.when {
                // Whether a base duty concerns a line at all may hang on what it states.
                let of_base = Some(side.measures[version.measure].program) == side.base;
                let visit = |f: &mut dyn FnMut(&Test)| match of_base {
                    true => when.test.visit(&mut |test| f(test)),
                    false => when.test.visit_open(f),
                };
                visit(&mut |test| match test {
                    Test::Date { fact, cut, .. } => {
                        let date = OTHER_DATES.iter().position(|d| d == fact);
                        facts.date(date.expect("a date beside entry"), *cut, zone);
                    }
                    Test::Mode { .. } => facts.mode = true,
                    Test::Content { part, compare, limit, .. } => {
                        facts.part(part);
                        facts.contents.push((part.clone(), *compare, limit.clone()));
                    }
                    _ => {}
                });
            }
            let looks = version.when.as_ref().is_some_and(|when| !when.columns.is_empty());
            facts.by_kind |= looks || matches!(version.rate, VersionRate::Total { .. });
            if matches!(version.rate, VersionRate::Special(_)) {
                facts.specials.push(place);
                let unclaimed = version.when.as_ref().map(|when| unclaimed(&when.test));
                facts.specials_by_claim &= unclaimed == Some(Some(false));
            }
        }
        let bits = facts.parts.len() + facts.contents.len();
        (facts.dates.len() <= 16 && bits <= 32).then_some(facts)
    }

    fn part(&mut self, part: &str) {
        if !self.parts.iter().any(|p| p == part) {
            self.parts.push(part.to_owned());
        }
    }

    fn date(&mut self, place: usize, cut: Moment, zone: &Zone) {
        if self.dates.iter().any(|(p, c, ..)| (*p, *c) == (place, cut)) {
            return;
        }
        // A day stands from 00:02 on, and ends with its last second.
        let day = cut.day(zone);
        let first = if day.at(0, 2, zone) >= cut { day } else { day.next() };
        let ends = |day: Day| Stated::Day(day).last(zone) >= cut;
        let last = if ends(day) { day } else { day.next() };
        self.dates.push((place, cut, first.number(), last.number()));
    }

    /// The kind of a line of the cell, `None` when it is like no other; `claims` is the place of its set of claims, 0 for none.
    pub fn key(
        &self,
        side: &Side<'_>,
        cell: &Cell<'_>,
        code: &CodeFacts<'_>,
        lines: &Lines,
        at: usize,
        (claims, value): (u32, i64),
    ) -> Option<FactsKey> {
        let kind = match &code.general {
            ColumnDuty::Specific(specific) if self.by_kind => {
                specific.kind(side, value, lines.quantities_at(at))?
            }
            _ => code.kind,
        };
        let mut key = FactsKey {
            cell: cell.id,
            kind,
            claims,
            dates: 0,
            contents: 0,
            mode: if self.mode { lines.mode.get(at).copied().unwrap_or(0) } else { 0 },
            specials: Vec::new(),
        };
        for (bit, (place, cut, first_day, last_day)) in self.dates.iter().enumerate() {
            let stated = lines.dates[*place].get(at).copied().unwrap_or(PackedDate::ABSENT);
            let (before, after) = match stated.day_number() {
                Some(day) => (day < *first_day, day >= *last_day),
                None => match stated.stated() {
                    Some(Stated::Moment(moment)) => (moment < *cut, moment >= *cut),
                    _ => continue,
                },
            };
            // Not stated is 0; a day that the moment falls into is 3.
            let state = match (before, after) {
                (true, false) => 1,
                (false, true) => 2,
                _ => 3,
            };
            key.dates |= state << (2 * bit);
        }
        let content = |part: &str| {
            let column = lines.contents.iter().find(|(name, _)| name == part);
            column.map(|(_, column)| column[at]).filter(|cents| *cents != ABSENT)
        };
        let stated = self.parts.iter().map(|part| content(part).is_some());
        let tests = self.contents.iter().map(|(part, compare, limit)| {
            content(part).is_some_and(|cents| match limit {
                Limit::ShareOfValue(share) => compare.holds(units(cents), units(value) * share),
                Limit::Amount(amount) => compare.holds(cents, amount.0),
            })
        });
        for (bit, holds) in stated.chain(tests).enumerate() {
            key.contents |= u32::from(holds) << bit;
        }
        if claims != 0 || !self.specials_by_claim {
            key.specials = self.specials.iter().map(|at| special(cell, code, *at)).collect();
        }
        Some(key)
    }

    /// What a line may state that its cell asks for: [`STATES_CLAIMS`] and the like. Claims are asked for
    /// always, since those that are not used are named.
    pub fn asks(&self) -> u8 {
        let when = |asked: bool, bit: u8| if asked { bit } else { 0 };
        STATES_CLAIMS
            | when(!self.dates.is_empty(), STATES_DATES)
            | when(self.mode, STATES_MODE)
            | when(!self.parts.is_empty(), STATES_CONTENTS)
            | when(!self.specials_by_claim, NEVER_PLAIN)
    }

    /// Whether contents are held against shares of the value alone, so that all may be multiplied.
    pub fn scales(&self) -> bool {
        self.contents.iter().all(|(_, _, limit)| matches!(limit, Limit::ShareOfValue(_)))
    }

    /// Whether it matters of which kind a code is.
    pub fn by_kind(&self) -> bool {
        self.by_kind
    }

    /// Whether a line that states nothing is of the one plain kind.
    pub fn is_plain(&self) -> bool {
        self.specials_by_claim
    }
}

impl FactsKey {
    /// Whether the line states nothing that the cell can see.
    pub fn is_plain(&self) -> bool {
        self.claims == 0
            && self.dates == 0
            && self.contents == 0
            && self.mode == 0
            && self.specials.is_empty()
    }
}

/// The share of the value that a special measure takes of a code's goods, where it is one.
fn special(cell: &Cell<'_>, code: &CodeFacts<'_>, at: usize) -> Option<Share> {
    let VersionRate::Special(symbols) = &cell.measures[at].version.rate else { return None };
    let line = code.line?;
    match symbols.iter().find_map(|symbol| line.special_for(symbol)) {
        // Not named: kept apart from every share.
        None => Some(Share { numerator: -1, denominator: 1 }),
        Some(nomenclature::rate::RateText::Duty(duty)) => duty.as_ad_valorem().and_then(Share::of),
        Some(_) => None,
    }
}

/// What a condition comes to for a line without claims, as far as that alone decides it.
fn unclaimed(test: &Test) -> Option<bool> {
    match test {
        Test::Const(b) => Some(*b),
        Test::Claim(_) => Some(false),
        Test::And(parts) => {
            let parts: Vec<Option<bool>> = parts.iter().map(unclaimed).collect();
            if parts.contains(&Some(false)) {
                Some(false)
            } else {
                parts.iter().all(|p| *p == Some(true)).then_some(true)
            }
        }
        Test::Or(parts) => {
            let parts: Vec<Option<bool>> = parts.iter().map(unclaimed).collect();
            if parts.contains(&Some(true)) {
                Some(true)
            } else {
                parts.iter().all(|p| *p == Some(false)).then_some(false)
            }
        }
        Test::Not(inner) => unclaimed(inner).map(|b| !b),
        _ => None,
    }
}
