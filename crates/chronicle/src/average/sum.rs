//! The sums over courses, day by day: only where something changes is anything added.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use engine::course::{Courses, Pricer, Rates, Stated};
use tariff::Day;

use super::weights::{Part, Weights};
use super::{Asked, Averages, Group, GroupBy, Stretch, Sum, Sums};

/// Columns of the sums before those of programs.
const COLUMNS: usize = 9;

/// What changes on each day, for each group: `days + 1` rows of columns.
struct Changes {
    days: usize,
    width: usize,
    cells: Vec<i128>,
}

/// Averages over the courses of a territory. `done` is told how many sorts of goods of how many are summed.
pub fn average(
    courses: &Courses<'_, '_>,
    asked: &Asked<'_>,
    done: &(dyn Fn(usize, usize) + Sync),
) -> Averages {
    let (from, until) = asked.days;
    let given = (asked.unit_values, asked.claims);
    let of = (asked.of, asked.group_by);
    let weights = Weights::of(courses, &asked.weighing, given, of, asked.days);
    // Parts that are priced together.
    let alike = |a: &(Part, i128), b: &(Part, i128)| a.0.goods == b.0.goods;
    let goods: Vec<&[(Part, i128)]> = weights.parts.chunk_by(alike).collect();
    let next = AtomicUsize::new(0);
    let width = COLUMNS + courses.programs().len();
    let days = until.days_since(from) as usize;
    let all = Mutex::new(Changes::new(weights.groups.len(), days, width));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let mut pricer = Pricer::new(courses);
                let mut own = Changes::new(weights.groups.len(), days, width);
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(parts) = goods.get(at) else { break };
                    own.add_goods(&mut pricer, courses, asked, &weights, parts);
                    done(at + 1, goods.len());
                }
                // Whole numbers: in which order they are added makes no difference.
                all.lock().expect("no thread gave up").merge(&own);
            });
        }
    });
    let all = all.into_inner().expect("no thread gave up");
    let groups = weights.groups.iter().enumerate();
    let by_program = asked.group_by == GroupBy::Program;
    let groups = groups
        .map(|(at, name)| Group { name: name.clone(), stretches: all.group(at, from, by_program) });
    Averages { groups: groups.collect(), of_table: weights.of_table }
}

impl Changes {
    fn new(groups: usize, days: usize, width: usize) -> Changes {
        Changes { days, width, cells: vec![0; groups * (days + 1) * width] }
    }

    fn merge(&mut self, other: &Changes) {
        for (cell, more) in self.cells.iter_mut().zip(&other.cells) {
            *cell += more;
        }
    }

    /// Adds what one sort of goods owes, of all its parts.
    fn add_goods(
        &mut self,
        pricer: &mut Pricer<'_, '_, '_>,
        courses: &Courses<'_, '_>,
        asked: &Asked<'_>,
        weights: &Weights,
        parts: &[(Part, i128)],
    ) {
        let mut kinds: Vec<(u16, u32)> =
            parts.iter().map(|(p, _)| (p.claim, p.unit_value)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for (claim, unit_value) in kinds {
            let of =
                || parts.iter().filter(|(p, _)| (p.claim, p.unit_value) == (claim, unit_value));
            let mut classes: Vec<u16> = of().map(|(part, _)| part.class).collect();
            classes.sort_unstable();
            classes.dedup();
            let mut stated = Stated::default();
            if let Some(claim) = usize::from(claim).checked_sub(1) {
                stated.claims.clone_from(&weights.claims[claim]);
            }
            let mut code = None;
            if let Some(place) = (unit_value as usize).checked_sub(1) {
                let (value, of_code) = weights.priced_alone[place];
                code = Some(of_code);
                let value = &asked.unit_values[value];
                stated.quantity = Some((value.worth.recip(), value.unit.clone()));
            }
            let goods = parts[0].0.goods as usize;
            let priced = pricer.price(goods, code, &classes, &stated);
            for (part, weight) in of() {
                for stretch in priced.course(part.class) {
                    let from = stretch.from.number().max(part.from);
                    let until = stretch.until.number().min(part.until);
                    if from < until {
                        let rates = &priced.rates[stretch.rates as usize];
                        self.add(courses, asked, part, (from, until), (rates, *weight));
                    }
                }
            }
        }
    }

    fn add(
        &mut self,
        courses: &Courses<'_, '_>,
        asked: &Asked<'_>,
        part: &Part,
        (from, until): (i32, i32),
        (rates, weight): (&Rates, i128),
    ) {
        let first = asked.days.0.number();
        let group = part.group as usize * (self.days + 1);
        let at = |day: i32| (group + (day - first) as usize) * self.width;
        let (start, end) = (at(from), at(until));
        let mut put = |column: usize, amount: i128| {
            self.cells[start + column] += amount;
            self.cells[end + column] -= amount;
        };
        let base = courses.base();
        put(0, weight);
        if part.by_heading {
            put(1, weight);
        }
        if rates.status == ledger::Status::NeedsFacts {
            put(2, weight);
        }
        let of = |rate: i64| weight * i128::from(rate);
        if let Some(additional) = rates.additional(base) {
            put(3, weight);
            put(4, of(additional));
            for (program, rate) in rates.programs.iter().enumerate() {
                if let (Some(rate @ 1..), true) = (*rate, Some(program) != base) {
                    put(COLUMNS + program, of(rate));
                }
            }
        }
        if let Some((base, rate)) = base.and_then(|base| Some((base, rates.programs[base]?))) {
            put(5, weight);
            put(6, of(rate));
            put(COLUMNS + base, of(rate));
        }
        if let Some(least) = rates.least {
            put(7, weight);
            put(8, of(least));
        }
    }

    /// The sums of a group, cut where one of them changes.
    fn group(&self, group: usize, first: Day, by_program: bool) -> Vec<Stretch> {
        let mut stretches: Vec<Stretch> = Vec::new();
        let mut sums = vec![0; self.width];
        for day in 0..self.days {
            let start = (group * (self.days + 1) + day) * self.width;
            let changes = &self.cells[start..start + self.width];
            for (sum, change) in sums.iter_mut().zip(changes) {
                *sum += change;
            }
            let (from, until) = (first.plus(day as i32), first.plus(day as i32 + 1));
            // What one program takes over from another changes no other average.
            let told = told(&sums, by_program);
            match stretches.last_mut() {
                Some(last) if last.sums == told => last.until = until,
                _ => stretches.push(Stretch { from, until, sums: told }),
            }
        }
        stretches
    }
}

fn told(columns: &[i128], by_program: bool) -> Sums {
    let sum = |at: usize| Sum { weight: columns[at], duty: columns[at + 1] };
    Sums {
        weight: columns[0],
        by_heading: columns[1],
        open: columns[2],
        additional: sum(3),
        base: sum(5),
        least: sum(7),
        programs: if by_program { columns[COLUMNS..].to_vec() } else { Vec::new() },
    }
}
