//! Files that cannot be used are refused with what is wrong, where, and what would be right.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float32Array, Float64Array, Int64Array, StringArray};
use insta::assert_snapshot;

use crate::files::{assess, write_parquet};

fn text(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn good() -> Vec<(&'static str, ArrayRef)> {
    vec![
        ("code", text(&["9503.00.00.73", "9503.00.00.73"])),
        ("origin", text(&["CN", "VN"])),
        ("entered", text(&["2025-05-20", "2025-05-20"])),
        ("value", text(&["10000", "10000"])),
    ]
}

/// The good columns with one in another's place.
fn with(name: &'static str, column: ArrayRef) -> Vec<(&'static str, ArrayRef)> {
    let mut columns = good();
    columns.retain(|(known, _)| *known != name);
    columns.push((name, column));
    columns
}

/// What is said of a run that is refused, without the name of the folder.
fn refused(folder: &Path, input: &str, more: &[&str]) -> String {
    let run = assess(&folder.join(input), more);
    assert_eq!(run.status, 2, "{input} {more:?}: {run}");
    assert!(!run.stderr.contains("panicked") && run.stdout.is_empty(), "{run}");
    let parts = fs::read_dir(folder).unwrap().flatten();
    assert!(!parts.into_iter().any(|e| e.file_name().to_string_lossy().ends_with(".part")));
    run.stderr.replace(&folder.display().to_string(), "FOLDER")
}

#[test]
fn files_that_cannot_be_used_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let path = |name: &str| folder.join(name);
    let mut all = String::new();
    let mut told = |what: &str, text: String| all.push_str(&format!("{what}\n{text}\n"));

    write_parquet(&path("good.parquet"), good());
    let whole = fs::read(path("good.parquet")).unwrap();
    for (name, columns) in [
        ("no-code.parquet", good().into_iter().skip(1).collect()),
        ("float-money.parquet", with("value", Arc::new(Float32Array::from(vec![1.5, 2.5])))),
        ("float-content.parquet", {
            let mut columns = good();
            columns.push(("content_steel", Arc::new(Float32Array::from(vec![1.5, 2.5]))));
            columns
        }),
        (
            "truth-as-origin.parquet",
            with("origin", Arc::new(BooleanArray::from(vec![true, false]))),
        ),
        (
            "number-as-date.parquet",
            with("entered", Arc::new(Int64Array::from(vec![20_250_520; 2]))),
        ),
        ("duty-already.parquet", {
            let mut columns = good();
            columns.push(("duty", text(&["1", "2"])));
            columns
        }),
    ] {
        write_parquet(&path(name), columns);
        told(name, refused(folder, name, &["-o", path("out.csv").to_str().unwrap()]));
    }
    for (name, bytes) in [
        ("empty.parquet", &b""[..]),
        ("cut.parquet", &whole[..whole.len() / 2]),
        ("text.parquet", b"code,origin,entered,value\n"),
        ("parquet-inside.csv", &whole),
        ("empty.csv", b""),
        ("empty.xlsx", b""),
        ("text.xlsx", b"code,origin,entered,value\n"),
        ("old.xls", b"\xd0\xcf\x11\xe0"),
    ] {
        fs::write(path(name), bytes).unwrap();
        told(name, refused(folder, name, &[]));
    }
    fs::create_dir(path("folder.csv")).unwrap();
    told("a folder", refused(folder, "folder.csv", &[]));
    told("no file", refused(folder, "none.parquet", &[]));
    let out = |name: &str| path(name).to_str().unwrap().to_owned();
    for (what, name) in [
        ("onto itself", out("good.parquet")),
        ("wrong extension", out("out.json")),
        ("no extension", out("out")),
        ("no such folder", out("none/out.csv")),
        ("onto a folder", out("folder.csv")),
    ] {
        told(what, refused(folder, "good.parquet", &["-o", &name]));
    }
    for keys in ["colour", "value", "origin,origin", ""] {
        told(&format!("by `{keys}`"), refused(folder, "good.parquet", &["--group-by", keys]));
    }
    assert!(fs::read(path("good.parquet")).unwrap() == whole, "the input is as it was");
    assert_snapshot!(all);
}

#[test]
fn a_bad_cell_of_a_parquet_file_is_named_by_row_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.parquet");
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("code", Arc::new(Int64Array::from(vec![9_503_000_073, 201_300_200, -5, 950_300]))),
        ("origin", text(&["CN", "AU", "CN", "CN"])),
        ("entered", text(&["2025-05-20", "2025-05-20", "2025-05-20", "9999-12-31"])),
        ("value", Arc::new(Int64Array::from(vec![Some(10_000), None, Some(1), Some(1)]))),
        ("quantity", Arc::new(Float64Array::from(vec![0.1, 1.0, f64::NAN, 0.1 + 0.2]))),
    ];
    write_parquet(&path, columns);
    let run = assess(&path, &[]);
    assert_eq!(run.status, 1, "{run}");
    assert_snapshot!(run.to_string().replace(&folder.path().display().to_string(), "FOLDER"));
}
