//! Files of every kind say the same: the same lines have the same duties.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, Decimal128Array, Float64Array, Int64Array, LargeStringArray,
    RecordBatch, StringArray, StringDictionaryBuilder, StringViewArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{Int8Type, Int32Type};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::truce::{Run, root, truce_with};

pub fn assess(input: &Path, more: &[&str]) -> Run {
    let mut arguments = vec!["assess", input.to_str().unwrap()];
    arguments.extend(more);
    truce_with(&arguments)
}

/// The lines of the examples, and the columns of their CSV file.
fn examples() -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).from_path(root().join("examples/entries.csv"));
    let reader = reader.as_mut().unwrap();
    let head = reader.headers().unwrap().iter().map(str::to_owned).collect::<Vec<_>>();
    let rows = reader.records().map(|row| {
        let mut row: Vec<String> = row.unwrap().iter().map(str::to_owned).collect();
        row.resize(head.len(), String::new());
        row
    });
    let rows = rows.collect();
    (head, rows)
}

pub fn write_parquet(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, column)| (name, column, true)),
    )
    .unwrap();
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// The columns that were added, as text, row by row.
fn added(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let duty = reader.headers().unwrap().iter().position(|name| name == "duty").unwrap();
    let rows =
        reader.records().map(|row| row.unwrap().iter().skip(duty).collect::<Vec<_>>().join("|"));
    rows.collect()
}

/// The examples in each kind of file, in a folder.
fn in_every_form(folder: &Path) -> Vec<PathBuf> {
    let (head, rows) = examples();
    let path = |name: &str| folder.join(name);
    let mut writer = csv::Writer::from_path(path("plain.csv")).unwrap();
    writer.write_record(&head).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.flush().unwrap();

    let cells =
        |at: usize| rows.iter().map(move |row| (!row[at].is_empty()).then(|| row[at].as_str()));
    let form = |make: &dyn Fn(usize) -> ArrayRef| {
        head.iter().enumerate().map(|(at, name)| (name.as_str(), make(at))).collect::<Vec<_>>()
    };
    let plain = |at: usize| Arc::new(cells(at).collect::<StringArray>()) as ArrayRef;
    let large = |at: usize| Arc::new(cells(at).collect::<LargeStringArray>()) as ArrayRef;
    let view = |at: usize| Arc::new(cells(at).collect::<StringViewArray>()) as ArrayRef;
    let dictionary = |at: usize| {
        let mut builder = StringDictionaryBuilder::<Int32Type>::new();
        cells(at).for_each(|cell| builder.append_option(cell));
        Arc::new(builder.finish()) as ArrayRef
    };
    let mixed = |at: usize| if at.is_multiple_of(2) { large(at) } else { view(at) };
    write_parquet(&path("plain.parquet"), form(&plain));
    write_parquet(&path("mixed.parquet"), form(&mixed));
    write_parquet(&path("dictionary.parquet"), form(&dictionary));

    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (at, name) in head.iter().enumerate() {
        sheet.write_string(0, at as u16, name).unwrap();
    }
    for (row, cells) in rows.iter().enumerate() {
        for (at, cell) in cells.iter().enumerate() {
            let place = (row as u32 + 1, at as u16);
            let number = ["value", "quantity"].contains(&head[at].as_str());
            match cell.parse::<f64>() {
                _ if cell.is_empty() => {}
                Ok(amount) if number => drop(sheet.write_number(place.0, place.1, amount).unwrap()),
                _ => drop(sheet.write_string(place.0, place.1, cell).unwrap()),
            }
        }
    }
    book.save(path("book.xlsx")).unwrap();
    ["plain.csv", "plain.parquet", "mixed.parquet", "dictionary.parquet", "book.xlsx"]
        .map(path)
        .into()
}

#[test]
fn the_kind_of_file_changes_no_duty() {
    let folder = tempfile::tempdir().unwrap();
    let mut first: Option<Vec<String>> = None;
    for input in in_every_form(folder.path()) {
        let output = folder.path().join("out.csv");
        let run = assess(&input, &["-o", output.to_str().unwrap()]);
        assert_eq!(run.status, 1, "{}: {run}", input.display());
        let duties = added(&output);
        assert_eq!(duties.len(), 285);
        let first = first.get_or_insert_with(|| duties.clone());
        for (at, (a, b)) in first.iter().zip(&duties).enumerate() {
            assert_eq!(a, b, "{} line {}", input.display(), at + 1);
        }
    }
}

#[test]
fn what_is_written_as_parquet_or_excel_is_what_is_written_as_csv() {
    let folder = tempfile::tempdir().unwrap();
    let input = root().join("examples/entries.csv");
    let path = |name: &str| folder.path().join(name);
    for name in ["a.csv", "a.parquet", "a.xlsx"] {
        let run = assess(&input, &["-o", path(name).to_str().unwrap(), "--programs", "met"]);
        assert_eq!(run.status, 1, "{run}");
    }
    let text = fs::read_to_string(path("a.csv")).unwrap();
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    let head: Vec<String> = csv.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<Vec<String>> =
        csv.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();

    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path("a.parquet")).unwrap());
    let reader = reader.unwrap();
    let notes = reader.metadata().file_metadata().key_value_metadata().unwrap().clone();
    for key in ["truce.ledger", "truce.known", "truce.world", "truce.verified_through"] {
        assert!(notes.iter().any(|note| note.key == key && note.value.is_some()), "{key}");
    }
    let mut from_parquet = Vec::new();
    for batch in reader.build().unwrap() {
        let batch = batch.unwrap();
        assert_eq!(
            batch.schema().field_with_name("duty").unwrap().data_type(),
            &arrow::datatypes::DataType::Decimal128(18, 2)
        );
        for row in 0..batch.num_rows() {
            let cell = |at: usize| {
                arrow::util::display::array_value_to_string(batch.column(at), row).unwrap()
            };
            from_parquet.push((0..batch.num_columns()).map(cell).collect::<Vec<_>>());
        }
    }
    assert_eq!(rows, from_parquet);

    // Every cell of the sheet is that of the CSV file, numbers in the way Excel has them.
    let again = path("again.csv");
    let run = assess(&path("a.xlsx"), &["--json"]);
    assert_eq!(run.status, 1, "{run}");
    let by_csv = assess(&path("a.csv"), &["--json"]);
    let figures = |run: &Run| run.stdout.split_once("\"lines\"").unwrap().1.replace("row\":", "");
    assert_eq!(figures(&run).len(), figures(&by_csv).len(), "{run}\n{by_csv}");
    let run = assess(&path("a.xlsx"), &["-o", again.to_str().unwrap()]);
    assert_eq!(run.status, 2, "{run}");
    assert!(run.stderr.contains("has a column `duty` already"), "{run}");
    assert!(!again.exists() && head.contains(&"duty_mfn".to_owned()));
}

#[test]
fn every_type_that_holds_a_fact_exactly_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.parquet");
    let output = folder.path().join("out.csv");
    let mut by = StringDictionaryBuilder::<Int8Type>::new();
    ["US", "US", "US"].iter().for_each(|side| by.append_value(side));
    // 2025-05-20; the same day at 04:00 UTC is midnight in New York.
    let days = vec![20228, 20228, 20228];
    let midnight = 20228 * 86_400_000_000i64;
    let money = |values: Vec<i128>, scale| {
        let array = Decimal128Array::from(values).with_precision_and_scale(20, scale).unwrap();
        Arc::new(array) as ArrayRef
    };
    let forms: Vec<(&str, ArrayRef, ArrayRef, ArrayRef)> = vec![
        (
            "whole numbers and days",
            Arc::new(Int64Array::from(vec![9_503_000_073; 3])),
            Arc::new(Date32Array::from(days)),
            Arc::new(Int64Array::from(vec![10_000; 3])),
        ),
        (
            "timestamps without a zone, cents",
            Arc::new(StringArray::from(vec!["9503000073"; 3])),
            Arc::new(TimestampMicrosecondArray::from(vec![midnight; 3])),
            money(vec![1_000_000; 3], 2),
        ),
        (
            "timestamps with a zone, more decimals",
            Arc::new(StringArray::from(vec!["9503.00.00.73"; 3])),
            Arc::new(
                TimestampMicrosecondArray::from(vec![midnight + 14_400_000_000; 3])
                    .with_timezone("America/New_York"),
            ),
            money(vec![100_000_000; 3], 4),
        ),
    ];
    let by: ArrayRef = Arc::new(by.finish());
    for (what, code, entered, value) in forms {
        let columns = vec![
            ("by", by.clone()),
            ("code", code),
            ("origin", Arc::new(StringArray::from(vec!["CN"; 3])) as ArrayRef),
            ("entered", entered),
            ("value", value),
            ("quantity", Arc::new(Float64Array::from(vec![Some(0.1), None, Some(1200.4)]))),
            ("unit", Arc::new(StringArray::from(vec![Some("kg"), None, Some("kg")]))),
            ("content_us", Arc::new(Int64Array::from(vec![None, Some(0), None]))),
        ];
        write_parquet(&input, columns);
        let run = assess(&input, &["-o", output.to_str().unwrap(), "--programs", "none"]);
        assert_eq!(run.status, 0, "{what}: {run}");
        for row in added(&output) {
            assert!(row.starts_with("3000.00|3000.00|3000.00|"), "{what}: {row}");
        }
    }
}

/// A file that is longer than one piece, good lines and bad ones among each other.
fn long_file(path: &Path, lines: usize) {
    let (head, rows) = examples();
    let mut writer = csv::Writer::from_path(path).unwrap();
    writer.write_record(&head).unwrap();
    for at in 0..lines {
        let mut row = rows[at % rows.len()].clone();
        row[0] = at.to_string();
        writer.write_record(&row).unwrap();
    }
    writer.flush().unwrap();
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    long_file(&path("in.csv"), 70_000);
    for form in ["csv", "parquet"] {
        let mut first: Option<(Vec<u8>, String)> = None;
        for threads in ["1", "2", "7"] {
            let output = path(&format!("out.{form}"));
            let more = ["-o", output.to_str().unwrap(), "--threads", threads];
            let run = assess(&path("in.csv"), &more);
            assert_eq!(run.status, 1, "{run}");
            let found = (fs::read(&output).unwrap(), run.stdout);
            let first = first.get_or_insert_with(|| found.clone());
            assert!(*first == found, "{form} with {threads} threads");
        }
        // The output is an input as well: the same sums come out of it.
        let groups = |input: &Path, threads: &str| {
            let run = assess(
                input,
                &["--group-by", "program,month,mode", "--json", "--threads", threads],
            );
            run.stdout.split_once("\"groups\"").unwrap().1.to_owned()
        };
        let output = path(&format!("out.{form}"));
        assert_eq!(groups(&path("in.csv"), "1"), groups(&output, "3"));
    }
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_leaves_no_file() {
    use std::process::{Command, Stdio};
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    long_file(&path("in.csv"), 200_000);
    let mut child = Command::new(env!("CARGO_BIN_EXE_truce"))
        .args(["assess", path("in.csv").to_str().unwrap()])
        .args(["-o", path("out.parquet").to_str().unwrap(), "--programs", "none"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let files = || fs::read_dir(folder.path()).unwrap().count();
    while files() < 2 {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it was interrupted");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    // A moment until the handler stands.
    std::thread::sleep(std::time::Duration::from_millis(50));
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(files(), 1);
}

#[test]
fn several_files_are_one_run_when_their_columns_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let forms = in_every_form(folder.path());
    let [csv, plain, _, _, book] =
        forms.iter().map(|f| f.to_str().unwrap()).collect::<Vec<_>>()[..]
    else {
        panic!("five files");
    };
    // Text is text, in whatever kind of file.
    let run = truce_with(&["assess", plain, csv, book, "--json"]);
    assert!(run.stdout.contains("\"lines\":855"), "{run}");
    write_parquet(
        &folder.path().join("plain.parquet"),
        vec![("code", Arc::new(Int64Array::from(vec![1])))],
    );
    let run = truce_with(&["assess", csv, plain]);
    assert!(run.status == 2 && run.stderr.contains("column `origin` is missing"), "{run}");
}
