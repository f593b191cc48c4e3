//! What holds for every ledger and every line, tried on random small ones.

mod defects;
mod invariants;
mod law;
