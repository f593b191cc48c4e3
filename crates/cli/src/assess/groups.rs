//! `truce assess --group-by`: sums of groups, no lines.

use std::path::Path;

use engine::{Assessed, Assessor};
use entry::{Batch, Entries, FileError, Grouping, Groups, Key, Piece, Summing};
use indicatif::ProgressBar;
use ledger::Status;
use serde_json::{Value, json};

use crate::assess::pipeline::{self, Worker};
use crate::assess::target::Target;
use crate::assess::{Assess, Run, lines};
use crate::failure::Failure;
use crate::progress::progress;
use crate::receipt;
use crate::text::{Column, count, table};

/// The most groups that are printed; a file or JSON has all of them.
const SHOWN_MAX: usize = 500;

/// What a run by groups came to.
struct Summed {
    groups: Groups,
    /// Lines by status, in the order of [`STATUSES`].
    by_status: [u64; 4],
}

const STATUSES: [Status; 4] = [Status::Exact, Status::NeedsFacts, Status::Unknown, Status::Invalid];

/// Sums the lines up by the keys and writes the groups, where that is asked for. The exit status, and
/// what is to be printed.
pub fn run(assess: &Assess, run: &Run<'_, '_>, keys: &str) -> Result<(u8, String), Failure> {
    let grouping = Grouping::parse(keys, run.inputs.schema())
        .map_err(|e| Failure::new(e.message, "--group-by", e.help))?;
    let summed = sum(run, &grouping)?;
    let currency = |country: &str| {
        let territory = run.question.ledger.levying(country);
        territory.map(|t| t.currency.clone()).unwrap_or_default()
    };
    if let Some(path) = &assess.output {
        write(run, path, &grouping, &summed.groups, currency)?;
    }
    let printed = match assess.json {
        true => format!("{}\n", as_json(assess, run, &grouping, &summed, currency)),
        false => text(assess, run, &grouping, &summed, currency),
    };
    let status = u8::from(summed.by_status[1..].iter().any(|lines| *lines > 0));
    Ok((status, printed))
}

fn sum(run: &Run<'_, '_>, grouping: &Grouping) -> Result<Summed, Failure> {
    let bar = progress(run.inputs.about_lines(), "lines");
    let ends =
        pipeline::run(run.inputs, run.threads, || Sums::new(run, grouping, &bar), |()| Ok(()))?;
    bar.finish_and_clear();
    let mut summed = Summed { groups: Groups::new(), by_status: [0; 4] };
    for (groups, by_status) in ends {
        for (key, group) in groups {
            summed.groups.entry(key).or_default().merge(&group);
        }
        for (all, more) in summed.by_status.iter_mut().zip(by_status) {
            *all += more;
        }
    }
    Ok(summed)
}

fn write(
    run: &Run<'_, '_>,
    path: &Path,
    grouping: &Grouping,
    groups: &Groups,
    currency: impl Fn(&str) -> String,
) -> Result<(), Failure> {
    let notes = receipt::notes(&run.question.ledger, &run.question.asked());
    let mut target = Target::create(path, grouping.schema(), &[], &notes)?;
    let refused = |target: &Target, e: FileError| target.failure(&e);
    let mut rows = target.encoder().rows().map_err(|e| refused(&target, e))?;
    rows.put(grouping.columns(groups, currency)).map_err(|e| refused(&target, e))?;
    let encoded = rows.encoded().map_err(|e| refused(&target, e))?;
    target.append(encoded)?;
    target.finish()
}

/// Assesses lines and keeps their sums.
struct Sums<'a, 'l> {
    run: &'a Run<'a, 'l>,
    grouping: &'a Grouping,
    bar: &'a ProgressBar,
    wanted: Vec<bool>,
    entries: Entries<'a>,
    assessor: Assessor<'a, 'l>,
    assessed: Assessed,
    summing: Summing<'a, 'l>,
    by_status: [u64; 4],
}

impl<'a, 'l> Sums<'a, 'l> {
    fn new(run: &'a Run<'a, 'l>, grouping: &'a Grouping, bar: &'a ProgressBar) -> Sums<'a, 'l> {
        let mut wanted = lines::facts(run.inputs);
        for key in grouping.keys() {
            if let Key::Column(at) = key {
                wanted[*at] = true;
            }
        }
        Sums {
            run,
            grouping,
            bar,
            wanted,
            entries: lines::entries(run),
            assessor: Assessor::new(run.regime),
            assessed: Assessed::default(),
            summing: Summing::new(run.regime, grouping),
            by_status: [0; 4],
        }
    }
}

impl Worker for Sums<'_, '_> {
    type Out = ();
    type End = (Groups, [u64; 4]);

    fn piece(&mut self, source: usize, piece: &Piece) -> Result<(), FileError> {
        let source = &self.run.inputs.sources()[source];
        let wanted = self.grouping.wanted();
        let columns = std::mem::take(&mut self.wanted);
        let read = source.tables(piece, &columns, |table| {
            let faults = self.entries.read(&table)?;
            self.assessor.assess(self.entries.lines(), wanted, &mut self.assessed);
            let batch = Batch {
                lines: self.entries.lines(),
                assessed: &self.assessed,
                assessor: &self.assessor,
                faults: &faults,
            };
            self.summing.add(&table, &batch)?;
            for (row, status) in self.assessed.status.iter().enumerate() {
                let status = if faults.contains_key(&row) { Status::Invalid } else { *status };
                self.by_status[status as usize] += 1;
            }
            self.bar.inc(table.count as u64);
            Ok(())
        });
        self.wanted = columns;
        read
    }

    fn end(self) -> Self::End {
        // As where lines are written: the process ends soon.
        std::mem::forget(self.assessor);
        (self.summing.end(), self.by_status)
    }
}

fn text(
    assess: &Assess,
    run: &Run<'_, '_>,
    grouping: &Grouping,
    summed: &Summed,
    currency: impl Fn(&str) -> String,
) -> String {
    let lines: u64 = summed.by_status.iter().sum();
    let mut out = super::summary::head(assess, run.question, lines as usize);
    if assess.output.is_none() {
        let names = grouping.names();
        let keys = names.len() - 6;
        let mut columns = vec![Column::Left; keys + 1];
        columns.extend([Column::Right; 5]);
        let rows: Vec<Vec<String>> = summed
            .groups
            .iter()
            .take(SHOWN_MAX)
            .map(|(key, group)| {
                let mut row: Vec<String> = key.iter().map(|(_, text)| text.clone()).collect();
                row.push(currency(&key[grouping.side()].1));
                row.extend([
                    count(group.lines as usize),
                    group.value.grouped(),
                    group.duty.grouped(),
                    group.rate().unwrap_or_default(),
                    count(group.without_duty as usize),
                ]);
                row
            })
            .collect();
        out.push_str(&table(&columns, Some(&names), &rows));
        if summed.groups.len() > SHOWN_MAX {
            let more = count(summed.groups.len() - SHOWN_MAX);
            out.push_str(&format!("  … and {more} more: write them with -o, or take --json\n"));
        }
        out.push('\n');
    }
    let others = STATUSES.iter().zip(summed.by_status).skip(1).filter(|(_, lines)| *lines > 0);
    let others: Vec<String> = others
        .map(|(status, lines)| format!("{} {}", status.name(), count(lines as usize)))
        .collect();
    if !others.is_empty() {
        out.push_str(&format!("not exact: {}\n", others.join(", ")));
    }
    if let Some(path) = &assess.output {
        let groups = count(summed.groups.len());
        out.push_str(&format!("written: {} ({groups} groups)\n", path.display()));
    }
    out.push_str(&receipt::foot(&run.question.ledger, &run.question.in_words()));
    out
}

fn as_json(
    assess: &Assess,
    run: &Run<'_, '_>,
    grouping: &Grouping,
    summed: &Summed,
    currency: impl Fn(&str) -> String,
) -> Value {
    let names = grouping.names();
    let groups: Vec<Value> = summed
        .groups
        .iter()
        .map(|(key, group)| {
            let texts = key.iter().map(|(_, text)| json!(text));
            let sums = [
                json!(currency(&key[grouping.side()].1)),
                json!(group.lines),
                json!(group.value.to_string()),
                json!(group.duty.to_string()),
                json!(group.rate()),
                json!(group.without_duty),
            ];
            let named = names.iter().map(|name| (*name).to_owned());
            Value::Object(named.zip(texts.chain(sums)).collect())
        })
        .collect();
    let through = receipt::through(&run.question.ledger);
    let by_status = STATUSES.iter().zip(summed.by_status).filter(|(_, lines)| *lines > 0);
    let by_status: serde_json::Map<String, Value> =
        by_status.map(|(status, lines)| (status.name().to_owned(), json!(lines))).collect();
    json!({
        "files": assess.files.iter().map(|f| f.display().to_string()).collect::<Vec<_>>(),
        "output": assess.output.as_ref().map(|p| p.display().to_string()),
        "known": assess.coordinates.known,
        "world": run.question.world(),
        "reading": run.question.readings,
        "lines": summed.by_status.iter().sum::<u64>(),
        "by_status": by_status,
        "groups": groups,
        "official_through": through["official_through"],
        "verified_through": through["verified_through"],
        "ledger": run.question.ledger.digest,
        "version": env!("CARGO_PKG_VERSION"),
    })
}
