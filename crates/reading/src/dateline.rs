//! When a document was written, as it says itself: the line under a headline, the words before a dash, a stamp.

use tariff::{Day, MONTHS};

/// A date of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    pub day: Day,
    pub found: Found,
}

/// Where a date comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// The user says so.
    Given,
    /// The document says so.
    Stated,
    /// The document quotes words that were said then, or the day before.
    Quoted,
}

impl Found {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Found::Given => "given",
            Found::Stated => "stated",
            Found::Quoted => "quoted",
        }
    }
}

/// So many lines at either end of a text may be a line of its date.
const LINES_FIRST: usize = 12;
const LINES_LAST: usize = 6;

/// A line that is no more than a date with a name or two has at most so many characters.
const LINE_MAX: usize = 90;

/// Before its first dash a paragraph has its place and date within so many characters.
const PLACE_MAX: usize = 90;

/// Words by which a line says that its date is the document's.
const STAMPS: &[&str] =
    &["published", "posted", "updated", "date", "dated", "issued", "released", "last modified"];

/// Words by which a line says that its date is another.
const OTHERS: &[&str] = &[
    "effective",
    "until",
    "through",
    "from",
    "by",
    "deadline",
    "since",
    "before",
    "after",
    "due",
    "on",
    "between",
    "as",
    "expires",
    "ends",
];

/// The date that a text states of itself, if it does.
pub fn find(text: &str) -> Option<Dated> {
    let stated = |day| Dated { day, found: Found::Stated };
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let first = lines.iter().take(LINES_FIRST);
    let last = lines.iter().skip(LINES_FIRST.max(lines.len().saturating_sub(LINES_LAST)));
    let all: Vec<&str> = first.chain(last).copied().collect();
    let mut by_sureness = [None; 3];
    for line in all {
        let short = line.chars().count() <= LINE_MAX;
        let lower = start(line, LINE_MAX).to_lowercase();
        let stamp = STAMPS.iter().any(|stamp| lower.starts_with(stamp));
        if let (true, true, Some(day)) = (short, stamp, first_in(line)) {
            by_sureness[usize::from(lower.starts_with("updated"))].get_or_insert(day);
        }
        if let Some(day) = short.then(|| alone(line)).flatten().or_else(|| placed(line)) {
            by_sureness[2].get_or_insert(day);
        }
    }
    by_sureness.into_iter().flatten().next().map(stated)
}

/// The first full date in a text: `May 30, 2025`, `30 May 2025`, `2025-05-30`.
pub fn first(text: &str) -> Option<Day> {
    first_in(text)
}

/// A date that stands at the start of a text as machines write it.
pub fn iso(text: &str) -> Option<Day> {
    Day::parse(text.trim().get(..10)?).ok()
}

/// A line that holds a date and little else.
fn alone(line: &str) -> Option<Day> {
    let words = words(line);
    let day = first_in(line)?;
    // `By Ann Lee` is a name, `by 30 May` another date.
    let byline =
        words.first().is_some_and(|word| *word == "By") && ordinal(words.get(1)?).is_none();
    let mut rest = words.iter().skip(usize::from(byline));
    let other = rest.any(|word| OTHERS.contains(&word.to_lowercase().as_str()));
    // A sentence has more words than a name, a place, a weekday and a date.
    let sentence = words.len() > 9 || (line.ends_with('.') && words.len() > 5);
    (!other && !sentence).then_some(day)
}

/// `BEIJING, May 30, 2025 (Agency) – Talks …`
fn placed(line: &str) -> Option<Day> {
    let head = start(line, PLACE_MAX);
    let dash =
        [" – ", " — ", " - ", " -- ", "—"].iter().filter_map(|dash| head.find(dash)).min()?;
    let head = head.get(..dash)?;
    let other = words(head).iter().any(|word| OTHERS.contains(&word.to_lowercase().as_str()));
    if other || words(head).len() > 9 { None } else { first_in(head) }
}

fn start(text: &str, characters: usize) -> &str {
    let end = text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}

fn words(text: &str) -> Vec<&str> {
    let split = |c: char| !c.is_alphanumeric() && c != '-' && c != '/' && c != '.';
    text.split(split).map(|word| word.trim_matches(['.', '-'])).filter(|w| !w.is_empty()).collect()
}

fn first_in(text: &str) -> Option<Day> {
    let words = words(text);
    for (at, word) in words.iter().enumerate() {
        if let Some(day) = iso(word).or_else(|| slashed(word)) {
            return Some(day);
        }
        let Some(month) = month(word) else { continue };
        let before = at.checked_sub(1).and_then(|at| words.get(at)).and_then(|w| ordinal(w));
        let after = words.get(at + 1).copied();
        let year = |at: usize| words.get(at).and_then(|w| year(w));
        // `May 30, 2025`, then `30 May 2025`.
        let found = after
            .and_then(ordinal)
            .and_then(|day| Day::new(year(at + 2)?, month, day))
            .or_else(|| Day::new(year(at + 1)?, month, before?));
        if found.is_some() {
            return found;
        }
    }
    None
}

fn month(word: &str) -> Option<i8> {
    let word = word.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| {
        *month == word || (word.len() >= 3 && word.len() <= 4 && month.starts_with(word.as_str()))
    })?;
    i8::try_from(at + 1).ok()
}

fn ordinal(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = word.get(digits.len()..)?;
    let number: i8 = digits.parse().ok()?;
    (matches!(ending, "" | "st" | "nd" | "rd" | "th") && (1..=31).contains(&number))
        .then_some(number)
}

fn year(word: &str) -> Option<i16> {
    let year: i16 = word.parse().ok()?;
    (1990..2100).contains(&year).then_some(year)
}

/// `5/30/2025` or `30/5/2025`, where one of the numbers can only be a day; `2025/05/30`.
fn slashed(word: &str) -> Option<Day> {
    let parts: Vec<i16> = word.split('/').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [a, b, c] = parts.as_slice() else { return None };
    let small = |number: i16| i8::try_from(number).ok();
    match (*a, *b, *c) {
        (y, m, d) if y >= 1990 => Day::new(y, small(m)?, small(d)?),
        (m, d, y) if d > 12 && (1990..2100).contains(&y) => Day::new(y, small(m)?, small(d)?),
        (d, m, y) if d > 12 && (1990..2100).contains(&y) => Day::new(y, small(m)?, small(d)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_document_says_when_it_was_written() {
        let dated = |text: &str| find(text).map(|dated| dated.day.to_string());
        for (text, day) in [
            ("Duties fall\nMay 30, 2025\n\nThe duties …", "2025-05-30"),
            ("Duties fall\nBy Ann Lee | Friday, 30 May 2025 10:04\nThe", "2025-05-30"),
            ("BEIJING, May 30th, 2025 (Agency) – The duties fell.", "2025-05-30"),
            ("Published: 2025-05-30\nThe duties", "2025-05-30"),
            ("Client alert\n5/30/2025\nText", "2025-05-30"),
            ("Updated Sept. 4, 2025\nPublished Aug. 29, 2025\nText", "2025-08-29"),
        ] {
            assert_eq!(dated(text).as_deref(), Some(day), "{text}");
        }
        for text in [
            "The duties fell on May 14, 2025, and Beijing answered with cuts of its own within hours.",
            "Effective May 14, 2025",
            "There is no date here, only 145% and 30 May.",
        ] {
            assert_eq!(dated(text), None, "{text}");
        }
    }
}
