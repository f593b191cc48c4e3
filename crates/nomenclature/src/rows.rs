//! The records of a CSV text in memory. A start of the program reads 90,000 of them, so a cell that
//! stands as it is is not copied, and a small file costs no preparation.

use std::borrow::Cow;
use std::collections::HashMap;

/// Reads records one after the other. Cells may be quoted, with `""` for a quote in them; blank
/// lines are no records. Every text can be read.
pub struct Rows<'a> {
    text: &'a str,
    /// Where the next record starts, and on which line that is.
    at: usize,
    line: usize,
    comment: Option<u8>,
}

/// One record and the line it starts on; filled again and again.
#[derive(Default)]
pub struct Row<'a> {
    pub line: usize,
    cells: Vec<Cow<'a, str>>,
}

/// Whether a byte ends a cell.
static ENDS: [bool; 256] = {
    let mut ends = [false; 256];
    ends[b',' as usize] = true;
    ends[b'\n' as usize] = true;
    ends[b'\r' as usize] = true;
    ends
};

impl Row<'_> {
    /// The cell in this column; empty where the record is shorter.
    pub fn text(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell)
    }

    pub fn cells(&self) -> impl ExactSizeIterator<Item = &str> {
        self.cells.iter().map(|cell| &**cell)
    }
}

impl<'a> Rows<'a> {
    pub fn of(text: &'a str) -> Rows<'a> {
        // Some programs put a mark before the first cell.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Rows { text, at: 0, line: 1, comment: None }
    }

    /// Leaves out lines that start with `#`.
    pub fn with_comments(text: &'a str) -> Rows<'a> {
        Rows { comment: Some(b'#'), ..Rows::of(text) }
    }

    /// Fills `row` with the next record; false after the last.
    pub fn next_row(&mut self, row: &mut Row<'a>) -> bool {
        row.cells.clear();
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at) {
                None => return false,
                Some(b'\n') => self.line += 1,
                Some(b'\r') => {}
                Some(c) if Some(*c) == self.comment => {
                    while bytes.get(self.at).is_some_and(|c| *c != b'\n') {
                        self.at += 1;
                    }
                    continue;
                }
                Some(_) => break,
            }
            self.at += 1;
        }
        row.line = self.line;
        loop {
            let cell = match bytes.get(self.at) {
                Some(b'"') => self.quoted(),
                _ => Cow::Borrowed(self.plain()),
            };
            row.cells.push(cell);
            let end = bytes.get(self.at);
            self.at += usize::from(end.is_some());
            match end {
                Some(b',') => {}
                Some(b'\n') => {
                    self.line += 1;
                    return true;
                }
                _ => return true,
            }
        }
    }

    /// The text up to the end of the cell.
    fn plain(&mut self) -> &'a str {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut at = start;
        while at < bytes.len() && !ENDS[usize::from(bytes[at])] {
            at += 1;
        }
        self.at = at;
        &self.text[start..self.at]
    }

    fn quoted(&mut self) -> Cow<'a, str> {
        let mut cell = Cow::Borrowed("");
        loop {
            let start = self.at + 1;
            let length = self.text[start..].find('"');
            let end = length.map_or(self.text.len(), |length| start + length);
            let part = &self.text[start..end];
            self.line += part.bytes().filter(|c| *c == b'\n').count();
            // `+=` of a text to an empty one borrows it.
            cell += part;
            self.at = (end + 1).min(self.text.len());
            if self.text.as_bytes().get(self.at) != Some(&b'"') {
                break;
            }
            cell += "\"";
        }
        // What follows the closing quote belongs to the cell too.
        cell += self.plain();
        cell
    }
}

/// What the texts of a column mean. Each is read once; most rows have that of the row above.
pub struct Meanings<T> {
    /// Apart from the others, because comparing empty texts is slow: they may have an address that
    /// is none, on which some processors lose hundreds of cycles.
    blank: Option<T>,
    last: Option<(String, T)>,
    all: HashMap<String, T>,
}

impl<T> Default for Meanings<T> {
    fn default() -> Meanings<T> {
        Meanings { blank: None, last: None, all: HashMap::new() }
    }
}

impl<T: Clone> Meanings<T> {
    pub fn value(&mut self, cell: &str, read: impl FnOnce(&str) -> T) -> T {
        if cell.is_empty() {
            return self.blank.get_or_insert_with(|| read(cell)).clone();
        }
        if let Some((text, value)) = &self.last
            && text == cell
        {
            return value.clone();
        }
        let value = self.all.get(cell).cloned().unwrap_or_else(|| {
            let value = read(cell);
            self.all.insert(cell.to_owned(), value.clone());
            value
        });
        match &mut self.last {
            Some((text, last)) => {
                cell.clone_into(text);
                last.clone_from(&value);
            }
            None => self.last = Some((cell.to_owned(), value.clone())),
        }
        value
    }

    /// Every value of the column, each once.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.blank.iter().chain(self.all.values())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(mut rows: Rows<'_>) -> Vec<(usize, Vec<String>)> {
        let mut row = Row::default();
        let mut read = Vec::new();
        while rows.next_row(&mut row) {
            read.push((row.line, row.cells().map(str::to_owned).collect()));
        }
        read
    }

    #[test]
    fn a_record_knows_its_line() {
        let text = "a,b\n\n# note\n\"x\ny\",\"1 \"\"2\"\"\"\r\nlast,";
        let rows = read(Rows::with_comments(text));
        let lines: Vec<usize> = rows.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 4, 6]);
        assert_eq!(rows[1].1, ["x\ny", "1 \"2\""]);
        assert_eq!(rows[2].1, ["last", ""]);
    }

    proptest! {
        #[test]
        fn cells_are_what_the_csv_crate_reads(text in "[a#,\"\r\n \u{e9}]{0,40}") {
            prop_assert_eq!(cells(Rows::of(&text)), by_crate(&text, None));
            // A comment that ends without a line end is a record to the crate.
            let text = text + "\n";
            prop_assert_eq!(cells(Rows::with_comments(&text)), by_crate(&text, Some(b'#')));
        }
    }

    fn cells(rows: Rows<'_>) -> Vec<Vec<String>> {
        read(rows).into_iter().map(|(_, cells)| cells).collect()
    }

    fn by_crate(text: &str, comment: Option<u8>) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new();
        reader.flexible(true).has_headers(false).comment(comment);
        let records = reader.from_reader(text.as_bytes()).into_records();
        records.map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
    }
}
