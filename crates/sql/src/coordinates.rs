//! The coordinates of a query in words, and what they mean in a ledger.

use ledger::{Ledger, World};
use serde::{Deserialize, Serialize};

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
        // Worlds in files are not taken: on another machine the file may say something else.
        let worlds = self.world.iter().map(|name| world(ledger, name));
        let others = truce::question::Coordinates {
            known: self.known.clone(),
            world: Vec::new(),
            reading: self.reading.clone(),
        };
        let settled = others.of(ledger).map_err(Failure::as_told)?;
        Ok(ledger::Coordinates { worlds: worlds.collect::<Result<_, _>>()?, ..settled })
    }
}

fn world(ledger: &Ledger, name: &str) -> Result<World, Failure> {
    ledger.worlds.iter().find(|w| w.id == name).cloned().ok_or_else(|| {
        let known = ledger.worlds.iter().map(|w| w.id.as_str());
        let help = ledger::did_you_mean(name, known, "`truce worlds` lists them");
        Failure::new(format!("unknown world `{name}`"), "world", help)
    })
}
