//! Interest on duties: the rates of the quarters, compounded every day. `docs/interest.md` goes through
//! an example by hand.

use ledger::{InterestRate, InterestRates};
use tariff::{Cents, Day, Exact, round_half_up};

/// Whom interest is owed to, which fixes the rate: 26 USC 6621(a).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Creditor {
    /// Duty was paid too late.
    Customs,
    /// Duty comes back to an importer that is no corporation.
    Importer,
    /// Duty comes back to a corporation.
    Corporation,
    /// The same, with the reduced rate on what exceeds the amount that the ledger names. Whether that
    /// holds for duties is an open question.
    CorporationReduced,
}

/// What interest comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interest {
    /// Rounded once. Days without a rate add nothing to it.
    pub amount: Cents,
    /// Days that it runs.
    pub days: i32,
    /// The first day for which the ledger holds no rate: from there the amount is a part of what is
    /// owed, and not exact.
    pub unknown_from: Option<Day>,
}

/// Days that follow each other, of one rate in years of one length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub first: Day,
    pub days: i32,
    /// A share of the amount a year; `None` where the ledger holds no rate.
    pub rate: Option<Exact>,
    /// 365 or 366: in a leap year a day earns a 366th of the rate (Rev. Proc. 95-17).
    pub year_days: i32,
}

/// The factor is counted in units of one over this.
const SCALE: i128 = 10i128.pow(27);
/// What is left of these decimals when amounts are multiplied, so that 128 bits hold them.
const CUT: i128 = 10i128.pow(13);

/// Interest on an amount deposited on one day, to the day of liquidation or reliquidation (19 USC
/// 1505(c), 19 CFR 24.36(a)(1)), compounded daily (26 USC 6622). The day of deposit does not count,
/// the last day does. Where `to` is not after `from` there is none.
///
/// Counted with 27 decimals, rounded down on every day: before the one rounding the largest amount is off
/// by less than a hundredth of a cent over all the years that a ledger may hold, and over two years by
/// less than a millionth.
pub fn interest(
    rates: &InterestRates,
    creditor: Creditor,
    amount: Cents,
    from: Day,
    to: Day,
) -> Interest {
    let above = Cents((amount.0 - rates.reduced_above.0).max(0));
    let parts = match creditor {
        Creditor::Customs => [(InterestRate::Underpayment, amount), NOTHING],
        Creditor::Importer => [(InterestRate::Overpayment, amount), NOTHING],
        Creditor::Corporation => [(InterestRate::Corporate, amount), NOTHING],
        Creditor::CorporationReduced => {
            [(InterestRate::Corporate, amount - above), (InterestRate::CorporateReduced, above)]
        }
    };
    let mut scaled = 0;
    let mut unknown_from = None;
    for (rate, part) in parts {
        if part == Cents::ZERO {
            continue;
        }
        let stretches = stretches(rates, rate, from, to);
        unknown_from = stretches.iter().find(|s| s.rate.is_none()).map(|s| s.first);
        let gained = growth(&stretches) - SCALE;
        let part = i128::from(part.0);
        scaled += part * (gained / CUT) + part * (gained % CUT) / CUT;
    }
    let cents = round_half_up(Exact::new(scaled, SCALE / CUT));
    Interest {
        amount: Cents(i64::try_from(cents).unwrap_or(i64::MAX)),
        days: to.days_since(from).max(0),
        unknown_from,
    }
}

const NOTHING: (InterestRate, Cents) = (InterestRate::Corporate, Cents::ZERO);

/// What a deposit of one grows to, in units of one over [`SCALE`].
fn growth(stretches: &[Stretch]) -> i128 {
    let mut factor = SCALE;
    for stretch in stretches {
        let Some(rate) = stretch.rate else { continue };
        let year = i128::from(stretch.year_days) * rate.denom();
        for _ in 0..stretch.days {
            factor = factor * (year + rate.numer()) / year;
        }
    }
    factor
}

/// The days that interest runs, by rate: the day after `from` is the first, `to` the last.
pub fn stretches(rates: &InterestRates, rate: InterestRate, from: Day, to: Day) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut day = from.next();
    while day <= to {
        let quarter = rates.of(day);
        let of_day = quarter.map(|quarter| quarter.rate(rate));
        let year_days = if Day::new(day.year(), 2, 29).is_some() { 366 } else { 365 };
        // All days of a quarter are alike, and outside of quarters those of a year.
        let year_end = Day::new(day.year() + 1, 1, 1).unwrap_or(to);
        let next_held = rates.quarters.iter().map(|q| q.from).find(|first| *first > day);
        let until = match quarter {
            Some(quarter) => quarter.until,
            None => next_held.map_or(year_end, |held| held.min(year_end)),
        };
        let until = until.min(to.next());
        let days = until.days_since(day);
        match stretches.last_mut() {
            Some(last) if (last.rate, last.year_days) == (of_day, year_days) => last.days += days,
            _ => stretches.push(Stretch { first: day, days, rate: of_day, year_days }),
        }
        day = until;
    }
    stretches
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use ledger::Ledger;
    use proptest::prelude::*;

    use super::*;

    static RATES: LazyLock<InterestRates> =
        LazyLock::new(|| Ledger::embedded().interest["us"].clone());

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn cents(creditor: Creditor, amount: i64, from: &str, to: &str) -> i64 {
        interest(&RATES, creditor, Cents(amount), day(from), day(to)).amount.0
    }

    #[test]
    fn the_example_of_the_page_is_what_is_computed() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/interest.md");
        let page = std::fs::read_to_string(page).unwrap();
        let (from, to) = ("2025-05-30", "2026-08-14");
        let of = |creditor| cents(creditor, 10_000_000, from, to);
        assert_eq!(of(Creditor::Importer), 855_367);
        assert_eq!(of(Creditor::Corporation), 725_022);
        assert_eq!(of(Creditor::CorporationReduced), 551_686);
        for told in ["**8,553.67**", "**7,250.22**", "**5,516.86**"] {
            assert!(page.contains(told), "{told}");
        }
        // Every stretch and its growth to twelve decimals stand in the tables of the page.
        for rate in [InterestRate::Overpayment, InterestRate::Corporate] {
            let stretches = stretches(&RATES, rate, day(from), day(to));
            let days: Vec<i32> = stretches.iter().map(|stretch| stretch.days).collect();
            assert_eq!(days, [305, 91, 45]);
            for stretch in &stretches {
                let grown = round_half_up(Exact::new(growth(&[*stretch]), 10i128.pow(15)));
                let told = format!("1.{:012}", grown - 10i128.pow(12));
                assert!(page.contains(&told), "{told}");
            }
        }
    }

    #[test]
    fn a_day_earns_the_rate_of_its_own_quarter() {
        // 10,000,000.00 at 7% a day is 1,917.81, at 6% it is 1,643.84.
        let million = 1_000_000_000;
        assert_eq!(cents(Creditor::Importer, million, "2026-03-30", "2026-03-31"), 191_781);
        assert_eq!(cents(Creditor::Importer, million, "2026-03-31", "2026-04-01"), 164_384);
        assert_eq!(cents(Creditor::Importer, million, "2026-06-30", "2026-07-01"), 191_781);
        assert_eq!(cents(Creditor::Customs, million, "2026-06-30", "2026-07-01"), 191_781);
        assert_eq!(cents(Creditor::Corporation, million, "2026-06-30", "2026-07-01"), 164_384);
        assert_eq!(cents(Creditor::Importer, million, "2026-06-30", "2026-06-30"), 0);
        assert_eq!(cents(Creditor::Importer, million, "2026-06-30", "2026-06-01"), 0);
    }

    #[test]
    fn the_reduced_rate_is_for_what_exceeds_ten_thousand_dollars() {
        let (from, to) = ("2025-01-01", "2026-10-01");
        let of = |creditor, amount| cents(creditor, amount, from, to);
        for amount in [1, 999_999, 1_000_000] {
            let reduced = of(Creditor::CorporationReduced, amount);
            assert_eq!(reduced, of(Creditor::Corporation, amount), "{amount}");
        }
        let (reduced, whole) =
            (of(Creditor::CorporationReduced, 1_100_000), of(Creditor::Corporation, 1_100_000));
        assert!(of(Creditor::Corporation, 1_000_000) < reduced && reduced < whole);
    }

    #[test]
    fn a_leap_year_has_days_of_a_366th() {
        let mut rates = RATES.clone();
        // The rates of a year earlier, so that one of them is a leap year.
        for quarter in &mut rates.quarters {
            let earlier = |day: Day| {
                let text = day.to_string();
                Day::parse(&format!("{}{}", day.year() - 1, &text[4..])).unwrap()
            };
            (quarter.from, quarter.until) = (earlier(quarter.from), earlier(quarter.until));
        }
        let of = |from: &str, to: &str| {
            interest(&rates, Creditor::Importer, Cents(1_000_000_000), day(from), day(to)).amount
        };
        // 10,000,000.00 at 7%: 1,912.57 a day in 2024, 1,917.81 in 2025.
        assert_eq!(of("2024-02-28", "2024-02-29"), Cents(191_257));
        assert_eq!(of("2024-12-30", "2024-12-31"), Cents(191_257));
        assert_eq!(of("2024-12-31", "2025-01-01"), Cents(191_781));
        let year_days: Vec<i32> =
            stretches(&rates, InterestRate::Overpayment, day("2024-12-01"), day("2025-02-01"))
                .iter()
                .map(|stretch| stretch.year_days)
                .collect();
        assert_eq!(year_days, [366, 365]);
    }

    #[test]
    fn days_without_a_rate_are_told_and_earn_nothing() {
        let of = |from: &str, to: &str| {
            interest(&RATES, Creditor::Importer, Cents(10_000_000), day(from), day(to))
        };
        let covered = of("2026-10-01", "2026-12-31");
        assert_eq!(covered.unknown_from, None);
        let beyond = of("2026-10-01", "2027-03-01");
        assert_eq!(beyond.unknown_from, Some(day("2027-01-01")));
        assert_eq!((beyond.amount, beyond.days), (covered.amount, 151));
        assert_eq!(of("2024-11-01", "2025-01-02").unknown_from, Some(day("2024-11-02")));
        assert_eq!(of("2030-01-01", "2031-01-01").amount, Cents::ZERO);
    }

    proptest! {
        #[test]
        fn interest_grows_with_amount_and_time(
            amount in 1i64..9_000_000_000_000_000,
            more in 0i64..1_000_000,
            start in 0i32..700,
            days in 0i32..700,
            longer in 0i32..30,
        ) {
            let from = day("2025-01-01").plus(start.min(600));
            let to = from.plus(days).min(day("2026-12-31"));
            let later = to.plus(longer).min(day("2026-12-31"));
            let of = |amount, to| {
                interest(&RATES, Creditor::Corporation, Cents(amount), from, to).amount
            };
            prop_assert!(of(amount, to) <= of(amount + more, to));
            prop_assert!(of(amount, to) <= of(amount, later));
            let (corporate, other) = (
                of(amount, to),
                interest(&RATES, Creditor::Importer, Cents(amount), from, to).amount,
            );
            prop_assert!(corporate <= other);
        }

        #[test]
        fn growth_over_two_times_is_that_over_both(start in 0i32..300, a in 0i32..200, b in 0i32..200) {
            let from = day("2025-01-01").plus(start);
            let (middle, to) = (from.plus(a), from.plus(a + b));
            let of = |from, to| growth(&stretches(&RATES, InterestRate::Overpayment, from, to)) / CUT;
            let apart = of(from, middle) * of(middle, to) / (SCALE / CUT);
            prop_assert!((apart - of(from, to)).abs() <= 4);
        }
    }
}
