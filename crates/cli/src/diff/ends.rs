//! The two ends of a difference, as they are asked for.

use std::path::PathBuf;

use ledger::Ledger;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::question::Coordinates;

/// Coordinates, in the words of the option and settled.
pub struct End {
    asked: Coordinates,
    pub at: ledger::Coordinates,
}

const HELP: &str = "known=entry|today|DATE, world=NAME|FILE|record, reading=NAME=OPTION";

impl End {
    /// Settles the texts of `option`.
    pub fn settle(record: &Ledger, option: &str, texts: &[String]) -> Result<End, Failure> {
        let mut asked = Coordinates { known: "entry".to_owned(), ..Coordinates::default() };
        let mut given: Vec<&str> = Vec::new();
        for text in texts {
            let refused = |message: String| Failure::new(message, option, HELP);
            let (name, value) = text.trim().split_once('=').unwrap_or((text.trim(), ""));
            if value.is_empty() {
                return Err(refused(format!("`{text}` is no coordinate")));
            }
            match name {
                "known" if given.contains(&"known") => {
                    return Err(refused("`known` is given twice".to_owned()));
                }
                "known" => asked.known = value.to_owned(),
                "world" if value == "record" => {}
                "world" => asked.world.push(value.to_owned()),
                "reading" => asked.reading.push(value.to_owned()),
                _ => return Err(refused(format!("`{name}` is no coordinate"))),
            }
            given.push(if text.trim() == "world=record" { "record" } else { name });
        }
        if given.contains(&"record") && !asked.world.is_empty() {
            let message = "the record and a world on one side";
            return Err(Failure::new(message, option, "give the worlds alone"));
        }
        let place = |f: Failure| Failure { place: option.to_owned(), ..f };
        let at = asked.of(record).map_err(place)?;
        Ok(End { asked, at })
    }

    pub fn known(&self) -> &str {
        &self.asked.known
    }

    pub fn world(&self) -> String {
        match self.at.worlds.as_slice() {
            [] => "record".to_owned(),
            worlds => worlds.iter().map(|w| w.id.as_str()).collect::<Vec<_>>().join("+"),
        }
    }

    pub fn readings(&self) -> String {
        let readings = self.at.readings.iter().map(|(name, option)| format!("{name}={option}"));
        readings.collect::<Vec<_>>().join(" ")
    }

    pub fn in_words(&self) -> String {
        let mut words = format!("known {}, {}", self.known(), self.world());
        if !self.at.worlds.is_empty() {
            words.push_str(" (hypothetical)");
        }
        if !self.at.readings.is_empty() {
            words.push_str(&format!(", reading {}", self.readings()));
        }
        words
    }

    /// The worlds that are files.
    pub fn files(&self, record: &Ledger) -> Vec<PathBuf> {
        self.asked.files(record)
    }

    pub fn json(&self) -> Value {
        json!({"known": self.known(), "world": self.world(), "reading": self.at.readings})
    }
}
