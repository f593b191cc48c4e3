//! A line that tells a changed law from the sound one: of the goods and origins of the measures that a
//! change concerns, at every boundary that the two ledgers set for them, with what their conditions ask for.
//!
//! What nothing noticed either has such a line, which a case should state, or changed the answer of none.

use std::collections::BTreeSet;

use ledger::{
    Compare, Condition, DateFact, Does, Fields, Goods, GoodsSelector, Known, Ledger, Limit, Line,
    Territory, WORLD,
};
use oracle::{Assessment, Oracle};
use tariff::{Cents, Code, Country, Exact, Moment, Stated};

use super::Mutation;
use crate::cases::plain;

/// What came of the search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// How many lines were asked of both ledgers.
    pub lines: usize,
    /// The line that is answered otherwise, in words.
    pub witness: Option<String>,
}

/// How many of each are tried: goods, origins, moments, facts.
const GOODS_MAX: usize = 6;
const ORIGINS_MAX: usize = 4;
const MOMENTS_MAX: usize = 8;
const FACTS_MAX: usize = 12;
/// How many conditions are met as a whole.
const WHOLE_MAX: usize = 6;

const VALUE: Cents = Cents(1_000_000);
const HALF: Cents = Cents(VALUE.0 / 2);

/// Looks for a line that `copy` answers otherwise than `sound`.
pub(crate) fn search(sound: &Ledger, copy: &Ledger, mutation: &Mutation) -> Search {
    let mut search = Search::default();
    let ledgers = [sound, copy];
    for territory in &sound.territories {
        let by = territory.country.as_str();
        if !mutation.sight.by.is_empty() && mutation.sight.by != by {
            continue;
        }
        let concerned = Concerned::new(ledgers, territory, mutation);
        let mut oracles = [plain(sound), plain(copy)];
        for moment in &concerned.moments {
            for code in &concerned.goods {
                for origin in &concerned.origins {
                    for fact in &concerned.facts {
                        let entered = Stated::Moment(*moment);
                        let mut line = Line::new(&territory.id, *code, *origin, entered, VALUE);
                        fact.state(&mut line);
                        for known in [Known::Today, Known::Entry] {
                            search.lines += 1;
                            if let Some(words) =
                                differs(&mut oracles, &line, known, fact, territory)
                            {
                                search.witness = Some(words);
                                return search;
                            }
                        }
                    }
                }
            }
        }
    }
    search
}

/// What a line may state besides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fact {
    Nothing,
    Claim(String),
    /// A date, with a mode of transport where one is asked for.
    Date(DateFact, Moment, Option<String>),
    Mode(String),
    Content(String, Cents),
    Value(Cents),
    /// What a condition asks for as a whole: none of it alone meets "claim PV and value <= 800".
    Whole(Vec<Fact>),
}

impl Fact {
    fn state(&self, line: &mut Line) {
        match self {
            Fact::Nothing => {}
            Fact::Claim(claim) => line.claims.push(claim.clone()),
            Fact::Date(fact, moment, mode) => {
                let date = Some(Stated::Moment(*moment));
                match fact {
                    DateFact::Entered => {}
                    DateFact::Loaded => line.loaded = date,
                    DateFact::Exported => line.exported = date,
                    DateFact::Withdrawn => line.withdrawn = date,
                    DateFact::Privileged => line.privileged = date,
                }
                line.mode = mode.clone();
            }
            Fact::Mode(mode) => line.mode = Some(mode.clone()),
            Fact::Content(part, value) => {
                line.contents.insert(part.clone(), *value);
            }
            Fact::Value(value) => line.value = *value,
            Fact::Whole(facts) => facts.iter().for_each(|fact| fact.state(line)),
        }
    }

    fn words(&self, territory: &Territory) -> String {
        match self {
            Fact::Nothing => String::new(),
            Fact::Claim(claim) => format!(", claim {claim}"),
            Fact::Date(fact, moment, mode) => {
                let mode = mode.as_ref().map(|mode| format!(" by {mode}")).unwrap_or_default();
                format!(", {} {}{mode}", fact.name(), moment.rfc3339(&territory.zone))
            }
            Fact::Mode(mode) => format!(", by {mode}"),
            Fact::Content(part, value) => format!(", {value} of it {part}"),
            Fact::Value(value) => format!(", value {value}"),
            Fact::Whole(facts) => facts.iter().map(|fact| fact.words(territory)).collect(),
        }
    }
}

/// What is tried.
struct Concerned {
    goods: Vec<Goods>,
    origins: Vec<Country>,
    moments: Vec<Moment>,
    facts: Vec<Fact>,
}

impl Concerned {
    fn new(ledgers: [&Ledger; 2], territory: &Territory, mutation: &Mutation) -> Concerned {
        let sight = &mutation.sight;
        let own = |id: &&String| ledger::territory_of(id) == territory.id;
        let (mut goods, mut origins) = (BTreeSet::new(), BTreeSet::new());
        let (mut facts, mut everywhere) = (BTreeSet::new(), sight.measures.is_empty());
        let mut wholes = BTreeSet::new();
        let mut bounds = [BTreeSet::new(), BTreeSet::new()];
        for (ledger, bounds) in ledgers.into_iter().zip(&mut bounds) {
            for id in sight.measures.iter().filter(own) {
                for record in ledger.measure(id).into_iter().flatten() {
                    let (act, operation) = ledger.record(*record);
                    bounds.extend([operation.interval.from, operation.interval.until]);
                    bounds.extend([Some(act.known), act.binds_from()]);
                    if let Does::Measure { fields, .. } | Does::Amend { fields, .. } =
                        &operation.does
                    {
                        goods_of(ledger, territory, fields, &mut goods);
                        everywhere |= origins_of(ledger, fields, &mut origins);
                        facts_of(fields, &mut facts);
                        wholes.extend(fields.when.as_ref().and_then(whole));
                    }
                }
            }
            // A relation or a pick has boundaries of its own.
            let own_act = ledger.acts.iter().filter(|act| act.place.file == mutation.file);
            for operation in own_act.flat_map(|act| &act.operations) {
                bounds.extend([operation.interval.from, operation.interval.until]);
            }
            for row in sight.codes.iter().flat_map(|code| rows_of(ledger, mutation, *code)) {
                bounds.extend([row.0, row.1]);
            }
        }
        if !sight.codes.is_empty() {
            goods = sight
                .codes
                .iter()
                .flat_map(|code| lines_of(ledgers[0], territory, *code))
                .collect();
        }
        let mut goods: Vec<Goods> = spread(goods, GOODS_MAX).into_iter().map(Goods::Code).collect();
        if goods.is_empty() {
            goods.push(Goods::Ordinary);
            goods.extend(some_lines(ledgers[0], territory));
        }
        let countries = ledgers[0].countries.iter().map(|(country, _)| country);
        let mut origins = spread(origins, ORIGINS_MAX);
        if everywhere {
            origins.extend(spread(countries.collect(), ORIGINS_MAX / 2));
        }
        if let Some(origin) = &sight.origin {
            origins = Country::parse(origin).into_iter().collect();
        }
        let facts: Vec<Fact> = std::iter::once(Fact::Nothing)
            .chain(spread(wholes, WHOLE_MAX))
            .chain(spread(facts, FACTS_MAX))
            .collect();
        Concerned { goods, origins, moments: moments(bounds), facts }
    }
}

/// The minute before each boundary and the boundary; first those that one ledger alone has.
fn moments(bounds: [BTreeSet<Option<Moment>>; 2]) -> Vec<Moment> {
    let [a, b] = bounds.map(|bounds| bounds.into_iter().flatten().collect::<BTreeSet<Moment>>());
    let own: BTreeSet<Moment> = a.symmetric_difference(&b).copied().collect();
    let shared = spread(a.intersection(&b).copied().collect(), MOMENTS_MAX / 2);
    let mut moments = Vec::new();
    for boundary in own.into_iter().chain(shared) {
        for moment in [boundary, boundary.plus_seconds(-60)] {
            if !moments.contains(&moment) {
                moments.push(moment);
            }
        }
    }
    moments.truncate(MOMENTS_MAX);
    moments
}

/// At most so many of them, from the first to the last.
fn spread<T: Clone>(all: BTreeSet<T>, most: usize) -> Vec<T> {
    let all: Vec<T> = all.into_iter().collect();
    if all.len() <= most {
        return all;
    }
    (0..most).map(|at| all[at * (all.len() - 1) / (most - 1)].clone()).collect()
}

/// Adds lines of the goods that fields name.
fn goods_of(ledger: &Ledger, territory: &Territory, fields: &Fields, goods: &mut BTreeSet<Code>) {
    let mut named: Vec<&GoodsSelector> = fields.goods.iter().flatten().flatten().collect();
    named.extend(fields.except_goods.iter().flatten());
    if let Some(when) = &fields.when {
        when.visit(&mut |test| {
            if let Condition::Goods(selectors) = test {
                named.extend(selectors);
            }
        });
    }
    for selector in named {
        match selector {
            GoodsSelector::Prefix(code) => goods.extend(lines_of(ledger, territory, *code)),
            GoodsSelector::List(name) => {
                let rows = ledger.lists.get(name).into_iter().flat_map(|list| &list.rows);
                let codes: BTreeSet<Code> = rows.map(|row| row.code).collect();
                let some = spread(codes, 3).into_iter();
                goods.extend(some.flat_map(|code| lines_of(ledger, territory, code)));
            }
        }
    }
}

/// The first and the last line under a code; the code itself where the territory has no schedule.
fn lines_of(ledger: &Ledger, territory: &Territory, code: Code) -> Vec<Code> {
    let Some(schedule) = ledger.schedules.get(&territory.id) else { return vec![code] };
    let mut under = schedule.suffixes_under(code).map(|suffix| suffix.code);
    let first = under.next();
    let ends: Vec<Code> = first.into_iter().chain(under.last()).collect();
    match ends.is_empty() {
        true => vec![code],
        false => ends,
    }
}

/// A few lines of a schedule.
fn some_lines(ledger: &Ledger, territory: &Territory) -> Vec<Goods> {
    let schedule = ledger.schedules.get(&territory.id);
    let codes = schedule.into_iter().flat_map(|schedule| schedule.suffixes().map(|s| s.code));
    spread(codes.collect(), GOODS_MAX / 2).into_iter().map(Goods::Code).collect()
}

/// Adds some origins that fields name, and says whether they name the world.
fn origins_of(ledger: &Ledger, fields: &Fields, origins: &mut BTreeSet<Country>) -> bool {
    let mut world = false;
    for name in fields.of.iter().chain(&fields.except_of).chain(&fields.to).flatten() {
        world |= name == WORLD;
        match ledger.area(name) {
            Some(area) => {
                let members = area.members.iter().map(|(country, _)| *country).collect();
                origins.extend(spread(members, 2));
            }
            None => origins.extend(Country::parse(name)),
        }
    }
    world
}

/// Adds what the condition and the basis ask about.
fn facts_of(fields: &Fields, facts: &mut BTreeSet<Fact>) {
    let mut dates = Vec::new();
    let mut mode = None;
    if let Some(when) = &fields.when {
        when.visit(&mut |test| match test {
            Condition::Claim(claim) => _ = facts.insert(Fact::Claim(claim.clone())),
            Condition::Before(fact, moment) | Condition::From(fact, moment) => {
                dates.push((*fact, *moment));
            }
            Condition::Mode(named) => mode = Some(named.clone()),
            Condition::Content { part, limit, .. } => {
                facts.insert(Fact::Content(part.clone(), HALF));
                if let Limit::Amount(amount) = limit {
                    facts.insert(Fact::Value(*amount));
                }
            }
            Condition::Value { amount, .. } => {
                facts.insert(Fact::Value(*amount));
                facts.insert(Fact::Value(Cents(amount.0 + 100)));
            }
            _ => {}
        });
    }
    for (fact, moment) in dates {
        for moment in [moment, moment.plus_seconds(-60)] {
            facts.insert(Fact::Date(fact, moment, mode.clone()));
        }
    }
    let content = fields.basis.as_ref().and_then(|basis| basis.content());
    facts.extend(content.map(|part| Fact::Content(part.to_owned(), HALF)));
}

/// What meets a condition, where that is more than one fact.
fn whole(when: &Condition) -> Option<Fact> {
    let mut facts = Vec::new();
    meet(when, true, &mut facts);
    (facts.len() > 1).then_some(Fact::Whole(facts))
}

/// Adds what makes a condition hold, or not hold; of alternatives the first. Goods, origins and columns are
/// not facts of this kind: the search goes through goods and origins.
fn meet(when: &Condition, holds: bool, facts: &mut Vec<Fact>) {
    let before = |fact: DateFact, moment: Moment, before: bool| {
        Fact::Date(fact, if before { moment.plus_seconds(-60) } else { moment }, None)
    };
    match when {
        Condition::And(all) | Condition::Or(all) => {
            let every = holds == matches!(when, Condition::And(_));
            let most = if every { all.len() } else { 1 };
            all.iter().take(most).for_each(|one| meet(one, holds, facts));
        }
        Condition::Not(other) => meet(other, !holds, facts),
        Condition::Before(fact, moment) => facts.push(before(*fact, *moment, holds)),
        Condition::From(fact, moment) => facts.push(before(*fact, *moment, !holds)),
        Condition::Mode(mode) if holds => facts.push(Fact::Mode(mode.clone())),
        Condition::Claim(claim) if holds => facts.push(Fact::Claim(claim.clone())),
        Condition::Content { part, compare, limit } => {
            let limit = match limit {
                Limit::ShareOfValue(share) => {
                    Cents((share * Exact::from_integer(VALUE.0.into())).to_integer() as i64)
                }
                Limit::Amount(amount) => *amount,
            };
            facts.push(Fact::Content(part.clone(), beside(*compare, limit, holds)));
        }
        Condition::Value { compare, amount } => {
            facts.push(Fact::Value(beside(*compare, *amount, holds)));
        }
        _ => {}
    }
}

/// An amount that compares with the limit as wanted: the limit itself, or a dollar beside it.
fn beside(compare: Compare, limit: Cents, holds: bool) -> Cents {
    let by = [Cents(limit.0), Cents(limit.0 - 100), Cents(limit.0 + 100)];
    by.into_iter().find(|amount| compare.holds(*amount, limit) == holds).unwrap_or(limit)
}

/// When the rows of a code come and go on the list that a mutation is of.
fn rows_of(
    ledger: &Ledger,
    mutation: &Mutation,
    code: Code,
) -> Vec<(Option<Moment>, Option<Moment>)> {
    let name = mutation.file.replace("/lists/", "/");
    let list = ledger.lists.get(name.trim_end_matches(".csv"));
    let rows = list.into_iter().flat_map(|list| &list.rows);
    rows.filter(|row| row.code == code).map(|row| (row.from, row.until)).collect()
}

/// What the two ledgers answer, where that is not the same.
fn differs(
    oracles: &mut [Oracle<'_>; 2],
    line: &Line,
    known: Known,
    fact: &Fact,
    territory: &Territory,
) -> Option<String> {
    let [sound, copy] = oracles.each_mut().map(|oracle| answer(&oracle.assess(line, known)));
    if sound == copy {
        return None;
    }
    let goods = match line.goods {
        Goods::Code(code) => code.to_string(),
        Goods::Ordinary => "goods on no list".to_owned(),
    };
    let entered = line.entered.first(&territory.zone).rfc3339(&territory.zone);
    let known = if known == Known::Today { " known today" } else { "" };
    let fact = fact.words(territory);
    Some(format!(
        "{goods} of {} entered {entered}{known}{fact}: {sound}; changed: {copy}",
        line.origin
    ))
}

/// What of an answer people act on.
fn answer(answer: &Assessment) -> String {
    let cents = |cents: Option<Cents>| cents.map_or("none".to_owned(), |c| c.to_string());
    let mut words = format!("{} {}", answer.status.name(), cents(answer.duty));
    if answer.duty_min != answer.duty_max {
        words.push_str(&format!(" ({} to {})", cents(answer.duty_min), cents(answer.duty_max)));
    }
    for part in &answer.components {
        let name = part.heading.map_or_else(|| part.measure.clone(), |heading| heading.to_string());
        words.push_str(&format!(", {name} {}", part.amount));
    }
    for control in &answer.requirements {
        words.push_str(&format!(", {}", control.measure));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_condition_asks_for_together_is_stated_together() {
        let words = |text: &str| {
            let when = Condition::parse(text).unwrap();
            let ledger = Ledger::embedded();
            whole(&when).map(|fact| fact.words(&ledger.territories[0]))
        };
        assert_eq!(words("claim PV"), None);
        assert_eq!(words("claim PV and value <= 800").as_deref(), Some(", claim PV, value 800.00"));
        assert_eq!(
            words("claim 9903.94.03 and not (claim S or value < 800)").as_deref(),
            Some(", claim 9903.94.03, value 800.00")
        );
        assert_eq!(
            words("content us >= 20% of value and mode is vessel").as_deref(),
            Some(", 2000.00 of it us, by vessel")
        );
    }
}
