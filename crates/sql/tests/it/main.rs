//! Truce in SQL: what is asked, and what comes out.

mod ask;
mod errors;
mod files;
mod functions;
mod page;
mod tables;
