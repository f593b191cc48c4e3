//! Truce in SQL: what is asked, and what comes out.

mod ask;
mod bucket;
mod errors;
mod files;
mod functions;
mod page;
mod storage;
mod tables;
