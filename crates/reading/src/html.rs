//! A page -> the text of its article, and the date that the page states.
//!
//! The tokens of the page are looked at one by one, without a tree, so the depth of a page costs nothing.

use std::cell::{Cell, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use crate::dateline::{self, Dated, Found};

/// Elements whose text is never the article's, whose end is always marked by the tokenizer or the author.
const RAW: &[&str] = &["script", "style", "noscript", "iframe", "textarea", "title", "xmp"];

/// Elements around the article.
const AROUND: &[&str] = &[
    "nav", "aside", "footer", "form", "button", "select", "template", "svg", "math", "object",
    "dialog", "menu", "audio", "video", "canvas", "figure",
];

/// Elements that stand within a line.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "img", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
];

/// Names under which pages state when they were published, the surest first.
const PUBLISHED: &[&str] = &[
    "article:published_time",
    "datepublished",
    "publishdate",
    "publish_date",
    "pubdate",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "date",
    "parsely-pub-date",
    "sailthru.date",
];

/// An article has at least so many characters; a page whose parts have fewer is taken whole.
const ARTICLE_MIN: usize = 140;

/// The text of a page, paragraphs on lines of their own, and its date.
pub fn text(page: &str) -> (String, Option<Dated>) {
    let sink = Sink::default();
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(page));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let sink = tokenizer.sink;
    let dated = sink.dated.borrow().as_ref().map(|(_, dated)| *dated);
    let [article, main, plain, all] = sink.parts.map(|part| part.into_inner().text);
    let long = |text: &String| text.chars().count() >= ARTICLE_MIN;
    let chosen = if long(&article) {
        article
    } else if long(&main) {
        main
    } else if !plain.is_empty() && (long(&plain) || plain.len() * 2 > all.len()) {
        plain
    } else {
        // An element that was never closed has swallowed the article.
        all
    };
    (chosen, dated)
}

/// Text as it grows: runs of space are one, lines end where blocks do.
#[derive(Default)]
struct Part {
    text: String,
    /// What stands between the text and the next word.
    gap: Gap,
}

#[derive(Clone, Copy, Default, PartialEq, PartialOrd)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
    /// The end of a paragraph: two line ends, since one may stand within a sentence.
    Block,
}

impl Part {
    fn gap(&mut self, gap: Gap) {
        if gap > self.gap {
            self.gap = gap;
        }
    }

    fn push(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() || c == '\u{a0}' {
                self.gap(Gap::Space);
                continue;
            }
            if matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}') {
                continue;
            }
            match std::mem::take(&mut self.gap) {
                _ if self.text.is_empty() => {}
                Gap::None => {}
                Gap::Space => self.text.push(' '),
                Gap::Line => self.text.push('\n'),
                Gap::Block => self.text.push_str("\n\n"),
            }
            self.text.push(c);
        }
    }
}

#[derive(Default)]
struct Sink {
    /// What is in an article; in the main part; outside of navigation and the like; everywhere.
    parts: [RefCell<Part>; 4],
    in_article: Cell<usize>,
    in_main: Cell<usize>,
    in_around: Cell<usize>,
    in_raw: Cell<bool>,
    /// The date, and how sure its place is (lower is surer).
    dated: RefCell<Option<(usize, Dated)>>,
}

impl Sink {
    fn each(&self, act: impl Fn(&mut Part)) {
        if self.in_raw.get() {
            return;
        }
        let around = self.in_around.get() > 0;
        let wanted = [
            self.in_article.get() > 0 && !around,
            (self.in_main.get() > 0 || self.in_article.get() > 0) && !around,
            !around,
            true,
        ];
        for (part, wanted) in self.parts.iter().zip(wanted) {
            if wanted {
                act(&mut part.borrow_mut());
            }
        }
    }

    fn date(&self, sureness: usize, text: &str) {
        let Some(day) = dateline::iso(text).or_else(|| dateline::first(text)) else { return };
        let mut dated = self.dated.borrow_mut();
        if dated.as_ref().is_none_or(|(other, _)| sureness < *other) {
            *dated = Some((sureness, Dated { day, found: Found::Stated }));
        }
    }

    fn tag(&self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        let open = tag.kind == TagKind::StartTag;
        let step = |count: &Cell<usize>| match open {
            true if !tag.self_closing => count.set(count.get().saturating_add(1)),
            true => {}
            false => count.set(count.get().saturating_sub(1)),
        };
        if !INLINE.contains(&name) {
            let gap = if name == "br" { Gap::Line } else { Gap::Block };
            self.each(|part| part.gap(gap));
        }
        if AROUND.contains(&name) {
            step(&self.in_around);
        }
        match name {
            "article" => step(&self.in_article),
            "main" => step(&self.in_main),
            _ => {}
        }
        let attribute = |wanted: &str| {
            tag.attrs.iter().find(|a| &*a.name.local == wanted).map(|a| a.value.to_string())
        };
        if open && name == "meta" {
            let stated = attribute("property").or(attribute("name")).or(attribute("itemprop"));
            let stated = stated.map(|name| name.to_ascii_lowercase());
            let at = PUBLISHED.iter().position(|name| stated.as_deref() == Some(name));
            if let (Some(at), Some(content)) = (at, attribute("content")) {
                self.date(at, &content);
            }
        }
        if open
            && name == "time"
            && self.in_around.get() == 0
            && let Some(content) = attribute("datetime")
        {
            self.date(PUBLISHED.len(), &content);
        }
        if RAW.contains(&name) {
            self.in_raw.set(open && !tag.self_closing);
            if open {
                return TokenSinkResult::RawData(match name {
                    "script" => RawKind::ScriptData,
                    "textarea" | "title" => RawKind::Rcdata,
                    _ => RawKind::Rawtext,
                });
            }
        }
        TokenSinkResult::Continue
    }
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => return self.tag(&tag),
            Token::CharacterTokens(text) => self.each(|part| part.push(&text)),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}
