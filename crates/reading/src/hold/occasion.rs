//! Acts, days on which something begins or ends, and events.

use ledger::{Act, Does, Event, program_of, territory_of};
use tariff::{Day, Moment, Stated, Zone};

use crate::claim::{Claim, Legal};
use crate::hold::{Bench, Near, View, held, near};
use crate::verdict::{Held, Verdict};

impl Bench<'_> {
    pub(super) fn act(&mut self, claim: &Claim, view: View) -> Held {
        let ledger = self.ledger;
        let Some(zone) = ledger.territories.first().map(|t| t.zone.clone()) else {
            return held(Verdict::NotInLedger, None, Vec::new(), String::new());
        };
        let known = self.known(view);
        if let Some(act) = claim.act.as_deref().and_then(|id| ledger.act(id)) {
            let day = act.known.day(&zone);
            let why = format!("{} ({}), {day}.", act.title, act.cite);
            let dated = claim.from.map_or(Near::Same, |stated| near(stated, day));
            let verdict = match dated {
                _ if act.known > known => Verdict::Contradicted,
                Near::Same => Verdict::Confirmed,
                Near::Close => Verdict::Imprecise,
                Near::Off if act.effective.contains(&claim.from.unwrap_or(day)) => {
                    Verdict::Confirmed
                }
                Near::Off => Verdict::Contradicted,
            };
            return held(verdict, Some(day.to_string()), vec![act.id.clone()], why);
        }
        let near_day = |act: &Act| {
            let day = act.known.day(&zone);
            let days = act.effective.iter().copied().chain(act.binds_from().map(|m| m.day(&zone)));
            let exact = claim.from.or(claim.until).map(|stated| {
                days.chain([day]).map(|day| near(stated, day)).min().unwrap_or(Near::Off)
            });
            exact.or(claim
                .around
                .map(|(a, b)| if a <= day && day <= b { Near::Same } else { Near::Off }))
        };
        let about = |act: &&Act| {
            let touches = |program: &str| {
                act.operations.iter().any(|o| match &o.does {
                    Does::Measure { id, .. } | Does::Amend { id, .. } => program_of(id) == program,
                    does => {
                        does.targets().iter().any(|t| t.0 == program || program_of(&t.0) == program)
                    }
                })
            };
            act.known <= known
                && (claim.programs.is_empty()
                    || act.operations.is_empty()
                    || claim.programs.iter().any(|p| touches(p)))
        };
        let best = ledger
            .acts
            .iter()
            .filter(about)
            .filter_map(|act| Some((near_day(act)?, act.operations.is_empty(), act)))
            .min_by_key(|(near, bare, _)| (*near, *bare));
        match best {
            Some((Near::Same, _, act)) => {
                let why = format!("{} ({}).", act.title, act.cite);
                held(
                    Verdict::Confirmed,
                    Some(act.known.day(&zone).to_string()),
                    vec![act.id.clone()],
                    why,
                )
            }
            Some((Near::Close, _, act)) if !claim.programs.is_empty() => {
                let day = act.known.day(&zone);
                let why = format!("{} is of {day}.", act.title);
                held(Verdict::Imprecise, Some(day.to_string()), vec![act.id.clone()], why)
            }
            _ => {
                let why = "The ledger has no act of that day or number.".to_owned();
                held(Verdict::NotInLedger, None, Vec::new(), why)
            }
        }
    }

    pub(super) fn event(&mut self, claim: &Claim, view: View) -> Held {
        let ledger = self.ledger;
        let Some(zone) = ledger.territories.first().map(|t| t.zone.clone()) else {
            return held(Verdict::NotInLedger, None, Vec::new(), String::new());
        };
        let known = self.known(view);
        let kind = claim.event.unwrap_or("meeting");
        let parties: Vec<_> = claim.levied_by.iter().chain(&claim.on).copied().collect();
        let about = |event: &&Event| {
            let known_by = event.known.first(&zone) <= known;
            let with =
                parties.is_empty() || parties.iter().any(|party| event.between.contains(party));
            known_by && with
        };
        let day = |stated: Stated| stated.day(&zone);
        let dated = |event: &Event| {
            let (first, last) = (day(event.date), day(event.until.unwrap_or(event.date)));
            match (claim.from.or(claim.until.filter(|_| claim.around.is_none())), claim.around) {
                (Some(stated), _) if first <= stated && stated <= last => Some(Near::Same),
                (Some(stated), _) => Some(near(stated, first).min(near(stated, last))),
                (None, Some((a, b))) if first <= b && a.plus(-1) <= last => Some(Near::Same),
                (None, Some((a, b))) => Some(near(a, last).min(near(b, first))),
                _ => None,
            }
        };
        let like = |event: &Event| match (kind, event.kind.as_str()) {
            (a, b) if a == b => 0,
            ("talks" | "meeting" | "call", "talks" | "meeting" | "call") => 1,
            ("statement", _) => 2,
            // What was said at a meeting tells of it where it names the place.
            (_, "statement") if event.place_name.is_some() => 2,
            ("hearing", "filing" | "deadline") => 2,
            _ => 9,
        };
        let placed = |event: &Event| match (&claim.place, &event.place_name) {
            (Some(a), Some(b)) => !a.eq_ignore_ascii_case(b),
            _ => false,
        };
        let past = |event: &Event| i32::from(day(event.date) > view.dated);
        let best = ledger
            .events
            .iter()
            .filter(about)
            .filter(|event| like(event) < 9 && !(claim.place.is_some() && placed(event)))
            .filter(|event| {
                dated(event).is_some() || event.place_name.is_some() || kind == "mechanism"
            })
            .min_by_key(|event| {
                let place = claim.place.is_some() && event.place_name.is_none();
                let absent = parties.iter().filter(|p| !event.between.contains(p)).count();
                let off = dated(event).unwrap_or(Near::Same);
                (off, absent, like(event), place, past(event), std::cmp::Reverse(event.date))
            });
        let near_best = best.map(|event| dated(event).unwrap_or(Near::Same));
        match (best, near_best) {
            (Some(event), Some(Near::Same | Near::Close)) => {
                let when = match event.until {
                    Some(until) => format!("{} to {}", day(event.date), day(until)),
                    None => day(event.date).to_string(),
                };
                let place = event.place_name.as_ref().map_or(String::new(), |p| format!(" ({p})"));
                let verdict = match near_best {
                    Some(Near::Same) => Verdict::Confirmed,
                    _ => Verdict::Imprecise,
                };
                let why = format!("{}{place}, {when}.", event.title);
                held(verdict, Some(when), event.sources.clone(), why)
            }
            _ => self.agreement(claim, view, &zone),
        }
    }

    /// An agreement that is an act of the ledger: a joint statement, a framework.
    fn agreement(&self, claim: &Claim, view: View, zone: &Zone) -> Held {
        let known = self.known(view);
        let stated = claim.from.map(|day| (day, day)).or(claim.around);
        let made = self.ledger.acts.iter().find(|act| {
            let day = act.known.day(zone);
            matches!(act.kind.as_str(), "joint-statement" | "announcement" | "statement")
                && act.known <= known
                && stated.is_some_and(|(a, b)| a <= day && day <= b)
        });
        match made.filter(|_| claim.event == Some("statement")) {
            Some(act) => {
                let day = act.known.day(zone).to_string();
                held(Verdict::Confirmed, Some(day), vec![act.id.clone()], format!("{}.", act.title))
            }
            None => {
                let why = "The ledger has no such event.".to_owned();
                held(Verdict::NotInLedger, None, Vec::new(), why)
            }
        }
    }

    pub(super) fn deadline(&mut self, claim: &Claim, view: View) -> Held {
        let ledger = self.ledger;
        let Some(zone) = ledger.territories.first().map(|t| t.zone.clone()) else {
            return held(Verdict::NotInLedger, None, Vec::new(), String::new());
        };
        let known = self.known(view);
        let begins = claim.status == Some(Legal::InForce);
        let Some(stated) = claim.from.or(claim.until) else {
            return self.suspension(claim, view);
        };
        if let Some(by) = claim.levied_by.first()
            && self.territory(*by).is_none()
        {
            let why = format!("The ledger does not hold the measures of {}.", self.name(*by));
            return held(Verdict::NotInLedger, None, Vec::new(), why);
        }
        let territories: Vec<String> = claim
            .levied_by
            .iter()
            .filter_map(|by| self.territory(*by))
            .map(|t| t.id.clone())
            .collect();
        let own: Vec<&String> = claim
            .programs
            .iter()
            .filter(|p| ledger.program(p).is_some_and(|p| territories.contains(&p.by)))
            .collect();
        let survey = self.survey(known);
        let mut turns: Vec<(Moment, &Act, &str)> = Vec::new();
        for (id, records) in ledger.measures() {
            let levies = ledger.program(program_of(id)).is_some_and(|p| !p.base);
            let named = own.is_empty() || own.iter().any(|p| *p == program_of(id));
            if !levies || !named || !territories.iter().any(|t| t == territory_of(id)) {
                continue;
            }
            for record in records {
                let (act, operation) = ledger.record(*record);
                if act.known > known {
                    continue;
                }
                let ends = match operation.does {
                    Does::End(_) => operation.interval.from,
                    _ => operation.interval.until,
                };
                let starts = match operation.does {
                    Does::End(_) => None,
                    _ => operation.interval.from,
                };
                // What is put off does not begin on the day first set.
                let relief = survey.measure(id).is_some_and(|(id, records)| {
                    starts.is_some_and(|at| survey.stand(id, records, at).is_some_and(|s| s.relief))
                });
                let put_off = starts.is_some_and(|at| {
                    survey.stand(id, records, at).is_some_and(|s| {
                        matches!(s.standing, oracle::Standing::Suspended { leaving: None, .. })
                    })
                });
                let starts = starts.filter(|_| !put_off && !relief);
                // What is suspended begins anew when its suspension ends.
                let moments =
                    if begins { [starts, operation.interval.until] } else { [ends, None] };
                turns.extend(moments.into_iter().flatten().map(|at| (at, act, id)));
            }
        }
        let off = |at: Moment| {
            let day = at.day(&zone);
            // Through the last day, or until the first day without.
            if begins {
                near(stated, day)
            } else {
                near(stated, day).min(near(stated, day.plus(-1)))
            }
        };
        let best = turns.iter().min_by_key(|(at, act, _)| {
            (off(*at), at.day(&zone).days_since(stated).abs(), std::cmp::Reverse(act.known))
        });
        let events = ledger.events.iter().find(|event| {
            event.date.day(&zone) == stated
                && event.known.first(&zone) <= known
                && event.kind == "deadline"
        });
        match (best, events) {
            (Some((at, act, id)), _) if off(*at) == Near::Same => {
                let why = format!("{} ({}).", act.title, act.cite);
                held(
                    Verdict::Confirmed,
                    Some(at.rfc3339(&zone)),
                    vec![(*id).to_owned(), act.id.clone()],
                    why,
                )
            }
            (_, Some(event)) => held(
                Verdict::Confirmed,
                Some(stated.to_string()),
                event.sources.clone(),
                format!("{}.", event.title),
            ),
            (Some((at, act, id)), None) if !own.is_empty() => {
                let day: Day = at.day(&zone);
                let verdict = if off(*at) == Near::Close {
                    Verdict::Imprecise
                } else {
                    Verdict::Contradicted
                };
                let why = format!("The nearest is {day}: {}.", act.title);
                held(verdict, Some(at.rfc3339(&zone)), vec![(*id).to_owned(), act.id.clone()], why)
            }
            _ => {
                let why = "The ledger has nothing that begins or ends on that day.".to_owned();
                held(Verdict::Unsure, None, Vec::new(), why)
            }
        }
    }
}
