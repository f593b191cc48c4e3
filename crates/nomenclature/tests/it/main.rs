//! One binary for all tests that go through the public surface of the crate.

mod bad_input;
mod changes;
mod history;
mod official_texts;
mod rates;
mod reading;
mod support;
