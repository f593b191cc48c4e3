use nomenclature::{Descriptions, Official, RevisionName, Snapshot, changes, report};

use crate::support::*;

fn words(a: &Official, b: &Official) -> String {
    let names = Descriptions::of(b, RevisionName { year: 2025, number: 1 });
    report(&changes(&Snapshot::of(a), &Snapshot::of(b)), &names)
}

#[test]
fn every_kind_of_change_is_told_in_words_and_counted() {
    let before = official_with_notes(&[
        (("0101.21.00", "", "5%", "Free (A,AU,KR) 3% (PA)", "20%"), "See 9903.88.15."),
        (("0101.21.00.10", "No.", "", "", ""), ""),
        (("0101.21.00.20", "No.", "", "", ""), ""),
        (("0101.29.00.00", "kg", "Free", "", "15%"), ""),
        (("0101.30.00.00", "kg", "1¢/kg", "", "2¢/kg"), "See 9903.88.03"),
        (
            (
                "9903.01.01",
                "",
                "The duty provided in the applicable subheading + 25%",
                "",
                "No change.",
            ),
            "",
        ),
        (
            (
                "9903.01.02",
                "",
                "The duty provided in the applicable subheading + 10%",
                "",
                "No change",
            ),
            "",
        ),
    ]);
    let after = official_with_notes(&[
        (("0101.21.00", "", "4%", "Free (A,AU,KR,PA)", "20%"), "See 9903.88.15. See 9903.91.01."),
        (("0101.21.00.10", "No.;kg", "", "", ""), ""),
        (("0101.21.00.30", "No.", "", "", ""), ""),
        // Split into suffixes: the line is the same, and so are its footnotes.
        (("0101.30.00", "", "1¢/kg", "", "2¢/kg"), "See 9903.88.03"),
        (("0101.30.00.10", "kg", "", "", ""), ""),
        (("0101.40.00.00", "m2", "Free", "", "10%"), ""),
        (
            (
                "9903.01.01",
                "",
                "The duty provided in the applicable subheading + 35%",
                "",
                "no change",
            ),
            "",
        ),
        (
            (
                "9903.01.03",
                "",
                "The duty provided in the applicable subheading",
                "The duty provided in the applicable subheading",
                "No change",
            ),
            "",
        ),
    ]);
    insta::assert_snapshot!(words(&before, &after));
}

#[test]
fn noise_is_no_change() {
    let before = official(&[
        (
            "0101.21.00",
            "",
            "2.5% <u></u>",
            "Free (A,AU,KR) See 9822.04.40 (S+)",
            "22¢/kg on drained weght + 45%",
        ),
        ("0101.21.00.10", "m<sup>2</sup>;<u>kg</u>", "", "", ""),
    ]);
    let after = official(&[
        (
            "0101.21.00",
            "",
            " 2.5%",
            "Free(KR, A, AU)\u{a0}See 9822.04.40(S+)",
            "22¢/kg on drained weight +45%.",
        ),
        ("0101.21.00.10", "m2;kg", "", "", ""),
    ]);
    insta::assert_snapshot!(words(&before, &after), @"No change of law or of statistical suffixes.
");
}

#[test]
fn only_special_rates_changed_at_the_turn_of_2026() {
    let Some(files) = real_files() else { return };
    let of = |name| Snapshot::of(&real(&files, name));
    let found = changes(&of("2025_rev_32"), &of("2026_basic"));
    let rates: Vec<_> =
        found.iter().filter(|c| c.kind == nomenclature::ChangeKind::RateChanged).collect();
    assert!(rates.iter().all(|c| c.column == Some(nomenclature::Column::Special)));
    let lines: std::collections::BTreeSet<_> =
        rates.iter().filter(|c| c.code.chapter() < 98).map(|c| c.code).collect();
    assert_eq!(lines.len(), 149);
    // Revisions 18 and 19 of 2025 are one text.
    assert_eq!(changes(&of("2025_rev_18"), &of("2025_rev_19")), []);
}

#[test]
fn a_small_real_revision_is_told_in_a_few_lines() {
    let Some(files) = real_files() else { return };
    let of = |name| Snapshot::of(&real(&files, name));
    let found = changes(&of("2025_rev_10"), &of("2025_rev_12"));
    // Without names: the descriptions are the Commission's.
    insta::assert_snapshot!(report(&found, &Descriptions::default()));
}
