//! Revisions of the official schedule: their names, and when each was published and took effect.

use std::fmt;

use tariff::Day;
use thiserror::Error;

use crate::Finding;
use crate::rows::Row;
use crate::table::{self, Table};

/// The name of a revision: `2025_basic`, `2025_rev_5`. Orders by year and number, which is not
/// always the order of publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RevisionName {
    pub year: u16,
    /// 0 is the basic edition of the year.
    pub number: u16,
}

/// A name that says no revision.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` does not say which revision it is; write it like 2025_basic or 2025_rev_5")]
pub struct InvalidRevision(pub String);

impl RevisionName {
    /// Finds year and revision in a name of a file or of a revision: `hts_2025_rev_5.json.gz`,
    /// `hts_2026_revision_5_json.json`, `2026_basic`, `2025HTSRev21.json`.
    ///
    /// # Errors
    /// When it holds no year from 1989 on, or neither `basic` nor `rev` with a number.
    pub fn parse(name: &str) -> Result<RevisionName, InvalidRevision> {
        RevisionName::find(name).ok_or_else(|| InvalidRevision(name.to_owned()))
    }

    fn find(name: &str) -> Option<RevisionName> {
        let lower = name.rsplit(['/', '\\']).next()?.to_ascii_lowercase();
        let numbers = |text: &str| {
            let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            text[..end].parse::<u16>().ok().map(|n| (n, end))
        };
        let mut year = None;
        let mut rest = lower.as_str();
        while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
            rest = &rest[at..];
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            if let Some((n @ 1989..=2999, 4)) = numbers(rest) {
                year = Some(n);
                rest = &rest[end..];
                break;
            }
            rest = &rest[end..];
        }
        let year = year?;
        if let Some(at) = rest.find("rev") {
            let after = rest[at + 3..].strip_prefix("ision").unwrap_or(&rest[at + 3..]);
            let after = after.trim_start_matches(['_', '-', ' ', '.']);
            return numbers(after).map(|(number, _)| RevisionName { year, number });
        }
        rest.contains("basic").then_some(RevisionName { year, number: 0 })
    }
}

impl fmt::Display for RevisionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            0 => f.pad(&format!("{}_basic", self.year)),
            n => f.pad(&format!("{}_rev_{n}", self.year)),
        }
    }
}

/// A revision and its dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Revision {
    pub name: RevisionName,
    /// The day the revision was published: what it shows was known from then on.
    pub published: Day,
    /// The first day of what it changed, where nothing else is said of a line.
    pub effective: Day,
}

/// The table `law/us/revisions.csv`.
#[derive(Clone, Debug, Default)]
pub struct Revisions {
    rows: Vec<Listed>,
}

#[derive(Clone, Debug)]
struct Listed {
    revision: Revision,
    content_of: Option<RevisionName>,
}

impl Revisions {
    /// Columns of `revisions.csv`. `content_of` names the revision whose content the published
    /// file of this name really has; `note` is for people.
    pub const COLUMNS: &'static [&'static str] =
        &["revision", "published", "effective", "content_of", "note"];

    /// Reads the table; `file` is its name in the findings.
    pub fn read(file: &str, text: &str) -> (Revisions, Vec<Finding>) {
        let mut table = Table::read(file, text, Revisions::COLUMNS);
        let mut row = Row::default();
        let mut rows: Vec<Listed> = Vec::new();
        while table.next_row(&mut row) {
            let name = table.value(&row, 0, RevisionName::parse);
            let published = table.value(&row, 1, Day::parse);
            let effective = table.value(&row, 2, table::optional(Day::parse));
            let content_of = table.value(&row, 3, table::optional(RevisionName::parse));
            let (Some(name), Some(published), Some(effective), Some(content_of)) =
                (name, published, effective, content_of)
            else {
                continue;
            };
            let revision = Revision { name, published, effective: effective.unwrap_or(published) };
            if rows.iter().any(|r| r.revision.name == name) {
                table.find(row.line, format!("{name} stands twice"), "keep one row for each");
            } else {
                rows.push(Listed { revision, content_of });
            }
        }
        (Revisions { rows }, table.findings)
    }

    pub fn get(&self, name: RevisionName) -> Option<Revision> {
        self.rows.iter().map(|r| r.revision).find(|r| r.name == name)
    }

    /// The revision whose content the published file of this name has.
    pub fn content_of(&self, name: RevisionName) -> RevisionName {
        let listed = self.rows.iter().find(|r| r.revision.name == name);
        listed.and_then(|r| r.content_of).unwrap_or(name)
    }

    /// All revisions of the table in its order.
    pub fn iter(&self) -> impl Iterator<Item = Revision> + '_ {
        self.rows.iter().map(|r| r.revision)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_are_recognised_in_the_names_files_really_have() {
        for (name, revision) in [
            ("hts_2025_rev_5.json.gz", "2025_rev_5"),
            ("some/2024/hts_2026_revision_5_json.json", "2026_rev_5"),
            ("hts_2026_basic.json", "2026_basic"),
            ("hts_2025_basic_edition_json.json", "2025_basic"),
            ("2025HTSRev21.json", "2025_rev_21"),
            ("2026_rev_10", "2026_rev_10"),
        ] {
            assert_eq!(RevisionName::parse(name).unwrap().to_string(), revision);
        }
        for name in ["hts.json", "hts_2025.json", "rev_5.json", "hts_2025_rev_.json", ""] {
            assert!(RevisionName::parse(name).is_err(), "{name}");
        }
    }
}
