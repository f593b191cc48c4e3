//! Markdown -> the text that a reader sees: marks, addresses of links, pictures, code and raw HTML go.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The text, paragraphs and rows on lines of their own.
pub fn text(source: &str) -> String {
    let mut out = String::new();
    let mut hidden = 0_usize;
    let line = |out: &mut String| {
        while out.ends_with(' ') {
            out.pop();
        }
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
    };
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    for event in Parser::new_ext(source, options) {
        match event {
            Event::Start(Tag::Image { .. } | Tag::CodeBlock(_) | Tag::HtmlBlock) => hidden += 1,
            Event::End(TagEnd::Image | TagEnd::CodeBlock | TagEnd::HtmlBlock) => {
                hidden = hidden.saturating_sub(1);
            }
            Event::Text(text) | Event::Code(text) if hidden == 0 => out.push_str(&text),
            Event::SoftBreak if hidden == 0 => out.push(' '),
            Event::HardBreak | Event::Rule => line(&mut out),
            Event::End(TagEnd::TableCell) => out.push_str("  "),
            Event::Start(tag) if block(&tag) => line(&mut out),
            Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::Item
                | TagEnd::TableRow
                | TagEnd::TableHead
                | TagEnd::MetadataBlock(_),
            ) => line(&mut out),
            _ => {}
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn block(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Paragraph
            | Tag::Heading { .. }
            | Tag::Item
            | Tag::List(_)
            | Tag::BlockQuote(_)
            | Tag::Table(_)
    )
}
