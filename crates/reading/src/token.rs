//! Text -> tokens and sentences. A hyphen inside a word parts it like a space, so `90-day` and `90 day` read alike.

use std::ops::Range;

use tariff::{Exact, limits, parse_exact};

/// A word, a number or a mark of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'t> {
    pub span: Range<usize>,
    /// As it stands in the text.
    pub text: &'t str,
    /// In small letters, with straight apostrophes.
    pub low: String,
    pub sort: Sort,
    /// What stands between it and the token before.
    pub gap: Gap,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Word,
    Number(Exact),
    /// A sign with a meaning of its own: `,`, `%`, `—`.
    Mark,
}

/// The white space before a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    None,
    /// A hyphen inside a word.
    Hyphen,
    Space,
    Line,
    Paragraph,
}

/// The tokens of a text, in order.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found: Vec<Token<'_>> = Vec::with_capacity(text.len() / 5);
    let mut rest = text.char_indices().peekable();
    let mut gap = Gap::Paragraph;
    while let Some((start, c)) = rest.next() {
        if c.is_whitespace() {
            let wider = match (c, gap) {
                ('\n', Gap::Line | Gap::Paragraph) => Gap::Paragraph,
                ('\n', _) => Gap::Line,
                ('\u{2029}' | '\u{c}', _) => Gap::Paragraph,
                _ => Gap::Space,
            };
            gap = gap.max(wider);
            continue;
        }
        let end = if matches!(c, '\'' | '’') && gap == Gap::None && possessive(&text[start..]) {
            start + c.len_utf8() + 1
        } else if c.is_alphabetic() {
            word_end(text, start)
        } else if c.is_ascii_digit() {
            number_end(text, start)
        } else {
            start + c.len_utf8()
        };
        while rest.next_if(|(at, _)| *at < end).is_some() {}
        let piece = &text[start..end];
        let inside = c == '-' && gap == Gap::None && text[end..].starts_with(char::is_alphanumeric);
        if inside {
            gap = Gap::Hyphen;
            continue;
        }
        let sort = if c.is_alphabetic() {
            Sort::Word
        } else if c.is_ascii_digit() {
            parse_exact(piece).map_or(Sort::Word, Sort::Number)
        } else {
            Sort::Mark
        };
        let low = piece.replace('’', "'").to_lowercase();
        found.push(Token { span: start..end, text: piece, low, sort, gap });
        gap = Gap::None;
    }
    found
}

/// Where a word that starts at `start` ends: `U.S.` is one word, `China’s` is two.
fn word_end(text: &str, start: usize) -> usize {
    if let Some(end) = initials_end(text, start) {
        return end;
    }
    let mut end = start;
    let mut chars = text[start..].char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        let apostrophe = matches!(c, '\'' | '’') && next.is_some_and(char::is_alphabetic);
        if apostrophe && !possessive(&text[start + at..]) || c.is_alphanumeric() {
            end = start + at + c.len_utf8();
        } else {
            break;
        }
    }
    if end == start {
        // The apostrophe of a possessive that stands alone.
        end = start + text[start..].chars().next().map_or(1, char::len_utf8);
    }
    end
}

/// Whether the text goes on with `’s` as the end of a word.
fn possessive(rest: &str) -> bool {
    let mut chars = rest.chars().skip(1);
    matches!(chars.next(), Some('s' | 'S')) && !chars.next().is_some_and(char::is_alphanumeric)
}

/// The end of letters with points between them (`U.S.`, `E.O.`), where there are at least two.
fn initials_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = start;
    while at + 1 < bytes.len() && bytes[at].is_ascii_alphabetic() && bytes[at + 1] == b'.' {
        at += 2;
    }
    let goes_on = bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    (at >= start + 4 && !goes_on).then_some(at)
}

fn number_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = start;
    while at < bytes.len() {
        let digit_after = bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        match bytes[at] {
            // `25.5`, `1,000`, `12:01`.
            b'.' | b',' | b':' if digit_after => at += 1,
            c if c.is_ascii_alphanumeric() => at += 1,
            _ => break,
        }
    }
    at
}

/// The sentences of a text, as ranges of its tokens.
pub fn sentences(tokens: &[Token<'_>]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for at in 0..tokens.len() {
        let ends =
            at > start && (at - start >= limits::SENTENCE_TOKENS_MAX || begins(tokens, start, at));
        if ends {
            found.push(start..at);
            start = at;
        }
    }
    if start < tokens.len() {
        found.push(start..tokens.len());
    }
    found
}

const CLOSING: [&str; 6] = ["\"", "”", "'", "’", ")", "]"];

/// Whether a sentence begins at `at`.
fn begins(tokens: &[Token<'_>], start: usize, at: usize) -> bool {
    let token = &tokens[at];
    if token.gap == Gap::Paragraph {
        return true;
    }
    let bullet = token.gap == Gap::Line && matches!(token.text, "•" | "-" | "*" | "–" | "·");
    if bullet {
        return true;
    }
    if token.gap < Gap::Space {
        // `news.If you believe`: a point glued to a capital letter after a small one.
        let glued = tokens[at - 1].text == "."
            && at >= start + 2
            && token.text.starts_with(char::is_uppercase)
            && tokens[at - 2].text.len() > 2
            && tokens[at - 2].text.ends_with(char::is_lowercase);
        return glued;
    }
    let mut last = at - 1;
    while last > start && CLOSING.contains(&tokens[last].text) {
        last -= 1;
    }
    let mark = tokens[last].text;
    let starts_high = token.text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
        || token.sort == Sort::Mark;
    match mark {
        "!" | "?" => starts_high,
        "." => starts_high && !(last > start && abbreviates(&tokens[last - 1])),
        // A word that ends in its own point (`U.S.`) ends a sentence where a title-case word follows that
        // could begin one.
        _ if mark.ends_with('.') => {
            const OPENERS: [&str; 16] = [
                "the", "it", "this", "that", "in", "but", "on", "as", "for", "a", "an", "he",
                "she", "they", "however", "under",
            ];
            token.text.starts_with(char::is_uppercase) && OPENERS.contains(&token.low.as_str())
        }
        _ => false,
    }
}

/// Whether a point after this word belongs to it.
fn abbreviates(word: &Token<'_>) -> bool {
    const SHORT: [&str; 34] = [
        "no", "nos", "mr", "mrs", "ms", "dr", "inc", "corp", "ltd", "co", "v", "vs", "sec", "secs",
        "st", "gen", "sen", "rep", "gov", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep",
        "sept", "oct", "nov", "dec", "art", "approx", "fig",
    ];
    let letter = word.text.len() == 1 && word.text.starts_with(char::is_uppercase);
    letter || SHORT.contains(&word.low.as_str())
}
