//! The figures that a text may mean by a rate: the sum of a stack, one of its layers, a sum of some, the rate of a
//! measure on named goods.

use ledger::{Rate, program_of, territory_of};
use oracle::Standing;
use tariff::{Exact, Moment};

use crate::hold::course::Stretch;

/// A rate that somebody may quote, in percent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    pub percent: Exact,
    /// What of the law it is: `Total`, or programs or a measure by id.
    pub of: Of,
    pub title: String,
    pub cites: Vec<String>,
    /// Without a condition of its own.
    pub plain: bool,
    /// On goods of all origins.
    pub wide: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    /// Everything on top of the base duty.
    Total,
    /// A layer, by its program.
    Program(String),
    /// Two layers together.
    Sum(String, String),
    /// A measure on listed goods.
    Measure(String),
}

/// What is asked of a voiding: of what, as known when.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Void {
    cites: Vec<String>,
    programs: Vec<String>,
    known: Moment,
}

/// Figures of a stretch: the sum first, then its layers, then sums of two of more than two.
pub fn of_stretch(stretch: &Stretch) -> Vec<Figure> {
    let mut figures = vec![Figure {
        percent: stretch.total,
        of: Of::Total,
        title: "in all".to_owned(),
        cites: stretch.layers.iter().flat_map(|l| l.cites.iter().cloned()).collect(),
        plain: true,
        wide: false,
    }];
    for layer in &stretch.layers {
        figures.push(Figure {
            percent: layer.percent,
            of: Of::Program(layer.program.clone()),
            title: layer.title.clone(),
            cites: layer.cites.clone(),
            plain: true,
            wide: false,
        });
    }
    if stretch.layers.len() > 2 {
        for (at, a) in stretch.layers.iter().enumerate() {
            for b in &stretch.layers[at + 1..] {
                figures.push(Figure {
                    percent: a.percent + b.percent,
                    of: Of::Sum(a.program.clone(), b.program.clone()),
                    title: format!("{} and {}", a.title, b.title),
                    cites: a.cites.iter().chain(&b.cites).cloned().collect(),
                    plain: true,
                    wide: false,
                });
            }
        }
    }
    figures
}

/// Percent of the value that a rate text states: `25%`, `total 15%`, `25% on the battery`.
pub fn percent_of(rate: &str) -> Option<Exact> {
    let text = rate.strip_prefix("total ").unwrap_or(rate);
    tariff::parse_exact(text.split('%').next().filter(|part| part.len() < text.len())?)
}

impl super::Bench<'_> {
    /// Figures of the measures of programs on goods of an origin (`None`: of any), at a moment, as known.
    pub(super) fn listed(
        &mut self,
        programs: &[String],
        origin: Option<tariff::Country>,
        at: Moment,
        known: Moment,
    ) -> Vec<Figure> {
        let ledger = self.ledger;
        let survey = self.survey(known);
        let mut figures: Vec<Figure> = Vec::new();
        let wanted = |id: &str| programs.iter().any(|program| program_of(id) == program);
        for (id, records) in ledger.measures().filter(|(id, _)| wanted(id)) {
            let Some(stand) = survey.stand(id, records, at) else { continue };
            let holds = match &stand.standing {
                Standing::Live => true,
                Standing::Suspended { leaving, .. } => leaving.is_some(),
                _ => false,
            };
            if !holds || stand.control.is_some() || !survey.concerns(id, records, origin, None, at)
            {
                continue;
            }
            let rate = match stand.standing {
                Standing::Suspended { leaving, .. } => leaving,
                _ => stand.rate,
            };
            for percent in rate.map(|rate| self.percents(rate)).unwrap_or_default() {
                if percent == Exact::ZERO && stand.relief {
                    continue;
                }
                let cites = match survey.phase(id, records, at).by {
                    Some(act) => vec![id.to_owned(), act.to_owned()],
                    None => vec![id.to_owned()],
                };
                figures.push(Figure {
                    percent,
                    of: Of::Measure(id.to_owned()),
                    title: stand.title.to_owned(),
                    cites,
                    plain: stand.when.is_none(),
                    wide: stand.of.iter().any(|of| of == ledger::WORLD),
                });
            }
        }
        figures
    }

    /// The percentages that a rate states; of a list all that it has.
    fn percents(&self, rate: &Rate) -> Vec<Exact> {
        match rate {
            Rate::Duty { duty, .. } => duty
                .as_ad_valorem()
                .map(|share| share * 100)
                .or_else(|| percent_of(&rate.to_string()))
                .into_iter()
                .collect(),
            Rate::Total(share) => vec![*share * 100],
            Rate::List(name) => {
                let Some(list) = self.ledger.lists.get(name) else { return Vec::new() };
                let mut found: Vec<Exact> = Vec::new();
                for rate in list.rows.iter().filter_map(|row| row.rate.as_ref()) {
                    for percent in self.percents(rate) {
                        if !found.contains(&percent) {
                            found.push(percent);
                        }
                    }
                }
                found
            }
            _ => Vec::new(),
        }
    }

    /// Which act voided one of the measures behind these citations, as known.
    pub(super) fn voided(
        &mut self,
        cites: &[String],
        programs: &[String],
        known: Moment,
    ) -> Option<String> {
        let void = Void { cites: cites.to_vec(), programs: programs.to_vec(), known };
        if let Some(by) = self.voided.get(&void) {
            return by.clone();
        }
        let ledger = self.ledger;
        let survey = self.survey(known);
        let by = ledger
            .measures()
            .filter(|(id, _)| {
                cites.iter().any(|cite| cite == id)
                    || programs.iter().any(|p| p == program_of(id)) && !territory_of(id).is_empty()
            })
            .find_map(|(id, records)| {
                let moment = ledger.record(*records.first()?).1.interval.from?;
                match survey.stand(id, records, moment)?.standing {
                    Standing::Voided { by, .. } => Some(by.to_owned()),
                    _ => None,
                }
            });
        if self.voided.len() >= tariff::limits::COURSES_KEPT_MAX {
            self.voided.clear();
        }
        self.voided.insert(void, by.clone());
        by
    }
}
