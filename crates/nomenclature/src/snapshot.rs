//! One revision as law: legal lines with their rates, statistical suffixes with their units.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tariff::{Code, Unit};

use crate::rate::{RateError, clean, normal_special, parse_rate, parse_special, unmarked};
use crate::{Finding, Official};

/// The three duty columns of a line in their normal form, and the units its suffixes share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LineText {
    /// Reporting units joined by `;`, where all suffixes have the same; else blank.
    pub units: String,
    pub general: String,
    pub special: String,
    pub other: String,
}

/// What one official file says, without its noise.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Chapters 1 to 98 at the level where the rate is set: 8 digits, or 10 where suffixes of one
    /// line differ in rate.
    pub lines: BTreeMap<Code, LineText>,
    /// Ten-digit codes of chapters 1 to 98 and their reporting units joined by `;`.
    pub suffixes: BTreeMap<Code, String>,
    /// Chapter 99, every coded row that carries a rate.
    pub headings: BTreeMap<Code, LineText>,
    /// Codes whose footnotes name chapter 99 headings.
    pub footnotes: BTreeMap<Code, BTreeSet<Code>>,
    /// Rows that a person should look at. The line is left out where it has no rate.
    pub findings: Vec<Finding>,
}

/// The cells of a coded row, cleaned.
#[derive(Clone, Default)]
struct Cells {
    row: usize,
    text: LineText,
    units: String,
}

impl Snapshot {
    /// Sorts the rows of a file into lines and suffixes.
    ///
    /// A ten-digit line has its own cell where that is not blank, else the cell of the eight-digit
    /// row with the same digits; never that of a sibling.
    pub fn of(official: &Official) -> Snapshot {
        let mut snapshot = Snapshot::default();
        let coded = snapshot.coded_rows(official);
        let mut by_line: BTreeMap<Code, Vec<(Code, &Cells)>> = BTreeMap::new();
        for (code, cells) in coded.iter().filter(|(code, _)| code.digits() >= 8) {
            if code.chapter() == 99 {
                if cells.text != LineText::default() {
                    snapshot.headings.insert(*code, cells.text.clone());
                }
                continue;
            }
            by_line.entry(code.prefix(8)).or_default().push((*code, cells));
        }
        for (line, rows) in by_line {
            snapshot.add_line(&official.file, line, &rows);
        }
        snapshot
    }

    /// Every code once. Repeated numbers (chapter 98) keep the first row that carries a rate.
    fn coded_rows(&mut self, official: &Official) -> BTreeMap<Code, Cells> {
        let mut coded: BTreeMap<Code, Cells> = BTreeMap::new();
        let mut normal = Normal::default();
        for (at, row) in official.rows.iter().enumerate() {
            let code = match &row.code {
                Some(Ok(code)) => *code,
                Some(Err(e)) => {
                    self.find(&official.file, at + 1, e.to_string(), "the row is left out");
                    continue;
                }
                None => continue,
            };
            for note in &row.footnotes {
                let headings = normal.headings(note);
                if !headings.is_empty() {
                    self.footnotes.entry(code).or_default().extend(headings);
                }
            }
            let cells = Cells {
                row: at + 1,
                text: LineText {
                    units: String::new(),
                    general: normal.rate(&row.general),
                    special: normal.special(&row.special),
                    other: normal.rate(&row.other),
                },
                units: normal.units(&row.units),
            };
            for error in normal.errors.drain(..) {
                let help = "extend the grammar of rate texts, docs/schedule.md";
                self.find(&official.file, at + 1, format!("{code}: {error}"), help);
            }
            match coded.get_mut(&code) {
                None => {
                    coded.insert(code, cells);
                }
                Some(known) if known.text == cells.text || cells.text == LineText::default() => {}
                Some(known) if known.text == LineText::default() => *known = cells,
                Some(known) => {
                    let message = format!("{code} stands twice with different rates");
                    let help = format!("the rates of row {} are used", known.row);
                    self.find(&official.file, at + 1, message, &help);
                }
            }
        }
        // A line printed as one ten-digit row has its footnotes there; splitting the row moves them.
        for (code, headings) in std::mem::take(&mut self.footnotes) {
            let line = code.prefix(8);
            let owner = if coded.contains_key(&line) { code } else { line };
            self.footnotes.entry(owner).or_default().extend(headings);
        }
        coded
    }

    fn add_line(&mut self, file: &str, line: Code, rows: &[(Code, &Cells)]) {
        let own = rows.iter().find(|(code, _)| *code == line).map(|(_, cells)| *cells);
        let suffixes: Vec<_> = rows.iter().filter(|(code, _)| code.digits() == 10).collect();
        let mut priced = Vec::new();
        for (code, cells) in &suffixes {
            let text = effective(&cells.text, own.map(|o| &o.text));
            if self.has_rates(file, *code, cells.row, &text) {
                self.suffixes.insert(*code, cells.units.clone());
                priced.push((*code, cells, text));
            }
        }
        let shared = priced.first().map(|(_, first, _)| first.units.as_str()).unwrap_or_default();
        let shared = if priced.iter().all(|(_, c, _)| c.units == shared) { shared } else { "" };
        let same = priced.windows(2).all(|pair| pair[0].2 == pair[1].2);
        let base = match own {
            Some(own) if suffixes.is_empty() => {
                let complete = self.has_rates(file, line, own.row, &own.text);
                complete.then(|| (own.text.clone(), own.units.as_str()))
            }
            // Where suffixes fill in what the eight-digit row leaves blank, they are the line.
            Some(own) if !same => Some((own.text.clone(), shared)),
            _ if same => priced.first().map(|(_, _, text)| (text.clone(), shared)),
            _ => None,
        };
        if let Some((text, units)) = &base {
            self.lines.insert(line, LineText { units: (*units).to_owned(), ..text.clone() });
        }
        for (code, cells, text) in priced {
            if base.as_ref().is_none_or(|(base, _)| *base != text) {
                self.lines.insert(code, LineText { units: cells.units.clone(), ..text });
            }
        }
    }

    /// In chapters 1 to 97 a line without a general or an "other" rate is a fault of the file.
    fn has_rates(&mut self, file: &str, code: Code, row: usize, text: &LineText) -> bool {
        if code.chapter() == 98 {
            return true;
        }
        let mut complete = true;
        for (column, cell) in [("general", &text.general), ("other", &text.other)] {
            if cell.is_empty() {
                complete = false;
                let message = format!(
                    "{code} has no rate in column {column}, and there is no {} to take it from",
                    code.prefix(8)
                );
                self.find(file, row, message, "the line is left out; compare the next revision");
            }
        }
        complete
    }

    fn find(&mut self, file: &str, line: usize, message: String, help: &str) {
        let finding = Finding { file: file.to_owned(), line, message, help: help.to_owned() };
        self.findings.push(finding);
    }

    /// The cells that a ten-digit code of chapters 1 to 98 is charged by.
    pub fn rates_of(&self, code: Code) -> Option<&LineText> {
        self.lines.get(&code).or_else(|| self.lines.get(&code.prefix(8)))
    }
}

/// Normal forms of the texts met so far; most cells repeat.
#[derive(Default)]
struct Normal {
    rates: HashMap<String, String>,
    specials: HashMap<String, String>,
    units: HashMap<Vec<String>, String>,
    headings: HashMap<String, Vec<Code>>,
    /// What could not be read since the errors were last taken. Each text is reported once a file.
    errors: Vec<RateError>,
}

impl Normal {
    fn units(&mut self, cells: &[String]) -> String {
        if let Some(normal) = self.units.get(cells) {
            return normal.clone();
        }
        let normal = units(cells);
        self.units.insert(cells.to_vec(), normal.clone());
        normal
    }

    fn headings(&mut self, note: &str) -> &[Code] {
        if !self.headings.contains_key(note) {
            self.headings.insert(note.to_owned(), headings_named(note));
        }
        self.headings.get(note).map_or(&[], Vec::as_slice)
    }

    fn rate(&mut self, text: &str) -> String {
        if let Some(normal) = self.rates.get(text) {
            return normal.clone();
        }
        let normal = clean(text);
        if !normal.is_empty() {
            self.errors.extend(parse_rate(&normal).err());
        }
        self.rates.insert(text.to_owned(), normal.clone());
        normal
    }

    fn special(&mut self, text: &str) -> String {
        if let Some(normal) = self.specials.get(text) {
            return normal.clone();
        }
        let normal = normal_special(text);
        self.errors.extend(parse_special(&normal).err());
        self.specials.insert(text.to_owned(), normal.clone());
        normal
    }
}

fn effective(own: &LineText, line: Option<&LineText>) -> LineText {
    let pick = |own: &str, line: Option<&String>| match line {
        Some(line) if own.is_empty() => line.clone(),
        _ => own.to_owned(),
    };
    LineText {
        units: String::new(),
        general: pick(&own.general, line.map(|l| &l.general)),
        special: pick(&own.special, line.map(|l| &l.special)),
        other: pick(&own.other, line.map(|l| &l.other)),
    }
}

/// The units of a cell in one spelling: the canonical name of a plain unit, the official text of a
/// qualified one (`Cu kg`).
fn units(cells: &[String]) -> String {
    let plain: Vec<String> = cells.iter().map(|cell| unmarked(cell)).collect();
    plain
        .iter()
        .flat_map(|cell| cell.split(" and "))
        .filter_map(|cell| {
            let unit = Unit::parse(cell)?;
            Some(if unit.of.is_none() { unit.name } else { cell.to_owned() })
        })
        .collect::<Vec<_>>()
        .join(";")
}

/// The chapter 99 headings that a footnote names.
fn headings_named(note: &str) -> Vec<Code> {
    unmarked(note)
        .split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .filter(|word| word.starts_with("99"))
        .filter_map(|word| Code::parse(word.trim_end_matches('.')).ok())
        .filter(|code| code.digits() >= 8)
        .collect()
}
