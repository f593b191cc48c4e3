//! The timeline of a pair: every change of what each side levies on goods of the other, in order, and
//! what happened between.
//!
//! Changes of duties on the goods asked about are found by asking the oracle at every moment at which
//! the law or the knowledge of it turns ([`course`]). Without a code the goods are ordinary ones, on no
//! list, so what is levied on listed goods is told measure by measure ([`listed`]).

mod course;
mod event;
mod listed;
mod picture;
mod step;

use std::collections::BTreeSet;

use ledger::{Goods, Known, Ledger, Readings, Territory};
use oracle::{Oracle, Survey};
use tariff::{Code, Country, Interval, Moment, Stated};

pub use course::{Back, Course, Stretch};
pub use event::{Happening, is_court};
pub use picture::{Caption, svg};
pub use step::{Standing, Step};

use crate::stack::Levy;

/// What is asked: the two sides, the goods that each takes in, and the coordinates.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    pub ledger: &'a Ledger,
    pub readings: &'a Readings,
    pub known: Known,
    pub pair: [Country; 2],
    /// What the first side takes in, and what the second.
    pub goods: [Goods; 2],
    /// The stretch of time to tell; without ends from the first change to the last.
    pub within: Interval,
}

/// Both sides over time.
#[derive(Clone, Debug)]
pub struct Timeline<'a> {
    /// The sides of the pair that levy duties here, in the order of the pair.
    pub courses: Vec<Course<'a>>,
    /// In order of time.
    pub steps: Vec<Step>,
    /// In order of time.
    pub events: Vec<Happening>,
    /// The last moment that is told from knowledge of it: the moment of knowledge, or under `entry` the
    /// last day that the ledger follows. What is told beyond it comes if nothing is done.
    pub today: Moment,
}

impl<'a> Question<'a> {
    /// Answers. It cannot fail: a side that levies nothing here has no course, goods that mean nothing
    /// have layers that say so.
    pub fn timeline(&self) -> Timeline<'a> {
        let today = self.today();
        let (mut courses, mut steps) = (Vec::new(), Vec::new());
        let mut oracle = Oracle::new(self.ledger, self.readings);
        for levy in self.levies() {
            let moments = self.moments(levy.territory);
            let course = Course::of(self, &mut oracle, levy, &moments);
            steps.extend(step::steps(self, &course));
            if levy.goods == Goods::Ordinary {
                steps.extend(listed::steps(self, levy, &moments));
            }
            courses.push(course);
        }
        let place = |step: &Step| {
            let program = self.ledger.programs.iter().position(|p| p.id == step.program);
            (step.moment, step.by != self.pair[0], step.listed, program, step.measure.clone())
        };
        steps.sort_by_key(place);
        Timeline { courses, steps, events: event::events(self, today), today }
    }

    /// Codes of the side at this place of the pair, those together of which it levies the same besides the
    /// base duty at all times; the largest group first.
    pub fn alike(&self, side: usize, codes: &[Code]) -> Vec<Vec<Code>> {
        let mut groups: Vec<(Vec<course::Levied>, Vec<Code>)> = Vec::new();
        let [a, b] = self.pair;
        let (by, origin) = if side == 0 { (a, b) } else { (b, a) };
        let Some(territory) = self.ledger.levying(by.as_str()) else { return Vec::new() };
        let mut oracle = Oracle::new(self.ledger, self.readings);
        let moments = self.moments(territory);
        for code in codes {
            let levy = Levy { territory, origin, goods: Goods::Code(*code) };
            let levied = Course::of(self, &mut oracle, levy, &moments).levied(self.ledger);
            match groups.iter_mut().find(|(same, _)| *same == levied) {
                Some((_, codes)) => codes.push(*code),
                None => groups.push((levied, vec![*code])),
            }
        }
        groups.sort_by_key(|(_, codes)| std::cmp::Reverse(codes.len()));
        groups.into_iter().map(|(_, codes)| codes).collect()
    }

    /// The sides that levy duties here.
    fn levies(&self) -> Vec<Levy<'a>> {
        let [a, b] = self.pair;
        [(a, b, self.goods[0]), (b, a, self.goods[1])]
            .into_iter()
            .filter_map(|(by, origin, goods)| {
                let territory = self.ledger.levying(by.as_str())?;
                Some(Levy { territory, origin, goods })
            })
            .collect()
    }

    /// The moments within the range at which something may change.
    fn moments(&self, territory: &Territory) -> BTreeSet<Moment> {
        let mut moments = oracle::moments(self.ledger, territory);
        moments.retain(|moment| self.within.contains(*moment));
        moments
    }

    /// The moment of knowledge of one who asks about an entry at `moment`.
    fn known_at(&self, moment: Moment) -> Moment {
        let home = &self.ledger.territories[0];
        oracle::moment_known(self.ledger, home, self.known, Stated::Moment(moment)).0
    }

    fn survey(&self, moment: Moment) -> Survey<'a> {
        Survey::new(self.ledger, self.known_at(moment), self.readings)
    }

    fn today(&self) -> Moment {
        let home = &self.ledger.territories[0];
        self.known_at(Stated::Day(home.verified_through).last(&home.zone))
    }
}
