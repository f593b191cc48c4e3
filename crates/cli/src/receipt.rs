//! Receipts: what was asked, of which files and which law, and what came of it, so that it can be done
//! again years later (`truce replay`).
//!
//! A command that answers has a [`Wanted`] among its options and calls [`Run::write`] when it is done.
//! Everything else (where the receipt goes, what it holds) is settled here.

use std::fs::File;
use std::path::{Path, PathBuf};

use ledger::{Ledger, Territory};
use serde_json::{Map, Value, json};
use tariff::Day;

use crate::failure::Failure;
use crate::law;
use crate::text::wrapped;

/// The form of the receipts that are written here.
pub const FORM: u64 = 1;

/// How many digits of the ledger's digest people are shown.
pub const DIGEST_SHOWN: usize = "blake3:".len() + 12;

/// The option of commands that can be run again.
#[derive(Debug, Default, clap::Args)]
pub struct Wanted {
    /// Where to write the receipt; by default beside what -o names: FILE.receipt.json, DIR/receipt.json.
    #[arg(long, value_name = "FILE")]
    pub receipt: Option<PathBuf>,
}

/// A run that is done.
pub struct Run<'a> {
    pub wanted: &'a Wanted,
    /// The folder of the ledger, where it is not the one built in.
    pub law: Option<&'a Path>,
    pub ledger: &'a Ledger,
    /// The coordinates: `known`, `world` and `reading`, or `from` and `to` with these each.
    pub asked: Value,
    /// The files that were read, of entries and of worlds.
    pub inputs: Vec<PathBuf>,
    /// What `-o` named: a file or a folder.
    pub output: Option<&'a Path>,
    /// The files that were written. Where there is none, what was printed is the output.
    pub written: Vec<PathBuf>,
    pub printed: &'a str,
    /// The exit status.
    pub status: u8,
}

impl Run<'_> {
    /// Writes the receipt: where it was asked for, or beside the output; without either there is none.
    ///
    /// # Errors
    /// When a file cannot be read again, or the receipt not be written.
    pub fn write(self) -> Result<(), Failure> {
        let place = match (&self.wanted.receipt, self.output) {
            (Some(place), _) => place.clone(),
            (None, Some(folder)) if folder.is_dir() => folder.join("receipt.json"),
            (None, Some(file)) => {
                let mut name = file.as_os_str().to_owned();
                name.push(".receipt.json");
                name.into()
            }
            (None, None) => return Ok(()),
        };
        let inputs = self.inputs.iter().map(|path| file_json(path));
        let written = self.written.iter().map(|path| file_json(path));
        let outputs = match self.written.is_empty() {
            true => vec![printed_json(self.printed)],
            false => written.collect::<Result<Vec<Value>, Failure>>()?,
        };
        let arguments = std::env::args_os().skip(1).map(|a| json!(a.to_string_lossy()));
        let mut receipt = Map::new();
        receipt.insert("receipt".into(), json!(FORM));
        receipt.insert("version".into(), json!(env!("CARGO_PKG_VERSION")));
        receipt.insert("arguments".into(), arguments.collect());
        receipt.insert("law".into(), json!(self.law.map(|folder| folder.display().to_string())));
        receipt.insert("ledger".into(), json!(self.ledger.digest));
        if let Value::Object(asked) = self.asked {
            receipt.extend(asked);
        }
        receipt.extend(through(self.ledger));
        receipt.insert("inputs".into(), inputs.collect::<Result<Vec<Value>, Failure>>()?.into());
        receipt.insert("outputs".into(), outputs.into());
        receipt.insert("status".into(), json!(self.status));
        let text = serde_json::to_string_pretty(&receipt).expect("JSON has a text");
        law::replace(&place, format!("{text}\n"))
    }
}

/// The digest of a file, `blake3:…`, and its length.
///
/// # Errors
/// When it cannot be read.
pub fn digest(path: &Path) -> std::io::Result<(String, u64)> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok((format!("blake3:{}", hasher.finalize().to_hex()), hasher.count()))
}

/// A file by its name and digest; a pipe has none, for it cannot be read again.
fn file_json(path: &Path) -> Result<Value, Failure> {
    let name = path.display().to_string();
    if path.as_os_str() == "-" || !path.is_file() {
        return Ok(json!({"file": name, "bytes": null, "digest": null}));
    }
    let (digest, bytes) = digest(path)
        .map_err(|e| Failure::new(format!("cannot be read again: {e}"), &name, "check the disk"))?;
    Ok(json!({"file": name, "bytes": bytes, "digest": digest}))
}

fn printed_json(printed: &str) -> Value {
    let digest = format!("blake3:{}", blake3::hash(printed.as_bytes()).to_hex());
    json!({"file": "-", "bytes": printed.len(), "digest": digest})
}

/// How far the ledger was checked, for each side that levies.
pub fn through(ledger: &Ledger) -> Map<String, Value> {
    let days = |date: fn(&Territory) -> Day| -> Value {
        let sides = ledger.territories.iter();
        let sides = sides.map(|t| (t.country.to_string(), json!(date(t).to_string())));
        Value::Object(sides.collect())
    };
    [
        ("official_through".to_owned(), days(|t| t.official_through)),
        ("verified_through".to_owned(), days(|t| t.verified_through)),
    ]
    .into_iter()
    .collect()
}

/// What a file carries in itself: names and values for the metadata of Parquet and the sheet `receipt` of
/// Excel. `asked` are the coordinates as JSON, as in [`Run::asked`].
pub fn notes(ledger: &Ledger, asked: &Value) -> Vec<(String, String)> {
    let mut notes = vec![("truce.ledger".to_owned(), ledger.digest.clone())];
    let mut told = |prefix: &str, asked: &Value| {
        for name in ["known", "world", "reading"] {
            let value = match &asked[name] {
                Value::String(text) => text.clone(),
                Value::Object(readings) => {
                    let readings = readings.iter().map(|(reading, option)| {
                        format!("{reading}={}", option.as_str().unwrap_or_default())
                    });
                    readings.collect::<Vec<_>>().join(" ")
                }
                _ => continue,
            };
            notes.push((format!("truce.{prefix}{name}"), value));
        }
    };
    told("", asked);
    told("from.", &asked["from"]);
    told("to.", &asked["to"]);
    notes.push(("truce.version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()));
    for (name, sides) in through(ledger) {
        let sides = sides.as_object().into_iter().flatten();
        let days = sides.map(|(by, day)| format!("{by}={}", day.as_str().unwrap_or_default()));
        notes.push((format!("truce.{name}"), days.collect::<Vec<_>>().join(" ")));
    }
    notes
}

/// The last line of what is printed for people; `asked` are the coordinates in words.
pub fn foot(ledger: &Ledger, asked: &str) -> String {
    let day = |date: fn(&Territory) -> Day| {
        let first = ledger.territories.first().map(date);
        if ledger.territories.iter().all(|t| Some(date(t)) == first) {
            return first.map(|day| day.to_string()).unwrap_or_default();
        }
        let sides = ledger.territories.iter().map(|t| format!("{} ({})", date(t), t.country));
        sides.collect::<Vec<_>>().join(", ")
    };
    let digest = ledger.digest.get(..DIGEST_SHOWN).unwrap_or(&ledger.digest);
    let text = format!(
        "ledger {digest} · {asked} · official text through {}, verified through {} · truce {}",
        day(|t| t.official_through),
        day(|t| t.verified_through),
        env!("CARGO_PKG_VERSION"),
    );
    format!("\n{}\n", wrapped(&text, 2))
}

/// Sends what a run writes into folders of its own under `folder`, its receipt to `receipt.json` there.
///
/// # Errors
/// When the folders cannot be made.
pub fn redirect(
    folder: &Path,
    outputs: Vec<&mut PathBuf>,
    wanted: &mut Wanted,
) -> Result<(), Failure> {
    for (at, output) in outputs.into_iter().enumerate() {
        let own = folder.join(at.to_string());
        std::fs::create_dir_all(&own)
            .map_err(|e| Failure::new(format!("cannot be made: {e}"), own.display(), ""))?;
        let name = output.file_name().map(PathBuf::from);
        *output = own.join(name.unwrap_or_else(|| PathBuf::from("output")));
    }
    wanted.receipt = Some(folder.join("receipt.json"));
    Ok(())
}
