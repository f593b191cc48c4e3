//! The text of cells, for CSV and for people.

use arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, DictionaryArray, StringArray};
use arrow::datatypes::{DataType, Int32Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};

use crate::amounts::decimal_text;
use crate::error::FileError;
use crate::format::csv::put_field;

/// A column whose cells are written as CSV.
pub(crate) enum Cells<'a> {
    Text(&'a StringArray),
    /// The texts of the dictionary, quoted already.
    Dictionary(&'a DictionaryArray<Int32Type>, Vec<Vec<u8>>),
    Money(&'a Decimal128Array),
    Other(Box<ArrayFormatter<'a>>),
}

impl<'a> Cells<'a> {
    pub fn of(column: &'a ArrayRef) -> Result<Cells<'a>, FileError> {
        match column.data_type() {
            DataType::Utf8 => return Ok(Cells::Text(column.as_string())),
            DataType::Decimal128(_, 2) => return Ok(Cells::Money(column.as_primitive())),
            DataType::Dictionary(key, value)
                if **key == DataType::Int32 && **value == DataType::Utf8 =>
            {
                let array = column.as_dictionary::<Int32Type>();
                let texts: &StringArray = array.values().as_string();
                // A dictionary much larger than its column is not worth quoting whole.
                if texts.len() <= 2 * column.len() + 64 {
                    let quoted = (0..texts.len()).map(|at| {
                        let mut out = Vec::new();
                        if !texts.is_null(at) {
                            put_field(&mut out, texts.value(at).as_bytes());
                        }
                        out
                    });
                    return Ok(Cells::Dictionary(array, quoted.collect()));
                }
            }
            _ => {}
        }
        const FORMAT: FormatOptions<'static> = FormatOptions::new();
        ArrayFormatter::try_new(column.as_ref(), &FORMAT)
            .map(|formatter| Cells::Other(Box::new(formatter)))
            .map_err(|e| {
                FileError::new(
                    format!("a column has no text: {e}"),
                    "write Parquet, or leave the column out",
                )
            })
    }

    /// A cell as plain text.
    pub fn text(&self, row: usize) -> String {
        let text = |array: &StringArray, at: usize| {
            if array.is_null(at) { String::new() } else { array.value(at).to_owned() }
        };
        match self {
            Cells::Text(array) => text(array, row),
            Cells::Dictionary(array, _) if array.keys().is_null(row) => String::new(),
            Cells::Dictionary(array, _) => {
                text(array.values().as_string(), array.keys().value(row) as usize)
            }
            Cells::Money(array) if array.is_null(row) => String::new(),
            Cells::Money(array) => decimal_text(array.value(row), 2),
            Cells::Other(formatter) => formatter.value(row).to_string(),
        }
    }

    /// Appends a cell, quoted as CSV wants it.
    pub fn put(&self, row: usize, out: &mut Vec<u8>) {
        match self {
            Cells::Text(array) if array.is_null(row) => {}
            Cells::Text(array) => put_field(out, array.value(row).as_bytes()),
            Cells::Dictionary(array, quoted) => {
                if !array.keys().is_null(row) {
                    out.extend_from_slice(&quoted[array.keys().value(row) as usize]);
                }
            }
            Cells::Money(array) if array.is_null(row) => {}
            Cells::Money(array) => put_money(out, array.value(row)),
            Cells::Other(formatter) => {
                put_field(out, formatter.value(row).to_string().as_bytes());
            }
        }
    }
}

/// Appends an amount in hundredths: `-12.05`.
fn put_money(out: &mut Vec<u8>, hundredths: i128) {
    let Ok(number) = u64::try_from(hundredths.unsigned_abs()) else {
        out.extend_from_slice(decimal_text(hundredths, 2).as_bytes());
        return;
    };
    if hundredths < 0 {
        out.push(b'-');
    }
    let mut digits = [b'0'; 20];
    let (mut rest, mut at) = (number / 100, digits.len());
    while rest > 0 || at == digits.len() {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&digits[at..]);
    let cents = (number % 100) as u8;
    out.extend_from_slice(&[b'.', b'0' + cents / 10, b'0' + cents % 10]);
}
