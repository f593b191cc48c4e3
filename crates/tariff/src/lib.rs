//! The vocabulary of trade law, without any law and without any I/O.
//!
//! Every other crate speaks in these types: a commodity [`Code`], a [`Country`], a [`Moment`] with
//! its [`Interval`]s, money in [`Cents`], an [`Exact`] number, a [`DutyExpression`].
//! Nothing here knows a program, a heading or a country by name.

mod code;
mod country;
mod expression;
pub mod limits;
mod moment;
mod money;
mod unit;

pub use code::{Code, Heading, InvalidCode};
pub use country::{Country, InvalidCountry};
pub use expression::{DutyExpression, Part, Per, Term};
pub use moment::{Day, Interval, InvalidMoment, MONTHS, Moment, Stated, Zone};
pub use money::{Cents, Exact, InvalidAmount, exact_decimal, parse_exact, percent, round_half_up};
pub use unit::{Quantity, Unit, UnitKind};
