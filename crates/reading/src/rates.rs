//! Rates of duties, and their changes.

use std::ops::Range;

use tariff::{Country, Exact};

use crate::claim::{Bound, Claim, Kind, Legal, Tense};
use crate::clause::{is_possible, is_supposed, verb_near};
use crate::lexicon::{Form, Meaning, Modal, Noun, Verb};
use crate::parties::{Part, of_part};
use crate::read::{Context, Sentence, tense};
use crate::unit::{Fact, Unit};

/// A rate or a pair of rates, by the units that state it.
#[derive(Clone, Debug)]
struct Stated {
    units: Vec<usize>,
    from: Option<Exact>,
    to: Option<Exact>,
    points: Option<Exact>,
    bound: Bound,
    /// Two rates that are a range and no change.
    range: bool,
}

impl Stated {
    fn first(&self) -> usize {
        self.units.iter().copied().min().unwrap_or(0)
    }

    fn last(&self) -> usize {
        self.units.iter().copied().max().unwrap_or(0)
    }
}

/// How far a word may stand from the rate that it governs.
const REACH: usize = 16;

pub fn claims(sentence: &Sentence<'_>, context: &mut Context) -> Vec<Claim> {
    let mut found: Vec<Claim> = Vec::new();
    for clause in &sentence.clauses {
        if is_judged(sentence, clause) {
            continue;
        }
        let stated = stated(&sentence.units, clause);
        let mut start = clause.start;
        for (at, rate) in stated.iter().enumerate() {
            let next = stated.get(at + 1).map_or(clause.end, Stated::first);
            let end = window_end(&sentence.units, rate.last() + 1, next, clause.end);
            let window = start..end;
            let whole = clause.clone();
            if rate.range || !is_rate(sentence, &whole, &window, rate, !found.is_empty(), context) {
                // A share of something else is not in the way of a rate that comes after it.
                start = end;
                continue;
            }
            if is_private(&sentence.units, context)
                || is_supposed(&sentence.units, clause, rate.last())
                || is_possible(&sentence.units, clause, rate.first())
                || is_denied(&sentence.units, clause, rate.first())
            {
                start = end;
                continue;
            }
            let claim = claim(sentence, &whole, &window, rate, found.last(), context);
            start = end.min(next);
            found.push(claim);
        }
    }
    durations(sentence, &mut found);
    asides(sentence, &mut found);
    if let Some(last) = found.last() {
        (context.last, context.age) = (Some(last.clone()), 0);
    }
    found
}

/// Whether a clause is about what a court did to a duty, whatever its rate.
fn is_judged(sentence: &Sentence<'_>, clause: &Range<usize>) -> bool {
    let here = &sentence.units[clause.clone()];
    let judges = here.iter().any(|u| u.court().is_some() || u.is_noun(Noun::Ruling));
    const DOES: [Verb; 5] = [Verb::Strike, Verb::Block, Verb::Stay, Verb::Uphold, Verb::Rule];
    judges && here.iter().any(|u| DOES.into_iter().any(|verb| u.verb(verb).is_some()))
}

/// Whether the clause says that the rate is not levied: but for what is levied `no longer`.
fn is_denied(units: &[Unit], clause: &Range<usize>, at: usize) -> bool {
    (clause.start..at).any(|i| {
        units[i].verb(Verb::Exempt).is_some()
            || units[i].modal(Modal::Not) && {
                let next = &units[i + 1];
                let levied = next.is_verb()
                    || next.percent().is_some()
                    || next.is_noun(Noun::Duty)
                    || next.program().is_some()
                    || next.word(&["subject", "yet", "be", "apply", "applied", "currently"]);
                levied
                    || units[i].verb(Verb::Exempt).is_some()
                    || units[i].word(&["exempt", "exempted", "spared"])
            }
    })
}

/// Whether the only duty of the sentence is a surcharge that anyone may ask.
fn is_private(units: &[Unit], context: &Context) -> bool {
    let public = |u: &Unit| {
        u.is_noun(Noun::Duty) && !u.word(&["surcharge", "surcharges"])
            || u.program().is_some() && !u.word(&["surcharge", "surcharges"])
            || u.country().is_some()
            || u.has(Meaning::World)
            || u.has(Meaning::Others)
            || u.is_noun(Noun::Goods)
            || u.is_noun(Noun::Order)
            || u.goods().is_some()
    };
    !context.duties && !units.iter().any(public)
}

/// Where the fields of a rate end when another rate follows: before the `and` or the comma between them.
fn window_end(units: &[Unit], from: usize, next: usize, clause_end: usize) -> usize {
    if next == clause_end {
        return clause_end;
    }
    // `the 15% and 10% duties on farm goods`: both have what follows.
    if from < next && units[from..next].iter().all(|u| u.word(&["and", "or", ",", "&", "/"])) {
        return clause_end;
    }
    let cut = (from..next).rev().find(|at| units[*at].word(&["and", ",", "plus", "or"]));
    // `25% on cars and 10% on energy`: what stands before the next rate and leads it belongs to it.
    cut.unwrap_or(if from < next { next.saturating_sub(1).max(from) } else { next })
}

/// The rates of a clause: pairs of them, ranges and single ones.
fn stated(units: &[Unit], clause: &Range<usize>) -> Vec<Stated> {
    let rates: Vec<usize> = clause
        .clone()
        .filter(|at| units[*at].percent().is_some() || units[*at].points().is_some())
        .collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < rates.len() {
        let first = rates[at];
        let second = rates.get(at + 1).copied().filter(|second| second - first <= PAIR_UNITS_MAX);
        let lead = |at: usize, words: &[&str]| {
            units[at.saturating_sub(3).max(clause.start)..at]
                .iter()
                .rev()
                .take(3)
                .any(|u| u.word(words))
        };
        let Some(second) =
            second.filter(|s| units[first].percent().is_some() && units[*s].percent().is_some())
        else {
            found.push(single(units, clause, first));
            at += 1;
            continue;
        };
        let between = &units[first + 1..second];
        let to = led_by(units, clause, second, "to");
        let from = led_by(units, clause, first, "from");
        let back = led_by(units, clause, second, "from");
        // `reduce its 145 percent tariff on imports to 30 percent`
        let of_duty = leads_to_duty(units, first + 1, second)
            && !between.iter().any(|u| u.word(&["and", ",", "plus"]))
            && (clause.start..second).any(|i| {
                units[i].verb(Verb::Cut).is_some() || units[i].verb(Verb::Raise).is_some()
            });
        let ranges = lead(first, &["ranging", "between", "range", "ranges", "ranged", "of"])
            && between.len() <= 2
            || between.iter().any(|u| u.word(&["–", "—", "-"])) && between.len() == 1;
        let (rate_from, rate_to) = (units[first].percent(), units[second].percent());
        let mut pair = Stated {
            units: vec![first, second],
            from: rate_from,
            to: rate_to,
            points: None,
            bound: bound(units, clause, second),
            range: false,
        };
        let change = verb_near(units, clause, first, &[Verb::Raise, Verb::Cut]).is_some();
        if ranges && !(from && change) {
            pair.range = true;
        } else if from && to || to && between.len() <= 2 && change && !back || to && of_duty {
            // `from 145% to 30%`; `raised the rate 10% to 20%`.
        } else if back && between.len() <= 5 && !between.iter().any(|u| u.word(&["and"])) {
            (pair.from, pair.to) = (rate_to, rate_from);
            pair.bound = bound(units, clause, first);
        } else if to && between.len() <= 2 {
            pair.range = true;
        } else {
            found.push(single(units, clause, first));
            at += 1;
            continue;
        }
        found.push(pair);
        at += 2;
    }
    found
}

/// How far apart two rates of one change may stand.
const PAIR_UNITS_MAX: usize = 12;

/// Whether a word leads a rate, with nothing between them but what qualifies it: `from the current 25%`.
fn led_by(units: &[Unit], clause: &Range<usize>, at: usize, lead: &str) -> bool {
    const QUALIFIERS: [&str; 14] = [
        "the",
        "a",
        "an",
        "its",
        "their",
        "current",
        "previous",
        "original",
        "threatened",
        "earlier",
        "existing",
        "initial",
        "planned",
        "just",
    ];
    let before = units[clause.start..at].iter().rev();
    let found = before.take(4).find(|u| !u.word(&QUALIFIERS) && u.bound().is_none());
    found.is_some_and(|u| u.low == lead)
}

fn single(units: &[Unit], clause: &Range<usize>, at: usize) -> Stated {
    Stated {
        units: vec![at],
        from: None,
        to: units[at].percent(),
        points: units[at].points(),
        bound: bound(units, clause, at),
        range: false,
    }
}

/// How the words before a rate bound it.
fn bound(units: &[Unit], clause: &Range<usize>, at: usize) -> Bound {
    let start = at.saturating_sub(3).max(clause.start);
    let mut found = Bound::Exactly;
    for unit in units[start..at].iter().rev() {
        match unit.bound() {
            Some(bound) => {
                found = bound;
                break;
            }
            None if unit.word(&["the", "a", "an", "at", "to", "its"]) => {}
            None => break,
        }
    }
    found
}

/// Whether the rate is one of a duty.
fn is_rate(
    sentence: &Sentence<'_>,
    clause: &Range<usize>,
    window: &Range<usize>,
    rate: &Stated,
    after_another: bool,
    context: &Context,
) -> bool {
    let units = &sentence.units;
    let (first, last) = (rate.first(), rate.last());
    let next = units.get(last + 1);
    if rate.points.is_none() && next.is_some_and(|u| u.word(&["of"])) {
        let value = units[last + 1..clause.end].iter().take(4).any(|u| u.word(&["value"]));
        if !value {
            return false;
        }
    }
    // `15% instead of 27.5%`, `an average of 51%` of somebody's making.
    let lead = &units[first.saturating_sub(2).max(clause.start)..first];
    let swings = lead.last().is_some_and(|u| u.word(&["up", "down"]) && u.bound().is_none())
        && rate.from.is_none();
    if swings
        || lead.iter().any(|u| u.word(&["instead", "rather", "compared", "versus", "against"]))
    {
        return false;
    }
    let estimated = units[clause.start..first]
        .iter()
        .any(|u| u.word(&["average", "effective", "weighted"]) && !u.is_verb());
    let effective_rate = units[clause.start..first].windows(2).any(|pair| {
        pair[0].word(&["average", "effective", "weighted", "averaged"])
            && (pair[1].is_noun(Noun::Duty)
                || pair[1].is_noun(Noun::Rate)
                || pair[1].country().is_some()
                || pair[1].word(&["average", "effective", "applied"]))
    });
    if estimated && effective_rate {
        return false;
    }
    if next.is_some_and(|u| {
        u.word(&["stake", "owned", "owner", "share", "chance", "more", "fewer", "off"])
    }) {
        return false;
    }
    // `a 25% section 232 duty on steel`: through words that qualify, up to a duty.
    if leads_to_duty(units, last + 1, clause.end)
        || last > first && leads_to_duty(units, first + 1, last)
    {
        return true;
    }
    // The nearest word before that has percentages.
    // `the levies, which reached 145 percent`: what the clause refers to stands before it.
    let refers = units[clause.start].word(&["which", "that", "who"]);
    let before = if refers { clause.start.saturating_sub(5) } else { clause.start };
    let start = first.saturating_sub(REACH).max(before);
    let mut quiet = true;
    for at in (start..first).rev() {
        let unit = &units[at];
        // A program by name that the ledger holds: a preference has a name and levies nothing.
        let levied = |p: u16| !sentence.lexicon.programs[usize::from(p)].is_empty();
        if unit.is_noun(Noun::Duty) || unit.program().is_some_and(levied) {
            return quiet;
        }
        if unit.has(Meaning::OtherPercent) {
            // `the rate on imported cars rose to 25%` has its own noun nearer; here another one is nearer.
            quiet = false;
        }
        if quiet && unit.verb(Verb::Set).is_some() && has_target(sentence, window) {
            return true;
        }
        if quiet && unit.word(&["subject", "tariffed", "dutiable", "tariff", "duty"]) {
            return true;
        }
    }
    if !quiet || units[last + 1..clause.end].iter().take(5).any(|u| u.has(Meaning::OtherPercent)) {
        return false;
    }
    let in_clause = has_duty(&units[clause.clone()]);
    let rate_noun = units[start..first].iter().any(|u| u.is_noun(Noun::Rate));
    let party = units[clause.clone()].iter().any(|u| {
        u.country().is_some()
            || u.goods().is_some()
            || u.has(Meaning::Both)
            || u.has(Meaning::EachOther)
    });
    let party = party
        || units[start..first]
            .iter()
            .any(|u| u.word(&["those", "others", "importers", "exporters"]));
    let about_duties = has_duty(units) || context.recent().is_some();
    // `rising to 50% in January`, after a rate.
    let goes_on = after_another && units[clause.start].form() == Some(Form::Ing);
    // `the U.S. rate on China`, `the rate on syringes`, `Canada's rate`, `steel at 50%`.
    let named = window.clone().any(|at| {
        units[at].goods().is_some_and(|g| !sentence.lexicon.goods[g as usize].programs.is_empty())
    });
    let rate_of = (clause.start..first).any(|at| {
        units[at].is_noun(Noun::Rate)
            && (units.get(at + 1).is_some_and(|u| u.word(&["on", "for"]))
                || at >= clause.start + 2
                    && units[at - 1].word(&["'s", "’s"])
                    && units[at - 2].country().is_some())
    });
    let led_at = first > clause.start && units[first - 1].word(&["at"]);
    // `Products of Switzerland remain at 10%`
    let stands = units[start..first].iter().any(|u| u.verb(Verb::Stand).is_some());
    let of_partner = clause.clone().any(|at| sentence.parts[at] == Some(Part::Target))
        && units[clause.clone()].iter().any(|u| u.is_noun(Noun::Goods));
    if goes_on || rate_of && (party || named) || led_at && (named || stands && of_partner) {
        return true;
    }
    // `with China dropping to 10%`, `and from 125% to 10% on American goods`, `copper at 50%`.
    if after_another && (party || rate_noun || rate.from.is_some()) {
        return true;
    }
    // `The rate fell to 10%`, `Japan faces 15%`.
    let pays = units[start..first].iter().any(|u| {
        u.word(&[
            "pay", "pays", "paying", "paid", "face", "faces", "faced", "owe", "owes", "dutiable",
            "carry", "carries",
        ])
    });
    let of_goods = units[clause.clone()].iter().any(|u| u.is_noun(Noun::Goods));
    let bare = has_target(sentence, window)
        && window.clone().any(|at| sentence.parts[at] == Some(Part::Target));
    if pays
        && bare
        && units.get(last + 1).is_none_or(|u| u.word(&[".", ",", "on", "from", "and", ";"]))
    {
        return true;
    }
    if pays && (about_duties || context.duties || of_goods) && (party || after_another) {
        return true;
    }
    if in_clause {
        return units[last + 1..clause.end].iter().take(8).any(|u| u.is_noun(Noun::Duty));
    }
    let moves = verb_near(
        units,
        clause,
        first,
        &[Verb::Raise, Verb::Cut, Verb::Set, Verb::Stand, Verb::Resume, Verb::Effect],
    );
    about_duties && moves.is_some() && (rate_noun || party && rate.units.len() == 2)
        || about_duties && rate.from.is_some() && (party || rate_noun)
        || rate_noun && has_target(sentence, window) && (about_duties || context.duties)
}

fn has_duty(units: &[Unit]) -> bool {
    units.iter().any(|u| u.is_noun(Noun::Duty) || u.program().is_some())
}

fn has_target(sentence: &Sentence<'_>, window: &Range<usize>) -> bool {
    window.clone().any(|at| {
        sentence.parts[at] == Some(Part::Target)
            || sentence.units[at].goods().is_some()
            || sentence.units[at].is_noun(Noun::Goods)
    })
}

/// Whether a duty follows with nothing but qualifying words before it.
fn leads_to_duty(units: &[Unit], from: usize, end: usize) -> bool {
    for (step, unit) in units[from..end].iter().take(9).enumerate() {
        if unit.is_noun(Noun::Duty) || unit.program().is_some() {
            return true;
        }
        // `The 50% rate applies to steel`
        let rate = unit.is_noun(Noun::Rate)
            && units[from + step + 1..end]
                .iter()
                .take(4)
                .any(|u| u.goods().is_some() || u.country().is_some());
        if rate {
            return true;
        }
        let stops = unit.is_verb()
            && !unit.word(&["added", "proposed", "planned", "imposed", "set", "announced"])
            || unit.has(Meaning::OtherPercent)
            || unit.fact.is_some() && !matches!(unit.fact, Some(Fact::Act(_) | Fact::Number(_)))
            || unit.word(&[
                ",", ".", ";", "on", "from", "of", "for", "to", "in", "by", "at", "while", "that",
            ])
            || unit.word(&[
                "amid", "over", "as", "after", "since", "with", "despite", "because", "due", "if",
                "when",
            ])
            || unit.word(&["and"]) && step == 0;
        if stops {
            return false;
        }
    }
    false
}

fn claim(
    sentence: &Sentence<'_>,
    clause: &Range<usize>,
    window: &Range<usize>,
    rate: &Stated,
    before: Option<&Claim>,
    context: &Context,
) -> Claim {
    let units = &sentence.units;
    let mut used = rate.units.clone();
    let mut claim = Claim::new(Kind::Rate, 0..0);
    (claim.rate_from, claim.rate_to, claim.bound) = (rate.from, rate.to, rate.bound);
    claim.points = rate.points;
    let verb = verb_of(units, clause, window, rate);
    if let Some((at, class, form)) = verb {
        // A verb governs all the rates of its clause; the span of a later one begins with its own words.
        if window.contains(&at) {
            used.push(at);
        }
        shape(units, clause, &mut claim, rate, class);
        if form == Form::Ing && class == Verb::Stand && claim.bound == Bound::Exactly {
            claim.tense = Tense::Present;
        }
    } else if rate.from.is_some() {
        claim.kind = Kind::Change;
    }
    claim.tense = tense(units, clause, verb.map(|(at, ..)| at));
    parties(sentence, clause, window, &mut claim, &mut used, before, context);
    names(sentence, clause, window, &mut claim, &mut used, before);
    dates(sentence, clause, window, &mut claim, &mut used);
    let class = verb.map(|(_, class, _)| class);
    if matches!(class, Some(Verb::Expire | Verb::Revoke)) && claim.until.is_none() {
        claim.until = claim.from.take();
    }
    // `the 24-point suspension runs out` tells of the suspension.
    let paused = || units[clause.clone()].iter().any(|u| u.is_noun(Noun::Pause));
    if matches!(class, Some(Verb::Expire | Verb::Extend)) && paused() {
        claim.kind = Kind::Suspension;
    }
    claim.listed = window.clone().any(|at| {
        units[at].fact == Some(Fact::Money)
            || units[at].word(&["listed", "certain", "selected", "some", "specified"])
    });
    status(units, clause, &mut claim, rate.first(), class);
    claim.span = sentence.span(window, &used);
    claim
}

const GOVERNING: [Verb; 11] = [
    Verb::Raise,
    Verb::Cut,
    Verb::Set,
    Verb::Suspend,
    Verb::Resume,
    Verb::Effect,
    Verb::Delay,
    Verb::Revoke,
    Verb::Extend,
    Verb::Expire,
    Verb::Stand,
];

/// The verb that governs a rate: the nearest before it, else one after it in its window.
fn verb_of(
    units: &[Unit],
    clause: &Range<usize>,
    window: &Range<usize>,
    rate: &Stated,
) -> Option<(usize, Verb, Form)> {
    let of = |at: usize| {
        GOVERNING.iter().find_map(|class| units[at].verb(*class).map(|form| (at, *class, form)))
    };
    let first = rate.first();
    let before: Vec<(usize, Verb, Form)> = (clause.start..first).rev().filter_map(of).collect();
    // `was raised to`: the verb that means something, not the one that helps.
    let full = before.iter().find(|(_, class, _)| *class != Verb::Stand).copied();
    let after =
        (rate.last() + 1..window.end).filter_map(of).find(|(_, class, _)| *class != Verb::Stand);
    // `the increase to 50% was postponed`: what stands before the rate is no verb.
    let put_off = after.filter(|(_, class, _)| {
        let ends = matches!(class, Verb::Suspend | Verb::Delay | Verb::Revoke);
        ends && full.is_none_or(|(_, _, form)| form == Form::Base)
    });
    put_off.or(full).or(after).or(before.first().copied())
}

/// The kind that the verb gives, and what it makes of a rate that goes up or down `by` so much.
fn shape(units: &[Unit], clause: &Range<usize>, claim: &mut Claim, rate: &Stated, class: Verb) {
    let first = rate.first();
    let lead = |word: &str| {
        let start = first.saturating_sub(3).max(clause.start);
        units[start..first].iter().any(|u| u.low == word)
    };
    let of_pause = units[clause.start..first].iter().rev().take(4).any(|u| u.is_noun(Noun::Pause));
    claim.falls = match class {
        Verb::Raise => Some(false),
        Verb::Cut => Some(true),
        _ => None,
    };
    let down = match class {
        Verb::Raise => false,
        Verb::Cut | Verb::Suspend | Verb::Delay | Verb::Extend => true,
        _ if of_pause => true,
        _ if rate.from.is_some() => {
            claim.kind = Kind::Change;
            return;
        }
        _ => return,
    };
    if matches!(class, Verb::Suspend | Verb::Delay | Verb::Extend)
        || of_pause && rate.from.is_none()
    {
        claim.kind = Kind::Suspension;
        // What is not collected meanwhile.
        (claim.rate_from, claim.rate_to) = (rate.from.or(rate.to), None);
        return;
    }
    // `raised tariffs to 145%` is a change, `a 25% tariff that raised prices` is not.
    let to = lead("to") || lead("at") || rate.from.is_some();
    let by = lead("by") || rate.points.is_some();
    if by && rate.from.is_none() {
        claim.kind = Kind::Change;
        let size = rate.points.or(rate.to);
        claim.points = size.map(|size| if down { -size } else { size });
        if rate.points.is_none() {
            claim.rate_to = None;
        }
    } else if to {
        claim.kind = Kind::Change;
    }
}

/// Who levies on whose goods.
fn parties(
    sentence: &Sentence<'_>,
    clause: &Range<usize>,
    window: &Range<usize>,
    claim: &mut Claim,
    used: &mut Vec<usize>,
    before: Option<&Claim>,
    context: &Context,
) {
    let (units, lexicon) = (&sentence.units, sentence.lexicon);
    let own = |part: Part, range: &Range<usize>| of_part(units, &sentence.parts, range, part);
    let mut levies = own(Part::Levies, window);
    if levies.is_empty() {
        let lead = clause.start..window.start;
        levies = own(Part::Levies, &lead);
    } else {
        used.extend(levies.iter().map(|(at, _)| *at));
    }
    let targets = own(Part::Target, window);
    used.extend(targets.iter().map(|(at, _)| *at));
    let mut by: Vec<Country> = levies.iter().map(|(_, country)| *country).collect();
    let mut on: Vec<Country> = targets.iter().map(|(_, country)| *country).collect();
    // `The EU agreed to 15% on its exports to the United States`: it is the other that levies.
    let into = levies.iter().find(|(at, _)| {
        units[at.saturating_sub(2)..*at].iter().any(|u| u.word(&["to", "into"]))
            && units[at.saturating_sub(4)..*at].iter().any(|u| u.is_noun(Noun::Goods))
    });
    if let Some((_, into)) = into.copied() {
        on.extend(by.iter().copied().filter(|c| *c != into));
        by = vec![into];
    }
    by.retain(|country| !on.contains(country) || on.len() > 1);
    let home = lexicon.home();
    let said =
        |meaning: Meaning, range: &Range<usize>| range.clone().find(|at| units[*at].has(meaning));
    if let Some(at) = said(Meaning::Others, window) {
        claim.others = true;
        used.push(at);
    }
    let everyone = said(Meaning::World, window);
    let pair = said(Meaning::Both, clause).or(said(Meaning::EachOther, clause));
    // Subject of the clause with no part yet: `China also dropped to 10%`.
    if by.is_empty() && on.is_empty() {
        let first = (window.start..rate_first(used)).find(|at| sentence.parts[*at].is_some());
        if let Some(at) = first
            && let Some(country) = units[at].country()
        {
            used.push(at);
            // With a home country that levies on all, another country alone is whom a rate is for; one that
            // levies itself and moves its own rate is meant as the one that levies.
            let moves = units[at + 1..window.end].iter().any(|u| {
                u.verb(Verb::Cut).is_some()
                    || u.verb(Verb::Raise).is_some()
                    || u.verb(Verb::Set).is_some()
            });
            if lexicon.levies(country) && moves && before.is_some() || Some(country) == home {
                by.push(country);
            } else {
                on.push(country);
            }
        }
    }
    // `China's finance ministry said it would levy 15%`.
    if by.is_empty() {
        let pronoun = (clause.start..rate_first(used).max(clause.start))
            .find(|at| units[*at].word(&["it", "he", "they"]));
        let acts = pronoun.is_some_and(|at| {
            units[at..window.end].iter().take(5).any(|u| {
                [
                    Verb::Set,
                    Verb::Raise,
                    Verb::Cut,
                    Verb::Suspend,
                    Verb::Revoke,
                    Verb::Extend,
                    Verb::Delay,
                ]
                .into_iter()
                .any(|v| u.verb(v).is_some())
            })
        });
        let named = pronoun.filter(|_| acts).and_then(|at| {
            (0..at)
                .rev()
                .find(|i| units[*i].name().is_some() && sentence.parts[*i] != Some(Part::Target))
        });
        by.extend(named.and_then(|at| units[at].country()));
        on.retain(|country| !by.contains(country));
    }
    let recent = before.or(context.recent());
    let refers = units[clause.clone()].iter().any(|u| {
        u.word(&["it", "its", "they", "their", "the", "that", "those", "these", "this", "both"])
    });
    if by.is_empty() && on.is_empty() && !claim.others && everyone.is_none() {
        if pair.is_some() && recent.is_none_or(|r| r.on.is_empty()) {
            by.extend(home);
            by.extend(context.partner);
            if by.len() < 2 {
                // Two sides without a name: those whose duties the ledger has.
                by.extend(lexicon.others_levying());
            }
        } else if let Some(recent) = recent.filter(|_| refers || before.is_some()) {
            claim.levied_by.clone_from(&recent.levied_by);
            claim.on.clone_from(&recent.on);
            claim.others = recent.others;
            return;
        }
    }
    if by.is_empty() {
        let others = on.iter().find(|country| Some(**country) != home);
        match others {
            // On goods of others the home country levies.
            Some(_) => by.extend(home),
            None if !on.is_empty() => {
                // On goods of the home country: the other side that was spoken of.
                let partner = before
                    .and_then(|b| {
                        b.on.iter().chain(&b.levied_by).find(|c| Some(**c) != home).copied()
                    })
                    .or_else(|| {
                        let named = units.iter().filter_map(Unit::country);
                        named.into_iter().find(|c| Some(*c) != home)
                    })
                    .or(context.partner);
                by.extend(partner);
            }
            None => by.extend(before.and_then(|b| b.levied_by.first().copied()).or(home)),
        }
    }
    if on.is_empty() && !claim.others && everyone.is_none() {
        if by.iter().all(|country| Some(*country) != home) && !by.is_empty() {
            on.extend(home);
        } else if by == home.into_iter().collect::<Vec<_>>() && pair.is_some() {
            on.extend(
                before.and_then(|b| b.levied_by.first().copied()).filter(|c| Some(*c) != home),
            );
        }
    }
    // Two that levy on each other.
    if on.is_empty() && by.len() == 2 && by.iter().all(|c| lexicon.levies(*c)) {
        on.clone_from(&by);
    }
    // The country that the sentence spoke of before: `Swiss watchmakers face a 39 percent American tariff`.
    if on.is_empty() && !claim.others && everyone.is_none() && by.iter().all(|c| Some(*c) == home) {
        let named = (0..window.start.max(rate_first(used))).rev().find_map(|at| {
            let other = units[at].country().filter(|c| Some(*c) != home);
            other.filter(|_| sentence.parts[at] != Some(Part::Levies) && !is_left_out(units, at))
        });
        let named =
            named.or(before.filter(|b| b.levied_by == by).and_then(|b| b.on.first().copied()));
        let goods = window.clone().any(|at| units[at].goods().is_some());
        on.extend(named.filter(|_| !goods || named.is_some() && refers));
    }
    claim.levied_by = by;
    claim.on = on;
}

/// Whether the country at `at` is said to be outside of what is said.
fn is_left_out(units: &[Unit], at: usize) -> bool {
    units[at.saturating_sub(4)..at]
        .iter()
        .any(|u| u.word(&["except", "excluding", "outside", "than", "besides"]))
}

fn rate_first(used: &[usize]) -> usize {
    used.iter().copied().min().unwrap_or(0)
}

/// Goods, programs and acts of a rate.
fn names(
    sentence: &Sentence<'_>,
    clause: &Range<usize>,
    window: &Range<usize>,
    claim: &mut Claim,
    used: &mut Vec<usize>,
    before: Option<&Claim>,
) {
    let (units, lexicon) = (&sentence.units, sentence.lexicon);
    let add_programs = |claim: &mut Claim, programs: &[String]| {
        for program in programs {
            if !claim.programs.contains(program) {
                claim.programs.push(program.clone());
            }
        }
    };
    for at in window.clone() {
        let unit = &units[at];
        if let Some(goods) = unit.goods() {
            let named = &lexicon.goods[goods as usize];
            used.push(at);
            if claim.goods.is_none() {
                claim.goods = Some(words(sentence, at));
            }
            for code in &named.codes {
                if !claim.codes.contains(code) {
                    claim.codes.push(*code);
                }
            }
            add_programs(claim, &named.programs);
        }
        if unit.is_noun(Noun::Duty)
            || unit.is_noun(Noun::Goods) && !unit.word(&["items", "articles"])
        {
            used.push(at);
        }
        match &unit.fact {
            Some(Fact::Act(act)) => {
                claim.act = act.clone().or(claim.act.take());
                used.push(at);
            }
            _ => {
                if let Some(act) = unit.act() {
                    claim.act = Some(lexicon.names[act as usize].clone());
                }
            }
        }
    }
    // A program named in the clause is meant by every rate in it that names none nearer.
    let named =
        |range: &Range<usize>| range.clone().filter(|at| units[*at].program().is_some()).collect();
    let mut programs: Vec<usize> = named(window);
    if programs.is_empty() {
        programs = named(&(clause.start..window.start));
    } else {
        used.extend(&programs);
    }
    if !programs.is_empty() {
        let goods = std::mem::take(&mut claim.programs);
        for at in programs {
            let program = units[at].program().unwrap_or_default();
            narrow(&mut claim.programs, &lexicon.programs[program as usize]);
        }
        // `section 232 duties on steel`: what both the program and the goods name.
        let common: Vec<String> =
            goods.iter().filter(|p| claim.programs.contains(p)).cloned().collect();
        if !common.is_empty() {
            claim.programs = common;
        }
    }
    if claim.goods.is_none()
        && claim.programs.is_empty()
        && claim.on.is_empty()
        && !claim.others
        && let Some(before) = before
    {
        claim.goods.clone_from(&before.goods);
        claim.codes.clone_from(&before.codes);
        claim.programs.clone_from(&before.programs);
    }
}

/// What two names of programs mean together: what both mean (`section 301` and `port fees`), else both.
pub fn narrow(programs: &mut Vec<String>, more: &[String]) {
    let common: Vec<String> = programs.iter().filter(|p| more.contains(p)).cloned().collect();
    if !common.is_empty() {
        *programs = common;
        return;
    }
    programs.extend(more.iter().cloned());
}

/// The words of a unit as a text has them.
pub fn words(sentence: &Sentence<'_>, at: usize) -> String {
    sentence.units[at].low.clone()
}

/// The days of a rate, and for how long it holds.
fn dates(
    sentence: &Sentence<'_>,
    clause: &Range<usize>,
    window: &Range<usize>,
    claim: &mut Claim,
    used: &mut Vec<usize>,
) {
    let units = &sentence.units;
    let lead = clause.start..window.start;
    for at in window.clone().chain(lead) {
        if let Some(days) = units[at].days()
            && claim.days.is_none()
        {
            claim.days = Some(days);
            if window.contains(&at) {
                used.push(at);
            }
        }
        let Some(when) = units[at].when() else { continue };
        if sentence.is_reported(at) {
            continue;
        }
        if sentence.ends_at(at) {
            claim.until = claim.until.or(Some(when.last));
        } else if when.is_day() {
            claim.backdated |= claim.from.is_none() && sentence.is_backdated(at);
            claim.from = claim.from.or(Some(when.first));
        } else {
            claim.around = claim.around.or(Some((when.first, when.last)));
        }
        if window.contains(&at) {
            used.push(at);
        }
    }
    let coming = claim.from.is_some_and(|day| sentence.dated.is_some_and(|dated| day > dated));
    if coming {
        claim.tense = Tense::Future;
    }
}

fn status(units: &[Unit], clause: &Range<usize>, claim: &mut Claim, at: usize, verb: Option<Verb>) {
    let before = &units[clause.start..at];
    let threatened = before.iter().any(|u| u.modal(Modal::Threat))
        || units[at..clause.end]
            .iter()
            .take(4)
            .any(|u| u.word(&["proposed", "threatened", "planned"]));
    let agreed =
        before.iter().any(|u| u.word(&["agreed", "agree", "agrees", "agreeing", "committed"]));
    let told = agreed
        || claim.tense == Tense::Future && units[..at].iter().any(|u| u.modal(Modal::Announced));
    let announced =
        told || before.iter().any(|u| u.modal(Modal::Announced) || u.modal(Modal::Would));
    let over = before.windows(2).any(|pair| pair[0].modal(Modal::Not) && pair[1].word(&["longer"]));
    claim.status = match verb {
        _ if over => Some(Legal::Expired),
        _ if threatened => Some(Legal::Announced),
        Some(Verb::Suspend | Verb::Delay) => Some(Legal::Suspended),
        Some(Verb::Revoke | Verb::Expire) => Some(Legal::Expired),
        _ if announced => Some(Legal::Announced),
        Some(Verb::Stand | Verb::Effect | Verb::Set | Verb::Resume)
            if claim.tense != Tense::Future =>
        {
            Some(Legal::InForce)
        }
        _ => None,
    };
}

/// A date alone in brackets or after a dash is that of the rate before it: `for 90 days (until 12 August)`.
fn asides(sentence: &Sentence<'_>, claims: &mut [Claim]) {
    let units = &sentence.units;
    for clause in &sentence.clauses {
        let here = &units[clause.clone()];
        if here.len() > 6
            || here.iter().any(|u| u.is_verb() && !u.word(&["effective"]) || u.percent().is_some())
        {
            continue;
        }
        let Some(at) =
            clause.clone().find(|at| units[*at].when().is_some_and(|when| when.is_day()))
        else {
            continue;
        };
        let (start, day) =
            (units[clause.start].span.start, units[at].when().map(|when| when.first));
        if sentence.is_reported(at) {
            continue;
        }
        let Some(claim) = claims.iter_mut().rfind(|c| c.span.end <= start) else { continue };
        if sentence.ends_at(at) {
            claim.until = claim.until.or(day);
        } else {
            claim.from = claim.from.or(day);
        }
    }
}

/// A duration that stands apart from every rate (`— for a period of 90 days`) holds for all of them.
fn durations(sentence: &Sentence<'_>, claims: &mut [Claim]) {
    let mut all = sentence.units.iter().filter_map(Unit::days);
    let (Some(days), None) = (all.next(), all.next()) else { return };
    for claim in claims {
        if claim.kind == Kind::Change && claim.days.is_none() {
            claim.days = Some(days);
        }
    }
}
