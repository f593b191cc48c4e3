//! CSV: pieces of a file, cut where records end, and rows written.

use std::io::Read;
use std::sync::Arc;

use ::csv::{ByteRecord, ReaderBuilder};
use arrow::array::{ArrayRef, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use crate::cells::Cells;
use crate::error::{FileError, RowError};
use crate::parsed::tellable;
use crate::table::{Numbers, TABLE_ROWS, Table};

/// Reads CSV piece by piece.
pub struct CsvReader<R> {
    reader: ::csv::Reader<R>,
    schema: SchemaRef,
    record: ByteRecord,
}

/// Records of a CSV file, their fields laid end to end.
#[derive(Debug, Default)]
pub struct Records {
    bytes: Vec<u8>,
    /// Where each field ends in `bytes`.
    ends: Vec<u32>,
    /// Where the fields of each record end in `ends`.
    records: Vec<u32>,
    /// The line of the file on which each record begins.
    lines: Vec<u64>,
}

/// A piece ends here even if it has room for more rows: a field may be of any length.
const PIECE_BYTES_MAX: usize = 1 << 28;

impl<R: Read> CsvReader<R> {
    /// Reads the head.
    ///
    /// # Errors
    /// When there is none.
    pub fn new(source: R) -> Result<CsvReader<R>, FileError> {
        // A row of another length is one bad row, not the end of the file.
        let mut reader =
            ReaderBuilder::new().flexible(true).buffer_capacity(1 << 17).from_reader(source);
        let head = reader.headers().map_err(|e| {
            FileError::new(format!("is not CSV: {e}"), "UTF-8, comma separated, with a head")
        })?;
        if head.is_empty() {
            return Err(FileError::new("the file is empty", "it needs a head and lines"));
        }
        let fields = head.iter().map(|name| Field::new(name, DataType::Utf8, true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        Ok(CsvReader { reader, schema, record: ByteRecord::new() })
    }

    /// A column of text for each name of the head.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The next records, at most `rows` of them; `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub fn piece(&mut self, rows: usize) -> Result<Option<Records>, FileError> {
        let mut piece = Records::default();
        while piece.lines.len() < rows && piece.bytes.len() < PIECE_BYTES_MAX {
            let more = self.reader.read_byte_record(&mut self.record).map_err(|e| {
                FileError::new(format!("cannot be read: {e}"), "save the file as CSV")
            })?;
            if !more {
                break;
            }
            piece.push(&self.record)?;
        }
        Ok((!piece.lines.is_empty()).then_some(piece))
    }
}

impl Records {
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    fn push(&mut self, record: &ByteRecord) -> Result<(), FileError> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(record.as_slice());
        if u32::try_from(self.bytes.len()).is_err() {
            return Err(FileError::new(
                "a row is larger than 4 GB",
                "look for a quote that is not closed",
            ));
        }
        let ends = (0..record.len()).filter_map(|at| record.range(at)).map(|r| start + r.end);
        self.ends.extend(ends.map(|end| end as u32));
        self.records.push(self.ends.len() as u32);
        self.lines.push(record.position().map_or(0, ::csv::Position::line));
        Ok(())
    }

    /// The records as tables; columns that are not `wanted` are left out.
    pub fn tables<'a>(
        &'a self,
        schema: &'a Schema,
        wanted: &'a [bool],
    ) -> impl Iterator<Item = Table> + 'a {
        (0..self.len())
            .step_by(TABLE_ROWS)
            .map(|from| self.table(schema, wanted, from, (from + TABLE_ROWS).min(self.len())))
    }

    fn table(&self, schema: &Schema, wanted: &[bool], from: usize, until: usize) -> Table {
        let mut builders: Vec<Option<StringBuilder>> =
            wanted.iter().map(|wanted| wanted.then(StringBuilder::new)).collect();
        let mut broken = Vec::new();
        for row in from..until {
            let first = if row == 0 { 0 } else { self.records[row - 1] as usize };
            let ends = &self.ends[first..self.records[row] as usize];
            let mut start = if first == 0 { 0 } else { self.ends[first - 1] as usize };
            if ends.len() != builders.len() {
                let message =
                    format!("the row has {} cells, the head {}", ends.len(), builders.len());
                let help = "look for a stray comma or quote";
                broken.push((row - from, RowError::new("row", message, help)));
            }
            for (at, builder) in builders.iter_mut().enumerate() {
                // A short row is filled up, so that the added cells stand in their columns.
                let end = ends.get(at).map_or(start, |end| *end as usize);
                let cell = &self.bytes[start..end];
                start = end;
                let Some(builder) = builder else { continue };
                match std::str::from_utf8(cell) {
                    Ok(cell) => builder.append_value(cell),
                    Err(_) => {
                        let message =
                            format!("the cell under `{}` is not UTF-8", schema.field(at).name());
                        let error = RowError::new("row", message, "save the file as UTF-8");
                        broken.push((row - from, error));
                        builder.append_value(String::from_utf8_lossy(cell));
                    }
                }
            }
        }
        // Of two faults of a row the first is told.
        broken.dedup_by_key(|(row, _)| *row);
        let columns =
            builders.into_iter().map(|b| b.map(|mut b| Arc::new(b.finish()) as ArrayRef)).collect();
        let numbers = Numbers::Each(self.lines[from..until].to_vec());
        Table { columns, count: until - from, numbers, broken }
    }
}

/// Appends a field, in quotes where it needs them.
pub(crate) fn put_field(out: &mut Vec<u8>, field: &[u8]) {
    if !field.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        out.extend_from_slice(field);
        return;
    }
    out.push(b'"');
    for byte in field {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

/// Appends a row of names.
pub fn put_head<'a>(out: &mut Vec<u8>, names: impl IntoIterator<Item = &'a str>) {
    for (at, name) in names.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        put_field(out, name.as_bytes());
    }
    out.push(b'\n');
}

/// Appends the rows of columns that are equally long.
///
/// # Errors
/// A column of a type that has no text.
pub fn put_rows(out: &mut Vec<u8>, columns: &[ArrayRef]) -> Result<(), FileError> {
    let columns: Vec<ArrayRef> = columns.iter().map(tellable).collect();
    let cells = columns.iter().map(Cells::of).collect::<Result<Vec<_>, _>>()?;
    for row in 0..columns.first().map_or(0, |c| c.len()) {
        for (at, cells) in cells.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            cells.put(row, out);
        }
        // A row of one empty field would be no row.
        if cells.len() == 1 && out.last().is_none_or(|last| *last == b'\n') {
            out.extend_from_slice(b"\"\"");
        }
        out.push(b'\n');
    }
    Ok(())
}
