//! Dates in words, seen from the date of the document.

use tariff::Day;

use crate::lexicon::{Lexicon, Meaning};
use crate::token::{Gap, Sort, Token};
use crate::unit::When;

/// The date that begins at `at`: how many tokens it has, and the days it means.
pub fn when(
    tokens: &[Token<'_>],
    at: usize,
    lexicon: &Lexicon,
    dated: Option<Day>,
) -> Option<(usize, When)> {
    iso(tokens, at)
        .or_else(|| slashed(tokens, at))
        .or_else(|| month_first(tokens, at, lexicon, dated))
        .or_else(|| day_first(tokens, at, lexicon, dated))
        .or_else(|| month_alone(tokens, at, lexicon, dated))
        .or_else(|| weekday(tokens, at, lexicon, dated))
        .or_else(|| relative(tokens, at, lexicon, dated))
}

fn low<'t>(tokens: &'t [Token<'_>], at: usize) -> &'t str {
    tokens.get(at).map_or("", |t| t.low.as_str())
}

/// `2025-05-14`.
fn iso(tokens: &[Token<'_>], at: usize) -> Option<(usize, When)> {
    let year = year(tokens, at)?;
    let part = |offset: usize| {
        let token = tokens.get(at + offset)?;
        (token.gap == Gap::Hyphen && token.text.len() == 2)
            .then(|| token.text.parse::<i8>().ok())?
    };
    Some((3, When::day(Day::new(year, part(1)?, part(2)?)?)))
}

/// `5/14/2025`, as Americans write it.
fn slashed(tokens: &[Token<'_>], at: usize) -> Option<(usize, When)> {
    if low(tokens, at + 1) != "/" || low(tokens, at + 3) != "/" {
        return None;
    }
    let month: i8 = tokens[at].text.parse().ok()?;
    let day: i8 = tokens.get(at + 2)?.text.parse().ok()?;
    Some((5, When::day(Day::new(year(tokens, at + 4)?, month, day)?)))
}

fn year(tokens: &[Token<'_>], at: usize) -> Option<i16> {
    let token = tokens.get(at)?;
    let year: i16 = (token.text.len() == 4).then(|| token.text.parse().ok())??;
    (1990..=2100).contains(&year).then_some(year)
}

fn month(tokens: &[Token<'_>], at: usize, lexicon: &Lexicon) -> Option<(usize, i8)> {
    let (length, is) = lexicon.longest(tokens, at)?;
    let month = is.iter().find_map(|m| match m {
        Meaning::Month(month) => Some(*month as i8),
        _ => None,
    })?;
    let capital = tokens[at].text.starts_with(char::is_uppercase);
    // `Aug. 12`
    let point = low(tokens, at + length) == "." && tokens[at].text.len() <= 4;
    capital.then_some((length + usize::from(point), month))
}

/// `14`, `14th`.
fn day_of_month(tokens: &[Token<'_>], at: usize) -> Option<i8> {
    let text = tokens.get(at)?.text;
    let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let ordinal = ["", "st", "nd", "rd", "th"].contains(&&text[digits.len()..]);
    let day: i8 = (ordinal && digits.len() <= 2).then(|| digits.parse().ok())??;
    (1..=31).contains(&day).then_some(day)
}

/// The year that follows, after a comma or `of`, if any; else the one that brings the day nearest to the document.
fn with_year(
    tokens: &[Token<'_>],
    at: usize,
    month: i8,
    day: i8,
    dated: Option<Day>,
) -> Option<(usize, Day)> {
    let skipped = usize::from(matches!(low(tokens, at), "," | "of"));
    if let Some(year) = year(tokens, at + skipped) {
        return Some((skipped + 1, Day::new(year, month, day)?));
    }
    let dated = dated?;
    let years = [dated.year() - 1, dated.year(), dated.year() + 1];
    let days = years.into_iter().filter_map(|year| Day::new(year, month, day));
    Some((0, days.min_by_key(|day| day.days_since(dated).abs())?))
}

/// `May 14`, `May 14, 2025`.
fn month_first(
    tokens: &[Token<'_>],
    at: usize,
    lexicon: &Lexicon,
    dated: Option<Day>,
) -> Option<(usize, When)> {
    let (length, month) = month(tokens, at, lexicon)?;
    let day = day_of_month(tokens, at + length)?;
    if tokens.get(at + length + 1).is_some_and(|t| t.text == "%") {
        return None;
    }
    let (more, day) = with_year(tokens, at + length + 1, month, day, dated)?;
    Some((length + 1 + more, When::day(day)))
}

/// `14 May`, `the 14th of May 2025`.
fn day_first(
    tokens: &[Token<'_>],
    at: usize,
    lexicon: &Lexicon,
    dated: Option<Day>,
) -> Option<(usize, When)> {
    let day = day_of_month(tokens, at)?;
    let of = usize::from(low(tokens, at + 1) == "of");
    let (length, month) = month(tokens, at + 1 + of, lexicon)?;
    let after = at + 1 + of + length;
    let (more, day) = with_year(tokens, after, month, day, dated)?;
    Some((1 + of + length + more, When::day(day)))
}

/// `mid-May`, `in May 2025`, `late March`.
fn month_alone(
    tokens: &[Token<'_>],
    at: usize,
    lexicon: &Lexicon,
    dated: Option<Day>,
) -> Option<(usize, When)> {
    let part = match low(tokens, at) {
        "early" => Some((1, 10)),
        "mid" => Some((11, 20)),
        "late" => Some((21, 31)),
        _ => None,
    };
    let start = at + usize::from(part.is_some());
    let (length, month) = month(tokens, start, lexicon)?;
    let before = at.checked_sub(1).map_or("", |before| low(tokens, before));
    const LEADS: [&str; 14] = [
        "in", "since", "until", "till", "through", "last", "this", "of", "by", "from", "next",
        "during", "to", "between",
    ];
    let (more, first) = with_year(tokens, start + length, month, 1, dated)?;
    // `May` alone may be a verb, and `March` a walk.
    if part.is_none() && more == 0 && !LEADS.contains(&before) {
        return None;
    }
    let next = if month == 12 {
        Day::new(first.year() + 1, 1, 1)?
    } else {
        Day::new(first.year(), month + 1, 1)?
    };
    let end = next.plus(-1);
    let (from, to) = match part {
        Some((from, to)) => (first.plus(from - 1), first.plus(to - 1).min(end)),
        None => (first, end),
    };
    Some((start + length + more - at, When { first: from, last: to }))
}

/// `Thursday`: the last one, or the next one where the words say so.
fn weekday(
    tokens: &[Token<'_>],
    at: usize,
    lexicon: &Lexicon,
    dated: Option<Day>,
) -> Option<(usize, When)> {
    let (last, next) =
        (low(tokens, at) == "last", matches!(low(tokens, at), "next" | "this" | "coming"));
    let lead = usize::from(last || next);
    let (length, is) = lexicon.longest(tokens, at + lead)?;
    let weekday = is.iter().find_map(|m| match m {
        Meaning::Weekday(day) => Some(i32::from(*day)),
        _ => None,
    })?;
    let dated = dated?;
    // A weekday before its date adds nothing: `Wednesday, May 28`.
    let comma = usize::from(low(tokens, at + lead + length) == ",");
    if let Some((more, day)) = month_first(tokens, at + lead + length + comma, lexicon, Some(dated))
    {
        return Some((lead + length + comma + more, day));
    }
    // 1 January 1970 was a Thursday.
    let today = (dated.number() + 3).rem_euclid(7) + 1;
    let back = (today - weekday).rem_euclid(7);
    let until = (weekday - today).rem_euclid(7);
    let day = if next && low(tokens, at) != "this" {
        dated.plus(if until == 0 { 7 } else { until })
    } else if last && back == 0 {
        dated.plus(-7)
    } else {
        dated.plus(-back)
    };
    Some((lead + length, When::day(day)))
}

/// `today`, `yesterday`, `two weeks ago`, `earlier this month`, `last month`.
fn relative(
    tokens: &[Token<'_>],
    at: usize,
    lexicon: &Lexicon,
    dated: Option<Day>,
) -> Option<(usize, When)> {
    let dated = dated?;
    let (words, when) = match (low(tokens, at), low(tokens, at + 1), low(tokens, at + 2)) {
        ("today", ..) => (1, When::day(dated)),
        ("tonight", ..) => (1, When::day(dated)),
        ("yesterday", ..) => (1, When::day(dated.plus(-1))),
        ("tomorrow", ..) => (1, When::day(dated.plus(1))),
        ("earlier", "this", "week") => (3, When { first: dated.plus(-7), last: dated }),
        ("last", "week", _) => (2, When { first: dated.plus(-13), last: dated.plus(-1) }),
        ("earlier", "this", "month") => (3, When { first: first_of_month(dated)?, last: dated }),
        ("earlier", "in", "the") if low(tokens, at + 3) == "month" => {
            (4, When { first: first_of_month(dated)?, last: dated })
        }
        ("last", "month", _) => {
            let end = first_of_month(dated)?.plus(-1);
            (2, When { first: first_of_month(end)?, last: end })
        }
        ("earlier", "this", "year") => {
            (3, When { first: Day::new(dated.year(), 1, 1)?, last: dated })
        }
        ("last", "year", _) => {
            let year = dated.year() - 1;
            (2, When { first: Day::new(year, 1, 1)?, last: Day::new(year, 12, 31)? })
        }
        ("in" | "since", ..) if year(tokens, at + 1).is_some() => {
            let year = year(tokens, at + 1)?;
            (2, When { first: Day::new(year, 1, 1)?, last: Day::new(year, 12, 31)? })
        }
        _ => return ago(tokens, at, lexicon, dated),
    };
    Some((words, when))
}

/// `two weeks ago`, give or take.
fn ago(tokens: &[Token<'_>], at: usize, lexicon: &Lexicon, dated: Day) -> Option<(usize, When)> {
    let (length, number) = match tokens[at].sort {
        Sort::Number(number) if number.is_integer() => {
            (1, i32::try_from(number.to_integer()).ok()?)
        }
        _ => {
            let (length, is) = lexicon.longest(tokens, at)?;
            let number = is.iter().find_map(|m| match m {
                Meaning::Number(n) => Some(i32::from(*n)),
                _ => None,
            })?;
            (length, number)
        }
    };
    if low(tokens, at + length + 1) != "ago" || !(0..=1000).contains(&number) {
        return None;
    }
    let (days, slack) = match low(tokens, at + length) {
        "day" | "days" => (1, 1),
        "week" | "weeks" => (7, 6),
        "month" | "months" => (30, 20),
        "year" | "years" => (365, 180),
        _ => return None,
    };
    let day = dated.plus(-(number * days));
    Some((length + 2, When { first: day.plus(-slack), last: day.plus(slack).min(dated) }))
}

fn first_of_month(day: Day) -> Option<Day> {
    let text = day.to_string();
    Day::parse(&format!("{}-01", &text[..7])).ok()
}
