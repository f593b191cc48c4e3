use std::fmt;
use std::ops::AddAssign;

use crate::amounts::decimal_text;

/// A sum of money in hundredths of a currency; no number of lines makes it overflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Sum(pub i128);

impl AddAssign for Sum {
    fn add_assign(&mut self, other: Sum) {
        self.0 += other.0;
    }
}

impl AddAssign<i64> for Sum {
    /// Adds cents.
    fn add_assign(&mut self, cents: i64) {
        self.0 += i128::from(cents);
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&decimal_text(self.0, 2))
    }
}

impl Sum {
    /// With separators of thousands, for people: `1,234.50`.
    pub fn grouped(self) -> String {
        let plain = self.to_string();
        let (sign, plain) = plain.strip_prefix('-').map_or(("", plain.as_str()), |p| ("-", p));
        let (whole, decimals) = plain.split_once('.').expect("two decimals");
        let mut out = String::from(sign);
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        format!("{out}.{decimals}")
    }
}
