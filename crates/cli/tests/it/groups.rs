//! Lines summed up by keys.

use insta::assert_snapshot;

use crate::truce::{root, truce, truce_with};

/// The columns of a CSV text by name, as hundredths.
fn sum(text: &str, column: &str) -> i128 {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let at = reader.headers().unwrap().iter().position(|name| name == column).unwrap();
    let cents = |text: &str| text.replace('.', "").parse::<i128>().unwrap_or(0);
    reader.records().map(|row| cents(&row.unwrap()[at])).sum()
}

#[test]
fn groups_are_printed_with_their_sums() {
    assert_snapshot!(truce("assess examples/entries.csv --group-by program,year"));
    assert_snapshot!(truce("assess examples/entries.csv --group-by status,by"));
}

#[test]
fn the_sums_of_groups_are_those_of_the_lines() {
    let folder = tempfile::tempdir().unwrap();
    let input = root().join("examples/entries.csv");
    let write = |name: &str, more: &[&str]| {
        let path = folder.path().join(name);
        let mut arguments = vec!["assess", input.to_str().unwrap(), "-o", path.to_str().unwrap()];
        arguments.extend(more);
        let run = truce_with(&arguments);
        assert_eq!(run.status, 1, "{run}");
        std::fs::read_to_string(path).unwrap()
    };
    let lines = write("lines.csv", &[]);
    let duty = sum(&lines, "duty");
    for keys in ["origin", "month,chapter", "code,mode,status", "day", "hs4,hs6,year"] {
        let groups = write("groups.csv", &["--group-by", keys]);
        assert_eq!(sum(&groups, "duty"), duty, "{keys}");
        assert_eq!(sum(&groups, "lines"), 285, "{keys}");
    }
    let groups = write("groups.csv", &["--group-by", "program,origin"]);
    let head = lines.lines().next().unwrap();
    let programs =
        head.split(',').filter(|name| name.starts_with("duty_") && !name.starts_with("duty_m"));
    let all: i128 = programs.chain(["duty_mfn"]).map(|name| sum(&lines, name)).sum();
    assert_eq!(sum(&groups, "duty"), all);
}
