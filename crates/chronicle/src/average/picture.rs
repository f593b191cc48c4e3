//! Averages by day as pictures: lines beside each other, or programs one on the other.

use tariff::{Day, Exact, Zone, exact_decimal, round_half_up};

use engine::course::RATE_SCALE;

use crate::chart::{self, Linear, Px, Rect, Svg, Time};

/// As wide as the picture of a timeline: on a phone the letters shrink by a quarter and can still be read.
const WIDTH: i64 = 520;
const LEFT: i64 = 48;
const RIGHT: i64 = 438;
const PLOT: i64 = 280;
/// Names of lines that are no longer stand at their ends too: there is no room for more.
const SHORT: usize = 5;
const LETTERS: i64 = 13;
const LINE: i64 = 18;

/// Layers that have a look of their own: so many in plain colours, the largest, and as many again hatched.
/// The rest are one, in grey.
const COLOURS: usize = 7;
const LAYERS: usize = 2 * COLOURS;

/// What a picture says in words.
#[derive(Clone, Debug, Default)]
pub struct Words {
    pub title: String,
    /// What is averaged and how; wrapped below the title.
    pub about: String,
    /// What is left out; wrapped below the picture.
    pub notes: String,
}

/// A line or a layer: its name, and its rate over days in units of [`RATE_SCALE`]; `None` is a gap.
#[derive(Clone, Debug)]
pub struct Series {
    pub name: String,
    pub rates: Vec<(Day, Day, Option<i64>)>,
}

/// Lines beside each other.
pub fn lines(words: &Words, series: &[Series], zone: &Zone) -> String {
    let most = series.iter().flat_map(|s| &s.rates).filter_map(|(.., rate)| *rate).max();
    let mut picture = Picture::new(words, series, zone, most.unwrap_or(0));
    let mut ends: Vec<(Px, String)> = Vec::new();
    let named = series.len() > 1 && series.iter().all(|line| line.name.chars().count() <= SHORT);
    for (at, line) in series.iter().enumerate() {
        let look = format!(
            "class=\"line\" stroke=\"{}\" stroke-dasharray=\"{}\"",
            chart::colour(at),
            chart::dash(at)
        );
        for points in picture.steps(&line.rates) {
            picture.svg.path(&points, &look, &line.name);
        }
        if let Some((.., Some(last))) = line.rates.last() {
            let value = percent(*last);
            let text = if named { format!("{} {value}", line.name) } else { value };
            ends.push((picture.y(*last), text));
        }
    }
    picture.say_ends(ends);
    let keys = series.iter().enumerate().map(|(at, line)| (line.name.clone(), Key::Line(at)));
    picture.finish(words, &keys.collect::<Vec<_>>())
}

/// Layers one on the other; all have the same days. The largest have a colour each, in their order.
pub fn layers(words: &Words, series: &[Series], zone: &Zone) -> String {
    let area = |s: &Series| -> i128 {
        let days = |(from, until, rate): &(Day, Day, Option<i64>)| {
            i128::from(until.days_since(*from)) * i128::from(rate.unwrap_or(0))
        };
        s.rates.iter().map(days).sum()
    };
    let mut by_area: Vec<usize> = (0..series.len()).filter(|at| area(&series[*at]) > 0).collect();
    by_area.sort_by_key(|at| std::cmp::Reverse(area(&series[*at])));
    let (own, rest) = by_area.split_at(by_area.len().min(LAYERS));
    // With its rank each, in their order.
    let mut own: Vec<(usize, usize)> =
        own.iter().enumerate().map(|(rank, at)| (*at, rank)).collect();
    own.sort_unstable();
    let mut shown: Vec<Series> = own.iter().map(|(at, _)| series[*at].clone()).collect();
    let looks: Vec<usize> = own.iter().map(|(_, rank)| *rank).chain([LAYERS]).collect();
    if !rest.is_empty() {
        let name = format!("{} others", rest.len());
        let rates = series[rest[0]].rates.iter().enumerate().map(|(day, (from, until, _))| {
            let sum = rest.iter().map(|at| series[*at].rates[day].2.unwrap_or(0)).sum();
            (*from, *until, Some(sum))
        });
        shown.push(Series { name, rates: rates.collect() });
    }
    let Some(days) = shown.first().map(|s| s.rates.len()) else {
        return Picture::new(words, series, zone, 0).finish(words, &[]);
    };
    let sums = (0..days).map(|day| shown.iter().map(|s| s.rates[day].2.unwrap_or(0)).sum());
    let most: i64 = sums.max().unwrap_or(0);
    let mut picture = Picture::new(words, series, zone, most);
    let mut below = vec![0; days];
    for (at, layer) in shown.iter().enumerate() {
        if (COLOURS..LAYERS).contains(&looks[at]) {
            picture.svg.define(&chart::hatch(looks[at] - COLOURS));
        }
        let look = format!("fill=\"{}\"", fill(looks[at]));
        let (mut upper, mut lower) = (Vec::new(), Vec::new());
        for (day, (from, until, rate)) in layer.rates.iter().enumerate() {
            let (left, right) = (picture.x(*from), picture.x(*until));
            let top = below[day] + rate.unwrap_or(0);
            upper.extend([(left, picture.y(top)), (right, picture.y(top))]);
            lower.extend([(left, picture.y(below[day])), (right, picture.y(below[day]))]);
            below[day] = top;
        }
        upper.extend(lower.into_iter().rev());
        picture.svg.path(&upper, &look, &layer.name);
    }
    let outline: Vec<(Day, Day, Option<i64>)> = shown[0]
        .rates
        .iter()
        .zip(&below)
        .map(|((from, until, _), top)| (*from, *until, Some(*top)))
        .collect();
    for points in picture.steps(&outline) {
        picture.svg.path(&points, "class=\"line\" stroke=\"#111\"", "all programs");
    }
    picture.say_ends(
        below.last().map(|last| (picture.y(*last), percent(*last))).into_iter().collect(),
    );
    // As they lie: the uppermost first.
    let keys = shown
        .iter()
        .enumerate()
        .rev()
        .map(|(at, layer)| (layer.name.clone(), Key::Area(looks[at])));
    picture.finish(words, &keys.collect::<Vec<_>>())
}

/// What stands before a name in the key.
enum Key {
    Line(usize),
    Area(usize),
}

struct Picture<'z> {
    svg: Svg,
    zone: &'z Zone,
    time: Time,
    rates: Linear,
    bottom: Px,
}

impl<'z> Picture<'z> {
    fn new(words: &Words, series: &[Series], zone: &'z Zone, most: i64) -> Picture<'z> {
        let mut svg = Svg::new();
        let mut y = Px::of(28);
        for line in chart::lines(&words.title, 17, Px::of(WIDTH - 70)) {
            svg.text((Px::of(20), y), "title", &line);
            y += Px::of(22);
        }
        for line in chart::lines(&words.about, LETTERS, Px::of(WIDTH - 60)) {
            svg.text((Px::of(20), y), "", &line);
            y += Px::of(LINE);
        }
        let top = y + Px::of(8);
        let bottom = top + Px::of(PLOT);
        let days = || series.iter().flat_map(|s| &s.rates);
        let epoch = Day::from_number(0);
        let from = days().map(|(from, ..)| *from).min().unwrap_or(epoch);
        let until = days().map(|(_, until, _)| *until).max().unwrap_or(epoch);
        let time = Time {
            from: from.start(zone),
            until: until.start(zone),
            start: Px::of(LEFT),
            end: Px::of(RIGHT),
        };
        let to = Linear::round_up(in_percent(most), 6);
        let rates = Linear { from: Exact::from_integer(0), to, start: bottom, end: top };
        chart::values(&mut svg, &rates, (Px::of(LEFT), Px::of(RIGHT)), 6, "%");
        svg.line((Px::of(LEFT), bottom), (Px::of(RIGHT), bottom), "class=\"axis\"");
        chart::months(&mut svg, &time, bottom, zone);
        Picture { svg, zone, time, rates, bottom }
    }

    fn x(&self, day: Day) -> Px {
        self.time.at(day.start(self.zone))
    }

    fn y(&self, rate: i64) -> Px {
        self.rates.at(in_percent(rate))
    }

    /// Level over each stretch of days, and straight up or down between them; a line for each stretch
    /// without gaps.
    fn steps(&self, rates: &[(Day, Day, Option<i64>)]) -> Vec<Vec<(Px, Px)>> {
        let mut lines: Vec<Vec<(Px, Px)>> = vec![Vec::new()];
        for (from, until, rate) in rates {
            let Some(rate) = rate else {
                lines.push(Vec::new());
                continue;
            };
            let y = self.y(*rate);
            if let Some(line) = lines.last_mut() {
                line.extend([(self.x(*from), y), (self.x(*until), y)]);
            }
        }
        lines.retain(|line| !line.is_empty());
        lines
    }

    /// The last values, right of their lines, not over each other and not over the axis of time; what is the
    /// same of two lines is said once.
    fn say_ends(&mut self, mut ends: Vec<(Px, String)>) {
        const APART: i64 = 14;
        ends.sort_by_key(|(y, _)| *y);
        ends.dedup_by(|lower, upper| lower.1 == upper.1);
        let mut places: Vec<Px> = ends.iter().map(|(y, _)| *y + Px::of(4)).collect();
        for at in 1..places.len() {
            places[at] = places[at].max(places[at - 1] + Px::of(APART));
        }
        let mut lowest = self.bottom;
        for place in places.iter_mut().rev() {
            *place = (*place).min(lowest);
            lowest = *place - Px::of(APART);
        }
        for ((_, text), place) in ends.iter().zip(places) {
            self.svg.text((Px::of(RIGHT + 6), place), "small", text);
        }
    }

    fn finish(mut self, words: &Words, keys: &[(String, Key)]) -> String {
        let mut y = self.bottom + Px::of(62);
        let mut x = Px::of(20);
        for (name, key) in keys {
            let wide = Px::of(44) + chart::width_px(name, LETTERS);
            if x > Px::of(20) && x + wide > Px::of(WIDTH - 20) {
                x = Px::of(20);
                y += Px::of(22);
            }
            match key {
                Key::Line(at) => {
                    let middle = y - Px::of(4);
                    let look = format!(
                        "class=\"line\" stroke=\"{}\" stroke-dasharray=\"{}\"",
                        chart::colour(*at),
                        chart::dash(*at)
                    );
                    self.svg.line((x, middle), (x + Px::of(26), middle), &look);
                }
                Key::Area(at) => {
                    let place = Rect {
                        x: x + Px::of(8),
                        y: y - Px::of(11),
                        width: Px::of(16),
                        height: Px::of(13),
                    };
                    let look = format!("fill=\"{}\"", fill(*at));
                    self.svg.rect(place, &look, "");
                }
            }
            self.svg.text((x + Px::of(32), y), "", name);
            x += wide + Px::of(12);
        }
        y += Px::of(6);
        // Faces differ in width: there is room for wider ones.
        for line in chart::lines(&words.notes, 12, Px::of(WIDTH - 70)) {
            y += Px::of(LINE);
            self.svg.text((Px::of(20), y), "small", &line);
        }
        let about = format!("{} {}", words.about, words.notes);
        self.svg.finish(Px::of(WIDTH), y + Px::of(20), &words.title, &about)
    }
}

/// What fills the layer of this rank.
fn fill(rank: usize) -> String {
    match rank {
        0..COLOURS => chart::colour(rank).to_owned(),
        COLOURS..LAYERS => chart::hatched(rank - COLOURS),
        _ => chart::colour(COLOURS).to_owned(),
    }
}

fn in_percent(rate: i64) -> Exact {
    Exact::new(i128::from(rate) * 100, i128::from(RATE_SCALE))
}

/// With one decimal.
fn percent(rate: i64) -> String {
    let tenths = round_half_up(in_percent(rate) * 10);
    let text = exact_decimal(Exact::new(tenths, 10));
    if text.contains('.') { format!("{text}%") } else { format!("{text}.0%") }
}
