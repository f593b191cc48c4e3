//! The official descriptions on this machine: kept by an import, for display and search.

use std::path::PathBuf;
use std::{fs, io};

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

/// The description of one code, found without reading the other rows as a table.
pub fn of(code: Code) -> Option<String> {
    let text = fs::read_to_string(file()?).ok()?;
    let start = format!("\n{code},");
    let at = text.find(&start)? + 1;
    let row = text[at..].lines().next()?;
    let (descriptions, _) =
        Descriptions::read("", &format!("{}\n{row}\n", Descriptions::COLUMNS.join(",")));
    descriptions.get(code).map(str::to_owned)
}
