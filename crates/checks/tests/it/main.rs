//! Worked cases as files: see `tests/cases/README.md`.

mod cases;
mod classes;
mod mutate;
mod official;
mod survey;
