//! `truce law list` and `truce law show`: the ledger in words.

use std::fmt::Write;

use ledger::{
    Act, Binds, Control, Does, Fields, Leaving, Ledger, Operation, Target, Test, program_of,
};
use tariff::{Interval, Stated, Zone};

use crate::failure::Failure;
use crate::text::{Column, count, table, wrapped};

pub fn list(
    ledger: &Ledger,
    what: Option<&str>,
    containing: Option<&str>,
) -> Result<String, Failure> {
    let wanted = |name: &str| containing.is_none_or(|text| name.contains(text));
    let zone = &ledger.territories[0].zone;
    let two = |rows: Vec<Vec<String>>| table(&[Column::Left, Column::Wrap], None, &rows);
    let text = match what.unwrap_or("acts") {
        "acts" => {
            let rows: Vec<Vec<String>> = ledger
                .acts
                .iter()
                .filter(|a| wanted(&a.id))
                .map(|a| {
                    let does = if a.operations.is_empty() {
                        String::new()
                    } else {
                        count(a.operations.len())
                    };
                    vec![a.known_stated.day(zone).to_string(), a.id.clone(), does, a.title.clone()]
                })
                .collect();
            let columns = [Column::Left, Column::Left, Column::Right, Column::Wrap];
            table(&columns, Some(&["known", "act", "does", ""]), &rows)
        }
        "measures" => two(ledger
            .measures()
            .filter(|(id, _)| wanted(id))
            .map(|(id, records)| {
                let heading = made(ledger, records).and_then(|f| f.heading);
                vec![id.to_owned(), heading.map(|h| h.to_string()).unwrap_or_default()]
            })
            .collect()),
        "relations" => two(ledger
            .relations()
            .filter(|(id, _)| wanted(id))
            .map(|(id, _)| vec![id.to_owned()])
            .collect()),
        "lists" => two(ledger
            .lists
            .values()
            .filter(|l| wanted(&l.name))
            .map(|l| vec![l.name.clone(), format!("{} rows; {}", count(l.rows.len()), l.source)])
            .collect()),
        "areas" => two(ledger
            .areas
            .iter()
            .filter(|a| wanted(&a.id))
            .map(|a| vec![a.id.clone(), format!("{} ({})", a.name, a.members.len())])
            .collect()),
        "readings" => two(ledger
            .readings
            .iter()
            .filter(|r| wanted(&r.id))
            .map(|r| vec![r.id.clone(), format!("{} [{}]", r.title, r.default)])
            .collect()),
        "programs" => {
            let held: std::collections::BTreeSet<&str> =
                ledger.measures().map(|(id, _)| program_of(id)).collect();
            two(ledger
                .programs
                .iter()
                .filter(|p| wanted(&p.id))
                .map(|p| {
                    let state = match () {
                        () if p.note_only => " (only mentioned)",
                        () if !held.contains(p.id.as_str()) => " (not modelled yet)",
                        () => "",
                    };
                    vec![p.id.clone(), format!("{}{state}", p.title)]
                })
                .collect())
        }
        other => {
            let kinds = ["acts", "measures", "relations", "lists", "areas", "readings", "programs"];
            let help = ledger::did_you_mean(other, kinds, &kinds.join(", "));
            return Err(Failure::new(format!("`{other}` cannot be listed"), "WHAT", help));
        }
    };
    Ok(text)
}

/// The fields with which a measure is made.
pub fn made<'a>(ledger: &'a Ledger, records: &'a ledger::Records) -> Option<&'a Fields> {
    records.iter().find_map(|r| match &ledger.record(*r).1.does {
        Does::Measure { fields, .. } => Some(fields.as_ref()),
        _ => None,
    })
}

pub fn show(ledger: &Ledger, id: &str, known: Option<&str>) -> Result<String, Failure> {
    // Moments are told by the clock of the side whose law it is.
    let side = ledger.act(id).map_or_else(|| id.split('/').next().unwrap_or(id), |act| &act.folder);
    let zone = &ledger.territory(side).unwrap_or(&ledger.territories[0]).zone;
    let known = match known {
        None => None,
        Some(text) => Some(
            Stated::parse(text, zone)
                .map_err(|e| Failure::new(e, "--known", "a day, like 2025-08-01"))?
                .last(zone),
        ),
    };
    if let Some(act) = ledger.act(id) {
        return Ok(show_act(act, zone));
    }
    if let Some(records) = ledger.measure(id).or_else(|| {
        ledger.relations().find(|(relation, _)| *relation == id).map(|(_, records)| records)
    }) {
        let mut out = format!("{id}\n");
        for record in records {
            let (act, operation) = ledger.record(*record);
            if known.is_some_and(|k| act.known > k) {
                continue;
            }
            let at = operation.at.as_deref().map(|at| format!(", {at}")).unwrap_or_default();
            let _ =
                writeln!(out, "\n{}  {} ({}{at})", act.known_stated.day(zone), act.id, act.cite);
            let _ = write!(out, "{}", operation_text(operation, zone));
        }
        return Ok(out);
    }
    if let Some(list) = ledger.lists.get(id) {
        let mut out = format!("{id}: {} rows\nsource: {}\n\n", count(list.rows.len()), list.source);
        let rows: Vec<Vec<String>> = list
            .rows
            .iter()
            .map(|row| {
                let out = if row.out { "not " } else { "" };
                vec![
                    format!("{out}{}", row.code),
                    interval(row.interval(), zone),
                    row.act.to_string(),
                    row.note.to_string(),
                ]
            })
            .collect();
        out.push_str(&table(
            &[Column::Left, Column::Left, Column::Left, Column::Wrap],
            None,
            &rows,
        ));
        return Ok(out);
    }
    if let Some(area) = ledger.area(id) {
        let mut out = format!("{}: {}\n\n", area.id, area.name);
        for (country, during) in &area.members {
            let name = ledger.countries.name(*country).unwrap_or("");
            let _ = writeln!(out, "  {country}  {name}  {}", interval(*during, zone));
        }
        return Ok(out);
    }
    if let Some(program) = ledger.program(id) {
        let mut out = format!("{}: {} (levied by {})\n\n", program.id, program.title, program.by);
        let own: Vec<Vec<String>> = ledger
            .measures()
            .filter(|(measure, _)| program_of(measure) == id)
            .map(|(measure, records)| {
                let fields = made(ledger, records);
                let heading = fields.and_then(|f| f.heading).map(|h| h.to_string());
                let title = fields.and_then(|f| f.title.clone()).unwrap_or_default();
                vec![measure.to_owned(), heading.unwrap_or_default(), title]
            })
            .collect();
        if own.is_empty() {
            out.push_str("  the ledger holds no measure of it yet\n");
        }
        out.push_str(&table(&[Column::Left, Column::Left, Column::Wrap], None, &own));
        return Ok(out);
    }
    let names = ledger
        .acts
        .iter()
        .map(|a| a.id.as_str())
        .chain(ledger.measures().map(|(id, _)| id))
        .chain(ledger.lists.keys().map(String::as_str))
        .chain(ledger.areas.iter().map(|a| a.id.as_str()))
        .chain(ledger.programs.iter().map(|p| p.id.as_str()));
    let help = ledger::did_you_mean(id, names, "`truce law list` prints what there is");
    Err(Failure::new(format!("nothing in the ledger is named `{id}`"), "ID", help))
}

fn show_act(act: &Act, zone: &Zone) -> String {
    let mut out = format!("{}: {}\n", act.id, wrapped(&act.title, 2));
    let mut line = |name: &str, text: String| {
        if !text.is_empty() {
            let _ = writeln!(out, "  {name:<11}{}", wrapped(&text, 13));
        }
    };
    line("kind", act.kind.clone());
    line("cite", act.cite.clone());
    line("known", act.known_stated.print(zone));
    line(
        "binds",
        match act.binds {
            Binds::WithKnown => String::new(),
            Binds::At(_, stated) => stated.print(zone),
            Binds::Never => "never".to_owned(),
        },
    );
    line("rests on", act.rests_on.join(", "));
    line("source", act.sources.join(" ; "));
    line("confidence", act.confidence.clone().unwrap_or_default());
    line("note", act.note.clone().unwrap_or_default());
    line("file", act.place.file.clone());
    if act.operations.is_empty() {
        out.push_str("\n  changes no duty in the ledger\n");
    }
    for operation in &act.operations {
        let at = operation.at.as_deref().map(|at| format!(" [{at}]")).unwrap_or_default();
        let _ = write!(out, "\n{}{}", at.trim_start(), if at.is_empty() { "" } else { "\n" });
        out.push_str(&operation_text(operation, zone));
    }
    out
}

fn names(targets: &[Target]) -> String {
    targets.iter().map(|t| t.0.as_str()).collect::<Vec<_>>().join(", ")
}

fn operation_text(operation: &Operation, zone: &Zone) -> String {
    let mut out = String::new();
    let verb = operation.does.verb();
    let (subject, mut details): (String, Vec<(&str, String)>) = match &operation.does {
        Does::Measure { id, fields } | Does::Amend { id, fields } => {
            (id.clone(), fields_text(fields, zone))
        }
        Does::Relation(relation) => {
            let effect = match relation.effect {
                ledger::Effect::Excludes => "excludes",
                ledger::Effect::TakesPartOf => "takes part of",
                ledger::Effect::Replaces => "replaces",
            };
            let test = match relation.test {
                Test::Owed => "when owed",
                Test::ProvidedFor => "when provided for",
            };
            let sentence =
                format!("{} {effect} {}, {test}", names(&relation.of), names(&relation.object));
            (relation.id.clone(), vec![("", sentence)])
        }
        Does::Pick(pick) => (pick.id.clone(), vec![("stages", pick.stages.join(", "))]),
        Does::Clock { territory, order } => {
            let order: Vec<&str> = order.iter().map(|d| d.name()).collect();
            (territory.clone(), vec![("order", order.join(", "))])
        }
        Does::Suspend { targets, leaving } => {
            let left = match leaving {
                None => String::new(),
                Some(Leaving::Rate(rate)) => rate.to_string(),
                Some(Leaving::Measure(id)) => id.clone(),
            };
            (names(targets), vec![("leaving", left)])
        }
        Does::Stay { acts, until_act, parties } => {
            let until = until_act.as_ref().map(|a| format!("until {a} binds")).unwrap_or_default();
            (names(acts), vec![("", until), ("for", parties.clone().unwrap_or_default())])
        }
        Does::Void { targets, parties } => {
            (names(targets), vec![("for", parties.clone().unwrap_or_default())])
        }
        does => (names(does.targets()), Vec::new()),
    };
    if operation.interval != Interval::ALWAYS {
        details.push(("", interval(operation.interval, zone)));
    }
    if let Some(note) = &operation.note {
        details.push(("note", note.clone()));
    }
    let _ = writeln!(out, "  {verb} {subject}");
    for (name, text) in details.into_iter().filter(|(_, text)| !text.is_empty()) {
        let label = if name.is_empty() { String::new() } else { format!("{name}: ") };
        let _ = writeln!(out, "    {}", wrapped(&format!("{label}{text}"), 6));
    }
    out
}

fn fields_text(fields: &Fields, zone: &Zone) -> Vec<(&'static str, String)> {
    let mut details: Vec<(&'static str, String)> = Vec::new();
    let mut add = |name, text: Option<String>| details.extend(text.map(|t| (name, t)));
    add("title", fields.title.clone());
    add("heading", fields.heading.map(|h| h.to_string()));
    add("rate", fields.rate.as_ref().map(|r| r.to_string()));
    add(
        "control",
        fields.control.as_ref().map(|c| match c {
            Control::Requires(text) => format!("requires {text}"),
            Control::Prohibits(text) => format!("prohibits {text}"),
        }),
    );
    add("of", fields.of.as_ref().map(|o| o.join(", ")));
    add("except of", fields.except_of.as_ref().map(|o| o.join(", ")));
    add("to", fields.to.as_ref().map(|o| o.join(", ")));
    let goods = |list: &[ledger::GoodsSelector]| {
        list.iter().map(|s| s.to_string()).collect::<Vec<_>>().join(", ")
    };
    add("goods", fields.goods.as_ref().map(|g| g.as_deref().map_or("all".to_owned(), goods)));
    add("except goods", fields.except_goods.as_deref().map(goods));
    add("drawback", fields.drawback.clone());
    add("when", fields.when.as_ref().map(|w| w.print(zone)));
    add(
        "pick",
        fields.pick.clone().map(|p| match &fields.stage {
            Some(stage) => format!("{p}, stage {stage}"),
            None => p,
        }),
    );
    details
}

/// `from … until …`, in the zone of the first territory.
fn interval(interval: Interval, zone: &Zone) -> String {
    let mut words = Vec::new();
    words.extend(interval.from.map(|m| format!("from {}", m.rfc3339(zone))));
    words.extend(interval.until.map(|m| format!("until {}", m.rfc3339(zone))));
    words.join(" ")
}
