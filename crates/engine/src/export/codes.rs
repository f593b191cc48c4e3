//! Codes with their class and the duties of their columns.

use std::collections::BTreeSet;

use tariff::{Code, Day, Exact};

use super::{CodeRow, ColumnRate, hundred_millionths, known_day};
use crate::codes::{CodeFacts, ColumnDuty, Specific};
use crate::compile::grid::Along;
use crate::regime::Compiled;
use crate::work::Work;

/// Every code of full length that means something on some day from `from` on and before `until`; of a
/// territory without a schedule, those that lists name.
pub fn codes(
    work: &mut Work<'_, '_>,
    compiled: &Compiled<'_>,
    from: Day,
    until: Day,
) -> Vec<CodeRow> {
    let side = &compiled.side;
    let mut all: BTreeSet<Code> = BTreeSet::new();
    match compiled.schedule {
        Some(schedule) => {
            all.extend(schedule.lines().map(|line| line.code));
            all.extend(schedule.suffixes().map(|suffix| suffix.code));
        }
        None => {
            let lists = side.lists.iter().filter_map(|name| side.ledger.lists.get(*name));
            all.extend(lists.flat_map(|list| &list.rows).map(|row| row.code));
        }
    }
    let starts = starts(compiled, from, until);
    let mut rows: Vec<CodeRow> = Vec::with_capacity(all.len());
    for code in all {
        if code.digits() != side.territory.code_digits || code.is_special() {
            continue;
        }
        // Codes that mean the same on every day need one look.
        let always = compiled.hot.probe(code.packed()).0;
        let starts = if always { &starts[..1] } else { &starts[..] };
        let of_code = rows.len();
        for (at, start) in starts.iter().enumerate() {
            let end = starts.get(at + 1).map_or(until, |next| Day::from_number(*next));
            let Some(row) = row(work, compiled, code, (*start, end)) else { continue };
            match rows[of_code..].last_mut() {
                Some(last) if last.until == row.from && same(last, &row) => last.until = row.until,
                _ => rows.push(row),
            }
        }
    }
    rows
}

/// The first day, and those on which some row of a schedule begins or ends to hold or to be known.
fn starts(compiled: &Compiled<'_>, from: Day, until: Day) -> Vec<i32> {
    let (in_force, known) = &compiled.turns;
    let known = if compiled.along == Along::Diagonal { known.as_slice() } else { &[] };
    let within = |day: &&i32| from.number() < **day && **day < until.number();
    let turns = in_force.iter().chain(known).filter(within).copied();
    let mut starts: Vec<i32> = std::iter::once(from.number()).chain(turns).collect();
    starts.sort_unstable();
    starts.dedup();
    starts
}

fn same(a: &CodeRow, b: &CodeRow) -> bool {
    let dates = CodeRow { from: a.from, until: a.until, ..b.clone() };
    *a == dates
}

fn row(
    work: &mut Work<'_, '_>,
    compiled: &Compiled<'_>,
    code: Code,
    (start, until): (i32, Day),
) -> Option<CodeRow> {
    let (day, known) = (Day::from_number(start), Day::from_number(known_day(compiled, start)));
    let facts = work.code(code.packed(), start, known.number());
    let mut row = CodeRow {
        code,
        from: day,
        until,
        scope: None,
        kind: None,
        general: None,
        general_text: String::new(),
        other: None,
        other_text: String::new(),
    };
    let Some(facts) = facts else {
        // A code that is none on this day has no row; one that may mean several has.
        let meaning = work.memo.meaning(code, day, known);
        let known = meaning.as_ref().as_ref().is_ok_and(|meaning| meaning.notes.is_empty());
        return known.then_some(row);
    };
    let CodeFacts { scope, kind, general, other, line, .. } = &*facts;
    row.scope = Some(*scope);
    row.kind = matches!(general, ColumnDuty::Share(_)).then_some(*kind);
    row.general = column(general);
    row.other = column(other);
    if let Some(line) = line {
        row.general_text = line.general_text().to_owned();
        row.other_text = line.other_text().to_owned();
    }
    Some(row)
}

/// A duty as one share and one amount for the first unit, where it is so simple.
fn column(duty: &ColumnDuty) -> Option<ColumnRate> {
    match duty {
        ColumnDuty::Share(share) => {
            Some(ColumnRate { share: hundred_millionths(share.exact())?, a_unit: 0, whole: false })
        }
        ColumnDuty::Specific(specific) => sum(specific),
        ColumnDuty::Intricate => None,
    }
}

fn sum(specific: &Specific) -> Option<ColumnRate> {
    let [term] = specific.per_unit.as_slice() else { return None };
    let shares: Exact = specific.shares.iter().map(|share| share.exact()).sum();
    let one = term.factors.first().copied().flatten() == Some(Exact::from_integer(1));
    if !one || term.above != 0 {
        return None;
    }
    let a_unit = Exact::new(term.numerator, term.denominator) * 10_000_000;
    let a_unit = a_unit.is_integer().then(|| i64::try_from(*a_unit.numer()).ok()).flatten()?;
    Some(ColumnRate { share: hundred_millionths(shares)?, a_unit, whole: term.whole })
}
