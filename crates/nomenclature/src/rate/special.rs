//! The special column: rates, each for the programs whose symbols stand after it.

use std::fmt;

use super::{RateError, RateText, clean, parse_clean, unmarked};

/// One rate of a special cell.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpecialRate {
    /// Program symbols in order, each once: `A*`, `KR`, `S+`. Empty where the text names none
    /// (chapters 98 and 99): then the rate is for every program.
    pub symbols: Vec<String>,
    pub rate: RateText,
}

/// Reads a special cell: `Free (A,AU) 1.7% (KR) See 9822.04.01 (S+)`. A blank cell is no rate.
///
/// # Errors
/// When one of the rates is not in the grammar; the error shows that rate alone.
pub fn parse_special(text: &str) -> Result<Vec<SpecialRate>, RateError> {
    pieces(text)
        .into_iter()
        .map(|(rate, symbols)| Ok(SpecialRate { symbols, rate: parse_clean(&rate)? }))
        .collect()
}

/// The normal form of a special cell: noise gone, symbols in order.
pub fn normal_special(text: &str) -> String {
    pieces(text)
        .into_iter()
        .map(
            |(rate, symbols)| {
                if symbols.is_empty() { rate } else { format!("{rate} ({})", symbols.join(",")) }
            },
        )
        .collect::<Vec<_>>()
        .join(" ")
}

/// Cuts a cell into cleaned rate texts, each with its symbols.
fn pieces(text: &str) -> Vec<(String, Vec<String>)> {
    let text = unmarked(text);
    let mut out = Vec::new();
    let (mut start, mut look) = (0, 0);
    while let Some(open) = text[look..].find('(').map(|i| i + look) {
        // A list that lost its closing parenthesis runs to the end.
        let close = text[open..].find(')').map_or(text.len(), |i| i + open);
        look = (close + 1).min(text.len());
        // Other parentheses (`(see U.S. note 3 …)`, `note 3(e)`) belong to the rate.
        if let Some(symbols) = symbols(&text[open + 1..close]) {
            out.push((clean(&text[start..open]), symbols));
            start = look;
        }
    }
    let tail = clean(&text[start..]);
    if !tail.is_empty() {
        out.push((tail, Vec::new()));
    }
    out
}

/// The symbols of a list, or `None` when it is no list of symbols.
fn symbols(list: &str) -> Option<Vec<String>> {
    let mut out = Vec::new();
    for token in list.split([',', ' ', '.', '(', ';']).filter(|t| !t.is_empty()) {
        if is_symbol(token) {
            out.push(token.to_owned());
            continue;
        }
        // A comma got lost: `EIL` is `E` and `IL`.
        let mut cuts = (1..token.len())
            .filter_map(|at| Some((token.get(..at)?, token.get(at..)?)))
            .filter(|(a, b)| KNOWN.contains(a) && KNOWN.contains(b));
        let (a, b) = cuts.next()?;
        if cuts.next().is_some() {
            return None;
        }
        out.extend([a.to_owned(), b.to_owned()]);
    }
    out.sort();
    out.dedup();
    (!out.is_empty()).then_some(out)
}

/// The symbols of General note 3(c) and those of chapters 98 and 99; others of the same shape are
/// read too, so that a new agreement does not stop an import.
const KNOWN: &[&str] = &[
    "A", "A*", "A+", "AU", "B", "BH", "C", "CA", "CL", "CO", "D", "E", "E*", "IL", "J", "J*", "JO",
    "JP", "K", "KR", "L", "MA", "MX", "NP", "OM", "P", "P+", "PA", "PE", "R", "S", "S+", "SG",
];

fn is_symbol(token: &str) -> bool {
    let letters = token.strip_suffix(['*', '+']).unwrap_or(token);
    (1..=2).contains(&letters.len()) && letters.bytes().all(|b| b.is_ascii_uppercase())
}

impl fmt::Display for SpecialRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.symbols.is_empty() {
            return self.rate.fmt(f);
        }
        write!(f, "{} ({})", self.rate, self.symbols.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misprinted_symbol_lists_are_read() {
        for (text, normal) in [
            ("Free (A*,AU,D,EIL,JO…".replace('…', "").as_str(), "Free (A*,AU,D,E,IL,JO)"),
            ("Free (KR,MA,.OM,P)", "Free (KR,MA,OM,P)"),
            ("Free(SG, A, KR)25% (KR)", "Free (A,KR,SG) 25% (KR)"),
            ("See 9919.04.50, 9919.04.57 (PA (PA)", "See 9919.04.50, 9919.04.57 (PA)"),
            ("Free (E IL)", "Free (E,IL)"),
            ("80.4¢/kg +6.4% (S+)", "80.4¢/kg + 6.4% (S+)"),
            (" \u{a0}", ""),
        ] {
            assert_eq!(normal_special(text), normal);
            assert!(parse_special(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn parentheses_of_a_rate_are_not_symbols() {
        let text = "Free (AU,BH) A duty upon the value of the repairs or alterations (see U.S. note 3 of this subchapter) (B,C,)";
        let rates = parse_special(text).unwrap();
        assert_eq!(rates.len(), 2);
        assert_eq!(rates[1].symbols, ["B", "C"]);
        assert!(rates[1].rate.is_classified());
    }
}
