//! Realistic lines: codes and origins as unequal as in trade, dates over two years, and on one line in
//! twenty something more than every line states.

mod columns;

use ledger::Ledger;
use nomenclature::rate::RateText;
use tariff::{Code, Country, Day, DutyExpression, Part, Per};

pub use columns::columns;

/// The share of lines that state something more: one in so many.
pub const SPECIAL_ONE_IN: usize = 20;

/// A small deterministic source of numbers (SplitMix64, Steele, Lea and Flood 2014).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next_u64() % n as u64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// What a line states beside code, origin, date, value and quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum More {
    Nothing,
    /// A preference is claimed: `S` on goods of Canada and Mexico, `KR` on those of Korea.
    Claim(&'static str),
    /// Loaded on a vessel so many days before entry.
    Loaded(i32),
    /// So many percent of the value are of American origin.
    AmericanPercent(i64),
}

/// One line.
#[derive(Clone, Copy, Debug)]
pub struct DrawnLine {
    pub code: Code,
    pub origin: Country,
    /// Days since 1970-01-01.
    pub entered: i32,
    pub value_cents: i64,
    /// In the code's first unit.
    pub quantity: i64,
    pub more: More,
}

/// Draws lines.
pub struct Drawing {
    dice: Dice,
    codes: Vec<Code>,
    /// Sums of weights, so that a number below the last picks a code by its weight.
    code_weights: Vec<u64>,
    origins: Vec<Country>,
    origin_weights: Vec<u64>,
    first_day: i32,
}

/// The sixty origins of most American imports in 2024, the largest first (Census, by value).
const ORIGINS: &str = "MX CN CA DE JP VN KR TW IE IN IT GB CH TH FR MY SG BR NL ID BE IL ES AT SE \
    CO PL TR AU DK HU SA PH KH CZ ZA CL FI PE PT AR BD NO HK SK CR RO NZ GT IQ NG DO EC NI PK LK HN SI AE EG";

const DAYS: usize = 730;

/// Weights that fall as one over the rank, as a running sum.
fn zipf(count: usize) -> Vec<u64> {
    let mut sum = 0;
    (1..=count as u64)
        .map(|rank| {
            sum += 1_000_000_000 / rank;
            sum
        })
        .collect()
}

fn by_weight(dice: &mut Dice, sums: &[u64]) -> usize {
    let all = *sums.last().expect("something to draw from");
    let drawn = dice.next_u64() % all;
    sums.partition_point(|sum| *sum <= drawn)
}

/// Whether a rate is a share of the value, or that and so much for the first unit of quantity.
fn plain(text: Option<&RateText>, first_unit: Option<&tariff::Unit>) -> bool {
    let Some(RateText::Duty(duty)) = text else { return false };
    match duty {
        DutyExpression::Free => true,
        DutyExpression::Sum(terms) => terms.iter().all(|term| match &term.per {
            Per::Value(part) => *part == Part::Article,
            Per::Unit { unit, above, .. } => *above.numer() == 0 && first_unit == Some(unit),
        }),
        DutyExpression::PerDegree { .. } => false,
    }
}

impl Drawing {
    /// Lines from January 2025 to December 2026, of codes that were in the tariff all that time.
    pub fn new(ledger: &Ledger, seed: u64) -> Drawing {
        let schedule = &ledger.schedules["us"];
        let day = |y, m, d| Day::new(y, m, d).expect("a day");
        let (first, last) = (day(2025, 1, 1), day(2026, 12, 31));
        let known = schedule.span().expect("a schedule").1;
        let codes = |on| -> Vec<Code> {
            let found = schedule.codes_on(on, known).into_iter();
            found
                .filter(|(code, line)| {
                    code.digits() == 10
                        && !code.is_special()
                        && plain(line.general(), schedule.units(*code, on, known).first())
                        && plain(line.other(), schedule.units(*code, on, known).first())
                })
                .map(|(code, _)| code)
                .collect()
        };
        let held = codes(last);
        let mut codes: Vec<Code> =
            codes(first).into_iter().filter(|code| held.binary_search(code).is_ok()).collect();
        let mut dice = Dice::new(seed);
        // Which code is traded most has nothing to do with its number.
        for at in (1..codes.len()).rev() {
            codes.swap(at, dice.below(at + 1));
        }
        let origins: Vec<Country> = ORIGINS
            .split_whitespace()
            .map(|code| Country::parse(code).expect("two letters"))
            .collect();
        Drawing {
            dice,
            code_weights: zipf(codes.len()),
            origin_weights: zipf(origins.len()),
            codes,
            origins,
            first_day: first.number(),
        }
    }

    pub fn codes(&self) -> &[Code] {
        &self.codes
    }

    pub fn line(&mut self) -> DrawnLine {
        let code = self.codes[by_weight(&mut self.dice, &self.code_weights)];
        let origin = self.origins[by_weight(&mut self.dice, &self.origin_weights)];
        let entered = self.first_day + self.dice.below(DAYS) as i32;
        // From some hundred dollars to some hundred thousand, small ones more often.
        let magnitude = 10i64.pow(2 + self.dice.below(4) as u32);
        let dollars = magnitude + self.dice.below(9 * magnitude as usize) as i64;
        let value_cents = dollars * 100 + self.dice.below(100) as i64;
        let quantity = 1 + self.dice.below(5000) as i64;
        let mut more = More::Nothing;
        if self.dice.one_in(SPECIAL_ONE_IN) {
            more = match (self.dice.below(3), origin.as_str()) {
                (0, "CA" | "MX") => More::Claim("S"),
                (0, "KR") => More::Claim("KR"),
                (0 | 1, _) => More::Loaded(5 + self.dice.below(40) as i32),
                _ => More::AmericanPercent(10 + self.dice.below(60) as i64),
            };
        }
        DrawnLine { code, origin, entered, value_cents, quantity, more }
    }
}
