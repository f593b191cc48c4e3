//! The ledger against the official text: every heading of the additional duties, in every revision.
//!
//! The way of the data: `revision` dates a file; `heading` reads its headings, with `dates` and `names`
//! for what their descriptions say; `life` is the ledger's side, a measure through time as known; `compare`
//! holds them together, `rates` the columns and `goods` the footnotes; `explain` finds the rule of
//! `verify.toml` for what differs; `report` counts. `docs/verify.md` says what is compared and how.

mod compare;
mod dates;
mod explain;
mod goods;
mod heading;
mod life;
mod named_goods;
mod names;
mod rates;
mod report;
mod revision;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, io};

use ledger::{Ledger, Readings, Territory, VerifyRule};
use nomenclature::{Official, Revisions, Snapshot};
use oracle::Survey;
use tariff::{Code, Day, Moment, Stated};

pub(crate) use compare::named;
pub use explain::Difference;
pub use report::{Counts, OfRule, Report, Unexplained};
pub use revision::{Dating, dated};

use compare::{Held99, Question};
use explain::{About, agreements, explains};
use goods::Goods;
use heading::{Heading, headings, is_additional};
use names::Names;

/// A revision as it was read.
struct Revision {
    dating: Dating,
    headings: Vec<Heading>,
    goods: Goods,
}

/// What a person must mend before files can be compared.
#[derive(Clone, Debug)]
pub struct Fault {
    pub message: String,
    pub place: String,
    pub help: String,
}

/// How files are dated.
#[derive(Clone, Debug, Default)]
pub struct Dates {
    pub revisions: Revisions,
    /// Days given by hand, by name of a file or revision.
    pub given: BTreeMap<String, Day>,
}

/// The official files of a folder, `.json` and `.json.gz`, by name.
///
/// # Errors
/// When the folder cannot be read, or holds none.
pub fn files_of(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let fault = |e: io::Error| Fault {
        message: format!("cannot be read: {e}"),
        place: folder.display().to_string(),
        help: "name the folder of official files, or one file".to_owned(),
    };
    if folder.is_file() {
        return Ok(vec![folder.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if name.ends_with(".json") || name.ends_with(".json.gz") {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(Fault {
            message: "the folder holds no official files".to_owned(),
            place: folder.display().to_string(),
            help: "official files are .json or .json.gz, like hts_2025_rev_5.json.gz".to_owned(),
        });
    }
    Ok(files)
}

/// Official files as they were read, to hold several ledgers against.
pub struct OfficialText(Vec<Revision>);

/// Reads official files in the terms of a ledger. `progress` is told after each file is read.
///
/// # Errors
/// When no territory has a tariff schedule, or a file cannot be read.
pub fn read_files(
    ledger: &Ledger,
    files: &[PathBuf],
    dates: &Dates,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<OfficialText, Fault> {
    let Some(territory) = ledger.territories.iter().find(|t| t.schedule) else {
        return Err(Fault {
            message: "no territory of the ledger has a tariff schedule".to_owned(),
            place: "territories.toml".to_owned(),
            help: "`schedule` says where it is".to_owned(),
        });
    };
    let verification = ledger.verifications.get(&territory.id).cloned().unwrap_or_default();
    let names = Names::new(ledger, &verification);
    let mut revisions = read(ledger, territory, files, dates, &names, progress)?;
    revisions.sort_by(|a, b| (a.dating.day, &a.dating.name).cmp(&(b.dating.day, &b.dating.name)));
    Ok(OfficialText(revisions))
}

/// Compares the ledger with official files that were read.
pub fn verify_text(ledger: &Ledger, text: &OfficialText) -> Report {
    verify_headings(ledger, text, &|_| true)
}

/// Compares some headings of the ledger with official files that were read.
pub fn verify_headings(
    ledger: &Ledger,
    text: &OfficialText,
    concerned: &dyn Fn(Code) -> bool,
) -> Report {
    let Some(territory) = ledger.territories.iter().find(|t| t.schedule) else {
        return Report::default();
    };
    let verification = ledger.verifications.get(&territory.id).cloned().unwrap_or_default();
    let names = Names::new(ledger, &verification);
    let readings = Readings::new();
    let law = Law { ledger, readings: &readings, surveys: RefCell::default() };
    let held = Held99::new(ledger, territory);
    let mut report = Report::new(&verification);
    for revision in &text.0 {
        compare(&law, (&held, concerned), &names, revision, &verification.rules, &mut report);
    }
    report
}

/// Compares the ledger with official files. `progress` is told after each file is read.
///
/// # Errors
/// When no territory has a tariff schedule, or a file cannot be read.
pub fn verify(
    ledger: &Ledger,
    files: &[PathBuf],
    dates: &Dates,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Report, Fault> {
    let text = read_files(ledger, files, dates, progress)?;
    Ok(verify_text(ledger, &text))
}

/// Reads the files, two at a time.
fn read(
    ledger: &Ledger,
    territory: &Territory,
    files: &[PathBuf],
    dates: &Dates,
    names: &Names<'_>,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Vec<Revision>, Fault> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<Revision, Fault>)>> = Mutex::default();
    let latest = latest_known(ledger, territory);
    let work = || {
        while let Some((at, path)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            files.get(at).map(|path| (at, path))
        } {
            let one = read_one(territory, path, dates, latest, names);
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            done.lock().unwrap_or_else(|e| e.into_inner()).push((at, one));
            progress(&name);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(|e| e.into_inner());
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, one)| one).collect()
}

fn read_one(
    territory: &Territory,
    path: &Path,
    dates: &Dates,
    latest: Day,
    names: &Names<'_>,
) -> Result<Revision, Fault> {
    let place = path.display().to_string();
    let fault = |message: String| Fault {
        message,
        place: place.clone(),
        help: "the official export is a .json or .json.gz array of rows".to_owned(),
    };
    let bytes = fs::read(path).map_err(|e| fault(format!("cannot be read: {e}")))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let official = Official::read(&name, &bytes).map_err(|e| fault(e.to_string()))?;
    let goods = Goods::of(&Snapshot::of(&official));
    Ok(Revision {
        dating: dated(&name, &dates.revisions, &dates.given, latest),
        headings: headings(&official, names, &territory.zone),
        goods,
    })
}

/// The last day on which an act became known, or through which the ledger was verified.
fn latest_known(ledger: &Ledger, territory: &Territory) -> Day {
    let last = ledger.last_known().map(|moment| moment.day(&territory.zone));
    last.map_or(territory.verified_through, |last| last.max(territory.verified_through))
}

/// The law as known at the moments that were asked about.
struct Law<'a> {
    ledger: &'a Ledger,
    readings: &'a Readings,
    surveys: RefCell<BTreeMap<Moment, Rc<Survey<'a>>>>,
}

impl<'a> Law<'a> {
    fn known(&self, moment: Moment) -> Rc<Survey<'a>> {
        let mut surveys = self.surveys.borrow_mut();
        let made = || Rc::new(Survey::new(self.ledger, moment, self.readings));
        Rc::clone(surveys.entry(moment).or_insert_with(made))
    }
}

/// Compares every heading of a revision that is concerned, and every one in force that it does not print.
fn compare(
    law: &Law<'_>,
    (held, concerned): (&Held99<'_>, &dyn Fn(Code) -> bool),
    names: &Names<'_>,
    revision: &Revision,
    rules: &[VerifyRule],
    report: &mut Report,
) {
    let zone = &held.territory.zone;
    let day = revision.dating.day;
    let survey = law.known(Stated::Day(day).last(zone));
    // The minute after the customary one: what begins on the day holds.
    let (hour, minute) = held.territory.boundary;
    let moment = day.at(hour, minute, zone).plus_seconds(60);
    let printed: BTreeMap<Code, &Heading> =
        revision.headings.iter().map(|heading| (heading.code, heading)).collect();
    let codes: BTreeSet<Code> = printed
        .keys()
        .chain(held.carriers.keys().filter(|code| is_additional(**code)))
        .copied()
        .filter(|code| concerned(*code))
        .collect();
    report.begin(&revision.dating);
    for code in codes {
        let heading = printed.get(&code).copied();
        let question = Question {
            held,
            names,
            survey: &survey,
            heading: code,
            printed: heading,
            goods: &revision.goods,
            moment,
        };
        let comparison = question.compare();
        if heading.is_none() && comparison.differences.is_empty() {
            continue;
        }
        let programs = held.programs(code);
        report.footnotes += comparison.footnotes;
        let ended = comparison.ended.map(|ended| ended.day(zone));
        let about = About {
            heading: code,
            programs: &programs,
            published: day,
            text: heading.map_or("", |heading| &heading.all),
            end: heading.and_then(|heading| heading.end(zone)).map(|end| end.day(zone)),
        };
        let mut agrees = if comparison.differences.is_empty() {
            BTreeMap::new()
        } else {
            agreements(&question, &comparison.differences, &|moment| law.known(moment))
        };
        let differences = comparison.differences.into_iter().map(|(aspect, words)| {
            let difference = Difference {
                aspect,
                printed: comparison.printed,
                held: comparison.held,
                ended,
                words,
                agrees: agrees.remove(&aspect).unwrap_or_default(),
            };
            let rule = rules.iter().position(|rule| explains(rule, &about, &difference));
            (difference, rule)
        });
        report.add(code, &programs, differences.collect());
    }
}
