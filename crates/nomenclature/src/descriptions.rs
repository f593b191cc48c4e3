//! What the codes are called in the official files: for display and search, never for duty.
//!
//! The texts are the Commission's, so they stay in the user's data folder and out of the ledger.

use std::collections::BTreeMap;

use tariff::Code;

use crate::rate::unmarked;
use crate::revision::RevisionName;
use crate::rows::Row;
use crate::table::{self, Table};
use crate::{Finding, Official};

/// Between the levels of a description.
const LEVELS: &str = " > ";

/// Full descriptions by code, each from the newest revision that showed the code.
#[derive(Clone, Debug, Default)]
pub struct Descriptions {
    texts: BTreeMap<Code, (RevisionName, String)>,
}

impl Descriptions {
    /// Columns of `descriptions.csv`.
    pub const COLUMNS: &'static [&'static str] = &["code", "revision", "text"];

    /// Builds the full text of every coded row from the hierarchy of indents.
    pub fn of(official: &Official, revision: RevisionName) -> Descriptions {
        let mut path: Vec<(usize, String)> = Vec::new();
        let mut texts = BTreeMap::new();
        for row in &official.rows {
            let text = unmarked(&row.description).trim_end_matches([':', ' ']).to_owned();
            path.retain(|(indent, _)| *indent < row.indent);
            path.push((row.indent, text));
            if let Some(Ok(code)) = row.code {
                let levels: Vec<&str> = path.iter().map(|(_, text)| text.as_str()).collect();
                texts.entry(code).or_insert_with(|| (revision, levels.join(LEVELS)));
            }
        }
        Descriptions { texts }
    }

    /// Takes in another set; for a code in both, the newer revision wins.
    pub fn merge(&mut self, other: Descriptions) {
        for (code, (revision, text)) in other.texts {
            match self.texts.get(&code) {
                Some((known, _)) if *known > revision => {}
                _ => {
                    self.texts.insert(code, (revision, text));
                }
            }
        }
    }

    /// Reads the table; `file` is its name in the findings.
    pub fn read(file: &str, text: &str) -> (Descriptions, Vec<Finding>) {
        let mut table = Table::read(file, text, Descriptions::COLUMNS);
        let mut row = Row::default();
        let mut texts = BTreeMap::new();
        while table.next_row(&mut row) {
            let code = table.value(&row, 0, Code::parse);
            let revision = table.value(&row, 1, RevisionName::parse);
            if let (Some(code), Some(revision)) = (code, revision) {
                texts.insert(code, (revision, row.text(2).to_owned()));
            }
        }
        (Descriptions { texts }, table.findings)
    }

    pub fn write(&self) -> String {
        let rows = self.texts.iter().map(|(code, (revision, text))| {
            vec![code.to_string(), revision.to_string(), text.clone()]
        });
        table::write(Descriptions::COLUMNS, rows)
    }

    /// The full text of a code: `Live horses … > Horses > Purebred …`.
    pub fn get(&self, code: Code) -> Option<&str> {
        self.texts.get(&code).map(|(_, text)| text.as_str())
    }

    /// The last level of a code's text.
    pub fn last_level(&self, code: Code) -> Option<&str> {
        self.get(code)?.rsplit(LEVELS).next()
    }

    /// Codes whose text holds all the words, in any case and order.
    pub fn search<'a>(&'a self, words: &'a str) -> impl Iterator<Item = (Code, &'a str)> {
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        self.texts.iter().map(|(code, (_, text))| (*code, text.as_str())).filter(
            move |(_, text)| {
                let text = text.to_lowercase();
                words.iter().all(|word| text.contains(word))
            },
        )
    }

    pub fn len(&self) -> usize {
        self.texts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}
