//! `truce duty` for people: the lines of a filing, what does not apply, what is open.

use std::fmt::Write;

use ledger::Ledger;
use oracle::{Component, Status};
use tariff::{Cents, Exact, Stated, exact_decimal};

use crate::duty::Answer;
use crate::text::{Column, table, wrapped};

/// The line, its coordinates and its goods.
pub fn head(answer: &Answer<'_>) -> String {
    let Answer { question, line, assessment, .. } = answer;
    let ledger = &question.ledger;
    let territory = ledger.territory(&line.by).expect("a line is levied by a territory");
    let currency = &territory.currency;
    let mut out = String::new();
    let goods = match line.goods {
        oracle::Goods::Code(code) => code.to_string(),
        oracle::Goods::Ordinary => "goods on no list".to_owned(),
    };
    let origin = ledger.countries.name(line.origin).unwrap_or(line.origin.as_str());
    let when = match line.entered {
        Stated::Day(day) => day.in_words(),
        moment => moment.print(&territory.zone),
    };
    let _ = writeln!(out, "{goods} of {origin}, into {} on {when}", territory.name);
    let _ = writeln!(
        out,
        "value {} {currency} · law as known on {} · world: {}{}",
        assessment.value.grouped(),
        assessment.known.print(&territory.zone),
        question.world(),
        if ledger.supposed.is_empty() { "" } else { " (hypothetical)" },
    );
    if let Some(goods) = described(ledger, answer) {
        let _ = writeln!(out, "{goods}");
    }
    out.push('\n');
    out
}

pub fn text(answer: &Answer<'_>) -> String {
    let Answer { question, line, assessment, later, disputed } = answer;
    let ledger = &question.ledger;
    let territory = ledger.territory(&line.by).expect("a line is levied by a territory");
    let currency = &territory.currency;
    let mut out = head(answer);
    if assessment.status == Status::Unknown {
        for need in &assessment.needs {
            let _ = writeln!(out, "Unknown: {}", wrapped(&need.fact, 9));
        }
        return out;
    }
    out.push_str(&components(answer));
    let _ = writeln!(out);
    let _ = writeln!(out, "  {}", total(answer, currency));
    if !assessment.needs.is_empty() {
        let _ = writeln!(out, "\nNeeds");
        for need in &assessment.needs {
            let why = if need.why.is_empty() { String::new() } else { format!(": {}", need.why) };
            let _ = writeln!(out, "  {}", wrapped(&format!("{}{why}", need.fact), 4));
        }
    }
    if !assessment.not_applied.is_empty() {
        let _ = writeln!(out, "\nDoes not apply");
        // One reason for many headings is said once.
        let mut rows: Vec<Vec<String>> = Vec::new();
        for n in &assessment.not_applied {
            let heading = n.heading.map_or_else(|| n.program.clone(), |h| h.to_string());
            let (reason, cites) = (n.reason.clone(), n.cites.join(", "));
            match rows.iter_mut().find(|row| row[1] == reason && row[2] == cites) {
                Some(row) if row[0].lines().any(|held| held == heading) => {}
                Some(row) => row[0] = format!("{}\n{heading}", row[0]),
                None => rows.push(vec![heading, reason, cites]),
            }
        }
        out.push_str(&table(&[Column::Left, Column::Wrap, Column::Wrap], None, &rows));
    }
    if !assessment.requirements.is_empty() {
        let _ = writeln!(out, "\nRequirements");
        for r in &assessment.requirements {
            let word = if r.prohibits { "prohibited" } else { "required" };
            let text = format!("{word}: {} [{}]", r.text, r.cites.join(", "));
            let _ = writeln!(out, "  {}", wrapped(&text, 4));
        }
    }
    if !assessment.pending.is_empty() {
        let _ = writeln!(out, "\nMade, and not binding");
        for p in &assessment.pending {
            let binds = match (&p.stayed_by, p.binds) {
                (Some(stay), _) => format!("stayed by {stay}"),
                (None, Some(binds)) => format!("binds {}", binds.print(&territory.zone)),
                (None, None) => "never bound customs".to_owned(),
            };
            let _ = writeln!(out, "  {}", wrapped(&format!("{}: {} [{binds}]", p.act, p.title), 4));
        }
    }
    if !disputed.is_empty() {
        let _ = writeln!(out, "\nRead otherwise");
        for d in *disputed {
            let amount = amount(d.duty, d.difference, (d.duty_min, d.duty_max));
            let text = format!("{}={}: {amount}. {} [{}]", d.reading, d.option, d.title, d.source);
            let _ = writeln!(out, "  {}", wrapped(&text, 4));
        }
    }
    if let Some(later) = later {
        let _ = writeln!(out);
        let amount = amount(later.duty, later.difference, (later.duty_min, later.duty_max));
        let acts = match later.acts.as_slice() {
            [] => String::new(),
            acts => format!(", because of {}", cited(ledger, acts)),
        };
        let known = later.known.print(&territory.zone);
        let _ = writeln!(out, "{}", wrapped(&format!("As known on {known}: {amount}{acts}."), 2));
    }
    if !assessment.warnings.is_empty() {
        let _ = writeln!(out);
        for warning in &assessment.warnings {
            let _ = writeln!(out, "{}", wrapped(&format!("note: {warning}"), 6));
        }
    }
    out
}

/// A duty other than that of the answer: by how much, or between what it lies now.
fn amount(
    duty: Option<Cents>,
    difference: Option<Cents>,
    (min, max): (Option<Cents>, Option<Cents>),
) -> String {
    let duty = duty.map_or_else(|| "open".to_owned(), |duty| duty.grouped());
    match difference {
        Some(Cents::ZERO) | None => {
            let min = min.unwrap_or(Cents::ZERO).grouped();
            match max {
                Some(max) => format!("{duty}, from {min} to {}", max.grouped()),
                None => format!("{duty}, at least {min}"),
            }
        }
        Some(difference) => {
            let sign = if difference > Cents::ZERO { "+" } else { "" };
            format!("{duty}, difference {sign}{}", difference.grouped())
        }
    }
}

/// The official description where an import has kept it; else the chapter in the ledger's words.
fn described(ledger: &Ledger, answer: &Answer<'_>) -> Option<String> {
    let oracle::Goods::Code(code) = answer.line.goods else { return None };
    if let Some(text) =
        ledger.schedules.get(&answer.line.by).and_then(|_| crate::descriptions::of(code))
    {
        return Some(wrapped(&brief(&text), 2));
    }
    let title = ledger.schedules.values().find_map(|s| s.chapter_title(code.chapter()))?;
    Some(format!("chapter {}: {title}", code.chapter()))
}

/// A description of many levels by its first words and its last level.
fn brief(text: &str) -> String {
    const LONG: usize = 160;
    const HEAD: usize = 90;
    let Some((_, last)) = text.rsplit_once(" > ").filter(|_| text.chars().count() > LONG) else {
        return text.to_owned();
    };
    let head: String = text.chars().take(HEAD).collect();
    let head = head.rsplit_once(' ').map_or(head.as_str(), |(words, _)| words);
    format!("{} … > {last}", head.trim_end_matches([',', ';']))
}

/// The components in the order of the entry form; where there is none, the column duty last.
fn components(answer: &Answer<'_>) -> String {
    let Answer { question, line, assessment, .. } = answer;
    let ledger = &question.ledger;
    let territory = ledger.territory(&line.by).expect("a line is levied by a territory");
    let form = ledger.filing_order(&line.by, line.entered.day(&territory.zone));
    let place = |c: &&Component| {
        let base = ledger.program(&c.program).is_some_and(|program| program.base);
        (base, form.map(|form| form.place_of(&c.program)))
    };
    let mut sorted: Vec<&Component> = assessment.components.iter().collect();
    sorted.sort_by_key(place);
    let rows: Vec<Vec<String>> = sorted
        .into_iter()
        .map(|c| {
            let on = match c.basis.as_str() {
                "quantity" => format!("{} {}", grouped(c.basis_amount), c.basis_unit),
                kind => {
                    let amount = Cents::from_exact(c.basis_amount).unwrap_or_default().grouped();
                    if kind == "value" { amount } else { format!("{amount} ({kind})") }
                }
            };
            let amount = if c.incomplete && c.amount == Cents::ZERO {
                "?".to_owned()
            } else {
                format!("{}{}", c.amount.grouped(), if c.stand_in { " *" } else { "" })
            };
            let heading = c.heading.map_or_else(|| "-".to_owned(), |h| h.to_string());
            vec![heading, c.title.clone(), c.rate.clone(), on, amount, c.cites.join(", ")]
        })
        .collect();
    let columns =
        [Column::Left, Column::Wrap, Column::Wrap, Column::Right, Column::Right, Column::Wrap];
    table(&columns, Some(&["heading", "duty", "rate", "on", "amount", "law"]), &rows)
}

/// A quantity with separators of thousands.
fn grouped(amount: Exact) -> String {
    let plain = exact_decimal(amount);
    let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), crate::text::count);
    if decimals.is_empty() { whole } else { format!("{whole}.{decimals}") }
}

fn total(answer: &Answer<'_>, currency: &str) -> String {
    let a = answer.assessment;
    let rate = |duty: Cents| match crate::duty_json::rate(Some(duty), a.value) {
        serde_json::Value::String(rate) => {
            let percent = tariff::parse_exact(&rate).map(|r| exact_decimal(r * 100));
            format!(" ({}% of the value)", percent.unwrap_or_default())
        }
        _ => String::new(),
    };
    let range = match (a.duty_min, a.duty_max) {
        (Some(min), Some(max)) => format!("from {} to {}", min.grouped(), max.grouped()),
        (Some(min), None) => format!("at least {}", min.grouped()),
        _ => String::new(),
    };
    match (a.status, a.duty) {
        (Status::Exact, Some(duty)) => format!("Duty {} {currency}{}", duty.grouped(), rate(duty)),
        (_, Some(duty)) => {
            format!("Duty {} {currency}{} as far as known; {range}", duty.grouped(), rate(duty))
        }
        (_, None) => format!("Duty open; {range} {currency}"),
    }
}

/// `eo-14298 (90 FR 21831)`.
fn cited(ledger: &Ledger, acts: &[String]) -> String {
    acts.iter()
        .map(|id| match ledger.act(id) {
            Some(act) => format!("{id} ({})", act.cite),
            None => id.clone(),
        })
        .collect::<Vec<_>>()
        .join(", ")
}
