//! What else is known of a difference, and the rule that explains it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use ledger::{Agrees, Aspect, Held, Printed, RuleKind, VerifyRule};
use oracle::Survey;
use tariff::{Code, Day, Moment};

use super::compare::{Question, Words};
use super::goods;

/// A difference with the facts that rules ask about.
#[derive(Clone, Debug)]
pub struct Difference {
    pub aspect: Aspect,
    pub printed: Printed,
    pub held: Held,
    /// When it ended in the ledger.
    pub ended: Option<Day>,
    pub words: Words,
    /// Where else the ledger says what is printed, and how many days away at least.
    pub agrees: BTreeMap<Agrees, u32>,
}

/// What rules ask about a heading besides its differences.
pub struct About<'a> {
    pub heading: Code,
    pub programs: &'a BTreeSet<&'a str>,
    pub published: Day,
    /// Everything printed for it, in lower case.
    pub text: &'a str,
    /// When by its own text it ended.
    pub end: Option<Day>,
}

/// Whether all that a rule states holds of a difference.
pub fn explains(rule: &VerifyRule, about: &About<'_>, difference: &Difference) -> bool {
    let within = |agrees: &Agrees| {
        difference
            .agrees
            .get(agrees)
            .is_some_and(|days| rule.within_days.is_none_or(|w| *days <= w))
    };
    // A rule may leave out only what the ledger does not hold.
    (rule.kind != RuleKind::NotModelled || difference.held == Held::Absent)
        && rule.covers(about.heading)
        && (rule.programs.is_empty()
            || rule.programs.iter().any(|program| about.programs.contains(program.as_str())))
        && (rule.differs.is_empty() || rule.differs.contains(&difference.aspect))
        && (rule.printed.is_empty() || rule.printed.contains(&difference.printed))
        && (rule.ledger.is_empty() || rule.ledger.contains(&difference.held))
        && (rule.agrees.is_empty() || rule.agrees.iter().any(within))
        && rule.published_from.is_none_or(|from| about.published >= from)
        && rule.published_before.is_none_or(|before| about.published < before)
        && rule.ended_before.is_none_or(|before| about.end.is_some_and(|end| end <= before))
        && rule
            .ledger_ended_before
            .is_none_or(|before| difference.ended.is_some_and(|ended| ended < before))
        && (rule.text.is_empty() || rule.text.iter().any(|words| about.text.contains(words)))
        && (rule.codes.is_empty()
            || (!difference.words.codes.is_empty()
                && difference
                    .words
                    .codes
                    .iter()
                    .all(|code| rule.codes.iter().any(|named| named.covers(*code)))))
}

/// Where else the ledger says what is printed: at other moments of the law as known, and as known at
/// other moments. `surveys` gives the law as known.
pub fn agreements<'a>(
    question: &Question<'_, 'a>,
    aspects: &BTreeMap<Aspect, Words>,
    surveys: &dyn Fn(Moment) -> Rc<Survey<'a>>,
) -> BTreeMap<Aspect, BTreeMap<Agrees, u32>> {
    let mut found: BTreeMap<Aspect, BTreeMap<Agrees, u32>> = BTreeMap::new();
    let zone = &question.held.territory.zone;
    let today = question.moment.day(zone);
    let known = question.survey.known();
    let mut note = |aspect: Aspect, agrees: Agrees, day: Day| {
        let days = day.days_since(today).unsigned_abs();
        let known = found.entry(aspect).or_default().entry(agrees).or_insert(days);
        *known = days.min(*known);
    };
    let carriers = match question.held.carriers(question.heading) {
        [] => question.held.relations(question.heading),
        carriers => carriers,
    };
    let mut try_at = |survey: &Survey<'a>, moment: Moment, agrees: Agrees, day: Day| {
        let other = Question { survey, moment, ..*question };
        let comparison = other.compare();
        for aspect in aspects.keys() {
            let compared = comparison.compared || *aspect == Aspect::Force;
            if compared && !comparison.differences.contains_key(aspect) {
                note(*aspect, agrees, day);
            }
        }
    };
    let mut moments: BTreeSet<Moment> =
        carriers.iter().flat_map(|c| c.boundaries(question.held.ledger)).collect();
    // The lines of goods that differ come and go with the rows of their lists.
    let codes: Vec<Code> = aspects.values().flat_map(|words| words.codes.clone()).collect();
    if !codes.is_empty() {
        let stands =
            carriers.iter().filter_map(|c| question.survey.stand(c.id, c.records, question.moment));
        for stand in stands {
            for code in &codes {
                moments.extend(goods::moments(question.held.ledger, &stand, *code));
            }
        }
    }
    for moment in moments {
        match moment > question.moment {
            true => try_at(question.survey, moment, Agrees::Later, moment.day(zone)),
            false => {
                try_at(question.survey, moment.plus_seconds(-1), Agrees::Earlier, moment.day(zone))
            }
        }
    }
    let acts = carriers.iter().flat_map(|c| c.acts(question.held.ledger));
    let learnt: BTreeSet<Moment> =
        acts.flat_map(|act| [Some(act.known), act.binds_from()]).flatten().collect();
    for moment in learnt {
        match moment > known {
            true => {
                try_at(&surveys(moment), question.moment, Agrees::KnownLater, moment.day(zone));
            }
            false => try_at(
                &surveys(moment.plus_seconds(-1)),
                question.moment,
                Agrees::KnownEarlier,
                moment.day(zone),
            ),
        }
    }
    found
}
