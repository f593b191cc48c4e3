//! The three kinds of files.

pub mod csv;
pub mod excel;
pub mod parquet;
