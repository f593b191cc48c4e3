//! The summary on the terminal.

use std::collections::BTreeMap;

use entry::Creditor;
use entry::refund::{EntryRefund, Path, QuestionKind, Report};
use tariff::Cents;

use super::Told;
use crate::text::{Column, count, table, wrapped};

/// How many rows of a table are printed; the files and the JSON have them all.
const SHOWN: usize = 10;

pub fn text(told: &Told<'_>, report: &Report, written: &[String]) -> String {
    let mut out = head(told, report);
    for part in [
        sums(told, report),
        paths(told, report),
        causes(report),
        underpaid(report),
        rejections(report),
        questions(report),
        acts(report),
        aside(report),
    ] {
        if !part.is_empty() {
            out.push('\n');
            out.push_str(&part);
        }
    }
    if !report.notes.is_empty() {
        out.push('\n');
        for note in &report.notes {
            out.push_str(&format!("note: {}\n", wrapped(note, 6)));
        }
    }
    if let Some(folder) = &told.refund.output {
        let declares = |name: &&str| name.starts_with("cape-") && name.ends_with(".csv");
        let (declarations, mut names): (Vec<&str>, Vec<&str>) =
            written.iter().map(String::as_str).partition(declares);
        let many = format!("{} refund declarations (cape-….csv)", count(declarations.len()));
        match declarations.as_slice() {
            [] => {}
            [one] => names.push(one),
            _ => names.push(&many),
        }
        let names = format!("written to {}: {}", folder.display(), names.join(", "));
        out.push_str(&format!("\n{}\n", wrapped(&names, 2)));
    }
    out
}

fn head(told: &Told<'_>, report: &Report) -> String {
    let totals = &report.totals;
    let [entries, lines] = [totals.entries, totals.lines].map(|n| count(n as usize));
    let mut later = format!("law as known {} ({})", told.refund.known, told.until);
    if told.refund.known != "today" {
        later = format!("law as known {}", told.until);
    }
    if told.world != "record" {
        later.push_str(&format!(", world {} (hypothetical)", told.world));
    }
    for (name, option) in &told.readings {
        later.push_str(&format!(", reading {name}={option}"));
    }
    let creditor = match told.creditor {
        Creditor::Corporation => "corporate rate",
        Creditor::CorporationReduced => "corporate rate, reduced above $10,000",
        _ => "non-corporate rate",
    };
    let rows = count(told.rows as usize);
    format!(
        "{} · {entries} entries · {lines} lines · {rows} rows\n{later}; days left from {}; interest to \
         {}, {creditor}\n",
        told.name, report.on, report.interest_to,
    )
}

fn sums(told: &Told<'_>, report: &Report) -> String {
    let totals = &report.totals;
    let amounts = &totals.amounts;
    let owed = |amount: Option<Cents>| amount.unwrap_or_default().grouped();
    let mut rows = vec![
        vec!["filed".to_owned(), amounts.filed.grouped(), String::new()],
        vec!["owed at entry".to_owned(), owed(amounts.owed_then), range(report)],
        vec!["owed today".to_owned(), owed(amounts.owed_today), String::new()],
        vec![
            "refundable".to_owned(),
            amounts.refundable.grouped(),
            "paid under law that has fallen or changed since".to_owned(),
        ],
    ];
    let mut more = |name: &str, amount: Cents, what: String| {
        if amount != Cents::ZERO {
            rows.push(vec![name.to_owned(), amount.grouped(), what]);
        }
    };
    let unknown = match totals.without_interest {
        0 => String::new(),
        entries => {
            format!("without {} entries, of which a rate is not known", count(entries as usize))
        }
    };
    more("interest on it", totals.interest, unknown);
    more("revived", amounts.revived, "owed again; taken off what is refundable".to_owned());
    more("overpaid", amounts.overpaid, "by error, beyond what was owed at entry".to_owned());
    more("interest on it", totals.interest_overpaid, String::new());
    more("underpaid", amounts.underpaid, "owed then and today; netted with nothing".to_owned());
    let head = [told.territory.currency.as_str(), "amount", ""];
    table(&[Column::Left, Column::Right, Column::Wrap], Some(&head), &rows)
}

/// The range that missing facts leave, where there is one.
fn range(report: &Report) -> String {
    let amounts = &report.totals.amounts;
    let (Some(least), Some(most)) = (amounts.owed_then_min, amounts.owed_then_max) else {
        return "some facts are missing".to_owned();
    };
    if Some(least) == amounts.owed_then && Some(most) == amounts.owed_then {
        return String::new();
    }
    format!("by missing facts {} to {}", least.grouped(), most.grouped())
}

fn paths(told: &Told<'_>, report: &Report) -> String {
    let title = |path: &Path| match path {
        Path::Closed => "no way is open any more".to_owned(),
        Path::Nothing => String::new(),
        Path::Open(id) => {
            let refunds = &told.record.refunds[&told.territory.id];
            let way = refunds.ways.iter().find(|way| way.id == *id);
            way.map(|way| way.cite.clone()).unwrap_or_default()
        }
    };
    let rows: Vec<Vec<String>> = report
        .totals
        .paths
        .iter()
        .map(|(path, sum)| {
            let days = sum.first.map(|first| first.days_since(report.on).to_string());
            vec![
                path.name().to_owned(),
                count(sum.entries as usize),
                sum.refundable.grouped(),
                sum.interest.grouped(),
                sum.first.map(|day| day.to_string()).unwrap_or_default(),
                days.unwrap_or_default(),
                title(path),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "Nothing comes back.\n".to_owned();
    }
    let columns = [
        Column::Left,
        Column::Right,
        Column::Right,
        Column::Right,
        Column::Left,
        Column::Right,
        Column::Wrap,
    ];
    let head = ["way back", "entries", "refundable", "interest", "first ends", "days", ""];
    table(&columns, Some(&head), &rows)
}

fn causes(report: &Report) -> String {
    let rows: Vec<Vec<String>> = report
        .totals
        .causes
        .iter()
        .map(|(cause, sum)| {
            vec![
                cause.name().to_owned(),
                count(sum.variances as usize),
                count(sum.entries as usize),
                sum.over.grouped(),
                sum.under.grouped(),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "What was filed is what was owed at entry, to the cent.\n".to_owned();
    }
    let head = ["filed otherwise than owed", "times", "entries", "over", "under"];
    let right = Column::Right;
    table(&[Column::Left, right, right, right, right], Some(&head), &rows)
}

fn underpaid(report: &Report) -> String {
    let mut entries: Vec<&EntryRefund> =
        report.entries.iter().filter(|entry| entry.amounts.underpaid > Cents::ZERO).collect();
    if entries.is_empty() {
        return String::new();
    }
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.amounts.underpaid));
    let rows: Vec<Vec<String>> = entries
        .iter()
        .take(SHOWN)
        .map(|entry| {
            let under = entry.variance.iter().filter(|v| v.amount < Cents::ZERO);
            let why = under.max_by_key(|v| -v.amount.0).map(|v| {
                let heading = v.heading.map(|h| format!(" {h}")).unwrap_or_default();
                format!("line {}: {}{heading}, {}", v.line, v.cause.name(), v.why)
            });
            vec![entry.entry.clone(), entry.amounts.underpaid.grouped(), why.unwrap_or_default()]
        })
        .collect();
    let mut out = table(
        &[Column::Left, Column::Right, Column::Wrap],
        Some(&["underpaid", "amount", "the largest of it"]),
        &rows,
    );
    out.push_str(&and_more(entries.len()));
    out
}

fn rejections(report: &Report) -> String {
    let mut sums: BTreeMap<&str, (usize, Cents)> = BTreeMap::new();
    // What is not refundable at all needs no declaration.
    for entry in report.entries.iter().filter(|e| e.amounts.refundable > Cents::ZERO) {
        for rejection in &entry.rejections {
            let sum = sums.entry(&rejection.message).or_default();
            sum.0 += 1;
            sum.1 += entry.amounts.refundable;
        }
    }
    if sums.is_empty() {
        return String::new();
    }
    let row = |(message, (entries, refundable)): (&str, (usize, Cents))| {
        vec![message.to_owned(), count(entries), refundable.grouped()]
    };
    let rows: Vec<Vec<String>> = sums.into_iter().map(row).collect();
    let head = ["a declaration would be refused", "entries", "refundable"];
    table(&[Column::Left, Column::Right, Column::Right], Some(&head), &rows)
}

fn questions(report: &Report) -> String {
    let rows: Vec<Vec<String>> = report
        .questions
        .iter()
        .take(SHOWN)
        .map(|question| {
            let what = match (question.kind, question.refundable) {
                (QuestionKind::Reading, Some(refundable)) => {
                    format!("refundable {} then. {}", refundable.grouped(), question.title)
                }
                _ => question.title.clone(),
            };
            vec![
                question.name.clone(),
                question.at_stake.grouped(),
                count(question.lines as usize),
                what,
            ]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let columns = [Column::Left, Column::Right, Column::Right, Column::Wrap];
    let head = ["open question", "at stake", "lines", ""];
    let mut out = table(&columns, Some(&head), &rows);
    out.push_str(&and_more(report.questions.len()));
    out
}

fn acts(report: &Report) -> String {
    let rows: Vec<Vec<String>> = report
        .acts
        .iter()
        .take(SHOWN)
        .map(|act| {
            let size = Cents(act.difference.0.abs()).grouped();
            let sign = if act.difference < Cents::ZERO { "-" } else { "+" };
            let lines = count(act.lines as usize);
            vec![act.act.clone(), format!("{sign}{size}"), lines, act.title.clone()]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let columns = [Column::Left, Column::Right, Column::Right, Column::Wrap];
    let head = ["act", "owed since", "lines", ""];
    let mut out = table(&columns, Some(&head), &rows);
    out.push_str(&and_more(report.acts.len()));
    out
}

fn aside(report: &Report) -> String {
    let set_aside = report.totals.set_aside;
    if report.faults.is_empty() && set_aside == 0 {
        return String::new();
    }
    let mut out = String::new();
    if set_aside > 0 {
        let entries = count(set_aside as usize);
        out.push_str(&match set_aside {
            1 => "1 entry is set aside: what it filed is counted, nothing else\n".to_owned(),
            _ => format!(
                "{entries} entries are set aside: what they filed is counted, nothing else\n"
            ),
        });
    }
    let rows: Vec<Vec<String>> = report
        .faults
        .iter()
        .take(SHOWN * 2)
        .map(|fault| {
            let column = if fault.column.is_empty() { "" } else { ": " };
            let entry = fault.entry.as_deref().unwrap_or("");
            let what = format!("{}{column}{}", fault.column, fault.message);
            vec![format!("row {}", fault.row), entry.to_owned(), what]
        })
        .collect();
    out.push_str(&table(&[Column::Left, Column::Left, Column::Wrap], None, &rows));
    if report.faults.len() > SHOWN * 2 {
        out.push_str(&format!("  … and {} more\n", count(report.faults.len() - SHOWN * 2)));
    }
    out
}

fn and_more(all: usize) -> String {
    match all.checked_sub(SHOWN) {
        None | Some(0) => String::new(),
        Some(more) => format!("  … and {} more\n", count(more)),
    }
}
