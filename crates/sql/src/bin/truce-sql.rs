//! `truce-sql`: Truce in SQL on this machine; with `--cluster` it hands over to `truce-client`.

use std::process::{Command, ExitCode};

use clap::Parser;
use sql::shell::{self, Args};
use sql::{Options, Session};

fn main() -> ExitCode {
    let args = Args::parse();
    if args.cluster.is_some() {
        return hand_over();
    }
    let open = async |law, options: Options| Session::local(law, &options);
    ExitCode::from(shell::run(&args, open))
}

/// The client of a cluster is a program of its own, for Ballista takes long to build.
fn hand_over() -> ExitCode {
    let beside = std::env::current_exe().ok();
    let beside = beside.and_then(|path| Some(path.parent()?.join("truce-client")));
    let program = match beside {
        Some(path) if path.is_file() => path,
        _ => "truce-client".into(),
    };
    match Command::new(&program).args(std::env::args_os().skip(1)).status() {
        Ok(status) => ExitCode::from(status.code().and_then(|c| c.try_into().ok()).unwrap_or(2)),
        Err(_) => {
            eprintln!(
                "error: the program `truce-client` is not there\n  at: --cluster\n  help: build it with \
                 `cargo build --release -p cluster`, and put it beside `truce-sql` or on the PATH"
            );
            ExitCode::from(2)
        }
    }
}
