use engine::compile;
use ledger::{Known, Readings};
use proptest::prelude::*;

use crate::agreement::Both;
use crate::law::{law, line, load, stated};

/// A second or two for each property; `PROPTEST_CASES` asks for more.
pub fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(192);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn both_engines_say_the_same_of_random_lines_under_random_law(
        law in law(),
        lines in prop::collection::vec(line(), 24),
    ) {
        let ledger = load(law.plain());
        let readings = Readings::new();
        let days = ["2025-02-10", "2025-04-10", "2025-12-01"].map(|day| Known::At(stated(day)));
        for known in [Known::Entry, Known::Today].into_iter().chain(days) {
            let regime = compile(&ledger, known, &readings).unwrap();
            if let Some(difference) = Both::new(&ledger, &regime, known, &readings).differ(&lines) {
                prop_assert!(false, "{}", difference);
            }
        }
    }
}
