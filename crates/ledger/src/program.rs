//! `programs.toml` -> the closed list of programs.

use crate::document::tables;
use crate::finding::{Finding, Place};
use crate::source::Source;

/// A family of duties or controls, from `programs.toml`.
#[derive(Clone, Debug)]
pub struct Program {
    pub id: String,
    pub by: String,
    pub title: String,
    /// Whether it is a duty; controls are not.
    pub levies: bool,
    /// Never assessed, only mentioned.
    pub note_only: bool,
    /// The duty that every line has, before any additional one.
    pub base: bool,
    pub place: Place,
    /// Where it says who levies it.
    pub(crate) by_place: Place,
}

impl Program {
    /// As a column name: hyphens become underscores.
    pub fn column(&self) -> String {
        self.id.replace('-', "_")
    }
}

pub(crate) fn programs(source: &Source, findings: &mut Vec<Finding>) -> Vec<Program> {
    let mut programs: Vec<Program> = Vec::new();
    for mut t in tables(source, "programs.toml", "program", findings) {
        let id = t.require_text("id", "the program's name", findings);
        let by = t.require_text("by", "the territory that levies it", findings);
        let title = t.require_text("title", "short words", findings);
        let levies = t.take_bool("levies", findings).unwrap_or(true);
        let note_only = t.take_bool("note-only", findings).unwrap_or(false);
        let base = t.take_bool("base", findings).unwrap_or(false);
        if let (Some((id, place)), Some((by, by_place)), Some((title, _))) = (id, by, title) {
            if programs.iter().any(|p| p.id == id) {
                findings.push(place.finding(format!("program `{id}` stands twice"), ""));
            }
            programs.push(Program { id, by, title, levies, note_only, base, place, by_place });
        }
        t.finish(&["id", "by", "title", "levies", "note-only", "base"], findings);
    }
    programs
}
