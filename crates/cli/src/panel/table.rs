//! Parquet tables, written whole or not at all.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Date32Array, Decimal64Array, DictionaryArray};
use arrow::array::{Int32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Field, Int32Type, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use tariff::Day;
use tempfile::NamedTempFile;

use crate::failure::Failure;

/// A file in the making, beside its place until it is whole.
pub struct Part {
    path: PathBuf,
    file: NamedTempFile,
}

fn failure(path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::new(format!("cannot be written: {error}"), path.display(), "is there room?")
}

impl Part {
    pub fn create(path: &Path) -> Result<Part, Failure> {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            let message = "cannot be written: its folder does not exist";
            return Err(Failure::new(message, path.display(), "make the folder first"));
        }
        let mut part = tempfile::Builder::new();
        part.prefix(".truce-").suffix(".part");
        // As any file that a program writes: what the user's mask leaves of read and write.
        #[cfg(unix)]
        part.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = part.tempfile_in(folder).map_err(|e| failure(path, e))?;
        Ok(Part { path: path.to_owned(), file })
    }

    pub fn file(&self) -> Result<std::fs::File, Failure> {
        self.file.as_file().try_clone().map_err(|e| failure(&self.path, e))
    }

    pub fn failed(&self, error: impl std::fmt::Display) -> Failure {
        failure(&self.path, error)
    }

    pub fn keep(self) -> Result<(), Failure> {
        let path = self.path;
        self.file.persist(&path).map(drop).map_err(|e| failure(&path, e.error))
    }
}

/// A Parquet file to which batches are appended.
pub struct Writer {
    part: Part,
    schema: Arc<Schema>,
    writer: ArrowWriter<std::fs::File>,
    rows: usize,
}

impl Writer {
    /// `columns` are an example batch: their names and types.
    pub fn create(
        path: &Path,
        columns: &[(String, ArrayRef)],
        notes: &[(String, String)],
    ) -> Result<Writer, Failure> {
        let part = Part::create(path)?;
        let fields =
            columns.iter().map(|(name, column)| Field::new(name, column.data_type().clone(), true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let notes = notes.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_key_value_metadata(Some(notes.collect()))
            .build();
        // The types of Parquet say all; how they were held here is nobody's business.
        let options =
            ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(part.file()?, schema.clone(), options);
        let writer = writer.map_err(|e| part.failed(e))?;
        Ok(Writer { part, schema, writer, rows: 0 })
    }

    pub fn write(&mut self, columns: Vec<ArrayRef>) -> Result<(), Failure> {
        let batch = RecordBatch::try_new(self.schema.clone(), columns);
        let batch = batch.map_err(|e| self.part.failed(e))?;
        self.rows += batch.num_rows();
        self.writer.write(&batch).map_err(|e| self.part.failed(e))
    }

    /// Puts the file in its place; the number of its rows.
    pub fn finish(self) -> Result<usize, Failure> {
        let Writer { part, writer, rows, .. } = self;
        writer.close().map_err(|e| part.failed(e))?;
        part.keep()?;
        Ok(rows)
    }
}

/// Columns by name.
#[derive(Default)]
pub struct Columns(pub Vec<(String, ArrayRef)>);

impl Columns {
    pub fn push(&mut self, name: impl Into<String>, column: impl Array + 'static) {
        self.0.push((name.into(), Arc::new(column)));
    }

    /// A column that is left out when it says nothing.
    pub fn push_used(&mut self, name: impl Into<String>, column: impl Array + 'static) {
        if column.null_count() < column.len() {
            self.push(name, column);
        }
    }

    pub fn write(self, path: &Path, notes: &[(String, String)]) -> Result<usize, Failure> {
        let mut writer = Writer::create(path, &self.0, notes)?;
        writer.write(self.0.into_iter().map(|(_, column)| column).collect())?;
        writer.finish()
    }
}

pub fn words<'a>(words: impl Iterator<Item = Option<&'a str>>) -> DictionaryArray<Int32Type> {
    words.collect()
}

pub fn text<T: AsRef<str>>(texts: impl Iterator<Item = T>) -> StringArray {
    StringArray::from_iter_values(texts)
}

pub fn integers(values: impl Iterator<Item = Option<u32>>) -> Int32Array {
    values.map(|value| value.map(|v| v as i32)).collect()
}

pub fn long(values: impl Iterator<Item = Option<i64>>) -> Int64Array {
    values.collect()
}

pub fn flags(values: impl Iterator<Item = Option<bool>>) -> BooleanArray {
    values.collect()
}

pub fn days(values: impl Iterator<Item = Option<Day>>) -> Date32Array {
    values.map(|day| day.map(Day::number)).collect()
}

/// Decimals of 18 digits as integers over a power of ten.
pub fn decimals(values: impl Iterator<Item = Option<i64>>, scale: i8) -> Decimal64Array {
    let values: Decimal64Array = values.collect();
    values.with_precision_and_scale(18, scale).expect("a scale below 18")
}

/// Shares of the value: eight places.
pub fn shares(values: impl Iterator<Item = Option<i64>>) -> Decimal64Array {
    let values: Decimal64Array = values.collect();
    values.with_precision_and_scale(12, 8).expect("a scale below 12")
}
