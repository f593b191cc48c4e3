//! Axes: lines and numbers of values, months and years of time.

use tariff::{Exact, Zone, exact_decimal};

use crate::chart::{Linear, Px, Svg, Time, TimeTick};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Grid lines from `left` to `right` at round values, each with its number left of it; `unit` follows the
/// number (`%`). No line at nothing: that is where the axis of time stands.
pub fn values(svg: &mut Svg, scale: &Linear, (left, right): (Px, Px), most: usize, unit: &str) {
    for tick in scale.ticks(most) {
        let y = scale.at(tick);
        if tick != Exact::ZERO {
            svg.line((left, y), (right, y), "class=\"grid\"");
        }
        let number = format!("{}{unit}", exact_decimal(tick));
        svg.text((left - Px::of(6), y + Px::of(4)), "small end", &number);
    }
}

/// Short strokes below `y` at first days of months, with their names, and below the names the years.
/// Takes 34 pixels of height.
pub fn months(svg: &mut Svg, time: &Time, y: Px, zone: &Zone) {
    let ticks = time.ticks(zone, Px::of(30));
    let years_only = ticks.iter().all(|tick| tick.month == 1);
    let mut told = None;
    for TimeTick { at, year, month } in ticks {
        svg.line((at, y), (at, y + Px::of(4)), "class=\"axis\"");
        if years_only {
            svg.text((at, y + Px::of(16)), "small middle", &year.to_string());
            continue;
        }
        let name = MONTHS[(month - 1) as usize];
        svg.text((at, y + Px::of(16)), "small middle", name);
        if told != Some(year) {
            told = Some(year);
            svg.text((at, y + Px::of(31)), "small middle bold", &year.to_string());
        }
    }
}
