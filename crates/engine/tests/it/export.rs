//! The exported tables against the engine itself: lines priced by joining give the same cents.

use std::collections::HashMap;
use std::sync::OnceLock;

use engine::export::{
    CodeRow, ColumnRate, Mode, PlanRow, SHARE_SCALE, Tables, Takes, Variant, tables,
};
use engine::{
    ABSENT, Assessed, Assessor, Lines, PackedDate, QuantityColumn, Regime, Wanted, compile,
};
use ledger::{Known, Ledger, MODES, Readings, Status};
use tariff::{Code, Country, Day};

use crate::real_lines::Dice;

fn ledger() -> &'static Ledger {
    static LEDGER: OnceLock<Ledger> = OnceLock::new();
    LEDGER.get_or_init(Ledger::embedded)
}

/// Months with changes of most programs: the end of two, content duties before and metals on full value
/// after. The tables of two years take the tests too long.
fn span() -> (Day, Day) {
    (Day::new(2026, 2, 10).unwrap(), Day::new(2026, 4, 20).unwrap())
}

/// A line with at most one fact beside those of every line.
struct Drawn {
    code: Code,
    country: Country,
    day: Day,
    /// Cents, whole dollars.
    value: i64,
    quantity: i64,
    more: More,
}

enum More {
    Nothing,
    Claim(String),
    Loaded(usize, Day),
    Content(String, i64),
}

/// What a claim gives from a day on and before a day.
type Given = (Day, Day, Option<i64>);
/// A slot, the one after the last, and the cell.
type Run = (u16, u16, u32);

struct Joined<'a> {
    tables: &'a Tables,
    codes: HashMap<Code, Vec<&'a CodeRow>>,
    specials: HashMap<(Code, &'a str), Vec<Given>>,
    origins: HashMap<Country, u16>,
    days: HashMap<Day, Option<u16>>,
    cells: HashMap<(u32, u16), Vec<Run>>,
    plans: HashMap<u32, Vec<&'a PlanRow>>,
}

impl<'a> Joined<'a> {
    fn of(tables: &'a Tables) -> Joined<'a> {
        let mut joined = Joined {
            tables,
            codes: HashMap::new(),
            specials: HashMap::new(),
            origins: tables.origins.iter().copied().collect(),
            days: tables.days.iter().copied().collect(),
            cells: HashMap::new(),
            plans: HashMap::new(),
        };
        for row in &tables.codes {
            joined.codes.entry(row.code).or_default().push(row);
        }
        for row in &tables.specials {
            let key = (row.code, row.claim.as_str());
            joined.specials.entry(key).or_default().push((row.from, row.until, row.share));
        }
        for row in &tables.cells {
            let slots = (row.slot_from, row.slot_until, row.cell);
            joined.cells.entry((row.scope, row.origin)).or_default().push(slots);
        }
        for row in &tables.plans {
            joined.plans.entry(row.cell).or_default().push(row);
        }
        joined
    }

    /// What each program takes of a line in cents, where the tables tell.
    fn duties(&self, line: &Drawn) -> Option<Vec<i64>> {
        let held = |row: &&&CodeRow| row.from <= line.day && line.day < row.until;
        let code = self.codes.get(&line.code)?.iter().find(held)?;
        let slot = self.days[&line.day]?;
        let cells = &self.cells[&(code.scope?, *self.origins.get(&line.country)?)];
        let (.., cell) = cells.iter().find(|(from, until, _)| (*from..*until).contains(&slot))?;
        let amount = |rate: Option<ColumnRate>| column(rate?, line);
        let kind = code.kind.or_else(|| self.kind(amount(code.general)?, line.value));
        let plan = self.plan(*cell, kind, code, line)?;
        let mut duties = vec![0; self.tables.programs.len()];
        for part in plan.parts.as_ref().filter(|_| plan.complete)? {
            let less = match (&part.less, &line.more) {
                (None, _) => 0,
                (Some(part), More::Content(name, cents)) if part == name => *cents,
                _ => return None,
            };
            let basis = line.value - less;
            duties[part.program] = match &part.takes {
                Takes::Rate(rate) => share(*rate, basis),
                Takes::General => amount(code.general)?,
                Takes::Other => amount(code.other)?,
                Takes::Total { share: total, absorbs } => {
                    // Of an amount on the whole value, what falls on the basis.
                    let within = |at: &usize| {
                        let (n, d) = (i128::from(duties[*at]) * i128::from(basis), line.value);
                        ((2 * n + i128::from(d)) / (2 * i128::from(d))) as i64
                    };
                    (share(*total, basis) - absorbs.iter().map(within).sum::<i64>()).max(0)
                }
            };
        }
        Some(duties)
    }

    fn kind(&self, general: i64, value: i64) -> Option<u32> {
        let step = |limit: &i64| {
            let (amount, share) = (
                i128::from(general) * i128::from(SHARE_SCALE),
                i128::from(value) * i128::from(*limit),
            );
            (amount >= share) as u32 + (amount > share) as u32
        };
        Some(1 + self.tables.limits.iter().map(step).sum::<u32>())
    }

    /// What a claim gives a code; `None` where that is a rate that is no share, of which the plans do
    /// not tell.
    fn given(&self, code: &CodeRow, line: &Drawn) -> Option<Option<i64>> {
        let More::Claim(made) = &line.more else { return Some(None) };
        let rows = self.specials.get(&(code.code, made.as_str())).into_iter().flatten();
        let mut held = rows.filter(|(from, until, _)| *from <= line.day && line.day < *until);
        held.next().map_or(Some(None), |(.., share)| share.map(Some))
    }

    fn plan(&self, cell: u32, kind: Option<u32>, code: &CodeRow, line: &Drawn) -> Option<&PlanRow> {
        let given = self.given(code, line)?;
        let stated = |row: &&&PlanRow| match (&row.variant, &line.more) {
            (Variant::Claim { claim, special }, More::Claim(made)) => {
                claimed(made, claim) && given == *special
            }
            (Variant::Transport { mode, date }, More::Loaded(made, day)) => {
                let within = |(name, from, until): (&str, Option<Day>, Option<Day>)| {
                    name == "loaded"
                        && from.is_none_or(|from| from <= *day)
                        && until.is_none_or(|until| *day < until)
                };
                [Mode::Any, Mode::Stated(*made as u8)].contains(mode) && date.is_some_and(within)
            }
            (Variant::Content { part, from, until }, More::Content(name, cents)) => {
                let lies = |share: i64| {
                    (i128::from(*cents) * i128::from(SHARE_SCALE))
                        .cmp(&(i128::from(line.value) * i128::from(share)))
                };
                part == name && lies(*from).is_ge() && until.is_none_or(|until| lies(until).is_lt())
            }
            _ => false,
        };
        let holds = |row: &&&PlanRow| {
            (row.value_from..row.value_until).contains(&line.value)
                && (row.kind.is_none() || row.kind == kind)
        };
        let rows = &self.plans[&cell];
        // Of claims of headings, the row of the longest beginning.
        let length = |row: &&PlanRow| match &row.variant {
            Variant::Claim { claim, .. } => claim.len(),
            _ => 0,
        };
        let longest = rows.iter().filter(stated).map(length).max();
        let found = match longest {
            Some(longest) => {
                rows.iter().filter(stated).filter(|row| length(row) == longest).find(holds)
            }
            None => rows.iter().filter(|row| row.variant == Variant::Plain).find(holds),
        };
        found.copied().filter(|row| row.status == Status::Exact)
    }
}

/// Whether a claim is the one that is asked for, or under it.
fn claimed(made: &str, asked: &str) -> bool {
    match (Code::parse(made), Code::parse(asked)) {
        (Ok(made), Ok(asked)) => asked.covers(made),
        _ => made == asked,
    }
}

fn share(rate: i64, basis: i64) -> i64 {
    let scale = i128::from(SHARE_SCALE);
    ((i128::from(rate) * i128::from(basis) * 2 + scale) / (2 * scale)) as i64
}

fn column(rate: ColumnRate, line: &Drawn) -> Option<i64> {
    // In hundred millionths of a cent.
    let amount = i128::from(rate.share) * i128::from(line.value)
        + i128::from(rate.a_unit) * 10 * i128::from(line.quantity);
    let scale = i128::from(SHARE_SCALE);
    i64::try_from((2 * amount + scale) / (2 * scale)).ok()
}

fn draw(dice: &mut Dice, tables: &Tables, claims: &[String]) -> Drawn {
    let code = dice.pick(&tables.codes).code;
    let country = dice.pick(&tables.origins).0;
    let day = dice.pick(&tables.days).0;
    let magnitude = 10usize.pow(2 + dice.below(5) as u32);
    let value = (1 + dice.below(magnitude) as i64) * 100;
    let more = match dice.below(6) {
        0 => More::Claim(dice.pick(claims).clone()),
        1 => More::Loaded(0, day.plus(-(dice.below(60) as i32))),
        2 => More::Content("us".to_owned(), value / 100 * dice.below(80) as i64 / 100 * 100),
        _ => More::Nothing,
    };
    Drawn { code, country, day, value, quantity: 1 + dice.below(3000) as i64, more }
}

fn columns(drawn: &[Drawn], territory: usize) -> Lines {
    let mut lines = Lines {
        quantities: vec![QuantityColumn::default()],
        contents: vec![("us".to_owned(), Vec::new())],
        ..Lines::default()
    };
    for line in drawn {
        lines.by.push(territory as u8);
        lines.code.push(line.code.packed());
        lines.origin.push(line.country);
        lines.entered.push(PackedDate::day(line.day.number()));
        lines.value.push(line.value);
        lines.quantities[0].millionths.push(line.quantity * 1_000_000);
        lines.quantities[0].unit.push(0);
        let (mut claim, mut mode, mut loaded, mut content) = (0, 0, PackedDate::ABSENT, ABSENT);
        match &line.more {
            More::Nothing => {}
            More::Claim(made) => {
                lines.claim_sets.push(vec![made.clone()]);
                claim = lines.claim_sets.len() as u32;
            }
            More::Loaded(by, day) => {
                assert!(*by < MODES.len());
                (mode, loaded) = (*by as u8 + 1, PackedDate::day(day.number()));
            }
            More::Content(_, cents) => content = *cents,
        }
        lines.claims.push(claim);
        lines.mode.push(mode);
        lines.dates[0].push(loaded);
        lines.contents[0].1.push(content);
    }
    lines
}

/// Of how many random lines in a hundred the tables give the duty; it must be the engine's.
fn joined_as_assessed(regime: &Regime<'_>, (count, seed): (usize, u64)) -> usize {
    let tables = tables(regime, 0, span(), true, &|_, _| ());
    let joined = Joined::of(&tables);
    let mut claims: Vec<String> = tables
        .plans
        .iter()
        .filter_map(|row| match &row.variant {
            Variant::Claim { claim, .. } => Some(claim.clone()),
            _ => None,
        })
        .collect();
    claims.sort();
    claims.dedup();
    let mut dice = Dice::new(seed);
    let drawn: Vec<Drawn> = (0..count).map(|_| draw(&mut dice, &tables, &claims)).collect();
    let mut out = Assessed::default();
    Assessor::new(regime).assess(&columns(&drawn, 0), Wanted::ALL, &mut out);
    let places: Vec<usize> = tables
        .programs
        .iter()
        .map(|program| regime.programs().iter().position(|p| p == program).unwrap())
        .collect();
    let mut told = 0;
    for (at, line) in drawn.iter().enumerate() {
        let Some(duties) = joined.duties(line) else { continue };
        told += 1;
        let assessed: Vec<i64> = places.iter().map(|place| out.programs[*place][at]).collect();
        let context = || {
            let more = match &line.more {
                More::Nothing => String::new(),
                More::Claim(claim) => format!("claims {claim}"),
                More::Loaded(_, day) => format!("loaded {day}"),
                More::Content(part, cents) => format!("{cents} of {part}"),
            };
            let Drawn { code, country, day, value, quantity, .. } = line;
            format!("{code} {country} {day} {value} cents, {quantity} units; {more}")
        };
        assert_eq!(duties, assessed, "{}", context());
        assert_eq!(out.status[at], Status::Exact, "{}", context());
        assert_eq!(out.duty[at], duties.iter().sum::<i64>(), "{}", context());
    }
    told * 100 / count
}

#[test]
fn lines_priced_by_the_tables_along_entry_come_to_the_cents_of_the_engine() {
    let regime = compile(ledger(), Known::Entry, &Readings::new()).unwrap();
    let told = joined_as_assessed(&regime, (60_000, 11));
    assert!(told >= 90, "the tables tell of {told}% of the lines");
}

#[test]
fn lines_priced_by_the_tables_of_the_last_known_law_come_to_the_cents_of_the_engine() {
    let regime = compile(ledger(), Known::Today, &Readings::new()).unwrap();
    let told = joined_as_assessed(&regime, (60_000, 12));
    assert!(told >= 90, "the tables tell of {told}% of the lines");
}

#[test]
fn each_class_has_one_cell_in_each_slot_and_each_cell_its_plans() {
    let regime = compile(ledger(), Known::Entry, &Readings::new()).unwrap();
    for territory in 0..ledger().territories.len() {
        let tables = tables(&regime, territory, span(), false, &|_, _| ());
        let joined = Joined::of(&tables);
        let slots: Vec<u16> = tables.days.iter().filter_map(|(_, slot)| *slot).collect();
        for cells in joined.cells.values() {
            for slot in &slots {
                let here = cells.iter().filter(|(f, u, _)| (*f..*u).contains(slot));
                assert_eq!(here.count(), 1);
            }
        }
        for row in &tables.cells {
            assert!(joined.plans.contains_key(&row.cell), "{row:?}");
        }
    }
}
