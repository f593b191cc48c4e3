//! The cells of a report as customs writes them.

use tariff::{Cents, Code, Day};

/// A cell without the wrapping that keeps spreadsheets from reading a number (`="605…"`, a leading
/// apostrophe), without blanks around it, those that do not break among them.
pub fn unwrapped(text: &str) -> &str {
    let blank = |c: char| c.is_whitespace() || c == '\u{a0}' || c == '\u{feff}';
    let mut text = text.trim_matches(blank);
    // Anything else behind the sign is a text that begins with it.
    if let Some(rest) = text.strip_prefix('=').filter(|rest| rest.starts_with('"')) {
        text = rest;
    }
    if text.len() >= 2 && text.starts_with('"') && text.ends_with('"') {
        text = &text[1..text.len() - 1];
    }
    text.strip_prefix('\'').unwrap_or(text).trim_matches(blank)
}

/// A date: `05/20/2025`, `5/20/2025`, `2025-05-20`, with or without a time behind it.
pub fn date(text: &str) -> Option<Day> {
    let day = text.split([' ', 'T']).next().unwrap_or(text);
    if let Ok(day) = Day::parse(day) {
        return Some(day);
    }
    let mut parts = day.split('/');
    let month = parts.next()?.parse().ok()?;
    let of_month = parts.next()?.parse().ok()?;
    let year = parts.next()?;
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    Day::new(year.parse().ok()?, month, of_month)
}

/// Money: `$2,567.49`, `2567.49`, `(1.00)` and `-1.00` below nothing, blank and `-` for nothing.
pub fn money(text: &str) -> Option<Cents> {
    let text = text.trim();
    if text.is_empty() || text == "-" || text == "$-" {
        return Some(Cents::ZERO);
    }
    let (inner, mut negative) = match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        Some(inner) => (inner.trim(), true),
        None => (text, false),
    };
    let mut digits = inner;
    for sign in ["-", "$", "-"] {
        if let Some(rest) = digits.strip_prefix(sign) {
            negative |= sign == "-";
            digits = rest.trim_start();
        }
    }
    let digits = digits.strip_prefix("USD").unwrap_or(digits).trim();
    let amount = Cents::parse(digits).ok()?;
    Some(if negative { -amount } else { amount })
}

/// A tariff number, dots or not; one that a spreadsheet took for a number has lost its first zero.
pub fn code(text: &str) -> Result<Code, String> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let lost = matches!(digits, 7 | 9) && text.bytes().all(|b| b.is_ascii_digit());
    let padded = if lost { format!("0{text}") } else { text.to_owned() };
    let code = Code::parse(&padded).map_err(|e| e.to_string())?;
    if code.digits() < 8 {
        return Err(format!("`{text}` has {} digits", code.digits()));
    }
    // Headings of chapter 99 have eight digits; some files fill them up to ten.
    let filled = code.chapter() == 99 && code.digits() == 10 && padded.ends_with("00");
    Ok(if filled { code.prefix(8) } else { code })
}

/// An entry number: letters and digits without hyphens and blanks.
pub fn entry(text: &str) -> Result<String, String> {
    let number: String = text
        .chars()
        .filter(|c| !matches!(c, '-' | ' ' | '\u{a0}'))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    // A spreadsheet took a number of digits alone for one, and dropped its first zero.
    let number = match number.len() {
        10 if number.bytes().all(|b| b.is_ascii_digit()) => format!("0{number}"),
        _ => number,
    };
    if number.len() != 11 || !number.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(format!("`{text}` is no entry number"));
    }
    Ok(number)
}

/// Yes and no as reports say them.
pub fn truth(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    !matches!(text.as_str(), "" | "n" | "no" | "false" | "0" | "none" | "not flagged")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapping_is_taken_off() {
        for text in ["=\"60512345678\"", " '60512345678 ", "\u{a0}60512345678", "\"60512345678\""] {
            assert_eq!(unwrapped(text), "60512345678", "{text}");
        }
        assert_eq!(unwrapped("=\"\""), "");
        assert_eq!(unwrapped("=Toys, Inc."), "=Toys, Inc.");
    }

    #[test]
    fn money_is_read_as_reports_write_it() {
        for (text, cents) in [
            ("$2,567.49", 256_749),
            ("(1.00)", -100),
            ("($1,000.50)", -100_050),
            ("-$3", -300),
            ("$-3", -300),
            ("0", 0),
            ("", 0),
            ("2567.4", 256_740),
        ] {
            assert_eq!(money(text), Some(Cents(cents)), "{text}");
        }
        for text in ["n/a", "1,00", "$", "((1))", "1e3"] {
            assert_eq!(money(text), None, "{text}");
        }
    }

    #[test]
    fn dates_are_american_or_of_iso() {
        let day = Day::parse("2025-05-02").ok();
        for text in ["05/02/2025", "5/2/2025", "2025-05-02", "05/02/2025 00:00:00"] {
            assert_eq!(date(text), day, "{text}");
        }
        for text in ["13/01/2025", "02/30/2025", "05/02/25", "2 May 2025", ""] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn lost_zeros_come_back() {
        assert_eq!(code("101210010").unwrap().plain(), "0101210010");
        assert_eq!(code("9903012400").unwrap().plain(), "99030124");
        assert_eq!(code("9903.01.24").unwrap().plain(), "99030124");
        assert!(code("9503").is_err());
        assert_eq!(entry("605-1234567-8").unwrap(), "60512345678");
        assert_eq!(entry("abc12345678").unwrap(), "ABC12345678");
        assert!(entry("605").is_err());
    }
}
