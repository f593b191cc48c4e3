//! Bytes -> characters: UTF-8, UTF-16 with its mark, or Windows-1252.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::document::Unreadable;

/// Files that people have and that are no text, by how they begin.
const OTHERS: &[(&[u8], &str)] = &[
    (b"%PDF-", "is a PDF"),
    (b"PK\x03\x04", "is a packed file (Word, Excel, zip)"),
    (b"\xD0\xCF\x11\xE0", "is a file of an old office program"),
    (b"\x89PNG", "is a picture"),
    (b"\xFF\xD8\xFF", "is a picture"),
    (b"GIF8", "is a picture"),
    (b"\x1F\x8B", "is compressed"),
    (b"{\\rtf", "is rich text"),
];

const HELP: &str = "save it as text, Markdown or HTML";

/// Of so many characters one may be a control character that no text has.
const CONTROLS_ONE_IN: usize = 100;

/// How much of a page is looked at for the name of its encoding.
const DECLARED_WITHIN: usize = 1_024;

/// The characters of a text.
///
/// # Errors
/// When the bytes are of a known other kind, or hold characters that no text has.
pub fn decode(bytes: &[u8]) -> Result<String, Unreadable> {
    if let Some((_, what)) = OTHERS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(Unreadable { message: format!("{what}, not text"), help: HELP });
    }
    let (encoding, mark) = match Encoding::for_bom(bytes) {
        Some(marked) => marked,
        None => (unmarked(bytes), 0),
    };
    let rest = bytes.get(mark..).unwrap_or_default();
    let (text, _) = encoding.decode_without_bom_handling(rest);
    let control = |c: &char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    let controls = text.chars().filter(control).count();
    if controls * CONTROLS_ONE_IN > text.chars().count() {
        let message = format!("is no text: {controls} of its characters are control characters");
        return Err(Unreadable { message, help: HELP });
    }
    Ok(text.into_owned())
}

/// The encoding of bytes without a mark: UTF-8 if they are, or nearly; else what a page declares; else the one
/// that old programs write.
fn unmarked(bytes: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let start = bytes.get(..DECLARED_WITHIN).unwrap_or(bytes);
    let start = String::from_utf8_lossy(start).to_ascii_lowercase();
    let declared = start.split("charset=").nth(1).and_then(|rest| {
        let name = rest.trim_start_matches(['"', '\'']);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
        Encoding::for_label(name.get(..end.unwrap_or(name.len()))?.as_bytes())
    });
    if let Some(declared) = declared {
        return declared;
    }
    // A text of which a few bytes were lost is still UTF-8: it has more whole sequences than broken ones.
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    if whole > broken { UTF_8 } else { WINDOWS_1252 }
}
