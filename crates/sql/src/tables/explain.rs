//! `explain_duty(…)`: what one line owes, component by component, with the law behind each; the answer
//! of `truce duty`.

use arrow::array::RecordBatch;
use entry::FactError;
use ledger::{Goods, Ledger, Line, Status};
use oracle::Component;
use tariff::{Cents, Code, Stated, exact_decimal};

use super::Asked;
use super::rows::Columns;
use crate::failure::Failure;
use crate::law::Law;

pub fn rows(law: &Law, asked: &Asked) -> Result<RecordBatch, Failure> {
    let settled = asked.coordinates.of(law.ledger())?;
    let ledger = law.in_worlds(&settled);
    let line = line(ledger, asked)?;
    let assessment = oracle::assess(ledger, &line, settled.known, &settled.readings);
    if assessment.status == Status::Invalid {
        let reason = assessment.needs.first().map(|n| n.fact.clone()).unwrap_or_default();
        let (place, message) = reason.split_once(": ").unwrap_or(("code", &reason));
        return Err(Failure::new(message, format!("the argument `{place}`"), ""));
    }
    let rows = &assessment.components;
    Columns::default()
        .count("place", (1..=rows.len()).map(|at| at as i64))
        .text("program", rows.iter().map(|c| Some(&c.program)))
        .text("measure", rows.iter().map(|c| Some(&c.measure)))
        .text("heading", rows.iter().map(|c| c.heading.map(|h| h.to_string())))
        .text("rate", rows.iter().map(|c| Some(&c.rate)))
        .text("basis", rows.iter().map(|c| Some(&c.basis)))
        .text("basis_amount", rows.iter().map(|c| Some(basis_amount(c))))
        .text("basis_unit", rows.iter().map(|c| Some(&c.basis_unit)))
        .money("amount", rows.iter().map(|c| c.amount))
        .truth("incomplete", rows.iter().map(|c| c.incomplete))
        .text("title", rows.iter().map(|c| Some(&c.title)))
        .text("cites", rows.iter().map(|c| Some(c.cites.join(";"))))
        .finish()
}

/// Money with cents, quantities as they are.
fn basis_amount(component: &Component) -> String {
    let amount = component.basis_amount;
    match Cents::from_exact(amount) {
        Some(cents) if component.basis != "quantity" => cents.to_string(),
        _ => exact_decimal(amount),
    }
}

fn line(ledger: &Ledger, asked: &Asked) -> Result<Line, Failure> {
    let place = |name: &str| format!("the argument `{name}`");
    let fault =
        |name: &'static str| move |e: FactError| Failure::new(e.message, place(name), e.help);
    let territory = match asked.get("by") {
        Some(by) => super::measures::side(ledger, by)?,
        None => &ledger.territories[0],
    };
    let date = |name: &'static str| {
        asked.get(name).map(|text| {
            Stated::parse(text, &territory.zone).map_err(|e| {
                Failure::new(e, place(name), "write 2025-05-14 or 2025-05-14T00:01-04:00")
            })
        })
    };
    let code = Code::parse(asked.required("code"))
        .map_err(|e| Failure::new(e, place("code"), "10 digits, dots optional"))?;
    let origin = entry::origin(ledger, asked.required("origin")).map_err(fault("origin"))?;
    let value = Cents::parse(asked.required("value"))
        .map_err(|e| Failure::new(e, place("value"), "an amount like 10000 or 10000.50"))?;
    let entered = date("entered").transpose()?.unwrap_or(Stated::Day(territory.verified_through));
    let mut line = Line::new(&territory.id, Goods::Code(code), origin, entered, value);
    line.loaded = date("loaded").transpose()?;
    line.exported = date("exported").transpose()?;
    line.withdrawn = date("withdrawn").transpose()?;
    line.privileged = date("privileged").transpose()?;
    for (name, unit) in [("quantity", "unit"), ("quantity_2", "unit_2")] {
        let Some(amount) = asked.get(name) else { continue };
        let text = format!("{amount} {}", asked.get(unit).unwrap_or_default());
        line.quantities.push(entry::quantity(ledger, text.trim()).map_err(fault(name))?);
    }
    if let Some(error) = entry::twice(&line.quantities) {
        return Err(fault("quantity_2")(error));
    }
    line.mode = asked.get("mode").map(entry::mode).transpose().map_err(fault("mode"))?;
    for text in asked.get("claims").unwrap_or_default().split(';') {
        if !text.trim().is_empty() {
            line.claims.push(entry::claim(ledger, text).map_err(fault("claims"))?);
        }
    }
    for (name, amount) in &asked.given {
        let Some(part) = name.strip_prefix("content_") else { continue };
        let (part, amount) = entry::content(&format!("{part}={amount}"))
            .map_err(|e| Failure::new(e.message, place(name), e.help))?;
        line.contents.insert(part, amount);
    }
    Ok(line)
}
