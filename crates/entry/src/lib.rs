//! Entry files: the columns of a line, read with every fault named by row and column, and the
//! columns an assessment adds.
//!
//! Nothing here opens a file: readers and writers are handed in.

mod facts;
mod output;
mod row;

pub use facts::{FactError, claim, content, mode, origin, quantity, twice, unit};
pub use output::{Money, Output, Programs, Totals, extended};
pub use row::{Columns, HeaderError, RowError};
