//! What a run came to, for people and as JSON.

use entry::{Money, Totals};
use ledger::Status;
use serde_json::{Value, json};

use crate::assess::Assess;
use crate::question::Question;
use crate::receipt;
use crate::text::{Column, count, table, wrapped};

/// At most this many faulty rows are printed.
const FAULTS_SHOWN: usize = 20;

/// The files, and the coordinates they were asked at.
pub fn head(assess: &Assess, question: &Question, lines: usize) -> String {
    let names: Vec<String> = assess.files.iter().map(|f| f.display().to_string()).collect();
    format!(
        "{} · {} lines · law as known: {} · world: {}\n\n",
        names.join(", "),
        count(lines),
        assess.coordinates.known,
        question.world(),
    )
}

pub fn text(assess: &Assess, question: &Question, totals: &Totals) -> String {
    let mut out = head(assess, question, totals.lines);
    let statuses: Vec<Vec<String>> = [
        (Status::Exact, "every cent of the programs held follows from what is stated"),
        (Status::NeedsFacts, "a fact is missing: under defaults, with a range"),
        (Status::Unknown, "a code or origin that nothing resolves"),
        (Status::Invalid, "the row cannot be read"),
    ]
    .into_iter()
    .filter_map(|(status, what)| {
        let lines = totals.by_status.get(&status)?;
        Some(vec![status.name().to_owned(), count(*lines), what.to_owned()])
    })
    .collect();
    let columns = [Column::Left, Column::Right, Column::Wrap];
    out.push_str(&table(&columns, Some(&["status", "lines", ""]), &statuses));
    out.push('\n');
    let mut rows: Vec<Vec<String>> = Vec::new();
    for program in &question.ledger.programs {
        if let Some((lines, duty)) = totals.by_program.get(&program.id) {
            rows.push(vec![
                program.id.clone(),
                count(*lines),
                duty.grouped(),
                program.title.clone(),
            ]);
        }
    }
    let columns = [Column::Left, Column::Right, Column::Right, Column::Wrap];
    out.push_str(&table(&columns, Some(&["program", "lines", "duty", ""]), &rows));
    out.push('\n');
    for (by, money) in &totals.money {
        out.push_str(&money_text(question, by, money));
    }
    if !totals.fees.is_empty() {
        out.push_str(&format!("\nFees, as of formal entries\n{}", fees_text(question, totals)));
    }
    if !totals.needs.is_empty() {
        out.push_str("\nMissing facts\n");
        let mut needs: Vec<(&String, &usize)> = totals.needs.iter().collect();
        needs.sort_by_key(|(fact, lines)| (std::cmp::Reverse(**lines), (*fact).clone()));
        let rows: Vec<Vec<String>> =
            needs.into_iter().map(|(fact, lines)| vec![count(*lines), fact.clone()]).collect();
        out.push_str(&table(&[Column::Right, Column::Wrap], None, &rows));
    }
    if !totals.faults.is_empty() {
        out.push_str("\nRows to mend\n");
        let rows: Vec<Vec<String>> = totals
            .faults
            .iter()
            .take(FAULTS_SHOWN)
            .map(|(row, what)| vec![format!("row {row}"), what.clone()])
            .collect();
        out.push_str(&table(&[Column::Left, Column::Wrap], None, &rows));
        if totals.faults.len() > FAULTS_SHOWN {
            let more = count(totals.faults.len() - FAULTS_SHOWN);
            out.push_str(&format!("  … and {more} more\n"));
        }
    }
    if let Some(path) = &assess.output {
        out.push_str(&format!("\nwritten: {}\n", path.display()));
    }
    let general: Vec<&String> = general_warnings(totals).collect();
    if !general.is_empty() {
        out.push('\n');
        for warning in general {
            out.push_str(&format!("{}\n", wrapped(&format!("note: {warning}"), 6)));
        }
    }
    out.push_str(&receipt::foot(&question.ledger, &question.in_words()));
    out
}

/// The sums of one side, in its currency.
fn money_text(question: &Question, by: &str, money: &Money) -> String {
    let territory = question.ledger.territory(by);
    let (name, currency) = territory.map_or((by, ""), |t| (t.name.as_str(), t.currency.as_str()));
    let row =
        |what: &str, amount: String, of: String| vec![format!("{what}, {currency}"), amount, of];
    let mut rows = vec![
        row("value", money.value.grouped(), format!("{} lines into {name}", count(money.lines))),
        row(
            "duty",
            money.duty.grouped(),
            format!("of {} lines that have one", count(money.with_duty)),
        ),
    ];
    let same = money.duty_min == money.duty && money.duty_max == money.duty;
    if !same || money.unbounded > 0 {
        rows.push(row("at least", money.duty_min.grouped(), String::new()));
        let (most, of) = match money.unbounded {
            0 => (money.duty_max.grouped(), String::new()),
            n => ("-".to_owned(), format!("no bound on {} lines", count(n))),
        };
        rows.push(row("at most", most, of));
    }
    table(&[Column::Left, Column::Right, Column::Wrap], None, &rows)
}

/// What the entries pay besides duty.
fn fees_text(question: &Question, totals: &Totals) -> String {
    let fees = question.ledger.fees.iter().zip(&totals.fees);
    let rows = fees.map(|(fee, total)| {
        let mut told = vec![fee.title.clone()];
        for (entries, bound) in [(total.at_least, "least"), (total.at_most, "most")] {
            if entries > 0 {
                told.push(format!("{} at the {bound}", counted(entries, "entry", "entries")));
            }
        }
        if total.open > 0 {
            told.push(format!("{} without an amount", counted(total.open, "line", "lines")));
        }
        let entries = if fee.is_bounded() { count(total.entries as usize) } else { "-".to_owned() };
        vec![
            fee.id.clone(),
            entries,
            count(total.lines as usize),
            total.amount.grouped(),
            told.join(", "),
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let right = Column::Right;
    let columns = [Column::Left, right, right, right, Column::Wrap];
    table(&columns, Some(&["fee", "entries", "lines", "amount", ""]), &rows)
}

fn counted(number: u64, one: &str, several: &str) -> String {
    format!("{} {}", count(number as usize), if number == 1 { one } else { several })
}

fn fees_json(question: &Question, totals: &Totals) -> Value {
    let fees = question.ledger.fees.iter().zip(&totals.fees);
    let fees = fees.map(|(fee, total)| {
        json!({
            "fee": fee.id,
            "by": question.ledger.territory(&fee.by).map(|t| t.country.as_str()),
            "title": fee.title,
            "lines": total.lines,
            "amount": total.amount.to_string(),
            "lines_without_amount": total.open,
            "entries": fee.is_bounded().then_some(total.entries),
            "entries_at_least": fee.is_bounded().then_some(total.at_least),
            "entries_at_most": fee.is_bounded().then_some(total.at_most),
        })
    });
    fees.collect()
}

/// What is said of lines in general; what is said of one stands in its row.
fn general_warnings(totals: &Totals) -> impl Iterator<Item = &String> {
    totals.warnings.keys().filter(|w| {
        ["not-modelled", "not-assessed", "hypothetical", "beyond", "schedule-carried"]
            .iter()
            .any(|general| w.starts_with(general))
    })
}

pub fn json(assess: &Assess, question: &Question, totals: &Totals) -> Value {
    let by_status: serde_json::Map<String, Value> =
        totals.by_status.iter().map(|(s, n)| (s.name().to_owned(), json!(n))).collect();
    let by_program: Vec<Value> = question
        .ledger
        .programs
        .iter()
        .filter_map(|p| {
            let (lines, duty) = totals.by_program.get(&p.id)?;
            Some(json!({"program": p.id, "lines": lines, "duty": duty.to_string()}))
        })
        .collect();
    let faults: Vec<Value> =
        totals.faults.iter().map(|(row, what)| json!({"row": row, "what": what})).collect();
    let money: Vec<Value> = totals
        .money
        .iter()
        .map(|(by, m)| {
            let territory = question.ledger.territory(by);
            json!({
                "by": territory.map(|t| t.country.as_str()),
                "currency": territory.map(|t| t.currency.as_str()),
                "lines": m.lines,
                "value": m.value.to_string(),
                "duty": m.duty.to_string(),
                "lines_with_duty": m.with_duty,
                "duty_min": m.duty_min.to_string(),
                "duty_max": (m.unbounded == 0).then(|| m.duty_max.to_string()),
                "lines_without_bound": m.unbounded,
            })
        })
        .collect();
    let through = receipt::through(&question.ledger);
    json!({
        "files": assess.files.iter().map(|f| f.display().to_string()).collect::<Vec<_>>(),
        "output": assess.output.as_ref().map(|p| p.display().to_string()),
        "known": assess.coordinates.known,
        "world": question.world(),
        "reading": question.readings,
        "lines": totals.lines,
        "by_status": by_status,
        "totals": money,
        "by_program": by_program,
        "fees": fees_json(question, totals),
        "needs": totals.needs,
        "faults": faults,
        "warnings": totals.warnings,
        "official_through": through["official_through"],
        "verified_through": through["verified_through"],
        "ledger": question.ledger.digest,
        "version": env!("CARGO_PKG_VERSION"),
    })
}
