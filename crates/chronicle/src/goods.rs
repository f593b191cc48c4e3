//! What goods are called on the other side: the first six digits of a code are the world's, the rest are
//! each side's own.

use ledger::{Ledger, Schedule, Territory};
use tariff::Code;

/// The codes of a territory under the first six digits of `code`, in order: of its schedule, or where it
/// has none of its goods lists. A code that is itself one of them stands alone.
pub fn codes_of(ledger: &Ledger, territory: &Territory, code: Code) -> Vec<Code> {
    let six = code.prefix(6);
    let digits = territory.code_digits;
    let own = |found: &Code| six.covers(*found) && found.digits() == digits;
    let mut codes: Vec<Code> = match ledger.schedules.get(&territory.id) {
        Some(schedule) => schedule_codes(schedule, digits).filter(own).collect(),
        None => {
            let prefix = format!("{}/", territory.id);
            let lists = ledger.lists.iter().filter(|(name, _)| name.starts_with(&prefix));
            lists.flat_map(|(_, list)| list.rows.iter().map(|row| row.code)).filter(own).collect()
        }
    };
    codes.sort_unstable();
    codes.dedup();
    if codes.contains(&code) { vec![code] } else { codes }
}

fn schedule_codes(schedule: &Schedule, digits: u8) -> impl Iterator<Item = Code> {
    let lines = schedule.lines().map(|line| line.code);
    lines.chain(schedule.suffixes().map(|suffix| suffix.code)).filter(move |c| c.digits() == digits)
}
