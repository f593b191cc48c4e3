//! Columns of money and of quantities, read exactly from every form that files hold them in.

use std::fmt::Write;

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray};
use arrow::datatypes::{
    DataType, Decimal32Type, Decimal64Type, Decimal128Type, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use tariff::{Cents, Exact, limits, parse_exact, round_half_up};

use crate::facts::FactError;
use crate::parsed::is_text;

/// In what form a column holds numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Integers over this power of ten, which [`each_scaled`] reads.
    Scaled(i8),
    /// Floating-point numbers, of which [`each_float`] gives the texts.
    Floats,
    Texts,
}

/// Whether a column of this type holds numbers that are exact.
pub(crate) fn is_exact(kind: &DataType) -> bool {
    kind.is_integer()
        || matches!(
            kind,
            DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..)
        )
}

/// Whether money can be read from it.
pub(crate) fn is_money(kind: &DataType) -> bool {
    is_exact(kind) || is_text(kind) || kind == &DataType::Float64
}

/// Whether a quantity can be read from it.
pub(crate) fn is_quantity(kind: &DataType) -> bool {
    is_money(kind) || kind == &DataType::Float32
}

/// The form of a column of this type.
pub(crate) fn form(kind: &DataType) -> Form {
    match kind {
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale) => Form::Scaled(*scale),
        kind if kind.is_integer() => Form::Scaled(0),
        DataType::Float32 | DataType::Float64 => Form::Floats,
        _ => Form::Texts,
    }
}

/// Gives `put` the number of each row that has one, of a column of [`Form::Scaled`].
pub(crate) fn each_scaled(column: &ArrayRef, put: impl FnMut(usize, i128)) {
    macro_rules! of {
        ($kind:ty) => {
            each_stated(column.as_primitive::<$kind>(), i128::from, put)
        };
    }
    match column.data_type() {
        DataType::Int8 => of!(Int8Type),
        DataType::Int16 => of!(Int16Type),
        DataType::Int32 => of!(Int32Type),
        DataType::Int64 => of!(Int64Type),
        DataType::UInt8 => of!(UInt8Type),
        DataType::UInt16 => of!(UInt16Type),
        DataType::UInt32 => of!(UInt32Type),
        DataType::UInt64 => of!(UInt64Type),
        DataType::Decimal32(..) => of!(Decimal32Type),
        DataType::Decimal64(..) => of!(Decimal64Type),
        _ => of!(Decimal128Type),
    }
}

/// Gives `put`, of each row that has a floating-point number, the shortest text that means the same.
pub(crate) fn each_float(column: &ArrayRef, mut put: impl FnMut(usize, &str)) {
    let mut text = String::new();
    macro_rules! of {
        ($kind:ty) => {
            each_stated(
                column.as_primitive::<$kind>(),
                |number| number,
                |row, number| {
                    text.clear();
                    write!(text, "{number}").expect("a text grows");
                    put(row, &text);
                },
            )
        };
    }
    match column.data_type() {
        DataType::Float32 => of!(Float32Type),
        _ => of!(Float64Type),
    }
}

fn each_stated<T: ArrowPrimitiveType, N>(
    array: &PrimitiveArray<T>,
    number: impl Fn(T::Native) -> N,
    mut put: impl FnMut(usize, N),
) {
    let values = array.values();
    match array.nulls() {
        Some(nulls) => nulls.valid_indices().for_each(|row| put(row, number(values[row]))),
        None => values.iter().enumerate().for_each(|(row, value)| put(row, number(*value))),
    }
}

fn fault(message: String, help: &str) -> FactError {
    FactError { message, help: help.to_owned() }
}

const MONEY_HELP: &str = "an amount like 10000 or 10000.50";

/// A text of money; more than two decimals are rounded half up.
pub(crate) fn cents(text: &str) -> Result<i64, FactError> {
    match scaled(text.as_bytes(), 2) {
        Some(cents) if cents <= limits::AMOUNT_MAX.0 => Ok(cents),
        _ => Cents::parse(text).map(|c| c.0).map_err(|e| fault(e.to_string(), MONEY_HELP)),
    }
}

/// Money from a number over a power of ten; more than two decimals are rounded half up.
#[inline]
pub(crate) fn cents_of(number: i128, scale: i8) -> Result<i64, FactError> {
    let cents = if scale == 2 { Some(number) } else { rescaled(number, scale, 2) };
    match cents {
        Some(cents) if (0..=i128::from(limits::AMOUNT_MAX.0)).contains(&cents) => Ok(cents as i64),
        // Said in the words that a text of this amount would get.
        _ => self::cents(&decimal_text(number, scale)),
    }
}

/// Money from the shortest text of a floating-point number; more than two decimals are rounded half up.
///
/// Such a text means what people saw when the number was written down, as long as it has no more than
/// fifteen digits before and after the point: so many a 64-bit number keeps. What arithmetic left behind
/// them (0.30000000000000004) is rounded away.
pub(crate) fn cents_of_float(text: &str) -> Result<i64, FactError> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(decimals) {
        // Negative, infinite or no number: said in the words that such a text would get.
        return cents(text);
    }
    if whole.len() > FLOAT_DIGITS - 2 {
        let message = format!("`{text}` is too large for a floating-point number with cents");
        return Err(fault(message, "give decimals or text"));
    }
    let digit = |at: usize| decimals.as_bytes().get(at).map_or(0, |byte| i64::from(byte - b'0'));
    let dollars = self::cents(whole)?;
    Ok(dollars + digit(0) * 10 + digit(1) + i64::from(digit(2) >= 5))
}

/// The decimal digits that every 64-bit floating-point number keeps.
const FLOAT_DIGITS: usize = 15;

/// A quantity from a number over a power of ten, in millionths.
#[inline]
pub(crate) fn millionths_of(number: i128, scale: i8) -> Result<i64, FactError> {
    let most = limits::QUANTITY_MAX * 1_000_000;
    let finer = 6 - i32::from(scale);
    // Almost every number: without division, and in one word.
    if let (Ok(number), 0..=6) = (i64::try_from(number), finer)
        && let Some(millionths) = number.checked_mul(10i64.pow(finer as u32))
        && (0..=most).contains(&i128::from(millionths))
    {
        return Ok(millionths);
    }
    let millionths = match finer {
        0..=18 => number.checked_mul(10i128.pow(finer as u32)),
        -38..0 if number % 10i128.pow(-finer as u32) == 0 => {
            Some(number / 10i128.pow(-finer as u32))
        }
        _ => None,
    };
    match millionths {
        Some(millionths) if (0..=most).contains(&millionths) => Ok(millionths as i64),
        _ => Err(quantity_fault(&decimal_text(number, scale))),
    }
}

/// A quantity from the shortest text of a floating-point number, in millionths.
pub(crate) fn millionths_of_float(text: &str) -> Result<i64, FactError> {
    scaled(text.as_bytes(), 6)
        .filter(|m| i128::from(*m) <= limits::QUANTITY_MAX * 1_000_000)
        .ok_or_else(|| quantity_fault(text))
}

/// A plain text of a quantity without a unit, in millionths; `None` asks for the long way.
pub(crate) fn plain_millionths(text: &str) -> Option<i64> {
    let most = limits::QUANTITY_MAX * 1_000_000;
    scaled(text.as_bytes(), 6).filter(|m| i128::from(*m) <= most)
}

/// A quantity as the facts give it, in millionths.
pub(crate) fn millionths(amount: Exact) -> i64 {
    // The facts bound it: at most six decimals and at most 10^12.
    (*(amount * 1_000_000).numer()).try_into().unwrap_or(i64::MAX)
}

fn quantity_fault(text: &str) -> FactError {
    let help =
        format!("at most {} with {} decimals", limits::QUANTITY_MAX, limits::QUANTITY_DECIMALS_MAX);
    if parse_exact(text).is_some() {
        return FactError {
            message: format!("`{text}` is too large or too fine a quantity"),
            help,
        };
    }
    FactError { message: format!("`{text}` is not a quantity"), help }
}

/// `123.45` with at most `places` decimals as an integer over 10^places. Anything that is not plain
/// digits, or does not fit, is `None`.
fn scaled(text: &[u8], places: u32) -> Option<i64> {
    if text.is_empty() || text.len() > 18 {
        return None;
    }
    let (mut value, mut decimals) = (0i64, None);
    for byte in text {
        match byte {
            b'0'..=b'9' => {
                value = value * 10 + i64::from(byte - b'0');
                decimals = decimals.map(|d: u32| d + 1);
            }
            b'.' if decimals.is_none() => decimals = Some(0),
            _ => return None,
        }
    }
    let decimals = decimals.unwrap_or(0);
    if decimals > places || text == b"." {
        return None;
    }
    value.checked_mul(10i64.pow(places - decimals))
}

fn rescaled(number: i128, scale: i8, places: i8) -> Option<i128> {
    let finer = i32::from(places) - i32::from(scale);
    match finer {
        0..=38 => number.checked_mul(10i128.checked_pow(finer as u32)?),
        -37..0 => {
            let unit = 10i128.checked_pow(-finer as u32)?;
            // Only the fraction is rounded: twice the whole might not fit.
            Some(number / unit + round_half_up(Exact::new(number % unit, unit)))
        }
        _ => None,
    }
}

/// `-12.30` for -1230 over 10^2.
pub(crate) fn decimal_text(number: i128, scale: i8) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let digits = number.unsigned_abs().to_string();
    if scale <= 0 {
        return format!("{sign}{digits}{}", "0".repeat(usize::from(scale.unsigned_abs())));
    }
    let places = usize::from(scale.unsigned_abs());
    let digits = format!("{digits:0>width$}", width = places + 1);
    let (whole, decimals) = digits.split_at(digits.len() - places);
    format!("{sign}{whole}.{decimals}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_read_to_the_cent_from_every_form() {
        for (text, wanted) in
            [("10000", 1_000_000), ("0.5", 50), ("12.345", 1235), ("1,000.50", 100_050), (".5", 50)]
        {
            assert_eq!(cents(text), Ok(wanted), "{text}");
        }
        for (number, scale, wanted) in
            [(10_000, 0, 1_000_000), (123_456, 4, 1235), (12_345, 3, 1235), (12, -2, 120_000)]
        {
            assert_eq!(cents_of(number, scale), Ok(wanted), "{number} {scale}");
        }
        assert!(cents_of(-5, 2).unwrap_err().message.contains("`-0.05` is negative"));
        for bad in ["", ".", "1.2.3", "ten", "1e5", "99999999999999999999"] {
            assert!(cents(bad).is_err(), "{bad}");
        }
        assert!(cents_of(i128::MAX, 38).is_ok() && cents_of(i128::MAX, 0).is_err());
        assert!(cents_of(i128::MAX, -100).is_err() && cents_of(i128::MIN, 2).is_err());
    }

    #[test]
    fn a_floating_point_amount_is_what_people_wrote() {
        for (number, wanted) in [
            (1234.56, 123_456),
            (0.1 + 0.2, 30),
            (1.005, 101),
            (9_999_999_999_999.99, 999_999_999_999_999),
        ] {
            assert_eq!(cents_of_float(&f64::to_string(&number)), Ok(wanted), "{number}");
        }
        for bad in [f64::NAN, f64::INFINITY, -0.01, 1e13, 1e300] {
            assert!(cents_of_float(&bad.to_string()).is_err(), "{bad}");
        }
        let all = (0..20_000i64).map(|n| n * 7_919_000_003 % 999_999_999_999_999);
        for cents in all {
            let number = cents as f64 / 100.0;
            assert_eq!(cents_of_float(&number.to_string()), Ok(cents));
        }
    }

    #[test]
    fn quantities_keep_six_decimals_and_no_more() {
        assert_eq!(millionths_of(1_234_567, 3), Ok(1_234_567_000));
        assert_eq!(millionths_of(12_000_000, 9), Ok(12_000));
        assert!(millionths_of(1, 7).is_err() && millionths_of(-1, 0).is_err());
        assert_eq!(millionths_of_float(&0.1f64.to_string()), Ok(100_000));
        assert_eq!(millionths_of_float(&1200.4f64.to_string()), Ok(1_200_400_000));
        assert!(millionths_of_float(&(0.1f64 + 0.2).to_string()).is_err());
        assert!(millionths_of_float("NaN").unwrap_err().message.contains("not a quantity"));
        assert!(millionths_of_float(&1e300f64.to_string()).is_err());
    }
}
