//! The fields of a measure, and its rate.

use tariff::{Code, Exact, percent};

use crate::act::*;
use crate::condition::{Condition, DateFact, GoodsSelector, MODES, Tested};
use crate::document::Table;
use crate::finding::{Finding, Place};
use crate::read_act::{DRAWBACKS, names};

pub(crate) fn fields(table: &mut Table, findings: &mut Vec<Finding>) -> Fields {
    let text = |table: &mut Table, key: &str, findings: &mut Vec<Finding>| {
        table.take_text(key, findings).map(|(text, _)| text)
    };
    let list = |table: &mut Table, key: &str, findings: &mut Vec<Finding>| {
        table.take_texts(key, findings).map(|texts| names(Some(texts)))
    };
    let heading = table.take_text("heading", findings).and_then(|(text, place)| {
        Code::parse(&text)
            .map_err(|e| findings.push(place.finding(format!("heading: {e}"), "like 9903.01.24")))
            .ok()
    });
    let rate =
        table.take_text("rate", findings).and_then(|(text, place)| rate(&text, &place, findings));
    let prohibits_place = table.key_place("prohibits");
    let requires = text(table, "requires", findings).map(Control::Requires);
    let prohibits = text(table, "prohibits", findings).map(Control::Prohibits);
    if requires.is_some() && prohibits.is_some() {
        findings.push(
            prohibits_place
                .finding("a control that both requires and prohibits", "write two measures"),
        );
    }
    let when_place = table.key_place("when");
    let when = table.take_text("when", findings).and_then(|(text, place)| {
        Condition::parse(&text)
            .map_err(|(offset, message)| {
                // The text starts after its quote.
                let place = Place { column: place.column + 1 + offset, ..place.clone() };
                findings.push(place.finding(format!("condition: {message}"), ""));
            })
            .ok()
    });
    if let Some(when) = &when {
        when.visit(&mut |test| {
            if let Condition::Mode(mode) = test
                && !MODES.contains(&mode.as_str())
            {
                let message = format!("`{mode}` is no mode of transport");
                findings.push(when_place.finding(message, format!("one of {}", MODES.join(", "))));
            }
        });
    }
    let tests = table.take_text("tests", findings).and_then(|(text, place)| match text.as_str() {
        _ if !matches!(rate, None | Some(Rate::Total(_))) => {
            findings.push(place.finding("`tests` is for a rate that is a total", "leave it out"));
            None
        }
        "general" => Some(Tested::General),
        "claimed" => Some(Tested::Claimed),
        _ => {
            findings.push(place.finding(format!("`{text}` is no column"), "general or claimed"));
            None
        }
    });
    Fields {
        title: text(table, "title", findings),
        heading,
        rate,
        control: requires.or(prohibits),
        of: list(table, "of", findings),
        except_of: list(table, "except-of", findings),
        to: list(table, "to", findings),
        goods: goods(table, "goods", findings)
            .map(|(all, list)| if all { None } else { Some(list) }),
        except_goods: goods(table, "except-goods", findings).map(|(_, list)| list),
        when,
        unstated: unstated(table, findings),
        relief: table.take_bool("relief", findings),
        stand_in: table.take_bool("stand-in", findings),
        basis: basis(table, findings),
        pick: text(table, "pick", findings),
        stage: text(table, "stage", findings),
        tests,
        absorbs: text(table, "absorbs", findings),
        drawback: table.take_text("drawback", findings).and_then(|(text, place)| {
            if !DRAWBACKS.contains(&text.as_str()) {
                let help = format!("one of {}", DRAWBACKS.join(", "));
                findings.push(place.finding(format!("`{text}` is no kind of drawback"), help));
                return None;
            }
            Some(text)
        }),
        alias: list(table, "alias", findings),
        clock: table.take_texts("clock", findings).map(|texts| date_facts(Some(texts), findings)),
    }
}

/// Whether it is all goods, and the selectors otherwise.
fn goods(
    table: &mut Table,
    key: &str,
    findings: &mut Vec<Finding>,
) -> Option<(bool, Vec<GoodsSelector>)> {
    let texts = table.take_texts(key, findings)?;
    if key == "goods" && texts.len() == 1 && texts[0].0 == "all" {
        return Some((true, Vec::new()));
    }
    let mut selectors = Vec::new();
    for (text, place) in texts {
        match GoodsSelector::parse(&text) {
            Ok(selector) => selectors.push(selector),
            Err(e) => findings.push(place.finding(format!("{key}: {e}"), "a code or a list")),
        }
    }
    Some((false, selectors))
}

pub(crate) fn basis(table: &mut Table, findings: &mut Vec<Finding>) -> Option<Basis> {
    let (text, place) = table.take_text("basis", findings)?;
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        ["value"] => Some(Basis::Value),
        ["content", part] => Some(Basis::Content((*part).to_owned())),
        ["value", "less", "content", part] => Some(Basis::ValueLessContent((*part).to_owned())),
        _ => {
            findings.push(place.finding(
                format!("`{text}` is not a basis"),
                "\"value\", \"content steel\" or \"value less content us\"",
            ));
            None
        }
    }
}

fn unstated(table: &mut Table, findings: &mut Vec<Finding>) -> Option<Unstated> {
    let mut inner = table.take_table("unstated", findings)?;
    let cite =
        inner.require_text("cite", "say on whose authority, like \"CSMS 64680374\"", findings);
    let mut unstated =
        Unstated { cite: cite.map(|(c, _)| c).unwrap_or_default(), ..Unstated::default() };
    let keys: Vec<String> = inner.keys().map(str::to_owned).collect();
    for key in keys {
        let Some((text, place)) = inner.take_text(&key, findings) else { continue };
        match Outcome::parse(&text) {
            Some(outcome) => unstated.outcomes.push((key, outcome)),
            None => findings.push(place.finding(
                format!("`{text}` is not an outcome"),
                format!("one of {}", Outcome::NAMES.join(", ")),
            )),
        }
    }
    Some(unstated)
}

pub(crate) fn date_facts(
    texts: Option<Vec<(String, Place)>>,
    findings: &mut Vec<Finding>,
) -> Vec<DateFact> {
    texts
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(text, place)| {
            let date = DateFact::parse(&text);
            if date.is_none() {
                let all = DateFact::ALL.map(DateFact::name).join(", ");
                findings.push(place.finding(
                    format!("`{text}` is not a date of an entry"),
                    format!("one of {all}"),
                ));
            }
            date
        })
        .collect()
}

/// Reads a rate of the measure language.
pub(crate) fn rate(text: &str, place: &Place, findings: &mut Vec<Finding>) -> Option<Rate> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let share = |word: &str| -> Option<Exact> { word.strip_suffix('%').and_then(percent) };
    let rate = match words.as_slice() {
        ["schedule", "general"] => Some(Rate::General),
        ["schedule", "column", "2"] => Some(Rate::Column2),
        ["schedule", "special", symbols @ ..] if !symbols.is_empty() => {
            Some(Rate::Special(symbols.iter().map(|s| (*s).to_owned()).collect()))
        }
        ["list", name] => Some(Rate::List((*name).to_owned())),
        ["total", total] => share(total).map(Rate::Total),
        ["unknown"] => Some(Rate::Unknown { min: None, max: None }),
        ["unknown", min, "to", max] => {
            let (min, max) = (share(min), share(max));
            (min.is_some() && max.is_some() && min <= max).then_some(Rate::Unknown { min, max })
        }
        _ => duty(text),
    };
    if rate.is_none() {
        findings.push(place.finding(
            format!("`{text}` is not a rate"),
            "a text of the tariff (\"25%\", \"free\", \"4.4¢/kg + 6%\"), \"schedule general\", \"total 15%\" or \"unknown\"",
        ));
    }
    rate
}

/// Reads a duty as the tariff words it; nothing else of the language.
pub(crate) fn duty(text: &str) -> Option<Rate> {
    match nomenclature::rate::parse_rate(text) {
        Ok(nomenclature::rate::RateText::Duty(duty)) => {
            Some(Rate::Duty { text: text.to_owned(), duty })
        }
        _ => None,
    }
}
