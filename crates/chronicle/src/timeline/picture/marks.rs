//! Events on the axis of time: a letter for each, explained in the key.

use tariff::Zone;

use crate::chart::{self, Px, Svg, Time};
use crate::timeline::{Happening, Timeline};

const RADIUS: Px = Px::of(7);
/// The height of a row of letters, and of the names of the months.
const ROW: Px = Px::of(16);
const MONTHS: Px = Px::of(36);
/// Letters stand in two rows by turns, so that neighbours need half the room.
const ROWS: usize = 2;
const APART: Px = Px::of(8);

/// An event with its place.
pub struct Mark<'t> {
    pub letter: char,
    pub event: &'t Happening,
    x: Px,
    /// Where its letter stands: beside those that it would cover.
    centre: Px,
    row: usize,
}

/// The events that are marked, their letters as near to their days as they can stand.
pub fn marks<'t>(timeline: &'t Timeline<'_>, time: &Time, zone: &Zone) -> Vec<Mark<'t>> {
    let events: Vec<&Happening> = timeline
        .events
        .iter()
        .filter(|event| event.is_marked())
        .filter(|event| {
            let at = event.date.first(zone);
            at >= time.from && at < time.until
        })
        .collect();
    let places: Vec<Px> = events.iter().map(|event| time.at(event.date.first(zone))).collect();
    let centres = apart(&places, APART, (time.start + RADIUS, time.end - RADIUS));
    let letters = ('a'..='z').chain('A'..='Z');
    events
        .into_iter()
        .zip(letters)
        .enumerate()
        .map(|(at, (event, letter))| Mark {
            letter,
            event,
            x: places[at],
            centre: centres[at],
            row: at % ROWS,
        })
        .collect()
}

/// Places at least `gap` apart and within the ends, as near to those wanted as can be: those that stand too
/// near become one group around their middle, until no two groups meet.
fn apart(wanted: &[Px], gap: Px, (first, last): (Px, Px)) -> Vec<Px> {
    // Of each group the number of its places and the sum of where its first would stand for each of them.
    let mut groups: Vec<(i64, Px)> = Vec::new();
    let begin = |(count, sum): (i64, Px)| {
        let most = last - gap * (count - 1);
        (sum / count).min(most).max(first)
    };
    for place in wanted {
        let mut group = (1, *place);
        while let Some(before) = groups.last().copied() {
            if begin(before) + gap * before.0 <= begin(group) {
                break;
            }
            groups.pop();
            group = (before.0 + group.0, before.1 + group.1 - gap * before.0 * group.0);
        }
        groups.push(group);
    }
    groups
        .into_iter()
        .flat_map(|group| (0..group.0).map(move |at| begin(group) + gap * at))
        .collect()
}

/// The height of the band between the two sides.
pub fn band(marks: &[Mark<'_>]) -> Px {
    let rows = marks.len().min(ROWS);
    if rows == 0 { MONTHS + Px::of(4) } else { ROW * rows as i64 + MONTHS + Px::of(12) }
}

/// The letters below the axis at `y`, and below them the months.
pub fn draw(svg: &mut Svg, marks: &[Mark<'_>], time: &Time, y: Px, band: Px, zone: &Zone) {
    for mark in marks {
        let centre = y + Px::of(18) + ROW * mark.row as i64;
        let bend = y + Px::of(9);
        svg.path(&[(mark.x, y), (mark.centre, bend), (mark.centre, centre)], "class=\"lead\"", "");
    }
    for mark in marks {
        let centre = y + Px::of(18) + ROW * mark.row as i64;
        svg.circle((mark.centre, centre), RADIUS, "class=\"mark\"", &mark.event.in_words(zone));
        svg.text((mark.centre, centre + Px::tenths(35)), "letter", &mark.letter.to_string());
    }
    chart::months(svg, time, y + band - MONTHS, zone);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(places: &[i64]) -> Vec<Px> {
        places.iter().copied().map(Px::of).collect()
    }

    #[test]
    fn letters_that_have_room_stand_at_their_days() {
        assert_eq!(
            apart(&of(&[10, 50, 90]), Px::of(8), (Px::of(0), Px::of(100))),
            of(&[10, 50, 90])
        );
    }

    #[test]
    fn letters_of_one_day_stand_around_it_and_within_the_picture() {
        let apart = |places: &[i64]| apart(&of(places), Px::of(10), (Px::of(0), Px::of(100)));
        assert_eq!(apart(&[50, 50, 50]), of(&[40, 50, 60]));
        assert_eq!(apart(&[0, 0, 2]), of(&[0, 10, 20]));
        assert_eq!(apart(&[99, 100]), of(&[90, 100]));
        assert!(apart(&[10, 12, 13, 30, 31, 31]).windows(2).all(|w| w[1] - w[0] >= Px::of(10)));
    }
}
