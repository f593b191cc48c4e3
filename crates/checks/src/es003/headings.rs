//! What the ledger says of its headings, without a line: their programs, the rates that they ever had,
//! and whether one of them states a fact by standing on a line.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Condition, Does, Fields, Leaving, Ledger, Rate, program_of, territory_of};
use tariff::{Code, Exact};

/// The headings of a territory.
#[derive(Default)]
pub struct Headings {
    by_heading: BTreeMap<Code, OfHeading>,
    /// Every plain rate of a program, by its id.
    by_program: BTreeMap<String, BTreeSet<Exact>>,
    /// Headings of measures that an act voided for everyone.
    void: BTreeSet<Code>,
}

#[derive(Default)]
struct OfHeading {
    program: String,
    /// A condition stands behind it that a filer asserts by filing it.
    asserts: bool,
}

impl Headings {
    pub fn of(ledger: &Ledger, territory: &str) -> Headings {
        let mut headings = Headings::default();
        let mut claimed = BTreeSet::new();
        let voided: Vec<_> = ledger
            .acts
            .iter()
            .flat_map(|act| &act.operations)
            .filter_map(|operation| match &operation.does {
                Does::Void { targets, parties: None } => Some(targets),
                _ => None,
            })
            .flatten()
            .collect();
        for (id, records) in ledger.measures().filter(|(id, _)| territory_of(id) == territory) {
            let mut of = Vec::new();
            let (mut rates, mut asserts) = (BTreeSet::new(), false);
            for record in records {
                match &ledger.record(*record).1.does {
                    Does::Measure { fields, .. } | Does::Amend { fields, .. } => {
                        of.extend(fields.heading);
                        rates.extend(fields.rate.as_ref().and_then(plain));
                        asserts |= stated(fields, &mut claimed);
                    }
                    Does::Suspend { leaving: Some(Leaving::Rate(rate)), .. } => {
                        rates.extend(plain(rate));
                    }
                    _ => {}
                }
            }
            let program = program_of(id);
            let of_program = headings.by_program.entry(program.to_owned()).or_default();
            of_program.extend(rates.iter().copied());
            let is_void = voided.iter().any(|target| target.covers(id));
            for heading in of {
                headings.void.extend(is_void.then_some(heading));
                let held = headings.by_heading.entry(heading).or_default();
                program.clone_into(&mut held.program);
                held.asserts |= asserts;
            }
        }
        for (heading, held) in &mut headings.by_heading {
            held.asserts |= claimed.iter().any(|claim: &Code| claim.covers(*heading));
        }
        headings
    }

    /// Whether the duty of a heading is void, as if it had never been.
    pub fn is_void(&self, heading: Code) -> bool {
        self.void.contains(&heading)
    }

    /// Whether filing the heading states a fact about the goods; one that the ledger does not know may.
    pub fn asserts(&self, heading: Code) -> bool {
        self.by_heading.get(&heading).is_none_or(|held| held.asserts)
    }

    /// The rates that its program ever had, that of nothing left out.
    pub fn rates_of_program(&self, heading: Code) -> impl Iterator<Item = Exact> {
        let held = self.by_heading.get(&heading);
        let rates = held.and_then(|held| self.by_program.get(&held.program));
        rates.into_iter().flatten().copied().filter(|rate| *rate > Exact::ZERO)
    }
}

/// Whether the condition of a measure asks for more than goods and origin; the headings among its
/// claims are kept.
fn stated(fields: &Fields, claimed: &mut BTreeSet<Code>) -> bool {
    let mut asserts = fields.basis.as_ref().is_some_and(|basis| basis.content().is_some());
    if let Some(when) = &fields.when {
        when.visit(&mut |test| match test {
            Condition::Claim(claim) => {
                asserts = true;
                claimed.extend(Code::parse(claim).ok());
            }
            Condition::Goods(_) | Condition::Origin(_) | Condition::Always => {}
            _ => asserts = true,
        });
    }
    asserts
}

/// A rate that is a share of the value and nothing else.
fn plain(rate: &Rate) -> Option<Exact> {
    match rate {
        Rate::Duty { duty, .. } => duty.as_ad_valorem(),
        _ => None,
    }
}
