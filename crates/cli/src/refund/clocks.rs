//! The clocks of a report of entries, for a calendar: until when what comes back can be asked for.

use std::collections::BTreeMap;
use std::path::Path;

use chronicle::calendar::Due;
use entry::Creditor;
use entry::refund::{Asked, EntryRefund, answer};
use ledger::{Coordinates as At, Known, Ledger, Readings, World};
use tariff::{Cents, Day, Moment, Stated};

use super::reference::Slow;
use super::{paying_back, report_of, too_large};
use crate::assess;
use crate::assess::input::located;
use crate::failure::Failure;
use crate::progress::progress;

/// So few entries are named one by one.
const NAMED_MAX: usize = 3;

/// The law by which it is seen what comes back.
pub struct Seen<'a> {
    pub record: &'a Ledger,
    pub worlds: &'a [World],
    pub readings: &'a Readings,
    pub known: Moment,
}

/// What is due after a day: for each way and each last day of it, how many entries and how much. And
/// what of the file could not be read, row by row.
///
/// # Errors
/// When the file is no report of entries.
pub fn clocks(
    input: &Path,
    seen: &Seen<'_>,
    after: Day,
) -> Result<(Vec<Due>, Vec<String>), Failure> {
    let record = seen.record;
    let territory = paying_back(record)?;
    let (name, filing) = report_of(located(input)?, record)?;
    let later = record.laid_over(seen.worlds);
    let at = At {
        known: Known::At(Stated::Moment(seen.known)),
        worlds: seen.worlds.to_vec(),
        readings: seen.readings.clone(),
    };
    let first = engine::compile(record, Known::Entry, &at.readings).map_err(too_large)?;
    let second = engine::compile(&later, at.known, &at.readings).map_err(too_large)?;
    let refunds = &record.refunds[&territory.id];
    let asked = Asked {
        by: &territory.id,
        regimes: [&first, &second],
        refunds,
        rates: &record.interest[&territory.id],
        creditor: Creditor::Importer,
        on: after,
        interest_to: after,
        threads: assess::threads(None)?,
    };
    let bar = progress(filing.entries.len() as u64, "entries");
    let slow = || Slow::new(record, territory, (&later, seen.known), &at.readings);
    let report = answer(&filing, &asked, slow, &|count| bar.inc(count)).report;
    bar.finish_and_clear();
    let mut last_days: BTreeMap<(Day, &str, bool), Vec<&EntryRefund>> = BTreeMap::new();
    for entry in &report.entries {
        let own = entry.deadlines.iter().filter(|clock| clock.serves && clock.date > after);
        for clock in own.filter(|_| entry.amounts.refundable > Cents::ZERO) {
            let key = (clock.date, clock.kind.as_str(), clock.estimated);
            last_days.entry(key).or_default().push(entry);
        }
    }
    let stem = input.file_stem().unwrap_or_default().to_string_lossy();
    let due = last_days.into_iter().map(|((date, kind, estimated), entries)| {
        let way = refunds.ways.iter().find(|way| way.id == kind);
        let sum: Cents = entries.iter().map(|entry| entry.amounts.refundable).sum();
        let numbers: Vec<&str> = entries.iter().take(NAMED_MAX).map(|e| e.entry.as_str()).collect();
        let whose = match entries.len() {
            few if few <= NAMED_MAX => numbers.join(", "),
            many => format!("{} and {} more entries", numbers.join(", "), many - NAMED_MAX),
        };
        let title = way.map_or(kind, |way| way.title.as_str());
        let mark = if estimated { " (estimated)" } else { "" };
        Due {
            moment: Stated::Day(date),
            kind: "refund-ends".to_owned(),
            title: format!("last day of {title} for {} of {whose}{mark}", sum.grouped()),
            by: Some(territory.country),
            program: None,
            cites: way.iter().map(|way| way.cite.clone()).collect(),
            measures: Vec::new(),
            until: None,
            // Of each report its own: the same one read again changes the entries of the calendar.
            key: format!(
                "refund-{stem}-{kind}-{date}{}",
                if estimated { "-estimated" } else { "" }
            ),
        }
    });
    let faults = report.faults.iter().map(|fault| {
        let column =
            if fault.column.is_empty() { String::new() } else { format!("{}: ", fault.column) };
        format!("{name}:{}: {column}{}", fault.row, fault.message)
    });
    Ok((due.collect(), faults.collect()))
}
