//! Places in a picture.

use std::fmt;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

/// A length or a place in a picture, in tenths of a pixel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Px(i64);

/// A rectangle: its upper left corner, its width and its height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rect {
    pub x: Px,
    pub y: Px,
    pub width: Px,
    pub height: Px,
}

impl Px {
    pub const ZERO: Px = Px(0);

    /// So many whole pixels.
    pub const fn of(pixels: i64) -> Px {
        Px(pixels * 10)
    }

    pub const fn tenths(tenths: i64) -> Px {
        Px(tenths)
    }

    pub const fn in_tenths(self) -> i64 {
        self.0
    }
}

/// As SVG writes it: `12`, `12.5`.
impl fmt::Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, tenths) = if self.0 < 0 { ("-", -self.0) } else { ("", self.0) };
        match tenths % 10 {
            0 => write!(f, "{sign}{}", tenths / 10),
            rest => write!(f, "{sign}{}.{rest}", tenths / 10),
        }
    }
}

impl Add for Px {
    type Output = Px;
    fn add(self, other: Px) -> Px {
        Px(self.0 + other.0)
    }
}

impl AddAssign for Px {
    fn add_assign(&mut self, other: Px) {
        self.0 += other.0;
    }
}

impl Sub for Px {
    type Output = Px;
    fn sub(self, other: Px) -> Px {
        Px(self.0 - other.0)
    }
}

impl Neg for Px {
    type Output = Px;
    fn neg(self) -> Px {
        Px(-self.0)
    }
}

impl Mul<i64> for Px {
    type Output = Px;
    fn mul(self, times: i64) -> Px {
        Px(self.0 * times)
    }
}

impl Div<i64> for Px {
    type Output = Px;
    fn div(self, by: i64) -> Px {
        Px(self.0 / by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_without_noise() {
        let written: Vec<String> =
            [0, 10, 125, -5, -30].into_iter().map(|t| Px::tenths(t).to_string()).collect();
        assert_eq!(written, ["0", "1", "12.5", "-0.5", "-3"]);
    }
}
