//! `truce brief`: both sides of a trade relation on one screen.

use std::path::Path;

use chronicle::calendar::{self, Due};
use chronicle::stack::{Levy, Stack};
use chronicle::timeline::is_court;

use ledger::{Act, Event, Ledger, Target, Territory};
use oracle::{Controlled, Force, Goods, Known, Oracle, Survey, Suspended, representative};
use serde_json::Value;
use tariff::{Country, Exact, Moment, Stated};

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

/// What `brief` tells.
pub struct Report {
    pub sides: Vec<Side>,
    pub clocks: Vec<(String, Suspended)>,
    pub rulings: Vec<Ruling>,
    pub controls: Vec<(Country, Controlled)>,
    pub talks: Vec<Talk>,
    pub next: Vec<Due>,
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

pub fn run(brief: &Brief, law: Option<&Path>) -> Result<u8, Failure> {
    let question = brief.coordinates.settle(law)?;
    let Told { report, pair, on, known } = told(brief, &question)?;
    if brief.json {
        print(&format!("{}\n", brief_json::json(&report, &question, on, known)));
    } else {
        print(&brief_text::text(&report, &question, pair, on, known));
    }
    Ok(0)
}

/// The brief as JSON, as `truce brief --json` prints it; the coordinates are those of the question.
///
/// # Errors
/// A pair or a day that cannot be read; the place is the option.
pub fn json(brief: &Brief, question: &Question) -> Result<Value, Failure> {
    let Told { report, on, known, .. } = told(brief, question)?;
    Ok(brief_json::json(&report, question, on, known))
}

struct Told {
    report: Report,
    pair: [Country; 2],
    on: Stated,
    known: Stated,
}

fn told(brief: &Brief, question: &Question) -> Result<Told, Failure> {
    let ledger = &question.ledger;
    let (pair, on) = brief.pair.settle(ledger)?;
    let (k, known) = oracle::moment_known(ledger, &ledger.territories[0], question.known, on);
    Ok(Told { report: report(question, pair, on, k), pair, on, known })
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
            if !own && !controls_program(ledger, &suspended.program) {
                report.clocks.push((territory.name.clone(), suspended));
            }
        }
        let controls = survey.controls(territory, origin, None, moment);
        report.controls.extend(controls.into_iter().map(|c| (by, c)));
        report.sides.push(side);
    }
    report.next = next(question, [a, b], on, k, &report.sides);
    report
}

/// The first that comes due, of what `truce calendar` lists: of the duties that end, those of the layers;
/// what begins or changes on listed goods is left to it.
fn next(
    question: &Question,
    pair: [Country; 2],
    on: Stated,
    k: Moment,
    levied: &[Side],
) -> Vec<Due> {
    let ledger = &*question.ledger;
    let [a, b] = pair;
    let sides = [(a, b), (b, a)].into_iter().filter_map(|(by, origin)| {
        let territory = ledger.levying(by.as_str())?;
        Some(calendar::Side { territory, partner: Some(origin), others: true })
    });
    let asked = calendar::Question {
        ledger,
        readings: &question.readings,
        known: k,
        after: on,
        sides: sides.collect(),
        codes: None,
        between: pair.to_vec(),
    };
    let mut next = calendar::due(&asked);
    next.retain(|due| match (due.kind.as_str(), due.program.is_some()) {
        ("suspension-ends" | "control-returns", _) | (_, false) => true,
        ("duty-ends", true) => {
            let layers = levied.iter().flat_map(|side| &side.layers);
            layers.map(|layer| &layer.measure).any(|measure| due.measures.contains(measure))
        }
        _ => false,
    });
    next.truncate(NEXT_MAX);
    next
}

fn controls_program(ledger: &Ledger, program: &str) -> bool {
    ledger.program(program).is_some_and(|p| !p.levies)
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
    let ledger = &*question.ledger;
    let known = Known::At(Stated::Moment(k));
    let levy = Levy { territory, origin, goods: Goods::Ordinary };
    let mut oracle = Oracle::new(ledger, &question.readings);
    let stack = Stack::of(&mut oracle, ledger, levy, moment, known);
    let now = stack.additional(ledger);
    let layers = stack.layers;
    let mut rate = |at: Moment, known: Known| {
        Stack::of(&mut oracle, ledger, levy, at, known).additional(ledger)
    };
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
    let not_modelled = ledger.not_modelled(&territory.id).map(|p| p.id.clone()).collect();
    Side { by, origin, layers, additional: now, before, after, not_modelled }
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
