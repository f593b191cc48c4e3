use std::fmt;

use thiserror::Error;

/// A commodity code or a prefix of one: 2 to 10 digits, without dots.
///
/// The number of digits is part of the identity: `9503` and `9503000000` differ. Codes order as
/// their digits do, a prefix before what it covers, so a sorted list keeps a heading together.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code {
    /// The digits, left-aligned in ten places: `9503` is 9_503_000_000.
    aligned: u64,
    digits: u8,
}

/// What is wrong with a text that should be a code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidCode {
    #[error("`{0}` holds something other than digits and dots")]
    NotDigits(String),
    #[error("`{0}` has {1} digits; a code has 2, 4, 6, 8 or 10")]
    Length(String, usize),
}

impl Code {
    /// Reads `9503.00.00.73`, `9503000073`, `9503.00` …; dots and surrounding blanks are ignored.
    pub fn parse(text: &str) -> Result<Code, InvalidCode> {
        match ten_digits(text.as_bytes()) {
            Some(aligned) => Ok(Code { aligned, digits: 10 }),
            None => Code::parse_any(text),
        }
    }

    fn parse_any(text: &str) -> Result<Code, InvalidCode> {
        let mut value = 0u64;
        let mut digits = 0usize;
        for c in text.trim().bytes() {
            match c {
                b'.' => {}
                b'0'..=b'9' => {
                    digits += 1;
                    if digits <= 10 {
                        value = value * 10 + u64::from(c - b'0');
                    }
                }
                _ => return Err(InvalidCode::NotDigits(text.trim().to_owned())),
            }
        }
        if !(2..=10).contains(&digits) || !digits.is_multiple_of(2) {
            return Err(InvalidCode::Length(text.trim().to_owned(), digits));
        }
        Ok(Code { aligned: value * 10u64.pow(10 - digits as u32), digits: digits as u8 })
    }

    /// How many digits the code has: 2, 4, 6, 8 or 10.
    pub fn digits(self) -> u8 {
        self.digits
    }

    /// Whether this code, read as a prefix, covers `other` (a code covers itself).
    pub fn covers(self, other: Code) -> bool {
        other.digits >= self.digits && other.prefix(self.digits) == self
    }

    /// The first `digits` digits, or the code itself when it has no more.
    pub fn prefix(self, digits: u8) -> Code {
        if digits >= self.digits {
            return self;
        }
        let unit = 10u64.pow(10 - u32::from(digits));
        Code { aligned: self.aligned / unit * unit, digits }
    }

    /// The code in eight bytes, for columns and hashes; codes order as these numbers do.
    pub const fn packed(self) -> u64 {
        self.aligned * 16 + self.digits as u64
    }

    /// The code of [`Code::packed`]; any other number gives a code that is in no schedule.
    pub const fn from_packed(packed: u64) -> Code {
        Code { aligned: packed / 16, digits: (packed % 16) as u8 }
    }

    /// The chapter, 1 to 99.
    pub fn chapter(self) -> u8 {
        (self.aligned / 100_000_000) as u8
    }

    /// Whether it is a heading of chapters 98 and 99, the national chapters for special provisions.
    pub fn is_special(&self) -> bool {
        matches!(self.chapter(), 98 | 99)
    }

    /// The digits without dots: `9503000073`.
    pub fn plain(self) -> String {
        format!("{:010}", self.aligned)[..usize::from(self.digits)].to_owned()
    }
}

/// The number of `9503000073` or `9503.00.00.73`: the forms of almost every line, so eight digits are read at once.
fn ten_digits(text: &[u8]) -> Option<u64> {
    let digits: [u8; 10] = match *text {
        [a, b, c, d, e, f, g, h, i, j] => [a, b, c, d, e, f, g, h, i, j],
        [a, b, c, d, b'.', e, f, b'.', g, h, b'.', i, j] => [a, b, c, d, e, f, g, h, i, j],
        _ => return None,
    };
    let (eight, two) = digits.split_first_chunk::<8>().expect("ten bytes");
    // The first digit is the lowest byte. Those of 0 to 9 have a 3 above, and still when 6 is added.
    let word = u64::from_le_bytes(*eight);
    let above = |word: u64| word & 0xf0f0_f0f0_f0f0_f0f0;
    let are_digits = [word, word.wrapping_add(0x0606_0606_0606_0606)]
        .map(|word| above(word) == 0x3030_3030_3030_3030);
    if are_digits != [true; 2] || !two.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // Neighbours are joined: digits to numbers of two, those to numbers of four, those to one of eight.
    let ones = word & 0x0f0f_0f0f_0f0f_0f0f;
    let twos = (ones * 10 + (ones >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (twos * 100 + (twos >> 16)) & 0x0000_ffff_0000_ffff;
    let eight = (fours * 10_000 + (fours >> 32)) & 0xffff_ffff;
    Some(eight * 100 + u64::from(two[0] - b'0') * 10 + u64::from(two[1] - b'0'))
}

/// As brokers write it: `9503.00.00.73`.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.plain();
        let mut text = String::with_capacity(13);
        for (i, c) in plain.chars().enumerate() {
            if i >= 4 && i % 2 == 0 {
                text.push('.');
            }
            text.push(c);
        }
        f.pad(&text)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({self})")
    }
}

/// A heading as it is reported on an entry: a code of 4 to 10 digits in its usual dotted form.
pub type Heading = Code;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_optional_and_digits_count() {
        let code = Code::parse("9503.00.00.73").unwrap();
        assert_eq!(code, Code::parse(" 9503000073 ").unwrap());
        assert_eq!(code.to_string(), "9503.00.00.73");
        assert_eq!(code.plain(), "9503000073");
        assert_ne!(Code::parse("9503").unwrap(), Code::parse("9503000000").unwrap());
        assert_eq!(Code::parse("0101.21").unwrap().to_string(), "0101.21");
        assert_eq!(code.chapter(), 95);
    }

    #[test]
    fn a_prefix_covers_its_codes_and_nothing_else() {
        let heading = Code::parse("8504.40").unwrap();
        assert!(heading.covers(Code::parse("8504.40.95.10").unwrap()));
        assert!(heading.covers(heading));
        assert!(!heading.covers(Code::parse("8504").unwrap()));
        assert!(!heading.covers(Code::parse("8504.50").unwrap()));
    }

    #[test]
    fn ten_digits_at_once_are_read_as_one_by_one() {
        for text in ["9503000073", "9503.00.00.73", "0101210010", "9999999999", "0000000000"] {
            for at in 0..text.len() {
                for byte in 0..=127u8 {
                    let mut bytes = text.as_bytes().to_vec();
                    bytes[at] = byte;
                    let text = String::from_utf8(bytes).unwrap();
                    assert_eq!(Code::parse(&text), Code::parse_any(&text), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn bad_codes_say_what_is_wrong() {
        assert!(matches!(Code::parse("95O3"), Err(InvalidCode::NotDigits(_))));
        assert!(matches!(Code::parse("950"), Err(InvalidCode::Length(_, 3))));
        assert!(matches!(Code::parse("95030000731"), Err(InvalidCode::Length(_, 11))));
        assert!(matches!(Code::parse(""), Err(InvalidCode::Length(_, 0))));
    }
}
