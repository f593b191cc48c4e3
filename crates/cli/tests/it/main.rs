//! Whole runs of the command line: what a user types, what is printed, how it exits.

mod assess;
mod average;
mod bad_files;
mod bad_input;
mod calendar;
mod check;
mod diff;
mod excel;
mod fees;
mod files;
mod filing;
mod goods;
mod groups;
mod history;
mod panel;
mod planted;
mod readme;
mod refund;
mod replay;
mod runs;
mod series;
mod sql;
mod survey;
mod timeline;
mod truce;
