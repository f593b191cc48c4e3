//! Rates and changes of rates, held against what was levied.

use std::collections::BTreeSet;
use std::rc::Rc;

use chronicle::stack::percent;
use ledger::{Does, program_of, territory_of};
use tariff::{Code, Country, Day, Exact, Moment, Stated, Zone, limits};

use crate::claim::{Bound, Claim, Kind, Legal, Tense};
use crate::hold::figure::{Figure, Of, of_stretch};
use crate::hold::{Bench, Near, View, held, near};
use crate::verdict::{Held, Verdict};

/// Figures that hold together for a time.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    from: Moment,
    until: Option<Moment>,
    figures: Vec<Figure>,
    /// For how long what is suspended in it is so.
    suspended_days: Vec<i32>,
}

/// What samples depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Sampled {
    by: Country,
    origin: Option<Country>,
    programs: Vec<String>,
    codes: Vec<Code>,
    listed: bool,
    view: View,
}

/// A figure that goes from one rate to another.
#[derive(Clone, Debug)]
struct Turn {
    at: Moment,
    from: Exact,
    to: Exact,
    figure: Figure,
    /// Whether both ends are of one measure.
    same: bool,
    suspended_days: Vec<i32>,
}

/// A percentage point: within it a figure is rounded.
const ROUNDING: i128 = 1;

/// How far ahead of a text a duty may lie that it tells as made.
const SOON_DAYS: i32 = 120;

/// How far ahead it may lie to be told in the present tense.
const NEAR_DAYS: i32 = 14;

/// How far ahead a change may lie that a text tells without a date.
const FAR_DAYS: i32 = 400;

/// What began within these seconds (a week) before a text may still be told as to come.
const JUST_SECONDS: i64 = 7 * 86_400;

impl Bench<'_> {
    pub(super) fn rate(&mut self, claim: &Claim, view: View) -> Held {
        let Some(by) = claim.levied_by.first().copied() else {
            let why = "The text does not say who levies it.".to_owned();
            return held(Verdict::Unsure, None, Vec::new(), why);
        };
        if claim.levied_by.iter().all(|by| self.territory(*by).is_none()) {
            let why = format!("The ledger does not hold the duties of {}.", self.name(by));
            return held(Verdict::NotInLedger, None, Vec::new(), why);
        }
        if claim.goods.is_some() && claim.programs.is_empty() && claim.codes.is_empty() {
            let why = "The ledger has no duty by the name of these goods.".to_owned();
            return held(Verdict::Unsure, None, Vec::new(), why);
        }
        let mut worst: Option<Held> = None;
        for by in claim
            .levied_by
            .iter()
            .filter(|by| self.territory(**by).is_some())
            .copied()
            .collect::<Vec<_>>()
        {
            let targets: Vec<Option<Country>> =
                match claim.on.iter().filter(|on| **on != by).count() {
                    0 => vec![None],
                    _ => claim.on.iter().filter(|on| **on != by).map(|on| Some(*on)).collect(),
                };
            for on in targets {
                let found = self.rate_of(claim, by, on, view);
                if worst
                    .as_ref()
                    .is_none_or(|worst| severity(found.verdict) > severity(worst.verdict))
                {
                    worst = Some(found);
                }
            }
        }
        worst.unwrap_or_else(|| held(Verdict::Unsure, None, Vec::new(), String::new()))
    }

    fn rate_of(&mut self, claim: &Claim, by: Country, on: Option<Country>, view: View) -> Held {
        // `The fentanyl tariff` is on goods of one country, whether the text names it or not.
        let on = on.or_else(|| self.sole_origin(by, &claim.programs));
        let origin = match on {
            Some(on) => match self.origin(on) {
                Some(origin) => Some(origin),
                None => {
                    let why = format!("`{on}` is no country of the ledger.");
                    return held(Verdict::NotInLedger, None, Vec::new(), why);
                }
            },
            None => None,
        };
        let samples = self.samples(claim, by, origin, view);
        let who = match on {
            Some(on) => format!("{} on goods of {}", self.name(by), self.name(on)),
            None => self.name(by),
        };
        let zone = self.territory(by).map(|t| t.zone.clone());
        let Some(zone) = zone else {
            return held(Verdict::NotInLedger, None, Vec::new(), String::new());
        };
        let mut found = match claim.kind {
            Kind::Change => self.change(claim, &samples, &who, view, &zone),
            _ => self.level(claim, &samples, &who, view, &zone),
        };
        let unnamed =
            on.is_none() && claim.programs.is_empty() && claim.goods.is_none() && !claim.others;
        if unnamed && found.verdict == Verdict::Contradicted {
            found.verdict = Verdict::Unsure;
            found.why = format!("The text does not say on whose goods. {}", found.why);
        }
        // What some goods owe besides may make up the rest of the highest rate, and goods that are only called
        // listed may be on a list of any program.
        let some_goods = claim.goods.is_none() && (claim.bound == Bound::UpTo || claim.listed);
        if some_goods && found.verdict == Verdict::Contradicted {
            found.verdict = Verdict::Unsure;
            found.why = format!("The text does not say on which goods. {}", found.why);
        }
        let lacking = matches!(found.verdict, Verdict::Contradicted | Verdict::NotInLedger);
        if !view.as_faced && lacking {
            self.tell_void(claim, by, origin, view, &mut found, &zone, &who);
        }
        found
    }

    /// Where what was levied then is void now, says so.
    #[allow(clippy::too_many_arguments)]
    fn tell_void(
        &mut self,
        claim: &Claim,
        by: Country,
        origin: Option<Country>,
        view: View,
        found: &mut Held,
        zone: &Zone,
        who: &str,
    ) {
        let then = View { as_faced: true, known: view.dated, ..view };
        let samples = self.samples(claim, by, origin, then);
        let faced = match claim.kind {
            Kind::Change => self.change(claim, &samples, who, then, zone),
            _ => self.level(claim, &samples, who, then, zone),
        };
        if !matches!(faced.verdict, Verdict::Confirmed | Verdict::Imprecise) {
            return;
        }
        let known = self.known(view);
        let ledger = self.ledger;
        let programs: Vec<String> = ledger
            .measures()
            .filter(|(_, records)| {
                records.iter().any(|r| faced.cites.contains(&ledger.record(*r).0.id))
            })
            .map(|(id, _)| program_of(id).to_owned())
            .collect();
        if let Some(act) = self.voided(&faced.cites, &programs, known) {
            found.verdict = Verdict::Contradicted;
            found.why = format!(
                "It was so then ({}), and is void from the start since {act}.",
                faced.why.trim_end_matches('.')
            );
            found.exact = Some(format!("void from the start ({act})"));
            found.cites.push(act);
        }
    }

    /// What may be meant, over time.
    fn samples(
        &mut self,
        claim: &Claim,
        by: Country,
        origin: Option<Country>,
        view: View,
    ) -> Rc<Vec<Sample>> {
        let sampled = Sampled {
            by,
            origin,
            programs: claim.programs.clone(),
            codes: claim.codes.clone(),
            listed: claim.listed,
            view,
        };
        if let Some(samples) = self.samples.get(&sampled) {
            return samples.clone();
        }
        let samples = Rc::new(self.sample(claim, by, origin, view));
        if self.samples.len() >= limits::VIEWS_KEPT_MAX {
            self.samples.clear();
        }
        self.samples.insert(sampled, samples.clone());
        samples
    }

    fn sample(
        &mut self,
        claim: &Claim,
        by: Country,
        origin: Option<Country>,
        view: View,
    ) -> Vec<Sample> {
        let Some(territory) = self.territory(by) else { return Vec::new() };
        let ledger = self.ledger;
        let known = self.known(view);
        let made = |program: &str| {
            ledger.measures().any(|(id, records)| {
                program_of(id) == program
                    && records.iter().any(|r| ledger.record(*r).0.known <= known)
            })
        };
        let own: Vec<String> = claim
            .programs
            .iter()
            // A name may come to mean a program that is not made yet (`surcharge`).
            .filter(|p| made(p))
            .filter(|p| ledger.program(p).is_some_and(|p| p.by == territory.id))
            .cloned()
            .collect();
        let anything = own.is_empty() && claim.codes.is_empty();
        let programs: Vec<String> = match (anything, origin) {
            // Whatever the side levies on all goods.
            (true, _) if origin.is_none() || claim.listed => {
                let levied = |p: &&ledger::Program| p.by == territory.id && p.levies && !p.base;
                ledger.programs.iter().filter(levied).map(|p| p.id.clone()).collect()
            }
            _ => own.clone(),
        };
        let mut courses: Vec<std::rc::Rc<super::course::Course>> = Vec::new();
        if let Some(origin) = origin {
            let digits = territory.code_digits;
            let codes: Vec<Option<Code>> = if claim.codes.is_empty() {
                vec![None]
            } else {
                claim.codes.iter().filter(|c| c.digits() == digits).map(|c| Some(*c)).collect()
            };
            for code in codes {
                courses.push(self.course(territory, origin, code, view));
            }
        }
        let mut cuts: BTreeSet<Moment> =
            courses.iter().flat_map(|c| c.stretches.iter().map(|s| s.from)).collect();
        cuts.extend(self.cuts(&programs));
        let now = self.known(view);
        let mut samples: Vec<Sample> = Vec::new();
        for at in cuts {
            let mut figures = Vec::new();
            let mut suspended_days = Vec::new();
            for stretch in courses.iter().flat_map(|c| &c.stretches).filter(|s| s.contains(at)) {
                for figure in of_stretch(stretch) {
                    let named = match &figure.of {
                        Of::Program(program) => own.is_empty() || own.contains(program),
                        Of::Total => true,
                        _ => own.is_empty(),
                    };
                    if named && !figures.contains(&figure) {
                        figures.push(figure);
                    }
                }
                for layer in stretch.layers.iter().filter(|l| l.suspended.is_some()) {
                    let until = layer.until.map(|until| until.day(&territory.zone));
                    suspended_days
                        .extend(until.map(|u| u.days_since(stretch.from.day(&territory.zone))));
                }
            }
            if !programs.is_empty() {
                let known =
                    if view.as_faced { at.max(Moment::from_seconds(0)).min(now) } else { now };
                let mut listed = self.listed(&programs, origin, at, known);
                if anything && !claim.listed {
                    listed.retain(|figure| figure.plain && self.on_all_goods(figure));
                }
                if origin.is_none() {
                    // What is said of no country is said of the measures on all of them, where there are any.
                    let wide: Vec<String> = listed.iter().filter(|f| f.wide).map(program).collect();
                    listed.retain(|f| f.wide || !wide.contains(&program(f)));
                }
                figures.extend(listed);
            }
            if let Some(last) = samples.last_mut() {
                last.until = Some(at);
            }
            samples.push(Sample { from: at, until: None, figures, suspended_days });
        }
        samples
    }

    /// The one country, with what stands beside it, that programs of a side are about.
    fn sole_origin(&self, by: Country, programs: &[String]) -> Option<Country> {
        const FEW: usize = 3;
        let territory = self.territory(by)?;
        let mut origins: Vec<&String> = Vec::new();
        for (id, records) in self.ledger.measures() {
            if territory_of(id) != territory.id || !programs.iter().any(|p| p == program_of(id)) {
                continue;
            }
            for record in records {
                if let Does::Measure { fields, .. } = &self.ledger.record(*record).1.does {
                    origins.extend(fields.of.iter().flatten());
                }
            }
        }
        let first = origins.first().and_then(|area| Country::parse(area).ok())?;
        let distinct: BTreeSet<&&String> = origins.iter().collect();
        (distinct.len() <= FEW).then_some(first)
    }

    fn on_all_goods(&self, figure: &Figure) -> bool {
        let Of::Measure(id) = &figure.of else { return true };
        let Some(records) = self.ledger.measure(id) else { return false };
        records.iter().any(|record| match &self.ledger.record(*record).1.does {
            Does::Measure { fields, .. } => matches!(fields.goods, None | Some(None)),
            _ => false,
        })
    }

    /// When measures of the programs begin, change or end.
    fn cuts(&self, programs: &[String]) -> BTreeSet<Moment> {
        let mut cuts = BTreeSet::new();
        for (id, records) in self.ledger.measures() {
            if territory_of(id).is_empty() || !programs.iter().any(|p| p == program_of(id)) {
                continue;
            }
            for record in records {
                let (act, operation) = self.ledger.record(*record);
                cuts.extend(
                    [operation.interval.from, operation.interval.until].into_iter().flatten(),
                );
                if matches!(operation.does, Does::Void { .. }) {
                    cuts.extend(act.binds_from());
                }
            }
        }
        let before = cuts.first().map(|first| first.plus_seconds(-1));
        cuts.extend(before);
        cuts
    }

    /// One rate: was it levied when the text says?
    fn level(&self, claim: &Claim, samples: &[Sample], who: &str, view: View, zone: &Zone) -> Held {
        let Some(stated) = claim.rate_to.or(claim.rate_from) else {
            let why = "The text states no rate.".to_owned();
            return held(Verdict::Unsure, None, Vec::new(), why);
        };
        let now = Stated::Day(view.dated).last(zone);
        let announced = claim.status == Some(Legal::Announced) || claim.tense == Tense::Future;
        let meant = |sample: &&Sample| -> bool {
            let over = |first: Day, last: Day| {
                let (first, last) = (Stated::Day(first).first(zone), Stated::Day(last).last(zone));
                sample.from <= last && sample.until.is_none_or(|until| until > first)
            };
            match (claim.from, claim.around, claim.until) {
                (Some(day), ..) => over(day, day),
                (None, Some((first, last)), _) => over(first, last),
                (None, None, Some(until)) => over(until.plus(-2), until),
                _ if announced => sample.until.is_none_or(|until| until > now),
                _ if claim.tense == Tense::Present => {
                    sample.from <= now && sample.until.is_none_or(|until| until > now)
                }
                _ => sample.from <= now,
            }
        };
        if claim.status == Some(Legal::Expired) {
            return ended(claim, stated, samples, who, view, zone);
        }
        let there: Vec<&Sample> = samples.iter().filter(meant).collect();
        if let Some(held) = best(claim, stated, &there, who, zone) {
            return held;
        }
        // Made by then, and not yet begun.
        let undated = claim.from.is_none() && claim.around.is_none() && claim.until.is_none();
        if undated && !announced {
            let soon = Stated::Day(view.dated.plus(SOON_DAYS)).last(zone);
            let coming: Vec<&Sample> =
                samples.iter().filter(|s| s.from > now && s.from <= soon).collect();
            if let Some(mut found) = best(claim, stated, &coming, who, zone) {
                let near = Stated::Day(view.dated.plus(NEAR_DAYS)).last(zone);
                if claim.tense == Tense::Present && !coming.iter().any(|s| s.from <= near) {
                    found.verdict = found.verdict.max(Verdict::Imprecise);
                }
                return found;
            }
        }
        // At another time, it may have been so.
        let others: Vec<&Sample> = samples.iter().filter(|s| !meant(s)).collect();
        let elsewhere = best(claim, stated, &others, who, zone);
        if let (Some(day), Some(_)) = (claim.from, &elsewhere) {
            let matching =
                || samples.iter().filter(|s| s.figures.iter().any(|f| f.percent == stated));
            // Said of the day on which the act was made known.
            let signed = matching().find(|sample| {
                sample
                    .figures
                    .iter()
                    .filter(|f| f.percent == stated)
                    .any(|figure| figure.cites.iter().any(|cite| self.known_near(cite, day)))
            });
            if let Some(sample) = signed {
                let exact = format!("{} from {}", percent(stated), sample.from.day(zone));
                let cites = cites(sample, stated);
                let why =
                    format!("Made known on {day}, it applies from {}.", sample.from.day(zone));
                return held(Verdict::Confirmed, Some(exact), cites, why);
            }
            if let Some(sample) = matching().min_by_key(|s| s.from.day(zone).days_since(day).abs())
            {
                let from = sample.from.day(zone);
                let exact = format!("{} from {from}", percent(stated));
                let close = near(day, from) == Near::Close;
                let verdict = if close { Verdict::Imprecise } else { Verdict::Contradicted };
                let why = format!("{who}: {} from {from}, not {day}.", percent(stated));
                return held(verdict, Some(exact), cites(sample, stated), why);
            }
        }
        let nothing =
            there.iter().all(|sample| sample.figures.iter().all(|f| f.percent == Exact::ZERO));
        let nearest = there
            .iter()
            .rev()
            .flat_map(|sample| sample.figures.iter().map(move |figure| (*sample, figure)))
            .filter(|(_, figure)| figure.percent != Exact::ZERO || nothing)
            .min_by_key(|(_, figure)| distance(figure.percent, stated));
        let Some((sample, figure)) = nearest else {
            return match elsewhere {
                Some(found) if announced => found,
                Some(found) => held(
                    Verdict::Contradicted,
                    found.exact,
                    found.cites,
                    format!("Not at the time that the text speaks of: {}", found.why),
                ),
                None if announced => {
                    let why = "The ledger has no law of this rate made by then.".to_owned();
                    held(Verdict::NotInLedger, None, Vec::new(), why)
                }
                None if samples.iter().any(|s| !s.figures.is_empty()) => {
                    let why = format!("{who}: no such duty is levied at that time.");
                    held(Verdict::Contradicted, Some("0%".to_owned()), Vec::new(), why)
                }
                None => {
                    let why = format!("The ledger has no such duty of {who}.");
                    held(Verdict::NotInLedger, None, Vec::new(), why)
                }
            };
        };
        if announced && elsewhere.is_none() {
            let why =
                format!("The ledger has no law of {who} at {} made by then.", percent(stated));
            return held(Verdict::NotInLedger, None, Vec::new(), why);
        }
        let told = told(figure);
        let since = sample.from.day(zone);
        if distance(figure.percent, stated) <= Exact::from(ROUNDING) {
            let why = format!("{who}: exactly {told} (from {since}).");
            return held(Verdict::Imprecise, Some(told), figure.cites.clone(), why);
        }
        let why = match elsewhere {
            Some(found) => format!("{who}: {told} (from {since}). {}", found.why),
            None => format!("{who}: {told} (from {since}), and at no time {}.", percent(stated)),
        };
        held(Verdict::Contradicted, Some(told), figure.cites.clone(), why)
    }

    /// Whether an act became known on the day, or a day beside it.
    fn known_near(&self, act: &str, day: Day) -> bool {
        let Some(home) = self.ledger.territories.first() else { return false };
        let known = self.ledger.act(act).map(|act| act.known.day(&home.zone));
        known.is_some_and(|known| known.days_since(day).abs() <= 1)
    }

    /// A rate that goes to another: did it, and when?
    fn change(
        &self,
        claim: &Claim,
        samples: &[Sample],
        who: &str,
        view: View,
        zone: &Zone,
    ) -> Held {
        let now = Stated::Day(view.dated).last(zone);
        let far = Stated::Day(claim.from.unwrap_or(view.dated).plus(FAR_DAYS)).last(zone);
        let turns: Vec<Turn> = turns(samples)
            .into_iter()
            .filter(|turn| match claim.tense {
                Tense::Future => turn.at > now.plus_seconds(-JUST_SECONDS) && turn.at <= far,
                _ => turn.at <= now || self.made_by(turn, view) && turn.at <= far,
            })
            .collect();
        let fits = |turn: &&Turn| {
            claim.rate_to.is_none_or(|to| turn.to == to)
                && claim.rate_from.is_none_or(|from| turn.from == from)
                && claim.points.is_none_or(|points| turn.to - turn.from == points)
                && claim.falls.is_none_or(|falls| (turn.to < turn.from) == falls)
        };
        let stated = claim.from.or(claim.around.map(|(first, _)| first));
        let off = |turn: &&Turn| {
            let days = stated.map_or(0, |day| turn.at.day(zone).days_since(day).abs());
            // Of several the one of one measure, near the date, and the last.
            let sum = !claim.programs.is_empty() && turn.figure.of == Of::Total;
            (!turn.same, days, sum, std::cmp::Reverse(turn.at))
        };
        let Some(turn) = turns.iter().filter(fits).min_by_key(off) else {
            return self.no_such_change(claim, samples, &turns, who, view, zone);
        };
        let day = turn.at.day(zone);
        let exact = format!("{} → {} on {day}", percent(turn.from), percent(turn.to));
        let mut verdict = Verdict::Confirmed;
        let mut why = format!("{who}, {}: {exact}.", turn.figure.title);
        let made_near = |day: Day| turn.figure.cites.iter().any(|cite| self.known_near(cite, day));
        let dated = match (claim.from, claim.around) {
            (Some(stated), _) if made_near(stated) => Near::Same,
            (Some(stated), _) => near(stated, day),
            (None, Some((first, last)))
                if first <= day && day <= last.plus(7) || made_near(first) || made_near(last) =>
            {
                Near::Same
            }
            (None, Some((first, last))) => near(first, day).min(near(last, day)),
            _ => Near::Same,
        };
        match dated {
            Near::Same => {}
            Near::Close => verdict = Verdict::Imprecise,
            Near::Off => verdict = Verdict::Contradicted,
        }
        if verdict == Verdict::Confirmed
            && !matches!(claim.bound, Bound::Exactly | Bound::UpTo | Bound::AtLeast)
        {
            verdict = Verdict::Imprecise;
            why = format!("Exactly {}. {why}", percent(turn.to));
        }
        if let Some(days) = claim.days
            && !turn.suspended_days.is_empty()
            && !turn.suspended_days.iter().any(|d| same_length(days, *d))
        {
            verdict = verdict.max(Verdict::Imprecise);
            why.push_str(&format!(" For {} days.", turn.suspended_days[0]));
        }
        held(verdict, Some(exact), turn.figure.cites.clone(), why)
    }

    /// Whether the acts behind a turn were made by the date of the document.
    fn made_by(&self, turn: &Turn, view: View) -> bool {
        let known = self.known(View { known: view.dated, ..view });
        turn.figure
            .cites
            .iter()
            .filter_map(|cite| self.ledger.act(cite))
            .any(|act| act.known <= known)
    }

    fn no_such_change(
        &self,
        claim: &Claim,
        samples: &[Sample],
        turns: &[Turn],
        who: &str,
        view: View,
        zone: &Zone,
    ) -> Held {
        let now = Stated::Day(view.dated).last(zone);
        let to = |turn: &&Turn| claim.rate_to.is_some_and(|to| turn.to == to);
        // It came there, from another rate: in steps, or wrongly told.
        if let Some(turn) = turns.iter().filter(to).max_by_key(|turn| (turn.same, turn.at)) {
            let day = turn.at.day(zone);
            let exact = format!("{} → {} on {day}", percent(turn.from), percent(turn.to));
            let stepped = claim.rate_from.is_some_and(|from| {
                let earlier = samples.iter().filter(|s| s.from < turn.at);
                earlier
                    .rev()
                    .take(6)
                    .any(|s| s.figures.iter().any(|f| f.percent == from && f.of == turn.figure.of))
            });
            if stepped {
                let why = format!("{who}: in steps, the last {exact}.");
                return held(Verdict::Confirmed, Some(exact), turn.figure.cites.clone(), why);
            }
            let cites = turn.figure.cites.clone();
            let why = format!("{who}, {}: {exact}.", turn.figure.title);
            return held(Verdict::Contradicted, Some(exact), cites, why);
        }
        let announced = claim.status == Some(Legal::Announced) || claim.tense == Tense::Future;
        if let Some(to) = claim.rate_to.filter(|_| !announced) {
            let past: Vec<&Sample> = samples.iter().filter(|s| s.from <= now).collect();
            if claim.rate_from.is_none() || !turns.is_empty() {
                let found = best(claim, to, &past, who, zone);
                if let Some(found) = found.filter(|_| claim.rate_from.is_none()) {
                    return found;
                }
            }
        }
        let target = claim.rate_to.or(claim.rate_from);
        let nearest = turns
            .iter()
            .filter(|turn| turn.same)
            .min_by_key(|turn| target.map(|rate| distance(turn.to, rate)));
        match nearest {
            _ if announced => {
                let why = "The ledger has no law of this change made by then.".to_owned();
                held(Verdict::NotInLedger, None, Vec::new(), why)
            }
            Some(turn) => {
                let day = turn.at.day(zone);
                let exact = format!("{} → {} on {day}", percent(turn.from), percent(turn.to));
                let close = target
                    .is_some_and(|rate| distance(turn.to, rate) <= Exact::from(ROUNDING))
                    && claim
                        .rate_from
                        .is_none_or(|from| distance(turn.from, from) <= Exact::from(ROUNDING));
                let verdict = if close { Verdict::Imprecise } else { Verdict::Contradicted };
                let why = format!("{who}: no such change; the nearest is {exact}.");
                held(verdict, Some(exact), turn.figure.cites.clone(), why)
            }
            None => {
                let why = format!("The ledger has no change of the duties of {who}.");
                held(Verdict::NotInLedger, None, Vec::new(), why)
            }
        }
    }
}

/// Whether days stated (`90`, a month of 30, a year of 365) and exact ones are the same length.
pub fn same_length(stated: i32, exact: i32) -> bool {
    let slack = match stated {
        s if s % 365 == 0 => 2,
        s if s % 30 == 0 && s != 90 => 2,
        _ => 1,
    };
    (stated - exact).abs() <= slack
}

fn program(figure: &Figure) -> String {
    match &figure.of {
        Of::Measure(id) => program_of(id).to_owned(),
        _ => String::new(),
    }
}

fn severity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Confirmed => 0,
        Verdict::Imprecise => 1,
        Verdict::Unsure | Verdict::NotCheckable => 2,
        Verdict::NotInLedger => 3,
        Verdict::Contradicted => 4,
    }
}

fn distance(a: Exact, b: Exact) -> Exact {
    if a > b { a - b } else { b - a }
}

fn told(figure: &Figure) -> String {
    match figure.of {
        Of::Total => format!("{} in all", percent(figure.percent)),
        _ => format!("{} ({})", percent(figure.percent), figure.title),
    }
}

fn cites(sample: &Sample, stated: Exact) -> Vec<String> {
    let figures = sample.figures.iter().filter(|f| f.percent == stated);
    figures.flat_map(|f| f.cites.iter().cloned()).collect()
}

/// A rate that is said to have ended: it was levied, and is not now.
fn ended(
    claim: &Claim,
    stated: Exact,
    samples: &[Sample],
    who: &str,
    view: View,
    zone: &Zone,
) -> Held {
    let end = claim.until.or(claim.from).unwrap_or(view.dated);
    let last = Stated::Day(end).last(zone);
    let own = |f: &Figure| match &f.of {
        _ if claim.programs.is_empty() => true,
        Of::Program(program) => claim.programs.contains(program),
        Of::Measure(id) => claim.programs.iter().any(|p| p == program_of(id)),
        _ => false,
    };
    let has = |s: &Sample| s.figures.iter().any(|f| f.percent == stated && own(f));
    let before: Vec<&Sample> = samples.iter().filter(|s| s.from <= last).collect();
    let Some(mut found) = best(claim, stated, &before, who, zone) else {
        let why = format!("{who}: {} was not levied before.", percent(stated));
        return held(Verdict::Contradicted, None, Vec::new(), why);
    };
    // It may end at the end of the day.
    let after = Stated::Day(end.plus(1)).last(zone);
    let goes_on =
        samples.iter().any(|s| s.from <= after && s.until.is_none_or(|u| u > after) && has(s));
    if goes_on {
        found.verdict = Verdict::Contradicted;
        found.why.push_str(" It goes on.");
    } else if let Some(until) = claim.until {
        let turn = before.iter().rev().find(|s| has(s)).and_then(|s| s.until).map(|u| u.day(zone));
        let off = turn.map_or(Near::Same, |turn| near(until, turn).min(near(until, turn.plus(-1))));
        match off {
            Near::Same => {}
            Near::Close => found.verdict = Verdict::Imprecise,
            Near::Off => found.verdict = Verdict::Contradicted,
        }
        found.exact = turn.map(|turn| format!("until {turn}"));
    }
    found
}

/// What the samples say to a rate with its bound, where they have it: the last of them first.
fn best(claim: &Claim, stated: Exact, samples: &[&Sample], who: &str, zone: &Zone) -> Option<Held> {
    // Of what is to come the first, of what was the last.
    let coming = claim.status == Some(Legal::Announced) || claim.tense == Tense::Future;
    let mut ordered: Vec<&Sample> = samples.to_vec();
    if !coming {
        ordered.reverse();
    }
    let figures = || {
        ordered.iter().flat_map(|sample| sample.figures.iter().map(move |figure| (*sample, figure)))
    };
    let told_of = |sample: &Sample, figure: &Figure| {
        let since = sample.from.day(zone);
        let until =
            sample.until.map_or(String::new(), |until| format!(" until {}", until.day(zone)));
        format!("{who}: {} from {since}{until}.", told(figure))
    };
    // The sum is meant before a part of it is.
    let rank = |figure: &Figure| match &figure.of {
        Of::Program(program) if claim.programs.contains(program) => 0,
        Of::Total => 1,
        Of::Program(_) => 2,
        Of::Measure(_) if figure.plain => 2,
        Of::Measure(_) => 3,
        Of::Sum(..) => 4,
    };
    // Of a country's goods a measure on them is meant before one on all goods.
    let wide = |figure: &Figure| figure.wide && !claim.on.is_empty();
    let exact =
        figures().filter(|(_, f)| f.percent == stated).min_by_key(|(_, f)| (rank(f), wide(f)));
    let ten = Exact::new(1, 10);
    let beyond = |over: bool| {
        figures().find(|(_, f)| {
            let within = distance(f.percent, stated) <= stated * ten && f.percent != stated;
            within && (f.percent > stated) == over
        })
    };
    let (verdict, (sample, figure)) = match claim.bound {
        Bound::Exactly => {
            let (sample, figure) = exact?;
            let part = claim.programs.len() == 1
                && figure.of == Of::Total
                && sample.figures.iter().any(|f| {
                    matches!(&f.of, Of::Program(p) if claim.programs.contains(p))
                        && f.percent != stated
                });
            let zero = stated == Exact::ZERO && figure.of != Of::Total;
            if zero {
                return None;
            }
            (if part { Verdict::Imprecise } else { Verdict::Confirmed }, (sample, figure))
        }
        Bound::Over => match (exact, beyond(true)) {
            (Some(found), _) => (Verdict::Imprecise, found),
            (None, found) => (Verdict::Confirmed, found?),
        },
        Bound::Under => match (exact, beyond(false)) {
            (Some(found), _) => (Verdict::Imprecise, found),
            (None, found) => (Verdict::Confirmed, found?),
        },
        Bound::AtLeast => (Verdict::Confirmed, exact.or(beyond(true))?),
        Bound::UpTo => (Verdict::Confirmed, exact?),
        Bound::About => match exact {
            Some(found) => (Verdict::Confirmed, found),
            None => (Verdict::Imprecise, beyond(true).or(beyond(false))?),
        },
    };
    let mut why = told_of(sample, figure);
    if verdict == Verdict::Imprecise {
        why = format!("Exactly {}. {why}", percent(figure.percent));
    }
    if let Of::Program(_) = figure.of
        && let Some(total) =
            sample.figures.iter().find(|f| f.of == Of::Total && f.percent != stated)
    {
        why.push_str(&format!(" With the other layers {}.", told(total)));
    }
    Some(held(verdict, Some(told(figure)), figure.cites.clone(), why))
}

/// The changes from each sample to the next.
fn turns(samples: &[Sample]) -> Vec<Turn> {
    let mut turns = Vec::new();
    for pair in samples.windows(2) {
        let [before, after] = pair else { continue };
        let mut add = |from: Exact, to: Exact, figure: &Figure, same: bool| {
            if from != to {
                turns.push(Turn {
                    at: after.from,
                    from,
                    to,
                    figure: figure.clone(),
                    same,
                    suspended_days: after.suspended_days.clone(),
                });
            }
        };
        for figure in &after.figures {
            let was: Vec<&Figure> = before.figures.iter().filter(|f| f.of == figure.of).collect();
            if was.is_empty() {
                add(Exact::ZERO, figure.percent, figure, true);
            }
            for was in was {
                add(was.percent, figure.percent, figure, true);
            }
        }
        for figure in before.figures.iter().filter(|f| !after.figures.iter().any(|a| a.of == f.of))
        {
            add(figure.percent, Exact::ZERO, figure, true);
        }
        // One measure takes the place of another.
        let new = after.figures.iter().filter(|f| !before.figures.contains(f));
        for figure in new {
            for was in
                before.figures.iter().filter(|f| f.of != figure.of && !after.figures.contains(f))
            {
                add(was.percent, figure.percent, figure, false);
            }
        }
    }
    turns
}
