//! Both sides over time: told, as data, and drawn.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use serde_json::Value;

use crate::truce::{Run, root, truce, truce_with};

fn json(line: &str) -> Value {
    let run = truce(&format!("timeline {line} --json"));
    assert_eq!(run.status, 0, "{run}");
    serde_json::from_str(&run.stdout).unwrap()
}

/// Steps on all goods of a side: the day, and the sum from then on.
fn sums(timeline: &Value, by: &str) -> Vec<(String, String)> {
    let steps = timeline["steps"].as_array().unwrap().iter();
    steps
        .filter(|step| step["by"] == by && step["goods"] == "all")
        .map(|step| {
            let moment = step["moment"].as_str().unwrap()[..10].to_owned();
            (moment, step["additional_to"].as_str().unwrap().to_owned())
        })
        .collect()
}

fn has(sums: &[(String, String)], day: &str, sum: &str) -> bool {
    sums.iter().any(|(d, s)| d == day && s == sum)
}

#[test]
fn the_weeks_of_geneva_are_told_in_order() {
    assert_snapshot!(truce("timeline --between US,CN --from 2025-05-01 --to 2025-05-29"));
}

#[test]
fn what_importers_faced_is_every_turn_of_the_two_years() {
    let told = json("--between US,CN");
    let (us, cn) = (sums(&told, "US"), sums(&told, "CN"));
    for (day, sum) in [
        ("2025-02-04", "10%"),
        ("2025-03-04", "20%"),
        ("2025-04-05", "30%"),
        ("2025-04-09", "104%"),
        ("2025-04-10", "145%"),
        ("2025-05-14", "30%"),
        ("2025-08-12", "30%"),
        ("2025-11-10", "20%"),
        ("2026-02-24", "10%"),
        ("2026-07-24", "12.5%"),
    ] {
        assert!(has(&us, day, sum), "US {day} {sum}: {us:?}");
    }
    for (day, sum) in [
        ("2025-04-10", "84%"),
        ("2025-04-12", "125%"),
        ("2025-05-14", "10%"),
        ("2025-08-12", "10%"),
        ("2025-11-10", "10%"),
        ("2026-11-10", "34%"),
    ] {
        assert!(has(&cn, day, sum), "CN {day} {sum}: {cn:?}");
    }
    // Sixty seconds of 24 February 2026 carry nothing.
    assert!(has(&us, "2026-02-24", "0%"), "{us:?}");
}

#[test]
fn as_known_today_the_struck_duties_never_were() {
    let told = json("--between US,CN --known today");
    let programs: BTreeSet<&str> = told["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|step| step["by"] == "US" && step["goods"] == "all")
        .map(|step| step["program"].as_str().unwrap())
        .collect();
    assert_eq!(programs, ["s122", "s301-forced-labor"].into());
}

#[test]
fn in_a_world_without_geneva_the_rates_of_april_stay() {
    let told = json("--between US,CN --world geneva-never-happened");
    assert!(!has(&sums(&told, "US"), "2025-05-14", "30%"));
    assert_eq!(told["world"], "geneva-never-happened");
}

#[test]
fn the_json_is_that_of_the_contract() {
    let told = json("--between US,CN");
    let keys =
        |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    for key in ["between", "code", "known", "world", "steps", "events", "ledger", "version"] {
        assert!(keys(&told).iter().any(|k| k == key), "{key}");
    }
    let step = [
        "moment",
        "by",
        "origin",
        "program",
        "measure",
        "title",
        "heading",
        "goods",
        "from",
        "to",
        "status",
        "why",
        "until",
        "additional_from",
        "additional_to",
        "acts",
        "cites",
    ];
    let statuses = ["in force", "suspended", "stayed", "void", "expired", "displaced"];
    for found in told["steps"].as_array().unwrap() {
        assert_eq!(keys(found), step);
        assert!(statuses.contains(&found["status"].as_str().unwrap()), "{found}");
        assert!(
            !found["cites"].as_array().unwrap().is_empty(),
            "a step without a citation: {found}"
        );
    }
    let kinds = [
        "talks",
        "call",
        "meeting",
        "hearing",
        "statement",
        "mechanism",
        "deadline",
        "filing",
        "ruling",
        "stay",
    ];
    let event = ["date", "until", "kind", "title", "place", "speaker", "quote", "cites"];
    for found in told["events"].as_array().unwrap() {
        assert_eq!(keys(found), event);
        assert!(kinds.contains(&found["kind"].as_str().unwrap()), "{found}");
        assert!(
            !found["cites"].as_array().unwrap().is_empty(),
            "an event without a source: {found}"
        );
        let words = found["quote"].as_str().map_or(0, |quote| quote.split_whitespace().count());
        assert!(words <= 25, "{found}");
    }
}

#[test]
fn the_steps_of_a_code_are_the_duties_of_its_days() {
    let told = json("--code 8541.43.00.10,8541.43.00 --from 2024-01-01");
    assert_eq!(told["codes"], serde_json::json!(["8541430010", "85414300"]));
    let mut seen = 0;
    for step in told["steps"].as_array().unwrap().iter().filter(|step| step["by"] == "US") {
        let moment = step["moment"].as_str().unwrap();
        let duty = truce_with(&[
            "duty",
            "8541.43.00.10",
            "--origin",
            "CN",
            "--entered",
            moment,
            "--value",
            "10000",
            "--json",
        ]);
        let duty: Value = serde_json::from_str(&duty.stdout).unwrap();
        let owed: i64 = duty["components"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|part| part["program"] != "mfn")
            .map(|part| part["amount"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap())
            .sum();
        let percent = step["additional_to"].as_str().unwrap().trim_end_matches('%');
        let told = (percent.parse::<f64>().unwrap() * 10_000.0).round() as i64;
        assert_eq!(owed, told, "{moment}");
        seen += 1;
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn one_code_stands_for_those_of_the_other_side_and_says_so() {
    let run = truce("timeline --code 9503.00.00.73 --from 2025-01-01");
    assert!(
        run.status == 0 && run.stdout.contains("stands for its 7 codes under 9503.00"),
        "{run}"
    );
}

#[test]
fn the_table_holds_every_step_and_every_event() {
    let told = json("--between US,CN");
    let run = truce("timeline --between US,CN --csv -");
    let mut rows = csv::Reader::from_reader(run.stdout.as_bytes());
    let mut counts = [0, 0];
    for row in rows.records() {
        counts[usize::from(&row.unwrap()[0] == "event")] += 1;
    }
    let of = |what: &str| told[what].as_array().unwrap().len();
    assert_eq!(counts, [of("steps"), of("events")]);
}

#[test]
fn a_partner_that_levies_nothing_here_has_one_side() {
    let told = json("--between US,JP --from 2025-01-01");
    let steps = told["steps"].as_array().unwrap();
    assert!(!steps.is_empty() && steps.iter().all(|step| step["by"] == "US"));
}

fn drawn(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("picture.svg");
    let path = path.to_str().unwrap();
    let run = truce_with(&[&["timeline", "--svg", path], arguments].concat());
    assert_eq!(run.status, 0, "{run}");
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_picture_in_the_docs_is_what_the_command_draws() {
    let held = std::fs::read_to_string(root().join("docs/regime.svg")).unwrap();
    let same = held == drawn(&["--between", "US,CN"]);
    assert!(same, "draw it anew: truce timeline --between US,CN --svg docs/regime.svg");
}

#[test]
fn a_picture_hatches_what_is_suspended_and_dots_what_comes() {
    let picture = drawn(&["--known", "2025-05-30"]);
    for told in
        ["url(#hatch", "class=\"later\"", "(54%)", ">54%<", "known on 30 May 2025", "eo-14298"]
    {
        assert!(picture.contains(told), "{told}");
    }
}

#[test]
fn what_cannot_be_told_is_refused_with_what_can() {
    let refused = |line: &str, words: &str| {
        let run: Run = truce(&format!("timeline {line}"));
        assert!(run.status == 2 && run.stderr.contains(words), "{line}: {run}");
    };
    refused("--between US", "is no pair");
    refused("--between JP,KR", "neither side levies duties here");
    refused("--code 95", "95 is a heading of many codes");
    refused("--code 9503.00.00.73,9503.00.89,9503.00.90", "more than two codes");
    refused("--code 9999.99.99.99", "has no code under 9999.99");
    refused("--code 0101.99.99.99,0101.99.99", "is not in the schedule on 2026-10-");
    refused("--from 2025-13-01", "--from");
    refused("--from 2025-06-01 --to 2025-05-01", "ends before it begins");
    refused("--svg no-such-folder/x.svg", "no-such-folder");
    refused(
        "--between JP,US --from 1900-01-01 --to 1901-01-01 --svg x.svg",
        "neither side levies anything",
    );
}
