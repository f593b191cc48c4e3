//! A claim held against the ledger.
//!
//! Twice: **then**, as whoever wrote the document could know it. What a claim says of a day before that is held
//! against what importers faced on that day, what it says of a later one against the law made by the document's date.
//! And **today**: the same days, as the law is known at the last moment that the ledger knows; so a duty that a later
//! ruling voided from the start is contradicted today, and what was collected then is told.

mod course;
mod figure;
mod occasion;
mod rate;
mod ruling;
mod suspension;

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use ledger::{Ledger, Readings, Territory};
use oracle::{Oracle, Survey};
use tariff::{Country, Day, Moment, Stated, limits};

use crate::claim::{Claim, Kind};
use crate::verdict::{Held, Verdict};

use course::{Asked, Course};
use figure::Void;
use rate::{Sample, Sampled};
use suspension::Suspended;

/// A ledger against which claims are held. It keeps what claims have in common, so one bench serves the claims of
/// many documents; each thread has its own.
pub struct Bench<'a> {
    ledger: &'a Ledger,
    readings: &'a Readings,
    oracle: Oracle<'a>,
    surveys: BTreeMap<Moment, Rc<Survey<'a>>>,
    courses: HashMap<Asked, Rc<Course>>,
    samples: HashMap<Sampled, Rc<Vec<Sample>>>,
    voided: HashMap<Void, Option<String>>,
    suspensions: Vec<Suspended>,
    today: Day,
}

/// A moment of knowledge from which a claim is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct View {
    /// The last day of which the document can tell as past.
    pub dated: Day,
    /// The last day whose law is known.
    pub known: Day,
    /// Whether the days before are seen as importers faced them, or as they are known now.
    pub as_faced: bool,
}

impl<'a> Bench<'a> {
    pub fn new(ledger: &'a Ledger, readings: &'a Readings) -> Bench<'a> {
        let home = ledger.territories.first();
        let last = ledger.last_known().zip(home).map(|(known, home)| known.day(&home.zone));
        let today = last.or(home.map(|h| h.verified_through)).unwrap_or(Day::from_number(0));
        Bench {
            ledger,
            readings,
            oracle: Oracle::new(ledger, readings),
            surveys: BTreeMap::new(),
            courses: HashMap::new(),
            samples: HashMap::new(),
            voided: HashMap::new(),
            suspensions: suspension::all(ledger),
            today,
        }
    }

    /// A claim of a document of that date: then, and today. Without a date it is held as known today only, and both
    /// are the same.
    pub fn hold(&mut self, claim: &Claim, dated: Option<Day>) -> (Held, Held) {
        let today = View { dated: dated.unwrap_or(self.today), known: self.today, as_faced: false };
        let Some(dated) = dated else {
            let held = self.held(claim, today);
            return (held.clone(), held);
        };
        // What reaches back was not what importers faced on that day.
        let as_faced = !claim.backdated;
        let then = self.held(claim, View { dated, known: dated, as_faced });
        let now = self.held(claim, today);
        (then, now)
    }

    fn held(&mut self, claim: &Claim, view: View) -> Held {
        match claim.kind {
            Kind::Rate | Kind::Change => self.rate(claim, view),
            Kind::Suspension => self.suspension(claim, view),
            Kind::Ruling => self.ruling(claim, view),
            Kind::Act => self.act(claim, view),
            Kind::Event => self.event(claim, view),
            Kind::Deadline => self.deadline(claim, view),
        }
    }

    /// The last moment of knowledge of a view.
    fn known(&self, view: View) -> Moment {
        match self.ledger.territories.first() {
            Some(home) => Stated::Day(view.known).last(&home.zone),
            None => Moment::from_seconds(0),
        }
    }

    fn survey(&mut self, known: Moment) -> Rc<Survey<'a>> {
        if self.surveys.len() >= limits::VIEWS_KEPT_MAX && !self.surveys.contains_key(&known) {
            self.surveys.clear();
        }
        let (ledger, readings) = (self.ledger, self.readings);
        let made = self.surveys.entry(known);
        made.or_insert_with(|| Rc::new(Survey::new(ledger, known, readings))).clone()
    }

    fn territory(&self, country: Country) -> Option<&'a Territory> {
        self.ledger.levying(country.as_str())
    }

    /// The countries that a country of a text stands for: of a union a member, for all have the same terms.
    fn origin(&self, country: Country) -> Option<Country> {
        if let Some(known) = self.ledger.countries.resolve(country) {
            return Some(known);
        }
        let union = self.ledger.areas.iter().find(|a| a.id.eq_ignore_ascii_case(country.as_str()));
        union.and_then(|area| area.members.first()).map(|(member, _)| *member)
    }

    fn name(&self, country: Country) -> String {
        let union =
            || self.ledger.areas.iter().find(|a| a.id.eq_ignore_ascii_case(country.as_str()));
        match self.ledger.countries.resolve(country) {
            Some(_) => chronicle::stack::name(self.ledger, country).to_owned(),
            None => union().map_or_else(|| country.to_string(), |area| area.name.clone()),
        }
    }
}

/// A verdict with its grounds.
pub(crate) fn held(
    verdict: Verdict,
    exact: Option<String>,
    cites: Vec<String>,
    why: String,
) -> Held {
    let mut seen: Vec<String> = Vec::new();
    for cite in cites {
        if !seen.contains(&cite) {
            seen.push(cite);
        }
    }
    Held { verdict, exact, cites: seen, why }
}

/// How near a stated day is to one of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Near {
    Same,
    Close,
    Off,
}

/// Days that a reader would take for a slip.
const SLIP_DAYS: i32 = 2;

pub(crate) fn near(stated: Day, exact: Day) -> Near {
    match stated.days_since(exact).abs() {
        0 => Near::Same,
        days if days <= SLIP_DAYS => Near::Close,
        _ => Near::Off,
    }
}
