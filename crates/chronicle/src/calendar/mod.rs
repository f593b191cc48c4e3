//! What comes due after a day, by the law as known: suspensions that end, duties and exemptions that begin
//! or end, staged rates, controls that come back, codes that change their lists, acts that will bind, and what was
//! announced: hearings, filings, deadlines. The brief tells the first of it.

mod found;
mod ics;
mod listed;
mod spoken;
mod turns;

use ledger::{Ledger, Readings, Territory};
use oracle::{Force, Oracle, Survey};
use tariff::{Code, Country, Moment, Stated};

pub use ics::ics;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    pub ledger: &'a Ledger,
    pub readings: &'a Readings,
    /// The moment of knowledge.
    pub known: Moment,
    /// A day counts as told from its beginning on: what falls on it is not after it, but for what falls
    /// on a later minute of it.
    pub after: Stated,
    pub sides: Vec<Side<'a>>,
    /// Only what is about one of these codes, or about all goods.
    pub codes: Option<Vec<Code>>,
    /// Only events in which one of these takes part; empty is all.
    pub between: Vec<Country>,
}

/// A side whose law is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    pub territory: &'a Territory,
    /// The partner that is meant, whose rates are told.
    pub partner: Option<Country>,
    /// Whether duties on other partners alone are told too.
    pub others: bool,
}

/// Something that comes due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub moment: Stated,
    /// Of a measure what becomes of it (`suspension-ends`, `duty-begins`, `control-returns`, …);
    /// `list-changes`, `act-binds`, `stay-ends`; or the kind of an event.
    pub kind: String,
    pub title: String,
    /// The side whose clock it is.
    pub by: Option<Country>,
    pub program: Option<String>,
    /// Acts, or sources of an event.
    pub cites: Vec<String>,
    /// The measures meant, where it is about measures.
    pub measures: Vec<String>,
    /// The last day of an event of several.
    pub until: Option<Stated>,
    /// What names it for good, whatever its words or its moment become.
    pub key: String,
}

/// All that is due, in order of time.
pub fn due(question: &Question<'_>) -> Vec<Due> {
    let home = &question.ledger.territories[0];
    let survey = Survey::new(question.ledger, question.known, question.readings);
    let mut oracle = Oracle::new(question.ledger, question.readings);
    let mut found = Vec::new();
    for side in &question.sides {
        let turns = turns::turns(question, &survey, *side);
        found.extend(spoken::spoken(question, &survey, &mut oracle, *side, &turns));
        if let Some(codes) = &question.codes {
            found.extend(listed::changes(question, &survey, *side, codes, &turns));
        }
    }
    found.extend(found::bindings(question, &survey));
    found.extend(found::stays(question, &survey));
    found.extend(found::events(question));
    found.sort_by_key(|due| due.moment.first(&home.zone));
    // Said of both sides, a thing is still one.
    let mut told: Vec<Due> = Vec::new();
    for due in found {
        if !told.iter().any(|other| other.moment == due.moment && other.title == due.title) {
            told.push(due);
        }
    }
    told
}

impl Question<'_> {
    /// The moment after which something is due by a side's law.
    fn after(&self, territory: &Territory) -> Moment {
        oracle::representative(self.after, territory)
    }
}

/// Whether an act is known and does not bind yet, and from when it will.
fn will_bind(survey: &Survey<'_>, act: &ledger::Act) -> Option<Moment> {
    match survey.force(act) {
        Force::Pending(binds) => binds,
        _ => None,
    }
}
