//! What is due and is no turn of a measure: acts that will bind, stays that end, and what was announced.

use ledger::{Act, Does, Event};
use oracle::Survey;
use tariff::{Moment, Stated};

use crate::calendar::{Due, Question, will_bind};

/// Acts that are known and will bind.
pub fn bindings(question: &Question<'_>, survey: &Survey<'_>) -> Vec<Due> {
    let home = &question.ledger.territories[0];
    let now = oracle::representative(question.after, home);
    let of_side = |act: &&Act| of_side(question, act);
    let acts = question.ledger.acts.iter().filter(of_side);
    acts.filter_map(|act| {
        let binds = will_bind(survey, act).filter(|binds| *binds > now)?;
        Some(of_act(act, "act-binds", binds, format!("{} binds", act.title)))
    })
    .collect()
}

/// Stays that end by themselves.
pub fn stays(question: &Question<'_>, survey: &Survey<'_>) -> Vec<Due> {
    let home = &question.ledger.territories[0];
    let now = oracle::representative(question.after, home);
    let mut found = Vec::new();
    let of_side = |act: &&Act| of_side(question, act);
    for act in question.ledger.acts.iter().filter(of_side).filter(|act| survey.binds(&act.id)) {
        for operation in &act.operations {
            let Does::Stay { acts, .. } = &operation.does else { continue };
            let Some(until) = operation.interval.until.filter(|until| *until > now) else {
                continue;
            };
            let stayed: Vec<&str> = acts.iter().map(|target| target.0.as_str()).collect();
            let title = format!("{}: the stay of {} ends", act.title, stayed.join(", "));
            found.push(of_act(act, "stay-ends", until, title));
        }
    }
    found
}

/// Whether an act is of a side asked about, or of several together.
fn of_side(question: &Question<'_>, act: &Act) -> bool {
    act.folder == ledger::JOINT || question.sides.iter().any(|s| s.territory.id == act.folder)
}

fn of_act(act: &Act, kind: &str, moment: Moment, title: String) -> Due {
    Due {
        moment: Stated::Moment(moment),
        kind: kind.to_owned(),
        title,
        by: None,
        program: None,
        cites: vec![act.id.clone()],
        measures: Vec::new(),
        until: None,
        key: format!("{kind} {}", act.id),
    }
}

/// Events that are to come and are known.
pub fn events(question: &Question<'_>) -> Vec<Due> {
    let zone = &question.ledger.territories[0].zone;
    let today = question.after.day(zone);
    let asked = |event: &&Event| {
        question.between.is_empty() || question.between.iter().any(|c| event.between.contains(c))
    };
    question
        .ledger
        .events
        .iter()
        .filter(asked)
        .filter(|event| event.known.first(zone) <= question.known && event.date.day(zone) > today)
        .map(|event| Due {
            moment: event.date,
            kind: event.kind.clone(),
            title: event.title.clone(),
            by: match event.between.as_slice() {
                [one] => Some(*one),
                _ => None,
            },
            program: None,
            cites: event.sources.clone(),
            measures: Vec::new(),
            until: event.until,
            // A hearing that is put off stays the same hearing.
            key: format!("{} {} {}", event.kind, event.known.print(zone), event.title),
        })
        .collect()
}
