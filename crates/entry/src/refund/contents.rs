//! What the duty filed says of the parts of a line's value: a heading on the steel in an article, at a
//! rate, was filed for so much steel. It is the filer's word and no proof, so the line stays open.

use engine::Answer;
use ledger::{Line, Status};
use tariff::{Cents, Code, Exact, round_half_up};

use super::headings::Headings;
use super::rebuild::Part;

/// The most combinations that are tried.
const TRIES_MAX: usize = 64;

/// The line with parts of its value as the filing implies them, in words, and its answer; `None` where
/// no such line owes what was filed on every heading.
pub(crate) fn implied(
    part: &Part,
    first: &Answer,
    headings: &Headings,
    mut assess: impl FnMut(&Line) -> Answer,
) -> Option<(Line, Vec<String>, Answer)> {
    let asked = first.needs.iter().filter_map(|need| need.strip_prefix("content "));
    let asked: Vec<&str> = asked.filter(|name| !part.stated.contents.contains_key(*name)).collect();
    if asked.is_empty() {
        return None;
    }
    let value = part.stated.value;
    let mut ways: Vec<Vec<(&str, Cents)>> = vec![Vec::new()];
    for name in asked {
        let options = options(part, headings, name, value);
        ways = ways
            .iter()
            .flat_map(|way| {
                options.iter().map(move |option| {
                    let mut way = way.clone();
                    way.push((name, *option));
                    way
                })
            })
            .take(TRIES_MAX)
            .collect();
    }
    for way in ways {
        let mut line = part.stated.clone();
        let mut taken = Vec::new();
        for (name, content) in &way {
            line.contents.insert((*name).to_owned(), *content);
            taken.push(format!("content {name} {}: by the duty filed", content.grouped()));
        }
        if line.contents.values().copied().sum::<Cents>() > value {
            continue;
        }
        let answer = assess(&line);
        if answer.status == Status::Exact && agrees(part, &answer) {
            return Some((line, taken, answer));
        }
    }
    None
}

/// Values of a part that the duty filed on its headings may stand for.
fn options(part: &Part, headings: &Headings, name: &str, value: Cents) -> Vec<Cents> {
    let mut found = Vec::new();
    let mut add = |content: Cents| {
        if content >= Cents::ZERO && content <= value && !found.contains(&content) {
            found.push(content);
        }
    };
    for (heading, duty) in &part.filed {
        let Some(law) = headings.get(heading.prefix(8)).filter(|l| l.contents.contains(name))
        else {
            continue;
        };
        for rate in law.rates.iter().filter(|rate| **rate > Exact::ZERO) {
            let units = Exact::from_integer(round_half_up(duty.exact() / *rate));
            if Cents::from_exact(units * *rate) == Some(*duty) {
                Cents::from_exact(units).into_iter().for_each(&mut add);
            }
        }
    }
    add(Cents::ZERO);
    add(Cents((value.0 + 50) / 100 * 100));
    found
}

/// Whether every heading of chapter 99 owes what was filed on it.
fn agrees(part: &Part, answer: &Answer) -> bool {
    let owed = |heading: Code| -> i64 {
        let own = answer.components.iter().filter(|c| c.heading == Some(heading));
        own.map(|c| c.amount_cents).sum()
    };
    let filed: Cents = part.filed.iter().map(|(_, duty)| *duty).sum::<Cents>() + part.filed_base;
    part.filed.iter().all(|(heading, duty)| owed(*heading) == duty.0)
        && answer.duty_cents == Some(filed.0)
}
