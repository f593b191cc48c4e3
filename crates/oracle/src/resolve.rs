//! The goods of a line: the code in the schedule, its suffixes, the units of its quantities.

use ledger::{Goods, Ledger, Line, Status, Territory};
use nomenclature::{Lookup, Schedule};
use tariff::{Cents, Code, Day, Exact, Moment, Quantity, Unit};

/// The goods a line may mean: one code, or several where the suffix is open.
pub(crate) struct Resolved<'a> {
    pub goods: Vec<ResolvedGoods<'a>>,
    pub notes: Vec<String>,
}

pub(crate) struct ResolvedGoods<'a> {
    pub code: Option<Code>,
    pub line: Option<&'a nomenclature::Line>,
    /// With their units settled.
    pub quantities: Vec<Quantity>,
    pub value: Exact,
}

/// Finds what the code of a line means on its day, as known.
///
/// # Errors
/// The status and the reason when it means nothing, or not one line.
pub(crate) fn resolve<'a>(
    ledger: &'a Ledger,
    territory: &Territory,
    line: &Line,
    value: Cents,
    k: Moment,
) -> Result<Resolved<'a>, (Status, String)> {
    let value = value.exact();
    let goods = |code: Option<Code>, schedule_line, units: Vec<Unit>| {
        let quantities = settle_units(line, &units);
        ResolvedGoods { code, line: schedule_line, quantities, value }
    };
    let Goods::Code(code) = line.goods else {
        return Ok(Resolved { goods: vec![goods(None, None, Vec::new())], notes: Vec::new() });
    };
    let day = line.entered.day(&territory.zone);
    let known = k.day(&territory.zone);
    let Some(schedule) = ledger.schedules.get(&territory.id) else {
        return foreign_code(ledger, territory, code, day, known).map(|()| Resolved {
            goods: vec![goods(Some(code), None, Vec::new())],
            notes: Vec::new(),
        });
    };
    let units = |code| schedule.units(code, day, known).to_vec();
    let mut notes = Vec::new();
    if schedule.span().is_some_and(|(first, last)| day < first || day > last) {
        let (first, last) = schedule.span().expect("just seen");
        notes.push(format!("schedule-carried: the schedule is held from {first} to {last}"));
    }
    let found = match schedule.lookup(code, day, known) {
        Lookup::Line(found) if code.digits() == 8 => suffixes(schedule, code, day, known)
            .into_iter()
            .map(|suffix| goods(Some(suffix), Some(found), units(suffix)))
            .collect(),
        Lookup::Line(found) => vec![goods(Some(code), Some(found), units(code))],
        Lookup::UnknownSuffix(found) => {
            notes.push(format!(
                "unknown-suffix: {code} is no statistical suffix on {day}; priced as {}",
                found.code
            ));
            vec![goods(Some(code), Some(found), units(found.code))]
        }
        Lookup::Several(lines) => lines
            .into_iter()
            .map(|found| goods(Some(found.code), Some(found), units(found.code)))
            .collect(),
        Lookup::Prefix(codes) => {
            return Err((
                Status::Invalid,
                format!("code: {code} is a heading; say which of {}", some_of(&codes)),
            ));
        }
        Lookup::Unknown(nearest) => {
            let near = if nearest.is_empty() {
                String::new()
            } else {
                format!("; near it: {}", some_of(&nearest))
            };
            return Err((
                Status::Unknown,
                format!("code: {code} is not in the schedule on {day}{near}"),
            ));
        }
    };
    Ok(Resolved { goods: found, notes })
}

/// A code of a territory without a schedule: its first six digits are the world's.
fn foreign_code(
    ledger: &Ledger,
    territory: &Territory,
    code: Code,
    day: Day,
    known: Day,
) -> Result<(), (Status, String)> {
    if code.digits() < territory.code_digits {
        let reason = format!(
            "code: {code} has {} digits; {} needs {}",
            code.digits(),
            territory.name,
            territory.code_digits
        );
        return Err((Status::Invalid, reason));
    }
    let six = code.prefix(6);
    let exists =
        ledger.schedules.values().any(|s| !matches!(s.lookup(six, day, known), Lookup::Unknown(_)))
            || ledger.lists.values().any(|list| list.touches(six));
    if exists {
        Ok(())
    } else {
        Err((Status::Unknown, format!("code: no subheading {six} exists")))
    }
}

/// The ten-digit codes of an eight-digit line; the line itself where it has none.
fn suffixes(schedule: &Schedule, code: Code, day: Day, known: Day) -> Vec<Code> {
    let mut codes: Vec<Code> = schedule
        .suffixes_under(code)
        .map(|suffix| suffix.code)
        .filter(|suffix| matches!(schedule.lookup(*suffix, day, known), Lookup::Line(_)))
        .collect();
    codes.dedup();
    if codes.is_empty() { vec![code] } else { codes }
}

fn some_of(codes: &[Code]) -> String {
    const SHOWN: usize = 6;
    let names: Vec<String> = codes.iter().take(SHOWN).map(Code::to_string).collect();
    let more =
        if codes.len() > SHOWN { format!(", … ({} in all)", codes.len()) } else { String::new() };
    format!("{}{more}", names.join(", "))
}

/// Quantities with their units: as stated, or the schedule's unit in the same position.
fn settle_units(line: &Line, units: &[Unit]) -> Vec<Quantity> {
    line.quantities
        .iter()
        .enumerate()
        .filter_map(|(at, (amount, unit))| {
            let unit = unit.clone().or_else(|| units.get(at).cloned())?;
            Some(Quantity { amount: *amount, unit })
        })
        .collect()
}
