//! The key below the picture: every change of what is drawn with its authorities, every marked event.

use std::collections::BTreeMap;
use std::fmt::Write;

use tariff::{Day, Exact};

use crate::chart::{Px, Svg, Time, lines};
use crate::stack::{name, percent};
use crate::timeline::picture::marks::Mark;
use crate::timeline::picture::{MARGIN, WIDTH};
use crate::timeline::{Question, Standing, Timeline};

const LINE: Px = Px::of(15);
/// Where the columns begin: the day, the first side, the second, the words.
const COLUMNS: [Px; 4] = [MARGIN, Px::of(98), Px::of(150), Px::of(202)];

/// A day on which something changes.
struct Row {
    /// What each side levies in all from then on, where it changes.
    totals: [Option<Exact>; 2],
    words: String,
}

/// Draws it from `y` down; gives the place below.
pub fn draw(
    svg: &mut Svg,
    question: &Question<'_>,
    timeline: &Timeline<'_>,
    marks: &[Mark<'_>],
    time: &Time,
    mut y: Px,
) -> Px {
    let rows = rows(question, timeline, time);
    svg.text((COLUMNS[0], y), "bold", "Changes");
    let mut at = 1;
    for course in &timeline.courses {
        let code = course.levy.territory.country;
        svg.text((COLUMNS[at], y), "bold", code.as_str());
        at += 1;
    }
    svg.text((COLUMNS[at], y), "bold", "by which acts");
    let words_at = COLUMNS[at];
    y += LINE + Px::of(3);
    for (day, row) in &rows {
        svg.text((COLUMNS[0], y), "small", &day.in_words());
        for (total, x) in row.totals.iter().zip(&COLUMNS[1..at]) {
            if let Some(total) = total {
                svg.text((*x, y), "small bold", &percent(*total));
            }
        }
        for line in lines(&row.words, 12, WIDTH - MARGIN - words_at) {
            svg.text((words_at, y), "small", &line);
            y += LINE;
        }
        y += Px::of(2);
    }
    let act = timeline.steps.iter().filter(|step| !step.listed).find_map(|step| step.acts.first());
    if let Some(act) = act {
        let note =
            format!("Acts have the names of the ledger: truce law show {act} tells this one.");
        svg.text((COLUMNS[0], y + Px::of(3)), "small", &note);
        y += LINE + Px::of(3);
    }
    if marks.is_empty() {
        return y;
    }
    y += LINE;
    svg.text((MARGIN, y), "bold", "Events");
    y += LINE + Px::of(3);
    let zone = &question.ledger.territories[0].zone;
    for mark in marks {
        let text = mark.event.in_words(zone);
        let indent = MARGIN + Px::of(20);
        svg.text((MARGIN + Px::of(2), y), "small bold", &mark.letter.to_string());
        for line in lines(&text, 12, WIDTH - MARGIN - indent) {
            svg.text((indent, y), "small", &line);
            y += LINE;
        }
        y += Px::of(1);
    }
    y
}

/// The days on which what is drawn changes.
fn rows(question: &Question<'_>, timeline: &Timeline<'_>, time: &Time) -> BTreeMap<Day, Row> {
    let mut rows: BTreeMap<Day, Row> = BTreeMap::new();
    let mut told: BTreeMap<Day, (Vec<String>, Vec<String>)> = BTreeMap::new();
    let drawn = timeline.steps.iter().filter(|step| !step.listed);
    for step in drawn.filter(|step| step.moment >= time.from && step.moment < time.until) {
        let Some(at) = timeline.courses.iter().position(|c| c.levy.territory.country == step.by)
        else {
            continue;
        };
        let course = &timeline.courses[at];
        let day = step.moment.day(&course.levy.territory.zone);
        let row =
            rows.entry(day).or_insert_with(|| Row { totals: [None; 2], words: String::new() });
        let stretch = course.stretches.iter().find(|s| s.from == Some(step.moment));
        if let Some(total) = row.totals.get_mut(at) {
            *total = stretch.map(|s| s.stack.total());
        }
        let (acts, words) = told.entry(day).or_default();
        let fresh: Vec<&String> = step.acts.iter().filter(|act| !acts.contains(act)).collect();
        acts.extend(fresh.into_iter().cloned().collect::<Vec<String>>());
        let standing = match &step.standing {
            Standing::InForce => continue,
            Standing::Resumed => "the suspension ends".to_owned(),
            Standing::Suspended(words) => words.clone(),
            Standing::Displaced(_) => continue,
            other => {
                let program = question.ledger.program(&step.program);
                let title = program.map_or(step.program.as_str(), |p| p.title.as_str());
                match other {
                    Standing::Expired => format!("{title} ends"),
                    other => format!("{title} {}", other.name()),
                }
            }
        };
        if !words.contains(&standing) {
            words.push(standing);
        }
    }
    for (day, (acts, words)) in told {
        let Some(row) = rows.get_mut(&day) else { continue };
        row.words = acts.join(", ");
        for words in words {
            let _ = write!(row.words, "; {words}");
        }
    }
    rows
}

/// The picture in words, for those who cannot see it.
pub fn description(question: &Question<'_>, timeline: &Timeline<'_>, time: &Time) -> String {
    let mut text = String::new();
    for (day, row) in rows(question, timeline, time) {
        let sides = timeline.courses.iter().zip(row.totals).filter_map(|(course, total)| {
            let side = name(question.ledger, course.levy.territory.country);
            Some(format!("{side} {}", percent(total?)))
        });
        let sides: Vec<String> = sides.collect();
        let _ = write!(text, "{}: {}. ", day.in_words(), sides.join(", "));
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::COLUMNS;
    use crate::chart::width_px;

    #[test]
    fn the_longest_day_fits_its_column() {
        assert!(width_px("30 May 2025", 12) < COLUMNS[1] - COLUMNS[0]);
    }
}
