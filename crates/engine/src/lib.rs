//! The fast engine: a ledger compiled at its coordinates, and columns of lines assessed with it.
//!
//! `compile` is the control plane: it cuts knowledge and time where anything changes, gives equal
//! codes and equal countries a class, and finds for each pair of classes the *cell* that holds in each
//! slot: the measures and relations between them that such a line meets. `assess` is the data plane:
//! a line is looked up in these arrays, and what its cell makes of it is worked out once for each kind
//! of line.
//!
//! It reads the ledger and shares no code with the oracle; tests hold the two against each other.

mod answer;
mod assess;
mod assessed;
mod codes;
mod compile;
pub mod course;
mod diff;
pub mod export;
mod ground;
mod kind;
mod lines;
mod made;
mod memo;
mod open;
mod plan;
mod quick;
mod quick_plan;
mod rate;
mod recent;
mod regime;
mod resolve;
mod run;
mod sample;
mod words;
mod work;

pub use answer::{Answer, Component};
pub use assess::{Assessor, Ways};
pub use assessed::{Assessed, Remark, Wanted};
pub use compile::TooLarge;
pub use diff::{Pairs, StepSum, Steps, Way};
pub use lines::{ABSENT, Lines, NotColumnar, OTHER_DATES, PackedDate, QuantityColumn};
pub use regime::{Regime, SideStats, compile, compile_for};
pub use sample::{Sample, Samples, samples};
