//! The tariff schedule: official files in, legal lines out.
//!
//! The way of the data: [`Official`] reads one JSON export as it is printed; [`Snapshot`] takes the
//! noise away and sorts rows into legal lines, statistical suffixes and chapter 99 headings;
//! [`Import`] folds snapshots into the rows of `law/us/schedule`; [`Schedule`] reads those rows back
//! and answers [`Schedule::lookup`] for a code, a day and a knowledge date. [`rate`] is the grammar
//! of rate texts. [`changes()`] compares two snapshots, [`Census`] counts what is computed.
//!
//! Nothing here touches files or the clock. The formats and the
//! grammar are in `docs/schedule.md`.

pub mod census;
pub mod changes;
pub mod descriptions;
mod finding;
pub mod import;
pub mod official;
pub mod rate;
pub mod revision;
mod rows;
pub mod schedule;
pub mod snapshot;
mod store;
mod table;

pub use census::Census;
pub use changes::{Change, ChangeKind, Column, changes, report};
pub use descriptions::Descriptions;
pub use finding::Finding;
pub use import::{Import, ImportError, Imported, import};
pub use official::{Official, OfficialError};
pub use revision::{Revision, RevisionName, Revisions};
pub use rows::{Meanings, Row, Rows};
pub use schedule::{Line, Lookup, Schedule, Suffix};
pub use snapshot::{LineText, Snapshot};
pub use store::Life;
