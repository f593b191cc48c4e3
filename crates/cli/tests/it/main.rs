//! Whole runs of the command line: what a user types, what is printed, how it exits.

mod assess;
mod bad_files;
mod bad_input;
mod diff;
mod excel;
mod fees;
mod files;
mod filing;
mod goods;
mod groups;
mod history;
mod readme;
mod replay;
mod runs;
mod survey;
mod truce;
