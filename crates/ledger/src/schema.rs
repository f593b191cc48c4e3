//! JSON Schema of the ledger's TOML files, for editors, from the same tables the reader uses.

use serde_json::{Map, Value, json};

use crate::act::Outcome;
use crate::read_act::{ACT_KEYS, CONFIDENCES, DRAWBACKS, KINDS, OPERATION_KEYS, VERBS, verb_keys};

/// The schema of a kind of file: `act` or `world`.
pub fn schema(kind: &str) -> Option<Value> {
    let (keys, required, of_world): (&[&str], &[&str], bool) = match kind {
        "act" => (ACT_KEYS, &["id", "kind", "title", "cite", "known"], false),
        "world" => (&["id", "title", "description", "note", "do"], &["id", "title"], true),
        _ => return None,
    };
    let properties: Map<String, Value> = keys
        .iter()
        .map(|key| {
            let value = match *key {
                "do" => json!({"type": "array", "items": operations(of_world)}),
                other => property(other),
            };
            ((*key).to_owned(), value)
        })
        .collect();
    Some(json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("Truce ledger: {kind}"),
        "description": "The grammar is in docs/measure-language.md",
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": properties,
    }))
}

/// One alternative for each verb.
fn operations(of_world: bool) -> Value {
    let mut verbs: Vec<&str> = VERBS.to_vec();
    if of_world {
        verbs.push("drop");
    }
    let alternatives: Vec<Value> = verbs
        .into_iter()
        .map(|verb| {
            let mut properties: Map<String, Value> = verb_keys(verb)
                .into_iter()
                .chain(OPERATION_KEYS.iter().copied())
                .map(|key| (key.to_owned(), property(key)))
                .collect();
            let target = if matches!(verb, "measure" | "amend" | "relation" | "pick" | "clock") {
                json!({"type": "string"})
            } else {
                texts()
            };
            properties.insert(verb.to_owned(), target);
            if of_world {
                properties.insert("known".to_owned(), property("known"));
            }
            json!({
                "type": "object",
                "title": verb,
                "required": [verb],
                "additionalProperties": false,
                "properties": properties,
            })
        })
        .collect();
    json!({"oneOf": alternatives})
}

fn texts() -> Value {
    json!({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
}

fn property(key: &str) -> Value {
    match key {
        "kind" => json!({"enum": KINDS}),
        "confidence" => json!({"enum": CONFIDENCES}),
        "drawback" => json!({"enum": DRAWBACKS}),
        "relief" | "stand-in" => json!({"type": "boolean"}),
        "test" => json!({"enum": ["owed", "provided-for"]}),
        "tests" => json!({"enum": ["general", "claimed"]}),
        "choose" => json!({"enum": ["one", "lowest", "highest"]}),
        "unstated" => json!({
            "type": "object",
            "required": ["cite"],
            "properties": {"cite": {"type": "string"}},
            "additionalProperties": {"enum": Outcome::NAMES},
        }),
        // TOML has dates of its own; schemas see them as texts.
        "effective" => json!({"type": "array", "items": {"type": "string"}}),
        "known" | "binds" | "from" | "until" => json!({"type": "string"}),
        "of" | "except-of" | "to" | "goods" | "except-goods" | "alias" | "rests-on" | "source"
        | "clock" | "order" | "stages" | "mixed" | "except" | "excludes" | "takes-part-of"
        | "replaces" => texts(),
        _ => json!({"type": "string"}),
    }
}
