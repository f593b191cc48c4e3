//! `truce-scheduler`: takes queries and gives their parts to executors.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use cluster::scheduler::{self, Place};
use sql::Law;

/// Take queries and give their parts to executors.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:50050")]
    bind: String,
    /// The name under which executors reach this machine.
    #[arg(long, value_name = "HOST", default_value = "localhost")]
    host: String,
    /// Seconds without a sign of life after which an executor is given up.
    #[arg(long, value_name = "SECONDS", default_value = "30")]
    executor_timeout: u64,
    /// The folder of the ledger to use instead of the one built in.
    #[arg(long, env = "TRUCE_LAW", value_name = "DIR")]
    law: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    cluster::log::begin();
    let law = match Law::load(args.law.as_deref()) {
        Ok(law) => Arc::new(law),
        Err(failure) => return failed(&failure.message, &failure.place),
    };
    let bind = match scheduler::address(&args.bind) {
        Ok(bind) => bind,
        Err(e) => return failed(&e.to_string(), "--bind"),
    };
    eprintln!("truce-scheduler · {bind} · ledger {}", law.digest());
    let place =
        Place { bind, host: args.host, executor_timeout_seconds: args.executor_timeout.max(1) };
    tokio::select! {
        ended = scheduler::run(law, place) => match ended {
            Ok(()) => ExitCode::SUCCESS,
            Err(e) => failed(&e.to_string(), &args.bind),
        },
        _ = tokio::signal::ctrl_c() => ExitCode::SUCCESS,
    }
}

fn failed(message: &str, place: &str) -> ExitCode {
    eprintln!("error: {message}\n  at: {place}");
    ExitCode::from(2)
}
