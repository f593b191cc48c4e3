//! A perfect hash of codes: one probe finds the only place where a code can be.
//!
//! Keys are thrown into buckets by one hash; each bucket, largest first, gets the first displacement
//! under which all its keys fall on free places of the table (hash, displace and compress: Belazzougui,
//! Botelho and Dietzfelbinger, 2009, here in its plainest form).

/// Finds codes of a fixed set, each with a mark of 16 bits.
#[derive(Clone, Debug)]
pub(crate) struct CodeHash {
    displacements: Vec<u16>,
    /// Key and mark in one word, so that a probe brings both. An empty cell holds the key 0, which is no code.
    cells: Vec<u64>,
    /// The place of each cell's key among those that the hash was made of.
    places: Vec<u32>,
    bucket_mask: u64,
    length: usize,
}

/// Bits of a mark. A packed code has 38 bits, so both fit a word.
const MARK_BITS: u32 = 16;

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

impl CodeHash {
    /// The hash of distinct keys, none of them 0.
    pub fn of(keys: &[(u64, u16)]) -> CodeHash {
        debug_assert!(keys.iter().all(|(key, _)| key >> (64 - MARK_BITS) == 0));
        let mut cells = (keys.len() * 5 / 4).max(4);
        loop {
            if let Some(hash) = CodeHash::with_cells(keys, cells) {
                return hash;
            }
            cells += cells / 8 + 1;
        }
    }

    /// `None` when some bucket found no displacement.
    fn with_cells(keys: &[(u64, u16)], cells: usize) -> Option<CodeHash> {
        let buckets = (keys.len() / 2).next_power_of_two().max(1);
        let mut hash = CodeHash {
            displacements: vec![0; buckets],
            cells: vec![0; cells],
            places: vec![0; cells],
            bucket_mask: buckets as u64 - 1,
            length: keys.len(),
        };
        // The keys of each bucket one after the other, with their hashes.
        let bucket_of = |key: u64| (mixed(key) & hash.bucket_mask) as usize;
        let mut ends = vec![0u32; buckets + 1];
        keys.iter().for_each(|(key, _)| ends[bucket_of(*key) + 1] += 1);
        (0..buckets).for_each(|bucket| ends[bucket + 1] += ends[bucket]);
        let starts = ends.clone();
        let mut members = vec![(0u64, 0u32); keys.len()];
        for (at, (key, _)) in keys.iter().enumerate() {
            let end = &mut ends[bucket_of(*key)];
            members[*end as usize] = (mixed(*key), at as u32);
            *end += 1;
        }
        let of_bucket = |bucket: usize| starts[bucket] as usize..starts[bucket + 1] as usize;
        let mut order: Vec<usize> = (0..buckets).collect();
        order.sort_by_key(|bucket| std::cmp::Reverse(of_bucket(*bucket).len()));
        let mut taken = Vec::new();
        for bucket in order {
            let members = &members[of_bucket(bucket)];
            let mut displacements = 0..=u16::MAX;
            let found = displacements.find(|displacement| {
                taken.clear();
                members.iter().all(|(mixed, _)| {
                    let cell = place(*mixed, *displacement, cells);
                    let free = hash.cells[cell] == 0 && !taken.contains(&cell);
                    taken.push(cell);
                    free
                })
            })?;
            hash.displacements[bucket] = found;
            for ((_, at), cell) in members.iter().zip(&taken) {
                let (key, mark) = keys[*at as usize];
                hash.cells[*cell] = key << MARK_BITS | u64::from(mark);
                hash.places[*cell] = *at;
            }
        }
        Some(hash)
    }

    /// The place of a key among those that the hash was made of, or `None` when it is not of them.
    #[inline]
    pub fn find(&self, key: u64) -> Option<u32> {
        let (found, _, cell) = self.probe(key);
        found.then(|| self.place(cell))
    }

    /// Whether a key is in the only cell where it can be, the mark of that cell, and which it is.
    #[inline]
    pub fn probe(&self, key: u64) -> (bool, u16, u32) {
        let cell = self.cell(key);
        let (found, mark) = CodeHash::holds(self.word(cell), key);
        (found, mark, cell)
    }

    /// The only cell where a key can be.
    #[inline]
    pub fn cell(&self, key: u64) -> u32 {
        let hash = mixed(key);
        let displacement = self.displacements[(hash & self.bucket_mask) as usize];
        place(hash, displacement, self.cells.len()) as u32
    }

    /// Key and mark of a cell.
    #[inline]
    pub fn word(&self, cell: u32) -> u64 {
        self.cells[cell as usize]
    }

    /// Whether the word of a cell is of a key, and the mark in it.
    #[inline]
    pub fn holds(word: u64, key: u64) -> (bool, u16) {
        (word >> MARK_BITS == key, word as u16)
    }

    /// The place of a cell's key among those that the hash was made of.
    #[inline]
    pub fn place(&self, cell: u32) -> u32 {
        self.places[cell as usize]
    }

    pub fn len(&self) -> usize {
        self.length
    }

    /// Bytes of the tables that a probe looks at.
    pub fn bytes(&self) -> usize {
        self.displacements.len() * 2 + self.cells.len() * 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_with_its_mark_and_no_other_key_is_found() {
        for count in [0u64, 1, 2, 3, 1000, 45_000] {
            let keys: Vec<(u64, u16)> = (1..=count).map(|n| (n * 1_000_160, n as u16)).collect();
            let hash = CodeHash::of(&keys);
            for (at, (key, mark)) in keys.iter().enumerate() {
                assert_eq!(hash.find(*key), Some(at as u32));
                let (found, marked, _) = hash.probe(*key);
                assert!(found && marked == *mark);
                assert_eq!(hash.find(key + 1), None);
            }
            assert_eq!(hash.len() as u64, count);
        }
    }
}
