//! What a line owes at two coordinates, and which act explains how much of the difference.

use ledger::{Cause, Coordinates, Known, Ledger, Line, Path, Readings, Supposition, Territory};
use tariff::{Cents, Moment, Stated};

use crate::answer::Assessment;
use crate::oracle::{Oracle, assess, entry_of, moment_known};

/// A line at two coordinates.
#[derive(Clone, Debug)]
pub struct Walk {
    pub from: Assessment,
    pub to: Assessment,
    /// Act by act, those that change nothing left out; they sum to the difference. Empty where an end
    /// has no amount.
    pub steps: Vec<Step>,
}

/// What one cause adds to the duty of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub cause: Cause,
    /// The moment of knowledge at which it counts; `None` for what is supposed.
    pub moment: Option<Moment>,
    pub difference: Cents,
}

/// Assesses a line at both ends, and at every state of the law between that may be another.
///
/// A state without an amount has no step; the next that has one takes what changed meanwhile.
pub fn walk(record: &Ledger, line: &Line, from: &Coordinates, to: &Coordinates) -> Walk {
    let ends = [from, to].map(|end| {
        let ledger = record.laid_over(&end.worlds);
        let known = ledger
            .territory(&line.by)
            .map(|t| moment_known(&ledger, t, end.known, entry_of(line, t)).0);
        (assess(&ledger, line, end.known, &end.readings), known)
    });
    let [(from_answer, from_known), (to_answer, to_known)] = ends;
    let mut walk = Walk { from: from_answer, to: to_answer, steps: Vec::new() };
    let (Some(first), Some(last), Some(start), Some(end), Some(territory)) =
        (walk.from.duty, walk.to.duty, from_known, to_known, record.territory(&line.by))
    else {
        return walk;
    };
    let path = Path::between(from, to);
    let common = record.laid_over(&path.worlds);
    let way = Way { record, line, territory, common: &common, path: &path };
    let middle = |known: Moment| way.amount(&common, &path.readings, known);
    let before = if path.from.is_empty() { Some(first) } else { middle(start) };
    let after = if path.to.is_empty() { Some(last) } else { middle(end) };
    walk.steps = match before.zip(after) {
        Some((before, after)) => {
            let mut steps = way.supposed(&path.from, start, (before, first));
            steps.iter_mut().for_each(|step| step.difference = -step.difference);
            steps.reverse();
            steps.extend(way.known((start, before), (end, after)));
            steps.extend(way.supposed(&path.to, end, (after, last)));
            steps
        }
        None => vec![Step { cause: Cause::Open, moment: None, difference: last - first }],
    };
    walk.steps.retain(|step| step.difference != Cents::ZERO);
    walk
}

struct Way<'w> {
    record: &'w Ledger,
    line: &'w Line,
    territory: &'w Territory,
    common: &'w Ledger,
    path: &'w Path,
}

impl Way<'_> {
    fn amount(&self, ledger: &Ledger, readings: &Readings, known: Moment) -> Option<Cents> {
        assess(ledger, self.line, Known::At(Stated::Moment(known)), readings).duty
    }

    /// From what the ends have in common to one end, what that one supposes laid over it in order.
    fn supposed(
        &self,
        suppositions: &[Supposition],
        known: Moment,
        (start, end): (Cents, Cents),
    ) -> Vec<Step> {
        let mut current = start;
        let mut steps = Vec::new();
        for (at, supposition) in suppositions.iter().enumerate() {
            let duty = if at + 1 == suppositions.len() {
                Some(end)
            } else {
                let ledger = self.record.laid_over(&supposition.worlds);
                self.amount(&ledger, &supposition.readings, known)
            };
            let Some(duty) = duty else { continue };
            let difference = duty - current;
            steps.push(Step { cause: supposition.cause.clone(), moment: None, difference });
            current = duty;
        }
        steps
    }

    /// Along knowledge, turn by turn. The way is walked forward in time and read either way.
    fn known(&self, from: (Moment, Cents), to: (Moment, Cents)) -> Vec<Step> {
        let backward = to.0 < from.0;
        let ((start, first), (end, last)) = if backward { (to, from) } else { (from, to) };
        if start == end {
            return Vec::new();
        }
        let zone = &self.territory.zone;
        let dates = ledger::DateFact::ALL.into_iter().filter_map(|date| self.line.date(date));
        let latest = dates.map(|date| date.last(zone)).max().unwrap_or(end);
        let place = self.common.territories.iter().position(|t| t.id == self.territory.id);
        let side = place.unwrap_or(0);
        let mut oracle = Oracle::new(self.common, &self.path.readings);
        let mut current = first;
        let mut steps = Vec::new();
        for turn in self.common.turns() {
            let reaches = turn.reach[side].is_some_and(|reach| reach <= latest);
            if turn.moment <= start || turn.moment > end || !reaches {
                continue;
            }
            let known = turn.known();
            let Some(duty) = oracle.assess(self.line, known).duty else { continue };
            if duty == current {
                continue;
            }
            let parts = turn.parts(self.common, side);
            for part in &parts {
                let amount = if part.without.is_empty() {
                    Some(duty)
                } else {
                    let ledger = self.common.without(&part.without);
                    self.amount(&ledger, &self.path.readings, turn.moment)
                };
                let Some(amount) = amount else { continue };
                let difference = amount - current;
                let (cause, moment) = (part.cause.clone(), Some(turn.moment));
                steps.push(Step { cause, moment, difference });
                current = amount;
            }
        }
        if current != last {
            // No turn says so: it is told rather than hidden.
            steps.push(Step { cause: Cause::Open, moment: None, difference: last - current });
        }
        if backward {
            steps.iter_mut().for_each(|step| step.difference = -step.difference);
            steps.reverse();
        }
        steps
    }
}
