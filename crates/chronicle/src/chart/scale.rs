//! From values and moments to places, and where the ticks of an axis stand.

use tariff::{Day, Exact, Moment, Zone, round_half_up};

use crate::chart::Px;

/// Values along a line: `from` lies at `start`, `to` at `end`. `end` may be above `start`.
#[derive(Clone, Copy, Debug)]
pub struct Linear {
    pub from: Exact,
    pub to: Exact,
    pub start: Px,
    pub end: Px,
}

/// Moments along a line.
#[derive(Clone, Copy, Debug)]
pub struct Time {
    pub from: Moment,
    pub until: Moment,
    pub start: Px,
    pub end: Px,
}

/// A tick of a time axis: the first day of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeTick {
    pub at: Px,
    pub year: i16,
    /// From 1.
    pub month: i8,
}

impl Linear {
    /// The place of a value, also of one outside the ends.
    pub fn at(&self, value: Exact) -> Px {
        let span = self.to - self.from;
        if span == Exact::ZERO {
            return self.start;
        }
        let length = Exact::from_integer(i128::from((self.end - self.start).in_tenths()));
        self.start + Px::tenths(round_half_up((value - self.from) * length / span) as i64)
    }

    /// Round values (steps of 1, 2 or 5 times a power of ten) from `from` to `to`, at most `most` of them
    /// and one more for the one at `from`.
    pub fn ticks(&self, most: usize) -> Vec<Exact> {
        let span = self.to - self.from;
        if span <= Exact::ZERO {
            return Vec::new();
        }
        let least = span / Exact::from_integer(most.max(1) as i128);
        let step = round_step(least);
        let mut tick = (self.from / step).ceil() * step;
        let mut ticks = Vec::new();
        while tick <= self.to {
            ticks.push(tick);
            tick += step;
        }
        ticks
    }

    /// `value`, or the next round value above it: where an axis that holds it may end.
    pub fn round_up(value: Exact, most: usize) -> Exact {
        if value <= Exact::ZERO {
            return Exact::from_integer(1);
        }
        let step = round_step(value / Exact::from_integer(most.max(1) as i128));
        (value / step).ceil() * step
    }
}

/// The least of 1, 2 and 5 times a power of ten that is not below `least`.
fn round_step(least: Exact) -> Exact {
    let ten = Exact::from_integer(10);
    let mut power = Exact::from_integer(1);
    while power > least {
        power /= ten;
    }
    while power * ten <= least {
        power *= ten;
    }
    [1, 2, 5, 10]
        .into_iter()
        .map(|times| power * Exact::from_integer(times))
        .find(|step| *step >= least)
        .expect("ten times a power of ten not above it is not below it")
}

impl Time {
    /// The place of a moment, also of one outside the ends.
    pub fn at(&self, moment: Moment) -> Px {
        let span = i128::from(self.until.seconds() - self.from.seconds());
        if span == 0 {
            return self.start;
        }
        let length = i128::from((self.end - self.start).in_tenths());
        let gone = i128::from(moment.seconds() - self.from.seconds());
        self.start + Px::tenths(round_half_up(Exact::new(gone * length, span)) as i64)
    }

    /// First days of months, by the calendar of `zone`, not nearer to each other than `room`: every month,
    /// every second, third or sixth, or of every year, second, fifth, tenth.
    pub fn ticks(&self, zone: &Zone, room: Px) -> Vec<TimeTick> {
        let months = [1, 2, 3, 6, 12, 24, 60, 120, 1200];
        let all = |every: i32| {
            let first = self.from.day(zone);
            let mut at = i32::from(first.year()) * 12;
            let mut ticks = Vec::new();
            loop {
                let (year, month) = ((at / 12) as i16, (at % 12 + 1) as i8);
                let Some(day) = Day::new(year, month, 1) else { return ticks };
                let moment = day.start(zone);
                if moment > self.until {
                    return ticks;
                }
                // Years that a whole number of steps divides: 2020 and 2025, not 2018 and 2023.
                if moment >= self.from && (every <= 12 || (at / 12) % (every / 12) == 0) {
                    ticks.push(TimeTick { at: self.at(moment), year, month });
                }
                at += every.min(12);
            }
        };
        for every in months {
            let ticks = all(every);
            let near = ticks.windows(2).any(|pair| pair[1].at - pair[0].at < room);
            if !near {
                return ticks;
            }
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(n: i128) -> Exact {
        Exact::from_integer(n)
    }

    fn zone() -> Zone {
        Zone::named("America/New_York").unwrap()
    }

    fn at(text: &str) -> Moment {
        Day::parse(text).unwrap().start(&zone())
    }

    #[test]
    fn a_value_lies_where_its_share_of_the_span_is() {
        let up = Linear { from: exact(0), to: exact(150), start: Px::of(300), end: Px::of(0) };
        assert_eq!(up.at(exact(0)), Px::of(300));
        assert_eq!(up.at(exact(75)), Px::of(150));
        assert_eq!(up.at(Exact::new(25, 2)), Px::of(275));
        assert_eq!(up.at(exact(180)), Px::of(-60));
    }

    #[test]
    fn ticks_are_round_and_not_too_many() {
        let scale = |to: Exact| Linear { from: exact(0), to, start: Px::of(0), end: Px::of(100) };
        assert_eq!(scale(exact(150)).ticks(3), [0, 50, 100, 150].map(exact));
        assert_eq!(scale(exact(145)).ticks(3), [0, 50, 100].map(exact));
        assert_eq!(scale(Exact::new(1, 2)).ticks(5), [0, 1, 2, 3, 4, 5].map(|n| Exact::new(n, 10)));
        assert_eq!(Linear::round_up(exact(145), 3), exact(150));
        assert_eq!(Linear::round_up(Exact::new(25, 2), 3), exact(15));
        assert_eq!(Linear::round_up(exact(0), 3), exact(1));
        assert!(scale(exact(0)).ticks(3).is_empty());
    }

    #[test]
    fn a_time_axis_takes_the_months_that_have_room() {
        let time = |from: &str, until: &str| Time {
            from: at(from),
            until: at(until),
            start: Px::of(0),
            end: Px::of(400),
        };
        let months = |t: Time| -> Vec<(i16, i8)> {
            t.ticks(&zone(), Px::of(40)).into_iter().map(|t| (t.year, t.month)).collect()
        };
        assert_eq!(
            months(time("2025-01-15", "2026-12-31")),
            [(2025, 4), (2025, 7), (2025, 10), (2026, 1), (2026, 4), (2026, 7), (2026, 10)]
        );
        assert_eq!(
            months(time("2018-02-01", "2029-12-31")),
            [2020, 2022, 2024, 2026, 2028].map(|year| (year, 1))
        );
        assert_eq!(months(time("2025-05-01", "2025-06-01")), [(2025, 5), (2025, 6)]);
    }

    #[test]
    fn an_empty_span_has_no_ticks_and_no_division() {
        let time = Time {
            from: at("2025-01-01"),
            until: at("2025-01-01"),
            start: Px::of(5),
            end: Px::of(9),
        };
        assert_eq!(time.at(at("2025-03-01")), Px::of(5));
    }
}
