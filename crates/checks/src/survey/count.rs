//! Counts what came of batches of lines, and looks for faults among them.

use std::collections::HashMap;

use engine::{ABSENT, Assessed, Assessor, Lines, Regime, Remark, Wanted};
use ledger::Status;
use nomenclature::rate::RateText;
use tariff::{Code, Country, Day, Exact};

use super::headings::Headings;
use super::told::{Place, Told, add};
use super::{Fault, OfProgram, Outcome, Scope};

/// Not looked up yet in this batch.
const UNSEEN: u32 = u32::MAX;

/// Assesses batches on one thread.
pub struct Counter<'a, 'l> {
    assessor: Assessor<'a, 'l>,
    assessed: Assessed,
    scope: &'a Scope<'a>,
    /// The column of the base duty.
    base: Option<usize>,
    headings: Headings,
    sayings: Sayings,
    /// Where words of this batch stand among those kept, by the place that the assessor gives them.
    heading_places: Vec<u32>,
    saying_places: Vec<u32>,
    /// For each line the sum of its programs, and whether some amount waits for a fact.
    sums: Vec<i64>,
    open: Vec<bool>,
    outcome: Outcome,
}

/// What remarks say, each kept once for all batches.
#[derive(Default)]
struct Sayings {
    all: Vec<Saying>,
    places: HashMap<Remark, usize>,
}

struct Saying {
    needs: Vec<String>,
    conflict: bool,
    /// Lines by their status of which it was said, with the first.
    told: [Option<Told>; 4],
}

impl<'a, 'l> Counter<'a, 'l> {
    pub fn new(regime: &'a Regime<'l>, scope: &'a Scope<'a>) -> Counter<'a, 'l> {
        let ledger = regime.ledger();
        let territory = &ledger.territories[scope.by].id;
        let programs = regime.programs();
        let is_base =
            |at: &usize| ledger.programs[*at].base && ledger.programs[*at].by == *territory;
        let outcome =
            Outcome { programs: vec![OfProgram::default(); programs.len()], ..Outcome::default() };
        Counter {
            assessor: Assessor::new(regime),
            assessed: Assessed::default(),
            scope,
            base: programs.iter().position(is_base),
            headings: Headings::of(regime, territory),
            sayings: Sayings::default(),
            heading_places: Vec::new(),
            saying_places: Vec::new(),
            sums: Vec::new(),
            open: Vec::new(),
            outcome,
        }
    }

    /// Assesses a batch of `codes` by `countries` on a day, and counts what comes of it.
    pub fn count(
        &mut self,
        lines: &Lines,
        codes: &[Code],
        (day, known): (Day, Day),
        countries: &[Country],
    ) {
        self.assessor.assess(lines, Wanted::ALL, &mut self.assessed);
        self.heading_places.clear();
        self.saying_places.clear();
        self.sum_programs(lines.len());
        for (row, code) in codes.iter().enumerate() {
            let free = !self.owes_in_general(*code, day, known);
            for (column, origin) in countries.iter().enumerate() {
                let place = Place { code: *code, day, origin: *origin };
                self.line(row * countries.len() + column, place, free);
            }
        }
    }

    pub fn finish(mut self) -> Outcome {
        for saying in self.sayings.all {
            for (status, told) in saying.told.iter().enumerate() {
                let Some(told) = *told else { continue };
                let into = match status {
                    at if at == Status::NeedsFacts as usize => &mut self.outcome.facts,
                    at if at == Status::Exact as usize => continue,
                    _ => &mut self.outcome.reasons,
                };
                for need in &saying.needs {
                    add(into, need.clone(), told);
                }
            }
        }
        self.outcome
    }

    /// Goes through the columns of programs, most of which hold nothing.
    fn sum_programs(&mut self, count: usize) {
        self.sums.clear();
        self.sums.resize(count, 0);
        self.open.clear();
        self.open.resize(count, false);
        let assessed = &self.assessed;
        for (column, told) in assessed.programs.iter().zip(&mut self.outcome.programs) {
            if column.iter().fold(0, |any, cents| any | cents) == 0 {
                continue;
            }
            for (at, cents) in column.iter().copied().enumerate() {
                if cents == ABSENT {
                    self.open[at] = true;
                    told.open += 1;
                    continue;
                }
                self.sums[at] += cents;
                told.owed += u64::from(cents > 0);
                let open = assessed.status[at] == Status::NeedsFacts;
                told.owed_on_open += u64::from(open && cents > 0);
            }
        }
    }

    /// Whether column 1 of a code asks for anything.
    fn owes_in_general(&self, code: Code, day: Day, known: Day) -> bool {
        let schedule = self.scope.schedule;
        let line = match schedule.lookup(code, day, known) {
            nomenclature::Lookup::Line(line) => line,
            _ => return false,
        };
        match line.general() {
            Some(RateText::Duty(duty)) => duty.as_ad_valorem() != Some(Exact::ZERO),
            _ => true,
        }
    }

    fn line(&mut self, at: usize, place: Place, free: bool) {
        let saying = self.saying(self.assessed.remarks[at]);
        let headings = self.heading(self.assessed.headings[at]);
        let assessed = &self.assessed;
        let status = assessed.status[at];
        let meaning = self.headings.get(headings);
        for column in &meaning.programs {
            let nothing = assessed.programs[*column][at] == 0;
            self.outcome.programs[*column].zero_by_heading += u64::from(nothing);
        }
        self.outcome.by_status[status as usize] += 1;
        let saying = &mut self.sayings.all[saying];
        let told = &mut saying.told[status as usize];
        let this = Told::one(place);
        *told = Some(told.map_or(this, |told| told.and(this)));

        let mut fault = |fault: Fault| add(&mut self.outcome.faults, fault, this);
        if saying.conflict {
            fault(Fault::Conflict);
        }
        match status {
            Status::NeedsFacts if saying.needs.is_empty() => fault(Fault::NeedsWithoutFact),
            Status::Unknown if saying.needs.is_empty() => fault(Fault::UnknownWithoutReason),
            Status::Invalid => fault(Fault::Invalid),
            _ => {}
        }
        let (duty, sum) = (assessed.duty[at], self.sums[at]);
        let (least, most) = (assessed.duty_min[at], assessed.duty_max[at]);
        if status == Status::Exact {
            if self.open[at] || duty != sum {
                fault(Fault::SumOfPrograms);
            }
            if least != duty || most != duty {
                fault(Fault::Range);
            }
            let nothing = self.base.is_some_and(|base| assessed.programs[base][at] == 0);
            if nothing && !free && !meaning.of_base {
                fault(Fault::SilentZero);
            }
        } else if status == Status::NeedsFacts {
            if duty != ABSENT && duty != sum {
                fault(Fault::SumOfPrograms);
            }
            let above = |most: i64, low: i64| most != ABSENT && low > most;
            if above(most, least) || duty != ABSENT && (duty < least || above(most, duty)) {
                fault(Fault::Range);
            }
        }
    }

    /// The place of a remark of this batch among those kept.
    fn saying(&mut self, place: u32) -> usize {
        let place = place as usize;
        if self.saying_places.len() <= place {
            self.saying_places.resize(place + 1, UNSEEN);
        }
        if self.saying_places[place] == UNSEEN {
            let remark = self.assessor.remark(place as u32);
            let found = match self.sayings.places.get(remark) {
                Some(found) => *found,
                None => {
                    self.sayings.all.push(Saying {
                        needs: remark.needs.clone(),
                        conflict: remark.warnings.iter().any(|w| w.starts_with("conflict")),
                        told: [None; 4],
                    });
                    let found = self.sayings.all.len() - 1;
                    self.sayings.places.insert(remark.clone(), found);
                    found
                }
            };
            self.saying_places[place] = found as u32;
        }
        self.saying_places[place] as usize
    }

    fn heading(&mut self, place: u32) -> usize {
        let place = place as usize;
        if self.heading_places.len() <= place {
            self.heading_places.resize(place + 1, UNSEEN);
        }
        if self.heading_places[place] == UNSEEN {
            let found = self.headings.place(self.assessor.headings(place as u32));
            self.heading_places[place] = found as u32;
        }
        self.heading_places[place] as usize
    }
}
