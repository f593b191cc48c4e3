//! Workbooks in and out: dates as dates, codes as text, money as numbers, a sheet by its name.

use std::path::Path;

use calamine::{Data, Range, Reader, Xlsx};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use crate::truce::{Run, truce_with};

/// A workbook of two sheets; the lines stand on the second. Returns its place.
fn book(folder: &Path) -> String {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("notes").unwrap().write_string(0, 0, "not the lines").unwrap();
    let sheet = book.add_worksheet().set_name("lines").unwrap();
    for (at, name) in
        ["ref", "code", "origin", "entered", "value", "remark"].into_iter().enumerate()
    {
        sheet.write_string(0, at as u16, name).unwrap();
    }
    let day = ExcelDateTime::from_ymd(2025, 5, 20).unwrap();
    let format = Format::new().set_num_format("dd/mm/yyyy");
    for (row, code) in [(1, "0201.10.05.10"), (2, "9503.00.00.73")] {
        sheet.write_string(row, 0, format!("00{row}")).unwrap();
        sheet.write_string(row, 1, code).unwrap();
        sheet.write_string(row, 2, "CN").unwrap();
        sheet.write_datetime_with_format(row, 3, &day, &format).unwrap();
        sheet.write_formula(row, 4, Formula::new("=5000*2").set_result("10000")).unwrap();
        sheet.write_string(row, 5, "=1+1").unwrap();
    }
    // A code that was typed as a number has lost its zero.
    sheet.write_number(1, 1, 201_100_510.0).unwrap();
    let path = folder.join("book.xlsx");
    book.save(&path).unwrap();
    path.to_str().unwrap().to_owned()
}

fn sheet(path: &Path, name: &str) -> Range<Data> {
    let mut book: Xlsx<_> = calamine::open_workbook(path).unwrap();
    book.worksheet_range(name).unwrap()
}

/// The cell of a row under a name of the head.
fn cell(range: &Range<Data>, row: u32, name: &str) -> Data {
    let head = range.rows().next().unwrap();
    let at = head.iter().position(|cell| *cell == Data::String(name.to_owned())).unwrap();
    range.get_value((row, at as u32)).cloned().unwrap_or(Data::Empty)
}

fn run(arguments: &[&str]) -> Run {
    truce_with(arguments)
}

#[test]
fn cells_keep_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (book(folder.path()), folder.path().join("out.xlsx"));
    let out = output.to_str().unwrap();
    for (command, money) in [
        (vec!["assess", &input, "--sheet", "lines", "-o", out], "duty"),
        (
            vec![
                "diff",
                &input,
                "--sheet",
                "lines",
                "--from",
                "known=entry",
                "--to",
                "known=today",
                "-o",
                out,
            ],
            "difference",
        ),
    ] {
        let made = run(&command);
        assert!(made.status < 2, "{command:?}: {made}");
        let lines = sheet(&output, "Sheet1");
        assert!(matches!(cell(&lines, 2, "entered"), Data::DateTime(_)), "{command:?}");
        assert_eq!(cell(&lines, 1, "ref"), Data::String("001".to_owned()));
        assert_eq!(cell(&lines, 1, "code"), Data::String("0201100510".to_owned()));
        assert_eq!(cell(&lines, 2, "code"), Data::String("9503.00.00.73".to_owned()));
        assert_eq!(cell(&lines, 2, "value"), Data::Float(10_000.0), "the value of the formula");
        assert_eq!(cell(&lines, 2, "remark"), Data::String("=1+1".to_owned()), "text stays text");
        let amount = if money == "duty" { 3_000.0 } else { -3_000.0 };
        assert_eq!(cell(&lines, 2, money), Data::Float(amount), "{command:?}");
        let receipt = sheet(&output, "receipt");
        let first = receipt.rows().next().unwrap();
        assert_eq!(first[0], Data::String("truce.ledger".to_owned()));
        assert!(first[1].to_string().starts_with("blake3:"));
    }
}

#[test]
fn a_day_of_another_kind_of_file_is_a_date_in_excel() {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("in.csv"), folder.path().join("out.xlsx"));
    let text = "code,origin,entered,loaded,value\n\
                9503000073,CN,2025-05-20,2025-05-01T10:00-04:00,10000\n\
                9503000073,CN,20 May 2025,,10000\n";
    std::fs::write(&input, text).unwrap();
    let made = run(&["assess", input.to_str().unwrap(), "-o", output.to_str().unwrap()]);
    assert_eq!(made.status, 1, "{made}");
    let lines = sheet(&output, "Sheet1");
    assert!(matches!(cell(&lines, 1, "entered"), Data::DateTime(_)));
    // A moment with its offset has no place in a cell of dates, and what is no date stays as it was.
    assert_eq!(cell(&lines, 1, "loaded"), Data::String("2025-05-01T10:00-04:00".to_owned()));
    assert_eq!(cell(&lines, 2, "entered"), Data::String("20 May 2025".to_owned()));
    assert_eq!(cell(&lines, 1, "code"), Data::String("9503000073".to_owned()));
    assert_eq!(cell(&lines, 2, "status"), Data::String("invalid".to_owned()));
}

#[test]
fn a_sheet_that_is_not_there_is_named_with_those_that_are() {
    let folder = tempfile::tempdir().unwrap();
    let input = book(folder.path());
    let missing = run(&["assess", &input, "--sheet", "Lines"]);
    assert_eq!(missing.status, 2, "{missing}");
    assert!(missing.stderr.contains("its sheets are notes, lines"), "{missing}");
    // The first sheet has no lines.
    let first = run(&["assess", &input]);
    assert!(first.stderr.contains("the column `code` is missing"), "{first}");
    let plain = run(&["assess", "examples/entries.csv", "--sheet", "lines"]);
    assert!(plain.stderr.contains("only workbooks have sheets"), "{plain}");
}

#[test]
fn what_was_written_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let input = book(folder.path());
    let output = folder.path().join("out.xlsx");
    let out = output.to_str().unwrap();
    run(&["assess", &input, "--sheet", "lines", "--programs", "none", "-o", out]);
    // The columns of the assessment stand in the way of a second one, and of nothing else.
    let again = run(&["assess", out, "--json"]);
    assert!(again.status < 2, "{again}");
    let told: serde_json::Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(told["lines"], 2, "{again}");
}
