//! Folding revisions into rows: the same whatever the order, and exact about what was known when.

use nomenclature::{ImportError, Revisions, Snapshot, import};

use crate::support::*;

const FREE: &str = "Free (A,AU,KR)";

fn three_revisions() -> Vec<(nomenclature::Revision, Snapshot)> {
    vec![
        (
            revision(0, "2025-01-01"),
            snapshot(&[
                ("0101.21.00", "", "5%", FREE, "20%"),
                ("0101.21.00.10", "No.", "", "", ""),
                ("0101.21.00.20", "No.", "", "", ""),
                ("0101.30.00.00", "No.", "Free", "", "15%"),
            ]),
        ),
        (
            revision(1, "2025-07-01"),
            snapshot(&[
                // Mark-up and the order of symbols: no change.
                ("0101.21.00", "", "5% <u></u>", "Free(KR, A,.AU)", "20% /"),
                ("0101.21.00.10", "<u>No.</u>", "", "", ""),
                ("0101.21.00.25", "No.;kg", "", "", ""),
                ("0101.30.00.00", "No.", "Free", "", "15%"),
            ]),
        ),
        (
            revision(2, "2026-01-01"),
            snapshot(&[
                ("0101.21.00", "", "5%", "Free (A,AU) 2% (KR)", "20%"),
                ("0101.21.00.10", "No.", "", "", ""),
                ("0101.21.00.25", "No.;kg", "", "", ""),
            ]),
        ),
    ]
}

#[test]
fn the_schedule_does_not_depend_on_the_order_or_grouping_of_imports() {
    let all = three_revisions();
    let at_once = imported(&Vec::new(), &all);
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut files = Vec::new();
        for at in order {
            files = imported(&files, &all[at..at + 1]);
        }
        assert_eq!(files, at_once, "{order:?}");
        assert_eq!(imported(&files, &all[1..]), at_once, "again, after {order:?}");
    }
    let two_then_one = imported(&imported(&Vec::new(), &all[1..]), &all[..1]);
    assert_eq!(two_then_one, at_once);
}

#[test]
fn a_row_is_written_once_for_as_long_as_nothing_but_noise_changes() {
    let files = imported(&Vec::new(), &three_revisions());
    insta::assert_snapshot!(
        files.iter().map(|(name, text)| format!("--- {name}\n{text}")).collect::<String>(),
        @r#"
    --- 01.csv
    code,from,until,known,ended,units,general,special,other
    0101.21.00,,2025-07-01,2025-01-01,2025-07-01,No.,5%,"Free (A,AU,KR)",20%
    0101.21.00,2025-07-01,2026-01-01,2025-07-01,2026-01-01,,5%,"Free (A,AU,KR)",20%
    0101.21.00,2026-01-01,,2026-01-01,,,5%,"Free (A,AU) 2% (KR)",20%
    0101.30.00,,2026-01-01,2025-01-01,2026-01-01,No.,Free,,15%
    --- imported.csv
    revision,published,effective
    2025_basic,2025-01-01,2025-01-01
    2025_rev_1,2025-07-01,2025-07-01
    2025_rev_2,2026-01-01,2026-01-01
    --- suffixes.csv
    code,from,until,known,ended,units
    0101.21.00.10,,,2025-01-01,,No.
    0101.21.00.20,,2025-07-01,2025-01-01,2025-07-01,No.
    0101.21.00.25,2025-07-01,,2025-07-01,,No.;kg
    0101.30.00.00,,2026-01-01,2025-01-01,2026-01-01,No.
    "#
    );
}

#[test]
fn a_change_takes_effect_on_the_day_the_table_of_effects_gives_and_is_known_from_publication() {
    let mut files = imported(&Vec::new(), &three_revisions()[..2]);
    let effects = "revision,code,effective,source\n2025_rev_2,0101.21.00,2025-10-01,a notice\n";
    files.push(("effects.csv".into(), effects.into()));
    let schedule = schedule(&imported(&files, &three_revisions()[2..]));
    let rate = |day_of, known| match schedule.lookup(code("0101.21.00"), day(day_of), day(known)) {
        nomenclature::Lookup::Line(line) => line.special_text().to_owned(),
        other => panic!("{other:?}"),
    };
    // Before it was published nobody could know the retroactive change.
    assert_eq!(rate("2025-11-01", "2025-11-01"), FREE);
    assert_eq!(rate("2025-11-01", "2026-01-01"), "Free (A,AU) 2% (KR)");
    assert_eq!(rate("2025-09-30", "2026-01-01"), FREE);
    // An end that is not yet known does not leave a hole.
    assert_eq!(rate("2030-01-01", "2025-08-01"), FREE);
}

#[test]
fn a_code_that_a_file_left_out_by_mistake_stands_without_a_hole() {
    let mut all = three_revisions();
    all[1].1 =
        snapshot(&[("0101.21.00", "", "5%", FREE, "20%"), ("0101.21.00.10", "No.", "", "", "")]);
    all[2].1 = all[0].1.clone();
    let effects = "revision,code,effective,source\n\
        2025_rev_2,0101.21.00.20,omitted,a slip\n2025_rev_2,0101.30.00,omitted,a slip\n\
        2025_rev_2,0101.30.00.00,omitted,a slip\n";
    let start = vec![("effects.csv".to_owned(), effects.to_owned())];
    let files = imported(&start, &all);
    let schedule = schedule(&files);
    assert!(schedule.lines().all(|line| line.life.until.is_none()), "{files:?}");
    assert!(schedule.suffixes().all(|suffix| suffix.life.until.is_none()), "{files:?}");
    for order in [[0, 2, 1], [2, 1, 0], [1, 2, 0]] {
        let mut again = start.clone();
        for at in order {
            again = imported(&again, &all[at..at + 1]);
        }
        assert_eq!(again, files, "{order:?}");
    }
}

#[test]
fn contradictions_stop_an_import_before_anything_is_made() {
    let all = three_revisions();
    let revisions = Revisions::default();
    let twice = [(all[0].0, all[0].1.clone()), (all[0].0, all[1].1.clone())];
    assert!(matches!(import(&[], &revisions, &twice), Err(ImportError::Conflict(_))));
    let mut same_day = all.clone();
    same_day[1].0.published = same_day[0].0.published;
    assert!(matches!(import(&[], &revisions, &same_day), Err(ImportError::SameDay(..))));
    let broken = vec![("01.csv".to_owned(), "code\n".to_owned())];
    assert!(matches!(import(&broken, &revisions, &all), Err(ImportError::Schedule(_))));
    // The same file under two names is one revision.
    let same = [(all[0].0, all[0].1.clone()), (all[0].0, all[0].1.clone())];
    assert!(import(&[], &revisions, &same).is_ok());
}

#[test]
fn a_revision_imported_again_with_other_contents_is_named() {
    let all = three_revisions();
    let files = imported(&Vec::new(), &all);
    let made = import(&files, &Revisions::default(), &[(all[0].0, all[1].1.clone())]).unwrap();
    assert_eq!(made.replaced, [all[0].0.name]);
    let made = import(&files, &Revisions::default(), &all).unwrap();
    assert_eq!(made.replaced, []);
}

#[test]
fn real_files_give_the_same_schedule_in_any_order() {
    let Some(files) = real_files() else { return };
    let all: Vec<_> = [
        ("2025_rev_15", 15, "2025-06-23"),
        ("2025_rev_16", 16, "2025-07-01"),
        ("2025_rev_17", 17, "2025-08-01"),
    ]
    .map(|(name, number, published)| {
        (revision(number, published), Snapshot::of(&real(&files, name)))
    })
    .into();
    let at_once = imported(&Vec::new(), &all);
    let one = imported(&imported(&imported(&Vec::new(), &all[2..]), &all[..1]), &all[1..2]);
    assert!(one == at_once);
    let schedule = schedule(&at_once);
    assert_eq!(schedule.span(), Some((day("2025-06-23"), day("2025-08-01"))));
    // Every revision can be had back from the rows: all its ten-digit codes, each with its line.
    for (revision, snapshot) in &all {
        let codes = schedule.codes_on(revision.published, revision.published);
        let ten: Vec<_> = codes.iter().filter(|(code, _)| code.digits() == 10).collect();
        assert_eq!(ten.len(), snapshot.suffixes.len());
        for (code, line) in ten {
            let text = snapshot.rates_of(*code).unwrap();
            assert_eq!(line.general_text(), text.general);
            assert_eq!(line.special_text(), text.special);
            assert_eq!(line.other_text(), text.other);
        }
    }
}
