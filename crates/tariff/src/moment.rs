use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use thiserror::Error;

/// A moment in time, to the second, on the world's one clock.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Moment(i64);

/// A calendar day, without a place.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(Date);

/// The civil time of a place (`America/New_York`).
#[derive(Clone)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// A date as a person stated it: a day, or a moment with an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stated {
    Day(Day),
    Moment(Moment),
}

/// A half-open interval of moments; either side may be without bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interval {
    /// The first moment inside; `None` is "always".
    pub from: Option<Moment>,
    /// The first moment after it; `None` is "no end".
    pub until: Option<Moment>,
}

/// A text that is not a date or a moment.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a date")]
pub struct InvalidMoment(pub String);

impl Moment {
    pub const fn from_seconds(seconds: i64) -> Moment {
        Moment(seconds)
    }

    /// Seconds since 1970-01-01T00:00Z.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// The moment `seconds` later (or earlier, when negative).
    pub const fn plus_seconds(self, seconds: i64) -> Moment {
        Moment(self.0 + seconds)
    }

    /// Reads RFC 3339 with an offset; seconds may be left out: `2025-05-14T00:01-04:00`.
    pub fn parse(text: &str) -> Result<Moment, InvalidMoment> {
        let text = text.trim();
        text.parse::<Timestamp>()
            .map(|t| Moment(t.as_second()))
            .map_err(|_| InvalidMoment(text.to_owned()))
    }

    /// The civil day at this moment in `zone`.
    pub fn day(self, zone: &Zone) -> Day {
        Day(self.zoned(zone).date())
    }

    /// Hours and minutes of the civil clock at this moment in `zone`.
    pub fn clock(self, zone: &Zone) -> (i8, i8) {
        let t = self.zoned(zone).time();
        (t.hour(), t.minute())
    }

    /// RFC 3339 with the offset of `zone`, without seconds where they are zero.
    pub fn rfc3339(self, zone: &Zone) -> String {
        let zoned = self.zoned(zone);
        let format =
            if zoned.time().second() == 0 { "%Y-%m-%dT%H:%M%:z" } else { "%Y-%m-%dT%H:%M:%S%:z" };
        zoned.strftime(format).to_string()
    }

    fn zoned(self, zone: &Zone) -> jiff::Zoned {
        Timestamp::from_second(self.0).expect("a moment in range").to_zoned(zone.rules.clone())
    }
}

const EPOCH: Day = Day(Date::constant(1970, 1, 1));

impl Day {
    /// Reads `2025-05-14`.
    pub fn parse(text: &str) -> Result<Day, InvalidMoment> {
        let text = text.trim();
        // jiff also reads a date out of a longer text; here that would hide an hour.
        if text.len() != 10 {
            return Err(InvalidMoment(text.to_owned()));
        }
        text.parse().map(Day).map_err(|_| InvalidMoment(text.to_owned()))
    }

    pub fn new(year: i16, month: i8, day: i8) -> Option<Day> {
        Date::new(year, month, day).ok().map(Day)
    }

    /// Midnight at the start of this day in `zone`.
    pub fn start(self, zone: &Zone) -> Moment {
        self.at(0, 0, zone)
    }

    /// The moment at `hour:minute` of this day in `zone`; where that is beyond the last that there is
    /// (at the end of the year 9999), the last.
    pub fn at(self, hour: i8, minute: i8, zone: &Zone) -> Moment {
        let civil = self.0.at(hour, minute, 0, 0);
        let end = if self.year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
        let moment = civil.to_zoned(zone.rules.clone()).map_or(end, |zoned| zoned.timestamp());
        Moment(moment.as_second())
    }

    /// The day after.
    pub fn next(self) -> Day {
        self.plus(1)
    }

    /// `days` later, or earlier when negative.
    pub fn plus(self, days: i32) -> Day {
        Day(self.0.saturating_add(Span::new().days(days)))
    }

    /// Days from `other` to this day.
    pub fn days_since(self, other: Day) -> i32 {
        (self.0 - other.0).get_days()
    }

    /// Days since 1970-01-01.
    pub fn number(self) -> i32 {
        self.days_since(EPOCH)
    }

    /// The day of [`Day::number`].
    pub fn from_number(days: i32) -> Day {
        EPOCH.plus(days)
    }

    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// `14 May 2025`, for people.
    pub fn in_words(self) -> String {
        self.0.strftime("%-d %b %Y").to_string()
    }
}

/// The months by their English names, in small letters.
pub const MONTHS: [&str; 12] = [
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

impl Zone {
    /// A zone by its name in the IANA database, or `None` when there is no such zone.
    pub fn named(name: &str) -> Option<Zone> {
        TimeZone::get(name).ok().map(|rules| Zone { name: name.to_owned(), rules })
    }

    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Stated {
    /// Reads a day (`2025-05-14`) or a moment (`2025-05-14T00:01-04:00`); a moment without an
    /// offset is read in `zone`.
    pub fn parse(text: &str, zone: &Zone) -> Result<Stated, InvalidMoment> {
        let text = text.trim();
        if let Ok(day) = Day::parse(text) {
            return Ok(Stated::Day(day));
        }
        if let Ok(moment) = Moment::parse(text) {
            return Ok(Stated::Moment(moment));
        }
        let civil: jiff::civil::DateTime =
            text.parse().map_err(|_| InvalidMoment(text.to_owned()))?;
        let zoned =
            civil.to_zoned(zone.rules.clone()).map_err(|_| InvalidMoment(text.to_owned()))?;
        Ok(Stated::Moment(Moment(zoned.timestamp().as_second())))
    }

    /// The first moment meant.
    pub fn first(self, zone: &Zone) -> Moment {
        match self {
            Stated::Day(day) => day.start(zone),
            Stated::Moment(moment) => moment,
        }
    }

    /// The last moment meant: the last second of a day.
    pub fn last(self, zone: &Zone) -> Moment {
        match self {
            Stated::Day(day) => day.next().start(zone).plus_seconds(-1),
            Stated::Moment(moment) => moment,
        }
    }

    pub fn day(self, zone: &Zone) -> Day {
        match self {
            Stated::Day(day) => day,
            Stated::Moment(moment) => moment.day(zone),
        }
    }

    /// As it was stated, the offset that of `zone`.
    pub fn print(self, zone: &Zone) -> String {
        match self {
            Stated::Day(day) => day.to_string(),
            Stated::Moment(moment) => moment.rfc3339(zone),
        }
    }
}

impl Interval {
    pub const ALWAYS: Interval = Interval { from: None, until: None };

    pub fn contains(self, moment: Moment) -> bool {
        self.from.is_none_or(|from| from <= moment) && self.until.is_none_or(|until| moment < until)
    }

    /// Whether no moment is inside.
    pub fn is_empty(self) -> bool {
        matches!((self.from, self.until), (Some(from), Some(until)) if until <= from)
    }

    /// What both intervals share; may be empty.
    pub fn intersect(self, other: Interval) -> Interval {
        let until = match (self.until, other.until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Interval { from: self.from.max(other.from), until }
    }

    pub fn overlaps(self, other: Interval) -> bool {
        !self.intersect(other).is_empty()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Day({self})")
    }
}

/// In UTC; use [`Moment::rfc3339`] for people.
impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_second(self.0) {
            Ok(t) => write!(f, "Moment({t})"),
            Err(_) => write!(f, "Moment({})", self.0),
        }
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Zone) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_york() -> Zone {
        Zone::named("America/New_York").unwrap()
    }

    #[test]
    fn the_last_day_there_is_has_moments() {
        let last = Day::new(9999, 12, 31).unwrap();
        let (start, end) = (last.start(&new_york()), Stated::Day(last).last(&new_york()));
        assert!(start >= Day::new(9999, 12, 1).unwrap().start(&new_york()));
        assert_eq!(end.day(&new_york()).year(), 9999);
    }

    #[test]
    fn one_past_noon_in_beijing_is_one_past_midnight_in_new_york() {
        let a = Moment::parse("2025-05-14T12:01+08:00").unwrap();
        let b = Moment::parse("2025-05-14T00:01-04:00").unwrap();
        assert_eq!(a, b);
        assert_eq!(a.rfc3339(&new_york()), "2025-05-14T00:01-04:00");
    }

    #[test]
    fn a_day_ends_where_the_next_begins_even_when_the_clocks_change() {
        let day = Day::parse("2025-11-02").unwrap();
        let zone = new_york();
        assert_eq!(day.next().start(&zone).seconds() - day.start(&zone).seconds(), 25 * 3600);
        assert_eq!(Stated::Day(day).last(&zone).plus_seconds(1), day.next().start(&zone));
    }

    #[test]
    fn a_moment_without_an_offset_is_read_where_the_duty_is_levied() {
        let zone = new_york();
        let stated = Stated::parse("2026-02-24T00:00", &zone).unwrap();
        assert_eq!(stated, Stated::Moment(Moment::parse("2026-02-24T00:00-05:00").unwrap()));
        assert!(Stated::parse("2025-02-30", &zone).is_err());
        assert!(Stated::parse("14 May", &zone).is_err());
    }

    #[test]
    fn intervals_are_half_open() {
        let m = Moment::from_seconds;
        let i = Interval { from: Some(m(10)), until: Some(m(20)) };
        assert!(i.contains(m(10)) && !i.contains(m(20)));
        assert!(!i.overlaps(Interval { from: Some(m(20)), until: None }));
        assert!(Interval::ALWAYS.contains(m(i64::from(i32::MIN))));
        assert!(Interval { from: Some(m(5)), until: Some(m(5)) }.is_empty());
    }
}
