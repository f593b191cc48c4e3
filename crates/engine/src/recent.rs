//! Which plans lines of late had, found in one look.
//!
//! What a line that states nothing more owes hangs on its class of goods, its class of origins, the slot of
//! its day and, in some cells, on the kind of its code. The tables of a regime hold that for every such
//! line, and are too large for the processor's caches; lines of real files come back to few of them.

use crate::regime::Compiled;

/// Entries: half a megabyte, so that they fit a second-level cache beside the codes.
const BITS: u32 = 17;

/// Plans by what lines are looked up with. A later line takes the place of an earlier one.
pub(crate) struct Recent {
    /// The rest of the key in the upper half, the place of the plan in the lower; 0 is none.
    entries: Box<[u32]>,
    origins: u32,
    slots: u32,
    kinds: u32,
    /// For each class of origins, all bits where one of its cells asks for the kind of a code.
    by_kind: Vec<u16>,
    /// Whether every key has 32 bits.
    fits: bool,
}

/// What a line is looked up with: which entry, and what tells it from others of that entry.
pub(crate) type Key = u32;

const REST: u32 = (1 << (32 - BITS)) - 1;

impl Recent {
    pub fn new(compiled: &Compiled<'_>) -> Recent {
        let (scopes, origins) = (compiled.classes.scopes.len(), compiled.classes.origins.len());
        let (slots, kinds) = (compiled.grid.slots.slots.len(), compiled.kinds);
        let keys = [scopes, origins, slots, kinds].iter().map(|n| *n as u128).product::<u128>();
        Recent {
            entries: vec![0; 1 << BITS].into(),
            origins: origins as u32,
            slots: slots as u32,
            kinds: kinds as u32,
            by_kind: vec![0; origins],
            fits: keys <= 1 << 32,
        }
    }

    /// The key of a line. Where keys do not fit, several lines have the same, and none is kept.
    #[inline]
    pub fn key(&self, scope: u16, origin: u16, slot: u16, kind: u16) -> Key {
        let kind = kind & self.by_kind[usize::from(origin)];
        let key = u32::from(scope).wrapping_mul(self.origins).wrapping_add(u32::from(origin));
        let key = key.wrapping_mul(self.slots).wrapping_add(u32::from(slot));
        let key = key.wrapping_mul(self.kinds).wrapping_add(u32::from(kind));
        mixed(key)
    }

    /// What stands where a key would.
    #[inline]
    pub fn entry(&self, key: Key) -> u32 {
        self.entries[(key >> (32 - BITS)) as usize]
    }

    /// The plan of an entry for a key; 0 is none.
    #[inline]
    pub fn plan(entry: u32, key: Key) -> u16 {
        if entry >> 16 == key & REST { entry as u16 } else { 0 }
    }

    /// Keeps the plan of a line; `by_kind` says whether its cell asks for the kind of its code.
    pub fn keep(&mut self, of: (u16, u16, u16, u16), by_kind: bool, plan: u16) {
        if !self.fits {
            return;
        }
        // From now on all lines of the origin are told apart by kind. What was kept for kind 0 was of cells
        // that do not ask, so it stays true.
        if by_kind {
            self.by_kind[usize::from(of.1)] = u16::MAX;
        }
        let key = self.key(of.0, of.1, of.2, of.3);
        self.entries[(key >> (32 - BITS)) as usize] = (key & REST) << 16 | u32::from(plan);
    }

    pub fn forget(&mut self) {
        self.entries.fill(0);
    }
}

/// Spreads keys over the entries. Each step can be undone, so different keys come to different numbers.
#[inline]
fn mixed(key: u32) -> u32 {
    let key = key.wrapping_mul(0x9E37_79B1);
    let key = (key ^ key >> 15).wrapping_mul(0x85EB_CA77);
    key ^ key >> 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_of_one_key_alone() {
        // A number times this is the number of which the factor makes it.
        let undone = |of: u32, factor: u32| {
            let mut inverse = factor;
            for _ in 0..5 {
                inverse = inverse.wrapping_mul(2u32.wrapping_sub(factor.wrapping_mul(inverse)));
            }
            of.wrapping_mul(inverse)
        };
        for key in (0..=u32::MAX).step_by(9_973) {
            let mut back = mixed(key);
            back ^= back >> 16;
            back = undone(back, 0x85EB_CA77);
            back ^= back >> 15 ^ back >> 30;
            assert_eq!(undone(back, 0x9E37_79B1), key);
        }
    }
}
