//! `truce law compile`: what the fast engine makes of the ledger.

use std::path::Path;
use std::time::Duration;

use engine::{Regime, SideStats};
use ledger::{Known, Ledger};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::print;
use crate::question::{Coordinates, Question};
use crate::text::{Column, count, table};

/// Compile the ledger for the fast engine, along the diagonal and at a fixed knowledge.
#[derive(Debug, clap::Args)]
pub struct Compile {
    /// Print what came out: classes, slots, rows, cells, bytes, milliseconds.
    #[arg(long)]
    pub stats: bool,
    #[command(flatten)]
    pub coordinates: Coordinates,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

pub fn run(compile: &Compile, law: Option<&Path>) -> Result<u8, Failure> {
    let question = compile.coordinates.settle(law)?;
    // Without a choice both kinds of regime are of interest.
    let kinds = match question.known {
        Known::Entry => vec![Known::Entry, Known::Today],
        fixed => vec![fixed],
    };
    let mut regimes = Vec::new();
    for known in kinds {
        let start = std::time::Instant::now();
        let regime = compiled(&question, known)?;
        let stats: Vec<SideStats> = regime.stats().cloned().collect();
        regimes.push((name(known, compile), stats, start.elapsed()));
    }
    if compile.json {
        print(&format!("{}\n", as_json(&question, &regimes)));
    } else {
        print(&as_text(&question.ledger, &regimes, compile.stats));
    }
    Ok(0)
}

/// A regime for the question's ledger and readings.
pub fn compiled(question: &Question, known: Known) -> Result<Regime<'_>, Failure> {
    engine::compile(&question.ledger, known, &question.readings).map_err(|e| {
        Failure::new(e, "the ledger", "the limits stand in crates/tariff/src/limits.rs")
    })
}

fn name(known: Known, compile: &Compile) -> String {
    match known {
        Known::Entry => "known=entry".to_owned(),
        Known::Today => "known=today".to_owned(),
        Known::At(_) => format!("known={}", compile.coordinates.known),
    }
}

type Compiled = (String, Vec<SideStats>, Duration);

fn as_text(ledger: &Ledger, regimes: &[Compiled], stats: bool) -> String {
    let mut out = String::new();
    for (name, sides, time) in regimes {
        out.push_str(&format!("{name}: compiled in {} ms\n", milliseconds(*time)));
        if !stats {
            continue;
        }
        let head = [
            "", "codes", "measures", "versions", "classes", "origins", "slots", "rows", "changes",
            "cells", "bytes", "ms",
        ];
        let rows: Vec<Vec<String>> = sides
            .iter()
            .map(|side| {
                let name = ledger.territory(&side.territory).map_or("", |t| t.country.as_str());
                let numbers = [
                    side.codes,
                    side.measures,
                    side.versions,
                    side.scope_classes,
                    side.origin_classes,
                    side.slots,
                    side.rows,
                    side.runs,
                    side.cells,
                    side.bytes,
                ];
                let mut row = vec![name.to_owned()];
                row.extend(numbers.map(count));
                row.push(milliseconds(side.time));
                row
            })
            .collect();
        let mut columns = vec![Column::Left];
        columns.extend([Column::Right; 11]);
        out.push_str(&table(&columns, Some(&head), &rows));
    }
    out
}

fn milliseconds(time: Duration) -> String {
    count(time.as_millis() as usize)
}

fn as_json(question: &Question, regimes: &[Compiled]) -> Value {
    let regimes: Vec<Value> = regimes
        .iter()
        .map(|(name, sides, time)| {
            let sides: Vec<Value> = sides
                .iter()
                .map(|s| {
                    json!({"territory": s.territory, "codes": s.codes, "measures": s.measures,
                        "versions": s.versions, "scope_classes": s.scope_classes,
                        "origin_classes": s.origin_classes, "slots": s.slots, "rows": s.rows,
                        "changes": s.runs, "cells": s.cells, "bytes": s.bytes,
                        "milliseconds": s.time.as_millis() as u64})
                })
                .collect();
            json!({"regime": name, "milliseconds": time.as_millis() as u64, "sides": sides})
        })
        .collect();
    json!({"world": question.world(), "regimes": regimes, "ledger": question.ledger.digest,
        "version": env!("CARGO_PKG_VERSION")})
}
