//! Every kind of bad input gets a clear error: what, where, what would be right.

use insta::assert_snapshot;

use crate::truce::{truce, truce_with};

#[test]
fn bad_arguments_of_duty_are_refused() {
    let good = ["--origin", "CN", "--entered", "2025-05-20", "--value", "10000"];
    let with = |code: &str, change: &[&str]| {
        let mut arguments = vec!["duty", code];
        for pair in good.chunks(2) {
            if !change.contains(&pair[0]) {
                arguments.extend(pair);
            }
        }
        arguments.extend(change);
        let run = truce_with(&arguments);
        assert_eq!(run.status, 2, "{arguments:?}: {run}");
        run.stderr
    };
    let toy = "9503.00.00.73";
    let mut all = String::new();
    for (code, change) in [
        ("95O3.00.00.73", &[][..]),
        ("9503.00.0", &[]),
        ("9503.00", &[]),
        ("9503", &[]),
        (toy, &["--origin", "China"]),
        (toy, &["--origin", "QQ"]),
        (toy, &["--entered", "20 May 2025"]),
        (toy, &["--entered", "2025-02-30"]),
        (toy, &["--value", "ten"]),
        (toy, &["--value", "-5"]),
        (toy, &["--value", "99999999999999999999"]),
        (toy, &["--by", "DE"]),
        (toy, &["--quantity", "kg 5"]),
        (toy, &["--loaded", "yesterday"]),
        (toy, &["--mode", "camel"]),
        (toy, &["--claim", "usmcaa"]),
        (toy, &["--claim", "8703.23"]),
        (toy, &["--content", "steel"]),
        (toy, &["--content", "steel=2.50"]),
        (toy, &["--content", "steel=20000"]),
        (toy, &["--known", "soon"]),
        (toy, &["--world", "geneva-never-hapened"]),
        (toy, &["--reading", "x"]),
        (toy, &["--law", "no/such/folder"]),
    ] {
        all.push_str(&format!("{code} {}\n{}\n", change.join(" "), with(code, change)));
    }
    assert_snapshot!(all);
}

#[test]
fn errors_are_json_where_json_is_asked_for() {
    let run = truce("duty 9503 --origin CN --entered 2025-05-20 --value 1 --json");
    assert_eq!(run.status, 2);
    assert_snapshot!(run.stdout);
}

#[test]
fn a_code_that_nothing_resolves_is_unknown_and_never_zero() {
    let run = truce("duty 9999.99.99.99 --origin CN --entered 2025-05-20 --value 10000 --json");
    assert_eq!(run.status, 1, "{run}");
    assert!(run.stdout.contains("\"status\":\"unknown\"") && run.stdout.contains("\"duty\":null"));
}

#[test]
fn bad_arguments_of_brief_law_and_hts_are_refused() {
    let mut all = String::new();
    for line in [
        "brief --between US",
        "brief --between FR,DE",
        "brief --on tomorrow",
        "law show eo-14299",
        "law list laws",
        "law schema measure",
        "hts import no-such-file.json",
        "hts import Cargo.toml",
        "hts diff Cargo.toml README.md",
    ] {
        let run = truce(line);
        assert_eq!(run.status, 2, "{line}: {run}");
        all.push_str(&format!("{line}\n{}\n", run.stderr));
    }
    assert_snapshot!(all);
}
