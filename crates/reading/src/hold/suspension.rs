//! Pauses, truces and their extensions, held against the suspensions of the ledger.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Does, Ledger, program_of, territory_of};
use tariff::{Country, Day, Moment, Zone};

use crate::claim::{Claim, Legal, Tense};
use crate::hold::rate::same_length;
use crate::hold::{Bench, Near, View, held, near};
use crate::verdict::{Held, Verdict};

/// What one act suspends of a program, over one stretch of time.
#[derive(Clone, Debug)]
pub(crate) struct Suspended {
    act: String,
    known: Moment,
    by: String,
    program: String,
    origins: BTreeSet<String>,
    from: Option<Moment>,
    until: Option<Moment>,
}

/// All suspensions of a ledger.
pub(crate) fn all(ledger: &Ledger) -> Vec<Suspended> {
    let mut found: BTreeMap<(Moment, String, String, Option<Moment>), Suspended> = BTreeMap::new();
    for (id, records) in ledger.measures() {
        let mut origins: BTreeSet<String> = BTreeSet::new();
        for record in records {
            if let Does::Measure { fields, .. } | Does::Amend { fields, .. } =
                &ledger.record(*record).1.does
            {
                origins.extend(fields.of.iter().flatten().cloned());
                origins.extend(fields.to.iter().flatten().cloned());
            }
        }
        for record in records {
            let (act, operation) = ledger.record(*record);
            // A duty that begins later than it was first said to is put off by an amendment or a suspension.
            if !matches!(operation.does, Does::Suspend { .. }) {
                continue;
            }
            let key =
                (act.known, act.id.clone(), program_of(id).to_owned(), operation.interval.until);
            let entry = found.entry(key).or_insert_with(|| Suspended {
                act: act.id.clone(),
                known: act.known,
                by: territory_of(id).to_owned(),
                program: program_of(id).to_owned(),
                origins: BTreeSet::new(),
                from: operation.interval.from,
                until: operation.interval.until,
            });
            entry.origins.extend(origins.iter().cloned());
        }
    }
    found.into_values().collect()
}

/// How long before a text an act may have been made that it tells as news, in days.
const RECENT_DAYS: i32 = 30;

/// How many partners a suspension has that is said of `other countries`.
const MANY: usize = 5;

impl Bench<'_> {
    pub(super) fn suspension(&mut self, claim: &Claim, view: View) -> Held {
        let known = self.known(view);
        let zone = self.ledger.territories.first().map(|t| t.zone.clone());
        let Some(zone) = zone else {
            return held(Verdict::NotInLedger, None, Vec::new(), String::new());
        };
        if !claim.levied_by.is_empty()
            && claim.levied_by.iter().all(|by| self.territory(*by).is_none())
        {
            let why = format!(
                "The ledger does not hold the measures of {}.",
                self.name(claim.levied_by[0])
            );
            return held(Verdict::NotInLedger, None, Vec::new(), why);
        }
        let territories: Vec<String> = claim
            .levied_by
            .iter()
            .filter_map(|by| self.territory(*by).map(|t| t.id.clone()))
            .collect();
        let about = |s: &&Suspended| {
            (territories.is_empty() || territories.contains(&s.by))
                && s.known <= known
                && self.is_on(claim, s)
                && (if claim.programs.is_empty() {
                    self.levies(s)
                } else {
                    claim.programs.contains(&s.program)
                })
        };
        let mut candidates: Vec<&Suspended> = self.suspensions.iter().filter(about).collect();
        // A side answers a program of the other by one of its own.
        let own = claim.programs.iter().any(|p| {
            self.ledger
                .program(p)
                .is_some_and(|p| territories.is_empty() || territories.contains(&p.by))
        });
        let duties =
            claim.programs.iter().any(|p| self.ledger.program(p).is_some_and(|p| p.levies));
        if candidates.is_empty() && duties && !own {
            let about = |s: &&Suspended| {
                (territories.is_empty() || territories.contains(&s.by))
                    && s.known <= known
                    && self.is_on(claim, s)
                    && self.levies(s)
            };
            candidates = self.suspensions.iter().filter(about).collect();
        }
        let length = |s: &Suspended| {
            let zone = self.zone_of(&s.by)?;
            Some(s.until?.day(zone).days_since(s.from?.day(zone)))
        };
        let runs = |s: &Suspended| {
            s.until.is_none_or(|u| u.day(&zone) >= view.dated)
                && s.from.is_none_or(|f| f.day(&zone) <= view.dated)
        };
        let score = |s: &Suspended| {
            let zone = self.zone_of(&s.by).unwrap_or(&zone);
            let day = |moment: Option<Moment>| moment.map(|m| m.day(zone));
            let mut worst = Near::Same;
            if let (Some(days), Some(exact)) = (claim.days, length(s)) {
                let close = (days - exact).abs() <= 3;
                // From when it was made known it may be longer than from when it began.
                let since_known = s.until.map(|u| u.day(zone).days_since(s.known.day(zone)));
                let same = same_length(days, exact)
                    || since_known.is_some_and(|exact| same_length(days, exact));
                worst = worst.max(if same {
                    Near::Same
                } else if close {
                    Near::Close
                } else {
                    Near::Off
                });
            }
            if let Some(until) = claim.until
                && claim.around.is_none()
            {
                let exact = day(s.until);
                let one = exact
                    .map_or(Near::Off, |exact| near(until, exact).min(near(until, exact.plus(-1))));
                worst = worst.max(one);
            }
            if let Some((first, last)) = claim.around.filter(|_| claim.until.is_some()) {
                let inside = day(s.until).is_some_and(|d| first.plus(-1) <= d && d <= last);
                worst = worst.max(if inside { Near::Same } else { Near::Off });
            }
            if let Some(from) = claim.from {
                let began = [day(s.from), Some(s.known.day(zone))].into_iter().flatten();
                worst = worst.max(began.map(|exact| near(from, exact)).min().unwrap_or(Near::Off));
            }
            if let Some((first, last)) = claim.around.filter(|_| claim.until.is_none()) {
                let made = s.known.day(zone);
                let runs = day(s.from).is_none_or(|f| f <= last)
                    && day(s.until).is_none_or(|u| u >= first);
                let inside = first.plus(-2) <= made && made <= last.plus(2);
                worst = worst.max(if inside {
                    Near::Same
                } else if runs {
                    Near::Close
                } else {
                    Near::Off
                });
            }
            let dates = [claim.from, claim.until, claim.around.map(|(first, _)| first)];
            if claim.days.is_none() && dates.iter().all(Option::is_none) && !runs(s) {
                worst = Near::Off;
            }
            worst
        };
        let best = candidates
            .iter()
            .filter(|s| {
                claim.tense != Tense::Present
                    || s.until.is_none_or(|u| u.day(&zone) >= view.dated)
                    || score(s) == Near::Same
            })
            .min_by_key(|s| (score(s), !runs(s), std::cmp::Reverse(s.known)));
        let Some(best) = best else {
            let touched = self.ledger.acts.iter().rev().find(|act| {
                let amends = act.operations.iter().any(|o| match &o.does {
                    Does::Amend { id, .. } => claim.programs.iter().any(|p| p == program_of(id)),
                    _ => false,
                });
                act.known <= known
                    && view.dated.days_since(act.known.day(&zone)) <= RECENT_DAYS
                    && amends
            });
            if let Some(act) = touched {
                let why = format!(
                    "The ledger has no suspension, but {} ({}): {}.",
                    act.id,
                    act.known.day(&zone),
                    act.title
                );
                return held(Verdict::Unsure, None, vec![act.id.clone()], why);
            }
            let why = "The ledger has no such suspension made by then.".to_owned();
            return held(Verdict::NotInLedger, None, Vec::new(), why);
        };
        let own = self.zone_of(&best.by).unwrap_or(&zone).clone();
        let day = |moment: Option<Moment>| moment.map(|m| m.day(&own));
        if let Some(until) = claim.until
            && score(best) != Near::Same
            && let Some(event) = self.ledger.events.iter().find(|event| {
                event.kind == "deadline"
                    && event.date.day(&zone) == until
                    && event.known.first(&zone) <= known
            })
        {
            let why = format!("{}.", event.title);
            return held(Verdict::Confirmed, Some(until.to_string()), event.sources.clone(), why);
        }
        if score(best) == Near::Off && !runs(best) {
            let why = "The ledger has no such suspension made by then.".to_owned();
            return held(Verdict::NotInLedger, None, Vec::new(), why);
        }
        let exact = span(day(best.from), day(best.until));
        // What was agreed a moment ago may be made by an act to come.
        let news = claim.tense != Tense::Present
            && claim.from.or(claim.until).is_none()
            && view.dated.days_since(best.known.day(&zone)) > RECENT_DAYS;
        if score(best) == Near::Off && (news || claim.status == Some(Legal::Announced)) {
            let title = self.ledger.act(&best.act).map_or("", |act| act.title.as_str());
            let why = format!(
                "No act of that length or day was made by then; in force: {title}, {exact}."
            );
            return held(Verdict::Unsure, Some(exact), vec![best.act.clone()], why);
        }
        let whom = if best.origins.len() >= MANY {
            "other partners".to_owned()
        } else {
            best.origins.iter().cloned().collect::<Vec<_>>().join(", ")
        };
        let mut cites = vec![best.act.clone()];
        let title = self.ledger.act(&best.act).map_or("", |act| act.title.as_str());
        let mut why = format!("{title} ({whom}): suspended {exact}.");
        // The same on the other side.
        let twin = candidates.iter().find(|s| {
            s.by != best.by && s.until.map(|u| u.day(&zone)) == best.until.map(|u| u.day(&zone))
        });
        cites.extend(twin.map(|s| s.act.clone()));
        let other = self.suspensions.iter().find(|s| {
            s.by == best.by
                && s.program == best.program
                && s.origins != best.origins
                && s.known <= known
                && runs(s)
                && runs(best)
                && s.until != best.until
        });
        if let Some(other) = other {
            let of = if other.origins.len() >= MANY {
                "the other partners".to_owned()
            } else {
                other.origins.iter().cloned().collect::<Vec<_>>().join(", ")
            };
            why.push_str(&format!(
                " Not the one for {of}, {}.",
                span(day(other.from), day(other.until))
            ));
        }
        let verdict = match score(best) {
            Near::Same => Verdict::Confirmed,
            Near::Close => Verdict::Imprecise,
            Near::Off => Verdict::Contradicted,
        };
        if !view.as_faced {
            let (program, known) = (best.program.clone(), self.known(view));
            if let Some(by) = self.voided(&[], &[program], known) {
                why.push_str(&format!(" The duty itself is void from the start since {by}."));
                cites.push(by);
            }
        }
        held(verdict, Some(exact), cites, why)
    }

    fn zone_of(&self, territory: &str) -> Option<&Zone> {
        self.ledger.territory(territory).map(|t| &t.zone)
    }

    /// Whether what is suspended is a duty and no control.
    fn levies(&self, s: &Suspended) -> bool {
        self.ledger.program(&s.program).is_some_and(|program| program.levies)
    }

    /// Whether a suspension is on the partner that the claim means.
    fn is_on(&self, claim: &Claim, s: &Suspended) -> bool {
        if claim.others {
            return s.origins.len() >= MANY;
        }
        let partners: Vec<Country> = claim
            .on
            .iter()
            .chain(&claim.levied_by)
            .copied()
            .filter(|c| self.territory(*c).is_none_or(|t| t.id != s.by))
            .collect();
        if partners.is_empty() {
            return true;
        }
        partners.iter().any(|partner| {
            let Some(origin) = self.origin(*partner) else { return false };
            let at = s.from.unwrap_or(s.known);
            s.origins.iter().any(|area| self.ledger.in_area(origin, area, at))
        })
    }
}

/// `2025-05-14 to 2025-08-12 (90 days)`.
fn span(from: Option<Day>, until: Option<Day>) -> String {
    match (from, until) {
        (Some(from), Some(until)) => format!("{from} to {until} ({} days)", until.days_since(from)),
        (Some(from), None) => format!("from {from}, without an end"),
        (None, Some(until)) => format!("until {until}"),
        (None, None) => "without an end".to_owned(),
    }
}
