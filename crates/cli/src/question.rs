//! The coordinates that every question has besides its date: what was known, which world, which
//! readings; and the ledger they are asked of.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ledger::{Finding, Known, Ledger, Readings, Source, World};
use serde_json::{Value, json};
use tariff::{Country, Stated};

use crate::failure::Failure;

#[derive(Debug, Default, clap::Args)]
pub struct Coordinates {
    /// Which law had been made: `entry` (what importers faced), `today` (the last law known), a
    /// day (its end) or a moment.
    #[arg(long, value_name = "entry|today|DATE", default_value = "entry")]
    pub known: String,
    /// A world of the ledger (`truce worlds`) or a file of one; may be repeated, in order.
    #[arg(long, value_name = "NAME|FILE")]
    pub world: Vec<String>,
    /// The option to take where authorities disagree; may be repeated.
    #[arg(long, value_name = "NAME=OPTION")]
    pub reading: Vec<String>,
}

/// Two sides on a day.
#[derive(Debug, clap::Args)]
pub struct Pair {
    /// The two sides (ISO codes).
    #[arg(long, value_name = "CC,CC", default_value = "US,CN")]
    pub between: String,
    /// The day; the last day that the ledger follows by default.
    #[arg(long, value_name = "DATE")]
    pub on: Option<String>,
}

impl Pair {
    /// The countries, of which one at least levies duties here, and the day.
    pub fn settle(&self, ledger: &Ledger) -> Result<([Country; 2], Stated), Failure> {
        let pair = sides(&self.between, ledger)?;
        let home = &ledger.territories[0];
        let on = match &self.on {
            Some(text) => Stated::parse(text, &home.zone)
                .map_err(|e| Failure::new(e, "--on", "write 2025-05-30"))?,
            None => Stated::Day(home.verified_through),
        };
        Ok((pair, on))
    }
}

/// The two countries of `US,CN`, of which one at least levies duties here.
pub fn sides(between: &str, ledger: &Ledger) -> Result<[Country; 2], Failure> {
    let parts: Vec<&str> = between.split(',').collect();
    let [a, b] = parts.as_slice() else {
        let message = format!("`{}` is no pair", between);
        return Err(Failure::new(message, "--between", "write US,CN"));
    };
    let country = |text: &str| {
        entry::origin(ledger, text).map_err(|e| Failure::new(e.message, "--between", e.help))
    };
    let pair = [country(a)?, country(b)?];
    if !pair.iter().any(|c| ledger.levying(c.as_str()).is_some()) {
        let all: Vec<&str> = ledger.territories.iter().map(|t| t.country.as_str()).collect();
        let help = format!("the ledger holds the duties of {}", all.join(", "));
        return Err(Failure::new("neither side levies duties here", "--between", help));
    }
    Ok(pair)
}

/// A ledger in the worlds asked for, with the other coordinates settled.
pub struct Question {
    pub ledger: Arc<Ledger>,
    pub known: Known,
    /// In the words of the option.
    pub known_as_asked: String,
    pub readings: Readings,
}

impl Question {
    /// The coordinates as JSON: `{known, world, reading}`.
    pub fn asked(&self) -> Value {
        json!({"known": self.known_as_asked, "world": self.world(), "reading": self.readings})
    }

    /// The coordinates for people.
    pub fn in_words(&self) -> String {
        let readings: String = self
            .readings
            .iter()
            .map(|(name, option)| format!(" · reading {name}={option}"))
            .collect();
        format!("known {} · world {}{readings}", self.known_as_asked, self.world())
    }

    /// The worlds by name, `record` for none.
    pub fn world(&self) -> String {
        if self.ledger.supposed.is_empty() {
            "record".to_owned()
        } else {
            self.ledger.supposed.join("+")
        }
    }
}

impl Coordinates {
    /// Loads the ledger and settles the coordinates. Errors name the option.
    pub fn settle(&self, law: Option<&Path>) -> Result<Question, Failure> {
        let record = Arc::new(load(law)?);
        let question = self.settle_in(&record)?;
        // Not taken apart at the end: the process ends with it, and freeing its rows one by one would
        // keep the user waiting.
        std::mem::forget(question.ledger.clone());
        Ok(question)
    }

    /// Settles the coordinates in a ledger that is loaded.
    pub fn settle_in(&self, record: &Arc<Ledger>) -> Result<Question, Failure> {
        let ledger::Coordinates { known, worlds, readings } = self.of(record)?;
        let ledger = match worlds.is_empty() {
            true => record.clone(),
            false => Arc::new(record.in_worlds(&worlds)),
        };
        Ok(Question { ledger, known, known_as_asked: self.known.clone(), readings })
    }

    /// The worlds that are files of the user's, which a run reads besides its input.
    pub fn files(&self, ledger: &Ledger) -> Vec<PathBuf> {
        let named = |name: &str| ledger.worlds.iter().any(|world| world.id == name);
        self.world.iter().filter(|name| !named(name)).map(PathBuf::from).collect()
    }

    /// The coordinates in terms of a ledger.
    pub fn of(&self, record: &Ledger) -> Result<ledger::Coordinates, Failure> {
        let worlds = self.world.iter().map(|name| world(record, name));
        Ok(ledger::Coordinates {
            known: self.known(record)?,
            readings: self.readings(record)?,
            worlds: worlds.collect::<Result<Vec<World>, Failure>>()?,
        })
    }

    fn known(&self, ledger: &Ledger) -> Result<Known, Failure> {
        match self.known.as_str() {
            "entry" => Ok(Known::Entry),
            "today" => Ok(Known::Today),
            text => {
                let zone = &ledger.territories[0].zone;
                Stated::parse(text, zone).map(Known::At).map_err(|e| {
                    Failure::new(e, "--known", "entry, today, a day (2025-08-01) or a moment")
                })
            }
        }
    }

    fn readings(&self, ledger: &Ledger) -> Result<Readings, Failure> {
        let mut readings = Readings::new();
        for text in &self.reading {
            let (name, option) = text.split_once('=').ok_or_else(|| {
                Failure::new(format!("`{text}` names no option"), "--reading", "write NAME=OPTION")
            })?;
            let Some(reading) = ledger.readings.iter().find(|r| r.id == name) else {
                let names = ledger.readings.iter().map(|r| r.id.as_str());
                let help =
                    ledger::did_you_mean(name, names, "the ledger's readings are in law/readings");
                return Err(Failure::new(format!("unknown reading `{name}`"), "--reading", help));
            };
            if !reading.options.iter().any(|o| o.id == option) {
                let all: Vec<&str> = reading.options.iter().map(|o| o.id.as_str()).collect();
                let help = format!("its options are {}", all.join(", "));
                return Err(Failure::new(
                    format!("`{name}` has no option `{option}`"),
                    "--reading",
                    help,
                ));
            }
            readings.insert(name.to_owned(), option.to_owned());
        }
        Ok(readings)
    }
}

/// Loads the ledger to answer with: one that has findings is refused.
pub fn load(law: Option<&Path>) -> Result<Ledger, Failure> {
    if law.is_none() {
        return Ok(Ledger::embedded());
    }
    let (ledger, findings) = Ledger::load(&source(law)?);
    match findings.first() {
        None => Ok(ledger),
        Some(first) => Err(Failure::new(
            format!("the ledger has {} finding(s); the first: {}", findings.len(), first.message),
            format!("{}:{}", first.file, first.line),
            "`truce law lint` shows them all",
        )),
    }
}

/// The text of the ledger: a folder, or the one built in.
pub fn source(law: Option<&Path>) -> Result<Source, Failure> {
    let Some(folder) = law else { return Ok(Source::embedded()) };
    let mut files = Vec::new();
    collect(folder, folder, &mut files)?;
    if files.is_empty() {
        let help = "a ledger has programs.toml, territories.toml and folders of acts";
        return Err(Failure::new("the folder holds no ledger", folder.display(), help));
    }
    Ok(Source::new(files))
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> Result<(), Failure> {
    let unreadable = |path: &Path, e: std::io::Error| {
        Failure::new(format!("cannot be read: {e}"), path.display(), "give the folder with --law")
    };
    let entries = fs::read_dir(folder).map_err(|e| unreadable(folder, e))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if path.extension().is_some_and(|e| e == "toml" || e == "csv") {
            let bytes = fs::read(&path).map_err(|e| unreadable(&path, e))?;
            let text = String::from_utf8(bytes).map_err(|_| {
                Failure::new("is not UTF-8", path.display(), "save the file as UTF-8")
            })?;
            let name =
                path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.push((name, text));
        }
    }
    Ok(())
}

/// A world by its name in the ledger, or from a user's file.
fn world(ledger: &Ledger, name: &str) -> Result<World, Failure> {
    if let Some(world) = ledger.worlds.iter().find(|w| w.id == name) {
        return Ok(world.clone());
    }
    let path = Path::new(name);
    if !path.is_file() {
        let names = ledger.worlds.iter().map(|w| w.id.as_str()).chain(["record"]);
        if name == "record" {
            let help = "leave --world out: the record is the default";
            return Err(Failure::new("`record` is no scenario", "--world", help));
        }
        let help = ledger::did_you_mean(name, names, "`truce worlds` lists them; or give a file");
        return Err(Failure::new(format!("unknown world `{name}`"), "--world", help));
    }
    let text = fs::read_to_string(path).map_err(|e| {
        Failure::new(format!("cannot be read: {e}"), name, "a world is a TOML file")
    })?;
    let zone = &ledger.territories[0].zone;
    let (world, mut findings) = World::parse(name, &text, zone);
    if let Some(world) = &world {
        findings.extend(ledger.check_world(world));
    }
    match (findings.first(), world) {
        (None, Some(world)) => Ok(world),
        (Some(Finding { file, line, message, help, .. }), _) => {
            Err(Failure::new(message, format!("{file}:{line}"), help))
        }
        (None, None) => Err(Failure::new("the file holds no world", name, "id, title and [[do]]")),
    }
}
