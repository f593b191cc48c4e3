//! What tells lines of a cell apart.

use ledger::{Basis, Compare, Limit};
use nomenclature::Line as ScheduleLine;
use tariff::{Day, Moment, Stated, Zone};

use crate::codes::{CodeFacts, ColumnDuty};
use crate::compile::cell::Cell;
use crate::compile::condition::Test;
use crate::compile::side::Side;
use crate::compile::version::VersionRate;
use crate::lines::{ABSENT, Lines, OTHER_DATES, PackedDate};
use crate::rate::Share;

/// What a line states besides what every line does, as bits.
pub(crate) const STATES_CLAIMS: u8 = 1;
pub(crate) const STATES_DATES: u8 = 2;
pub(crate) const STATES_MODE: u8 = 4;
pub(crate) const STATES_CONTENTS: u8 = 8;
/// Of a cell: it asks of which kind a code is. No line states that.
pub(crate) const ASKS_KIND: u8 = 64;
/// It must be looked at by itself.
pub(crate) const NEVER_PLAIN: u8 = 128;

/// What lines of a cell are told apart by.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct CellFacts {
    /// Dates beside entry and the moments that they are held against; the first day that stands after
    /// the moment, and the first that ends after it.
    pub dates: Vec<(usize, Moment, i32, i32)>,
    mode: bool,
    /// Parts whose content is asked for.
    pub parts: Vec<String>,
    pub contents: Vec<(String, Compare, Limit)>,
    /// The same tests as they are quickest made; the part by its place in `parts`.
    held: Vec<(usize, Compare, Held)>,
    /// Measures at a special rate, by place.
    specials: Vec<usize>,
    /// None of them can apply without a claim.
    specials_by_claim: bool,
    /// Some measure looks at a column of the schedule.
    by_kind: bool,
}

/// What a content is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Held {
    /// Of the value.
    Share(Share),
    /// Cents.
    Amount(i64),
}

/// The kind of a line within its cell, packed: the cell, the kind of its code, the sets of its claims
/// and of the special rates that they may bring, and by bits its mode, dates and contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct LineKind(u64, u64);

/// What fits a [`LineKind`].
const DATES_MAX: usize = 12;
const CONTENTS_MAX: usize = 24;
const CODE_KINDS_MAX: u32 = 1 << 8;
const SETS_MAX: u32 = 1 << 16;

impl CellFacts {
    /// `None` when there is too much to tell apart.
    pub fn of(side: &Side<'_>, cell: &Cell<'_>) -> Option<CellFacts> {
        let zone = &side.territory.zone;
        let mut facts = CellFacts {
            dates: Vec::new(),
            mode: false,
            parts: Vec::new(),
            contents: Vec::new(),
            held: Vec::new(),
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
                let unclaimed = version.when.as_ref().map(|when| when.test.with_claims(&|_| false));
                facts.specials_by_claim &= unclaimed == Some(Test::Const(false));
            }
        }
        for (part, compare, limit) in &facts.contents {
            let part = facts.parts.iter().position(|p| p == part).expect("a part of the cell");
            let limit = match limit {
                Limit::ShareOfValue(share) => Held::Share(Share::of(*share)?),
                Limit::Amount(amount) => Held::Amount(amount.0),
            };
            facts.held.push((part, *compare, limit));
        }
        let bits = facts.parts.len() + facts.held.len();
        (facts.dates.len() <= DATES_MAX && bits <= CONTENTS_MAX).then_some(facts)
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

    /// The kind of a line of the cell, `None` when it is like no other; with the place of its set of
    /// claims (0 for none) and of the special rates of its code.
    pub fn kind(
        &self,
        (cell, code_kind): (u32, u32),
        lines: &Lines,
        (at, value): (usize, i64),
        (claims, specials): (u32, u32),
    ) -> Option<LineKind> {
        if code_kind >= CODE_KINDS_MAX || claims >= SETS_MAX || specials >= SETS_MAX {
            return None;
        }
        let mode = if self.mode { lines.mode.get(at).copied().unwrap_or(0) } else { 0 };
        let mut dates = 0;
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
            dates |= state << (2 * bit);
        }
        let mut contents = 0;
        if !self.parts.is_empty() && !lines.contents.is_empty() {
            let mut stated = [ABSENT; CONTENTS_MAX];
            for (part, (name, stated)) in self.parts.iter().zip(&mut stated).enumerate() {
                *stated = lines.content(name, at);
                contents |= u64::from(*stated != ABSENT) << part;
            }
            for (bit, (part, compare, limit)) in self.held.iter().enumerate() {
                let cents = stated[*part];
                let holds = cents != ABSENT
                    && match limit {
                        Held::Share(share) => {
                            let (n, d) = (share.numerator, share.denominator);
                            let limit = i128::from(value) * i128::from(n);
                            compare.holds(i128::from(cents) * i128::from(d), limit)
                        }
                        Held::Amount(amount) => compare.holds(cents, *amount),
                    };
                contents |= u64::from(holds) << (self.parts.len() + bit);
            }
        }
        let code_kind = if self.by_kind { code_kind } else { 0 };
        let sets = u64::from(claims) << 16 | u64::from(specials);
        Some(LineKind(
            u64::from(cell) << 32 | sets,
            u64::from(code_kind) << 56 | u64::from(mode) << 48 | dates << 24 | contents,
        ))
    }

    /// The kind of a code for a line of the cell, `None` when it lies differently exactly and rounded.
    pub fn code_kind(
        &self,
        side: &Side<'_>,
        code: &CodeFacts<'_>,
        lines: &Lines,
        (at, value): (usize, i64),
    ) -> Option<u32> {
        match &code.general {
            ColumnDuty::Specific(specific) if self.by_kind => {
                specific.kind(side, value, lines.quantities_at(at))
            }
            _ => Some(code.kind),
        }
    }

    /// Whether special rates tell lines apart, with claims or without.
    pub fn looks_at_specials(&self, claims: u32) -> bool {
        !self.specials.is_empty() && (claims != 0 || !self.specials_by_claim)
    }

    /// What the cell's special measures take of a code's goods, each a share of the value where it is
    /// one; a measure that names no symbol of the code is kept apart from every share.
    pub fn specials(&self, cell: &Cell<'_>, line: Option<&ScheduleLine>) -> Vec<Option<Share>> {
        self.specials.iter().map(|at| special(cell, line?, *at)).collect()
    }

    /// The symbols that the cell's special measures look for.
    pub fn special_symbols(&self, cell: &Cell<'_>) -> Vec<Vec<String>> {
        let symbols = |at: &usize| match &cell.measures[*at].version.rate {
            VersionRate::Special(symbols) => symbols.to_vec(),
            _ => Vec::new(),
        };
        self.specials.iter().map(symbols).collect()
    }

    /// What a line may state that its cell asks for: [`STATES_CLAIMS`] and the like. Claims are asked for
    /// always, since those that are not used are named. With it, [`ASKS_KIND`].
    pub fn asks(&self) -> u8 {
        let when = |asked: bool, bit: u8| if asked { bit } else { 0 };
        STATES_CLAIMS
            | when(!self.dates.is_empty(), STATES_DATES)
            | when(self.mode, STATES_MODE)
            | when(!self.parts.is_empty(), STATES_CONTENTS)
            | when(!self.specials_by_claim, NEVER_PLAIN)
            | when(self.by_kind, ASKS_KIND)
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

impl LineKind {
    /// Whether the line states nothing that the cell can see.
    pub fn is_plain(self) -> bool {
        self.0 as u32 == 0 && self.1 << 8 == 0
    }

    /// The same without the places of its sets, which are an assessor's own.
    pub fn without_sets(self) -> LineKind {
        LineKind(self.0 >> 32 << 32, self.1)
    }
}

/// The share of the value that a special measure takes of a code's goods, where it is one.
fn special(cell: &Cell<'_>, line: &ScheduleLine, at: usize) -> Option<Share> {
    let VersionRate::Special(symbols) = &cell.measures[at].version.rate else { return None };
    match symbols.iter().find_map(|symbol| line.special_for(symbol)) {
        // Not named: kept apart from every share.
        None => Some(Share { numerator: -1, denominator: 1 }),
        Some(nomenclature::rate::RateText::Duty(duty)) => duty.as_ad_valorem().and_then(Share::of),
        Some(_) => None,
    }
}
