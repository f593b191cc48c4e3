//! Snapshots of what people see.

use insta::assert_snapshot;

use crate::truce::{truce, truce_with};

#[test]
fn the_brief_of_30_may_2025_tells_the_story_of_the_articles() {
    let run = truce("brief --between US,CN --on 2025-05-30");
    for told in [
        "United States on all goods of China: 30% (145% until 14 May 2025)",
        "China on all goods of United States: 10% (125% until 14 May 2025)",
        "then 54% from 2025-08-12T00:01-04:00",
        "then 34% from 2025-08-12T12:01+08:00",
        "until 2025-07-09",
        "stayed by cafc-adm-stay",
        "Huawei",
        "a bit stalled",
        "Geneva",
        "mechanism for consultation",
    ] {
        assert!(run.stdout.contains(told), "{told} is not in\n{}", run.stdout);
    }
    assert_snapshot!(run);
}

#[test]
fn a_brief_looks_ahead_as_the_law_was_known() {
    assert_snapshot!(truce("brief --on 2025-08-20 --known 2025-08-01"));
}

#[test]
fn a_brief_after_the_supreme_court_has_no_ieepa_layer() {
    assert_snapshot!(truce("brief --on 2026-08-01"));
}

#[test]
fn a_brief_is_json_of_the_contract() {
    assert_snapshot!(truce("brief --between US,CN --on 2025-05-30 --json"));
}

#[test]
fn a_toy_of_china_under_the_truce() {
    assert_snapshot!(truce("duty 9503.00.00.73 --origin CN --entered 2025-05-20 --value 10000"));
}

#[test]
fn a_toy_of_china_as_json() {
    assert_snapshot!(truce(
        "duty 9503000073 --origin CN --entered 2025-05-20 --value 10000 --json"
    ));
}

#[test]
fn the_known_law_of_1_august_2025_said_54_percent_for_20_august() {
    assert_snapshot!(truce(
        "duty 9503.00.00.73 --origin CN --entered 2025-08-20 --value 10000 --known 2025-08-01"
    ));
}

#[test]
fn a_compound_rate_shows_its_quantity() {
    assert_snapshot!(truce_with(&[
        "duty",
        "0402.99.90.00",
        "--origin",
        "NZ",
        "--entered",
        "2025-03-03",
        "--value",
        "5000",
        "--quantity",
        "1200.4 kg",
    ]));
}

#[test]
fn a_missing_quantity_is_a_missing_fact() {
    assert_snapshot!(truce("duty 2204.21.50.40 --origin AR --entered 2025-03-03 --value 12000"));
}

#[test]
fn american_soya_in_china_on_the_day_the_rate_changed_at_noon() {
    assert_snapshot!(truce("duty 12019011 --by CN --origin US --entered 2025-05-14 --value 10000"));
}

#[test]
fn what_hangs_on_a_reading_is_said_with_its_source() {
    let line =
        "duty 7308.90.30.00 --origin CA --entered 2025-06-10 --value 10000 --content steel=4000";
    let run = truce(line);
    assert!(run.stdout.contains("Read otherwise"), "{run}");
    // Under the other option, the first is the other one.
    let other = truce(&format!("{line} --reading ca-mx-remainder-2025=article"));
    assert!(other.stdout.contains("ca-mx-remainder-2025=content: 3,500.00, difference +1,500.00"));
    assert_snapshot!(run);
}

#[test]
fn what_hangs_on_a_reading_is_in_the_json() {
    assert_snapshot!(truce(
        "duty 7308.90.30.00 --origin CA --entered 2025-06-10 --value 10000 --content steel=4000 --json"
    ));
}

#[test]
fn a_world_marks_its_answers() {
    assert_snapshot!(truce(
        "duty 9503.00.00.73 --origin CN --entered 2025-06-20 --value 10000 --world geneva-never-happened"
    ));
}

#[test]
fn the_worlds_are_listed_with_what_they_drop() {
    assert_snapshot!(truce("worlds"));
}

#[test]
fn an_act_and_a_measure_are_shown_in_words() {
    assert_snapshot!(truce("law show eo-14298"));
    assert_snapshot!(truce("law show us/ieepa-reciprocal/cn --known 2025-05-20"));
}

#[test]
fn help_has_examples() {
    for command in ["", "brief ", "duty ", "assess ", "diff "] {
        let run = truce(&format!("{command}--help"));
        assert_eq!(run.status, 0);
        assert!(run.stdout.contains("Examples:"), "{command}");
    }
}

#[test]
fn completions_exist_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = truce(&format!("completions {shell}"));
        assert!(run.status == 0 && run.stdout.contains("truce"), "{shell}");
    }
}

#[test]
fn the_schemas_for_editors_are_those_of_the_reader() {
    for kind in ["act", "world"] {
        let path = crate::truce::root().join(format!("law/schema/{kind}.json"));
        let committed = std::fs::read_to_string(path).unwrap();
        let command = format!("law schema {kind}");
        assert_eq!(truce(&command).stdout, committed, "write it again with `truce {command}`");
    }
}
