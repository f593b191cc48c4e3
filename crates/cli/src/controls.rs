//! `truce controls`: what besides duty a code meets between two sides.

use std::path::Path;

use oracle::{Controlled, Survey};
use serde_json::{Value, json};
use tariff::Code;

use crate::failure::Failure;
use crate::print;
use crate::question::{Coordinates, Pair};
use crate::receipt;
use crate::text::{Column, table};

/// Requirements and prohibitions in force between two sides, for a code or for all goods.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Controls {
    /// The commodity code; without it all controls are shown.
    pub code: Option<String>,
    #[command(flatten)]
    pub pair: Pair,
    #[command(flatten)]
    pub coordinates: Coordinates,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

const EXAMPLES: &str = "\
Controls that name goods by code are matched with the code; those that describe goods or parties in
words are shown for every code, because only their text can tell.

Examples:
  truce controls 8505.11.00 --between US,CN --on 2025-05-30
  truce controls --on 2025-11-12";

pub fn run(controls: &Controls, law: Option<&Path>) -> Result<u8, Failure> {
    let question = controls.coordinates.settle(law)?;
    let ledger = &question.ledger;
    let home = &ledger.territories[0];
    let code = controls
        .code
        .as_deref()
        .map(Code::parse)
        .transpose()
        .map_err(|e| Failure::new(e, "CODE", "4 to 10 digits, dots optional"))?;
    let ([a, b], on) = controls.pair.settle(ledger)?;
    let (k, known) = oracle::moment_known(ledger, home, question.known, on);
    let survey = Survey::new(ledger, k, &question.readings);
    let mut sides: Vec<(&ledger::Territory, Vec<Controlled>)> = Vec::new();
    for (by, other) in [(a, b), (b, a)] {
        let Some(territory) = ledger.levying(by.as_str()) else { continue };
        let moment = oracle::representative(on, territory);
        sides.push((territory, survey.controls(territory, other, code, moment)));
    }
    if controls.json {
        let list: Vec<Value> = sides
            .iter()
            .flat_map(|(territory, controls)| controls.iter().map(move |c| (territory, c)))
            .map(|(territory, c)| {
                json!({
                    "by": territory.country.as_str(), "program": c.program, "measure": c.measure,
                    "text": c.text, "prohibits": c.prohibits, "by_code": c.by_code,
                    "from": c.from.map(|m| m.rfc3339(&territory.zone)),
                    "until": c.until.map(|m| m.rfc3339(&territory.zone)),
                    "suspended": c.suspended.is_some(),
                    "suspended_until": c.suspended.flatten().map(|m| m.rfc3339(&territory.zone)),
                    "cites": c.cites,
                })
            })
            .collect();
        let through = receipt::through(ledger);
        let report = json!({
            "code": code.map(Code::plain), "on": on.print(&home.zone), "known": known.print(&home.zone),
            "world": question.world(), "controls": list,
            "official_through": through["official_through"],
            "verified_through": through["verified_through"], "ledger": ledger.digest,
            "version": env!("CARGO_PKG_VERSION"),
        });
        print(&format!("{report}\n"));
        return Ok(0);
    }
    let goods = code.map_or("all goods".to_owned(), |c| c.to_string());
    let mut out = format!(
        "Controls on {goods}, {} · law as known on {} · world: {}\n",
        on.day(&home.zone).in_words(),
        known.print(&home.zone),
        question.world(),
    );
    for (territory, controls) in &sides {
        out.push_str(&format!("\n{}\n", territory.name));
        if controls.is_empty() {
            out.push_str("  none in the ledger\n");
        }
        let day = |m: tariff::Moment| m.day(&territory.zone).to_string();
        let rows: Vec<Vec<String>> = controls
            .iter()
            .map(|c| {
                let word = if c.prohibits { "prohibits" } else { "requires" };
                let state = match (c.suspended, c.until) {
                    (Some(Some(until)), _) => format!("suspended until {}", day(until)),
                    (Some(None), _) => "suspended".to_owned(),
                    (None, Some(until)) => format!("until {}", day(until)),
                    (None, None) => "in force".to_owned(),
                };
                let scope = if c.by_code { "by code" } else { "by description" };
                vec![
                    c.from.map_or(String::new(), day),
                    word.to_owned(),
                    c.text.clone(),
                    scope.to_owned(),
                    state,
                    c.cites.join(", "),
                ]
            })
            .collect();
        let columns =
            [Column::Left, Column::Left, Column::Wrap, Column::Left, Column::Wrap, Column::Wrap];
        out.push_str(&table(&columns, None, &rows));
    }
    out.push_str(&receipt::foot(ledger, &question.in_words()));
    print(&out);
    Ok(0)
}
