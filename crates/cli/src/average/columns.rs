//! Averages as rows: one for every change, or for every day.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Decimal64Array, Int64Array, StringArray};
use arrow::datatypes::{Field, Schema};
use chronicle::average::{Group, Sums, WEIGHT_SCALE};
use engine::course::RATE_SCALE;
use tariff::Day;

use super::{Key, Told};
use crate::assess::target::Target;
use crate::failure::Failure;
use crate::receipt;

/// Rates are written in millionths.
const PLACES: i64 = 1_000_000;

/// The stretches of a group, or its days.
pub fn rows(group: &Group, daily: bool) -> Vec<(Day, Day, &Sums)> {
    let mut rows = Vec::new();
    for stretch in &group.stretches {
        if !daily {
            rows.push((stretch.from, stretch.until, &stretch.sums));
            continue;
        }
        let mut day = stretch.from;
        while day < stretch.until {
            rows.push((day, day.next(), &stretch.sums));
            day = day.next();
        }
    }
    rows
}

/// To the nearest millionth, a half up.
pub fn millionths(rate: i64) -> i64 {
    let per = RATE_SCALE / PLACES;
    (rate + per / 2).div_euclid(per)
}

/// A share with six decimals.
pub fn six_places(rate: i64) -> String {
    let millionths = millionths(rate);
    format!("{}.{:06}", millionths / PLACES, millionths % PLACES)
}

/// A weight in whole units.
pub fn whole(weight: i128) -> i128 {
    (weight + WEIGHT_SCALE / 2) / WEIGHT_SCALE
}

/// A row of the file.
struct Row<'a> {
    known: &'a str,
    world: &'a str,
    from: Day,
    until: Day,
    key: &'a str,
    rates: Vec<Option<i64>>,
    weight: i128,
}

const RATES: [&str; 8] = [
    "additional",
    "base",
    "total",
    "least",
    "apart_additional",
    "apart_base",
    "open_facts",
    "by_heading",
];

/// Writes the averages as a file.
pub fn write(told: &Told<'_>, path: &Path) -> Result<(), Failure> {
    let by_program = told.average.group_by == Some(Key::Program);
    let mut all: Vec<Row<'_>> = Vec::new();
    for series in &told.series {
        for group in &series.averages.groups {
            for (from, until, sums) in rows(group, told.average.daily) {
                let row = |key, rates| Row {
                    known: &series.known,
                    world: &series.world,
                    from,
                    until,
                    key,
                    rates,
                    weight: sums.weight,
                };
                if by_program {
                    let met = (0..series.programs.len()).filter(|at| sums.programs[*at] != 0);
                    all.extend(met.map(|at| {
                        let id = told.ledger.programs[series.programs[at]].id.as_str();
                        row(id, vec![sums.program(at, series.base)])
                    }));
                    continue;
                }
                let rates = vec![
                    sums.additional(),
                    sums.base(),
                    sums.total(),
                    sums.least(),
                    sums.apart(sums.additional),
                    sums.apart(sums.base),
                    sums.share(sums.open),
                    sums.share(sums.by_heading),
                ];
                all.push(row(&group.name, rates));
            }
        }
    }
    let text = |of: fn(&Row<'_>) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(all.iter().map(of)))
    };
    let day = |of: fn(&Row<'_>) -> Day| -> ArrayRef {
        Arc::new(Date32Array::from_iter_values(all.iter().map(|row| of(row).number())))
    };
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        ("known", text(|row| row.known.to_owned())),
        ("world", text(|row| row.world.to_owned())),
        ("from", day(|row| row.from)),
        ("until", day(|row| row.until)),
    ];
    if told.average.group_by.is_some() {
        columns.push((told.key(), text(|row| row.key.to_owned())));
    }
    let names: &[&str] = if by_program { &["average"] } else { &RATES };
    for (at, name) in names.iter().enumerate() {
        let rates: Decimal64Array = all.iter().map(|row| row.rates[at].map(millionths)).collect();
        let rates = rates.with_precision_and_scale(12, 6).expect("a scale below 12");
        columns.push((name, Arc::new(rates)));
    }
    let weight = |row: &Row<'_>| i64::try_from(whole(row.weight)).unwrap_or(i64::MAX);
    columns.push(("weight", Arc::new(Int64Array::from_iter_values(all.iter().map(weight)))));
    let fields = columns.iter().map(|(name, c)| Field::new(*name, c.data_type().clone(), true));
    let schema = Schema::new(fields.collect::<Vec<_>>());
    let notes = receipt::notes(told.ledger, &told.asked());
    let mut target = Target::create(path, schema, &[], &notes)?;
    let failed = |e: entry::FileError| Failure::new(e.message, path.display(), e.help);
    let mut rows = target.encoder().rows().map_err(failed)?;
    rows.put(columns.into_iter().map(|(_, column)| column).collect()).map_err(failed)?;
    target.append(rows.encoded().map_err(failed)?)?;
    target.finish()
}
