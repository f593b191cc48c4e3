//! Parquet: spans of row groups decoded side by side, and columns of whole row groups as they are.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use ::parquet::column::writer::ColumnCloseResult;
use ::parquet::errors::{ParquetError, Result as ParquetResult};
use ::parquet::file::reader::{ChunkReader, Length};
use ::parquet::schema::types::ColumnDescriptor;
use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use bytes::Bytes;

use crate::error::FileError;
use crate::format::row_group::ColumnChunk;
use crate::guard::guarded;
use crate::head::is_fact;
use crate::parsed::is_text;
use crate::table::{Numbers, TABLE_ROWS, Table};

/// A Parquet file that many threads read at once.
#[derive(Clone)]
pub struct ParquetFile {
    file: Shared,
    /// The columns as the file declares them.
    declared: SchemaRef,
    metadata: ArrowReaderMetadata,
}

/// The most rows of a row group that is worked on as a whole.
const WHOLE_ROWS_MAX: usize = 1 << 18;

/// Consecutive rows of one row group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub row_group: usize,
    /// The first row within the row group.
    pub from: usize,
    pub rows: usize,
    /// The number of the first row in the file, counted from 1.
    pub number: u64,
}

fn damaged() -> FileError {
    unreadable("it is damaged")
}

fn unreadable(error: impl std::fmt::Display) -> FileError {
    let message = format!("cannot be read as Parquet: {error}");
    FileError::new(message, "the file may be cut short; write it again")
}

impl ParquetFile {
    /// Reads the footer.
    ///
    /// # Errors
    /// When it is no Parquet file, or one with a compression that is not built in.
    pub fn open(file: File) -> Result<ParquetFile, FileError> {
        let file = Shared::new(file).map_err(unreadable)?;
        if file.length == 0 {
            return Err(FileError::new("the file is empty", "it needs columns and lines"));
        }
        let load = || ArrowReaderMetadata::load(&file, ArrowReaderOptions::new());
        let metadata = guarded(load).ok_or_else(damaged)?.map_err(unreadable)?;
        let declared = metadata.schema().clone();
        let read_as = Arc::new(as_read(&metadata));
        let options = ArrowReaderOptions::new().with_schema(read_as);
        // Where the columns cannot be read with their dictionaries they are read as declared.
        let metadata =
            ArrowReaderMetadata::try_new(metadata.metadata().clone(), options).unwrap_or(metadata);
        Ok(ParquetFile { file, declared, metadata })
    }

    pub fn schema(&self) -> &SchemaRef {
        &self.declared
    }

    pub fn rows(&self) -> u64 {
        self.metadata.metadata().file_metadata().num_rows().max(0) as u64
    }

    /// The whole file as spans: row groups of a bearable size are one, of others at most `rows` are.
    pub fn spans(&self, rows: usize) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut number = 1;
        for (row_group, metadata) in self.metadata.metadata().row_groups().iter().enumerate() {
            let held = metadata.num_rows().max(0) as usize;
            let rows = if held <= WHOLE_ROWS_MAX { held.max(1) } else { rows };
            for from in (0..held).step_by(rows) {
                let rows = rows.min(held - from);
                spans.push(Span { row_group, from, rows, number });
                number += rows as u64;
            }
        }
        spans
    }

    /// A column of a span as it lies in the file, without its being decoded: where the span is a whole row
    /// group, and the column is declared as `wanted`, to be written elsewhere.
    ///
    /// # Errors
    /// When the file ends before the column does.
    pub fn kept(
        &self,
        span: &Span,
        column: usize,
        wanted: &ColumnDescriptor,
    ) -> Result<Option<ColumnChunk>, FileError> {
        let group = self.metadata.metadata().row_group(span.row_group);
        let descriptors = self.metadata.metadata().file_metadata().schema_descr();
        let mut leaves = (0..descriptors.num_columns())
            .filter(|leaf| descriptors.get_column_root_idx(*leaf) == column);
        let (Some(leaf), None) = (leaves.next(), leaves.next()) else { return Ok(None) };
        let chunk = group.column(leaf);
        let whole = group.num_rows() == span.rows as i64 && chunk.num_values() == span.rows as i64;
        if !whole || chunk.column_descr() != wanted || chunk.file_path().is_some() {
            return Ok(None);
        }
        let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
        let (Ok(from), Ok(length)) =
            (u64::try_from(start), usize::try_from(chunk.compressed_size()))
        else {
            return Err(damaged());
        };
        let bytes = self.file.get_bytes(from, length).map_err(unreadable)?;
        // The bytes begin where the column does, and so do its places.
        let metadata = chunk.clone().into_builder();
        let metadata = metadata
            .set_data_page_offset(chunk.data_page_offset() - start)
            .set_dictionary_page_offset(chunk.dictionary_page_offset().map(|at| at - start))
            .build()
            .map_err(unreadable)?;
        let close = ColumnCloseResult {
            bytes_written: length as u64,
            rows_written: span.rows as u64,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        Ok(Some(ColumnChunk::Made(bytes, Box::new(close))))
    }

    /// The rows of a span as tables; columns that are not `wanted` are left out.
    ///
    /// # Errors
    /// When the file is damaged there.
    pub fn tables(
        &self,
        span: Span,
        wanted: &[bool],
    ) -> Result<impl Iterator<Item = Result<Table, FileError>> + use<>, FileError> {
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(
            self.file.clone(),
            self.metadata.clone(),
        );
        let places: Vec<usize> = (0..wanted.len()).filter(|at| wanted[*at]).collect();
        let mask = ProjectionMask::roots(builder.parquet_schema(), places.iter().copied());
        let builder = builder
            .with_row_groups(vec![span.row_group])
            .with_projection(mask)
            .with_batch_size(TABLE_ROWS)
            .with_offset(span.from)
            .with_limit(span.rows);
        let mut reader = guarded(|| builder.build()).ok_or_else(damaged)?.map_err(unreadable)?;
        let batches = std::iter::from_fn(move || match guarded(|| reader.next()) {
            Some(batch) => batch.map(|batch| batch.map_err(unreadable)),
            None => Some(Err(damaged())),
        });
        let (count, mut number, mut left) = (wanted.len(), span.number, span.rows);
        Ok(batches.map(move |batch| {
            let batch = batch?;
            let mut columns: Vec<Option<ArrayRef>> = vec![None; count];
            for (at, column) in places.iter().zip(batch.columns()) {
                columns[*at] = Some(column.clone());
            }
            let rows = batch.num_rows();
            if rows > left {
                return Err(unreadable("a row group holds more rows than it says"));
            }
            left -= rows;
            let numbers = Numbers::From(number);
            number += rows as u64;
            Ok(Table { columns, count: rows, numbers, broken: Vec::new() })
        }))
    }
}

/// The types to read columns in: text with its dictionary where the file stores one.
fn as_read(metadata: &ArrowReaderMetadata) -> Schema {
    let parquet = metadata.metadata();
    let columns = parquet.file_metadata().schema_descr();
    let has_dictionary = |root: usize| {
        let mut leaves = 0..columns.num_columns();
        let leaf = leaves.find(|leaf| columns.get_column_root_idx(*leaf) == root);
        leaf.zip(parquet.row_groups().first())
            .is_some_and(|(leaf, group)| group.column(leaf).dictionary_page_offset().is_some())
    };
    let fields = metadata.schema().fields().iter().enumerate().map(|(at, field)| {
        if field.data_type() == &DataType::Null || !is_text(field.data_type()) {
            return field.as_ref().clone();
        }
        // Other columns pass through; to make a dictionary of them would cost and serve nothing.
        let kind = if has_dictionary(at) && is_fact(field.name()) {
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
        } else {
            DataType::Utf8
        };
        field.as_ref().clone().with_data_type(kind)
    });
    Schema::new_with_metadata(fields.collect::<Vec<Field>>(), metadata.schema().metadata().clone())
}

/// A file read at places of one's own: threads do not move each other's position.
#[derive(Clone)]
struct Shared {
    file: Arc<File>,
    length: u64,
}

impl Shared {
    fn new(file: File) -> io::Result<Shared> {
        let length = file.metadata()?.len();
        Ok(Shared { file: Arc::new(file), length })
    }

    #[cfg(unix)]
    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&*self.file, into, at)
    }

    #[cfg(windows)]
    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(&*self.file, into, at)
    }
}

impl Length for Shared {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Shared {
    type T = io::BufReader<At>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(io::BufReader::new(At { file: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        // A damaged footer may ask for more than there is.
        if start.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(ParquetError::EOF(format!(
                "{length} bytes wanted at {start} of {}",
                self.length
            )));
        }
        let mut buffer = vec![0; length];
        let mut read = 0;
        while read < length {
            match self.read_at(&mut buffer[read..], start + read as u64)? {
                0 => return Err(ParquetError::EOF("the file grew shorter".to_owned())),
                more => read += more,
            }
        }
        Ok(buffer.into())
    }
}

/// Reads on from a place.
struct At {
    file: Shared,
    at: u64,
}

impl Read for At {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(into, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
