//! The noise of the official files: mark-up, spacing, broken words, stray stops.
//!
//! Noise is what may change between two revisions without any change of law. Everything that
//! compares or stores a text goes through here first.

/// Misprints met in the official files and what was meant. Lower case on both sides.
const MISPRINTS: &[(&str, &str)] = &[
    ("weght", "weight"),
    ("provided inthe ", "provided in the "),
    ("in the in the ", "in the "),
    ("oralterations", "or alterations"),
    ("on thebattery", "on the battery"),
    ("/m2of ", "/m2 of "),
    ("pf.liter", "pf. liter"),
    ("/line/gross", "/line gross"),
];

/// First halves of words that really carry the hyphen at which a line was broken.
const HYPHENATED: &[&str] = &["internal", "non"];

/// Abbreviations whose final stop belongs to them.
const ABBREVIATIONS: &[&str] = &["doz.", "pr.", "prs.", "No.", "lin."];

/// A text without tags and with single blanks; the exponents of `m²` and `m³` become digits.
pub fn unmarked(text: &str) -> String {
    if is_unmarked(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        match rest[open..].find('>') {
            Some(close) => rest = &rest[open + close + 1..],
            None => {
                out.push('<');
                rest = &rest[open + 1..];
            }
        }
    }
    out.push_str(rest);
    let plain: String = out
        .chars()
        .filter(|c| !matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}'))
        .map(|c| match c {
            '²' => '2',
            '³' => '3',
            '’' => '\'',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text has neither tags nor superfluous blanks: all that the schedule stores are so.
fn is_unmarked(text: &str) -> bool {
    let mut blank = true;
    let mut plain = text.chars().map(|c| {
        let doubled = blank && c == ' ';
        blank = c == ' ';
        !doubled && (matches!(c, ' '..='~' | '¢') && c != '<')
    });
    plain.all(|plain| plain) && (!blank || text.is_empty())
}

/// The normal form of a rate text without program symbols: what two revisions are compared by and
/// what the schedule stores. Empty when the cell holds nothing but blanks and punctuation.
pub fn clean(text: &str) -> String {
    let mut text = joined(&unmarked(text));
    for (tight, loose) in
        [("¢ /", "¢/"), ("/ ", "/"), (" %", "%"), (" ,", ","), (" plus ", " + "), ("+", " + ")]
    {
        if text.contains(tight) {
            text = text.replace(tight, loose);
        }
    }
    if text.contains("  ") {
        text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let lower = text.to_ascii_lowercase();
    for (misprint, meant) in MISPRINTS {
        if lower.contains(misprint) {
            text = replaced(&text, misprint, meant);
        }
    }
    let mut text = text.trim().to_owned();
    loop {
        let last = text.rsplit([' ', '/']).next().unwrap_or_default();
        let stray = text.ends_with(['/', ':', ';', ',', ' '])
            || text.ends_with('.') && !ABBREVIATIONS.contains(&last);
        if !stray {
            return text;
        }
        text.pop();
    }
}

/// Joins words broken at the end of a printed line: `thou- sand`.
fn joined(text: &str) -> String {
    if !text.contains("- ") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("- ") {
        let (before, after) = (&rest[..at], &rest[at + 2..]);
        let broken = before.ends_with(|c: char| c.is_ascii_alphabetic())
            && after.starts_with(|c: char| c.is_ascii_lowercase());
        out.push_str(before);
        let word = before.rsplit(' ').next().unwrap_or_default();
        if !broken {
            out.push_str("- ");
        } else if HYPHENATED.iter().any(|h| word.eq_ignore_ascii_case(h)) {
            out.push('-');
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Replaces `from` (lower case ASCII) wherever it stands, whatever its case.
fn replaced(text: &str, from: &str, to: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.to_ascii_lowercase().find(from) {
        out.push_str(&rest[..at]);
        out.push_str(to);
        rest = &rest[at + from.len()..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_goes_and_the_text_stays() {
        for (noisy, plain) in [
            ("2.5% <u></u>", "2.5%"),
            ("<il>86.1¢/m<sup>2</sup></il>of recording surface", "86.1¢/m2 of recording surface"),
            ("$2.50/thou- sand + 40%", "$2.50/thousand + 40%"),
            ("2.2¢/kg \u{a0}+  33.5%", "2.2¢/kg + 33.5%"),
            ("4.5¢/ liter", "4.5¢/liter"),
            ("37% /", "37%"),
            (" : ", ""),
            ("2.8¢/doz.", "2.8¢/doz."),
            ("internal- revenue tax.", "internal-revenue tax"),
            ("0.3¢/line/ gross + 4.6%", "0.3¢/line gross + 4.6%"),
            ("a < b", "a < b"),
            (" 5%", "5%"),
            ("5% ", "5%"),
            ("", ""),
        ] {
            assert_eq!(clean(noisy), plain);
        }
    }
}
