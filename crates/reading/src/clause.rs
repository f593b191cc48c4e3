//! A sentence cut into clauses, and what holds for a clause as a whole.

use std::ops::Range;

use crate::lexicon::{Form, Meaning, Modal, Noun, Verb};
use crate::unit::{Fact, Unit};

/// Words that begin a clause wherever they stand.
const OPENERS: [&str; 15] = [
    "while",
    "whereas",
    "but",
    "although",
    "though",
    "after",
    "before",
    "when",
    "once",
    "following",
    "because",
    "which",
    "who",
    "where",
    "despite",
];

/// The most units of a heading before a colon.
const HEADING_UNITS_MAX: usize = 7;

/// How far a subject may stand from its verb.
const SUBJECT_UNITS_MAX: usize = 7;

/// The clauses of a sentence, in order and without gaps.
pub fn clauses(units: &[Unit]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for at in 1..units.len() {
        if at > start && opens(units, start, at) {
            found.push(start..at);
            start = at;
        }
    }
    if start < units.len() {
        found.push(start..units.len());
    }
    found
}

/// Whether a clause begins at `at`, where the one before began at `start`.
fn opens(units: &[Unit], start: usize, at: usize) -> bool {
    let unit = &units[at];
    let before = &units[at - 1];
    if before.word(&[";", "—"]) || unit.word(&[";", "—"]) {
        return true;
    }
    if before.word(&["(", ")"]) || unit.word(&["(", ")"]) {
        return !is_gloss(units, at);
    }
    // What stands before a colon without a verb is a heading of what follows: `Reciprocal tariff: 10%`.
    if before.word(&[":"]) {
        let says = |u: &Unit| {
            u.is_verb() || u.when().is_some() || u.days().is_some() || u.percent().is_some()
        };
        return at - start > HEADING_UNITS_MAX || units[start..at].iter().any(says);
    }
    if (before.word(&["–", "-"]) || unit.word(&["–", "-"])) && unit.spaced {
        return true;
    }
    if unit.word(&OPENERS) {
        // `before 9 April` is a date and no clause.
        let date = units.get(at + 1).is_some_and(|next| next.when().is_some());
        return !(date && unit.word(&["before", "after", "following"]));
    }
    if unit.word(&["with"]) {
        return subject(units, at + 1, true);
    }
    // What has no verb yet is no clause: `Effective 27 September, duties rose`, `duties on spirits and dairy rose`.
    let finite = |u: &Unit| {
        matches!(u.form(), Some(Form::Past | Form::S | Form::Base)) && !u.word(&["effective"])
    };
    let whole = units[start..at].iter().any(finite);
    let comma = before.word(&[","]);
    if !whole {
        return false;
    }
    let starting = unit.verb(Verb::Effect).is_some()
        && units.iter().skip(at + 1).take(3).any(|u| u.when().is_some());
    if unit.form() == Some(Form::Ing) && !starting && (comma || is_made(units, start, at)) {
        return true;
    }
    if unit.word(&["and", "as", "then"]) {
        // `raised the tariff and paused the others`
        let verb = units.get(at + 1).is_some_and(|u| {
            matches!(u.form(), Some(Form::Past | Form::S))
                && u.noun().is_none()
                && !u.word(&["had", "was", "were", "are", "is"])
        });
        return verb || subject(units, at + 1, false);
    }
    if unit.word(&["since"]) {
        return !followed_by_date(units, at);
    }
    if comma && unit.word(&["so"]) {
        return subject(units, at + 1, false);
    }
    comma && !unit.word(&["with", "and", "which"]) && subject(units, at, false)
}

/// Whether brackets around `at` hold a name or two and nothing that is said: `tariff (China)`.
fn is_gloss(units: &[Unit], at: usize) -> bool {
    const GLOSS_UNITS_MAX: usize = 4;
    let open = (at.saturating_sub(GLOSS_UNITS_MAX)..=at).rev().find(|i| units[*i].word(&["("]));
    let Some(open) = open else { return false };
    let Some(close) =
        (open..units.len().min(open + GLOSS_UNITS_MAX)).find(|i| units[*i].word(&[")"]))
    else {
        return false;
    };
    close + 1 >= at
        && units[open..close]
            .iter()
            .all(|u| u.percent().is_none() && u.when().is_none() && !u.is_verb())
}

fn followed_by_date(units: &[Unit], at: usize) -> bool {
    units.get(at + 1).is_some_and(|next| next.when().is_some())
}

/// Whether an order is signed or a deal made before `at`, so that a verb there says what it does: `signed a
/// proclamation putting a duty`.
fn is_made(units: &[Unit], start: usize, at: usize) -> bool {
    let before = &units[start..at];
    let made = before.iter().any(|u| u.verb(Verb::Sign).is_some() || u.modal(Modal::Announced));
    made && before.iter().any(|u| {
        u.is_noun(Noun::Order) || u.is_noun(Noun::Agreement) || u.word(&["proclamations", "orders"])
    })
}

/// Whether a subject with its verb begins at `at`: `Beijing reduced`, `the rate on cars fell`.
fn subject(units: &[Unit], at: usize, with_ing: bool) -> bool {
    let mut seen = false;
    for unit in units.iter().skip(at).take(SUBJECT_UNITS_MAX) {
        if unit.word(&[",", ";", "—", "(", ".", "and", "from"]) || unit.fact_percent() && !seen {
            return false;
        }
        let thing = unit.country().is_some()
            || unit.noun().is_some()
            || unit.goods().is_some()
            || unit.program().is_some()
            || unit.court().is_some()
            || unit.is.iter().any(|m| matches!(m, Meaning::Both | Meaning::Others))
            || unit.word(&["it", "they", "he", "she", "president", "others", "some", "those"]);
        if seen && unit.is_verb() {
            return match unit.form() {
                Some(Form::Ing) => with_ing,
                Some(Form::Base) => false,
                _ => !with_ing,
            };
        }
        let modal = [Modal::Will, Modal::Would, Modal::Could].into_iter().any(|m| unit.modal(m));
        if seen && modal {
            return !with_ing;
        }
        seen |= thing;
    }
    false
}

impl Unit {
    fn fact_percent(&self) -> bool {
        matches!(self.fact, Some(Fact::Percent(_) | Fact::Points(_)))
    }
}

/// Whether what is said at `at` is only possible: a forecast, an opinion, a supposition.
pub fn is_possible(units: &[Unit], clause: &Range<usize>, at: usize) -> bool {
    let before = &units[clause.start..at.min(clause.end)];
    if before.iter().any(|unit| unit.modal(Modal::Could)) {
        return true;
    }
    // `said it would raise` announces; `a tariff would raise` supposes.
    before.iter().any(|unit| unit.modal(Modal::Would)) && !is_told(&units[..at.min(units.len())])
}

/// Whether what stands at `at` is the subject of what is only possible: `a 60% tariff could wipe out trade`.
pub fn is_supposed(units: &[Unit], clause: &Range<usize>, at: usize) -> bool {
    let verb = units[clause.start..at].iter().any(|u| u.is_verb());
    let next = units[at + 1..clause.end].iter().find(|u| {
        u.is_verb() || [Modal::Could, Modal::Would, Modal::Will].into_iter().any(|m| u.modal(m))
    });
    !verb && next.is_some_and(|u| u.modal(Modal::Could) || u.modal(Modal::Would))
}

/// Whether a government says it: a country, and a word of saying after it.
fn is_told(before: &[Unit]) -> bool {
    const SAYING: [&str; 20] = [
        "said",
        "says",
        "announced",
        "agreed",
        "told",
        "declared",
        "vowed",
        "threatened",
        "pledged",
        "promised",
        "statement",
        "plan",
        "order",
        "deal",
        "agreement",
        "proclamation",
        "unveiled",
        "signed",
        "confirmed",
        "announcement",
    ];
    let party = before.iter().position(|u| {
        u.name().is_some()
            || u.has(Meaning::Both)
            || u.word(&["he", "president", "leaders", "they", "it"])
    });
    party.is_some() && before.iter().any(|u| u.word(&SAYING))
}

/// The verb of one of these classes nearest to `at` in a clause: those before it first.
pub fn verb_near(
    units: &[Unit],
    clause: &Range<usize>,
    at: usize,
    classes: &[Verb],
) -> Option<(usize, Verb, Form)> {
    let of = |i: usize| {
        classes.iter().find_map(|class| units[i].verb(*class).map(|form| (i, *class, form)))
    };
    let before = (clause.start..at.min(clause.end)).rev().find_map(of);
    before.or_else(|| (at.max(clause.start)..clause.end).find_map(of))
}

/// Whether the range speaks of duties.
pub fn is_about_duties(units: &[Unit], range: &Range<usize>) -> bool {
    units[range.clone()].iter().any(|unit| unit.is_noun(Noun::Duty) || unit.program().is_some())
}
