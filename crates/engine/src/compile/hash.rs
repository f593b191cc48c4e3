//! A perfect hash of codes: one probe finds the only place where a code can be.
//!
//! Keys are thrown into buckets by one hash; each bucket, largest first, gets the first displacement
//! under which all its keys fall on free places of the table (hash, displace and compress: Belazzougui,
//! Botelho and Dietzfelbinger, 2009, here in its plainest form).

/// Finds a code among a fixed set.
#[derive(Clone, Debug)]
pub(crate) struct CodeHash {
    displacements: Vec<u32>,
    /// Key and its place in the set; an empty cell holds the key 0, which is no code.
    cells: Vec<(u64, u32)>,
    bucket_mask: u64,
    cell_mask: u64,
    length: usize,
}

#[inline]
fn mixed(key: u64) -> u64 {
    let x = (key ^ (key >> 29)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (x ^ (x >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

#[inline]
fn place(hash: u64, displacement: u32) -> u64 {
    let x = hash ^ u64::from(displacement).wrapping_mul(0xA24B_AED4_963E_E407);
    (x ^ (x >> 31)).wrapping_mul(0x9FB2_1C65_1E98_DF25) >> 20
}

impl CodeHash {
    /// The hash of distinct keys, none of them 0; their places are those in the vector.
    pub fn of(keys: Vec<u64>) -> CodeHash {
        let cells = (keys.len() * 3 / 2).next_power_of_two().max(4);
        let buckets = (keys.len() / 3).next_power_of_two().max(1);
        let mut hash = CodeHash {
            displacements: vec![0; buckets],
            cells: vec![(0, 0); cells],
            bucket_mask: buckets as u64 - 1,
            cell_mask: cells as u64 - 1,
            length: keys.len(),
        };
        let mut members: Vec<Vec<(u64, u32)>> = vec![Vec::new(); buckets];
        for (at, key) in keys.iter().enumerate() {
            members[(mixed(*key) & hash.bucket_mask) as usize].push((*key, at as u32));
        }
        let mut order: Vec<usize> = (0..buckets).collect();
        order.sort_by_key(|bucket| std::cmp::Reverse(members[*bucket].len()));
        let mut taken = Vec::new();
        for bucket in order {
            // With a third of the cells free, a displacement is found after a few tries.
            for displacement in 0.. {
                taken.clear();
                let fits = members[bucket].iter().all(|(key, _)| {
                    let cell = (place(mixed(*key), displacement) & hash.cell_mask) as usize;
                    let free = hash.cells[cell].0 == 0 && !taken.contains(&cell);
                    taken.push(cell);
                    free
                });
                if fits {
                    hash.displacements[bucket] = displacement;
                    for (member, cell) in members[bucket].iter().zip(&taken) {
                        hash.cells[*cell] = *member;
                    }
                    break;
                }
            }
        }
        hash
    }

    /// The place of a key, or `None` when it is not of the set.
    #[inline]
    pub fn find(&self, key: u64) -> Option<usize> {
        let hash = mixed(key);
        let displacement = self.displacements[(hash & self.bucket_mask) as usize];
        let (found, at) = self.cells[(place(hash, displacement) & self.cell_mask) as usize];
        (found == key).then_some(at as usize)
    }

    pub fn len(&self) -> usize {
        self.length
    }

    /// Bytes of its tables.
    pub fn bytes(&self) -> usize {
        self.displacements.len() * 4 + self.cells.len() * 16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_at_its_place_and_no_other_key_is_found() {
        for count in [0u64, 1, 2, 3, 1000, 45_000] {
            let keys: Vec<u64> = (1..=count).map(|n| n * 1_000_160).collect();
            let hash = CodeHash::of(keys.clone());
            for (at, key) in keys.iter().enumerate() {
                assert_eq!(hash.find(*key), Some(at));
                assert_eq!(hash.find(key + 1), None);
            }
            assert_eq!(hash.len() as u64, count);
        }
    }
}
