//! Dates in the descriptions of headings: by when goods were loaded, from when they are entered.

use ledger::DateFact;
use tariff::{Day, Moment, Stated, Zone};

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

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

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
