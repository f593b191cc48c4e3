//! The entry form and the fees of an answer, for people and as JSON.

use std::fmt::Write;

use entry::{FeeFacts, LineFee, bounded, counted, line_fee};
use ledger::{Fee, FeeRate};
use serde_json::{Value, json};
use tariff::{Cents, Code};

use crate::duty::Answer;
use crate::filing::{Filing, FormLine};
use crate::text::{Column, table, wrapped};

/// What an entry of this one line pays of a fee.
pub struct OwedFee<'a> {
    fee: &'a Fee,
    paid: LineFee<'a>,
    /// With the least and the most of an entry; `None` where a fact is missing.
    pub amount: Option<Cents>,
    /// The range of what a missing fact leaves open.
    most: Option<Cents>,
}

/// The fees of the side that levies, if the line is all of its entry.
pub fn fees<'a>(answer: &Answer<'a>) -> Vec<OwedFee<'a>> {
    let Answer { question, line, .. } = answer;
    let ledger = &question.ledger;
    let zone = &ledger.territory(&line.by).expect("a line is levied by a territory").zone;
    let content = |name: &str| line.contents.get(name).copied();
    let facts = FeeFacts {
        day: line.withdrawn.unwrap_or(line.entered).day(zone),
        origin: line.origin,
        value: counted(ledger, &line.by, line.value),
        mode: line.mode.as_deref(),
        claims: &line.claims,
        content: &content,
    };
    let fees = ledger.fees.iter().filter(|fee| fee.by == line.by);
    fees.map(|fee| {
        let paid = line_fee(ledger, fee, question.known, &facts);
        let (amount, most) = match &paid {
            LineFee::Paid { rate, basis, amount, .. } if *basis > Cents::ZERO => {
                (Some(bounded(rate, *amount)), None)
            }
            LineFee::Paid { .. } | LineFee::Exempt(_) | LineFee::OtherMode => {
                (Some(Cents::ZERO), None)
            }
            LineFee::NeedsMode { rate, most } => (None, Some(bounded(rate, *most))),
            LineFee::NoRate => (None, None),
        };
        OwedFee { fee, paid, amount, most }
    })
    .collect()
}

impl OwedFee<'_> {
    fn rate(&self) -> Option<&FeeRate> {
        match &self.paid {
            LineFee::Paid { rate, .. } | LineFee::NeedsMode { rate, .. } => Some(rate),
            _ => None,
        }
    }

    /// What there is to say of it.
    fn told(&self) -> String {
        let bounds = |rate: &FeeRate| match (rate.least, rate.most) {
            (Some(least), Some(most)) => {
                format!("; an entry pays {} to {}", least.grouped(), most.grouped())
            }
            (Some(least), None) => format!("; an entry pays at least {}", least.grouped()),
            (None, Some(most)) => format!("; an entry pays at most {}", most.grouped()),
            (None, None) => String::new(),
        };
        match &self.paid {
            LineFee::Paid { rate, basis, amount, part, need } => {
                let part = part.map(|part| format!(" ({})", part.cite)).unwrap_or_default();
                let need = need.as_ref().map(|need| format!("; needs {need}")).unwrap_or_default();
                let own = format!("{} of {}{part}", rate.text, basis.grouped());
                let bounds = bounds(rate);
                match self.amount == Some(*amount) {
                    true => format!("{own}{bounds}{need}"),
                    false => format!("{own} is {}{bounds}{need}", amount.grouped()),
                }
            }
            LineFee::Exempt(exempt) => format!("exempt: {} ({})", exempt.why, exempt.cite),
            LineFee::OtherMode => format!("levied by {} alone", self.fee.modes.join(", ")),
            LineFee::NeedsMode { rate, most } => {
                let modes = self.fee.modes.join(", ");
                format!(
                    "needs the mode of transport: {} by {modes} ({})",
                    most.grouped(),
                    rate.text
                )
            }
            LineFee::NoRate => "no rate of that day is held".to_owned(),
        }
    }

    pub fn json(&self) -> Value {
        let text = |cents: Cents| json!(cents.to_string());
        let mut cites = vec![self.fee.act.clone()];
        cites.extend(self.rate().map(|rate| rate.act.clone()));
        let (basis, line, needs) = match &self.paid {
            LineFee::Paid { basis, amount, need, .. } => {
                (Some(*basis), Some(*amount), need.iter().cloned().collect())
            }
            LineFee::NeedsMode { .. } => (None, None, vec!["mode".to_owned()]),
            LineFee::NoRate => (None, None, vec!["rate of the day".to_owned()]),
            LineFee::Exempt(_) | LineFee::OtherMode => (None, Some(Cents::ZERO), Vec::new()),
        };
        let exempt = match &self.paid {
            LineFee::Exempt(exempt) => json!({"why": exempt.why, "cite": exempt.cite}),
            _ => Value::Null,
        };
        json!({
            "fee": self.fee.id,
            "title": self.fee.title,
            "class": self.fee.class,
            "rate": self.rate().map(|rate| rate.text.clone()),
            "basis": basis.map(text),
            "line_amount": line.map(text),
            "least": self.rate().and_then(|rate| rate.least).map(text),
            "most": self.rate().and_then(|rate| rate.most).map(text),
            "amount": self.amount.map(text),
            "amount_min": self.amount.or(self.most.map(|_| Cents::ZERO)).map(text),
            "amount_max": self.amount.or(self.most).map(text),
            "exempt": exempt,
            "needs": needs,
            "at": self.fee.at,
            "cites": cites,
        })
    }
}

const OF_ONE_LINE: &str = "Fees, as of a formal entry that has this line alone";

/// The fees below the duty.
pub fn fees_text(fees: &[OwedFee<'_>]) -> String {
    let rows: Vec<Vec<String>> = fees.iter().map(|fee| fee_row(fee)).collect();
    let columns = [Column::Left, Column::Right, Column::Wrap];
    format!("\n{OF_ONE_LINE}\n{}", table(&columns, None, &rows))
}

fn fee_row(fee: &OwedFee<'_>) -> Vec<String> {
    let amount = fee.amount.map_or_else(|| "?".to_owned(), Cents::grouped);
    vec![fee.fee.title.clone(), amount, fee.told()]
}

/// The form, below the head of an answer.
pub fn form_text(answer: &Answer<'_>, filing: &Filing<'_>, fees: &[OwedFee<'_>]) -> String {
    let ledger = &answer.question.ledger;
    let cite = ledger.act(&filing.order.act).map_or("", |act| act.cite.as_str());
    let mut out = format!(
        "CBP Form 7501 · headings in the order of {cite} (from {})\n\n",
        filing.order.from.in_words()
    );
    let head = [
        "27",
        "10",
        "15",
        "29A tariff number",
        "31 quantity",
        "32A value",
        "33A rate",
        "34 duty",
        "",
    ];
    let right = Column::Right;
    let columns = [
        Column::Left,
        Column::Left,
        Column::Left,
        Column::Left,
        right,
        right,
        right,
        right,
        Column::Wrap,
    ];
    let rows: Vec<Vec<String>> = filing
        .lines
        .iter()
        .enumerate()
        .flat_map(|(at, line)| form_rows(answer, at, line))
        .collect();
    out.push_str(&table(&columns, Some(&head), &rows));
    out.push('\n');
    out.push_str(&totals(answer, fees));
    let mut needs: Vec<String> =
        answer.assessment.needs.iter().map(|need| need.fact.clone()).collect();
    needs.extend(
        filing.needs.iter().filter(|need| !needs.contains(need)).cloned().collect::<Vec<_>>(),
    );
    if !needs.is_empty() {
        let _ = writeln!(out, "\nNeeds\n  {}", wrapped(&needs.join(", "), 4));
    }
    out
}

fn form_rows(answer: &Answer<'_>, at: usize, line: &FormLine) -> Vec<Vec<String>> {
    let zone = &answer.question.ledger.territories[0].zone;
    let exported = answer.line.exported.map(|day| day.day(zone).to_string()).unwrap_or_default();
    let mut rows = Vec::new();
    for (place, row) in line.rows.iter().enumerate() {
        let first = |text: String| if place == 0 { text } else { String::new() };
        // The symbol of the program claimed stands under the number of the line.
        let number = match place {
            0 => format!("{:03}", at + 1),
            1 => symbols(answer).join(" "),
            _ => String::new(),
        };
        let mut note = row.note.clone();
        if let (Some(content), 0) = (&line.content, place) {
            note = format!("{content} content");
        }
        rows.push(vec![
            number,
            first(answer.line.origin.to_string()),
            first(exported.clone()),
            if row.heading.is_empty() { "-".to_owned() } else { row.heading.clone() },
            row.quantities.join(", "),
            row.value.map(whole).unwrap_or_default(),
            row.rate.clone(),
            row.duty.map_or_else(|| "?".to_owned(), Cents::grouped),
            note,
        ]);
    }
    rows
}

/// The special program symbols that the line claims.
fn symbols(answer: &Answer<'_>) -> Vec<String> {
    answer.line.claims.iter().filter(|claim| Code::parse(claim).is_err()).cloned().collect()
}

/// A value as the form has it: in whole dollars.
fn whole(value: Cents) -> String {
    let grouped = value.grouped();
    grouped.strip_suffix(".00").map(str::to_owned).unwrap_or(grouped)
}

fn totals(answer: &Answer<'_>, fees: &[OwedFee<'_>]) -> String {
    let a = answer.assessment;
    let unknown = || "?".to_owned();
    let mut rows = vec![
        vec!["Entered value".to_owned(), a.value.grouped(), String::new()],
        vec!["Duty".to_owned(), a.duty.map_or_else(unknown, Cents::grouped), range(answer)],
    ];
    for fee in fees {
        let mut row = fee_row(fee);
        let class = fee.fee.class.as_deref().map(|class| format!("{class} ")).unwrap_or_default();
        row[0] = format!("{class}{}", row[0]);
        rows.push(row);
    }
    let owed = fees.iter().map(|fee| fee.amount).sum::<Option<Cents>>();
    let total = a.duty.zip(owed).map(|(duty, fees)| duty + fees);
    let told = "with fees as of a formal entry that has this line alone".to_owned();
    rows.push(vec!["Total".to_owned(), total.map_or_else(unknown, Cents::grouped), told]);
    table(&[Column::Left, Column::Right, Column::Wrap], None, &rows)
}

/// Between what the duty lies, where facts are missing.
fn range(answer: &Answer<'_>) -> String {
    let a = answer.assessment;
    match (a.needs.is_empty(), a.duty_min, a.duty_max) {
        (true, ..) | (_, None, _) => String::new(),
        (false, Some(min), Some(max)) => format!("from {} to {}", min.grouped(), max.grouped()),
        (false, Some(min), None) => format!("at least {}", min.grouped()),
    }
}

/// The form as JSON.
pub fn form_json(answer: &Answer<'_>, filing: &Filing<'_>) -> Value {
    let zone = &answer.question.ledger.territories[0].zone;
    let text = |cents: Cents| json!(cents.to_string());
    let lines: Vec<Value> = filing
        .lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let rows: Vec<Value> = line
                .rows
                .iter()
                .map(|row| {
                    json!({
                        "heading": row.heading, "title": row.title, "program": row.program,
                        "quantities": row.quantities, "value": row.value.map(text),
                        "rate": row.rate, "duty": row.duty.map(text), "note": row.note,
                    })
                })
                .collect();
            let duty = line.rows.iter().map(|row| row.duty).sum::<Option<Cents>>();
            json!({
                "line": at + 1,
                "content": line.content,
                "origin": answer.line.origin.as_str(),
                "exported": answer.line.exported.map(|day| day.print(zone)),
                "symbols": symbols(answer),
                "value": text(line.value),
                "duty": duty.map(text),
                "rows": rows,
            })
        })
        .collect();
    json!({
        "form": "CBP 7501",
        "order": {"from": filing.order.from.to_string(), "act": filing.order.act, "at": filing.order.at},
        "lines": lines,
        "needs": filing.needs,
    })
}
