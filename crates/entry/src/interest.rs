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
        Creditor::CorporationReduced => [
            (InterestRate::Corporate, amount - above),
            (InterestRate::CorporateReduced, above),
        ],
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
pub fn stretches(
    rates: &InterestRates,
    rate: InterestRate,
    from: Day,
    to: Day,
) -> Vec<Stretch> {
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
