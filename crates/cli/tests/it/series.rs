//! The figures of docs/series.md are what its commands print. Needs the tables of trade in `../shared`.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use serde_json::Value;

use crate::truce::{root, truce_with};

/// The folder of data that is not the project's own.
fn shared() -> Option<PathBuf> {
    let shared = std::env::var_os("TRUCE_SHARED").map_or(root().join("../shared"), PathBuf::from);
    if shared.join("trade").is_dir() {
        return Some(shared);
    }
    assert!(
        std::env::var_os("TRUCE_REQUIRE_SHARED").is_none(),
        "TRUCE_REQUIRE_SHARED is set and there are no tables in ../shared/trade"
    );
    // Past the test's capture, so that it is said where it holds.
    let _ = writeln!(std::io::stderr(), "series: SKIPPED, no tables of trade in ../shared/trade");
    None
}

/// The rows of the answer to a command of the page.
fn rows(command: &str, shared: &str) -> Vec<Value> {
    let command = command.replace("../shared", shared);
    // The picture of a command is held apart; here it would be written over.
    let asked = command.split(" --svg ").next().unwrap();
    let mut words: Vec<&str> = asked.split_whitespace().skip(1).collect();
    words.push("--json");
    let run = truce_with(&words);
    assert_eq!(run.status, 0, "{run}");
    let said: Value = serde_json::from_str(&run.stdout).unwrap();
    said["series"][0]["rows"].as_array().unwrap().clone()
}

/// A share in percent with two decimals, half up.
fn percent(share: &Value) -> String {
    let Some(share) = share.as_str() else { return "-".to_owned() };
    let millionths: i64 = share.replace('.', "").parse().unwrap();
    let hundredths = (millionths + 50) / 100;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// `total (additional)`, as the page has it; of additional layers alone only these. Any other word is the
/// beginning of the names of programs, which are summed.
fn told(rows: &[Value], date: &str, what: &str) -> String {
    let row = rows
        .iter()
        .find(|row| row["from"].as_str().unwrap() <= date && date < row["until"].as_str().unwrap());
    let row = row.unwrap_or_else(|| panic!("no row holds {date}"));
    match (&row["total"], what) {
        (_, "at least") => percent(&row["least"]),
        (_, "additional") => percent(&row["additional"]),
        (total, "total") => format!("{} ({})", percent(total), percent(&row["additional"])),
        (_, programs) => {
            let is_one = |row: &Value| {
                row["programs"]
                    .as_object()
                    .is_some_and(|of| of.keys().any(|p| p.starts_with(programs)))
            };
            assert!(rows.iter().any(is_one), "no program of the answer begins with {programs}");
            let of = row["programs"].as_object().expect("a command with --group-by program");
            let named = of.iter().filter(|(name, _)| name.starts_with(programs));
            let millionths = |(_, share): (&String, &Value)| -> i64 {
                share.as_str().unwrap().replace('.', "").parse().unwrap()
            };
            let sum: i64 = named.map(millionths).sum();
            percent(&Value::String(format!("{}.{:06}", sum / 1_000_000, sum % 1_000_000)))
        }
    }
}

/// What is wrong with the picture that a command of the page draws.
fn drawn(command: &str, shared: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let command = command.replace("../shared", shared);
    let (before, picture) = command.split_once(" --svg ").unwrap();
    let path = folder.path().join("drawn.svg").display().to_string();
    let mut words: Vec<&str> = before.split_whitespace().skip(1).collect();
    words.extend(["--svg", &path]);
    let run = truce_with(&words);
    assert_eq!(run.status, 0, "{run}");
    let held = fs::read_to_string(root().join(picture.trim())).unwrap_or_default();
    let made = fs::read_to_string(&path).unwrap();
    (held != made).then(|| format!("{picture} is not what `{before} --svg {picture}` draws"))
}

#[test]
fn the_page_on_series_tells_what_its_commands_print() {
    let Some(shared) = shared() else { return };
    let shared = shared.display().to_string();
    let page = fs::read_to_string(root().join("docs/series.md")).unwrap();
    // `A: truce average …` in a block, then tables whose heads begin with such a letter.
    let commands: BTreeMap<&str, &str> = page
        .lines()
        .filter_map(|line| line.split_once(": truce average"))
        .filter(|(name, _)| name.len() == 1)
        .collect();
    assert!(commands.len() >= 5, "{commands:?}");
    let mut answers: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    let mut head: Vec<&str> = Vec::new();
    let (mut held, mut wrong) = (0, Vec::new());
    for line in page.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if !line.starts_with('|') {
            head.clear();
        } else if head.is_empty() {
            head = cells;
        } else if !cells[0].starts_with('-') {
            for (name, cell) in head.iter().zip(&cells) {
                let (letter, rest) = name.split_at(name.len().min(1));
                let Some(rest) = rest.strip_prefix(": ") else { continue };
                let command = commands[letter];
                let rows = answers
                    .entry(letter)
                    .or_insert_with(|| rows(&format!("truce average{command}"), &shared));
                let ours = told(rows, cells[0], rest);
                held += 1;
                if ours != *cell {
                    wrong
                        .push(format!("{name} on {}: the page has {cell}, it is {ours}", cells[0]));
                }
            }
        }
    }
    for command in commands.values().filter(|command| command.contains("--svg")) {
        wrong.extend(drawn(&format!("truce average{command}"), &shared));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(held > 60, "{held}");
}
