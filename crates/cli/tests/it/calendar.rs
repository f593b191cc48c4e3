//! What comes due: told, as data, and for calendars.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use insta::assert_snapshot;
use serde_json::Value;

use crate::truce::{truce, truce_with};

fn json(line: &str) -> Value {
    let run = truce(&format!("{line} --json"));
    assert_eq!(run.status, 0, "{run}");
    serde_json::from_str(&run.stdout).unwrap()
}

fn days(entries: &Value, field: &str) -> Vec<String> {
    let days = entries.as_array().unwrap().iter();
    days.map(|entry| entry[field].as_str().unwrap()[..10].to_owned()).collect()
}

#[test]
fn the_calendar_of_30_may_2025_as_known_that_day() {
    let run = truce("calendar --after 2025-05-30");
    for day in ["2025-06-05", "2025-06-09", "2025-07-09", "2025-08-12"] {
        assert!(run.stdout.contains(day), "{day} is not in\n{run}");
    }
    assert_snapshot!(run);
}

#[test]
fn the_calendar_of_two_sides_says_what_comes_back() {
    assert_snapshot!(truce("calendar --after 2025-05-30 --between US,CN"));
}

#[test]
fn what_is_next_today() {
    let told = json("calendar");
    let first = days(&told["entries"], "moment");
    assert!(first.contains(&"2026-11-10".to_owned()), "{first:?}");
    assert!(first.is_sorted(), "{first:?}");
}

#[test]
fn the_end_of_the_surcharge_is_due_by_its_act_and_by_the_statute() {
    let told = json("calendar --after 2026-03-01 --by US");
    let on_the_day: Vec<&Value> = told["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["moment"].as_str().unwrap().starts_with("2026-07-24"))
        .collect();
    let says =
        |words: &str| on_the_day.iter().any(|e| e["title"].as_str().unwrap().contains(words));
    assert!(says("Import surcharge ends (10%)") && says("150 days"), "{on_the_day:?}");
}

#[test]
fn the_json_is_that_of_the_contract() {
    let told = json("calendar --after 2025-05-30");
    for key in ["after", "known", "world", "entries", "ledger", "version"] {
        assert!(told.get(key).is_some(), "{key}");
    }
    let entry = ["moment", "until", "kind", "title", "by", "program", "cites", "measures"];
    for found in told["entries"].as_array().unwrap() {
        let keys: Vec<&String> = found.as_object().unwrap().keys().collect();
        assert_eq!(keys, entry);
        assert!(!found["cites"].as_array().unwrap().is_empty(), "{found}");
    }
}

#[test]
fn a_code_leaves_out_what_is_about_other_goods() {
    let all = json("calendar --after 2025-05-30 --by US");
    let toys = json("calendar --after 2025-05-30 --by US --code 9503.00.00.73");
    let titles = |told: &Value| -> BTreeSet<String> {
        let entries = told["entries"].as_array().unwrap().iter();
        entries.map(|e| e["title"].as_str().unwrap().to_owned()).collect()
    };
    let of_toys = titles(&toys);
    assert!(of_toys.len() < titles(&all).len());
    assert!(!of_toys.iter().any(|title| title.contains("solar")), "{of_toys:?}");
    assert!(of_toys.iter().any(|title| title.contains("pause ends, back to 34%")), "{of_toys:?}");
}

#[test]
fn a_world_has_its_own_dates() {
    let record = json("calendar --after 2025-08-20 --between US,CN");
    let lapsed =
        json("calendar --after 2025-08-20 --between US,CN --world truce-lapses-2025-08-12");
    assert_ne!(record["entries"], lapsed["entries"]);
}

/// The brief tells of every date of the calendar's that it has room for.
#[test]
fn brief_and_calendar_agree_on_what_is_next() {
    for day in ["2025-05-30", "2025-08-11", "2025-10-01", "2026-01-15", "2026-04-01", "2026-09-01"]
    {
        let brief = json(&format!("brief --between US,CN --on {day}"));
        let calendar = json(&format!("calendar --after {day}"));
        let due: BTreeSet<&str> = calendar["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["moment"].as_str().unwrap())
            .collect();
        for next in brief["next"].as_array().unwrap() {
            assert!(due.contains(next["moment"].as_str().unwrap()), "{day}: {next}");
        }
        assert!(!brief["next"].as_array().unwrap().is_empty(), "{day}");
    }
}

fn ics(line: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("due.ics");
    let mut arguments: Vec<&str> = line.split_whitespace().collect();
    arguments.extend(["--ics", path.to_str().unwrap()]);
    let run = truce_with(&arguments);
    assert_eq!(run.status, 0, "{run}");
    fs::read_to_string(path).unwrap()
}

/// The properties of an entry of a calendar by name, its lines unfolded and its values unescaped.
type Entry = BTreeMap<String, String>;

/// Reads a calendar by the rules of RFC 5545 (3.1, 3.3.11), independent of what wrote it.
fn read(text: &str) -> Vec<Entry> {
    assert!(
        text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
            && text.ends_with("END:VCALENDAR\r\n")
    );
    for line in text.split("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\n', '\r']), "{line}");
    }
    let mut entries: Vec<Entry> = Vec::new();
    for line in text.replace("\r\n ", "").lines().filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').unwrap();
        match (name, value, entries.last_mut()) {
            ("BEGIN", "VEVENT", _) => entries.push(Entry::new()),
            (_, _, Some(entry)) => {
                let mut plain = String::new();
                let mut letters = value.chars();
                while let Some(c) = letters.next() {
                    match c {
                        '\\' => plain.push(match letters.next().unwrap() {
                            'n' | 'N' => '\n',
                            mark => mark,
                        }),
                        ';' | ',' => panic!("a mark that is not escaped: {line}"),
                        c => plain.push(c),
                    }
                }
                let name = name.split(';').next().unwrap().to_owned();
                assert!(name == "END" || entry.insert(name, plain).is_none(), "twice: {line}");
            }
            (_, _, None) => {}
        }
    }
    entries
}

#[test]
fn the_file_for_calendars_is_read_back_entry_by_entry() {
    for after in ["2025-05-30", "2026-03-01", "2026-10-09"] {
        let text = ics(&format!("calendar --after {after}"));
        assert_eq!(text, ics(&format!("calendar --after {after}")), "the same bytes again");
        let told = json(&format!("calendar --after {after}"))["entries"].clone();
        let (events, told) = (read(&text), told.as_array().unwrap());
        assert_eq!(events.len(), told.len(), "{after}");
        let uids: BTreeSet<&String> = events.iter().map(|event| &event["UID"]).collect();
        assert_eq!(uids.len(), events.len(), "{after}");
        for (event, entry) in events.iter().zip(told) {
            assert_eq!(event["SUMMARY"], entry["title"].as_str().unwrap());
            assert!(event["DESCRIPTION"].contains("Source: "), "{entry}");
            assert!(event["DTSTAMP"].ends_with('Z') && event["DTSTAMP"].len() == 16, "{event:?}");
            let day = &entry["moment"].as_str().unwrap();
            match day.len() {
                10 => {
                    assert_eq!(event["DTSTART"], day.replace('-', ""));
                    assert!(event["DTEND"] > event["DTSTART"]);
                }
                _ => assert!(event["DTSTART"].ends_with('Z'), "{event:?}"),
            }
        }
    }
}

#[test]
fn a_moment_is_told_in_utc_and_by_its_own_clock() {
    let events = read(&ics("calendar --after 2025-05-30 --between US,CN"));
    let back: Vec<&Entry> =
        events.iter().filter(|event| event["SUMMARY"].contains("suspension ends")).collect();
    // 00:01 in New York is 12:01 in Beijing.
    assert_eq!(back.len(), 2);
    assert!(back.iter().all(|event| event["DTSTART"] == "20250812T040100Z"), "{back:?}");
    assert!(back.iter().any(|event| event["DESCRIPTION"].contains("2025-08-12T12:01+08:00")));
}

#[test]
fn an_end_that_is_put_off_keeps_its_name_in_calendars() {
    let uid = |after: &str| -> String {
        let events = read(&ics(&format!("calendar --after {after} --between US,CN")));
        let words = "United States on China: suspension ends";
        let back = events.into_iter().find(|event| event["SUMMARY"].starts_with(words));
        back.unwrap()["UID"].clone()
    };
    assert_eq!(uid("2025-05-30"), uid("2025-08-20"));
}

#[test]
fn a_file_of_codes_tells_its_bad_lines_and_takes_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("codes.csv");
    fs::write(
        &path,
        "\u{feff}name,code\r\n\"toys, dolls\",9503.00.00.73\r\npanels,\"8541430010\"\r\n?,x1\r\n",
    )
    .unwrap();
    let run = truce_with(&["calendar", "--after", "2025-05-30", "--codes", path.to_str().unwrap()]);
    assert_eq!(run.status, 1, "{run}");
    assert!(run.stdout.contains("on 2 code(s) of goods"), "{run}");
    assert!(run.stderr.contains("codes.csv:4:") && run.stderr.contains("x1"), "{run}");
    fs::write(&path, "code\n").unwrap();
    let run = truce_with(&["calendar", "--codes", path.to_str().unwrap()]);
    assert!(run.status == 2 && run.stderr.contains("holds no code"), "{run}");
}

#[test]
fn what_cannot_be_asked_is_refused() {
    for (line, words) in [
        ("--after tomorrow", "--after"),
        ("--by JP", "levies nothing here"),
        ("--between US", "is no pair"),
        ("--code x", "--code"),
        ("--code 9503", "is a heading of many codes"),
        ("--codes no-such-file.csv", "cannot be read"),
        ("--by US --between US,CN", "--between"),
        ("--world nowhere", "unknown world"),
    ] {
        let run = truce(&format!("calendar {line}"));
        assert!(run.status == 2 && run.stderr.contains(words), "{line}: {run}");
    }
}

/// Toys of China, liquidated on 1 August 2026: 80 days for the declaration, 180 for a protest
/// (law/us/refunds.toml).
const ENTRIES: &str = "\
Entry Summary Number,Entry Summary Line Number,Entry Type Code,Entry Date,Liquidation Date,Country of Origin Code,\
Tariff Ordinal Number,HTS Number - Full,Line Goods Value Amount,Line Tariff Duty Amount
60500000027,1,01,05/20/2025,08/01/2026,CN,1,99030124,0,$2000.00
60500000027,1,01,05/20/2025,08/01/2026,CN,2,99030125,0,$1000.00
60500000027,1,01,05/20/2025,08/01/2026,CN,3,9503000073,$10000.00,0
";

#[test]
fn the_clocks_of_entries_are_due_while_their_duty_is_void() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("es003.csv");
    fs::write(&file, ENTRIES).unwrap();
    let clocks = |more: &str| -> Vec<(String, String)> {
        let told = json(&format!("calendar --by US --entries {} {more}", file.display()));
        let entries = told["entries"].as_array().unwrap().iter();
        let own = entries.filter(|entry| entry["kind"] == "refund-ends");
        let text = |entry: &Value, field: &str| entry[field].as_str().unwrap().to_owned();
        own.map(|entry| (text(entry, "moment"), text(entry, "title"))).collect()
    };
    let today = clocks("");
    let at = |day: &str, way: &str| {
        let title = format!("last day of {way} for 3,000.00 of 60500000027");
        assert!(today.contains(&(day.to_owned(), title)), "{day} {way}: {today:?}");
    };
    at("2026-10-20", "Refund declaration (CAPE)");
    at("2027-01-28", "Protest");
    // While the duty stood nothing was due, and in a world in which it stands nothing is.
    assert_eq!(clocks("--after 2025-12-01"), []);
    assert_eq!(clocks("--world ieepa-upheld"), []);
}
