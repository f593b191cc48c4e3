//! The report and the list of what was planted, as text.

use std::fmt::Write;

use tariff::{Cents, Day};

use super::{FiledEntry, Form};

/// The columns of the report, the value's and those of liquidation by their place.
const COLUMNS: [&str; 25] = [
    "Entry Summary Number",
    "Entry Summary Line Number",
    "Entry Type Code",
    "Importer Number",
    "Importer Name",
    "Port of Entry Code",
    "Entry Date",
    "Entry Summary Date",
    "Reconciliation Indicator",
    "Control Status",
    "Post Summary Correction Indicator",
    "Liquidation Date",
    "Liquidation Status",
    "Protest Number",
    "Protest Status",
    "Country of Origin Code",
    "Country of Export Code",
    "Manufacturer ID",
    "Line SPI Code",
    "Tariff Ordinal Number",
    "HTS Number - Full",
    "Line Tariff Goods Value Amount",
    "Line Tariff Duty Amount",
    "Line Tariff Quantity (1)",
    "Line Tariff UOM (1) Code",
];
const OF_LIQUIDATION: std::ops::Range<usize> = 11..15;
const VALUE: usize = 21;
/// Columns of numbers that are no amounts.
const NUMBERS: [usize; 7] = [0, 1, 2, 3, 5, 13, 20];

pub fn report(entries: &[FiledEntry<'_>], form: Form) -> String {
    let mut out = String::new();
    let mut head = COLUMNS.map(str::to_owned);
    if form.line_value_head {
        "Line Goods Value Amount".clone_into(&mut head[VALUE]);
    }
    put(&mut out, &head, Form { wrapped: false, ..form });
    let yes_no = |yes: bool| if yes { "Y" } else { "N" }.to_owned();
    for entry in entries {
        let life = &entry.life;
        let (protest, protest_status) = life.protest.clone().unwrap_or_default();
        for (at, line) in entry.lines.iter().enumerate() {
            for (ordinal, row) in line.rows.iter().enumerate() {
                let is_commodity = row.heading == line.code;
                let quantity = line.quantity.as_ref().filter(|_| is_commodity);
                let (quantity, unit) = quantity.map_or_else(Default::default, |(count, unit)| {
                    (count.to_string(), unit.clone())
                });
                let cells = [
                    entry.number.plain().to_owned(),
                    format!("{:03}", at + 1),
                    life.entry_type.to_owned(),
                    entry.importer.number.clone(),
                    entry.importer.name.to_owned(),
                    entry.port.to_owned(),
                    date(entry.entered),
                    date(life.summary),
                    yes_no(life.reconciliation),
                    life.control.to_owned(),
                    yes_no(life.corrected),
                    life.liquidation.map(date).unwrap_or_default(),
                    life.liquidation_status.to_owned(),
                    protest.clone(),
                    protest_status.to_owned(),
                    line.filed_origin.to_owned(),
                    line.exported_from.to_string(),
                    line.maker.clone(),
                    line.claim.unwrap_or_default().to_owned(),
                    (ordinal + 1).to_string(),
                    row.heading.plain(),
                    money(row.value),
                    money(row.amount),
                    quantity,
                    unit,
                ];
                put(&mut out, &cells, form);
            }
        }
    }
    out
}

pub fn planted(entries: &[FiledEntry<'_>]) -> String {
    let mut out = "entry,line,heading,cause,amount,what\n".to_owned();
    for entry in entries {
        let number = entry.number.plain();
        for slip in &entry.slips {
            let _ = writeln!(
                out,
                "{number},{:03},{},{},{},{}",
                slip.line + 1,
                slip.heading.plain(),
                slip.cause.name(),
                slip.amount,
                quoted(&slip.what)
            );
        }
        for (message, why) in &entry.life.rejections {
            let what = if message.is_empty() { why.clone() } else { format!("{message}: {why}") };
            let _ = writeln!(out, "{number},,,rejection,,{}", quoted(&what));
        }
    }
    out
}

fn put(out: &mut String, cells: &[String; 25], form: Form) {
    let left_out = |at: usize| form.without_liquidation && OF_LIQUIDATION.contains(&at);
    for (at, cell) in cells.iter().enumerate().filter(|(at, _)| !left_out(*at)) {
        if at > 0 {
            out.push(',');
        }
        if form.wrapped && NUMBERS.contains(&at) && !cell.is_empty() {
            // As the reports have it: quotes in a cell that is not quoted itself.
            let _ = write!(out, "=\"{cell}\"");
        } else {
            out.push_str(&quoted(cell));
        }
    }
    out.push_str("\r\n");
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// `05/20/2025`.
fn date(day: Day) -> String {
    let iso = day.to_string();
    format!("{}/{}/{}", &iso[5..7], &iso[8..10], &iso[..4])
}

/// `$2,567.49`.
fn money(amount: Cents) -> String {
    format!("${}", amount.grouped())
}
