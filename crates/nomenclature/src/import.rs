//! Folding revisions into the rows of the schedule.
//!
//! The result depends on the set of revisions alone, not on the order or the grouping in which
//! they came: the rows give every earlier revision back, the new ones are laid among them by their
//! day of publication, and all rows are made again.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use tariff::{Code, Day};
use thiserror::Error;

use crate::revision::{Revision, RevisionName, Revisions};
use crate::store::{Effect, Life, Store, Stored, Texts};
use crate::{Finding, LineText, Snapshot};

/// Why nothing was imported.
#[derive(Debug, Error)]
pub enum ImportError {
    #[error("the schedule has {} findings, the first: {}", .0.len(), .0[0])]
    Schedule(Vec<Finding>),
    #[error("{0} and {1} have the same day of publication, {2}; correct one in revisions.csv")]
    SameDay(RevisionName, RevisionName, Day),
    #[error("two files say different things for {0}; leave one out, or name it with --revision")]
    Conflict(RevisionName),
}

/// What an import made.
#[derive(Debug)]
pub struct Imported {
    /// The files to write: (path relative to the schedule folder, text).
    pub files: Vec<(String, String)>,
    /// Files that no longer have rows.
    pub emptied: Vec<String>,
    /// Revisions that had been imported before with other contents.
    pub replaced: Vec<RevisionName>,
    pub lines: usize,
    pub suffixes: usize,
}

/// Adds revisions to the schedule: [`Import::start`], [`Import::add`] for each, [`Import::finish`].
///
/// # Errors
/// As those three.
pub fn import(
    files: &[(String, String)],
    revisions: &Revisions,
    new: &[(Revision, Snapshot)],
) -> Result<Imported, ImportError> {
    let mut import = Import::start(files, revisions)?;
    for (revision, snapshot) in new {
        import.add(*revision, snapshot)?;
    }
    import.finish()
}

type State<T> = BTreeMap<Code, Arc<T>>;

/// Revisions being folded into the schedule. A snapshot may go as soon as it was added: equal
/// contents are kept once, since one revision repeats nearly all of the one before.
pub struct Import {
    states: BTreeMap<RevisionName, Shown>,
    /// What the rows gave back for each revision imported before.
    before: BTreeMap<RevisionName, Shown>,
    fresh: BTreeSet<RevisionName>,
    effects: BTreeMap<(RevisionName, Code), Effect>,
    files: Vec<String>,
    lines: HashSet<Arc<LineText>>,
    units: HashSet<Arc<String>>,
}

/// One revision: what it shows.
#[derive(Clone, PartialEq, Eq)]
struct Shown {
    revision: Revision,
    lines: State<LineText>,
    suffixes: State<String>,
}

impl Import {
    /// Gives back from the rows every revision imported before.
    ///
    /// `files` is the folder as it stands, `revisions` the table of dates: a revision imported
    /// before takes its dates from there again, so a corrected date counts at the next import.
    ///
    /// # Errors
    /// When the folder has findings.
    pub fn start(files: &[(String, String)], revisions: &Revisions) -> Result<Import, ImportError> {
        let texts = files.iter().map(|(file, text)| (file.as_str(), text.as_str()));
        let (store, findings) = Store::read(texts, &mut Texts);
        if !findings.is_empty() {
            return Err(ImportError::Schedule(findings));
        }
        let mut import = Import {
            states: BTreeMap::new(),
            before: BTreeMap::new(),
            fresh: BTreeSet::new(),
            effects: store.effects,
            files: files.iter().map(|(file, _)| file.clone()).collect(),
            lines: HashSet::new(),
            units: HashSet::new(),
        };
        for old in &store.imported {
            let lines = store.lines.iter().filter(|row| row.life.shown_on(old.published));
            let suffixes = store.suffixes.iter().filter(|row| row.life.shown_on(old.published));
            let shown = Shown {
                revision: revisions.get(old.name).unwrap_or(*old),
                lines: kept(&mut import.lines, lines.map(|row| (&row.code, &row.content))),
                suffixes: kept(&mut import.units, suffixes.map(|row| (&row.code, &row.content))),
            };
            import.states.insert(old.name, shown);
        }
        import.before = import.states.clone();
        Ok(import)
    }

    /// Lays one revision among the others.
    ///
    /// # Errors
    /// When another file of this import said something else for the same revision.
    pub fn add(&mut self, revision: Revision, snapshot: &Snapshot) -> Result<(), ImportError> {
        let shown = Shown {
            revision,
            lines: kept(&mut self.lines, snapshot.lines.iter()),
            suffixes: kept(&mut self.units, snapshot.suffixes.iter()),
        };
        let first = self.fresh.insert(revision.name);
        if !first && self.states.get(&revision.name).is_some_and(|other| *other != shown) {
            return Err(ImportError::Conflict(revision.name));
        }
        self.states.insert(revision.name, shown);
        Ok(())
    }

    /// Makes the rows of all revisions.
    ///
    /// # Errors
    /// When two revisions have the same day of publication.
    pub fn finish(self) -> Result<Imported, ImportError> {
        let mut states: Vec<Shown> = self.states.into_values().collect();
        states.sort_by_key(|shown| (shown.revision.published, shown.revision.name));
        let order: Vec<Revision> = states.iter().map(|shown| shown.revision).collect();
        for pair in order.windows(2) {
            if pair[0].published == pair[1].published {
                return Err(ImportError::SameDay(pair[0].name, pair[1].name, pair[0].published));
            }
        }
        let (mut lines, mut suffixes): (Vec<_>, Vec<_>) =
            states.into_iter().map(|shown| (shown.lines, shown.suffixes)).unzip();
        let calendar = Calendar { order: &order, effects: &self.effects };
        calendar.fill_omissions(&mut lines);
        calendar.fill_omissions(&mut suffixes);
        // Compared with omissions filled, or every file that has one would seem to have changed.
        let replaced = (0..order.len())
            .filter(|at| self.fresh.contains(&order[*at].name))
            .filter(|at| {
                let before = self.before.get(&order[*at].name);
                before.is_some_and(|b| b.lines != lines[*at] || b.suffixes != suffixes[*at])
            })
            .map(|at| order[at].name)
            .collect();
        let made = Store {
            lines: calendar.rows(&lines),
            suffixes: calendar.rows(&suffixes),
            imported: order.clone(),
            ..Store::default()
        };
        let files = made.write();
        let emptied = self
            .files
            .into_iter()
            .filter(|file| file.strip_suffix(".csv").is_some_and(|n| n.parse::<u8>().is_ok()))
            .filter(|file| files.iter().all(|(made, _)| made != file))
            .collect();
        let (lines, suffixes) = (made.lines.len(), made.suffixes.len());
        Ok(Imported { files, emptied, replaced, lines, suffixes })
    }
}

/// A state whose equal contents are shared.
fn kept<'a, T: Clone + Eq + Hash + 'a>(
    known: &mut HashSet<Arc<T>>,
    rows: impl Iterator<Item = (&'a Code, &'a T)>,
) -> State<T> {
    rows.map(|(code, content)| {
        let content = known.get(content).cloned().unwrap_or_else(|| {
            let content = Arc::new(content.clone());
            known.insert(content.clone());
            content
        });
        (*code, content)
    })
    .collect()
}

struct Calendar<'a> {
    /// By day of publication.
    order: &'a [Revision],
    effects: &'a BTreeMap<(RevisionName, Code), Effect>,
}

impl Calendar<'_> {
    /// When what revision `at` changed about `code` took effect.
    fn effect(&self, at: usize, code: Code) -> Day {
        let revision = self.order[at];
        let of = |code: Code| self.effects.get(&(revision.name, code));
        match of(code).or_else(|| of(code.prefix(8))) {
            Some(Effect::On(day)) => *day,
            _ => revision.effective,
        }
    }

    /// Puts codes that files left out by mistake into them, as the first file that has them again.
    fn fill_omissions<T>(&self, states: &mut [State<T>]) {
        for ((name, code), effect) in self.effects {
            if *effect != Effect::Omitted {
                continue;
            }
            let Some(again) = self.order.iter().position(|r| r.name == *name) else { continue };
            let Some(content) = states[again].get(code).cloned() else { continue };
            // Back to the last file that still had it, or to the first of all.
            for state in states[..again].iter_mut().rev() {
                if state.contains_key(code) {
                    break;
                }
                state.insert(*code, content.clone());
            }
        }
    }

    /// One row for each run of revisions that show the same content.
    fn rows<T: Clone + Eq>(&self, states: &[State<T>]) -> Vec<Stored<T>> {
        let mut rows: Vec<Stored<T>> = Vec::new();
        let codes: BTreeSet<Code> = states.iter().flat_map(|s| s.keys().copied()).collect();
        for code in codes {
            let mut open: Option<Stored<T>> = None;
            for (at, state) in states.iter().enumerate() {
                let content = state.get(&code).map(Arc::as_ref);
                if open.as_ref().map(|row| &row.content) == content {
                    continue;
                }
                if let Some(mut row) = open.take() {
                    row.life.until = Some(self.effect(at, code));
                    row.life.ended = Some(self.order[at].published);
                    rows.push(row);
                }
                open = content.map(|content| Stored {
                    code,
                    life: Life {
                        from: (at > 0).then(|| self.effect(at, code)),
                        until: None,
                        known: self.order[at].published,
                        ended: None,
                    },
                    content: content.clone(),
                    line: 0,
                });
            }
            rows.extend(open);
        }
        rows
    }
}
