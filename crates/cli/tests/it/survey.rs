//! `truce law survey` on a day of the real law, and what it refuses.

use serde_json::Value;

use crate::truce::{truce, truce_with};

/// The law of 1 June 2025 is past: what is asked of its lines changes only with the ledger's depth.
const DAY: [&str; 4] = ["--from", "2025-06-01", "--until", "2025-06-02"];

#[test]
fn a_survey_of_a_day_finds_no_silent_zero() {
    let mut arguments = vec!["law", "survey", "--json"];
    arguments.extend(DAY);
    let run = truce_with(&arguments);
    assert_eq!(run.status, 0, "{run}");
    let said: Value = serde_json::from_str(&run.stdout).unwrap();
    let lines = said["lines"].as_u64().unwrap();
    assert!(lines > 4_000_000, "{lines}");
    let codes = said["codes"].as_u64().unwrap();
    assert_eq!(lines, codes * said["countries"].as_u64().unwrap());
    assert_eq!(said["days"], serde_json::json!(["2025-06-01"]));

    let by_status = said["by_status"].as_object().unwrap();
    assert_eq!(by_status.values().map(|n| n.as_u64().unwrap()).sum::<u64>(), lines);
    assert!(by_status["exact"].as_u64().unwrap() * 10 > lines * 9, "{by_status:?}");
    assert_eq!((&by_status["unknown"], &by_status["invalid"]), (&0.into(), &0.into()));
    let needs = said["needs"].as_array().unwrap();
    assert!(needs.iter().all(|need| need["fact"].as_str().is_some_and(|fact| !fact.is_empty())));
    let asked: u64 = needs.iter().map(|need| need["lines"].as_u64().unwrap()).sum();
    assert!(asked >= by_status["needs-facts"].as_u64().unwrap());

    let findings = said["findings"].as_array().unwrap();
    assert!(findings.len() >= 7);
    assert!(findings.iter().all(|finding| finding["lines"] == 0), "{findings:#?}");
    // Some ten thousand codes pay column duties, most countries the baseline of April 2025.
    let owed = |program: &str| {
        let all = said["programs"].as_array().unwrap();
        let of = all.iter().find(|of| of["program"] == program);
        of.and_then(|of| of["owed"].as_u64()).unwrap_or_else(|| panic!("no program {program}"))
    };
    assert!(owed("mfn") * 2 > lines && owed("ieepa-reciprocal") * 2 > lines);
    assert!((codes..4 * codes).contains(&owed("ieepa-fentanyl")));
}

#[test]
fn a_survey_needs_a_schedule_and_a_day() {
    let run = truce("law survey --by CN");
    assert_eq!(run.status, 2, "{run}");
    assert!(run.stderr.contains("no schedule of `CN` is held here"), "{run}");
    let run = truce("law survey --from 2025-06-02 --until 2025-06-30");
    assert_eq!(run.status, 2, "{run}");
    assert!(run.stderr.contains("no month begins or ends between them"), "{run}");
}
