//! The three kinds of files.

pub mod csv;
pub(crate) mod dictionary;
pub mod excel;
pub mod parquet;
pub mod row_group;
