//! Bytes of a document -> its main text and its date.

use tariff::{Day, limits};

use crate::dateline::{self, Dated};
use crate::{decode, html, markdown};

/// The main text of a document. All spans are byte offsets into `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub name: String,
    /// When it was written: as stated by the user, or found in the text.
    pub dated: Option<Day>,
    pub text: String,
}

/// Why bytes are no document: what is wrong, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    pub message: String,
    pub help: &'static str,
}

/// How the words of a document are wrapped up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Plain,
    Markdown,
    Html,
}

/// The main text of a file and the date that it states of itself. Plain text stays as it is, but for line ends; of
/// Markdown the marks go, of HTML everything but the article. `name` tells by its ending what the bytes are;
/// HTML is also known by its beginning.
///
/// # Errors
/// When the bytes are no text, or too many ([`limits::DOCUMENT_BYTES_MAX`]).
pub fn main_text(name: &str, bytes: &[u8]) -> Result<(String, Option<Dated>), Unreadable> {
    if bytes.len() > limits::DOCUMENT_BYTES_MAX {
        return Err(Unreadable {
            message: format!(
                "holds {} MiB, a document may have {}",
                bytes.len() >> 20,
                limits::DOCUMENT_BYTES_MAX >> 20
            ),
            help: "give the article alone, or parts of it",
        });
    }
    let decoded = decode::decode(bytes)?;
    let form = form(name, &decoded);
    let (text, stated) = match form {
        Form::Plain => (one_line_end(decoded), None),
        Form::Markdown => (markdown::text(&decoded), None),
        Form::Html => html::text(&decoded),
    };
    let dated = stated.or_else(|| dateline::find(&text));
    Ok((text, dated))
}

fn form(name: &str, text: &str) -> Form {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("html" | "htm" | "xhtml") => return Form::Html,
        Some("md" | "markdown") => return Form::Markdown,
        _ => {}
    }
    let start: String = text.trim_start().chars().take(15).collect::<String>().to_ascii_lowercase();
    match start.starts_with("<!doctype html") || start.starts_with("<html") {
        true => Form::Html,
        false => Form::Plain,
    }
}

/// Lines end in a line feed, as they do in the strings of most languages once a file is read.
fn one_line_end(text: String) -> String {
    match text.contains('\r') {
        true => text.replace("\r\n", "\n").replace('\r', "\n"),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str, bytes: &[u8]) -> String {
        main_text(name, bytes).map(|(text, _)| text).unwrap_or_else(|e| panic!("{}", e.message))
    }

    #[test]
    fn text_of_three_encodings_is_the_same() {
        let words = "Duties – “10%” on café";
        let utf16: Vec<u8> = [0xFEFF_u16]
            .into_iter()
            .chain(words.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        let windows = b"Duties \x96 \x9310%\x94 on caf\xe9";
        assert_eq!(text("a.txt", words.as_bytes()), words);
        assert_eq!(text("a.txt", &utf16), words);
        assert_eq!(text("a.txt", windows), words);
    }

    #[test]
    fn a_picture_and_a_word_file_are_refused() {
        for bytes in [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], b"PK\x03\x04\x14\0", b"%PDF-1.7\n"] {
            let refused = main_text("a", bytes).expect_err("no text");
            assert!(refused.message.contains("is"), "{}", refused.message);
        }
    }

    #[test]
    fn the_article_of_a_page_is_its_main_text() {
        let page = "<!doctype html><html><head><title>T</title><style>p{}</style>\
            <meta property='article:published_time' content='2025-05-30T08:00:00Z'></head><body>\
            <nav>Home 145%</nav><article><h1>Duties</h1><p>They fell to <b>30</b>&#37;.</p>\
            <script>var x = '<p>99%</p>';</script><p>On 14&nbsp;May.</p></article>\
            <footer>Ads 50%</footer></body></html>";
        let (text, dated) = main_text("x", page.as_bytes()).expect("a page");
        assert_eq!(text, "Duties\nThey fell to 30%.\nOn 14 May.");
        assert_eq!(dated.map(|d| d.day.to_string()).as_deref(), Some("2025-05-30"));
    }

    #[test]
    fn markdown_loses_its_marks() {
        let source =
            "# Duties\n\nThey *fell* to [30%](https://x.example) from\n**145%**.\n\n- one\n- two\n";
        assert_eq!(
            text("a.md", source.as_bytes()),
            "Duties\nThey fell to 30% from 145%.\none\ntwo"
        );
    }
}
