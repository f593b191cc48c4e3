//! Errors put into a filing, one kind at a time, so that it is known what should be found.

use entry::refund::Cause;
use tariff::{Cents, Code, Exact, round_half_up};

use super::filing::{FiledLine, FiledRow};
use super::headings::Headings;
use crate::mutate::dice::Dice;

/// An error in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// The place of the line in its entry, from 0.
    pub line: usize,
    pub heading: Code,
    pub cause: Cause,
    /// Filed less owed.
    pub amount: Cents,
    /// How it came about.
    pub what: String,
}

/// Differences that come to no more than this in an entry are taken for rounding.
const ROUNDING_MAX: Cents = Cents(300);

/// How often a place for an error is drawn before the entry is left as it is.
const DRAWS_MAX: usize = 12;

/// The kinds of errors, in the order in which they are planted.
pub const CAUSES: [Cause; 6] = [
    Cause::MissingHeading,
    Cause::ExtraHeading,
    Cause::WrongRate,
    Cause::WrongBasis,
    Cause::Arithmetic,
    Cause::Rounding,
];

/// Puts one error of a kind into an entry; nothing where no line of it is fit. `recent` are headings
/// with their rates that were filed on other lines not long before.
pub fn plant(
    lines: &mut [FiledLine],
    cause: Cause,
    headings: &Headings,
    recent: &[(Code, Exact)],
    dice: &mut Dice,
) -> Vec<Slip> {
    if cause == Cause::Rounding {
        return round_off(lines, dice);
    }
    let values: Vec<Cents> = lines.iter().map(|line| line.value).collect();
    for _ in 0..DRAWS_MAX {
        let at = dice.below(lines.len());
        if !lines[at].exact {
            continue;
        }
        let others: Vec<Cents> = bases(&values, at);
        let line = &mut lines[at];
        let slip = match cause {
            Cause::MissingHeading => missing(line, headings, dice),
            Cause::ExtraHeading => extra(line, headings, recent, dice),
            Cause::WrongRate => wrong_rate(line, headings, dice),
            Cause::WrongBasis => wrong_basis(line, &others, headings, dice),
            _ => arithmetic(line, headings, dice),
        };
        if let Some((heading, amount, what)) = slip {
            return vec![Slip { line: at, heading, cause, amount, what }];
        }
    }
    Vec::new()
}

/// What else the rate of a line could have been applied to: the values of the other lines, and all of
/// them together.
fn bases(values: &[Cents], at: usize) -> Vec<Cents> {
    let others = values.iter().enumerate().filter(|(other, _)| *other != at);
    let mut bases: Vec<Cents> = others.map(|(_, value)| *value).collect();
    if values.len() > 1 {
        bases.push(values.iter().copied().sum());
    }
    bases.retain(|base| *base != values[at]);
    bases
}

type Found = Option<(Code, Cents, String)>;

fn missing(line: &mut FiledLine, headings: &Headings, dice: &mut Dice) -> Found {
    let fit = |row: &FiledRow| {
        let owed = row.amount - row.base.unwrap_or(Cents::ZERO);
        row.heading.is_special() && owed > ROUNDING_MAX && !headings.asserts(row.heading)
    };
    let at = one_row(line, fit, dice)?;
    let row = line.rows.remove(at);
    let base = row.base.unwrap_or(Cents::ZERO);
    let commodity = line.rows.last_mut()?;
    commodity.amount += base;
    Some((row.heading, base - row.amount, "the row is not there".to_owned()))
}

fn extra(
    line: &mut FiledLine,
    headings: &Headings,
    recent: &[(Code, Exact)],
    dice: &mut Dice,
) -> Found {
    let (heading, rate) = *dice.one(recent)?;
    let amount = of_value(rate, line.value);
    let stands = line.rows.iter().any(|row| row.heading == heading);
    if stands || headings.asserts(heading) || amount <= ROUNDING_MAX {
        return None;
    }
    let row = FiledRow { heading, amount, rate: Some(rate), base: None, value: Cents::ZERO };
    line.rows.insert(0, row);
    Some((heading, amount, format!("{} of the value", percent(rate))))
}

fn wrong_rate(line: &mut FiledLine, headings: &Headings, dice: &mut Dice) -> Found {
    let claims = line.claim.is_some();
    let totalled = line.rows.iter().any(|row| row.base.is_some());
    // The duty of the commodity row may be that of another column, or of none of a preference.
    let of_column = |row: &FiledRow| {
        let preferred = claims && row.amount == Cents::ZERO;
        !row.heading.is_special() && !totalled && (row.rate.is_some() || preferred)
    };
    let at = one_row(line, |row| is_rated(row, headings) || of_column(row), dice)?;
    let value = line.value;
    let columns = line.columns.clone();
    let row = &mut line.rows[at];
    let right = row.rate.unwrap_or(Exact::ZERO);
    let rates: Vec<Exact> = if row.heading.is_special() {
        headings.rates_of_program(row.heading).filter(|rate| *rate != right).collect()
    } else {
        columns.into_iter().filter(|rate| *rate != right).collect()
    };
    let rate = *dice.one(&rates)?;
    let difference = change(row, of_value(rate, value))?;
    Some((row.heading, difference, format!("{} for {}", percent(rate), percent(right))))
}

fn wrong_basis(
    line: &mut FiledLine,
    others: &[Cents],
    headings: &Headings,
    dice: &mut Dice,
) -> Found {
    let at = one_row(line, |row| is_rated(row, headings), dice)?;
    let value = line.value;
    let row = &mut line.rows[at];
    let rate = row.rate?;
    let basis = *dice.one(others)?;
    let amount = of_value(rate, basis);
    if is_of_a_rate(amount, value, row.heading, headings) {
        return None;
    }
    let difference = change(row, amount)?;
    Some((row.heading, difference, format!("{} of {}", percent(rate), basis.grouped())))
}

fn arithmetic(line: &mut FiledLine, headings: &Headings, dice: &mut Dice) -> Found {
    let fit = |row: &FiledRow| {
        row.rate.is_some() && (!row.heading.is_special() || !headings.asserts(row.heading))
    };
    let at = one_row(line, fit, dice)?;
    let value = line.value;
    let columns = line.columns.clone();
    let row = &mut line.rows[at];
    let rate = row.rate?;
    // Off by up to a quarter of the amount, up or down.
    let off = 301 + dice.below((row.amount.0 / 4).max(300) as usize) as i64;
    let amount = Cents(if dice.below(2) == 0 { row.amount.0 + off } else { row.amount.0 - off });
    if amount <= Cents::ZERO
        || is_of_a_basis(amount, rate)
        || columns.iter().any(|rate| of_value(*rate, value) == amount)
        || is_of_a_rate(amount, value, row.heading, headings)
    {
        return None;
    }
    let was = row.amount;
    let difference = change(row, amount)?;
    Some((row.heading, difference, format!("{} for {}", amount.grouped(), was.grouped())))
}

/// Cents on one or two rows, three dollars together at most.
fn round_off(lines: &mut [FiledLine], dice: &mut Dice) -> Vec<Slip> {
    let mut slips: Vec<Slip> = Vec::new();
    for _ in 0..1 + dice.below(2) {
        let at = dice.below(lines.len());
        if slips.iter().any(|slip| slip.line == at) || !lines[at].exact {
            continue;
        }
        let fit = |row: &FiledRow| row.amount > ROUNDING_MAX && row.base.is_none();
        let Some(row) = one_row(&lines[at], fit, dice) else { continue };
        let row = &mut lines[at].rows[row];
        let off = 1 + dice.below(ROUNDING_MAX.0 as usize / 2) as i64;
        let off = Cents(if dice.below(2) == 0 { off } else { -off });
        row.amount += off;
        slips.push(Slip {
            line: at,
            heading: row.heading,
            cause: Cause::Rounding,
            amount: off,
            what: "cents".to_owned(),
        });
    }
    slips
}

/// The place of a row that is fit.
fn one_row(line: &FiledLine, fit: impl Fn(&FiledRow) -> bool, dice: &mut Dice) -> Option<usize> {
    let fit: Vec<usize> = (0..line.rows.len()).filter(|at| fit(&line.rows[*at])).collect();
    dice.one(&fit).copied()
}

/// A heading of chapter 99 with a rate of the whole value.
fn is_rated(row: &FiledRow, headings: &Headings) -> bool {
    row.heading.is_special() && row.rate.is_some() && !headings.asserts(row.heading)
}

/// Puts another amount in a row and gives the difference; nothing where it is one of rounding.
fn change(row: &mut FiledRow, amount: Cents) -> Option<Cents> {
    let difference = amount - row.amount;
    if Cents(difference.0.abs()) <= ROUNDING_MAX {
        return None;
    }
    row.amount = amount;
    Some(difference)
}

/// Whether an amount is a whole number of dollars at a rate.
fn is_of_a_basis(amount: Cents, rate: Exact) -> bool {
    let dollars = round_half_up(amount.exact() / rate);
    [-1, 0, 1].iter().any(|by| of_value(rate, Cents((dollars as i64 + by) * 100)) == amount)
}

/// Whether an amount is the value at a rate of the same program, or at any rate of tenths of a percent.
fn is_of_a_rate(amount: Cents, value: Cents, heading: Code, headings: &Headings) -> bool {
    if headings.rates_of_program(heading).any(|rate| of_value(rate, value) == amount) {
        return true;
    }
    let tenths = round_half_up(amount.exact() / value.exact() * 1000);
    of_value(Exact::new(tenths, 1000), value) == amount
}

fn of_value(rate: Exact, value: Cents) -> Cents {
    Cents::from_exact(rate * value.exact()).unwrap_or(Cents::ZERO)
}

fn percent(rate: Exact) -> String {
    format!("{}%", tariff::exact_decimal(rate * 100))
}
