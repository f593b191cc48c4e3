//! Entry files: CSV, Parquet and Excel, read into columns with every fault named by row and column,
//! and the columns an assessment adds.
//!
//! A file is a [`Source`]: it is cut into pieces, a piece is read as [`Table`]s, [`Entries`] makes
//! lines of a table, [`Output`] makes columns of what the engine says of them. Nothing here opens a
//! file by its name: open files are handed in.

mod added;
mod amounts;
mod cape;
mod cells;
mod dates;
mod differences;
mod entries;
mod entry_fees;
mod error;
pub mod es003;
mod facts;
mod fees;
mod format;
mod grouping;
mod groups;
mod guard;
mod head;
mod interest;
mod output;
mod parsed;
mod pricing;
pub mod refund;
mod source;
mod sum;
mod table;
mod totals;

pub use cape::{
    CapeFault, DECLARATION_ENTRIES_MAX, Declaration, EntryNumber, InvalidEntryNumber, declarations,
    read_declaration,
};
pub use differences::{Both, Difference, DifferenceColumns, Differences, SideDifferences};
pub use entries::{Entries, Faults, columns_of};
pub use entry_fees::{EntrySums, FeeReader, FeeRows, FeeTotal, Fees};
pub use error::{FileError, RowError};
pub use facts::{FactError, claim, content, mode, origin, quantity, twice, unit};
pub use fees::{FeeFacts, LineFee, bounded, counted, line_fee};
pub use format::csv::{put_head, put_rows};
pub use format::excel::{SheetWriter, fits_a_sheet};
pub use format::row_group::{ColumnChunk, ParquetEncoder, ParquetWriter, RowGroup, parquet_writer};
pub use grouping::{Grouping, Key};
pub use groups::{Group, Groups, Summing};
pub use head::{Columns, fact_names, is_column_of_lines};
pub use interest::{Creditor, Interest, Stretch, interest, stretches};
pub use output::{Batch, MONEY, Output, Programs};
pub use pricing::{Priced, Pricer, Pricing, RowFault, levying};
pub use source::{Kind, PIECE_ROWS, Piece, Source};
pub use sum::Sum;
pub use table::{Numbers, TABLE_ROWS, Table};
pub use totals::{Money, Totals};
