//! What lines are grouped by.

use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, Int64Array, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use engine::Wanted;

use crate::error::FileError;
use crate::groups::{Group, Groups};
use crate::head::settled;
use crate::output::Output;

/// One key of a grouping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    Program,
    By,
    Origin,
    /// The first digits of the code; 10 for the whole of it.
    Code(u8),
    /// The date of entry, by the side that levies: its first 4, 7 or 10 letters.
    Entered(u8),
    Status,
    /// A column of the input, by its place.
    Column(usize),
}

/// Keys in the order they were asked for, each with its name. The side that levies is always among
/// them: currencies do not add up.
#[derive(Clone, Debug)]
pub struct Grouping {
    keys: Vec<(String, Key)>,
}

const NAMED: [(&str, Key); 11] = [
    ("program", Key::Program),
    ("by", Key::By),
    ("origin", Key::Origin),
    ("code", Key::Code(10)),
    ("chapter", Key::Code(2)),
    ("hs4", Key::Code(4)),
    ("hs6", Key::Code(6)),
    ("year", Key::Entered(4)),
    ("month", Key::Entered(7)),
    ("day", Key::Entered(10)),
    ("status", Key::Status),
];

/// The columns of a group besides its keys.
const SUMS: [&str; 6] = ["currency", "lines", "value", "duty", "rate", "lines_without_duty"];

/// The type of a sum of money.
const SUM: DataType = DataType::Decimal128(38, 2);
const RATE: DataType = DataType::Decimal128(38, 6);

impl Grouping {
    /// Reads names separated by commas: those of the keys, and of columns of the input.
    ///
    /// # Errors
    /// A name that is neither, or that stands twice.
    pub fn parse(text: &str, input: &Schema) -> Result<Grouping, FileError> {
        let mut keys: Vec<(String, Key)> = Vec::new();
        for name in text.split(',').map(str::trim) {
            let key = key(name, input)?;
            if keys.iter().any(|(known, _)| known == name) {
                return Err(FileError::new(format!("`{name}` stands twice"), "name each key once"));
            }
            keys.push((name.to_owned(), key));
        }
        if !keys.iter().any(|(_, key)| *key == Key::By) {
            keys.push(("by".to_owned(), Key::By));
        }
        Ok(Grouping { keys })
    }

    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter().map(|(_, key)| key)
    }

    /// The names of all columns of a group: its keys, then its sums.
    pub fn names(&self) -> Vec<&str> {
        self.keys.iter().map(|(name, _)| name.as_str()).chain(SUMS).collect()
    }

    pub fn by_program(&self) -> bool {
        self.keys().any(|key| *key == Key::Program)
    }

    /// What the engine is to give.
    pub fn wanted(&self) -> Wanted {
        Wanted { programs: self.by_program(), range: false, words: false }
    }

    /// The columns of a file of groups.
    pub fn schema(&self) -> Schema {
        let text = |name: &str| Field::new(name, DataType::Utf8, true);
        let keys = self.keys.iter().map(|(name, _)| text(name));
        let sums = [
            text("currency"),
            Field::new("lines", DataType::Int64, false),
            Field::new("value", SUM, false),
            Field::new("duty", SUM, false),
            Field::new("rate", RATE, true),
            Field::new("lines_without_duty", DataType::Int64, false),
        ];
        Schema::new(keys.chain(sums).collect::<Vec<_>>())
    }

    /// The groups as columns; `currency` gives the currency of a side.
    pub fn columns(&self, groups: &Groups, currency: impl Fn(&str) -> String) -> Vec<ArrayRef> {
        let text = |texts: Vec<&str>| Arc::new(StringArray::from(texts)) as ArrayRef;
        let mut columns: Vec<ArrayRef> = (0..self.keys.len())
            .map(|at| text(groups.keys().map(|key| key[at].1.as_str()).collect()))
            .collect();
        let by = self.side();
        let currencies: Vec<String> = groups.keys().map(|key| currency(&key[by].1)).collect();
        columns.push(text(currencies.iter().map(String::as_str).collect()));
        let count = |of: fn(&Group) -> u64| {
            Arc::new(groups.values().map(|g| of(g) as i64).collect::<Int64Array>()) as ArrayRef
        };
        let decimal = |kind: DataType, of: fn(&Group) -> Option<i128>| {
            let array: Decimal128Array = groups.values().map(of).collect();
            Arc::new(array.with_data_type(kind)) as ArrayRef
        };
        columns.push(count(|g| g.lines));
        columns.push(decimal(SUM, |g| Some(g.value.0)));
        columns.push(decimal(SUM, |g| Some(g.duty.0)));
        columns.push(decimal(RATE, Group::rate_ppm));
        columns.push(count(|g| g.without_duty));
        columns
    }

    /// The place of the side that levies among the keys.
    pub fn side(&self) -> usize {
        self.keys().position(|key| *key == Key::By).expect("it is always among them")
    }
}

fn key(name: &str, input: &Schema) -> Result<Key, FileError> {
    if let Some((_, key)) = NAMED.iter().find(|(known, _)| *known == name) {
        return Ok(key.clone());
    }
    let taken = SUMS.contains(&name) || Output::plain().amounts().contains(&name);
    let place = input.fields().iter().position(|f| f.name() == name || settled(f.name()) == name);
    match place {
        Some(at) if !taken => Ok(Key::Column(at)),
        _ => {
            let named: Vec<&str> = NAMED.iter().map(|(name, _)| *name).collect();
            let help = format!(
                "one of {}, or a column of the input, separated by commas",
                named.join(", ")
            );
            Err(FileError::new(format!("lines cannot be grouped by `{name}`"), help))
        }
    }
}
