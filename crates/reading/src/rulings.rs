//! What courts did.

use std::ops::Range;

use crate::claim::{Claim, Kind, Legal, Tense};
use crate::clause::{is_about_duties, is_possible};
use crate::lexicon::{Modal, Noun, Verb};
use crate::read::{Context, Sentence, tense};
use crate::unit::Unit;

const AGAINST: [&str; 12] = [
    "exceeded",
    "illegal",
    "unlawful",
    "invalid",
    "unconstitutional",
    "overstepped",
    "exceed",
    "beyond",
    "unauthorized",
    "unlawfully",
    "illegally",
    "against",
];

/// The ruling that a clause states, if any.
pub fn claim(
    sentence: &Sentence<'_>,
    clause: &Range<usize>,
    context: &mut Context,
) -> Option<Claim> {
    let units = &sentence.units;
    let here = &units[clause.clone()];
    let court = clause.clone().find(|at| units[*at].court().is_some());
    let ruling = clause.clone().find(|at| units[*at].is_noun(Noun::Ruling));
    // A stay is something that a court gives; `to stay` is another word.
    const LEADS: [&str; 12] = [
        "a",
        "the",
        "its",
        "this",
        "temporary",
        "administrative",
        "emergency",
        "immediate",
        "granted",
        "of",
        "for",
        "that",
    ];
    let stay = clause.clone().find(|at| {
        units[*at].is_noun(Noun::Stay)
            && (units[*at].low != "stay" || *at > 0 && units[*at - 1].word(&LEADS))
    });
    let subject = court.or(ruling).or(stay)?;
    if let Some(at) = court {
        let name = &sentence.lexicon.names[units[at].court()? as usize];
        if name != "court" || context.court.is_none() {
            context.court = Some(name.clone());
        }
    }
    let day =
        clause.clone().find_map(|at| units[at].when().filter(|w| w.is_day()).map(|w| w.first));
    let decided = court.and_then(|at| units[at].court()).zip(day).is_some_and(|(court, day)| {
        sentence.lexicon.decided(&sentence.lexicon.names[court as usize], day).is_some()
    });
    let about = decided
        || is_about_duties(units, &(0..units.len()))
        || here.iter().any(|u| u.word(&["authority", "powers"]))
        || context.duties;
    if !about {
        return None;
    }
    let (verb, status) = decision(sentence, clause, stay)?;
    // `ruled that the tariffs can stay` is decided.
    if is_possible(units, clause, verb) || here.iter().any(|u| u.modal(Modal::Will)) {
        return None;
    }
    let mut used = vec![subject, verb];
    used.extend(clause.clone().find(|at| units[*at].word(&AGAINST)));
    used.extend(court);
    used.extend(ruling);
    used.extend(stay);
    let mut claim = Claim::new(Kind::Ruling, 0..0);
    claim.status = Some(status);
    claim.tense = tense(units, clause, Some(verb));
    if claim.tense == Tense::Future {
        return None;
    }
    claim.court = match court {
        Some(at) => Some(sentence.lexicon.names[units[at].court()? as usize].clone()),
        None => context.court.clone(),
    };
    for at in clause.clone() {
        let unit = &units[at];
        if unit.is_noun(Noun::Duty)
            || unit.program().is_some()
            || unit.word(&["authority", "powers"])
        {
            used.push(at);
        }
        if let Some(program) = unit.program() {
            let named = &sentence.lexicon.programs[program as usize];
            claim.programs.extend(named.iter().cloned());
        }
        if let Some(when) = unit.when().filter(|_| !sentence.is_name(at)) {
            if when.is_day() {
                claim.from = claim.from.or(Some(when.first));
            } else {
                claim.around = claim.around.or(Some((when.first, when.last)));
            }
            used.push(at);
        }
        if let Some(act) = unit.act() {
            claim.act = Some(sentence.lexicon.names[act as usize].clone());
        }
    }
    if let (None, Some(court), Some(day)) = (&claim.act, &claim.court, claim.from) {
        claim.act = sentence.lexicon.decided(court, day).map(str::to_owned);
    }
    claim.levied_by.extend(sentence.lexicon.home());
    claim.span = sentence.span(clause, &used);
    Some(claim)
}

/// The verb of the decision, and what the text makes of it.
fn decision(
    sentence: &Sentence<'_>,
    clause: &Range<usize>,
    stay: Option<usize>,
) -> Option<(usize, Legal)> {
    let units = &sentence.units;
    let find = |verb: Verb| clause.clone().find(|at| units[*at].verb(verb).is_some());
    let has = |words: &[&str]| units[clause.start..].iter().any(|u: &Unit| u.word(words));
    let got = |words: &[&str]| clause.clone().find(|at| units[*at].word(words));
    if let Some(stay) = stay {
        let verb =
            got(&["secured", "granted", "won", "obtained", "issued", "got", "received", "entered"]);
        return Some((verb.unwrap_or(stay), Legal::Stayed));
    }
    let of_ruling = clause.clone().any(|at| units[at].is_noun(Noun::Ruling));
    if let Some(at) = find(Verb::Strike) {
        return Some((at, Legal::StruckDown));
    }
    let stayed = find(Verb::Stay);
    let blocked = find(Verb::Block);
    // `paused the ruling` stays it, `a ruling paused the tariffs` suspends them.
    if let Some(at) = stayed.or(blocked)
        && of_ruling
        && units[at + 1..clause.end]
            .iter()
            .take(5)
            .take_while(|u| !u.word(&[",", ";"]))
            .any(|u| u.is_noun(Noun::Ruling))
    {
        return Some((at, Legal::Stayed));
    }
    if let Some(at) = find(Verb::Uphold) {
        // What is upheld is a ruling against the duties, or the duties.
        let ruling = units[at + 1..clause.end].iter().take(6).any(|u| u.is_noun(Noun::Ruling));
        return Some((at, if ruling { Legal::StruckDown } else { Legal::InForce }));
    }
    if let Some(at) = blocked {
        return Some((at, Legal::Suspended));
    }
    if let Some(at) = stayed {
        return Some((at, Legal::Stayed));
    }
    let rule = find(Verb::Rule)?;
    if has(&AGAINST)
        || has(&["not", "no", "n't"])
            && has(&["authorize", "authorise", "permit", "allow", "authority"])
    {
        return Some((rule, Legal::StruckDown));
    }
    if has(&["remain", "stay", "continue"]) && has(&["effect", "place", "force", "appeal"]) {
        return Some((rule, Legal::Stayed));
    }
    has(&["lawful", "legal", "favor", "favour"]).then_some((rule, Legal::InForce))
}
