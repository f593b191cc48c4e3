//! Dates in the descriptions of headings: by when goods were loaded, from when they are entered.

use ledger::DateFact;
use tariff::{Day, MONTHS, Moment, Stated, Zone};

/// A date that a description makes a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    pub fact: DateFact,
    /// Before the date, or from it on.
    pub before: bool,
    /// A day where the text names no hour.
    pub at: Stated,
    /// It stands in a clause that says what is excepted, so other headings may carry it.
    pub excepted: bool,
}

/// Words before a date, the longer first, whether they mean "before", and the days to add.
const PREPOSITIONS: &[(&str, bool, i32)] = &[
    ("on or after", false, 0),
    ("on and after", false, 0),
    ("prior to", true, 0),
    ("before", true, 0),
    ("through", true, 1),
    ("after", false, 0),
    ("from", false, 0),
];

/// Words that say what happened by a date; of a contract the ledger keeps no date.
const FACTS: &[(&str, Option<DateFact>)] = &[
    ("loaded", Some(DateFact::Loaded)),
    ("in transit", Some(DateFact::Loaded)),
    ("exported", Some(DateFact::Exported)),
    ("entered", Some(DateFact::Entered)),
    ("withdrawn", Some(DateFact::Entered)),
    ("entries", Some(DateFact::Entered)),
    ("effective", Some(DateFact::Entered)),
    ("contract", None),
];

/// Words that begin what a heading is about, where no `except` stands before them.
const MAIN: &[&str] = &["articles the product", "articles that", "articles of", "entries"];

/// The dates of a description, in its order.
pub fn cuts(description: &str, zone: &Zone) -> Vec<Cut> {
    let text = description.to_lowercase();
    let mut found = Vec::new();
    for (month, name) in MONTHS.iter().enumerate() {
        for (at, _) in text.match_indices(name) {
            if let Some(day) = day_after(&text[at + name.len()..], month as i8 + 1)
                && let Some(cut) = cut(&text[..at], day, zone)
            {
                found.push((at, cut));
            }
        }
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, cut)| cut).collect()
}

/// ` 5, 2025` after the name of a month.
fn day_after(rest: &str, month: i8) -> Option<Day> {
    let rest = rest.strip_prefix([' ', '.'])?.trim_start();
    let (day, rest) = rest.split_once(',')?;
    let year = rest.trim_start().get(..4)?;
    Day::new(year.parse().ok()?, month, day.trim().parse().ok()?)
}

/// The condition that the words before a date make of it.
fn cut(before: &str, day: Day, zone: &Zone) -> Option<Cut> {
    let words = before.trim_end();
    let (words, minute) = hour(words);
    let (word, is_before, days) = PREPOSITIONS.iter().find(|(word, ..)| {
        words.strip_suffix(word).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric))
    })?;
    let words = &words[..words.len() - word.len()];
    let last = FACTS.iter().filter_map(|(word, fact)| Some((words.rfind(word)?, *fact)));
    let fact = last.max_by_key(|(at, _)| *at)?.1?;
    let at = match minute {
        Some((hour, minute)) => Stated::Moment(day.plus(*days).at(hour, minute, zone)),
        None => Stated::Day(day.plus(*days)),
    };
    Some(Cut { fact, before: *is_before, at, excepted: is_excepted(words) })
}

/// Takes `12:01 a.m. eastern daylight time on` off the end.
fn hour(words: &str) -> (&str, Option<(i8, i8)>) {
    let Some(rest) = words.strip_suffix(" on").map(str::trim_end) else { return (words, None) };
    let Some(at) = rest.rfind("a.m.").or_else(|| rest.rfind("p.m.")) else { return (words, None) };
    if !rest[at + 4..].trim().ends_with("time") {
        return (words, None);
    }
    let clock = rest[..at].trim_end();
    let start = clock.rfind(' ').map_or(0, |at| at + 1);
    let Some((hours, minutes)) = clock[start..].split_once(':') else { return (words, None) };
    let (Ok(hours), Ok(minutes)) = (hours.parse::<i8>(), minutes.parse::<i8>()) else {
        return (words, None);
    };
    let noon = if rest[at..].starts_with('p') { 12 } else { 0 };
    (clock[..start].trim_end(), Some((hours % 12 + noon, minutes)))
}

/// Whether the last clause that begins before a date says what is excepted.
fn is_excepted(words: &str) -> bool {
    let except = words.rfind("except").max(words.rfind("notwithstanding"));
    let Some(except) = except else { return false };
    let main = MAIN.iter().filter_map(|mark| words.rfind(mark)).max();
    // `except for articles the product of …` begins nothing new.
    main.is_none_or(|main| main < except || main - except <= "except for ".len())
}

impl Cut {
    /// Whether a moment of the ledger is this date: a day means its first two minutes.
    pub fn is_at(&self, moment: Moment, zone: &Zone) -> bool {
        match self.at {
            Stated::Moment(stated) => stated == moment,
            Stated::Day(day) => moment.day(zone) == day && moment.clock(zone) <= (0, 1),
        }
    }

    /// In the words of conditions.
    pub fn print(&self, zone: &Zone) -> String {
        let word = if self.before { "before" } else { "from" };
        format!("{} {word} {}", self.fact.name(), self.at.print(zone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of headings as they are printed, and the dates in them.
    const TEXTS: &[(&str, &[&str])] = &[
        (
            "Articles the product of any country that (1) were loaded onto a vessel at the port of loading \
             and in transit on the final mode of transit prior to entry into the United States, before \
             12:01 a.m. eastern daylight time on April 5, 2025; and (2) are entered for consumption, or \
             withdrawn from warehouse for consumption after 12:01 a.m. eastern daylight time on April 5, \
             2025",
            &["loaded before 2025-04-05T00:01-04:00", "entered from 2025-04-05T00:01-04:00"],
        ),
        (
            "Except for products described in headings 9903.01.21 and 9903.01.22, and other than products \
             for personal use, articles the product of China and Hong Kong that: (1) were loaded onto a \
             vessel at the port of loading, or in transit on the final mode of transport prior to entry \
             into the United States, before 12:01 a.m. eastern standard time on February 1, 2025; and (2) \
             are entered for consumption, or withdrawn from warehouse for consumption, on or after 12:01 \
             a.m. eastern standard time on February 4, 2025, and before 12:01 a.m. eastern standard time \
             on March 7, 2025.",
            &[
                "loaded before 2025-02-01T00:01-05:00",
                "entered from 2025-02-04T00:01-05:00",
                "entered before 2025-03-07T00:01-05:00",
            ],
        ),
        (
            "Except for goods loaded onto a vessel at the port of loading and in transit on the final mode \
             of transit before 12:01 a.m. eastern daylight time on August 7, 2025, and entered for \
             consumption or withdrawn from warehouse for consumption before 12:01 a.m. eastern daylight \
             time on October 5, 2025, except for products described in headings 9903.01.30-9903.01.33, \
             articles the product of Afghanistan",
            &[
                "except loaded before 2025-08-07T00:01-04:00",
                "except entered before 2025-10-05T00:01-04:00",
            ],
        ),
        (
            "Articles the product of any country, except for articles the product of a country enumerated \
             in subdivision (v)(xiii) of U.S. note 2 to this subchapter that are entered for consumption \
             after 12:01 a.m. eastern daylight time on April 9, 2025",
            &["except entered from 2025-04-09T00:01-04:00"],
        ),
        (
            "Effective with respect to entries on or after June 15, 2024 and through November 9, 2026, \
             articles the product of China",
            &["entered from 2024-06-15", "entered before 2026-11-10"],
        ),
        (
            "Articles the product of China, if exported to the United States before May 10, 2019 and \
             entered for consumption, or withdrawn from warehouse for consumption, on or after May 10, \
             2019, and before June 15, 2019",
            &["exported before 2019-05-10", "entered from 2019-05-10", "entered before 2019-06-15"],
        ),
        (
            "Notwithstanding subheading 9903.92.10, effective with respect to entries, on or after \
             September 27, 2024, of ship-to-shore gantry cranes that are fulfilling an executed contract \
             for sale dated prior to May 14, 2024 for goods that are entered for consumption, or withdrawn \
             from warehouse for consumption, in the United States prior to May 14, 2026",
            &["entered from 2024-09-27", "entered before 2026-05-14"],
        ),
        (
            "Articles the product of Mexico, as provided for in U.S. note 2(a) to this subchapter",
            &[],
        ),
    ];

    #[test]
    fn dates_are_read_as_the_headings_print_them() {
        let zone = Zone::named("America/New_York").unwrap();
        for (text, wanted) in TEXTS {
            let found: Vec<String> = cuts(text, &zone)
                .iter()
                .map(|cut| {
                    let except = if cut.excepted { "except " } else { "" };
                    format!("{except}{}", cut.print(&zone))
                })
                .collect();
            assert_eq!(found, *wanted, "{text}");
        }
    }

    #[test]
    fn a_day_is_met_by_its_first_two_minutes_and_a_minute_only_by_itself() {
        let zone = Zone::named("America/New_York").unwrap();
        let one = |text: &str| cuts(text, &zone)[0];
        let day = one("entries on or after January 1, 2026");
        let minute = one("entered before 12:01 a.m. eastern standard time on March 7, 2025");
        let at = |text: &str| Moment::parse(text).unwrap();
        assert!(day.is_at(at("2026-01-01T00:00-05:00"), &zone));
        assert!(day.is_at(at("2026-01-01T00:01-05:00"), &zone));
        assert!(!day.is_at(at("2026-01-01T00:02-05:00"), &zone));
        assert!(minute.is_at(at("2025-03-07T00:01-05:00"), &zone));
        assert!(!minute.is_at(at("2025-03-07T00:00-05:00"), &zone));
    }
}
