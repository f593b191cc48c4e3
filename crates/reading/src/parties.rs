//! Who levies, and on whose goods: the part that each country named in a sentence plays.

use std::ops::Range;

use tariff::Country;

use crate::lexicon::{Lexicon, Meaning, Modal, Noun, Verb};
use crate::unit::Unit;

/// The part of a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Levies,
    Target,
    /// A place, a partner of talks, a reader.
    Other,
}

/// The part that each unit plays; `None` where it names no country.
pub fn parts(units: &[Unit], lexicon: &Lexicon) -> Vec<Option<Part>> {
    let mut parts: Vec<Option<Part>> = Vec::with_capacity(units.len());
    for at in 0..units.len() {
        let part = units[at].country().map(|country| part(units, at, country, lexicon));
        parts.push(part);
    }
    // Countries in a row play the same part: `on Canada, Mexico and China`; the one that is clear says which.
    for at in (0..units.len()).rev() {
        let Some(next) = joined(units, at) else { continue };
        if parts[at] == Some(Part::Other) && parts[next].is_some() {
            parts[at] = parts[next];
        }
    }
    for at in 0..units.len() {
        let Some(next) = joined(units, at) else { continue };
        if parts[at] == Some(Part::Target) && parts[next] == Some(Part::Other) {
            parts[next] = Some(Part::Target);
        }
    }
    parts
}

/// The next country of an enumeration in which `at` is one.
fn joined(units: &[Unit], at: usize) -> Option<usize> {
    units[at].country()?;
    let mut next = at + 1;
    while units.get(next).is_some_and(|u| u.word(&[",", "and", "/", "&", "or", "the"])) {
        next += 1;
    }
    (next > at + 1 && next <= at + 4 && units.get(next)?.country().is_some()).then_some(next)
}

const FILLERS: [&str; 26] = [
    "finance",
    "commerce",
    "foreign",
    "ministry",
    "customs",
    "state",
    "council",
    "cabinet",
    "minister",
    "more",
    "than",
    "trade",
    "has",
    "have",
    "had",
    "also",
    "already",
    "then",
    "now",
    "recently",
    "later",
    "officially",
    "immediately",
    "temporarily",
    "formally",
    "government",
];

fn part(units: &[Unit], at: usize, country: Country, lexicon: &Lexicon) -> Part {
    let unit = &units[at];
    let word_before = |back: usize| at.checked_sub(back).map(|i| &units[i]);
    let before = word_before(1);
    let is_before = |words: &[&str]| {
        let the = before.is_some_and(|b| b.word(&["the", "all", "most", "certain", "some"]));
        let word = if the { word_before(2) } else { before };
        word.is_some_and(|b| b.word(words))
    };
    let possessive = units.get(at + 1).is_some_and(|u| u.word(&["'s", "'", "’"]));
    let mut next = at + 1 + usize::from(possessive);
    if possessive && units.get(next).is_some_and(|u| u.word(&["s"])) {
        next += 1;
    }
    if possessive
        && units.get(next).is_some_and(|u| u.word(&["own"]) || u.is_verb() && u.noun().is_none())
    {
        return Part::Levies;
    }
    let left_out = units[at.saturating_sub(4)..at]
        .iter()
        .any(|u| u.word(&["except", "excluding", "outside", "exempting", "besides", "excepting"]));
    if left_out || is_before(&["than"]) {
        return Part::Other;
    }
    // Through what may stand between a country and the noun that it belongs to.
    let mut passed_goods = false;
    for (step, unit) in units.iter().skip(next).enumerate().take(8) {
        if unit.is_noun(Noun::Duty) || unit.is_noun(Noun::Rate) && possessive {
            let foreign = !lexicon.levies(country);
            let noun_form = unit_is_noun_only(&units[at]) && !possessive;
            let names_goods =
                units.iter().skip(next + step + 1).take(2).any(|u| u.word(&["on", "against"]));
            let on_us = names_home_after(units, next + step, lexicon);
            return match (noun_form, foreign) {
                // `China tariffs` are on China, `US tariffs` of the United States.
                (true, _) if Some(country) != lexicon.home() => Part::Target,
                // `Vietnam's 20% rate`: without the goods of another it is the rate that others levy.
                // `The EU's tariffs on bourbon` are its own.
                (_, true) if !on_us && !names_goods && !has_answer(units, at, next + step) => {
                    Part::Target
                }
                _ => Part::Levies,
            };
        }
        if unit.is_noun(Noun::Goods) {
            // `Chinese goods`, but not `goods tariffs`.
            let duty = units.get(next + step + 1).is_some_and(|u| u.is_noun(Noun::Duty));
            if !duty {
                return Part::Target;
            }
        }
        if unit.goods().is_some() {
            passed_goods = true;
            continue;
        }
        if unit.is_verb() && step == 0 {
            break;
        }
        let qualifies = unit.fact.is_some()
            || unit.program().is_some()
            || unit.has(Meaning::Answer)
            || unit.bound().is_some()
            || unit.word(&[
                "own",
                "additional",
                "import",
                "retaliatory",
                "new",
                "higher",
                "lower",
                "average",
                "effective",
                "combined",
                "total",
                "so",
                "called",
                "sweeping",
                "punitive",
                "steep",
                "existing",
                "current",
                "baseline",
                "overall",
                "of",
                "origin",
                "other",
                "industrial",
                "agricultural",
                "made",
                "initial",
                "ad",
                "valorem",
                "blanket",
                "further",
                "extra",
                "trade",
                "and",
                "&",
                "consumer",
                "manufactured",
                "imported",
                "tit",
                "for",
                "tat",
                "country",
                "specific",
                "recent",
                "latest",
                "highest",
                "original",
                "unilateral",
                "planned",
                "proposed",
                "threatened",
                "'s",
                "minimum",
                "general",
                "broad",
                "all",
            ]);
        let of = unit.word(&["of", "for", "and"]) && step == 0;
        if !qualifies || of {
            break;
        }
    }
    if passed_goods && unit.adjective().is_some() {
        return Part::Target;
    }
    if is_before(&["by"]) {
        return Part::Levies;
    }
    let from_goods = is_before(&["from", "of", "in"]) && goods_before(units, at);
    if is_before(&["on", "against", "onto", "toward", "towards", "targeting", "upon", "hit", "for"])
        || from_goods
    {
        return Part::Target;
    }
    // `exports to the United States` are what it levies on.
    let imported = is_before(&["to", "into"])
        && units[at.saturating_sub(4)..at].iter().any(|u| u.is_noun(Noun::Goods));
    if imported {
        return Part::Levies;
    }
    if is_before(&["in", "to", "at", "into"]) && !possessive {
        return Part::Other;
    }
    // `Beijing, for its part, has raised`
    if units.get(next).is_some_and(|u| u.word(&[","])) {
        let close = (next + 1..units.len().min(next + 8)).find(|at| units[*at].word(&[","]));
        next = close
            .filter(|at| !units[next + 1..*at].iter().any(|u| u.is_verb() || u.country().is_some()))
            .map_or(next, |at| at + 1);
    }
    let modal = |u: &Unit| {
        [Modal::Will, Modal::Would, Modal::Could, Modal::Threat, Modal::Announced]
            .into_iter()
            .any(|m| u.modal(m))
    };
    let verb = units
        .iter()
        .skip(next)
        .take(6)
        .find(|u| u.is_verb() || !u.word(&FILLERS) && !modal(u) && !u.word(&["to"]));
    // `The European Union plans duties on …`
    let plans =
        units.get(next).is_some_and(|u| u.modal(Modal::Threat) || u.modal(Modal::Announced));
    if plans && units.iter().skip(next).take(8).any(|u| u.is_noun(Noun::Duty)) {
        return Part::Levies;
    }
    let Some(verb) = verb.filter(|u| u.is_verb()) else { return Part::Other };
    let pays = verb.verb(Verb::Stand).is_some()
        && (verb.word(&["face", "faces", "faced", "facing", "pay", "pays", "paid", "owe", "owes"])
            || (verb.word(&["is", "are", "was", "were", "be", "been", "remain", "remains"])
                || verb.word(&["has", "have"])
                    && units.iter().skip(next).take(4).any(|u| u.word(&["been"])))
                && units.iter().skip(next).take(8).any(|u| {
                    u.word(&[
                        "subject", "hit", "facing", "paying", "charged", "assessed", "levied",
                        "slapped",
                    ])
                }));
    if pays {
        return Part::Target;
    }
    // A country that has no duties here agrees to what it will pay.
    let changes = units.iter().skip(next).take(8).any(|u| {
        [Verb::Raise, Verb::Cut, Verb::Suspend, Verb::Revoke, Verb::Delay]
            .into_iter()
            .any(|v| u.verb(v).is_some())
    });
    if verb.word(&["agreed", "agrees", "accepted", "secured", "won"])
        && !lexicon.levies(country)
        && !changes
    {
        return Part::Target;
    }
    let levies = [
        Verb::Raise,
        Verb::Cut,
        Verb::Set,
        Verb::Suspend,
        Verb::Delay,
        Verb::Extend,
        Verb::Resume,
        Verb::Revoke,
        Verb::Agree,
        Verb::Exempt,
        Verb::Sign,
    ];
    let intransitive =
        verb.word(&["ended", "dropped", "fell", "rose"]) && verb.verb(Verb::Revoke).is_some();
    if !intransitive && levies.iter().any(|class| verb.verb(*class).is_some()) {
        Part::Levies
    } else {
        Part::Other
    }
}

fn unit_is_noun_only(unit: &Unit) -> bool {
    unit.name().is_some() && unit.adjective().is_none()
}

fn has_answer(units: &[Unit], from: usize, to: usize) -> bool {
    units[from..to].iter().any(|u| u.has(Meaning::Answer) || u.word(&["own"]))
}

/// Whether goods of the home country are named within the next words.
fn names_home_after(units: &[Unit], at: usize, lexicon: &Lexicon) -> bool {
    units.iter().skip(at).take(8).any(|u| u.country().is_some() && u.country() == lexicon.home())
}

/// Whether goods stand shortly before a country that follows a preposition.
fn goods_before(units: &[Unit], at: usize) -> bool {
    units[at.saturating_sub(4)..at].iter().any(|u| {
        u.is_noun(Noun::Goods)
            || u.goods().is_some()
            || u.has(Meaning::World)
            || u.word(&[
                "originating",
                "made",
                "shipped",
                "imported",
                "produced",
                "sourced",
                "smelted",
                "cast",
                "built",
                "those",
                "assembled",
            ])
    })
}

/// The countries of a part in a range of units, each once, in order.
pub fn of_part(
    units: &[Unit],
    parts: &[Option<Part>],
    range: &Range<usize>,
    part: Part,
) -> Vec<(usize, Country)> {
    let mut found: Vec<(usize, Country)> = Vec::new();
    for at in range.clone() {
        if parts[at] == Some(part)
            && let Some(country) = units[at].country()
            && !found.iter().any(|(_, known)| *known == country)
        {
            found.push((at, country));
        }
    }
    found
}
