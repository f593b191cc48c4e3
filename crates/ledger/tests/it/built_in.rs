//! The ledger that goes into every program.

use ledger::{Ledger, Source};

use crate::support::files;

#[test]
fn the_built_in_ledger_has_no_findings() {
    let (_, findings) = Ledger::load(&Source::embedded());
    let listed: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(listed.is_empty(), "{}", listed.join("\n"));
}

#[test]
fn the_built_in_ledger_is_that_of_the_folder() {
    let folder = Source::new(files("law"));
    assert_eq!(Source::embedded().digest(), folder.digest());
    assert_eq!(Ledger::embedded().digest, folder.digest());
}
