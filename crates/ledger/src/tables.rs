//! The tables beside the journal: programs, territories, areas, countries, readings, events.

use std::collections::BTreeMap;

use tariff::{Code, Country, Day, Exact, Interval, Stated, Zone};

use crate::document::{Node, Table, Value, parse};
use crate::finding::{Finding, Place, did_you_mean};
use crate::source::Source;

/// A family of duties or controls, from `programs.toml`.
#[derive(Clone, Debug)]
pub struct Program {
    pub id: String,
    pub by: String,
    pub title: String,
    /// Whether it is a duty; controls are not.
    pub levies: bool,
    /// Never assessed, only mentioned.
    pub note_only: bool,
    /// The duty that every line has, before any additional one.
    pub base: bool,
    /// The order on the entry form, smallest first.
    pub filing: i64,
}

impl Program {
    /// As a column name: hyphens become underscores.
    pub fn column(&self) -> String {
        self.id.replace('-', "_")
    }
}

/// Who levies, from `territories.toml`.
#[derive(Clone, Debug)]
pub struct Territory {
    pub id: String,
    pub country: Country,
    pub name: String,
    pub zone: Zone,
    pub currency: String,
    /// The civil time at which a boundary stated as a day falls.
    pub boundary: (i8, i8),
    /// Whether the value is rounded to whole units of currency first.
    pub whole_value: bool,
    /// Up to this rate a unit, a quantity is rounded to whole units …
    pub whole_quantity_up_to: Option<Exact>,
    /// … except for goods of these codes.
    pub fractional_goods: Vec<Code>,
    pub code_digits: u8,
    pub official_through: Day,
    pub verified_through: Day,
    /// Whether it has a tariff schedule in the ledger.
    pub schedule: bool,
}

/// A dated group of countries.
#[derive(Clone, Debug)]
pub struct Area {
    pub id: String,
    pub name: String,
    pub members: Vec<(Country, Interval)>,
}

/// Every country that may be an origin.
#[derive(Clone, Debug, Default)]
pub struct Countries {
    names: BTreeMap<Country, String>,
    /// Codes used in filing for parts of a country.
    stands_for: BTreeMap<Country, Country>,
}

impl Countries {
    /// The country a filed code means; `None` when the code is in no table.
    pub fn resolve(&self, code: Country) -> Option<Country> {
        let code = self.stands_for.get(&code).copied().unwrap_or(code);
        self.names.contains_key(&code).then_some(code)
    }

    pub fn name(&self, country: Country) -> Option<&str> {
        self.names.get(&country).map(String::as_str)
    }

    pub fn iter(&self) -> impl Iterator<Item = (Country, &str)> {
        self.names.iter().map(|(country, name)| (*country, name.as_str()))
    }
}

/// A point on which authorities disagree.
#[derive(Clone, Debug)]
pub struct Reading {
    pub id: String,
    pub title: String,
    pub default: String,
    pub options: Vec<ReadingOption>,
    pub place: Place,
}

#[derive(Clone, Debug)]
pub struct ReadingOption {
    pub id: String,
    pub title: String,
    pub source: String,
}

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

/// The most words a quotation may have.
const QUOTE_WORDS_MAX: usize = 25;

fn tables(source: &Source, path: &str, key: &str, findings: &mut Vec<Finding>) -> Vec<Table> {
    let Some(text) = source.get(path) else {
        let place = Place { file: path.to_owned(), line: 1, column: 1 };
        findings
            .push(place.finding("the file is missing", format!("write [[{key}]] tables in it")));
        return Vec::new();
    };
    list_of_tables(path, text, key, findings)
}

fn list_of_tables(path: &str, text: &str, key: &str, findings: &mut Vec<Finding>) -> Vec<Table> {
    let mut file = parse(path, text, findings);
    let nodes = file.take_list(key, findings);
    file.finish(&[key], findings);
    nodes.into_iter().filter_map(|node| Table::from_node(node, findings)).collect()
}

fn texts(list: Option<Vec<(String, Place)>>) -> Vec<String> {
    list.unwrap_or_default().into_iter().map(|(text, _)| text).collect()
}

pub(crate) fn programs(source: &Source, findings: &mut Vec<Finding>) -> Vec<Program> {
    let mut programs: Vec<Program> = Vec::new();
    for (at, mut t) in tables(source, "programs.toml", "program", findings).into_iter().enumerate()
    {
        let id = t.require_text("id", "the program's name", findings);
        let by = t.require_text("by", "the territory that levies it", findings);
        let title = t.require_text("title", "short words", findings);
        let program =
            |id: String, by: String, title: String, t: &mut Table, findings: &mut _| Program {
                levies: t.take_bool("levies", findings).unwrap_or(true),
                note_only: t.take_bool("note-only", findings).unwrap_or(false),
                base: t.take_bool("base", findings).unwrap_or(false),
                filing: t.take_number("filing", findings).unwrap_or(1000 + at as i64),
                id,
                by,
                title,
            };
        if let (Some((id, place)), Some((by, _)), Some((title, _))) = (id, by, title) {
            if programs.iter().any(|p| p.id == id) {
                findings.push(place.finding(format!("program `{id}` stands twice"), ""));
            }
            programs.push(program(id, by, title, &mut t, findings));
        }
        t.finish(&["id", "by", "title", "levies", "note-only", "base", "filing"], findings);
    }
    programs
}

pub(crate) fn territories(source: &Source, findings: &mut Vec<Finding>) -> Vec<Territory> {
    tables(source, "territories.toml", "territory", findings)
        .into_iter()
        .filter_map(|t| territory(t, findings))
        .collect()
}

fn territory(mut t: Table, findings: &mut Vec<Finding>) -> Option<Territory> {
    let place = t.place.clone();
    let id = t.require_text("id", "like \"us\"", findings);
    let country = t.require_text("country", "its ISO code", findings).and_then(|(c, p)| {
        Country::parse(&c).map_err(|e| findings.push(p.finding(e.to_string(), ""))).ok()
    });
    let name = t.require_text("name", "in words", findings);
    let adjective = t.take_text("adjective", findings);
    let zone = t.require_text("zone", "like \"America/New_York\"", findings).and_then(|(z, p)| {
        let zone = Zone::named(&z);
        if zone.is_none() {
            findings.push(p.finding(format!("no time zone is named `{z}`"), "an IANA name"));
        }
        zone
    });
    let currency = t.require_text("currency", "like \"USD\"", findings);
    let boundary = t.require_text("boundary", "like \"00:01\"", findings).and_then(|(text, p)| {
        let clock =
            text.split_once(':').and_then(|(h, m)| Some((h.parse().ok()?, m.parse().ok()?)));
        if clock.is_none_or(|(h, m): (i8, i8)| !(0..24).contains(&h) || !(0..60).contains(&m)) {
            findings.push(p.finding(format!("`{text}` is no time of day"), "like \"00:01\""));
            return None;
        }
        clock
    });
    let whole_value = match t.require_text("value-rounding", "whole or cents", findings) {
        Some((text, _)) if text == "whole" => true,
        Some((text, _)) if text == "cents" => false,
        Some((text, p)) => {
            findings.push(p.finding(format!("`{text}` is no rounding"), "whole or cents"));
            false
        }
        None => false,
    };
    let (mut whole_quantity_up_to, mut fractional_goods) = (None, Vec::new());
    if let Some(mut q) = t.take_table("quantity-rounding", findings) {
        if let Some((text, p)) =
            q.require_text("whole-up-to", "a rate a unit, like \"1\"", findings)
        {
            whole_quantity_up_to = tariff::parse_exact(&text);
            if whole_quantity_up_to.is_none() {
                findings.push(p.finding(format!("`{text}` is no amount"), "like \"1\""));
            }
        }
        for (code, p) in q.take_texts("except-goods", findings).unwrap_or_default() {
            match Code::parse(&code) {
                Ok(code) => fractional_goods.push(code),
                Err(e) => findings.push(p.finding(e.to_string(), "")),
            }
        }
        q.take_text("cite", findings);
        q.finish(&["whole-up-to", "except-goods", "cite"], findings);
    }
    let code_digits = t.take_number("code-digits", findings).unwrap_or(10) as u8;
    let mut day = |key: &str| match t.take_stated(key, findings) {
        Some((Stated::Day(day), _)) => Some(day),
        _ => {
            findings.push(place.finding(format!("`{key}` must be a day"), ""));
            None
        }
    };
    let (official_through, verified_through) = (day("official-through"), day("verified-through"));
    let schedule = t.take_text("schedule", findings).is_some();
    t.take_text("cite", findings);
    t.take_text("note", findings);
    t.finish(
        &[
            "id",
            "country",
            "name",
            "adjective",
            "zone",
            "currency",
            "boundary",
            "value-rounding",
            "quantity-rounding",
            "code-digits",
            "official-through",
            "verified-through",
            "schedule",
            "cite",
            "note",
        ],
        findings,
    );
    let _ = adjective;
    Some(Territory {
        id: id?.0,
        country: country?,
        name: name?.0,
        zone: zone?,
        currency: currency?.0,
        boundary: boundary?,
        whole_value,
        whole_quantity_up_to,
        fractional_goods,
        code_digits,
        official_through: official_through?,
        verified_through: verified_through?,
        schedule,
    })
}

pub(crate) fn countries(source: &Source, findings: &mut Vec<Finding>) -> Countries {
    let path = "areas/countries.csv";
    let mut countries = Countries::default();
    let place = |line| Place { file: path.to_owned(), line, column: 1 };
    let Some(text) = source.get(path) else {
        findings.push(place(1).finding("the file is missing", "iso2,name,census,as"));
        return countries;
    };
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).flexible(true).from_reader(text.as_bytes());
    for row in reader.records() {
        let Ok(row) = row else {
            findings.push(place(1).finding("the file is not CSV", ""));
            return countries;
        };
        let line = row.position().map_or(0, |p| p.line() as usize);
        match Country::parse(row.get(0).unwrap_or_default()) {
            Err(e) => findings.push(place(line).finding(e.to_string(), "")),
            Ok(code) => match row.get(3).filter(|s| !s.is_empty()).map(Country::parse) {
                None => {
                    countries.names.insert(code, row.get(1).unwrap_or_default().to_owned());
                }
                Some(Ok(stands_for)) => {
                    countries.stands_for.insert(code, stands_for);
                }
                Some(Err(e)) => findings.push(place(line).finding(e.to_string(), "")),
            },
        }
    }
    countries
}

pub(crate) fn areas(
    source: &Source,
    countries: &Countries,
    zone: &Zone,
    boundary: (i8, i8),
    findings: &mut Vec<Finding>,
) -> Vec<Area> {
    let mut areas: Vec<Area> = Vec::new();
    for (path, text) in source.in_folder("areas", ".toml") {
        for mut t in list_of_tables(path, text, "area", findings) {
            let id = t.require_text("id", "like \"eu\"", findings);
            let name = t.take_text("name", findings).map(|(n, _)| n).unwrap_or_default();
            for key in ["cite", "note"] {
                t.take_text(key, findings);
            }
            t.take_texts("source", findings);
            let members = t
                .take_list("members", findings)
                .into_iter()
                .filter_map(|node| member(node, countries, zone, boundary, findings))
                .collect();
            t.finish(&["id", "name", "cite", "note", "source", "members"], findings);
            if let Some((id, place)) = id {
                if areas.iter().any(|a| a.id == id) {
                    findings.push(place.finding(format!("area `{id}` stands twice"), ""));
                }
                areas.push(Area { id, name, members });
            }
        }
    }
    areas
}

fn member(
    node: Node,
    countries: &Countries,
    zone: &Zone,
    boundary: (i8, i8),
    findings: &mut Vec<Finding>,
) -> Option<(Country, Interval)> {
    let (text, place, interval) = match node.value {
        Value::Text(text) => (text, node.place, Interval::ALWAYS),
        _ => {
            let mut t = Table::from_node(node, findings)?;
            let country = t.require_text("country", "an ISO code", findings);
            let mut moment = |key: &str| {
                t.take_stated(key, findings)
                    .map(|(s, _)| crate::document::boundary(s, zone, boundary))
            };
            let interval = Interval { from: moment("from"), until: moment("until") };
            t.take_text("act", findings);
            t.finish(&["country", "from", "until", "act"], findings);
            let (text, place) = country?;
            (text, place, interval)
        }
    };
    match Country::parse(&text) {
        Ok(country) if countries.name(country).is_some() => Some((country, interval)),
        _ => {
            let help = "members are ISO codes of areas/countries.csv";
            findings.push(place.finding(format!("`{text}` is no country"), help));
            None
        }
    }
}

pub(crate) fn readings(source: &Source, findings: &mut Vec<Finding>) -> Vec<Reading> {
    let mut readings = Vec::new();
    for (path, text) in source.in_folder("readings", ".toml") {
        let mut t = parse(path, text, findings);
        let id = t.require_text("id", "the reading's name", findings);
        let title = t.require_text("title", "the question", findings);
        let default = t.require_text("default", "the option taken", findings);
        t.take_text("note", findings);
        let mut options = Vec::new();
        for node in t.take_list("option", findings) {
            let Some(mut o) = Table::from_node(node, findings) else { continue };
            let id = o.require_text("id", "the option's name", findings);
            let title = o.require_text("title", "what it says", findings);
            let source = o.require_text("source", "who reads it so", findings);
            o.finish(&["id", "title", "source"], findings);
            if let (Some(id), Some(title), Some(source)) = (id, title, source) {
                options.push(ReadingOption { id: id.0, title: title.0, source: source.0 });
            }
        }
        t.finish(&["id", "title", "default", "note", "option"], findings);
        if let (Some((id, place)), Some((title, _)), Some((default, at))) = (id, title, default) {
            if !options.iter().any(|o| o.id == default) {
                let help = did_you_mean(
                    &default,
                    options.iter().map(|o| o.id.as_str()),
                    "the default is one of the options",
                );
                findings.push(at.finding(format!("`{default}` is no option here"), help));
            }
            readings.push(Reading { id, title, default, options, place });
        }
    }
    readings
}

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
        if words > QUOTE_WORDS_MAX {
            let message = format!("the quotation has {words} words");
            findings.push(at.finding(message, format!("at most {QUOTE_WORDS_MAX}")));
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
