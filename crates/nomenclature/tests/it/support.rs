//! Small official files made on the spot, and the real ones where they are at hand.

use std::io::Write;
use std::path::PathBuf;

use nomenclature::{Official, Revision, RevisionName, Revisions, Schedule, Snapshot, import};
use tariff::{Code, Day};

pub fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub fn code(text: &str) -> Code {
    Code::parse(text).unwrap()
}

/// A row as the official files have it: number, units, general, special, column 2.
pub type RowText = (&'static str, &'static str, &'static str, &'static str, &'static str);

pub fn official(rows: &[RowText]) -> Official {
    official_with_notes(&rows.iter().map(|row| (*row, "")).collect::<Vec<_>>())
}

pub fn official_with_notes(rows: &[(RowText, &str)]) -> Official {
    let rows: Vec<_> = rows
        .iter()
        .map(|((htsno, units, general, special, other), note)| {
            let units: Vec<&str> = units.split(';').filter(|u| !u.is_empty()).collect();
            serde_json::json!({
                "htsno": htsno, "indent": "1", "description": format!("Goods of {htsno}"),
                "superior": null, "units": units, "general": general, "special": special,
                "other": other,
                "footnotes": [{"columns": ["general"], "value": note, "type": "endnote"}],
            })
        })
        .collect();
    let text = serde_json::to_vec(&rows).unwrap();
    Official::read("made.json", &text).unwrap()
}

pub fn snapshot(rows: &[RowText]) -> Snapshot {
    Snapshot::of(&official(rows))
}

/// A revision of 2025 with its publication; changes take effect the same day.
pub fn revision(number: u16, published: &str) -> Revision {
    let published = day(published);
    Revision { name: RevisionName { year: 2025, number }, published, effective: published }
}

pub type Files = Vec<(String, String)>;

/// Imports into a folder in memory.
pub fn imported(files: &Files, new: &[(Revision, Snapshot)]) -> Files {
    let made = import(files, &Revisions::default(), new).unwrap();
    let mut files: Files = files
        .iter()
        .filter(|(name, _)| !made.emptied.contains(name))
        .filter(|(name, _)| made.files.iter().all(|(made, _)| made != name))
        .cloned()
        .collect();
    files.extend(made.files);
    files.sort();
    files
}

pub fn schedule(files: &Files) -> Schedule {
    let (schedule, findings) = Schedule::read(files);
    assert_eq!(findings, []);
    schedule
}

/// The real official files; `None` (said in words) where they are not at hand, unless
/// `TRUCE_REQUIRE_SHARED=1` makes that a failure.
pub fn real_files() -> Option<Vec<PathBuf>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("TRUCE_SHARED").map_or(root.join("../shared"), PathBuf::from);
    let mut files: Vec<PathBuf> = std::fs::read_dir(shared.join("hts"))
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "gz" || e == "json"))
        .collect();
    files.sort();
    if files.is_empty() {
        let required = std::env::var("TRUCE_REQUIRE_SHARED").is_ok_and(|v| v == "1");
        assert!(!required, "TRUCE_REQUIRE_SHARED=1, but there are no official files");
        // Written past the test runner's capture, which would hide it in a passing test.
        let name = std::thread::current().name().unwrap_or("a test").to_owned();
        let help = "set TRUCE_SHARED to the folder that holds hts/";
        let _ = writeln!(std::io::stderr(), "{name}: SKIPPED, no official files; {help}");
        return None;
    }
    Some(files)
}

pub fn read_real(path: &std::path::Path) -> Official {
    let name = path.file_name().unwrap().to_string_lossy();
    Official::read(&name, &std::fs::read(path).unwrap()).unwrap()
}

/// A real file by the end of its name (`2025_rev_15`).
pub fn real(files: &[PathBuf], revision: &str) -> Official {
    let named = |path: &&PathBuf| path.to_string_lossy().contains(&format!("{revision}.json"));
    read_real(files.iter().find(named).expect(revision))
}
