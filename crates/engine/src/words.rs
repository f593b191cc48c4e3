//! Words that lines share, each kept once.

use std::hash::Hash;

use rustc_hash::FxHashMap;

pub(crate) struct Words<T> {
    words: Vec<T>,
    places: FxHashMap<T, u32>,
}

impl<T: Clone + Default + Eq + Hash> Words<T> {
    /// The first place is that of nothing.
    pub fn new() -> Words<T> {
        Words { words: vec![T::default()], places: [(T::default(), 0)].into_iter().collect() }
    }

    pub fn place(&mut self, word: &T) -> u32 {
        if let Some(place) = self.places.get(word) {
            return *place;
        }
        let place = self.words.len() as u32;
        self.words.push(word.clone());
        self.places.insert(word.clone(), place);
        place
    }

    pub fn get(&self, place: u32) -> &T {
        &self.words[place as usize]
    }

    pub fn len(&self) -> usize {
        self.words.len()
    }
}
