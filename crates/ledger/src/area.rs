//! `areas/` -> countries, and dated groups of them.

use std::collections::BTreeMap;

use nomenclature::{Row, Rows};
use tariff::{Country, Interval, Zone};

use crate::document::{Node, Table, Value, boundary, list_of_tables};
use crate::finding::{Finding, Place};
use crate::source::Source;

/// Every country that may be an origin.
#[derive(Clone, Debug, Default)]
pub struct Countries {
    names: BTreeMap<Country, String>,
    /// Other ways to name them: three letters, the numbers of the Census (Schedule C), names; in capitals.
    others: BTreeMap<String, Country>,
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

    /// The country that a table of trade means: by two or three letters (ISO 3166), by the number of
    /// the Census (Schedule C), or by the name that the ledger has for it.
    pub fn find(&self, text: &str) -> Option<Country> {
        let text = text.trim();
        let by_code = Country::parse(text).ok().and_then(|code| self.resolve(code));
        by_code.or_else(|| self.others.get(&text.to_uppercase()).copied())
    }

    pub fn iter(&self) -> impl Iterator<Item = (Country, &str)> {
        self.names.iter().map(|(country, name)| (*country, name.as_str()))
    }
}

/// A dated group of countries.
#[derive(Clone, Debug)]
pub struct Area {
    pub id: String,
    pub name: String,
    pub members: Vec<(Country, Interval)>,
    /// The members that name the act that made them so.
    pub(crate) made: Vec<Made>,
}

/// A member made by an act, while it is one.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub act: String,
    pub interval: Interval,
    /// Where the act is named.
    pub place: Place,
}

pub(crate) fn countries(source: &Source, findings: &mut Vec<Finding>) -> Countries {
    let path = "areas/countries.csv";
    let mut countries = Countries::default();
    let place = |line| Place { file: path.to_owned(), line, column: 1 };
    let Some(text) = source.get(path) else {
        findings.push(place(1).finding("the file is missing", "iso2,name,census,as,note,iso3"));
        return countries;
    };
    let mut rows = Rows::with_comments(text);
    let mut row = Row::default();
    rows.next_row(&mut row);
    while rows.next_row(&mut row) {
        let line = row.line;
        match Country::parse(row.text(0)) {
            Err(e) => findings.push(place(line).finding(e.to_string(), "")),
            Ok(code) => match Some(row.text(3)).filter(|s| !s.is_empty()).map(Country::parse) {
                None => {
                    let name = row.text(1).to_owned();
                    let numbers = row.text(2).split_whitespace();
                    let others = [row.text(1), row.text(5)].into_iter().chain(numbers);
                    for other in others.filter(|other| !other.is_empty()) {
                        if countries.others.insert(other.to_uppercase(), code).is_some() {
                            let message = format!("`{other}` names two countries");
                            findings.push(place(line).finding(message, "each row its own"));
                        }
                    }
                    if countries.names.insert(code, name).is_some() {
                        findings.push(place(line).finding(format!("`{code}` stands twice"), ""));
                    }
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
    minute: (i8, i8),
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
            let mut made = Vec::new();
            let members = t
                .take_list("members", findings)
                .into_iter()
                .filter_map(|node| member(node, countries, zone, minute, &mut made, findings))
                .collect();
            t.finish(&["id", "name", "cite", "note", "source", "members"], findings);
            if let Some((id, place)) = id {
                if areas.iter().any(|a| a.id == id) {
                    findings.push(place.finding(format!("area `{id}` stands twice"), ""));
                }
                areas.push(Area { id, name, members, made });
            }
        }
    }
    areas
}

fn member(
    node: Node,
    countries: &Countries,
    zone: &Zone,
    minute: (i8, i8),
    made: &mut Vec<Made>,
    findings: &mut Vec<Finding>,
) -> Option<(Country, Interval)> {
    let (text, place, interval) = match node.value {
        Value::Text(text) => (text, node.place, Interval::ALWAYS),
        _ => {
            let mut t = Table::from_node(node, findings)?;
            let country = t.require_text("country", "an ISO code", findings);
            let mut moment =
                |key: &str| t.take_stated(key, findings).map(|(s, _)| boundary(s, zone, minute));
            let interval = Interval { from: moment("from"), until: moment("until") };
            let act = t.take_text("act", findings);
            made.extend(act.map(|(act, place)| Made { act, interval, place }));
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
