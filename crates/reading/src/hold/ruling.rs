//! What courts did, held against the rulings and stays of the ledger.

use chronicle::timeline::is_court;
use ledger::{Act, Does};
use oracle::Force;
use tariff::Moment;

use crate::claim::{Claim, Legal};
use crate::hold::{Bench, Near, View, held, near};
use crate::verdict::{Held, Verdict};

impl Bench<'_> {
    pub(super) fn ruling(&mut self, claim: &Claim, view: View) -> Held {
        let ledger = self.ledger;
        let Some(home) = ledger.territories.first() else {
            return held(Verdict::NotInLedger, None, Vec::new(), String::new());
        };
        let zone = home.zone.clone();
        // A ruling and its force are of the time of the document, however the matter went on.
        let made = self.known(View { known: view.dated, ..view });
        let stay = claim.status == Some(Legal::Stayed);
        let of_court = |act: &&Act| {
            claim
                .court
                .as_deref()
                .is_none_or(|court| court == "court" || act.id.starts_with(&format!("{court}-")))
        };
        let named = |act: &&Act| claim.act.as_deref().is_none_or(|id| act.id == id);
        let acts: Vec<&Act> =
            ledger.acts.iter().filter(|act| is_court(act) && act.known <= made).collect();
        let survey = self.survey(made);
        let upon = |act: &Act| -> Vec<String> {
            act.operations
                .iter()
                .flat_map(|o| match &o.does {
                    Does::Void { targets, .. } => {
                        targets.iter().map(|t| t.0.clone()).collect::<Vec<_>>()
                    }
                    Does::Stay { acts, .. } => acts.iter().map(|t| t.0.clone()).collect(),
                    _ => Vec::new(),
                })
                .collect()
        };
        let about = |act: &&Act| {
            let targets = upon(act);
            claim.programs.is_empty()
                || targets.is_empty()
                || targets.iter().any(|t| claim.programs.contains(t))
        };
        let mut found: Vec<&Act> = if stay {
            // A stay is of the court that grants it, or of the ruling that it stays.
            let all = acts.iter().copied().filter(|act| act.kind == "stay");
            let own: Vec<&Act> = all.clone().filter(of_court).collect();
            if own.is_empty() { all.collect() } else { own }
        } else {
            acts.iter()
                .copied()
                .filter(|act| act.kind == "ruling")
                .filter(of_court)
                .filter(named)
                .filter(about)
                .collect()
        };
        if let Some((first, last)) = claim.around {
            found.retain(|act| (first..=last.plus(1)).contains(&act.known.day(&zone)));
        }
        let distance =
            |act: &Act| claim.from.map_or(Near::Same, |day| near(day, act.known.day(&zone)));
        let best = found.iter().min_by_key(|act| {
            // Of one day, the ruling that does something.
            let never = act.binds == ledger::Binds::Never;
            (distance(act), never, act.operations.is_empty(), std::cmp::Reverse(act.known))
        });
        let Some(act) = best.copied() else {
            let why = "The ledger has no such ruling by then.".to_owned();
            return held(Verdict::NotInLedger, None, Vec::new(), why);
        };
        let day = act.known.day(&zone);
        let mut cites = vec![act.id.clone()];
        match distance(act) {
            Near::Same => {}
            Near::Close => {
                let why = format!("{}: of {day}.", act.title);
                return held(Verdict::Imprecise, Some(day.to_string()), cites, why);
            }
            Near::Off => {
                let why = format!("The nearest is of {day}: {}.", act.title);
                return held(Verdict::Contradicted, Some(day.to_string()), cites, why);
            }
        }
        let force = survey.force(act);
        let title = format!("{} ({day}).", act.title);
        let moment = |m: Moment| m.rfc3339(&zone);
        match (claim.status, force) {
            (Some(Legal::Suspended), Force::StayedBy(by)) => {
                let since = ledger.act(&by).map(|act| act.known);
                cites.push(by.clone());
                let exact = since.map(|since| format!("stayed from {}", moment(since)));
                let why = format!("{title} It was stayed by {by}; the duties stay in force.");
                held(Verdict::Contradicted, exact, cites, why)
            }
            (Some(Legal::Suspended), Force::Pending(binds)) => {
                let exact = match binds {
                    Some(binds) => format!("would bind on {}", binds.day(&zone)),
                    None => "does not bind customs".to_owned(),
                };
                let why = format!("{title} It {exact}; until then the duties are collected.");
                held(Verdict::Imprecise, Some(exact), cites, why)
            }
            (_, Force::StayedBy(by)) => {
                cites.push(by.clone());
                let why = format!("{title} It is stayed by {by}.");
                held(Verdict::Confirmed, Some(format!("stayed by {by}")), cites, why)
            }
            (Some(Legal::InForce), _) if !upon(act).is_empty() && act.kind == "ruling" => {
                let why = format!("{title} It went against the duties.");
                held(Verdict::Contradicted, None, cites, why)
            }
            (_, Force::Voided) => {
                let why = format!("{title} It was undone later.");
                held(Verdict::Confirmed, Some("undone".to_owned()), cites, why)
            }
            (_, Force::Pending(binds)) => {
                let exact = match binds {
                    Some(binds) => format!("binds on {}", binds.day(&zone)),
                    None => "does not bind customs".to_owned(),
                };
                held(Verdict::Confirmed, Some(exact), cites, title)
            }
            _ => {
                let upon = upon(act);
                if act.kind == "stay" {
                    cites.extend(upon);
                }
                held(Verdict::Confirmed, Some(day.to_string()), cites, title)
            }
        }
    }
}
