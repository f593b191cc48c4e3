//! A measure on both clocks: what was said of each day of entry, each time that an act which
//! touches the measure came to stand otherwise.

use std::collections::BTreeSet;

use ledger::{Act, Control, Does, Leaving, Ledger, Operation, Readings, Records};
use tariff::{Interval, Moment};

use crate::as_of::Terms;
use crate::survey::{Force, Survey};

/// A stretch of knowledge, in which nobody learnt anything new about the measure.
#[derive(Clone, Debug)]
pub struct Knowledge<'a> {
    pub from: Moment,
    pub until: Option<Moment>,
    /// The acts that stand otherwise than before, and how they stand now.
    pub changes: Vec<(&'a Act, Force)>,
    /// Every day of entry, in order.
    pub stretches: Vec<Stretch<'a>>,
}

/// Days of entry on which the measure is the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch<'a> {
    pub entered: Interval,
    pub phase: Phase,
    /// What is collected, under a suspension too; `None` is nothing.
    pub rate: Option<String>,
    /// The act that made it so.
    pub by: Option<&'a str>,
}

/// How a measure stands on a day of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    NotYet,
    InForce,
    Suspended,
    /// As if it had never been.
    Void,
    /// Ended, or run out.
    Expired,
}

impl Phase {
    pub fn name(self) -> &'static str {
        match self {
            Phase::NotYet => "not yet",
            Phase::InForce => "in force",
            Phase::Suspended => "suspended",
            Phase::Void => "void",
            Phase::Expired => "expired",
        }
    }
}

/// What was known of a measure over time, from the act that first made it.
pub fn history<'a>(
    ledger: &'a Ledger,
    readings: &'a Readings,
    id: &'a str,
    records: &'a Records,
) -> Vec<Knowledge<'a>> {
    let acts = touching(ledger, records);
    let mut stood = vec![Force::NotKnown; acts.len()];
    let mut found: Vec<Knowledge<'a>> = Vec::new();
    let mut changes = Vec::new();
    for from in moments(ledger, &acts) {
        let survey = Survey::new(ledger, from, readings);
        for (act, stood) in acts.iter().map(|at| &ledger.acts[*at]).zip(&mut stood) {
            let stands = survey.force(act);
            if stands != *stood {
                changes.push((act, stands.clone()));
                *stood = stands;
            }
        }
        let stretches = stretches(&survey, id, records);
        // Before an act makes the measure there is nothing to tell; what happened until then (an
        // act of a world is known always) is told with its first stretch.
        let unmade = stretches.iter().all(|s| s.phase == Phase::NotYet);
        if changes.is_empty() || (unmade && found.is_empty()) {
            continue;
        }
        if let Some(before) = found.last_mut() {
            before.until = Some(from);
        }
        let changes = std::mem::take(&mut changes);
        found.push(Knowledge { from, until: None, changes, stretches });
    }
    found
}

/// The acts that touch a measure, those that void or stay such acts, and those that end a stay.
fn touching(ledger: &Ledger, records: &Records) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open: Vec<usize> = records.iter().map(|record| record.0).collect();
    while let Some(at) = open.pop() {
        if !found.insert(at) {
            continue;
        }
        let act = &ledger.acts[at];
        open.extend(ledger.on_act(&act.id).iter().map(|record| record.0));
        open.extend(act.operations.iter().filter_map(|operation| match &operation.does {
            Does::Stay { until_act, .. } => ledger.act_index(until_act.as_deref()?),
            _ => None,
        }));
    }
    found
}

/// Every moment at which one of the acts may come to stand otherwise.
fn moments(ledger: &Ledger, acts: &BTreeSet<usize>) -> BTreeSet<Moment> {
    let mut moments = BTreeSet::new();
    for act in acts.iter().map(|at| &ledger.acts[*at]) {
        moments.insert(act.known);
        moments.extend(act.binds_from());
        // Stays run in knowledge time.
        for operation in act.operations.iter().filter(|o| matches!(o.does, Does::Stay { .. })) {
            moments.extend(operation.interval.from);
            moments.extend(operation.interval.until);
        }
    }
    moments
}

pub(crate) fn stretches<'a>(
    survey: &Survey<'a>,
    id: &'a str,
    records: &'a Records,
) -> Vec<Stretch<'a>> {
    let mut found: Vec<Stretch<'a>> = Vec::new();
    let cuts = cuts(survey, records);
    let before = cuts.first().map(|first| first.plus_seconds(-1));
    for from in [None].into_iter().chain(cuts.iter().copied().map(Some)) {
        let moment = from.or(before).unwrap_or(survey.known());
        let (phase, rate, by) = stands(survey, id, records, moment);
        if let Some(last) = found.last_mut() {
            if (last.phase, &last.rate, last.by) == (phase, &rate, by) {
                continue;
            }
            last.entered.until = from;
        }
        found.push(Stretch { entered: Interval { from, until: None }, phase, rate, by });
    }
    found
}

/// Where the measure, or what a suspension of it leaves, begins, changes or ends.
fn cuts<'a>(survey: &Survey<'a>, records: &'a Records) -> BTreeSet<Moment> {
    let mut cuts = BTreeSet::new();
    let mut add = |operation: &Operation| {
        cuts.extend(operation.interval.from);
        cuts.extend(operation.interval.until);
    };
    for (_, operation) in survey.law.binding(records) {
        add(operation);
        if let Does::Suspend { leaving: Some(Leaving::Measure(left)), .. } = &operation.does
            && let Some(records) = survey.law.ledger.measure(left)
        {
            survey.law.binding(records).for_each(|(_, operation)| add(operation));
        }
    }
    cuts
}

pub(crate) type Stands<'a> = (Phase, Option<String>, Option<&'a str>);

pub(crate) fn stands<'a>(
    survey: &Survey<'a>,
    id: &'a str,
    records: &'a Records,
    moment: Moment,
) -> Stands<'a> {
    let Some(terms) = survey.law.terms(id, records, moment) else {
        return (Phase::NotYet, None, None);
    };
    if !terms.live {
        return match ended_by(survey, records, moment) {
            Some(act) => (Phase::Expired, None, Some(act)),
            None => (Phase::NotYet, None, None),
        };
    }
    if let Some(act) = terms.voided_by {
        return (Phase::Void, None, Some(&act.id));
    }
    if let Some(suspension) = terms.suspended {
        let rate = suspension.leaving.map(|leaving| match leaving {
            Leaving::Rate(rate) => rate.to_string(),
            Leaving::Measure(left) => survey.rate_of(left, moment),
        });
        return (Phase::Suspended, rate, Some(&suspension.by.id));
    }
    (Phase::InForce, levied(&terms), set_by(survey, records, moment))
}

fn levied(terms: &Terms<'_>) -> Option<String> {
    let rate = terms.field(|f| f.rate.as_ref()).map(ToString::to_string);
    rate.or_else(|| {
        terms.field(|f| f.control.as_ref()).map(|control| match control {
            Control::Requires(_) => "required".to_owned(),
            Control::Prohibits(_) => "prohibited".to_owned(),
        })
    })
}

/// The last act that made the measure live, gave it its rate or ended a suspension.
fn set_by<'a>(survey: &Survey<'a>, records: &'a Records, moment: Moment) -> Option<&'a str> {
    let sets = |operation: &Operation| match &operation.does {
        Does::Measure { .. } | Does::Extend(_) | Does::Resume(_) => true,
        Does::Amend { fields, .. } => fields.rate.is_some(),
        _ => false,
    };
    survey
        .law
        .binding(records)
        .rfind(|(_, operation)| sets(operation) && operation.interval.contains(moment))
        .map(|(act, _)| act.id.as_str())
}

/// The act that says when the measure ends, if it has ended by `moment`.
fn ended_by<'a>(survey: &Survey<'a>, records: &'a Records, moment: Moment) -> Option<&'a str> {
    let end = |operation: &Operation| match &operation.does {
        Does::End(_) => operation.interval.from,
        Does::Measure { .. } | Does::Extend(_) => operation.interval.until,
        _ => None,
    };
    survey
        .law
        .binding(records)
        .filter_map(|(act, operation)| Some((end(operation)?, act.id.as_str())))
        .filter(|(end, _)| *end <= moment)
        .max_by_key(|(end, _)| *end)
        .map(|(_, act)| act)
}
