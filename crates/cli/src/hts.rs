//! `truce hts`: the official tariff schedule, taken into the ledger and compared.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nomenclature::{
    Census, Descriptions, Import, ImportError, Official, Revision, RevisionName, Revisions,
    Snapshot, changes, report,
};
use tariff::Day;

use crate::failure::Failure;
use crate::progress::progress;
use crate::text::wrapped;
use crate::{descriptions, print, question};

/// Work with the official tariff schedule (the JSON export of the U.S. International Trade
/// Commission).
#[derive(Debug, clap::Subcommand)]
pub enum HtsCommand {
    /// Take official files into the schedule of the ledger, in any order and any number.
    Import {
        /// Official files, `.json` or `.json.gz`, named for their revision (hts_2025_rev_5.json).
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The revision of the file, where its name does not say it (one file only).
        #[arg(long, value_name = "NAME")]
        revision: Option<String>,
        /// The day it was published, where law/us/revisions.csv has no such revision.
        #[arg(long, value_name = "DATE")]
        published: Option<String>,
    },
    /// Show what changed from one official file to another.
    Diff {
        /// The earlier file.
        from: PathBuf,
        /// The later file.
        to: PathBuf,
        /// Print JSON instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Find codes by the words of their official descriptions, as kept by an import.
    Search {
        /// Words that all occur, in any order.
        #[arg(required = true)]
        words: Vec<String>,
    },
    /// Count the rate texts by class: what is computed, what needs a fact.
    Classes {
        /// Official files; without any, the schedule of the ledger is counted.
        files: Vec<PathBuf>,
    },
}

fn io_failure(error: &io::Error, path: &Path) -> Failure {
    Failure::new(error, path.display(), "check that the path exists and may be used")
}

/// Runs a command. `law` is the folder of the ledger: an import writes into it (default `law`),
/// a count reads it (default the built-in one). Returns the exit status.
pub fn run(command: &HtsCommand, law: Option<&Path>) -> Result<u8, Failure> {
    match command {
        HtsCommand::Import { files, revision, published } => {
            let folder = law.unwrap_or(Path::new("law"));
            import_files(files, revision.as_deref(), published.as_deref(), folder)
        }
        HtsCommand::Diff { from, to, json } => diff(from, to, *json),
        HtsCommand::Classes { files } => classes(files, law),
        HtsCommand::Search { words } => search(&words.join(" ")),
    }
}

fn import_files(
    files: &[PathBuf],
    revision: Option<&str>,
    published: Option<&str>,
    law_dir: &Path,
) -> Result<u8, Failure> {
    if files.len() > 1 && (revision.is_some() || published.is_some()) {
        let help = "import that file on its own";
        return Err(Failure::new("--revision and --published are for one file", "", help));
    }
    let revisions = read_revisions(law_dir)?;
    let published = published.map(Day::parse).transpose();
    let published = published.map_err(|e| Failure::new(e, "--published", "write a date"))?;
    let mut dated = Vec::new();
    for file in files {
        dated.push((file, dated_revision(file, revision, published, &revisions)?));
    }

    let folder = law_dir.join("us").join("schedule");
    let bar = progress(files.len() as u64, "files");
    let stopped = |e: ImportError| Failure::new(e, folder.display(), "nothing was written");
    let mut import = Import::start(&read_folder(&folder)?, &revisions).map_err(stopped)?;
    let mut findings = Vec::new();
    let data_file = descriptions::file();
    let mut descriptions = descriptions::load()?;
    for (file, revision) in dated {
        bar.set_message(revision.name.to_string());
        let official = read_official(file)?;
        descriptions.merge(Descriptions::of(&official, revision.name));
        let mut snapshot = Snapshot::of(&official);
        findings.append(&mut snapshot.findings);
        import.add(revision, &snapshot).map_err(stopped)?;
        bar.inc(1);
    }
    bar.finish_and_clear();

    let made = import.finish().map_err(stopped)?;
    write_whole(&folder, &made.files)?;
    for file in &made.emptied {
        let path = folder.join(file);
        fs::remove_file(&path).map_err(|e| io_failure(&e, &path))?;
    }
    if let Some(path) = data_file.as_deref().filter(|_| !descriptions.is_empty()) {
        let folder = path.parent().unwrap_or(Path::new("."));
        write_whole(folder, &[("descriptions.csv".to_owned(), descriptions.write())])?;
    }

    for name in made.replaced {
        eprintln!("{name} had been imported with other contents; this file replaces them");
    }
    for finding in &findings {
        eprintln!("{finding}");
    }
    let text = format!(
        "{} {} read; {} rows of lines, {} of suffixes in {}\n",
        files.len(),
        if files.len() == 1 { "file" } else { "files" },
        made.lines,
        made.suffixes,
        folder.display()
    );
    print(&text);
    Ok(0)
}

/// The revision a file is, with its dates.
fn dated_revision(
    file: &Path,
    name: Option<&str>,
    published: Option<Day>,
    revisions: &Revisions,
) -> Result<Revision, Failure> {
    let said = name.map(str::to_owned);
    let found = RevisionName::parse(&said.unwrap_or_else(|| file.to_string_lossy().into_owned()))
        .map_err(|e| {
        let help = "rename the file, or pass --revision 2025_rev_5";
        Failure::new(e, file.display(), help)
    })?;
    // Whoever names the revision knows what the file holds.
    let real = if name.is_some() { found } else { revisions.content_of(found) };
    if real != found {
        eprintln!("{}: the file of this name holds {real}", file.display());
    }
    if let Some(revision) = revisions.get(real) {
        // A date given by hand is for revisions the table does not have.
        return Ok(match published {
            Some(day) if day != revision.published => Revision { published: day, ..revision },
            _ => revision,
        });
    }
    let Some(published) = published else {
        let help = "add a row to law/us/revisions.csv, or pass --published DATE";
        let message = format!("the day {real} was published is not known");
        return Err(Failure::new(message, file.display(), help));
    };
    Ok(Revision { name: real, published, effective: published })
}

fn diff(from: &Path, to: &Path, json: bool) -> Result<u8, Failure> {
    let (a, b) = (read_official(from)?, read_official(to)?);
    let changes = changes(&Snapshot::of(&a), &Snapshot::of(&b));
    let title = |official: &Official| {
        RevisionName::parse(&official.file)
            .map_or_else(|_| official.file.clone(), |name| name.to_string())
    };
    let (a_name, b_name) = (title(&a), title(&b));
    if json {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for change in &changes {
            let kind = serde_json::to_value(change.kind).unwrap_or_default();
            *counts.entry(kind.as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
        let out = serde_json::json!({
            "from": a_name, "to": b_name, "changes": changes, "counts": counts,
        });
        print(&format!("{out:#}\n"));
        return Ok(0);
    }
    // Names of no revision: they are only for this report.
    let nameless = RevisionName { year: 0, number: 0 };
    let names = Descriptions::of(&b, nameless);
    print(&format!("From {a_name} to {b_name}\n\n{}", report(&changes, &names)));
    Ok(0)
}

fn classes(files: &[PathBuf], law: Option<&Path>) -> Result<u8, Failure> {
    let mut census = Census::default();
    if files.is_empty() {
        for schedule in question::load(law)?.schedules.values() {
            census.add_schedule(schedule);
        }
    }
    let bar = progress(files.len() as u64, "files");
    for file in files {
        let official = read_official(file)?;
        census.add(&official, &Snapshot::of(&official));
        bar.inc(1);
    }
    bar.finish_and_clear();
    let status = if census.unreadable.is_empty() { 0 } else { 1 };
    print(&census.report());
    Ok(status)
}

/// The most codes that a search prints.
const FOUND_MAX: usize = 40;

fn search(words: &str) -> Result<u8, Failure> {
    let descriptions = descriptions::load()?;
    if descriptions.is_empty() {
        let help = "`truce hts import FILE…` keeps the official descriptions; then search again";
        return Err(Failure::new("no descriptions are kept on this machine", "", help));
    }
    // A heading is found with everything under it; ten digits are what is entered.
    let found: Vec<_> = descriptions.search(words).filter(|(code, _)| code.digits() >= 8).collect();
    let mut out = String::new();
    for (code, text) in found.iter().take(FOUND_MAX) {
        out.push_str(&format!("{code:<14}  {}\n", wrapped(text, 16)));
    }
    if found.len() > FOUND_MAX {
        out.push_str(&format!("… and {} more; add a word\n", found.len() - FOUND_MAX));
    }
    print(&out);
    Ok(u8::from(found.is_empty()))
}

fn read_official(file: &Path) -> Result<Official, Failure> {
    let bytes = fs::read(file).map_err(|e| io_failure(&e, file))?;
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    Official::read(&name, &bytes).map_err(|e| {
        Failure::new(e, file.display(), "the official export is a .json or .json.gz array of rows")
    })
}

fn read_revisions(law_dir: &Path) -> Result<Revisions, Failure> {
    let path = law_dir.join("us").join("revisions.csv");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Revisions::default()),
        Err(e) => return Err(io_failure(&e, &path)),
    };
    let (revisions, findings) = Revisions::read(&path.display().to_string(), &text);
    match findings.first() {
        Some(f) => Err(Failure::new(&f.message, format!("{}:{}", f.file, f.line), &f.help)),
        None => Ok(revisions),
    }
}

/// The CSV files of the schedule folder; a folder that is not there is an empty schedule.
fn read_folder(folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(io_failure(&e, folder)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|e| io_failure(&e, folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".csv") {
            files.push((name, fs::read_to_string(&path).map_err(|e| io_failure(&e, &path))?));
        }
    }
    files.sort();
    Ok(files)
}

/// Writes every file beside its place first and renames them when all are whole, so that a stop
/// on the way leaves the old ones. Files that would stay the same are not touched.
fn write_whole(folder: &Path, files: &[(String, String)]) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|e| io_failure(&e, folder))?;
    let mut written = Vec::new();
    let result = files.iter().try_for_each(|(name, text)| {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|old| old == text.as_bytes()) {
            return Ok(());
        }
        let beside = folder.join(format!(".{name}.{}.new", std::process::id()));
        written.push((beside.clone(), path));
        fs::write(&beside, text).map_err(|e| io_failure(&e, &beside))
    });
    let result = result.and_then(|()| {
        written.iter().try_for_each(|(beside, path)| {
            fs::rename(beside, path).map_err(|e| io_failure(&e, path))
        })
    });
    if result.is_err() {
        for (beside, _) in &written {
            // What cannot be removed is named by the error already.
            let _ = fs::remove_file(beside);
        }
    }
    result
}
