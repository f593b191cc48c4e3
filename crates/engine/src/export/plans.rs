//! What cells make of lines of every kind that one fact tells apart.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Compare, DateFact, Limit, MODES, Status};
use nomenclature::rate::RateText;
use tariff::{Country, Day};

use super::kinds::{Goods, Kind, Stand};
use super::{
    CodeRow, Mode, PartRow, PlanRow, SHARE_SCALE, SpecialRow, Takes, Variant, hundred_millionths,
    known_day,
};
use crate::answer::Trace;
use crate::codes::ColumnDuty;
use crate::compile::cell::Cell;
use crate::compile::condition::Test;
use crate::compile::version::VersionRate;
use crate::kind::CellFacts;
use crate::lines::{ABSENT, Lines, OTHER_DATES, PackedDate, QuantityColumn};
use crate::memo::Memo;
use crate::plan::{Plan, PlannedPart};
use crate::rate::Share;
use crate::regime::{Compiled, Regime, Seen};
use crate::run::{Column, Form, Formula, same_claim};
use crate::words::Words;
use crate::work::Work;

/// The value in cents of the lines that plans are made of.
const VALUE: i64 = 10_000_000;

/// At how many places a plan is looked for before it is said that there is none.
const TRIED: usize = 4;

/// What the plans of one territory are made from.
pub struct Setting<'a, 'r, 'l> {
    pub compiled: &'r Compiled<'l>,
    territory: usize,
    /// Programs of the regime, and the place of each among those of the tables.
    columns: &'r [usize],
    programs: &'a [usize],
    /// Slots in use with their first day and the day after their last.
    pub slots: Vec<(u16, Day, Day)>,
    /// What stands for each class of goods.
    pub goods: BTreeMap<u32, Goods>,
    variants: bool,
    /// For each claim the others that it is one of.
    wider: Vec<Vec<u32>>,
}

/// Works out plans, on one thread.
pub struct Plans<'s, 'r, 'l> {
    setting: &'s Setting<'s, 'r, 'l>,
    compiled: &'r Compiled<'l>,
    work: Work<'r, 'l>,
    words: Words<String>,
}

/// What the conditions in a cell come to, of those that a claim changes: each with its place.
type Changed = Vec<(usize, Test)>;

/// Where a plan is looked for.
pub struct Place {
    pub scope: u32,
    pub country: Country,
    /// Place among the slots in use.
    pub slot: usize,
}

/// A line that stands for others, of this value, stating this.
struct Posed<'a> {
    stand: &'a Stand,
    /// The kind to bring about by a quantity.
    kind: Option<u32>,
    variant: &'a Variant,
    value: i64,
}

impl<'a, 'r, 'l> Setting<'a, 'r, 'l> {
    pub fn new(
        regime: &'r Regime<'l>,
        territory: usize,
        programs: &'a [usize],
        days: &[(Day, Option<u16>)],
        variants: bool,
    ) -> Setting<'a, 'r, 'l> {
        let compiled = &regime.sides[territory];
        let mut slots: BTreeMap<u16, (Day, Day)> = BTreeMap::new();
        for (day, slot) in days {
            let Some(slot) = slot else { continue };
            slots.entry(*slot).or_insert((*day, *day)).1 = day.next();
        }
        let claims = &compiled.side.claims;
        let wider = |made: &String| {
            let asked = claims.iter().enumerate();
            let asked = asked.filter(|(_, asked)| *asked != made && same_claim(made, asked));
            asked.map(|(claim, _)| claim as u32).collect()
        };
        Setting {
            compiled,
            territory,
            columns: regime.programs(),
            programs,
            slots: slots.into_iter().map(|(slot, (from, until))| (slot, from, until)).collect(),
            goods: BTreeMap::new(),
            variants,
            wider: claims.iter().map(wider).collect(),
        }
    }

    /// Takes note of which codes may stand for others.
    pub fn note_codes(&mut self, codes: &[CodeRow]) {
        for row in codes {
            if let Some(scope) = row.scope {
                self.goods.entry(scope).or_default().add(row);
            }
        }
    }

    /// What claims of preferences give codes.
    pub fn specials(&mut self, work: &mut Work<'r, 'l>, codes: &[CodeRow]) -> Vec<SpecialRow> {
        let mut rows = Vec::new();
        if !self.variants {
            return rows;
        }
        for (claim, symbols) in self.preferences() {
            for row in codes {
                let Some(scope) = row.scope else { continue };
                let known = known_day(self.compiled, row.from.number());
                let facts = work.code(row.code.packed(), row.from.number(), known);
                let Some(line) = facts.and_then(|facts| facts.line) else { continue };
                let special = symbols.iter().find_map(|symbol| line.special_for(symbol));
                let share = special.map(|text| match text {
                    RateText::Duty(duty) => duty.as_ad_valorem().and_then(hundred_millionths),
                    _ => None,
                });
                if let Some(share) = share {
                    rows.push(SpecialRow {
                        code: row.code,
                        from: row.from,
                        until: row.until,
                        claim: self.compiled.side.claims[claim as usize].clone(),
                        share,
                    });
                }
                // Rates that are no shares have no plan.
                if share != Some(None) {
                    let goods = self.goods.entry(scope).or_default();
                    goods.add_claimed(row, claim, share.flatten());
                }
            }
        }
        rows
    }

    /// The claims that measures at a special rate ask for, with the symbols of that rate.
    fn preferences(&self) -> Vec<(u32, &'l [String])> {
        let mut found: BTreeMap<u32, BTreeSet<&'l [String]>> = BTreeMap::new();
        for version in self.compiled.grid.versions() {
            let (VersionRate::Special(symbols), Some(when)) = (&version.rate, &version.when) else {
                continue;
            };
            when.test.visit(&mut |test| {
                if let Test::Claim(claim) = test {
                    found.entry(*claim).or_default().insert(symbols);
                }
            });
        }
        // A claim that gives different symbols at different times is not told apart.
        let one = found.into_iter().filter(|(_, symbols)| symbols.len() == 1);
        one.map(|(claim, symbols)| (claim, *symbols.first().expect("one"))).collect()
    }
}

impl<'s, 'r, 'l> Plans<'s, 'r, 'l> {
    pub fn new(setting: &'s Setting<'s, 'r, 'l>) -> Plans<'s, 'r, 'l> {
        Plans {
            setting,
            compiled: setting.compiled,
            work: Work::new(Memo::new(setting.compiled)),
            words: Words::new(),
        }
    }

    /// The plans of a cell, which holds at these places.
    pub fn plans_of(&mut self, cell: u32, places: &[Place]) -> Vec<PlanRow> {
        let Seen { cell, facts } = self.work.cell(cell);
        let Some(facts) = facts else {
            return vec![nothing(None, Variant::Plain, Status::NeedsFacts)];
        };
        let goods = &self.setting.goods;
        let any = posts(places, |place| {
            goods[&place.scope].kinds.iter().map(|(kind, stands)| (*kind, stands.as_slice()))
        });
        let any = self.by_kind(facts, any);
        let plain = self.of_variant(facts, &any, &Variant::Plain);
        let mut rows = plain.clone();
        if self.setting.variants {
            self.add_claims(&mut rows, (cell, facts), places, &any);
            for variant in self.variants_of(cell, facts) {
                let own = self.of_variant(facts, &any, &variant);
                if !alike(&own, &plain) {
                    rows.extend(own);
                }
            }
        }
        rows
    }

    /// Adds what claims come to in a cell, where that is not what a plain line comes to.
    fn add_claims(
        &mut self,
        rows: &mut Vec<PlanRow>,
        (cell, facts): (&Cell<'l>, &CellFacts),
        places: &[Place],
        any: &Posts<'_>,
    ) {
        let setting = self.setting;
        let plain = rows.clone();
        let scopes: BTreeSet<u32> = places.iter().map(|place| place.scope).collect();
        let conditions = cell.measures.iter().map(|measure| measure.version.when.as_ref());
        let conditions: Vec<&Test> = conditions.flatten().map(|when| &when.test).collect();
        let without: Vec<Test> =
            conditions.iter().map(|test| test.with_claims(&|_| false)).collect();
        // Claims that change the same are worked out once.
        let mut known: Vec<(Changed, Vec<PlanRow>)> = Vec::new();
        for claim in &cell.asked {
            let name = &self.compiled.side.claims[*claim as usize];
            let wider = &setting.wider[*claim as usize];
            let given = scopes.iter().filter_map(|scope| setting.goods[scope].claimed.get(claim));
            let mut specials: BTreeSet<Option<i64>> =
                given.flat_map(|of_claim| of_claim.keys().map(|(special, _)| *special)).collect();
            let preference = !specials.is_empty();
            specials.insert(None);
            let made = |asked: u32| asked == *claim || wider.contains(&asked);
            let changed = conditions.iter().zip(&without).enumerate();
            let changed: Changed = changed
                .filter(|(_, (condition, _))| condition.looks_at_claims(&made))
                .map(|(at, (condition, without))| (at, condition.with_claims(&made), without))
                .filter(|(_, with, without)| with != *without)
                .map(|(at, with, _)| (at, with))
                .collect();
            let same = known.iter().position(|(other, _)| !preference && *other == changed);
            // A narrower claim must have its own row beside a wider one.
            let has_wider = wider.iter().any(|wider| cell.asked.contains(wider));
            for special in specials {
                let variant = Variant::Claim { claim: name.clone(), special };
                let own: Vec<PlanRow> = match same {
                    Some(same) => {
                        let same = known[same].1.iter().cloned();
                        same.map(|row| PlanRow { variant: variant.clone(), ..row }).collect()
                    }
                    None if preference => {
                        let posts = posts(places, |place| {
                            stands_claimed(&setting.goods[&place.scope], *claim, special)
                        });
                        let posts = self.by_kind(facts, posts);
                        self.of_variant(facts, &posts, &variant)
                    }
                    None => self.of_variant(facts, any, &variant),
                };
                if has_wider || !alike(&own, &plain) {
                    rows.extend(own.iter().cloned());
                }
                if same.is_none() && !preference {
                    known.push((changed.clone(), own));
                }
            }
        }
    }

    /// What one fact beside claims may tell apart in a cell.
    fn variants_of(&self, cell: &Cell<'l>, facts: &CellFacts) -> Vec<Variant> {
        let mut variants = Vec::new();
        let dates = self.date_ranges(facts);
        for mode in modes(cell) {
            if matches!(mode, Mode::Stated(_)) {
                variants.push(Variant::Transport { mode, date: None });
            }
            let with_date = dates.iter().map(|date| Variant::Transport { mode, date: Some(*date) });
            variants.extend(with_date);
        }
        variants.extend(shares(facts));
        variants
    }

    /// The stretches of days that the dates of a cell tell apart.
    fn date_ranges(&self, facts: &CellFacts) -> Vec<(&'static str, Option<Day>, Option<Day>)> {
        let mut marks: BTreeMap<usize, BTreeSet<i32>> = BTreeMap::new();
        for (place, _, first, last) in &facts.dates {
            let moves = self.compiled.side.clock_dates.contains(&OTHER_DATES[*place]);
            // Dates that move a line to the law of another day leave the grid.
            if !moves && OTHER_DATES[*place] != DateFact::Withdrawn {
                marks.entry(*place).or_default().extend([*first, *last]);
            }
        }
        let mut ranges = Vec::new();
        for (place, marks) in marks {
            let marks: Vec<Day> = marks.into_iter().map(Day::from_number).collect();
            let starts = std::iter::once(None).chain(marks.iter().copied().map(Some));
            let ends = marks.iter().copied().map(Some).chain([None]);
            let name = OTHER_DATES[place].name();
            ranges.extend(starts.zip(ends).map(|(from, until)| (name, from, until)));
        }
        ranges
    }

    /// Of codes that may stand for others, those to try for each kind.
    fn by_kind<'p>(
        &self,
        facts: &CellFacts,
        posts: impl Iterator<Item = (&'p Place, Kind, &'p [Stand])>,
    ) -> Posts<'p> {
        let mut tried = Posts::new();
        for (place, kind, stands) in posts {
            let kinds = match kind {
                _ if !facts.by_kind() => 0..1,
                Kind::Fixed(kind) => kind..kind + 1,
                Kind::ByQuantity => 1..self.compiled.kinds as u32,
                Kind::Intricate => continue,
            };
            for of_kind in kinds.map(|kind| (kind > 0).then_some(kind)) {
                let of_kind = tried.entry(of_kind).or_default();
                if of_kind.len() < TRIED {
                    of_kind.push(Post { place, stands, by_quantity: kind == Kind::ByQuantity });
                }
            }
        }
        tried
    }

    /// The plans of a variant by kind of code and value; one for all kinds where they do not differ.
    fn of_variant(
        &mut self,
        facts: &CellFacts,
        posts: &Posts<'_>,
        variant: &Variant,
    ) -> Vec<PlanRow> {
        let mut by_kind: BTreeMap<Option<u32>, Vec<PlanRow>> = BTreeMap::new();
        // Kinds of which no plan can be made, and what was said of them.
        let mut failed: BTreeMap<Option<u32>, Status> = BTreeMap::new();
        for (of_kind, posts) in posts {
            for post in posts {
                let quantity = of_kind.filter(|_| post.by_quantity);
                let found = post.stands.iter().find_map(|stand| {
                    self.regions(facts, post.place, (stand, quantity), (*of_kind, variant))
                });
                match found {
                    Some(Ok(rows)) => {
                        by_kind.insert(*of_kind, rows);
                        break;
                    }
                    Some(Err(status)) => drop(failed.insert(*of_kind, status)),
                    None => {}
                }
            }
        }
        if by_kind.is_empty() {
            let without = failed.values().next().copied();
            // A cell that no code of its classes stands in at its time has a row all the same.
            let plain = matches!(variant, Variant::Plain).then_some(Status::Unknown);
            let status = without.or(plain).map(|status| nothing(None, variant.clone(), status));
            return status.into_iter().collect();
        }
        // Without a row they would be taken for lines that state nothing.
        for (kind, status) in failed {
            by_kind.entry(kind).or_insert_with(|| vec![nothing(kind, variant.clone(), status)]);
        }
        let mut rows = self.merged(by_kind);
        for parts in rows.iter_mut().filter_map(|row| row.parts.as_mut()) {
            parts.retain(|part| part.takes != Takes::Rate(0));
        }
        rows
    }

    /// The plans of a kind of line for all values; `None` when the stand-in does not do, a status when
    /// there is no plan.
    fn regions(
        &mut self,
        facts: &CellFacts,
        place: &Place,
        (stand, quantity): (&Stand, Option<u32>),
        (kind, variant): (Option<u32>, &Variant),
    ) -> Option<Result<Vec<PlanRow>, Status>> {
        let mut rows: Vec<PlanRow> = Vec::new();
        let mut values = vec![VALUE];
        while let Some(value) = values.pop() {
            let posed = Posed { stand, kind: quantity, variant, value };
            let plan = match self.plan(facts, place, &posed)? {
                Ok(plan) => plan,
                Err(status) if rows.is_empty() => return Some(Err(status)),
                Err(_) => continue,
            };
            let (from, until) = (plan.least_value, plan.below_value);
            // A plan made at a multiple of a small value may not hold for it.
            if value < from || value >= until || rows.iter().any(|row| row.value_from == from) {
                continue;
            }
            values.extend((from > 1).then_some(from - 1));
            values.extend((until < i64::MAX).then_some(until));
            rows.push(self.row(&plan, kind, variant));
        }
        rows.sort_by_key(|row| row.value_from);
        Some(Ok(rows))
    }

    /// The plan of one line.
    fn plan(
        &mut self,
        facts: &CellFacts,
        place: &Place,
        posed: &Posed<'_>,
    ) -> Option<Result<Plan, Status>> {
        let (code, from, until) = *posed.stand;
        let (_, slot_from, slot_until) = self.setting.slots[place.slot];
        let (first, last) = (from.max(slot_from), until.min(slot_until).plus(-1));
        if last < first {
            return None;
        }
        let known = known_day(self.compiled, last.number());
        let code_facts = self.work.code(code.packed(), last.number(), known)?;
        let mut lines = Lines {
            by: vec![self.setting.territory as u8],
            code: vec![code.packed()],
            origin: vec![place.country],
            entered: vec![PackedDate::day(last.number())],
            value: vec![posed.value],
            quantities: vec![QuantityColumn { millionths: vec![1_000_000], unit: vec![0] }],
            ..Lines::default()
        };
        if let Some(kind) = posed.kind {
            let ColumnDuty::Specific(specific) = &code_facts.general else { return None };
            let side = &self.compiled.side;
            let lies = |millionths: i64| {
                let quantities = std::iter::once((millionths, None));
                specific.kind(side, posed.value, quantities)
            };
            // Duties grow with the quantity, so the kinds come in order.
            let (mut low, mut high) = (0i64, 1i64 << 46);
            while low < high {
                let middle = (low + high) / 2;
                match lies(middle) {
                    Some(found) if found >= kind => high = middle,
                    None if kind % 2 == 0 => high = middle,
                    _ => low = middle + 1,
                }
            }
            lines.quantities[0].millionths[0] = low;
            if lies(low) != Some(kind) {
                return None;
            }
        }
        state(&mut lines, posed.variant, (last, posed.value))?;
        let columns = self.setting.columns;
        let column = |program| columns.iter().position(|p| *p == program);
        let (value, scales) = (posed.value, facts.scales());
        let (plan, _) = self.work.plan(
            &lines,
            0,
            (value, scales),
            (&code_facts, Trace::Settled),
            &mut self.words,
            column,
        );
        Some(plan.ok_or_else(|| match posed.variant {
            Variant::Plain => self.work.memo.answer(lines.facts(0)).status,
            // What is not settled by one fact is answered line by line.
            _ => Status::Exact,
        }))
    }

    fn row(&self, plan: &Plan, kind: Option<u32>, variant: &Variant) -> PlanRow {
        PlanRow {
            cell: 0,
            kind,
            variant: variant.clone(),
            value_from: if plan.least_value <= 1 { 0 } else { plan.least_value },
            value_until: plan.below_value,
            status: plan.status,
            complete: plan.has_duty && plan.parts.iter().all(|part| !part.incomplete),
            parts: self.parts(plan),
        }
    }

    /// The parts that take something, each of its own program; `None` where they are not so simple.
    fn parts(&self, plan: &Plan) -> Option<Vec<PartRow>> {
        let program = |part: &PlannedPart| self.place(self.setting.columns[part.column]);
        let share = |share: &Share| hundred_millionths(share.exact());
        let mut rows: Vec<PartRow> = Vec::new();
        for part in &plan.parts {
            let program = program(part)?;
            let takes = match &part.formula {
                Formula::Share(rate) => Takes::Rate(share(rate)?),
                Formula::Column(Column::General) => Takes::General,
                Formula::Column(Column::Other) => Takes::Other,
                Formula::TopUp { share: total, absorbs } => Takes::Total {
                    share: share(total)?,
                    absorbs: absorbs
                        .iter()
                        .map(|place| self.parts_program(plan, *place))
                        .collect::<Option<_>>()?,
                },
            };
            let less = match &part.basis {
                _ if takes == Takes::Rate(0) => None,
                Form { value: 1, contents } => match contents.as_slice() {
                    [] => None,
                    [(content, -1)] => Some(content.clone()),
                    _ => return None,
                },
                Form { .. } => return None,
            };
            // Nothing beside something of the same program is nothing.
            let row = PartRow { program, takes, less };
            match rows.iter_mut().find(|other| other.program == program) {
                None => rows.push(row),
                Some(_) if row.takes == Takes::Rate(0) => {}
                Some(other) if other.takes == Takes::Rate(0) => *other = row,
                Some(_) => return None,
            }
        }
        Some(rows)
    }

    fn parts_program(&self, plan: &Plan, place: usize) -> Option<usize> {
        self.place(self.setting.columns[plan.parts.get(place)?.column])
    }

    /// The place of a program among those of the tables.
    fn place(&self, program: usize) -> Option<usize> {
        self.setting.programs.iter().position(|other| *other == program)
    }

    /// One row for all kinds where they come to the same: a total that is met takes nothing, and so
    /// does a total of which the base duty exceeds it.
    fn merged(&self, by_kind: BTreeMap<Option<u32>, Vec<PlanRow>>) -> Vec<PlanRow> {
        let limits = &self.compiled.side.limits;
        let met = |kind: u32, share: i64| {
            let at = limits.iter().position(|(limit, _)| hundred_millionths(*limit) == Some(share));
            at.is_some_and(|at| kind >= 2 + 2 * at as u32)
        };
        let mut all: Option<PlanRow> = None;
        for (kind, rows) in &by_kind {
            let ([row], Some(kind)) = (rows.as_slice(), kind) else {
                return by_kind.into_values().flatten().collect();
            };
            let row = PlanRow { kind: None, ..row.clone() };
            let joined = match all {
                None => Some(row),
                Some(before) => joined(before, row, |share| met(*kind, share)),
            };
            if joined.is_none() {
                return by_kind.into_values().flatten().collect();
            }
            all = joined;
        }
        all.into_iter().collect()
    }
}

/// A place at which a plan is looked for, and codes that stand for others there.
struct Post<'p> {
    place: &'p Place,
    stands: &'p [Stand],
    /// Whether the kind must be brought about by a quantity.
    by_quantity: bool,
}

/// For each kind of code where to look.
type Posts<'p> = BTreeMap<Option<u32>, Vec<Post<'p>>>;

/// The codes that stand for others at places.
fn posts<'p, S: Iterator<Item = (Kind, &'p [Stand])>>(
    places: &'p [Place],
    stands: impl Fn(&'p Place) -> S,
) -> impl Iterator<Item = (&'p Place, Kind, &'p [Stand])> {
    let of_place = move |place| stands(place).map(move |(kind, stands)| (place, kind, stands));
    places.iter().flat_map(of_place)
}

/// The codes of a class that a preference gives this, by kind.
fn stands_claimed(
    goods: &Goods,
    claim: u32,
    special: Option<i64>,
) -> impl Iterator<Item = (Kind, &[Stand])> {
    // Where the claim gives no code of the class anything, all stand for it.
    let claimed = goods.claimed.get(&claim);
    let given = claimed.into_iter().flatten().filter(move |((given, _), _)| *given == special);
    let all = goods.kinds.iter().filter(move |_| claimed.is_none() && special.is_none());
    given
        .map(|((_, kind), stands)| (*kind, stands.as_slice()))
        .chain(all.map(|(kind, stands)| (*kind, stands.as_slice())))
}

/// The modes of transport that a cell tells apart.
fn modes(cell: &Cell<'_>) -> Vec<Mode> {
    let mut asked = false;
    for candidate in &cell.measures {
        if let Some(when) = &candidate.version.when {
            when.test.visit(&mut |test| asked |= matches!(test, Test::Mode { .. }));
        }
    }
    match asked {
        true => {
            [Mode::Unstated].into_iter().chain((0..MODES.len() as u8).map(Mode::Stated)).collect()
        }
        false => vec![Mode::Any],
    }
}

/// A row for the kinds before and for this one, of which `met` tells the totals that are met.
fn joined(before: PlanRow, row: PlanRow, met: impl Fn(i64) -> bool) -> Option<PlanRow> {
    let (Some(a), Some(b)) = (&before.parts, &row.parts) else {
        return (before == row).then_some(before);
    };
    let same_part = |(a, b): (&PartRow, &PartRow)| {
        let total = match (&a.takes, &b.takes) {
            (Takes::Total { share, .. }, Takes::Rate(0)) => met(*share),
            _ => false,
        };
        a == b || (total && a.program == b.program)
    };
    let parts = a.len() == b.len() && a.iter().zip(b).all(same_part);
    let least = before.value_from.max(row.value_from);
    let rest = PlanRow { parts: before.parts.clone(), value_from: before.value_from, ..row };
    (parts && rest == before).then_some(PlanRow { value_from: least, ..before })
}

fn nothing(kind: Option<u32>, variant: Variant, status: Status) -> PlanRow {
    PlanRow {
        cell: 0,
        kind,
        variant,
        value_from: 0,
        value_until: i64::MAX,
        status,
        complete: false,
        parts: None,
    }
}

/// Whether a variant comes to what a plain line comes to.
fn alike(own: &[PlanRow], plain: &[PlanRow]) -> bool {
    own.iter().all(|row| {
        let same = |other: &&PlanRow| {
            // Without rates one is answered line by line as the other.
            let status = if row.parts.is_none() { row.status } else { other.status };
            let other = PlanRow { variant: row.variant.clone(), status, ..(*other).clone() };
            *row == PlanRow { kind: row.kind, ..other.clone() }
                && (other.kind == row.kind || other.kind.is_none())
        };
        plain.iter().any(|other| same(&other))
    })
}

/// Stretches of the share that a content is of the value, cut where the cell tells them apart.
fn shares(facts: &CellFacts) -> Vec<Variant> {
    let mut variants = Vec::new();
    for part in &facts.parts {
        let mut marks: BTreeSet<i64> = BTreeSet::from([0]);
        let mut simple = true;
        for (_, compare, limit) in facts.contents.iter().filter(|(of, ..)| of == part) {
            let share = match limit {
                Limit::ShareOfValue(share) => hundred_millionths(*share),
                Limit::Amount(_) => None,
            };
            // Rows hold from a share on, so the share itself must be with those above it.
            let from_it_on = matches!(compare, Compare::Less | Compare::AtLeast);
            simple &= share.is_some() && from_it_on;
            marks.extend(share.filter(|share| *share < SHARE_SCALE));
        }
        if !simple {
            continue;
        }
        let marks: Vec<i64> = marks.into_iter().collect();
        for (at, from) in marks.iter().enumerate() {
            let until = marks.get(at + 1).copied();
            variants.push(Variant::Content { part: part.clone(), from: *from, until });
        }
    }
    variants
}

/// States in a line what a variant says, of a line entered on a day with a value; `None` when that
/// cannot be.
fn state(lines: &mut Lines, variant: &Variant, (entered, value): (Day, i64)) -> Option<()> {
    match variant {
        Variant::Plain => {}
        Variant::Claim { claim, .. } => {
            lines.claim_sets = vec![vec![claim.clone()]];
            lines.claims = vec![1];
        }
        Variant::Transport { mode, date } => {
            if let Mode::Stated(mode) = mode {
                lines.mode = vec![mode + 1];
            }
            if let Some((name, from, until)) = date {
                let place = OTHER_DATES.iter().position(|fact| fact.name() == *name)?;
                let before = until.unwrap_or(entered.next()).min(entered.next());
                let day = before.plus(-1);
                if from.is_some_and(|from| day < from) {
                    return None;
                }
                lines.dates[place] = vec![PackedDate::day(day.number())];
            }
        }
        Variant::Content { part, from, until } => {
            // In the middle: a small content is rounded to nothing.
            let middle = (from + until.unwrap_or(SHARE_SCALE)) / 2;
            let share = i128::from(if *from == 0 { middle } else { *from });
            let cents = i128::from(value) * share / i128::from(SHARE_SCALE);
            let cents = i64::try_from(cents).ok().filter(|cents| *cents != ABSENT)?;
            lines.contents = vec![(part.clone(), vec![cents])];
        }
    }
    Some(())
}
