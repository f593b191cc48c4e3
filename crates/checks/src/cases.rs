//! Worked cases: files that state lines and what must come out of them.
//!
//! `tests/cases/README.md` describes the form (`form`). A case is assessed by the oracle; every field that
//! it states is held against the answer. `controls` are cases without a line.

mod controls;
mod form;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use ledger::{Ledger, Source, World};
use oracle::{Assessment, Goods, Known, Line, Oracle, Readings, Status};
use tariff::{Cents, Code, Country, Stated, exact_decimal, parse_exact};

use form::{Case, Controls, File};

fn files(folder: &Path, extension: &[&str], found: &mut Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|e| extension.iter().any(|x| e == *x)) {
            found.push(path);
        }
    }
}

/// What came of cases.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub files: usize,
    pub cases: usize,
    /// One line for each field that came out otherwise, with its file and case.
    pub faults: Vec<String>,
}

/// Cases as they were read, to run on several ledgers.
#[derive(Debug, Default)]
pub struct Cases {
    pub files: usize,
    worked: Vec<Worked>,
    /// Those of controls; they run on the law.
    pub of_controls: Vec<OfControls>,
    /// Files that cannot be read or break the form.
    faults: Vec<String>,
}

/// A case with where it stands.
#[derive(Debug)]
pub struct Worked {
    label: String,
    case: Case,
    path: PathBuf,
    /// The name of its own small ledger.
    small: Option<String>,
}

/// A case of controls with where it stands.
#[derive(Debug)]
pub struct OfControls {
    label: String,
    case: Controls,
}

impl OfControls {
    /// One line for each field that comes out otherwise.
    pub fn faults(&self, ledger: &Ledger) -> Vec<String> {
        let faults = controls::check(ledger, &self.case).unwrap_or_else(|fault| vec![fault]);
        faults.into_iter().map(|fault| format!("{}: {fault}", self.label)).collect()
    }
}

impl Cases {
    /// Reads the cases of files and folders.
    pub fn read(paths: &[PathBuf]) -> Cases {
        let mut found = Vec::new();
        for path in paths {
            match path.is_dir() {
                true => files(path, &["toml"], &mut found),
                false => found.push(path.clone()),
            }
        }
        let mut cases = Cases { files: found.len(), ..Cases::default() };
        for path in found {
            cases.read_file(&path);
        }
        cases
    }

    fn read_file(&mut self, path: &Path) {
        let name = path.display();
        let read = fs::read_to_string(path).map_err(|e| e.to_string());
        let file: File = match read.and_then(|t| toml::from_str(&t).map_err(|e| e.to_string())) {
            Ok(file) => file,
            Err(error) => {
                self.faults.push(format!("{name}: {error}"));
                return;
            }
        };
        if file.about.trim().is_empty() || file.source.trim().is_empty() {
            self.faults.push(format!("{name}: `about` and `source` say what it is and whence"));
        }
        let wrong = path.components().any(|c| c.as_os_str() == "wrong");
        for (at, case) in file.cases.into_iter().enumerate() {
            let label = labelled(path, at, &case.about);
            if wrong && (case.published.is_none() || case.verdict.is_none()) {
                self.faults
                    .push(format!("{label}: a wrong example states `published` and `verdict`"));
            }
            let several = case.code.all().len() * case.origin.all().len() > 1;
            for case in case.each() {
                let label = match several {
                    true => format!("{label}: {} of {}", case.code.one(), case.origin.one()),
                    false => label.clone(),
                };
                let (path, small) = (path.to_owned(), file.ledger.clone());
                self.worked.push(Worked { label, case, path, small });
            }
        }
        for (at, case) in file.controls.into_iter().enumerate() {
            let label = labelled(path, at, &case.about);
            self.of_controls.push(OfControls { label, case });
        }
    }

    /// Runs all cases; those that name a small ledger of their own run on that one: `ledgers/NAME` in
    /// a folder above theirs.
    pub fn run(&self, ledger: &Ledger) -> Outcome {
        let mut small: BTreeMap<PathBuf, Ledger> = BTreeMap::new();
        let mut faults = self.faults.clone();
        let mut of_the_law = plain(ledger);
        for worked in &self.worked {
            let found = match &worked.small {
                None => worked.faults(ledger, &mut of_the_law),
                Some(name) => match small_ledger(&worked.path, name, &mut small) {
                    Ok(ledger) => worked.faults(ledger, &mut plain(ledger)),
                    Err(fault) => vec![format!("{}: {fault}", worked.label)],
                },
            };
            faults.extend(found);
        }
        faults.extend(self.of_controls.iter().flat_map(|case| case.faults(ledger)));
        Outcome { files: self.files, cases: self.worked.len() + self.of_controls.len(), faults }
    }

    /// The cases that run on the law itself.
    pub fn of_the_law(&self) -> impl Iterator<Item = &Worked> {
        self.worked.iter().filter(|worked| worked.small.is_none())
    }
}

impl Worked {
    /// One line for each field that comes out otherwise.
    pub fn faults<'a>(&self, ledger: &'a Ledger, plain: &mut Oracle<'a>) -> Vec<String> {
        let faults = check(ledger, &self.case, plain).unwrap_or_else(|fault| vec![fault]);
        faults.into_iter().map(|fault| format!("{}: {fault}", self.label)).collect()
    }

    /// The side that levies, the code and the origin, as stated.
    pub fn about(&self) -> (&str, &str, &str) {
        (&self.case.by, self.case.code.one(), self.case.origin.one())
    }

    /// The day or moment of entry, as stated.
    pub fn entered(&self) -> &str {
        &self.case.entered
    }

    /// Whether it is asked in a world.
    pub fn is_hypothetical(&self) -> bool {
        !self.case.world.is_empty()
    }

    /// The measures that its answer names: those that apply, and those that do not.
    pub fn measures<'a>(
        &self,
        ledger: &'a Ledger,
        plain: &mut Oracle<'a>,
    ) -> [BTreeSet<String>; 2] {
        let Ok((_, _, answer, _)) = answered(ledger, &self.case, plain) else {
            return Default::default();
        };
        [
            answer.components.into_iter().map(|c| c.measure).collect(),
            answer.not_applied.into_iter().map(|n| n.measure).collect(),
        ]
    }
}

/// Runs the cases of files and folders on the ledger.
pub fn run(ledger: &Ledger, paths: &[PathBuf]) -> Outcome {
    Cases::read(paths).run(ledger)
}

/// How a case of a file is called.
fn labelled(path: &Path, at: usize, about: &Option<String>) -> String {
    let about = about.as_ref().map(|a| format!(" ({a})")).unwrap_or_default();
    format!("{} #{}{about}", path.display(), at + 1)
}

/// The ledger of a folder `ledgers/NAME` above a file.
fn small_ledger<'a>(
    path: &Path,
    name: &str,
    loaded: &'a mut BTreeMap<PathBuf, Ledger>,
) -> Result<&'a Ledger, String> {
    let folder = path
        .ancestors()
        .map(|above| above.join("ledgers").join(name))
        .find(|folder| folder.is_dir())
        .ok_or_else(|| format!("no folder `ledgers/{name}` above it"))?;
    if !loaded.contains_key(&folder) {
        loaded.insert(folder.clone(), ledger_of(&folder)?);
    }
    Ok(&loaded[&folder])
}

/// A ledger from a folder.
///
/// # Errors
/// Its findings, when it has any.
pub fn ledger_of(folder: &Path) -> Result<Ledger, String> {
    let mut paths = Vec::new();
    files(folder, &["toml", "csv"], &mut paths);
    let mut texts = Vec::with_capacity(paths.len());
    for path in paths {
        let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
        texts.push((name, fs::read_to_string(&path).map_err(|e| e.to_string())?));
    }
    let (ledger, findings) = Ledger::load(&Source::new(texts));
    let listed: Vec<String> = findings.iter().map(ToString::to_string).collect();
    match listed.is_empty() {
        true => Ok(ledger),
        false => Err(format!("{}:\n{}", folder.display(), listed.join("\n"))),
    }
}

fn line(ledger: &Ledger, case: &Case) -> Result<Line, String> {
    let territory = ledger.levying(&case.by).ok_or("unknown `by`")?;
    let date = |text: &str| Stated::parse(text, &territory.zone).map_err(|e| e.to_string());
    let optional = |text: &Option<String>| text.as_deref().map(date).transpose();
    let fault = |e: entry::FactError| e.message;
    let code = Code::parse(case.code.one()).map_err(|e| e.to_string())?;
    let origin = Country::parse(case.origin.one()).map_err(|e| e.to_string())?;
    let value = Cents::parse(&case.value).map_err(|e| e.to_string())?;
    let mut line = Line::new(&territory.id, Goods::Code(code), origin, date(&case.entered)?, value);
    for text in &case.quantity {
        line.quantities.push(entry::quantity(ledger, text).map_err(fault)?);
    }
    line.loaded = optional(&case.loaded)?;
    line.exported = optional(&case.exported)?;
    line.withdrawn = optional(&case.withdrawn)?;
    line.privileged = optional(&case.privileged)?;
    line.mode = case.mode.as_deref().map(entry::mode).transpose().map_err(fault)?;
    for text in &case.claims {
        line.claims.push(entry::claim(ledger, text).map_err(fault)?);
    }
    for (part, amount) in &case.content {
        let (part, amount) = entry::content(&format!("{part}={amount}")).map_err(fault)?;
        line.contents.insert(part, amount);
    }
    Ok(line)
}

/// What the oracle is asked with where a case chooses no reading.
static NO_READINGS: Readings = Readings::new();

/// An oracle for cases without worlds and readings; it keeps what cases of one day share.
pub fn plain(ledger: &Ledger) -> Oracle<'_> {
    Oracle::new(ledger, &NO_READINGS)
}

/// The answer to a case, with the ledger in its worlds, the line and the readings.
fn answered<'a>(
    ledger: &'a Ledger,
    case: &Case,
    plain: &mut Oracle<'a>,
) -> Result<(Cow<'a, Ledger>, Line, Assessment, Readings), String> {
    let worlds = case
        .world
        .iter()
        .map(|id| {
            ledger.worlds.iter().find(|w| w.id == *id).cloned().ok_or(format!("no world `{id}`"))
        })
        .collect::<Result<Vec<World>, String>>()?;
    let ledger = match worlds.is_empty() {
        true => Cow::Borrowed(ledger),
        false => Cow::Owned(ledger.in_worlds(&worlds)),
    };
    let line = line(&ledger, case)?;
    let zone = &ledger.territory(&line.by).expect("just found").zone;
    let known = match case.known.as_str() {
        "entry" => Known::Entry,
        "today" => Known::Today,
        text => Known::At(Stated::parse(text, zone).map_err(|e| e.to_string())?),
    };
    let readings: Readings = case.reading.clone();
    let answer = match case.world.is_empty() && readings.is_empty() {
        true => plain.assess(&line, known),
        false => oracle::assess(&ledger, &line, known, &readings),
    };
    Ok((ledger, line, answer, readings))
}

fn check<'a>(
    ledger: &'a Ledger,
    case: &Case,
    plain: &mut Oracle<'a>,
) -> Result<Vec<String>, String> {
    let (ledger, line, answer, readings) = answered(ledger, case, plain)?;
    let mut faults = Vec::new();
    let mut compare = |what: &str, found: String, wanted: &str| {
        if found != wanted {
            faults.push(format!("{what} is {found}, should be {wanted}"));
        }
    };
    let amount = |cents: Option<Cents>| cents.map_or("none".to_owned(), |c| c.to_string());
    if let Some(status) = &case.status {
        compare("status", answer.status.name().to_owned(), status);
    } else if answer.status != Status::Exact && case.duty_min.is_none() {
        compare("status", answer.status.name().to_owned(), "exact");
    }
    for (what, found, wanted) in [
        ("duty", answer.duty, &case.duty),
        ("duty_min", answer.duty_min, &case.duty_min),
        ("duty_max", answer.duty_max, &case.duty_max),
    ] {
        if let Some(wanted) = wanted {
            compare(what, amount(found), wanted);
        }
    }
    if let Some(wanted) = &case.percent {
        let found = answer
            .duty
            .map_or("none".to_owned(), |d| exact_decimal(d.exact() / answer.value.exact() * 100));
        compare("percent", found, wanted);
    }
    for (name, wanted) in &case.amounts {
        compare(name, sum_of(&answer, name), wanted);
    }
    if let Some(wanted) = &case.headings {
        let mut found: Vec<String> = answer
            .components
            .iter()
            .filter_map(|c| c.heading)
            .filter(Code::is_special)
            .map(|h| h.to_string())
            .collect();
        found.sort();
        found.dedup();
        let mut wanted = wanted.clone();
        wanted.sort();
        compare("headings", found.join(" "), &wanted.join(" "));
    }
    if let Some(wanted) = &case.requirements {
        let mut found: Vec<&str> = answer.requirements.iter().map(|r| r.measure.as_str()).collect();
        found.sort_unstable();
        let mut wanted = wanted.clone();
        wanted.sort();
        compare("requirements", found.join(" "), &wanted.join(" "));
    }
    if let Some(wanted) = &case.needs {
        let found: Vec<&str> = answer.needs.iter().map(|n| n.fact.as_str()).collect();
        compare("needs", found.join("; "), &wanted.join("; "));
    }
    for (measure, words) in &case.out {
        let reason = answer
            .not_applied
            .iter()
            .find(|n| n.measure == *measure)
            .map_or("not mentioned".to_owned(), |n| n.reason.clone());
        if !reason.contains(words.as_str()) {
            compare(&format!("the reason against {measure}"), reason, words);
        }
    }
    if let Some(wanted) = &case.pending {
        let found: Vec<&str> = answer.pending.iter().map(|p| p.act.as_str()).collect();
        compare("pending", found.join(" "), &wanted.join(" "));
    }
    for words in &case.warnings {
        if !answer.warnings.iter().any(|w| w.contains(words.as_str())) {
            compare("warnings", answer.warnings.join(" | "), words);
        }
    }
    if case.later.is_some() || case.later_acts.is_some() {
        let later = oracle::later(&ledger, &line, &answer, &readings);
        if let Some(wanted) = &case.later {
            let found = later.as_ref().map_or("unchanged".to_owned(), |l| amount(l.duty));
            compare("later", found, wanted);
        }
        if let Some(wanted) = &case.later_acts {
            let found = later.map(|l| l.acts.join(" ")).unwrap_or_default();
            compare("the acts of later", found, &wanted.join(" "));
        }
    }
    if let Some(published) = &case.published {
        let same =
            parse_exact(published).is_some_and(|p| answer.duty.is_some_and(|d| d.exact() == p));
        if same {
            faults.push(format!("the published {published} comes out after all"));
        }
    }
    Ok(faults)
}

fn sum_of(answer: &Assessment, name: &str) -> String {
    let parts: Vec<Cents> = answer
        .components
        .iter()
        .filter(|c| c.program == name || c.measure == name)
        .map(|c| c.amount)
        .collect();
    if parts.is_empty() { "none".to_owned() } else { parts.into_iter().sum::<Cents>().to_string() }
}
