//! `truce refund` on made-up reports whose errors are known: it finds each with its cause and its amount,
//! and flags nothing else but lines that need facts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use calamine::{Data, DataType, Reader, Xlsx, open_workbook};
use checks::es003::{Form, Made, Wanted, make};
use ledger::Ledger;
use serde_json::Value;
use tariff::Code;

use crate::truce::{root, truce_with};

/// Entry, line, heading, cause, amount.
type Slip = [String; 5];

fn made(form: Form) -> Made {
    let wanted = Wanted { seed: 7, entries: 300, slip_one_in: 4, form };
    make(&Ledger::embedded(), wanted, || {}).unwrap()
}

/// What was planted: errors, and entries with the words by which a declaration of them is refused.
fn planted(made: &Made) -> (BTreeSet<Slip>, BTreeSet<(String, String)>) {
    let (mut slips, mut refused) = (BTreeSet::new(), BTreeSet::new());
    let mut reader = csv::Reader::from_reader(made.planted.as_bytes());
    for row in reader.records() {
        let row = row.unwrap();
        if &row[3] == "rejection" {
            let message = row[5].split_once(": ").map(|(message, _)| message.to_owned());
            refused.extend(message.map(|message| (row[0].to_owned(), message)));
        } else {
            slips.insert([0, 1, 2, 3, 4].map(|at| row[at].to_owned()));
        }
    }
    (slips, refused)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What was found, lines that need facts left out.
fn found(answer: &Value) -> BTreeSet<Slip> {
    let mut slips = BTreeSet::new();
    for entry in answer["entries"].as_array().unwrap() {
        for variance in entry["variance"].as_array().unwrap() {
            let heading = Code::parse(&text(&variance["heading"]));
            let slip = [
                text(&entry["entry"]),
                text(&variance["line"]),
                heading.map(Code::plain).unwrap_or_default(),
                text(&variance["cause"]),
                text(&variance["amount"]),
            ];
            if slip[3] != "needs-facts" {
                assert!(slips.insert(slip.clone()), "{slip:?} is told twice");
            }
        }
    }
    slips
}

fn told(slips: &BTreeSet<Slip>) -> String {
    slips.iter().map(|slip| slip.join(" ") + "\n").collect()
}

/// Runs the command on a report and holds what it finds against what was planted.
fn check(made: &Made, folder: &Path) -> Value {
    let (report, out) = (folder.join("es003.csv"), folder.join("out"));
    std::fs::write(&report, &made.report).unwrap();
    let arguments = ["refund", report.to_str().unwrap(), "--json", "-o", out.to_str().unwrap()];
    let run = truce_with(&arguments);
    assert!(run.status < 2, "{run}");
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(answer["faults"].as_array().unwrap().len(), 0, "{}", answer["faults"]);
    assert_eq!(answer["totals"]["entries"], made.entries);
    assert_eq!(answer["totals"]["lines"], made.lines);
    let (planted, _) = planted(made);
    let found = found(&answer);
    let missed: BTreeSet<Slip> = planted.difference(&found).cloned().collect();
    let wrong: BTreeSet<Slip> = found.difference(&planted).cloned().collect();
    assert!(
        missed.is_empty() && wrong.is_empty(),
        "of {} planted not found:\n{}found and not planted:\n{}",
        planted.len(),
        told(&missed),
        told(&wrong)
    );
    answer
}

#[test]
fn every_planted_error_is_found_with_its_cause_and_nothing_else() {
    let made = made(Form::default());
    let (slips, refused) = planted(&made);
    let causes: BTreeSet<&str> = slips.iter().map(|slip| slip[3].as_str()).collect();
    let kinds = ["arithmetic", "extra-heading", "missing-heading", "rounding", "wrong-basis"];
    assert!(kinds.iter().chain(&["wrong-rate"]).all(|kind| causes.contains(kind)), "{causes:?}");
    assert!(slips.len() >= 40, "only {} errors are planted", slips.len());
    let folder = tempfile::tempdir().unwrap();
    let answer = check(&made, folder.path());
    let said: BTreeSet<(String, String)> = answer["entries"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|entry| {
            let messages = entry["rejections"].as_array().unwrap().iter();
            messages.map(|r| (text(&entry["entry"]), text(&r["message"])))
        })
        .collect();
    let unsaid: Vec<_> = refused.difference(&said).collect();
    assert!(unsaid.is_empty(), "{unsaid:?}");
    declarations_pass(&answer, &folder.path().join("out"));
    the_workbook_adds_up(&answer, &folder.path().join("out/refund.xlsx"));
    the_curve_begins_with_what_is_open(&answer, &folder.path().join("out"));
}

#[test]
fn another_form_of_the_report_gives_the_same_findings() {
    let form = Form { line_value_head: true, wrapped: true, without_liquidation: true };
    let made = made(form);
    let folder = tempfile::tempdir().unwrap();
    let answer = check(&made, folder.path());
    assert!(!answer["notes"].as_array().unwrap().is_empty(), "what is missing is said");
}

/// Amounts that are summed over lines, entries and the report.
const SUMMED: [&str; 5] = ["filed", "refundable", "revived", "overpaid", "underpaid"];
const OWED: [&str; 2] = ["owed_then", "owed_today"];

/// Cents of an amount; `None` of null.
fn cents(value: &Value) -> Option<i64> {
    value.as_str().map(|text| text.replace('.', "").parse().unwrap())
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap()
}

/// Sums over sums: of headings to a line, of lines to an entry, of entries to the report; and the causes of a
/// line explain its difference to the cent.
fn sums_hold(answer: &Value) {
    let is_aside = |entry: &&Value| !list(entry, "set_aside").is_empty();
    let all = list(answer, "entries");
    for key in SUMMED {
        let counted = all.iter().filter(|entry| key == "filed" || !is_aside(entry));
        let sum: i64 = counted.filter_map(|entry| cents(&entry[key])).sum();
        assert_eq!(Some(sum), cents(&answer["totals"][key]), "{key} of the report");
    }
    let interest: i64 = all.iter().filter_map(|entry| cents(&entry["interest"])).sum();
    assert_eq!(Some(interest), cents(&answer["totals"]["interest"]));
    for entry in all.iter().filter(|entry| !is_aside(entry)) {
        let lines = list(entry, "lines");
        for key in SUMMED.iter().chain(&OWED) {
            let sum = lines.iter().map(|line| cents(&line[*key])).sum::<Option<i64>>();
            assert_eq!(sum, cents(&entry[*key]), "{key} of {}", entry["entry"]);
        }
        for line in lines {
            line_holds(line, list(entry, "variance"), &entry["entry"]);
        }
    }
}

fn line_holds(line: &Value, causes: &[Value], entry: &Value) {
    let at = format!("{entry} {line}");
    let amount = |key: &str| cents(&line[key]);
    let filed = amount("filed").unwrap();
    let of_headings = |key: &str| -> i64 {
        list(line, "headings").iter().filter_map(|heading| cents(&heading[key])).sum()
    };
    assert_eq!(of_headings("filed"), filed, "{at}");
    let own: Vec<&Value> = causes.iter().filter(|cause| cause["line"] == line["line"]).collect();
    let explained: i64 = own.iter().filter_map(|cause| cents(&cause["amount"])).sum();
    if let Some(owed) = amount("owed_then") {
        assert_eq!(explained, filed - owed, "{at}");
        assert_eq!(of_headings("owed_then"), owed, "{at}");
    }
    let [refundable, revived, overpaid, underpaid] =
        ["refundable", "revived", "overpaid", "underpaid"].map(|key| amount(key).unwrap());
    assert!([refundable, revived, overpaid, underpaid].iter().all(|cents| *cents >= 0), "{at}");
    assert!(refundable + overpaid <= filed, "{at}");
    // What was filed is what is owed today and what comes back, short of what was filed too little.
    let small =
        |cause: &&&Value| ["rounding", "needs-facts"].contains(&text(&cause["cause"]).as_str());
    if let (Some(today), 0, 0) = (amount("owed_today"), revived, own.iter().filter(small).count()) {
        assert_eq!(filed - today, refundable + overpaid - underpaid, "{at}");
    }
}

#[test]
fn whatever_is_filed_the_sums_hold_and_the_order_of_entries_means_nothing() {
    let ledger = Ledger::embedded();
    for seed in 11..15 {
        let form = Form { line_value_head: seed % 2 == 0, ..Form::default() };
        let made =
            make(&ledger, Wanted { seed, entries: 120, slip_one_in: 2, form }, || {}).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let answer = check(&made, folder.path());
        sums_hold(&answer);
        let back = folder.path().join("back.csv");
        std::fs::write(&back, entries_backwards(&made.report)).unwrap();
        let run = truce_with(&["refund", back.to_str().unwrap(), "--json", "--threads", "3"]);
        let other: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(other["totals"], answer["totals"]);
        assert_eq!(other["by_act"], answer["by_act"]);
        let by_number = |answer: &Value| -> BTreeMap<String, String> {
            let rows = |entry: &Value| {
                let mut entry = entry.clone();
                for line in entry["lines"].as_array_mut().unwrap() {
                    line["rows"] = Value::Null;
                }
                (text(&entry["entry"]), entry.to_string())
            };
            list(answer, "entries").iter().map(rows).collect()
        };
        assert_eq!(by_number(&other), by_number(&answer));
    }
}

/// The rows of the last entry first; those of an entry stay in their order.
fn entries_backwards(report: &str) -> String {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(report.as_bytes());
    let mut rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let head = rows.iter().position(|row| row.iter().any(|cell| cell == "Entry Summary Number"));
    let body = rows.split_off(head.unwrap() + 1);
    let number =
        rows[head.unwrap()].iter().position(|cell| cell == "Entry Summary Number").unwrap();
    let mut groups: Vec<Vec<csv::StringRecord>> = Vec::new();
    for row in body {
        match groups.last_mut() {
            Some(group) if group[0].get(number) == row.get(number) => group.push(row),
            _ => groups.push(vec![row]),
        }
    }
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows.iter().chain(groups.iter().rev().flatten()) {
        writer.write_record(row).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// The files hold the entries that come back by declaration, and no others.
fn declarations_pass(answer: &Value, folder: &Path) {
    let mut wanted = BTreeSet::new();
    for entry in answer["entries"].as_array().unwrap() {
        if entry["path"] == "cape" {
            wanted.insert(text(&entry["entry"]));
        }
    }
    let mut declared = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("cape-") {
            let entries = entry::read_declaration(&std::fs::read_to_string(path).unwrap()).unwrap();
            declared.extend(entries.iter().map(|entry| entry.plain().to_owned()));
        }
    }
    assert!(!wanted.is_empty());
    assert_eq!(declared, wanted);
}

/// Every sheet is there, texts are texts, dates are dates, and the columns sum to the totals.
fn the_workbook_adds_up(answer: &Value, path: &Path) {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let names = ["summary", "entries", "lines", "reasons", "deadlines", "sources"];
    assert_eq!(book.sheet_names(), names);
    let entries = book.worksheet_range("entries").unwrap();
    let lines = book.worksheet_range("lines").unwrap();
    let column = |range: &calamine::Range<Data>, name: &str| -> Vec<Data> {
        let head: Vec<String> = range.rows().next().unwrap().iter().map(Data::to_string).collect();
        let at = head.iter().position(|head| head == name).unwrap();
        range.rows().skip(1).map(|row| row[at].clone()).collect()
    };
    // The cells are numbers, so they are counted in cents again.
    let sum = |cells: Vec<Data>| -> i64 {
        let cents = |cell: &Data| match cell {
            Data::Float(number) => (number * 100.0).round() as i64,
            Data::Empty => 0,
            other => panic!("{other:?} is no amount"),
        };
        cells.iter().map(cents).sum()
    };
    let total =
        |name: &str| -> i64 { text(&answer["totals"][name]).replace('.', "").parse().unwrap() };
    for (name, key) in
        [("Filed", "filed"), ("Refundable", "refundable"), ("Overpaid besides", "overpaid")]
    {
        assert_eq!(sum(column(&entries, name)), total(key), "entries: {name}");
        assert_eq!(sum(column(&lines, name)), total(key), "lines: {name}");
    }
    assert!(column(&entries, "Entered").iter().all(Data::is_datetime));
    // A name that looks like a formula is a text, and says so to whoever edits it.
    let names = column(&entries, "Importer name");
    assert!(names.iter().any(|name| name.to_string().starts_with(['=', '+', '-', '@'])));
    assert!(names.iter().all(|name| matches!(name, Data::String(_))));
    for sheet in names_of_sheets(&mut book) {
        assert!(book.worksheet_formula(&sheet).unwrap().used_cells().next().is_none(), "{sheet}");
    }
}

fn names_of_sheets(book: &mut Xlsx<std::io::BufReader<std::fs::File>>) -> Vec<String> {
    book.sheet_names()
}

fn the_curve_begins_with_what_is_open(answer: &Value, folder: &Path) {
    let curve = std::fs::read_to_string(folder.join("curve.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(curve.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cents = |text: &str| -> i64 { text.replace('.', "").parse().unwrap() };
    let refundable = cents(&text(&answer["totals"]["refundable"]));
    assert_eq!(&rows[0][0], text(&answer["on"]));
    for row in &rows {
        assert_eq!(cents(&row[2]) + cents(&row[3]), refundable, "{row:?}");
        assert!(cents(&row[1]) <= cents(&row[2]), "{row:?}");
        let most = (4..row.len()).map(|way| cents(&row[way])).max().unwrap();
        assert!(most <= cents(&row[2]), "{row:?}");
    }
    for column in 1..3 {
        assert!(rows.windows(2).all(|pair| cents(&pair[0][column]) >= cents(&pair[1][column])));
        assert_eq!(&rows[rows.len() - 1][column], "0.00");
    }
    // What is open by the paths is what is open at first.
    let open: i64 = answer["totals"]["paths"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|path| path["path"] != "closed")
        .map(|path| cents(&text(&path["refundable"])))
        .sum();
    assert_eq!(cents(&rows[0][1]), open);
    let picture = std::fs::read_to_string(folder.join("curve.svg")).unwrap();
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
    assert!(picture.len() < 40_000, "{} bytes", picture.len());
}

#[test]
fn the_report_of_the_examples_is_what_its_command_makes() {
    let wanted = Wanted { seed: 3, entries: 40, slip_one_in: 4, form: Form::default() };
    let made = make(&Ledger::embedded(), wanted, || {}).unwrap();
    for (name, text) in [("es003.csv", &made.report), ("es003-planted.csv", &made.planted)] {
        let path = root().join("examples").join(name);
        if std::env::var_os("TRUCE_UPDATE_EXAMPLES").is_some() {
            std::fs::write(&path, text).unwrap();
        }
        let held = std::fs::read_to_string(&path).unwrap_or_default();
        let help = "TRUCE_UPDATE_EXAMPLES=1 cargo test -p truce planted";
        assert!(held == *text, "{} is out of date: {help}", path.display());
    }
}

#[test]
fn the_same_seed_makes_the_same_report_and_another_does_not() {
    let ledger = Ledger::embedded();
    let of = |seed| {
        let wanted = Wanted { seed, entries: 30, slip_one_in: 3, form: Form::default() };
        let made = make(&ledger, wanted, || {}).unwrap();
        (made.report, made.planted)
    };
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}
