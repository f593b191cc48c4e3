//! `truce brief`: both sides of a trade relation on one screen.

use std::collections::BTreeMap;
use std::path::Path;

use ledger::{Act, Event, Ledger, Target, Territory};
use oracle::{
    Controlled, Force, Goods, Known, Line, Status, Survey, Suspended, rate_range, representative,
};
use tariff::{Cents, Country, Day, Exact, Moment, Stated, exact_decimal};

use crate::failure::Failure;
use crate::question::{Coordinates, Pair, Question};
use crate::{brief_json, brief_text, print};

/// One screen on two sides: rates, suspensions, rulings, controls, talks, what is next.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Brief {
    #[command(flatten)]
    pub pair: Pair,
    #[command(flatten)]
    pub coordinates: Coordinates,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

const EXAMPLES: &str = "\
Examples:
  truce brief --between US,CN --on 2025-05-30
  truce brief --between US,CN --on 2025-08-20 --known 2025-08-01
  truce brief --on 2025-06-20 --world cit-ruling-stands";

/// How far back talks are told, in days.
const TALKS_DAYS: i32 = 60;
/// How far back rulings are told, in days.
const RULINGS_DAYS: i32 = 120;
/// How many coming dates are told.
const NEXT_MAX: usize = 8;
/// The value that rates are measured on.
const PROBE: Cents = Cents(1_000_000_000);

/// What `brief` tells.
pub struct Report {
    pub sides: Vec<Side>,
    pub clocks: Vec<(String, Suspended)>,
    pub rulings: Vec<Ruling>,
    pub controls: Vec<(Country, Controlled)>,
    pub talks: Vec<Talk>,
    pub next: Vec<Next>,
}

/// Duties of one side on the other's goods, as far as they are on all goods.
pub struct Side {
    pub by: Country,
    pub origin: Country,
    pub layers: Vec<oracle::Component>,
    /// In percent.
    pub additional: Exact,
    /// The rate before the last change, and the moment of the change.
    pub before: Option<(Exact, Moment)>,
    /// What comes when what is suspended comes back.
    pub after: Option<(Exact, Moment)>,
    pub not_modelled: Vec<String>,
}

pub struct Ruling {
    pub known: Stated,
    pub id: String,
    pub title: String,
    pub cite: String,
    pub force: String,
}

pub struct Talk {
    pub date: Stated,
    /// Whether it is between the two sides, and not of one with others.
    pub both: bool,
    pub kind: String,
    pub title: String,
    pub speaker: Option<String>,
    pub quote: Option<String>,
    pub sources: Vec<String>,
}

pub struct Next {
    pub moment: Stated,
    /// The side whose clock it is; the first territory's where there is none.
    pub by: Option<Country>,
    pub what: String,
    pub cites: Vec<String>,
}

pub fn run(brief: &Brief, law: Option<&Path>) -> Result<u8, Failure> {
    let question = brief.coordinates.settle(law)?;
    let ledger = &question.ledger;
    let home = &ledger.territories[0];
    let (pair, on) = brief.pair.settle(ledger)?;
    let (k, known) = oracle::moment_known(ledger, home, question.known, on);
    let report = report(&question, pair, on, k);
    if brief.json {
        print(&format!("{}\n", brief_json::json(&report, &question, on, known)));
    } else {
        print(&brief_text::text(&report, &question, pair, on, known));
    }
    Ok(0)
}

fn report(question: &Question, [a, b]: [Country; 2], on: Stated, k: Moment) -> Report {
    let ledger = &question.ledger;
    let home = &ledger.territories[0];
    let survey = Survey::new(ledger, k, &question.readings);
    let mut report = Report {
        sides: Vec::new(),
        clocks: Vec::new(),
        rulings: rulings(ledger, &survey, home, k),
        controls: Vec::new(),
        talks: talks(ledger, home, [a, b], on, k),
        next: Vec::new(),
    };
    for (by, origin) in [(a, b), (b, a)] {
        let Some(territory) = ledger.levying(by.as_str()) else { continue };
        let moment = representative(on, territory);
        let side = side(question, &survey, territory, by, origin, moment, k);
        for suspended in survey.suspensions(territory, moment) {
            let own = side.layers.iter().any(|l| {
                l.suspended.is_some()
                    && l.program == suspended.program
                    && l.cites.contains(&suspended.act)
            });
            report.next.extend(suspended.until.map(|until| Next {
                moment: Stated::Moment(until),
                by: Some(by),
                what: end_of(ledger, territory, &suspended, own.then_some(&side)),
                cites: vec![suspended.act.clone()],
            }));
            if !own && !controls_program(ledger, &suspended.program) {
                report.clocks.push((territory.name.clone(), suspended));
            }
        }
        let controls = survey.controls(territory, origin, None, moment);
        report.next.extend(controls_back(territory, &controls));
        report.controls.extend(controls.into_iter().map(|c| (by, c)));
        report.next.extend(ends(ledger, territory, &side));
        report.sides.push(side);
    }
    report.next.extend(coming(ledger, home, [a, b], on, k));
    report.next.extend(bindings(ledger, &survey, on, home));
    report.next.sort_by_key(|n| n.moment.first(&home.zone));
    report.next.dedup_by(|a, b| a.moment == b.moment && a.what == b.what);
    report.next.truncate(NEXT_MAX);
    report
}

fn controls_program(ledger: &Ledger, program: &str) -> bool {
    ledger.program(program).is_some_and(|p| !p.levies)
}

/// The additional rate of a side on ordinary goods at a moment, in percent.
fn additional(
    question: &Question,
    by: &str,
    origin: Country,
    moment: Moment,
    known: Known,
) -> (Exact, Vec<oracle::Component>) {
    let ledger = &question.ledger;
    let line = Line::new(by, Goods::Ordinary, origin, Stated::Moment(moment), PROBE);
    let answer = oracle::assess(ledger, &line, known, &question.readings);
    debug_assert!(answer.status != Status::Invalid);
    let layers: Vec<oracle::Component> = answer
        .components
        .into_iter()
        .filter(|c| ledger.program(&c.program).is_some_and(|p| !p.base))
        .collect();
    let total: Cents = layers.iter().map(|c| c.amount).sum();
    (total.exact() / PROBE.exact() * 100, layers)
}

fn side(
    question: &Question,
    survey: &Survey<'_>,
    territory: &Territory,
    by: Country,
    origin: Country,
    moment: Moment,
    k: Moment,
) -> Side {
    let known = Known::At(Stated::Moment(k));
    let rate = |at: Moment, known: Known| additional(question, &territory.id, origin, at, known).0;
    let (now, layers) = additional(question, &territory.id, origin, moment, known);
    // Back over the changes of the law and the moments from which acts bind, to the last moment with
    // another rate, as importers faced it then.
    let mut changes = survey.cuts(territory);
    changes.extend(survey.bindings());
    let before = changes.into_iter().rev().filter(|cut| *cut <= moment).find_map(|cut| {
        let previous = rate(cut.plus_seconds(-1), Known::Entry);
        (previous != now).then_some((previous, cut))
    });
    let after = layers
        .iter()
        .filter(|l| l.suspended.is_some())
        .filter_map(|l| l.until)
        .min()
        .map(|until| (rate(until, known), until));
    let not_modelled = question.ledger.not_modelled(&territory.id).map(|p| p.id.clone()).collect();
    Side { by, origin, layers, additional: now, before, after, not_modelled }
}

/// What a running suspension brings when it ends.
fn end_of(
    ledger: &Ledger,
    territory: &Territory,
    suspended: &Suspended,
    own: Option<&Side>,
) -> String {
    let program = ledger.program(&suspended.program).map_or("", |p| p.title.as_str());
    match own {
        Some(side) => {
            let total = side
                .after
                .map(|(rate, _)| format!(", {} in all", percent(rate)))
                .unwrap_or_default();
            let origin = name(ledger, side.origin);
            let rates = rate_range(&suspended.rates);
            format!("{} on {origin}: suspension ends, back to {rates}{total}", territory.name)
        }
        None => format!(
            "{} on {} other partners: pause ends, back to {} ({program})",
            territory.name,
            suspended.origins.len(),
            rate_range(&suspended.rates)
        ),
    }
}

/// Controls whose suspension ends, those of one moment together.
fn controls_back(territory: &Territory, controls: &[Controlled]) -> Vec<Next> {
    let mut ends: BTreeMap<Moment, Vec<&Controlled>> = BTreeMap::new();
    for control in controls {
        if let Some(Some(until)) = control.suspended {
            ends.entry(until).or_default().push(control);
        }
    }
    ends.into_iter()
        .map(|(until, controls)| {
            let what = match controls.as_slice() {
                [one] => format!("{}: comes back: {}", territory.name, one.text),
                many => format!("{}: {} suspended controls come back", territory.name, many.len()),
            };
            let mut cites: Vec<String> =
                controls.iter().filter_map(|c| c.cites.last().cloned()).collect();
            cites.dedup();
            Next { moment: Stated::Moment(until), by: Some(territory.country), what, cites }
        })
        .collect()
}

/// Duties that end by themselves.
fn ends(ledger: &Ledger, territory: &Territory, side: &Side) -> Vec<Next> {
    side.layers
        .iter()
        .filter(|l| l.suspended.is_none())
        .filter_map(|l| {
            let what = format!(
                "{} on {}: {} ends ({})",
                territory.name,
                name(ledger, side.origin),
                l.title,
                l.rate
            );
            Some(Next {
                moment: Stated::Moment(l.until?),
                by: Some(territory.country),
                what,
                cites: l.cites.clone(),
            })
        })
        .collect()
}

fn is_court(act: &Act) -> bool {
    matches!(act.kind.as_str(), "ruling" | "stay")
}

fn rulings(ledger: &Ledger, survey: &Survey<'_>, home: &Territory, k: Moment) -> Vec<Ruling> {
    let zone = &home.zone;
    let mut rulings: Vec<Ruling> = ledger
        .acts
        .iter()
        .filter(|act| is_court(act) && act.known <= k)
        .filter(|act| k.day(zone).days_since(act.known.day(zone)) <= RULINGS_DAYS)
        .map(|act| Ruling {
            known: act.known_stated,
            id: act.id.clone(),
            title: act.title.clone(),
            cite: act.cite.clone(),
            force: force(survey, act, home),
        })
        .collect();
    rulings.sort_by_key(|r| r.known.first(zone));
    rulings
}

/// The force of a ruling in words.
fn force(survey: &Survey<'_>, act: &Act, home: &Territory) -> String {
    let acts_upon = survey.acts_upon(act).next().is_some();
    match survey.force(act) {
        Force::StayedBy(stay) => format!("stayed by {stay}"),
        Force::Pending(Some(binds)) => format!("binds on {}", binds.day(&home.zone)),
        Force::Pending(None) => "does not bind customs".to_owned(),
        Force::Voided => "undone".to_owned(),
        Force::Binding if act.kind == "stay" => {
            let stayed: Vec<&str> = survey.acts_upon(act).map(|t: &Target| t.0.as_str()).collect();
            format!("in force: {} does not bind", stayed.join(", "))
        }
        Force::Binding if acts_upon => "binding".to_owned(),
        Force::Binding | Force::NotKnown => String::new(),
    }
}

fn concerns(event: &Event, pair: [Country; 2]) -> bool {
    pair.iter().any(|c| event.between.contains(c))
}

fn talks(
    ledger: &Ledger,
    home: &Territory,
    pair: [Country; 2],
    on: Stated,
    k: Moment,
) -> Vec<Talk> {
    let zone = &home.zone;
    let day = on.day(zone);
    let mut talks: Vec<Talk> = ledger
        .events
        .iter()
        .filter(|e| {
            matches!(e.kind.as_str(), "talks" | "call" | "meeting" | "statement" | "mechanism")
        })
        .filter(|e| concerns(e, pair) && e.known.first(zone) <= k)
        .filter(|e| (0..=TALKS_DAYS).contains(&day.days_since(e.date.day(zone))))
        .map(|e| Talk {
            date: e.date,
            both: pair.iter().all(|c| e.between.contains(c)),
            kind: e.kind.clone(),
            title: match &e.place_name {
                Some(place) => format!("{} ({place})", e.title),
                None => e.title.clone(),
            },
            speaker: e.speaker.clone(),
            quote: e.quote.clone(),
            sources: e.sources.clone(),
        })
        .collect();
    talks.dedup_by(|b, a| a.title == b.title);
    talks
}

/// Events that are to come and are known.
fn coming(
    ledger: &Ledger,
    home: &Territory,
    pair: [Country; 2],
    on: Stated,
    k: Moment,
) -> Vec<Next> {
    let zone = &home.zone;
    let today: Day = on.day(zone);
    ledger
        .events
        .iter()
        .filter(|e| concerns(e, pair) && e.known.first(zone) <= k && e.date.day(zone) > today)
        .map(|e| Next { moment: e.date, by: None, what: e.title.clone(), cites: e.sources.clone() })
        .collect()
}

/// Acts that are known and will bind.
fn bindings(ledger: &Ledger, survey: &Survey<'_>, on: Stated, home: &Territory) -> Vec<Next> {
    let now = representative(on, home);
    ledger
        .acts
        .iter()
        .filter_map(|act| match survey.force(act) {
            Force::Pending(Some(binds)) if binds > now => Some(Next {
                moment: Stated::Moment(binds),
                by: None,
                what: format!("{} binds", act.title),
                cites: vec![act.id.clone()],
            }),
            _ => None,
        })
        .collect()
}

/// A side by the short name of its territory, another country by its own.
pub fn name(ledger: &Ledger, country: Country) -> &str {
    match ledger.levying(country.as_str()) {
        Some(territory) => &territory.name,
        None => ledger.countries.name(country).unwrap_or("?"),
    }
}

pub fn percent(rate: Exact) -> String {
    format!("{}%", exact_decimal(rate))
}
