//! Where lines stand in the law of a side, as far as turns of knowledge tell them apart.

use rustc_hash::FxHashMap;
use tariff::{Code, Day, Stated};

use crate::compile::turning::Touched;
use crate::ground::SideGround;
use crate::lines::{Lines, OTHER_DATES};

/// Where the lines of one side stand.
pub(crate) struct Spots<'g, 'l> {
    ground: &'g SideGround<'l>,
    /// What is asked of each code, and its place there.
    codes: Vec<CodeSpot>,
    places: FxHashMap<u64, Option<u32>>,
    /// The stretch of time of each day; `None` where the law may change within it.
    times: FxHashMap<i32, Option<usize>>,
}

/// A code as turns of knowledge see it.
struct CodeSpot {
    /// The classes of all goods that it may mean, whatever is known.
    scopes: Vec<u32>,
    /// The days on which a row of the schedule that it may mean was published, or its end.
    published: Vec<Day>,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    code: u32,
    origin: u16,
}

impl<'g, 'l> Spots<'g, 'l> {
    pub fn new(ground: &'g SideGround<'l>) -> Spots<'g, 'l> {
        let (places, times) = (FxHashMap::default(), FxHashMap::default());
        Spots { ground, codes: Vec::new(), places, times }
    }

    /// The stretch of time that a line stands in, and where; `None` for a line of which the day of entry
    /// and the code do not say all of that. Of such a line every turn may change something.
    pub fn of(&mut self, lines: &Lines, at: usize) -> Option<(usize, Spot)> {
        let moved = OTHER_DATES.iter().zip(&lines.dates).any(|(fact, dates)| {
            self.ground.side.moves_law(*fact) && dates.get(at).is_some_and(|date| !date.is_absent())
        });
        let origin = self.ground.origin_of[lines.origin[at].index()];
        if moved || origin == u16::MAX {
            return None;
        }
        let time = self.time(lines.entered[at].day_number()?)?;
        let code = self.code(lines.code[at])?;
        Some((time, Spot { code, origin }))
    }

    /// Whether a turn may change what lines of a spot owe.
    pub fn touched(&self, spot: Spot, by: Option<&Touched>, published: Option<Day>) -> bool {
        let code = &self.codes[spot.code as usize];
        by.is_some_and(|by| code.scopes.iter().any(|scope| by.has(*scope, spot.origin)))
            || published.is_some_and(|day| code.published.contains(&day))
    }

    fn time(&mut self, day: i32) -> Option<usize> {
        let side = &self.ground.side;
        *self.times.entry(day).or_insert_with(|| {
            let day = Day::from_number(day);
            let (first, last) = (side.of_day(day), Stated::Day(day).last(&side.territory.zone));
            let whole = side.day_cuts.range(first.plus_seconds(1)..=last).next().is_none();
            whole.then(|| side.cuts.partition_point(|cut| *cut <= first))
        })
    }

    fn code(&mut self, packed: u64) -> Option<u32> {
        if let Some(known) = self.places.get(&packed) {
            return *known;
        }
        let spot = CodeSpot::of(self.ground, packed);
        let place = spot.map(|spot| {
            self.codes.push(spot);
            self.codes.len() as u32 - 1
        });
        self.places.insert(packed, place);
        place
    }
}

impl CodeSpot {
    /// `None` for a code too short to mean goods.
    fn of(ground: &SideGround<'_>, packed: u64) -> Option<CodeSpot> {
        if let Some(found) = ground.hot.find(packed) {
            let scope = ground.facts[found as usize].scope;
            return Some(CodeSpot { scopes: vec![scope], published: Vec::new() });
        }
        let code = Code::from_packed(packed);
        let mut spot = CodeSpot { scopes: vec![ground.classes.scope(code)], published: Vec::new() };
        if let Some(schedule) = ground.schedule {
            if code.digits() < 8 {
                return None;
            }
            // What a code means is read from the rows under its eight digits alone.
            let under = code.prefix(8);
            let lines = schedule.lines_under(under).iter().map(|line| (line.code, line.life));
            let suffixes = schedule.suffixes_under(under).map(|s| (s.code, s.life));
            for (code, life) in lines.chain(suffixes) {
                spot.scopes.push(ground.classes.scope(code));
                spot.published.extend([Some(life.known), life.ended].into_iter().flatten());
            }
            spot.scopes.sort_unstable();
            spot.scopes.dedup();
        }
        Some(spot)
    }
}
