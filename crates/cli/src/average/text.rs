//! Averages for people.

use std::fmt::Write;

use chronicle::average::{Group, Sums};
use engine::course::RATE_SCALE;

use super::columns::{rows, whole};
use super::{Key, Series, Told};
use crate::text::{Column, count, table, wrapped};

/// Rows of a table on the terminal.
const SHOWN: usize = 500;

pub fn told(told: &Told<'_>) -> String {
    let mut out =
        format!("{} on goods of {} · {}\n", told.territory.name, partners(told), weighing(told));
    for series in &told.series {
        let _ = write!(
            out,
            "\nlaw as known: {} · world: {}{}\n\n{}",
            series.known,
            series.world,
            if series.world == "record" { "" } else { " (hypothetical)" },
            self::series(told, series)
        );
    }
    for note in notes(told) {
        let _ = write!(out, "\n{}", wrapped(&format!("note: {note}"), 6));
    }
    out.push('\n');
    out
}

fn series(told: &Told<'_>, series: &Series) -> String {
    let by_program = told.average.group_by == Some(Key::Program);
    let mut lines: Vec<Vec<String>> = Vec::new();
    for group in &series.averages.groups {
        for (from, until, sums) in rows(group, told.average.daily) {
            let day = [from.to_string(), until.plus(-1).to_string()];
            if by_program {
                let met = (0..series.programs.len()).filter(|at| sums.programs[*at] != 0);
                let met = met.map(|at| {
                    let id = told.ledger.programs[series.programs[at]].id.clone();
                    (id, sums.program(at, series.base))
                });
                let both = [
                    ("additional".to_owned(), sums.additional()),
                    ("total".to_owned(), sums.total()),
                ];
                let both = both
                    .into_iter()
                    .filter(|(name, _)| name == "additional" || !told.additional_alone);
                for (at, (name, rate)) in met.chain(both).enumerate() {
                    let blank = || ["", ""].map(str::to_owned);
                    let mut line: Vec<String> = if at == 0 { day.clone() } else { blank() }.into();
                    line.extend([name, percent(rate)]);
                    lines.push(line);
                }
                continue;
            }
            let mut line: Vec<String> = day.into();
            if told.average.group_by.is_some() {
                line.push(group.name.clone());
            }
            line.push(percent(sums.additional()));
            if !told.additional_alone {
                line.extend([percent(sums.base()), percent(sums.total())]);
            }
            line.extend([percent(sums.least()), percent(sums.share(sums.open))]);
            lines.push(line);
        }
    }
    let mut head = vec!["from", "to"];
    let mut columns = vec![Column::Left, Column::Left];
    if told.average.group_by.is_some() {
        head.push(told.key());
        columns.push(Column::Left);
    }
    if by_program {
        head.push("average");
    } else if told.additional_alone {
        head.extend(["additional", "at least", "facts open"]);
    } else {
        head.extend(["additional", "base", "total", "at least", "facts open"]);
    }
    columns.resize(head.len(), Column::Right);
    let all = lines.len();
    lines.truncate(SHOWN);
    let mut out = table(&columns, Some(&head), &lines);
    if all > SHOWN {
        let _ = writeln!(out, "  … {} rows more; -o writes them all", count(all - SHOWN));
    }
    out
}

/// The partners in words.
pub fn partners(told: &Told<'_>) -> String {
    if told.average.of.is_empty() { "all partners".to_owned() } else { told.average.of.join(", ") }
}

/// How it is weighed, in words.
pub fn weighing(told: &Told<'_>) -> String {
    match told.name(&told.average.weights) {
        None => "every line of every partner counts the same".to_owned(),
        Some(file) => format!("weighted by {file}"),
    }
}

/// What an average does not say by itself.
pub fn notes(told: &Told<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    let currency = if told.given.trade.is_some() { " of the trade" } else { " of the lines" };
    if told.additional_alone {
        notes.push(format!(
            "additional layers only: the ledger holds no base duty of {} of these years",
            told.territory.name
        ));
    }
    if let (Some(trade), Some(series)) = (&told.given.trade, told.series.first()) {
        let of_table = series.averages.of_table;
        let days = || series.averages.groups.iter().flat_map(|group| &group.stretches);
        if let (Some(least), Some(most)) = range(&series.averages.groups, |sums| sums.weight) {
            notes.push(format!(
                "priced: {} of {} of trade in {}",
                between(share(least, of_table), share(most, of_table)),
                count(usize::try_from(whole(of_table)).unwrap_or(usize::MAX)),
                rows_of(trade.rows)
            ));
            if least < of_table {
                notes.push("what is not priced is of codes that no line has, chapters 98 and 99 among them".to_owned());
            }
        }
        if days().any(|stretch| stretch.sums.by_heading > 0)
            && let (Some(least), Some(most)) =
                range(&series.averages.groups, |sums| sums.by_heading)
        {
            notes.push(format!(
                "{} is of codes that are not in force, priced by their first eight or six digits",
                between(share(least, of_table), share(most, of_table))
            ));
        }
        let all: i128 = trade.flows.iter().map(|f| f.cents).sum::<i128>()
            + trade.left_out.iter().map(|left| left.cents).sum::<i128>();
        for left in &trade.left_out {
            notes.push(format!(
                "left out for the {}: {} with {} of the value; the first: {}",
                left.reason,
                rows_of(left.rows),
                percent(share(left.cents, all)),
                left.first
            ));
        }
        let short = trade.flows.iter().any(|f| f.code.digits() < told.territory.code_digits);
        let groups = trade.partners.iter().any(|partner| partner.countries.len() > 1);
        if short {
            notes.push("a code counts evenly with the lines under it".to_owned());
        }
        if groups {
            notes.push("a group of countries counts evenly with its members".to_owned());
        }
    }
    let apart = |of: fn(&Sums) -> i128| range(&apart_groups(told), of);
    if !told.additional_alone
        && let (Some(least), Some(most)) = apart(|sums| sums.weight - sums.base.weight)
        && most > 0
    {
        let all = range(&apart_groups(told), |sums| sums.weight).1.unwrap_or(0);
        notes.push(format!(
            "apart: {}{currency} owes a base duty that is no share of the value, which is in no average; \
             total is the average base duty and the average additional one together",
            between(share(least, all), share(most, all))
        ));
    }
    notes.push(match told.name(&told.average.claims) {
        None => "no claims are made (no preference, no exclusion); facts open take their defaults"
            .to_owned(),
        Some(file) => format!("claims as {file} says; facts open take their defaults"),
    });
    notes
}

fn rows_of(rows: usize) -> String {
    format!("{} {}", count(rows), if rows == 1 { "row" } else { "rows" })
}

fn apart_groups(told: &Told<'_>) -> Vec<Group> {
    told.series.first().map_or_else(Vec::new, |series| series.averages.groups.clone())
}

/// The least and the most that a sum over all groups is on any day.
fn range(groups: &[Group], of: impl Fn(&Sums) -> i128) -> (Option<i128>, Option<i128>) {
    let mut days: Vec<tariff::Day> =
        groups.iter().flat_map(|group| &group.stretches).map(|stretch| stretch.from).collect();
    days.sort_unstable();
    days.dedup();
    let on = |day: tariff::Day| -> i128 {
        let held = groups.iter().filter_map(|group| {
            let at = group.stretches.partition_point(|stretch| stretch.from <= day);
            at.checked_sub(1).map(|at| &group.stretches[at].sums)
        });
        held.map(&of).sum()
    };
    let sums: Vec<i128> = days.into_iter().map(on).collect();
    (sums.iter().copied().min(), sums.iter().copied().max())
}

/// A part as a share, in units of [`RATE_SCALE`].
fn share(part: i128, all: i128) -> Option<i64> {
    (all != 0).then(|| i64::try_from(part * i128::from(RATE_SCALE) / all).ok()).flatten()
}

fn between(least: Option<i64>, most: Option<i64>) -> String {
    let (least, most) = (percent(least), percent(most));
    if least == most { most } else { format!("{least} to {most}") }
}

/// In percent with two decimals, half up.
fn percent(rate: Option<i64>) -> String {
    let Some(rate) = rate else { return "-".to_owned() };
    let per = RATE_SCALE / 10_000;
    let hundredths = (rate + per / 2).div_euclid(per);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}
