//! A column of a Parquet row group from values that the caller holds as a dictionary: no value is looked
//! up once more for each of its rows.

use ::parquet::basic::{Compression, Encoding, Type};
use ::parquet::column::page::{CompressedPage, Page, PageWriter};
use ::parquet::column::writer::ColumnCloseResult;
use ::parquet::data_type::ByteArray;
use ::parquet::errors::{ParquetError, Result};
use ::parquet::file::metadata::ColumnChunkMetaData;
use ::parquet::file::statistics::{Statistics, ValueStatistics};
use ::parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use ::parquet::schema::types::{ColumnDescPtr, ColumnDescriptor};
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Date32Type, Decimal64Type, Int32Type};
use bytes::Bytes;
use rustc_hash::FxHashMap;

use crate::format::row_group::ColumnChunk;

/// A column in the making.
pub(crate) struct DictionaryColumn {
    descriptor: ColumnDescPtr,
    /// The values that some row has, in the order in which rows had them first: the bytes do not depend on
    /// how the caller's dictionaries were made.
    values: Values,
    /// For each row the place of its value, [`NOTHING`] where it has none.
    rows: Vec<u32>,
    /// The dictionary of the last rows, with the place of each of its values, [`NOTHING`] as long as no
    /// row had it.
    last: Option<(ArrayRef, Vec<u32>)>,
}

enum Values {
    Texts(FxHashMap<Box<str>, u32>, Vec<u8>),
    Numbers(FxHashMap<i64, u32>, Vec<i64>),
}

const NOTHING: u32 = u32::MAX;

/// The most rows of a page.
const PAGE_ROWS: usize = 1 << 16;

/// Longer texts are no bounds of a column: they would swell the footer.
const BOUND_BYTES_MAX: usize = 64;

impl DictionaryColumn {
    /// Whether such a column can be written so.
    pub fn takes(descriptor: &ColumnDescriptor, column: &ArrayRef) -> bool {
        let Some(array) = column.as_dictionary_opt::<Int32Type>() else { return false };
        descriptor.max_rep_level() == 0
            && matches!(
                (descriptor.physical_type(), array.values().data_type()),
                (Type::BYTE_ARRAY, DataType::Utf8)
                    | (Type::INT64, DataType::Decimal64(..))
                    | (Type::INT32, DataType::Date32)
            )
    }

    pub fn new(descriptor: ColumnDescPtr) -> DictionaryColumn {
        let values = match descriptor.physical_type() {
            Type::INT64 | Type::INT32 => Values::Numbers(FxHashMap::default(), Vec::new()),
            _ => Values::Texts(FxHashMap::default(), Vec::new()),
        };
        DictionaryColumn { descriptor, values, rows: Vec::new(), last: None }
    }

    /// Appends rows.
    ///
    /// # Errors
    /// When the column has no dictionary of such values, or nothing stands where something must.
    pub fn put(&mut self, column: &ArrayRef) -> Result<()> {
        if !DictionaryColumn::takes(&self.descriptor, column) {
            let message = format!("a dictionary was to go on, and {} came", column.data_type());
            return Err(ParquetError::General(message));
        }
        let array = column.as_dictionary::<Int32Type>();
        let values = array.values();
        let known = self.last.take().filter(|(last, _)| same(last, values));
        let mut places = known.map_or_else(|| vec![NOTHING; values.len()], |(_, places)| places);
        let keys = array.keys();
        self.rows.reserve(keys.len());
        let nulls = keys.nulls().filter(|nulls| nulls.null_count() > 0);
        for (row, key) in keys.values().iter().enumerate() {
            let place = if nulls.is_some_and(|nulls| nulls.is_null(row)) {
                NOTHING
            } else {
                let place = &mut places[*key as usize];
                if *place == NOTHING && values.is_valid(*key as usize) {
                    *place = self.values.place(values, *key as usize);
                }
                *place
            };
            self.rows.push(place);
        }
        if self.descriptor.max_def_level() == 0 && self.rows.contains(&NOTHING) {
            let message = "nothing stands in a column that is never without".to_owned();
            return Err(ParquetError::General(message));
        }
        self.last = Some((values.clone(), places));
        Ok(())
    }

    /// The pages of the column.
    ///
    /// # Errors
    /// When there are more values than a page can hold.
    pub fn finish(self) -> Result<ColumnChunk> {
        let mut sink = TrackedWrite::new(Vec::new());
        let mut pages = SerializedPageWriter::new(&mut sink);
        let (mut size, mut plain_size) = (0, 0);
        let mut write = |bytes: &[u8], page: &dyn Fn(Bytes) -> Page| -> Result<u64> {
            let compressed = snap::raw::Encoder::new().compress_vec(bytes);
            let compressed = compressed.map_err(|e| ParquetError::General(e.to_string()))?;
            let page = CompressedPage::new(page(compressed.into()), bytes.len());
            let written = pages.write_page(page)?;
            size += written.compressed_size as i64;
            plain_size += written.uncompressed_size as i64;
            Ok(written.bytes_written)
        };
        let count = self.values.len();
        let kind = self.descriptor.physical_type();
        let data_page_offset = write(&self.values.plain(kind), &|buf| Page::DictionaryPage {
            buf,
            num_values: count as u32,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        })?;
        // Some readers know no numbers without bits.
        let bits = (usize::BITS - count.saturating_sub(1).leading_zeros()).max(1);
        let mut rest = self.rows.as_slice();
        loop {
            let (page, more) = rest.split_at(rest.len().min(PAGE_ROWS));
            write(&self.page(page, bits), &|buf| Page::DataPage {
                buf,
                num_values: page.len() as u32,
                encoding: Encoding::RLE_DICTIONARY,
                def_level_encoding: Encoding::RLE,
                rep_level_encoding: Encoding::RLE,
                statistics: None,
            })?;
            rest = more;
            if rest.is_empty() {
                break;
            }
        }
        pages.close()?;
        let without = self.rows.iter().filter(|place| **place == NOTHING).count();
        let mut metadata = ColumnChunkMetaData::builder(self.descriptor)
            .set_compression(Compression::SNAPPY)
            .set_encodings(vec![Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY])
            .set_num_values(self.rows.len() as i64)
            .set_total_compressed_size(size)
            .set_total_uncompressed_size(plain_size)
            .set_dictionary_page_offset(Some(0))
            .set_data_page_offset(data_page_offset as i64);
        if let Some(statistics) = self.values.statistics(kind, without as u64) {
            metadata = metadata.set_statistics(statistics);
        }
        let close = ColumnCloseResult {
            bytes_written: size as u64,
            rows_written: self.rows.len() as u64,
            metadata: metadata.build()?,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        Ok(ColumnChunk::Made(Bytes::from(sink.into_inner()?), Box::new(close)))
    }

    /// Which rows have a value, and the places of those that do.
    fn page(&self, rows: &[u32], bits: u32) -> Vec<u8> {
        let mut page = Vec::new();
        if self.descriptor.max_def_level() > 0 {
            let stated = rows.iter().map(|place| u32::from(*place != NOTHING));
            let mut levels = Vec::new();
            put_numbers(&mut levels, &stated.collect::<Vec<u32>>(), 1);
            page.extend_from_slice(&(levels.len() as u32).to_le_bytes());
            page.append(&mut levels);
        }
        page.push(bits as u8);
        if rows.contains(&NOTHING) {
            let stated = rows.iter().copied().filter(|place| *place != NOTHING);
            put_numbers(&mut page, &stated.collect::<Vec<u32>>(), bits);
        } else {
            put_numbers(&mut page, rows, bits);
        }
        page
    }
}

/// Whether two arrays are one in memory; as the first is held, no other can lie in its place.
fn same(a: &ArrayRef, b: &ArrayRef) -> bool {
    std::ptr::addr_eq(a.as_ref(), b.as_ref()) || a.to_data().ptr_eq(&b.to_data())
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Values::Texts(places, _) => places.len(),
            Values::Numbers(_, numbers) => numbers.len(),
        }
    }

    /// The place of a value of a dictionary.
    fn place(&mut self, values: &ArrayRef, at: usize) -> u32 {
        match self {
            Values::Texts(places, bytes) => {
                let text = values.as_string::<i32>().value(at);
                if let Some(place) = places.get(text) {
                    return *place;
                }
                let place = places.len() as u32;
                places.insert(text.into(), place);
                bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
                bytes.extend_from_slice(text.as_bytes());
                place
            }
            Values::Numbers(places, numbers) => {
                let number = match values.as_primitive_opt::<Date32Type>() {
                    Some(days) => i64::from(days.value(at)),
                    None => values.as_primitive::<Decimal64Type>().value(at),
                };
                *places.entry(number).or_insert_with(|| {
                    numbers.push(number);
                    numbers.len() as u32 - 1
                })
            }
        }
    }

    /// The values as Parquet writes them plainly.
    fn plain(&self, kind: Type) -> Vec<u8> {
        match (self, kind) {
            (Values::Texts(_, bytes), _) => bytes.clone(),
            (Values::Numbers(_, numbers), Type::INT32) => {
                numbers.iter().flat_map(|n| (*n as i32).to_le_bytes()).collect()
            }
            (Values::Numbers(_, numbers), _) => {
                numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
            }
        }
    }

    /// The least and the most value, and how many rows have none.
    fn statistics(&self, kind: Type, without: u64) -> Option<Statistics> {
        match self {
            Values::Texts(places, _) => {
                let (least, most) = (places.keys().min()?, places.keys().max()?);
                let bound = |text: &str| {
                    let bytes = ByteArray::from(text.as_bytes().to_vec());
                    (text.len() <= BOUND_BYTES_MAX).then_some(bytes)
                };
                let bounds = (Some(bound(least)?), Some(bound(most)?));
                let of = ValueStatistics::new(bounds.0, bounds.1, None, Some(without), false);
                Some(Statistics::ByteArray(of))
            }
            Values::Numbers(_, numbers) => {
                let (least, most) = (numbers.iter().min().copied(), numbers.iter().max().copied());
                let without = Some(without);
                Some(match kind {
                    Type::INT32 => {
                        let (least, most) = (least.map(|n| n as i32), most.map(|n| n as i32));
                        Statistics::Int32(ValueStatistics::new(least, most, None, without, false))
                    }
                    _ => Statistics::Int64(ValueStatistics::new(least, most, None, without, false)),
                })
            }
        }
    }
}

/// Parquet's hybrid of runs of one number and of numbers packed bit by bit, least bits first.
fn put_numbers(out: &mut Vec<u8>, numbers: &[u32], bits: u32) {
    // Shorter runs are no shorter as runs.
    const RUN_MIN: usize = 16;
    let (mut packed_from, mut at) = (0, 0);
    while at < numbers.len() {
        let number = numbers[at];
        let same = numbers[at..].iter().take_while(|other| **other == number).count();
        // Packed numbers come by eight, so a run gives some of its own to those before it.
        let fill = (at - packed_from).next_multiple_of(8) - (at - packed_from);
        if same >= fill + RUN_MIN {
            put_packed(out, &numbers[packed_from..at + fill], bits);
            put_varint(out, ((same - fill) as u64) << 1);
            out.extend_from_slice(&number.to_le_bytes()[..bits.div_ceil(8) as usize]);
            packed_from = at + same;
        }
        at += same;
    }
    put_packed(out, &numbers[packed_from..], bits);
}

fn put_packed(out: &mut Vec<u8>, numbers: &[u32], bits: u32) {
    if numbers.is_empty() {
        return;
    }
    let groups = numbers.len().div_ceil(8);
    put_varint(out, (groups as u64) << 1 | 1);
    let (mut pending, mut held) = (0u64, 0);
    for number in numbers.iter().copied().chain(std::iter::repeat(0)).take(groups * 8) {
        pending |= u64::from(number) << held;
        held += bits;
        while held >= 8 {
            out.push(pending as u8);
            pending >>= 8;
            held -= 8;
        }
    }
}

fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
