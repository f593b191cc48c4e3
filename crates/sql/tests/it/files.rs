//! Files by their path: what SQL sums is what `truce assess` writes.

use std::path::Path;
use std::process::Command;

use crate::ask::{one, root, rows};

/// `truce`, where it was built too.
fn truce() -> Option<std::path::PathBuf> {
    let truce = Path::new(env!("CARGO_BIN_EXE_truce-sql")).with_file_name("truce");
    if truce.is_file() {
        return Some(truce);
    }
    assert!(std::env::var_os("TRUCE_REQUIRE_SHARED").is_none(), "build truce first");
    eprintln!("skipped: {} is not built", truce.display());
    None
}

/// Every column that `assess` adds, line by line, from CSV and from Parquet.
#[test]
fn every_added_column_is_that_of_assess() {
    let Some(truce) = truce() else { return };
    let folder = tempfile::tempdir().unwrap();
    let entries = root().join("examples/entries.csv");
    let facts = "code, origin, entered, value, by => by, quantity => quantity, unit => unit, quantity_2 => \
                 quantity_2, unit_2 => unit_2, loaded => loaded, exported => exported, withdrawn => withdrawn, \
                 privileged => privileged, mode => mode, claims => claims, content_steel => content_steel, \
                 content_aluminum => content_aluminum, content_copper => content_copper, content_us => content_us";
    for (known, name) in [("entry", "assessed.csv"), ("today", "assessed.parquet")] {
        let assessed = folder.path().join(name);
        let run = Command::new(&truce)
            .args(["assess", entries.to_str().unwrap(), "--known", known, "-o"])
            .arg(&assessed)
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
        let assessed = assessed.display();
        let is_csv = name.ends_with(".csv");
        let mut columns: Vec<String> =
            ["duty", "duty_min", "duty_max", "headings", "status", "note"]
                .map(str::to_owned)
                .into();
        let functions = "select function from programs() where function is not null";
        columns.extend(rows(&[functions]).into_iter().map(|mut row| row.remove(0)));
        for column in columns {
            let is_text = ["headings", "status", "note"].contains(&column.as_str());
            let there = match (is_csv, is_text) {
                (true, false) => {
                    format!("cast(nullif(cast(a.{column} as varchar), '') as decimal(18, 2))")
                }
                (_, true) => format!("coalesce(cast(a.{column} as varchar), '')"),
                _ => format!("a.{column}"),
            };
            let here = match is_text {
                true => format!("coalesce({column}({facts}, known => '{known}'), '')"),
                false => format!("{column}({facts}, known => '{known}')"),
            };
            let query = format!(
                "select count(*), count(*) filter (where {there} is distinct from s.x) from '{assessed}' a \
                 join (select line, {here} as x from '{}') s on cast(a.line as bigint) = cast(s.line as bigint) \
                 where a.note is null or a.note not like '%cells, the head%'",
                entries.display()
            );
            // A row with too few cells is invalid to `assess`; DataFusion fills it up.
            let found = rows(&[&query]);
            assert_eq!(found, [["284", "0"]], "{column} as known {known}");
        }
    }
}

#[test]
fn patterns_and_folders_are_one_table() {
    let folder = tempfile::tempdir().unwrap();
    for part in ["a", "b"] {
        let text = "code,origin,entered,value\n0201100510,AU,2025-03-03,5000\n";
        std::fs::write(folder.path().join(format!("{part}.csv")), text).unwrap();
    }
    let path = folder.path().display();
    assert_eq!(one(&format!("select count(*) from '{path}/*.csv'")), "2");
    // A code keeps the zero that it begins with.
    let code = one(&format!("select distinct code from '{path}/a.csv'"));
    assert_eq!(code, "0201100510");
}

#[test]
fn what_is_written_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_truce-sql");
    for name in ["out.parquet", "out.csv"] {
        let out = folder.path().join(name);
        let query = "select code, origin, duty(code, origin, entered, value) as owed from \
                     'examples/entries.csv'";
        let run = Command::new(program)
            .current_dir(root())
            .args([query, "-o"])
            .arg(&out)
            .output()
            .unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        let sum = one(&format!("select sum(cast(owed as decimal(18,2))) from '{}'", out.display()));
        let again = one(&format!(
            "select sum(duty(code, origin, entered, value)) from '{}'",
            root().join("examples/entries.csv").display()
        ));
        assert_eq!(sum, again, "{name}");
        let left = std::fs::read_dir(folder.path()).unwrap().flatten();
        let parts = left.filter(|f| f.file_name().to_string_lossy().contains(".part"));
        assert_eq!(parts.count(), 0, "nothing half written is left");
    }
}

/// The same rows in the same order on any number of threads.
#[test]
fn the_output_does_not_depend_on_threads() {
    let program = env!("CARGO_BIN_EXE_truce-sql");
    let query = "select line, duty(code, origin, entered, value), note(code, origin, entered, value) \
                 from 'examples/entries.csv' order by cast(line as bigint)";
    let run = |threads: &str| {
        let run = Command::new(program)
            .current_dir(root())
            .args([query, "--format", "csv", "--threads", threads])
            .output()
            .unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        run.stdout
    };
    assert_eq!(run("1"), run("4"));
}
