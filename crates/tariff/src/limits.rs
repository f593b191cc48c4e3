//! Every limit in one place. Within them exact arithmetic cannot overflow: the largest product is a
//! quantity (18 digits) times a rate (at most 10 digits over 10) times a share of the value.

use crate::Cents;

/// The largest value or content of a line: it leaves room for a duty of several hundred percent.
pub const AMOUNT_MAX: Cents = Cents(9_000_000_000_000_000);

/// The largest quantity, and the most decimals that one may have.
pub const QUANTITY_MAX: i128 = 1_000_000_000_000;
pub const QUANTITY_DECIMALS_MAX: u32 = 6;

/// The most combinations of open points that are tried for one line.
pub const COMBINATIONS_MAX: usize = 1024;

/// Up to so many of them are compared pair by pair, to see which open points matter.
pub const COMPARED_MAX: usize = 128;

/// The most words that a quotation in the ledger may have.
pub const QUOTE_WORDS_MAX: usize = 25;
