//! `truce-client`: the shell of `truce-sql`, with its plans on a cluster.

use std::process::ExitCode;

use clap::Parser;
use sql::shell::{self, Args};
use sql::{Failure, Options};

fn main() -> ExitCode {
    let args = Args::parse();
    cluster::log::begin();
    let open = async |law, options: Options| match &args.cluster {
        Some(address) => cluster::client::open(law, address, &options).await,
        None => {
            let help = "give --cluster df://HOST:PORT, or use truce-sql";
            Err(Failure::new("which cluster?", "--cluster", help).into())
        }
    };
    ExitCode::from(shell::run(&args, open))
}
