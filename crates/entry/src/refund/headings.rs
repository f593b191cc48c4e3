//! What the law makes of a heading that was filed: derived from the measures of the ledger.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{
    Basis, Condition, DateFact, Does, Fields, Leaving, Ledger, Rate, program_of, territory_of,
};
use tariff::{Code, Exact, Moment};

/// The headings of a territory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Headings {
    by_heading: BTreeMap<Code, HeadingLaw>,
    /// Headings that conditions ask for: filing one asserts the facts of its text.
    claims: BTreeSet<Code>,
    /// Every share of the value that a measure of a program ever took, by program.
    rates: BTreeMap<String, BTreeSet<Exact>>,
    /// Measures that top up to a total, what they absorb counted in.
    totals: BTreeSet<String>,
}

/// What measures under one heading have in common.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeadingLaw {
    pub program: String,
    /// Parts of the value that it is levied on: `steel`.
    pub contents: BTreeSet<String>,
    /// Parts that it leaves out: `us`.
    pub less: BTreeSet<String>,
    pub rates: BTreeSet<Exact>,
    /// What filing it asserts besides: what every measure under it asks for.
    pub asserts: Asserted,
    /// Whether a measure was added already.
    has_measure: bool,
}

/// Facts that a condition asks for, as those who file its heading state them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asserted {
    /// Each date lies before the moment.
    pub before: BTreeMap<DateFact, Moment>,
    pub mode: Option<String>,
}

impl Headings {
    pub fn of(ledger: &Ledger, territory: &str) -> Headings {
        let mut found = Headings::default();
        for (id, records) in ledger.measures().filter(|(id, _)| territory_of(id) == territory) {
            let operations: Vec<&Does> =
                records.iter().map(|record| &ledger.record(*record).1.does).collect();
            let fields: Vec<&Fields> = operations
                .iter()
                .filter_map(|does| match does {
                    Does::Measure { fields, .. } | Does::Amend { fields, .. } => Some(&**fields),
                    _ => None,
                })
                .collect();
            found.add(ledger, id, &fields, &operations);
        }
        found
    }

    fn add(&mut self, ledger: &Ledger, id: &str, fields: &[&Fields], operations: &[&Does]) {
        let program = program_of(id);
        let left = operations.iter().filter_map(|does| match does {
            Does::Suspend { leaving: Some(Leaving::Rate(rate)), .. } => Some(rate),
            _ => None,
        });
        let mut rates = BTreeSet::new();
        for rate in fields.iter().filter_map(|f| f.rate.as_ref()).chain(left) {
            if matches!(rate, Rate::Total(_)) {
                self.totals.insert(id.to_owned());
            }
            rates.extend(share(rate));
            if let Rate::List(name) = rate {
                let rows = ledger.lists.get(name).into_iter().flat_map(|list| list.rows.iter());
                rates.extend(rows.filter_map(|row| share(row.rate.as_deref()?)));
            }
        }
        self.rates.entry(program.to_owned()).or_default().extend(&rates);
        for condition in fields.iter().filter_map(|f| f.when.as_ref()) {
            claims(condition, &mut self.claims);
        }
        let mut asserts = Asserted::default();
        fields.iter().filter_map(|f| f.when.as_ref()).for_each(|when| asserts.add(when));
        let headings: BTreeSet<Code> = fields.iter().filter_map(|f| f.heading).collect();
        for heading in headings {
            let law = self.by_heading.entry(heading).or_default();
            law.program = program.to_owned();
            law.rates.extend(&rates);
            for basis in fields.iter().filter_map(|f| f.basis.as_ref()) {
                match basis {
                    Basis::Value => {}
                    Basis::Content(part) => drop(law.contents.insert(part.clone())),
                    Basis::ValueLessContent(part) => drop(law.less.insert(part.clone())),
                }
            }
            law.asserts = match law.has_measure {
                true => law.asserts.both(&asserts),
                false => asserts.clone(),
            };
            law.has_measure = true;
        }
    }

    pub fn get(&self, heading: Code) -> Option<&HeadingLaw> {
        self.by_heading.get(&heading)
    }

    /// Whether some condition asks for a claim of the heading.
    pub fn is_claim(&self, heading: Code) -> bool {
        let digits = [4, 6, 8, 10];
        digits.iter().any(|digits| self.claims.contains(&heading.prefix(*digits)))
            || self.claims.contains(&heading.prefix(2))
    }

    /// Shares of the value that measures of a program ever took.
    pub fn rates(&self, program: &str) -> impl Iterator<Item = Exact> {
        self.rates.get(program).into_iter().flatten().copied()
    }

    pub fn is_total(&self, measure: &str) -> bool {
        self.totals.contains(measure)
    }
}

impl Asserted {
    /// What both ask for.
    fn both(&self, other: &Asserted) -> Asserted {
        let earlier = |(date, moment): (&DateFact, &Moment)| {
            let other = other.before.get(date)?;
            Some((*date, *moment.min(other)))
        };
        Asserted {
            before: self.before.iter().filter_map(earlier).collect(),
            mode: self.mode.clone().filter(|mode| other.mode.as_ref() == Some(mode)),
        }
    }

    /// What must hold for the condition; of alternatives the first, as a filer would say it.
    fn add(&mut self, condition: &Condition) {
        match condition {
            Condition::And(parts) => parts.iter().for_each(|part| self.add(part)),
            Condition::Or(parts) => parts.first().into_iter().for_each(|part| self.add(part)),
            Condition::Before(date, moment) if *date != DateFact::Entered => {
                // The measure may have been amended: what lies before the earliest lies before all.
                let held = self.before.entry(*date).or_insert(*moment);
                *held = (*held).min(*moment);
            }
            Condition::Mode(mode) => self.mode = Some(mode.clone()),
            _ => {}
        }
    }
}

fn share(rate: &Rate) -> Option<Exact> {
    match rate {
        Rate::Duty { duty, .. } => duty.as_ad_valorem(),
        Rate::Total(share) => Some(*share),
        _ => None,
    }
}

fn claims(condition: &Condition, found: &mut BTreeSet<Code>) {
    match condition {
        Condition::And(parts) | Condition::Or(parts) => {
            parts.iter().for_each(|part| claims(part, found));
        }
        Condition::Not(inner) => claims(inner, found),
        Condition::Claim(claim) => found.extend(Code::parse(claim).ok()),
        _ => {}
    }
}
