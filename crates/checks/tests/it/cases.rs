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
