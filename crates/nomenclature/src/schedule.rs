//! The schedule as law: which line a code stands on, on a day, as known on a day.

use std::sync::Arc;

use tariff::{Code, Day, Unit};

use crate::Finding;
use crate::rate::{RateText, SpecialRate, parse_rate, parse_special};
use crate::rows::Meanings;
use crate::store::{self, Contents, Life, Store, chapter_file};

/// How many codes a message about an unknown code suggests.
const SUGGESTIONS: usize = 5;

/// A legal line over the time in which its rates stayed the same.
#[derive(Clone, Debug)]
pub struct Line {
    /// 8 digits, or 10 where the suffixes of one line differ in rate.
    pub code: Code,
    pub life: Life,
    units: Arc<[Unit]>,
    general: Arc<RateCell>,
    special: Arc<SpecialCell>,
    other: Arc<RateCell>,
}

#[derive(Debug)]
struct RateCell {
    text: String,
    rate: Option<RateText>,
}

#[derive(Debug)]
struct SpecialCell {
    text: String,
    rates: Vec<SpecialRate>,
}

impl Line {
    /// The reporting units that all its suffixes share; empty where they differ. For a ten-digit
    /// code [`Schedule::units`] is exact.
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// Column 1 general. `None` where the cell is blank, which happens in chapter 98 only.
    pub fn general(&self) -> Option<&RateText> {
        self.general.rate.as_ref()
    }

    /// Column 1 special: one rate for each group of programs; empty where there is no preference.
    pub fn special(&self) -> &[SpecialRate] {
        &self.special.rates
    }

    /// The special rate for a program symbol (`KR`).
    pub fn special_for(&self, symbol: &str) -> Option<&RateText> {
        self.special()
            .iter()
            .find(|s| s.symbols.is_empty() || s.symbols.iter().any(|x| x == symbol))
            .map(|s| &s.rate)
    }

    /// Column 2. `None` where the cell is blank, which happens in chapter 98 only.
    pub fn other(&self) -> Option<&RateText> {
        self.other.rate.as_ref()
    }

    /// The official text of column 1 general, without its noise.
    pub fn general_text(&self) -> &str {
        &self.general.text
    }

    pub fn special_text(&self) -> &str {
        &self.special.text
    }

    pub fn other_text(&self) -> &str {
        &self.other.text
    }
}

/// A ten-digit code over the time in which its reporting units stayed the same.
#[derive(Clone, Debug)]
pub struct Suffix {
    pub code: Code,
    pub life: Life,
    pub units: Arc<[Unit]>,
}

/// Where a code stands.
#[derive(Clone, Debug)]
pub enum Lookup<'a> {
    /// An 8-digit line, or the line of a known ten-digit code (its `code` has 8 digits unless the
    /// suffixes of the line differ in rate).
    Line(&'a Line),
    /// Ten digits that are in no suffix table, on a known 8-digit line.
    UnknownSuffix(&'a Line),
    /// Suffixes of this code differ in rate and the code does not say which is meant.
    Several(Vec<&'a Line>),
    /// 2 to 6 digits: the 8-digit lines under them.
    Prefix(Vec<Code>),
    /// Nothing stands there on that day: the nearest codes that do.
    Unknown(Vec<Code>),
}

/// The schedule of a territory.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    /// By code, then `known`.
    lines: Vec<Line>,
    suffixes: Vec<Suffix>,
    /// First day of effect of the first revision, publication of the first and of the last.
    span: Option<(Day, Day, Day)>,
    chapters: Vec<(u8, String)>,
}

impl Schedule {
    pub fn empty() -> Schedule {
        Schedule::default()
    }

    /// Reads the files of a schedule folder: (path relative to it, text).
    ///
    /// Rows with a fault are left out and reported, all at once.
    pub fn read(files: &[(String, String)]) -> (Schedule, Vec<Finding>) {
        Schedule::read_texts(files.iter().map(|(file, text)| (file.as_str(), text.as_str())))
    }

    /// The same of files that stand elsewhere in memory.
    pub fn read_texts<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> (Schedule, Vec<Finding>) {
        let (store, mut findings) = Store::read(files, &mut Interned::default());
        let mut lines = Vec::with_capacity(store.lines.len());
        for row in store.lines {
            let file = || chapter_file(row.code.chapter());
            let mut readable = true;
            let mut find = |column: &str, error: String| {
                readable = false;
                findings.push(Finding {
                    file: file(),
                    line: row.line,
                    message: format!("column `{column}`: {error}"),
                    help: "correct the text, or extend the grammar in docs/schedule.md".into(),
                });
            };
            let cells = row.content;
            let general = cells.general.map_err(|e| find("general", e));
            let special = cells.special.map_err(|e| find("special", e));
            let other = cells.other.map_err(|e| find("other", e));
            let (Ok(general), Ok(special), Ok(other)) = (general, special, other) else { continue };
            if row.code.chapter() != 98 {
                for (column, cell) in [("general", &general), ("other", &other)] {
                    if cell.rate.is_none() {
                        find(column, "the rate is blank".into());
                    }
                }
            }
            if readable {
                let (code, life, units) = (row.code, row.life, cells.units);
                lines.push(Line { code, life, units, general, special, other });
            }
        }
        let mut suffixes = Vec::with_capacity(store.suffixes.len());
        lines.sort_by_key(|line| (line.code, line.life.known));
        for row in store.suffixes {
            let under = |code: Code| lines.binary_search_by_key(&code, |l| l.code).is_ok();
            if !under(row.code.prefix(8)) && !under(row.code) {
                findings.push(Finding {
                    file: store::SUFFIXES.into(),
                    line: row.line,
                    message: format!("{} has no line", row.code),
                    help: format!("write {} into its chapter's file", row.code.prefix(8)),
                });
            }
            suffixes.push(Suffix { code: row.code, life: row.life, units: row.content });
        }
        suffixes.sort_by_key(|suffix| (suffix.code, suffix.life.known));
        let span = store.imported.first().zip(store.imported.last());
        if span.is_none() && !lines.is_empty() {
            findings.push(Finding {
                file: store::IMPORTED.into(),
                line: 1,
                message: "no revision is listed".into(),
                help: "import the official files again".into(),
            });
        }
        let schedule = Schedule {
            lines,
            suffixes,
            span: span.map(|(a, z)| (a.effective, a.published, z.published)),
            chapters: store.chapters.into_iter().collect(),
        };
        (schedule, findings)
    }

    /// First day of effect of the first revision, and publication of the last. Outside of it the
    /// nearest schedule is carried.
    pub fn span(&self) -> Option<(Day, Day)> {
        self.span.map(|(first, _, last)| (first, last))
    }

    /// Every line of every time, by code and then by `known`.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter()
    }

    /// Whether the code, or one that it covers, stands in any revision.
    pub fn ever(&self, code: Code) -> bool {
        let line = self.lines.get(self.lines.partition_point(|l| l.code < code));
        let suffix = self.suffixes.get(self.suffixes.partition_point(|s| s.code < code));
        let stood = [line.map(|l| l.code), suffix.map(|s| s.code)];
        stood.into_iter().flatten().any(|other| code.covers(other))
    }

    /// Every ten-digit code of every time, by code and then by `known`.
    pub fn suffixes(&self) -> impl Iterator<Item = &Suffix> {
        self.suffixes.iter()
    }

    /// The ten-digit codes of every time under a prefix, by code and then by `known`.
    pub fn suffixes_under(&self, prefix: Code) -> impl Iterator<Item = &Suffix> {
        let start = self.suffixes.partition_point(|s| s.code < prefix);
        self.suffixes[start..].iter().take_while(move |s| prefix.covers(s.code))
    }

    /// The short title of a chapter, in this project's words.
    pub fn chapter_title(&self, chapter: u8) -> Option<&str> {
        self.chapters.iter().find(|(n, _)| *n == chapter).map(|(_, title)| title.as_str())
    }

    /// Where `code` stands on `day`, as known on `known` (by its end). A `known` before the first
    /// revision sees the first.
    pub fn lookup(&self, code: Code, day: Day, known: Day) -> Lookup<'_> {
        let known = self.seen(known);
        if code.digits() < 8 {
            let under = self.lines_under(code).iter().filter(|l| l.life.holds(day, known));
            let mut codes: Vec<Code> = under.map(|l| l.code.prefix(8)).collect();
            codes.dedup();
            return if codes.is_empty() {
                Lookup::Unknown(self.nearest(code, day, known))
            } else {
                Lookup::Prefix(codes)
            };
        }
        if code.digits() == 10
            && let Some(line) = self.line(code, day, known)
        {
            return Lookup::Line(line);
        }
        let line = self.line(code.prefix(8), day, known);
        let mut split: Vec<&Line> = Vec::new();
        for line in self.lines_under(code.prefix(8)).iter().filter(|l| l.code.digits() == 10) {
            let seen = split.last().is_some_and(|last| last.code == line.code);
            if !seen && let Some(line) = self.line(line.code, day, known) {
                split.push(line);
            }
        }
        let known_suffix = code.digits() == 10 && self.suffix(code, day, known).is_some();
        match line {
            Some(line) if known_suffix || split.is_empty() && code.digits() == 8 => {
                Lookup::Line(line)
            }
            Some(line) if split.is_empty() => Lookup::UnknownSuffix(line),
            None if split.is_empty() => Lookup::Unknown(self.nearest(code, day, known)),
            line => {
                // The eight-digit row counts too where some suffix stands on it.
                split.extend(line);
                split.sort_by_key(|line| line.code);
                Lookup::Several(split)
            }
        }
    }

    /// The reporting units of a code: those of the suffix, or what all suffixes of a line share.
    pub fn units(&self, code: Code, day: Day, known: Day) -> &[Unit] {
        let known = self.seen(known);
        if let Some(suffix) = self.suffix(code, day, known) {
            return &suffix.units;
        }
        self.line(code, day, known)
            .or_else(|| self.line(code.prefix(8), day, known))
            .map_or(&[], Line::units)
    }

    /// The codes in use on a day, each with its line: ten digits, or eight where a line has no
    /// suffixes.
    pub fn codes_on(&self, day: Day, known: Day) -> Vec<(Code, &Line)> {
        let known = self.seen(known);
        let mut codes: Vec<(Code, &Line)> = Vec::with_capacity(self.suffixes.len());
        let mut last = None;
        for suffix in &self.suffixes {
            if last == Some(suffix.code) || self.suffix(suffix.code, day, known).is_none() {
                continue;
            }
            last = Some(suffix.code);
            let line = self
                .line(suffix.code, day, known)
                .or_else(|| self.line(suffix.code.prefix(8), day, known));
            codes.extend(line.map(|line| (suffix.code, line)));
        }
        let with_suffix = codes.len();
        for (at, line) in self.lines.iter().enumerate() {
            if at > 0 && self.lines[at - 1].code == line.code {
                continue;
            }
            let start = codes[..with_suffix].partition_point(|(code, _)| *code < line.code);
            let has_suffix =
                codes[..with_suffix].get(start).is_some_and(|(code, _)| line.code.covers(*code));
            if !has_suffix && let Some(line) = self.line(line.code, day, known) {
                codes.push((line.code, line));
            }
        }
        codes.sort_by_key(|(code, _)| *code);
        codes
    }

    /// What a reader at `known` sees: before the first revision, the first.
    fn seen(&self, known: Day) -> Day {
        self.span.map_or(known, |(_, first, _)| known.max(first))
    }

    /// The row of exactly this code that holds; where two do, the later known.
    fn line(&self, code: Code, day: Day, known: Day) -> Option<&Line> {
        let start = self.lines.partition_point(|l| l.code < code);
        let rows = self.lines[start..].iter().take_while(|l| l.code == code);
        rows.filter(|l| l.life.holds(day, known)).max_by_key(|l| l.life.known)
    }

    fn suffix(&self, code: Code, day: Day, known: Day) -> Option<&Suffix> {
        let start = self.suffixes.partition_point(|s| s.code < code);
        let rows = self.suffixes[start..].iter().take_while(|s| s.code == code);
        rows.filter(|s| s.life.holds(day, known)).max_by_key(|s| s.life.known)
    }

    pub fn lines_under(&self, prefix: Code) -> &[Line] {
        let start = self.lines.partition_point(|l| l.code < prefix);
        let length = self.lines[start..].partition_point(|l| prefix.covers(l.code));
        &self.lines[start..start + length]
    }

    /// Codes of the same depth that share the longest beginning with `code`.
    fn nearest(&self, code: Code, day: Day, known: Day) -> Vec<Code> {
        let number = |code: Code| code.plain().parse::<u64>().unwrap_or(0) as i64;
        for digits in [8, 6, 4, 2] {
            if digits >= code.digits() {
                continue;
            }
            let prefix = code.prefix(digits);
            let mut near: Vec<Code> = if code.digits() == 10 {
                let start = self.suffixes.partition_point(|s| s.code < prefix);
                let rows = self.suffixes[start..].iter().take_while(|s| prefix.covers(s.code));
                rows.filter(|s| s.life.holds(day, known)).map(|s| s.code).collect()
            } else {
                let rows = self.lines_under(prefix).iter();
                rows.filter(|l| l.life.holds(day, known))
                    .map(|l| l.code.prefix(code.digits()))
                    .collect()
            };
            near.dedup();
            if !near.is_empty() {
                near.sort_by_key(|other| (number(*other) - number(code)).abs());
                near.truncate(SUGGESTIONS);
                near.sort();
                return near;
            }
        }
        Vec::new()
    }
}

/// The cells of a line as read; `Err` says what is wrong with a text.
struct LineCells {
    units: Arc<[Unit]>,
    general: Result<Arc<RateCell>, String>,
    special: Result<Arc<SpecialCell>, String>,
    other: Result<Arc<RateCell>, String>,
}

/// Texts and units read once each: 12,000 lines share some 2,000 texts.
#[derive(Default)]
struct Interned {
    general: Meanings<Result<Arc<RateCell>, String>>,
    special: Meanings<Result<Arc<SpecialCell>, String>>,
    other: Meanings<Result<Arc<RateCell>, String>>,
    units: Meanings<Arc<[Unit]>>,
}

impl Contents for Interned {
    type Line = LineCells;
    type Suffix = Arc<[Unit]>;

    fn line(&mut self, units: &str, general: &str, special: &str, other: &str) -> LineCells {
        LineCells {
            units: self.units.value(units, read_units),
            general: self.general.value(general, RateCell::read),
            special: self.special.value(special, SpecialCell::read),
            other: self.other.value(other, RateCell::read),
        }
    }

    fn suffix(&mut self, units: &str) -> Arc<[Unit]> {
        self.units.value(units, read_units)
    }
}

impl RateCell {
    fn read(text: &str) -> Result<Arc<RateCell>, String> {
        let rate =
            if text.is_empty() { None } else { Some(parse_rate(text).map_err(|e| e.to_string())?) };
        Ok(Arc::new(RateCell { text: text.to_owned(), rate }))
    }
}

impl SpecialCell {
    fn read(text: &str) -> Result<Arc<SpecialCell>, String> {
        let rates = parse_special(text).map_err(|e| e.to_string())?;
        Ok(Arc::new(SpecialCell { text: text.to_owned(), rates }))
    }
}

fn read_units(text: &str) -> Arc<[Unit]> {
    text.split(';').filter_map(Unit::parse).collect()
}
