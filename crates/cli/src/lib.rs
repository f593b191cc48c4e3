//! `truce`: trade law as a ledger you can run.
//!
//! The commands are a library so that other programs (`crates/python`) give the same answers in the same
//! words; what is public is what they ask for. The binary is `src/bin/truce.rs`.

pub mod assess;
mod average;
pub mod brief;
mod brief_json;
mod brief_text;
mod calendar;
mod check;
mod controls;
mod descriptions;
pub mod diff;
pub mod duty;
mod duty_check;
mod duty_json;
mod duty_text;
pub mod failure;
mod filing;
mod filing_print;
mod hts;
mod in_order;
mod law;
mod law_compile;
mod law_coverage;
mod law_history;
mod law_history_svg;
mod law_mutate;
mod law_show;
mod law_survey;
mod law_verify;
pub mod panel;
mod progress;
pub mod question;
mod receipt;
mod refund;
mod replay;
mod sql;
mod text;
mod timeline;
mod worlds;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::failure::Failure;

/// What a shipment owes, on any date, as the law was known on any date, in any world.
#[derive(Debug, Parser)]
#[command(name = "truce", version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    /// The folder of the ledger to use instead of the one built in.
    #[arg(long, global = true, env = "TRUCE_LAW", value_name = "DIR")]
    law: Option<PathBuf>,
    /// Where a replay lets a command write what it would write elsewhere.
    #[arg(long, global = true, hide = true, value_name = "DIR")]
    redirect: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  truce brief --between US,CN --on 2025-05-30
  truce duty 9503.00.00.73 --origin CN --entered 2025-05-20 --value 10000
  truce duty 9503.00.00.73 --origin CN --entered 2025-08-20 --value 10000 --known 2025-08-01
  truce assess examples/entries.csv -o assessed.csv
  truce diff examples/entries.csv --from known=entry --to known=today
  truce law show eo-14298
  truce law history us/ieepa-reciprocal/cn --svg history.svg

Exit status: 0 all exact, 1 some answer is not, 2 the input cannot be used.";

#[derive(Debug, Subcommand)]
enum Command {
    /// One screen on two sides: rates, suspensions, rulings, controls, talks, what is next.
    Brief(brief::Brief),
    /// Requirements and prohibitions besides duty, on both sides.
    Controls(controls::Controls),
    /// What one line owes, and the law behind every cent.
    Duty(Box<duty::Duty>),
    /// Assess a file of entry lines.
    Assess(assess::Assess),
    /// What changes between two coordinates, and which act explains it.
    Diff(Box<diff::Diff>),
    /// What of a report of entries comes back, by which way and until when.
    Refund(Box<refund::Refund>),
    /// The regime as tables: every code by every country over days, or rates to join lines to.
    Panel(Box<panel::Panel>),
    /// Average rates by day: over lines, or weighted by a table of trade.
    Average(Box<average::Average>),
    /// Both sides over time: every change, what happened between; as a table or a picture.
    Timeline(Box<timeline::Timeline>),
    /// What comes due: ends of suspensions, staged rates, exclusions, hearings; also for calendars.
    Calendar(calendar::Calendar),
    /// What documents claim about trade measures, held against the ledger.
    Check(Box<check::Check>),
    /// Do a run again from its receipt, and say whether it gives the same.
    Replay(replay::Replay),
    /// Ask in SQL, over Parquet and CSV files.
    Sql(sql::Sql),
    /// List the scenarios of the ledger.
    Worlds(worlds::Worlds),
    /// Look at the ledger and keep it in order.
    Law {
        #[command(subcommand)]
        command: law::LawCommand,
    },
    /// The official tariff schedule: take it in, compare revisions, count rate texts.
    Hts {
        #[command(subcommand)]
        command: hts::HtsCommand,
    },
    /// Print the completion script of a shell.
    Completions { shell: clap_complete::Shell },
}

impl Command {
    /// The files and folders that a run writes, and where its receipt goes; `None` of a command that
    /// has no receipt.
    fn writes(&mut self) -> Option<(Vec<&mut PathBuf>, &mut receipt::Wanted)> {
        Some(match self {
            Command::Duty(duty) => (Vec::new(), &mut duty.wanted),
            Command::Assess(assess) => (assess.output.iter_mut().collect(), &mut assess.wanted),
            Command::Diff(diff) => (diff.output.iter_mut().collect(), &mut diff.wanted),
            Command::Refund(refund) => (refund.output.iter_mut().collect(), &mut refund.wanted),
            Command::Panel(panel) => (vec![&mut panel.output], &mut panel.wanted),
            Command::Average(average) => {
                (average.output.iter_mut().chain(&mut average.svg).collect(), &mut average.wanted)
            }
            Command::Timeline(timeline) => {
                (timeline.svg.iter_mut().chain(&mut timeline.csv).collect(), &mut timeline.wanted)
            }
            Command::Calendar(calendar) => {
                (calendar.ics.iter_mut().collect(), &mut calendar.wanted)
            }
            Command::Check(check) => (check.html.iter_mut().collect(), &mut check.wanted),
            _ => return None,
        })
    }
}

/// Runs the command that the arguments of the process name; its exit status.
pub fn main() -> ExitCode {
    let mut cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    if let Some(folder) = &cli.redirect {
        let redirected = match cli.command.writes() {
            Some((outputs, wanted)) => receipt::redirect(folder, outputs, wanted),
            None => Err(Failure::new("this command has no receipt", "the arguments", "")),
        };
        if let Err(failure) = redirected {
            eprintln!("{failure}");
            return ExitCode::from(2);
        }
    }
    let law = cli.law.as_deref();
    let json = match &cli.command {
        Command::Brief(brief) => brief.json,
        Command::Controls(controls) => controls.json,
        Command::Duty(duty) => duty.json,
        Command::Assess(assess) => assess.json,
        Command::Diff(diff) => diff.json,
        Command::Refund(refund) => refund.json,
        Command::Panel(panel) => panel.json,
        Command::Average(average) => average.json,
        Command::Timeline(timeline) => timeline.json,
        Command::Calendar(calendar) => calendar.json,
        Command::Check(check) => check.json,
        Command::Replay(replay) => replay.json,
        Command::Worlds(worlds) => worlds.json,
        Command::Law { command: law::LawCommand::History(history) } => history.json,
        Command::Law { command: law::LawCommand::Verify(verify) } => verify.json,
        Command::Law { command: law::LawCommand::Mutate(mutate) } => mutate.json,
        Command::Law { command: law::LawCommand::Survey(survey) } => survey.json,
        _ => false,
    };
    let result = match &cli.command {
        Command::Brief(brief) => brief::run(brief, law),
        Command::Controls(controls) => controls::run(controls, law),
        Command::Duty(duty) => duty::run(duty, law),
        Command::Assess(assess) => assess::run(assess, law),
        Command::Diff(diff) => diff::run(diff, law),
        Command::Refund(refund) => refund::run(refund, law),
        Command::Panel(panel) => panel::run(panel, law),
        Command::Average(average) => average::run(average, law),
        Command::Timeline(timeline) => timeline::run(timeline, law),
        Command::Calendar(calendar) => calendar::run(calendar, law),
        Command::Check(check) => check::run(check, law),
        Command::Replay(replay) => replay::run(replay, law),
        Command::Sql(sql) => sql::run(sql, law),
        Command::Worlds(worlds) => worlds::run(worlds, law),
        Command::Law { command } => law::run(command, law),
        Command::Hts { command } => hts_run(command, law),
        Command::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "truce", &mut io::stdout());
            Ok(0)
        }
    };
    match result {
        Ok(status) => ExitCode::from(status),
        Err(failure) if json => {
            print(&format!("{}\n", failure.json()));
            ExitCode::from(2)
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(2)
        }
    }
}

/// Help and version are printed; what is wrong with the arguments is an error as any other.
fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && std::env::args().any(|a| a == "--json") {
        let text = error.to_string();
        let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        print(&format!("{}\n", Failure::new(message, "the arguments", "see --help").json()));
        return ExitCode::from(2);
    }
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// The schedule is written into a folder: the one given, or `law` beside the work.
fn hts_run(command: &hts::HtsCommand, law: Option<&Path>) -> Result<u8, Failure> {
    let beside = Path::new("law");
    let law = law.or_else(|| beside.join("us").is_dir().then_some(beside));
    hts::run(command, law)
}

/// Prints to standard output; a reader that went away (`| head`) is no error.
fn print(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
}
