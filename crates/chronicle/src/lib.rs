//! The regime over time: what each side charges the other on any day, what was said and agreed between,
//! what comes due, and the pictures of it.
//!
//! Everything here is derived from a checked ledger by the engines that answer lines. Nothing here reads
//! a file or a clock.

pub mod average;
pub mod calendar;
pub mod chart;
pub mod goods;
pub mod stack;
pub mod timeline;
