//! A difference for people and as JSON.

use std::collections::BTreeMap;

use engine::{StepSum, Steps};
use entry::{Difference, Differences, SideDifferences, Sum};
use ledger::{Cause, Ledger, Territory};
use serde_json::{Map, Value, json};
use tariff::Day;

use crate::diff::ends::End;
use crate::receipt;
use crate::text::{Column, count, table, wrapped};

/// At most this many rows of origins and of chapters are printed; JSON has all.
const SHOWN_MAX: usize = 10;
/// At most this many faulty rows are printed.
const FAULTS_SHOWN: usize = 20;

/// What a difference came to.
pub struct Report<'a> {
    record: &'a Ledger,
    ends: &'a [End; 2],
    /// The names of what was read.
    pub inputs: Vec<String>,
    pub sums: Differences,
    steps: Vec<Row>,
    pub faults: Vec<(u64, String)>,
    pub notes: Vec<String>,
    pub output: Option<String>,
}

/// What a cause comes to on one side.
struct Row {
    by: u8,
    cause: Cause,
    sum: StepSum,
    /// Other acts that came to bind at the same moment.
    beside: Vec<String>,
}

impl<'a> Report<'a> {
    pub fn new(
        record: &'a Ledger,
        ends: &'a [End; 2],
        inputs: Vec<String>,
        sums: Differences,
        steps: Steps,
    ) -> Report<'a> {
        let steps = rows(record, steps);
        let (faults, notes, output) = (Vec::new(), Vec::new(), None);
        Report { record, ends, inputs, sums, steps, faults, notes, output }
    }

    fn territory(&self, by: u8) -> &'a Territory {
        &self.record.territories[usize::from(by)]
    }

    pub fn json(&self) -> Value {
        let [from, to] = self.ends;
        let sides = || self.sums.sides.iter().map(|(by, side)| (self.territory(*by), side));
        let totals: Vec<Value> = sides()
            .map(|(territory, side)| {
                let mut row = amounts(&side.total);
                row.insert("by".into(), json!(territory.country.as_str()));
                row.insert("currency".into(), json!(territory.currency));
                Value::Object(row)
            })
            .collect();
        let keyed = |name: &str, rows: &dyn Fn(&Territory, &SideDifferences) -> Keyed| {
            let all = sides().flat_map(|(territory, side)| {
                let rows = rows(territory, side).into_iter().filter(|(_, sums)| sums.changed > 0);
                rows.map(|(key, sums)| {
                    let mut row = amounts(&sums);
                    row.insert(name.into(), json!(key));
                    row.insert("by".into(), json!(territory.country.as_str()));
                    Value::Object(row)
                })
            });
            all.collect::<Vec<Value>>()
        };
        // Amounts in several currencies have no sum.
        let one = match self.sums.sides.len() {
            0 => Some(Difference::default()),
            1 => sides().next().map(|(_, side)| side.total),
            _ => None,
        };
        let through = receipt::through(self.record);
        json!({
            "input": self.inputs,
            "output": self.output,
            "from": from.json(),
            "to": to.json(),
            "lines": self.sums.lines,
            "duty_from": one.map(|sums| sums.from.to_string()),
            "duty_to": one.map(|sums| sums.to.to_string()),
            "difference": one.map(|sums| sums.difference().to_string()),
            "totals": totals,
            "by_program": keyed("program", &|_, side| self.programs(side)),
            "by_act": self.steps.iter().map(|row| self.act_json(row)).collect::<Vec<_>>(),
            "by_origin": keyed("origin", &|_, side| origins(side)),
            "by_chapter": keyed("chapter", &|_, side| chapters(side)),
            "by_month": keyed("month", &|_, side| months(side)),
            "status_from": statuses(&self.sums, 0),
            "status_to": statuses(&self.sums, 1),
            "without_amount": {"from": self.sums.without[0], "to": self.sums.without[1]},
            "faults": self.faults.iter().map(|(row, what)| json!({"row": row, "what": what}))
                .collect::<Vec<_>>(),
            "notes": self.notes,
            "official_through": through["official_through"],
            "verified_through": through["verified_through"],
            "ledger": self.record.digest,
            "version": env!("CARGO_PKG_VERSION"),
        })
    }

    fn act_json(&self, row: &Row) -> Value {
        let Named { act, kind, title, .. } = self.named(&row.cause);
        let zone = &self.territory(row.by).zone;
        json!({
            "act": act,
            "kind": kind,
            "title": title,
            "by": self.territory(row.by).country.as_str(),
            "known": row.sum.moment.map(|moment| moment.rfc3339(zone)),
            "same_moment": row.beside,
            "lines": row.sum.lines,
            "difference": Sum(row.sum.cents).to_string(),
        })
    }

    fn programs(&self, side: &SideDifferences) -> Keyed {
        let id = |at: usize| self.record.programs[at].id.clone();
        side.programs.iter().map(|(at, sums)| (id(*at), *sums)).collect()
    }

    /// What a cause is called.
    fn named(&self, cause: &Cause) -> Named {
        let title = |id: &str| self.record.act(id).map(|act| act.title.clone()).unwrap_or_default();
        let (act, kind, title) = match cause {
            Cause::Act(id) => (id.clone(), "act", title(id)),
            Cause::Stays(ids) => (ids.join(" + "), "stay", "a stay begins or ends".to_owned()),
            Cause::Schedule(territory, day) => {
                let title = format!("the revision of the tariff schedule published on {day}");
                (format!("{territory}/schedule/{day}"), "schedule", title)
            }
            Cause::Dropped(id, world) => {
                (id.clone(), "dropped", format!("dropped by {world}: {}", title(id)))
            }
            Cause::Supposed(world) => {
                (format!("world:{world}"), "supposed", "what the world supposes".to_owned())
            }
            Cause::Reading(name, option) => (
                format!("reading:{name}={option}"),
                "reading",
                "the option of a reading".to_owned(),
            ),
            Cause::Open => {
                let why = "a state of the law on the way gives no amount";
                ("none".to_owned(), "open", why.to_owned())
            }
        };
        Named { act, kind, title }
    }

    pub fn text(&self) -> String {
        let [from, to] = self.ends;
        let mut out = self.inputs.join(", ");
        // One line has one origin, one chapter and one month.
        let alone = self.sums.lines == 1;
        if !alone {
            out.push_str(&format!(" · {} lines", grouped(self.sums.lines)));
        }
        out.push('\n');
        out.push_str(&format!("from: {}\nto:   {}\n\n", from.in_words(), to.in_words()));
        let totals: Vec<Vec<String>> = self
            .sums
            .sides
            .iter()
            .map(|(by, side)| {
                let territory = self.territory(*by);
                let name = format!("into {}, {}", territory.name, territory.currency);
                row(name, &side.total, String::new())
            })
            .collect();
        out.push_str(&amounts_table("", &totals));
        for (name, rows) in [
            ("program", self.keyed(|side| self.programs(side), usize::MAX)),
            ("origin", self.keyed(origins, SHOWN_MAX)),
            ("chapter", self.keyed(chapters, SHOWN_MAX)),
            ("month", self.keyed(months, usize::MAX)),
        ] {
            if name == "origin" {
                out.push_str(&self.acts());
            }
            if !rows.is_empty() && (name == "program" || !alone) {
                out.push('\n');
                out.push_str(&amounts_table(name, &rows));
            }
        }
        out.push_str(&self.closing());
        out
    }

    /// The rows of every side; where there are more than `most`, those that differ most.
    fn keyed(&self, of: impl Fn(&SideDifferences) -> Keyed, most: usize) -> Vec<Vec<String>> {
        let several = self.sums.sides.len() > 1;
        let mut rows = Vec::new();
        for (by, side) in &self.sums.sides {
            let mut all: Keyed = of(side).into_iter().filter(|(_, s)| s.changed > 0).collect();
            let more = all.len().saturating_sub(most);
            if more > 0 {
                all.sort_by_key(|(_, sums)| -sums.difference().0.abs());
                all.truncate(most);
            }
            let currency = &self.territory(*by).currency;
            let note = if several { currency.clone() } else { String::new() };
            rows.extend(all.into_iter().map(|(key, sums)| row(key, &sums, note.clone())));
            if more > 0 {
                rows.push(vec![format!("… {more} more")]);
            }
        }
        rows
    }

    fn acts(&self) -> String {
        if self.steps.is_empty() {
            return String::new();
        }
        let several = self.sums.sides.len() > 1;
        let mut beside = false;
        let rows: Vec<Vec<String>> = self
            .steps
            .iter()
            .map(|row| {
                let named = self.named(&row.cause);
                beside |= !row.beside.is_empty();
                let mark = if row.beside.is_empty() { "" } else { " *" };
                let currency = &self.territory(row.by).currency;
                let more = if several { format!(" {currency}") } else { String::new() };
                vec![
                    format!("{}{mark}", named.act),
                    grouped(row.sum.lines),
                    format!("{}{more}", signed(Sum(row.sum.cents))),
                    named.title,
                ]
            })
            .collect();
        let columns = [Column::Left, Column::Right, Column::Right, Column::Wrap];
        let head = ["act", "lines", "difference", ""];
        let mut out = format!("\n{}", table(&columns, Some(&head), &rows));
        if beside {
            let text = "* other acts came to bind at the same moment (JSON names them): they are \
                        applied in the order of the ledger";
            out.push_str(&format!("  {}\n", wrapped(text, 4)));
        }
        out
    }

    /// What has no amount, what is wrong, and where it was written.
    fn closing(&self) -> String {
        let mut out = String::new();
        if !self.sums.all_exact() {
            let statuses: Vec<Vec<String>> = [0, 1]
                .into_iter()
                .map(|end| {
                    let by = self.sums.statuses[end].iter();
                    let by: Vec<String> = by
                        .map(|(status, lines)| format!("{} {}", status.name(), grouped(*lines)))
                        .collect();
                    let without = match self.sums.without[end] {
                        0 => String::new(),
                        lines => format!("{} without an amount, in no sum", grouped(lines)),
                    };
                    vec![["from", "to"][end].to_owned(), by.join(", "), without]
                })
                .collect();
            out.push_str(&format!("\nLines\n{}", table(&[Column::Left; 3], None, &statuses)));
        }
        if !self.faults.is_empty() {
            let shown = self.faults.iter().take(FAULTS_SHOWN);
            let rows: Vec<Vec<String>> =
                shown.map(|(row, what)| vec![format!("row {row}"), what.clone()]).collect();
            out.push_str("\nRows to mend\n");
            out.push_str(&table(&[Column::Left, Column::Wrap], None, &rows));
            if self.faults.len() > FAULTS_SHOWN {
                let more = count(self.faults.len() - FAULTS_SHOWN);
                out.push_str(&format!("  … and {more} more\n"));
            }
        }
        if let Some(path) = &self.output {
            out.push_str(&format!("\nwritten: {path}\n"));
        }
        for note in &self.notes {
            out.push_str(&format!("\nnote: {}\n", wrapped(note, 6)));
        }
        let [from, to] = self.ends;
        let asked = format!("from {} to {}", from.in_words(), to.in_words());
        out.push_str(&receipt::foot(self.record, &asked));
        out
    }
}

/// A cause in words.
struct Named {
    act: String,
    kind: &'static str,
    title: String,
}

/// Rows of a breakdown.
type Keyed = Vec<(String, Difference)>;

/// The steps in their order: acts as they came to bind, then what is supposed.
fn rows(record: &Ledger, steps: Steps) -> Vec<Row> {
    let turns = record.turns();
    let mut rows: Vec<Row> = steps
        .into_iter()
        .map(|((by, cause), sum)| {
            let at = turns.iter().find(|turn| Some(turn.moment) == sum.moment);
            let acts = at.into_iter().flat_map(|turn| &turn.acts);
            let others = acts.filter(|(_, reach)| reach[usize::from(by)].is_some());
            let others = others.map(|(act, _)| record.acts[*act].id.clone());
            let own = |act: &String| cause == Cause::Act(act.clone());
            let beside = match cause {
                Cause::Act(_) | Cause::Schedule(..) => others.filter(|act| !own(act)).collect(),
                _ => Vec::new(),
            };
            Row { by, sum, beside, cause }
        })
        .collect();
    let order = |cause: &Cause| match cause {
        Cause::Act(id) | Cause::Dropped(id, _) => record.act_index(id),
        _ => None,
    };
    rows.sort_by_key(|row| (row.by, row.sum.moment.is_none(), row.sum.moment, order(&row.cause)));
    rows
}

fn origins(side: &SideDifferences) -> Keyed {
    side.origins.iter().map(|(origin, sums)| (origin.to_string(), *sums)).collect()
}

fn chapters(side: &SideDifferences) -> Keyed {
    side.chapters.iter().map(|(chapter, sums)| (format!("{chapter:02}"), *sums)).collect()
}

fn months(side: &SideDifferences) -> Keyed {
    let mut months: BTreeMap<String, Difference> = BTreeMap::new();
    for (day, sums) in &side.days {
        let day = Day::from_number(*day).to_string();
        months.entry(day[..7].to_owned()).or_default().merge(sums);
    }
    months.into_iter().collect()
}

fn amounts(sums: &Difference) -> Map<String, Value> {
    let mut row = Map::new();
    row.insert("lines".into(), json!(sums.lines));
    row.insert("lines_changed".into(), json!(sums.changed));
    row.insert("duty_from".into(), json!(sums.from.to_string()));
    row.insert("duty_to".into(), json!(sums.to.to_string()));
    row.insert("difference".into(), json!(sums.difference().to_string()));
    row
}

fn statuses(sums: &Differences, end: usize) -> Value {
    let by = sums.statuses[end].iter().map(|(status, n)| (status.name().to_owned(), json!(n)));
    Value::Object(by.collect())
}

fn row(key: String, sums: &Difference, note: String) -> Vec<String> {
    vec![
        key,
        sums.from.grouped(),
        sums.to.grouped(),
        signed(sums.difference()),
        grouped(sums.changed),
        note,
    ]
}

fn amounts_table(name: &str, rows: &[Vec<String>]) -> String {
    let head = [name, "from", "to", "difference", "lines changed", ""];
    let right = Column::Right;
    table(&[Column::Left, right, right, right, right, Column::Left], Some(&head), rows)
}

/// With its sign, also when it is more.
fn signed(sum: Sum) -> String {
    format!("{}{}", if sum.0 > 0 { "+" } else { "" }, sum.grouped())
}

fn grouped(lines: u64) -> String {
    count(lines as usize)
}
