//! The lines of the entry form.

use insta::assert_snapshot;
use serde_json::Value;

use crate::truce::truce;

fn form(line: &str) -> String {
    let run = truce(&format!("duty {line} --file"));
    assert!(run.status < 2, "{line}: {run}");
    run.to_string()
}

/// The headings of each line of the form, in their order.
fn headings(line: &str) -> Vec<Vec<String>> {
    let json = filed(line);
    let lines = json["filing"]["lines"].as_array().unwrap().iter().map(|line| {
        let rows = line["rows"].as_array().unwrap().iter();
        rows.map(|row| row["heading"].as_str().unwrap().to_owned()).collect()
    });
    lines.collect()
}

fn filed(line: &str) -> Value {
    let run = truce(&format!("duty {line} --file --json"));
    assert!(run.status < 2, "{line}: {run}");
    serde_json::from_str(&run.stdout).unwrap()
}

const TOY: &str = "9503.00.00.73 --origin CN --entered 2025-05-20 --value 10000 --exported 2025-04-28 \
                   --quantity 500 --mode vessel";
const TOWER: &str = "7308.90.95.90 --origin CN --entered 2025-07-01 --value 10000 --content steel=7500 --quantity 900";
const WINE: &str = "2204.21.50.40 --origin FR --entered 2025-09-01 --value 12000 --quantity 3000";
const CAR: &str =
    "8703.23.01.10 --origin MX --entered 2025-06-20 --value 20000 --claim S --quantity 1";
const ASSEMBLED: &str = "8544.30.00.00 --origin MX --entered 2025-06-20 --value 10000 --claim 9802.00.80 \
                         --content us=4000";

#[test]
fn a_toy_of_china_has_its_value_on_the_row_of_its_code() {
    assert_snapshot!(form(TOY));
}

#[test]
fn a_steel_derivative_is_filed_on_two_lines() {
    assert_snapshot!(form(TOWER));
}

#[test]
fn a_total_stands_whole_under_its_heading() {
    assert_snapshot!(form(WINE));
}

#[test]
fn a_claim_shows_its_symbol_and_headings_at_nothing() {
    assert_snapshot!(form(CAR));
}

#[test]
fn american_components_are_free_on_the_row_of_chapter_98() {
    assert_snapshot!(form(ASSEMBLED));
}

#[test]
fn from_27_august_2026_all_of_section_301_comes_first() {
    // Forced labour (section 301), then section 232.
    let line = |entered: &str| {
        format!("7308.90.95.90 --origin CN --entered {entered} --value 10000 --quantity 900")
    };
    let order = |entered: &str| headings(&line(entered)).concat();
    let (before, after) = (order("2026-08-26"), order("2026-08-27"));
    assert_eq!(before.last(), Some(&"7308.90.95.90".to_owned()));
    assert_eq!(after.last(), Some(&"7308.90.95.90".to_owned()));
    assert_snapshot!(format!("{before:?}\n{after:?}"));
    let json = filed(&line("2026-08-27"));
    assert_eq!(json["filing"]["order"]["act"], "csms-69668138");
}

#[test]
fn rows_and_lines_add_up_to_the_duty_and_to_the_value() {
    for line in [
        TOY,
        TOWER,
        WINE,
        CAR,
        ASSEMBLED,
        "7308.90.95.90 --origin DE --entered 2025-09-01 --value 9999 --content steel=3333 --content us=2500 --quantity 77",
        "8415.10.30.40 --origin DE --entered 2025-09-01 --value 10001 --content steel=1234 --content aluminum=2345 --quantity 9",
        "7411.10.10.30 --origin CL --entered 2025-09-01 --value 10000 --content copper=7000 --quantity 100",
        "2204.21.50.40 --origin FR --entered 2025-09-01 --value 12000 --quantity 3000 --content us=3000",
        "0201.10.05.10 --origin AU --entered 2025-05-03 --value 5000 --quantity 1200",
        "8703.23.01.10 --origin DE --entered 2025-09-01 --value 30000 --quantity 1",
        "9503.00.00.73 --origin DE --entered 2025-09-01 --value 20000 --quantity 5 --claim 9801.00.20",
    ] {
        let json = filed(line);
        let cents =
            |value: &Value| -> i64 { value.as_str().unwrap().replace('.', "").parse().unwrap() };
        let (mut duty, mut value) = (0, 0);
        for form_line in json["filing"]["lines"].as_array().unwrap() {
            for row in form_line["rows"].as_array().unwrap() {
                duty += cents(&row["duty"]);
                if !row["value"].is_null() {
                    value += cents(&row["value"]);
                }
            }
        }
        assert_eq!(duty, cents(&json["duty"]), "{line}");
        assert_eq!(value, cents(&json["value"]), "{line}");
    }
}

#[test]
fn a_side_without_a_form_says_so() {
    let run = truce("duty 12019011 --by CN --origin US --entered 2025-06-01 --value 10000 --file");
    assert_eq!(run.status, 2, "{run}");
    assert!(run.stderr.contains("no entry form of China"), "{run}");
    // What nothing resolves has no lines to file.
    let run = truce("duty 9503.99.99.99 --origin CN --entered 2025-06-01 --value 10000 --file");
    assert!(run.stdout.contains("Unknown:"), "{run}");
}
