//! The oracle: what one line owes, in exact rationals, with the law behind every cent.
//!
//! It reads a checked ledger and nothing else. It is the slow reference that the fast engine is
//! measured against, so it is written to be read beside `docs/measure-language.md`: the question
//! (`oracle`), law as known (`as_of`) and what lines share of it (`shared`), facts in three values
//! (`facts`), settling of measures (`settle`), what they charge (`charge`) and on which basis (`part`,
//! `amount`), the open points of a line (`choices`), the answer (`answer`).

mod amount;
mod answer;
mod as_of;
mod charge;
mod choices;
mod course;
mod disputed;
mod facts;
mod history;
mod kept;
mod later;
mod notes;
mod oracle;
mod part;
mod resolve;
mod settle;
mod shared;
mod stand;
mod survey;
mod walk;

pub use answer::{Assessment, Component, NotApplied, Pending, Requirement, Total};
pub use choices::Need;
pub use course::moments;
pub use disputed::{Disputed, disputed};
pub use facts::representative;
pub use history::{Knowledge, Phase, Stretch, history};
pub use later::{Later, later};
pub use ledger::{Goods, Known, Line, Readings, Status};
pub use oracle::{Oracle, assess, moment_known};
pub use stand::{Stand, Standing};
pub use survey::{Controlled, Force, Survey, Suspended, rate_range};
pub use walk::{Step, Walk, walk};
