//! TOML with positions: a document as a tree, and a table whose keys are taken one by one so that
//! what is left over can be reported.

use std::ops::Range;

use tariff::{Day, Interval, Moment, Stated, Zone};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::finding::{Finding, Place, did_you_mean};
use crate::source::Source;

/// A value with its place in the file.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub place: Place,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    Integer(String),
    Bool(bool),
    /// A date or moment as written.
    Time(String),
    List(Vec<Node>),
    Table(Vec<(String, Place, Node)>),
    /// A float, which the ledger has no use for.
    Float,
}

impl Value {
    fn name(&self) -> &'static str {
        match self {
            Value::Text(_) => "a text",
            Value::Integer(_) => "a number",
            Value::Bool(_) => "true or false",
            Value::Time(_) => "a date",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
            Value::Float => "a decimal number",
        }
    }
}

/// Parses one TOML file. Syntax errors become findings; what could be read is returned.
pub(crate) fn parse(path: &str, text: &str, findings: &mut Vec<Finding>) -> Table {
    let lines = Lines::of(path, text);
    let (table, errors) = DeTable::parse_recoverable(text);
    // One broken bracket makes the recovering parser complain many times: the first is the cause.
    if let Some(error) = errors.first() {
        let place = lines.place(error.span().map_or(0, |s| s.start));
        findings.push(place.finding(error.message(), "the file must be TOML 1.1"));
    }
    let place = lines.place(0);
    let entries = lines.entries(table.get_ref());
    Table { place, entries, broken: !errors.is_empty() }
}

struct Lines<'a> {
    path: &'a str,
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(path: &'a str, text: &'a str) -> Lines<'a> {
        let starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect();
        Lines { path, text, starts }
    }

    fn place(&self, offset: usize) -> Place {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let column = self.text[self.starts[line - 1]..offset].chars().count() + 1;
        Place { file: self.path.to_owned(), line, column }
    }

    fn entries(&self, table: &DeTable<'_>) -> Vec<(String, Place, Node)> {
        table
            .iter()
            .map(|(key, value)| {
                (key.get_ref().to_string(), self.place(key.span().start), self.node(value))
            })
            .collect()
    }

    fn node(&self, value: &Spanned<DeValue<'_>>) -> Node {
        let Range { start, .. } = value.span();
        let place = self.place(start);
        let value = match value.get_ref() {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(number) => Value::Integer(number.to_string()),
            DeValue::Float(_) => Value::Float,
            DeValue::Boolean(b) => Value::Bool(*b),
            DeValue::Datetime(time) => Value::Time(time.to_string()),
            DeValue::Array(list) => Value::List(list.iter().map(|v| self.node(v)).collect()),
            DeValue::Table(table) => Value::Table(self.entries(table)),
        };
        Node { place, value }
    }
}

/// A table being read. Every `take_…` removes a key; [`Table::finish`] reports what is left.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub place: Place,
    entries: Vec<(String, Place, Node)>,
    broken: bool,
}

impl Table {
    /// The table in a node, or a finding.
    pub fn from_node(node: Node, findings: &mut Vec<Finding>) -> Option<Table> {
        match node.value {
            Value::Table(entries) => Some(Table { place: node.place, entries, broken: false }),
            other => {
                findings.push(
                    node.place.finding(format!("expected a table, found {}", other.name()), ""),
                );
                None
            }
        }
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(key, ..)| key.as_str())
    }

    pub fn key_place(&self, key: &str) -> Place {
        self.entries
            .iter()
            .find(|(k, ..)| k == key)
            .map_or_else(|| self.place.clone(), |(_, place, _)| place.clone())
    }

    pub fn take(&mut self, key: &str) -> Option<Node> {
        let at = self.entries.iter().position(|(k, ..)| k == key)?;
        Some(self.entries.remove(at).2)
    }

    pub fn take_text(&mut self, key: &str, findings: &mut Vec<Finding>) -> Option<(String, Place)> {
        let node = self.take(key)?;
        match node.value {
            Value::Text(text) if !text.trim().is_empty() => Some((text, node.place)),
            Value::Text(_) => {
                findings.push(node.place.finding(format!("`{key}` is empty"), "leave it out"));
                None
            }
            other => {
                findings.push(
                    node.place
                        .finding(format!("`{key}` must be a text, found {}", other.name()), ""),
                );
                None
            }
        }
    }

    pub fn require_text(
        &mut self,
        key: &str,
        what: &str,
        findings: &mut Vec<Finding>,
    ) -> Option<(String, Place)> {
        if !self.entries.iter().any(|(k, ..)| k == key) {
            if !self.broken {
                findings.push(self.place.finding(format!("`{key}` is missing"), what));
            }
            return None;
        }
        self.take_text(key, findings)
    }

    pub fn take_bool(&mut self, key: &str, findings: &mut Vec<Finding>) -> Option<bool> {
        let node = self.take(key)?;
        match node.value {
            Value::Bool(b) => Some(b),
            other => {
                let message = format!("`{key}` must be true or false, found {}", other.name());
                findings.push(node.place.finding(message, ""));
                None
            }
        }
    }

    pub fn take_number(&mut self, key: &str, findings: &mut Vec<Finding>) -> Option<i64> {
        let node = self.take(key)?;
        match &node.value {
            Value::Integer(number) => number.parse().ok(),
            other => {
                let message = format!("`{key}` must be a whole number, found {}", other.name());
                findings.push(node.place.finding(message, ""));
                None
            }
        }
    }

    /// A text, or a list of texts.
    pub fn take_texts(
        &mut self,
        key: &str,
        findings: &mut Vec<Finding>,
    ) -> Option<Vec<(String, Place)>> {
        let node = self.take(key)?;
        match node.value {
            Value::Text(text) => Some(vec![(text, node.place)]),
            Value::List(nodes) => {
                let mut texts = Vec::new();
                for node in nodes {
                    match node.value {
                        Value::Text(text) => texts.push((text, node.place)),
                        other => findings.push(node.place.finding(
                            format!("`{key}` holds texts only, found {}", other.name()),
                            "",
                        )),
                    }
                }
                Some(texts)
            }
            other => {
                let message =
                    format!("`{key}` must be a text or a list of texts, found {}", other.name());
                findings.push(node.place.finding(message, ""));
                None
            }
        }
    }

    pub fn take_list(&mut self, key: &str, findings: &mut Vec<Finding>) -> Vec<Node> {
        match self.take(key) {
            None => Vec::new(),
            Some(Node { value: Value::List(nodes), .. }) => nodes,
            Some(node) => {
                let message = format!("`{key}` must be a list, found {}", node.value.name());
                findings.push(node.place.finding(message, ""));
                Vec::new()
            }
        }
    }

    /// A table under `key`.
    pub fn take_table(&mut self, key: &str, findings: &mut Vec<Finding>) -> Option<Table> {
        Table::from_node(self.take(key)?, findings)
    }

    /// A day or a moment with its offset.
    pub fn take_stated(
        &mut self,
        key: &str,
        findings: &mut Vec<Finding>,
    ) -> Option<(Stated, Place)> {
        let node = self.take(key)?;
        let text = match &node.value {
            Value::Time(text) => text.clone(),
            Value::Text(text) => {
                let message = format!("`{key}` is a text; a date stands without quotes");
                findings.push(node.place.finding(message, format!("{key} = {text}")));
                return None;
            }
            other => {
                let message = format!("`{key}` must be a date, found {}", other.name());
                findings.push(node.place.finding(message, "write 2025-05-14"));
                return None;
            }
        };
        let stated = Day::parse(&text)
            .map(Stated::Day)
            .or_else(|_| Moment::parse(&text).map(Stated::Moment))
            .ok();
        if stated.is_none() {
            let message = format!("`{key}`: `{text}` is neither a day nor a moment with an offset");
            findings.push(
                node.place.finding(message, "write 2025-05-14, or 2025-05-14T00:01-04:00 unquoted"),
            );
        }
        stated.map(|s| (s, node.place))
    }

    /// A moment with its offset; a day is refused, because a boundary of a duty is a minute.
    pub fn take_moment(&mut self, key: &str, findings: &mut Vec<Finding>) -> Option<Moment> {
        match self.take_stated(key, findings)? {
            (Stated::Moment(moment), _) => Some(moment),
            (Stated::Day(day), place) => {
                let message = format!("`{key}` is the day {day}; a boundary is a moment");
                findings.push(
                    place.finding(message, format!("write the minute: {day}T00:01-04:00, say")),
                );
                None
            }
        }
    }

    /// `from` and `until` as moments, as far as they are among the keys `allowed`; others stay.
    pub fn take_interval(&mut self, allowed: &[&str], findings: &mut Vec<Finding>) -> Interval {
        let place = self.key_place("until");
        let mut moment =
            |key: &str| allowed.contains(&key).then(|| self.take_moment(key, findings)).flatten();
        let interval = Interval { from: moment("from"), until: moment("until") };
        if interval.is_empty() {
            findings.push(place.finding(
                "`until` is not after `from`: the interval is empty",
                "`until` is the first moment that is no longer inside",
            ));
        }
        interval
    }

    /// Reports every key that nobody took; `known` are the names that could be meant.
    pub fn finish(self, known: &[&str], findings: &mut Vec<Finding>) {
        for (key, place, _) in self.entries {
            let help = did_you_mean(
                &key,
                known.iter().copied(),
                &format!("the keys here are: {}", known.join(", ")),
            );
            findings.push(place.finding(format!("unknown key `{key}`"), help));
        }
    }
}

/// The tables under `key` in a file that must be there.
pub(crate) fn tables(
    source: &Source,
    path: &str,
    key: &str,
    findings: &mut Vec<Finding>,
) -> Vec<Table> {
    let Some(text) = source.get(path) else {
        let place = Place { file: path.to_owned(), line: 1, column: 1 };
        findings
            .push(place.finding("the file is missing", format!("write [[{key}]] tables in it")));
        return Vec::new();
    };
    list_of_tables(path, text, key, findings)
}

/// The tables under `key`, which is all that the file may hold.
pub(crate) fn list_of_tables(
    path: &str,
    text: &str,
    key: &str,
    findings: &mut Vec<Finding>,
) -> Vec<Table> {
    let mut file = parse(path, text, findings);
    let nodes = file.take_list(key, findings);
    file.finish(&[key], findings);
    nodes.into_iter().filter_map(|node| Table::from_node(node, findings)).collect()
}

/// The first moment of a stated date in `zone` at the territory's customary minute.
pub(crate) fn boundary(stated: Stated, zone: &Zone, (hour, minute): (i8, i8)) -> Moment {
    match stated {
        Stated::Moment(moment) => moment,
        Stated::Day(day) => day.at(hour, minute, zone),
    }
}
