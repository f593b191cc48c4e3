//! Which revision a file is, and as of which day it is checked.

use std::collections::BTreeMap;

use nomenclature::{RevisionName, Revisions};
use tariff::Day;

/// A file's revision and the day that it is checked as of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dating {
    /// The name in reports: `2025_rev_5`, or that of the file.
    pub name: String,
    /// The end of this day is the knowledge, and its beginning the moment.
    pub day: Day,
    /// What a reader should know about the choice.
    pub note: Option<String>,
}

/// The day a file is checked as of: the one given by hand, else that of `revisions.csv`, else the
/// latest day known. `given` is by name of a file or revision.
pub fn dated(
    file: &str,
    revisions: &Revisions,
    given: &BTreeMap<String, Day>,
    latest: Day,
) -> Dating {
    let stem = file.trim_end_matches(".gz").trim_end_matches(".json");
    let found = RevisionName::parse(file).ok();
    let printed = found.map_or_else(|| stem.to_owned(), |name| name.to_string());
    if let Some(day) = [file, stem, &printed].iter().find_map(|name| given.get(*name)) {
        return Dating { name: printed, day: *day, note: None };
    }
    let Some(name) = found else {
        return unknown(stem.to_owned(), None, latest);
    };
    let held = revisions.content_of(name);
    let note = (held != name).then(|| format!("the file of this name holds {held}"));
    match revisions.get(held) {
        Some(revision) => Dating { name: printed, day: revision.published, note },
        None => unknown(printed, Some(name.year), latest),
    }
}

/// A revision that `revisions.csv` does not have: a year that is over ends its revisions.
fn unknown(name: String, year: Option<u16>, latest: Day) -> Dating {
    let end = year.and_then(|year| Day::new(i16::try_from(year).ok()?, 12, 31));
    let day = end.map_or(latest, |end| end.min(latest));
    let as_of = if day == latest { "the latest date known" } else { "the end of its year" };
    let note = format!(
        "revision of unknown date: checked as of {as_of}, {day}; say --dated {name}=DATE, or add it to \
         revisions.csv"
    );
    Dating { name, day, note: Some(note) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_given_wins_then_the_table_then_the_latest() {
        let table = "revision,published,effective,content_of,note\n\
                     2026_rev_5,2026-04-08,,2026_rev_7,\n2026_rev_7,2026-04-29,,,\n";
        let (revisions, findings) = Revisions::read("revisions.csv", table);
        assert!(findings.is_empty());
        let latest = Day::parse("2026-10-09").unwrap();
        let day = |file: &str, given: &[(&str, &str)]| {
            let given = given.iter().map(|(n, d)| ((*n).to_owned(), Day::parse(d).unwrap()));
            let dating = dated(file, &revisions, &given.collect(), latest);
            (dating.name, dating.day.to_string(), dating.note.is_some())
        };
        let of = |name: &str, day: &str, note| (name.to_owned(), day.to_owned(), note);
        assert_eq!(day("hts_2026_rev_7.json.gz", &[]), of("2026_rev_7", "2026-04-29", false));
        assert_eq!(day("hts_2026_rev_5.json", &[]), of("2026_rev_5", "2026-04-29", true));
        assert_eq!(day("hts_2026_rev_11.json", &[]), of("2026_rev_11", "2026-10-09", true));
        assert_eq!(day("hts_2024_rev_3.json", &[]), of("2024_rev_3", "2024-12-31", true));
        assert_eq!(
            day("hts_2026_rev_11.json", &[("2026_rev_11", "2026-06-25")]),
            of("2026_rev_11", "2026-06-25", false)
        );
        assert_eq!(day("new.json", &[("new", "2026-07-01")]), of("new", "2026-07-01", false));
        assert_eq!(day("new.json", &[]), of("new", "2026-10-09", true));
    }
}
