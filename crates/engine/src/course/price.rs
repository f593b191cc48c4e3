//! Courses from the data plane: a line for each cell that a course meets, and a second with quantities
//! where the first lacks one, so that what depends on quantities shows itself.

use std::collections::HashMap;

use ledger::Status;
use nomenclature::rate::RateText;
use rustc_hash::FxHashMap;
use tariff::{Code, Day, DutyExpression, Exact, Part, Per, Unit, exact_decimal, round_half_up};

use super::{Courses, RATE_SCALE, Rates, UnitRate};
use crate::assess::Assessor;
use crate::assessed::{Assessed, Wanted};
use crate::codes::{CodeFacts, ColumnDuty};
use crate::compile::grid::SPLIT;
use crate::compile::version::VersionRate;
use crate::lines::{ABSENT, Lines, PackedDate, QuantityColumn};

/// The value of every line in cents. It is large, so that a cent is one of [`RATE_SCALE`].
const VALUE_CENTS: i64 = RATE_SCALE;

/// Millionths of units that the second line states of each unit: so few that a duty on them is a small
/// part of the value, and so many that any duty on them is some cents.
const QUANTITY_MILLIONTHS: i64 = 1_000 * 1_000_000;

/// More units of quantity than any code reports in.
const UNITS: usize = 4;

/// Days with what is owed on them, by its place in [`Priced::rates`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub from: Day,
    /// The day after the last.
    pub until: Day,
    pub rates: u32,
}

/// Stretches in order, without gaps; two that follow each other differ.
pub type Course = Vec<Stretch>;

/// What one sort of goods owes by class of origin.
#[derive(Clone, Debug, Default)]
pub struct Priced {
    pub rates: Vec<Rates>,
    pub courses: Vec<Course>,
    of_class: FxHashMap<u16, u32>,
}

impl Priced {
    /// The course of a class of origins that was asked for.
    pub fn course(&self, class: u16) -> &[Stretch] {
        &self.courses[self.of_class[&class] as usize]
    }

    /// The place of that course in [`Priced::courses`]: classes that owe alike share one.
    pub fn course_of(&self, class: u16) -> usize {
        self.of_class[&class] as usize
    }
}

/// What lines state beside code, origin and day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// As [`Lines::claim_sets`] has them.
    pub claims: Vec<String>,
    /// How many units one unit of currency buys; without a unit, the schedule's first.
    pub quantity: Option<(Exact, Option<Unit>)>,
}

impl Stated {
    /// States it in lines.
    fn put(&self, lines: &mut Lines) {
        let count = lines.len();
        if !self.claims.is_empty() {
            lines.claim_sets = vec![self.claims.clone()];
            lines.claims = vec![1; count];
        }
        if let Some((units, unit)) = &self.quantity {
            let units = *units * i128::from(VALUE_CENTS / 100) * 1_000_000;
            let millionths = i64::try_from(round_half_up(units)).unwrap_or(ABSENT);
            let unit = unit.as_ref().map_or(0, |unit| lines.unit(unit));
            let column =
                QuantityColumn { millionths: vec![millionths; count], unit: vec![unit; count] };
            lines.quantities = vec![column];
        }
    }
}

/// Works out courses, on one thread.
pub struct Pricer<'c, 'r, 'l> {
    courses: &'c Courses<'r, 'l>,
    assessor: Assessor<'r, 'l>,
    assessed: Assessed,
    with_quantities: Assessed,
}

/// Lines to ask, and where each stands.
#[derive(Default)]
struct Posed {
    lines: Lines,
    /// The cell that a line is of, where it is of one.
    cells: Vec<Option<u32>>,
    by_cell: FxHashMap<(u32, usize), usize>,
}

impl<'c, 'r, 'l> Pricer<'c, 'r, 'l> {
    pub fn new(courses: &'c Courses<'r, 'l>) -> Pricer<'c, 'r, 'l> {
        Pricer {
            courses,
            assessor: Assessor::new(courses.regime),
            assessed: Assessed::default(),
            with_quantities: Assessed::default(),
        }
    }

    /// What a sort of goods owes by class of origins; of lines that state a quantity, one of its codes, by
    /// its place in [`Courses::codes`].
    pub fn price(
        &mut self,
        goods: usize,
        code: Option<usize>,
        classes: &[u16],
        stated: &Stated,
    ) -> Priced {
        let courses = self.courses;
        let (compiled, of) = (courses.compiled, &courses.goods[goods]);
        let mut posed = Posed::default();
        let code = code.map_or(of.code, |code| courses.codes[code].code);
        // For each distinct row its days, each with its line.
        let mut rows: FxHashMap<(bool, u32), usize> = FxHashMap::default();
        let mut days: Vec<Vec<(i32, i32, usize)>> = Vec::new();
        let mut priced = Priced::default();
        for class in classes {
            let row = of.scope.map(|scope| compiled.grid.row(scope, u32::from(*class)));
            let key = (row.is_some(), row.unwrap_or(u32::from(*class)));
            let place = *rows.entry(key).or_insert_with(|| {
                days.push(self.pose(&mut posed, (goods, code), (*class, row)));
                days.len() - 1
            });
            priced.of_class.insert(*class, place as u32);
        }
        stated.put(&mut posed.lines);
        let rates = self.rates(&posed);
        let mut places: HashMap<Rates, u32> = HashMap::new();
        let of_line: Vec<u32> = rates
            .into_iter()
            .map(|rates| {
                *places.entry(rates).or_insert_with_key(|rates| {
                    priced.rates.push(rates.clone());
                    priced.rates.len() as u32 - 1
                })
            })
            .collect();
        priced.courses = days.iter().map(|days| course(days, &of_line)).collect();
        priced
    }

    /// Poses the lines of a row of cells; its stretches of days, each with its line.
    fn pose(
        &self,
        posed: &mut Posed,
        (goods, code): (usize, Code),
        (class, row): (u16, Option<u32>),
    ) -> Vec<(i32, i32, usize)> {
        let courses = self.courses;
        let (compiled, of) = (courses.compiled, &courses.goods[goods]);
        let grid = &compiled.grid;
        let origin = compiled.classes.origins[usize::from(class)];
        let mut days: Vec<(i32, i32, usize)> = Vec::new();
        let first = courses.slots.partition_point(|(_, until, _)| *until <= of.from);
        for (slot_from, slot_until, slot) in &courses.slots[first..] {
            if *slot_from >= of.until {
                break;
            }
            let (from, until) = ((*slot_from).max(of.from), (*slot_until).min(of.until));
            let cuts = of.cuts.iter().copied().filter(|cut| from < *cut && *cut < until);
            let starts: Vec<i32> = std::iter::once(from).chain(cuts).collect();
            for (at, start) in starts.iter().enumerate() {
                let end = starts.get(at + 1).copied().unwrap_or(until);
                let (slot, entered) = self.moment(*start, *slot);
                let cell = row.filter(|_| slot != SPLIT).map(|row| grid.cell_of_row(row, slot));
                let special = of.cuts.partition_point(|cut| cut <= start);
                let known = cell.and_then(|cell| posed.by_cell.get(&(cell, special)).copied());
                let line = known.unwrap_or_else(|| {
                    let lines = &mut posed.lines;
                    lines.by.push(courses.territory as u8);
                    lines.code.push(code.packed());
                    lines.origin.push(origin);
                    lines.entered.push(entered);
                    lines.value.push(VALUE_CENTS);
                    posed.cells.push(cell);
                    let place = lines.code.len() - 1;
                    if let Some(cell) = cell {
                        posed.by_cell.insert((cell, special), place);
                    }
                    place
                });
                days.push((*start, end, line));
            }
        }
        days
    }

    /// The slot of a day, and the entry that asks for it.
    fn moment(&self, day: i32, slot: u16) -> (u16, PackedDate) {
        let compiled = self.courses.compiled;
        if slot != SPLIT || !self.courses.settings.by_end_of_day {
            return (slot, PackedDate::day(day));
        }
        let last = tariff::Stated::Day(Day::from_number(day)).last(&compiled.side.territory.zone);
        (compiled.grid.slots.of_moment(last), PackedDate::moment(last))
    }

    /// What the posed lines owe.
    fn rates(&mut self, posed: &Posed) -> Vec<Rates> {
        let lines = &posed.lines;
        self.assessor.assess(lines, Wanted::ALL, &mut self.assessed);
        let open: Vec<u32> = (0..lines.len())
            .filter(|at| {
                let needs_facts = self.assessed.status[*at] == Status::NeedsFacts;
                needs_facts && self.assessed.duty[*at] == ABSENT
            })
            .map(|at| at as u32)
            .collect();
        let mut rates: Vec<Rates> = (0..lines.len()).map(|at| self.plain(at)).collect();
        if open.is_empty() {
            return rates;
        }
        let mut second = Lines::default();
        second.take(lines, &open);
        second.quantities.resize_with(UNITS, || QuantityColumn {
            millionths: vec![QUANTITY_MILLIONTHS; open.len()],
            unit: vec![0; open.len()],
        });
        self.assessor.assess(&second, Wanted::ALL, &mut self.with_quantities);
        for (place, at) in open.iter().map(|at| *at as usize).enumerate() {
            let words = if self.with_quantities.duty[place] == ABSENT {
                self.by_other_facts(posed, at, &mut rates[at])
            } else {
                self.by_quantity(&second, (at, place), &mut rates[at])
            };
            rates[at].in_words = words.join("; ");
        }
        rates
    }

    /// The rates of a line as it was assessed.
    fn plain(&self, at: usize) -> Rates {
        let out = &self.assessed;
        let answered = matches!(out.status[at], Status::Exact | Status::NeedsFacts);
        let share = |cents: i64| (answered && cents != ABSENT).then_some(cents);
        let programs = self.courses.columns.iter().map(|column| share(out.programs[*column][at]));
        let mut rates = Rates {
            status: out.status[at],
            programs: programs.collect(),
            least: share(out.duty_min[at]),
            most: share(out.duty_max[at]),
            specific: None,
            in_words: String::new(),
            needs: self.assessor.remark(out.remarks[at]).needs.join("; "),
        };
        // A duty of another time, or of other goods, is not shown as if it were this one.
        if let Some(base) = self.courses.base
            && self.stands_in(at)
            && let Some(share) = rates.programs[base].take()
        {
            rates.in_words = format!("{} {} stands in", self.program(base), percent(share));
        }
        rates
    }

    fn stands_in(&self, at: usize) -> bool {
        let needs = &self.assessor.remark(self.assessed.remarks[at]).needs;
        needs.iter().any(|need| need == crate::answer::STAND_IN)
    }

    /// Takes out what depends on a quantity; what is said of it.
    fn by_quantity(
        &mut self,
        second: &Lines,
        (at, place): (usize, usize),
        rates: &mut Rates,
    ) -> Vec<String> {
        let courses = self.courses;
        let amounts = |out: &Assessed, place: usize| -> Vec<i64> {
            courses.columns.iter().map(|column| out.programs[*column][place]).collect()
        };
        let (first, with) = (amounts(&self.assessed, at), amounts(&self.with_quantities, place));
        let known = |cents: i64| if cents == ABSENT { 0 } else { cents };
        let mut words = Vec::new();
        for program in 0..first.len() {
            if first[program] != ABSENT && first[program] == with[program] {
                continue;
            }
            rates.programs[program] = None;
            let name = self.program(program);
            let base = courses.base.filter(|base| *base != program);
            let total = base.map(|base| known(first[base]) + known(first[program]));
            if courses.base == Some(program) {
                let (text, specific) = self.column(second, place, with[program]);
                rates.specific = specific;
                words.push(format!("{name} {text}"));
            } else if total == base.map(|base| with[base] + with[program]) {
                let total = percent(total.unwrap_or(0));
                words.push(format!("{name} to a total of {total}"));
            } else {
                words.push(format!("{name} by quantity"));
            }
        }
        words
    }

    /// Which column's duty comes to an amount for a line that states its quantities: the text, and the
    /// duty where it is so much a unit.
    fn column(&mut self, lines: &Lines, at: usize, cents: i64) -> (String, Option<UnitRate>) {
        let Some(facts) = self.facts(lines, at) else { return Default::default() };
        let Some(line) = facts.line else { return Default::default() };
        let comes_to = |duty: &ColumnDuty| match duty {
            ColumnDuty::Share(share) => Some(share.cents(VALUE_CENTS)),
            ColumnDuty::Specific(specific) => {
                let quantities = lines.quantities_at(at);
                specific.cents(VALUE_CENTS, quantities).map(|(cents, _)| cents)
            }
            ColumnDuty::Intricate => None,
        };
        let is = |duty: &ColumnDuty| comes_to(duty) == Some(cents);
        let general = is(&facts.general) || !is(&facts.other);
        let (text, rate) = match general {
            true => (line.general_text(), line.general()),
            false => (line.other_text(), line.other()),
        };
        (text.to_owned(), rate.and_then(unit_rate))
    }

    fn facts(&mut self, lines: &Lines, at: usize) -> Option<std::rc::Rc<CodeFacts<'l>>> {
        let compiled = self.courses.compiled;
        let day = lines.entered[at].stated()?.day(&compiled.side.territory.zone).number();
        let work = self.assessor.work_of(self.courses.territory);
        work.code(lines.code[at], day, compiled.known_day(day))
    }

    /// Takes out what depends on facts other than quantities; what is said of it.
    fn by_other_facts(&mut self, posed: &Posed, at: usize, rates: &mut Rates) -> Vec<String> {
        let courses = self.courses;
        let answer = self.assessor.answer(&posed.lines, at);
        let place = |program: usize| courses.programs.iter().position(|p| *p == program);
        let cell = posed.cells[at].map(|cell| &courses.compiled.cell(cell).cell);
        let Some(cell) = cell else {
            // The law changes within the day: what is owed depends on the hour.
            rates.programs.fill(None);
            return Vec::new();
        };
        let mut words = Vec::new();
        for component in answer.components.iter().filter(|component| component.incomplete) {
            let Some(program) = place(component.program) else { continue };
            rates.programs[program] = None;
            words.push(format!("{} {}", self.program(program), component.rate));
        }
        // A duty on named parts has an amount for every way to settle them, and none that is known.
        let base = |program: usize| place(program).is_some_and(|at| Some(at) == courses.base);
        let on_parts = answer.components.iter().find(|component| base(component.program));
        if let (true, Some(component), Some(at)) = (words.is_empty(), on_parts, courses.base) {
            rates.programs[at] = None;
            words.push(format!("{} {}", self.program(at), component.rate));
        }
        for measure in &cell.measures {
            let program = place(courses.compiled.side.measures[measure.version.measure].program);
            let VersionRate::Total { share, .. } = &measure.version.rate else { continue };
            // What tops up an unknown amount is unknown.
            let taken = program.filter(|program| rates.programs[*program].is_some_and(|r| r > 0));
            if let (Some(program), false) = (taken, words.is_empty()) {
                rates.programs[program] = None;
                let total = exact_decimal(*share * 100);
                words.push(format!("{} to a total of {total}%", self.program(program)));
            }
        }
        words
    }

    fn program(&self, place: usize) -> &'l str {
        &self.courses.ledger().programs[self.courses.programs[place]].id
    }
}

/// Stretches of days joined where they owe the same.
fn course(days: &[(i32, i32, usize)], rates: &[u32]) -> Course {
    let mut course: Course = Vec::new();
    for (from, until, line) in days {
        let (from, until) = (Day::from_number(*from), Day::from_number(*until));
        match course.last_mut() {
            Some(last) if last.rates == rates[*line] => last.until = until,
            _ => course.push(Stretch { from, until, rates: rates[*line] }),
        }
    }
    course
}

/// A share in percent.
fn percent(share: i64) -> String {
    let percent = Exact::new(i128::from(share) * 100, i128::from(RATE_SCALE));
    format!("{}%", exact_decimal(percent))
}

/// A duty of a share of the value and so much of one unit.
fn unit_rate(rate: &RateText) -> Option<UnitRate> {
    let RateText::Duty(DutyExpression::Sum(terms)) = rate else { return None };
    let mut shares = Exact::from_integer(0);
    let mut of_unit: Option<(Exact, String)> = None;
    for term in terms {
        match &term.per {
            Per::Value(Part::Article) => shares += term.rate,
            Per::Unit { unit, of, above } if *above == Exact::from_integer(0) => {
                if of_unit.is_some() {
                    return None;
                }
                of_unit = Some((term.rate / of, unit.to_string()));
            }
            _ => return None,
        }
    }
    let (a_unit, unit) = of_unit?;
    let whole =
        |exact: Exact| exact.is_integer().then(|| i64::try_from(*exact.numer()).ok()).flatten();
    let share = whole(shares * i128::from(RATE_SCALE))?;
    // Ten millionths of a cent.
    let a_unit = whole(a_unit * 100 * 10_000_000)?;
    Some(UnitRate { share, a_unit, unit })
}
