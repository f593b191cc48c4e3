//! Questions: what a line means, the law it is judged by, and a run for every way of settling what it
//! leaves open.

use std::cell::RefCell;
use std::ops::Bound;
use std::rc::Rc;

use ledger::{DateFact, Known, Ledger, Line, Readings, Status, Territory, program_of};
use tariff::{Cents, Moment, Stated, limits, round_half_up};

use crate::answer::{Assessment, Explored, unanswered};
use crate::as_of::AsOf;
use crate::choices::{Choices, Need};
use crate::facts::{Facts, representative};
use crate::kept::Kept;
use crate::notes;
use crate::resolve::{Resolved, resolve};
use crate::settle::{Part, Run, Settled, clock};
use crate::shared::{InForce, Side};

/// How many moments the law is kept for.
const MOMENTS_KEPT: usize = 64;

/// Assesses lines with a ledger, under chosen readings.
///
/// It keeps what lines of the same moments have in common, so of many lines it answers those fastest
/// whose dates come in order.
pub struct Oracle<'a> {
    ledger: &'a Ledger,
    readings: &'a Readings,
    /// By territory and moment of knowledge.
    sides: Kept<(&'a str, Moment), Side<'a>>,
    /// By territory, moment of knowledge and moment of the law.
    in_force: Kept<(&'a str, Moment, Moment), InForce<'a>>,
}

/// Assesses one line.
pub fn assess(ledger: &Ledger, line: &Line, known: Known, readings: &Readings) -> Assessment {
    Oracle::new(ledger, readings).assess(line, known)
}

/// The moment of knowledge that a question means.
pub fn moment_known(
    ledger: &Ledger,
    territory: &Territory,
    known: Known,
    entered: Stated,
) -> (Moment, Stated) {
    match known {
        Known::Entry => (entered.last(&territory.zone), entered),
        Known::At(stated) => (stated.last(&territory.zone), stated),
        Known::Today => {
            let day =
                ledger.last_known().map_or(territory.verified_through, |m| m.day(&territory.zone));
            (Stated::Day(day).last(&territory.zone), Stated::Day(day))
        }
    }
}

/// The entry for consumption: of goods from a warehouse their withdrawal, where that is later.
pub(crate) fn entry_of(line: &Line, territory: &Territory) -> Stated {
    match line.withdrawn {
        Some(out) if out.first(&territory.zone) > line.entered.first(&territory.zone) => out,
        _ => line.entered,
    }
}

/// The value as customs counts it: whole units where the territory says so (below 50 cents down).
fn rounded_value(value: Cents, territory: &Territory) -> Cents {
    if territory.whole_value { Cents(round_half_up(value.exact()) as i64 * 100) } else { value }
}

fn over_value(line: &Line, value: Cents) -> Option<(String, Cents)> {
    let metals: Cents = line.contents.values().copied().sum();
    let names: Vec<&str> = line.contents.keys().map(String::as_str).collect();
    (metals > value.max(line.value)).then(|| (names.join(" + "), metals))
}

impl<'a> Oracle<'a> {
    pub fn new(ledger: &'a Ledger, readings: &'a Readings) -> Oracle<'a> {
        let (sides, in_force) = (Kept::new(MOMENTS_KEPT), Kept::new(MOMENTS_KEPT));
        Oracle { ledger, readings, sides, in_force }
    }

    /// Assesses one line. Never fails: what cannot be answered says so in its status.
    pub fn assess(&mut self, line: &Line, known: Known) -> Assessment {
        let ledger = self.ledger;
        let Some(territory) = ledger.territory(&line.by) else {
            let day = line.entered;
            return unanswered(
                Status::Invalid,
                line.value,
                day,
                format!("`{}` levies nothing here", line.by),
            );
        };
        let (k, known_stated) = moment_known(ledger, territory, known, entry_of(line, territory));
        let value = rounded_value(line.value, territory);
        let Some(origin) = ledger.countries.resolve(line.origin) else {
            let reason = format!("origin: `{}` is no country of the ledger", line.origin);
            return unanswered(Status::Unknown, value, known_stated, reason);
        };
        let filed = line;
        let standing;
        let line = if origin == filed.origin {
            filed
        } else {
            standing = Line { origin, ..filed.clone() };
            &standing
        };
        if let Some((part, _)) = over_value(line, value) {
            let reason = format!("content: the parts stated ({part}) are worth more than the line");
            return unanswered(Status::Invalid, value, known_stated, reason);
        }
        let resolved = match resolve(ledger, territory, line, value, k) {
            Ok(resolved) => resolved,
            Err((status, reason)) => return unanswered(status, value, known_stated, reason),
        };
        let side = self.side(territory, k);
        let (of, moments) = moments(&side, line);
        let in_force: Vec<Rc<InForce<'a>>> =
            moments.iter().map(|moment| self.in_force(&side, *moment)).collect();
        let question = Question { side: &side, line, of, value, known: known_stated };
        question.explore(&in_force, resolved)
    }

    /// A territory's law as known.
    fn side(&mut self, territory: &'a Territory, k: Moment) -> Rc<Side<'a>> {
        let (ledger, readings) = (self.ledger, self.readings);
        let make = || Side::new(AsOf::new(ledger, k, readings), territory);
        self.sides.get((&territory.id, k), make)
    }

    /// What of it is in force at a moment of a line's date.
    fn in_force(&mut self, side: &Side<'a>, moment: Moment) -> Rc<InForce<'a>> {
        let key = (side.territory.id.as_str(), side.law.k, moment);
        self.in_force.get(key, || InForce::new(side, moment))
    }
}

/// A line with its coordinates settled.
struct Question<'q, 'a> {
    side: &'q Side<'a>,
    line: &'q Line,
    /// The date that fixes the law.
    of: DateFact,
    /// After the territory's rounding.
    value: Cents,
    known: Stated,
}

impl<'a> Question<'_, 'a> {
    /// A run for every way of settling what is open: which of the moments and of the goods is meant,
    /// and what the runs themselves ask.
    fn explore(&self, in_force: &[Rc<InForce<'a>>], resolved: Resolved<'_>) -> Assessment {
        let Question { side, line, of, value, known } = *self;
        let territory = side.territory;
        let mut warnings = resolved.notes;
        warnings.extend(side.warnings.iter().cloned());
        warnings.extend(notes::beyond(territory, line));

        let mut explored = Explored::default();
        let mut choices = Some(Choices::default());
        let mut tried = 0;
        while let Some(mut next) = choices {
            let law = &in_force[next.ask("time of entry", in_force.len(), || Need {
                fact: match of {
                    DateFact::Entered => "time of entry".to_owned(),
                    date => format!("time {}", date.name()),
                },
                why: "the law changed within the day".to_owned(),
                has_default: false,
            })];
            let goods =
                &resolved.goods[next.ask("statistical suffix", resolved.goods.len(), || Need {
                    fact: "statistical suffix".to_owned(),
                    why: "the suffixes of this line are treated differently".to_owned(),
                    has_default: false,
                })];
            let facts = Facts {
                law: &side.law,
                line,
                territory,
                code: goods.code,
                entered: match line.entered {
                    Stated::Moment(entered) => entered,
                    Stated::Day(_) if of == DateFact::Entered => law.moment,
                    stated => representative(stated, territory),
                },
                value: value.exact(),
                assumed: RefCell::default(),
                assumed_contents: RefCell::default(),
            };
            let run = Run::new(side, law, facts, goods, next);
            let settled = run.all();
            let parts: Vec<Part<'_>> = settled
                .iter()
                .filter_map(|(id, settled)| match settled {
                    Settled::Applies(applied) => Some(run.part(id, applied)),
                    _ => None,
                })
                .collect();
            warnings.extend(
                run.conflicts
                    .borrow()
                    .iter()
                    .map(|c| format!("conflict: {c} apply together; the first is taken")),
            );
            if tried == 0 && goods.code.is_some() && !has_base(side, &settled) {
                let day = line.entered.day(&territory.zone);
                let reason = format!("entered: the ledger holds no base duty for {day}");
                return unanswered(Status::Unknown, value, known, reason);
            }
            if tried == 0 {
                explored.default_of(&run, &settled, &parts, goods);
                warnings.extend(notes::unused_claims(&run));
            }
            explored.add(&parts, run.choices.borrow().answers());
            tried += 1;
            let made = run.choices.into_inner();
            choices = made.next();
            if tried == limits::COMBINATIONS_MAX && choices.take().is_some() {
                warnings.push(format!(
                    "range-not-exhausted: the first {tried} ways of settling the missing facts were tried"
                ));
            }
        }
        warnings.extend(notes::unlikely_dates(line, territory));
        let mut said = Vec::with_capacity(warnings.len());
        for warning in warnings {
            if !said.contains(&warning) {
                said.push(warning);
            }
        }
        explored.answer(value, known, said)
    }
}

/// Whether some measure of the territory's base program concerns the line. Every line has a base
/// duty: where the ledger has none, the answer is unknown and not nothing.
fn has_base(side: &Side<'_>, settled: &[(&str, &Settled<'_>)]) -> bool {
    side.base.is_none_or(|base| settled.iter().any(|(id, _)| program_of(id) == base.id))
}

/// The moments a line may mean: the start of the day as stated, and every later cut within it.
fn moments(side: &Side<'_>, line: &Line) -> (DateFact, Vec<Moment>) {
    let territory = side.territory;
    let entered = representative(line.entered, territory);
    let first = clock(line, &side.order, entered, territory).unwrap_or(entered);
    let (of, stated) = side
        .order
        .iter()
        .find_map(|date| Some((*date, line.date(*date)?)))
        .unwrap_or((DateFact::Entered, line.entered));
    let mut moments = vec![first];
    if let Stated::Day(_) = stated {
        let last = stated.last(&territory.zone).max(first);
        let later = (Bound::Excluded(first), Bound::Included(last));
        moments.extend(side.cuts.range::<Moment, _>(later));
    }
    (of, moments)
}
