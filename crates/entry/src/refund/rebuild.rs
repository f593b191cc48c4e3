//! Lines for the law, rebuilt from what was filed.
//!
//! A line of a report is a commodity code with the headings of chapters 98 and 99 that stand before it.
//! What such headings say by being filed is taken as said: claims, dates of loading, parts of the value.

use std::collections::BTreeMap;

use ledger::{EntryType, Goods, Ledger, Line, TypeEffect};
use tariff::{Cents, Code, Country, Day, Stated};

use super::headings::{Asserted, Headings};
use crate::es003::{FiledEntry, FiledLine, FiledRow};
use crate::facts;

/// A commodity code of a line, with all that was filed for it.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// Place of the entry and of its line.
    pub entry: usize,
    pub line: usize,
    pub code: Code,
    pub origin: Country,
    pub stated: Line,
    /// Duty by heading of chapter 99, in the order of filing.
    pub filed: Vec<(Code, Cents)>,
    /// On commodity codes and headings of chapter 98.
    pub filed_base: Cents,
    /// Of a plain file that states no headings.
    pub filed_total: Option<Cents>,
    /// What was read out of the filing, in words.
    pub taken: Vec<String>,
    /// Why a difference would prove no error: the report does not say enough.
    pub unclear: Vec<String>,
    /// Headings of chapter 99 that state a value of their own.
    pub valued: Vec<Code>,
}

/// What lines are rebuilt with.
pub(crate) struct Rebuild<'a> {
    pub ledger: &'a Ledger,
    pub by: &'a str,
    pub headings: &'a Headings,
    pub entry_types: &'a [EntryType],
    /// Whether a row may repeat the value of its line.
    pub line_values: bool,
}

/// Rows of a line up to a commodity code.
#[derive(Default)]
struct Group<'r> {
    special: Vec<&'r FiledRow>,
    commodity: Option<&'r FiledRow>,
}

impl Rebuild<'_> {
    /// The parts of an entry; none of one that is set aside.
    pub fn parts(&self, at: usize, entry: &FiledEntry) -> Vec<Part> {
        let Some(entered) = entry.entered.filter(|_| entry.set_aside.is_empty()) else {
            return Vec::new();
        };
        let lines = entry.lines.iter().enumerate();
        lines.flat_map(|(place, line)| self.of_line((at, place), entry, entered, line)).collect()
    }

    fn of_line(
        &self,
        place: (usize, usize),
        entry: &FiledEntry,
        entered: Day,
        line: &FiledLine,
    ) -> Vec<Part> {
        let mut codes: Vec<Code> = Vec::new();
        let groups = groups(&line.rows);
        for group in &groups {
            let code = group.commodity.map(|row| row.code);
            codes.extend(code.filter(|code| !codes.contains(code)));
        }
        let of_code = |code: &Code| {
            let own: Vec<&Group<'_>> = groups
                .iter()
                .filter(|group| group.commodity.is_some_and(|row| row.code == *code))
                .collect();
            self.part(place, entry, entered, line, &own)
        };
        let mut parts: Vec<Part> = codes.iter().filter_map(of_code).collect();
        if codes.len() > 1 {
            for part in &mut parts {
                let why =
                    "the line has several commodity codes: which of them gives a set its rate";
                part.unclear.push(why.to_owned());
            }
        }
        parts
    }

    fn part(
        &self,
        (entry_at, line_at): (usize, usize),
        entry: &FiledEntry,
        entered: Day,
        line: &FiledLine,
        groups: &[&Group<'_>],
    ) -> Option<Part> {
        let commodity: Vec<&FiledRow> = groups.iter().filter_map(|group| group.commodity).collect();
        let first = *commodity.first()?;
        let special = || groups.iter().flat_map(|group| group.special.iter().copied());
        let origins = commodity.iter().copied().chain(special());
        let origin = origins.filter_map(|row| row.origin).next()?;
        // On a heading of chapter 98 stands what is not dutiable, or the whole.
        let apart = special().filter(|row| row.code.chapter() == 98).map(|row| row.value);
        let value: Cents = commodity.iter().map(|row| row.value).chain(apart).sum();
        let goods = Goods::Code(first.code);
        let mut part = Part {
            entry: entry_at,
            line: line_at,
            code: first.code,
            origin,
            stated: Line::new(self.by, goods, origin, Stated::Day(entered), value),
            filed: Vec::new(),
            filed_base: commodity.iter().map(|row| row.duty).sum(),
            filed_total: line.total,
            taken: Vec::new(),
            unclear: Vec::new(),
            valued: Vec::new(),
        };
        part.stated.quantities.clone_from(&first.quantities);
        for row in &commodity[1..] {
            for ((amount, unit), (more, other)) in
                part.stated.quantities.iter_mut().zip(&row.quantities)
            {
                if unit == other {
                    *amount += *more;
                }
            }
        }
        for row in special() {
            self.heading(&mut part, row, first);
        }
        let programs = commodity.iter().copied().chain(special()).map(|row| &row.special_program);
        if let Some(program) = programs.map(|text| text.trim()).find(|text| !text.is_empty()) {
            match facts::claim(self.ledger, program) {
                Ok(claim) => part.stated.claims.push(claim),
                Err(e) => part.unclear.push(format!("special program: {}", e.message)),
            }
        }
        self.split(&mut part, groups);
        if let Some(facts) = &line.facts {
            plain(&mut part.stated, facts);
        }
        for of_type in self.entry_types.iter().filter(|t| t.code == entry.entry_type) {
            if of_type.effect == TypeEffect::OtherDate && part.stated.privileged.is_none() {
                let (code, title) = (&of_type.code, &of_type.title);
                part.unclear.push(format!("entry type {code}, {title}: {}", of_type.why));
            }
        }
        Some(part)
    }

    /// What a heading of chapter 98 or 99 says by being filed.
    fn heading(&self, part: &mut Part, row: &FiledRow, commodity: &FiledRow) {
        let heading = row.code;
        if self.headings.is_claim(heading) {
            let claim = heading.prefix(8).to_string();
            if !part.stated.claims.contains(&claim) {
                part.taken.push(format!("claim {claim}"));
                part.stated.claims.push(claim);
            }
        }
        let law = self.headings.get(heading.prefix(8));
        if heading.chapter() == 98 {
            part.filed_base += row.duty;
            let less = law.into_iter().flat_map(|law| &law.less).next();
            if let Some(content) = less.filter(|_| row.value > Cents::ZERO) {
                state(part, content, row.value, &format!("the value on {heading}"));
            }
            return;
        }
        match part.filed.iter_mut().find(|(held, _)| *held == heading) {
            Some((_, duty)) => *duty += row.duty,
            None => part.filed.push((heading, row.duty)),
        }
        let repeats = self.line_values && row.value == commodity.value;
        if row.value > Cents::ZERO && !repeats {
            part.valued.push(heading);
        }
        match law {
            Some(law) => assert(part, heading, &law.asserts, self.ledger, self.by),
            None if row.duty != Cents::ZERO => {
                part.unclear.push(format!("the ledger does not hold the heading {heading}"));
            }
            None => {}
        }
    }

    /// A line may stand in several rows of one code, those on the metal in it with its heading and the
    /// rest without.
    fn split(&self, part: &mut Part, groups: &[&Group<'_>]) {
        if groups.len() < 2 {
            return;
        }
        let on = |group: &Group<'_>, content: &str| {
            let laws = group.special.iter().filter_map(|row| self.headings.get(row.code.prefix(8)));
            laws.into_iter().any(|law| law.contents.contains(content))
        };
        let all = groups.iter().flat_map(|group| &group.special);
        let laws = all.filter_map(|row| self.headings.get(row.code.prefix(8)));
        let mut contents: Vec<String> = laws.flat_map(|law| law.contents.iter().cloned()).collect();
        contents.sort();
        contents.dedup();
        for content in contents {
            let with: Cents = groups
                .iter()
                .filter(|group| on(group, &content))
                .filter_map(|group| Some(group.commodity?.value))
                .sum();
            if with < part.stated.value {
                state(part, &content, with, "the value is split over rows");
            }
        }
    }
}

/// Rows up to each commodity code; what stands after the last belongs to it.
fn groups(rows: &[FiledRow]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut open = Group::default();
    for row in rows {
        if row.code.is_special() {
            open.special.push(row);
        } else {
            open.commodity = Some(row);
            groups.push(std::mem::take(&mut open));
        }
    }
    if let Some(last) = groups.last_mut() {
        last.special.append(&mut open.special);
    }
    groups
}

fn state(part: &mut Part, content: &str, value: Cents, why: &str) {
    // Contents are whole units of currency.
    let whole = Cents((value.0 + 50) / 100 * 100);
    if part.stated.contents.contains_key(content) {
        return;
    }
    part.taken.push(format!("content {content} {}: {why}", whole.grouped()));
    part.stated.contents.insert(content.to_owned(), whole);
}

/// The dates and the mode that a heading asks for.
fn assert(part: &mut Part, heading: Code, asserted: &Asserted, ledger: &Ledger, by: &str) {
    let Some(territory) = ledger.territory(by) else { return };
    for (date, before) in &asserted.before {
        let day = Stated::Day(before.day(&territory.zone).plus(-1));
        let line = &mut part.stated;
        let held = match date {
            ledger::DateFact::Loaded => &mut line.loaded,
            ledger::DateFact::Exported => &mut line.exported,
            ledger::DateFact::Withdrawn => &mut line.withdrawn,
            ledger::DateFact::Privileged => &mut line.privileged,
            ledger::DateFact::Entered => continue,
        };
        if held.is_none() {
            *held = Some(day);
            let day = day.print(&territory.zone);
            part.taken.push(format!("{} by {day}: {heading} is filed", date.name()));
        }
    }
    if let (Some(mode), None) = (&asserted.mode, &part.stated.mode) {
        part.stated.mode = Some(mode.clone());
        part.taken.push(format!("mode {mode}: {heading} is filed"));
    }
}

fn plain(line: &mut Line, facts: &crate::es003::PlainFacts) {
    let day = |day: Option<Day>| day.map(Stated::Day);
    line.loaded = day(facts.loaded).or(line.loaded);
    line.exported = day(facts.exported).or(line.exported);
    line.withdrawn = day(facts.withdrawn).or(line.withdrawn);
    line.privileged = day(facts.privileged).or(line.privileged);
    line.mode = facts.mode.clone().or_else(|| line.mode.take());
    for claim in &facts.claims {
        if !line.claims.contains(claim) {
            line.claims.push(claim.clone());
        }
    }
    let contents: BTreeMap<String, Cents> = facts.contents.iter().cloned().collect();
    line.contents.extend(contents);
}
