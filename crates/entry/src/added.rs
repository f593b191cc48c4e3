//! The added columns of several tables, one after the other in one array each.

use std::sync::{Arc, LazyLock};

use arrow::array::{
    ArrayRef, BooleanBufferBuilder, Decimal128Array, DictionaryArray, Int32Array, StringArray,
};
use arrow::buffer::{NullBuffer, ScalarBuffer};
use arrow::compute::{cast, take};
use arrow::datatypes::{DataType, Int32Type};
use arrow::error::ArrowError;
use engine::ABSENT;
use rustc_hash::FxHashMap;

use crate::entries::Faults;
use crate::output::MONEY;
use crate::source::PIECE_ROWS;

/// A column of money that grows table by table.
///
/// Of most programs most pieces owe nothing: such a column costs no memory of its own, it is a part of
/// one array of zeros that all share.
#[derive(Default)]
pub(crate) struct MoneyColumn {
    rows: usize,
    /// Empty as long as every amount was 0.
    cents: Vec<i128>,
    /// `None` as long as every row has an amount.
    stated: Option<BooleanBufferBuilder>,
    owed: bool,
}

static ZEROS: LazyLock<ScalarBuffer<i128>> =
    LazyLock::new(|| std::iter::repeat_n(0, PIECE_ROWS).collect());

impl MoneyColumn {
    /// Appends the cents of a table; [`ABSENT`] and rows with a fault are null.
    pub fn put(&mut self, cents: &[i64], faults: &Faults, room: usize) {
        let before = self.rows;
        self.rows += cents.len();
        let (mut any, mut all_stated) = (0, true);
        for cents in cents {
            any |= *cents;
            all_stated &= *cents != ABSENT;
        }
        if any != 0 && self.cents.is_empty() {
            self.cents.reserve_exact(room.max(self.rows));
            self.cents.resize(before, 0);
        }
        if any != 0 {
            let stated = |cents: i64| if cents == ABSENT { 0 } else { i128::from(cents) };
            self.cents.extend(cents.iter().map(|cents| stated(*cents)));
            self.owed |= cents
                .iter()
                .enumerate()
                .any(|(row, cents)| *cents != 0 && *cents != ABSENT && !faults.contains_key(&row));
        } else if !self.cents.is_empty() {
            self.cents.resize(self.rows, 0);
        }
        if (!all_stated || !faults.is_empty()) && self.stated.is_none() {
            let mut builder = BooleanBufferBuilder::new(room.max(self.rows));
            builder.append_n(before, true);
            self.stated = Some(builder);
        }
        if let Some(stated) = &mut self.stated {
            cents.iter().for_each(|cents| stated.append(*cents != ABSENT));
            faults.keys().for_each(|row| stated.set_bit(before + row, false));
        }
    }

    /// Whether some row has an amount other than 0.
    pub fn is_owed(&self) -> bool {
        self.owed
    }

    pub fn finish(self) -> ArrayRef {
        let values = match self.cents.is_empty() && self.rows <= ZEROS.len() {
            true => ZEROS.slice(0, self.rows),
            false => {
                let mut cents = self.cents;
                cents.resize(self.rows, 0);
                cents.into()
            }
        };
        let nulls = self.stated.map(|mut stated| NullBuffer::new(stated.finish()));
        let array = Decimal128Array::new(values, nulls).with_data_type(MONEY);
        Arc::new(array)
    }
}

/// A column of texts that lines share, which grows table by table.
#[derive(Clone, Default)]
pub(crate) struct WordColumn {
    keys: Vec<i32>,
    texts: Vec<String>,
    places: FxHashMap<String, i32>,
}

impl WordColumn {
    /// Appends the texts of a table: `word` gives the text of a place, `fault` that of a bad row.
    pub fn put<'a>(
        &mut self,
        places: &[u32],
        faults: &Faults,
        word: impl Fn(u32) -> &'a str,
        fault: impl Fn(usize) -> String,
    ) {
        let before = self.keys.len();
        // What a place means holds for one table only.
        let mut known: FxHashMap<u32, i32> = FxHashMap::default();
        let mut last = None;
        for place in places {
            let key = match last {
                Some((same, key)) if same == *place => key,
                _ => *known.entry(*place).or_insert_with(|| self.key(word(*place))),
            };
            last = Some((*place, key));
            self.keys.push(key);
        }
        for row in faults.keys() {
            self.keys[before + row] = self.key(&fault(*row));
        }
    }

    fn key(&mut self, text: &str) -> i32 {
        if let Some(key) = self.places.get(text) {
            return *key;
        }
        let key = self.texts.len() as i32;
        self.texts.push(text.to_owned());
        self.places.insert(text.to_owned(), key);
        key
    }

    /// As texts of this type: each different text is made into it once.
    ///
    /// # Errors
    /// When it is no type of texts.
    pub fn finish(self, words: &DataType) -> Result<ArrayRef, ArrowError> {
        let texts: ArrayRef = Arc::new(StringArray::from_iter_values(self.texts));
        let keys = Int32Array::from(self.keys);
        if let DataType::Dictionary(..) = words {
            return cast(&DictionaryArray::<Int32Type>::new(keys, texts), words);
        }
        take(&cast(&texts, words)?, &keys, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::RowError;
    use arrow::array::{Array, AsArray};
    use arrow::datatypes::Decimal128Type;

    fn fault_of(row: usize) -> Faults {
        Faults::from([(row, RowError::new("value", "is empty", ""))])
    }

    #[test]
    fn money_over_tables_keeps_zeros_amounts_and_gaps_in_their_rows() {
        let mut column = MoneyColumn::default();
        column.put(&[0, 0], &Faults::new(), 8);
        column.put(&[0, 5, ABSENT], &Faults::new(), 8);
        column.put(&[7, 0], &fault_of(0), 8);
        assert!(column.is_owed());
        let array = column.finish();
        let cents: Vec<Option<i128>> = array.as_primitive::<Decimal128Type>().iter().collect();
        assert_eq!(cents, [Some(0), Some(0), Some(0), Some(5), None, None, Some(0)]);
    }

    #[test]
    fn a_column_of_zeros_is_shared_and_owes_nothing() {
        let mut column = MoneyColumn::default();
        column.put(&[0; 100], &Faults::new(), 200);
        column.put(&[0; 100], &fault_of(3), 200);
        assert!(!column.is_owed());
        let array = column.finish();
        assert_eq!((array.len(), array.null_count()), (200, 1));
        assert!(array.is_null(103));
        let values = array.as_primitive::<Decimal128Type>().values().as_ptr();
        assert_eq!(values, ZEROS.as_ptr());
    }

    #[test]
    fn words_of_tables_with_other_places_are_kept_apart() {
        let mut column = WordColumn::default();
        column.put(&[0, 1, 1], &Faults::new(), |at| ["a", "b"][at as usize], |_| String::new());
        column.put(&[0, 0], &fault_of(1), |_| "b", |_| "bad".to_owned());
        let word = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        for words in [DataType::Utf8, DataType::Utf8View, DataType::LargeUtf8, word] {
            let array = column.clone().finish(&words).unwrap();
            assert_eq!(array.data_type(), &words);
            let texts = cast(&array, &DataType::Utf8).unwrap();
            let texts: Vec<Option<&str>> = texts.as_string::<i32>().iter().collect();
            assert_eq!(texts, ["a", "b", "b", "b", "bad"].map(Some));
        }
    }
}
