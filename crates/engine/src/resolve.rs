//! What the code of a line means on its day: the goods, their line in the schedule, their units.

use ledger::Status;
use nomenclature::{Line as ScheduleLine, Lookup, Schedule};
use tariff::{Code, Day, Quantity, Unit};

use crate::compile::classes::Classes;
use crate::compile::side::Side;
use crate::lines::LineFacts;
use crate::run::GoodsOf;

/// The goods that a code may mean on a day.
#[derive(Clone, Debug)]
pub(crate) struct Meaning<'l> {
    /// Several where the statistical suffix is open.
    pub goods: Vec<MeantGoods<'l>>,
    pub notes: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct MeantGoods<'l> {
    pub code: Code,
    pub scope: u32,
    pub line: Option<&'l ScheduleLine>,
    pub units: Vec<Unit>,
}

impl<'l> MeantGoods<'l> {
    /// With the quantities of a line, their units as stated or as the schedule has them.
    pub fn with(&self, facts: &LineFacts<'_>) -> GoodsOf<'l> {
        let quantities = facts.quantities.iter().enumerate().filter_map(|(at, (amount, unit))| {
            let unit = unit.cloned().or_else(|| self.units.get(at).cloned())?;
            Some(Quantity { amount: *amount, unit })
        });
        GoodsOf {
            code: self.code,
            scope: self.scope,
            line: self.line,
            quantities: quantities.collect(),
        }
    }
}

/// Finds what a code means.
///
/// # Errors
/// The status and the reason when it means nothing, or not one line.
pub(crate) fn meaning<'l>(
    side: &Side<'l>,
    classes: &Classes<'l>,
    code: Code,
    day: Day,
    known: Day,
) -> Result<Meaning<'l>, (Status, String)> {
    let meant = |code: Code, line, units: &[Unit]| MeantGoods {
        code,
        scope: classes.scope(code),
        line,
        units: units.to_vec(),
    };
    let ledger = side.ledger;
    let Some(schedule) = ledger.schedules.get(&side.territory.id) else {
        foreign(side, code, day, known)?;
        return Ok(Meaning { goods: vec![meant(code, None, &[])], notes: Vec::new() });
    };
    let mut notes = Vec::new();
    let goods = match schedule.lookup(code, day, known) {
        Lookup::Line(line) if code.digits() == 8 => suffixes(schedule, code, day, known)
            .into_iter()
            .map(|suffix| meant(suffix, Some(line), schedule.units(suffix, day, known)))
            .collect(),
        Lookup::Line(line) => vec![meant(code, Some(line), schedule.units(code, day, known))],
        Lookup::UnknownSuffix(line) => {
            notes.push(format!(
                "unknown-suffix: {code} is no statistical suffix on {day}; priced as {}",
                line.code
            ));
            vec![meant(code, Some(line), schedule.units(line.code, day, known))]
        }
        Lookup::Several(lines) => lines
            .into_iter()
            .map(|line| meant(line.code, Some(line), schedule.units(line.code, day, known)))
            .collect(),
        Lookup::Prefix(codes) => {
            let reason = format!("code: {code} is a heading; say which of {}", some_of(&codes));
            return Err((Status::Invalid, reason));
        }
        Lookup::Unknown(nearest) => {
            let near = match nearest.as_slice() {
                [] => String::new(),
                codes => format!("; near it: {}", some_of(codes)),
            };
            let reason = format!("code: {code} is not in the schedule on {day}{near}");
            return Err((Status::Unknown, reason));
        }
    };
    Ok(Meaning { goods, notes })
}

/// What is said of a day outside the time that the schedule is held for.
pub(crate) fn carried(schedule: &Schedule, day: Day) -> Option<String> {
    let (first, last) = schedule.span()?;
    (day < first || day > last)
        .then(|| format!("schedule-carried: the schedule is held from {first} to {last}"))
}

/// A code of a territory without a schedule: its first six digits are the world's.
fn foreign(side: &Side<'_>, code: Code, day: Day, known: Day) -> Result<(), (Status, String)> {
    let territory = side.territory;
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
    let ledger = side.ledger;
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
    let more = match codes.len() {
        0..=SHOWN => String::new(),
        all => format!(", … ({all} in all)"),
    };
    format!("{}{more}", names.join(", "))
}
