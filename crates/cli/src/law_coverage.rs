//! `truce law coverage`: what the ledger holds, program by program.

use std::collections::BTreeSet;

use ledger::{Does, GoodsSelector, Ledger, Rate, program_of};
use serde_json::{Value, json};
use tariff::{Moment, Zone};

use crate::text::{Column, count, table};

/// What the ledger holds of one program.
struct Coverage<'a> {
    program: &'a ledger::Program,
    measures: usize,
    headings: usize,
    /// Distinct codes and prefixes named; measures on all goods name none.
    codes: usize,
    all_goods: bool,
    acts: BTreeSet<&'a str>,
    from: Option<Moment>,
    /// The last end, if every measure has one.
    until: Option<Moment>,
}

fn coverage(ledger: &Ledger) -> Vec<Coverage<'_>> {
    ledger.programs.iter().map(|program| of_program(ledger, program)).collect()
}

fn of_program<'a>(ledger: &'a Ledger, program: &'a ledger::Program) -> Coverage<'a> {
    let mut headings = BTreeSet::new();
    let mut codes = BTreeSet::new();
    let mut lists = BTreeSet::new();
    let mut held = Coverage {
        program,
        measures: 0,
        headings: 0,
        codes: 0,
        all_goods: false,
        acts: BTreeSet::new(),
        from: None,
        until: None,
    };
    let mut open_end = false;
    let mut open_start = false;
    for (_, records) in ledger.measures().filter(|(id, _)| program_of(id) == program.id) {
        held.measures += 1;
        let mut end = None;
        for record in records {
            let (act, operation) = ledger.record(*record);
            held.acts.insert(&act.id);
            match &operation.does {
                Does::Measure { fields, .. } | Does::Amend { fields, .. } => {
                    headings.extend(fields.heading);
                    if matches!(operation.does, Does::Measure { .. }) {
                        open_start |= operation.interval.from.is_none();
                        let from = operation.interval.from;
                        held.from = held.from.map_or(from, |f| Some(from.map_or(f, |x| x.min(f))));
                        end = operation.interval.until;
                        held.all_goods |= !matches!(fields.goods, Some(Some(_)));
                    }
                    for selector in fields.goods.iter().flatten().flatten() {
                        match selector {
                            GoodsSelector::Prefix(code) => {
                                codes.insert(*code);
                            }
                            GoodsSelector::List(name) => {
                                lists.insert(name.as_str());
                            }
                        }
                    }
                    if let Some(Rate::List(name)) = &fields.rate {
                        lists.insert(name);
                    }
                }
                Does::End(_) => end = end.or(operation.interval.from),
                Does::Extend(_) => end = operation.interval.until,
                _ => {}
            }
        }
        open_end |= end.is_none();
        held.until = held.until.max(end);
    }
    for name in lists {
        let rows = ledger.lists.get(name).into_iter().flat_map(|list| &list.rows);
        codes.extend(rows.filter(|row| !row.out).map(|row| row.code));
    }
    held.headings = headings.len();
    held.codes = codes.len();
    if open_start {
        held.from = None;
    }
    if open_end {
        held.until = None;
    }
    held
}

pub fn text(ledger: &Ledger) -> String {
    let rows: Vec<Vec<String>> = coverage(ledger)
        .into_iter()
        .map(|c| {
            let zone = zone(ledger, c.program);
            let day = |m: Option<Moment>, open: &str| {
                m.map_or(open.to_owned(), |m| m.day(zone).to_string())
            };
            let codes = match (c.all_goods, c.codes) {
                (true, 0) => "all".to_owned(),
                (true, n) => format!("all, {} named", count(n)),
                (false, n) => count(n),
            };
            if c.measures == 0 {
                let state = if c.program.note_only { "only mentioned" } else { "not modelled yet" };
                return vec![c.program.id.clone(), state.to_owned()];
            }
            vec![
                c.program.id.clone(),
                count(c.measures),
                count(c.headings),
                codes,
                count(c.acts.len()),
                day(c.from, "always"),
                day(c.until, "no end"),
            ]
        })
        .collect();
    let columns = [
        Column::Left,
        Column::Right,
        Column::Right,
        Column::Right,
        Column::Right,
        Column::Left,
        Column::Left,
    ];
    let head = ["program", "measures", "headings", "codes", "acts", "from", "until"];
    let mut out = table(&columns, Some(&head), &rows);
    out.push_str(&format!(
        "\n  {} acts, {} lists with {} rows, {} schedule lines, {} events, {} worlds\n",
        count(ledger.acts.len()),
        count(ledger.lists.len()),
        count(ledger.lists.values().map(|l| l.rows.len()).sum()),
        count(ledger.schedules.values().map(|s| s.lines().count()).sum()),
        count(ledger.events.len()),
        count(ledger.worlds.len()),
    ));
    out
}

pub fn json(ledger: &Ledger) -> Value {
    let programs: Vec<Value> = coverage(ledger)
        .into_iter()
        .map(|c| {
            let zone = zone(ledger, c.program);
            json!({
                "program": c.program.id, "by": c.program.by, "measures": c.measures,
                "headings": c.headings, "codes": c.codes, "all_goods": c.all_goods,
                "acts": c.acts, "from": c.from.map(|m| m.rfc3339(zone)),
                "until": c.until.map(|m| m.rfc3339(zone)),
            })
        })
        .collect();
    json!({"programs": programs, "acts": ledger.acts.len(), "ledger": ledger.digest})
}

fn zone<'a>(ledger: &'a Ledger, program: &ledger::Program) -> &'a Zone {
    let own = ledger.territory(&program.by).unwrap_or(&ledger.territories[0]);
    &own.zone
}
