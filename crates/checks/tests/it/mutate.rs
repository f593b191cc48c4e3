//! Mutation of the law: the same seed makes the same mutations, every one can be read, and planted ones
//! are noticed by who should notice them.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use checks::cases::Cases;
use checks::mutate::{Against, Kind, Row, mutations, run};
use ledger::{Ledger, Source};

use crate::cases::root;

fn texts(root: &Path, folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts(root, &path, found);
        } else if path.extension().is_some_and(|e| e == "toml" || e == "csv") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

fn law() -> &'static (Source, Ledger) {
    static LAW: OnceLock<(Source, Ledger)> = OnceLock::new();
    LAW.get_or_init(|| {
        let folder = root().join("law");
        let mut files = Vec::new();
        texts(&folder, &folder, &mut files);
        let source = Source::new(files);
        let (ledger, findings) = Ledger::load(&source);
        assert!(findings.is_empty(), "{findings:?}");
        (source, ledger)
    })
}

#[test]
fn a_seed_makes_the_same_mutations_and_another_seed_others() {
    let (source, ledger) = law();
    let made = |seed| -> Vec<String> {
        let all = mutations(source, ledger, seed, 40);
        all.iter().map(|m| format!("{}:{} {} {}", m.file, m.line, m.what, m.words)).collect()
    };
    assert_eq!(made(7), made(7));
    assert_ne!(made(7), made(8));
    assert_eq!(made(7).len(), 40);
}

#[test]
fn a_ledger_read_anew_in_one_file_is_the_one_that_is_read_whole() {
    let (source, ledger) = law();
    for mutation in mutations(source, ledger, 9, 10) {
        let copy = source.with(&mutation.file, mutation.text.clone());
        let (anew, some) = ledger.reload(&copy, &mutation.file);
        let (whole, all) = Ledger::load(&copy);
        assert_eq!(format!("{some:?}"), format!("{all:?}"), "{}", mutation.words);
        assert_eq!(anew.digest, whole.digest);
        assert_eq!(format!("{:?}", anew.acts), format!("{:?}", whole.acts));
        assert_eq!(format!("{:?}", anew.lists), format!("{:?}", whole.lists));
        assert_eq!(format!("{:?}", anew.areas), format!("{:?}", whole.areas));
    }
}

#[test]
fn any_number_of_threads_gives_the_same_report() {
    let (source, ledger) = law();
    let cases = Cases::read(&[root().join("tests/cases/controls")]);
    let against = Against { cases: &cases, official: None };
    let made = |threads| {
        let report = run(source, ledger, &against, Row { seed: 4, count: 6 }, threads, &|_| ());
        format!("{:?} {:?}", report.tried, report.total)
    };
    assert_eq!(made(1), made(3));
}

#[test]
fn every_kind_is_made_and_changes_its_file_to_one_that_can_be_read() {
    let (source, ledger) = law();
    let all = mutations(source, ledger, 3, 300);
    for kind in [Kind::Delete, Kind::Shift, Kind::Rate, Kind::Relation, Kind::Scope, Kind::Heading]
    {
        assert!(all.iter().any(|m| m.kind == kind), "no {}", kind.name());
    }
    for mutation in &all {
        let before = source.get(&mutation.file).unwrap();
        assert_ne!(before, mutation.text, "{}", mutation.words);
        assert!(mutation.line <= before.lines().count(), "{}", mutation.what);
        if mutation.file.ends_with(".toml") {
            mutation.text.parse::<toml_edit::DocumentMut>().unwrap();
        } else {
            let lines = |text: &str| text.lines().count();
            let gone = usize::from(mutation.kind == Kind::Delete);
            assert_eq!(lines(before), lines(&mutation.text) + gone);
        }
    }
}

#[test]
fn a_few_mutations_are_noticed_by_lint_and_cases_and_the_ledger_stays_as_it_was() {
    let (source, ledger) = law();
    let digest = source.digest();
    let cases = Cases::read(&[root().join("tests/cases/ieepa-reciprocal")]);
    let against = Against { cases: &cases, official: None };
    let report = run(source, ledger, &against, Row { seed: 5, count: 12 }, 2, &|_| ());
    assert_eq!(report.tried.len(), 12);
    assert_eq!(report.total.made, 12);
    assert!(report.total.lint > 0, "{:?}", report.total);
    assert!(!report.verified);
    assert_eq!(source.digest(), digest);
}
