//! A measure as it stands over a stretch of knowledge and time.

use ledger::{
    Act, Basis, Choose, DateFact, Does, Fields, GoodsSelector, Leaving, Outcome, Rate, Tested,
    Unstated,
};
use tariff::{Code, DutyExpression, Exact, Moment};

use super::condition::{FactSet, Names, When, compile};
use super::side::Side;
use crate::rate::Share;

/// What the operations of the binding acts make of a measure at a moment.
pub(crate) struct Terms<'l> {
    made: &'l Fields,
    /// Last first.
    changes: Vec<&'l Fields>,
    live: bool,
    suspended: Option<Option<&'l Leaving>>,
    voided: bool,
}

impl<'l> Terms<'l> {
    /// `None` when no binding act makes the measure.
    pub fn at(
        side: &Side<'l>,
        measure: usize,
        stretch: usize,
        moment: Moment,
    ) -> Option<Terms<'l>> {
        let binding = || side.binding(side.measures[measure].records, stretch);
        let made = binding().find_map(|(_, o)| match &o.does {
            Does::Measure { fields, .. } => Some(fields.as_ref()),
            _ => None,
        })?;
        let mut terms =
            Terms { made, changes: Vec::new(), live: false, suspended: None, voided: false };
        for (_, operation) in binding() {
            let holds = operation.interval.contains(moment);
            match &operation.does {
                Does::Measure { .. } | Does::Extend(_) if holds => terms.live = true,
                Does::Amend { fields, .. } if holds => terms.changes.insert(0, fields),
                Does::End(_) if holds => terms.live = false,
                Does::Suspend { leaving, .. } if holds => terms.suspended = Some(leaving.as_ref()),
                Does::Resume(_) if holds => terms.suspended = None,
                Does::Void { parties: None, .. } => terms.voided = true,
                _ => {}
            }
        }
        Some(terms)
    }

    fn field<T>(&self, get: impl Fn(&'l Fields) -> Option<&'l T>) -> Option<&'l T> {
        self.changes.iter().copied().chain([self.made]).find_map(get)
    }

    pub fn clock(&self) -> Option<&'l [DateFact]> {
        self.field(|f| f.clock.as_ref()).map(Vec::as_slice)
    }
}

/// A measure that is live, with everything settled that no line can change.
#[derive(Debug, PartialEq)]
pub(crate) struct Version<'l> {
    /// Place among the side's measures, which is the order of their ids.
    pub measure: usize,
    /// Unique among the versions of a side.
    pub id: u32,
    pub title: &'l str,
    pub voided: bool,
    pub rate: VersionRate<'l>,
    pub heading: Option<Code>,
    /// The line's own code stands for the heading.
    pub own_code: bool,
    pub relief: bool,
    pub stand_in: bool,
    pub basis: Basis,
    /// The pick, the stage in it, and how members of a stage are chosen from.
    pub pick: Option<(usize, usize, Choose)>,
    pub when: Option<When<'l>>,
    /// The facts it says something of, in its order.
    pub unstated: Vec<(String, FactSet, Outcome)>,
    pub unstated_cite: &'l str,
    pub of: &'l [String],
    pub except_of: &'l [String],
    /// `None` is all goods.
    pub goods: Option<&'l [GoodsSelector]>,
    pub except_goods: &'l [GoodsSelector],
    /// Claims that some binding operation on the measure asks for.
    pub asked: Vec<u32>,
}

/// What a version takes.
#[derive(Debug, PartialEq)]
pub(crate) enum VersionRate<'l> {
    /// It has no rate, as a control.
    None,
    /// Nothing is collected of it.
    Suspended,
    Duty(Duty<'l>),
    General,
    Column2,
    Special(&'l [String]),
    /// The goods list whose rows give the rate.
    List(&'l str),
    Total {
        share: Exact,
        tests: Tested,
        absorbs: Option<usize>,
    },
    Unknown {
        min: Option<Exact>,
        max: Option<Exact>,
    },
}

/// A duty and, where it is one, its share of the value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Duty<'l> {
    pub text: &'l str,
    pub duty: &'l DutyExpression,
    pub share: Option<Share>,
}

impl<'l> Duty<'l> {
    pub fn of(rate: &'l Rate) -> Option<Duty<'l>> {
        match rate {
            Rate::Duty { text, duty } => {
                Some(Duty { text, duty, share: duty.as_ad_valorem().and_then(Share::of) })
            }
            _ => None,
        }
    }
}

impl<'l> Version<'l> {
    /// The version that the terms make, or `None` when it is not live.
    pub fn of(
        side: &Side<'l>,
        measure: usize,
        id: u32,
        terms: &Terms<'l>,
        picks: &[Option<&'l ledger::Pick>],
        (stretch, entered): (usize, Moment),
    ) -> Option<Version<'l>> {
        if !terms.live {
            return None;
        }
        let source = &side.measures[measure];
        let names = Names { facts: &side.facts, claims: &side.claims };
        let unstated: Option<&'l Unstated> = terms.field(|f| f.unstated.as_ref());
        let stated_rate = terms.field(|f| f.rate.as_ref());
        let rate = match (terms.suspended, stated_rate) {
            (_, None) => VersionRate::None,
            (Some(Some(Leaving::Rate(left))), Some(_)) => version_rate(side, left, terms),
            (Some(_), Some(_)) => VersionRate::Suspended,
            (None, Some(rate)) => version_rate(side, rate, terms),
        };
        let text = |areas: Option<&'l Vec<String>>| areas.map_or(&[][..], Vec::as_slice);
        let pick = terms.field(|f| f.pick.as_ref()).and_then(|name| {
            let at = side.picks.iter().position(|(pick, _)| pick == name)?;
            let pick = picks[at]?;
            let stage = terms.field(|f| f.stage.as_ref())?;
            Some((at, pick.stages.iter().position(|s| s == stage)?, pick.choose))
        });
        let heading = terms.field(|f| f.heading.as_ref()).copied();
        let of_schedule =
            matches!(stated_rate, Some(Rate::General | Rate::Column2 | Rate::Special(_)));
        Some(Version {
            measure,
            id,
            title: terms
                .field(|f| f.title.as_ref())
                .map_or_else(|| source.id.rsplit('/').next().unwrap_or(source.id), String::as_str),
            voided: terms.voided,
            rate,
            heading,
            own_code: heading.is_none() && of_schedule,
            relief: terms.field(|f| f.relief.as_ref()).copied().unwrap_or(false),
            stand_in: terms.field(|f| f.stand_in.as_ref()).copied().unwrap_or(false),
            basis: terms.field(|f| f.basis.as_ref()).cloned().unwrap_or(Basis::Value),
            pick,
            when: terms.field(|f| f.when.as_ref()).map(|when| compile(when, entered, &names)),
            unstated: unstated
                .into_iter()
                .flat_map(|u| &u.outcomes)
                .map(|(fact, outcome)| (fact.clone(), side.facts.bit(fact), *outcome))
                .collect(),
            unstated_cite: unstated.map_or("", |u| &u.cite),
            of: text(terms.field(|f| f.of.as_ref())),
            except_of: text(terms.field(|f| f.except_of.as_ref())),
            goods: match terms.field(|f| f.goods.as_ref()) {
                None | Some(None) => None,
                Some(Some(selectors)) => Some(selectors),
            },
            except_goods: terms.field(|f| f.except_goods.as_ref()).map_or(&[], Vec::as_slice),
            asked: source
                .claims
                .iter()
                .filter(|(record, _)| side.record_binds(*record, stretch))
                .flat_map(|(_, claims)| claims.iter().copied())
                .collect(),
        })
    }

    pub fn levies(&self, side: &Side<'_>) -> bool {
        side.measures[self.measure].levies
    }
}

fn version_rate<'l>(side: &Side<'l>, rate: &'l Rate, terms: &Terms<'l>) -> VersionRate<'l> {
    match rate {
        Rate::Duty { .. } => VersionRate::Duty(Duty::of(rate).expect("a duty")),
        Rate::General => VersionRate::General,
        Rate::Column2 => VersionRate::Column2,
        Rate::Special(symbols) => VersionRate::Special(symbols),
        Rate::List(name) => VersionRate::List(name),
        Rate::Total(share) => VersionRate::Total {
            share: *share,
            tests: terms.field(|f| f.tests.as_ref()).copied().unwrap_or(Tested::Claimed),
            absorbs: terms.field(|f| f.absorbs.as_ref()).map(|program| {
                let at = side.ledger.programs.iter().position(|p| p.id == *program);
                at.unwrap_or(usize::MAX)
            }),
        },
        Rate::Unknown { min, max } => VersionRate::Unknown { min: *min, max: *max },
    }
}

/// The binding operations among records, in order of precedence.
pub(crate) fn binding<'l>(
    side: &Side<'l>,
    records: &'l ledger::Records,
    stretch: usize,
) -> impl DoubleEndedIterator<Item = (&'l Act, &'l ledger::Operation)> {
    records
        .iter()
        .filter(move |at| side.record_binds(**at, stretch))
        .map(|at| side.ledger.record(*at))
}
