//! Truce in SQL: the functions and tables of a ledger for DataFusion, and a shell.
//!
//! `duty(code, origin, entered, value)` and its like are priced by the engine, a batch at a time
//! ([`price`]); a query is first written anew (`rewrite`), so that calls with the same arguments are
//! worked out once and carry the digest of the law they are to be priced with.

mod arguments;
pub mod call;
pub mod coordinates;
mod failure;
mod files;
pub mod law;
pub mod price;
mod rewrite;
pub mod session;
mod settings;
pub mod shell;
pub mod storage;
pub mod tables;

pub use failure::Failure;
pub use law::Law;
pub use session::{Options, Session};
pub use settings::Settings;
