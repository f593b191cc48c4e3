//! Goods lists: dated code prefixes, each row with the act that made it.

use std::collections::HashMap;

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
    pub rows: Vec<ListRow>,
    /// The rows of each code, by position.
    by_code: HashMap<Code, Vec<usize>>,
}

/// A row of a goods list.
#[derive(Clone, Debug)]
pub struct ListRow {
    pub code: Code,
    /// The row takes the code out of the list.
    pub out: bool,
    pub from: Option<Moment>,
    pub until: Option<Moment>,
    /// The act that made the row.
    pub act: String,
    /// The act that set the end, where that is another.
    pub ended_by: Option<String>,
    pub note: String,
    /// The rate that the list gives the code, where it gives rates.
    pub rate: Option<Rate>,
    pub place: Place,
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
            .filter_map(move |digits| self.by_code.get(&code.prefix(digits)))
            .flatten()
            .map(|at| &self.rows[*at])
    }

    /// Whether some row's code is longer than `code` and lies under it.
    pub fn splits(&self, code: Code) -> bool {
        self.rows.iter().any(|row| row.code != code && code.covers(row.code))
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
    let mut rows = Vec::new();
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).flexible(true).from_reader(text.as_bytes());
    let columns: Vec<String> = reader
        .headers()
        .map(|h| h.iter().map(|c| c.trim().to_owned()).collect())
        .unwrap_or_default();
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
        return GoodsList { name, source, rows, by_code: HashMap::new() };
    }
    let position = |name: &str| columns.iter().position(|c| c == name);
    let positions = COLUMNS.map(position);
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                findings.push(place(1).finding(format!("not CSV: {error}"), ""));
                break;
            }
        };
        let line = row.position().map_or(0, |p| p.line() as usize);
        let cell = |at: usize| positions[at].and_then(|i| row.get(i)).unwrap_or("").trim();
        let (out, code) = match cell(0).strip_prefix('!') {
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
        let mut date = |at: usize| {
            let text = cell(at);
            if text.is_empty() {
                return None;
            }
            match Stated::parse(text, zone) {
                Ok(stated) => Some(boundary(stated, zone, minute)),
                Err(error) => {
                    findings.push(place(line).finding(error.to_string(), ""));
                    None
                }
            }
        };
        let (from, until) = (date(1), date(2));
        let rate = Some(cell(6)).filter(|text| !text.is_empty()).and_then(|text| {
            let rate = read_fields::duty(text);
            if rate.is_none() {
                let help = "a text of the tariff, like 25%";
                findings.push(place(line).finding(format!("`{text}` is not a rate"), help));
            }
            rate
        });
        let row = ListRow {
            rate,
            code,
            out,
            from,
            until,
            act: cell(3).to_owned(),
            ended_by: Some(cell(4).to_owned()).filter(|s| !s.is_empty()),
            note: cell(5).to_owned(),
            place: place(line),
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
    let mut by_code: HashMap<Code, Vec<usize>> = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        let others = by_code.entry(row.code).or_default();
        if let Some(other) = others
            .iter()
            .map(|o| &rows[*o])
            .find(|o: &&ListRow| o.out == row.out && o.interval().overlaps(row.interval()))
            .filter(|o| o.act == row.act)
        {
            findings.push(row.place.finding(
                format!("{} stands twice for the same time (line {})", row.code, other.place.line),
                "keep one row",
            ));
        }
        others.push(at);
    }
    GoodsList { name, source, rows, by_code }
}
