//! The official JSON export of the schedule, as it is published.
//!
//! Source: the U.S. International Trade Commission, one array of rows for each revision. The files
//! are generous with nulls, tags and misprints; nothing here corrects them, it only reads.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;

use flate2::read::MultiGzDecoder;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use tariff::{Code, InvalidCode};
use thiserror::Error;

/// A file with more bytes than this, unpacked, is not a tariff schedule (the real ones have 14 MB).
const FILE_BYTES: u64 = 256 << 20;

/// One official file.
#[derive(Clone, Debug)]
pub struct Official {
    pub file: String,
    pub rows: Vec<Row>,
}

/// One row, its cells as printed.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// `None` for the rows that only carry a description.
    pub code: Option<Result<Code, InvalidCode>>,
    /// Depth in the hierarchy of descriptions, from 0.
    pub indent: usize,
    pub description: String,
    pub units: Vec<String>,
    pub general: String,
    pub special: String,
    pub other: String,
    /// The texts of the footnotes: `See 9903.88.15.`
    pub footnotes: Vec<String>,
}

/// Why a file is not a schedule.
#[derive(Debug, Error)]
pub enum OfficialError {
    #[error("{0} cannot be unpacked: {1}; fetch it again")]
    Packed(String, std::io::Error),
    #[error("{0} is larger than 256 MB unpacked; it is not a tariff schedule")]
    TooLarge(String),
    #[error("{0} is not UTF-8 text (byte {1}); fetch the JSON export again")]
    NotText(String, usize),
    #[error("{0} does not start with `[`: the official export is an array of rows")]
    NotRows(String),
    #[error("{0} is not the official JSON: {1}")]
    NotJson(String, serde_json::Error),
    #[error("{0} holds no row with an `htsno`; is it the export of the tariff schedule?")]
    NoCodes(String),
}

impl Official {
    /// Reads a `.json` or `.json.gz`; which of the two is seen from the bytes. `file` is the name
    /// used in messages.
    ///
    /// # Errors
    /// When the bytes are not an array of rows. Keys that are missing, null or of another kind of
    /// value read as blank.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Official, OfficialError> {
        let name = || file.to_owned();
        let mut unpacked = Vec::new();
        let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
            MultiGzDecoder::new(bytes)
                .take(FILE_BYTES + 1)
                .read_to_end(&mut unpacked)
                .map_err(|e| OfficialError::Packed(name(), e))?;
            unpacked.as_slice()
        } else {
            bytes
        };
        if bytes.len() as u64 > FILE_BYTES {
            return Err(OfficialError::TooLarge(name()));
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|e| OfficialError::NotText(name(), e.valid_up_to()))?;
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if !text.starts_with('[') {
            return Err(OfficialError::NotRows(name()));
        }
        let rows: Vec<RawRow<'_>> =
            serde_json::from_str(text).map_err(|e| OfficialError::NotJson(name(), e))?;
        let rows: Vec<Row> = rows.into_iter().map(Row::from).collect();
        if rows.iter().all(|row| row.code.is_none()) {
            return Err(OfficialError::NoCodes(name()));
        }
        Ok(Official { file: name(), rows })
    }
}

#[derive(Deserialize)]
struct RawRow<'a> {
    #[serde(borrow, default)]
    htsno: Cell<'a>,
    #[serde(borrow, default)]
    indent: Cell<'a>,
    #[serde(borrow, default)]
    description: Cell<'a>,
    #[serde(borrow, default)]
    units: Cell<'a>,
    #[serde(borrow, default)]
    general: Cell<'a>,
    #[serde(borrow, default)]
    special: Cell<'a>,
    #[serde(borrow, default)]
    other: Cell<'a>,
    #[serde(borrow, default)]
    footnotes: Cell<'a>,
}

/// Any JSON value, kept as the texts in it: nulls and missing keys are none, an object (a footnote)
/// is its `value`. A file has a quarter of a million of them, most with one text or none.
#[derive(Default)]
enum Cell<'a> {
    #[default]
    None,
    One(Cow<'a, str>),
    Many(Vec<Cow<'a, str>>),
}

impl<'a> Cell<'a> {
    fn text(self) -> Cow<'a, str> {
        match self {
            Cell::None => Cow::Borrowed(""),
            Cell::One(text) => text,
            Cell::Many(texts) => texts.into_iter().next().unwrap_or_default(),
        }
    }

    fn texts(self) -> Vec<String> {
        match self {
            Cell::None => Vec::new(),
            Cell::One(text) => vec![text.into_owned()],
            Cell::Many(texts) => texts.into_iter().map(Cow::into_owned).collect(),
        }
    }

    fn join(self, more: Cell<'a>) -> Cell<'a> {
        match (self, more) {
            (Cell::None, cell) | (cell, Cell::None) => cell,
            (Cell::One(one), Cell::One(other)) => Cell::Many(vec![one, other]),
            (Cell::Many(mut texts), Cell::One(one)) => {
                texts.push(one);
                Cell::Many(texts)
            }
            (Cell::One(one), Cell::Many(more)) => {
                Cell::Many(std::iter::once(one).chain(more).collect())
            }
            (Cell::Many(mut texts), Cell::Many(more)) => {
                texts.extend(more);
                Cell::Many(texts)
            }
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Cell<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Cell<'a>, D::Error> {
        deserializer.deserialize_any(CellVisitor)
    }
}

struct CellVisitor;

impl<'de> Visitor<'de> for CellVisitor {
    type Value = Cell<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a cell of the schedule")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cell<'de>, E> {
        Ok(Cell::One(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cell<'de>, E> {
        Ok(Cell::One(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Cell<'de>, E> {
        Ok(Cell::One(Cow::Owned(text)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Cell<'de>, E> {
        Ok(Cell::One(Cow::Owned(number.to_string())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Cell<'de>, E> {
        Ok(Cell::One(Cow::Owned(number.to_string())))
    }

    // The shortest decimal that reads back, which is what was printed: `101.21` stays `101.21`.
    fn visit_f64<E>(self, number: f64) -> Result<Cell<'de>, E> {
        Ok(Cell::One(Cow::Owned(number.to_string())))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Cell<'de>, E> {
        Ok(Cell::None)
    }

    fn visit_unit<E>(self) -> Result<Cell<'de>, E> {
        Ok(Cell::None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Cell<'de>, A::Error> {
        let mut cell = Cell::None;
        while let Some(more) = seq.next_element::<Cell<'de>>()? {
            cell = cell.join(more);
        }
        Ok(cell)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cell<'de>, A::Error> {
        let mut value = Cell::None;
        while let Some(key) = map.next_key::<Cell<'de>>()? {
            if key.text() == "value" {
                value = map.next_value()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(value)
    }
}

impl From<RawRow<'_>> for Row {
    fn from(raw: RawRow<'_>) -> Row {
        let htsno = raw.htsno.text();
        let bare = htsno.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let htsno = if bare { htsno } else { crate::rate::unmarked(&htsno).into() };
        Row {
            code: (!htsno.is_empty()).then(|| Code::parse(&htsno)),
            indent: raw.indent.text().trim().parse().unwrap_or(0),
            description: raw.description.text().into_owned(),
            units: raw.units.texts(),
            general: raw.general.text().into_owned(),
            special: raw.special.text().into_owned(),
            other: raw.other.text().into_owned(),
            footnotes: raw.footnotes.texts(),
        }
    }
}
