//! Where rows go: printed, or written to a file that is whole or absent.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::csv;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::json::WriterBuilder;
use arrow::json::writer::{JsonArray, LineDelimited, Writer as JsonWriter};
use datafusion::common::Result;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::sync::Arc;
use tempfile::NamedTempFile;

use super::table::Rows;
use super::{Args, Format};
use crate::failure::Failure;

/// Takes the rows of one query.
pub struct Sink {
    form: Form,
    /// The file in the making, and its name when it is whole.
    file: Option<(NamedTempFile, std::path::PathBuf)>,
    rows: u64,
}

type Out = Box<dyn Write + Send>;

enum Form {
    Table(Rows),
    Csv(Box<csv::Writer<Out>>),
    Json(Box<JsonWriter<Out, JsonArray>>),
    Lines(Box<JsonWriter<Out, LineDelimited>>),
    Parquet(Box<ArrowWriter<File>>),
    /// A statement without rows.
    Nothing,
}

impl Sink {
    /// # Errors
    /// A name whose extension says nothing, or a folder that is not there.
    pub fn open(args: &Args, schema: &SchemaRef) -> Result<Sink, Failure> {
        if schema.fields().is_empty() {
            return Ok(Sink { form: Form::Nothing, file: None, rows: 0 });
        }
        let Some(path) = &args.output else {
            let out: Out = Box::new(io::BufWriter::new(Printed));
            let form = match args.format.unwrap_or(Format::Table) {
                Format::Table => Form::Table(Rows::new(schema.clone(), args.max_rows)),
                Format::Parquet => {
                    let help = "name a file with -o FILE.parquet";
                    return Err(Failure::new("Parquet is not printed", "--format", help));
                }
                format => text(format, out),
            };
            return Ok(Sink { form, file: None, rows: 0 });
        };
        let format = by_name(path, args.format)?;
        let file = part(path)?;
        let handle = || file.as_file().try_clone().map_err(|e| unwritten(path, e));
        let form = match format {
            Format::Parquet => {
                let properties =
                    WriterProperties::builder().set_compression(Compression::SNAPPY).build();
                let writer = ArrowWriter::try_new(handle()?, written(schema), Some(properties));
                Form::Parquet(Box::new(writer.map_err(|e| unwritten(path, e))?))
            }
            Format::Table => {
                let help = "write .parquet, .csv, .json or .ndjson";
                return Err(Failure::new("a table is only printed", path.display(), help));
            }
            format => text(format, Box::new(io::BufWriter::new(handle()?))),
        };
        Ok(Sink { form, file: Some((file, path.clone())), rows: 0 })
    }

    /// Takes rows; `false` when no more are wanted.
    pub fn put(&mut self, batch: &RecordBatch) -> Result<bool> {
        self.rows += batch.num_rows() as u64;
        match &mut self.form {
            Form::Table(rows) => return rows.put(batch),
            Form::Csv(writer) => writer.write(&told(batch)?)?,
            Form::Json(writer) => writer.write(&told(batch)?)?,
            Form::Lines(writer) => writer.write(&told(batch)?)?,
            Form::Parquet(writer) => {
                let schema = written(batch.schema_ref());
                let columns = batch.columns().iter().zip(schema.fields());
                let columns = columns.map(|(c, f)| arrow::compute::cast(c, f.data_type()));
                let columns = columns.collect::<Result<Vec<ArrayRef>, _>>()?;
                writer
                    .write(&RecordBatch::try_new(schema, columns)?)
                    .map_err(|e| Failure::new(e, "the Parquet file", ""))?;
            }
            Form::Nothing => {}
        }
        Ok(true)
    }

    /// Puts the file in its place.
    pub fn finish(self) -> Result<()> {
        match self.form {
            Form::Table(rows) => {
                let _ = io::stdout().write_all(rows.print().as_bytes());
            }
            Form::Csv(writer) => writer.into_inner().flush()?,
            Form::Json(mut writer) => {
                writer.finish()?;
                let mut out = writer.into_inner();
                out.write_all(b"\n")?;
                out.flush()?;
            }
            Form::Lines(mut writer) => {
                writer.finish()?;
                writer.into_inner().flush()?;
            }
            Form::Parquet(writer) => {
                writer.close().map_err(|e| Failure::new(e, "the Parquet file", ""))?;
            }
            Form::Nothing => {}
        }
        if let Some((file, path)) = self.file {
            file.persist(&path).map_err(|e| unwritten(&path, e.error))?;
            eprintln!("{}: {} rows", path.display(), indicatif::HumanCount(self.rows));
        }
        Ok(())
    }
}

/// Standard output; a reader that went away (`| head`) is no error.
struct Printed;

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match io::stdout().write(bytes) {
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}

fn text(format: Format, out: Out) -> Form {
    let json = WriterBuilder::new().with_explicit_nulls(true);
    match format {
        Format::Json => Form::Json(Box::new(json.build(out))),
        Format::Ndjson => Form::Lines(Box::new(json.build(out))),
        _ => Form::Csv(Box::new(csv::WriterBuilder::new().with_header(true).build(out))),
    }
}

/// Money is a text in JSON, as everywhere in Truce: many readers make binary fractions of numbers.
fn told(batch: &RecordBatch) -> Result<RecordBatch> {
    let columns = batch.columns().iter().map(|column| match column.data_type() {
        kind if kind.is_decimal() => arrow::compute::cast(column, &DataType::Utf8),
        DataType::Dictionary(_, values) => arrow::compute::cast(column, values),
        _ => Ok(column.clone()),
    });
    let columns = columns.collect::<Result<Vec<ArrayRef>, _>>()?;
    let fields = batch.schema_ref().fields().iter().zip(&columns);
    let fields = fields.map(|(f, c)| Field::new(f.name(), c.data_type().clone(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    Ok(RecordBatch::try_new(schema, columns)?)
}

/// The types of a file: views are a matter of memory.
fn written(schema: &SchemaRef) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| {
        let kind = match field.data_type() {
            DataType::Utf8View => DataType::Utf8,
            DataType::BinaryView => DataType::Binary,
            kind => kind.clone(),
        };
        Field::new(field.name(), kind, true)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn by_name(path: &Path, format: Option<Format>) -> Result<Format, Failure> {
    if let Some(format) = format {
        return Ok(format);
    }
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
    match extension.as_str() {
        "parquet" => Ok(Format::Parquet),
        "csv" => Ok(Format::Csv),
        "json" => Ok(Format::Json),
        "ndjson" | "jsonl" => Ok(Format::Ndjson),
        _ => {
            let help = "name it .parquet, .csv, .json or .ndjson, or say --format";
            Err(Failure::new("the name does not say how to write", path.display(), help))
        }
    }
}

fn part(path: &Path) -> Result<NamedTempFile, Failure> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        let message = "cannot be written: its folder does not exist";
        return Err(Failure::new(message, path.display(), "make the folder first"));
    }
    let mut part = tempfile::Builder::new();
    part.prefix(".truce-").suffix(".part");
    #[cfg(unix)]
    part.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    part.tempfile_in(folder).map_err(|e| unwritten(path, e))
}

fn unwritten(path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::new(format!("cannot be written: {error}"), path.display(), "is there room?")
}
