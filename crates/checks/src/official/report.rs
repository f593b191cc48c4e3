//! What came of a comparison: counts by program and rule, and what no rule explains.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Aspect, Held, NotModelled, RuleKind, Verification};
use tariff::{Code, Day};

use super::explain::Difference;
use super::revision::Dating;

/// How many headings of revisions came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub headings: usize,
    pub agree: usize,
    pub explained: usize,
    pub not_modelled: usize,
    pub unexplained: usize,
}

/// A rule and how many headings of revisions it explains something of.
#[derive(Clone, Debug)]
pub struct OfRule {
    pub id: String,
    pub kind: RuleKind,
    pub reason: Option<NotModelled>,
    pub headings: usize,
}

/// A difference that no rule explains, with the revisions that have it.
#[derive(Clone, Debug)]
pub struct Unexplained {
    pub heading: Code,
    pub programs: String,
    pub aspect: Aspect,
    pub official: String,
    pub ledger: String,
    /// What else is known of it.
    pub facts: String,
    /// First and last of each unbroken run of revisions.
    pub revisions: Vec<(String, String)>,
    pub count: usize,
    last: usize,
}

/// All that came out.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub revisions: Vec<(String, Day, Counts)>,
    /// What a reader should know about how files were dated.
    pub notes: Vec<String>,
    pub programs: BTreeMap<String, Counts>,
    pub total: Counts,
    /// How many footnotes of legal lines were compared with goods lists.
    pub footnotes: usize,
    pub rules: Vec<OfRule>,
    pub unexplained: Vec<Unexplained>,
}

/// The name of the row of headings that the ledger does not hold.
const NO_PROGRAM: &str = "(no program)";

impl Report {
    pub fn new(verification: &Verification) -> Report {
        let rules = verification.rules.iter().map(|rule| OfRule {
            id: rule.id.clone(),
            kind: rule.kind,
            reason: rule.reason,
            headings: 0,
        });
        Report { rules: rules.collect(), ..Report::default() }
    }

    pub fn begin(&mut self, dating: &Dating) {
        self.revisions.push((dating.name.clone(), dating.day, Counts::default()));
        self.notes.extend(dating.note.as_ref().map(|note| format!("{}: {note}", dating.name)));
    }

    /// A heading of the revision begun last: its differences, each with the rule that explains it.
    pub fn add(
        &mut self,
        heading: Code,
        programs: &BTreeSet<&str>,
        differences: Vec<(Difference, Option<usize>)>,
    ) {
        let program = match programs.is_empty() {
            true => NO_PROGRAM.to_owned(),
            false => programs.iter().copied().collect::<Vec<_>>().join(", "),
        };
        let left_out = |rule: Option<usize>| {
            rule.is_some_and(|rule| self.rules[rule].kind == RuleKind::NotModelled)
        };
        let outcome = if differences.is_empty() {
            Outcome::Agrees
        } else if differences.iter().any(|(_, rule)| rule.is_none()) {
            Outcome::Unexplained
        } else if differences.iter().any(|(_, rule)| left_out(*rule)) {
            Outcome::NotModelled
        } else {
            Outcome::Explained
        };
        let used: BTreeSet<usize> = differences.iter().filter_map(|(_, rule)| *rule).collect();
        for rule in used {
            self.rules[rule].headings += 1;
        }
        let at = self.revisions.len() - 1;
        let of_program = self.programs.entry(program.clone()).or_default();
        for counts in [of_program, &mut self.total, &mut self.revisions[at].2] {
            counts.add(outcome);
        }
        for (difference, rule) in differences {
            if rule.is_none() {
                self.keep(heading, &program, difference);
            }
        }
    }

    /// Joins a difference to the same one of earlier revisions.
    fn keep(&mut self, heading: Code, program: &str, difference: Difference) {
        let at = self.revisions.len() - 1;
        let name = self.revisions[at].0.clone();
        let facts = facts(&difference);
        let same = self.unexplained.iter_mut().find(|known| {
            known.heading == heading
                && known.aspect == difference.aspect
                && known.official == difference.words.official
                && known.ledger == difference.words.ledger
        });
        match same {
            Some(known) => {
                known.count += 1;
                match known.revisions.last_mut().filter(|_| known.last + 1 == at) {
                    Some((_, last)) => *last = name,
                    None => known.revisions.push((name.clone(), name)),
                }
                known.last = at;
            }
            None => self.unexplained.push(Unexplained {
                heading,
                programs: program.to_owned(),
                aspect: difference.aspect,
                official: difference.words.official,
                ledger: difference.words.ledger,
                facts,
                revisions: vec![(name.clone(), name)],
                count: 1,
                last: at,
            }),
        }
    }

    /// How many headings of revisions are left out, by reason.
    pub fn left_out(&self) -> BTreeMap<&'static str, usize> {
        let mut reasons = BTreeMap::new();
        for rule in &self.rules {
            if let Some(reason) = rule.reason {
                *reasons.entry(reason.name()).or_default() += rule.headings;
            }
        }
        reasons
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Agrees,
    Explained,
    NotModelled,
    Unexplained,
}

impl Counts {
    fn add(&mut self, outcome: Outcome) {
        self.headings += 1;
        match outcome {
            Outcome::Agrees => self.agree += 1,
            Outcome::Explained => self.explained += 1,
            Outcome::NotModelled => self.not_modelled += 1,
            Outcome::Unexplained => self.unexplained += 1,
        }
    }
}

/// The facts of a difference, in the words of rules.
fn facts(difference: &Difference) -> String {
    let mut facts = format!("printed {}", difference.printed.name());
    if difference.held != Held::Absent {
        facts.push_str(&format!(", ledger {}", difference.held.name()));
    }
    for (agrees, days) in &difference.agrees {
        facts.push_str(&format!(", agrees {} by {days} days", agrees.name()));
    }
    facts
}
