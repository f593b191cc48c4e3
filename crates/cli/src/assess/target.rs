//! The file that is written: whole or not at all.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{Schema, SchemaRef};
use entry::{
    ColumnChunk, FileError, Kind, ParquetEncoder, ParquetWriter, Piece, RowGroup, SheetWriter,
    Source,
};
use tempfile::NamedTempFile;

use crate::failure::Failure;

/// A file in the making: beside its place until it is whole, then renamed.
pub struct Target {
    path: PathBuf,
    file: NamedTempFile,
    form: Form,
}

/// How rows are written.
pub enum Form {
    Csv(BufWriter<File>),
    Parquet(Box<ParquetWriter<File>>, Arc<ParquetEncoder>),
    Excel(Box<SheetWriter>),
}

/// How a thread prepares rows for a [`Target`].
#[derive(Clone)]
pub enum Encoder {
    Csv,
    Parquet(Arc<ParquetEncoder>),
    /// Columns as they are: for sheets, and for who keeps them in memory.
    Columns,
}

/// Rows that are prepared, a piece of them.
pub enum Rows {
    Text(Vec<u8>),
    Parquet(RowGroup),
    Columns(Vec<Vec<ArrayRef>>),
}

/// Rows that only need to be appended.
pub enum Encoded {
    Text(Vec<u8>),
    Parquet(Vec<ColumnChunk>),
    Columns(Vec<Vec<ArrayRef>>),
}

const ROOM: &str = "is there room on the disk?";

/// Whether `path` can be written at all, before any work is done.
///
/// # Errors
/// An extension that is not written, or a file that is read.
pub fn check(path: &Path, inputs: &[PathBuf]) -> Result<(), Failure> {
    kind(path)?;
    let place = path.canonicalize().ok();
    if place.is_some() && inputs.iter().any(|input| input.canonicalize().ok() == place) {
        let message = "the output is one of the inputs";
        return Err(Failure::new(message, path.display(), "write to another file"));
    }
    if !folder(path).is_dir() {
        let message = "cannot be written: its folder does not exist";
        return Err(Failure::new(message, path.display(), "make the folder first"));
    }
    if path.is_dir() {
        return Err(Failure::new("is a folder", path.display(), "name a file in it"));
    }
    Ok(())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn kind(path: &Path) -> Result<Kind, Failure> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
    Kind::of(extension).ok_or_else(|| {
        let message = "the output is written as CSV, Parquet or Excel, by its extension";
        Failure::new(message, path.display(), "name it FILE.csv, FILE.parquet or FILE.xlsx")
    })
}

impl Target {
    /// Begins a file with these columns; `amounts` are those of money, `notes` what it carries besides.
    ///
    /// # Errors
    /// When the folder cannot be written, or a type has no place in the file.
    pub fn create(
        path: &Path,
        schema: Schema,
        amounts: &[&str],
        notes: &[(String, String)],
    ) -> Result<Target, Failure> {
        let failure = |e: std::io::Error| {
            Failure::new(format!("cannot be written: {e}"), path.display(), "check the folder")
        };
        let mut part = tempfile::Builder::new();
        part.prefix(".truce-").suffix(".part");
        // As any file that a program writes: what the user's mask leaves of read and write.
        #[cfg(unix)]
        part.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = part.tempfile_in(folder(path)).map_err(failure)?;
        clean_up_on_interrupt(file.path());
        let out = file.as_file().try_clone().map_err(failure)?;
        let schema: SchemaRef = Arc::new(schema);
        let refused = |e: FileError| Failure::new(e.message, path.display(), e.help);
        let form = match kind(path)? {
            Kind::Csv => {
                let mut head = Vec::new();
                entry::put_head(&mut head, schema.fields().iter().map(|f| f.name().as_str()));
                let mut out = BufWriter::with_capacity(1 << 17, out);
                out.write_all(&head).map_err(failure)?;
                Form::Csv(out)
            }
            Kind::Parquet => {
                let (writer, encoder) =
                    entry::parquet_writer(out, &schema, amounts, notes).map_err(refused)?;
                Form::Parquet(Box::new(writer), Arc::new(encoder))
            }
            Kind::Excel => {
                Form::Excel(Box::new(SheetWriter::new(&schema, notes).map_err(refused)?))
            }
        };
        Ok(Target { path: path.to_owned(), file, form })
    }

    pub fn form(&self) -> &Form {
        &self.form
    }

    pub fn encoder(&self) -> Encoder {
        match &self.form {
            Form::Csv(_) => Encoder::Csv,
            Form::Parquet(_, encoder) => Encoder::Parquet(encoder.clone()),
            Form::Excel(_) => Encoder::Columns,
        }
    }

    pub fn failure(&self, error: &FileError) -> Failure {
        Failure::new(&error.message, self.path.display(), &error.help)
    }

    fn unwritten(&self, error: &std::io::Error) -> Failure {
        Failure::new(format!("cannot be written: {error}"), self.path.display(), ROOM)
    }

    /// Appends rows.
    ///
    /// # Errors
    /// When the disk is full, or the sheet.
    pub fn append(&mut self, rows: Encoded) -> Result<(), Failure> {
        let appended = match (&mut self.form, rows) {
            (Form::Csv(out), Encoded::Text(text)) => {
                let written = out.write_all(&text);
                return written.map_err(|e| self.unwritten(&e));
            }
            (Form::Parquet(writer, _), Encoded::Parquet(group)) => writer.append(group),
            (Form::Excel(sheet), Encoded::Columns(tables)) => {
                tables.iter().try_for_each(|columns| sheet.put(columns))
            }
            _ => unreachable!("rows are encoded for their target"),
        };
        appended.map_err(|e| self.failure(&e))
    }

    /// Ends the file and puts it in its place.
    ///
    /// # Errors
    /// When it cannot be written to its end or not renamed.
    pub fn finish(self) -> Result<(), Failure> {
        let Target { path, file, form } = self;
        let ended = match form {
            Form::Csv(mut out) => {
                out.flush().map_err(|e| FileError::new(format!("cannot be written: {e}"), ROOM))
            }
            Form::Parquet(writer, _) => writer.finish(),
            Form::Excel(sheet) => sheet.finish(file.as_file()),
        };
        ended.map_err(|e| Failure::new(e.message, path.display(), e.help))?;
        file.persist(&path).map_err(|e| {
            Failure::new(format!("cannot be written: {}", e.error), path.display(), "")
        })?;
        Ok(())
    }
}

impl Encoder {
    /// Begins a piece.
    ///
    /// # Errors
    /// When a type has no place in the file.
    pub fn rows(&self) -> Result<Rows, FileError> {
        Ok(match self {
            Encoder::Csv => Rows::Text(Vec::new()),
            Encoder::Parquet(encoder) => Rows::Parquet(encoder.row_group()?),
            Encoder::Columns => Rows::Columns(Vec::new()),
        })
    }
}

impl Rows {
    /// Takes over the first `count` columns of a piece of an input that can be written as they lie there;
    /// which they are.
    ///
    /// # Errors
    /// When the input is damaged.
    pub fn keep(
        &mut self,
        source: &Source,
        piece: &Piece,
        encoder: &Encoder,
        count: usize,
    ) -> Result<Vec<bool>, FileError> {
        let mut kept = vec![false; count];
        let (Rows::Parquet(group), Encoder::Parquet(encoder)) = (self, encoder) else {
            return Ok(kept);
        };
        for (column, kept) in kept.iter_mut().enumerate() {
            if let Some(chunk) = source.kept(piece, column, encoder.descriptor(column))? {
                group.keep(column, chunk);
                *kept = true;
            }
        }
        Ok(kept)
    }

    /// Appends rows: a column for each one that is not kept.
    ///
    /// # Errors
    /// When a cell has no form in the file.
    pub fn put(&mut self, columns: Vec<ArrayRef>) -> Result<(), FileError> {
        match self {
            Rows::Text(out) => entry::put_rows(out, &columns),
            Rows::Parquet(group) => group.put(&columns),
            Rows::Columns(tables) => {
                tables.push(columns);
                Ok(())
            }
        }
    }

    /// # Errors
    /// When a page cannot be compressed.
    pub fn encoded(self) -> Result<Encoded, FileError> {
        Ok(match self {
            Rows::Text(text) => Encoded::Text(text),
            Rows::Parquet(group) => Encoded::Parquet(group.finish()?),
            Rows::Columns(tables) => Encoded::Columns(tables),
        })
    }
}

/// Ctrl-C takes the unfinished file away.
fn clean_up_on_interrupt(part: &Path) {
    let part = part.to_owned();
    let _ = ctrlc::set_handler(move || {
        let _ = std::fs::remove_file(&part);
        std::process::exit(130);
    });
}
