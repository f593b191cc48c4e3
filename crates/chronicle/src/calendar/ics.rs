//! The calendar as iCalendar text (RFC 5545), which calendars of all makes take in.

use std::collections::BTreeSet;
use std::fmt::Write;

use ledger::Ledger;
use tariff::{Moment, Stated, Zone};

use crate::calendar::Due;

/// The most octets of a line, its end not counted (RFC 5545, 3.1).
const LINE_OCTETS: usize = 75;

/// Writes the entries. `name` is what the calendar is called, `known` the moment of knowledge: it stamps
/// the entries, since the clock is never read. `notes` stand in the description of each entry.
///
/// Days are all-day entries, moments are told in UTC. The same entry has the same UID in every calendar,
/// whatever its words or its moment become.
pub fn ics(
    ledger: &Ledger,
    entries: &[Due],
    name: &str,
    known: Moment,
    notes: &[String],
) -> String {
    let utc = Zone::named("UTC").expect("UTC is a zone");
    let home = &ledger.territories[0].zone;
    let mut out = String::new();
    let mut line = |text: &str| fold(&mut out, text);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Truce//truce calendar//EN");
    line("CALSCALE:GREGORIAN");
    line("METHOD:PUBLISH");
    line(&format!("NAME:{}", escaped(name)));
    line(&format!("X-WR-CALNAME:{}", escaped(name)));
    let mut uids = BTreeSet::new();
    for due in entries {
        line("BEGIN:VEVENT");
        line(&format!("UID:{}", uid(due, &mut uids)));
        line(&format!("DTSTAMP:{}", in_utc(known, &utc)));
        match due.moment {
            Stated::Day(first) => {
                let last = due.until.map_or(first, |until| until.day(home)).max(first);
                line(&format!("DTSTART;VALUE=DATE:{}", digits(&first.to_string())));
                line(&format!("DTEND;VALUE=DATE:{}", digits(&last.next().to_string())));
            }
            Stated::Moment(moment) => line(&format!("DTSTART:{}", in_utc(moment, &utc))),
        }
        line(&format!("SUMMARY:{}", escaped(&due.title)));
        line(&format!("DESCRIPTION:{}", escaped(&description(ledger, due, notes))));
        line(&format!("CATEGORIES:{}", escaped(&due.kind)));
        if let Some(address) = due.cites.iter().find(|c| c.starts_with("https://")) {
            line(&format!("URL:{address}"));
        }
        line("TRANSP:TRANSPARENT");
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    out
}

/// What it rests on, and how it was asked for.
fn description(ledger: &Ledger, due: &Due, notes: &[String]) -> String {
    let home = &ledger.territories[0].zone;
    let mut text = String::new();
    let zone = due.by.and_then(|by| ledger.levying(by.as_str())).map_or(home, |t| &t.zone);
    if let Stated::Moment(moment) = due.moment {
        let _ = writeln!(text, "At {} ({}).", moment.rfc3339(zone), zone.name());
    }
    for cite in &due.cites {
        match ledger.act(cite) {
            Some(act) => {
                let _ = writeln!(text, "Source: {cite}: {} ({})", act.cite, act.title);
            }
            None => {
                let _ = writeln!(text, "Source: {cite}");
            }
        }
    }
    for measure in &due.measures {
        let _ = writeln!(text, "Measure: {measure}");
    }
    for note in notes {
        let _ = writeln!(text, "{note}");
    }
    text.trim_end().to_owned()
}

/// The words that name it, as one word; a second of the same name gets a number.
fn uid(due: &Due, taken: &mut BTreeSet<String>) -> String {
    let mut word = String::new();
    for c in due.key.chars() {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => word.push(c),
            _ if word.ends_with('-') => {}
            _ => word.push('-'),
        }
    }
    let word = word.trim_matches('-');
    let mut uid = format!("{word}@truce");
    let mut number = 2;
    while !taken.insert(uid.clone()) {
        uid = format!("{word}-{number}@truce");
        number += 1;
    }
    uid
}

/// `20250812T040100Z`.
fn in_utc(moment: Moment, utc: &Zone) -> String {
    let (hour, minute) = moment.clock(utc);
    let second = moment.seconds().rem_euclid(60);
    format!("{}T{hour:02}{minute:02}{second:02}Z", digits(&moment.day(utc).to_string()))
}

fn digits(day: &str) -> String {
    day.replace('-', "")
}

/// Text as a value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,");
    text.replace("\r\n", "\n").replace('\n', "\\n")
}

/// Adds a line, broken where it is longer than a line may be: what follows begins with a blank.
fn fold(out: &mut String, text: &str) {
    let mut octets = 0;
    for c in text.chars() {
        if octets + c.len_utf8() > LINE_OCTETS {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(c);
        octets += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_between_letters_at_75_octets() {
        let mut out = String::new();
        let text = format!("SUMMARY:{}", "ü中a".repeat(60));
        fold(&mut out, &text);
        assert!(out.ends_with("\r\n"));
        assert!(out.split("\r\n").all(|line| line.len() <= LINE_OCTETS), "{out}");
        assert_eq!(out.replace("\r\n ", "").trim_end(), text);
    }

    #[test]
    fn marks_of_the_format_are_escaped_in_values() {
        assert_eq!(escaped("a, b; c\\d\ne"), "a\\, b\\; c\\\\d\\ne");
    }
}
