//! The official descriptions on this machine: kept by an import, for display and search.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::path::PathBuf;

use nomenclature::Descriptions;
use tariff::Code;

use crate::failure::Failure;

/// `descriptions.csv` in `$TRUCE_DATA`, `$XDG_DATA_HOME/truce` or `~/.local/share/truce`.
pub fn file() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let folder = set("TRUCE_DATA")
        .or_else(|| set("XDG_DATA_HOME").map(|folder| folder.join("truce")))
        .or_else(|| set("HOME").map(|home| home.join(".local").join("share").join("truce")))?;
    Some(folder.join("descriptions.csv"))
}

/// All descriptions. A file that is not there is an empty set: they are a help, not a condition.
pub fn load() -> Result<Descriptions, Failure> {
    let Some(path) = file() else { return Ok(Descriptions::default()) };
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Descriptions::read(&path.display().to_string(), &text).0),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Descriptions::default()),
        Err(e) => Err(Failure::new(format!("cannot be read: {e}"), path.display(), "")),
    }
}

/// The description of one code, found without reading the other rows.
pub fn of(code: Code) -> Option<String> {
    let row = row_of(&mut BufReader::new(File::open(file()?).ok()?), code).ok()??;
    let (descriptions, _) =
        Descriptions::read("", &format!("{}\n{row}\n", Descriptions::COLUMNS.join(",")));
    descriptions.get(code).map(str::to_owned)
}

/// The row of a code. The rows are sorted by code and one line each, so halves will do: the file
/// has megabytes, and most of them would be read for one answer.
fn row_of(file: &mut (impl BufRead + Seek), code: Code) -> io::Result<Option<String>> {
    // The row starts at `low` or after, and before `high`.
    let (mut low, mut high) = (0, file.seek(SeekFrom::End(0))?);
    while low < high {
        let middle = low + (high - low) / 2;
        // The first line that starts at the middle or after.
        file.seek(SeekFrom::Start(middle.saturating_sub(1)))?;
        if middle > 0 {
            file.skip_until(b'\n')?;
        }
        let start = file.stream_position()?;
        let mut line = String::new();
        file.read_line(&mut line)?;
        // The head of the table is no code and stands before all.
        let found = line.split(',').next().and_then(|text| Code::parse(text).ok());
        if found == Some(code) {
            return Ok(Some(line));
        }
        if start >= high || found > Some(code) {
            high = middle;
        } else {
            low = start + line.len() as u64;
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn every_row_is_found_and_no_other() {
        let codes = ["0101", "0101.21", "0101.21.00", "0101.21.00.10", "0102", "9706.90.00.60"];
        let rows = codes.map(|code| format!("{code},2025,\"{}\"\n", "x".repeat(code.len() * 7)));
        let text = format!("code,revision,text\n{}", rows.concat());
        let find = |code: &str| {
            row_of(&mut Cursor::new(text.as_bytes()), Code::parse(code).unwrap()).unwrap()
        };
        for (code, row) in codes.iter().zip(&rows) {
            assert_eq!(find(code).as_ref(), Some(row));
        }
        for code in ["01", "0101.20", "0101.21.00.20", "99"] {
            assert_eq!(find(code), None);
        }
    }
}
