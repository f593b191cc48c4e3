//! Suspensions, days on which something begins or ends, acts, and events: what a clause without a rate may state.

use std::ops::Range;

use crate::claim::{Claim, Kind, Legal, Tense};
use crate::clause::{is_about_duties, is_possible};
use crate::lexicon::{Meaning, Modal, Noun, Verb};
use crate::parties::Part;
use crate::read::{Context, Sentence, tense};
use crate::unit::Fact;

/// What the clause states, if anything; `rates` is whether the sentence states a rate besides.
pub fn claim(
    sentence: &Sentence<'_>,
    clause: &Range<usize>,
    context: &Context,
    rates: bool,
) -> Option<Claim> {
    suspension(sentence, clause, context)
        .or_else(|| deadline(sentence, clause, context))
        .or_else(|| act(sentence, clause, context, rates))
        .or_else(|| event(sentence, clause, context))
}

/// What a clause has, by place.
struct Found<'s, 'l> {
    sentence: &'s Sentence<'l>,
    clause: Range<usize>,
}

impl Found<'_, '_> {
    fn noun(&self, noun: Noun) -> Option<usize> {
        self.clause.clone().find(|at| self.sentence.units[*at].is_noun(noun))
    }

    fn verb(&self, verb: Verb) -> Option<usize> {
        self.clause.clone().find(|at| self.sentence.units[*at].verb(verb).is_some())
    }

    fn word(&self, words: &[&str]) -> Option<usize> {
        self.clause.clone().find(|at| self.sentence.units[*at].word(words))
    }

    fn modal(&self, modal: Modal) -> bool {
        self.clause.clone().any(|at| self.sentence.units[at].modal(modal))
    }

    fn days(&self) -> Option<(usize, i32)> {
        self.clause.clone().find_map(|at| Some((at, self.sentence.units[at].days()?)))
    }

    /// The dates that are not those of a saying.
    fn dates(&self, claim: &mut Claim, used: &mut Vec<usize>, reported: bool) -> bool {
        let mut any = false;
        for at in self.clause.clone() {
            let Some(when) = self.sentence.units[at].when() else { continue };
            if !reported && self.sentence.is_reported(at) {
                continue;
            }
            any = true;
            used.push(at);
            if self.sentence.ends_at(at) {
                claim.until = claim.until.or(Some(when.last));
                if !when.is_day() {
                    claim.around = Some((when.first, when.last));
                }
            } else if when.is_day() {
                claim.from = claim.from.or(Some(when.first));
            } else {
                claim.around = claim.around.or(Some((when.first, when.last)));
            }
        }
        any
    }
}

/// Programs and goods that the clause names.
fn subjects(
    sentence: &Sentence<'_>,
    clause: &Range<usize>,
    claim: &mut Claim,
    used: &mut Vec<usize>,
) {
    for at in clause.clone() {
        let unit = &sentence.units[at];
        let programs = unit.program().map(|p| &sentence.lexicon.programs[p as usize]);
        let goods = unit.goods().map(|g| &sentence.lexicon.goods[g as usize]);
        if let Some(programs) = programs.or(goods.map(|g| &g.programs)) {
            used.push(at);
            crate::rates::narrow(&mut claim.programs, programs);
        }
        if goods.is_some() && claim.goods.is_none() {
            claim.goods = Some(crate::rates::words(sentence, at));
        }
        if unit.is_noun(Noun::Duty) || unit.is_noun(Noun::Control) {
            used.push(at);
        }
        if unit.is_noun(Noun::Control) && claim.programs.is_empty() {
            claim.programs.clone_from(&sentence.lexicon.controls);
        }
        match (&unit.fact, unit.act()) {
            (Some(Fact::Act(act)), _) => {
                claim.act = act.clone().or(claim.act.take());
                used.push(at);
            }
            (_, Some(act)) => {
                claim.act = Some(sentence.lexicon.names[act as usize].clone());
                used.push(at);
            }
            _ => {}
        }
    }
}

/// Who levies on whom, where no rate says it: by who is near.
fn near(
    sentence: &Sentence<'_>,
    clause: &Range<usize>,
    claim: &mut Claim,
    used: &mut Vec<usize>,
    context: &Context,
) {
    let (units, home) = (&sentence.units, sentence.lexicon.home());
    let partner = |range: &Range<usize>| {
        range.clone().find_map(|at| {
            let country = units[at].country().filter(|c| Some(*c) != home)?;
            (!sentence.is_place(at)).then_some(country)
        })
    };
    let all = 0..units.len();
    let targets = crate::parties::of_part(units, &sentence.parts, clause, Part::Target);
    let others = |range: &Range<usize>| range.clone().any(|at| units[at].has(Meaning::Others));
    let levies = clause.clone().find(|at| sentence.parts[*at] == Some(Part::Levies));
    let levies = levies.and_then(|at| units[at].country());
    if others(clause) || partner(clause).is_none() && others(&all) {
        claim.others = true;
    } else if targets.iter().any(|(_, country)| Some(*country) != home) {
        claim.on.extend(targets.iter().map(|(_, country)| *country).filter(|c| Some(*c) != home));
    } else if let Some(country) = partner(clause).or(partner(&all)) {
        claim.on.push(country);
    } else if context.others {
        claim.others = true;
    } else {
        claim.on.extend(context.partner);
    }
    let both = units.iter().any(|u| u.has(Meaning::Both) || u.has(Meaning::EachOther));
    used.extend(
        clause
            .clone()
            .filter(|at| matches!(sentence.parts[*at], Some(Part::Levies | Part::Target))),
    );
    match levies.filter(|c| Some(*c) != home) {
        Some(country) if claim.on.contains(&country) && !both => {
            claim.levied_by.push(country);
            claim.on = home.into_iter().collect();
        }
        _ => {
            claim.levied_by.extend(home);
            if both {
                claim.levied_by.extend(claim.on.first().copied());
            }
        }
    }
}

fn suspension(sentence: &Sentence<'_>, clause: &Range<usize>, context: &Context) -> Option<Claim> {
    let found = Found { sentence, clause: clause.clone() };
    let units = &sentence.units;
    let noun = found.noun(Noun::Pause).or_else(|| found.noun(Noun::Truce));
    if noun.is_none() && found.noun(Noun::Exemption).is_some() {
        return None;
    }
    let verb = [Verb::Suspend, Verb::Delay, Verb::Extend].into_iter().find_map(|v| found.verb(v));
    let cut = found.verb(Verb::Cut).filter(|_| found.days().is_some());
    let trigger = verb.or(noun).or(cut)?;
    let about = is_about_duties(units, clause)
        || noun.is_some()
        || found.noun(Noun::Control).is_some()
        || verb.is_some() && is_about_duties(units, &(0..units.len())) && found.days().is_some();
    if !about || is_possible(units, clause, trigger) || found.modal(Modal::Not) {
        return None;
    }
    let mut claim = Claim::new(Kind::Suspension, 0..0);
    let mut used = vec![trigger];
    used.extend(noun);
    used.extend(verb);
    let dated = found.dates(&mut claim, &mut used, false);
    if let Some((at, days)) = found.days() {
        claim.days = Some(days);
        used.push(at);
    }
    // `The duties are suspended` says something of now, without a date.
    let stands = verb.is_some_and(|at| {
        units[at].verb(Verb::Suspend) == Some(crate::lexicon::Form::Past)
            && at > clause.start
            && units[clause.start..at]
                .iter()
                .rev()
                .take(2)
                .any(|u| u.word(&["are", "is", "been", "remain", "has", "have"]))
    });
    if claim.days.is_none() && !dated && !stands {
        return None;
    }
    subjects(sentence, clause, &mut claim, &mut used);
    near(sentence, clause, &mut claim, &mut used, context);
    let threat =
        [Modal::Threat, Modal::Would, Modal::Announced].into_iter().any(|m| found.modal(m));
    used.extend(found.verb(Verb::Expire));
    claim.status = Some(if threat { Legal::Announced } else { Legal::Suspended });
    claim.tense = tense(units, clause, verb.or(noun));
    used.extend(found.noun(Noun::Control));
    claim.span = sentence.span(clause, &used);
    Some(claim)
}

fn deadline(sentence: &Sentence<'_>, clause: &Range<usize>, context: &Context) -> Option<Claim> {
    let found = Found { sentence, clause: clause.clone() };
    let units = &sentence.units;
    let exempts = found.noun(Noun::Exemption).is_some();
    let ends = found.verb(Verb::Expire).or_else(|| found.verb(Verb::Extend).filter(|_| exempts));
    let sets =
        found.verb(Verb::Set).filter(|_| found.modal(Modal::Will) || found.modal(Modal::Would));
    let begins = found.verb(Verb::Effect).or_else(|| found.verb(Verb::Resume)).or(sets);
    let verb = begins.or(ends).or_else(|| found.noun(Noun::Deadline))?;
    let thing =
        [Noun::Duty, Noun::Pause, Noun::Truce, Noun::Exemption, Noun::Control, Noun::Agreement]
            .into_iter()
            .find_map(|noun| found.noun(noun))
            .or_else(|| clause.clone().find(|at| units[*at].program().is_some()))?;
    if is_possible(units, clause, verb) || found.modal(Modal::Not) {
        return None;
    }
    let mut claim = Claim::new(Kind::Deadline, 0..0);
    let mut used = vec![verb, thing];
    if !found.dates(&mut claim, &mut used, false) {
        return None;
    }
    // Only a date that the words tie to the end or the beginning.
    if begins.is_none() && claim.until.is_none() {
        claim.until = claim.from.take();
    }
    subjects(sentence, clause, &mut claim, &mut used);
    near(sentence, clause, &mut claim, &mut used, context);
    claim.status = Some(if begins.is_some() { Legal::InForce } else { Legal::Expired });
    claim.tense = tense(units, clause, Some(verb));
    let day = claim.from.or(claim.until);
    if day.is_some_and(|day| sentence.dated.is_some_and(|dated| day > dated)) {
        claim.tense = Tense::Future;
    }
    claim.span = sentence.span(clause, &used);
    Some(claim)
}

fn act(
    sentence: &Sentence<'_>,
    clause: &Range<usize>,
    context: &Context,
    rates: bool,
) -> Option<Claim> {
    let found = Found { sentence, clause: clause.clone() };
    let units = &sentence.units;
    let numbered = clause.clone().find(|at| matches!(units[*at].fact, Some(Fact::Act(_))));
    let lifted = found.verb(Verb::Revoke).filter(|_| is_about_duties(units, clause));
    let order = numbered.or_else(|| found.noun(Noun::Order)).or(lifted);
    let announced = clause.clone().find(|at| units[*at].modal(Modal::Announced));
    let control = found
        .noun(Noun::Control)
        .filter(|_| announced.is_some() || found.verb(Verb::Set).is_some());
    let order = order.or(control);
    let verb = found
        .verb(Verb::Sign)
        .or(lifted)
        .or(control.and(announced.or_else(|| found.verb(Verb::Set))))?;
    // An order without a number is told by the rate that it sets.
    let order = order?;
    let about = numbered.is_some()
        || control.is_some()
        || is_about_duties(units, &(0..units.len())) && !rates;
    if !about || is_possible(units, clause, verb) {
        return None;
    }
    let mut claim = Claim::new(Kind::Act, 0..0);
    let mut used = vec![order, verb];
    let dated = found.dates(&mut claim, &mut used, true);
    if numbered.is_none() && !dated {
        return None;
    }
    subjects(sentence, clause, &mut claim, &mut used);
    near(sentence, clause, &mut claim, &mut used, context);
    claim.tense = tense(units, clause, Some(verb));
    claim.status = units[verb].verb(Verb::Revoke).map(|_| Legal::Expired);
    claim.span = sentence.span(clause, &used);
    Some(claim)
}

fn event(sentence: &Sentence<'_>, clause: &Range<usize>, context: &Context) -> Option<Claim> {
    let found = Found { sentence, clause: clause.clone() };
    let units = &sentence.units;
    const KINDS: [(Noun, &str); 6] = [
        (Noun::Hearing, "hearing"),
        (Noun::Mechanism, "mechanism"),
        (Noun::Call, "call"),
        (Noun::Talks, "talks"),
        (Noun::Meeting, "meeting"),
        (Noun::Agreement, "statement"),
    ];
    let noun = KINDS.iter().find_map(|(noun, kind)| Some((found.noun(*noun)?, *kind)));
    let met = found.verb(Verb::Meet);
    let (at, kind) = noun.or(met.map(|at| (at, "meeting")))?;
    if is_possible(units, clause, clause.end) || found.modal(Modal::Not) {
        return None;
    }
    let mut claim = Claim::new(Kind::Event, 0..0);
    let mut used = vec![at];
    used.extend(met);
    let mut days = Vec::new();
    // `The May 12 talks` are of that day.
    let named = clause.clone().any(|at| units[at].when().is_some() && sentence.is_name(at));
    let dated = found.dates(&mut claim, &mut days, kind == "statement" || named);
    // A date beyond a comma is that of something else: `on Thursday, describing the talks`.
    let tied = |day: usize| {
        let (from, to) = (day.min(at), day.max(at));
        !units[from..to].iter().any(|u| u.word(&[","]))
            || day == clause.start
            || day == clause.start + 1
    };
    let dated = dated && days.iter().any(|day| tied(*day));
    if !dated {
        (claim.from, claim.until, claim.around) = (None, None, None);
    } else {
        used.extend(days);
    }
    let place = clause.clone().find(|at| {
        units[*at].place().is_some() && sentence.parts[*at].is_none_or(|p| p == Part::Other)
    });
    // `talks in Geneva`, `in Geneva for talks`: not every town in the clause.
    let place = place.filter(|at| units[at.saturating_sub(1)].word(&["in", "to", "at"]));
    let made = found
        .verb(Verb::Set)
        .or_else(|| found.verb(Verb::Agree))
        .or_else(|| found.verb(Verb::Sign));
    let known = match kind {
        "mechanism" => made.is_some(),
        "statement" => dated && made.is_some(),
        _ => {
            dated
                || place.is_some()
                    && (met.is_some() || made.is_some() || found.word(&["in"]).is_some())
        }
    };
    // What is to come is an event where it has a day.
    let coming = tense(units, clause, Some(at)) == Tense::Future || found.modal(Modal::Will);
    if !known || coming && !dated {
        return None;
    }
    used.extend(place);
    used.extend(made);
    claim.place =
        place.and_then(|at| units[at].place()).map(|p| sentence.lexicon.names[p as usize].clone());
    let phoned = found.word(&["phone", "telephone", "phoned"]).is_some();
    claim.event = Some(if phoned && kind != "statement" { "call" } else { kind });
    near(sentence, clause, &mut claim, &mut used, context);
    claim.tense = tense(units, clause, Some(at));
    claim.span = sentence.span(clause, &used);
    Some(claim)
}
