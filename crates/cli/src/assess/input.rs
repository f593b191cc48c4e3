//! The files of a run.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use entry::{Columns, Kind, Source};

use crate::failure::Failure;

/// The files of a run, opened; all have the same columns.
pub struct Inputs {
    sources: Vec<Source>,
    names: Vec<String>,
    columns: Columns,
}

impl Inputs {
    /// Opens every file, of workbooks the sheet of this name, and holds their heads against each other.
    pub fn open(paths: &[PathBuf], sheet: Option<&str>) -> Result<Inputs, Failure> {
        let mut sources: Vec<Source> = Vec::new();
        let mut names = Vec::new();
        let mut columns = None;
        for path in paths {
            let (name, source) = open(path, sheet)?;
            let found = entry::columns_of(source.schema())
                .map_err(|e| Failure::new(e.message, &name, e.help))?;
            columns.get_or_insert(found);
            if let Some(first) = sources.first() {
                same_columns(first.schema(), source.schema(), &name)?;
            }
            sources.push(source);
            names.push(name);
        }
        let columns = columns.expect("clap asks for at least one file");
        Ok(Inputs { sources, names, columns })
    }

    /// Lines in memory, all of this schema; `name` is what messages call them.
    ///
    /// # Errors
    /// A missing or double column, or a type that cannot be read exactly.
    pub fn of_batches(
        name: &str,
        schema: SchemaRef,
        batches: Vec<RecordBatch>,
    ) -> Result<Inputs, Failure> {
        let columns =
            entry::columns_of(&schema).map_err(|e| Failure::new(e.message, name, e.help))?;
        let sources = vec![Source::Batches(schema, batches)];
        Ok(Inputs { sources, names: vec![name.to_owned()], columns })
    }

    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    pub fn name(&self, source: usize) -> &str {
        &self.names[source]
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The columns as the first file declares them.
    pub fn schema(&self) -> &Schema {
        self.sources[0].schema()
    }

    /// How many lines they hold, where that is known without reading them.
    pub fn lines(&self) -> Option<u64> {
        self.sources.iter().map(Source::lines).sum()
    }

    /// How many lines they hold, about: in CSV a cell may have several.
    pub fn about_lines(&self) -> u64 {
        self.sources.iter().map(|s| s.lines().unwrap_or_else(|| line_ends(s))).sum()
    }
}

fn line_ends(source: &Source) -> u64 {
    let Source::Csv(file, _) = source else { return 0 };
    let mut file = file;
    let (mut ends, mut buffer) = (0, vec![0; 1 << 18]);
    let _ = file.seek(SeekFrom::Start(0));
    while let Ok(read @ 1..) = file.read(&mut buffer) {
        ends += buffer[..read].iter().filter(|byte| **byte == b'\n').count() as u64;
    }
    ends.saturating_sub(1)
}

fn same_columns(first: &Schema, other: &Schema, name: &str) -> Result<(), Failure> {
    let same = first.fields().len() == other.fields().len()
        && first
            .fields()
            .iter()
            .zip(other.fields())
            .all(|(a, b)| a.name() == b.name() && a.data_type() == b.data_type());
    if same {
        return Ok(());
    }
    let help = "files of one run have the same columns, of the same types, in the same order";
    Err(Failure::new("the head differs from the first file's", name, help))
}

fn open(path: &Path, sheet: Option<&str>) -> Result<(String, Source), Failure> {
    let Located { name, kind, file } = located(path)?;
    if let (Some(_), Kind::Csv | Kind::Parquet) = (sheet, kind) {
        let help = "leave --sheet out, or give an .xlsx file";
        return Err(Failure::new("only workbooks have sheets", name, help));
    }
    match Source::open(kind, file, sheet) {
        Ok(source) => Ok((name, source)),
        Err(error) => Err(Failure::new(error.message, name, error.help)),
    }
}

/// A file that can be read more than once, of the kind that its name says.
pub struct Located {
    pub name: String,
    pub kind: Kind,
    pub file: File,
}

/// Finds a file; `-` is CSV from standard input.
pub fn located(path: &Path) -> Result<Located, Failure> {
    if path.as_os_str() == "-" {
        let name = "standard input".to_owned();
        let failure = |e: io::Error| Failure::new(e, &name, "");
        let file = kept(&mut io::stdin().lock()).map_err(failure)?;
        return as_named(Located { name, kind: Kind::Csv, file });
    }
    let name = path.display().to_string();
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
    let kind = match extension {
        "" => Kind::Csv,
        other => Kind::of(other).ok_or_else(|| {
            let message = format!("`.{other}` files are not read");
            Failure::new(message, &name, "save it as .csv, .parquet or .xlsx")
        })?,
    };
    let unreadable =
        |e: io::Error| Failure::new(format!("cannot be read: {e}"), &name, "check the path");
    let mut file = File::open(path).map_err(unreadable)?;
    let about = file.metadata().map_err(unreadable)?;
    if about.is_dir() {
        return Err(Failure::new("is a folder", &name, "give files"));
    }
    if !about.is_file() {
        file = kept(&mut file).map_err(unreadable)?;
    }
    as_named(Located { name, kind, file })
}

/// What comes through a pipe, in a file without a name: it is read more than once.
fn kept(pipe: &mut impl Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(pipe, &mut file)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

/// Refuses a file whose content is of another kind than its name says.
fn as_named(mut located: Located) -> Result<Located, Failure> {
    let Located { name, kind, file } = &mut located;
    let mut head = [0; 4];
    let mut read = 0;
    while let Ok(more @ 1..) = file.read(&mut head[read..]) {
        read += more;
    }
    let rewound = file.seek(SeekFrom::Start(0));
    rewound.map_err(|e| Failure::new(e, &*name, "give a regular file"))?;
    let other = match &head {
        b"PAR1" if *kind != Kind::Parquet => Some(("Parquet", "parquet")),
        b"PK\x03\x04" if *kind != Kind::Excel => Some(("a workbook", "xlsx")),
        _ => None,
    };
    if let Some((is, extension)) = other {
        let help = format!("name it FILE.{extension}");
        return Err(Failure::new(format!("the file is {is} by its content"), &*name, help));
    }
    Ok(located)
}
