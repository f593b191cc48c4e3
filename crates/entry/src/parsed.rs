//! Columns of text, each distinct text parsed once.

use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::datatypes::{DataType, Int32Type};
use rustc_hash::FxHashMap;

use crate::error::FileError;

/// What the texts of a column mean. It is kept from table to table, so that a text is parsed once.
#[derive(Debug)]
pub(crate) struct Parsed<T> {
    places: FxHashMap<Box<str>, u32>,
    values: Vec<T>,
    /// The dictionary of the last table, with the place of each of its texts.
    dictionary: Option<(ArrayRef, Vec<u32>)>,
}

/// Whether two dictionaries are one in memory; as the first is held, no other can lie in its place.
fn same(a: &StringArray, b: &StringArray) -> bool {
    a.len() == b.len()
        && a.value_offsets().as_ptr() == b.value_offsets().as_ptr()
        && a.value_data().as_ptr() == b.value_data().as_ptr()
}

/// The most texts that are kept before a column starts anew.
const KEPT_MAX: usize = 1 << 15;

impl<T> Default for Parsed<T> {
    fn default() -> Parsed<T> {
        Parsed { places: FxHashMap::default(), values: Vec::new(), dictionary: None }
    }
}

impl<T> Parsed<T> {
    /// Forgets everything: what the values point at is gone.
    pub fn clear(&mut self) {
        *self = Parsed::default();
    }

    /// Gives `put` each row with what its text means; a row without text has the text "".
    pub fn rows(
        &mut self,
        column: &ArrayRef,
        mut parse: impl FnMut(&str) -> T,
        mut put: impl FnMut(usize, &T),
    ) {
        let Some(array) = column.as_dictionary_opt::<Int32Type>() else {
            if self.values.len() > KEPT_MAX {
                self.clear();
            }
            let array: &StringArray = column.as_string();
            let mut last: Option<(&str, u32)> = None;
            for row in 0..array.len() {
                let text = if array.is_null(row) { "" } else { array.value(row) };
                let place = match last {
                    Some((same, place)) if same == text => place,
                    _ => self.place(text, &mut parse),
                };
                last = Some((text, place));
                put(row, &self.values[place as usize]);
            }
            return;
        };
        let texts: &StringArray = array.values().as_string();
        if !self.dictionary.as_ref().is_some_and(|(known, _)| same(known.as_string(), texts)) {
            if self.values.len() > KEPT_MAX {
                self.clear();
            }
            let places = (0..texts.len())
                .map(|at| if texts.is_null(at) { "" } else { texts.value(at) })
                .map(|text| self.place(text, &mut parse))
                .collect();
            self.dictionary = Some((array.values().clone(), places));
        }
        let nothing = self.place("", &mut parse);
        let (_, places) = self.dictionary.as_ref().expect("just set");
        let keys = array.keys();
        for row in 0..keys.len() {
            let place = if keys.is_null(row) { nothing } else { places[keys.value(row) as usize] };
            put(row, &self.values[place as usize]);
        }
    }

    fn place(&mut self, text: &str, parse: &mut impl FnMut(&str) -> T) -> u32 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = self.values.len() as u32;
        self.values.push(parse(text));
        self.places.insert(text.into(), place);
        place
    }
}

/// Whether a column holds text in any of its forms, or nothing at all.
pub(crate) fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// A text column in one of the two forms that [`Parsed`] reads.
pub(crate) fn plain_text(column: &ArrayRef) -> Result<ArrayRef, FileError> {
    let wanted = match column.data_type() {
        DataType::Utf8 => return Ok(column.clone()),
        DataType::Dictionary(key, values)
            if **key == DataType::Int32 && **values == DataType::Utf8 =>
        {
            // A damaged Parquet file may say text and hold none.
            if column.as_dictionary::<Int32Type>().values().data_type() != &DataType::Utf8 {
                return Err(FileError::new(
                    "a column of text holds no text",
                    "write the file again",
                ));
            }
            return Ok(column.clone());
        }
        DataType::Dictionary(..) => {
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
        }
        _ => DataType::Utf8,
    };
    arrow::compute::cast(column, &wanted)
        .map_err(|e| FileError::new(format!("a text column cannot be read: {e}"), ""))
}

/// A column in a form that has a text: a moment of a named zone is told in UTC.
pub(crate) fn tellable(column: &ArrayRef) -> ArrayRef {
    if let DataType::Timestamp(unit, Some(_)) = column.data_type() {
        let utc = DataType::Timestamp(*unit, Some("+00:00".into()));
        return arrow::compute::cast(column, &utc).unwrap_or_else(|_| column.clone());
    }
    column.clone()
}
