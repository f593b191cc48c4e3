//! What lines have in common: a territory's law as known, and what of it is in force at a moment.
//!
//! Nothing here depends on a line, so lines with the same coordinates may share it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use ledger::{
    Condition, DateFact, Does, Pick, Program, Records, Relation, Territory, program_of,
    territory_of,
};
use tariff::{Interval, Moment};

use crate::as_of::{AsOf, Terms};
use crate::notes;

/// A territory's law as known at a moment.
pub(crate) struct Side<'a> {
    pub law: AsOf<'a>,
    pub territory: &'a Territory,
    /// The program of the territory's base duty.
    pub base: Option<&'a Program>,
    /// The dates that fix the law, first that is stated.
    pub order: Vec<DateFact>,
    /// Every moment at which the law may change.
    pub cuts: BTreeSet<Moment>,
    /// Every claim that some measure asks about.
    pub claims: BTreeSet<&'a str>,
    /// What every answer must say.
    pub warnings: Vec<String>,
}

impl<'a> Side<'a> {
    pub fn new(law: AsOf<'a>, territory: &'a Territory) -> Side<'a> {
        let mut claims = BTreeSet::new();
        for (id, records) in law.ledger.measures() {
            if territory_of(id) == territory.id {
                conditions(&law, records).for_each(|when| {
                    when.visit(&mut |test| {
                        if let Condition::Claim(claim) = test {
                            claims.insert(claim.as_str());
                        }
                    });
                });
            }
        }
        Side {
            territory,
            base: law.ledger.programs.iter().find(|p| p.base && p.by == territory.id),
            order: notes::clock_order(&law, territory),
            cuts: notes::cuts(&law, territory, Interval::ALWAYS),
            claims,
            warnings: notes::general(law.ledger, territory, law.k),
            law,
        }
    }
}

/// Every condition that binding operations ever gave a measure.
pub(crate) fn conditions<'a>(
    law: &AsOf<'a>,
    records: &'a Records,
) -> impl Iterator<Item = &'a Condition> {
    law.binding(records).filter_map(|(_, operation)| match &operation.does {
        Does::Measure { fields, .. } | Does::Amend { fields, .. } => fields.when.as_ref(),
        _ => None,
    })
}

/// What of a territory's law is in force at a moment of a line's date.
pub(crate) struct InForce<'a> {
    pub moment: Moment,
    /// The measures that are live, by id, and those that look at a date of their own.
    pub measures: Vec<Measure<'a>>,
    pub relations: Vec<(&'a Relation, &'a str)>,
    pub picks: BTreeMap<&'a str, &'a Pick>,
    /// The controls that hold, of every territory.
    pub controls: Vec<(&'a Territory, Terms<'a>)>,
}

/// A measure that may concern a line.
pub(crate) struct Measure<'a> {
    pub id: &'a str,
    pub records: &'a Records,
    /// The position of its program among the programs.
    pub program: Option<usize>,
    /// Whether it is a duty.
    pub levies: bool,
    /// As it is at the moment of the law.
    pub terms: Rc<Terms<'a>>,
}

impl<'a> InForce<'a> {
    pub fn new(side: &Side<'a>, moment: Moment) -> InForce<'a> {
        let law = &side.law;
        let ledger = law.ledger;
        let mut measures = Vec::new();
        let mut controls = Vec::new();
        for (id, records) in ledger.measures() {
            let (by, program) = (territory_of(id), program_of(id));
            let program = ledger.programs.iter().position(|p| p.id == program);
            let levies = program.is_some_and(|at| ledger.programs[at].levies);
            let control = program.is_some() && !levies;
            if by != side.territory.id && !control {
                continue;
            }
            let Some(terms) = law.terms(id, records, moment) else { continue };
            let holds = terms.live && terms.voided_by.is_none() && terms.suspended.is_none();
            if control
                && holds
                && let Some(side) = ledger.territory(by)
            {
                controls.push((side, terms.clone()));
            }
            if by == side.territory.id
                && (terms.live || terms.field(|f| f.clock.as_ref()).is_some())
            {
                measures.push(Measure { id, records, program, levies, terms: Rc::new(terms) });
            }
        }
        let relations = ledger.relations().filter_map(|(_, records)| law.relation(records, moment));
        let picks =
            ledger.picks().filter_map(|(id, records)| Some((id, law.pick(records, moment)?)));
        InForce {
            moment,
            measures,
            relations: relations.map(|(relation, act, _)| (relation, act.id.as_str())).collect(),
            picks: picks.collect(),
            controls,
        }
    }
}
