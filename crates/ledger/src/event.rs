//! `events/` -> what happened or is due, without force of law.

use tariff::{Country, Stated, limits};

use crate::document::{Table, list_of_tables};
use crate::finding::{Finding, Place, did_you_mean};
use crate::source::Source;

/// Something that happened or is due, without force of law.
#[derive(Clone, Debug)]
pub struct Event {
    pub date: Stated,
    pub until: Option<Stated>,
    pub known: Stated,
    pub kind: String,
    pub between: Vec<Country>,
    pub title: String,
    pub place_name: Option<String>,
    pub speaker: Option<String>,
    pub quote: Option<String>,
    pub sources: Vec<String>,
    pub place: Place,
}

pub(crate) const EVENT_KINDS: &[&str] =
    &["talks", "call", "meeting", "hearing", "statement", "mechanism", "deadline", "filing"];

pub(crate) fn events(source: &Source, findings: &mut Vec<Finding>) -> Vec<Event> {
    let mut events = Vec::new();
    for (path, text) in source.in_folder("events", ".toml") {
        for t in list_of_tables(path, text, "event", findings) {
            events.extend(event(t, findings));
        }
    }
    let order = |s: &Stated| match s {
        Stated::Day(day) => day.to_string(),
        Stated::Moment(m) => format!("{m:?}").replace("Moment(", ""),
    };
    // A stable sort: on one day events stand in the order of the file.
    events.sort_by_key(|e: &Event| order(&e.date));
    events
}

fn event(mut t: Table, findings: &mut Vec<Finding>) -> Option<Event> {
    let place = t.place.clone();
    let date = t.take_stated("date", findings);
    if date.is_none() {
        findings.push(place.finding("an event without `date`", "date = 2025-05-10"));
    }
    let until = t.take_stated("until", findings);
    if let (Some((Stated::Day(first), _)), Some((Stated::Day(last), at))) = (&date, &until)
        && last < first
    {
        findings.push(at.finding("`until` is before `date`", "the last day of the event"));
    }
    let known = t.take_stated("known", findings);
    let kind = t.require_text("kind", &format!("one of {}", EVENT_KINDS.join(", ")), findings);
    if let Some((kind, at)) = &kind
        && !EVENT_KINDS.contains(&kind.as_str())
    {
        let all = format!("one of {}", EVENT_KINDS.join(", "));
        let help = did_you_mean(kind, EVENT_KINDS.iter().copied(), &all);
        findings.push(at.finding(format!("`{kind}` is not a kind of event"), help));
    }
    let title = t.require_text("title", "short words", findings);
    let between = t
        .take_texts("between", findings)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(text, p)| {
            Country::parse(&text).map_err(|e| findings.push(p.finding(e.to_string(), ""))).ok()
        })
        .collect();
    let place_name = t.take_text("place", findings).map(|(p, _)| p);
    let speaker = t.take_text("speaker", findings).map(|(s, _)| s);
    let quote = t.take_text("quote", findings);
    if let Some((quote, at)) = &quote {
        let words = quote.split_whitespace().count();
        if words > limits::QUOTE_WORDS_MAX {
            let message = format!("the quotation has {words} words");
            findings.push(at.finding(message, format!("at most {}", limits::QUOTE_WORDS_MAX)));
        }
    }
    let sources = texts(t.take_texts("source", findings));
    if sources.is_empty() {
        findings.push(place.finding("an event without `source`", "say where it was read"));
    }
    t.take_text("note", findings);
    t.take_text("confidence", findings);
    t.take_text("id", findings);
    t.finish(
        &[
            "id",
            "date",
            "until",
            "known",
            "kind",
            "title",
            "between",
            "place",
            "speaker",
            "quote",
            "source",
            "note",
            "confidence",
        ],
        findings,
    );
    let (date, _) = date?;
    Some(Event {
        date,
        until: until.map(|(u, _)| u),
        known: known.map_or(date, |(k, _)| k),
        kind: kind?.0,
        between,
        title: title?.0,
        place_name,
        speaker,
        quote: quote.map(|(q, _)| q),
        sources,
        place,
    })
}

fn texts(list: Option<Vec<(String, Place)>>) -> Vec<String> {
    list.unwrap_or_default().into_iter().map(|(text, _)| text).collect()
}
