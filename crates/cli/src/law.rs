//! `truce law`: look at the ledger and keep it in order.

use std::fs;
use std::path::{Path, PathBuf};

use ledger::{Ledger, format};
use serde_json::json;

use crate::failure::Failure;
use crate::text::count;
use crate::{
    law_compile, law_coverage, law_history, law_mutate, law_show, law_survey, law_verify, print,
    question,
};

#[derive(Debug, clap::Subcommand)]
pub enum LawCommand {
    /// Check every file: all findings, each with file, line and what would be right.
    Lint {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Bring the TOML files of the ledger into their one form.
    Fmt {
        /// Change nothing; name the files that are not in form, and exit 1 if there are any.
        #[arg(long)]
        check: bool,
        /// Files or folders; without any, the folder of the ledger (--law, or ./law).
        paths: Vec<PathBuf>,
    },
    /// List acts, measures, lists, areas, readings or programs.
    List {
        /// acts, measures, relations, lists, areas, readings, programs
        what: Option<String>,
        /// Only names that contain this.
        #[arg(long, value_name = "TEXT")]
        containing: Option<String>,
    },
    /// Show one act, measure, list, area, program or world.
    Show {
        id: String,
        /// Show it as the law was known by the end of this day.
        #[arg(long, value_name = "DATE")]
        known: Option<String>,
    },
    History(law_history::History),
    /// Say what the ledger holds of each program: measures, headings, codes, acts, span.
    Coverage {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Run worked cases: lines with what must come out of them.
    Cases {
        /// Files or folders of cases.
        #[arg(default_value = "tests/cases")]
        paths: Vec<PathBuf>,
    },
    Verify(law_verify::Verify),
    Mutate(law_mutate::Mutate),
    /// Compile the ledger for the fast engine.
    Compile(law_compile::Compile),
    /// Assess every line of the schedule for every country on the first and the last day of every
    /// month: what programs take, which facts are asked, and findings (exit 1 if there are any).
    Survey(law_survey::Survey),
    /// Print the JSON Schema of the files, for editors.
    Schema {
        /// act, world
        kind: String,
    },
}

pub fn run(command: &LawCommand, law: Option<&Path>) -> Result<u8, Failure> {
    match command {
        LawCommand::Lint { json } => lint(law, *json),
        LawCommand::Fmt { check, paths } => fmt(law, paths, *check),
        LawCommand::Cases { paths } => cases(law, paths),
        LawCommand::List { what, containing } => {
            let ledger = question::load(law)?;
            print(&law_show::list(&ledger, what.as_deref(), containing.as_deref())?);
            Ok(0)
        }
        LawCommand::Show { id, known } => {
            let ledger = question::load(law)?;
            print(&law_show::show(&ledger, id, known.as_deref())?);
            Ok(0)
        }
        LawCommand::History(history) => law_history::run(history, law),
        LawCommand::Coverage { json } => {
            let ledger = question::load(law)?;
            if *json {
                print(&format!("{}\n", law_coverage::json(&ledger)));
            } else {
                print(&law_coverage::text(&ledger));
            }
            Ok(0)
        }
        LawCommand::Verify(verify) => law_verify::run(verify, law),
        LawCommand::Mutate(mutate) => law_mutate::run(mutate, law),
        LawCommand::Compile(compile) => law_compile::run(compile, law),
        LawCommand::Survey(survey) => law_survey::run(survey, law),
        LawCommand::Schema { kind } => {
            let schema = ledger::schema(kind).ok_or_else(|| {
                Failure::new(format!("no file is of kind `{kind}`"), "KIND", "act or world")
            })?;
            print(&format!("{schema:#}\n"));
            Ok(0)
        }
    }
}

fn lint(law: Option<&Path>, as_json: bool) -> Result<u8, Failure> {
    let beside = Path::new("law");
    let law = law.or_else(|| beside.join("programs.toml").is_file().then_some(beside));
    let (ledger, findings) = Ledger::load(&question::source(law)?);
    let place = law.map_or_else(|| "the built-in ledger".to_owned(), |l| l.display().to_string());
    if as_json {
        let list: Vec<_> = findings
            .iter()
            .map(|f| {
                json!({"file": f.file, "line": f.line, "column": f.column,
                       "message": f.message, "help": f.help})
            })
            .collect();
        print(&format!("{}\n", json!({"law": place, "findings": list, "ledger": ledger.digest})));
    } else {
        let mut out = String::new();
        for finding in &findings {
            out.push_str(&format!("{finding}\n"));
        }
        let held = format!(
            "{place}: {} acts, {} measures, {} lists, {} schedule lines",
            count(ledger.acts.len()),
            count(ledger.measures().count()),
            count(ledger.lists.len()),
            count(ledger.schedules.values().map(|s| s.lines().count()).sum()),
        );
        let verdict = match findings.len() {
            0 => "no findings".to_owned(),
            1 => "1 finding".to_owned(),
            n => format!("{} findings", count(n)),
        };
        print(&format!("{out}{held}: {verdict}\n"));
    }
    Ok(u8::from(!findings.is_empty()))
}

fn cases(law: Option<&Path>, paths: &[PathBuf]) -> Result<u8, Failure> {
    let ledger = question::load(law)?;
    if let Some(missing) = paths.iter().find(|path| !path.exists()) {
        return Err(Failure::new(
            "there are no such cases",
            missing.display(),
            "name files or folders in the form of tests/cases/README.md",
        ));
    }
    let outcome = checks::cases::run(&ledger, paths);
    let mut out = String::new();
    for fault in &outcome.faults {
        out.push_str(&format!("{fault}\n"));
    }
    let (cases, files) = (count(outcome.cases), count(outcome.files));
    let verdict = match outcome.faults.len() {
        0 => "all come out".to_owned(),
        n => format!("{} faults", count(n)),
    };
    print(&format!("{out}{cases} cases in {files} files: {verdict}\n"));
    Ok(u8::from(!outcome.faults.is_empty()))
}

fn fmt(law: Option<&Path>, paths: &[PathBuf], check: bool) -> Result<u8, Failure> {
    let mut files = Vec::new();
    let folder = law.unwrap_or(Path::new("law")).to_owned();
    let roots = if paths.is_empty() { std::slice::from_ref(&folder) } else { paths };
    for root in roots {
        toml_files(root, &mut files)?;
    }
    let mut changed = 0;
    let mut broken = 0;
    for file in files {
        let place = file.display().to_string();
        let text = fs::read_to_string(&file)
            .map_err(|e| Failure::new(format!("cannot be read: {e}"), &place, ""))?;
        match format(&text) {
            Err((line, message)) => {
                broken += 1;
                print(&format!("{place}:{line}: {message}\n"));
            }
            Ok(formatted) if formatted != text => {
                changed += 1;
                print(&format!("{place}\n"));
                if !check {
                    replace(&file, &formatted)?;
                }
            }
            Ok(_) => {}
        }
    }
    let verb = if check { "not in form" } else { "brought into form" };
    print(&format!("{} files {verb}\n", count(changed)));
    Ok(u8::from(broken > 0 || (check && changed > 0)))
}

fn toml_files(root: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if root.is_file() {
        files.push(root.to_owned());
        return Ok(());
    }
    let entries = fs::read_dir(root).map_err(|e| {
        Failure::new(format!("cannot be read: {e}"), root.display(), "a file or folder")
    })?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() || path.extension().is_some_and(|e| e == "toml") {
            toml_files(&path, files)?;
        }
    }
    Ok(())
}

/// Writes beside the file and renames, so that an interruption leaves the old one.
pub fn replace(path: &Path, text: impl AsRef<[u8]>) -> Result<(), Failure> {
    let failure =
        |e: std::io::Error| Failure::new(format!("cannot be written: {e}"), path.display(), "");
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut part = tempfile::Builder::new();
    // As any file that a program writes: what the user's mask leaves of read and write.
    #[cfg(unix)]
    part.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = part.tempfile_in(folder).map_err(failure)?;
    fs::write(file.path(), text).map_err(failure)?;
    file.persist(path).map_err(|e| failure(e.error))?;
    Ok(())
}
