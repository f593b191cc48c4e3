//! Goods lists: dated code prefixes, each row with the act that made it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use nomenclature::{Meanings, Row, Rows};
use tariff::{Code, Interval, Moment, Stated, Zone};

use crate::act::Rate;
use crate::document::boundary;
use crate::finding::{Finding, Place};
use crate::read_fields;

/// A goods list by its name (`us/annex-ii`).
#[derive(Clone, Debug)]
pub struct GoodsList {
    pub name: String,
    pub source: String,
    /// In the order of the file.
    pub rows: Vec<ListRow>,
    /// Positions of the rows in the order of their codes.
    by_code: Vec<u32>,
    acts: BTreeSet<Arc<str>>,
    moments: BTreeSet<Moment>,
    /// Rows that the head counts as known to nothing else in the ledger (`# not-held = N`).
    pub(crate) not_held: usize,
    /// How many rows have each rate, where the head says so (`# rates = 5%: 120, 10%: 8`).
    pub(crate) rates: Option<BTreeMap<String, usize>>,
    path: String,
}

/// A row of a goods list. Lists are long: what repeats in them is shared.
#[derive(Clone, Debug)]
pub struct ListRow {
    pub code: Code,
    /// The row takes the code out of the list.
    pub out: bool,
    pub from: Option<Moment>,
    pub until: Option<Moment>,
    /// The act that made the row.
    pub act: Arc<str>,
    /// The act that set the end, where that is another.
    pub ended_by: Option<Arc<str>>,
    pub note: Arc<str>,
    /// The rate that the list gives the code, where it gives rates.
    pub rate: Option<Arc<Rate>>,
    /// The line of the file.
    pub line: u32,
}

impl ListRow {
    pub fn interval(&self) -> Interval {
        Interval { from: self.from, until: self.until }
    }
}

impl GoodsList {
    /// The rows whose code covers `code`, shortest prefix first.
    pub fn covering(&self, code: Code) -> impl Iterator<Item = &ListRow> {
        (1..=5u8)
            .map(|pairs| pairs * 2)
            .filter(move |digits| *digits <= code.digits())
            .flat_map(move |digits| self.of_code(code.prefix(digits)))
    }

    /// The rows of exactly this code or prefix.
    fn of_code(&self, code: Code) -> impl Iterator<Item = &ListRow> {
        let start = self.by_code.partition_point(|at| self.rows[*at as usize].code < code);
        self.by_code[start..]
            .iter()
            .map(|at| &self.rows[*at as usize])
            .take_while(move |row| row.code == code)
    }

    /// Whether the list names codes under `prefix`, or one that covers it.
    pub fn touches(&self, prefix: Code) -> bool {
        let start = self.by_code.partition_point(|at| self.rows[*at as usize].code < prefix);
        let next = self.by_code.get(start).map(|at| self.rows[*at as usize].code);
        next.is_some_and(|code| prefix.covers(code)) || self.covering(prefix).next().is_some()
    }

    /// The acts that made rows or ended them.
    pub fn acts(&self) -> impl Iterator<Item = &str> {
        self.acts.iter().map(|act| &**act)
    }

    /// The moments at which rows start or end.
    pub fn moments(&self) -> impl Iterator<Item = Moment> {
        self.moments.iter().copied()
    }

    /// Where the head stands.
    pub(crate) fn head_place(&self) -> Place {
        Place { file: self.path.clone(), line: 1, column: 1 }
    }

    /// Where a row stands.
    pub(crate) fn place(&self, row: &ListRow) -> Place {
        Place { file: self.path.clone(), line: row.line as usize, column: 1 }
    }
}

const COLUMNS: [&str; 7] = ["code", "from", "until", "act", "ended-by", "note", "rate"];

/// Reads `lists/NAME.csv` of a territory.
pub(crate) fn list(
    path: &str,
    name: String,
    text: &str,
    zone: &Zone,
    minute: (i8, i8),
    findings: &mut Vec<Finding>,
) -> GoodsList {
    let place = |line: usize| Place { file: path.to_owned(), line, column: 1 };
    let head = |key: &str| {
        text.lines().take_while(|l| l.starts_with('#')).find_map(|line| {
            let (k, value) = line[1..].split_once('=')?;
            (k.trim() == key).then(|| value.trim().to_owned())
        })
    };
    let source = head("source").unwrap_or_default();
    if source.is_empty() {
        findings.push(place(1).finding("the list does not say its source", "# source = …"));
    }
    let mut rows: Vec<ListRow> = Vec::new();
    let mut records = Rows::with_comments(text);
    let mut record = Row::default();
    records.next_row(&mut record);
    let columns: Vec<String> = record.cells().map(|c| c.trim().to_owned()).collect();
    for column in &columns {
        if !COLUMNS.contains(&column.as_str()) {
            findings.push(place(1).finding(
                format!("unknown column `{column}`"),
                format!("the columns are {}", COLUMNS.join(", ")),
            ));
        }
    }
    if !columns.iter().any(|c| c == "code") || !columns.iter().any(|c| c == "act") {
        findings.push(place(1).finding("a list has at least the columns code and act", ""));
        let (path, by_code) = (path.to_owned(), Vec::new());
        let (acts, moments) = (BTreeSet::new(), BTreeSet::new());
        let (not_held, rates) = (0, None);
        return GoodsList { name, source, rows, by_code, acts, moments, not_held, rates, path };
    }
    let position = |name: &str| columns.iter().position(|c| c == name);
    let positions = COLUMNS.map(position);
    let (mut acts, mut ends, mut notes) =
        (Meanings::default(), Meanings::default(), Meanings::<Arc<str>>::default());
    let (mut starts, mut stops, mut rates) =
        (Meanings::default(), Meanings::default(), Meanings::default());
    // Lists are nearly all of the ledger: without room made for their rows they would be moved
    // again and again.
    rows.reserve(text.bytes().filter(|c| *c == b'\n').count());
    while records.next_row(&mut record) {
        let line = record.line;
        let cell = |at: usize| positions[at].map_or("", |i| record.text(i));
        let (out, code) = match cell(0).trim().strip_prefix('!') {
            Some(code) => (true, code),
            None => (false, cell(0)),
        };
        let code = match Code::parse(code) {
            Ok(code) => code,
            Err(error) => {
                findings.push(place(line).finding(error.to_string(), "digits without dots"));
                continue;
            }
        };
        let mut date = |text: &str| {
            let text = Some(text.trim()).filter(|text| !text.is_empty())?;
            Stated::parse(text, zone)
                .map(|stated| boundary(stated, zone, minute))
                .map_err(|error| findings.push(place(line).finding(error.to_string(), "")))
                .ok()
        };
        let from = starts.value(cell(1), &mut date);
        let until = stops.value(cell(2), &mut date);
        let rate = rates.value(cell(6), |text| {
            let text = Some(text.trim()).filter(|text| !text.is_empty())?;
            let rate = read_fields::duty(text).map(Arc::new);
            if rate.is_none() {
                let help = "a text of the tariff, like 25%";
                findings.push(place(line).finding(format!("`{text}` is not a rate"), help));
            }
            rate
        });
        let row = ListRow {
            code,
            out,
            from,
            until,
            act: acts.value(cell(3), |text| Arc::from(text.trim())),
            ended_by: ends.value(cell(4), |text| {
                Some(text.trim()).filter(|text| !text.is_empty()).map(Arc::from)
            }),
            note: notes.value(cell(5), |text| text.trim().into()),
            rate,
            line: line as u32,
        };
        if row.interval().is_empty() {
            findings.push(place(line).finding("`until` is not after `from`", ""));
        }
        if row.ended_by.is_some() && row.until.is_none() {
            let help = "`ended-by` is the act that set `until`";
            findings.push(place(line).finding("`ended-by` without `until`", help));
        }
        if row.act.is_empty() {
            findings.push(place(line).finding("the row names no act", "which act put it there?"));
        }
        rows.push(row);
    }
    match head("count").map(|c| c.replace(',', "").parse::<usize>()) {
        Some(Ok(count)) if count == rows.len() => {}
        Some(Ok(count)) => findings.push(place(1).finding(
            format!("the head counts {count} rows, the list has {}", rows.len()),
            "mend the row that is missing or too many, or the count",
        )),
        _ => findings.push(
            place(1)
                .finding("the list does not state its count", format!("# count = {}", rows.len())),
        ),
    }
    let not_held = head("not-held").map(|text| text.replace(',', "").parse());
    if matches!(not_held, Some(Err(_))) {
        findings.push(place(1).finding("`# not-held` is no number", "# not-held = 4"));
    }
    let not_held = not_held.and_then(Result::ok).unwrap_or(0);
    let stated = head("rates").map(|text| rate_counts(&text));
    if matches!(stated, Some(None)) {
        findings.push(place(1).finding(
            "`# rates` is not rates with the number of their rows",
            "# rates = 5%: 120, 10%: 8",
        ));
    }
    let stated = stated.flatten();
    let mut by_code: Vec<u32> = (0..rows.len() as u32).collect();
    by_code.sort_by_key(|at| rows[*at as usize].code);
    for (i, at) in by_code.iter().enumerate() {
        let row = &rows[*at as usize];
        let earlier = by_code[..i].iter().rev().map(|at| &rows[*at as usize]);
        let same = earlier.take_while(|other| other.code == row.code).find(|other| {
            let twice = other.out == row.out && other.act == row.act;
            twice && other.interval().overlaps(row.interval())
        });
        if let Some(other) = same {
            findings.push(place(row.line as usize).finding(
                format!("{} stands twice for the same time (line {})", row.code, other.line),
                "keep one row",
            ));
        }
    }
    let acts = acts.values().chain(ends.values().flatten()).cloned().collect();
    let moments = starts.values().chain(stops.values()).flatten().copied().collect();
    let (rates, path) = (stated, path.to_owned());
    GoodsList { name, source, rows, by_code, acts, moments, not_held, rates, path }
}

/// `5%: 120, 10%: 8`.
fn rate_counts(text: &str) -> Option<BTreeMap<String, usize>> {
    let one = |part: &str| {
        let (rate, count) = part.rsplit_once(':')?;
        Some((rate.trim().to_owned(), count.trim().parse().ok()?))
    };
    text.split(',').map(one).collect()
}
