//! `truce panel`: cells of the table against the oracle, and what the table looks like.
//!
//! `TRUCE_PANEL_CELLS=10000 cargo test -p truce --test it panel::` holds so many random cells of the panel of
//! 2025-01-01 to 2026-10-31 against the oracle, for `known=entry` and `known=today`; without it a few
//! hundred of one day.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use arrow::util::display::{ArrayFormatter, FormatOptions};
use ledger::{Goods, Known, Ledger, Line, Readings, Status};
use oracle::{Assessment, Oracle};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tariff::{Cents, Code, Country, Day, Exact, Stated, Unit};

use crate::truce::{root, truce_with};

/// Rates are hundred millionths of the value: of so many cents they are the cents of the duty.
const VALUE: Cents = Cents(100_000_000);
const UNITS: i128 = 1_000;

/// Numbers that follow from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

type Cell = BTreeMap<String, String>;

/// Random rows of a panel, each cell as text.
fn cells(path: &Path, count: usize) -> Vec<Cell> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let rows = reader.metadata().file_metadata().num_rows() as u64;
    let mut dice = Dice(20_250_520);
    let mut chosen: Vec<u64> = (0..count).map(|_| dice.below(rows)).collect();
    chosen.sort_unstable();
    chosen.dedup();
    let mut chosen = chosen.into_iter().peekable();
    let mut cells = Vec::new();
    let mut first = 0;
    for batch in reader.with_batch_size(1 << 16).build().unwrap() {
        let batch = batch.unwrap();
        let until = first + batch.num_rows() as u64;
        if chosen.peek().is_some_and(|row| *row < until) {
            let options = FormatOptions::new();
            let columns = batch.columns().iter();
            let columns: Vec<_> =
                columns.map(|c| ArrayFormatter::try_new(c, &options).unwrap()).collect();
            while let Some(row) = chosen.next_if(|row| *row < until) {
                let at = (row - first) as usize;
                let schema = batch.schema();
                let names = schema.fields().iter().map(|field| field.name().clone());
                let texts = columns.iter().map(|column| column.value(at).to_string());
                cells.push(names.zip(texts).collect());
            }
        }
        first = until;
    }
    cells
}

/// A decimal as a whole number of its last place.
fn places(text: &str) -> Option<i64> {
    (!text.is_empty()).then(|| text.replace('.', "").parse().unwrap())
}

fn of_program(answer: &Assessment, program: &str) -> i64 {
    answer.components.iter().filter(|c| c.program == program).map(|c| c.amount.0).sum()
}

/// Holds a cell against the oracle's answer for a line of it.
fn hold(ledger: &Ledger, oracle: &mut Oracle<'_>, known: Known, by: &str, cell: &Cell, day: Day) {
    let get = |name: &str| cell[name].as_str();
    let code = Code::parse(get("code")).unwrap();
    let origin = Country::parse(get("origin")).unwrap();
    let mut line = Line::new(by, Goods::Code(code), origin, Stated::Day(day), VALUE);
    let answer = oracle.assess(&line, known);
    let at = format!("{code} of {origin} on {day}: {cell:?}\n{answer:?}");
    assert_eq!(answer.status.name(), get("status"), "{at}");
    assert_eq!(answer.duty_min.map(|c| c.0), places(get("least")), "{at}");
    assert_eq!(answer.duty_max.map(|c| c.0), places(get("most")), "{at}");
    // A base duty that is not held is told as none, not as the one that stands in for it.
    let stands_in = answer.needs.iter().any(|need| need.fact == "base-stand-in");
    let unknown = answer.components.iter().any(|c| c.incomplete && c.rate == "unknown");
    if !stands_in && !unknown {
        assert_eq!(answer.duty.map(|c| c.0), places(get("total")), "{at}");
    }
    let (mut sum, mut whole) = (0, true);
    for program in ledger.programs.iter().filter(|program| program.by == by) {
        let Some(rate) = cell.get(&format!("rate_{}", program.column())) else { continue };
        let Some(rate) = places(rate) else {
            whole &= program.base;
            continue;
        };
        assert_eq!(of_program(&answer, &program.id), rate, "{} of {at}", program.id);
        sum += if program.base { 0 } else { rate };
    }
    assert_eq!(places(get("additional")), whole.then_some(sum), "{at}");
    let needs: Vec<&str> = answer.needs.iter().map(|need| need.fact.as_str()).collect();
    assert_eq!(needs.join("; "), get("note"), "{at}");
    // A duty by quantity, in parts.
    if let (Some(share), Some(a_unit)) =
        (places(get("base_share")), places(get("base_cents_a_unit")))
    {
        let unit = Unit::parse(get("base_unit")).unwrap();
        line.quantities = vec![(Exact::from_integer(UNITS), Some(unit))];
        let answer = oracle.assess(&line, known);
        let base = ledger.programs.iter().find(|program| program.by == by && program.base).unwrap();
        let parts = i128::from(share) * 10_000_000 + i128::from(a_unit) * UNITS;
        let cents = (parts + 5_000_000) / 10_000_000;
        assert_eq!(i128::from(of_program(&answer, &base.id)), cents, "{at}\n{answer:?}");
        assert!(answer.status != Status::Unknown, "{at}");
    }
}

/// Makes a panel and holds random cells of it against the oracle.
fn check(arguments: &[&str], by: &str, known: Known, count: usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("panel.parquet");
    let mut all = vec!["panel", "-o", path.to_str().unwrap()];
    all.extend(arguments);
    let run = truce_with(&all);
    assert_eq!(run.status, 0, "{run}");
    let ledger = Ledger::embedded();
    let readings = Readings::new();
    let mut oracle = Oracle::new(&ledger, &readings);
    let mut dice = Dice(7);
    let mut dated: Vec<(Day, Cell)> = cells(&path, count)
        .into_iter()
        .map(|cell| {
            let from = Day::parse(&cell["from"]).unwrap();
            let until = Day::parse(&cell["until"]).unwrap();
            let days = until.days_since(from) as u64;
            (from.plus(dice.below(days) as i32), cell)
        })
        .collect();
    // The oracle keeps what lines of one day share.
    dated.sort_by_key(|(day, _)| *day);
    assert!(dated.len() * 10 > count * 9);
    for (day, cell) in &dated {
        hold(&ledger, &mut oracle, known, by, cell, *day);
    }
    eprintln!("panel {arguments:?}: {} cells equal the oracle's answers", dated.len());
}

#[test]
fn cells_of_the_panel_equal_the_oracle() {
    const RANGE: [&str; 4] = ["--from", "2025-01-01", "--to", "2026-10-31"];
    match std::env::var("TRUCE_PANEL_CELLS").ok().and_then(|count| count.parse().ok()) {
        Some(count) => {
            check(&RANGE, "us", Known::Entry, count);
            check(&[&RANGE[..], &["--known", "today"]].concat(), "us", Known::Today, count);
        }
        None => check(&["--on", "2025-09-01"], "us", Known::Entry, 400),
    }
}

#[test]
fn cells_of_the_other_side_equal_the_oracle_as_known_today() {
    let arguments =
        ["--by", "CN", "--from", "2025-05-12", "--to", "2025-05-16", "--known", "today"];
    check(&arguments, "cn", Known::Today, 300);
}

#[test]
fn a_small_law_as_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let law = folder.path().join("law");
    copy(&root().join("tests/ledgers/floors"), &law);
    // The small ledgers have lines of eight digits; a panel is of what can be entered.
    let suffixes = "code,from,until,known,ended,units\n\
                    6402.91.42.10,,,2025-01-01,,prs.\n\
                    9603.29.40.10,,,2025-01-01,,No.\n";
    std::fs::write(law.join("us/schedule/suffixes.csv"), suffixes).unwrap();
    let path = folder.path().join("panel.csv");
    let law = law.to_str().unwrap();
    let run = truce_with(&["panel", "--law", law, "-o", path.to_str().unwrap()]);
    assert_eq!(run.status, 0, "{run}");
    insta::assert_snapshot!(std::fs::read_to_string(&path).unwrap());
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            std::fs::copy(from, to).unwrap();
        }
    }
}

#[test]
fn a_panel_that_cannot_be_made_says_why() {
    let refused = |arguments: &[&str]| {
        let mut all = vec!["panel"];
        all.extend(arguments);
        truce_with(&all).to_string()
    };
    let runs = [
        refused(&["--on", "2025-05-20", "-o", "panel.xlsx"]),
        refused(&["--from", "2025-05-20", "--to", "2025-05-19", "-o", "panel.csv"]),
        refused(&["--on", "2025-02-30", "-o", "panel.csv"]),
        refused(&["--on", "2025-05-20", "--by", "JP", "-o", "panel.csv"]),
        refused(&["--on", "2025-05-20", "--to", "2025-05-21", "-o", "panel.csv"]),
        refused(&["--on", "2025-05-20", "-o", "no-such-folder/panel.csv"]),
    ];
    insta::assert_snapshot!(runs.join("\n"));
}
