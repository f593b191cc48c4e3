//! The ways by which money of an entry comes back: until when each is open, which serves, and why a
//! refund declaration would be refused. The numbers are law (`refunds.toml`).

use ledger::{ClockStart, RefundWay, Refunds, RefusalWhen};
use tariff::{Cents, Day};

use super::report::{Deadline, Liquidation, LiquidationBasis, Path, Rejection};
use crate::es003::FiledEntry;

/// What of an entry the ways depend on besides its dates.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Claimed {
    /// Whether a heading that is void was filed.
    pub void_heading: bool,
    /// Whether such a heading states a value of its own.
    pub valued_void: bool,
    pub refundable: Cents,
    pub overpaid: Cents,
}

/// When an entry was or will be liquidated, as far as a report tells.
pub(crate) fn liquidation(refunds: &Refunds, entry: &FiledEntry, on: Day) -> Option<Liquidation> {
    if let Some(date) = entry.liquidated {
        return Some(Liquidation { date, basis: LiquidationBasis::Reported });
    }
    let entered = entry.entered?;
    let scheduled = entered.plus(refunds.scheduled_days);
    let deemed = entered.plus(refunds.deemed_days);
    // A report that has the column and leaves it blank says that the entry is not liquidated yet.
    let late = entry.says_liquidation && scheduled < on;
    // An extended or suspended liquidation is not deemed either: its clocks have not begun.
    let status = entry.liquidation_status.to_lowercase();
    let open = ["suspend", "extend", "unliquidated", "not liquidated"];
    let waits = entry.says_liquidation && deemed < on && open.iter().any(|w| status.contains(w));
    Some(match (waits, late) {
        (true, _) => Liquidation { date: on, basis: LiquidationBasis::Scheduled },
        (_, true) => Liquidation { date: deemed, basis: LiquidationBasis::Deemed },
        _ => Liquidation { date: scheduled, basis: LiquidationBasis::Scheduled },
    })
}

/// The last day of a way; `None` where a date that it runs from is not known.
fn last_day(way: &RefundWay, entered: Day, liquidation: Liquidation) -> (Day, bool) {
    let estimated = liquidation.basis != LiquidationBasis::Reported;
    let (start, hangs) = match way.after {
        ClockStart::Entry => (entered, false),
        ClockStart::Liquidation => (liquidation.date, estimated),
    };
    let last = start.plus(way.days);
    match way.before_liquidation_days.map(|days| liquidation.date.plus(-days)) {
        Some(before) if before < last => (before, estimated || way.estimated),
        _ => (last, hangs || way.estimated),
    }
}

/// Every way with its last day, by date.
pub(crate) fn deadlines(
    refunds: &Refunds,
    (entered, liquidation): (Day, Liquidation),
    on: Day,
    claimed: Claimed,
    rejections: &[Rejection],
) -> Vec<Deadline> {
    let mut found: Vec<Deadline> = refunds
        .ways
        .iter()
        .map(|way| {
            let (date, estimated) = last_day(way, entered, liquidation);
            let declares = !way.only_void || claimed.void_heading && rejections.is_empty();
            let opened = way.opens.is_none_or(|opens| opens <= date && opens <= on);
            Deadline {
                kind: way.id.clone(),
                date,
                days: date.days_since(on),
                estimated,
                serves: declares && opened && !way.by_customs && claimed.refundable > Cents::ZERO,
            }
        })
        .collect();
    found.sort_by_key(|deadline| deadline.date);
    found
}

/// The best way that is open for an amount; `only_void` ways serve for what is void alone.
pub(crate) fn path(refunds: &Refunds, deadlines: &[Deadline], amount: Cents, void: bool) -> Path {
    if amount <= Cents::ZERO {
        return Path::Nothing;
    }
    let open = refunds.ways.iter().find(|way| {
        let own = deadlines.iter().find(|deadline| deadline.kind == way.id);
        own.is_some_and(|deadline| {
            let serves = if void { deadline.serves } else { !way.only_void && !way.by_customs };
            serves && deadline.days >= 0
        })
    });
    open.map_or(Path::Closed, |way| Path::Open(way.id.clone()))
}

/// Why a refund declaration would be refused, in the order of the ledger.
pub(crate) fn rejections(
    refunds: &Refunds,
    entry: &FiledEntry,
    (liquidation, on): (Liquidation, Day),
    claimed: Claimed,
) -> Vec<Rejection> {
    let mut found: Vec<Rejection> = Vec::new();
    for refusal in &refunds.refusals {
        let why = match &refusal.when {
            RefusalWhen::Reconciliation => {
                entry.reconciliation.then(|| "flagged for reconciliation".to_owned())
            }
            RefusalWhen::EntryType(types) => types
                .contains(&entry.entry_type)
                .then(|| format!("entry type {}", entry.entry_type)),
            RefusalWhen::Drawback => says(&entry.control_status, &["drawback"]),
            RefusalWhen::OpenProtest => open_protest(entry),
            RefusalWhen::ClockPassed => clock_passed(refunds, liquidation, on),
            RefusalWhen::NoVoidHeading => {
                (!claimed.void_heading).then(|| "no heading of a void duty was filed".to_owned())
            }
            RefusalWhen::Cancelled => {
                says(&entry.control_status, &["cancel", "reject", "inactive"])
            }
            RefusalWhen::UnderReview => says(&entry.control_status, &["review"]),
            RefusalWhen::ValueOnVoidHeading => claimed
                .valued_void
                .then(|| "a heading of a void duty states a value of its own".to_owned()),
            RefusalWhen::NoCommodityCode => {
                let no_code = |row: &crate::es003::FiledRow| row.code.is_special();
                let line = entry.lines.iter().find(|line| line.rows.iter().all(no_code));
                line.map(|line| format!("line {} has no code of chapters 1 to 97", line.line))
            }
        };
        if let Some(why) = why.filter(|_| !found.iter().any(|r| r.message == refusal.message)) {
            found.push(Rejection { message: refusal.message.clone(), why });
        }
    }
    found
}

fn says(status: &str, words: &[&str]) -> Option<String> {
    let lower = status.to_lowercase();
    words.iter().any(|word| lower.contains(word)).then(|| format!("control status: {status}"))
}

/// A protest that nobody has decided yet.
fn open_protest(entry: &FiledEntry) -> Option<String> {
    if entry.protest.is_empty() {
        return None;
    }
    let status = entry.protest_status.to_lowercase();
    let decided = ["approved", "denied", "granted", "withdrawn", "closed", "rejected", "settled"];
    let open = !decided.iter().any(|word| status.contains(word));
    let stated = if status.is_empty() { "no status" } else { entry.protest_status.as_str() };
    open.then(|| format!("protest {}, {stated}", entry.protest))
}

/// The declaration's own clock, from a liquidation that happened.
fn clock_passed(refunds: &Refunds, liquidation: Liquidation, on: Day) -> Option<String> {
    let way = refunds.ways.iter().find(|way| way.only_void)?;
    let days = on.days_since(liquidation.date);
    let estimated =
        if liquidation.basis == LiquidationBasis::Reported { "" } else { ", estimated" };
    (days > way.days)
        .then(|| format!("{days} days past liquidation{estimated}; at most {}", way.days))
}
