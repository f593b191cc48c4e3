//! Lines of a few codes by every country on a day.

use engine::{Lines, PackedDate, QuantityColumn};
use tariff::{Code, Country, Day};

use super::{QUANTITY_UNITS, Scope, VALUE_CENTS};

/// Lines that are filled anew for every batch.
pub struct Batch<'a> {
    by: u8,
    countries: &'a [Country],
    lines: Lines,
}

impl<'a> Batch<'a> {
    pub fn new(scope: &Scope<'_>, countries: &'a [Country]) -> Batch<'a> {
        let units = scope.schedule.suffixes().map(|suffix| suffix.units.len());
        let units = units.chain(scope.schedule.lines().map(|line| line.units().len())).max();
        let mut lines = Lines::default();
        lines.quantities.resize_with(units.unwrap_or(0), QuantityColumn::default);
        Batch { by: scope.by as u8, countries, lines }
    }

    /// The lines of some codes on a day, code by code.
    pub fn lines(&mut self, codes: &[Code], day: Day) -> &Lines {
        let lines = &mut self.lines;
        let count = codes.len() * self.countries.len();
        lines.code.clear();
        lines.origin.clear();
        for code in codes {
            lines.code.extend(std::iter::repeat_n(code.packed(), self.countries.len()));
            lines.origin.extend(self.countries);
        }
        lines.entered.clear();
        lines.entered.resize(count, PackedDate::day(day.number()));
        lines.by.resize(count, self.by);
        lines.value.resize(count, VALUE_CENTS);
        for column in &mut lines.quantities {
            column.millionths.resize(count, QUANTITY_UNITS * 1_000_000);
            // The unit that the schedule has at that place.
            column.unit.resize(count, 0);
        }
        lines
    }
}
