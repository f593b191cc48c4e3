//! A memory of bounded size.

use std::collections::BTreeMap;
use std::rc::Rc;

/// Values by the key they were made from. When it is full it forgets them all: lines that come in the
/// order of their dates do not ask for what is long past.
pub(crate) struct Kept<K, V> {
    values: BTreeMap<K, Rc<V>>,
    most: usize,
}

impl<K: Ord, V> Kept<K, V> {
    pub fn new(most: usize) -> Kept<K, V> {
        Kept { values: BTreeMap::new(), most }
    }

    /// The value of `key`, made where it is not held.
    pub fn get(&mut self, key: K, make: impl FnOnce() -> V) -> Rc<V> {
        if self.values.len() >= self.most && !self.values.contains_key(&key) {
            self.values.clear();
        }
        self.values.entry(key).or_insert_with(|| Rc::new(make())).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_made_once_until_the_memory_is_full() {
        let mut kept = Kept::new(2);
        let mut made = 0;
        let mut get = |key: u32| {
            *kept.get(key, || {
                made += 1;
                key * 10
            })
        };
        assert_eq!([1, 2, 1, 2, 3, 1].map(&mut get), [10, 20, 10, 20, 30, 10]);
        assert_eq!(made, 4);
    }
}
