//! A heading of chapter 99 as a revision prints it.

use std::collections::BTreeSet;

use ledger::{DateFact, Printed};
use nomenclature::Official;
use nomenclature::rate::{RateText, SpecialRate, clean, parse_rate, parse_special, unmarked};
use tariff::{Code, Moment, Zone};

use super::dates::{Cut, cuts};
use super::named_goods::NamedGoods;
use super::names::{Named, Names};

/// A heading with what its text says.
#[derive(Clone, Debug)]
pub struct Heading {
    pub code: Code,
    pub general: Cell,
    pub special: Result<Vec<SpecialRate>, String>,
    pub other: Cell,
    /// The three rate texts and the description, without mark-up.
    pub texts: [String; 4],
    /// Everything that is printed for it, with the descriptions above it and its footnotes, in lower case.
    pub all: String,
    /// What a compiler's note or a footnote says of its force.
    pub noted: Option<Printed>,
    pub origins: BTreeSet<Named>,
    /// Goods that the description names by code.
    pub goods: Option<NamedGoods>,
    pub cuts: Vec<Cut>,
}

/// A rate text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Blank,
    Rate(RateText),
    Unreadable(String),
}

impl Cell {
    pub fn read(text: &str) -> Cell {
        let text = clean(text);
        if text.is_empty() {
            return Cell::Blank;
        }
        match parse_rate(&text) {
            Ok(rate) => Cell::Rate(rate),
            Err(error) => Cell::Unreadable(error.to_string()),
        }
    }
}

/// The subchapter of additional duties.
const SUBCHAPTER: &str = "9903";

/// Whether a heading stands in the subchapter that is compared.
pub fn is_additional(code: Code) -> bool {
    code.plain().starts_with(SUBCHAPTER)
}

/// The headings of a file, each once: a number that stands twice keeps its first row.
pub fn headings(official: &Official, names: &Names<'_>, zone: &Zone) -> Vec<Heading> {
    let mut found: Vec<Heading> = Vec::new();
    // The descriptions above a row, with their depth.
    let mut above: Vec<(usize, String)> = Vec::new();
    for row in &official.rows {
        while above.last().is_some_and(|(depth, _)| *depth >= row.indent) {
            above.pop();
        }
        let code = row.code.as_ref().and_then(|code| code.as_ref().ok());
        // Only this subchapter's texts are needed, and those above them.
        if code.is_some_and(|code| !is_additional(*code)) {
            above.clear();
            continue;
        }
        let description = unmarked(&row.description);
        if let Some(code) = code.filter(|code| code.digits() >= 8) {
            if found.iter().any(|heading| heading.code == *code) {
                continue;
            }
            let mut all = String::new();
            for (_, text) in &above {
                all.push_str(text);
                all.push_str(" | ");
            }
            let notes: Vec<String> = row.footnotes.iter().map(|note| unmarked(note)).collect();
            all.push_str(&description);
            for text in notes.iter().map(String::as_str).chain([&*row.general, &*row.other]) {
                all.push_str(" | ");
                all.push_str(text);
            }
            let (main, compiler) = without_notes(&description);
            let dated = format!("{main} {} {}", compiler.join(" "), notes.join(" "));
            found.push(Heading {
                code: *code,
                general: Cell::read(&row.general),
                special: parse_special(&row.special).map_err(|e| e.to_string()),
                other: Cell::read(&row.other),
                texts: [
                    clean(&row.general),
                    unmarked(&row.special),
                    clean(&row.other),
                    description.clone(),
                ],
                all: all.to_lowercase(),
                noted: noted(compiler.iter().chain(&notes)),
                origins: names.origins(&main),
                goods: NamedGoods::read(&main),
                cuts: cuts(&dated, zone),
            });
        }
        above.push((row.indent, description));
    }
    found
}

/// A description without its compiler's notes, and these.
fn without_notes(description: &str) -> (String, Vec<String>) {
    let mut main = String::new();
    let mut notes = Vec::new();
    let mut rest = description;
    while let Some(at) = rest.to_lowercase().find("[compiler") {
        let Some(head) = rest.get(..at) else { break };
        main.push_str(head);
        let end = rest[at..].find(']').map_or(rest.len(), |end| at + end + 1);
        notes.push(rest[at..end].to_owned());
        rest = &rest[end..];
    }
    main.push_str(rest);
    (main, notes)
}

/// What notes say of a heading's force; the end of a note is worth more than a suspension.
fn noted<'a>(notes: impl Iterator<Item = &'a String>) -> Option<Printed> {
    let mut said = None;
    for note in notes {
        let note = note.to_lowercase();
        if note.contains("terminated") || note.contains("expired") {
            return Some(Printed::Ended);
        }
        if note.contains("suspended") {
            said = Some(Printed::Suspended);
        }
    }
    said
}

impl Heading {
    /// What it says of its own force at a moment.
    pub fn printed(&self, moment: Moment, zone: &Zone) -> Printed {
        if let Some(noted) = self.noted {
            return noted;
        }
        let entered = self.cuts.iter().filter(|c| c.fact == DateFact::Entered && !c.excepted);
        let mut printed = Printed::InForce;
        for cut in entered {
            let passed = cut.at.first(zone) <= moment;
            if cut.before && passed {
                return Printed::Ended;
            }
            if !cut.before && !passed {
                printed = Printed::NotBegun;
            }
        }
        printed
    }

    /// The last moment at which its own text lets goods be entered.
    pub fn end(&self, zone: &Zone) -> Option<Moment> {
        let ends = self
            .cuts
            .iter()
            .filter(|cut| cut.fact == DateFact::Entered && cut.before && !cut.excepted);
        ends.map(|cut| cut.at.first(zone)).max()
    }
}
