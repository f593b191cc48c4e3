//! The rows of the schedule as they stand in `law/us/schedule`.
//!
//! A row is one content of one code over the revisions that showed it without a break. `known` and
//! `ended` say when it was published and when it was last known to hold; `from` and `until` say
//! when it is law. So the revisions can be had back from the rows: the state at a revision is
//! every row known by then and not ended by then.

use std::collections::BTreeMap;

use tariff::{Code, Day};

use crate::revision::{Revision, RevisionName};
use crate::rows::Row;
use crate::table::{self, Table};
use crate::{Finding, LineText};

/// When a row is law and when that was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Life {
    /// The first day of effect; `None` is "since before the first revision".
    pub from: Option<Day>,
    /// The first day it no longer holds; `None` is "no end".
    pub until: Option<Day>,
    /// Publication of the first revision that showed it.
    pub known: Day,
    /// Publication of the revision that first showed its end; `None` while there is none.
    pub ended: Option<Day>,
}

impl Life {
    /// Whether a reader at `known` sees the row at all.
    pub fn visible(&self, known: Day) -> bool {
        self.known <= known
    }

    /// Whether it holds on `day`, as known at `known`: an end counts once it was published.
    pub fn holds(&self, day: Day, known: Day) -> bool {
        let until = self.until.filter(|_| self.ended.is_some_and(|ended| ended <= known));
        self.visible(known)
            && self.from.is_none_or(|from| from <= day)
            && until.is_none_or(|until| day < until)
    }

    /// Whether the revision published on `day` showed it.
    pub fn shown_on(&self, day: Day) -> bool {
        self.known <= day && self.ended.is_none_or(|ended| day < ended)
    }
}

/// A row of a chapter file or of the suffix table.
#[derive(Clone, Debug)]
pub struct Stored<T> {
    pub code: Code,
    pub life: Life,
    pub content: T,
    /// Where it stands: file and line.
    pub line: usize,
}

pub const LINE_COLUMNS: &[&str] =
    &["code", "from", "until", "known", "ended", "units", "general", "special", "other"];
pub const SUFFIX_COLUMNS: &[&str] = &["code", "from", "until", "known", "ended", "units"];
pub const IMPORTED_COLUMNS: &[&str] = &["revision", "published", "effective"];
pub const EFFECT_COLUMNS: &[&str] = &["revision", "code", "effective", "source"];
pub const CHAPTER_COLUMNS: &[&str] = &["chapter", "title"];

pub const SUFFIXES: &str = "suffixes.csv";
pub const IMPORTED: &str = "imported.csv";
pub const EFFECTS: &str = "effects.csv";
pub const CHAPTERS: &str = "chapters.csv";

/// The file of a chapter: `01.csv`.
pub fn chapter_file(chapter: u8) -> String {
    format!("{chapter:02}.csv")
}

/// When a change of one code took effect, where that is not the date of its revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    On(Day),
    /// The files before left the code out by mistake: it stands as if they had shown it.
    Omitted,
}

/// What a reader makes of the contents of rows: an import keeps the texts, a schedule reads them.
pub trait Contents {
    type Line;
    type Suffix;

    fn line(&mut self, units: &str, general: &str, special: &str, other: &str) -> Self::Line;
    fn suffix(&mut self, units: &str) -> Self::Suffix;
}

/// Contents as they stand.
pub struct Texts;

impl Contents for Texts {
    type Line = LineText;
    type Suffix = String;

    fn line(&mut self, units: &str, general: &str, special: &str, other: &str) -> LineText {
        let [units, general, special, other] = [units, general, special, other].map(str::to_owned);
        LineText { units, general, special, other }
    }

    fn suffix(&mut self, units: &str) -> String {
        units.to_owned()
    }
}

/// Everything the folder holds, as rows.
#[derive(Clone, Debug, Default)]
pub struct Store<L = LineText, S = String> {
    pub lines: Vec<Stored<L>>,
    pub suffixes: Vec<Stored<S>>,
    /// The revisions imported so far, by publication.
    pub imported: Vec<Revision>,
    pub effects: BTreeMap<(RevisionName, Code), Effect>,
    pub chapters: BTreeMap<u8, String>,
}

impl<L, S> Store<L, S> {
    /// Reads the files of the folder: (path relative to it, text). Every fault is a finding.
    pub fn read<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        contents: &mut impl Contents<Line = L, Suffix = S>,
    ) -> (Store<L, S>, Vec<Finding>) {
        let mut store = Store {
            lines: Vec::new(),
            suffixes: Vec::new(),
            imported: Vec::new(),
            effects: BTreeMap::new(),
            chapters: BTreeMap::new(),
        };
        let mut findings = Vec::new();
        let mut files: Vec<(&str, &str)> = files.into_iter().collect();
        files.sort_unstable();
        for (file, text) in files {
            let mut more = match file {
                SUFFIXES => store.read_suffixes(file, text, contents),
                IMPORTED => store.read_imported(file, text),
                EFFECTS => store.read_effects(file, text),
                CHAPTERS => store.read_chapters(file, text),
                _ => match file.strip_suffix(".csv").map(str::parse::<u8>) {
                    Some(Ok(chapter @ 1..=98)) if file == chapter_file(chapter) => {
                        store.read_lines(file, text, chapter, contents)
                    }
                    _ => vec![Finding {
                        file: file.to_owned(),
                        line: 1,
                        message: "no file of this name belongs to the schedule".into(),
                        help: "chapters are 01.csv to 98.csv; remove or rename the file".into(),
                    }],
                },
            };
            findings.append(&mut more);
        }
        (store, findings)
    }

    fn read_lines(
        &mut self,
        file: &str,
        text: &str,
        chapter: u8,
        contents: &mut impl Contents<Line = L>,
    ) -> Vec<Finding> {
        let mut table = Table::read(file, text, LINE_COLUMNS);
        let mut row = Row::default();
        let first = self.lines.len();
        let mut last = None;
        while table.next_row(&mut row) {
            let Some((code, life)) = code_and_life(&mut table, &row, &mut last) else { continue };
            if code.chapter() != chapter || code.digits() < 8 {
                let message = format!("{code} is no line of chapter {chapter}");
                table.find(row.line, message, "a line has 8 or 10 digits and its chapter's file");
                continue;
            }
            let content = contents.line(row.text(5), row.text(6), row.text(7), row.text(8));
            self.lines.push(Stored { code, life, content, line: row.line });
        }
        check_lives(&mut table, &self.lines[first..]);
        table.findings
    }

    fn read_suffixes(
        &mut self,
        file: &str,
        text: &str,
        contents: &mut impl Contents<Suffix = S>,
    ) -> Vec<Finding> {
        let mut table = Table::read(file, text, SUFFIX_COLUMNS);
        let mut row = Row::default();
        let first = self.suffixes.len();
        let mut last = None;
        while table.next_row(&mut row) {
            let Some((code, life)) = code_and_life(&mut table, &row, &mut last) else { continue };
            if code.digits() != 10 || code.chapter() > 98 {
                let message = format!("{code} is no ten-digit code of chapters 1 to 98");
                table.find(row.line, message, "suffixes stand with all ten digits");
                continue;
            }
            let content = contents.suffix(row.text(5));
            self.suffixes.push(Stored { code, life, content, line: row.line });
        }
        check_lives(&mut table, &self.suffixes[first..]);
        table.findings
    }

    fn read_imported(&mut self, file: &str, text: &str) -> Vec<Finding> {
        let mut table = Table::read(file, text, IMPORTED_COLUMNS);
        let mut row = Row::default();
        while table.next_row(&mut row) {
            let name = table.value(&row, 0, RevisionName::parse);
            let published = table.value(&row, 1, Day::parse);
            let effective = table.value(&row, 2, Day::parse);
            if let (Some(name), Some(published), Some(effective)) = (name, published, effective) {
                self.imported.push(Revision { name, published, effective });
            }
        }
        self.imported.sort_by_key(|r| (r.published, r.name));
        table.findings
    }

    fn read_effects(&mut self, file: &str, text: &str) -> Vec<Finding> {
        let mut table = Table::read(file, text, EFFECT_COLUMNS);
        let mut row = Row::default();
        while table.next_row(&mut row) {
            let name = table.value(&row, 0, RevisionName::parse);
            let code = table.value(&row, 1, Code::parse);
            let effect = table.value(&row, 2, |text| match text {
                "omitted" => Ok(Effect::Omitted),
                day => Day::parse(day).map(Effect::On),
            });
            let (Some(name), Some(code), Some(effect)) = (name, code, effect) else { continue };
            if self.effects.insert((name, code), effect).is_some() {
                table.find(row.line, format!("{name}, {code} stands twice"), "keep one row");
            }
        }
        table.findings
    }

    fn read_chapters(&mut self, file: &str, text: &str) -> Vec<Finding> {
        let mut table = Table::read(file, text, CHAPTER_COLUMNS);
        let mut row = Row::default();
        while table.next_row(&mut row) {
            if let Some(chapter) = table.value(&row, 0, str::parse::<u8>) {
                self.chapters.insert(chapter, row.text(1).to_owned());
            }
        }
        table.findings
    }
}

impl Store {
    /// Writes the files that an import makes; those written by hand are left alone.
    pub fn write(&self) -> Vec<(String, String)> {
        let mut chapters: BTreeMap<u8, Vec<&Stored<LineText>>> = BTreeMap::new();
        for line in &self.lines {
            chapters.entry(line.code.chapter()).or_default().push(line);
        }
        let mut files: Vec<(String, String)> = chapters
            .iter()
            .map(|(chapter, lines)| {
                let rows = lines.iter().map(|line| {
                    let LineText { units, general, special, other } = &line.content;
                    let mut row = head(line);
                    row.extend([units, general, special, other].map(String::clone));
                    row
                });
                (chapter_file(*chapter), table::write(LINE_COLUMNS, rows))
            })
            .collect();
        let suffixes = self.suffixes.iter().map(|suffix| {
            let mut row = head(suffix);
            row.push(suffix.content.clone());
            row
        });
        files.push((SUFFIXES.to_owned(), table::write(SUFFIX_COLUMNS, suffixes)));
        let imported = self
            .imported
            .iter()
            .map(|r| vec![r.name.to_string(), r.published.to_string(), r.effective.to_string()]);
        files.push((IMPORTED.to_owned(), table::write(IMPORTED_COLUMNS, imported)));
        files
    }
}

fn head<T>(row: &Stored<T>) -> Vec<String> {
    let day = |day: Option<Day>| day.map(|d| d.to_string()).unwrap_or_default();
    let Life { from, until, known, ended } = row.life;
    vec![row.code.to_string(), day(from), day(until), known.to_string(), day(ended)]
}

fn code_and_life(
    table: &mut Table<'_>,
    row: &Row<'_>,
    last: &mut Option<(String, Day)>,
) -> Option<(Code, Life)> {
    let code = table.value(row, 0, Code::parse);
    let from = table.value(row, 1, table::optional(Day::parse));
    let until = table.value(row, 2, table::optional(Day::parse));
    // Nearly every row was known on the same day; reading that once saves a third of the time.
    let known = match last {
        Some((text, day)) if *text == row.text(3) => Some(*day),
        _ => {
            let day = table.value(row, 3, Day::parse);
            *last = day.map(|day| (row.text(3).to_owned(), day));
            day
        }
    };
    let ended = table.value(row, 4, table::optional(Day::parse));
    let life = Life { from: from?, until: until?, known: known?, ended: ended? };
    if life.until.is_some() != life.ended.is_some() {
        let message = "`until` and `ended` do not stand together".to_owned();
        table.find(row.line, message, "an end has its first day and the day it was published");
        return None;
    }
    if life.ended.is_some_and(|ended| ended <= life.known) {
        let message = "the row ends before it was known".to_owned();
        table.find(row.line, message, "`ended` is a later publication than `known`");
        return None;
    }
    Some((code?, life))
}

/// Rows of one code stand together in the order of `known`, and no two were shown at once.
fn check_lives<T>(table: &mut Table<'_>, rows: &[Stored<T>]) {
    for pair in rows.windows(2) {
        let (a, b) = (&pair[0], &pair[1]);
        if b.code < a.code || b.code == a.code && b.life.known < a.life.known {
            let message = format!("{} stands after {}", b.code, a.code);
            table.find(b.line, message, "rows are sorted by code, then by `known`");
        } else if a.code == b.code && a.life.shown_on(b.life.known) {
            let message = format!("{} has two rows at once", b.code);
            let help = format!("give line {} an `ended` of {} or before", a.line, b.life.known);
            table.find(b.line, message, &help);
        }
    }
}
