//! Goods lists against the official schedule, where its footnotes say on which list a line stands.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use ledger::{Does, Fields, GoodsSelector, Ledger, Rate};
use nomenclature::{Official, Snapshot};
use tariff::{Code, Day, Moment};

use crate::cases::{ledger_of, root};

/// Revisions before and after each step of the lists, and a day on which each was the law.
const REVISIONS: [(&str, &str); 4] = [
    ("hts_2025_basic.json.gz", "2025-01-10"),
    ("hts_2025_rev_16.json.gz", "2025-07-10"),
    ("hts_2026_basic.json.gz", "2026-01-10"),
    ("hts_2026_rev_6.json.gz", "2026-04-25"),
];

/// Lines that the notes of chapter 99 name and no footnote does, in some or all revisions. A missing
/// footnote proves nothing.
const WITHOUT_FOOTNOTE: [(&str, &str); 3] =
    [("9903.88.15", "0403.20.50"), ("9903.91.04", "6307.90.98"), ("9903.91.05", "4015.12.10")];

/// The official files; `None`, said in words, where they are not at hand.
fn official_files() -> Option<PathBuf> {
    let shared = std::env::var_os("TRUCE_SHARED")
        .map_or(root().join("../shared"), PathBuf::from)
        .join("hts");
    if shared.is_dir() {
        return Some(shared);
    }
    let required = std::env::var("TRUCE_REQUIRE_SHARED").is_ok_and(|v| v == "1");
    assert!(!required, "TRUCE_REQUIRE_SHARED=1, but there are no official files");
    let _ = writeln!(std::io::stderr(), "footnotes: SKIPPED, no official files in ../shared/hts");
    None
}

/// The duties of a program that stand on goods lists and on no claim, and whether each is live at
/// the moment.
fn on_lists<'a>(
    ledger: &'a Ledger,
    program: &str,
    moment: Moment,
) -> Vec<(Code, &'a Fields, bool)> {
    let mut found = Vec::new();
    for (id, records) in ledger.measures() {
        if id.split('/').nth(1) != Some(program) {
            continue;
        }
        for record in records {
            let operation = ledger.record(*record).1;
            if let Does::Measure { fields, .. } = &operation.does
                && let (Some(heading), Some(Some(_)), None) =
                    (fields.heading, &fields.goods, &fields.when)
                && !matches!(fields.rate, Some(Rate::Unknown { .. }) | None)
            {
                found.push((heading, fields.as_ref(), operation.interval.contains(moment)));
            }
        }
    }
    found
}

/// The eight-digit lines that stand on the lists of a measure, at a moment or ever.
fn listed(ledger: &Ledger, fields: &Fields, moment: Option<Moment>) -> BTreeSet<Code> {
    let mut lines = BTreeSet::new();
    for selector in fields.goods.iter().flatten().flatten() {
        match selector {
            GoodsSelector::Prefix(code) => {
                lines.insert(code.prefix(8));
            }
            GoodsSelector::List(name) => {
                let rows = ledger.lists[name].rows.iter();
                let live = rows.filter(|row| {
                    !row.out && moment.is_none_or(|moment| row.interval().contains(moment))
                });
                lines.extend(live.map(|row| row.code.prefix(8)));
            }
        }
    }
    lines
}

#[test]
fn lists_of_section_301_on_china_are_those_of_the_footnotes() {
    let Some(folder) = official_files() else { return };
    let ledger = ledger_of(&root().join("law"));
    let zone = &ledger.territories[0].zone;
    let mut faults = Vec::new();
    let mut compared = 0;
    for (file, day) in REVISIONS {
        let official = Official::read(file, &fs::read(folder.join(file)).unwrap()).unwrap();
        let snapshot = Snapshot::of(&official);
        let moment = Day::parse(day).unwrap().at(12, 0, zone);
        let mut footnotes: BTreeMap<Code, BTreeSet<Code>> = BTreeMap::new();
        // Provisions of chapter 98 name the headings they are charged under; they are on no list.
        for (code, headings) in snapshot.footnotes.iter().filter(|(code, _)| !code.is_special()) {
            for heading in headings {
                footnotes.entry(*heading).or_default().insert(code.prefix(8));
            }
        }
        let mut ours: BTreeMap<Code, (BTreeSet<Code>, BTreeSet<Code>)> = BTreeMap::new();
        for (heading, fields, live) in on_lists(&ledger, "s301-china", moment) {
            let (now, ever) = ours.entry(heading).or_default();
            ever.extend(listed(&ledger, fields, None));
            if live {
                now.extend(listed(&ledger, fields, Some(moment)));
            }
        }
        for (heading, (now, ever)) in ours {
            let printed = footnotes.remove(&heading).unwrap_or_default();
            compared += printed.len();
            for line in now.difference(&printed) {
                let known = (heading.to_string(), line.to_string());
                if !WITHOUT_FOOTNOTE.iter().any(|(h, l)| *h == known.0 && *l == known.1) {
                    faults.push(format!(
                        "{file}: {line} is listed under {heading}, no footnote says so"
                    ));
                }
            }
            // A footnote may be printed on after its line left the list, never before it came.
            for line in printed.difference(&now).filter(|line| !ever.contains(line)) {
                faults
                    .push(format!("{file}: a footnote puts {line} under {heading}, no list does"));
            }
            let stale = printed.difference(&now).count();
            assert!(stale <= 1, "{file} {heading}: {stale} footnotes of lines that left the list");
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(compared > 40_000, "{compared} footnotes compared");
}
