//! `truce-executor`: prices the parts of queries that a scheduler gives it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use cluster::executor::{self, Place};
use sql::Law;

/// Price the parts of queries that a scheduler gives out.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// The scheduler.
    #[arg(long, value_name = "HOST:PORT", default_value = "localhost:50050")]
    scheduler: String,
    /// The address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    bind: String,
    /// The name under which others fetch results from this machine.
    #[arg(long, value_name = "HOST")]
    host: Option<String>,
    /// The port of results; the next one takes orders.
    #[arg(long, value_name = "PORT", default_value = "50051")]
    port: u16,
    /// Cores to work with; 0 is all.
    #[arg(long, value_name = "N", default_value = "0")]
    cores: usize,
    /// The folder in which results wait until they are fetched.
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// Bytes for sorts, joins and groups; 0 is without bound. By default a part of the machine's memory.
    #[arg(long, value_name = "BYTES")]
    memory: Option<u64>,
    /// Seconds between signs of life.
    #[arg(long, value_name = "SECONDS", default_value = "5")]
    heartbeat: u64,
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
    let scheduler = args.scheduler.rsplit_once(':');
    let Some((host, Ok(port))) = scheduler.map(|(host, port)| (host, port.parse::<u16>())) else {
        return failed("the scheduler is HOST:PORT", "--scheduler");
    };
    if let Err(e) = std::fs::create_dir_all(&args.folder) {
        return failed(&format!("cannot be made: {e}"), &args.folder.display().to_string());
    }
    eprintln!("truce-executor · port {} · ledger {}", args.port, law.digest());
    let place = Place {
        scheduler_host: host.to_owned(),
        scheduler_port: port,
        bind_host: args.bind,
        host: args.host,
        port: args.port,
        grpc_port: args.port.saturating_add(1),
        cores: args.cores,
        folder: args.folder,
        memory_bytes: args.memory,
        heartbeat_seconds: args.heartbeat.max(1),
    };
    match executor::run(law, place).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => failed(&e.to_string(), &args.scheduler),
    }
}

fn failed(message: &str, place: &str) -> ExitCode {
    eprintln!("error: {message}\n  at: {place}");
    ExitCode::from(2)
}
