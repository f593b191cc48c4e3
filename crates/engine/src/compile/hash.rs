//! A perfect hash of codes: one probe finds the only place where a code can be.
//!
//! Keys are thrown into buckets by one hash; each bucket, largest first, gets the first displacement
//! under which all its keys fall on free places of the table (hash, displace and compress: Belazzougui,
//! Botelho and Dietzfelbinger, 2009, here in its plainest form).

/// Finds what belongs to a code of a fixed set.
#[derive(Clone, Debug)]
pub(crate) struct CodeHash<T> {
    displacements: Vec<u16>,
    /// An empty cell holds the key 0, which is no code.
    cells: Vec<(u64, T)>,
    bucket_mask: u64,
    length: usize,
}

#[inline]
fn mixed(key: u64) -> u64 {
    let x = (key ^ (key >> 29)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (x ^ (x >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

#[inline]
fn place(hash: u64, displacement: u16, cells: usize) -> usize {
    let x = hash ^ u64::from(displacement).wrapping_mul(0xA24B_AED4_963E_E407);
    let x = (x ^ (x >> 31)).wrapping_mul(0x9FB2_1C65_1E98_DF25);
    // The upper half of a product lies evenly below the other factor.
    ((u128::from(x) * cells as u128) >> 64) as usize
}

impl<T: Copy + Default> CodeHash<T> {
    /// The hash of distinct keys, none of them 0.
    pub fn of(keys: &[(u64, T)]) -> CodeHash<T> {
        let mut cells = (keys.len() * 5 / 4).max(4);
        loop {
            if let Some(hash) = CodeHash::with_cells(keys, cells) {
                return hash;
            }
            cells += cells / 8 + 1;
        }
    }

    /// `None` when some bucket found no displacement.
    fn with_cells(keys: &[(u64, T)], cells: usize) -> Option<CodeHash<T>> {
        let buckets = (keys.len() / 2).next_power_of_two().max(1);
        let mut hash = CodeHash {
            displacements: vec![0; buckets],
            cells: vec![(0, T::default()); cells],
            bucket_mask: buckets as u64 - 1,
            length: keys.len(),
        };
        let mut members: Vec<Vec<(u64, T)>> = vec![Vec::new(); buckets];
        for member in keys {
            members[(mixed(member.0) & hash.bucket_mask) as usize].push(*member);
        }
        let mut order: Vec<usize> = (0..buckets).collect();
        order.sort_by_key(|bucket| std::cmp::Reverse(members[*bucket].len()));
        let mut taken = Vec::new();
        for bucket in order {
            let mut displacements = 0..=u16::MAX;
            let found = displacements.find(|displacement| {
                taken.clear();
                members[bucket].iter().all(|(key, _)| {
                    let cell = place(mixed(*key), *displacement, cells);
                    let free = hash.cells[cell].0 == 0 && !taken.contains(&cell);
                    taken.push(cell);
                    free
                })
            })?;
            hash.displacements[bucket] = found;
            for (member, cell) in members[bucket].iter().zip(&taken) {
                hash.cells[*cell] = *member;
            }
        }
        Some(hash)
    }

    /// What belongs to a key, or `None` when it is not of the set.
    #[inline]
    pub fn find(&self, key: u64) -> Option<T> {
        let (found, of) = self.probe(key);
        found.then_some(of)
    }

    /// The only cell where a key can be, and whether it is there.
    #[inline]
    pub fn probe(&self, key: u64) -> (bool, T) {
        let hash = mixed(key);
        let displacement = self.displacements[(hash & self.bucket_mask) as usize];
        let (found, of) = self.cells[place(hash, displacement, self.cells.len())];
        (found == key, of)
    }

    pub fn len(&self) -> usize {
        self.length
    }

    /// Bytes of its tables.
    pub fn bytes(&self) -> usize {
        self.displacements.len() * 2 + std::mem::size_of_val(self.cells.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_with_what_belongs_to_it_and_no_other_key_is_found() {
        for count in [0u64, 1, 2, 3, 1000, 45_000] {
            let keys: Vec<(u64, u32)> = (1..=count).map(|n| (n * 1_000_160, n as u32)).collect();
            let hash = CodeHash::of(&keys);
            for (key, of) in &keys {
                assert_eq!(hash.find(*key), Some(*of));
                assert_eq!(hash.find(key + 1), None);
            }
            assert_eq!(hash.len() as u64, count);
        }
    }
}
