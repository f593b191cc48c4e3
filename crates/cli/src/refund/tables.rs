//! The files of `-o DIR`: tables for other programs, and what customs takes in.

use std::path::Path;

use entry::refund::{EntryRefund, LineRefund, Path as Way, Report};
use entry::{Creditor, Declaration, EntryNumber};
use tariff::{Cents, Day};

use super::{Told, curve, workbook};
use crate::failure::Failure;
use crate::law::replace;
use crate::text::escaped;

/// Whether the folder can be written, before any work is done.
pub fn check(folder: &Path, input: &Path) -> Result<(), Failure> {
    if folder.exists() && !folder.is_dir() {
        return Err(Failure::new("is no folder", folder.display(), "name a folder"));
    }
    let above = folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !above.is_dir() {
        let message = "cannot be written: the folder above it does not exist";
        return Err(Failure::new(message, folder.display(), "make that folder first"));
    }
    let own = |name: &str| {
        let place = folder.join(name).canonicalize();
        place.is_ok_and(|place| input.canonicalize().is_ok_and(|input| input == place))
    };
    if FILES.iter().chain(&OTHERS).any(|name| own(name)) {
        let message = "the report would be written over";
        return Err(Failure::new(message, input.display(), "give another folder"));
    }
    Ok(())
}

const FILES: [&str; 3] = ["entries.csv", "lines.csv", "reasons.csv"];
const OTHERS: [&str; 3] = ["refund.xlsx", "curve.csv", "curve.svg"];

/// Writes every file, each whole or not at all; their names.
pub fn write(folder: &Path, told: &Told<'_>, report: &Report) -> Result<Vec<String>, Failure> {
    std::fs::create_dir_all(folder).map_err(|e| {
        Failure::new(format!("cannot be made: {e}"), folder.display(), "check the folder above")
    })?;
    let mut written = Vec::new();
    let mut put = |name: String, bytes: Vec<u8>| -> Result<(), Failure> {
        replace(&folder.join(&name), bytes)?;
        written.push(name);
        Ok(())
    };
    let [entries, lines, reasons] = FILES.map(str::to_owned);
    put(entries, table(ENTRIES, report.entries.iter().map(entry)))?;
    let of_lines = report.entries.iter().flat_map(|e| e.lines.iter().flat_map(|l| line(e, l)));
    put(lines, table(LINES, of_lines))?;
    put(reasons, table(REASONS, report.entries.iter().flat_map(reason)))?;
    for declaration in declared(told, report) {
        put(declaration.name.clone(), declaration.csv().into_bytes())?;
    }
    let [book, curve, picture] = OTHERS.map(str::to_owned);
    let refused = |e: entry::FileError| Failure::new(e.message, folder.display(), e.help);
    put(book, workbook::bytes(report, told.record, &notes(told)).map_err(refused)?)?;
    put(curve, curve::csv(report).into_bytes())?;
    put(picture, curve::svg(report).into_bytes())?;
    written.extend(left(folder, &written));
    Ok(written)
}

/// Declarations of an earlier run that this one did not write again: their entries may come back another
/// way by now, and nobody should hand them in unseen.
fn left(folder: &Path, written: &[String]) -> Vec<String> {
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut left: Vec<String> = names
        .map(|file| file.file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("cape-") && name.ends_with(".csv"))
        .filter(|name| !written.contains(name))
        .map(|name| format!("{name} (left from an earlier run)"))
        .collect();
    left.sort();
    left
}

/// The declarations of the entries that come back by one and would not be refused.
fn declared(told: &Told<'_>, report: &Report) -> Vec<Declaration> {
    let ways = &told.record.refunds[&told.territory.id].ways;
    let Some(way) = ways.iter().find(|way| way.only_void) else { return Vec::new() };
    let by_it = |entry: &&EntryRefund| entry.path == Way::Open(way.id.clone());
    entry::declarations(report.entries.iter().filter(by_it).filter_map(|entry| {
        Some((entry.importer.as_str(), EntryNumber::parse(&entry.entry).ok()?))
    }))
}

/// What the figures rest on: the receipt of the workbook.
fn notes(told: &Told<'_>) -> Vec<(String, String)> {
    let readings: Vec<String> =
        told.readings.iter().map(|(name, option)| format!("{name}={option}")).collect();
    [
        ("report", told.name.clone()),
        ("law as known at entry and", told.until.to_string()),
        ("world", told.world.clone()),
        ("readings", readings.join(" ")),
        ("interest owed to", creditor(told.creditor).to_owned()),
        ("ledger", told.record.digest.clone()),
        ("checked against the official text to", told.territory.official_through.to_string()),
        ("checked against other sources to", told.territory.verified_through.to_string()),
        ("program", format!("truce {}", env!("CARGO_PKG_VERSION"))),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into()
}

fn creditor(creditor: Creditor) -> &'static str {
    match creditor {
        Creditor::Customs => "customs",
        Creditor::Importer => "an importer that is no corporation",
        Creditor::Corporation => "a corporation",
        Creditor::CorporationReduced => "a corporation, the reduced rate above the limit",
    }
}

const ENTRIES: &[&str] = &[
    "entry",
    "importer",
    "importer_name",
    "port",
    "entry_type",
    "entered",
    "deposited",
    "liquidation",
    "filed",
    "owed_then",
    "owed_then_min",
    "owed_then_max",
    "owed_today",
    "refundable",
    "interest",
    "revived",
    "overpaid",
    "interest_overpaid",
    "underpaid",
    "path",
    "deadline",
    "days",
    "path_overpaid",
    "rejections",
    "causes",
    "set_aside",
];

const LINES: &[&str] = &[
    "entry",
    "line",
    "rows",
    "code",
    "origin",
    "value",
    "status",
    "program",
    "heading",
    "filed",
    "owed_then",
    "owed_today",
    "void",
    "line_refundable",
    "line_overpaid",
    "line_underpaid",
    "causes",
    "needs",
    "taken",
];

const REASONS: &[&str] = &["entry", "line", "cause", "heading", "amount", "why"];

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut out = String::new();
    let mut put = |cells: &[String]| {
        let quoted = |cell: &String| {
            if cell.contains([',', '"', '\n', '\r']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.clone()
            }
        };
        let cells: Vec<String> = cells.iter().map(quoted).collect();
        out.push_str(&cells.join(","));
        out.push('\n');
    };
    put(&head.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    rows.for_each(|row| put(&row));
    out.into_bytes()
}

fn money(amount: Option<Cents>) -> String {
    amount.map(|amount| amount.to_string()).unwrap_or_default()
}

fn day(day: Option<Day>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

/// Each once, in the order in which they come.
fn once<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut found: Vec<&str> = Vec::new();
    for word in words {
        if !found.contains(&word) {
            found.push(word);
        }
    }
    found.join("; ")
}

fn entry(entry: &EntryRefund) -> Vec<String> {
    let amounts = &entry.amounts;
    let deadline = entry.deadline();
    let path = |path: &Way| path.name().to_owned();
    let owed = |amount: Option<Cents>| money(amount);
    vec![
        escaped(&entry.entry),
        escaped(&entry.importer),
        escaped(&entry.importer_name),
        escaped(&entry.port),
        escaped(&entry.entry_type),
        day(entry.entered),
        day(entry.deposited),
        day(entry.liquidation.map(|liquidation| liquidation.date)),
        amounts.filed.to_string(),
        owed(amounts.owed_then),
        owed(amounts.owed_then_min),
        owed(amounts.owed_then_max),
        owed(amounts.owed_today),
        amounts.refundable.to_string(),
        money(entry.interest),
        amounts.revived.to_string(),
        amounts.overpaid.to_string(),
        money(entry.interest_overpaid),
        amounts.underpaid.to_string(),
        path(&entry.path),
        day(deadline.map(|deadline| deadline.date)),
        deadline.map(|deadline| deadline.days.to_string()).unwrap_or_default(),
        path(&entry.path_overpaid),
        escaped(&once(entry.rejections.iter().map(|r| r.message.as_str()))),
        once(entry.variance.iter().map(|v| v.cause.name())),
        escaped(&entry.set_aside.join("; ")),
    ]
}

/// A row for each heading.
fn line(entry: &EntryRefund, line: &LineRefund) -> Vec<Vec<String>> {
    let rows: Vec<String> = line.rows.iter().map(u64::to_string).collect();
    let of_heading = |(at, heading): (usize, &entry::refund::HeadingRefund)| {
        // Sums of the line stand once.
        let sum = |amount: Cents| if at == 0 { amount.to_string() } else { String::new() };
        let own = line.variance.iter();
        let own = own.filter(|v| v.heading.is_none_or(|h| h == heading.heading));
        vec![
            escaped(&entry.entry),
            escaped(&line.line),
            rows.join(" "),
            line.code.map(|code| code.to_string()).unwrap_or_default(),
            line.origin.map(|origin| origin.to_string()).unwrap_or_default(),
            if at == 0 { line.value.to_string() } else { String::new() },
            line.status.name().to_owned(),
            heading.program.clone(),
            heading.heading.to_string(),
            money(heading.filed),
            money(heading.owed_then),
            money(heading.owed_today),
            if heading.void { "yes" } else { "" }.to_owned(),
            sum(line.amounts.refundable),
            sum(line.amounts.overpaid),
            sum(line.amounts.underpaid),
            once(own.map(|v| v.cause.name())),
            escaped(&line.needs.join("; ")),
            escaped(&line.taken.join("; ")),
        ]
    };
    line.headings.iter().enumerate().map(of_heading).collect()
}

fn reason(entry: &EntryRefund) -> Vec<Vec<String>> {
    let row = |v: &entry::refund::Variance| {
        vec![
            escaped(&entry.entry),
            escaped(&v.line),
            v.cause.name().to_owned(),
            v.heading.map(|heading| heading.to_string()).unwrap_or_default(),
            v.amount.to_string(),
            escaped(&v.why),
        ]
    };
    entry.variance.iter().map(row).collect()
}
