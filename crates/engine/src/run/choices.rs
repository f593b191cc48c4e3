//! Open points of a line, tried one combination after another.

use rustc_hash::FxHashMap;

/// What is open. Within a run one key has one answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Key {
    /// The moment within the day.
    Moment,
    Suffix,
    /// A date beside that of entry, by its place.
    Date(usize),
    Mode,
    Content(String),
    Degrees,
    /// The size of a measure that the ledger does not know.
    Size(usize),
    /// Which of two measures applies.
    Pair(usize, usize),
    /// Another fact, asked for one measure.
    Fact(usize, String),
}

/// A fact that is missing, and why it is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Need {
    pub fact: String,
    pub why: String,
    pub has_default: bool,
}

/// The answers of one run.
#[derive(Debug, Default)]
pub(crate) struct Choices {
    script: Vec<usize>,
    asked: Vec<(Key, usize, Need)>,
    answers: FxHashMap<Key, usize>,
}

impl Choices {
    pub fn ask(&mut self, key: Key, alternatives: usize, need: impl FnOnce() -> Need) -> usize {
        if let Some(answer) = self.answers.get(&key) {
            return *answer;
        }
        let at = self.asked.len();
        if at == self.script.len() {
            self.script.push(0);
        }
        let answer = self.script[at];
        self.asked.push((key.clone(), alternatives, need()));
        self.answers.insert(key, answer);
        answer
    }

    /// Whether nothing was open.
    pub fn is_settled(&self) -> bool {
        self.asked.iter().all(|(_, alternatives, _)| *alternatives == 1)
    }

    pub fn answers(&self) -> impl Iterator<Item = (&Key, usize, &Need)> {
        self.asked.iter().zip(&self.script).map(|((key, _, need), answer)| (key, *answer, need))
    }

    /// The next combination, or `None` after the last.
    pub fn next(self) -> Option<Choices> {
        let mut script = self.script;
        script.truncate(self.asked.len());
        while let Some(last) = script.pop() {
            if last + 1 < self.asked[script.len()].1 {
                script.push(last + 1);
                return Some(Choices { script, ..Choices::default() });
            }
        }
        None
    }
}
