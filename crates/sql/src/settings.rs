//! `SET truce.known = 'today'`: what holds for every call of a session that does not say otherwise.

use datafusion::common::extensions_options;
use datafusion::config::{ConfigExtension, ConfigOptions};

use crate::coordinates::{Coordinates, names};

extensions_options! {
    /// The settings `truce.…` of a session.
    pub struct Settings {
        /// Which law had been made: entry, today, a day or a moment
        pub known: String, default = "entry".to_owned()
        /// Worlds of the ledger, `+` between them
        pub world: String, default = "record".to_owned()
        /// NAME=OPTION, `,` between them
        pub reading: String, default = String::new()
        /// The digest of the law to price with; another one is an error
        pub ledger: String, default = String::new()
        /// Whether a row that cannot be right ends the query
        pub strict: bool, default = false
    }
}

impl ConfigExtension for Settings {
    const PREFIX: &'static str = "truce";
}

impl Settings {
    pub fn of(options: &ConfigOptions) -> Settings {
        options.extensions.get::<Settings>().cloned().unwrap_or_default()
    }

    pub fn coordinates(&self) -> Coordinates {
        Coordinates {
            known: self.known.clone(),
            world: names(&self.world),
            reading: names(&self.reading),
        }
    }
}
