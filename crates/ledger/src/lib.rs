//! `law/` -> a checked [`Ledger`]: acts and what they do, lists, areas, readings, worlds, events.
//!
//! The grammar is in `docs/measure-language.md`. Loading never stops at the first error: it returns
//! every [`Finding`] with file, line and what would be right. Nothing here evaluates a line.

mod act;
mod area;
mod check;
mod check_codes;
mod check_conflicts;
mod check_days;
mod check_fields;
mod check_picks;
mod check_relations;
mod condition;
mod condition_text;
mod digest;
mod document;
mod event;
mod fee;
mod filing;
mod finding;
mod form;
mod interest;
mod ledger;
mod line;
mod list;
mod order;
mod path;
mod program;
mod read_act;
mod read_fields;
mod reading;
mod refunds;
mod reload;
mod schema;
mod source;
mod territory;
mod turn;
mod verify;
mod world;

pub use act::{
    Act, Basis, Binds, Choose, Control, Does, Effect, Fields, Leaving, Operation, Outcome, Pick,
    Rate, Relation, Target, Test, Unstated, program_of, territory_of,
};
pub use area::{Area, Countries};
pub use condition::{Compare, Condition, DateFact, GoodsSelector, Limit, MODES, Tested};
pub use event::Event;
pub use fee::{Asked, Exemption, Fee, FeePart, FeeRate};
pub use filing::{Beside, Filing, FilingOrder, Slot, Split};
pub use finding::{Finding, Place, did_you_mean, suggestion};
pub use form::format;
pub use interest::{InterestQuarter, InterestRate, InterestRates};
pub use ledger::{JOINT, Ledger, Records, WORLD};
pub use line::{Goods, Known, Line, Readings, Status};
pub use list::{GoodsList, ListRow};
pub use nomenclature::Schedule;
pub use path::{Cause, Coordinates, Part, Path, Supposition};
pub use program::Program;
pub use reading::{Reading, ReadingOption};
pub use refunds::{ClockStart, EntryType, RefundWay, Refunds, Refusal, RefusalWhen, TypeEffect};
pub use schema::schema;
pub use source::Source;
pub use territory::Territory;
pub use turn::{Reach, Turn};
pub use verify::{Agrees, Aspect, Held, NotModelled, Printed, RuleKind, Verification, VerifyRule};
pub use world::{ALWAYS, Dropped, World};
