//! The answer for one line, every open point tried.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ledger::{DateFact, Status};
use tariff::{Code, Moment, Stated, limits};

use crate::compile::cell::Cell;
use crate::compile::side::Side;
use crate::compile::version::VersionRate;
use crate::lines::LineFacts;
use crate::run::choices::{Choices, Key, Need};
use crate::run::{Asked, GoodsOf, Part, Reach, Run, TracedPart};

/// The fact that is missing where another duty stands in for a base duty that is not held.
pub(crate) const STAND_IN: &str = "base-stand-in";

/// What one measure contributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    pub measure: String,
    /// Place in `Ledger::programs`.
    pub program: usize,
    pub heading: Option<Code>,
    /// The rate in words.
    pub rate: String,
    pub amount_cents: i64,
    /// Whether the amount is only what is known of it.
    pub incomplete: bool,
}

/// What a line owes.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: Status,
    /// After the territory's rounding.
    pub value_cents: i64,
    pub duty_cents: Option<i64>,
    pub duty_min_cents: Option<i64>,
    /// `None` is without bound, or no answer.
    pub duty_max_cents: Option<i64>,
    pub components: Vec<Component>,
    /// Facts that are missing, or the reason why there is no answer.
    pub needs: Vec<String>,
    /// What is said of this line; what holds for all lines of a day is not here.
    pub warnings: Vec<String>,
}

impl Answer {
    pub(crate) fn none(status: Status, value_cents: i64, reason: String) -> Answer {
        Answer {
            status,
            value_cents,
            duty_cents: None,
            duty_min_cents: None,
            duty_max_cents: None,
            components: Vec::new(),
            needs: vec![reason],
            warnings: Vec::new(),
        }
    }
}

/// A line with everything settled but the law of its moment.
pub(crate) struct Posed<'r, 'l> {
    pub side: &'r Side<'l>,
    pub asked: &'r Asked<'r>,
    pub goods: &'r [GoodsOf<'l>],
    /// Which date fixes the law, and the moments it may mean.
    pub of: DateFact,
    pub moments: &'r [Moment],
    /// What the day and the code give rise to say.
    pub day_warnings: &'r [String],
    /// For each claim of the side, whether some law asks for it at all.
    pub claims_known: &'r [bool],
}

/// What the runs of a line looked like, for a plan of it.
pub(crate) struct Traced {
    /// The parts of each run; the first assumes what is assumed of missing facts.
    pub runs: Vec<Vec<TracedPart>>,
    pub reach: Reach,
    pub points: Vec<Point>,
    /// Facts that are missing for an amount.
    pub missing: BTreeSet<Need>,
    /// Whether there was nothing to choose.
    pub settled: bool,
}

/// An open point, and the pairs of runs that differ in it and agree on all else that both asked: it
/// matters where two such runs come to different amounts.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub need: Need,
    pub pairs: Vec<(usize, usize)>,
}

/// The value as customs counts it.
pub(crate) fn rounded_value(side: &Side<'_>, value: i64) -> i64 {
    if side.territory.whole_value { whole_units(value) } else { value }
}

/// Cents to whole units of currency, below 50 cents down, else up.
#[inline]
pub(crate) fn whole_units(cents: i64) -> i64 {
    (cents + 50) / 100 * 100
}

/// Of which lines the runs are kept as formulas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trace {
    Nothing,
    /// Of a line that leaves something open no more than the first run is looked at.
    Settled,
    All,
}

/// Answers a line. `cell` gives the cell of a class of goods at a moment of law and of entry.
pub(crate) fn answer<'l>(
    posed: &Posed<'_, 'l>,
    trace: Trace,
    mut cell: impl FnMut(u32, Moment, Moment) -> Arc<Cell<'l>>,
) -> (Answer, Option<Traced>) {
    let side = posed.side;
    let facts = posed.asked.facts;
    let mut warnings = posed.day_warnings.to_vec();
    let mut explored = Explored::default();
    let mut traced = (trace != Trace::Nothing).then(|| (Vec::new(), Reach::default()));
    let mut settled = true;
    let mut choices = Some(Choices::default());
    let mut tried = 0;
    while let Some(mut next) = choices {
        let moment = posed.moments[next.ask(Key::Moment, posed.moments.len(), || Need {
            fact: match posed.of {
                DateFact::Entered => "time of entry".to_owned(),
                date => format!("time {}", date.name()),
            },
            why: "the law changed within the day".to_owned(),
            has_default: false,
        })];
        let goods = &posed.goods[next.ask(Key::Suffix, posed.goods.len(), || Need {
            fact: "statistical suffix".to_owned(),
            why: "the suffixes of this line are treated differently".to_owned(),
            has_default: false,
        })];
        let entered = match facts.entered {
            Stated::Moment(entered) => entered,
            Stated::Day(_) if posed.of == DateFact::Entered => moment,
            stated => side.representative(stated),
        };
        let cell = cell(goods.scope, moment, entered);
        let mut run = Run::new(side, &cell, posed.asked, goods, next);
        let parts = run.parts();
        run.conflicts.sort();
        let conflict = |c: &String| format!("conflict: {c} apply together; the first is taken");
        warnings.extend(run.conflicts.iter().map(conflict));
        if tried == 0 && !run.has_base() {
            let day = facts.entered.day(&side.territory.zone);
            let reason = format!("entered: the ledger holds no base duty for {day}");
            return (Answer::none(Status::Unknown, posed.asked.value, reason), None);
        }
        if tried == 0 {
            explored.default_of(&run, &parts);
            warnings.extend(unused_claims(posed, &cell));
            settled = run.choices.is_settled();
        }
        if let Some((runs, reach)) = &mut traced {
            match run.traced(&parts) {
                Some(formulas) => {
                    runs.push(formulas);
                    *reach = reach.and(run.reach);
                }
                None => traced = None,
            }
        }
        if trace == Trace::Settled && (traced.is_none() || !settled) {
            return (explored.answer(posed.asked.value, warnings), None);
        }
        explored.add(&run, &parts);
        tried += 1;
        choices = run.choices.next();
        if tried == limits::COMBINATIONS_MAX && choices.take().is_some() {
            warnings.push(format!(
                "range-not-exhausted: the first {tried} ways of settling the missing facts were tried"
            ));
        }
    }
    warnings.extend(unlikely_dates(side, facts));
    let mut seen = BTreeSet::new();
    warnings.retain(|w| seen.insert(w.clone()));
    let traced = traced.filter(|_| tried <= limits::COMPARED_MAX).map(|(runs, reach)| {
        let points = if settled { Vec::new() } else { explored.points() };
        Traced { runs, reach, points, missing: explored.missing.clone(), settled }
    });
    (explored.answer(posed.asked.value, warnings), traced)
}

/// What a run took for its open points, and the amounts by program it came to.
type Taken = (BTreeMap<Key, usize>, Vec<(usize, i64)>);

#[derive(Default)]
struct Explored {
    components: Vec<Component>,
    known: i64,
    needs: BTreeMap<Key, Need>,
    missing: BTreeSet<Need>,
    min: Option<i64>,
    max: Option<Option<i64>>,
    runs: Vec<Taken>,
}

impl Explored {
    fn default_of(&mut self, run: &Run<'_, '_>, parts: &[Part]) {
        self.components = parts
            .iter()
            .map(|part| Component {
                measure: run.id(part.at).to_owned(),
                program: run.program(part.at),
                heading: run.heading(part.at),
                rate: run.rate_text(part.at),
                amount_cents: part.amount,
                incomplete: part.missing.is_some() || part.unknown,
            })
            .collect();
        self.known = parts.iter().map(|p| p.amount).sum();
    }

    fn add(&mut self, run: &Run<'_, '_>, parts: &[Part]) {
        let (mut min, mut max) = (0, Some(0));
        let mut by_program: Vec<(usize, i64)> = Vec::with_capacity(parts.len());
        for part in parts {
            let (least, most) = if run.cell.measures[part.at].version.stand_in {
                // What it stands in for may be anything.
                (0, None)
            } else if part.missing.is_some() || part.unbounded {
                (part.amount, None)
            } else {
                (part.amount, Some(part.amount))
            };
            min += least;
            max = max.zip(most).map(|(a, b)| a + b);
            let program = run.program(part.at);
            match by_program.iter_mut().find(|(p, _)| *p == program) {
                Some((_, amount)) => *amount += part.amount,
                None => by_program.push((program, part.amount)),
            }
            self.missing.extend(missing_need(run, part));
        }
        by_program.retain(|(_, amount)| *amount != 0);
        by_program.sort_unstable();
        let mut taken = BTreeMap::new();
        for (key, answer, need) in run.choices.answers() {
            taken.insert(key.clone(), answer);
            self.needs.entry(key.clone()).or_insert_with(|| need.clone());
        }
        self.runs.push((taken, by_program));
        self.min = Some(self.min.map_or(min, |m| m.min(min)));
        self.max = Some(match self.max {
            None => max,
            Some(known) => known.zip(max).map(|(a, b)| a.max(b)),
        });
    }

    /// Whether an open point matters.
    fn matters(&self, key: &Key) -> bool {
        self.runs.len() > limits::COMPARED_MAX
            || self.pairs(key).any(|(a, b)| self.runs[a].1 != self.runs[b].1)
    }

    /// Two runs each that differ in a point, and agree on all else that both asked.
    fn pairs<'e>(&'e self, key: &'e Key) -> impl Iterator<Item = (usize, usize)> + 'e {
        let differ = move |a: &Taken, b: &Taken| {
            a.0.get(key).zip(b.0.get(key)).is_some_and(|(a, b)| a != b)
                && a.0.iter().all(|(k, v)| k == key || b.0.get(k).is_none_or(|other| other == v))
        };
        let both = |a: usize| (a + 1..self.runs.len()).map(move |b| (a, b));
        let all = (0..self.runs.len()).flat_map(both);
        all.filter(move |(a, b)| differ(&self.runs[*a], &self.runs[*b]))
    }

    fn points(&self) -> Vec<Point> {
        let point = |(key, need): (&Key, &Need)| Point {
            need: need.clone(),
            pairs: self.pairs(key).collect(),
        };
        self.needs.iter().map(point).collect()
    }

    fn answer(self, value_cents: i64, warnings: Vec<String>) -> Answer {
        // Open points that change no amount are no missing facts.
        let open =
            self.needs.iter().filter(|(key, _)| self.matters(key)).map(|(_, need)| need.clone());
        let mut needs: BTreeSet<Need> = open.collect();
        needs.extend(self.missing);
        let assumed = needs.iter().all(|need| need.has_default);
        Answer {
            status: if needs.is_empty() { Status::Exact } else { Status::NeedsFacts },
            value_cents,
            duty_cents: assumed.then_some(self.known),
            duty_min_cents: self.min,
            duty_max_cents: self.max.flatten(),
            components: self.components,
            needs: needs.into_iter().map(|need| need.fact).collect(),
            warnings,
        }
    }
}

fn missing_need(run: &Run<'_, '_>, part: &Part) -> Option<Need> {
    let version = &run.cell.measures[part.at].version;
    if let Some(fact) = &part.missing {
        let rate = run.rate_text(part.at);
        let why = match run.heading(part.at) {
            Some(heading) => format!("{heading}: {rate}"),
            None => rate,
        };
        return Some(Need { fact: fact.clone(), why, has_default: false });
    }
    let id = run.id(part.at);
    if version.stand_in {
        let why = format!("{id}: {} stands in for it", version.title);
        return Some(Need { fact: STAND_IN.to_owned(), why, has_default: true });
    }
    let unknown = matches!(version.rate, VersionRate::Unknown { max: None, .. });
    unknown.then(|| Need {
        fact: version.title.to_owned(),
        why: format!("{id}: its size is not in the ledger"),
        has_default: true,
    })
}

/// Claims that no measure of these goods, this origin and this time asks about.
fn unused_claims(posed: &Posed<'_, '_>, cell: &Cell<'_>) -> Vec<String> {
    let (side, facts) = (posed.side, posed.asked.facts);
    let is = |claim: &str, at: usize| crate::run::same_claim(claim, &side.claims[at]);
    let day = facts.entered.day(&side.territory.zone);
    facts
        .claims
        .iter()
        .filter(|claim| !cell.asked.iter().any(|at| is(claim, *at as usize)))
        .map(|claim| {
            let mut known = posed.claims_known.iter().enumerate().filter(|(_, known)| **known);
            if known.any(|(at, _)| is(claim, at)) {
                format!(
                    "claim-not-used: `{claim}` is not for these goods of {} on {day}",
                    facts.origin
                )
            } else {
                format!("claim-not-used: nothing in the ledger asks for `{claim}`")
            }
        })
        .collect()
}

/// Dates of a line that stand in an unlikely order.
fn unlikely_dates(side: &Side<'_>, facts: &LineFacts<'_>) -> Vec<String> {
    let zone = &side.territory.zone;
    let entered = facts.entered.last(zone);
    let mut notes = Vec::new();
    for date in [DateFact::Loaded, DateFact::Exported] {
        if facts.other_date(date).is_some_and(|stated| stated.first(zone) > entered) {
            notes.push(format!("check-dates: {} is after entered", date.name()));
        }
    }
    if let Some(withdrawn) = facts.other_date(DateFact::Withdrawn)
        && withdrawn.last(zone) < facts.entered.first(zone)
    {
        notes.push("check-dates: withdrawn is before entered".to_owned());
    }
    notes
}

/// The moments of each other date: first and last meant.
pub(crate) fn date_moments(
    side: &Side<'_>,
    facts: &LineFacts<'_>,
) -> [Option<(Moment, Moment)>; 4] {
    let zone = &side.territory.zone;
    facts.dates.map(|date| date.map(|stated| (side.representative(stated), stated.last(zone))))
}

/// The headings of chapters 98 and 99 of an answer, each once, joined by `;`.
pub(crate) fn headings(answer: &Answer) -> String {
    let mut headings: Vec<String> = Vec::new();
    for heading in answer.components.iter().filter_map(|c| c.heading).filter(Code::is_special) {
        let text = heading.to_string();
        if !headings.contains(&text) {
            headings.push(text);
        }
    }
    headings.join(";")
}
