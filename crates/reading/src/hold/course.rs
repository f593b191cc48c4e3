//! What a side levies on goods of an origin over time, as a view sees it.

use std::collections::BTreeSet;
use std::rc::Rc;

use chronicle::stack::{Levy, Stack, is_base, share};
use ledger::{Does, Goods, Known, Ledger, Territory, territory_of};
use tariff::{Code, Country, Day, Exact, Moment, Stated, limits};

use crate::hold::{Bench, View};

/// What a course is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    pub by: Country,
    pub origin: Country,
    pub code: Option<Code>,
    /// Days up to this one are seen as importers faced them; `None`: all as known on `known`.
    pub faced: bool,
    /// The law known; of a course as faced only the days after it are seen by it.
    pub known: Option<Day>,
}

/// Stretches without gaps, in order.
#[derive(Clone, Debug, Default)]
pub struct Course {
    pub stretches: Vec<Stretch>,
}

/// Time in which the same is levied on top of the base duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub from: Moment,
    pub until: Option<Moment>,
    pub layers: Vec<Layer>,
    /// In percent of the value.
    pub total: Exact,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    pub program: String,
    pub measure: String,
    pub title: String,
    pub percent: Exact,
    pub cites: Vec<String>,
    pub suspended: Option<String>,
    pub until: Option<Moment>,
}

impl Stretch {
    pub fn contains(&self, moment: Moment) -> bool {
        self.from <= moment && self.until.is_none_or(|until| moment < until)
    }
}

impl<'a> Bench<'a> {
    /// The course of a view: up to its date as faced where it asks so, beyond it by the law it knows.
    pub(super) fn course(
        &mut self,
        territory: &'a Territory,
        origin: Country,
        code: Option<Code>,
        view: View,
    ) -> Rc<Course> {
        let known = Some(view.known);
        let asked = Asked { by: territory.country, origin, code, faced: view.as_faced, known };
        if let Some(course) = self.courses.get(&asked) {
            return course.clone();
        }
        let course = if view.as_faced {
            // The past is the same for every document, so it is kept apart from what was then known to come.
            let all = Asked { known: None, ..asked.clone() };
            let past = match self.courses.get(&all) {
                Some(past) => past.clone(),
                None => {
                    let made = Rc::new(self.make(territory, origin, code, Known::Entry, None));
                    self.keep(all, made.clone());
                    made
                }
            };
            let now = Stated::Day(view.known).last(&territory.zone);
            let known = Known::At(Stated::Moment(self.known(view).max(now)));
            let coming = self.make(territory, origin, code, known, Some(now));
            let mut stretches: Vec<Stretch> =
                past.stretches.iter().filter(|s| s.from <= now).cloned().collect();
            for stretch in coming.stretches {
                push(&mut stretches, stretch);
            }
            Rc::new(Course { stretches })
        } else {
            let known = Known::At(Stated::Moment(self.known(view)));
            Rc::new(self.make(territory, origin, code, known, None))
        };
        self.keep(asked, course.clone());
        course
    }

    fn keep(&mut self, asked: Asked, course: Rc<Course>) {
        if self.courses.len() >= limits::COURSES_KEPT_MAX {
            self.courses.clear();
        }
        self.courses.insert(asked, course);
    }

    /// From a moment on, or from before the first change.
    fn make(
        &mut self,
        territory: &'a Territory,
        origin: Country,
        code: Option<Code>,
        known: Known,
        after: Option<Moment>,
    ) -> Course {
        let goods = code.map_or(Goods::Ordinary, Goods::Code);
        let levy = Levy { territory, origin, goods };
        let mut moments = moments(self.ledger, territory, code.is_some());
        if let Some(after) = after {
            moments.retain(|moment| *moment > after);
            moments.insert(after.plus_seconds(1));
        }
        let mut course = Course::default();
        for moment in moments {
            let stack = Stack::of(&mut self.oracle, self.ledger, levy, moment, known);
            if !stack.is_answer() {
                continue;
            }
            let layers: Vec<Layer> = stack
                .layers
                .iter()
                .filter(|layer| !is_base(self.ledger, layer))
                .map(|layer| Layer {
                    program: layer.program.clone(),
                    measure: layer.measure.clone(),
                    title: layer.title.clone(),
                    percent: share(layer),
                    cites: layer.cites.clone(),
                    suspended: layer.suspended.clone(),
                    until: layer.until,
                })
                .collect();
            let total = stack.additional(self.ledger);
            push(&mut course.stretches, Stretch { from: moment, until: None, layers, total });
        }
        course
    }
}

/// Adds what comes next, where it is another.
fn push(stretches: &mut Vec<Stretch>, next: Stretch) {
    if let Some(last) = stretches.last_mut() {
        let same = last.total == next.total
            && last.layers.len() == next.layers.len()
            && last.layers.iter().zip(&next.layers).all(|(a, b)| {
                a.measure == b.measure && a.percent == b.percent && a.suspended == b.suspended
            });
        if same {
            return;
        }
        last.until = Some(next.from);
    }
    stretches.push(next);
}

/// When duties may change: those on all goods, or all of them.
fn moments(ledger: &Ledger, territory: &Territory, listed: bool) -> BTreeSet<Moment> {
    let mut found = BTreeSet::new();
    for (id, records) in ledger.measures().filter(|(id, _)| territory_of(id) == territory.id) {
        let levies = ledger.program(ledger::program_of(id)).is_some_and(|p| p.levies && !p.base);
        let all = records.iter().any(|record| match &ledger.record(*record).1.does {
            Does::Measure { fields, .. } => {
                matches!(fields.goods, None | Some(None)) && fields.relief != Some(true)
            }
            _ => false,
        });
        if !levies || !all && !listed {
            continue;
        }
        for record in records {
            let (act, operation) = ledger.record(*record);
            found.extend([Some(act.known), act.binds_from()].into_iter().flatten());
            found.extend([operation.interval.from, operation.interval.until].into_iter().flatten());
            for other in ledger.on_act(&act.id) {
                let (act, operation) = ledger.record(*other);
                found.extend([Some(act.known), act.binds_from()].into_iter().flatten());
                found.extend(
                    [operation.interval.from, operation.interval.until].into_iter().flatten(),
                );
            }
        }
    }
    let first = found.first().copied().map(|first| first.plus_seconds(-1));
    found.extend(first);
    found
}
