use std::fmt;

use thiserror::Error;

/// A country of origin by its ISO 3166-1 alpha-2 code, upper case.
///
/// That the letters name a country at all is for the ledger to say (`law/areas`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country([u8; 2]);

/// A text that is not two letters.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a two-letter country code")]
pub struct InvalidCountry(pub String);

impl Country {
    /// Reads two ASCII letters in either case.
    pub fn parse(text: &str) -> Result<Country, InvalidCountry> {
        match text.trim().as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Ok(Country([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => Err(InvalidCountry(text.trim().to_owned())),
        }
    }

    /// How many codes of two letters there are.
    pub const INDEXES: usize = 26 * 26;

    /// The place of the code among all of two letters.
    #[inline]
    pub const fn index(self) -> usize {
        (self.0[0] - b'A') as usize * 26 + (self.0[1] - b'A') as usize
    }

    /// Every code of two letters, by its place.
    pub fn all() -> impl Iterator<Item = Country> {
        (b'A'..=b'Z').flat_map(|a| (b'A'..=b'Z').map(move |b| Country([a, b])))
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("two ASCII letters")
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({self})")
    }
}
