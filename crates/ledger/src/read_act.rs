//! `acts/*.toml` and the operations of worlds -> [`Act`].

use std::collections::BTreeSet;

use tariff::{Day, Moment, Stated, Zone};

use crate::act::*;
use crate::document::{Node, Table};
use crate::finding::{Finding, Place, did_you_mean};
use crate::read_fields::{date_facts, fields, rate};

pub(crate) const ACT_KEYS: &[&str] = &[
    "id",
    "kind",
    "title",
    "cite",
    "known",
    "binds",
    "effective",
    "rests-on",
    "source",
    "confidence",
    "note",
    "do",
];

pub(crate) const KINDS: &[&str] = &[
    "statute",
    "regulation",
    "schedule",
    "executive-order",
    "proclamation",
    "memorandum",
    "notice",
    "guidance",
    "ruling",
    "stay",
    "announcement",
    "statement",
    "joint-statement",
    "export-control",
    "entity-list",
];

pub(crate) const DRAWBACKS: &[&str] = &["none", "manufacturing", "available"];

pub(crate) const CONFIDENCES: &[&str] = &["high", "medium", "low"];

pub(crate) const VERBS: &[&str] = &[
    "measure", "amend", "end", "extend", "suspend", "resume", "void", "stay", "relation", "pick",
    "clock",
];

/// Keys that every operation may have.
pub(crate) const OPERATION_KEYS: &[&str] = &["at", "note", "confidence", "reading"];

pub(crate) const FIELD_KEYS: &[&str] = &[
    "title",
    "heading",
    "rate",
    "requires",
    "prohibits",
    "of",
    "except-of",
    "to",
    "goods",
    "except-goods",
    "when",
    "unstated",
    "relief",
    "stand-in",
    "basis",
    "pick",
    "stage",
    "tests",
    "absorbs",
    "drawback",
    "alias",
    "clock",
];

/// The keys besides [`OPERATION_KEYS`] of each verb; a measure's and an amendment's fields too.
pub(crate) fn verb_keys(verb: &str) -> Vec<&'static str> {
    let own: &[&str] = match verb {
        "measure" | "amend" => &["from", "until"],
        "end" | "resume" => &["from"],
        "extend" => &["from", "until"],
        "suspend" => &["from", "until", "leaving"],
        "void" => &["for"],
        "stay" => &["from", "until", "for"],
        "relation" => {
            &["from", "until", "of", "except", "excludes", "takes-part-of", "replaces", "test"]
        }
        "pick" => &["from", "until", "stages", "mixed", "choose"],
        "clock" => &["order"],
        "drop" => &["known"],
        _ => &[],
    };
    let fields: &[&str] = if matches!(verb, "measure" | "amend") { FIELD_KEYS } else { &[] };
    own.iter().chain(fields).copied().collect()
}

/// Reads one act. `zone` is where its days begin.
pub(crate) fn act(
    mut table: Table,
    folder: &str,
    file: &str,
    zone: &Zone,
    findings: &mut Vec<Finding>,
) -> Option<Act> {
    let place = table.place.clone();
    let id = table.require_text("id", "every act has a unique id, like \"eo-14298\"", findings);
    let kind = table.require_text("kind", &format!("one of {}", KINDS.join(", ")), findings);
    let title = table.require_text("title", "say in a few words what the act does", findings);
    let cite = table.require_text("cite", "where the text is, like \"90 FR 21831\"", findings);
    if !table.keys().any(|k| k == "known") && kind.is_some() {
        findings.push(place.finding("`known` is missing", "the day the text was first public"));
    }
    let known = table.take_stated("known", findings);
    let binds = binds(&mut table, zone, findings);
    let effective = effective(&mut table, findings);
    let rests_on = names(table.take_texts("rests-on", findings));
    let sources = names(table.take_texts("source", findings));
    let confidence = confidence(&mut table, findings);
    let note = table.take_text("note", findings).map(|(n, _)| n);
    let operations = table
        .take_list("do", findings)
        .into_iter()
        .filter_map(|node| operation(node, zone, false, findings))
        .map(|(operation, _)| operation)
        .collect();
    table.finish(ACT_KEYS, findings);

    let (id, id_place) = id?;
    if let Some((kind, kind_place)) = &kind
        && !KINDS.contains(&kind.as_str())
    {
        let help =
            did_you_mean(kind, KINDS.iter().copied(), &format!("one of {}", KINDS.join(", ")));
        findings.push(kind_place.finding(format!("`{kind}` is not a kind of act"), help));
    }
    if id.contains(['/', ' ']) {
        findings.push(id_place.finding(
            format!("the id `{id}` holds a slash or a blank"),
            "act ids are words joined by hyphens; a slash marks a measure",
        ));
    }
    let (known_stated, known_place) = known?;
    let expected = format!("{}_{id}.toml", known_stated.day(zone));
    let name = file.rsplit('/').next().unwrap_or(file);
    if name != expected {
        findings.push(known_place.finding(
            format!("the file is named `{name}`"),
            format!("by its `known` and `id` it is `{expected}`"),
        ));
    }
    let act = Act {
        folder: folder.to_owned(),
        kind: kind?.0,
        title: title?.0,
        cite: cite?.0,
        known: known_stated.first(zone),
        known_stated,
        binds,
        effective,
        rests_on,
        sources,
        confidence,
        note,
        operations,
        supposed_by: None,
        place: id_place,
        id,
    };
    if let Binds::At(moment, _) = act.binds
        && moment < act.known
    {
        findings.push(place.finding(
            "`binds` is before `known`",
            "an act cannot bind before it is made; law that reaches back says so with `from`",
        ));
    }
    Some(act)
}

fn binds(table: &mut Table, zone: &Zone, findings: &mut Vec<Finding>) -> Binds {
    let Some(node) = table.take("binds") else { return Binds::WithKnown };
    if let crate::document::Value::Text(text) = &node.value {
        if text == "never" {
            return Binds::Never;
        }
        findings.push(node.place.finding(
            format!("`binds = \"{text}\"` is neither a date nor \"never\""),
            "write a day or a moment without quotes, or \"never\"",
        ));
        return Binds::WithKnown;
    }
    let crate::document::Value::Time(text) = &node.value else {
        findings.push(node.place.finding("`binds` must be a date or \"never\"", ""));
        return Binds::WithKnown;
    };
    match Stated::parse(text, zone) {
        Ok(stated) => Binds::At(stated.first(zone), stated),
        Err(error) => {
            findings.push(node.place.finding(error.to_string(), ""));
            Binds::WithKnown
        }
    }
}

/// The days that the act states in its head.
fn effective(table: &mut Table, findings: &mut Vec<Finding>) -> BTreeSet<Day> {
    let mut days = BTreeSet::new();
    for node in table.take_list("effective", findings) {
        let day = match &node.value {
            crate::document::Value::Time(text) => Day::parse(text).ok(),
            _ => None,
        };
        match day {
            Some(day) if days.insert(day) => {}
            Some(day) => findings.push(node.place.finding(
                format!("`effective` names {day} twice"),
                "one day for each date on which what the act does begins or ends",
            )),
            None => findings.push(node.place.finding(
                "`effective` holds days",
                "effective = [2025-04-05, 2025-04-09]; the minute stands in the operation",
            )),
        }
    }
    days
}

fn confidence(table: &mut Table, findings: &mut Vec<Finding>) -> Option<String> {
    let (text, place) = table.take_text("confidence", findings)?;
    if !CONFIDENCES.contains(&text.as_str()) {
        findings.push(place.finding(
            format!("`{text}` is not a confidence"),
            format!("one of {}", CONFIDENCES.join(", ")),
        ));
    }
    Some(text)
}

pub(crate) fn names(texts: Option<Vec<(String, Place)>>) -> Vec<String> {
    texts.unwrap_or_default().into_iter().map(|(text, _)| text).collect()
}

fn targets(texts: Option<Vec<(String, Place)>>) -> Vec<Target> {
    names(texts).into_iter().map(Target).collect()
}

/// Reads one `[[do]]` table, with the `known` that a world may give it.
pub(crate) fn operation(
    node: Node,
    zone: &Zone,
    of_world: bool,
    findings: &mut Vec<Finding>,
) -> Option<(Operation, Option<Moment>)> {
    let mut table = Table::from_node(node, findings)?;
    let place = table.place.clone();
    let mut verbs: Vec<&str> = VERBS.to_vec();
    if of_world {
        verbs.push("drop");
    }
    // `pick` and `clock` are also fields of a measure, so the making verbs come first.
    let Some(verb) = verbs.iter().copied().find(|verb| table.keys().any(|k| k == *verb)) else {
        let help = match table.keys().find_map(|k| crate::finding::suggestion(k, verbs.clone())) {
            Some(verb) => format!("did you mean `{verb}`?"),
            None => format!("say what it does with one of {}", verbs.join(", ")),
        };
        findings.push(place.finding("this operation has no verb", help));
        return None;
    };
    let allowed = verb_keys(verb);
    if let Some(second) =
        verbs.iter().find(|v| **v != verb && !allowed.contains(v) && table.keys().any(|k| k == **v))
    {
        findings.push(table.key_place(second).finding(
            format!("an operation has one verb; this one has `{verb}` and `{second}`"),
            "write two [[do]] tables",
        ));
        table.take(second);
    }
    let at = table.take_text("at", findings).map(|(text, _)| text);
    let note = table.take_text("note", findings).map(|(text, _)| text);
    confidence(&mut table, findings);
    let reading = reading(&mut table, findings);
    let known = if of_world {
        table.take_stated("known", findings).map(|(stated, _)| stated.first(zone))
    } else {
        None
    };
    if matches!(verb, "measure" | "relation" | "pick" | "clock") && at.is_none() && !of_world {
        findings.push(table.key_place(verb).finding(
            format!("this {verb} does not say where in the act it stands"),
            "add `at`, like at = \"sec. 3(b)\": nothing is in the ledger without its citation",
        ));
    }
    let names_first = verb != "measure" && verb != "amend" && verb != "relation";
    let subject = if names_first && verb != "pick" && verb != "clock" {
        table.take_texts(verb, findings)
    } else {
        table.take_text(verb, findings).map(|subject| vec![subject])
    }?;
    if subject.is_empty() {
        findings.push(place.finding(format!("`{verb}` names nothing"), "name at least one target"));
        return None;
    }
    // The end of a stay may be an act.
    let until_act = if verb == "stay" { stay_end(&mut table) } else { None };
    let interval = table.take_interval(&allowed, findings);
    let does = does(verb, subject, until_act, &mut table, findings)?;
    if let (Does::Suspend { .. } | Does::End(_) | Does::Resume(_) | Does::Extend(_), None) =
        (&does, interval.from)
    {
        findings.push(place.finding(
            format!("`{verb}` without `from`"),
            "say from which moment; what never applied is `void`",
        ));
    }
    let mut keys = allowed;
    keys.extend(OPERATION_KEYS);
    keys.push(verb);
    if of_world {
        keys.push("known");
    }
    table.finish(&keys, findings);
    Some((Operation { does, at, note, reading, interval, place }, known))
}

fn reading(table: &mut Table, findings: &mut Vec<Finding>) -> Option<(String, String)> {
    let (text, place) = table.take_text("reading", findings)?;
    match text.split_once('=') {
        Some((name, option)) => Some((name.trim().to_owned(), option.trim().to_owned())),
        None => {
            findings.push(place.finding(
                format!("`{text}` names a reading without its option"),
                "write reading = \"NAME=OPTION\"",
            ));
            None
        }
    }
}

fn stay_end(table: &mut Table) -> Option<String> {
    let mut probe = table.clone();
    match probe.take("until")?.value {
        crate::document::Value::Text(text) if !text.starts_with(|c: char| c.is_ascii_digit()) => {
            table.take("until");
            Some(text)
        }
        _ => None,
    }
}

fn does(
    verb: &str,
    subject: Vec<(String, Place)>,
    until_act: Option<String>,
    table: &mut Table,
    findings: &mut Vec<Finding>,
) -> Option<Does> {
    let (first, place) = subject[0].clone();
    let all: Vec<Target> = subject.into_iter().map(|(text, _)| Target(text)).collect();
    let parties = |table: &mut Table, findings: &mut Vec<Finding>| {
        table.take_text("for", findings).map(|(text, _)| text)
    };
    Some(match verb {
        "measure" => Does::Measure { id: first, fields: Box::new(fields(table, findings)) },
        "amend" => Does::Amend { id: first, fields: Box::new(fields(table, findings)) },
        "end" => Does::End(all),
        "extend" => Does::Extend(all),
        "resume" => Does::Resume(all),
        "drop" => Does::Drop(all),
        "suspend" => {
            let leaving = table.take_text("leaving", findings).and_then(|(text, place)| {
                if text.contains('/') && !text.starts_with(|c: char| c.is_ascii_digit()) {
                    return Some(Leaving::Measure(text));
                }
                rate(&text, &place, findings).map(Leaving::Rate)
            });
            Does::Suspend { targets: all, leaving }
        }
        "void" => Does::Void { targets: all, parties: parties(table, findings) },
        "stay" => Does::Stay { acts: all, until_act, parties: parties(table, findings) },
        "relation" => relation(first, &place, table, findings)?,
        "pick" => {
            let stages_place = table.key_place("stages");
            let stages = names(table.take_texts("stages", findings));
            if let Some(twice) =
                stages.iter().enumerate().find(|(at, s)| stages[..*at].contains(s)).map(|(_, s)| s)
            {
                let message = format!("the stage `{twice}` stands twice");
                findings.push(stages_place.finding(message, "each stage has one place"));
            }
            if stages.is_empty() {
                findings.push(place.finding("a pick without stages", "stages = [\"first\", …]"));
            }
            let choose = match table.take_text("choose", findings) {
                None => Choose::One,
                Some((text, place)) => match text.as_str() {
                    "one" => Choose::One,
                    "lowest" => Choose::Lowest,
                    "highest" => Choose::Highest,
                    _ => {
                        findings.push(place.finding(
                            format!("`{text}` is no way to choose"),
                            "one, lowest or highest",
                        ));
                        Choose::One
                    }
                },
            };
            let mixed = names(table.take_texts("mixed", findings));
            Does::Pick(Pick { id: first, stages, mixed, choose })
        }
        "clock" => {
            let order = date_facts(table.take_texts("order", findings), findings);
            if order.is_empty() {
                findings.push(place.finding("a clock without `order`", "order = [\"entered\"]"));
            }
            Does::Clock { territory: first, order }
        }
        _ => return None,
    })
}

fn relation(
    id: String,
    place: &Place,
    table: &mut Table,
    findings: &mut Vec<Finding>,
) -> Option<Does> {
    let of = targets(table.take_texts("of", findings));
    let except = targets(table.take_texts("except", findings));
    let mut effects = Vec::new();
    for (key, effect) in [
        ("excludes", Effect::Excludes),
        ("takes-part-of", Effect::TakesPartOf),
        ("replaces", Effect::Replaces),
    ] {
        if let Some(object) = table.take_texts(key, findings) {
            effects.push((effect, targets(Some(object))));
        }
    }
    if of.is_empty() {
        findings.push(place.finding("a relation without `of`", "name what prevails"));
    }
    if effects.len() != 1 {
        findings.push(place.finding(
            "a relation has exactly one object",
            "one of `excludes`, `takes-part-of`, `replaces`",
        ));
    }
    let test = match table.take_text("test", findings) {
        Some((text, place)) => match text.as_str() {
            "owed" => Test::Owed,
            "provided-for" => Test::ProvidedFor,
            _ => {
                findings
                    .push(place.finding(format!("`{text}` is not a test"), "owed or provided-for"));
                return None;
            }
        },
        None => {
            findings.push(place.finding("a relation without `test`", "owed or provided-for"));
            return None;
        }
    };
    let (effect, object) = effects.pop()?;
    Some(Does::Relation(Box::new(Relation { id, of, except, effect, object, test })))
}
