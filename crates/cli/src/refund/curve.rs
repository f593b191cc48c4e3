//! Money at risk by day: how much of what is refundable can still be asked for on the best way of each
//! entry, on any, and on each, from the day of the report until the last way is closed. As CSV day by day,
//! and as a picture.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use entry::refund::Report;
use tariff::{Cents, Day};

/// Money that falls away day by day.
struct Falling {
    /// The id of the way; blank for the best way, and for any.
    kind: String,
    /// What can be asked for on the day of the report.
    at_first: Cents,
    /// By the first day on which it can no longer be asked for: how much, and of how many entries.
    lost: BTreeMap<Day, (Cents, u64)>,
}

impl Falling {
    fn new(kind: &str) -> Falling {
        Falling { kind: kind.to_owned(), at_first: Cents::ZERO, lost: BTreeMap::new() }
    }

    fn add(&mut self, amount: Cents, last: Day) {
        self.at_first += amount;
        let lost = self.lost.entry(last.next()).or_default();
        lost.0 += amount;
        lost.1 += 1;
    }
}

/// The whole curve.
struct Curve {
    first: Day,
    /// The first day on which nothing is open.
    end: Day,
    /// Refundable in all.
    total: Cents,
    /// On the way that is the best of each entry on the first day.
    best: Falling,
    any: Falling,
    /// What falls when a best way closes: its last day, the way, how much of how many entries.
    closings: BTreeMap<(Day, String), (Cents, u64)>,
    /// The ways, the one that carries most first.
    ways: Vec<Falling>,
}

impl Curve {
    fn of(report: &Report) -> Curve {
        let entries = || report.entries.iter().filter(|e| e.amounts.refundable > Cents::ZERO);
        let kinds: BTreeSet<&str> =
            entries().flat_map(|e| &e.deadlines).map(|d| d.kind.as_str()).collect();
        let (mut best, mut any) = (Falling::new(""), Falling::new(""));
        let mut closings: BTreeMap<(Day, String), (Cents, u64)> = BTreeMap::new();
        let mut ways: Vec<Falling> = kinds.into_iter().map(Falling::new).collect();
        let mut total = Cents::ZERO;
        for entry in entries() {
            let amount = entry.amounts.refundable;
            total += amount;
            let open = || entry.deadlines.iter().filter(|d| d.serves && d.date >= report.on);
            for way in &mut ways {
                let last = open().filter(|d| d.kind == way.kind).map(|d| d.date).max();
                if let Some(last) = last {
                    way.add(amount, last);
                }
            }
            if let Some(last) = open().map(|d| d.date).max() {
                any.add(amount, last);
            }
            if let Some(deadline) = entry.deadline() {
                best.add(amount, deadline.date);
                let closing = closings.entry((deadline.date, deadline.kind.clone())).or_default();
                closing.0 += amount;
                closing.1 += 1;
            }
        }
        ways.retain(|way| way.at_first > Cents::ZERO);
        ways.sort_by(|a, b| b.at_first.cmp(&a.at_first).then_with(|| a.kind.cmp(&b.kind)));
        let end = any.lost.last_key_value().map_or(report.on.next(), |(day, _)| *day);
        Curve { first: report.on, end, total, best, any, closings, ways }
    }
}

/// The curve day by day: `date`; what is open on the `best_way` of each entry as of the first day, and on
/// `any_way`; what is `closed` for good; and a column for each way. In the currency of the report, two
/// decimals. Its last day is the first on which all is closed.
pub fn csv(report: &Report) -> String {
    let curve = Curve::of(report);
    let mut out = "date,best_way,any_way,closed".to_owned();
    for way in &curve.ways {
        let _ = write!(out, ",{}", way.kind.replace('-', "_"));
    }
    out.push('\n');
    let series: Vec<&Falling> = [&curve.best, &curve.any].into_iter().chain(&curve.ways).collect();
    let mut open: Vec<Cents> = series.iter().map(|falling| falling.at_first).collect();
    let mut day = curve.first;
    while day <= curve.end {
        for (open, falling) in open.iter_mut().zip(&series) {
            *open = *open - falling.lost.get(&day).map_or(Cents::ZERO, |(amount, _)| *amount);
        }
        let _ = write!(out, "{day},{},{},{}", open[0], open[1], curve.total - open[1]);
        for open in &open[2..] {
            let _ = write!(out, ",{open}");
        }
        out.push('\n');
        day = day.next();
    }
    out
}

/// Measures of the picture: as wide as a phone, so that its letters keep their size there.
const WIDTH: i64 = 400;
const LEFT: i64 = 58;
const RIGHT: i64 = 388;
const TOP: i64 = 58;
const BOTTOM: i64 = 258;
const LINE: i64 = 19;
/// How many closings are told below it.
const TOLD: usize = 6;

const STYLE: &str = "\
text { font: 13px system-ui, sans-serif; fill: #000 }
.title { font-weight: bold; font-size: 15px }
.y { text-anchor: end }
.x { text-anchor: middle }
.grid { stroke: #bbb; stroke-width: 1 }
.axis { stroke: #000; stroke-width: 1 }
.area { fill: #cfe3f1 }
.best { fill: none; stroke: #00527d; stroke-width: 3 }
.way { fill: none; stroke-width: 2.5 }";

/// Colours that people who confuse red and green tell apart (Okabe and Ito), each with a dash of its own, so
/// that a print without colour shows them too.
const LOOKS: [(&str, &str); 5] = [
    ("#b34700", "7 3"),
    ("#000000", "2 3"),
    ("#006b4f", "12 3 2 3"),
    ("#8c2d73", "4 2"),
    ("#5a5a5a", "1 2"),
];

/// The curve as a picture: steps, with the falls of most money told below.
pub fn svg(report: &Report) -> String {
    let curve = Curve::of(report);
    let mut body = String::new();
    words(&mut body, 12, 22, "title", "Refundable, and still open to ask for");
    let closed = curve.total - curve.any.at_first;
    let said = match closed {
        Cents::ZERO => format!("{} open on {}", curve.any.at_first.grouped(), curve.first),
        closed => format!(
            "{} open on {}, {} closed",
            curve.any.at_first.grouped(),
            curve.first,
            closed.grouped()
        ),
    };
    words(&mut body, 12, 42, "", &said);
    let mut y = BOTTOM + 24;
    if curve.any.at_first == Cents::ZERO {
        words(&mut body, 12, TOP + 40, "", "Nothing is open.");
        y = TOP + 60;
    } else {
        axes(&mut body, &curve);
        y = key(&mut body, &curve, y + 12);
        y = closings(&mut body, &curve, y + 10);
    }
    let height = y + 4;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         role=\"img\">\n<title>Money at risk by day, from {}</title>\n<style>{STYLE}</style>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n{body}</svg>\n",
        curve.first
    )
}

impl Curve {
    /// Room to the right of the last fall, so that it is seen.
    fn days(&self) -> i64 {
        let days = i64::from(self.end.days_since(self.first)).max(1);
        days + days / 40 + 1
    }

    fn x(&self, day: Day) -> i64 {
        LEFT + i64::from(day.days_since(self.first)) * (RIGHT - LEFT) / self.days()
    }

    /// The scale's end: the first round amount that is not below what is open.
    fn top(&self) -> (i64, i64) {
        let most = self.any.at_first.0.max(1);
        let mut step = 1;
        loop {
            // Steps of 1, 2 and 5 times a power of ten, in cents.
            for by in [1, 2, 5] {
                if step * by * 5 >= most {
                    let step = step * by;
                    return (step, (most + step - 1) / step * step);
                }
            }
            step *= 10;
        }
    }

    fn y(&self, amount: Cents) -> i64 {
        let top = i128::from(self.top().1);
        BOTTOM - (i128::from(amount.0) * i128::from(BOTTOM - TOP) / top) as i64
    }

    /// A line of steps, from the first day to the last fall.
    fn steps(&self, falling: &Falling) -> String {
        let mut path = format!("M{LEFT} {}", self.y(falling.at_first));
        let mut open = falling.at_first;
        for (day, (amount, _)) in &falling.lost {
            open = open - *amount;
            let _ = write!(path, "H{}V{}", self.x(*day), self.y(open));
        }
        path
    }
}

fn axes(body: &mut String, curve: &Curve) {
    let (step, top) = curve.top();
    let mut amount = 0;
    while amount <= top {
        let y = curve.y(Cents(amount));
        let _ = writeln!(body, "<path class=\"grid\" d=\"M{LEFT} {y}H{RIGHT}\"/>");
        words(body, LEFT - 6, y + 4, "y", &short(amount / 100));
        amount += step;
    }
    let best = curve.steps(&curve.best);
    let _ = writeln!(body, "<path class=\"area\" d=\"{best}V{BOTTOM}H{LEFT}Z\"/>");
    let _ = writeln!(body, "<path class=\"best\" d=\"{best}\"/>");
    for (way, (colour, dash)) in curve.ways.iter().zip(LOOKS.iter().cycle()) {
        let _ = writeln!(
            body,
            "<path class=\"way\" stroke=\"{colour}\" stroke-dasharray=\"{dash}\" d=\"{}\"/>",
            curve.steps(way)
        );
    }
    let _ = writeln!(body, "<path class=\"axis\" d=\"M{LEFT} {BOTTOM}H{RIGHT}\"/>");
    for day in ticks(curve) {
        let x = curve.x(day);
        let _ = writeln!(body, "<path class=\"axis\" d=\"M{x} {BOTTOM}v5\"/>");
        words(body, x, BOTTOM + 19, "x", &month(day));
    }
}

/// First days of months, at most five of them, that have room for their names.
fn ticks(curve: &Curve) -> Vec<Day> {
    let mut months = Vec::new();
    let mut day = curve.first;
    while day <= curve.end {
        if day.to_string().ends_with("-01") {
            months.push(day);
        }
        day = day.next();
    }
    if months.is_empty() {
        return vec![curve.first];
    }
    let every = months.len().div_ceil(5);
    months.retain(|day| (LEFT + 20..=RIGHT - 24).contains(&curve.x(*day)));
    months.into_iter().step_by(every).collect()
}

/// `Nov 2026`.
fn month(day: Day) -> String {
    let words = day.in_words();
    words.split_once(' ').map_or(words.clone(), |(_, month)| month.to_owned())
}

/// Whole units of currency, short: `0`, `500`, `20k`, `1.5m`.
fn short(whole: i64) -> String {
    let (unit, name) = match whole {
        1_000_000_000.. => (1_000_000_000, "bn"),
        1_000_000.. => (1_000_000, "m"),
        1_000.. => (1_000, "k"),
        _ => return whole.to_string(),
    };
    let tenths = whole * 10 / unit;
    match tenths % 10 {
        0 => format!("{}{name}", tenths / 10),
        rest => format!("{}.{rest}{name}", tenths / 10),
    }
}

/// What the lines mean; gives the height at which it ends.
fn key(body: &mut String, curve: &Curve, mut y: i64) -> i64 {
    let (top, line) = (y - 11, y - 10);
    let _ = writeln!(
        body,
        "<rect class=\"area\" x=\"12\" y=\"{top}\" width=\"34\" height=\"12\"/>\
         <path class=\"best\" d=\"M12 {line}h34\"/>"
    );
    words(body, 54, y, "", "on the best way of each entry");
    y += LINE;
    for (way, (colour, dash)) in curve.ways.iter().zip(LOOKS.iter().cycle()) {
        let _ = writeln!(
            body,
            "<path class=\"way\" stroke=\"{colour}\" stroke-dasharray=\"{dash}\" d=\"M12 {}h34\"/>",
            y - 4
        );
        let text = format!("{}: {}", way.kind.replace('-', " "), way.at_first.grouped());
        words(body, 54, y, "", &text);
        y += LINE;
    }
    y
}

/// The closings of most money, in the order of their days.
fn closings(body: &mut String, curve: &Curve, mut y: i64) -> i64 {
    let mut told: Vec<_> = curve.closings.iter().collect();
    let all = told.len();
    told.sort_by_key(|(key, (amount, _))| (std::cmp::Reverse(*amount), *key));
    told.truncate(TOLD);
    told.sort_by_key(|(key, _)| *key);
    let head = match all > TOLD {
        true => "The best ways of most money close after",
        false => "The best ways close after",
    };
    words(body, 12, y, "title", head);
    y += LINE;
    for ((last, way), (amount, entries)) in told {
        words(body, 12, y, "", &last.to_string());
        words(body, 200, y, "y", &amount.grouped());
        words(body, 212, y, "", &way.replace('-', " "));
        words(body, RIGHT, y, "y", &format!("{entries}"));
        y += LINE;
    }
    words(body, 12, y, "", "with the amount, the way and the number of entries");
    y + LINE
}

fn words(body: &mut String, x: i64, y: i64, class: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    let _ = writeln!(body, "<text{class} x=\"{x}\" y=\"{y}\">{text}</text>");
}
