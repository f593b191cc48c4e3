//! Entry lines, of whatever kind of file or in memory, cut into pieces that threads work on side by side.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use ::parquet::schema::types::ColumnDescriptor;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use crate::error::FileError;
use crate::format::csv::{CsvReader, Records};
use crate::format::excel::Sheet;
use crate::format::parquet::{ParquetFile, Span};
use crate::format::row_group::ColumnChunk;
use crate::table::{TABLE_ROWS, Table};

/// The most lines of a piece, and of a row group that is written, but for row groups of a Parquet file
/// that are worked on as a whole. It does not depend on the number of threads, so neither does the output.
pub const PIECE_ROWS: usize = 1 << 16;

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Csv,
    Parquet,
    Excel,
}

/// A file that is open for reading, or lines in memory.
pub enum Source {
    Csv(File, SchemaRef),
    Parquet(ParquetFile),
    Excel(Sheet),
    /// Lines in memory; their rows are counted from 0.
    Batches(SchemaRef, Vec<RecordBatch>),
}

/// A part of a file.
pub enum Piece {
    Records(Records),
    Span(Span),
    /// The first row and the number of rows.
    Rows(usize, usize),
    /// Some rows, and the number of the first.
    Batch(RecordBatch, u64),
}

impl Kind {
    /// The kind that an extension stands for: `csv`, `parquet`, `xlsx`.
    pub fn of(extension: &str) -> Option<Kind> {
        match extension.to_lowercase().as_str() {
            "csv" => Some(Kind::Csv),
            "parquet" => Some(Kind::Parquet),
            "xlsx" => Some(Kind::Excel),
            _ => None,
        }
    }
}

impl Source {
    /// Opens a file; of a workbook the sheet of this name, the first where none is named.
    ///
    /// # Errors
    /// When the file is not of its kind, has no such sheet or no head.
    pub fn open(kind: Kind, file: File, sheet: Option<&str>) -> Result<Source, FileError> {
        Ok(match kind {
            Kind::Csv => {
                let schema = CsvReader::new(&file)?.schema().clone();
                Source::Csv(file, schema)
            }
            Kind::Parquet => Source::Parquet(ParquetFile::open(file)?),
            Kind::Excel => Source::Excel(Sheet::open(file, sheet)?),
        })
    }

    /// The columns of the file as it declares them.
    pub fn schema(&self) -> &SchemaRef {
        match self {
            Source::Csv(_, schema) => schema,
            Source::Parquet(file) => file.schema(),
            Source::Excel(sheet) => sheet.schema(),
            Source::Batches(schema, _) => schema,
        }
    }

    /// How many lines it holds, where that is known without reading them.
    pub fn lines(&self) -> Option<u64> {
        match self {
            Source::Csv(..) => None,
            Source::Parquet(file) => Some(file.rows()),
            Source::Excel(sheet) => Some(sheet.rows() as u64),
            Source::Batches(_, batches) => Some(batches.iter().map(|b| b.num_rows() as u64).sum()),
        }
    }

    /// Gives `take` every piece in order, until it returns false.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub fn pieces(&self, mut take: impl FnMut(Piece) -> bool) -> Result<(), FileError> {
        match self {
            Source::Csv(file, _) => {
                let mut file = file;
                file.seek(SeekFrom::Start(0)).map_err(|e| {
                    FileError::new(format!("cannot be read again: {e}"), "give a regular file")
                })?;
                let mut reader = CsvReader::new(file)?;
                while let Some(records) = reader.piece(PIECE_ROWS)? {
                    if !take(Piece::Records(records)) {
                        break;
                    }
                }
            }
            Source::Parquet(file) => {
                for span in file.spans(PIECE_ROWS) {
                    if !take(Piece::Span(span)) {
                        break;
                    }
                }
            }
            Source::Excel(sheet) => {
                for from in (0..sheet.rows()).step_by(PIECE_ROWS) {
                    if !take(Piece::Rows(from, PIECE_ROWS.min(sheet.rows() - from))) {
                        break;
                    }
                }
            }
            Source::Batches(_, batches) => {
                cut(batches, PIECE_ROWS, |rows, number| take(Piece::Batch(rows, number)));
            }
        }
        Ok(())
    }

    /// A column of a piece as it lies in the file, for a Parquet file that declares it as `wanted`;
    /// `None` where that cannot be had.
    ///
    /// # Errors
    /// When the file ends before the column does.
    pub fn kept(
        &self,
        piece: &Piece,
        column: usize,
        wanted: &ColumnDescriptor,
    ) -> Result<Option<ColumnChunk>, FileError> {
        match (self, piece) {
            (Source::Parquet(file), Piece::Span(span)) => file.kept(span, column, wanted),
            _ => Ok(None),
        }
    }

    /// Gives `take` the tables of a piece, with the columns that are `wanted`.
    ///
    /// # Errors
    /// When the file is damaged there, or what `take` returns.
    pub fn tables(
        &self,
        piece: &Piece,
        wanted: &[bool],
        mut take: impl FnMut(Table) -> Result<(), FileError>,
    ) -> Result<(), FileError> {
        match (self, piece) {
            (Source::Csv(_, schema), Piece::Records(records)) => {
                records.tables(schema, wanted).try_for_each(take)
            }
            (Source::Parquet(file), Piece::Span(span)) => {
                file.tables(*span, wanted)?.try_for_each(|table| take(table?))
            }
            (Source::Excel(sheet), Piece::Rows(from, count)) => {
                let until = from + count;
                (*from..until).step_by(TABLE_ROWS).try_for_each(|from| {
                    take(sheet.table(from, TABLE_ROWS.min(until - from), wanted))
                })
            }
            (Source::Batches(..), Piece::Batch(rows, number)) => {
                let read = |at: usize| wanted[at];
                let mut taken = Ok(());
                cut(std::slice::from_ref(rows), TABLE_ROWS, |rows, from| {
                    taken = take(Table::of(&rows, number + from, read));
                    taken.is_ok()
                });
                taken
            }
            _ => unreachable!("a piece is of the file it was cut from"),
        }
    }
}

/// Gives `take` the rows of batches in parts of at most `most`, none of which crosses batches, each with
/// the number of its first row, counted from 0; until it returns false.
pub(crate) fn cut(
    batches: &[RecordBatch],
    most: usize,
    mut take: impl FnMut(RecordBatch, u64) -> bool,
) {
    let mut number = 0;
    for batch in batches {
        for from in (0..batch.num_rows()).step_by(most) {
            let rows = most.min(batch.num_rows() - from);
            if !take(batch.slice(from, rows), number) {
                return;
            }
            number += rows as u64;
        }
    }
}
