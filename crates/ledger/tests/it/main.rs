//! The loader against whole ledgers: planted errors are found where they stand, sound ledgers have
//! none, and the excerpts of the grammar's page are in the grammar.

mod built_in;
mod constructs;
mod documentation;
mod planted;
mod refunds;
mod support;
