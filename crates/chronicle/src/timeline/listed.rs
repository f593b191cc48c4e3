//! Duties on listed goods: each measure that concerns the origin, from beginning to end.

use std::collections::BTreeSet;

use oracle::{Phase, Survey};
use tariff::{Code, Moment};

use crate::stack::Levy;
use crate::timeline::step::unlevied;
use crate::timeline::{Question, Standing, Step};

/// How a measure stood when it was last looked at.
#[derive(Clone, PartialEq, Eq)]
struct Stood<'a> {
    phase: Phase,
    rate: Option<String>,
    by: Option<&'a str>,
}

/// What is told of a measure beside how it stands.
struct Told {
    title: String,
    heading: Option<Code>,
}

/// The steps of measures on listed goods. Exemptions are left out: they change no duty of their own.
pub(super) fn steps<'a>(
    question: &Question<'a>,
    levy: Levy<'a>,
    moments: &BTreeSet<Moment>,
) -> Vec<Step> {
    let ledger = question.ledger;
    let prefix = format!("{}/", levy.territory.id);
    let measures: Vec<_> = ledger
        .measures()
        .filter(|(id, _)| id.starts_with(&prefix))
        .filter(|(id, _)| {
            ledger.program(ledger::program_of(id)).is_some_and(|p| p.levies && !p.base)
        })
        .collect();
    let mut stood: Vec<Option<Stood<'a>>> = vec![None; measures.len()];
    let mut steps = Vec::new();
    let before = question.within.from.or_else(|| Some(moments.first()?.plus_seconds(-1)));
    for moment in before.into_iter().chain(moments.iter().copied()) {
        let survey = question.survey(moment);
        for ((id, records), stood) in measures.iter().zip(&mut stood) {
            let stretch = survey.phase(id, records, moment);
            let is = Stood { phase: stretch.phase, rate: stretch.rate, by: stretch.by };
            let was = stood.replace(is.clone());
            let Some(was) = was.filter(|was| levies(was) || levies(&is)) else { continue };
            if (was.phase, &was.rate) == (is.phase, &is.rate)
                && (is.phase != Phase::Suspended || was.by == is.by)
            {
                continue;
            }
            // What has ended is asked about as it was.
            let seen = if levies(&is) { moment } else { moment.plus_seconds(-1) };
            let Some(told) = told(&survey, id, records, seen, levy) else { continue };
            let (standing, mut cites) = unlevied(&survey, id, moment).unwrap_or_else(|| {
                (Standing::InForce, is.by.map(str::to_owned).into_iter().collect())
            });
            let acts: Vec<String> =
                survey.changed_by(records, moment).into_iter().map(|act| act.id.clone()).collect();
            let more: Vec<String> =
                acts.iter().filter(|act| !cites.contains(act)).cloned().collect();
            cites.extend(more);
            let stand = survey.stand(id, records, moment);
            let until = stand.and_then(|stand| stand.until).filter(|_| levies(&is));
            let standing = match (standing, until) {
                (Standing::Suspended(_), Some(until)) => {
                    let day = until.day(&levy.territory.zone);
                    Standing::Suspended(format!("suspended until {day}"))
                }
                (standing, _) => standing,
            };
            steps.push(Step {
                moment,
                by: levy.territory.country,
                origin: levy.origin,
                program: ledger::program_of(id).to_owned(),
                measure: (*id).to_owned(),
                title: told.title,
                heading: told.heading,
                from: was.rate.filter(|_| levied(was.phase)),
                to: is.rate.filter(|_| levied(is.phase)),
                standing,
                until,
                acts,
                cites,
                listed: true,
                asked: false,
                additional: None,
            });
        }
    }
    steps
}

fn levied(phase: Phase) -> bool {
    matches!(phase, Phase::InForce | Phase::Suspended)
}

fn levies(stood: &Stood<'_>) -> bool {
    levied(stood.phase)
}

/// The measure, where it is a duty on listed goods of the origin.
fn told<'a>(
    survey: &Survey<'a>,
    id: &'a str,
    records: &'a ledger::Records,
    moment: Moment,
    levy: Levy<'_>,
) -> Option<Told> {
    let stand = survey.stand(id, records, moment)?;
    let duty = stand.goods.is_some() && !stand.relief && stand.rate.is_some();
    (duty && survey.concerns(id, records, Some(levy.origin), None, moment))
        .then(|| Told { title: stand.title.to_owned(), heading: stand.heading })
}
