//! The engine against the oracle, which it shares nothing with but the ledger and its vocabulary.

mod agreement;
mod batches;
mod boundaries;
mod crew;
mod diff;
mod edges;
mod export;
#[path = "../../../oracle/tests/it/law.rs"]
#[allow(dead_code)]
mod law;
mod metamorphic;
mod named;
mod order;
mod random_ledgers;
mod readings;
mod real_ledger;
mod real_lines;
#[path = "../../../ledger/tests/it/support.rs"]
#[allow(dead_code)]
mod support;
mod too_large;
mod worlds;
