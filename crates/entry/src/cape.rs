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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> EntryNumber {
        EntryNumber::parse(text).unwrap()
    }

    #[test]
    fn an_entry_number_is_read_in_every_form_that_reports_have() {
        let plain = number("60512345672");
        for text in ["605-1234567-2", " 605 1234567 2 ", "=\"60512345672\"", "\"605-1234567-2\""] {
            assert_eq!(number(text), plain, "{text}");
        }
        assert_eq!(plain.to_string(), "605-1234567-2");
        assert_eq!(plain.filer(), "605");
        assert_eq!(number("ab712345672").plain(), "AB712345672");
        for (text, length) in [("", 0), ("605-1234567", 10), ("605-1234567-12", 12)] {
            let error = EntryNumber::parse(text).unwrap_err();
            assert_eq!(error, InvalidEntryNumber::Length(text.to_owned(), length));
        }
        let error = EntryNumber::parse("605.1234567.2").unwrap_err();
        assert_eq!(error, InvalidEntryNumber::Character("605.1234567.2".to_owned(), '.'));
        assert!(EntryNumber::parse("605123456é2").is_err());
    }

    #[test]
    fn the_check_digit_is_that_of_luhn_with_letters_as_digits() {
        // By hand, 6 0 5 1 2 3 4 5 6 7: from the right 7 is doubled (14, 5), 6 stays, 5 is doubled (10, 1), 4 stays, 3 is doubled
        // (6), 2 stays, 1 is doubled (2), 5 stays, 0 is doubled (0), 6 stays: 37.
        assert_eq!(number("60512345670").check_digit(), 10 - 37 % 10);
        assert!(number("60512345673").checks());
        assert!(!number("60512345672").checks());
        // Letters stand for digits: A is 1, J is 1, S is 2; W is 6, K is 2.
        assert_eq!(number("AJS00000000").check_digit(), number("11200000000").check_digit());
        assert_eq!(number("W4K00000000").check_digit(), number("64200000000").check_digit());
        assert_eq!(EntryNumber::with_check_digit("6051234567"), Some(number("60512345673")));
        assert_eq!(EntryNumber::with_check_digit("605123456"), None);
    }

    #[test]
    fn a_declaration_names_the_entries_of_one_importer_each_once() {
        let of = |importer: &'static str, ten: &str| {
            (importer, EntryNumber::with_check_digit(ten).unwrap())
        };
        let entries =
            [of("12-3/4", "6050000002"), of("12-3 4", "6050000003"), of("12-3/4", "6050000001")];
        let twice = entries.iter().chain(&entries).copied();
        let files = declarations(twice);
        let told: Vec<(&str, usize)> =
            files.iter().map(|file| (file.name.as_str(), file.entries.len())).collect();
        assert_eq!(told, [("cape-12-3-4-1.csv", 1), ("cape-12-3-4-2.csv", 2)]);
        assert_eq!(files[1].csv(), "Entry Number\n60500000017\n60500000025\n");
        let unknown = declarations([of("", "6050000001"), of(" ", "AB70000001")]);
        let names: Vec<&str> = unknown.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["cape-filer-605-1.csv", "cape-filer-AB7-1.csv"]);
    }

    #[test]
    fn a_file_that_would_be_refused_is_told_with_every_fault() {
        let text = "Entry No\n60512345673\n605-1234567-3\n60512345672\nx\n60512345673,1\n";
        let faults = read_declaration(text).unwrap_err();
        let told: Vec<(usize, &str)> =
            faults.iter().map(|fault| (fault.line, fault.message.as_str())).collect();
        assert_eq!(
            told,
            [
                (1, "the head is `Entry No`"),
                (3, "605-1234567-3 stands on line 2 too"),
                (4, "the check digit of 605-1234567-2 is not right"),
                (5, "`x` has 1 letters and digits; an entry number has 11"),
                (6, "`60512345673,1` has more than one column"),
            ]
        );
        assert_eq!(read_declaration("Entry Number\n").unwrap_err().len(), 1);
        assert_eq!(read_declaration("").unwrap_err().len(), 2);
        let many: String = (0..10_000).map(|at| made(at).plain().to_owned() + "\n").collect();
        let faults = read_declaration(&format!("Entry Number\n{many}")).unwrap_err();
        assert_eq!(faults[0].message, "the file names 10000 entries");
    }

    fn made(at: u32) -> EntryNumber {
        EntryNumber::with_check_digit(&format!("605{at:07}")).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn what_is_written_is_read_and_passes(
            entries in prop::collection::vec((0usize..3, 0u32..40_000), 1..12_000),
        ) {
            let importers = ["11-111111100", "22-222222200", "33-333333300"];
            let files =
                declarations(entries.iter().map(|(of, at)| (importers[*of], made(*at))));
            let backward =
                declarations(entries.iter().rev().map(|(of, at)| (importers[*of], made(*at))));
            prop_assert_eq!(&files, &backward);
            let mut read = std::collections::BTreeSet::new();
            for file in &files {
                prop_assert!(file.entries.len() <= DECLARATION_ENTRIES_MAX);
                let entries = read_declaration(&file.csv()).unwrap();
                prop_assert_eq!(&entries, &file.entries);
                read.extend(entries.into_iter().map(|entry| (file.importer.clone(), entry)));
            }
            let wanted: std::collections::BTreeSet<_> =
                entries.iter().map(|(of, at)| (importers[*of].to_owned(), made(*at))).collect();
            prop_assert_eq!(read, wanted);
        }

        #[test]
        fn a_digit_typed_wrong_never_checks(at in 0u32..10_000_000, place in 0usize..11, by in 1u8..10) {
            let mut wrong = made(at);
            wrong.0[place] = b'0' + (wrong.0[place] - b'0' + by) % 10;
            prop_assert!(!wrong.checks());
        }
    }
}
