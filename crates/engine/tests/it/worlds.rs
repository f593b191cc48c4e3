//! The same lines in every world of the ledger, and where operations follow each other.

use ledger::{Binds, Known, Ledger, Readings, Source, World};

use crate::crew::hold_random;
use crate::real_ledger::ledger;
use crate::support;

const LINES: usize = 3000;

#[test]
fn both_engines_say_the_same_in_every_world() {
    let record = ledger();
    assert!(!record.worlds.is_empty());
    for world in &record.worlds {
        let ledger = record.in_worlds(std::slice::from_ref(world));
        for known in [Known::Entry, Known::Today] {
            let held = hold_random(&ledger, known, &Readings::new(), LINES, 4);
            assert!(held.answered * 4 > LINES * 3, "{}: {held:?}", world.id);
        }
    }
}

#[test]
fn both_engines_say_the_same_after_each_of_a_row_of_operations() {
    let files = support::files("tests/ledgers/operations");
    let (record, findings) = Ledger::load(&Source::new(files));
    assert!(findings.is_empty(), "{findings:?}");
    let named = |id: &str| record.worlds.iter().find(|w| w.id == id).unwrap().clone();
    let mut worlds: Vec<Vec<World>> = record.worlds.iter().map(|w| vec![w.clone()]).collect();
    worlds.push(Vec::new());
    worlds.push(vec![named("runs-on"), named("ends-in-october")]);
    worlds.push(vec![named("ends-in-october"), named("runs-on")]);
    let mut moments = vec![Known::Entry, Known::Today];
    for act in &record.acts {
        moments.push(Known::At(act.known_stated));
        if let Binds::At(_, stated) = act.binds {
            moments.push(Known::At(stated));
        }
    }
    for worlds in worlds {
        let ledger = record.in_worlds(&worlds);
        for known in &moments {
            hold_random(&ledger, *known, &Readings::new(), 300, 6);
        }
    }
}
