//! The dictionaries: what words mean, as data (`words/*.txt`), with the names of the ledger.

use std::collections::HashMap;

use ledger::{Finding, Ledger, did_you_mean};
use tariff::{Code, Country, Day, limits};

use crate::claim::Bound;
use crate::token::{Token, tokens};

/// What a phrase means to the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Name(Country),
    Adjective(Country),
    /// `both sides`; `each other`
    Both,
    EachOther,
    /// Every partner but those with terms of their own; everyone.
    Others,
    World,
    Noun(Noun),
    /// A thing that has percentages and is no duty.
    OtherPercent,
    Bound(Bound),
    Modal(Modal),
    Verb(Verb, Form),
    /// The place in [`Lexicon::goods`], in [`Lexicon::programs`], in [`Lexicon::names`].
    Goods(u16),
    Program(u16),
    Answer,
    Court(u16),
    Act(u16),
    /// A name of acts that a number follows.
    Numbered(u16),
    Place(u16),
    Month(u8),
    Weekday(u8),
    Number(u16),
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($variant),+ }

        impl $name {
            const ALL: &'static [(&'static str, $name)] = &[$(($word, $name::$variant)),+];
        }
    };
}

words!(
    /// Classes of nouns.
    Noun {
        Duty = "duty", Rate = "rate", Goods = "goods", Truce = "truce", Pause = "pause",
        Agreement = "agreement", Order = "order", Ruling = "ruling", Stay = "stay", Talks = "talks",
        Call = "call", Meeting = "meeting", Hearing = "hearing", Deadline = "deadline",
        Mechanism = "mechanism", Exemption = "exemption", Control = "control", Refund = "refund",
    }
);
words!(
    /// How sure or how real a clause makes what it says.
    Modal {
        Will = "will", Would = "would", Could = "could", Not = "not", Threat = "threat", Announced = "announced",
    }
);
words!(
    /// Classes of verbs.
    Verb {
        Raise = "raise", Cut = "cut", Set = "set", Stand = "stand", Suspend = "suspend",
        Delay = "delay", Extend = "extend", Resume = "resume", Strike = "strike", Block = "block",
        Stay = "stay", Rule = "rule", Uphold = "uphold", Expire = "expire", Revoke = "revoke",
        Effect = "effect", Sign = "sign", Agree = "agree", Meet = "meet", Exempt = "exempt",
    }
);
words!(
    /// Forms of a verb.
    Form { Past = "past", Base = "base", S = "s", Ing = "ing" }
);

/// Goods by a name: what the ledger has about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedGoods {
    pub programs: Vec<String>,
    pub codes: Vec<Code>,
}

#[derive(Clone, Debug)]
struct Entry {
    words: Vec<String>,
    /// The phrase as it must stand, where it has capital letters.
    exact: Option<Vec<String>>,
    meaning: Meaning,
}

/// The words that the reader knows: its own dictionaries, and the names of the ledger.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    /// By the first word; longer phrases first.
    entries: HashMap<String, Vec<Entry>>,
    pub goods: Vec<NamedGoods>,
    /// Programs, and groups of them.
    pub programs: Vec<Vec<String>>,
    /// Courts, acts, patterns of act ids, places.
    pub names: Vec<String>,
    /// The ids of the acts of the ledger.
    acts: Vec<String>,
    /// The rulings and stays of the ledger, with the day on which each became known.
    rulings: Vec<(String, Day)>,
    /// Programs that are no duties.
    pub controls: Vec<String>,
    /// The country whose law stands first in the ledger.
    home: Option<Country>,
    levying: Vec<Country>,
}

const FILES: [(&str, &str); 3] = [
    ("words/grammar.txt", include_str!("../words/grammar.txt")),
    ("words/places.txt", include_str!("../words/places.txt")),
    ("words/names.txt", include_str!("../words/names.txt")),
];

impl Lexicon {
    /// The dictionaries built in, with the names of a ledger. Made once, it serves any number of documents on any
    /// number of threads.
    pub fn new(ledger: &Ledger) -> (Lexicon, Vec<Finding>) {
        Lexicon::read(ledger, &FILES)
    }

    /// Dictionaries from texts, each with the name of its file. A line that means nothing is a finding and is left
    /// out.
    pub fn read(ledger: &Ledger, files: &[(&str, &str)]) -> (Lexicon, Vec<Finding>) {
        let mut lexicon = Lexicon {
            acts: ledger.acts.iter().map(|act| act.id.clone()).collect(),
            rulings: rulings(ledger),
            controls: ledger.programs.iter().filter(|p| !p.levies).map(|p| p.id.clone()).collect(),
            home: ledger.territories.first().map(|t| t.country),
            levying: ledger.territories.iter().map(|t| t.country).collect(),
            ..Lexicon::default()
        };
        lexicon.acts.sort();
        let mut findings = Vec::new();
        for (file, text) in files {
            let mut section = String::new();
            for (at, line) in text.lines().enumerate() {
                let line = line.trim();
                let mut finding = |message: String, help: String| {
                    let (file, line) = ((*file).to_owned(), at + 1);
                    findings.push(Finding { file, line, column: 1, message, help });
                };
                if line.is_empty() || line.starts_with('#') {
                    continue;
                }
                if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                    name.clone_into(&mut section);
                    continue;
                }
                let Some((value, phrases)) = line.split_once('=') else {
                    finding("a line without `=`".to_owned(), "meaning = phrase, phrase".to_owned());
                    continue;
                };
                match lexicon.meaning(ledger, &section, value.trim()) {
                    Ok(meaning) => {
                        for phrase in phrases.split(',').map(str::trim) {
                            if !lexicon.add(phrase, meaning) {
                                let help = format!("at most {} words", limits::PHRASE_WORDS_MAX);
                                finding(format!("`{phrase}` is no phrase"), help);
                            }
                        }
                    }
                    Err((message, help)) => finding(message, help),
                }
            }
        }
        for (country, name) in ledger.countries.iter() {
            // A name like `Chad` or `Georgia` is only found as it is written.
            lexicon.add(name, Meaning::Name(country));
        }
        lexicon.name_duties();
        for entries in lexicon.entries.values_mut() {
            entries.sort_by_key(|entry| std::cmp::Reverse(entry.words.len()));
        }
        (lexicon, findings)
    }

    fn add(&mut self, phrase: &str, meaning: Meaning) -> bool {
        let words = tokens(phrase);
        let Some(first) = words.first() else { return false };
        if words.len() > limits::PHRASE_WORDS_MAX {
            return false;
        }
        let exact = phrase.contains(char::is_uppercase);
        let exact = exact.then(|| words.iter().map(|w| w.text.to_owned()).collect());
        let low: Vec<String> = words.iter().map(|w| w.low.clone()).collect();
        let entry = Entry { words: low, exact, meaning };
        let known = self.entries.entry(first.low.clone()).or_default();
        if !known
            .iter()
            .any(|e| e.words == entry.words && e.meaning == meaning && e.exact == entry.exact)
        {
            known.push(entry);
        }
        true
    }

    /// A phrase for a program or an answer that ends in a word for a duty means a duty too.
    fn name_duties(&mut self) {
        let duty = Meaning::Noun(Noun::Duty);
        let is_duty = |word: &String| {
            self.entries.get(word).is_some_and(|entries| {
                entries.iter().any(|e| e.words.len() == 1 && e.meaning == duty)
            })
        };
        let named = |e: &&Entry| {
            let program = matches!(e.meaning, Meaning::Program(_) | Meaning::Answer);
            program && e.words.len() > 1 && e.words.last().is_some_and(is_duty)
        };
        let phrases: Vec<Entry> = self.entries.values().flatten().filter(named).cloned().collect();
        for entry in phrases {
            let first = entry.words[0].clone();
            self.entries.entry(first).or_default().push(Entry { meaning: duty, ..entry });
        }
    }

    fn meaning(
        &mut self,
        ledger: &Ledger,
        section: &str,
        value: &str,
    ) -> Result<Meaning, (String, String)> {
        let class = section.split('.').next().unwrap_or_default();
        let country =
            || Country::parse(value).map_err(|e| (e.to_string(), "an ISO code".to_owned()));
        let number = |most: u16| {
            let read = value.parse::<u16>().ok().filter(|n| (1..=most).contains(n));
            read.ok_or((format!("`{value}` is no number here"), format!("1 to {most}")))
        };
        Ok(match class {
            "name" => Meaning::Name(country()?),
            "adjective" => Meaning::Adjective(country()?),
            "all" if value == "others" => Meaning::Others,
            "all" => Meaning::World,
            "both" if value == "both" => Meaning::Both,
            "both" => Meaning::EachOther,
            "noun" => Meaning::Noun(one_of(Noun::ALL, value)?),
            "modal" => Meaning::Modal(one_of(Modal::ALL, value)?),
            "verb" => {
                let verb = section.split_once('.').map_or("", |(_, verb)| verb);
                Meaning::Verb(one_of(Verb::ALL, verb)?, one_of(Form::ALL, value)?)
            }
            "bound" => Meaning::Bound(one_of(BOUNDS, value)?),
            "other-percent" => Meaning::OtherPercent,
            "answer" => Meaning::Answer,
            "month" => Meaning::Month(number(12)? as u8),
            "weekday" => Meaning::Weekday(number(7)? as u8),
            "number" => Meaning::Number(number(1000)?),
            "goods" => {
                let mut goods = NamedGoods { programs: Vec::new(), codes: Vec::new() };
                for word in value.split_whitespace() {
                    match Code::parse(word) {
                        Ok(code) => goods.codes.push(code),
                        Err(_) => goods.programs.extend(programs(ledger, word)),
                    }
                }
                self.goods.push(goods);
                Meaning::Goods((self.goods.len() - 1) as u16)
            }
            "program" => {
                let named = value.split_whitespace().flat_map(|name| programs(ledger, name));
                self.programs.push(named.collect());
                Meaning::Program((self.programs.len() - 1) as u16)
            }
            "court" | "place" | "numbered" => {
                self.names.push(value.to_owned());
                let at = (self.names.len() - 1) as u16;
                match class {
                    "court" => Meaning::Court(at),
                    "place" => Meaning::Place(at),
                    _ => Meaning::Numbered(at),
                }
            }
            "act" => {
                if ledger.act(value).is_none() {
                    let ids = ledger.acts.iter().map(|act| act.id.as_str());
                    let help = did_you_mean(value, ids, "an act of the ledger by its id");
                    return Err((format!("`{value}` is no act of the ledger"), help));
                }
                self.names.push(value.to_owned());
                Meaning::Act((self.names.len() - 1) as u16)
            }
            _ => {
                let help = "name, adjective, noun, verb.…, goods, program, act …".to_owned();
                return Err((format!("`{section}` is no class of words"), help));
            }
        })
    }

    /// The longest phrase that begins at `at`: how many tokens it has, and what it means.
    pub fn longest(&self, tokens: &[Token<'_>], at: usize) -> Option<(usize, Vec<Meaning>)> {
        let entries = self.entries.get(tokens.get(at)?.low.as_str())?;
        let mut found: Option<(usize, Vec<Meaning>)> = None;
        for entry in entries {
            let length = entry.words.len();
            if found.as_ref().is_some_and(|(longest, _)| length < *longest) {
                break;
            }
            let Some(here) = tokens.get(at..at + length) else { continue };
            let fits = match &entry.exact {
                Some(exact) => here.iter().zip(exact).all(|(t, word)| t.text == word),
                None => here.iter().zip(&entry.words).all(|(t, word)| t.low == *word),
            };
            if fits {
                found.get_or_insert((length, Vec::new())).1.push(entry.meaning);
            }
        }
        found
    }

    /// The act of the ledger that a pattern (`eo-#`) and a number name.
    pub fn numbered(&self, pattern: u16, number: &str) -> Option<&str> {
        let id = self.names[pattern as usize].replace('#', number);
        self.acts.binary_search(&id).ok().map(|at| self.acts[at].as_str())
    }

    /// What a court (by its name in the dictionary) decided on a day, or the day before.
    pub fn decided(&self, court: &str, day: Day) -> Option<&str> {
        let start = format!("{court}-");
        let of = |back: i32| {
            let mut own = self.rulings.iter().filter(|(id, _)| id.starts_with(&start));
            own.find(|(_, known)| day.days_since(*known) == back).map(|(id, _)| id.as_str())
        };
        of(0).or_else(|| of(1))
    }

    /// The country whose law stands first in the ledger.
    pub fn home(&self) -> Option<Country> {
        self.home
    }

    /// The other countries of which the ledger has duties.
    pub fn others_levying(&self) -> impl Iterator<Item = Country> {
        self.levying.iter().copied().filter(|country| Some(*country) != self.home)
    }

    /// Whether the ledger has duties of the country.
    pub fn levies(&self, country: Country) -> bool {
        self.levying.contains(&country)
    }
}

const BOUNDS: &[(&str, Bound)] = &[
    ("over", Bound::Over),
    ("about", Bound::About),
    ("at-least", Bound::AtLeast),
    ("under", Bound::Under),
    ("up-to", Bound::UpTo),
];

fn one_of<T: Copy>(all: &[(&'static str, T)], word: &str) -> Result<T, (String, String)> {
    all.iter().find(|(name, _)| *name == word).map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        (format!("`{word}` is unknown here"), format!("one of {}", names.join(", ")))
    })
}

fn rulings(ledger: &Ledger) -> Vec<(String, Day)> {
    let Some(home) = ledger.territories.first() else { return Vec::new() };
    let courts = ledger.acts.iter().filter(|act| chronicle::timeline::is_court(act));
    courts.map(|act| (act.id.clone(), act.known.day(&home.zone))).collect()
}

/// A program of the ledger, or those of a family (`s232` is all that begin with `s232-`).
fn programs(ledger: &Ledger, name: &str) -> Vec<String> {
    if ledger.program(name).is_some() {
        return vec![name.to_owned()];
    }
    let family = format!("{name}-");
    let members = ledger.programs.iter().filter(|p| p.id.starts_with(&family));
    members.map(|p| p.id.clone()).collect()
}
