//! The picture of a timeline: the layers of one side above the axis of time and of the other below it, in
//! one scale; what is suspended hatched, what comes if nothing is done pale and dotted; events as letters
//! on the axis; and below it a key in words, with the authorities.

mod half;
mod key;
mod marks;

use tariff::{Exact, Interval, Moment};

use crate::chart::{self, Linear, Px, Rect, Svg, Time, hatch};
use crate::stack::name;
use crate::timeline::picture::half::Half;
use crate::timeline::{Question, Step, Timeline};

/// Narrow enough for a phone, where its letters stay legible; on paper it takes a column.
const WIDTH: Px = Px::of(520);
const LEFT: Px = Px::of(46);
const RIGHT: Px = Px::of(508);
const MARGIN: Px = Px::of(12);
/// Of the layers of both sides together.
const HEIGHT_PX: i64 = 330;
/// What the least of the two has.
const HALF_PX: i64 = 40;

const STYLE: &str = "\
.later { fill-opacity: .3; stroke-width: 1; stroke-dasharray: 1.5 2.5 }
.today { stroke: #111; stroke-width: 1; stroke-dasharray: 5 3 }
.mark { fill: #111 }
.letter { fill: #fff; font-size: 10px; text-anchor: middle }
.lead { stroke: #111; stroke-width: .6; fill: none }";

/// The words over the picture, which depend on how it was asked for.
#[derive(Clone, Debug)]
pub struct Caption {
    pub title: String,
    /// Whole sentences.
    pub notes: Vec<String>,
    /// What stands at the line of the last known day.
    pub today: String,
}

/// Draws it. `Err` has the reason where there is nothing to draw.
pub fn svg(
    question: &Question<'_>,
    timeline: &Timeline<'_>,
    caption: &Caption,
) -> Result<String, String> {
    let within = span(question, timeline).ok_or("nothing changes on these goods in this time")?;
    let time = |from, until| Time { from, until, start: LEFT, end: RIGHT };
    let time = match (within.from, within.until) {
        (Some(from), Some(until)) => time(from, until),
        _ => return Err("the time to draw has no beginning or no end".to_owned()),
    };
    let zone = &question.ledger.territories[0].zone;
    let colours = half::colours(timeline);
    if colours.is_empty() {
        return Err("neither side levies anything on these goods in this time".to_owned());
    }
    let mut svg = Svg::new();
    svg.style(STYLE);
    for at in 0..colours.len().min(chart::COLOURS.len()) {
        svg.define(&hatch(at));
    }
    let mut y = MARGIN + Px::of(16);
    for line in chart::lines(&caption.title, 19, WIDTH - MARGIN * 2) {
        svg.text((MARGIN, y), "title", &line);
        y += Px::of(20);
    }
    for line in caption.notes.iter().flat_map(|note| chart::lines(note, 12, WIDTH - MARGIN * 2)) {
        svg.text((MARGIN, y), "small", &line);
        y += Px::of(15);
    }
    y = half::legend(&mut svg, question, timeline, &colours, y + Px::of(6));
    y += Px::of(42);

    let most: Vec<Exact> = timeline.courses.iter().map(|c| half::most(c, &time)).collect();
    let all = most.iter().copied().sum::<Exact>().max(Exact::from_integer(1));
    let height = |most: Exact| {
        let share = most * Exact::from_integer(i128::from(HEIGHT_PX)) / all;
        Px::of((share.to_integer() as i64).max(HALF_PX))
    };
    let marks = marks::marks(timeline, &time, zone);
    let band = marks::band(&marks);
    let top = y;
    let mut axis = y;
    for (at, course) in timeline.courses.iter().enumerate() {
        // The first stands on the axis, the second hangs from it; one that is alone stands.
        let (start, end) = if at == 0 {
            (y + height(most[0]), y)
        } else {
            (axis + band, axis + band + height(most[at]))
        };
        let scale = Linear { from: Exact::ZERO, to: most[at], start, end };
        let half = Half { question, course, colours: &colours, time, scale, today: timeline.today };
        half.draw(&mut svg);
        // Outside of what is drawn, where no step can cover it.
        let label = name(question.ledger, course.levy.territory.country);
        let words = if at == 0 { end - Px::of(20) } else { end + Px::of(28) };
        svg.text((LEFT, words), "bold", label);
        if at == 0 {
            axis = start;
            y = start;
        } else {
            y = end + Px::of(18);
        }
    }
    marks::draw(&mut svg, &marks, &time, axis, band, zone);
    y = y.max(axis + band);
    if timeline.today < time.until {
        let x = time.at(timeline.today);
        svg.line((x, top - Px::of(30)), (x, y), "class=\"today\"");
        let room = x - LEFT > chart::width_px(&caption.today, 12);
        let (at, class) =
            if room { (-Px::of(5), "small end halo") } else { (Px::of(5), "small halo") };
        svg.text((x + at, top - Px::of(20)), class, &caption.today);
    }
    y = key::draw(&mut svg, question, timeline, &marks, &time, y + Px::of(38));
    let description = key::description(question, timeline, &time);
    Ok(svg.finish(WIDTH, y + MARGIN, &caption.title, &description))
}

/// From a little before the first change to a little after the last, or the last known day.
fn span(question: &Question<'_>, timeline: &Timeline<'_>) -> Option<Interval> {
    let base = |step: &&Step| question.ledger.program(&step.program).is_some_and(|p| p.base);
    // A base duty was there long before what is to be told; it counts where there is nothing else.
    let additional = timeline.steps.iter().any(|step| !step.listed && !base(&step));
    let drawn = || {
        let steps = timeline.steps.iter().filter(|step| !step.listed);
        steps.filter(|step| !additional || !base(step)).map(|step| step.moment)
    };
    let first = question.within.from.or_else(|| drawn().min())?;
    let known = timeline.courses.iter().flat_map(|c| &c.stretches).filter_map(|s| s.back.as_ref());
    let last_turn = drawn().chain(known.map(|back| back.at)).max().unwrap_or(first);
    let last = last_turn.max(timeline.today);
    let length = (last.seconds() - first.seconds()).max(86_400 * 30);
    // Room to see what comes after the last change.
    let after = if last_turn > timeline.today { length / 9 } else { length / 50 };
    let until = question.within.until.unwrap_or(last.plus_seconds(after));
    let from = question.within.from.unwrap_or(first.plus_seconds(-length / 30));
    (from < until).then_some(Interval { from: Some(from), until: Some(until) })
}

/// A moment as the day on a person's calendar, `14 May 2025`.
fn day(moment: Moment, question: &Question<'_>) -> String {
    moment.day(&question.ledger.territories[0].zone).in_words()
}

/// A rectangle between two places in both directions.
fn between((x1, x2): (Px, Px), (y1, y2): (Px, Px)) -> Rect {
    Rect {
        x: x1.min(x2),
        y: y1.min(y2),
        width: (x2 - x1).max(x1 - x2),
        height: (y2 - y1).max(y1 - y2),
    }
}
