//! Bad files of every kind give an error or a finding that says what to do, and never a panic.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use nomenclature::{Official, Revisions};

use crate::support::*;

fn refused(bytes: &[u8]) -> String {
    Official::read("hts.json", bytes).expect_err("a refusal").to_string()
}

#[test]
fn what_is_no_schedule_is_refused_in_words() {
    assert_eq!(
        refused(b""),
        "hts.json does not start with `[`: the official export is an array of rows"
    );
    assert!(refused(b"{\"error\": 404}").contains("array of rows"));
    assert!(refused(b"<html>").contains("array of rows"));
    assert!(refused(b"[{\"htsno\": \"0101\"").contains("line 1 column"));
    assert!(refused(b"[1, 2]").contains("not the official JSON"));
    assert!(refused(b"[]").contains("no row with an `htsno`"));
    assert!(refused(b"[{\"name\": \"x\"}]").contains("no row with an `htsno`"));
    assert!(refused(b"[\"\xff\"]").contains("not UTF-8 text (byte 2)"));
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(b"[{\"htsno\": \"0101.21.00\"}]").unwrap();
    let packed = packed.finish().unwrap();
    assert!(Official::read("x", &packed).is_ok());
    assert!(refused(&packed[..packed.len() - 12]).contains("cannot be unpacked"));
}

#[test]
fn odd_cells_read_as_what_they_say() {
    let text = "\u{feff} [{\"htsno\": 10121, \"general\": null, \"units\": \"kg\", \"indent\": 3},
        {\"htsno\": \"0101.21.00\", \"general\": 5, \"footnotes\": [{\"value\": null}, {}, \"See 9903.88.15\"],
         \"units\": null, \"description\": {\"value\": \"Horses\"}, \"new key\": {\"a\": [1]}}]";
    let official = Official::read("x", text.as_bytes()).unwrap();
    assert_eq!(official.rows[0].units, ["kg"]);
    assert_eq!(official.rows[0].indent, 3);
    assert!(official.rows[0].code.as_ref().unwrap().is_err());
    assert_eq!(official.rows[1].general, "5");
    assert_eq!(official.rows[1].footnotes, ["See 9903.88.15"]);
    assert_eq!(official.rows[1].description, "Horses");
}

#[test]
fn a_line_without_a_rate_never_takes_its_siblings() {
    let made = snapshot(&[
        ("0101.21.00", "", "5%", "", "20%"),
        ("0101.21.00.10", "No.", " \u{a0}", "\n", ""),
        ("0101.21.10.20", "No.", "", "", ""),
        ("0101.21.10.30", "No.", "7%", "", "9%"),
    ]);
    assert!(made.suffixes.contains_key(&code("0101.21.00.10")));
    assert!(!made.suffixes.contains_key(&code("0101.21.10.20")));
    assert_eq!(made.rates_of(code("0101.21.10.30")).unwrap().general, "7%");
    let said: Vec<_> = made.findings.iter().map(|f| f.message.as_str()).collect();
    assert_eq!(
        said,
        [
            "0101.21.10.20 has no rate in column general, and there is no 0101.21.10 to take it from",
            "0101.21.10.20 has no rate in column other, and there is no 0101.21.10 to take it from",
        ]
    );
}

#[test]
fn suffixes_that_differ_in_rate_become_lines_of_their_own() {
    let made = snapshot(&[
        ("0101.21.00", "", "5%", "", "20%"),
        ("0101.21.00.10", "No.", "", "", ""),
        ("0101.21.00.20", "No.", "6%", "", ""),
        ("0102.21.00.10", "No.", "1%", "", "2%"),
        ("0102.21.00.20", "No.", "3%", "", "2%"),
    ]);
    let lines: Vec<_> =
        made.lines.iter().map(|(c, t)| format!("{c} {} {}", t.general, t.other)).collect();
    assert_eq!(
        lines,
        ["0101.21.00 5% 20%", "0101.21.00.20 6% 20%", "0102.21.00.10 1% 2%", "0102.21.00.20 3% 2%",]
    );
}

#[test]
fn repeated_numbers_and_unreadable_rates_are_findings() {
    let made = snapshot(&[
        ("9801.00.10", "", "Free", "", ""),
        ("9801.00.10", "", "", "", ""),
        ("9801.00.10", "", "Free", "", "5%"),
        ("0101.21.00", "", "5 bushels", "", "20%"),
        ("0101.21.0", "", "5%", "", "20%"),
    ]);
    let said: Vec<_> = made.findings.iter().map(|f| format!("{} {}", f.line, f.message)).collect();
    assert_eq!(
        said,
        [
            "3 9801.00.10 stands twice with different rates",
            "4 0101.21.00: `5 bushels` cannot be read as a rate: at character 2 `%` or `¢` was expected",
            "5 `0101.21.0` has 7 digits; a code has 2, 4, 6, 8 or 10",
        ]
    );
}

#[test]
fn the_table_of_revisions_is_checked_cell_by_cell() {
    let text = "revision,published,effective,content_of,note\n\
        2025_basic,2025-01-01,,,\n2025_rev_1,2025-02-30,,,\n2025_basic,2025-01-01,,,\nrev,2025-01-01,,,\n\
        2026_rev_5,2026-04-08,2026-04-06,2026_rev_7,\n";
    let (revisions, findings) = Revisions::read("revisions.csv", text);
    let lines: Vec<_> = findings.iter().map(|f| f.line).collect();
    assert_eq!(lines, [3, 4, 5], "{findings:?}");
    let name = |text| nomenclature::RevisionName::parse(text).unwrap();
    assert_eq!(revisions.get(name("2025_basic")).unwrap().effective, day("2025-01-01"));
    assert_eq!(revisions.content_of(name("2026_rev_5")), name("2026_rev_7"));
    assert_eq!(revisions.get(name("2031_basic")), None);
}
