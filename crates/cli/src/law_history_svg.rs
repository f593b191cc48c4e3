//! The picture of a measure on both clocks. Phases differ in pattern and in words, not in colour
//! alone, and letters stay legible at the width of a phone and on paper.

use std::fmt::Write;

use chronicle::chart::escaped;
use oracle::Phase;
use tariff::Moment;

use crate::law_history::{Told, cell, sentence};

/// Letters of cells, and about how wide one is.
const LETTER: usize = 8;
const SMALL_LETTER: usize = 7;
const LINE: usize = 15;
const MARGIN: usize = 12;
/// The narrowest column that holds `125%`.
const COLUMN: usize = 46;

const STYLE: &str = "\
text { font: 13px system-ui, sans-serif; fill: #000 }
.title { font-weight: bold; font-size: 15px }
.small { font-size: 12px }
.day { font-weight: bold; font-size: 12px }
.cell { text-anchor: middle; font-weight: bold }
.force { fill: #fff }
.halo { paint-order: stroke; stroke: #fff; stroke-width: 4px }
rect { stroke: #000; stroke-width: 1 }";

/// Hatched for what is suspended, crossed for what is void.
const PATTERNS: &str = "\
<pattern id=\"hatch\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" \
patternTransform=\"rotate(45)\"><rect width=\"8\" height=\"8\" style=\"fill:#fff;stroke:none\"/>\
<rect width=\"3\" height=\"8\" style=\"fill:#d98200;stroke:none\"/></pattern>
<pattern id=\"cross\" width=\"10\" height=\"10\" patternUnits=\"userSpaceOnUse\">\
<rect width=\"10\" height=\"10\" style=\"fill:#fff;stroke:none\"/>\
<path d=\"M0 0L10 10M10 0L0 10\" stroke=\"#777\" stroke-width=\"1\"/></pattern>";

/// The fill and the class of the words of a phase.
fn look(phase: Phase) -> (&'static str, &'static str) {
    match phase {
        Phase::InForce => ("#00527d", "cell force"),
        Phase::Suspended => ("url(#hatch)", "cell halo"),
        Phase::Void => ("url(#cross)", "cell halo"),
        Phase::NotYet => ("#fff", "cell"),
        Phase::Expired => ("#d0d0d0", "cell"),
    }
}

pub fn svg(told: &Told<'_>) -> String {
    let cuts = told.cuts();
    let columns = cuts.len() + 1;
    let acts = told.knowledge.iter().flat_map(|known| &known.changes);
    let longest = acts.map(|(act, _)| act.id.len()).max().unwrap_or(0);
    let left = MARGIN + (longest * LETTER).max(10 * LETTER) + 4;
    let column = column_width(told, &cuts);
    let width = left + columns * column + MARGIN;
    let titles = [(told.id, "title"), (told.title.as_str(), "small")];
    let world = match told.world.as_str() {
        "record" => String::new(),
        world => format!("world: {world} (hypothetical)"),
    };
    let mut body = String::new();
    let mut y = MARGIN;
    for (text, class) in titles.into_iter().chain([(world.as_str(), "small")]) {
        for line in lines(text, (width - 2 * MARGIN) / SMALL_LETTER) {
            y += LINE + 2;
            words(&mut body, MARGIN, y, class, &line);
        }
    }
    // The head: each day stands along the line at which its column begins.
    let tallest = cuts.iter().map(|cut| told.moment(*cut).len()).max().unwrap_or(0);
    y += (tallest * LETTER).max(3 * LINE) + 12;
    words(&mut body, MARGIN, y - LINE - 8, "small", "day of entry →");
    words(&mut body, MARGIN, y - 6, "small", "known from ↓");
    for (at, cut) in cuts.iter().enumerate() {
        let x = left + (at + 1) * column + 4;
        let day = told.moment(*cut);
        let y = y - 6;
        let _ = writeln!(
            body,
            "<text class=\"small\" transform=\"translate({x} {y}) rotate(-90)\">{day}</text>"
        );
    }
    for known in &told.knowledge {
        let height = (known.changes.len() + 1) * LINE + 10;
        words(&mut body, MARGIN, y + LINE, "day", &told.moment(known.from));
        for (at, (act, _)) in known.changes.iter().enumerate() {
            words(&mut body, MARGIN, y + (at + 2) * LINE, "small", &act.id);
        }
        for stretch in &known.stretches {
            let place = |cut: Option<Moment>, none: usize| {
                let at = cut.and_then(|cut| cuts.binary_search(&cut).ok());
                left + at.map_or(none, |at| at + 1) * column
            };
            let from = place(stretch.entered.from, 0);
            let wide = place(stretch.entered.until, columns) - from;
            let (fill, class) = look(stretch.phase);
            let text = match (stretch.phase, cell(stretch)) {
                // The brackets of the text are hatching here.
                (Phase::Suspended, text) => text.replace(['(', ')'], ""),
                // The key tells what white and grey are; a rate is told always.
                (Phase::NotYet | Phase::Expired, text) if width_of(&text) > wide => String::new(),
                (_, text) => text,
            };
            let _ = writeln!(
                body,
                "<g><title>{}</title><rect x=\"{from}\" y=\"{y}\" width=\"{wide}\" height=\"{height}\" fill=\"{fill}\"/>\
                 <text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text></g>",
                escaped(&sentence(told, stretch)),
                from + wide / 2,
                y + height / 2 + 5,
                escaped(&text)
            );
        }
        y += height;
    }
    y += 12;
    let key = [
        (Phase::InForce, "in force, at this rate"),
        (Phase::Suspended, "suspended: this is collected meanwhile"),
        (Phase::Void, "void: as if it had never been"),
        (Phase::NotYet, "not yet"),
        (Phase::Expired, "expired"),
    ];
    let met = |phase| told.knowledge.iter().flat_map(|k| &k.stretches).any(|s| s.phase == phase);
    for (phase, text) in key.into_iter().filter(|(phase, _)| met(*phase)) {
        let fill = look(phase).0;
        let _ = writeln!(
            body,
            "<rect x=\"{MARGIN}\" y=\"{y}\" width=\"34\" height=\"16\" fill=\"{fill}\"/>"
        );
        words(&mut body, MARGIN + 42, y + 13, "small", text);
        y += 22;
    }
    words(&mut body, MARGIN, y + 13, "small", "Columns are not to scale.");
    y += 13 + MARGIN;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {y}\" width=\"{width}\" \
         role=\"img\">\n<title>{} on both clocks</title>\n<style>{STYLE}</style>\n<defs>{PATTERNS}</defs>\n\
         <rect width=\"{width}\" height=\"{y}\" style=\"fill:#fff;stroke:none\"/>\n{body}</svg>\n",
        escaped(told.id)
    )
}

/// As wide as the rates need.
fn column_width(told: &Told<'_>, cuts: &[Moment]) -> usize {
    let columns = cuts.len() + 1;
    let at = |cut: Option<Moment>, none| {
        cut.and_then(|cut| cuts.binary_search(&cut).ok()).map_or(none, |at| at + 1)
    };
    let stretches = told.knowledge.iter().flat_map(|known| &known.stretches);
    let told = stretches.filter(|s| !matches!(s.phase, Phase::NotYet | Phase::Expired));
    let needs = told.map(|stretch| {
        let over = at(stretch.entered.until, columns) - at(stretch.entered.from, 0);
        width_of(&cell(stretch)).div_ceil(over.max(1))
    });
    needs.max().unwrap_or(0).max(COLUMN)
}

/// About how wide the words of a cell are.
fn width_of(text: &str) -> usize {
    text.chars().count() * LETTER + 8
}

fn words(body: &mut String, x: usize, y: usize, class: &str, text: &str) {
    let _ = writeln!(body, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(text));
}

/// Lines of at most so many letters.
fn lines(text: &str, letters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < letters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
