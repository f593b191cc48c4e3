//! `truce hts` on its own, for work on this crate: `cargo run -p nomenclature --example hts -- --help`.

use std::path::PathBuf;

use clap::Parser;

#[path = "../../cli/src/hts.rs"]
mod hts;

#[derive(Parser)]
struct Arguments {
    #[arg(long, global = true)]
    law: Option<PathBuf>,
    #[command(subcommand)]
    command: hts::HtsCommand,
}

fn main() {
    let arguments = Arguments::parse();
    match hts::run(&arguments.command, arguments.law.as_deref()) {
        Ok(status) => std::process::exit(status),
        Err(error) => {
            eprintln!("error: {}\n  in {}\n  help: {}", error.message, error.where_, error.help);
            std::process::exit(2);
        }
    }
}
