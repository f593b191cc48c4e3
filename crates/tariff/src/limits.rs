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

/// The most slots of knowledge and time that a compiled regime may have.
pub const SLOTS_MAX: usize = 60_000;

/// The most days that an average is taken over: a hundred years.
pub const AVERAGED_DAYS_MAX: usize = 36_525;

/// The most days between the first and the last change of the law of a compiled regime: from the year 1,
/// in which a world that says no more is known, to the last there is.
pub const DAYS_MAX: usize = 3_700_000;

/// The most kinds of facts that conditions of a side may leave unstated.
pub const FACTS_MAX: usize = 64;

/// The most tests of goods, and of origins, in one condition.
pub const CLASS_TESTS_MAX: usize = 32;

/// The most threads that compile one side: each looks again at what classes have in common.
pub const COMPILE_THREADS_MAX: usize = 8;

/// The most entries that one memory of an assessor keeps before it starts anew.
pub const KEPT_MAX: usize = 1 << 18;

/// The most sets of claims that one keeps.
pub const CLAIMS_KEPT_MAX: usize = 60_000;

/// The highest rate of interest a year, in percent, and the most quarters that have rates: over all of them
/// an amount grows less than 25,000 times, which leaves room for 27 decimals.
pub const INTEREST_PERCENT_MAX: i128 = 25;
pub const INTEREST_QUARTERS_MAX: usize = 160;

/// The longest document that is read, in bytes: some thousand pages.
pub const DOCUMENT_BYTES_MAX: usize = 16 << 20;

/// The most claims of one document that are held against the ledger.
pub const CLAIMS_MAX: usize = 2_000;

/// The most quotations of one document that are told.
pub const STATEMENTS_MAX: usize = 2_000;

/// The most sentences of quotations that documents are aligned by.
pub const ALIGNED_SAYINGS_MAX: usize = 10_000;

/// The longest quotation, in bytes: what has no end within it is none.
pub const QUOTATION_BYTES_MAX: usize = 4_000;

/// The most words and marks of a sentence of a document; a longer one is cut.
pub const SENTENCE_TOKENS_MAX: usize = 400;

/// The most words of a phrase in the dictionaries of the reader.
pub const PHRASE_WORDS_MAX: usize = 10;

/// The most moments of knowledge, and the most courses of duties, that one holder of claims keeps.
pub const VIEWS_KEPT_MAX: usize = 64;
pub const COURSES_KEPT_MAX: usize = 512;
