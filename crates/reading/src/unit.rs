//! The words of a sentence -> units that mean something: rates, dates, durations, and phrases of the lexicon.

use std::ops::Range;

use tariff::{Country, Day, Exact};

use crate::claim::Bound;
use crate::dates;
use crate::lexicon::{Form, Lexicon, Meaning, Modal, Noun, Verb};
use crate::token::{Gap, Sort, Token};

/// A piece of a sentence and what it may mean; a word of no dictionary means nothing.
#[derive(Clone, Debug)]
pub struct Unit {
    pub span: Range<usize>,
    /// Its first word in small letters.
    pub low: String,
    pub is: Vec<Meaning>,
    pub fact: Option<Fact>,
    /// Whether white space stands before it.
    pub spaced: bool,
}

/// What a unit states by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    Percent(Exact),
    Points(Exact),
    Days(i32),
    When(When),
    /// An act of the ledger by its number; `None` where the ledger has none of that number.
    Act(Option<String>),
    Money,
    Number(Exact),
}

/// A day, or the days that a text leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    pub first: Day,
    pub last: Day,
}

impl When {
    pub fn day(day: Day) -> When {
        When { first: day, last: day }
    }

    pub fn is_day(self) -> bool {
        self.first == self.last
    }
}

impl Unit {
    pub fn noun(&self) -> Option<Noun> {
        self.is.iter().find_map(|m| if let Meaning::Noun(noun) = m { Some(*noun) } else { None })
    }

    pub fn is_noun(&self, noun: Noun) -> bool {
        self.is.contains(&Meaning::Noun(noun))
    }

    pub fn verb(&self, verb: Verb) -> Option<Form> {
        self.is.iter().find_map(|m| match m {
            Meaning::Verb(v, form) if *v == verb => Some(*form),
            _ => None,
        })
    }

    pub fn is_verb(&self) -> bool {
        self.is.iter().any(|m| matches!(m, Meaning::Verb(..)))
    }

    pub fn form(&self) -> Option<Form> {
        self.is.iter().find_map(|m| if let Meaning::Verb(_, f) = m { Some(*f) } else { None })
    }

    pub fn modal(&self, modal: Modal) -> bool {
        self.is.contains(&Meaning::Modal(modal))
    }

    pub fn country(&self) -> Option<Country> {
        self.name().or_else(|| self.adjective())
    }

    pub fn name(&self) -> Option<Country> {
        self.is.iter().find_map(|m| if let Meaning::Name(c) = m { Some(*c) } else { None })
    }

    pub fn adjective(&self) -> Option<Country> {
        self.is.iter().find_map(|m| if let Meaning::Adjective(c) = m { Some(*c) } else { None })
    }

    pub fn goods(&self) -> Option<u16> {
        self.is.iter().find_map(|m| if let Meaning::Goods(at) = m { Some(*at) } else { None })
    }

    pub fn program(&self) -> Option<u16> {
        self.is.iter().find_map(|m| if let Meaning::Program(at) = m { Some(*at) } else { None })
    }

    pub fn court(&self) -> Option<u16> {
        self.is.iter().find_map(|m| if let Meaning::Court(at) = m { Some(*at) } else { None })
    }

    pub fn place(&self) -> Option<u16> {
        self.is.iter().find_map(|m| if let Meaning::Place(at) = m { Some(*at) } else { None })
    }

    pub fn act(&self) -> Option<u16> {
        self.is.iter().find_map(|m| if let Meaning::Act(at) = m { Some(*at) } else { None })
    }

    pub fn bound(&self) -> Option<Bound> {
        self.is.iter().find_map(|m| if let Meaning::Bound(b) = m { Some(*b) } else { None })
    }

    pub fn percent(&self) -> Option<Exact> {
        if let Some(Fact::Percent(rate)) = self.fact { Some(rate) } else { None }
    }

    pub fn points(&self) -> Option<Exact> {
        if let Some(Fact::Points(points)) = self.fact { Some(points) } else { None }
    }

    pub fn days(&self) -> Option<i32> {
        if let Some(Fact::Days(days)) = self.fact { Some(days) } else { None }
    }

    pub fn when(&self) -> Option<When> {
        if let Some(Fact::When(when)) = self.fact { Some(when) } else { None }
    }

    pub fn has(&self, meaning: Meaning) -> bool {
        self.is.contains(&meaning)
    }

    /// Whether it is one of these words or marks.
    pub fn word(&self, words: &[&str]) -> bool {
        words.contains(&self.low.as_str())
    }
}

/// The units of a sentence, of a document of that date.
pub fn units(tokens: &[Token<'_>], lexicon: &Lexicon, dated: Option<Day>) -> Vec<Unit> {
    let mut found = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let (length, fact, is) = unit(tokens, at, lexicon, dated);
        let span = tokens[at].span.start..tokens[at + length - 1].span.end;
        let (low, spaced) = (tokens[at].low.clone(), tokens[at].gap >= Gap::Space);
        found.push(Unit { span, low, is, fact, spaced });
        at += length;
    }
    found
}

fn unit(
    tokens: &[Token<'_>],
    at: usize,
    lexicon: &Lexicon,
    dated: Option<Day>,
) -> (usize, Option<Fact>, Vec<Meaning>) {
    let plain = |(length, fact): (usize, Fact)| (length, Some(fact), Vec::new());
    if let Some(found) = dates::when(tokens, at, lexicon, dated) {
        return plain((found.0, Fact::When(found.1)));
    }
    if let Some(found) = quantity(tokens, at, lexicon) {
        return plain(found);
    }
    let Some((length, is)) = lexicon.longest(tokens, at) else {
        let fact = match tokens[at].sort {
            Sort::Number(number) => Some(Fact::Number(number)),
            _ => None,
        };
        return (1, fact, Vec::new());
    };
    let pattern = is.iter().find_map(|m| match m {
        Meaning::Numbered(at) => Some(*at),
        _ => None,
    });
    if let Some(pattern) = pattern
        && let Some((extra, number)) = act_number(tokens, at + length)
    {
        let act = lexicon.numbered(pattern, &number).map(str::to_owned);
        return (length + extra, Some(Fact::Act(act)), is);
    }
    (length, None, is)
}

/// The number of an act after its name: `No. 14257`, `14,257`, `# 65054270`, `4 of 2025`.
fn act_number(tokens: &[Token<'_>], at: usize) -> Option<(usize, String)> {
    let mut to = at;
    while tokens.get(to).is_some_and(|t| {
        matches!(t.low.as_str(), "no" | "nos" | "number" | "#" | "." | "(" | "message")
    }) {
        to += 1;
    }
    let token = tokens.get(to)?;
    let number: String = token.text.chars().filter(|c| *c != ',').collect();
    if !number.bytes().all(|b| b.is_ascii_digit()) || to > at + 3 {
        return None;
    }
    Some((to + 1 - at, number))
}

/// A rate, points, money or a duration.
fn quantity(tokens: &[Token<'_>], at: usize, lexicon: &Lexicon) -> Option<(usize, Fact)> {
    let money = tokens[at].text == "$" || tokens[at].text == "€" || tokens[at].text == "£";
    if money {
        let number = tokens.get(at + 1).is_some_and(|t| matches!(t.sort, Sort::Number(_)));
        return number.then_some((2, Fact::Money));
    }
    let (length, number) = number(tokens, at, lexicon)?;
    let next = tokens.get(at + length)?;
    let word = |offset: usize| tokens.get(at + length + offset).map_or("", |t| t.low.as_str());
    let per_cent = match next.low.as_str() {
        "%" | "percent" | "pct" | "pc" => 1,
        "per" if word(1) == "cent" => 2,
        "percentage" | "pp" | "ppt" | "ppts" | "pps" | "point" | "points" => 0,
        _ => return duration(number, length, tokens, at),
    };
    let tail = &word(per_cent);
    let points = match *tail {
        "percentage" if word(per_cent + 1).starts_with("point") => 2,
        "point" | "points" | "pp" | "ppt" | "ppts" | "pps" => 1,
        _ => 0,
    };
    match (per_cent, points) {
        (0, 0) => None,
        (0, 1) if matches!(*tail, "point" | "points") => Some((length + 1, Fact::Points(number))),
        (_, 0) => Some((length + per_cent, Fact::Percent(number))),
        _ => Some((length + per_cent + points, Fact::Points(number))),
    }
}

/// Digits, or a number in words.
fn number(tokens: &[Token<'_>], at: usize, lexicon: &Lexicon) -> Option<(usize, Exact)> {
    if let Sort::Number(number) = tokens[at].sort {
        return Some((1, number));
    }
    let (length, is) = lexicon.longest(tokens, at)?;
    is.iter().find_map(|m| match m {
        Meaning::Number(n) => Some((length, Exact::from(i128::from(*n)))),
        _ => None,
    })
}

/// `90 days`, `90 calendar day`, `three months`, `a year`.
fn duration(
    number: Exact,
    length: usize,
    tokens: &[Token<'_>],
    at: usize,
) -> Option<(usize, Fact)> {
    let mut to = at + length;
    while tokens.get(to).is_some_and(|t| {
        matches!(t.low.as_str(), "calendar" | "more" | "additional" | "further" | "full" | "extra")
    }) {
        to += 1;
    }
    let unit = match tokens.get(to)?.low.as_str() {
        "day" | "days" => 1,
        "week" | "weeks" => 7,
        "month" | "months" => 30,
        "year" | "years" => 365,
        _ => return None,
    };
    let whole = number.is_integer().then(|| number.to_integer())?;
    let days = i32::try_from(whole).ok()?.checked_mul(unit)?;
    let days = if days > 36_500 { return None } else { days };
    // `two weeks ago`, `a year later` are dates or nothing.
    let after = tokens.get(to + 1).map_or("", |t| t.low.as_str());
    let told = !matches!(after, "ago" | "later" | "earlier" | "old" | "before" | "after");
    told.then_some((to + 1 - at, Fact::Days(days)))
}
