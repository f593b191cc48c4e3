//! `truce sql`: hands over to the program `truce-sql`, which is built apart: DataFusion is larger than all
//! the rest of Truce.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;

/// Ask in SQL, over Parquet and CSV files (docs/sql.md).
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub struct Sql {
    /// A query and options; `--help` lists them.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "QUERY")]
    pub args: Vec<OsString>,
}

const PROGRAM: &str = "truce-sql";

pub fn run(sql: &Sql, law: Option<&Path>) -> Result<u8, Failure> {
    let mut command = Command::new(program());
    command.args(&sql.args);
    if let Some(law) = law {
        command.env("TRUCE_LAW", law);
    }
    let status = command.status().map_err(|e| {
        let help = "build it with `cargo build --release -p sql`, and put it beside `truce` or on the PATH";
        Failure::new(format!("the program `{PROGRAM}` cannot be run: {e}"), "sql", help)
    })?;
    // What a signal ended has no status of its own.
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(2))
}

/// The one that stands beside this program, or that on the PATH.
fn program() -> PathBuf {
    let beside = std::env::current_exe().ok();
    let beside = beside.and_then(|path| Some(path.parent()?.join(PROGRAM)));
    beside.filter(|path| path.is_file()).unwrap_or_else(|| PROGRAM.into())
}
