//! Colours that the colour-blind tell apart, and patterns that paper without colour keeps.

use crate::chart::Px;

/// Okabe and Ito, "Color Universal Design" (2008), without black, which is for words and axes; last a grey.
pub const COLOURS: [&str; 8] =
    ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#8c8c8c"];

/// The colour of the series at this place; after the last the first comes again.
pub fn colour(at: usize) -> &'static str {
    COLOURS[at % COLOURS.len()]
}

/// How the line of the series at this place is broken, as `stroke-dasharray`: lines differ without their
/// colour too.
pub fn dash(at: usize) -> &'static str {
    ["none", "7 3", "2 3", "9 3 2 3", "12 4", "4 2"][at % 6]
}

/// The pattern that [`hatched`] names: stripes of a colour on white, for `<defs>`.
pub fn hatch(at: usize) -> String {
    let colour = colour(at);
    let (step, stripe) = (Px::of(6), Px::tenths(22));
    format!(
        "<pattern id=\"hatch{at}\" width=\"{step}\" height=\"{step}\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(45)\"><rect width=\"{step}\" height=\"{step}\" fill=\"#fff\"/>\
         <rect width=\"{stripe}\" height=\"{step}\" fill=\"{colour}\"/></pattern>\n"
    )
}

/// What fills an area with the pattern of [`hatch`].
pub fn hatched(at: usize) -> String {
    format!("url(#hatch{at})")
}
