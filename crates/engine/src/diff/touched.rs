//! Which lines a turn of knowledge touches.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use ledger::Turn;
use tariff::Day;

use super::Task;
use super::span::Span;
use super::spots::{Spot, Spots};
use crate::compile::turning::{Suspects, Touched, Turning};
use crate::ground::{Ground, SideGround};

/// The lines of one side, and the turns that may change something for some of them.
struct Turned<'g> {
    ground: &'g SideGround<'g>,
    spots: Spots<'g, 'g>,
    /// By the stretch of time that they stand in.
    crowds: BTreeMap<usize, Crowd>,
    /// Those that any of these turns may touch.
    others: Vec<u32>,
    /// By turn: what may differ after it, and the day of a revision of the schedule.
    turns: Vec<Option<(Option<Suspects>, Option<Day>)>>,
}

/// Lines of one stretch of time.
struct Crowd {
    /// By their places, each with where it stands.
    lines: Vec<(u32, Spot)>,
    /// What encloses the spans of all.
    span: Span,
}

impl Crowd {
    fn of(first: &Span) -> Crowd {
        Crowd { lines: Vec::new(), span: *first }
    }

    fn push(&mut self, place: u32, span: &Span, spot: Spot) {
        self.lines.push((place, spot));
        self.span.start = self.span.start.min(span.start);
        self.span.end = self.span.end.max(span.end);
        self.span.latest = self.span.latest.max(span.latest);
    }
}

impl Task<'_, '_> {
    /// For each turn the rows that it touches, by their places in `rows`; found by as many threads.
    pub fn touched(&self, ground: &Ground<'_>, spans: &[Span]) -> Vec<Vec<u32>> {
        let sides: Vec<Turned<'_>> =
            ground.sides().enumerate().map(|(side, of)| self.turned_of(side, of, spans)).collect();
        let turns = self.way.turns.len();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut found: Vec<(usize, Vec<u32>)> = Vec::new();
            let grounds = sides.iter().map(|turned| turned.ground);
            let mut turnings: Vec<_> = grounds.map(Turning::of).collect();
            while let at = next.fetch_add(1, Ordering::Relaxed)
                && at < turns
            {
                for (side, turning) in turnings.iter_mut().enumerate() {
                    found.push((at, self.touched_by(at, side, (&sides[side], turning), spans)));
                }
            }
            found
        };
        let found: Vec<(usize, Vec<u32>)> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..self.threads).map(|_| scope.spawn(work)).collect();
            let found =
                threads.into_iter().map(|thread| thread.join().expect("no thread gives up"));
            found.flatten().collect()
        });
        let mut touched: Vec<Vec<u32>> = vec![Vec::new(); turns];
        found.into_iter().for_each(|(turn, places)| touched[turn].extend(places));
        touched
    }

    /// The lines of a side, and what each turn may change for them.
    fn turned_of<'g>(&self, side: usize, ground: &'g SideGround<'g>, spans: &[Span]) -> Turned<'g> {
        let mut spots = Spots::new(ground);
        let mut crowds: BTreeMap<usize, Crowd> = BTreeMap::new();
        let mut others: Vec<u32> = Vec::new();
        for (place, (row, span)) in self.rows.iter().zip(spans).enumerate() {
            if usize::from(self.lines.by[*row as usize]) != side {
                continue;
            }
            match spots.of(self.lines, *row as usize) {
                Some((time, spot)) => {
                    let crowd = crowds.entry(time).or_insert_with(|| Crowd::of(span));
                    crowd.push(place as u32, span, spot);
                }
                None => others.push(place as u32),
            }
        }
        let zone = &ground.side.territory.zone;
        let turning = Turning::of(ground);
        let mut before = 0;
        let change = |turn: &Turn| {
            turn.reach[side]?;
            // Against the last turn that reaches the side, so that no change falls between two.
            let after = ground.side.acts.stretch(turn.moment);
            let stretches = (std::mem::replace(&mut before, after), after);
            let published = turn.revised[side].then(|| turn.moment.day(zone));
            let suspects = turning.suspects(stretches);
            (suspects.is_some() || published.is_some()).then_some((suspects, published))
        };
        let turns = self.way.turns.iter().map(change).collect();
        Turned { ground, spots, crowds, others, turns }
    }

    /// The lines of a side that a turn touches.
    fn touched_by<'g>(
        &self,
        turn: usize,
        side: usize,
        (turned, turning): (&Turned<'g>, &mut Turning<'g, 'g>),
        spans: &[Span],
    ) -> Vec<u32> {
        let mut touched = Vec::new();
        let change = &turned.turns[turn];
        let turn = &self.way.turns[turn];
        let (Some(reach), Some((suspects, published))) = (turn.reach[side], change) else {
            return touched;
        };
        let reaches = |place: u32| spans[place as usize].reached(turn.moment, reach);
        touched.extend(turned.others.iter().copied().filter(|place| reaches(*place)));
        // What differs at a moment differs until something of it changes.
        let mut last: Option<(usize, Option<Touched>)> = None;
        for (time, crowd) in &turned.crowds {
            if !crowd.span.reached(turn.moment, reach) {
                continue;
            }
            let part = suspects.as_ref().map_or(0, |s| s.part(&turned.ground.side, *time));
            if last.as_ref().is_none_or(|(of, _)| *of != part) {
                let classes = suspects.as_ref().map(|s| turning.touched(s, *time));
                last = Some((part, classes.filter(|classes| !classes.is_empty())));
            }
            let classes = last.as_ref().and_then(|(_, classes)| classes.as_ref());
            if classes.is_none() && published.is_none() {
                continue;
            }
            let of_crowd = crowd.lines.iter().filter(|(place, spot)| {
                reaches(*place) && turned.spots.touched(*spot, classes, *published)
            });
            touched.extend(of_crowd.map(|(place, _)| *place));
        }
        touched
    }
}
