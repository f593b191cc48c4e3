//! Row groups of Parquet, encoded side by side and written one after the other.
//!
//! Three kinds of columns are put together in a row group: those that the Parquet crate encodes from
//! values, those whose dictionary the caller has already (`dictionary`), and those of the input that
//! are kept as they lie there.

use std::io::Write;

use ::parquet::arrow::ArrowWriter;
use ::parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, ArrowWriterOptions,
    compute_leaves,
};
use ::parquet::basic::Compression;
use ::parquet::column::writer::ColumnCloseResult;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::{EnabledStatistics, WriterProperties};
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::types::{ColumnDescPtr, ColumnDescriptor, ColumnPath};
use arrow::array::ArrayRef;
use arrow::datatypes::SchemaRef;
use bytes::Bytes;

use crate::error::FileError;
use crate::format::dictionary::DictionaryColumn;

/// Makes row groups; it is shared by all threads.
pub struct ParquetEncoder {
    factory: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    /// Of each leaf of the schema.
    leaves: Vec<ColumnDescPtr>,
    /// For each field its first leaf.
    first_leaf: Vec<usize>,
}

/// A row group that is being made.
pub struct RowGroup {
    leaves: Vec<Leaf>,
    /// For each field its first leaf; of those that are kept no rows are put.
    fields: Vec<(usize, ColumnDescPtr)>,
    schema: SchemaRef,
}

/// A column of a row group that is being made.
enum Leaf {
    Values(Box<ArrowColumnWriter>, bool),
    Dictionary(Box<DictionaryColumn>),
    Kept(ColumnChunk),
}

/// A column of a row group.
pub enum ColumnChunk {
    Arrow(Box<ArrowColumnChunk>),
    /// Its pages, with places counted from their begin.
    Made(Bytes, Box<ColumnCloseResult>),
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
        // Columns that are taken over have no index of pages here, and a file has it for all or for none.
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
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
    let described = writer.schema_descr();
    let first_leaf = (0..schema.fields().len()).map(|field| {
        let mut leaves = 0..described.num_columns();
        leaves.find(|leaf| described.get_column_root_idx(*leaf) == field)
    });
    let first_leaf: Option<Vec<usize>> = first_leaf.collect();
    let encoder = ParquetEncoder {
        factory,
        schema: schema.clone(),
        leaves: described.columns().to_vec(),
        first_leaf: first_leaf.ok_or_else(|| unwritable("a column without parts"))?,
    };
    Ok((ParquetWriter { writer }, encoder))
}

impl ParquetEncoder {
    /// # Errors
    /// When a type has no place in Parquet.
    pub fn row_group(&self) -> Result<RowGroup, FileError> {
        let writers = self.factory.create_column_writers(0).map_err(unwritable)?;
        let leaves = writers.into_iter().map(|writer| Leaf::Values(Box::new(writer), false));
        let fields = self.first_leaf.iter().map(|leaf| (*leaf, self.leaves[*leaf].clone()));
        Ok(RowGroup {
            leaves: leaves.collect(),
            fields: fields.collect(),
            schema: self.schema.clone(),
        })
    }

    /// How the column of a field is declared, its first where it has several.
    pub fn descriptor(&self, field: usize) -> &ColumnDescriptor {
        &self.leaves[self.first_leaf[field]]
    }
}

impl RowGroup {
    /// Takes the column of a field as it is. No rows are put for it.
    pub fn keep(&mut self, field: usize, chunk: ColumnChunk) {
        self.leaves[self.fields[field].0] = Leaf::Kept(chunk);
    }

    /// Appends rows: a column for each field that is not kept. A column of a type that its field has
    /// as a dictionary is written as that dictionary.
    ///
    /// # Errors
    /// When a column is not of its declared type.
    pub fn put(&mut self, columns: &[ArrayRef]) -> Result<(), FileError> {
        let mut columns = columns.iter();
        for (field, (first, descriptor)) in self.schema.fields().iter().zip(&self.fields) {
            let leaf = &mut self.leaves[*first];
            if let Leaf::Kept(_) = leaf {
                continue;
            }
            let column = columns.next().ok_or_else(|| unwritable("too few columns"))?;
            if let Leaf::Values(_, false) = leaf
                && DictionaryColumn::takes(descriptor, column)
            {
                *leaf = Leaf::Dictionary(Box::new(DictionaryColumn::new(descriptor.clone())));
            }
            if let Leaf::Dictionary(dictionary) = leaf {
                dictionary.put(column).map_err(unwritable)?;
                continue;
            }
            for (at, values) in
                compute_leaves(field, column).map_err(unwritable)?.into_iter().enumerate()
            {
                let Some(Leaf::Values(writer, begun)) = self.leaves.get_mut(first + at) else {
                    return Err(unwritable("too many columns"));
                };
                writer.write(&values).map_err(unwritable)?;
                *begun = true;
            }
        }
        match columns.next() {
            None => Ok(()),
            Some(_) => Err(unwritable("too many columns")),
        }
    }

    /// The encoded columns.
    ///
    /// # Errors
    /// When a page cannot be compressed.
    pub fn finish(self) -> Result<Vec<ColumnChunk>, FileError> {
        let leaves = self.leaves.into_iter();
        leaves
            .map(|leaf| match leaf {
                Leaf::Values(writer, _) => writer
                    .close()
                    .map(|chunk| ColumnChunk::Arrow(Box::new(chunk)))
                    .map_err(unwritable),
                Leaf::Dictionary(dictionary) => dictionary.finish().map_err(unwritable),
                Leaf::Kept(chunk) => Ok(chunk),
            })
            .collect()
    }
}

impl<W: Write + Send> ParquetWriter<W> {
    /// Appends a row group.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn append(&mut self, columns: Vec<ColumnChunk>) -> Result<(), FileError> {
        let mut group = self.writer.next_row_group().map_err(unwritable)?;
        for column in columns {
            match column {
                ColumnChunk::Arrow(chunk) => chunk.append_to_row_group(&mut group),
                ColumnChunk::Made(bytes, close) => group.append_column(&bytes, *close),
            }
            .map_err(unwritable)?;
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
