//! How much of the schedule is computed and how much needs a fact: the table of classes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use tariff::DutyExpression;

use crate::changes::Column;
use crate::rate::{RateText, clean, normal_special, parse_rate, parse_special};
use crate::{LineText, Official, Schedule, Snapshot};

/// Texts and cells of one class in one column.
#[derive(Clone, Debug, Default)]
pub struct Count {
    pub texts: BTreeSet<String>,
    pub cells: usize,
}

/// Ten-digit lines of chapters 1 to 97 in one file.
#[derive(Clone, Debug)]
pub struct Coverage {
    pub file: String,
    pub lines: usize,
    /// Lines whose cell in the column (general, special, column 2) is classified in any part.
    pub classified: [usize; 3],
    /// Lines whose special cell has no part that is a duty, though it is not blank.
    pub special_without_duty: usize,
}

/// The counts over any number of files.
#[derive(Clone, Debug, Default)]
pub struct Census {
    /// By name of the class; each part of a special cell counts.
    pub classes: BTreeMap<String, [Count; 3]>,
    pub coverage: Vec<Coverage>,
    /// Texts that cannot be read, with the column and the reason.
    pub unreadable: BTreeSet<(Column, String)>,
    /// Cells read so far: files repeat each other nearly whole.
    read: HashMap<(Column, String), Parts>,
}

/// The parts of a cell: the text of each and its class, or why it cannot be read.
type Parts = Vec<(String, Result<String, String>)>;

impl Census {
    /// Counts every coded row of a file, chapters 98 and 99 included.
    pub fn add(&mut self, official: &Official, snapshot: &Snapshot) {
        let mut cells: BTreeMap<(Column, &str), usize> = BTreeMap::new();
        for row in official.rows.iter().filter(|row| row.code.is_some()) {
            let texts = [&row.general, &row.special, &row.other];
            for (column, text) in Column::ALL.into_iter().zip(texts) {
                *cells.entry((column, text.as_str())).or_default() += 1;
            }
        }
        for ((column, text), count) in cells {
            self.count(column, text, count);
        }
        self.coverage.push(coverage(official, snapshot));
    }

    /// Counts the lines of a schedule in place of an official file: chapters 1 to 98, every row of
    /// every time, and the codes in use at the end of its span.
    pub fn add_schedule(&mut self, schedule: &Schedule) {
        let mut coverage = Coverage::empty("the last revision");
        for line in schedule.lines() {
            let texts = [line.general_text(), line.special_text(), line.other_text()];
            for (column, text) in Column::ALL.into_iter().zip(texts) {
                self.count(column, text, 1);
            }
        }
        if let Some((_, last)) = schedule.span() {
            for (code, line) in schedule.codes_on(last, last) {
                if code.digits() == 10 && code.chapter() <= 97 {
                    coverage.count(judge(&LineText {
                        units: String::new(),
                        general: line.general_text().to_owned(),
                        special: line.special_text().to_owned(),
                        other: line.other_text().to_owned(),
                    }));
                }
            }
        }
        self.coverage.push(coverage);
    }

    fn count(&mut self, column: Column, text: &str, cells: usize) {
        let key = (column, text.to_owned());
        let parts = self.read.entry(key).or_insert_with(|| parts(column, text));
        for (text, class) in parts {
            match class {
                Ok(class) => {
                    let counts = match self.classes.get_mut(class) {
                        Some(counts) => counts,
                        None => self.classes.entry(class.clone()).or_default(),
                    };
                    counts[column as usize].cells += cells;
                    if !counts[column as usize].texts.contains(text) {
                        counts[column as usize].texts.insert(text.clone());
                    }
                }
                Err(error) => {
                    self.unreadable.insert((column, error.clone()));
                }
            }
        }
    }

    /// The table, for people and for `docs/schedule.md`.
    pub fn report(&self) -> String {
        let mut out = String::new();
        let _ = writeln!(
            out,
            "{:<32}{:>22}{:>22}{:>22}",
            "class (cells, distinct texts)", "general", "special", "column 2"
        );
        for (name, counts) in &self.classes {
            let _ = write!(out, "{name:<32}");
            for count in counts {
                let cell = format!("{}, {}", count.cells, count.texts.len());
                let _ = write!(out, "{:>22}", if count.cells == 0 { "-" } else { &cell });
            }
            out.push('\n');
        }
        let worst = |of: &dyn Fn(&Coverage) -> usize| {
            self.coverage
                .iter()
                .max_by_key(|c| (of(c) * 1_000_000).checked_div(c.lines).unwrap_or(0))
                .map(|c| {
                    let thousandths = (of(c) * 100_000).checked_div(c.lines).unwrap_or(0);
                    format!(
                        "{} of {} ({}.{:03}%) in {}",
                        of(c),
                        c.lines,
                        thousandths / 1000,
                        thousandths % 1000,
                        c.file
                    )
                })
                .unwrap_or_default()
        };
        out.push_str(
            "\nTen-digit lines of chapters 1 to 97 classified in any part, the most in a file:\n",
        );
        for (at, column) in Column::ALL.into_iter().enumerate() {
            let _ = writeln!(out, "  {:<10}{}", column.name(), worst(&|c| c.classified[at]));
        }
        let _ = writeln!(
            out,
            "  {:<10}{} without any duty",
            "special",
            worst(&|c| c.special_without_duty)
        );
        for (column, error) in &self.unreadable {
            let _ = writeln!(out, "unreadable in {}: {error}", column.name());
        }
        out
    }
}

/// None of a blank cell.
fn parts(column: Column, text: &str) -> Parts {
    if column == Column::Special {
        return match parse_special(text) {
            Ok(parts) => {
                parts.into_iter().map(|p| (p.rate.to_string(), Ok(class_name(&p.rate)))).collect()
            }
            Err(e) => vec![(text.to_owned(), Err(e.to_string()))],
        };
    }
    let text = clean(text);
    if text.is_empty() {
        return Vec::new();
    }
    let class = parse_rate(&text).map(|rate| class_name(&rate)).map_err(|e| e.to_string());
    vec![(text, class)]
}

fn class_name(rate: &RateText) -> String {
    match rate {
        RateText::Duty(DutyExpression::Free) => "duty: free".into(),
        RateText::Duty(DutyExpression::PerDegree { .. }) => "duty: by degree".into(),
        RateText::Duty(duty) if duty.as_ad_valorem().is_some() => "duty: ad valorem".into(),
        RateText::Duty(_) => "duty: specific or compound".into(),
        RateText::Applicable { plus: None } => "applicable subheading".into(),
        RateText::Applicable { plus: Some(_) } => "applicable subheading + duty".into(),
        RateText::NoChange => "no change".into(),
        RateText::Needs(class) => format!("needs: {}", class.name()),
    }
}

impl Coverage {
    fn empty(file: &str) -> Coverage {
        Coverage { file: file.to_owned(), lines: 0, classified: [0; 3], special_without_duty: 0 }
    }

    fn count(&mut self, (classified, no_duty): ([bool; 3], bool)) {
        self.lines += 1;
        for (count, classified) in self.classified.iter_mut().zip(classified) {
            *count += usize::from(classified);
        }
        self.special_without_duty += usize::from(no_duty);
    }
}

fn coverage(official: &Official, snapshot: &Snapshot) -> Coverage {
    let mut coverage = Coverage::empty(&official.file);
    let mut read: BTreeMap<&LineText, ([bool; 3], bool)> = BTreeMap::new();
    for code in snapshot.suffixes.keys().filter(|code| code.chapter() <= 97) {
        if let Some(text) = snapshot.rates_of(*code) {
            coverage.count(*read.entry(text).or_insert_with(|| judge(text)));
        }
    }
    coverage
}

fn judge(text: &LineText) -> ([bool; 3], bool) {
    let needs = |text: &str| parse_rate(text).is_ok_and(|rate| rate.is_classified());
    let special = parse_special(&normal_special(&text.special)).unwrap_or_default();
    let any = special.iter().any(|part| part.rate.is_classified());
    let none = !special.is_empty() && special.iter().all(|part| part.rate.is_classified());
    ([needs(&text.general), any, needs(&text.other)], none)
}
