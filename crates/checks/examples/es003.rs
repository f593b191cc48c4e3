//! Writes a made-up report of entries in the form of ACE ES-003, and beside it the list of the errors
//! planted in it.
//!
//! ```text
//! cargo run --release -p checks --example es003 -- --entries 10000 --seed 1 -o reports
//! ```

use std::path::PathBuf;
use std::process::ExitCode;

use checks::es003::{Form, Wanted, make};
use ledger::Ledger;

const USAGE: &str = "\
es003 [--entries 1000] [--seed 1] [--slip-one-in 12] [--line-value-head] [--wrapped]
      [--without-liquidation] [-o FOLDER]
writes es003.csv and es003-planted.csv into the folder";

fn main() -> ExitCode {
    match run() {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<String, String> {
    let mut wanted = Wanted { seed: 1, entries: 1000, slip_one_in: 12, form: Form::default() };
    let mut folder = PathBuf::from(".");
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        let mut number = || {
            let text = value()?;
            text.parse::<u64>().map_err(|_| format!("{argument} {text}: not a whole number"))
        };
        match argument.as_str() {
            "--entries" => wanted.entries = number()? as usize,
            "--seed" => wanted.seed = number()?,
            "--slip-one-in" => wanted.slip_one_in = number()? as usize,
            "--line-value-head" => wanted.form.line_value_head = true,
            "--wrapped" => wanted.form.wrapped = true,
            "--without-liquidation" => wanted.form.without_liquidation = true,
            "-o" => folder = PathBuf::from(value()?),
            other => return Err(format!("unknown argument {other}")),
        }
    }
    let made = make(&Ledger::embedded(), wanted, || {})?;
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    for (name, text) in [("es003.csv", &made.report), ("es003-planted.csv", &made.planted)] {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(format!(
        "{} entries, {} lines ({} of them open for want of facts), {} rows, {} errors planted",
        made.entries, made.lines, made.open_lines, made.rows, made.slips
    ))
}
