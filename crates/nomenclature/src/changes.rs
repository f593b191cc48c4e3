//! What changed between two revisions, in the terms of a broker. Noise is no change.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::{Serialize, Serializer};
use tariff::Code;

use crate::rate::parse_special;
use crate::{Descriptions, LineText, Snapshot};

/// Longest description shown beside a code.
const DESCRIPTION_CHARACTERS: usize = 60;
/// Widest column of names before the rates; longer ones push their rate to the right.
const LABEL_CHARACTERS: usize = 24;

/// What kind of change; the order is that of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    LineNew,
    LineEnded,
    RateChanged,
    SuffixNew,
    SuffixEnded,
    UnitsChanged,
    FootnotesChanged,
    HeadingNew,
    HeadingEnded,
    HeadingRateChanged,
}

/// A duty column, as it is named in reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum Column {
    #[serde(rename = "general")]
    General,
    #[serde(rename = "special")]
    Special,
    #[serde(rename = "column 2")]
    Other,
}

impl Column {
    pub const ALL: [Column; 3] = [Column::General, Column::Special, Column::Other];

    pub fn name(self) -> &'static str {
        match self {
            Column::General => "general",
            Column::Special => "special",
            Column::Other => "column 2",
        }
    }

    fn of(self, text: &LineText) -> &str {
        match self {
            Column::General => &text.general,
            Column::Special => &text.special,
            Column::Other => &text.other,
        }
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    pub kind: ChangeKind,
    #[serde(serialize_with = "dotted")]
    pub code: Code,
    /// For rates: the column.
    pub column: Option<Column>,
    /// For the special column: the program symbols concerned.
    pub programs: Vec<String>,
    /// What stood before: rate, units, or the headings no longer named.
    pub from: String,
    /// What stands now: rate, units, or the headings newly named.
    pub to: String,
}

fn dotted<S: Serializer>(code: &Code, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(code)
}

/// All changes from one revision to another, in the order of the report.
pub fn changes(from: &Snapshot, to: &Snapshot) -> Vec<Change> {
    let mut out = Vec::new();
    rate_changes(
        &mut out,
        (&from.lines, &to.lines),
        (ChangeKind::LineNew, ChangeKind::LineEnded, ChangeKind::RateChanged),
    );
    for code in union(&from.suffixes, &to.suffixes) {
        match (from.suffixes.get(&code), to.suffixes.get(&code)) {
            (None, Some(units)) => out.push(plain(ChangeKind::SuffixNew, code, "", units)),
            (Some(units), None) => out.push(plain(ChangeKind::SuffixEnded, code, units, "")),
            (Some(a), Some(b)) if a != b => out.push(plain(ChangeKind::UnitsChanged, code, a, b)),
            _ => {}
        }
    }
    let none = BTreeSet::new();
    for code in union(&from.footnotes, &to.footnotes) {
        let headings = |snapshot: &Snapshot| snapshot.footnotes.get(&code).unwrap_or(&none).clone();
        let (a, b) = (headings(from), headings(to));
        // The footnotes of a code that comes or goes are part of that change.
        let stays = row_stands(from, code) && row_stands(to, code);
        if a != b && stays {
            let list = |x: &BTreeSet<Code>, y: &BTreeSet<Code>| {
                x.difference(y).map(Code::to_string).collect::<Vec<_>>().join(", ")
            };
            out.push(plain(ChangeKind::FootnotesChanged, code, &list(&a, &b), &list(&b, &a)));
        }
    }
    rate_changes(
        &mut out,
        (&from.headings, &to.headings),
        (ChangeKind::HeadingNew, ChangeKind::HeadingEnded, ChangeKind::HeadingRateChanged),
    );
    out.sort();
    out
}

fn row_stands(snapshot: &Snapshot, code: Code) -> bool {
    snapshot.lines.contains_key(&code)
        || snapshot.suffixes.contains_key(&code)
        || snapshot.headings.contains_key(&code)
}

fn plain(kind: ChangeKind, code: Code, from: &str, to: &str) -> Change {
    let (from, to) = (from.to_owned(), to.to_owned());
    Change { kind, code, column: None, programs: Vec::new(), from, to }
}

fn union<A, B>(a: &BTreeMap<Code, A>, b: &BTreeMap<Code, B>) -> BTreeSet<Code> {
    a.keys().chain(b.keys()).copied().collect()
}

fn rate_changes(
    out: &mut Vec<Change>,
    (from, to): (&BTreeMap<Code, LineText>, &BTreeMap<Code, LineText>),
    (new, ended, changed): (ChangeKind, ChangeKind, ChangeKind),
) {
    for code in union(from, to) {
        match (from.get(&code), to.get(&code)) {
            (None, Some(text)) => out.push(plain(new, code, "", &rates_in_words(text))),
            (Some(text), None) => out.push(plain(ended, code, &rates_in_words(text), "")),
            (Some(a), Some(b)) => {
                for column in Column::ALL {
                    let (a, b) = (column.of(a), column.of(b));
                    if a.eq_ignore_ascii_case(b) {
                        continue;
                    }
                    let column = Some(column);
                    if column == Some(Column::Special)
                        && let Some(groups) = special_changes(a, b)
                    {
                        out.extend(groups.into_iter().map(|((from, to), programs)| Change {
                            kind: changed,
                            code,
                            column,
                            programs,
                            from,
                            to,
                        }));
                    } else {
                        out.push(Change { column, ..plain(changed, code, a, b) });
                    }
                }
            }
            (None, None) => {}
        }
    }
}

/// Programs grouped by what they had and what they have; `None` where a cell has no symbols.
fn special_changes(from: &str, to: &str) -> Option<BTreeMap<(String, String), Vec<String>>> {
    let by_symbol = |text: &str| {
        let mut rates = BTreeMap::new();
        for part in parse_special(text).ok()? {
            if part.symbols.is_empty() {
                return None;
            }
            for symbol in part.symbols {
                rates.insert(symbol, part.rate.to_string());
            }
        }
        Some(rates)
    };
    let (from, to) = (by_symbol(from)?, by_symbol(to)?);
    let mut groups: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for symbol in from.keys().chain(to.keys()).collect::<BTreeSet<_>>() {
        let pair = (from.get(symbol).cloned(), to.get(symbol).cloned());
        if pair.0 != pair.1 {
            let pair = (pair.0.unwrap_or_default(), pair.1.unwrap_or_default());
            groups.entry(pair).or_default().push(symbol.clone());
        }
    }
    Some(groups)
}

/// The three columns, those that say the same together: `general, special 5% | column 2 35%`.
fn rates_in_words(text: &LineText) -> String {
    let mut groups: Vec<(Vec<&str>, &str)> = Vec::new();
    for column in Column::ALL {
        match groups.iter_mut().find(|(_, rate)| *rate == column.of(text)) {
            Some((names, _)) => names.push(column.name()),
            None => groups.push((vec![column.name()], column.of(text))),
        }
    }
    groups
        .iter()
        .filter(|(_, rate)| !rate.is_empty())
        .map(|(names, rate)| format!("{}: {rate}", names.join(", ")))
        .collect::<Vec<_>>()
        .join(" | ")
}

/// The report: a group for each kind, aligned, the counts at the end.
pub fn report(changes: &[Change], names: &Descriptions) -> String {
    let mut out = String::new();
    let mut counts: BTreeMap<ChangeKind, usize> = BTreeMap::new();
    let mut widths: BTreeMap<ChangeKind, usize> = BTreeMap::new();
    for change in changes {
        let width = widths.entry(change.kind).or_default();
        *width = (*width).max(label(change).len().min(LABEL_CHARACTERS));
    }
    for change in changes {
        let width = widths[&change.kind];
        let count = counts.entry(change.kind).or_default();
        *count += 1;
        if *count == 1 {
            let _ =
                writeln!(out, "{}{}", if out.is_empty() { "" } else { "\n" }, title(change.kind));
        }
        let _ = writeln!(out, "  {:<13}  {}", change.code, what(change, width, names));
    }
    if changes.is_empty() {
        out.push_str("No change of law or of statistical suffixes.\n");
        return out;
    }
    out.push('\n');
    for (kind, count) in counts {
        let _ = writeln!(out, "{count:>7}  {}", title(kind).to_lowercase());
    }
    out
}

fn title(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::LineNew => "New lines",
        ChangeKind::LineEnded => "Ended lines",
        ChangeKind::RateChanged => "Changed rates",
        ChangeKind::SuffixNew => "New statistical suffixes",
        ChangeKind::SuffixEnded => "Ended statistical suffixes",
        ChangeKind::UnitsChanged => "Changed reporting units",
        ChangeKind::FootnotesChanged => "Changed footnotes to chapter 99",
        ChangeKind::HeadingNew => "New chapter 99 headings",
        ChangeKind::HeadingEnded => "Ended chapter 99 headings",
        ChangeKind::HeadingRateChanged => "Changed rates of chapter 99 headings",
    }
}

/// Column and programs of a changed rate.
fn label(change: &Change) -> String {
    let column = change.column.map(Column::name).unwrap_or_default();
    format!("{column} {}", change.programs.join(",")).trim_end().to_owned()
}

fn what(change: &Change, width: usize, names: &Descriptions) -> String {
    let or_none = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
    let name = || {
        let name = names.last_level(change.code).unwrap_or_default();
        let short: String = name.chars().take(DESCRIPTION_CHARACTERS).collect();
        let cut = if short.len() < name.len() { "…" } else { "" };
        if short.is_empty() { String::new() } else { format!("  {short}{cut}") }
    };
    match change.kind {
        ChangeKind::LineNew | ChangeKind::HeadingNew => format!("{}{}", change.to, name()),
        ChangeKind::LineEnded | ChangeKind::HeadingEnded => change.from.clone(),
        ChangeKind::SuffixNew => format!("{:<12}{}", change.to.replace(';', ", "), name()),
        ChangeKind::SuffixEnded => change.from.replace(';', ", "),
        ChangeKind::UnitsChanged => {
            format!(
                "{} → {}",
                or_none(&change.from.replace(';', ", ")),
                or_none(&change.to.replace(';', ", "))
            )
        }
        ChangeKind::FootnotesChanged => {
            let (ended, new) = (&change.from, &change.to);
            match (ended.is_empty(), new.is_empty()) {
                (true, _) => format!("now names {new}"),
                (_, true) => format!("no longer names {ended}"),
                _ => format!("names {new} in place of {ended}"),
            }
        }
        ChangeKind::RateChanged | ChangeKind::HeadingRateChanged => {
            format!(
                "{:<width$}  {} → {}",
                label(change),
                or_none(&change.from),
                or_none(&change.to)
            )
        }
    }
}
