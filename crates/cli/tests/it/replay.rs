//! Receipts, and runs done again from them.

use std::fs;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use serde_json::Value;

use crate::truce::{Run, truce, truce_with};

const LINES: &str = "line,code,origin,entered,value\n\
                     a,9503.00.00.73,CN,2025-05-20,10000\n\
                     b,9503.00.00.73,CN,2025-06-20,10000\n";

/// A file of lines in a folder, and what a command on it leaves there.
fn run(folder: &Path, arguments: &[&str]) -> Run {
    let input = folder.join("in.csv");
    if !input.exists() {
        fs::write(&input, LINES).unwrap();
    }
    let place = |argument: &&str| match argument.strip_prefix('@') {
        Some(name) => folder.join(name).to_str().unwrap().to_owned(),
        None => (*argument).to_owned(),
    };
    let arguments: Vec<String> = arguments.iter().map(place).collect();
    truce_with(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn every_command_that_answers_leaves_a_receipt_that_replays() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let world = at.join("mine.toml");
    fs::write(
        &world,
        "id = \"mine\"\ntitle = \"t\"\ndescription = \"d\"\n\n[[do]]\ndrop = [\"scotus-lr\"]\n",
    )
    .unwrap();
    for (command, receipt) in [
        (&["assess", "@in.csv", "-o", "@out.csv"][..], "out.csv.receipt.json"),
        (
            &["assess", "@in.csv", "-o", "@out.parquet", "--known", "today"],
            "out.parquet.receipt.json",
        ),
        (&["assess", "@in.csv", "-o", "@out.xlsx"], "out.xlsx.receipt.json"),
        (&["assess", "@in.csv", "--group-by", "month", "-o", "@sums.csv"], "sums.csv.receipt.json"),
        (&["assess", "@in.csv", "--json", "--receipt", "@summary.json"], "summary.json"),
        (
            &[
                "diff",
                "@in.csv",
                "--from",
                "known=entry",
                "--to",
                "known=today",
                "-o",
                "@diff.xlsx",
            ],
            "diff.xlsx.receipt.json",
        ),
        (
            &[
                "assess",
                "@in.csv",
                "--world",
                "@mine.toml",
                "--known",
                "today",
                "-o",
                "@w.csv",
                "--receipt",
                "@w.json",
            ],
            "w.json",
        ),
        (
            &[
                "duty",
                "9503.00.00.73",
                "--origin",
                "CN",
                "--entered",
                "2025-05-20",
                "--value",
                "1",
                "--receipt",
                "@d.json",
            ],
            "d.json",
        ),
    ] {
        let made = run(at, command);
        assert!(made.status < 2, "{command:?}: {made}");
        let receipt = at.join(receipt);
        let told = json(&receipt);
        assert_eq!(told["status"], made.status, "{command:?}");
        for field in ["version", "ledger", "official_through", "verified_through", "arguments"] {
            assert!(!told[field].is_null(), "{command:?}: {field}");
        }
        assert!(told["known"].is_string() || told["from"].is_object(), "{command:?}");
        let before = fs::read(&receipt).unwrap();
        let again = truce_with(&["replay", receipt.to_str().unwrap()]);
        assert_eq!(again.status, 0, "{command:?}: {again}");
        assert_eq!(fs::read(&receipt).unwrap(), before, "a replay writes nothing");
    }
    let inputs = json(&at.join("w.json"))["inputs"].clone();
    assert_eq!(inputs.as_array().unwrap().len(), 2, "the file of the world is an input: {inputs}");
}

#[test]
fn a_receipt_holds_what_is_needed_to_ask_again() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["assess", "@in.csv", "-o", "@out.csv", "--reading", "old-cars=out"]);
    let text = fs::read_to_string(folder.path().join("out.csv.receipt.json")).unwrap();
    let text = text.replace(folder.path().to_str().unwrap(), "[folder]");
    let text = text.lines().map(|line| match line.trim_start().strip_prefix("\"ledger\": ") {
        Some(_) => "  \"ledger\": [digest],".to_owned(),
        None => line.to_owned(),
    });
    assert_snapshot!(text.collect::<Vec<_>>().join("\n"));
}

fn assessed(folder: &Path) -> PathBuf {
    let made = run(folder, &["assess", "@in.csv", "-o", "@out.csv"]);
    assert_eq!(made.status, 0, "{made}");
    folder.join("out.csv.receipt.json")
}

#[test]
fn an_input_that_changed_is_named_with_both_digests() {
    let folder = tempfile::tempdir().unwrap();
    let receipt = assessed(folder.path());
    fs::write(folder.path().join("in.csv"), LINES.replace("10000", "10001")).unwrap();
    let again = truce_with(&["replay", receipt.to_str().unwrap(), "--json"]);
    assert_eq!(again.status, 1, "{again}");
    let told: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!((&told["same"], &told["ran"]), (&Value::Bool(false), &Value::Bool(false)));
    let held = told["held"].as_array().unwrap();
    let input = held.iter().find(|held| held["what"] == "input").unwrap();
    // The digests themselves are taken out of what a test sees.
    assert_eq!(input["same"], false);
    assert!(input["then"].is_string() && input["now"].is_string());
    assert!(held.iter().all(|held| held["what"] != "output"));
    fs::remove_file(folder.path().join("in.csv")).unwrap();
    let again = truce_with(&["replay", receipt.to_str().unwrap()]);
    assert_eq!(again.status, 2, "{again}");
    assert!(again.stderr.contains("replay from the folder"), "{again}");
}

#[test]
fn another_ledger_and_another_output_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let receipt = assessed(folder.path());
    let mut told = json(&receipt);
    told["ledger"] = "blake3:0000".into();
    told["outputs"][0]["digest"] = "blake3:1111".into();
    fs::write(&receipt, told.to_string()).unwrap();
    let again = truce_with(&["replay", receipt.to_str().unwrap()]);
    assert_eq!(again.status, 1, "{again}");
    assert!(again.stdout.contains("then blake3:0000"), "{again}");
    assert!(again.stdout.contains("then blake3:1111"), "{again}");
    assert!(again.stdout.ends_with("Not the same.\n"), "{again}");
}

#[test]
fn what_is_no_receipt_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("receipt.json");
    let good = assessed(folder.path());
    let good = json(&good);
    let mut all = String::new();
    let without = |field: &str| {
        let mut told = good.clone();
        told.as_object_mut().unwrap().remove(field);
        told.to_string()
    };
    let with = |field: &str, value: Value| {
        let mut told = good.clone();
        told[field] = value;
        told.to_string()
    };
    for text in [
        "not json".to_owned(),
        "{}".to_owned(),
        with("receipt", 99.into()),
        with("arguments", serde_json::json!([1])),
        with("inputs", serde_json::json!([{"file": "-", "digest": null}])),
        without("outputs"),
        without("ledger"),
    ] {
        fs::write(&path, text).unwrap();
        let again = truce_with(&["replay", path.to_str().unwrap()]);
        assert_eq!(again.status, 2, "{again}");
        all.push_str(&again.stderr.replace(path.to_str().unwrap(), "[receipt]"));
    }
    assert_snapshot!(all);
    assert_eq!(truce("replay no-such-file.json").status, 2);
}

#[test]
fn a_receipt_runs_no_command_that_has_none() {
    let folder = tempfile::tempdir().unwrap();
    let receipt = assessed(folder.path());
    let mut told = json(&receipt);
    told["arguments"] = serde_json::json!(["law", "fmt"]);
    fs::write(&receipt, told.to_string()).unwrap();
    let again = truce_with(&["replay", receipt.to_str().unwrap()]);
    assert_eq!(again.status, 1, "{again}");
    assert!(again.stdout.contains("this command has no receipt"), "{again}");
}
