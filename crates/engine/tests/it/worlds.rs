//! The same lines in every world of the ledger.

use ledger::{Known, Readings};

use crate::crew::hold_random;
use crate::real_ledger::ledger;

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
