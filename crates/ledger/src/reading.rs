//! `readings/` -> points on which authorities disagree.

use crate::document::{Table, parse};
use crate::finding::{Finding, Place, did_you_mean};
use crate::source::Source;

/// A point on which authorities disagree.
#[derive(Clone, Debug)]
pub struct Reading {
    pub id: String,
    pub title: String,
    pub default: String,
    pub options: Vec<ReadingOption>,
    pub place: Place,
}

#[derive(Clone, Debug)]
pub struct ReadingOption {
    pub id: String,
    pub title: String,
    pub source: String,
}

pub(crate) fn readings(source: &Source, findings: &mut Vec<Finding>) -> Vec<Reading> {
    let mut readings = Vec::new();
    for (path, text) in source.in_folder("readings", ".toml") {
        let mut t = parse(path, text, findings);
        let id = t.require_text("id", "the reading's name", findings);
        let title = t.require_text("title", "the question", findings);
        let default = t.require_text("default", "the option taken", findings);
        t.take_text("note", findings);
        let mut options = Vec::new();
        for node in t.take_list("option", findings) {
            let Some(mut o) = Table::from_node(node, findings) else { continue };
            let id = o.require_text("id", "the option's name", findings);
            let title = o.require_text("title", "what it says", findings);
            let source = o.require_text("source", "who reads it so", findings);
            o.finish(&["id", "title", "source"], findings);
            if let (Some((id, at)), Some((title, _)), Some((source, _))) = (id, title, source) {
                if options.iter().any(|o: &ReadingOption| o.id == id) {
                    findings.push(at.finding(format!("the option `{id}` stands twice"), ""));
                }
                options.push(ReadingOption { id, title, source });
            }
        }
        t.finish(&["id", "title", "default", "note", "option"], findings);
        if let (Some((id, place)), Some((title, _)), Some((default, at))) = (id, title, default) {
            if !options.iter().any(|o| o.id == default) {
                let help = did_you_mean(
                    &default,
                    options.iter().map(|o| o.id.as_str()),
                    "the default is one of the options",
                );
                findings.push(at.finding(format!("`{default}` is no option here"), help));
            }
            if readings.iter().any(|r: &Reading| r.id == id) {
                findings.push(place.finding(format!("the reading `{id}` stands twice"), ""));
            }
            readings.push(Reading { id, title, default, options, place });
        }
    }
    readings
}
