//! Shares of a value, and the rounding of what they come to.

use tariff::{Cents, Exact};

/// An exact share, as two integers that fit a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Share {
    pub numerator: i64,
    pub denominator: i64,
}

/// What stands for an amount beyond all bounds, as in the oracle.
pub(crate) const CAPPED: i64 = i64::MAX / 4;

impl Share {
    /// `None` for a share that is negative or does not fit.
    pub fn of(share: Exact) -> Option<Share> {
        let numerator = i64::try_from(*share.numer()).ok()?;
        let denominator = i64::try_from(*share.denom()).ok()?;
        (numerator >= 0).then_some(Share { numerator, denominator })
    }

    pub fn exact(self) -> Exact {
        Exact::new(i128::from(self.numerator), i128::from(self.denominator))
    }

    /// The share in ten millionths, where it is a whole number of them and not above 1,000%.
    pub fn ten_millionths(self) -> Option<u32> {
        let whole = i128::from(self.numerator) * 10_000_000;
        let denominator = i128::from(self.denominator);
        let count = whole / denominator;
        (whole % denominator == 0 && count <= 100_000_000).then_some(count as u32)
    }

    /// The share of a basis that is not negative, in cents, a half cent up (19 CFR 159.3).
    pub fn cents(self, basis: i64) -> i64 {
        // Most products fit a register, and a division of that size is a quick one.
        let (n, d) = (self.numerator as u64, self.denominator as u64);
        let doubled = (2 * n).checked_mul(basis as u64).and_then(|product| product.checked_add(d));
        if let Some(doubled) = doubled
            && d <= u64::MAX / 2
            && basis >= 0
        {
            return i64::try_from(doubled / (2 * d)).unwrap_or(CAPPED);
        }
        let (n, d) = (i128::from(self.numerator), i128::from(self.denominator));
        // Both factors have 63 bits, so doubled they fit.
        let cents = (2 * n * i128::from(basis) + d) / (2 * d);
        i64::try_from(cents).unwrap_or(CAPPED)
    }
}

/// Whole units of currency to cents, rounded once.
pub(crate) fn cents(amount: Exact) -> i64 {
    Cents::from_exact(amount).map_or(CAPPED, |cents| cents.0)
}

/// Cents as whole units of currency.
pub(crate) fn units(cents: i64) -> Exact {
    Cents(cents).exact()
}

/// The least value in cents of which a share comes to two cents, so that rounding cannot make it none.
pub(crate) fn least_cents(share: Exact) -> i64 {
    let least = (share.recip() * 2).ceil();
    i64::try_from(least.to_integer()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tariff::limits;

    #[test]
    fn a_share_rounds_like_the_exact_product_up_to_the_largest_amounts() {
        let shares = [(0, 1), (1, 40), (1, 3), (29, 8), (1, 1_000_000_007), (9_999_999_999, 10)];
        let bases = [0, 1, 4, 5, 6, 12_345, limits::AMOUNT_MAX.0 - 1, limits::AMOUNT_MAX.0];
        for (n, d) in shares {
            let exact = Exact::new(n, d);
            let share = Share::of(exact).unwrap();
            for basis in bases {
                assert_eq!(share.cents(basis), cents(exact * units(basis)), "{n}/{d} of {basis}");
            }
        }
    }
}
