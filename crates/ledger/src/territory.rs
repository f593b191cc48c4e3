//! `territories.toml` -> who levies.

use tariff::{Code, Country, Day, Exact, Stated, Zone};

use crate::document::{Table, tables};
use crate::finding::Finding;
use crate::source::Source;

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

pub(crate) fn territories(source: &Source, findings: &mut Vec<Finding>) -> Vec<Territory> {
    let mut territories: Vec<Territory> = Vec::new();
    for t in tables(source, "territories.toml", "territory", findings) {
        let place = t.key_place("id");
        if let Some(territory) = territory(t, findings) {
            if territories.iter().any(|other| other.id == territory.id) {
                let message = format!("territory `{}` stands twice", territory.id);
                findings.push(place.finding(message, "keep one"));
            }
            territories.push(territory);
        }
    }
    territories
}

fn territory(mut t: Table, findings: &mut Vec<Finding>) -> Option<Territory> {
    let place = t.place.clone();
    let id = t.require_text("id", "like \"us\"", findings);
    let country = t.require_text("country", "its ISO code", findings).and_then(|(c, p)| {
        Country::parse(&c).map_err(|e| findings.push(p.finding(e.to_string(), ""))).ok()
    });
    let name = t.require_text("name", "in words", findings);
    t.take_text("adjective", findings);
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
