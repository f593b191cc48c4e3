//! `truce replay`: a run is done again from its receipt, and held against it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::receipt::{DIGEST_SHOWN, FORM, digest};
use crate::text::{Column, table};
use crate::{print, question};

/// Do a run again from its receipt, and say whether it gives the same.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The files are looked for where the receipt names them: replay from the folder in which the command was run.
Nothing is written but in a temporary folder.

Exit status: 0 the same, 1 something differs, 2 the receipt cannot be used.")]
pub struct Replay {
    /// The receipt, as a run has written it (FILE.receipt.json, DIR/receipt.json).
    pub receipt: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// One thing held against the receipt.
struct Held {
    what: &'static str,
    name: String,
    then: String,
    /// What there is now; `None` where it could not be had.
    now: Option<String>,
}

impl Held {
    fn same(&self) -> bool {
        self.now.as_deref() == Some(self.then.as_str())
    }
}

pub fn run(replay: &Replay, law: Option<&Path>) -> Result<u8, Failure> {
    let receipt = Receipt::read(&replay.receipt)?;
    let law = law.map(Path::to_owned).or_else(|| receipt.law.clone());
    let ledger = question::source(law.as_deref())?.digest();
    let mut held =
        vec![receipt.held("version", "truce", &receipt.version, Some(env!("CARGO_PKG_VERSION")))];
    held.push(receipt.held("ledger", "", &receipt.ledger, Some(&ledger)));
    for input in &receipt.inputs {
        let Some(then) = &input.digest else {
            let help = "a run on a file, not on a pipe, can be replayed";
            return Err(Failure::new("standard input was not kept", &input.file, help));
        };
        let (now, _) = digest(Path::new(&input.file)).map_err(|e| {
            let help = "replay from the folder in which the command was run";
            Failure::new(format!("cannot be read: {e}"), &input.file, help)
        })?;
        held.push(receipt.held("input", &input.file, then, Some(&now)));
    }
    // Of other input there is no output to compare.
    if held.iter().all(|held| held.what != "input" || held.same()) {
        held.extend(receipt.again(law.as_deref())?);
    }
    // Another version that gives the same bytes gives the same.
    let same = held.iter().all(|held| held.what == "version" || held.same());
    let ran = held.iter().any(|held| held.what == "output");
    print(&if replay.json {
        as_json(&receipt, &held, same, ran)
    } else {
        text(&receipt, &held, same, ran)
    });
    Ok(u8::from(!same))
}

/// What a receipt says.
struct Receipt {
    arguments: Vec<String>,
    law: Option<PathBuf>,
    ledger: String,
    version: String,
    inputs: Vec<Named>,
    outputs: Vec<Named>,
    status: u64,
}

/// A file and its digest.
struct Named {
    file: String,
    digest: Option<String>,
}

impl Receipt {
    fn read(path: &Path) -> Result<Receipt, Failure> {
        let place = path.display();
        let help = "give the file that a run has written beside its output, or with --receipt";
        let text = std::fs::read_to_string(path)
            .map_err(|e| Failure::new(format!("cannot be read: {e}"), &place, help))?;
        let json: Value = serde_json::from_str(&text)
            .map_err(|e| Failure::new(format!("is no receipt: {e}"), &place, help))?;
        match json.get("receipt").and_then(Value::as_u64) {
            Some(FORM) => {}
            Some(other) => {
                let message =
                    format!("is a receipt of form {other}, this program reads form {FORM}");
                return Err(Failure::new(message, &place, "use the version that wrote it"));
            }
            None => return Err(Failure::new("is no receipt: `receipt` is missing", &place, help)),
        }
        let missing = |field: &str| {
            Failure::new(format!("is no receipt: `{field}` is missing or wrong"), &place, help)
        };
        let text = |field: &str| {
            let text = json.get(field).and_then(Value::as_str);
            text.map(str::to_owned).ok_or_else(|| missing(field))
        };
        let list =
            |field: &str| json.get(field).and_then(Value::as_array).ok_or_else(|| missing(field));
        let files = |field: &str| -> Result<Vec<Named>, Failure> {
            let named = |value: &Value| {
                let file = value.get("file")?.as_str()?.to_owned();
                Some(Named { file, digest: value.get("digest")?.as_str().map(str::to_owned) })
            };
            list(field)?.iter().map(|v| named(v).ok_or_else(|| missing(field))).collect()
        };
        let arguments = list("arguments")?.iter().map(|a| a.as_str().map(str::to_owned));
        let arguments: Option<Vec<String>> = arguments.collect();
        Ok(Receipt {
            arguments: arguments.ok_or_else(|| missing("arguments"))?,
            law: json.get("law").and_then(Value::as_str).map(PathBuf::from),
            ledger: text("ledger")?,
            version: text("version")?,
            inputs: files("inputs")?,
            outputs: files("outputs")?,
            status: json.get("status").and_then(Value::as_u64).ok_or_else(|| missing("status"))?,
        })
    }

    fn held(&self, what: &'static str, name: &str, then: &str, now: Option<&str>) -> Held {
        let (name, then) = (name.to_owned(), then.to_owned());
        Held { what, name, then, now: now.map(str::to_owned) }
    }

    /// Runs the command with its outputs in a temporary folder, and compares what it says of them.
    fn again(&self, law: Option<&Path>) -> Result<Vec<Held>, Failure> {
        let failure = |e: std::io::Error| Failure::new(e, "replay", "is there room on the disk?");
        let folder = tempfile::tempdir().map_err(failure)?;
        let mut command = Command::new(std::env::current_exe().map_err(failure)?);
        command.arg("--redirect").arg(folder.path());
        command.args(without_law(&self.arguments)).env_remove("TRUCE_LAW");
        if let Some(law) = law {
            command.env("TRUCE_LAW", law);
        }
        let done = command.stdin(Stdio::null()).output().map_err(failure)?;
        let status = done.status.code().map(|code| code.to_string());
        let mut held = vec![self.held("status", "", &self.status.to_string(), status.as_deref())];
        let now = Receipt::read(&folder.path().join("receipt.json"));
        let Ok(now) = now else {
            // The command fails now: its words say why.
            let said = String::from_utf8_lossy(&done.stderr);
            let said =
                if said.trim().is_empty() { String::from_utf8_lossy(&done.stdout) } else { said };
            let first = said.lines().next().unwrap_or("no words").trim_start_matches("error: ");
            held.extend(self.outputs.iter().map(|output| Held {
                what: "output",
                name: output.file.clone(),
                then: output.digest.clone().unwrap_or_default(),
                now: Some(format!("none: {first}")),
            }));
            return Ok(held);
        };
        for (at, output) in self.outputs.iter().enumerate() {
            let digest = now.outputs.get(at).and_then(|output| output.digest.as_deref());
            let then = output.digest.as_deref().unwrap_or_default();
            held.push(self.held("output", &output.file, then, digest));
        }
        for more in now.outputs.iter().skip(self.outputs.len()) {
            held.push(self.held("output", &more.file, "none", more.digest.as_deref()));
        }
        Ok(held)
    }

    fn command(&self) -> String {
        let quoted = self.arguments.iter().map(|argument| match argument.contains([' ', '"']) {
            true => format!("\"{}\"", argument.replace('"', "\\\"")),
            false => argument.clone(),
        });
        format!("truce {}", quoted.collect::<Vec<_>>().join(" "))
    }
}

/// Arguments without the folder of the law: it is given apart, so that another may be tried.
fn without_law(arguments: &[String]) -> Vec<&String> {
    let mut kept = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--law" => drop(rest.next()),
            law if law.starts_with("--law=") => {}
            _ => kept.push(argument),
        }
    }
    kept
}

fn text(receipt: &Receipt, all: &[Held], same: bool, ran: bool) -> String {
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|held| {
            let word = if held.same() { "same" } else { "differs" };
            let told = match (held.same(), &held.now) {
                (true, _) => short(&held.then).to_owned(),
                (false, Some(now)) => format!("then {}, now {}", short(&held.then), short(now)),
                (false, None) => format!("then {}, now none", short(&held.then)),
            };
            let name = if held.file_is_printed() { "what is printed" } else { &held.name };
            vec![held.what.to_owned(), word.to_owned(), name.to_owned(), told]
        })
        .collect();
    let columns = [Column::Left, Column::Left, Column::Left, Column::Wrap];
    let verdict = match (same, ran) {
        (true, _) => "The same: every output has the bytes that the receipt says.",
        (false, true) => "Not the same.",
        (false, false) => "Not run again: an input is another file than it was.",
    };
    format!("{}\n\n{}\n{verdict}\n", receipt.command(), table(&columns, None, &rows))
}

/// A digest by its first digits; JSON has all of them.
fn short(text: &str) -> &str {
    if text.starts_with("blake3:") { text.get(..DIGEST_SHOWN).unwrap_or(text) } else { text }
}

impl Held {
    fn file_is_printed(&self) -> bool {
        self.what == "output" && self.name == "-"
    }
}

fn as_json(receipt: &Receipt, all: &[Held], same: bool, ran: bool) -> String {
    let held: Vec<Value> = all
        .iter()
        .map(|held| {
            json!({"what": held.what, "name": held.name, "same": held.same(), "then": held.then,
                   "now": held.now})
        })
        .collect();
    let json = json!({"same": same, "ran": ran, "command": receipt.command(), "held": held});
    format!("{json}\n")
}
