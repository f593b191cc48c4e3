//! CAPE declarations: the files by which importers ask for duties back that a court held unlawful
//! (CSMS 68315804). A file is one column of entry numbers. Nothing is sent anywhere.

use std::collections::BTreeMap;
use std::fmt;

use thiserror::Error;

/// The head of the only column.
const HEAD: &str = "Entry Number";

/// The most entries that a declaration may name.
pub const DECLARATION_ENTRIES_MAX: usize = 9_999;

/// The number of an entry: three characters of the filer, seven of its own, a check digit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryNumber([u8; NUMBER_LENGTH]);

const NUMBER_LENGTH: usize = 11;

/// A text that is no number of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidEntryNumber {
    #[error("`{0}` has {1} letters and digits; an entry number has 11")]
    Length(String, usize),
    #[error("`{0}` holds `{1}`; an entry number is letters and digits")]
    Character(String, char),
}

impl EntryNumber {
    /// Reads `605-1234567-8`, `60512345678`, `="60512345678"`, in either case.
    ///
    /// # Errors
    /// When what is left without hyphens, blanks and wrapping is not 11 letters and digits.
    pub fn parse(text: &str) -> Result<EntryNumber, InvalidEntryNumber> {
        let bare = unwrapped(text);
        let mut number = [0; NUMBER_LENGTH];
        let mut length = 0;
        for c in bare.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            if !c.is_ascii_alphanumeric() {
                return Err(InvalidEntryNumber::Character(bare.to_owned(), c));
            }
            if let Some(place) = number.get_mut(length) {
                *place = c.to_ascii_uppercase() as u8;
            }
            length += 1;
        }
        if length != NUMBER_LENGTH {
            return Err(InvalidEntryNumber::Length(bare.to_owned(), length));
        }
        Ok(EntryNumber(number))
    }

    /// The number of a filer's entry, with the check digit that belongs to it; `None` where the first
    /// ten are not letters and digits.
    pub fn with_check_digit(first_ten: &str) -> Option<EntryNumber> {
        let mut number = EntryNumber::parse(&format!("{first_ten}0")).ok()?;
        number.0[NUMBER_LENGTH - 1] = b'0' + number.check_digit();
        Some(number)
    }

    /// The check digit that belongs to the first ten characters: letters stand for digits (A to I 1 to
    /// 9, J to R 1 to 9, S to Z 2 to 9), then every second digit from the right is doubled (Luhn).
    pub fn check_digit(&self) -> u8 {
        let sum: u8 = self.0[..NUMBER_LENGTH - 1]
            .iter()
            .rev()
            .enumerate()
            .map(|(at, c)| {
                let digit = match c {
                    b'A'..=b'I' => c - b'A' + 1,
                    b'J'..=b'R' => c - b'J' + 1,
                    b'S'..=b'Z' => c - b'S' + 2,
                    digit => digit - b'0',
                };
                let digit = if at % 2 == 0 { digit * 2 } else { digit };
                digit / 10 + digit % 10
            })
            .sum();
        (10 - sum % 10) % 10
    }

    /// Whether the last character is the check digit: a number typed wrong mostly has another.
    pub fn checks(&self) -> bool {
        self.0[NUMBER_LENGTH - 1] == b'0' + self.check_digit()
    }

    /// The first three characters: who filed it.
    pub fn filer(&self) -> &str {
        &self.plain()[..3]
    }

    /// Without hyphens: `60512345678`.
    pub fn plain(&self) -> &str {
        std::str::from_utf8(&self.0).expect("letters and digits")
    }
}

/// As forms write it: `605-1234567-8`.
impl fmt::Display for EntryNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.plain();
        f.pad(&format!("{}-{}-{}", &plain[..3], &plain[3..10], &plain[10..]))
    }
}

impl fmt::Debug for EntryNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntryNumber({self})")
    }
}

/// The text of a cell that a report wrapped so that Excel keeps its zeros: `="0123"`.
fn unwrapped(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix('=').unwrap_or(text);
    let quoted = inner.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
    quoted.unwrap_or(inner).trim()
}

/// One file of a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// `cape-12-345678900-1.csv`: the importer, and which of its files it is.
    pub name: String,
    pub importer: String,
    /// In order, each once.
    pub entries: Vec<EntryNumber>,
}

impl Declaration {
    /// The text of the file.
    pub fn csv(&self) -> String {
        let mut text = String::with_capacity((self.entries.len() + 1) * (NUMBER_LENGTH + 2));
        text.push_str(HEAD);
        text.push('\n');
        for entry in &self.entries {
            text.push_str(entry.plain());
            text.push('\n');
        }
        text
    }
}

/// Puts entries into declarations: those of an importer together, at most
/// [`DECLARATION_ENTRIES_MAX`] a file, in order and each once. Importers that are not known (an empty
/// text) are kept apart by filer. Names and order do not depend on the order of the entries.
pub fn declarations<'a>(
    entries: impl IntoIterator<Item = (&'a str, EntryNumber)>,
) -> Vec<Declaration> {
    let mut by_importer: BTreeMap<String, Vec<EntryNumber>> = BTreeMap::new();
    for (importer, entry) in entries {
        let importer = match importer.trim() {
            "" => format!("filer {}", entry.filer()),
            importer => importer.to_owned(),
        };
        by_importer.entry(importer).or_default().push(entry);
    }
    let mut declarations: Vec<Declaration> = Vec::new();
    for (importer, mut entries) in by_importer {
        entries.sort_unstable();
        entries.dedup();
        for part in entries.chunks(DECLARATION_ENTRIES_MAX) {
            let importer = importer.clone();
            let stem = format!("cape-{}", file_name(&importer));
            // Importers may differ in signs that a file name cannot hold.
            let number = (1..)
                .find(|number| {
                    let name = format!("{stem}-{number}.csv");
                    declarations.iter().all(|other| !other.name.eq_ignore_ascii_case(&name))
                })
                .expect("numbers do not end");
            let name = format!("{stem}-{number}.csv");
            declarations.push(Declaration { name, importer, entries: part.to_vec() });
        }
    }
    declarations
}

/// A name with letters, digits and hyphens only.
fn file_name(text: &str) -> String {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-")
}

/// Why a file would be refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {message}; {help}")]
pub struct CapeFault {
    /// The line of the file, from 1.
    pub line: usize,
    pub message: String,
    pub help: String,
}

/// Reads a declaration and checks what the check of files looks at: the head, the form of each number and
/// its check digit, that none stands twice, and how many there are. All faults are told.
///
/// # Errors
/// Every fault, by line.
pub fn read_declaration(text: &str) -> Result<Vec<EntryNumber>, Vec<CapeFault>> {
    let mut faults = Vec::new();
    let mut fault = |line: usize, message: String, help: &str| {
        faults.push(CapeFault { line, message, help: help.to_owned() });
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    let head = lines.next().map_or("", |(_, head)| head);
    if unwrapped(head) != HEAD {
        fault(1, format!("the head is `{head}`"), "write `Entry Number`");
    }
    let mut seen: BTreeMap<EntryNumber, usize> = BTreeMap::new();
    let mut entries = Vec::new();
    for (line, cell) in lines.filter(|(_, line)| !line.is_empty()) {
        if cell.contains(',') {
            fault(line, format!("`{cell}` has more than one column"), "write one number a line");
            continue;
        }
        let entry = match EntryNumber::parse(cell) {
            Ok(entry) => entry,
            Err(error) => {
                fault(line, error.to_string(), "like 60512345678");
                continue;
            }
        };
        if !entry.checks() {
            let help = format!("it would be {}", entry.check_digit());
            fault(line, format!("the check digit of {entry} is not right"), &help);
        }
        if let Some(first) = seen.insert(entry, line) {
            fault(line, format!("{entry} stands on line {first} too"), "name it once");
        }
        entries.push(entry);
    }
    if entries.len() > DECLARATION_ENTRIES_MAX {
        let message = format!("the file names {} entries", entries.len());
        fault(1, message, &format!("at most {DECLARATION_ENTRIES_MAX}: make several files"));
    }
    if entries.is_empty() {
        fault(1, "the file names no entry".to_owned(), "one number a line");
    }
    if faults.is_empty() { Ok(entries) } else { Err(faults) }
}
