//! What happened between the changes: talks, calls, statements, hearings, deadlines, and the rulings of
//! courts.

use ledger::{Act, JOINT};
use oracle::Force;
use tariff::{Country, Moment, Stated, Zone};

use crate::timeline::Question;

/// Something that happened or is due.
#[derive(Clone, Debug)]
pub struct Happening {
    pub date: Stated,
    /// The last day, where it took several.
    pub until: Option<Stated>,
    /// `talks`, `call`, `meeting`, `hearing`, `statement`, `mechanism`, `deadline`, `filing`, `ruling`,
    /// `stay`.
    pub kind: String,
    pub title: String,
    pub place: Option<String>,
    pub speaker: Option<String>,
    pub quote: Option<String>,
    /// Sources of an event, the act of a ruling.
    pub cites: Vec<String>,
    /// Those it is between; empty is a ruling.
    pub between: Vec<Country>,
    /// A ruling or stay that does something to the law.
    pub acts_on_law: bool,
}

/// Whether an act is of a court.
pub fn is_court(act: &Act) -> bool {
    matches!(act.kind.as_str(), "ruling" | "stay")
}

/// The events of the two sides and no other, and the rulings of their courts.
pub(super) fn events(question: &Question<'_>, today: Moment) -> Vec<Happening> {
    let ledger = question.ledger;
    let zone = &ledger.territories[0].zone;
    let mut found: Vec<Happening> = ledger
        .events
        .iter()
        .filter(|event| event.between.iter().all(|country| question.pair.contains(country)))
        .filter(|event| event.known.first(zone) <= today)
        .map(|event| Happening {
            date: event.date,
            until: event.until,
            kind: event.kind.clone(),
            title: event.title.clone(),
            place: event.place_name.clone(),
            speaker: event.speaker.clone(),
            quote: event.quote.clone(),
            cites: event.sources.clone(),
            between: event.between.clone(),
            acts_on_law: false,
        })
        .collect();
    let survey = question.survey(today);
    let own = |act: &&Act| {
        act.folder == JOINT
            || question.pair.iter().any(|side| {
                ledger.levying(side.as_str()).is_some_and(|territory| territory.id == act.folder)
            })
    };
    let rulings = ledger.acts.iter().filter(|act| is_court(act)).filter(own);
    found.extend(rulings.filter(|act| survey.force(act) != Force::NotKnown).map(|act| Happening {
        date: act.known_stated,
        until: None,
        kind: act.kind.clone(),
        title: act.title.clone(),
        place: None,
        speaker: None,
        quote: None,
        cites: vec![act.id.clone()],
        between: Vec::new(),
        acts_on_law: !act.operations.is_empty(),
    }));
    found.retain(|event| question.within.contains(event.date.first(zone)));
    found.sort_by_key(|event| event.date.first(zone));
    found
}

impl Happening {
    /// Whether a picture marks it: what the two sides did together, and what courts did or hear. What was
    /// only said, or is due by the law that is drawn, is not marked.
    pub fn is_marked(&self) -> bool {
        match self.kind.as_str() {
            "talks" | "call" | "meeting" => self.between.len() > 1,
            // Where none is told it was only announced.
            "hearing" => self.place.is_some(),
            _ => self.acts_on_law,
        }
    }

    /// `10 May 2025: Talks … (Geneva)`.
    pub fn in_words(&self, zone: &Zone) -> String {
        let day = self.date.day(zone);
        let days = match self.until.map(|until| until.day(zone)) {
            Some(until) if until > day => format!("{} to {}", day.in_words(), until.in_words()),
            _ => day.in_words(),
        };
        let place = self.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
        format!("{days}: {}{place}", self.title)
    }
}
