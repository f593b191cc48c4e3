//! Every construct of the grammar stands in a test ledger, so that cases run on it.

use ledger::{Condition, Does, Effect, Ledger, Operation, Outcome, Source};

use crate::support::{files, root};

/// The names of the constructs that an operation uses.
fn used(operation: &Operation) -> Vec<String> {
    let mut used = vec![format!("verb {}", operation.does.verb())];
    let interval = operation.interval;
    if operation.reading.is_some() {
        used.push("reading".into());
    }
    match &operation.does {
        Does::Measure { fields, .. } | Does::Amend { fields, .. } => {
            if let Some(rate) = &fields.rate {
                let name = format!("{rate:?}");
                used.push(format!("rate {}", name.split([' ', '(']).next().unwrap_or_default()));
                if matches!(rate, ledger::Rate::Unknown { min: None, .. }) {
                    used.push("rate Unknown without bounds".into());
                }
            }
            if let Some(basis) = &fields.basis {
                used.push(format!(
                    "basis {}",
                    format!("{basis:?}").split('(').next().unwrap_or_default()
                ));
            }
            if let Some(control) = &fields.control {
                used.push(format!(
                    "control {}",
                    format!("{control:?}").split('(').next().unwrap_or_default()
                ));
            }
            let outcomes = fields.unstated.iter().flat_map(|u| &u.outcomes);
            used.extend(outcomes.map(|(_, outcome)| format!("unstated {outcome:?}")));
            if let Some(when) = &fields.when {
                tests(when, &mut used);
            }
            for (name, is_set) in [
                ("to", fields.to.is_some()),
                ("except-of", fields.except_of.is_some()),
                ("except-goods", fields.except_goods.is_some()),
                ("relief", fields.relief.is_some()),
                ("stage", fields.stage.is_some()),
                ("tests", fields.tests.is_some()),
                ("absorbs", fields.absorbs.is_some()),
                ("alias", fields.alias.is_some()),
                ("clock of a measure", fields.clock.is_some()),
            ] {
                used.extend(is_set.then(|| format!("field {name}")));
            }
        }
        Does::Suspend { leaving, .. } => used.push(match leaving {
            None => "leaving nothing".into(),
            Some(ledger::Leaving::Rate(_)) => "leaving a rate".into(),
            Some(ledger::Leaving::Measure(_)) => "leaving a measure".into(),
        }),
        Does::Relation(relation) => {
            used.push(format!("relation {:?} {:?}", relation.effect, relation.test));
            if !relation.except.is_empty() {
                used.push("relation except".into());
            }
        }
        Does::Pick(pick) => used.push(format!("choose {:?}", pick.choose)),
        Does::Stay { until_act, parties, .. } => {
            used.extend(until_act.iter().map(|_| "stay until an act".to_owned()));
            used.extend(interval.until.map(|_| "stay until a moment".to_owned()));
            used.extend(parties.iter().map(|_| "stay for parties".to_owned()));
        }
        Does::Void { parties: Some(_), .. } => used.push("void for parties".into()),
        Does::End(targets) | Does::Extend(targets) => {
            let relation =
                targets.iter().any(|t| t.0.contains("eo-14289") || t.0.contains("pr-11046"));
            used.extend(relation.then(|| format!("{} of a relation", operation.does.verb())));
        }
        _ => {}
    }
    used
}

fn tests(condition: &Condition, used: &mut Vec<String>) {
    let name = format!("{condition:?}");
    let name = name.split([' ', '(', '{']).next().unwrap_or_default();
    used.push(format!("test {name}"));
    match condition {
        Condition::Before(date, _) | Condition::From(date, _) => {
            used.push(format!("date {}", date.name()))
        }
        Condition::Column { column, .. } => used.push(format!("column {column:?}")),
        Condition::And(parts) | Condition::Or(parts) => parts.iter().for_each(|p| tests(p, used)),
        Condition::Not(inner) => tests(inner, used),
        _ => {}
    }
}

#[test]
fn every_construct_stands_in_a_test_ledger() {
    let mut used: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(root().join("tests/ledgers")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let (ledger, _) = Ledger::load(&Source::new(files(&format!("tests/ledgers/{name}"))));
        let acts = ledger.acts.iter().flat_map(|act| &act.operations);
        let worlds = ledger.worlds.iter().flat_map(|w| &w.operations);
        used.extend(acts.flat_map(self::used));
        for (operation, known) in worlds {
            used.extend(self::used(operation));
            used.extend(known.map(|_| "a world's own known".to_owned()));
        }
        used.extend(ledger.acts.iter().map(|a| {
            format!("binds {}", format!("{:?}", a.binds).split('(').next().unwrap_or_default())
        }));
        used.extend(
            ledger.acts.iter().filter(|a| !a.rests_on.is_empty()).map(|_| "rests-on".to_owned()),
        );
        for row in ledger.lists.values().flat_map(|l| &l.rows) {
            used.extend(row.out.then(|| "list out".to_owned()));
            used.extend(row.ended_by.iter().map(|_| "list ended-by".to_owned()));
            used.extend(row.from.map(|_| "list from".to_owned()));
        }
        let dated = ledger.areas.iter().flat_map(|a| &a.members).any(|(_, i)| i.from.is_some());
        used.extend(dated.then(|| "dated area".to_owned()));
        used.extend(ledger.events.iter().map(|_| "event".to_owned()));
    }
    let mut wanted: Vec<String> = [
        "measure", "amend", "end", "extend", "suspend", "resume", "void", "stay", "relation",
        "pick", "clock", "drop",
    ]
    .map(|v| format!("verb {v}"))
    .into();
    wanted.extend(
        ["Duty", "General", "Column2", "Special", "Total", "Unknown", "Unknown without bounds"]
            .map(|r| format!("rate {r}")),
    );
    wanted.extend(["Content", "ValueLessContent"].map(|b| format!("basis {b}")));
    wanted.extend(["Requires", "Prohibits"].map(|c| format!("control {c}")));
    for outcome in Outcome::NAMES {
        wanted.push(format!("unstated {:?}", Outcome::parse(outcome).unwrap()));
    }
    wanted.extend(
        [
            "And", "Or", "Not", "Before", "From", "Mode", "Claim", "Content", "Value", "Column",
            "Goods", "Origin",
        ]
        .map(|t| format!("test {t}")),
    );
    wanted.extend(
        ["entered", "loaded", "exported", "withdrawn", "privileged"].map(|d| format!("date {d}")),
    );
    wanted.extend(["General", "Claimed"].map(|c| format!("column {c}")));
    wanted.extend(["One", "Lowest", "Highest"].map(|c| format!("choose {c}")));
    wanted.extend(["nothing", "a rate", "a measure"].map(|l| format!("leaving {l}")));
    for effect in [Effect::Excludes, Effect::TakesPartOf] {
        wanted.push(format!("relation {effect:?} Owed"));
    }
    wanted.extend(
        [
            "relation Excludes ProvidedFor",
            "relation TakesPartOf ProvidedFor",
            "relation Replaces ProvidedFor",
            "relation except",
            "reading",
            "stay until an act",
            "stay until a moment",
            "stay for parties",
            "void for parties",
            "end of a relation",
            "extend of a relation",
            "field to",
            "field except-of",
            "field except-goods",
            "field relief",
            "field stage",
            "field tests",
            "field absorbs",
            "field alias",
            "field clock of a measure",
            "a world's own known",
            "binds WithKnown",
            "binds At",
            "binds Never",
            "rests-on",
            "list out",
            "list ended-by",
            "list from",
            "dated area",
            "event",
        ]
        .map(String::from),
    );
    let missing: Vec<&String> = wanted.iter().filter(|w| !used.contains(w)).collect();
    assert!(missing.is_empty(), "no test ledger uses: {missing:?}");
}
