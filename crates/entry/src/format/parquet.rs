//! Parquet: spans of row groups decoded side by side, and row groups encoded side by side.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;

use ::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use ::parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, ArrowWriterOptions,
    compute_leaves,
};
use ::parquet::arrow::{ArrowWriter, ProjectionMask};
use ::parquet::basic::Compression;
use ::parquet::errors::{ParquetError, Result as ParquetResult};
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::reader::{ChunkReader, Length};
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::types::ColumnPath;
use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use bytes::Bytes;

use crate::error::FileError;
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

    /// The whole file as spans of at most `rows`.
    pub fn spans(&self, rows: usize) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut number = 1;
        for (row_group, metadata) in self.metadata.metadata().row_groups().iter().enumerate() {
            let held = metadata.num_rows().max(0) as usize;
            for from in (0..held).step_by(rows) {
                let rows = rows.min(held - from);
                spans.push(Span { row_group, from, rows, number });
                number += rows as u64;
            }
        }
        spans
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

/// Makes row groups; it is shared by all threads.
pub struct ParquetEncoder {
    factory: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
}

/// A row group that is being made.
pub struct RowGroup {
    writers: Vec<ArrowColumnWriter>,
    schema: SchemaRef,
}

/// Writes row groups, one after the other.
pub struct ParquetWriter<W: Write + Send> {
    writer: SerializedFileWriter<W>,
}

fn unwritable(error: impl std::fmt::Display) -> FileError {
    FileError::new(format!("cannot be written as Parquet: {error}"), "")
}

/// Begins a file with these columns and with `notes` as its key-value metadata. Columns of money
/// (`amounts`) are stored without a dictionary: they seldom repeat.
///
/// # Errors
/// When a type has no place in Parquet, or the file cannot be written.
pub fn parquet_writer<W: Write + Send>(
    out: W,
    schema: &SchemaRef,
    amounts: &[&str],
    notes: &[(String, String)],
) -> Result<(ParquetWriter<W>, ParquetEncoder), FileError> {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(concat!("truce version ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(
            notes.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect(),
        ));
    for name in amounts {
        properties = properties
            .set_column_dictionary_enabled(ColumnPath::from(vec![(*name).to_owned()]), false);
    }
    let options = ArrowWriterOptions::new().with_properties(properties.build());
    let writer =
        ArrowWriter::try_new_with_options(out, schema.clone(), options).map_err(unwritable)?;
    let (writer, factory) = writer.into_serialized_writer().map_err(unwritable)?;
    Ok((ParquetWriter { writer }, ParquetEncoder { factory, schema: schema.clone() }))
}

impl ParquetEncoder {
    /// # Errors
    /// When a type has no place in Parquet.
    pub fn row_group(&self) -> Result<RowGroup, FileError> {
        let writers = self.factory.create_column_writers(0).map_err(unwritable)?;
        Ok(RowGroup { writers, schema: self.schema.clone() })
    }
}

impl RowGroup {
    /// Appends rows.
    ///
    /// # Errors
    /// When a column is not of its declared type.
    pub fn put(&mut self, columns: &[ArrayRef]) -> Result<(), FileError> {
        let mut writers = self.writers.iter_mut();
        for (field, column) in self.schema.fields().iter().zip(columns) {
            for leaf in compute_leaves(field, column).map_err(unwritable)? {
                let writer = writers.next().ok_or_else(|| unwritable("too many columns"))?;
                writer.write(&leaf).map_err(unwritable)?;
            }
        }
        Ok(())
    }

    /// The encoded columns.
    ///
    /// # Errors
    /// When a page cannot be compressed.
    pub fn finish(self) -> Result<Vec<ArrowColumnChunk>, FileError> {
        self.writers.into_iter().map(|w| w.close().map_err(unwritable)).collect()
    }
}

impl<W: Write + Send> ParquetWriter<W> {
    /// Appends a row group.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn append(&mut self, columns: Vec<ArrowColumnChunk>) -> Result<(), FileError> {
        let mut group = self.writer.next_row_group().map_err(unwritable)?;
        for column in columns {
            column.append_to_row_group(&mut group).map_err(unwritable)?;
        }
        group.close().map_err(unwritable)?;
        Ok(())
    }

    /// Writes the footer.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(self) -> Result<(), FileError> {
        self.writer.close().map_err(unwritable)?;
        Ok(())
    }
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
