//! The long way: every line can be answered by it, with what was worked out before kept.

use std::rc::Rc;
use std::sync::Arc;

use ledger::{DateFact, Does, Status};
use rustc_hash::FxHashMap;
use tariff::{Code, Day, Moment, Stated, limits};

use crate::answer::{Answer, Posed, Trace, Traced, answer, date_moments, rounded_value};
use crate::compile::cell::Cell;
use crate::compile::grid::Along;
use crate::compile::state::{At, Drafts};
use crate::lines::{LineFacts, OTHER_DATES, PackedDate};
use crate::regime::Compiled;
use crate::resolve::{Meaning, carried, meaning};
use crate::run::{Asked, GoodsOf, same_claim};

/// A code, and which rows of schedules its day sees ([`Compiled::epoch`]).
pub(crate) type CodeKey = (u64, (u32, u32));

/// What a code means, or why it means nothing.
type Meant<'l> = Rc<Result<Meaning<'l>, (Status, String)>>;

/// Cells by their classes and their place in knowledge and time.
type Beside<'l> = FxHashMap<(u32, u32, At), Arc<Cell<'l>>>;

/// What was worked out for one side.
pub(crate) struct Memo<'r, 'l> {
    pub compiled: &'r Compiled<'l>,
    meanings: FxHashMap<CodeKey, Meant<'l>>,
    claims: FxHashMap<Vec<String>, Rc<[bool]>>,
    drafts: Drafts<'l, 'r>,
    /// Cells beside the grid: of lines whose law, knowledge and entry lie apart.
    beside: Beside<'l>,
    general: FxHashMap<(bool, bool, usize), Rc<[String]>>,
    claims_known: FxHashMap<usize, Rc<[bool]>>,
}

impl<'r, 'l> Memo<'r, 'l> {
    pub fn new(compiled: &'r Compiled<'l>) -> Memo<'r, 'l> {
        Memo {
            compiled,
            meanings: FxHashMap::default(),
            claims: FxHashMap::default(),
            drafts: Drafts::new(&compiled.side, &compiled.classes),
            beside: FxHashMap::default(),
            general: FxHashMap::default(),
            claims_known: FxHashMap::default(),
        }
    }

    /// The answer for a line.
    pub fn answer(&mut self, facts: LineFacts<'_>) -> Answer {
        self.traced(facts, Trace::Nothing).0
    }

    /// The answer for a line, and what it is for others of its kind.
    pub fn traced(&mut self, mut facts: LineFacts<'_>, trace: Trace) -> (Answer, Option<Traced>) {
        let side = &self.compiled.side;
        let zone = &side.territory.zone;
        let value = rounded_value(side, facts.value);
        let Some(origin) = side.ledger.countries.resolve(facts.origin) else {
            let reason = format!("origin: `{}` is no country of the ledger", facts.origin);
            return (Answer::none(Status::Unknown, value, reason), None);
        };
        facts.origin = origin;
        if let Some(reason) = over_value(&facts, value) {
            return (Answer::none(Status::Invalid, value, reason), None);
        }
        let k = match self.compiled.along {
            Along::At(k) => k,
            Along::Diagonal => entry_of(&facts, zone).last(zone),
        };
        let day = facts.entered.day(zone);
        let meaning = self.meaning(facts.code, day, k.day(zone));
        let meaning = match &*meaning {
            Ok(meaning) => meaning,
            Err((status, reason)) => {
                return (Answer::none(*status, value, reason.clone()), None);
            }
        };
        let stretch = side.acts.stretch(k);
        let dates = date_moments(side, &facts);
        let order = side.clock_order(stretch);
        let (of, moments) = moments(&self.compiled.side, &facts, order, stretch, &dates);
        let claims = self.claims(facts.claims);
        let claims_known = self.claims_known(stretch);
        let mut day_warnings: Vec<String> =
            self.compiled.schedule.and_then(|s| carried(s, day)).into_iter().collect();
        // What is said of the day comes before what is said of the code.
        let notes = meaning.notes.iter().cloned();
        day_warnings.extend(notes);
        day_warnings.extend(self.general(day, k).iter().cloned());
        let goods: Vec<GoodsOf<'l>> = meaning.goods.iter().map(|g| g.with(&facts)).collect();
        let asked = Asked { facts: &facts, dates, claims: &claims, value };
        let posed = Posed {
            side,
            asked: &asked,
            goods: &goods,
            of,
            moments: &moments,
            day_warnings: &day_warnings,
            claims_known: &claims_known,
        };
        let origin = self.compiled.classes.origin(origin);
        let compiled = self.compiled;
        let (drafts, beside) = (&mut self.drafts, &mut self.beside);
        let clock_dates = clock_dates(side, &dates);
        let cell = |scope: u32, moment: Moment, entered: Moment| {
            let at = At { stretch, moment, entered, dates: clock_dates };
            cell(compiled, (drafts, beside), scope, origin, &at)
        };
        answer(&posed, trace, cell)
    }

    /// What a code means on a day, as known on a day.
    pub fn meaning(&mut self, code: Code, day: Day, known: Day) -> Meant<'l> {
        let compiled = self.compiled;
        let key = (code.packed(), compiled.epoch(day.number(), known.number()));
        if let Some(known) = self.meanings.get(&key) {
            return known.clone();
        }
        let found = Rc::new(meaning(&compiled.side, &compiled.classes, code, day, known));
        // What is wrong is said with its day.
        if found.as_ref().as_ref().is_ok_and(|meaning| meaning.notes.is_empty()) {
            if self.meanings.len() >= limits::KEPT_MAX {
                self.meanings.clear();
            }
            self.meanings.insert(key, found.clone());
        }
        found
    }

    /// What is said of every line of a day that is entered so.
    pub fn day_warnings(&mut self, day: Day, entered: PackedDate) -> Vec<String> {
        let zone = &self.compiled.side.territory.zone;
        let k = match self.compiled.along {
            Along::At(k) => k,
            Along::Diagonal => entered.stated().unwrap_or(Stated::Day(day)).last(zone),
        };
        let carried = self.compiled.schedule.and_then(|s| carried(s, day));
        carried.into_iter().chain(self.general(day, k).iter().cloned()).collect()
    }

    /// For each claim that the side asks for, whether one of these is it.
    fn claims(&mut self, made: &[String]) -> Rc<[bool]> {
        if let Some(known) = self.claims.get(made) {
            return known.clone();
        }
        let asked = &self.compiled.side.claims;
        let claims: Rc<[bool]> =
            asked.iter().map(|asked| made.iter().any(|m| same_claim(m, asked))).collect();
        if self.claims.len() >= limits::KEPT_MAX {
            self.claims.clear();
        }
        self.claims.insert(made.to_vec(), claims.clone());
        claims
    }

    /// For each claim, whether a binding operation asks for it at all.
    fn claims_known(&mut self, stretch: usize) -> Rc<[bool]> {
        let side = &self.compiled.side;
        self.claims_known
            .entry(stretch)
            .or_insert_with(|| {
                let mut known = vec![false; side.claims.len()];
                for (record, claims) in side.measures.iter().flat_map(|m| &m.claims) {
                    if side.record_binds(*record, stretch) {
                        claims.iter().for_each(|claim| known[*claim as usize] = true);
                    }
                }
                known.into()
            })
            .clone()
    }

    /// What every answer of the side must say of a day, as known at `k`.
    pub fn general(&mut self, day: Day, k: Moment) -> Rc<[String]> {
        let side = &self.compiled.side;
        let beyond_verified = day > side.territory.verified_through;
        let beyond_official = day > side.territory.official_through;
        // Without a world nothing depends on what was known.
        let known = match side.ledger.supposed.is_empty() {
            true => 0,
            false => side.ledger.acts.iter().filter(|act| act.known <= k).count(),
        };
        self.general
            .entry((beyond_verified, beyond_official, known))
            .or_insert_with(|| general_warnings(side, day, k).into())
            .clone()
    }
}

/// The cell of two classes at a place in knowledge and time.
fn cell<'l>(
    compiled: &Compiled<'l>,
    (drafts, beside): (&mut Drafts<'l, '_>, &mut Beside<'l>),
    scope: u32,
    origin: u32,
    at: &At,
) -> Arc<Cell<'l>> {
    let (side, classes) = (&compiled.side, &compiled.classes);
    let time = |moment: Moment| side.cuts.partition_point(|cut| *cut <= moment);
    if at.entered == at.moment && at.dates == [None; 4] {
        let grid = &compiled.grid;
        if let Some(slot) = grid.slots.find(at.stretch, time(at.moment)) {
            return compiled.cell(grid.cell(scope, origin, slot)).cell.clone();
        }
    }
    // Equal stretches have equal cells.
    let start = |moment: Moment| crate::compile::acts::within(&side.cuts, time(moment));
    let at = At {
        stretch: at.stretch,
        moment: start(at.moment),
        entered: start(at.entered),
        dates: at.dates.map(|date| date.map(start)),
    };
    if let Some(known) = beside.get(&(scope, origin, at)) {
        return known.clone();
    }
    let state = drafts.state(&at);
    let of = (scope as usize, origin as usize);
    let made = Arc::new(Cell::of(side, classes, &state, of));
    if beside.len() >= limits::KEPT_MAX {
        beside.clear();
    }
    beside.insert((scope, origin, at), made.clone());
    made
}

/// The dates that clocks look at; a line that states none of them stands in the grid.
fn clock_dates(
    side: &crate::compile::side::Side<'_>,
    dates: &[Option<(Moment, Moment)>; 4],
) -> [Option<Moment>; 4] {
    let mut named = [None; 4];
    for (place, fact) in OTHER_DATES.iter().enumerate() {
        if side.clock_dates.contains(fact) {
            named[place] = dates[place].map(|(first, _)| first);
        }
    }
    named
}

/// The entry for consumption: of goods from a warehouse their withdrawal, where that is later.
fn entry_of(facts: &LineFacts<'_>, zone: &tariff::Zone) -> Stated {
    match facts.other_date(DateFact::Withdrawn) {
        Some(out) if out.first(zone) > facts.entered.first(zone) => out,
        _ => facts.entered,
    }
}

/// Which date fixes the law, and the moments it may mean: the start of the day as stated, and every
/// later change of the law within it.
fn moments(
    side: &crate::compile::side::Side<'_>,
    facts: &LineFacts<'_>,
    order: &[DateFact],
    stretch: usize,
    dates: &[Option<(Moment, Moment)>; 4],
) -> (DateFact, Vec<Moment>) {
    let entered = side.representative(facts.entered);
    let place = |fact: DateFact| OTHER_DATES.iter().position(|d| *d == fact);
    let stated = |fact: DateFact| match place(fact) {
        None => Some((facts.entered, entered)),
        Some(at) => facts.dates[at].zip(dates[at].map(|(first, _)| first)),
    };
    let (of, (stated, first)) = order
        .iter()
        .find_map(|date| Some((*date, stated(*date)?)))
        .unwrap_or((DateFact::Entered, (facts.entered, entered)));
    let mut moments = vec![first];
    if let Stated::Day(_) = stated {
        moments.extend(side.splits(stretch, first, stated.last(&side.territory.zone)));
    }
    (of, moments)
}

fn over_value(facts: &LineFacts<'_>, value: i64) -> Option<String> {
    let sum: i64 = facts.contents.iter().map(|(_, cents)| *cents).sum();
    if sum <= value.max(facts.value) {
        return None;
    }
    let names: Vec<&str> = facts.contents.iter().map(|(part, _)| *part).collect();
    Some(format!("content: the parts stated ({}) are worth more than the line", names.join(" + ")))
}

fn general_warnings(side: &crate::compile::side::Side<'_>, day: Day, k: Moment) -> Vec<String> {
    let (ledger, territory) = (side.ledger, side.territory);
    let mut warnings = Vec::new();
    if !ledger.supposed.is_empty() {
        let mut text = format!("hypothetical: world {}", ledger.supposed.join(" + "));
        if !ledger.dropped.is_empty() {
            let names: Vec<&str> = ledger.dropped.iter().map(|d| d.act.as_str()).collect();
            text.push_str(&format!(", without {}", names.join(", ")));
        }
        warnings.push(text);
        warnings.extend(idle_suppositions(ledger, k));
    }
    let missing: Vec<&str> = ledger.not_modelled(&territory.id).map(|p| p.id.as_str()).collect();
    if !missing.is_empty() {
        warnings.push(format!("not-modelled: {}", missing.join(", ")));
    }
    for program in ledger.programs.iter().filter(|p| p.note_only && p.by == territory.id) {
        warnings.push(format!("not-assessed: {} ({})", program.id, program.title));
    }
    if day > territory.verified_through {
        let through = territory.verified_through;
        warnings.push(format!("beyond-verified: the law was followed through {through}"));
    } else if day > territory.official_through {
        warnings.push(format!(
            "beyond-official: checked against the official text through {}, later from other sources",
            territory.official_through
        ));
    }
    warnings
}

/// Operations of a world on things that were not known yet: they change nothing.
fn idle_suppositions(ledger: &ledger::Ledger, k: Moment) -> Vec<String> {
    let mut notes = Vec::new();
    for act in ledger.acts.iter().filter(|a| a.supposed_by.is_some() && a.known <= k) {
        for operation in &act.operations {
            let targets = operation.does.targets().iter().map(|t| t.0.as_str());
            let amended = match &operation.does {
                Does::Amend { id, .. } => Some(id.as_str()),
                _ => None,
            };
            for name in targets.chain(amended) {
                let relation = || ledger.relations().find(|(id, _)| *id == name).map(|(_, r)| r);
                let Some(records) = ledger.measure(name).or_else(relation) else { continue };
                if records.first().is_some_and(|r| ledger.record(*r).0.known > k) {
                    notes.push(format!(
                        "hypothetical: `{}` of {name} changes nothing, it was not known yet",
                        operation.does.verb()
                    ));
                }
            }
        }
    }
    notes
}
