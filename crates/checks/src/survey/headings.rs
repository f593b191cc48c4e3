//! What the headings of a line say of its programs.

use std::collections::{BTreeMap, HashMap};

use engine::Regime;
use ledger::{Does, program_of, territory_of};

/// What the headings of chapters 98 and 99 of a line mean for programs.
#[derive(Clone, Debug, Default)]
pub struct Meaning {
    /// Programs that one of them is of, by their place among the regime's.
    pub programs: Vec<usize>,
    /// One of them is of the base duty.
    pub of_base: bool,
}

/// Every heading that a measure of a side has ever had.
pub struct Headings {
    /// By the heading as it is printed.
    each: BTreeMap<String, Meaning>,
    /// What was found of lists of headings.
    lists: Vec<Meaning>,
    places: HashMap<String, usize>,
}

impl Headings {
    pub fn of(regime: &Regime<'_>, territory: &str) -> Headings {
        let ledger = regime.ledger();
        let mut each: BTreeMap<String, Meaning> = BTreeMap::new();
        for (id, records) in ledger.measures().filter(|(id, _)| territory_of(id) == territory) {
            let of_this = |at: &usize| ledger.programs[*at].id == program_of(id);
            let Some(column) = regime.programs().iter().position(of_this) else { continue };
            let base = ledger.programs[regime.programs()[column]].base;
            let headings =
                records.iter().filter_map(|record| match &ledger.record(*record).1.does {
                    Does::Measure { fields, .. } | Does::Amend { fields, .. } => fields.heading,
                    _ => None,
                });
            for heading in headings {
                let meaning = each.entry(heading.to_string()).or_default();
                meaning.of_base |= base;
                if !meaning.programs.contains(&column) {
                    meaning.programs.push(column);
                }
            }
        }
        Headings { each, lists: Vec::new(), places: HashMap::new() }
    }

    /// The place of what headings joined by `;` mean.
    pub fn place(&mut self, list: &str) -> usize {
        if let Some(place) = self.places.get(list) {
            return *place;
        }
        let mut all = Meaning::default();
        for meaning in list.split(';').filter_map(|heading| self.each.get(heading)) {
            all.of_base |= meaning.of_base;
            for column in &meaning.programs {
                if !all.programs.contains(column) {
                    all.programs.push(*column);
                }
            }
        }
        self.lists.push(all);
        self.places.insert(list.to_owned(), self.lists.len() - 1);
        self.lists.len() - 1
    }

    pub fn get(&self, place: usize) -> &Meaning {
        &self.lists[place]
    }
}
