//! Words in a picture: how wide they are, where lines break, how SVG writes them.

use crate::chart::Px;

/// About how wide a text is in a sans-serif face of this size in pixels. Faces differ, so leave room.
pub fn width_px(text: &str, size: i64) -> Px {
    // Hundredths of the size, after DejaVu Sans, the widest of the faces that stand in for Helvetica.
    let wide = |c: char| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '’' | 'I' => 31,
        ' ' | 'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '/' | '-' | '·' => 39,
        'm' | 'w' | 'M' | 'W' | '%' | '—' | '→' => 97,
        'A'..='Z' => 70,
        _ => 62,
    };
    let hundredths: i64 = text.chars().map(wide).sum();
    Px::tenths((hundredths * size + 9) / 10)
}

/// Lines no wider than `room`, broken between words; a word that is wider stands alone.
pub fn lines(text: &str, size: i64, room: Px) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line)
                if width_px(line, size) + width_px(" ", size) + width_px(word, size) <= room =>
            {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The text as SVG writes it, in attributes too.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_hold_what_they_can() {
        let broken = lines("the rates of both sides over time", 10, Px::of(80));
        assert!(broken.len() > 1);
        assert_eq!(broken.join(" "), "the rates of both sides over time");
        assert!(broken.iter().all(|line| width_px(line, 10) <= Px::of(80)));
        assert_eq!(lines("immeasurablylongword", 10, Px::of(20)), ["immeasurablylongword"]);
    }

    #[test]
    fn marks_of_svg_are_escaped() {
        assert_eq!(escaped("a < b & \"c\""), "a &lt; b &amp; &quot;c&quot;");
    }
}
