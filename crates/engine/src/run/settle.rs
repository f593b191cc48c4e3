//! Which measures of a cell apply.

use ledger::{Choose, DateFact, Limit, Outcome, Test as RelationTest};
use tariff::{Code, Moment};

use super::choices::{Key, Need};
use super::{Charge, Part, Run, Settled};
use crate::compile::condition::{FactSet, Test};
use crate::compile::version::{Version, VersionRate};
use crate::lines::OTHER_DATES;
use crate::rate::units;

/// True, false, or open for want of facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    True,
    False,
    Open(FactSet),
}

impl From<bool> for Truth {
    fn from(b: bool) -> Truth {
        if b { Truth::True } else { Truth::False }
    }
}

impl Truth {
    fn and(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::False, _) | (_, Truth::False) => Truth::False,
            (Truth::True, t) | (t, Truth::True) => t,
            (Truth::Open(a), Truth::Open(b)) => Truth::Open(a | b),
        }
    }

    fn not(self) -> Truth {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            open => open,
        }
    }
}

/// Whether a claim is the one asked for: a symbol, case aside, or a heading under the one asked for.
pub(crate) fn same_claim(made: &str, asked: &str) -> bool {
    match (Code::parse(made), Code::parse(asked)) {
        (Ok(made), Ok(asked)) => asked.covers(made),
        (Err(_), Err(_)) => made.trim().eq_ignore_ascii_case(asked.trim()),
        _ => false,
    }
}

impl<'l> Run<'_, 'l> {
    pub fn settle(&mut self, at: usize) -> Settled {
        if let Some(settled) = self.settled[at] {
            return settled;
        }
        if std::mem::replace(&mut self.in_progress[at], true) {
            // A circle, which sound law has not: the measure as it stands.
            return Settled::Elsewhere;
        }
        let settled = self.decide(at);
        self.in_progress[at] = false;
        self.settled[at] = Some(settled);
        settled
    }

    fn decide(&mut self, at: usize) -> Settled {
        let version = self.cell.measures[at].version.clone();
        if !version.levies(self.side) {
            return Settled::Elsewhere;
        }
        if version.voided {
            return Settled::Out;
        }
        let charge = match self.charge(at) {
            Ok(charge) => charge,
            Err(settled) => return settled,
        };
        if let Some(settled) = self.condition(at, &version) {
            return settled;
        }
        if self.excluded(at) {
            return Settled::Out;
        }
        if self.picked_over(at, &version) {
            // That a fallback of unknown size was not needed is no news.
            return if matches!(charge, Charge::Unknown { .. }) {
                Settled::Elsewhere
            } else {
                Settled::Out
            };
        }
        Settled::Applies
    }

    /// What the measure would charge.
    pub fn charge(&self, at: usize) -> Result<Charge<'l>, Settled> {
        let candidate = &self.cell.measures[at];
        let line = self.goods.line;
        match &candidate.version.rate {
            VersionRate::None => Err(Settled::Elsewhere),
            VersionRate::Suspended => Err(Settled::Out),
            VersionRate::Duty(duty) => Ok(Charge::Duty { duty: duty.duty, share: duty.share }),
            VersionRate::List(_) => match &candidate.list_rate {
                Some(duty) => Ok(Charge::Duty { duty: duty.duty, share: duty.share }),
                None => Err(Settled::Elsewhere),
            },
            VersionRate::Total { share, tests, absorbs } => {
                Ok(Charge::Total { share: *share, tests: *tests, absorbs: *absorbs })
            }
            VersionRate::Unknown { min, max } => Ok(Charge::Unknown { min: *min, max: *max }),
            // Goods of a territory without a schedule have no line in it.
            VersionRate::General | VersionRate::Column2 | VersionRate::Special(_)
                if line.is_none() =>
            {
                Err(Settled::Elsewhere)
            }
            VersionRate::General => Ok(self.column(line.and_then(|l| l.general()), "general")),
            VersionRate::Column2 => Ok(self.column(line.and_then(|l| l.other()), "column 2")),
            VersionRate::Special(symbols) => {
                let found =
                    symbols.iter().find_map(|symbol| line.and_then(|l| l.special_for(symbol)));
                match found {
                    Some(text) => Ok(self.column(Some(text), "special")),
                    None => {
                        let made = &self.asked.facts.claims;
                        let claimed =
                            symbols.iter().any(|s| made.iter().any(|claim| same_claim(claim, s)));
                        Err(if claimed { Settled::Out } else { Settled::Elsewhere })
                    }
                }
            }
        }
    }

    /// `None` when the condition holds.
    fn condition(&mut self, at: usize, version: &Version<'l>) -> Option<Settled> {
        let when = version.when.as_ref()?;
        if self.holds(at, version, &when.test) {
            return None;
        }
        Some(if self.touches(&when.test) { Settled::Out } else { Settled::Elsewhere })
    }

    fn holds(&mut self, at: usize, version: &Version<'l>, test: &Test) -> bool {
        let owed = |owed: bool| owed != version.relief;
        loop {
            let open = match self.judge(at, test) {
                Truth::True => return true,
                Truth::False => return false,
                Truth::Open(facts) => facts,
            };
            let (fact, what_follows) = self.outcome(version, open);
            let by_default = match what_follows {
                Outcome::Owed => return owed(true),
                Outcome::NotOwed => return owed(false),
                ask => owed(ask != Outcome::AskNotOwed),
            };
            let need = || Need {
                fact: fact.clone(),
                why: reason_to_ask(version),
                has_default: what_follows != Outcome::Ask,
            };
            if let Some(date) = OTHER_DATES.iter().position(|d| d.name() == fact) {
                self.assume(date, need());
                continue;
            }
            let key = match fact.as_str() {
                "mode" => Key::Mode,
                _ => Key::Fact(version.measure, fact.clone()),
            };
            return by_default == (self.choices.ask(key, 2, need) == 0);
        }
    }

    /// The outcome that decides when facts are open: the first listed that settles it, else the first
    /// listed at all, else it stays open.
    pub(super) fn outcome(&self, version: &Version<'l>, open: FactSet) -> (String, Outcome) {
        let mut listed = version.unstated.iter().filter(|(_, bit, _)| bit & open != 0);
        let chosen = listed
            .clone()
            .find(|(_, _, o)| matches!(o, Outcome::Owed | Outcome::NotOwed))
            .or_else(|| listed.next());
        match chosen {
            Some((fact, _, outcome)) => (fact.clone(), *outcome),
            None => (self.side.facts.first(open).to_owned(), Outcome::Ask),
        }
    }

    fn judge(&mut self, at: usize, test: &Test) -> Truth {
        match test {
            Test::Const(b) => (*b).into(),
            Test::And(parts) => self.judge_all(at, parts, false),
            Test::Or(parts) => self.judge_all(at, parts, true).not(),
            Test::Not(inner) => self.judge(at, inner).not(),
            Test::Date { fact, cut, before, open } => {
                let place = self.date(*fact);
                let (first, last) = match (self.asked.dates[place], self.assumed_dates[place]) {
                    (Some(stated), _) => stated,
                    (None, Some(assumed)) => (assumed, assumed),
                    (None, None) => return Truth::Open(*open),
                };
                if (first < *cut) != (last < *cut) {
                    return Truth::Open(*open);
                }
                ((first < *cut) == *before).into()
            }
            Test::Mode { mode, open } => match self.asked.facts.mode {
                0 => Truth::Open(*open),
                stated => (stated == *mode).into(),
            },
            Test::Claim(claim) => self.asked.claims[*claim as usize].into(),
            Test::Content { part, compare, limit, open } => {
                let Some(content) = self.asked.facts.content(part) else {
                    return Truth::Open(*open);
                };
                let limit = match limit {
                    Limit::ShareOfValue(share) => units(self.asked.value) * share,
                    Limit::Amount(amount) => amount.exact(),
                };
                compare.holds(units(content), limit).into()
            }
            Test::Value { compare, cents } => {
                let holds = compare.holds(self.asked.value, *cents);
                self.value_compared(*compare, *cents, holds);
                holds.into()
            }
            Test::Column { tested, compare, share, open } => {
                match self.column_share(*tested, (*compare, *share)) {
                    Some(rate) => compare.holds(rate, *share).into(),
                    None => Truth::Open(*open),
                }
            }
            Test::Goods(bit) => (self.cell.measures[at].goods_bits >> bit & 1 == 1).into(),
            Test::Origin(bit) => (self.cell.measures[at].origin_bits >> bit & 1 == 1).into(),
        }
    }

    /// Whether all of the tests hold, or with `negated` none. What the value is held against counts
    /// only where the others leave it open: so a plan reaches more values.
    fn judge_all(&mut self, at: usize, parts: &[Test], negated: bool) -> Truth {
        let on_value = |part: &&Test| matches!(part, Test::Value { .. });
        let mut truth = Truth::True;
        for part in parts.iter().filter(|part| !on_value(part)) {
            let judged = self.judge(at, part);
            truth = truth.and(if negated { judged.not() } else { judged });
        }
        for part in parts.iter().filter(on_value) {
            if truth == Truth::False {
                break;
            }
            let judged = self.judge(at, part);
            truth = truth.and(if negated { judged.not() } else { judged });
        }
        truth
    }

    /// Takes a moment for a date that is not stated: one for each stretch of time that conditions of
    /// these measures tell apart, first those that suit most defaults.
    fn assume(&mut self, date: usize, need: Need) {
        let mut cuts: Vec<Moment> = Vec::new();
        let mut asking: Vec<(usize, bool)> = Vec::new();
        let fact = OTHER_DATES[date];
        let cell = self.cell;
        for (at, candidate) in cell.measures.iter().enumerate() {
            let version = &candidate.version;
            let Some(when) = &version.when else { continue };
            when.test.visit(&mut |test| match test {
                Test::Date { fact: f, cut, .. } if *f == fact => cuts.push(*cut),
                _ => {}
            });
            if let Some(owed) = asked_default(version, fact.name()) {
                asking.push((at, owed != version.relief));
            }
        }
        cuts.sort_unstable();
        cuts.dedup();
        let first = cuts.first().map(|m| m.plus_seconds(-1));
        let mut moments: Vec<(usize, Moment)> = Vec::new();
        for candidate in first.into_iter().chain(cuts.iter().copied()) {
            self.assumed_dates[date] = Some(candidate);
            let mut misses = 0;
            for (at, by_default) in &asking {
                let test = &cell.measures[*at].version.when.as_ref().expect("it asks").test;
                misses += usize::from(self.judge(*at, test) == Truth::from(!*by_default));
            }
            moments.push((misses, candidate));
        }
        moments.sort_by_key(|(misses, _)| *misses);
        let chosen = self.choices.ask(Key::Date(date), moments.len(), || need);
        self.assumed_dates[date] = Some(moments[chosen].1);
    }

    /// Whether the line states something that the condition asks about.
    fn touches(&self, test: &Test) -> bool {
        let mut touched = false;
        test.visit(&mut |test| {
            touched |= match test {
                Test::Date { fact, .. } => {
                    *fact != DateFact::Entered && self.asked.dates[self.date(*fact)].is_some()
                }
                Test::Content { part, .. } => self.asked.facts.content(part).is_some(),
                Test::Claim(claim) => self.asked.claims[*claim as usize],
                _ => false,
            };
        });
        touched
    }

    /// Whether a relation takes the measure out.
    fn excluded(&mut self, at: usize) -> bool {
        let cell = self.cell;
        cell.relations
            .iter()
            .filter(|relation| !relation.takes_part && relation.object.contains(&at))
            .any(|relation| {
                relation.of.iter().filter(|winner| **winner != at).any(|winner| {
                    self.settle(*winner) == Settled::Applies
                        && match relation.test {
                            RelationTest::ProvidedFor => true,
                            RelationTest::Owed => self.is_owed(*winner),
                        }
                })
            })
    }

    /// Whether an earlier member of its pick applies, or another of its stage.
    fn picked_over(&mut self, at: usize, version: &Version<'l>) -> bool {
        let Some((pick, own, choose)) = version.pick else { return false };
        let cell = self.cell;
        let mut others: Vec<(usize, usize)> = cell
            .measures
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
            .filter_map(|(other, candidate)| {
                let (of, stage, _) = candidate.version.pick?;
                (of == pick).then_some((stage, other))
            })
            .collect();
        others.sort_unstable();
        for (stage, other) in others {
            if stage < own {
                if self.settle(other) == Settled::Applies {
                    return true;
                }
            } else if stage == own && self.loses_to(at, other, choose) {
                return true;
            }
        }
        false
    }

    /// Between two members of a stage: by amount, or the first that was made.
    fn loses_to(&mut self, at: usize, other: usize, choose: Choose) -> bool {
        // Compared as if each were alone in the stage, or each would wait for the other.
        if !self.alone(other) || !self.alone(at) {
            return false;
        }
        let (a, b) = (self.fresh_part(at), self.fresh_part(other));
        let rank = |at: usize| self.side.measures[self.cell.measures[at].version.measure].rank;
        let first = rank(other) < rank(at);
        let pair = if first { [other, at] } else { [at, other] };
        let open = |part: &Part| {
            let title = self.cell.measures[part.at].version.title;
            part.missing.clone().or_else(|| part.unbounded.then(|| title.to_owned()))
        };
        let open = open(&a).or_else(|| open(&b));
        self.amounts_compared(&a, &b);
        match (choose, open) {
            (Choose::One, open) => {
                if a.amount != b.amount || open.is_some() {
                    let names = format!("{} and {}", self.id(pair[0]), self.id(pair[1]));
                    if !self.conflicts.contains(&names) {
                        self.conflicts.push(names);
                    }
                }
                first
            }
            // An amount that is not complete may come out on either side.
            (_, Some(fact)) => {
                let measure = |at: usize| self.cell.measures[at].version.measure;
                let key = Key::Pair(measure(pair[0]), measure(pair[1]));
                let why = format!("which applies: {} or {}", self.id(pair[0]), self.id(pair[1]));
                let need = || Need { fact, why, has_default: false };
                pair[self.choices.ask(key, 2, need)] != at
            }
            (Choose::Lowest, None) => b.amount < a.amount || b.amount == a.amount && first,
            (Choose::Highest, None) => b.amount > a.amount || b.amount == a.amount && first,
        }
    }

    /// Whether the measure applies but for its pick.
    fn alone(&mut self, at: usize) -> bool {
        let version = self.cell.measures[at].version.clone();
        !version.voided
            && self.charge(at).is_ok()
            && self.condition(at, &version).is_none()
            && !self.excluded(at)
    }
}

/// Whether a measure asks for a fact with a default, and takes the duty for owed then.
pub(super) fn asked_default(version: &Version<'_>, fact: &str) -> Option<bool> {
    let (_, _, outcome) = version.unstated.iter().find(|(name, ..)| name == fact)?;
    match outcome {
        Outcome::Ask | Outcome::AskOwed => Some(true),
        Outcome::AskNotOwed => Some(false),
        Outcome::Owed | Outcome::NotOwed => None,
    }
}

pub(super) fn reason_to_ask(version: &Version<'_>) -> String {
    match version.unstated_cite {
        "" => version.title.to_owned(),
        cite => format!("{} ({cite})", version.title),
    }
}
