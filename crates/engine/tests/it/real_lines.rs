//! Random lines of the real ledger.

use ledger::{Condition, Does, Goods, Ledger, Line, MODES, territory_of};
use tariff::{Cents, Code, Country, Day, Exact, Moment, Stated};

/// A small deterministic source of numbers (SplitMix64, Steele, Lea and Flood 2014).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// What lines of a side are made of.
pub struct Stock {
    sides: Vec<SideStock>,
    origins: Vec<Country>,
}

struct SideStock {
    id: String,
    codes: Vec<Code>,
    claims: Vec<String>,
    /// Moments at which anything changes, in knowledge or in time.
    boundaries: Vec<Moment>,
    zone: tariff::Zone,
}

impl Stock {
    pub fn of(ledger: &Ledger) -> Stock {
        let sides = ledger.territories.iter().map(|t| side(ledger, &t.id, &t.zone)).collect();
        Stock { sides, origins: ledger.countries.iter().map(|(c, _)| c).collect() }
    }

    pub fn boundaries(&self, side: usize) -> &[Moment] {
        &self.sides[side].boundaries
    }

    pub fn codes(&self, side: usize) -> &[Code] {
        &self.sides[side].codes
    }

    /// A date: most within the two years of the trade war, many of them near a boundary.
    fn date(&self, side: usize, dice: &mut Dice) -> Stated {
        let side = &self.sides[side];
        if dice.one_in(3) {
            let near = *dice.pick(&side.boundaries);
            let by = *dice.pick(&[0, -1, -60, 60, 3600, -86_400, 86_400]);
            let moment = near.plus_seconds(by);
            let day = Stated::Day(moment.day(&side.zone));
            return if dice.one_in(2) { day } else { Stated::Moment(moment) };
        }
        let start = Day::new(2025, 1, 1).unwrap();
        let day = match dice.below(12) {
            0 => start.plus(-(dice.below(2600) as i32)),
            _ => start.plus(dice.below(700) as i32),
        };
        Stated::Day(day)
    }

    /// A line that states little or much.
    pub fn line(&self, dice: &mut Dice) -> Line {
        let at = if self.sides.len() > 1 && dice.one_in(6) {
            1 + dice.below(self.sides.len() - 1)
        } else {
            0
        };
        // A small ledger may have a side that levies on all goods and names none.
        let at = if self.sides[at].codes.is_empty() { 0 } else { at };
        let side = &self.sides[at];
        // Some codes come often, so that lines of one kind meet.
        let mut code = match dice.below(2) {
            0 => side.codes[dice.below(40) * (side.codes.len() / 40)],
            _ => *dice.pick(&side.codes),
        };
        match dice.below(40) {
            0 => code = code.prefix(8),
            1 => code = Code::parse(&format!("{}99", code.prefix(8).plain())).unwrap_or(code),
            2 => code = code.prefix(6),
            _ => {}
        }
        let by_turns: Vec<Country> =
            ["CN", "US", "CA", "MX", "JP", "DE", "KR", "VN", "RU", "HK", "CH", "GB"]
                .iter()
                .map(|c| Country::parse(c).unwrap())
                .filter(|c| self.origins.contains(c))
                .collect();
        let known_ones = !by_turns.is_empty() && dice.one_in(2);
        let origin = *dice.pick(if known_ones { &by_turns } else { &self.origins });
        let value = match dice.below(12) {
            0 => dice.below(20_000) as i64,
            1 => *dice.pick(&[0, 1, 49, 50, 99, 80_000, 80_100, 9_000_000_000_000_000]),
            _ => dice.below(100_000_000) as i64,
        };
        let entered = self.date(at, dice);
        let mut line = Line::new(&side.id, Goods::Code(code), origin, entered, Cents(value));
        if dice.one_in(2) {
            // What most lines of a file look like: nothing but a quantity besides.
            let magnitude = 10usize.pow(4 + dice.below(4) as u32);
            line.value = Cents((magnitude + dice.below(9 * magnitude)) as i64);
            line.quantities = vec![(Exact::from_integer(1 + dice.below(5000) as i128), None)];
            return line;
        }
        if dice.one_in(3) {
            let count = 1 + dice.below(2);
            line.quantities = (0..count)
                .map(|_| {
                    (Exact::new(dice.below(5_000_000) as i128, *dice.pick(&[1, 10, 1000])), None)
                })
                .collect();
        }
        if dice.one_in(4) {
            line.loaded = Some(self.date(at, dice));
        }
        if dice.one_in(8) {
            line.exported = Some(self.date(at, dice));
        }
        if dice.one_in(20) {
            line.withdrawn = Some(self.date(at, dice));
        }
        if dice.one_in(20) {
            line.privileged = Some(self.date(at, dice));
        }
        if dice.one_in(4) {
            line.mode = Some((*dice.pick(&MODES)).to_owned());
        }
        if dice.one_in(3) {
            for _ in 0..=dice.below(2) {
                let claim = dice.pick(&side.claims).clone();
                line.claims.push(if dice.one_in(12) { "9903.99.99".to_owned() } else { claim });
            }
        }
        if dice.one_in(6) {
            for part in ["us", "steel", "processing", "battery"] {
                if dice.one_in(2) {
                    let whole = value / 100 / 4 * dice.below(5) as i64 * 100;
                    line.contents.insert(part.to_owned(), Cents(whole / 2));
                }
            }
        }
        line
    }
}

fn side(ledger: &Ledger, id: &str, zone: &tariff::Zone) -> SideStock {
    let mut codes: Vec<Code> = match ledger.schedules.get(id) {
        Some(schedule) => {
            let lines = schedule.lines().map(|l| l.code);
            lines.chain(schedule.suffixes().map(|s| s.code)).collect()
        }
        None => {
            let lists = ledger.lists.iter().filter(|(name, _)| territory_of(name) == id);
            lists.flat_map(|(_, list)| list.rows.iter().map(|r| r.code)).collect()
        }
    };
    codes.retain(|code| code.digits() >= 8);
    codes.sort_unstable();
    codes.dedup();
    let mut claims = vec!["S".to_owned()];
    let mut boundaries = Vec::new();
    for (name, list) in &ledger.lists {
        if territory_of(name) == id {
            boundaries.extend(list.rows.iter().flat_map(|row| [row.from, row.until]).flatten());
        }
    }
    let own =
        ledger.measures().chain(ledger.relations()).filter(|(name, _)| territory_of(name) == id);
    for &(a, o) in own.flat_map(|(_, records)| records) {
        let act = &ledger.acts[a];
        boundaries.push(act.known);
        boundaries.extend(act.binds_from());
        let operation = &act.operations[o];
        boundaries.extend(operation.interval.from);
        boundaries.extend(operation.interval.until);
        if let Does::Measure { fields, .. } | Does::Amend { fields, .. } = &operation.does
            && let Some(when) = &fields.when
        {
            when.visit(&mut |test| match test {
                Condition::Claim(claim) => claims.push(claim.clone()),
                Condition::Before(_, m) | Condition::From(_, m) => boundaries.push(*m),
                _ => {}
            });
        }
    }
    boundaries.sort_unstable();
    boundaries.dedup();
    // A list "since always" has boundaries that no entry is near.
    boundaries.retain(|m| m.seconds() > 0);
    claims.sort();
    claims.dedup();
    SideStock { id: id.to_owned(), codes, claims, boundaries, zone: zone.clone() }
}
