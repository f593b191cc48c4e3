//! The workbook that a broker can hand on: what comes back in sum, by entry and by line, why, until when,
//! and on which law it rests.

use entry::FileError;
use entry::refund::{EntryRefund, LineRefund, LiquidationBasis, QuestionKind, Report};
use ledger::{InterestRate, Ledger};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use tariff::{Cents, exact_decimal};

use super::sheet::{Cell, Column, Looks, set_up, table};

/// Makes the workbook; `notes` are the receipt: the coordinates and the ledger that the figures rest on.
/// The same report gives the same bytes: no clock is read.
///
/// # Errors
/// When a cell has no form in the file.
pub fn bytes(
    report: &Report,
    ledger: &Ledger,
    notes: &[(String, String)],
) -> Result<Vec<u8>, FileError> {
    write(report, ledger, notes).map_err(|error| {
        FileError::new(format!("the workbook cannot be written: {error}"), "use the CSV files")
    })
}

fn write(
    report: &Report,
    ledger: &Ledger,
    notes: &[(String, String)],
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let day = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let mut properties = DocProperties::new().set_title("Refunds").set_creation_datetime(&day);
    for (key, value) in notes {
        // A property holds 255 characters.
        let value: String = value.chars().take(255).collect();
        properties = properties.set_custom_property(key, value);
    }
    book.set_properties(&properties);
    let looks = Looks::new();
    summary(&mut book, &looks, report, notes)?;
    table(&mut book, &looks, "entries", ENTRIES, report.entries.iter().map(entry).collect())?;
    let lines =
        report.entries.iter().flat_map(|e| e.lines.iter().flat_map(|line| of_line(e, line)));
    table(&mut book, &looks, "lines", LINES, lines.collect())?;
    table(&mut book, &looks, "reasons", REASONS, reasons(report))?;
    table(&mut book, &looks, "deadlines", DEADLINES, deadlines(report))?;
    table(&mut book, &looks, "sources", SOURCES, sources(report, ledger, notes))?;
    book.save_to_buffer()
}

/// One page: the totals, the ways, the causes, what is open.
fn summary(
    book: &mut Workbook,
    looks: &Looks,
    report: &Report,
    notes: &[(String, String)],
) -> Result<(), XlsxError> {
    let sheet = set_up(book, "summary", [54, 18, 18, 18, 18].into_iter())?;
    let totals = &report.totals;
    let mut row = 0;
    let mut line = |cells: &[Cell], head: bool| -> Result<(), XlsxError> {
        for (at, cell) in cells.iter().enumerate() {
            match cell {
                Cell::Text(text) if head && at == 0 => looks.title(sheet, row, text)?,
                // A receipt is long and stands alone on its line.
                Cell::Text(text) if cells.len() == 2 && at == 1 => {
                    looks.running(sheet, (row, 1), text)?;
                }
                cell => looks.put(sheet, (row, at as u16), cell)?,
            }
        }
        row += 1;
        Ok(())
    };
    line(&[Cell::text("Refunds")], true)?;
    line(&[Cell::text("Days left are counted from"), Cell::Date(report.on)], false)?;
    line(&[Cell::text("Interest runs to"), Cell::Date(report.interest_to)], false)?;
    for (key, value) in notes.iter().filter(|(_, value)| !value.is_empty()) {
        line(&[Cell::text(key), Cell::text(value)], false)?;
    }
    line(&[], false)?;
    line(&[Cell::text("In sum")], true)?;
    let count = |count: u64| Cell::Count(i64::try_from(count).unwrap_or(i64::MAX));
    let amounts = &totals.amounts;
    let sums = [
        ("Entries", count(totals.entries)),
        ("of these set aside: a row cannot be read", count(totals.set_aside)),
        ("Lines", count(totals.lines)),
        ("Duty filed", Cell::Money(amounts.filed)),
        ("Owed at entry, as the law was known then", Cell::money(amounts.owed_then)),
        ("Owed as the law is known today", Cell::money(amounts.owed_today)),
        ("Refundable: paid under law that fell or changed", Cell::Money(amounts.refundable)),
        ("Interest on it", Cell::Money(totals.interest)),
        ("Entries whose interest is not known", count(totals.without_interest)),
        ("Duty that came back to life, taken off already", Cell::Money(amounts.revived)),
        ("Overpaid besides: more than was owed at entry", Cell::Money(amounts.overpaid)),
        ("Interest on that", Cell::Money(totals.interest_overpaid)),
        ("Underpaid: owed at entry and not paid, never netted", Cell::Money(amounts.underpaid)),
    ];
    for (said, cell) in sums {
        line(&[Cell::text(said), cell], false)?;
    }
    line(&[], false)?;
    line(&[Cell::text("By the way it comes back")], true)?;
    let heads = ["Way", "Entries", "Refundable", "Interest", "First last day"];
    line(&heads.map(Cell::text), false)?;
    for (path, sum) in &totals.paths {
        let (refundable, interest) = (Cell::Money(sum.refundable), Cell::Money(sum.interest));
        let cells = [
            Cell::text(path.name()),
            count(sum.entries),
            refundable,
            interest,
            Cell::date(sum.first),
        ];
        line(&cells, false)?;
    }
    line(&[], false)?;
    line(&[Cell::text("Filed otherwise than owed at entry")], true)?;
    let heads = ["Cause", "Differences", "Entries", "Overpaid", "Underpaid"];
    line(&heads.map(Cell::text), false)?;
    for (cause, sum) in &totals.causes {
        let (over, under) = (Cell::Money(sum.over), Cell::Money(sum.under));
        let cells =
            [Cell::text(cause.name()), count(sum.variances), count(sum.entries), over, under];
        line(&cells, false)?;
    }
    line(&[], false)?;
    line(&[Cell::text("Open questions, by what hangs on them")], true)?;
    let heads = ["Question", "At stake", "Lines", "Entries", "Refundable then"];
    line(&heads.map(Cell::text), false)?;
    for question in &report.questions {
        let said = format!("{}: {}", question.name, question.title);
        let (lines, entries) = (count(question.lines), count(question.entries));
        let stake = Cell::Money(question.at_stake);
        line(&[Cell::text(said), stake, lines, entries, Cell::money(question.refundable)], false)?;
    }
    Ok(())
}

const ENTRIES: &[Column] = &[
    ("Entry", 16),
    ("Importer", 15),
    ("Importer name", 26),
    ("Port", 7),
    ("Type", 6),
    ("Entered", 12),
    ("Deposited", 12),
    ("Liquidation", 12),
    ("Liquidation is", 12),
    ("Filed", 15),
    ("Owed at entry", 15),
    ("Owed today", 15),
    ("Refundable", 15),
    ("Interest", 13),
    ("Way", 22),
    ("Last day", 12),
    ("Days left", 9),
    ("Revived", 13),
    ("Overpaid besides", 13),
    ("Interest on that", 13),
    ("Way of that", 22),
    ("Underpaid", 13),
    ("A declaration is refused for", 40),
    ("Differences", 24),
    ("Set aside for", 40),
];

fn entry(entry: &EntryRefund) -> Vec<Cell> {
    let amounts = &entry.amounts;
    let deadline = entry.deadline();
    let basis = entry.liquidation.map_or("", |liquidation| match liquidation.basis {
        LiquidationBasis::Reported => "reported",
        LiquidationBasis::Scheduled => "estimated",
        LiquidationBasis::Deemed => "deemed",
    });
    let refused: Vec<String> =
        entry.rejections.iter().map(|r| format!("{} ({})", r.message, r.why)).collect();
    let mut causes: Vec<&str> = entry.variance.iter().map(|v| v.cause.name()).collect();
    causes.dedup();
    vec![
        Cell::text(number(&entry.entry)),
        Cell::text(&entry.importer),
        Cell::text(&entry.importer_name),
        Cell::text(&entry.port),
        Cell::text(&entry.entry_type),
        Cell::date(entry.entered),
        Cell::date(entry.deposited),
        Cell::date(entry.liquidation.map(|l| l.date)),
        Cell::text(basis),
        Cell::Money(amounts.filed),
        Cell::money(amounts.owed_then),
        Cell::money(amounts.owed_today),
        Cell::Money(amounts.refundable),
        Cell::money(entry.interest),
        Cell::text(entry.path.name()),
        Cell::date(deadline.map(|d| d.date)),
        deadline.map_or(Cell::Blank, |d| Cell::Count(d.days.into())),
        Cell::some_money(amounts.revived),
        Cell::some_money(amounts.overpaid),
        if amounts.overpaid == Cents::ZERO {
            Cell::Blank
        } else {
            Cell::money(entry.interest_overpaid)
        },
        if amounts.overpaid == Cents::ZERO {
            Cell::Blank
        } else {
            Cell::text(entry.path_overpaid.name())
        },
        Cell::some_money(amounts.underpaid),
        Cell::text(refused.join("; ")),
        Cell::text(causes.join(", ")),
        Cell::text(entry.set_aside.join("; ")),
    ]
}

/// `605-1234567-8`; a number of another form as it stands.
fn number(entry: &str) -> String {
    entry::EntryNumber::parse(entry).map_or_else(|_| entry.to_owned(), |number| number.to_string())
}

const LINES: &[Column] = &[
    ("Entry", 16),
    ("Line", 7),
    ("Code", 15),
    ("Origin", 8),
    ("Value", 15),
    ("Heading", 15),
    ("Program", 18),
    ("Filed", 14),
    ("Owed at entry", 14),
    ("Owed today", 14),
    ("Void today", 8),
    ("Refundable", 14),
    ("Overpaid besides", 13),
    ("Underpaid", 13),
    ("Answer", 12),
    ("Missing facts", 30),
    ("Taken from the filing", 30),
    ("Rows of the report", 14),
];

/// A row for each heading; what is said of the line as a whole stands on the first, so that columns add up.
fn of_line(entry: &EntryRefund, line: &LineRefund) -> Vec<Vec<Cell>> {
    let amounts = &line.amounts;
    (0..line.headings.len().max(1))
        .map(|at| {
            let first = at == 0;
            let once = |cell: Cell| if first { cell } else { Cell::Blank };
            let heading = line.headings.get(at);
            let rows: Vec<String> = line.rows.iter().map(u64::to_string).collect();
            vec![
                Cell::text(number(&entry.entry)),
                Cell::text(&line.line),
                line.code.map_or(Cell::Blank, |code| Cell::text(code.to_string())),
                line.origin.map_or(Cell::Blank, |origin| Cell::text(origin.to_string())),
                once(Cell::Money(line.value)),
                heading.map_or(Cell::Blank, |h| Cell::text(h.heading.to_string())),
                heading.map_or(Cell::Blank, |h| Cell::text(&h.program)),
                Cell::money(heading.and_then(|h| h.filed)),
                Cell::money(heading.and_then(|h| h.owed_then)),
                Cell::money(heading.and_then(|h| h.owed_today)),
                Cell::text(if heading.is_some_and(|h| h.void) { "void" } else { "" }),
                once(Cell::some_money(amounts.refundable)),
                once(Cell::some_money(amounts.overpaid)),
                once(Cell::some_money(amounts.underpaid)),
                once(Cell::text(line.status.name())),
                once(Cell::text(line.needs.join("; "))),
                once(Cell::text(line.taken.join("; "))),
                once(Cell::text(rows.join(", "))),
            ]
        })
        .collect()
}

const REASONS: &[Column] = &[
    ("Entry", 16),
    ("Line", 7),
    ("Heading", 15),
    ("Cause", 17),
    ("Filed less owed", 15),
    ("Why", 70),
];

/// Differences, then what could not be read.
fn reasons(report: &Report) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for entry in &report.entries {
        for variance in &entry.variance {
            rows.push(vec![
                Cell::text(number(&entry.entry)),
                Cell::text(&variance.line),
                variance.heading.map_or(Cell::Blank, |h| Cell::text(h.to_string())),
                Cell::text(variance.cause.name()),
                Cell::Money(variance.amount),
                Cell::text(&variance.why),
            ]);
        }
    }
    for fault in &report.faults {
        let entry = fault.entry.as_deref().map_or_else(String::new, number);
        let place = match fault.column.as_str() {
            "" => format!("row {}", fault.row),
            column => format!("row {}, {column}", fault.row),
        };
        rows.push(vec![
            Cell::text(entry),
            Cell::Blank,
            Cell::Blank,
            Cell::text("not read"),
            Cell::Blank,
            Cell::text(format!("{place}: {}", fault.message)),
        ]);
    }
    rows
}

const DEADLINES: &[Column] = &[
    ("Last day", 12),
    ("Days left", 9),
    ("Way", 26),
    ("Entry", 16),
    ("Importer name", 26),
    ("Refundable", 15),
    ("Overpaid besides", 15),
    ("Brings it back", 10),
    ("The date is", 12),
];

/// By day, those that have passed last.
fn deadlines(report: &Report) -> Vec<Vec<Cell>> {
    let worth = |entry: &&EntryRefund| {
        entry.amounts.refundable > Cents::ZERO || entry.amounts.overpaid > Cents::ZERO
    };
    let entries = report.entries.iter().filter(worth);
    let mut all: Vec<_> =
        entries.flat_map(|entry| entry.deadlines.iter().map(move |d| (entry, d))).collect();
    all.sort_by(|(a, x), (b, y)| {
        (x.days < 0, x.date, &x.kind, &a.entry).cmp(&(y.days < 0, y.date, &y.kind, &b.entry))
    });
    all.into_iter()
        .map(|(entry, deadline)| {
            vec![
                Cell::Date(deadline.date),
                Cell::Count(deadline.days.into()),
                Cell::text(&deadline.kind),
                Cell::text(number(&entry.entry)),
                Cell::text(&entry.importer_name),
                Cell::Money(entry.amounts.refundable),
                Cell::some_money(entry.amounts.overpaid),
                Cell::text(if deadline.serves { "yes" } else { "no" }),
                Cell::text(if deadline.estimated { "estimated" } else { "" }),
            ]
        })
        .collect()
}

const SOURCES: &[Column] = &[
    ("Kind", 14),
    ("Name", 28),
    ("What it says", 60),
    ("Where", 50),
    ("Lines", 9),
    ("Amount", 16),
];

/// What the figures rest on: the coordinates, the acts, the open points, the rates of interest.
fn sources(report: &Report, ledger: &Ledger, notes: &[(String, String)]) -> Vec<Vec<Cell>> {
    let count = |count: u64| Cell::Count(i64::try_from(count).unwrap_or(i64::MAX));
    let mut rows = Vec::new();
    let mut row = |kind: &str, name: &str, said: &str, place: &str, lines: Cell, amount: Cell| {
        let cells = [kind, name, said, place].map(Cell::text);
        rows.push(cells.into_iter().chain([lines, amount]).collect());
    };
    for (key, value) in notes.iter().filter(|(_, value)| !value.is_empty()) {
        row("receipt", key, value, "", Cell::Blank, Cell::Blank);
    }
    for act in &report.acts {
        row("act", &act.act, &act.title, &act.cite, count(act.lines), Cell::Money(act.difference));
    }
    for question in &report.questions {
        let kind = match question.kind {
            QuestionKind::Reading => "reading",
            QuestionKind::Fact => "missing fact",
        };
        let (lines, stake) = (count(question.lines), Cell::Money(question.at_stake));
        row(kind, &question.name, &question.title, &question.source, lines, stake);
    }
    for rates in ledger.interest.values() {
        row("interest", "", "on duties", &rates.cite, Cell::Blank, Cell::Blank);
        for quarter in &rates.quarters {
            let percent = |rate| format!("{}%", exact_decimal(quarter.rate(rate) * 100));
            let said = format!(
                "{} a year to importers, {} to corporations; {} owed to customs",
                percent(InterestRate::Overpayment),
                percent(InterestRate::Corporate),
                percent(InterestRate::Underpayment)
            );
            let place = match quarter.confidence.as_str() {
                "high" => quarter.source.clone(),
                confidence => format!("{} (confidence: {confidence})", quarter.source),
            };
            row("interest", &quarter.name, &said, &place, Cell::Blank, Cell::Blank);
        }
    }
    for note in &report.notes {
        row("note", "", note, "", Cell::Blank, Cell::Blank);
    }
    rows
}
