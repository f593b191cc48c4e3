//! A ledger whose text differs from another's in one file: only that file is read anew.

use std::sync::Arc;

use tariff::Zone;

use crate::finding::Finding;
use crate::ledger::{Folder, Ledger};
use crate::source::Source;
use crate::{area, check};

impl Ledger {
    /// What [`Ledger::load`] gives for a text that differs in the file at `path` alone from the one
    /// that this ledger was loaded from. That one has no findings: they would not be found again.
    pub fn reload(&self, source: &Source, path: &str) -> (Ledger, Vec<Finding>) {
        let mut findings = Vec::new();
        let Some(mut ledger) = self.with_file(source, path, &mut findings) else {
            return Ledger::load(source);
        };
        ledger.digest = source.digest();
        check::check(&ledger, &mut findings);
        findings.sort();
        findings.dedup();
        (ledger, findings)
    }

    /// The ledger with one file as it is in `source`; `None` where more than its own part may depend on it.
    fn with_file(
        &self,
        source: &Source,
        path: &str,
        findings: &mut Vec<Finding>,
    ) -> Option<Ledger> {
        let text = source.get(path)?;
        let utc = Zone::named("UTC").expect("UTC is a zone");
        let (folder, _) = path.rsplit_once('/')?;
        if folder == "areas" && path.ends_with(".toml") {
            let home = self.territories.first()?;
            let areas = area::areas(source, &self.countries, &home.zone, home.boundary, findings);
            let mut ledger = self.clone();
            ledger.areas = areas;
            return Some(ledger);
        }
        let (name, part) = folder.split_once('/')?;
        let folder = Folder::all(&self.territories, &utc).find(|folder| folder.name == name)?;
        match part {
            "acts" if path.ends_with(".toml") => {
                let mut ledger = self.clone();
                ledger.acts.retain(|act| act.place.file != path);
                ledger.acts.extend(folder.act(path, text, findings));
                ledger.index();
                Some(ledger)
            }
            "lists" if path.ends_with(".csv") => {
                let mut ledger = self.clone();
                let list = folder.list(path, text, findings);
                ledger.lists.insert(list.name.clone(), Arc::new(list));
                Some(ledger)
            }
            _ => None,
        }
    }
}
