//! The words by which texts say who said what: `words/speech.txt`, read once.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// What a word is in an account of speech.
#[derive(Debug, Default)]
pub(crate) struct Speech {
    /// Words of a class, with their meaning.
    classes: HashMap<&'static str, HashMap<&'static str, &'static str>>,
    /// Outlets by their first word, the longest first.
    pub outlets: HashMap<&'static str, Vec<&'static str>>,
}

pub(crate) static SPEECH: LazyLock<Speech> =
    LazyLock::new(|| Speech::of(include_str!("../words/speech.txt")));

impl Speech {
    fn of(source: &'static str) -> Speech {
        let mut speech = Speech::default();
        let mut class = "";
        for line in source.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                class = name;
                continue;
            }
            let Some((meaning, words)) = line.split_once('=') else { continue };
            for word in words.split(',').map(str::trim) {
                match class {
                    "outlet" => {
                        let first = word.split(' ').next().unwrap_or(word);
                        speech.outlets.entry(first).or_default().push(word);
                    }
                    _ => {
                        speech.classes.entry(class).or_default().insert(word, meaning.trim());
                    }
                }
            }
        }
        for outlets in speech.outlets.values_mut() {
            outlets.sort_by_key(|outlet| std::cmp::Reverse(outlet.len()));
        }
        speech
    }

    /// The meaning of a word in a class.
    pub fn meaning(&self, class: &str, word: &str) -> Option<&'static str> {
        self.classes.get(class)?.get(word).copied()
    }

    pub fn is(&self, class: &str, word: &str) -> bool {
        self.meaning(class, word).is_some()
    }
}

/// Words that stand for each other, by the first of their row.
pub(crate) static SYNONYMS: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let rows = include_str!("../words/synonyms.txt").lines();
    let rows = rows.filter(|row| !row.is_empty() && !row.starts_with('#'));
    let pairs = rows.flat_map(|row| {
        let first = row.split(' ').next().unwrap_or(row);
        row.split(' ').map(move |word| (word, first))
    });
    pairs.collect()
});

/// Words that carry no meaning of their own when sayings are compared.
pub(crate) static LIGHT: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    "a an the of to in on at for with by from and or but that this these those it its he she they them \
     his her their our we i you is are was were be been being will would can could should shall do does \
     did have has had as if so then there here about into over under than very more most some any all \
     not no s t re ve d ll m up out one"
        .split_whitespace()
        .collect()
});

#[cfg(test)]
mod tests {
    use super::{SPEECH, SYNONYMS};

    #[test]
    fn the_dictionaries_hold_what_their_files_say() {
        assert_eq!(SPEECH.meaning("say", "said"), Some("past"));
        assert_eq!(SPEECH.meaning("pronoun", "she"), Some("person"));
        assert_eq!(SPEECH.outlets["Fox"], ["Fox Business", "Fox News"]);
        assert_eq!(SYNONYMS["stagnant"], SYNONYMS["stall"]);
    }
}
