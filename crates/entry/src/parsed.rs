//! Columns of text, each distinct text parsed once.

use arrow::array::builder::make_view;
use arrow::array::{Array, ArrayRef, AsArray, GenericStringArray, OffsetSizeTrait, StringArray};
use arrow::datatypes::{DataType, Int32Type};
use rustc_hash::FxHashMap;

use crate::error::FileError;

/// What the texts of a column mean. It is kept from table to table, so that a text is parsed once.
#[derive(Debug)]
pub(crate) struct Parsed<T> {
    /// Texts of at most [`SHORT`] bytes by their view, which holds all of them: a whole number is found
    /// without comparing texts, and columns of views have it already.
    short: FxHashMap<u128, u32>,
    long: FxHashMap<Box<str>, u32>,
    /// Short texts met of late, each where its view points to: few texts stand in most rows, and these
    /// stay near the processor.
    recent: Vec<(u128, u32)>,
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

/// The longest text that an Arrow view holds within itself.
const SHORT: usize = 12;

/// How many places `recent` has, as a power of two.
const RECENT_BITS: u32 = 12;

/// The most texts that are kept before a column starts anew.
const KEPT_MAX: usize = 1 << 15;

impl<T> Default for Parsed<T> {
    fn default() -> Parsed<T> {
        Parsed {
            short: FxHashMap::default(),
            long: FxHashMap::default(),
            recent: Vec::new(),
            values: Vec::new(),
            dictionary: None,
        }
    }
}

impl<T> Parsed<T> {
    /// Forgets everything: what the values point at is gone.
    pub fn clear(&mut self) {
        *self = Parsed::default();
    }

    /// Gives `put` each row with what its text means, those without a text first: theirs is "".
    pub fn rows(
        &mut self,
        column: &ArrayRef,
        mut parse: impl FnMut(&str) -> T,
        mut put: impl FnMut(usize, &T),
    ) {
        let nothing = self.place("", &mut parse);
        if let Some(nulls) = column.nulls().filter(|nulls| nulls.null_count() > 0) {
            let unstated = (0..nulls.len()).filter(|row| nulls.is_null(*row));
            unstated.for_each(|row| put(row, &self.values[nothing as usize]));
        }
        self.stated(column, parse, put);
    }

    /// Gives `put` each row that has a text with what it means.
    pub fn stated(
        &mut self,
        column: &ArrayRef,
        mut parse: impl FnMut(&str) -> T,
        mut put: impl FnMut(usize, &T),
    ) {
        let Some(array) = column.as_dictionary_opt::<Int32Type>() else {
            return self.texts(column, parse, put);
        };
        let texts: &StringArray = array.values().as_string();
        if !self.dictionary.as_ref().is_some_and(|(known, _)| same(known.as_string(), texts)) {
            self.make_room();
            let places = (0..texts.len())
                .map(|at| if texts.is_null(at) { "" } else { texts.value(at) })
                .map(|text| self.place(text, &mut parse))
                .collect();
            self.dictionary = Some((array.values().clone(), places));
        }
        let (_, places) = self.dictionary.as_ref().expect("just set");
        let keys = array.keys().values();
        valid(column, |row| put(row, &self.values[places[keys[row] as usize] as usize]));
    }

    /// The rows of a column of texts that stand by themselves.
    fn texts(
        &mut self,
        column: &ArrayRef,
        parse: impl FnMut(&str) -> T,
        put: impl FnMut(usize, &T),
    ) {
        self.make_room();
        match column.data_type() {
            DataType::Utf8View => {
                let array = column.as_string_view();
                let views = array.views();
                let short = |row: usize| (views[row] as u32 as usize <= SHORT).then(|| views[row]);
                self.each(column, short, |row| array.value(row), parse, put);
            }
            DataType::LargeUtf8 => self.plain(column, column.as_string::<i64>(), parse, put),
            _ => self.plain(column, column.as_string::<i32>(), parse, put),
        }
    }

    fn plain<O: OffsetSizeTrait>(
        &mut self,
        column: &ArrayRef,
        array: &GenericStringArray<O>,
        parse: impl FnMut(&str) -> T,
        put: impl FnMut(usize, &T),
    ) {
        let short = |row: usize| {
            let text = array.value(row);
            (text.len() <= SHORT).then(|| make_view(text.as_bytes(), 0, 0))
        };
        self.each(column, short, |row| array.value(row), parse, put);
    }

    /// `short` gives the view of a short text.
    fn each<'t>(
        &mut self,
        column: &ArrayRef,
        short: impl Fn(usize) -> Option<u128>,
        text: impl Fn(usize) -> &'t str,
        mut parse: impl FnMut(&str) -> T,
        mut put: impl FnMut(usize, &T),
    ) {
        let nothing = self.place("", &mut parse);
        if self.recent.is_empty() {
            // The view of no text is 0.
            self.recent = vec![(0, nothing); 1 << RECENT_BITS];
        }
        let mut last = (0, nothing);
        valid(column, |row| {
            let place = match short(row) {
                Some(view) => {
                    if view != last.0 {
                        let slot = slot(view);
                        if self.recent[slot].0 != view {
                            let known = self.short.get(&view).copied();
                            let place = known.unwrap_or_else(|| self.place(text(row), &mut parse));
                            self.recent[slot] = (view, place);
                        }
                        last = self.recent[slot];
                    }
                    last.1
                }
                None => self.place(text(row), &mut parse),
            };
            put(row, &self.values[place as usize]);
        });
    }

    /// Between tables, where no row points at what is forgotten.
    fn make_room(&mut self) {
        if self.values.len() > KEPT_MAX {
            self.clear();
        }
    }

    fn place(&mut self, text: &str, parse: &mut impl FnMut(&str) -> T) -> u32 {
        let view = (text.len() <= SHORT).then(|| make_view(text.as_bytes(), 0, 0));
        let known = match view {
            Some(view) => self.short.get(&view),
            None => self.long.get(text),
        };
        if let Some(place) = known {
            return *place;
        }
        let place = self.values.len() as u32;
        self.values.push(parse(text));
        match view {
            Some(view) => self.short.insert(view, place),
            None => self.long.insert(text.into(), place),
        };
        place
    }
}

/// Gives `take` each row that is not null.
fn valid(column: &ArrayRef, take: impl FnMut(usize)) {
    match column.nulls() {
        Some(nulls) => nulls.valid_indices().for_each(take),
        None => (0..column.len()).for_each(take),
    }
}

fn slot(view: u128) -> usize {
    let folded = (view as u64) ^ ((view >> 64) as u64);
    (folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - RECENT_BITS)) as usize
}

/// Whether a column holds text in any of its forms, or nothing at all.
pub(crate) fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// A text column in one of the forms that [`Parsed`] reads.
pub(crate) fn legible_text(column: &ArrayRef) -> Result<ArrayRef, FileError> {
    match column.data_type() {
        DataType::Utf8View | DataType::LargeUtf8 => Ok(column.clone()),
        _ => plain_text(column),
    }
}

/// Gives `put` the text of each row of a column in a form that [`legible_text`] gives, but for
/// dictionaries; a row without text has the text "".
pub(crate) fn each_text(column: &ArrayRef, mut put: impl FnMut(usize, &str)) {
    macro_rules! texts {
        ($array:expr) => {{
            let array = $array;
            for row in 0..array.len() {
                put(row, if array.is_null(row) { "" } else { array.value(row) });
            }
        }};
    }
    match column.data_type() {
        DataType::Utf8View => texts!(column.as_string_view()),
        DataType::LargeUtf8 => texts!(column.as_string::<i64>()),
        _ => texts!(column.as_string::<i32>()),
    }
}

/// A text column as texts of 32 bits, or a dictionary of them.
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_text_means_the_same_in_every_form_of_column() {
        let many: Vec<String> = (0..20_000).map(|n| n.to_string()).collect();
        let mut texts = vec![Some("twelve bytes"), None, Some(""), Some("more than twelve"), None];
        texts.extend(many.iter().map(|text| Some(text.as_str())));
        texts.extend([Some("more than twelve"), Some("twelve bytes"), Some("17")]);
        let column: ArrayRef = Arc::new(StringArray::from(texts.clone()));
        let word = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        for form in [DataType::Utf8, DataType::LargeUtf8, DataType::Utf8View, word] {
            let column = arrow::compute::cast(&column, &form).unwrap();
            assert_eq!(legible_text(&column).unwrap().data_type(), &form);
            let mut parsed: Parsed<String> = Parsed::default();
            // Twice: as a text is first met, and as it is known.
            for rows in [column.slice(0, 20_000), column.clone()] {
                let mut read = vec!["unread".to_owned(); rows.len()];
                parsed.rows(&rows, str::to_owned, |row, text| read[row].clone_from(text));
                let wanted = texts[..rows.len()].iter().map(|text| text.unwrap_or_default());
                assert!(read.iter().map(String::as_str).eq(wanted), "{form}");
            }
        }
    }
}
