//! Whole runs of the command line: what a user types, what is printed, how it exits.

mod assess;
mod bad_files;
mod bad_input;
mod diff;
mod files;
mod goods;
mod groups;
mod history;
mod planted;
mod readme;
mod panel;
mod refund;
mod runs;
mod survey;
mod truce;
