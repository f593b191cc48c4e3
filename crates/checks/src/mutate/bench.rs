//! Who notices a mutation: lint, then the worked cases that may see it, then the official text.

use std::collections::BTreeSet;

use ledger::{Does, Ledger, Source};
use tariff::Code;

use super::effect::same_law;
use super::reach::Reach;
use super::witness::{Search, search};
use super::{Against, Mutation, Noticed, Sight};
use crate::cases::{OfControls, Worked, plain};
use crate::official::{OfficialText, Report, named, verify_headings, verify_text};

/// What the sound ledger gives.
pub(crate) struct Bench<'a> {
    source: &'a Source,
    ledger: &'a Ledger,
    cases: Vec<Sound<'a>>,
    controls: &'a [OfControls],
    official: Option<(&'a OfficialText, BTreeSet<String>)>,
}

/// A case that comes out on the sound ledger.
struct Sound<'a> {
    worked: &'a Worked,
    /// Measures that apply to it, and others that its answer names.
    measures: [BTreeSet<String>; 2],
    code: Option<Code>,
}

impl<'a> Bench<'a> {
    pub fn new(source: &'a Source, ledger: &'a Ledger, against: &Against<'a>) -> Bench<'a> {
        // By their dates, so that an oracle may keep what cases of one day share.
        let mut worked: Vec<&Worked> = against.cases.of_the_law().collect();
        worked.sort_by_key(|worked| (worked.about().0, worked.entered()));
        let mut oracle = plain(ledger);
        let mut cases = Vec::with_capacity(worked.len());
        for worked in worked {
            if worked.faults(ledger, &mut oracle).is_empty() {
                let measures = worked.measures(ledger, &mut oracle);
                let code = Code::parse(worked.about().1).ok();
                cases.push(Sound { worked, measures, code });
            }
        }
        Bench {
            source,
            ledger,
            cases,
            controls: &against.cases.of_controls,
            official: against
                .official
                .map(|text| (text, differences(&verify_text(ledger, text)).collect())),
        }
    }

    /// Who noticed; `None` where the mutation changes no answer.
    pub fn asks(&self, mutation: &Mutation) -> Option<Option<Noticed>> {
        if self.source.get(&mutation.file) == Some(mutation.text.as_str()) {
            return None;
        }
        let copy = self.source.with(&mutation.file, mutation.text.clone());
        let (ledger, findings) = self.ledger.reload(&copy, &mutation.file);
        if let Some(finding) = findings.first() {
            let words = format!("{}:{}: {}", finding.file, finding.line, finding.message);
            return Some(Some(Noticed::Lint(words)));
        }
        if same_law(self.ledger, &ledger, mutation) {
            return None;
        }
        if let Some(fault) = self.faults(&ledger, mutation) {
            return Some(Some(Noticed::Cases(fault)));
        }
        let Some((text, known)) = self.official.as_ref().filter(|_| self.printed(mutation)) else {
            return Some(None);
        };
        let report = match self.programs_concerned(mutation) {
            None => verify_text(&ledger, text),
            Some(programs) => {
                let headings = [self.ledger, &ledger].map(|ledger| headings(ledger, &programs));
                verify_headings(&ledger, text, &|code| headings.iter().any(|h| h.contains(&code)))
            }
        };
        let new = differences(&report).find(|difference| !known.contains(difference));
        Some(new.map(Noticed::Verify))
    }

    /// A line that the mutation is seen by.
    pub fn search(&self, mutation: &Mutation) -> Search {
        let copy = self.source.with(&mutation.file, mutation.text.clone());
        let (ledger, _) = self.ledger.reload(&copy, &mutation.file);
        search(self.ledger, &ledger, mutation)
    }

    /// Whether a control is among the measures that change.
    fn are_controls(&self, sight: &Sight) -> bool {
        sight.measures.iter().any(|id| {
            self.ledger.program(ledger::program_of(id)).is_some_and(|program| !program.levies)
        })
    }

    /// The programs whose headings may be compared otherwise; `None` is all: what an act is known by
    /// concerns all that it does, and the base duty says which countries pay column 2.
    fn programs_concerned<'m>(&self, mutation: &'m Mutation) -> Option<BTreeSet<&'m str>> {
        let measures = &mutation.sight.measures;
        let programs: BTreeSet<&str> = measures.iter().map(|id| ledger::program_of(id)).collect();
        let base = |id: &&str| self.ledger.program(id).is_some_and(|program| program.base);
        let some = !mutation.of_act && !programs.is_empty() && !programs.iter().any(base);
        some.then_some(programs)
    }

    /// Whether the official text says anything of the measures: it prints headings of additional duties.
    fn printed(&self, mutation: &Mutation) -> bool {
        let additional = |id: &String| {
            self.ledger.measure(id).into_iter().flatten().any(|record| {
                match &self.ledger.record(*record).1.does {
                    Does::Measure { fields, .. } | Does::Amend { fields, .. } => {
                        fields.heading.is_some_and(|heading| heading.chapter() == 99)
                    }
                    _ => false,
                }
            })
        };
        mutation.sight.measures.is_empty() || mutation.sight.measures.iter().any(additional)
    }

    /// The first fault of a case, those asked first that are nearest to the change.
    fn faults(&self, ledger: &Ledger, mutation: &Mutation) -> Option<String> {
        let sight = &mutation.sight;
        let controls = self.are_controls(sight);
        if controls || mutation.of_act || sight.measures.is_empty() {
            let fault = self.controls.iter().find_map(|c| c.faults(ledger).into_iter().next());
            if fault.is_some() {
                return fault;
            }
        }
        // What an act is known by, or a world makes of a measure, may reach any line.
        let reach = Reach::of([self.ledger, ledger], sight);
        let reached = |sound: &Sound<'_>| {
            mutation.of_act
                || sound.worked.is_hypothetical()
                || reach.covers(sound.code, sound.worked.about().2)
        };
        let mut near: Vec<(usize, &Sound<'_>)> = self
            .cases
            .iter()
            .filter(|sound| sees(sound, sight, controls) && reached(sound))
            .map(|sound| (distance(sound, sight), sound))
            .collect();
        near.sort_by_key(|(distance, _)| *distance);
        let mut oracle = plain(ledger);
        near.iter()
            .find_map(|(_, sound)| sound.worked.faults(ledger, &mut oracle).into_iter().next())
    }
}

/// The headings of the measures of programs, and those that relations stand for.
fn headings(ledger: &Ledger, programs: &BTreeSet<&str>) -> BTreeSet<Code> {
    let mut headings = BTreeSet::new();
    for (id, records) in ledger.measures() {
        if programs.contains(ledger::program_of(id)) {
            headings.extend(records.iter().filter_map(|r| match &ledger.record(*r).1.does {
                Does::Measure { fields, .. } | Does::Amend { fields, .. } => fields.heading,
                _ => None,
            }));
        }
    }
    for (_, records) in ledger.relations() {
        let at = records.iter().filter_map(|record| ledger.record(*record).1.at.as_ref());
        headings.extend(at.flat_map(|at| named(at)));
    }
    headings
}

/// Whether a change may change the answer at all. Controls of one side stand in answers of the other.
fn sees(sound: &Sound<'_>, sight: &Sight, controls: bool) -> bool {
    let (by, _, origin) = sound.worked.about();
    let side = controls || sight.by.is_empty() || by.eq_ignore_ascii_case(sight.by);
    let country = sight.origin.as_ref().is_none_or(|country| origin == country);
    let goods = sight.codes.is_empty()
        || sound.code.is_none_or(|code| {
            sight.codes.iter().any(|other| other.covers(code) || code.covers(*other))
        });
    side && country && goods
}

/// 0 where a changed measure applies, 1 where it is named, 2 where its program applies, else 3.
fn distance(sound: &Sound<'_>, sight: &Sight) -> usize {
    let [applied, named] = &sound.measures;
    let program = |id: &str| ledger::program_of(id).to_owned();
    if !applied.is_disjoint(&sight.measures) {
        return 0;
    }
    if !named.is_disjoint(&sight.measures) {
        return 1;
    }
    let programs: BTreeSet<String> = sight.measures.iter().map(|id| program(id)).collect();
    3 - usize::from(applied.iter().any(|id| programs.contains(&program(id))))
}

/// The unexplained differences, each in a line that says in which revisions it stands.
fn differences(report: &Report) -> impl Iterator<Item = String> {
    report.unexplained.iter().map(|one| {
        let spans: Vec<String> = one.revisions.iter().map(|(a, b)| format!("{a} to {b}")).collect();
        format!(
            "{} {}: official {}, ledger {} ({})",
            one.heading,
            one.aspect.name(),
            one.official,
            one.ledger,
            spans.join(", ")
        )
    })
}
