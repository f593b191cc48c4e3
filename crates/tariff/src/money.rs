use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

use num_rational::Ratio;
use thiserror::Error;

use crate::limits::AMOUNT_MAX;

/// An exact number: a ratio of two integers. Rates and intermediate amounts are of this type; a
/// float never is.
pub type Exact = Ratio<i128>;

/// The fraction that `text` percent is: `percent("2.5")` is 1/40.
pub fn percent(text: &str) -> Option<Exact> {
    Some(parse_exact(text)? / 100)
}

/// Reads `12`, `4.375`, `1,034.50`, `1/3` and `33 1/3` exactly.
pub fn parse_exact(text: &str) -> Option<Exact> {
    let text = text.trim();
    if let Some((whole, fraction)) = text.split_once(' ') {
        let fraction = fraction.trim();
        return fraction
            .contains('/')
            .then(|| Some(parse_exact(whole)? + parse_exact(fraction)?))
            .flatten();
    }
    if let Some((n, d)) = text.split_once('/') {
        let (n, d) = (parse_exact(n)?, parse_exact(d)?);
        return (d != Exact::ZERO).then(|| n / d);
    }
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let whole = ungrouped(whole)?;
    if whole.is_empty() && decimals.is_empty()
        || !(whole.bytes().chain(decimals.bytes())).all(|b| b.is_ascii_digit())
        || whole.len() > 18
        || decimals.len() > 12
    {
        return None;
    }
    let scale = 10i128.pow(decimals.len() as u32);
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let decimals: i128 = if decimals.is_empty() { 0 } else { decimals.parse().ok()? };
    Some(Exact::new(whole * scale + decimals, scale))
}

/// Digits without their separators of thousands; `None` where these stand in wrong places.
fn ungrouped(digits: &str) -> Option<String> {
    let mut groups = digits.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let grouped = rest.is_empty() || (1..=3).contains(&first.len());
    (grouped && rest.iter().all(|group| group.len() == 3))
        .then(|| first.to_owned() + &rest.concat())
}

/// Prints an exact number as a decimal when it ends, else as a mixed fraction: `2.5`, `33 1/3`.
pub fn exact_decimal(value: Exact) -> String {
    let negative = value < Exact::ZERO;
    let value = if negative { -value } else { value };
    let (mut rest, mut places, mut scale) = (*value.denom(), 0usize, 1i128);
    while scale % rest != 0 && places < 12 {
        scale *= 10;
        places += 1;
    }
    let body = if scale % rest == 0 {
        let units = value.numer() * (scale / rest);
        if places == 0 {
            units.to_string()
        } else {
            format!("{}.{:0places$}", units / scale, units % scale)
        }
    } else {
        rest = *value.denom();
        let whole = value.numer() / rest;
        let part = format!("{}/{}", value.numer() % rest, rest);
        if whole == 0 { part } else { format!("{whole} {part}") }
    };
    if negative { format!("-{body}") } else { body }
}

/// The one rounding function: to the nearest integer, a half away from zero.
///
/// Source: 19 CFR 159.3 and CBP practice (each duty component to the cent, a half cent up).
pub fn round_half_up(value: Exact) -> i128 {
    let doubled = value * 2;
    let (n, d) = (*doubled.numer(), *doubled.denom());
    let (sign, n) = if n < 0 { (-1, -n) } else { (1, n) };
    sign * ((n + d) / (2 * d))
}

/// An amount of money in hundredths of the levying territory's currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Cents(pub i64);

/// A text that is not an amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidAmount {
    #[error("`{0}` is not an amount; write it like 10000 or 10000.50")]
    NotANumber(String),
    #[error("`{0}` is negative")]
    Negative(String),
    #[error("`{0}` is above the largest amount of 90,000,000,000,000.00")]
    TooLarge(String),
}

impl Cents {
    pub const ZERO: Cents = Cents(0);

    /// Rounds an exact amount of whole units (dollars) to cents.
    ///
    /// # Errors
    /// `None` when the amount does not fit; amounts within [`AMOUNT_MAX`](crate::limits::AMOUNT_MAX) at rates below
    /// 1,000% always do.
    pub fn from_exact(units: Exact) -> Option<Cents> {
        i64::try_from(round_half_up(units * 100)).ok().map(Cents)
    }

    /// The amount in whole units (dollars), exactly.
    pub fn exact(self) -> Exact {
        Exact::new(i128::from(self.0), 100)
    }

    /// Reads `10000`, `10,000.50`, `$2,567.49`; more than two decimals are rounded half up.
    pub fn parse(text: &str) -> Result<Cents, InvalidAmount> {
        let bare = text.trim();
        let digits = bare.strip_prefix('$').unwrap_or(bare);
        if let Some(rest) = digits.strip_prefix('-')
            && parse_exact(rest).is_some()
        {
            return Err(InvalidAmount::Negative(bare.to_owned()));
        }
        let not_a_number = || InvalidAmount::NotANumber(bare.to_owned());
        if digits.contains(['/', ' ']) {
            return Err(not_a_number());
        }
        let value = parse_exact(digits).ok_or_else(not_a_number)?;
        Cents::from_exact(value)
            .filter(|c| *c <= AMOUNT_MAX)
            .ok_or_else(|| InvalidAmount::TooLarge(bare.to_owned()))
    }

    /// With separators of thousands, for people: `-1,234.50`.
    pub fn grouped(self) -> String {
        let plain = self.to_string();
        let (sign, plain) = plain.strip_prefix('-').map_or(("", plain.as_str()), |p| ("-", p));
        let (whole, decimals) = plain.split_once('.').expect("two decimals");
        let mut out = String::new();
        for (i, c) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                out.push(',');
            }
            out.push(c);
        }
        format!("{sign}{out}.{decimals}")
    }
}

/// Two decimals, no separators: `3000.00`.
impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        f.pad(&format!("{sign}{}.{:02}", cents / 100, cents % 100))
    }
}

impl fmt::Debug for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cents({self})")
    }
}

impl Add for Cents {
    type Output = Cents;
    fn add(self, other: Cents) -> Cents {
        Cents(self.0 + other.0)
    }
}

impl Sub for Cents {
    type Output = Cents;
    fn sub(self, other: Cents) -> Cents {
        Cents(self.0 - other.0)
    }
}

impl Neg for Cents {
    type Output = Cents;
    fn neg(self) -> Cents {
        Cents(-self.0)
    }
}

impl AddAssign for Cents {
    fn add_assign(&mut self, other: Cents) {
        self.0 += other.0;
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Cents>>(amounts: I) -> Cents {
        amounts.fold(Cents::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_takes_a_half_away_from_zero() {
        let half = |n| round_half_up(Exact::new(n, 2));
        assert_eq!((half(1), half(3), half(-1), half(-3)), (1, 2, -1, -2));
        assert_eq!(round_half_up(Exact::new(1, 3)), 0);
        assert_eq!(round_half_up(Exact::new(2, 3)), 1);
        assert_eq!(Cents::from_exact(Exact::new(10_050, 10_000)), Some(Cents(101)));
    }

    #[test]
    fn exact_numbers_are_read_and_printed_without_loss() {
        assert_eq!(percent("33 1/3"), Some(Exact::new(1, 3)));
        assert_eq!(exact_decimal(Exact::new(100, 3)), "33 1/3");
        assert_eq!(parse_exact("0.020668"), Some(Exact::new(20_668, 1_000_000)));
        assert_eq!(exact_decimal(Exact::new(25, 2)), "12.5");
        assert_eq!(exact_decimal(Exact::new(-7, 1)), "-7");
        assert_eq!(parse_exact("1,034"), Some(Exact::new(1034, 1)));
        for bad in ["", ".", "1.2.3", "1e5", "1/0", "a", "1 2", "1.000,5", "1,2,3", ",100"] {
            assert_eq!(parse_exact(bad), None, "{bad}");
        }
    }

    #[test]
    fn amounts_are_read_printed_and_refused() {
        assert_eq!(Cents::parse("$2,567.49"), Ok(Cents(256_749)));
        assert_eq!(Cents::parse("0.005"), Ok(Cents(1)));
        assert_eq!(Cents(1_234_567_890).grouped(), "12,345,678.90");
        assert_eq!(Cents(-5).grouped(), "-0.05");
        assert!(matches!(Cents::parse("-1"), Err(InvalidAmount::Negative(_))));
        assert!(matches!(Cents::parse("1/2"), Err(InvalidAmount::NotANumber(_))));
        assert!(matches!(Cents::parse("99999999999999999"), Err(InvalidAmount::TooLarge(_))));
    }
}
