//! The tables that are given with `truce average`.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use chronicle::average::{TableError, Trade, claim_shares, countries, unit_values};
use flate2::read::MultiGzDecoder;
use ledger::Ledger;

use super::{Average, Given};
use crate::failure::Failure;

/// Reads what is given besides the law.
pub fn given(average: &Average, ledger: &Ledger) -> Result<Given, Failure> {
    let mut of = Vec::new();
    for name in &average.of {
        let Some(found) = countries(ledger, name) else {
            let message = format!("`{name}` is no country and no group of some");
            return Err(Failure::new(message, "--of", "ISO codes or groups, like CN, MEX, EU27"));
        };
        of.extend(found);
    }
    of.sort_unstable();
    of.dedup();
    let trade = match &average.weights {
        None => None,
        Some(path) => {
            let trade = Trade::read(ledger, open(path)?).map_err(|e| failure(path, e))?;
            if trade.flows.iter().all(|flow| flow.cents == 0) {
                let rows = trade.left_out.first().map_or_else(
                    || "it has no row with a value".to_owned(),
                    |left| format!("every row is left out; the first: {}", left.first),
                );
                let help = "code, origin, value: 9503.00.00.73,CN,125000";
                return Err(Failure::new(
                    format!("the table weighs nothing: {rows}"),
                    path.display(),
                    help,
                ));
            }
            Some(trade)
        }
    };
    let claim = |text: &str| {
        entry::claim(ledger, text).map_err(|e| TableError { message: e.message, help: e.help })
    };
    let unit = |text: &str| {
        entry::unit(ledger, text).map_err(|e| TableError { message: e.message, help: e.help })
    };
    let claims = match &average.claims {
        None => Vec::new(),
        Some(path) => claim_shares(ledger, open(path)?, claim).map_err(|e| failure(path, e))?,
    };
    let unit_values = match &average.unit_values {
        None => Vec::new(),
        Some(path) => unit_values(open(path)?, unit).map_err(|e| failure(path, e))?,
    };
    Ok(Given { trade, unit_values, claims, of })
}

/// Opens a file, compressed or not.
fn open(path: &Path) -> Result<Box<dyn Read>, Failure> {
    let unreadable = |e: std::io::Error| {
        Failure::new(format!("cannot be read: {e}"), path.display(), "check the path")
    };
    let mut file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(Failure::new("is a folder", path.display(), "give a file"));
    }
    let mut head = Vec::new();
    (&mut file).take(2).read_to_end(&mut head).map_err(unreadable)?;
    let compressed = head == [0x1f, 0x8b];
    let whole = std::io::Cursor::new(head).chain(BufReader::new(file));
    Ok(if compressed {
        Box::new(BufReader::new(MultiGzDecoder::new(whole)))
    } else {
        Box::new(whole)
    })
}

fn failure(path: &Path, error: TableError) -> Failure {
    Failure::new(error.message, path.display(), error.help)
}
