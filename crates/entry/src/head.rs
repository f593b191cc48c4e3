//! The columns of an entry file, by the names in its head.

use crate::error::FileError;

const REQUIRED: [&str; 4] = ["code", "origin", "entered", "value"];
const OPTIONAL: [&str; 17] = [
    "line",
    "by",
    "quantity",
    "unit",
    "quantity_2",
    "unit_2",
    "loaded",
    "exported",
    "withdrawn",
    "privileged",
    "mode",
    "claims",
    "content_steel",
    "content_aluminum",
    "content_copper",
    "content_us",
    "content_processing",
];

/// Columns of parts of the article.
pub(crate) const CONTENTS: [&str; 5] =
    ["content_steel", "content_aluminum", "content_copper", "content_us", "content_processing"];

/// Where the columns of a line stand in a file. Other columns are kept and not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    positions: Vec<(&'static str, usize)>,
}

impl Columns {
    /// Finds the columns in the head of a file. Case and blanks around do not matter.
    ///
    /// # Errors
    /// When a required column is missing or one stands twice.
    pub fn of<'a>(head: impl IntoIterator<Item = &'a str>) -> Result<Columns, FileError> {
        let names: Vec<String> = head.into_iter().map(settled).collect();
        let mut positions = Vec::new();
        for name in REQUIRED.into_iter().chain(OPTIONAL) {
            let found: Vec<usize> = (0..names.len()).filter(|at| names[*at] == name).collect();
            match found.as_slice() {
                [] if REQUIRED.contains(&name) => {
                    let help = format!(
                        "a file of entry lines needs {}; it may have {}",
                        REQUIRED.join(", "),
                        OPTIONAL.join(", ")
                    );
                    return Err(FileError::new(format!("the column `{name}` is missing"), help));
                }
                [] => {}
                [at] => positions.push((name, *at)),
                _ => {
                    let message = format!("the column `{name}` stands {} times", found.len());
                    return Err(FileError::new(message, "keep one of them"));
                }
            }
        }
        Ok(Columns { positions })
    }

    /// The place of a column, counted from 0.
    pub fn at(&self, name: &str) -> Option<usize> {
        self.positions.iter().find(|(column, _)| *column == name).map(|(_, at)| *at)
    }

    /// The columns that are read, by name and place.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.positions.iter().copied()
    }
}

/// Whether lines are read from a column of this name.
pub fn is_column_of_lines(name: &str) -> bool {
    let name = settled(name);
    REQUIRED.into_iter().chain(OPTIONAL).any(|column| column == name)
}

/// The columns that state a fact of a line, those that every line has first.
pub fn fact_names() -> impl Iterator<Item = &'static str> {
    REQUIRED.into_iter().chain(OPTIONAL).filter(|name| *name != "line")
}

/// Whether a column of this name states a fact of a line.
pub(crate) fn is_fact(name: &str) -> bool {
    let name = settled(name);
    fact_names().any(|fact| fact == name)
}

/// Whether a column of this (settled) name states a date.
pub(crate) fn is_date_fact(name: &str) -> bool {
    ["entered", "loaded", "exported", "withdrawn", "privileged"].contains(&name)
}

/// A name of a column as it is compared.
pub(crate) fn settled(name: &str) -> String {
    name.trim().trim_start_matches('\u{feff}').to_lowercase().replace("aluminium", "aluminum")
}
