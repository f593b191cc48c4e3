//! What was known of a measure, told and drawn.

use insta::assert_snapshot;

use crate::truce::{truce, truce_with};

#[test]
fn a_measure_is_told_on_both_clocks() {
    assert_snapshot!(truce("law history us/ieepa-reciprocal/cn"));
}

#[test]
fn a_measure_of_the_other_side_is_told_by_its_clock() {
    assert_snapshot!(truce("law history cn/cn-reciprocal/all"));
}

#[test]
fn a_history_is_that_of_its_world() {
    let run = truce("law history us/ieepa-reciprocal/cn --world cit-ruling-stands");
    assert!(run.stdout.contains("world: cit-ruling-stands (hypothetical)"), "{run}");
    assert!(run.stdout.contains("2025-06-07  not yet  void"), "{run}");
}

#[test]
fn a_stay_after_a_ruling_bound_and_a_reversal_each_change_what_was_known() {
    assert_snapshot!(truce("--law tests/ledgers/operations law history us/levy-b/duty"));
}

#[test]
fn a_history_as_json() {
    assert_snapshot!(truce("--law tests/ledgers/operations law history us/levy-a/duty --json"));
}

#[test]
fn a_measure_is_drawn_with_every_status_told_by_pattern_and_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.svg");
    let path = path.to_str().unwrap();
    let run = truce_with(&["law", "history", "us/ieepa-reciprocal/cn", "--svg", path]);
    assert_eq!(run.status, 0, "{run}");
    assert_snapshot!(std::fs::read_to_string(path).unwrap());
}

#[test]
fn a_measure_that_is_not_there_is_refused_with_one_that_is() {
    let run = truce("law history us/ieepa-reciprocal/ch");
    assert!(run.status == 2 && run.stderr.contains("us/ieepa-reciprocal/c"), "{run}");
}
