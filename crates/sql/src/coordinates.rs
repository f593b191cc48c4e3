//! The coordinates of a query in words, and what they mean in a ledger.

use ledger::{Known, Ledger, Readings, World};
use serde::{Deserialize, Serialize};
use tariff::Stated;

use crate::failure::Failure;

/// What was known, in which world, under which readings; as the command line has them.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq, Hash)]
pub struct Coordinates {
    /// `entry`, `today`, a day or a moment.
    pub known: String,
    /// Names of worlds of the ledger, in order; `record` alone is none.
    pub world: Vec<String>,
    /// `NAME=OPTION`.
    pub reading: Vec<String>,
}

impl Default for Coordinates {
    fn default() -> Coordinates {
        Coordinates { known: "entry".to_owned(), world: Vec::new(), reading: Vec::new() }
    }
}

/// Names in one text, `+` or `,` between them.
pub fn names(text: &str) -> Vec<String> {
    let names = text.split(['+', ',']).map(str::trim);
    names.filter(|name| !name.is_empty() && *name != "record").map(str::to_owned).collect()
}

impl Coordinates {
    /// In terms of a ledger.
    ///
    /// # Errors
    /// What the ledger does not hold, with the argument that names it.
    pub fn of(&self, ledger: &Ledger) -> Result<ledger::Coordinates, Failure> {
        let worlds = self.world.iter().map(|name| world(ledger, name));
        Ok(ledger::Coordinates {
            known: self.known(ledger)?,
            worlds: worlds.collect::<Result<_, _>>()?,
            readings: self.readings(ledger)?,
        })
    }

    fn known(&self, ledger: &Ledger) -> Result<Known, Failure> {
        match self.known.as_str() {
            "entry" => Ok(Known::Entry),
            "today" => Ok(Known::Today),
            text => Stated::parse(text, &ledger.territories[0].zone).map(Known::At).map_err(|e| {
                Failure::new(e, "known", "'entry', 'today', a day ('2025-08-01') or a moment")
            }),
        }
    }

    fn readings(&self, ledger: &Ledger) -> Result<Readings, Failure> {
        let mut readings = Readings::new();
        for text in &self.reading {
            let (name, option) = text.split_once('=').ok_or_else(|| {
                Failure::new(format!("`{text}` names no option"), "reading", "write 'NAME=OPTION'")
            })?;
            let Some(reading) = ledger.readings.iter().find(|r| r.id == name) else {
                let known = ledger.readings.iter().map(|r| r.id.as_str());
                let help = ledger::did_you_mean(name, known, "`truce law list readings`");
                return Err(Failure::new(format!("unknown reading `{name}`"), "reading", help));
            };
            if !reading.options.iter().any(|o| o.id == option) {
                let all: Vec<&str> = reading.options.iter().map(|o| o.id.as_str()).collect();
                let help = format!("its options are {}", all.join(", "));
                let message = format!("`{name}` has no option `{option}`");
                return Err(Failure::new(message, "reading", help));
            }
            readings.insert(name.to_owned(), option.to_owned());
        }
        Ok(readings)
    }
}

fn world(ledger: &Ledger, name: &str) -> Result<World, Failure> {
    ledger.worlds.iter().find(|w| w.id == name).cloned().ok_or_else(|| {
        let known = ledger.worlds.iter().map(|w| w.id.as_str());
        let help = ledger::did_you_mean(name, known, "`truce worlds` lists them");
        Failure::new(format!("unknown world `{name}`"), "world", help)
    })
}
