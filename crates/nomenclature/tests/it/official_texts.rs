//! The requirement on the real files: every text is read, and few need more than the line.

use std::collections::BTreeSet;

use nomenclature::{Census, Snapshot};

use crate::support::{read_real, real_files};

#[test]
fn every_text_of_every_official_file_is_read_and_few_need_a_fact() {
    let Some(files) = real_files() else { return };
    // Two halves at once: unpacking 42 files is what takes the time.
    let (left, right) = files.split_at(files.len() / 2);
    let census = std::thread::scope(|scope| {
        let count = |files: &[std::path::PathBuf]| {
            let mut census = Census::default();
            let mut faults = BTreeSet::new();
            for file in files {
                let official = read_real(file);
                let snapshot = Snapshot::of(&official);
                census.add(&official, &snapshot);
                faults.extend(snapshot.findings.iter().map(|f| f.message.clone()));
            }
            (census, faults)
        };
        let left = scope.spawn(move || count(left));
        let right = scope.spawn(move || count(right));
        [left.join().unwrap(), right.join().unwrap()]
    });
    for (census, faults) in &census {
        assert_eq!(census.unreadable, BTreeSet::new());
        // The one known fault of the files: a suffix under a number that does not exist.
        let others: Vec<_> = faults.iter().filter(|f| !f.contains("9401.99.30.30")).collect();
        assert!(others.is_empty(), "{others:?}");
        for coverage in &census.coverage {
            let [general, special, other] = coverage.classified;
            let (name, lines) = (&coverage.file, coverage.lines);
            assert!(lines > 19_000, "{name}: {lines} ten-digit lines");
            assert!(general * 1000 <= lines * 15, "{name}: general {general} of {lines}");
            assert!(special * 1000 <= lines * 30, "{name}: special {special} of {lines}");
            assert!(other * 1000 <= lines * 30, "{name}: column 2 {other} of {lines}");
        }
    }
}
