//! The one form of the ledger's TOML files: keys in the order of the grammar, one blank line before
//! each table, short lists on one line. Comments stay where they are.

use toml_edit::{Array, Decor, DocumentMut, Item, Key, Table, Value};

use crate::read_act::{ACT_KEYS, FIELD_KEYS, OPERATION_KEYS, VERBS};

/// A list longer than this, with its key, is broken into lines.
const LINE_MAX: usize = 100;

/// Brings a file into form.
///
/// # Errors
/// The line and what is wrong, when the text is not TOML.
pub fn format(text: &str) -> Result<String, (usize, String)> {
    let mut document: DocumentMut = text.parse().map_err(|e: toml_edit::TomlError| {
        let at = e.span().map_or(0, |span| span.start).min(text.len());
        (text[..at].matches('\n').count() + 1, e.message().to_owned())
    })?;
    format_table(document.as_table_mut());
    let trailing = comments(document.trailing().as_str().unwrap_or_default());
    document.set_trailing(trailing);
    let formatted = document.to_string();
    let mut out = String::with_capacity(formatted.len());
    for line in formatted.trim_start_matches('\n').lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    Ok(out)
}

/// The order of keys in an operation: the verb and its place, what it says, when it holds.
fn operation_order() -> impl Iterator<Item = &'static str> {
    let relation = ["of", "except", "excludes", "takes-part-of", "replaces", "test"];
    let rest = ["stages", "mixed", "choose", "order", "leaving", "from", "until", "for", "known"];
    VERBS
        .iter()
        .copied()
        .chain(["drop", "at"])
        .chain(FIELD_KEYS.iter().copied().filter(|key| !VERBS.contains(key)))
        .chain(relation)
        .chain(["pick", "stage", "clock"])
        .chain(rest)
        .chain(OPERATION_KEYS.iter().copied())
}

/// The order of keys of a table, where its kind has one; other tables keep theirs.
fn order_of(table: &Table) -> Option<Vec<&'static str>> {
    let has = |key: &str| table.contains_key(key);
    if VERBS.iter().any(|verb| has(verb)) || has("drop") {
        // A verb that is also a field of a measure (`pick`, `clock`) stands where the verb does
        // only when it is the verb.
        let verb = VERBS.iter().copied().find(|verb| has(verb));
        let rest = operation_order().filter(|key| !["pick", "clock"].contains(key));
        let fields = ["pick", "stage", "clock"];
        let mut order: Vec<&str> = verb.into_iter().chain(rest).collect();
        let basis = order.iter().position(|key| *key == "basis").unwrap_or(order.len() - 1);
        order.splice(basis + 1..basis + 1, fields);
        return Some(order);
    }
    (has("do") || (has("cite") && has("known"))).then(|| {
        ["id", "kind", "title", "description"].into_iter().chain(ACT_KEYS.iter().copied()).collect()
    })
}

fn format_table(table: &mut Table) {
    if let Some(order) = order_of(table) {
        let at = |key: &Key| order.iter().position(|k| *k == key.get()).unwrap_or(usize::MAX);
        table.sort_values_by(|a: &Key, _, b: &Key, _| at(a).cmp(&at(b)));
    }
    let keys: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
    for name in keys {
        let Some((mut key, item)) = table.get_key_value_mut(&name) else { continue };
        match item {
            Item::Value(value) => {
                tidy_key(key.leaf_decor_mut());
                tidy_value(value, name.len() + 3);
            }
            Item::Table(inner) => {
                tidy_head(inner.decor_mut());
                format_table(inner);
            }
            Item::ArrayOfTables(tables) => {
                for inner in tables.iter_mut() {
                    tidy_head(inner.decor_mut());
                    format_table(inner);
                }
            }
            Item::None => {}
        }
    }
}

/// The comment lines in front of something, each on its own line; a blank line after a comment
/// stays, one of several.
fn comments(prefix: &str) -> String {
    let mut out = String::new();
    for line in prefix.lines().map(str::trim) {
        if line.starts_with('#') {
            out.push_str(line);
            out.push('\n');
        } else if line.is_empty() && out.ends_with('\n') && !out.ends_with("\n\n") {
            out.push('\n');
        }
    }
    out
}

fn tidy_key(decor: &mut Decor) {
    let prefix = comments(decor.prefix().and_then(|p| p.as_str()).unwrap_or_default());
    decor.set_prefix(prefix);
    decor.set_suffix(" ");
}

fn tidy_head(decor: &mut Decor) {
    let prefix = comments(decor.prefix().and_then(|p| p.as_str()).unwrap_or_default());
    decor.set_prefix(format!("\n{prefix}"));
    let comment = decor.suffix().and_then(|s| s.as_str()).unwrap_or_default().trim().to_owned();
    decor.set_suffix(if comment.is_empty() { comment } else { format!("  {comment}") });
}

fn tidy_value(value: &mut Value, indent: usize) {
    let comment =
        value.decor().suffix().and_then(|s| s.as_str()).unwrap_or_default().trim().to_owned();
    match value {
        Value::Array(array) => tidy_array(array, indent),
        Value::InlineTable(table) => {
            let last = table.len().saturating_sub(1);
            for (at, (mut key, inner)) in table.iter_mut().enumerate() {
                key.leaf_decor_mut().set_prefix(" ");
                key.leaf_decor_mut().set_suffix(" ");
                tidy_value(inner, indent);
                if at == last {
                    inner.decor_mut().set_suffix(" ");
                }
            }
            table.set_trailing("");
            table.set_trailing_comma(false);
        }
        _ => {}
    }
    value.decor_mut().set_prefix(" ");
    value.decor_mut().set_suffix(if comment.is_empty() { comment } else { format!("  {comment}") });
}

fn tidy_array(array: &mut Array, indent: usize) {
    let has_comment = array.to_string().contains('#')
        && array.iter().any(|v| {
            [v.decor().prefix(), v.decor().suffix()]
                .into_iter()
                .flatten()
                .any(|p| p.as_str().is_some_and(|p| p.contains('#')))
        });
    if has_comment {
        return;
    }
    for value in array.iter_mut() {
        tidy_value(value, indent);
        value.decor_mut().set_prefix("");
    }
    let width: usize = array.iter().map(|v| v.to_string().trim().chars().count() + 2).sum();
    let broken = indent + width > LINE_MAX;
    // Lines of a broken list are filled, its tables stand one to a line.
    let mut line = LINE_MAX;
    for (at, value) in array.iter_mut().enumerate() {
        let long = value.to_string().trim().chars().count() + 1;
        let prefix = match (broken, at) {
            (true, _) if value.is_inline_table() || line + 1 + long > LINE_MAX => {
                line = 4 + long;
                "\n    "
            }
            (true, _) => {
                line += 1 + long;
                " "
            }
            (false, 0) => "",
            (false, _) => " ",
        };
        value.decor_mut().set_prefix(prefix);
        value.decor_mut().set_suffix("");
    }
    array.set_trailing_comma(broken);
    array.set_trailing(if broken { "\n" } else { "" });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_take_their_order_and_comments_stay() {
        let text = "# head\ncite = \"90 FR 1\"\nid=\"a\"   # the id\n\n\nknown = 2025-05-12\n[[do]]\n\
                    # why\nrate=\"10%\"\nmeasure = \"us/p/m\"\nof=[ \"CN\",\"HK\" ]\nfrom = 2025-05-14T00:01-04:00\n";
        let expected = "id = \"a\"  # the id\n# head\ncite = \"90 FR 1\"\nknown = 2025-05-12\n\n[[do]]\n\
                        measure = \"us/p/m\"\n# why\nrate = \"10%\"\nof = [\"CN\", \"HK\"]\n\
                        from = 2025-05-14T00:01-04:00\n";
        let formatted = format(text).unwrap();
        assert_eq!(formatted, expected);
        assert_eq!(format(&formatted).unwrap(), formatted);
    }

    #[test]
    fn long_lists_are_broken_and_short_ones_joined() {
        let names: Vec<String> = (0..30).map(|i| format!("\"country-{i}\"")).collect();
        let text = format!("members = [{}]\n", names.join(","));
        let formatted = format(&text).unwrap();
        assert!(formatted.lines().all(|line| line.chars().count() <= LINE_MAX));
        assert_eq!(formatted.lines().count(), 7);
        assert_eq!(format(&formatted).unwrap(), formatted);
        assert_eq!(format("a = [\n 1,\n 2\n]\n").unwrap(), "a = [1, 2]\n");
    }

    #[test]
    fn what_is_no_toml_is_refused_with_its_line() {
        assert_eq!(format("a = 1\nb = \n").unwrap_err().0, 2);
    }
}
