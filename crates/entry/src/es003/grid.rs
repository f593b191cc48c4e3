//! A file as rows of texts.

use std::fs::File;
use std::io::Read;

use crate::error::FileError;
use crate::format::excel;
use crate::source::Kind;

/// The rows of a file, each with the number by which people find it.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    pub rows: Vec<(u64, Vec<String>)>,
}

impl Grid {
    /// Reads a whole file: reports are small beside the files that `assess` reads.
    ///
    /// # Errors
    /// When it is not of its kind.
    pub fn open(kind: Kind, mut file: File) -> Result<Grid, FileError> {
        match kind {
            Kind::Csv => {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).map_err(|e| {
                    FileError::new(format!("cannot be read: {e}"), "give a regular file")
                })?;
                Grid::of_text(&decoded(bytes))
            }
            Kind::Excel => Ok(Grid { rows: excel::rows(file)? }),
            Kind::Parquet => {
                let help = "export the report as .csv or .xlsx";
                Err(FileError::new("a report of entries is no Parquet file", help))
            }
        }
    }

    /// Rows of a text, separated by commas, semicolons or tabs.
    ///
    /// # Errors
    /// When a quote is never closed.
    pub fn of_text(text: &str) -> Result<Grid, FileError> {
        let bytes = text.trim_start_matches('\u{feff}').as_bytes();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator(text))
            .from_reader(bytes);
        let mut rows = Vec::new();
        let (mut line, mut counted) = (1, 0);
        let mut record = csv::StringRecord::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return Ok(Grid { rows }),
                Err(e) => {
                    let message = format!("cannot be read as CSV: {e}");
                    return Err(FileError::new(message, "look for a quote that is never closed"));
                }
            }
            // A position is that after the `\r` of the line before, so its `\n` is counted here.
            let start = record.position().map_or(0, csv::Position::byte) as usize;
            let end = start + usize::from(bytes.get(start) == Some(&b'\n'));
            line += bytes[counted..end].iter().filter(|byte| **byte == b'\n').count() as u64;
            counted = end;
            rows.push((line, record.iter().map(str::to_owned).collect()));
        }
    }
}

/// The text of a file: UTF-8 or UTF-16 by its mark, else the letters of Windows, of which only names
/// have any.
fn decoded(bytes: Vec<u8>) -> String {
    let wide = |from: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|c| from([c[0], c[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes.get(..2) {
        Some([0xff, 0xfe]) => return wide(u16::from_le_bytes),
        Some([0xfe, 0xff]) => return wide(u16::from_be_bytes),
        _ => {}
    }
    String::from_utf8(bytes)
        .unwrap_or_else(|e| e.into_bytes().into_iter().map(char::from).collect())
}

/// The separator: of the three the one that stands most often in one of the first lines.
fn separator(text: &str) -> u8 {
    let count = |separator: u8| {
        let lines = text.lines().take(50);
        lines.map(|line| line.bytes().filter(|b| *b == separator).count()).max().unwrap_or(0)
    };
    // The comma where none stands out: it comes last, and the last of equals is taken.
    [b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_the_line_on_which_they_begin() {
        let grid = Grid::of_text("\u{feff}a,b\r\n\"x\r\ny\",2\r\n3,=\"4\"\r\n").unwrap();
        let lines: Vec<u64> = grid.rows.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 2, 4]);
        assert_eq!(grid.rows[2].1, ["3", "=\"4\""]);
    }

    #[test]
    fn other_separators_and_encodings_are_seen() {
        assert_eq!(Grid::of_text("a\tb\tc\n1\t2,5\t3\n").unwrap().rows[1].1, ["1", "2,5", "3"]);
        assert_eq!(decoded(b"Caf\xe9,1".to_vec()), "Café,1");
        let wide: Vec<u8> = [0xff, 0xfe, b'a', 0, b',', 0].to_vec();
        assert_eq!(decoded(wide), "a,");
    }
}
