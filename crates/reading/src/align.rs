//! Several documents on one event: what was said, in which versions; what they state, and where they differ.
//!
//! Two versions of a saying share words that carry meaning. Words count by their stems, with synonyms as one, and
//! the rarer a stem is among all sayings the more it weighs. All numbers are integers, so the order of documents is
//! all that an answer depends on.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use ledger::{Event, Ledger};
use tariff::limits::ALIGNED_SAYINGS_MAX;
use tariff::{Day, Stated, exact_decimal};

use crate::claim::{Bound, Claim, Kind};
use crate::speech::{LIGHT, SYNONYMS};
use crate::statement::{Statement, ends, words};

/// A sentence of a quotation, or the whole of a short one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The document, in the order given.
    pub document: usize,
    pub span: Range<usize>,
    pub words: String,
    pub speaker: Option<String>,
    pub outlets: Vec<String>,
    stems: Vec<String>,
}

/// One saying in the versions of several documents.
#[derive(Clone, Debug)]
pub struct Saying {
    pub versions: Vec<Version>,
    /// The version nearest to the others.
    pub nearest: usize,
    /// The words as the ledger has them, with its sources.
    pub recorded: Option<Recorded>,
}

#[derive(Clone, Debug)]
pub struct Version {
    pub said: Said,
    /// Its words, and whether the nearest version has them too.
    pub against_nearest: Vec<(String, bool)>,
}

#[derive(Clone, Debug)]
pub struct Recorded {
    pub date: Stated,
    pub words: String,
    pub sources: Vec<String>,
}

/// A fact that documents state, and how each puts its figures.
#[derive(Clone, Debug)]
pub struct Fact {
    pub about: Claim,
    /// All documents that state it.
    pub documents: Vec<usize>,
    pub figures: Vec<Figure>,
}

/// One field of a fact: its values, each with the documents that have it, most documents first. Documents that
/// leave it out are in none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    pub field: &'static str,
    pub values: Vec<(String, Vec<usize>)>,
}

/// Two versions by one speaker are the same saying from here on, of a thousand.
const SAME_FROM: usize = 420;

/// By speakers of whom one is not named, and by two different ones.
const SAME_UNNAMED_FROM: usize = 600;
const SAME_OTHERS_FROM: usize = 850;

/// A saying of so few stems is held against a part of another.
const SHORT_MAX: usize = 4;

/// A stem in more sayings than this does not bring two of them together.
const COMMON_MIN: usize = 200;

/// The most words of a version that are compared one by one.
const COMPARED_MAX: usize = 400;

/// What is said in a document, sentence by sentence.
pub fn said(document: usize, text: &str, statements: &[Statement]) -> Vec<Said> {
    let mut all = Vec::new();
    for statement in statements {
        let Some(inside) = text.get(statement.span.clone()) else { continue };
        let mut start = 0;
        for end in ends(inside).chain([inside.len()]) {
            let piece = inside.get(start..end).unwrap_or_default();
            let bare = piece.trim_matches(|c: char| {
                c.is_whitespace() || matches!(c, '“' | '”' | '"' | '‘' | '’' | '«' | '»' | ',')
            });
            let stems = stems(bare);
            if !stems.is_empty() {
                let at = statement.span.start + start + piece.find(bare).unwrap_or(0);
                all.push(Said {
                    document,
                    span: at..at + bare.len(),
                    words: bare.to_owned(),
                    speaker: statement.speaker.clone(),
                    outlets: statement.outlets.clone(),
                    stems,
                });
            }
            start = end;
        }
    }
    all
}

/// The last day on which words were said that the ledger has and a document quotes: it was written then or the day
/// after, if it names the weekday of that.
pub fn quoted_day(text: &str, said: &[Said], ledger: &Ledger) -> Option<Day> {
    let weights = Weights::of(said);
    let zone = &ledger.territories.first()?.zone;
    let days = ledger.events.iter().filter_map(|event| {
        let quote = stems(event.quote.as_deref()?);
        let same = |said: &&Said| {
            quote.len() >= 2
                && said.stems.len() >= 2
                && weights.alike(&said.stems, &quote) >= SAME_UNNAMED_FROM
                && event
                    .speaker
                    .as_deref()
                    .zip(said.speaker.as_deref())
                    .is_some_and(|(a, b)| share(a, b))
        };
        said.iter().find(same).map(|_| event.date.day(zone))
    });
    let day = days.max()?;
    let next = day.plus(1);
    let name = WEEKDAYS[usize::try_from(next.number().rem_euclid(7)).unwrap_or(0)];
    Some(if text.contains(&format!("on {name}")) { next } else { day })
}

/// By the number of a day: day 0 is 1 January 1970, a Thursday.
const WEEKDAYS: [&str; 7] =
    ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

/// The sayings that two documents or more have, in the order in which they first stand. `None` if there are more
/// than [`ALIGNED_SAYINGS_MAX`] sentences.
pub fn sayings(said: &[Said], ledger: &Ledger) -> Option<Vec<Saying>> {
    if said.len() > ALIGNED_SAYINGS_MAX {
        return None;
    }
    let weights = Weights::of(said);
    let mut by_stem: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, one) in said.iter().enumerate() {
        for stem in &one.stems {
            let of_stem = by_stem.entry(stem).or_default();
            if of_stem.last() != Some(&at) {
                of_stem.push(at);
            }
        }
    }
    let mut alike: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for (b, one) in said.iter().enumerate() {
        for stem in &one.stems {
            let of_stem = by_stem.get(stem.as_str()).map_or(&[][..], Vec::as_slice);
            for a in of_stem.iter().copied().filter(|a| *a < b && of_stem.len() <= COMMON_MIN) {
                alike.entry((a, b)).or_insert_with(|| weights.alike(&said[a].stems, &one.stems));
            }
        }
    }
    let mut pairs: Vec<(usize, usize, usize)> = alike
        .iter()
        .filter(|((a, b), alike)| **alike >= threshold(&said[*a], &said[*b]))
        .map(|((a, b), alike)| (*alike, *a, *b))
        .collect();
    pairs.sort_by_key(|(alike, a, b)| (std::cmp::Reverse(*alike), *a, *b));
    let groups = grouped(said.len(), &pairs, &alike);
    let several =
        |group: &&Vec<usize>| group.iter().any(|at| said[*at].document != said[group[0]].document);
    Some(groups.iter().filter(several).map(|group| saying(group, said, &weights, ledger)).collect())
}

/// Pairs joined, the surest first, as long as the groups are alike on the whole and not by one member alone.
fn grouped(
    count: usize,
    pairs: &[(usize, usize, usize)],
    alike: &BTreeMap<(usize, usize), usize>,
) -> Vec<Vec<usize>> {
    let mut group_of: Vec<usize> = (0..count).collect();
    let mut groups: Vec<Vec<usize>> = (0..count).map(|at| vec![at]).collect();
    for (_, a, b) in pairs {
        let (a, b) = (group_of[*a], group_of[*b]);
        if a == b {
            continue;
        }
        let across = groups[a].iter().flat_map(|x| groups[b].iter().map(move |y| (x, y)));
        let sum: usize =
            across.map(|(x, y)| alike.get(&(*x.min(y), *x.max(y))).copied().unwrap_or(0)).sum();
        if sum < groups[a].len() * groups[b].len() * SAME_FROM * 2 / 3 {
            continue;
        }
        let (kept, gone) = (a.min(b), a.max(b));
        let moved = std::mem::take(&mut groups[gone]);
        for at in &moved {
            group_of[*at] = kept;
        }
        groups[kept].extend(moved);
        groups[kept].sort_unstable();
    }
    groups.retain(|group| group.len() > 1);
    groups
}

fn saying(group: &[usize], said: &[Said], weights: &Weights, ledger: &Ledger) -> Saying {
    let near = |at: &usize| {
        let sum: usize =
            group.iter().map(|b| weights.whole(&said[*at].stems, &said[*b].stems)).sum();
        (sum, said[*at].stems.len(), std::cmp::Reverse(*at))
    };
    let nearest = group.iter().enumerate().max_by_key(|(_, at)| near(at)).map_or(0, |(n, _)| n);
    let model: Vec<String> = spoken(&said[group[nearest]].words).map(|(plain, _)| plain).collect();
    let versions = group.iter().map(|at| Version {
        said: said[*at].clone(),
        against_nearest: against(&said[*at].words, &model),
    });
    let recorded = ledger.events.iter().filter_map(|event| {
        let quote = event.quote.as_deref()?;
        let known = |at: &&usize| {
            event
                .speaker
                .as_deref()
                .zip(said[**at].speaker.as_deref())
                .is_some_and(|(a, b)| share(a, b))
        };
        let quoted = stems(quote);
        let best =
            group.iter().filter(known).map(|at| weights.alike(&said[*at].stems, &quoted)).max()?;
        (best >= SAME_UNNAMED_FROM).then_some((best, event, quote))
    });
    let recorded = recorded.max_by_key(|(best, _, quote)| (*best, quote.len()));
    Saying {
        versions: versions.collect(),
        nearest,
        recorded: recorded.map(|(_, event, quote)| of_record(event, quote)),
    }
}

fn of_record(event: &Event, quote: &str) -> Recorded {
    Recorded { date: event.date, words: quote.to_owned(), sources: event.sources.clone() }
}

fn threshold(a: &Said, b: &Said) -> usize {
    match (&a.speaker, &b.speaker) {
        (Some(a), Some(b)) if share(a, b) => SAME_FROM,
        (Some(_), Some(_)) => SAME_OTHERS_FROM,
        _ => SAME_UNNAMED_FROM,
    }
}

/// Whether two names have a word in common: `Lee`, `Ann Lee`.
fn share(a: &str, b: &str) -> bool {
    words(a).any(|(_, x)| x.len() > 1 && words(b).any(|(_, y)| x == y))
}

/// How much each stem weighs: the rarer the more.
struct Weights(HashMap<String, usize>);

impl Weights {
    fn of(said: &[Said]) -> Weights {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for one in said {
            let mut seen: Vec<&String> = one.stems.iter().collect();
            seen.sort();
            seen.dedup();
            for stem in seen {
                *counts.entry(stem.clone()).or_default() += 1;
            }
        }
        let all = said.len();
        Weights(
            counts
                .into_iter()
                .map(|(stem, count)| (stem, 10 + 5 * (all / count).max(1).ilog2() as usize))
                .collect(),
        )
    }

    fn weigh(&self, stem: &String) -> usize {
        self.0.get(stem).copied().unwrap_or(20)
    }

    fn sum(&self, stems: &[String]) -> usize {
        stems.iter().map(|stem| self.weigh(stem)).sum()
    }

    /// Of a thousand: what two sayings have in common, of the shorter one where that is a few words.
    fn alike(&self, a: &[String], b: &[String]) -> usize {
        let short = a.len().min(b.len());
        if short > SHORT_MAX {
            return self.whole(a, b);
        }
        let common = self.common(a, b);
        1_000 * common / self.sum(a).min(self.sum(b)).max(1)
    }

    /// Of a thousand: what two sayings have in common, of both; two thirds by words, one third by their order.
    fn whole(&self, a: &[String], b: &[String]) -> usize {
        let both = (self.sum(a) + self.sum(b)).max(1);
        (2_000 * self.common(a, b) / both * 2 + 2_000 * self.in_order(a, b) / both) / 3
    }

    fn common(&self, a: &[String], b: &[String]) -> usize {
        let mut left: HashMap<&String, usize> = HashMap::new();
        for stem in a {
            *left.entry(stem).or_default() += 1;
        }
        let mut sum = 0;
        for stem in b {
            if let Some(count) = left.get_mut(stem)
                && *count > 0
            {
                *count -= 1;
                sum += self.weigh(stem);
            }
        }
        sum
    }

    /// The heaviest run of stems that stands in both in the same order.
    fn in_order(&self, a: &[String], b: &[String]) -> usize {
        let mut row = vec![0; b.len() + 1];
        for x in a.iter().take(COMPARED_MAX) {
            let mut corner = 0;
            for (at, y) in b.iter().enumerate() {
                let above = row[at + 1];
                row[at + 1] = match x == y {
                    true => corner + self.weigh(x),
                    false => above.max(row[at]),
                };
                corner = above;
            }
        }
        row.last().copied().unwrap_or(0)
    }
}

/// The stems of words that carry meaning, synonyms as one.
fn stems(text: &str) -> Vec<String> {
    let plain = words(text).map(|(_, word)| word.to_lowercase().replace('’', "'"));
    plain.filter(|word| !light(word)).map(|word| meaning(&word)).collect()
}

fn light(word: &str) -> bool {
    let bare = word.split('\'').next().unwrap_or(word);
    LIGHT.contains(bare) && !bare.is_empty()
}

fn meaning(word: &str) -> String {
    let stem = stem(word);
    let same = SYNONYMS.get(word).or_else(|| SYNONYMS.get(stem.as_str()));
    same.map_or(stem, |first| (*first).to_owned())
}

/// A word without its ending. It need not be a word: only the same for the forms of one.
fn stem(word: &str) -> String {
    let bare = word.trim_end_matches("'s");
    let cut = |ending: &str, least: usize| {
        bare.strip_suffix(ending).filter(|rest| rest.chars().count() >= least)
    };
    let rest = cut("ing", 3)
        .or_else(|| cut("ies", 3))
        .or_else(|| cut("ed", 3))
        .or_else(|| cut("ly", 4))
        .or_else(|| if bare.ends_with("ss") { None } else { cut("s", 3) })
        .unwrap_or(bare);
    rest.trim_end_matches(['e', 'y', 'i']).to_owned()
}

/// The words of a version with their marks, and plain.
fn spoken(text: &str) -> impl Iterator<Item = (String, String)> {
    text.split_whitespace().take(COMPARED_MAX).map(|word| {
        let plain: String = word.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        (plain, word.to_owned())
    })
}

/// Each word of a version, and whether it stands in the model too, in order.
fn against(text: &str, model: &[String]) -> Vec<(String, bool)> {
    let own: Vec<(String, String)> = spoken(text).collect();
    let (rows, columns) = (own.len(), model.len());
    let mut longest = vec![vec![0_u16; columns + 1]; rows + 1];
    for (r, (plain, _)) in own.iter().enumerate().rev() {
        for (c, word) in model.iter().enumerate().rev() {
            longest[r][c] = match plain == word {
                true => longest[r + 1][c + 1] + 1,
                false => longest[r + 1][c].max(longest[r][c + 1]),
            };
        }
    }
    let mut out = Vec::with_capacity(rows);
    let mut c = 0;
    for (r, (plain, word)) in own.into_iter().enumerate() {
        while c < columns && model[c] != plain && longest[r][c + 1] == longest[r][c] {
            c += 1;
        }
        // A word without letters or digits is a mark between words.
        let same = plain.is_empty() || (c < columns && model[c] == plain);
        c += usize::from(same && !plain.is_empty());
        out.push((word, same));
    }
    out
}

/// The facts that documents state, in the order in which they first stand. `claims` are those of each document. A
/// change states besides what the rate was before.
pub fn facts(claims: &[(usize, Claim)]) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (document, claim) in claims {
        state(&mut facts, &mut places, *document, claim);
        if let (Kind::Change, Some(before)) = (claim.kind, claim.rate_from) {
            let mut rate = Claim::new(Kind::Rate, claim.span.clone());
            (rate.levied_by, rate.on) = (claim.levied_by.clone(), claim.on.clone());
            (rate.goods, rate.programs) = (claim.goods.clone(), claim.programs.clone());
            rate.rate_to = Some(before);
            state(&mut facts, &mut places, *document, &rate);
        }
    }
    for values in facts.iter_mut().flat_map(|fact| &mut fact.figures).map(|f| &mut f.values) {
        values.sort_by_key(|(_, documents)| std::cmp::Reverse(documents.len()));
    }
    facts
}

fn state(
    facts: &mut Vec<Fact>,
    places: &mut HashMap<String, usize>,
    document: usize,
    claim: &Claim,
) {
    let goods = claim.goods.as_ref().map(|goods| stems(goods));
    let sorted = |list: &[tariff::Country]| {
        let mut list = list.to_vec();
        list.sort();
        list
    };
    let mut programs = claim.programs.clone();
    programs.sort();
    let (by, on) = (sorted(&claim.levied_by), sorted(&claim.on));
    let key = format!("{:?} {by:?} {on:?} {goods:?} {programs:?} {:?}", claim.kind, claim.act);
    let at = *places.entry(key).or_insert_with(|| {
        facts.push(Fact { about: claim.clone(), figures: Vec::new(), documents: Vec::new() });
        facts.len() - 1
    });
    let fact = &mut facts[at];
    if !fact.documents.contains(&document) {
        fact.documents.push(document);
    }
    for (field, value) in figures(claim) {
        let at =
            fact.figures.iter().position(|figure| figure.field == field).unwrap_or_else(|| {
                fact.figures.push(Figure { field, values: Vec::new() });
                fact.figures.len() - 1
            });
        let values = &mut fact.figures[at].values;
        match values.iter_mut().find(|(known, _)| *known == value) {
            Some((_, documents)) if documents.contains(&document) => {}
            Some((_, documents)) => documents.push(document),
            None => values.push((value, vec![document])),
        }
    }
}

/// The figures of a claim by their fields.
fn figures(claim: &Claim) -> Vec<(&'static str, String)> {
    let percent = |rate| format!("{}%", exact_decimal(rate));
    let bound = match claim.bound {
        Bound::Exactly => "",
        Bound::About => "about ",
        Bound::Over => "over ",
        Bound::AtLeast => "at least ",
        Bound::Under => "under ",
        Bound::UpTo => "up to ",
    };
    let rate = if claim.kind == Kind::Change { "to" } else { "rate" };
    let all = [
        ("from", claim.rate_from.map(percent)),
        (rate, claim.rate_to.map(|rate| format!("{bound}{}", percent(rate)))),
        ("by", claim.points.map(|points| format!("{} points", exact_decimal(points)))),
        ("for", claim.days.map(|days| format!("{days} days"))),
        ("since", claim.from.map(|day| day.to_string())),
        ("until", claim.until.map(|day| day.to_string())),
        ("status", claim.status.map(|status| status.name().to_owned())),
    ];
    all.into_iter().filter_map(|(field, value)| Some((field, value?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::statements;

    fn all(texts: &[&str]) -> Vec<Said> {
        let of = |(at, text): (usize, &&str)| said(at, text, &statements(text));
        texts.iter().enumerate().flat_map(of).collect()
    }

    #[test]
    fn versions_of_a_saying_are_found_though_the_words_differ() {
        let ledger = Ledger::embedded();
        let texts = [
            "Ann Lee said talks were “a bit stalled”. “Both leaders will need to get involved, given the scale of the talks,” Lee noted.",
            "Ann Lee said they were \"a bit stagnant\". \"Given the magnitude of the negotiations, the two leaders are required to weigh in,\" she said.",
            "Bob Stone said prices were “quite high”.",
        ];
        let said = all(&texts);
        let sayings = sayings(&said, &ledger).expect("few");
        let told: Vec<Vec<&str>> = sayings
            .iter()
            .map(|s| s.versions.iter().map(|v| v.said.words.as_str()).collect())
            .collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!(told[0], ["a bit stalled", "a bit stagnant"]);
        for (at, text) in texts.iter().enumerate() {
            for one in said.iter().filter(|one| one.document == at) {
                assert_eq!(text.get(one.span.clone()), Some(one.words.as_str()));
            }
        }
    }

    #[test]
    fn words_that_differ_are_marked() {
        let model: Vec<String> = spoken("a bit stalled now").map(|(plain, _)| plain).collect();
        let told = against("Just a bit stagnant, now", &model);
        let marks: Vec<bool> = told.iter().map(|(_, same)| *same).collect();
        assert_eq!(marks, [false, true, true, false, true]);
    }
}
