use std::path::{Path, PathBuf};

use ledger::Ledger;

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The ledger of a folder; it must have no findings.
pub fn ledger_of(folder: &Path) -> Ledger {
    checks::cases::ledger_of(folder).unwrap_or_else(|findings| panic!("{findings}"))
}

#[test]
fn every_worked_case_comes_out() {
    let ledger = ledger_of(&root().join("law"));
    let outcome = checks::cases::run(&ledger, &[root().join("tests/cases")]);
    assert!(outcome.cases > 0, "no cases found");
    let faults = &outcome.faults;
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    println!("{} cases in {} files", outcome.cases, outcome.files);
}

/// What comes of the cases of a text on the law.
fn faults(test: &str, text: &str) -> Vec<String> {
    let ledger = ledger_of(&root().join("law"));
    let path = std::env::temp_dir().join(format!("truce-cases-{}-{test}.toml", std::process::id()));
    let head = "about = \"planted\"\nsource = \"none\"\n";
    std::fs::write(&path, format!("{head}{text}")).unwrap();
    let outcome = checks::cases::run(&ledger, std::slice::from_ref(&path));
    std::fs::remove_file(&path).unwrap();
    outcome.faults
}

#[test]
fn a_case_of_several_codes_and_origins_is_a_case_of_each() {
    let text = r#"
[[case]]
code = ["9503.00.00.73", "6403.99.60.75"]
origin = ["DE", "FR"]
entered = "2024-06-01"
value = "10000"
duty = "0.00"
"#;
    let found = faults("several", text);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("6403.99.60.75 of DE: duty is 850.00, should be 0.00"), "{found:?}");
    assert!(found[1].contains("6403.99.60.75 of FR"), "{found:?}");
}

#[test]
fn a_control_too_many_or_suspended_is_a_fault() {
    let text = r#"
[[controls]]
by = "US"
with = "CN"
on = "2025-11-10"
hold = ["us/us-controls/huawei-ascend", "us/us-controls/affiliates"]
suspended = ["us/us-controls/port-fees"]

[[case]]
code = "0401.10.00.00"
origin = "CA"
entered = "2026-09-28"
value = "10000"
status = "needs-facts"
requirements = ["us/us-controls/ca-dairy"]
"#;
    let found = faults("controls", text);
    assert!(found.iter().any(|fault| fault.contains("the controls that hold are us/us-controls/huawei-ascend,")));
    assert!(found.iter().any(|fault| fault.contains("the suspended controls are")), "{found:?}");
    assert!(found.iter().any(|fault| fault.contains("requirements is , should be")), "{found:?}");
}
