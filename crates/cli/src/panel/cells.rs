//! The tables of `truce panel --cells`; docs/cells.md says how lines are joined to them.

use std::fs;
use std::path::Path;

use engine::export::{CodeRow, ColumnRate, Mode, PartRow, PlanRow, Tables, Takes, Variant};
use ledger::{Ledger, MODES, Status};

use super::column;
use super::table::{Columns, days, decimals, flags, integers, long, shares, text, words};
use crate::failure::Failure;

/// Writes the tables into a folder; their files with the numbers of their rows.
pub fn write(
    ledger: &Ledger,
    tables: &Tables,
    folder: &Path,
    notes: &[(String, String)],
) -> Result<Vec<(String, usize)>, Failure> {
    fs::create_dir_all(folder).map_err(|e| {
        Failure::new(format!("cannot be made: {e}"), folder.display(), "name a folder with -o")
    })?;
    let all = [
        ("codes", codes(tables)),
        ("special", special(tables)),
        ("origins", origins(tables)),
        ("days", slots(tables)),
        ("limits", limits(tables)),
        ("cells", cells(tables)),
        ("plans", plans(ledger, tables)),
    ];
    let mut written = Vec::new();
    for (name, columns) in all {
        let path = folder.join(format!("{name}.parquet"));
        let rows = columns.write(&path, notes)?;
        written.push((path.display().to_string(), rows));
    }
    Ok(written)
}

fn number(code: tariff::Code) -> Option<i64> {
    code.plain().parse().ok()
}

fn codes(tables: &Tables) -> Columns {
    let rows = || tables.codes.iter();
    let mut columns = Columns::default();
    columns.push("code", text(rows().map(|row| row.code.plain())));
    columns.push("code_number", long(rows().map(|row| number(row.code))));
    columns.push("from_day", days(rows().map(|row| Some(row.from))));
    columns.push("until_day", days(rows().map(|row| Some(row.until))));
    columns.push("scope", integers(rows().map(|row| row.scope)));
    columns.push("kind", integers(rows().map(|row| row.kind)));
    type Of = fn(&CodeRow) -> (Option<ColumnRate>, &str);
    let sides: [(&str, Of); 2] = [
        ("general", |row| (row.general, &row.general_text)),
        ("other", |row| (row.other, &row.other_text)),
    ];
    for (name, of) in sides {
        let share = rows().map(|row| of(row).0.map(|rate| rate.share));
        columns.push(format!("{name}_share"), shares(share));
        let a_unit = rows().map(|row| of(row).0.map(|rate| rate.a_unit));
        columns.push(format!("{name}_cents_a_unit"), decimals(a_unit, 7));
        let whole = rows().map(|row| of(row).0.map(|rate| rate.whole));
        columns.push(format!("{name}_whole_units"), flags(whole));
        columns.push(format!("{name}_text"), words(rows().map(|row| Some(of(row).1))));
    }
    columns
}

fn special(tables: &Tables) -> Columns {
    let rows = || tables.specials.iter();
    let mut columns = Columns::default();
    columns.push("code", text(rows().map(|row| row.code.plain())));
    columns.push("code_number", long(rows().map(|row| number(row.code))));
    columns.push("from_day", days(rows().map(|row| Some(row.from))));
    columns.push("until_day", days(rows().map(|row| Some(row.until))));
    columns.push("symbol", words(rows().map(|row| Some(row.claim.as_str()))));
    columns.push("share", shares(rows().map(|row| row.share)));
    columns
}

fn origins(tables: &Tables) -> Columns {
    let mut columns = Columns::default();
    columns.push("origin", text(tables.origins.iter().map(|(country, _)| country.as_str())));
    let classes = tables.origins.iter().map(|(_, class)| Some(u32::from(*class)));
    columns.push("origin_class", integers(classes));
    columns
}

fn slots(tables: &Tables) -> Columns {
    let mut columns = Columns::default();
    columns.push("day", days(tables.days.iter().map(|(day, _)| Some(*day))));
    columns.push("slot", integers(tables.days.iter().map(|(_, slot)| slot.map(u32::from))));
    columns
}

fn limits(tables: &Tables) -> Columns {
    let mut columns = Columns::default();
    columns.push("place", integers((0..tables.limits.len() as u32).map(Some)));
    columns.push("share", shares(tables.limits.iter().copied().map(Some)));
    columns
}

fn cells(tables: &Tables) -> Columns {
    let rows = || tables.cells.iter();
    let mut columns = Columns::default();
    columns.push("scope", integers(rows().map(|row| Some(row.scope))));
    columns.push("origin_class", integers(rows().map(|row| Some(u32::from(row.origin)))));
    columns.push("slot_from", integers(rows().map(|row| Some(u32::from(row.slot_from)))));
    columns.push("slot_until", integers(rows().map(|row| Some(u32::from(row.slot_until)))));
    columns.push("cell", integers(rows().map(|row| Some(row.cell))));
    columns
}

fn plans(ledger: &Ledger, tables: &Tables) -> Columns {
    let rows = || tables.plans.iter();
    let mut columns = Columns::default();
    columns.push("cell", integers(rows().map(|row| Some(row.cell))));
    columns.push("kind", integers(rows().map(|row| row.kind)));
    variants(&mut columns, tables);
    // A value of 0 is without duty, whatever the rates.
    columns.push("value_from", decimals(rows().map(|row| Some(row.value_from)), 2));
    let until = rows().map(|row| Some(row.value_until).filter(|cents| *cents < i64::MAX));
    columns.push("value_until", decimals(until, 2));
    let status = |row: &PlanRow| match (&row.parts, row.status) {
        // Exact, and yet not by rates that hold for others.
        (None, Status::Exact) => "by-line",
        (_, status) => status.name(),
    };
    columns.push("status", words(rows().map(|row| Some(status(row)))));
    columns.push("complete", flags(rows().map(|row| Some(row.complete))));
    for program in 0..tables.programs.len() {
        programs(&mut columns, ledger, tables, program);
    }
    columns
}

fn variants(columns: &mut Columns, tables: &Tables) {
    let all = || tables.plans.iter().map(|row| &row.variant);
    let name = all().map(|variant| {
        Some(match variant {
            Variant::Plain => "plain",
            Variant::Claim { .. } => "claim",
            Variant::Transport { .. } => "transport",
            Variant::Content { .. } => "content",
        })
    });
    columns.push("variant", words(name));
    let claim = |variant: &'_ Variant| match variant {
        Variant::Claim { special, .. } => *special,
        _ => None,
    };
    let claims = all().map(|variant| match variant {
        Variant::Claim { claim, .. } => Some(claim.as_str()),
        _ => None,
    });
    columns.push("claim", words(claims));
    columns.push("special", shares(all().map(claim)));
    let mode = all().map(|variant| match variant {
        Variant::Transport { mode, .. } => match mode {
            Mode::Any => Some("any"),
            Mode::Unstated => None,
            Mode::Stated(mode) => Some(MODES[usize::from(*mode)]),
        },
        _ => None,
    });
    columns.push("mode", words(mode));
    let date = |variant: &Variant| match variant {
        Variant::Transport { date, .. } => *date,
        _ => None,
    };
    columns.push("date", words(all().map(|v| date(v).map(|(name, ..)| name))));
    columns.push("date_from", days(all().map(|v| date(v).and_then(|(_, from, _)| from))));
    columns.push("date_until", days(all().map(|v| date(v).and_then(|(.., until)| until))));
    let part = all().map(|variant| match variant {
        Variant::Content { part, .. } => Some(part.as_str()),
        _ => None,
    });
    columns.push("content", words(part));
    let from = all().map(|variant| match variant {
        Variant::Content { from, .. } => Some(*from),
        _ => None,
    });
    columns.push("share_from", shares(from));
    let until = all().map(|variant| match variant {
        Variant::Content { until, .. } => *until,
        _ => None,
    });
    columns.push("share_until", shares(until));
}

/// The columns of a program. Nothing beside a status without rates is nothing owed.
fn programs(columns: &mut Columns, ledger: &Ledger, tables: &Tables, program: usize) {
    let part = |row: &'_ PlanRow| -> Option<PartRow> {
        row.parts.as_ref()?.iter().find(|part| part.program == program).cloned()
    };
    let name = column(ledger, tables, program);
    let parts: Vec<Option<PartRow>> = tables.plans.iter().map(part).collect();
    let takes = || parts.iter().map(|part| part.as_ref().map(|part| &part.takes));
    let rates = tables.plans.iter().zip(takes()).map(|(row, takes)| match takes {
        Some(Takes::Rate(rate)) => Some(*rate),
        None if row.parts.is_some() => Some(0),
        _ => None,
    });
    columns.push(format!("{name}_rate"), shares(rates));
    let of_column = takes().map(|takes| match takes {
        Some(Takes::General) => Some("general"),
        Some(Takes::Other) => Some("other"),
        _ => None,
    });
    columns.push_used(format!("{name}_column"), words(of_column));
    let total = takes().map(|takes| match takes {
        Some(Takes::Total { share, .. }) => Some(*share),
        _ => None,
    });
    columns.push_used(format!("{name}_total"), shares(total));
    let absorbs: Vec<Option<String>> = takes()
        .map(|takes| match takes {
            Some(Takes::Total { absorbs, .. }) => {
                let names = absorbs.iter().map(|program| column(ledger, tables, *program));
                Some(names.collect::<Vec<_>>().join(";"))
            }
            _ => None,
        })
        .collect();
    columns.push_used(format!("{name}_absorbs"), words(absorbs.iter().map(|a| a.as_deref())));
    let less = parts.iter().map(|part| part.as_ref().and_then(|part| part.less.as_deref()));
    columns.push_used(format!("{name}_less"), words(less));
}
