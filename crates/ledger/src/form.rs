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

/// Where a key stands; unknown keys keep their order at the end.
fn order(key: &str) -> usize {
    let head = ["id", "kind", "title", "description", "cite", "known", "binds", "rests-on"];
    head.iter()
        .chain(VERBS.iter())
        .chain(["drop", "at"].iter())
        .chain(FIELD_KEYS.iter())
        .chain(["of", "except", "excludes", "takes-part-of", "replaces", "test", "stages", "choose"].iter())
        .chain(["order", "leaving", "from", "until", "for"].iter())
        .chain(OPERATION_KEYS.iter())
        .chain(ACT_KEYS.iter())
        .position(|k| *k == key)
        .unwrap_or(usize::MAX)
}

/// Files of acts and worlds have an order of keys; tables of other kinds keep theirs.
fn has_order(table: &Table) -> bool {
    let verb = |key: &&str| table.contains_key(key);
    table.contains_key("do") || VERBS.iter().any(|v| verb(v)) || table.contains_key("drop")
        || (table.contains_key("cite") && table.contains_key("known"))
}

fn format_table(table: &mut Table) {
    if has_order(table) {
        table.sort_values_by(|a: &Key, _, b: &Key, _| order(a.get()).cmp(&order(b.get())));
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

/// The comment lines in front of something, each on its own line.
fn comments(prefix: &str) -> String {
    let lines: Vec<&str> =
        prefix.lines().map(str::trim).filter(|line| line.starts_with('#')).collect();
    lines.iter().map(|line| format!("{line}\n")).collect()
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
    for (at, value) in array.iter_mut().enumerate() {
        let prefix = match (broken, at) {
            (true, _) => "\n    ",
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
        assert_eq!(formatted.lines().count(), 32);
        assert_eq!(format(&formatted).unwrap(), formatted);
        assert_eq!(format("a = [\n 1,\n 2\n]\n").unwrap(), "a = [1, 2]\n");
    }

    #[test]
    fn what_is_no_toml_is_refused_with_its_line() {
        assert_eq!(format("a = 1\nb = \n").unwrap_err().0, 2);
    }
}
