//! Open points of a line, and the answers under each way of settling them.
//!
//! An evaluation asks; the first alternative is the default. After a run, [`Choices::next`] tells
//! the next combination, until all have been tried.

use std::collections::HashMap;

/// A missing fact: what it is, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// The fact by the name under which it is stated: `mode`, `content steel`, `time of entry`.
    pub fact: String,
    /// Why it is asked, with the authority.
    pub why: String,
    /// Whether the answer assumes something in the meantime.
    pub has_default: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Choices {
    script: Vec<usize>,
    asked: Vec<Asked>,
    by_key: HashMap<String, usize>,
}

#[derive(Debug)]
struct Asked {
    key: String,
    alternatives: usize,
    need: Need,
}

impl Choices {
    /// The alternative (below `alternatives`) to take for the open point `key`. The same key gets
    /// the same answer within a run.
    pub fn ask(&mut self, key: &str, alternatives: usize, need: impl FnOnce() -> Need) -> usize {
        if let Some(answer) = self.by_key.get(key) {
            return *answer;
        }
        let at = self.asked.len();
        if at == self.script.len() {
            self.script.push(0);
        }
        self.asked.push(Asked { key: key.to_owned(), alternatives, need: need() });
        let answer = self.script[at];
        self.by_key.insert(key.to_owned(), answer);
        answer
    }

    /// What was asked in this run: the open point, the alternative taken, the fact.
    pub fn answers(&self) -> impl Iterator<Item = (&str, usize, &Need)> {
        self.asked.iter().zip(&self.script).map(|(a, answer)| (a.key.as_str(), *answer, &a.need))
    }

    /// The choices of the next run, or `None` when every combination was tried.
    pub fn next(self) -> Option<Choices> {
        let mut script = self.script;
        script.truncate(self.asked.len());
        while let Some(last) = script.pop() {
            if last + 1 < self.asked[script.len()].alternatives {
                script.push(last + 1);
                return Some(Choices { script, ..Choices::default() });
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(fact: &str) -> Need {
        Need { fact: fact.to_owned(), why: String::new(), has_default: true }
    }

    #[test]
    fn every_combination_is_tried_once_even_when_one_answer_raises_a_question() {
        let mut runs = Vec::new();
        let mut choices = Some(Choices::default());
        while let Some(mut c) = choices {
            let a = c.ask("a", 2, || need("a"));
            assert_eq!(c.ask("a", 2, || need("a")), a);
            let b = if a == 1 { c.ask("b", 3, || need("b")) } else { 9 };
            runs.push((a, b));
            choices = c.next();
        }
        assert_eq!(runs, [(0, 9), (1, 0), (1, 1), (1, 2)]);
    }
}
