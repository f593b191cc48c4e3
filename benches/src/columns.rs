//! Drawn lines as columns of the engine.

use engine::{ABSENT, Lines, PackedDate, QuantityColumn};

use crate::{DrawnLine, More};

/// Lines as the engine takes them.
pub fn columns(drawn: &[DrawnLine]) -> Lines {
    let mut lines = Lines {
        claim_sets: vec![vec!["S".to_owned()], vec!["KR".to_owned()]],
        quantities: vec![QuantityColumn::default()],
        contents: vec![("us".to_owned(), Vec::new())],
        ..Lines::default()
    };
    for line in drawn {
        lines.by.push(0);
        lines.code.push(line.code.packed());
        lines.origin.push(line.origin);
        lines.entered.push(PackedDate::day(line.entered));
        lines.value.push(line.value_cents);
        lines.quantities[0].millionths.push(line.quantity * 1_000_000);
        lines.quantities[0].unit.push(0);
        let (mut loaded, mut mode, mut claims) = (PackedDate::ABSENT, 0, 0);
        match line.more {
            More::Claim(symbol) => claims = if symbol == "S" { 1 } else { 2 },
            More::Loaded(days) => {
                loaded = PackedDate::day(line.entered - days);
                mode = 1;
            }
            More::Nothing | More::AmericanPercent(_) => {}
        }
        lines.dates[0].push(loaded);
        lines.mode.push(mode);
        lines.claims.push(claims);
        lines.contents[0].1.push(line.american_cents().unwrap_or(ABSENT));
    }
    lines
}

impl DrawnLine {
    /// The value of American origin, in whole dollars, where it is stated.
    pub fn american_cents(&self) -> Option<i64> {
        match self.more {
            More::AmericanPercent(percent) => Some(self.value_cents / 100 * percent / 100 * 100),
            _ => None,
        }
    }
}
