//! Whole runs of the command line: what a user types, what is printed, how it exits.

mod assess;
mod bad_input;
mod goods;
mod readme;
mod runs;
mod truce;
