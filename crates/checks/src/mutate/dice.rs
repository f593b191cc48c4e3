//! Chance that is the same on every machine: a seed gives a row of numbers (SplitMix64).

pub(crate) struct Dice(u64);

impl Dice {
    /// The numbers of one try at one mutation of a seed.
    pub fn new(seed: u64, mutation: usize, attempt: u64) -> Dice {
        let mut dice = Dice(seed ^ (mutation as u64).rotate_left(24) ^ attempt.rotate_left(48));
        // Neighbouring seeds begin alike: their first numbers are not used.
        dice.next();
        dice.0 ^= seed.rotate_left(32);
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`, which is not 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// One of them, if there is one.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        (!of.is_empty()).then(|| &of[self.below(of.len())])
    }
}
