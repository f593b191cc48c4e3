//! `refunds.toml`: what the law says, and errors planted in it.

use ledger::{ClockStart, Ledger, Source};

use crate::support::{files, findings, listed};

const FILE: &str = "us/refunds.toml";

#[test]
fn the_clocks_of_the_law_are_those_of_its_sources() {
    let law = Ledger::embedded();
    let refunds = &law.refunds["us"];
    let clock = |id: &str| {
        let way = refunds.ways.iter().find(|way| way.id == id).unwrap();
        (way.after, way.days)
    };
    assert_eq!(clock("cape"), (ClockStart::Liquidation, 80));
    assert_eq!(clock("post-summary-correction"), (ClockStart::Entry, 300));
    assert_eq!(clock("protest"), (ClockStart::Liquidation, 180));
    assert_eq!(clock("reliquidation"), (ClockStart::Liquidation, 90));
    assert_eq!((refunds.scheduled_days, refunds.deemed_days), (314, 365));
    assert_eq!(refunds.rounding_most.0, 300);
}

#[test]
fn planted_errors_are_found_where_they_stand() {
    let law = files("law");
    let text = law.iter().find(|(path, _)| path.as_str() == FILE).unwrap().1.clone();
    let small = files("tests/ledgers/void-from-start");
    let planted = |change: (&str, &str)| {
        assert!(text.contains(change.0), "{}", change.0);
        let mut files = small.clone();
        let place = text[..text.find(change.0).unwrap()].matches('\n').count() + 1;
        files.extend([(FILE.to_owned(), text.replacen(change.0, change.1, 1))]);
        (place, findings(&files))
    };
    let (_, sound) = planted(("most = ", "most = "));
    assert!(sound.is_empty(), "{}", listed(&sound));
    for (change, words) in [
        (("most = \"3.00\"", "most = \"three\""), "`three` is not an amount"),
        (("scheduled-days = 314", "scheduled-days = 0"), "`scheduled-days` is 0"),
        (
            ("after = \"liquidation\"", "after = \"liquidatoin\""),
            "no clock runs from `liquidatoin`",
        ),
        (("days = 80", "days = \"80\""), "must be a whole number"),
        (("opens = 2026-04-20", "opens = 2026-04-20T00:00-04:00"), "must be a day"),
        (("only-void = true", "only-voids = true"), "did you mean `only-void`?"),
        (
            ("when = \"reconciliation\"", "when = \"reconcilation\""),
            "did you mean `reconciliation`?",
        ),
        (("types = [\"47\"]\n", ""), "no types are named"),
        (("code = \"06\"", "code = \"6\""), "`6` is no entry type"),
        (("effect = \"other-date\"", "effect = \"other-day\""), "`other-day` is no effect"),
        (("id = \"protest\"", "id = \"cape\""), "the way `cape` stands twice"),
        (("cite = \"19 U.S.C. 1514(c)(3)\"", "note = \"n\""), "`cite` is missing"),
    ] {
        let (place, found) = planted(change);
        let said = found.iter().find(|f| f.to_string().contains(words));
        let said = said.unwrap_or_else(|| panic!("{words}:\n{}", listed(&found)));
        // What is missing is told where its table begins.
        assert!(said.line.abs_diff(place) <= 8, "{said}: line {place}");
    }
}

#[test]
fn a_ledger_without_the_file_says_nothing_of_refunds() {
    let source = Source::new(files("tests/ledgers/void-from-start"));
    assert!(Ledger::load(&source).0.refunds.is_empty());
}
