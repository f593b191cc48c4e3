//! What all entries of a report come to, which acts are behind it, and what is true of all of it.

use std::collections::BTreeMap;

use engine::Pairs;
use ledger::Ledger;
use tariff::Cents;

use super::answer::{Asked, Settled};
use super::report::*;
use crate::cape::EntryNumber;
use crate::es003::{FiledEntry, Filing};
use crate::interest::interest;

/// What of a report is true of all of it.
pub(super) fn notes(
    filing: &Filing,
    asked: &Asked<'_, '_>,
    entries: &[EntryRefund],
) -> Vec<String> {
    let mut notes = filing.notes.clone();
    let wrong =
        |entry: &&FiledEntry| EntryNumber::parse(&entry.entry).is_ok_and(|number| !number.checks());
    let mut wrong = filing.entries.iter().filter(wrong);
    if let Some(first) = wrong.next() {
        let others = wrong.count();
        let more = if others > 0 { format!(" and {others} more") } else { String::new() };
        notes.push(format!("entry number {}{more}: the check digit is wrong", first.entry));
    }
    let open = entries.iter().find(|entry| entry.interest.is_none());
    if let Some((amount, day)) = open.and_then(|e| Some((e.amounts.refundable, e.deposited?))) {
        let found = interest(asked.rates, asked.creditor, amount, day, asked.interest_to);
        let from = found.unknown_from.map(|day| day.to_string()).unwrap_or_default();
        notes.push(format!(
            "the ledger holds no rate of interest from {from}: interest is not known"
        ));
    }
    notes
}

/// The acts behind what is owed otherwise today. Where the duties that an act made void are all that
/// changed on a line, that act explains it; of other lines the law between has to be walked.
pub(super) fn behind(
    ledger: &Ledger,
    parts: &[Settled],
) -> (BTreeMap<String, (u64, Cents)>, Pairs) {
    let mut fallen: BTreeMap<String, (u64, Cents)> = BTreeMap::new();
    let mut pairs = Pairs::default();
    for Settled { part, then, today, compared, .. } in parts {
        let Some((then, today)) = then.duty_cents.zip(today.duty_cents) else { continue };
        if then == today {
            continue;
        }
        let mut of_acts: BTreeMap<&str, Cents> = BTreeMap::new();
        for row in &compared.rows {
            let gone = row.then.unwrap_or_default() - row.absorbed;
            if let Some(act) = row.void_by.as_deref().filter(|_| gone != Cents::ZERO) {
                *of_acts.entry(act).or_default() += gone;
            }
        }
        if of_acts.values().copied().sum::<Cents>() == Cents(then - today) {
            for (act, gone) in of_acts {
                let sum = fallen.entry(act.to_owned()).or_default();
                sum.0 += 1;
                sum.1 += gone;
            }
        } else if pairs.lines.push(ledger, &part.stated).is_ok() {
            pairs.from.push(then);
            pairs.to.push(today);
        }
    }
    (fallen, pairs)
}

pub(super) fn totals(entries: &[EntryRefund]) -> Totals {
    let mut totals = Totals { amounts: Amounts::nothing(), ..Totals::default() };
    for entry in entries {
        totals.entries += 1;
        totals.lines += entry.lines.len() as u64;
        if !entry.set_aside.is_empty() {
            totals.set_aside += 1;
            totals.amounts.filed += entry.amounts.filed;
            continue;
        }
        // What nobody can answer is in no sum of what is owed.
        let mut amounts = entry.amounts;
        for owed in [
            &mut amounts.owed_then,
            &mut amounts.owed_then_min,
            &mut amounts.owed_then_max,
            &mut amounts.owed_today,
        ] {
            owed.get_or_insert(Cents::ZERO);
        }
        totals.amounts.add(&amounts);
        totals.interest += entry.interest.unwrap_or_default();
        totals.interest_overpaid += entry.interest_overpaid.unwrap_or_default();
        totals.without_interest += u64::from(entry.interest.is_none());
        if entry.path != Path::Nothing {
            let sum = totals.paths.entry(entry.path.clone()).or_default();
            sum.entries += 1;
            sum.refundable += entry.amounts.refundable;
            sum.interest += entry.interest.unwrap_or_default();
            let last = entry.deadline().map(|deadline| deadline.date);
            sum.first = [sum.first, last].into_iter().flatten().min();
        }
        let mut met: Vec<Cause> = Vec::new();
        for found in &entry.variance {
            let sum = totals.causes.entry(found.cause).or_default();
            sum.variances += 1;
            if !met.contains(&found.cause) {
                met.push(found.cause);
                sum.entries += 1;
            }
            sum.over += found.amount.max(Cents::ZERO);
            sum.under += (-found.amount).max(Cents::ZERO);
        }
    }
    totals
}
