//! `TERRITORY/filing.toml` -> how a line stands on the entry form: the order of its headings, and the
//! contents that have a line of their own.

use tariff::{Code, Country, Day, Stated};

use crate::document::{Table, parse};
use crate::finding::{Finding, Place, did_you_mean};
use crate::ledger::Ledger;
use crate::program::Program;
use crate::source::Source;

/// How lines stand on the entry form of a territory.
#[derive(Clone, Debug, Default)]
pub struct Filing {
    /// In the order of their days.
    pub orders: Vec<FilingOrder>,
    pub splits: Vec<Split>,
    pub beside: Vec<Beside>,
}

/// In which order the headings of a line are reported, from a day on.
#[derive(Clone, Debug)]
pub struct FilingOrder {
    pub from: Day,
    /// The act that says so, and the place there.
    pub act: String,
    pub at: String,
    pub sequence: Vec<Slot>,
    act_place: Place,
    place: Place,
}

/// A place in the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// The heading of chapter 98 that is claimed.
    Chapter98,
    /// The headings of these programs: ids, or their beginnings with `*`.
    Programs(Vec<String>),
    /// A heading of chapter 99 in place of the column duty.
    Replacement,
    /// The commodity code, with the column duty.
    Chapters1To97,
}

/// A content that is filed on a line of its own while the law asks for it.
#[derive(Clone, Debug)]
pub struct Split {
    /// `steel`.
    pub content: String,
    pub from: Day,
    /// The first day on which it is no more.
    pub until: Option<Day>,
    pub cite: String,
}

/// A heading without duty that is reported on a line beside those of other programs, because one of these
/// has displaced a duty.
#[derive(Clone, Debug)]
pub struct Beside {
    pub heading: Code,
    pub title: String,
    /// The program whose duty is displaced.
    pub program: String,
    /// The programs that displace it: ids, or their beginnings with `*`.
    pub of: Vec<String>,
    /// Countries and areas whose goods have another heading.
    pub except_of: Vec<String>,
    pub from: Day,
    pub cite: String,
    place: Place,
}

impl Beside {
    pub fn is_beside(&self, program: &str) -> bool {
        self.of.iter().any(|name| covers(name, program))
    }
}

impl Slot {
    fn parse(text: &str) -> Slot {
        match text.trim() {
            "chapter 98" => Slot::Chapter98,
            "replacement" => Slot::Replacement,
            "chapters 1-97" => Slot::Chapters1To97,
            programs => Slot::Programs(programs.split(',').map(|p| p.trim().to_owned()).collect()),
        }
    }

    /// Whether headings of the program stand here.
    pub fn has(&self, program: &str) -> bool {
        let Slot::Programs(names) = self else { return false };
        names.iter().any(|name| covers(name, program))
    }
}

fn covers(name: &str, program: &str) -> bool {
    name.strip_suffix('*').map_or(name == program, |start| program.starts_with(start))
}

impl FilingOrder {
    /// The place of a program's headings in the order; after all others where it has none.
    pub fn place_of(&self, program: &str) -> usize {
        self.place(|slot| slot.has(program))
    }

    /// The place of a slot that stands for no program.
    pub fn place_of_slot(&self, wanted: &Slot) -> usize {
        self.place(|slot| slot == wanted)
    }

    fn place(&self, is: impl Fn(&Slot) -> bool) -> usize {
        self.sequence.iter().position(is).unwrap_or(self.sequence.len())
    }
}

impl Split {
    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

impl Ledger {
    /// The order of headings on the form of a territory on a day; `None` where the ledger has none.
    pub fn filing_order(&self, territory: &str, day: Day) -> Option<&FilingOrder> {
        self.filings.get(territory)?.orders.iter().rev().find(|order| order.from <= day)
    }
}

/// Reads the file of a territory, which need not be there.
pub(crate) fn filing(source: &Source, territory: &str, findings: &mut Vec<Finding>) -> Filing {
    let path = format!("{territory}/filing.toml");
    let Some(text) = source.get(&path) else { return Filing::default() };
    let mut file = parse(&path, text, findings);
    let mut orders: Vec<FilingOrder> = Vec::new();
    for node in file.take_list("order", findings) {
        let Some(order) = Table::from_node(node, findings).and_then(|t| order(t, findings)) else {
            continue;
        };
        if let Some(last) = orders.last()
            && order.from <= last.from
        {
            let message =
                format!("the order from {} stands after that from {}", order.from, last.from);
            findings.push(order.place.finding(message, "orders stand in the order of their days"));
        }
        orders.push(order);
    }
    let splits = file.take_list("split", findings);
    let splits = splits
        .into_iter()
        .filter_map(|node| split(Table::from_node(node, findings)?, findings))
        .collect();
    let beside = file.take_list("beside", findings);
    let beside = beside
        .into_iter()
        .filter_map(|node| self::beside(Table::from_node(node, findings)?, findings))
        .collect();
    file.finish(&["order", "split", "beside"], findings);
    Filing { orders, splits, beside }
}

fn day(t: &mut Table, key: &str, findings: &mut Vec<Finding>) -> Option<Day> {
    match t.take_stated(key, findings)? {
        (Stated::Day(day), _) => Some(day),
        (Stated::Moment(_), at) => {
            let message = format!("`{key}` is a moment; a form changes with a day");
            findings.push(at.finding(message, "write 2025-04-05"));
            None
        }
    }
}

fn required_day(t: &mut Table, findings: &mut Vec<Finding>) -> Option<Day> {
    if !t.keys().any(|key| key == "from") {
        findings.push(t.place.finding("`from` is missing", "the first day of it"));
    }
    day(t, "from", findings)
}

fn order(mut t: Table, findings: &mut Vec<Finding>) -> Option<FilingOrder> {
    let place = t.place.clone();
    let from = required_day(&mut t, findings);
    let act = t.require_text("act", "the act that says so", findings);
    let at = t.require_text("at", "the place in the act", findings);
    let sequence = t.take_texts("sequence", findings).unwrap_or_default();
    let sequence: Vec<Slot> = sequence.iter().map(|(text, _)| Slot::parse(text)).collect();
    for (slot, name) in [(Slot::Chapter98, "chapter 98"), (Slot::Chapters1To97, "chapters 1-97")] {
        if !sequence.contains(&slot) {
            let help = "every order says where they stand";
            findings.push(place.finding(format!("`{name}` is missing from the sequence"), help));
        }
    }
    t.finish(&["from", "act", "at", "sequence"], findings);
    let (act, act_place) = act?;
    Some(FilingOrder { from: from?, act, at: at?.0, sequence, act_place, place })
}

fn split(mut t: Table, findings: &mut Vec<Finding>) -> Option<Split> {
    let content = t.require_text("content", "the part of the value, like \"steel\"", findings);
    let from = required_day(&mut t, findings);
    let end = t.key_place("until");
    let until = day(&mut t, "until", findings);
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        findings.push(end.finding("`until` is not after `from`", "the first day no longer inside"));
    }
    let cite = t.require_text("cite", "the message that asks for it", findings);
    t.finish(&["content", "from", "until", "cite"], findings);
    Some(Split { content: content?.0, from: from?, until, cite: cite?.0 })
}

fn beside(mut t: Table, findings: &mut Vec<Finding>) -> Option<Beside> {
    let place = t.place.clone();
    let heading = t.require_text("heading", "like \"9903.01.33\"", findings);
    let heading = heading.and_then(|(text, at)| match Code::parse(&text) {
        Ok(heading) => Some(heading),
        Err(e) => {
            findings.push(at.finding(e.to_string(), "a heading like 9903.01.33"));
            None
        }
    });
    let title = t.require_text("title", "short words", findings);
    let program = t.require_text("program", "the program whose duty is displaced", findings);
    let names = |list: Option<Vec<(String, Place)>>| -> Vec<String> {
        list.unwrap_or_default().into_iter().map(|(name, _)| name).collect()
    };
    let of = names(t.take_texts("of", findings));
    let except_of = names(t.take_texts("except-of", findings));
    let from = required_day(&mut t, findings);
    let cite = t.require_text("cite", "the text that asks for it", findings);
    let keys = ["heading", "title", "program", "of", "except-of", "from", "cite"];
    t.finish(&keys, findings);
    Some(Beside {
        heading: heading?,
        title: title?.0,
        program: program?.0,
        of,
        except_of,
        from: from?,
        cite: cite?.0,
        place,
    })
}

/// Every duty of the territory has one place in each order, and every name is one of the ledger.
pub(crate) fn check(ledger: &Ledger, findings: &mut Vec<Finding>) {
    for (territory, filing) in &ledger.filings {
        let programs = || ledger.programs.iter().filter(move |p| p.by == *territory);
        for beside in &filing.beside {
            for name in beside.of.iter().chain([&beside.program]) {
                if !programs().any(|program| covers(name, &program.id)) {
                    let ids = programs().map(|program| program.id.as_str());
                    let help = did_you_mean(name, ids, "a program of the territory");
                    findings.push(beside.place.finding(format!("`{name}` is no program"), help));
                }
            }
            for name in &beside.except_of {
                let country = Country::parse(name).ok().and_then(|c| ledger.countries.name(c));
                if country.is_none() && ledger.area(name).is_none() {
                    let message = format!("`{name}` is neither a country nor an area");
                    let help = "an ISO code, or the id of an area";
                    findings.push(beside.place.finding(message, help));
                }
            }
        }
        for order in &filing.orders {
            if ledger.act(&order.act).is_none() {
                let acts = ledger.acts.iter().map(|act| act.id.as_str());
                let help = did_you_mean(&order.act, acts, "an act of the ledger");
                findings
                    .push(order.act_place.finding(format!("unknown act `{}`", order.act), help));
            }
            let named = order.sequence.iter().filter_map(|slot| match slot {
                Slot::Programs(names) => Some(names),
                _ => None,
            });
            for name in named.flatten() {
                if !programs().any(|program| covers(name, &program.id)) {
                    let ids = programs().map(|program| program.id.as_str());
                    let help = did_you_mean(name, ids, "a program of the territory");
                    findings.push(order.place.finding(format!("`{name}` is no program"), help));
                }
            }
            let is_duty = |p: &&Program| p.levies && !p.base && !p.note_only;
            for program in programs().filter(is_duty) {
                let times = order.sequence.iter().filter(|slot| slot.has(&program.id)).count();
                if times != 1 {
                    let message = format!("`{}` stands {times} times in the sequence", program.id);
                    findings.push(order.place.finding(message, "name each duty once"));
                }
            }
        }
    }
}
