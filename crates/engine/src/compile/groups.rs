//! Classes that the law of a slot, or of all slots, does not tell apart.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use super::state::Live;

/// Classes by the groups they are in, slot by slot.
pub(crate) struct Ever(Vec<u128>);

/// Classes that are in one group in every slot.
pub(crate) struct EverGroups {
    pub of: Vec<usize>,
    /// One class of each group.
    pub first: Vec<usize>,
}

impl Ever {
    pub fn new(classes: usize) -> Ever {
        Ever(vec![0; classes])
    }

    pub fn add(&mut self, slot: usize, groups: &[usize]) {
        for (sum, group) in self.0.iter_mut().zip(groups) {
            *sum = sum.wrapping_add(wide(slot as u64, *group as u64));
        }
    }

    pub fn grouped(self) -> EverGroups {
        let (of, groups) = grouped(&self.0);
        EverGroups { of, first: groups.into_iter().map(|(_, class)| class).collect() }
    }
}

/// Classes that the measures of one state do not tell apart.
pub(crate) struct Groups {
    pub of_scope: Vec<usize>,
    pub of_origin: Vec<usize>,
    /// What is common to a group, and one class of it.
    pub scopes: Vec<(u128, usize)>,
    pub origins: Vec<(u128, usize)>,
}

/// For each class the sum over the measures of a state that concern it. From slot to slot few measures
/// change, so what did not is carried over.
pub(crate) struct Sums {
    by_scope: Vec<u128>,
    by_origin: Vec<u128>,
}

impl Sums {
    pub fn new((scopes, origins): (usize, usize)) -> Sums {
        Sums { by_scope: vec![0; scopes], by_origin: vec![0; origins] }
    }

    /// Goes on from the live measures of one state to those of the next.
    pub fn turn(&mut self, before: &[Live<'_>], after: &[Live<'_>]) {
        let (mut old, mut new) = (before.iter().peekable(), after.iter().peekable());
        loop {
            // Both stand in the order of their measures.
            let order = match (old.peek(), new.peek()) {
                (None, None) => return,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => a.version.measure.cmp(&b.version.measure),
            };
            let gone = if order.is_le() { old.next() } else { None };
            let come = if order.is_ge() { new.next() } else { None };
            if gone.zip(come).is_some_and(|(a, b)| a.is(b)) {
                continue;
            }
            if let Some(live) = gone {
                self.change(live, u128::wrapping_sub);
            }
            if let Some(live) = come {
                self.change(live, u128::wrapping_add);
            }
        }
    }

    fn change(&mut self, live: &Live<'_>, change: fn(u128, u128) -> u128) {
        let id = u64::from(live.version.id);
        let alone = wide(id, 0);
        for scope in live.scope.iter() {
            let part = match live.within_scope(scope) {
                (0, None) => alone,
                (bits, rate) => {
                    let rate = rate.map_or(0, |r| u64::from(r) + 1);
                    wide(id, u64::from(bits) << 32 | rate)
                }
            };
            self.by_scope[scope] = change(self.by_scope[scope], part);
        }
        for origin in live.origins.iter() {
            let part = match live.within_origin(origin) {
                0 => alone,
                bits => wide(id, u64::from(bits)),
            };
            self.by_origin[origin] = change(self.by_origin[origin], part);
        }
    }

    /// The classes with the same sums.
    pub fn groups(&self) -> Groups {
        let (of_scope, scopes) = grouped(&self.by_scope);
        let (of_origin, origins) = grouped(&self.by_origin);
        Groups { of_scope, of_origin, scopes, origins }
    }
}

fn grouped(hashes: &[u128]) -> (Vec<usize>, Vec<(u128, usize)>) {
    let mut groups: Vec<(u128, usize)> = Vec::new();
    let mut places: FxHashMap<u128, usize> = FxHashMap::default();
    let of = hashes
        .iter()
        .enumerate()
        .map(|(class, hash)| {
            *places.entry(*hash).or_insert_with(|| {
                groups.push((*hash, class));
                groups.len() - 1
            })
        })
        .collect();
    (of, groups)
}

fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// A sum of such numbers tells sets apart but for a chance of 2⁻¹²⁸ or so.
pub(crate) fn wide(id: u64, within: u64) -> u128 {
    let a = mix(id.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ mix(within.wrapping_add(1)));
    let b = mix(a ^ mix(id ^ 0x5851_F42D_4C95_7F2D) ^ within.rotate_left(17));
    u128::from(a) << 64 | u128::from(b)
}
