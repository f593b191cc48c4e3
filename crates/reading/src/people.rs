//! Who speaks: names, titles and pronouns around verbs of saying.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::speech::SPEECH;
use crate::statement::words;

/// Someone who speaks: a person or a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Speaker {
    pub name: String,
    pub body: bool,
}

/// The people and bodies of a text, as far as it has been read.
#[derive(Debug, Default)]
pub(crate) struct People {
    /// Full names by their first and last words.
    full: HashMap<String, String>,
    known: HashSet<String>,
    /// Who bore a title last: `president` → `Donald Trump`.
    titled: HashMap<&'static str, Vec<String>>,
    person: Option<Speaker>,
    body: Option<Speaker>,
    last: Option<Speaker>,
    /// Whose title was heard last.
    heard: HashMap<&'static str, String>,
}

/// Words in capitals that stand together: a name with what is said of it.
struct Run<'a> {
    words: Vec<&'a str>,
    /// Its place among the words of the clause.
    at: usize,
    /// Whether it belongs to what follows: `China’s`.
    owner: bool,
}

/// A subject stands within so many words before its verb.
const SUBJECT_WITHIN: usize = 60;

/// So many words of a name are kept.
const NAME_WORDS_MAX: usize = 8;

impl People {
    /// The names of a whole text, so that a short name finds the full one wherever it stands.
    pub fn of(text: &str) -> People {
        let mut people = People::default();
        for sentence in text.split(['\n', ',', ';', '(', ')', '“', '”', '"', '–', '—']) {
            let words: Vec<&str> = words(sentence).map(|(_, word)| word).collect();
            for run in runs(&words) {
                let (name, titles) = without_titles(&run.words);
                let lasting =
                    name.len() >= 2 && name.len() <= 4 && !name.iter().any(|w| not_a_name(w));
                if let (true, false) = (lasting, is_body(&name)) {
                    let full = name.join(" ");
                    people.known.insert(full.clone());
                    for word in [name.first(), name.last()].into_iter().flatten() {
                        people.full.entry(bare(word).to_owned()).or_insert_with(|| full.clone());
                    }
                    for title in titles {
                        let bearers = people.titled.entry(title).or_default();
                        if bearers.len() < 16 && !bearers.contains(&full) {
                            bearers.push(full.clone());
                        }
                    }
                }
            }
        }
        people
    }

    /// Reads on: who says something, and who is named, may be meant by a pronoun later.
    pub fn hear(&mut self, text: &str, range: Range<usize>) {
        let Some(inside) = text.get(range) else { return };
        let words: Vec<&str> = words(inside).map(|(_, word)| word).collect();
        for run in runs(&words) {
            let (name, _) = without_titles(&run.words);
            let full = self.full_name(&name);
            for (title, bearers) in &self.titled {
                if bearers.contains(&full) {
                    self.heard.insert(title, full.clone());
                }
            }
        }
        let mut spoken = false;
        for (at, word) in words.iter().enumerate() {
            if says(word)
                && let Some(speaker) = self.subject(&words, at)
            {
                self.spoke(speaker);
                spoken = true;
            }
        }
        // Of whom something is told, without a word of saying: `Lee remains hopeful.`
        let named =
            runs(&words).into_iter().rev().filter(|run| !run.owner && !governed(&words, run));
        let person = named
            .filter_map(|run| self.named(&run.words))
            .find(|speaker| !speaker.body && self.known.contains(&speaker.name));
        if let (false, Some(person)) = (spoken, person) {
            self.person = Some(person);
        }
    }

    pub fn spoke(&mut self, speaker: Speaker) {
        let of_kind = if speaker.body { &mut self.body } else { &mut self.person };
        *of_kind = Some(speaker.clone());
        self.last = Some(speaker);
    }

    pub fn last(&self) -> Option<Speaker> {
        self.last.clone()
    }

    /// The speaker named in the clause after a quotation: `Lee said`, `said Ann Lee`, `she added`. If the quotation
    /// has ended its sentence, only a clause that is no more than that counts.
    pub fn after(&self, text: &str, clause: Range<usize>, closed: bool) -> Option<Speaker> {
        let inside = text.get(clause)?;
        if closed || inside.trim_start().starts_with(['.', ';', ':']) {
            return None;
        }
        let words: Vec<&str> = words(inside).map(|(_, word)| word).collect();
        let at = words.iter().take(NAME_WORDS_MAX + 4).position(|word| says(word))?;
        let lower = words[at].to_lowercase();
        if SPEECH.meaning("say", &lower) == Some("part") {
            return None;
        }
        if SPEECH.meaning("say", &lower) == Some("noun") || at == 0 {
            let rest = words.get(at + 1..)?;
            let rest = if rest.first() == Some(&"to") { &rest[1..] } else { rest };
            return self.object(rest);
        }
        self.subject(&words, at)
    }

    /// The speaker of the clause before a quotation: who stands before its last verb of saying.
    pub fn before(&self, text: &str, clause: Range<usize>) -> Option<Speaker> {
        let inside = text.get(clause)?;
        let words: Vec<&str> = words(inside).map(|(_, word)| word).collect();
        let says = words.iter().rposition(|word| says(word))?;
        if SPEECH.meaning("say", &words[says].to_lowercase()) == Some("noun") {
            let rest = words.get(says + 1..)?;
            let rest = if rest.first() == Some(&"to") { &rest[1..] } else { rest };
            return self.object(rest).or_else(|| self.subject(&words, says));
        }
        self.subject(&words, says)
    }

    /// Who stands before the verb at `verb`: next to it, or else the last who is not governed by a preposition.
    fn subject(&self, words: &[&str], verb: usize) -> Option<Speaker> {
        let first = verb.saturating_sub(SUBJECT_WITHIN);
        let (head, verb) = (words.get(first..verb)?, verb - first);
        let runs = runs(head);
        for at in (0..head.len()).rev() {
            let word = head[at];
            let lower = word.to_lowercase();
            match SPEECH.meaning("pronoun", &lower) {
                Some("person") => return self.person.clone(),
                Some("body") => return self.body.clone().or_else(|| self.last.clone()),
                _ => {}
            }
            let near = verb - at <= 3;
            if let Some(run) = runs.iter().find(|run| run.at + run.words.len() == at + 1) {
                // `…, and Lee said`: of two that `and` joins, the one next to the verb speaks.
                let governed = governed(head, run) && !(near && before(head, run) == Some("and"));
                if !run.owner
                    && !governed
                    && let Some(speaker) = self.named(&run.words)
                {
                    return Some(speaker);
                }
                continue;
            }
            // `the president said`
            let the =
                at > 0 && SPEECH.meaning("title", &head[at - 1].to_lowercase()) == Some("before");
            if near
                && the
                && let Some(title) = title_of(&lower)
            {
                return Some(self.bearer(title));
            }
        }
        None
    }

    /// The first who is named after a verb: `said Ann Lee`.
    fn object(&self, words: &[&str]) -> Option<Speaker> {
        let run = runs(words).into_iter().find(|run| run.at <= 4)?;
        let outlet = run.words.first().is_some_and(|word| SPEECH.outlets.contains_key(word));
        if outlet { None } else { self.named(&run.words) }
    }

    fn named(&self, run: &[&str]) -> Option<Speaker> {
        let (name, titles) = without_titles(run);
        if name.is_empty() {
            return titles.last().map(|title| self.bearer(title));
        }
        if name.iter().all(|word| not_a_name(word)) {
            return None;
        }
        let body = is_body(&name);
        let name = if body { name.join(" ") } else { self.full_name(&name) };
        Some(Speaker { name, body })
    }

    fn full_name(&self, name: &[&str]) -> String {
        let short = match name {
            [one] => self.full.get(bare(one)),
            _ => None,
        };
        short.cloned().unwrap_or_else(|| name.join(" "))
    }

    /// Who bears a title; `the president` where nobody in the text does.
    fn bearer(&self, title: &str) -> Speaker {
        let heard = self.heard.get(title).or_else(|| self.titled.get(title)?.first());
        let name = heard.cloned().unwrap_or_else(|| format!("the {title}"));
        Speaker { name, body: false }
    }
}

/// A word without the mark of possession.
fn bare(word: &str) -> &str {
    word.trim_end_matches("’s").trim_end_matches("'s")
}

fn title_of(lower: &str) -> Option<&'static str> {
    TITLES.into_iter().find(|title| *title == lower)
}

/// Titles that are kept apart; others only go with a name.
const TITLES: [&str; 9] = [
    "president",
    "secretary",
    "minister",
    "premier",
    "chancellor",
    "chairman",
    "governor",
    "ambassador",
    "representative",
];

/// A name without the titles before it, and those titles.
fn without_titles<'a>(run: &[&'a str]) -> (Vec<&'a str>, Vec<&'static str>) {
    if is_body(run) {
        return (run.to_vec(), Vec::new());
    }
    let mut titles = Vec::new();
    let mut rest = run;
    // `Treasury Secretary Ann Lee`: everything up to the last word that is a title or goes before one.
    let last = run.iter().rposition(|word| {
        let lower = bare(word).to_lowercase();
        SPEECH.is("title", lower.trim_end_matches('.'))
    });
    if let Some(last) = last {
        for word in &run[..=last] {
            if let Some(title) = title_of(&word.to_lowercase()) {
                titles.push(title);
            }
        }
        rest = &run[last + 1..];
    }
    (rest.to_vec(), titles)
}

fn is_body(name: &[&str]) -> bool {
    let title = name.iter().any(|word| title_of(&word.to_lowercase()).is_some());
    !title && name.iter().any(|word| SPEECH.is("body", &bare(word).to_lowercase()))
}

/// A verb of saying. A word in capitals is a name (`United States`), but for the first of a clause.
fn says(word: &str) -> bool {
    SPEECH.is("say", word) || word == "According"
}

fn article(word: &str) -> bool {
    matches!(word, "the" | "a" | "an")
}

fn not_a_name(word: &str) -> bool {
    SPEECH.is("never", &bare(word).to_lowercase())
}

/// The word before a name, articles aside.
fn before<'a>(words: &[&'a str], run: &Run<'_>) -> Option<&'a str> {
    words.get(..run.at)?.iter().rev().find(|word| !article(word)).copied()
}

/// Whether a name stands after a preposition, so that no verb is its own.
fn governed(words: &[&str], run: &Run<'_>) -> bool {
    before(words, run).is_some_and(preposition)
}

fn preposition(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "with"
            | "in"
            | "on"
            | "of"
            | "from"
            | "to"
            | "at"
            | "against"
            | "between"
            | "by"
            | "for"
            | "after"
            | "during"
            | "about"
            | "into"
            | "over"
            | "under"
            | "through"
            | "and"
            | "told"
            | "as"
            | "before"
            | "since"
    )
}

/// The runs of words in capitals. Small words within a body’s name hold it together (`Ministry of Commerce`).
fn runs<'a>(words: &[&'a str]) -> Vec<Run<'a>> {
    let mut runs: Vec<Run<'a>> = Vec::new();
    let mut open: Option<Run<'a>> = None;
    let mut close = |run: Option<Run<'a>>| {
        if let Some(mut run) = run {
            while run.words.last().is_some_and(|word| joins(word)) {
                run.words.pop();
            }
            if !run.words.is_empty() {
                run.owner = run.words.last().is_some_and(|word| bare(word) != *word);
                runs.push(run);
            }
        }
    };
    for (at, word) in words.iter().enumerate() {
        let capital = word.chars().next().is_some_and(char::is_uppercase) && !starts(word);
        match &mut open {
            Some(run) if run.words.len() >= NAME_WORDS_MAX => close(open.take()),
            Some(run) if capital => run.words.push(word),
            // Only the name of a body goes on after a small word.
            Some(run)
                if joins(word)
                    && run.words.iter().any(|w| SPEECH.is("body", &bare(w).to_lowercase())) =>
            {
                run.words.push(word);
            }
            Some(_) => close(open.take()),
            None if capital => open = Some(Run { words: vec![word], at, owner: false }),
            None => {}
        }
    }
    close(open);
    runs
}

fn joins(word: &str) -> bool {
    matches!(word, "of" | "for")
}

/// A word that has a capital only because a sentence begins with it, or is a day or a month.
fn starts(word: &str) -> bool {
    SPEECH.is("never", &word.to_lowercase())
}
