//! `truce refund`: reports read, held against the law, and what comes back.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::truce::{Run, truce_with};

const HEAD: &str = "Entry Summary Number,Entry Summary Line Number,Entry Type Code,Importer Number,\
    Importer Name,Entry Date,Entry Summary Date,Reconciliation Indicator,Liquidation Date,Protest Number,\
    Protest Status,Country of Origin Code,Line SPI Code,Tariff Ordinal Number,HTS Number - Full,\
    Line Tariff Goods Value Amount,Line Tariff Duty Amount";

/// A report of rows `entry line ordinal date origin code value duty`.
fn report(rows: &[&str]) -> String {
    let mut text = format!("{HEAD}\n");
    for row in rows {
        let f: Vec<&str> = row.split_whitespace().collect();
        let [entry, line, ordinal, date, origin, code, value, duty] = f[..8] else {
            panic!("{row}");
        };
        let more = |key: &str| {
            f[8..].iter().find_map(|word| word.strip_prefix(key)).unwrap_or("").to_owned()
        };
        let [kind, liquidated, flag] = ["type=", "liquidated=", "recon="].map(more);
        let [protest, program] = ["protest=", "spi="].map(more);
        let kind = if kind.is_empty() { "01".to_owned() } else { kind };
        text.push_str(&format!(
            "=\"{entry}\",{line},{kind},12-345,\"=Toys, Inc.\",{date},{date},{flag},{liquidated},{protest},\
             ,{origin},{program},{ordinal},{code},\"${value}\",${duty}\n"
        ));
    }
    text
}

const TOY: [&str; 3] = [
    "605-0000001-9 1 1 05/20/2025 CN 99030124 0 2000.00",
    "605-0000001-9 1 2 05/20/2025 CN 99030125 0 1000.00",
    "605-0000001-9 1 3 05/20/2025 CN 9503000073 10,000.00 0",
];

fn run(folder: &Path, text: &str, more: &[&str]) -> Run {
    let file = folder.join("es003.csv");
    fs::write(&file, text).unwrap();
    let mut all = vec!["refund", file.to_str().unwrap()];
    all.extend(more);
    truce_with(&all)
}

fn told(text: &str, more: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let run = run(folder.path(), text, &[&["--json"], more].concat());
    serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {run}"))
}

/// Causes with heading and amount, entry by entry.
fn causes(told: &Value) -> Vec<String> {
    let entries = told["entries"].as_array().unwrap();
    let found = entries.iter().flat_map(|entry| entry["variance"].as_array().unwrap());
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    found.map(|v| [&v["cause"], &v["heading"], &v["amount"]].map(text).join(" ")).collect()
}

#[test]
fn the_toy_of_china_comes_back_whole() {
    let told = told(&report(&TOY), &["--on", "2026-10-07"]);
    let entry = &told["entries"][0];
    assert_eq!(entry["entry"], "60500000019");
    assert_eq!(entry["filed"], "3000.00");
    assert_eq!(entry["owed_then"], "3000.00");
    assert_eq!(entry["owed_today"], "0.00");
    assert_eq!(entry["refundable"], "3000.00");
    assert!(causes(&told).is_empty(), "{told}");
    assert_eq!(told["by_act"][0]["act"], "scotus-lr");
    assert_eq!(told["by_act"][0]["difference"], "-3000.00");
}

#[test]
fn where_the_duties_stand_nothing_comes_back() {
    let told = told(&report(&TOY), &["--world", "ieepa-upheld"]);
    assert_eq!(told["entries"][0]["refundable"], "0.00");
    assert_eq!(told["entries"][0]["path"], "none");
    let before = self::told(&report(&TOY), &["--known", "2026-01-31"]);
    assert_eq!(before["entries"][0]["refundable"], "0.00");
}

#[test]
fn each_error_has_its_cause() {
    // List 3 goods of China: 9% base, 25% section 301, 20% and 10% under IEEPA. An entry for each change.
    let mut rows: Vec<String> = Vec::new();
    let mut expected: Vec<String> = Vec::new();
    let mut entry = |changes: &[(&str, &str)], causes: &[&str]| {
        let number = format!("605000{:05}", rows.len());
        for (ordinal, (code, value, duty)) in [
            ("99038803", "0", "2500.00"),
            ("99030124", "0", "2000.00"),
            ("99030125", "0", "1000.00"),
            ("4202219000", "10,000.00", "900.00"),
        ]
        .into_iter()
        .enumerate()
        {
            let change = changes.iter().find(|(changed, _)| *changed == code);
            let duty = change.map_or(duty, |(_, with)| with);
            if !duty.is_empty() {
                rows.push(format!("{number} 1 {ordinal} 05/20/2025 CN {code} {value} {duty}"));
            }
        }
        expected.extend(causes.iter().map(|cause| (*cause).to_owned()));
    };
    entry(&[], &[]);
    entry(&[("99038803", "")], &["missing-heading 9903.88.03 -2500.00"]);
    entry(&[("99038803", "750.00")], &["wrong-rate 9903.88.03 -1750.00"]);
    entry(&[("99038803", "2250.00")], &["wrong-basis 9903.88.03 -250.00"]);
    entry(&[("99038803", "2534.17")], &["arithmetic 9903.88.03 34.17"]);
    entry(
        &[("99038803", "2500.40"), ("99030124", "1999.00")],
        &["rounding 9903.88.03 0.40", "rounding 9903.01.24 -1.00"],
    );
    entry(&[("4202219000", "0.00")], &["wrong-rate 4202.21.90.00 -900.00"]);
    rows.push("60500900019 1 0 05/20/2025 CN 99038803 0 2500.00".to_owned());
    rows.extend(TOY.iter().map(|row| row.replace("605-0000001-9", "60500900019")));
    expected.push("extra-heading 9903.88.03 2500.00".to_owned());
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let told = told(&report(&rows), &[]);
    assert_eq!(causes(&told), expected);
    let last = told["entries"].as_array().unwrap().last().unwrap();
    assert_eq!(last["overpaid"], "2500.00");
    assert_eq!(last["refundable"], "3000.00");
}

#[test]
fn what_was_underpaid_is_netted_with_nothing() {
    let rows = [
        "60500000027 1 2 05/20/2025 CN 99030124 0 2000.00",
        "60500000027 1 4 05/20/2025 CN 4202219000 10,000.00 900.00",
    ];
    let told = told(&report(&rows), &[]);
    let entry = &told["entries"][0];
    // Section 301 was owed and still is; the reciprocal duty was owed and is void: no debt is left of it.
    assert_eq!(entry["underpaid"], "2500.00");
    assert_eq!(entry["refundable"], "2000.00");
    assert_eq!(told["totals"]["underpaid"], "2500.00");
}

#[test]
fn a_total_may_be_filed_either_way() {
    // 15% with the base duty of 8.5% in it.
    let rows = [
        "60500000035 1 1 09/20/2025 DE 99030220 0 1500.00",
        "60500000035 1 2 09/20/2025 DE 6403996075 10,000.00 0",
        "60500000043 1 1 09/20/2025 DE 99030220 0 650.00",
        "60500000043 1 2 09/20/2025 DE 6403996075 10,000.00 850.00",
        "60500000050 1 2 09/20/2025 DE 6403996075 10,000.00 0",
    ];
    let told = told(&report(&rows), &[]);
    assert_eq!(causes(&told), ["missing-heading 9903.02.20 -1500.00"]);
    for entry in 0..2 {
        assert_eq!(told["entries"][entry]["refundable"], "650.00");
    }
}

#[test]
fn headings_state_the_facts_of_their_text() {
    let rows = [
        "60500000068 1 1 05/01/2025 VN 99030128 0 0",
        "60500000068 1 2 05/01/2025 VN 9503000073 10,000.00 0",
        "60500000076 1 1 05/20/2025 MX 99030104 0 0 spi=S",
        "60500000076 1 2 05/20/2025 MX 9503000073 10,000.00 0 spi=S",
        "60500000084 1 2 05/01/2025 VN 9503000073 10,000.00 0",
    ];
    let told = told(&report(&rows), &[]);
    // Without the heading the same goods owed 10%.
    assert_eq!(causes(&told), ["missing-heading 9903.01.25 -1000.00"]);
}

#[test]
fn metal_that_is_not_stated_is_a_range_and_no_error() {
    let rows = [
        "60500000050 1 1 07/20/2025 VN 99038190 0 2000.00",
        "60500000050 1 2 07/20/2025 VN 99030125 0 600.00",
        "60500000050 1 3 07/20/2025 VN 7326908688 10,000.00 290.00",
    ];
    let told = told(&report(&rows), &[]);
    let line = &told["entries"][0]["lines"][0];
    assert_eq!(line["status"], "needs-facts", "{told}");
    assert!(causes(&told).iter().all(|cause| cause.starts_with("needs-facts")), "{told}");
    assert_eq!(told["entries"][0]["overpaid"], "0.00");
    assert_eq!(told["entries"][0]["underpaid"], "0.00");
}

#[test]
fn a_row_that_cannot_be_read_sets_its_entry_aside_and_no_other() {
    let bad = [
        TOY[0],
        TOY[1],
        TOY[2],
        "60500000084 1 1 13/20/2025 CN 9503000073 10,000.00 0",
        "60500000092 1 1 05/20/2025 QQ 9503000073 10,000.00 0",
        "60500000100 1 1 05/20/2025 CN 95030000 10,000.00 x",
        "60500000118 1 1 05/20/2025 CN 9503000073 10,000.00 3000.00",
        "60500000118 1 1 05/20/2025 CN 9503000073 10,000.00 3000.00",
        "60500000126 1 1 05/20/2025 CN 99030124 0 2000.00",
        "12 1 1 05/20/2025 CN 9503000073 10,000.00 0",
    ];
    let told = told(&report(&bad), &[]);
    assert_eq!(told["entries"][0]["refundable"], "3000.00");
    assert_eq!(told["totals"]["set_aside"], 5);
    let faults: Vec<String> = told["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            format!(
                "{} {}: {}",
                f["row"],
                f["column"].as_str().unwrap(),
                f["message"].as_str().unwrap()
            )
        })
        .collect();
    for (row, words) in [
        (5, "Entry Date: `13/20/2025` is not a date"),
        (6, "Country of Origin Code: `QQ`"),
        (7, "Line Tariff Duty Amount: `$x` is no amount"),
        (9, "stands in row 8 already"),
        (10, "no code of chapters 1 to 97"),
        (11, "Entry Summary Number: `12` is no entry number"),
    ] {
        let found = faults.iter().any(|f| f.starts_with(&format!("{row} ")) && f.contains(words));
        assert!(found, "{row} {words}\n{faults:#?}");
    }
}

#[test]
fn titles_and_other_forms_of_the_head_are_read() {
    let plain = report(&TOY);
    let text = plain.replacen("Line Tariff Goods Value Amount", "LINE GOODS VALUE AMOUNT", 1);
    let text = text.replacen("Liquidation Date", "Something else", 1);
    let text = format!("\u{feff}ACE Reports,,\n\n{}", text.replace('\n', "\r\n"));
    let told = told(&text, &[]);
    assert_eq!(told["entries"][0]["refundable"], "3000.00");
    let notes = told["notes"].to_string();
    assert!(notes.contains("no column `liquidation date`"), "{notes}");
    let folder = tempfile::tempdir().unwrap();
    let none = run(folder.path(), &plain.replacen("Entry Date", "Date", 1), &[]);
    assert_eq!(none.status, 2);
    assert!(none.stderr.contains("the column `entry date` is missing"), "{none}");
}

#[test]
fn a_workbook_is_read_as_its_text() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "Entry Summary Line Tariff Details").unwrap();
    let text = report(&TOY);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    for (row, record) in reader.records().enumerate() {
        for (column, cell) in record.unwrap().iter().enumerate() {
            let (row, column) = (row as u32 + 2, column as u16);
            match cell.parse::<f64>() {
                Ok(number) => sheet.write_number(row, column, number).unwrap(),
                Err(_) => sheet.write_string(row, column, cell).unwrap(),
            };
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("es003.xlsx");
    book.save(&file).unwrap();
    let run = truce_with(&["refund", file.to_str().unwrap(), "--json"]);
    let told: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {run}"));
    assert_eq!(told["entries"][0]["refundable"], "3000.00", "{told}");
}

#[test]
fn the_summary_is_one_that_a_controller_can_read() {
    let rows = [
        "60500000019 1 1 05/20/2025 CN 99030124 0 2000.00 liquidated=08/20/2026",
        "60500000019 1 2 05/20/2025 CN 99030125 0 1000.00 liquidated=08/20/2026",
        "60500000019 1 3 05/20/2025 CN 9503000073 10,000.00 0 liquidated=08/20/2026",
        "60500000027 1 1 06/20/2025 CN 99030124 0 2000.00 recon=Y",
        "60500000027 1 2 06/20/2025 CN 99030125 0 1000.00 recon=Y",
        "60500000027 1 3 06/20/2025 CN 4202219000 10,000.00 900.00 recon=Y",
        "60500000035 1 1 03/20/2025 CA 99030110 0 2500.00",
        "60500000035 1 2 03/20/2025 CA 7210490091 10,000.00 0",
        "60500000043 1 1 02/30/2025 CN 9503000073 10,000.00 0",
    ];
    let folder = tempfile::tempdir().unwrap();
    let run = run(folder.path(), &report(&rows), &["--on", "2026-10-07"]);
    let shown = run.stdout.replace(folder.path().to_str().unwrap(), "FOLDER");
    insta::assert_snapshot!("refund", shown);
}

#[test]
fn a_plain_file_states_facts_of_its_own() {
    let text = "entry,line,code,origin,entered,value,filed_duty,filed_headings\n\
        60500000019,1,9503.00.00.73,CN,2025-05-20,10000,3000.00,9903.01.24=2000; 9903.01.25=1000\n\
        60500000027,1,9503.00.00.73,CN,2025-05-20,10000,3000.00,\n\
        60500000035,1,9503.00.00.73,CN,2025-05-20,10000,2000.00,\n";
    let told = told(text, &[]);
    let refundable = |at: usize| told["entries"][at]["refundable"].as_str().unwrap().to_owned();
    assert_eq!([0, 1, 2].map(refundable), ["3000.00", "3000.00", "2000.00"]);
    assert_eq!(causes(&told), ["missing-heading - -1000.00"]);
}

#[test]
fn deadlines_follow_from_liquidation() {
    let mut rows: Vec<String> = Vec::new();
    for (at, more) in [
        "liquidated=08/01/2026",
        "liquidated=07/01/2026",
        "liquidated=08/01/2026 recon=Y",
        "liquidated=03/01/2026",
    ]
    .into_iter()
    .enumerate()
    {
        let number = format!("6050000000{at}");
        let own = TOY.iter().map(|row| row.replace("605-0000001-9", &number) + " " + more);
        rows.extend(own);
    }
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let told = told(&report(&rows), &["--on", "2026-10-07"]);
    let entry = |at: usize| &told["entries"][at];
    let deadline = |entry: &Value, kind: &str| {
        let all = entry["deadlines"].as_array().unwrap();
        let own = all.iter().find(|d| d["kind"] == kind).unwrap();
        (own["date"].as_str().unwrap().to_owned(), own["days"].as_i64().unwrap())
    };
    let fresh = entry(0);
    assert_eq!(fresh["path"], "cape");
    assert_eq!(deadline(fresh, "cape"), ("2026-10-20".to_owned(), 13));
    assert_eq!(deadline(fresh, "reliquidation"), ("2026-10-30".to_owned(), 23));
    assert_eq!(deadline(fresh, "protest"), ("2027-01-28".to_owned(), 113));
    let later = entry(1);
    assert_eq!(later["path"], "protest");
    assert_eq!(later["rejections"][0]["message"], "ENTRY SUMMARY IS IN FINAL LIQUIDATION STATUS");
    let flagged = entry(2);
    assert_eq!(flagged["rejections"][0]["message"], "ENTRY SUMMARY FLAGGED FOR RECON");
    assert_eq!(flagged["path"], "protest");
    assert_eq!(entry(3)["path"], "court");
}

#[test]
fn the_files_are_written_whole_and_without_formulas() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let run = run(folder.path(), &report(&TOY), &["-o", out.to_str().unwrap()]);
    assert_eq!(run.status, 0, "{run}");
    let entries = fs::read_to_string(out.join("entries.csv")).unwrap();
    assert!(entries.contains("\"'=Toys, Inc.\""), "{entries}");
    for name in ["lines.csv", "reasons.csv", "refund.xlsx", "curve.csv", "curve.svg"] {
        assert!(out.join(name).is_file(), "{name}");
    }
}

#[test]
fn the_answer_does_not_depend_on_threads() {
    let mut rows: Vec<String> = Vec::new();
    for entry in 0..9 {
        rows.extend(
            TOY.iter().map(|row| row.replace("605-0000001-9", &format!("6050000{entry:04}"))),
        );
    }
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let by = |threads: &str| {
        let mut told = told(&report(&rows), &["--threads", threads]);
        told["file"] = Value::Null;
        told
    };
    let one = by("1");
    assert_eq!(one, by("4"));
    assert_eq!(one["totals"]["refundable"], "27000.00");
}
