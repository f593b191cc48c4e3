//! Pictures as SVG text: places in tenths of a pixel, scales with their ticks, colours, hatches, words.
//!
//! Plain text building: no library, no floating point, so the same picture is the same bytes everywhere.
//! Letters are large enough for a phone and for paper; nothing is told by colour alone.

mod axis;
mod colour;
mod place;
mod scale;
mod svg;
mod words;

pub use axis::{months, values};
pub use colour::{COLOURS, colour, dash, hatch, hatched};
pub use place::{Px, Rect};
pub use scale::{Linear, Time, TimeTick};
pub use svg::{STYLE, Svg};
pub use words::{escaped, lines, width_px};
