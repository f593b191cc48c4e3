//! What may be done to one record: every single change of a table or a row, in words.

use tariff::Day;
use toml_edit::{Array, Datetime, Table, Value};

use super::Kind;
use super::dice::Dice;

/// One change of a record.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    pub kind: Kind,
    pub does: Change,
    /// What is changed, like `rate 10% becomes 11%`.
    pub words: String,
    /// The key it is about; empty for the record as a whole.
    pub key: String,
}

#[derive(Clone, Debug)]
pub(crate) enum Change {
    Delete,
    Set(Value),
    Remove,
    /// The value goes to another key.
    Rename(&'static str),
}

impl Edit {
    pub fn delete(what: &str) -> Edit {
        let words = format!("{what} is deleted");
        Edit { kind: Kind::Delete, does: Change::Delete, words, key: String::new() }
    }

    fn set(kind: Kind, key: &str, words: String, value: impl Into<Value>) -> Edit {
        Edit { kind, does: Change::Set(value.into()), words, key: key.to_owned() }
    }

    /// Does it to a table; deletion is for who holds the table.
    pub fn apply(&self, table: &mut Table) {
        match &self.does {
            Change::Delete => {}
            Change::Set(value) => {
                table.insert(&self.key, toml_edit::Item::Value(value.clone()));
            }
            Change::Remove => {
                table.remove(&self.key);
            }
            Change::Rename(to) => {
                if let Some(item) = table.remove(&self.key) {
                    table.insert(to, item);
                }
            }
        }
    }
}

/// A day or moment `days` later; `None` where the text begins with no day.
pub(crate) fn shifted(text: &str, days: i32) -> Option<String> {
    let (day, rest) = (text.get(..10)?, &text[10..]);
    Some(format!("{}{rest}", Day::parse(day).ok()?.plus(days)))
}

/// Shifts of the moments under these keys.
pub(crate) fn moments(table: &Table, keys: &[&str]) -> Vec<Edit> {
    let mut edits = Vec::new();
    for key in keys {
        let Some(Value::Datetime(date)) = table.get(key).and_then(|item| item.as_value()) else {
            continue;
        };
        let text = date.value().to_string();
        for days in [-1, 1] {
            let Some(to) = shifted(&text, days) else { continue };
            let Ok(value) = to.parse::<Datetime>() else { continue };
            let words = format!("`{key}` {text} becomes {to}");
            edits.push(Edit::set(Kind::Shift, key, words, Value::from(value)));
        }
    }
    edits
}

/// Shifts of the moments in a condition, and other limits in it.
pub(crate) fn condition(table: &Table) -> Vec<Edit> {
    let Some(when) = table.get("when").and_then(|item| item.as_str()) else { return Vec::new() };
    let mut edits = Vec::new();
    let mut at = 0;
    for word in when.split(' ') {
        let end = at + word.len();
        let mut change = |kind, to: String| {
            let text = format!("{}{to}{}", &when[..at], &when[end..]);
            let words = format!("in `when`, {word} becomes {to}");
            edits.push(Edit::set(kind, "when", words, text));
        };
        if word.contains('T') && Day::parse(word.get(..10).unwrap_or("")).is_ok() {
            for days in [-1, 1] {
                if let Some(to) = shifted(word, days) {
                    change(Kind::Shift, to);
                }
            }
        } else if let Some(to) = word.ends_with('%').then(|| other_figure(word)).flatten() {
            change(Kind::Rate, to);
        }
        at = end + 1;
    }
    edits
}

/// The text with its first figure one higher: `10%` becomes `11%`, `free` nothing.
pub(crate) fn other_figure(text: &str) -> Option<String> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let len = text[start..].find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len() - start);
    let figure: u64 = text[start..start + len].parse().ok()?;
    Some(format!("{}{}{}", &text[..start], figure + 1, &text[start + len..]))
}

/// Another figure, and the rate of another measure.
pub(crate) fn rates(table: &Table, key: &str, others: &[String], dice: &mut Dice) -> Vec<Edit> {
    let Some(rate) = table.get(key).and_then(|item| item.as_str()) else { return Vec::new() };
    let is_rate = key == "rate" || rate.contains('%');
    if !is_rate {
        return Vec::new();
    }
    let mut edits = Vec::new();
    let plain = !rate.starts_with("schedule") && !rate.starts_with("list");
    if let Some(to) = plain.then(|| other_figure(rate)).flatten() {
        let words = format!("`{key}` {rate} becomes {to}");
        edits.push(Edit::set(Kind::Rate, key, words, to));
    }
    let others: Vec<&String> = others.iter().filter(|other| *other != rate).collect();
    if let Some(to) = dice.one(&others) {
        let words = format!("`{key}` {rate} is swapped for {to}");
        edits.push(Edit::set(Kind::Rate, key, words, to.as_str()));
    }
    edits
}

/// Another last digit.
pub(crate) fn other_code(code: &str) -> Option<String> {
    let last = code.chars().last()?.to_digit(10)?;
    Some(format!("{}{}", &code[..code.len() - 1], (last + 1) % 10))
}

pub(crate) fn heading(table: &Table) -> Vec<Edit> {
    let Some(heading) = table.get("heading").and_then(|item| item.as_str()) else {
        return Vec::new();
    };
    let Some(to) = other_code(heading) else { return Vec::new() };
    let words = format!("`heading` {heading} becomes {to}");
    vec![Edit::set(Kind::Heading, "heading", words, to)]
}

fn array<'t>(table: &'t Table, key: &str) -> Option<&'t Array> {
    table.get(key)?.as_array()
}

fn named(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string().trim().to_owned(), str::to_owned)
}

/// Each name dropped from the lists under these keys; an only name goes with its key, where
/// the record can be without.
pub(crate) fn drops(table: &Table, keys: &[&str], alone: &[&str], kind: Kind) -> Vec<Edit> {
    let mut edits = Vec::new();
    for key in keys {
        let Some(list) = array(table, key) else { continue };
        for at in 0..list.len() {
            let name = list.get(at).map(named).unwrap_or_default();
            let words = format!("`{key}` loses {name}");
            if list.len() > 1 {
                let mut rest = list.clone();
                rest.remove(at);
                edits.push(Edit::set(kind, key, words, Value::Array(rest)));
            } else if alone.contains(key) {
                edits.push(Edit { kind, does: Change::Remove, words, key: (*key).to_owned() });
            }
        }
    }
    edits
}

/// Broken relations: another object, another effect, the other test.
pub(crate) fn relation(table: &Table, programs: &[String], dice: &mut Dice) -> Vec<Edit> {
    const OBJECTS: [&str; 3] = ["excludes", "takes-part-of", "replaces"];
    let mut edits = Vec::new();
    for key in OBJECTS {
        let Some(list) = array(table, key) else { continue };
        let held: Vec<String> = list.iter().map(named).collect();
        let others: Vec<&String> = programs.iter().filter(|p| !held.contains(p)).collect();
        if let Some(to) = dice.one(&others) {
            let words = format!("`{key}` is {to} in place of {}", held.join(", "));
            let value = Value::Array([to.as_str()].into_iter().collect());
            edits.push(Edit::set(Kind::Relation, key, words, value));
        }
        let others: Vec<&'static str> = OBJECTS.into_iter().filter(|other| *other != key).collect();
        if let Some(to) = dice.one(&others) {
            let words = format!("`{key}` becomes `{to}`");
            let does = Change::Rename(to);
            edits.push(Edit { kind: Kind::Relation, does, words, key: key.to_owned() });
        }
    }
    if let Some(test) = table.get("test").and_then(|item| item.as_str()) {
        let to = if test == "owed" { "provided-for" } else { "owed" };
        let words = format!("`test` {test} becomes {to}");
        edits.push(Edit::set(Kind::Relation, "test", words, to));
    }
    edits
}

/// A pick whose neighbouring stages change places.
pub(crate) fn stages(table: &Table) -> Vec<Edit> {
    let Some(list) = array(table, "stages") else { return Vec::new() };
    let names: Vec<String> = list.iter().map(named).collect();
    let mut edits = Vec::new();
    for at in 1..names.len() {
        let mut other = names.clone();
        other.swap(at - 1, at);
        let words = format!("`stages`: {} comes before {}", names[at], names[at - 1]);
        let value = Value::Array(other.iter().map(String::as_str).collect());
        edits.push(Edit::set(Kind::Relation, "stages", words, value));
    }
    edits
}

/// A member of a pick in the stage of another, or a total that absorbs nothing.
pub(crate) fn membership(table: &Table, others: &[String], dice: &mut Dice) -> Vec<Edit> {
    let mut edits = Vec::new();
    let text = |key: &str| table.get(key).and_then(|item| item.as_str());
    if let Some(stage) = text("stage") {
        let others: Vec<&String> = others.iter().filter(|other| *other != stage).collect();
        if let Some(to) = dice.one(&others) {
            let words = format!("`stage` {stage} becomes {to}");
            edits.push(Edit::set(Kind::Relation, "stage", words, to.as_str()));
        }
    }
    if let Some(absorbed) = text("absorbs") {
        let words = format!("`absorbs` {absorbed} is dropped");
        let key = "absorbs".to_owned();
        edits.push(Edit { kind: Kind::Relation, does: Change::Remove, words, key });
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        text.parse::<toml_edit::DocumentMut>().unwrap().as_table().clone()
    }

    #[test]
    fn days_and_moments_are_shifted_over_the_end_of_a_month() {
        assert_eq!(shifted("2025-05-31", 1).as_deref(), Some("2025-06-01"));
        let moment = shifted("2025-03-01T00:01-05:00", -1);
        assert_eq!(moment.as_deref(), Some("2025-02-28T00:01-05:00"));
        assert_eq!(shifted("soon", 1), None);
    }

    #[test]
    fn a_condition_is_changed_in_one_word() {
        let table = table(
            "when = \"loaded before 2025-04-05T00:01-04:00 and content us >= 20% of value\"\n",
        );
        let edits = condition(&table);
        let said: Vec<&str> = edits.iter().map(|edit| edit.words.as_str()).collect();
        assert_eq!(said.len(), 3);
        assert_eq!(said[2], "in `when`, 20% becomes 21%");
        let mut changed = table.clone();
        edits[0].apply(&mut changed);
        let when = changed["when"].as_str().unwrap();
        assert_eq!(when, "loaded before 2025-04-04T00:01-04:00 and content us >= 20% of value");
    }

    #[test]
    fn figures_and_last_digits_change() {
        assert_eq!(other_figure("total 15%").as_deref(), Some("total 16%"));
        assert_eq!(other_figure("free"), None);
        assert_eq!(other_code("9903.01.29").as_deref(), Some("9903.01.20"));
    }
}
