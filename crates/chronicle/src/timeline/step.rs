//! The changes between two stretches of a course, program by program.

use std::collections::BTreeMap;

use ledger::Goods;
use oracle::{Component, Force, Phase, Survey};
use tariff::{Cents, Code, Country, Exact, Moment};

use crate::stack::{is_base, percent, share};
use crate::timeline::{Course, Question, Stretch};

/// A change of one program of one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub moment: Moment,
    pub by: Country,
    pub origin: Country,
    pub program: String,
    /// The measure that is levied from now on; where none is, the one that was.
    pub measure: String,
    pub title: String,
    pub heading: Option<Code>,
    /// The rate before and after, as the law words it; `None` where nothing is levied.
    pub from: Option<String>,
    pub to: Option<String>,
    pub standing: Standing,
    /// When this state ends, as far as the law says.
    pub until: Option<Moment>,
    /// The acts that made the change.
    pub acts: Vec<String>,
    /// The authorities of what is levied now, or of why nothing is.
    pub cites: Vec<String>,
    /// Whether it is on listed goods only, told beside the goods asked about.
    pub listed: bool,
    /// Whether a code was asked about; otherwise the step is on all goods, or on listed ones.
    pub asked: bool,
    /// The additional duty on the goods asked about before and after, in percent; not where `listed`.
    pub additional: Option<(Exact, Exact)>,
}

/// How a program stands after a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    InForce,
    /// In force again, because a suspension ended.
    Resumed,
    /// In words: `24 of 34 points suspended until 2025-08-12`.
    Suspended(String),
    /// By this act.
    Stayed(String),
    Void,
    Expired,
    /// Another duty takes its place; why.
    Displaced(String),
}

impl Standing {
    /// The word of the contract.
    pub fn name(&self) -> &'static str {
        match self {
            Standing::InForce | Standing::Resumed => "in force",
            Standing::Suspended(_) => "suspended",
            Standing::Stayed(_) => "stayed",
            Standing::Void => "void",
            Standing::Expired => "expired",
            Standing::Displaced(_) => "displaced",
        }
    }

    /// More than the word, where there is more to say.
    pub fn words(&self) -> Option<String> {
        match self {
            Standing::Suspended(words) | Standing::Displaced(words) if !words.is_empty() => {
                Some(words.clone())
            }
            Standing::Stayed(act) => Some(format!("stayed by {act}")),
            Standing::Resumed => Some("the suspension ends".to_owned()),
            _ => None,
        }
    }
}

/// The layers of one program in a stack.
type Layers<'s> = Vec<&'s Component>;

pub(super) fn steps(question: &Question<'_>, course: &Course<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    for pair in course.stretches.windows(2) {
        let [before, after] = pair else { continue };
        let Some(moment) = after.from else { continue };
        let survey = question.survey(moment);
        let mut programs: BTreeMap<&str, (Layers<'_>, Layers<'_>)> = BTreeMap::new();
        for layer in told(question, before) {
            programs.entry(&layer.program).or_default().0.push(layer);
        }
        for layer in told(question, after) {
            programs.entry(&layer.program).or_default().1.push(layer);
        }
        for (program, (was, is)) in programs {
            if stands(&was) == stands(&is) {
                continue;
            }
            steps.push(step(
                question,
                &survey,
                course,
                (before, after),
                program,
                (&was, &is),
                moment,
            ));
        }
    }
    steps
}

/// The layers that are worth telling: those that take something, and the base duty.
fn told<'s>(question: &Question<'_>, stretch: &'s Stretch) -> Layers<'s> {
    let takes = |layer: &&Component| {
        layer.amount != Cents::ZERO || layer.incomplete || is_base(question.ledger, layer)
    };
    stretch.stack.layers.iter().filter(takes).collect()
}

/// What makes a step where it changes.
fn stands(layers: &Layers<'_>) -> (Option<String>, Vec<Option<String>>) {
    (rate(layers), layers.iter().map(|layer| layer.suspended.clone()).collect())
}

/// As the law words it; of several layers their sum.
fn rate(layers: &Layers<'_>) -> Option<String> {
    match layers.as_slice() {
        [] => None,
        [one] => Some(one.rate.clone()),
        several => Some(percent(several.iter().map(|layer| share(layer)).sum())),
    }
}

fn step(
    question: &Question<'_>,
    survey: &Survey<'_>,
    course: &Course<'_>,
    (before, after): (&Stretch, &Stretch),
    program: &str,
    (was, is): (&Layers<'_>, &Layers<'_>),
    moment: Moment,
) -> Step {
    let ledger = question.ledger;
    let shown = is.first().or(was.first()).expect("one of the two stacks has the program");
    let (standing, mut cites) = match is.first() {
        Some(layer) => match is.iter().find_map(|layer| layer.suspended.clone()) {
            Some(words) => (Standing::Suspended(words), layer.cites.clone()),
            None if was.iter().any(|layer| layer.suspended.is_some()) => {
                (Standing::Resumed, layer.cites.clone())
            }
            None => (Standing::InForce, layer.cites.clone()),
        },
        None => gone(survey, after, &shown.measure, moment),
    };
    let acts = acts(survey, was, is, moment);
    for act in acts.iter().filter(|_| is.is_empty()) {
        if !cites.contains(act) {
            cites.push(act.clone());
        }
    }
    Step {
        moment,
        by: course.levy.territory.country,
        origin: course.levy.origin,
        program: program.to_owned(),
        measure: shown.measure.clone(),
        title: shown.title.clone(),
        heading: shown.heading,
        from: rate(was),
        to: rate(is),
        standing,
        until: is.iter().filter_map(|layer| layer.until).min(),
        acts,
        cites,
        listed: false,
        asked: course.levy.goods != Goods::Ordinary,
        additional: Some((before.stack.additional(ledger), after.stack.additional(ledger))),
    }
}

/// Why a measure is not levied any more, and by which acts.
pub(super) fn gone(
    survey: &Survey<'_>,
    after: &Stretch,
    measure: &str,
    moment: Moment,
) -> (Standing, Vec<String>) {
    let out = after.stack.not_applied.iter().find(|out| out.measure == measure);
    let Some((standing, cites)) = unlevied(survey, measure, moment) else {
        let (reason, cites) = match out {
            Some(out) => (out.reason.clone(), out.cites.clone()),
            None => (String::new(), Vec::new()),
        };
        return (Standing::Displaced(reason), cites);
    };
    match (standing, out) {
        (Standing::Suspended(_), Some(out)) => {
            (Standing::Suspended(out.reason.clone()), out.cites.clone())
        }
        (standing, _) => (standing, cites),
    }
}

/// Why the law itself does not levy a measure at a moment; `None` where it does.
pub(super) fn unlevied(
    survey: &Survey<'_>,
    measure: &str,
    moment: Moment,
) -> Option<(Standing, Vec<String>)> {
    let (id, records) = survey.measure(measure)?;
    let stretch = survey.phase(id, records, moment);
    let by: Vec<String> = stretch.by.into_iter().map(str::to_owned).collect();
    Some(match stretch.phase {
        Phase::InForce => return None,
        Phase::Void => (Standing::Void, by),
        Phase::Suspended => (Standing::Suspended("suspended".to_owned()), by),
        Phase::Expired => (Standing::Expired, by),
        // The act that made it does not count: it was stayed, or undone.
        Phase::NotYet => match survey.made_by(records).map(|act| survey.force(act)) {
            Some(Force::StayedBy(stay)) => (Standing::Stayed(stay.clone()), vec![stay]),
            Some(Force::Voided) => (Standing::Void, by),
            _ => (Standing::Expired, by),
        },
    })
}

/// The acts with an operation on a measure levied before or after that turns at the moment; where there is
/// none (a row of a list, a relation, a suspension that leaves the measure), the authorities that are new.
fn acts(survey: &Survey<'_>, was: &Layers<'_>, is: &Layers<'_>, moment: Moment) -> Vec<String> {
    let mut acts: Vec<String> = Vec::new();
    for layer in was.iter().chain(is) {
        let Some((_, records)) = survey.measure(&layer.measure) else { continue };
        acts.extend(survey.changed_by(records, moment).into_iter().map(|act| act.id.clone()));
    }
    if acts.is_empty() {
        let known = |cite: &&String| !was.iter().any(|layer| layer.cites.contains(cite));
        acts = is.iter().flat_map(|layer| &layer.cites).filter(known).cloned().collect();
    }
    let mut told: Vec<String> = Vec::new();
    for act in acts {
        if !told.contains(&act) {
            told.push(act);
        }
    }
    told
}
