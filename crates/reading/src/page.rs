//! The report as a page: the text with its claims marked where they stand. It needs no script: what is known of
//! a claim shows when the pointer is over it or it is tapped, and stands below the text for print.
//!
//! Whatever comes from a document goes through [`escaped`], and nothing else writes it.

use std::fmt::Write;

use ledger::Ledger;

use crate::align::{Fact, Saying};
use crate::article::{Article, VERDICTS};
use crate::names::{about, agreed, carriers, grounds, outlets};
use crate::score::Checked;
use crate::verdict::Verdict;

/// Text as it may stand between tags and in quoted attributes. Characters that no page has become `�`.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            // They turn the direction of what follows.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// The sign of a verdict, for those who do not see colours.
fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Confirmed => "✓",
        Verdict::Imprecise => "≈",
        Verdict::Contradicted => "✗",
        Verdict::NotInLedger => "∅",
        Verdict::NotCheckable => "–",
        Verdict::Unsure => "?",
    }
}

fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Confirmed => "as the law has it",
        Verdict::Imprecise => "loose, the exact figure is told",
        Verdict::Contradicted => "the law says otherwise",
        Verdict::NotInLedger => "the ledger has no word of it",
        Verdict::NotCheckable => "nothing to hold it against",
        Verdict::Unsure => "it may be read in two ways",
    }
}

/// The beginning of the page. `asked` are the coordinates in words.
pub fn head(asked: &str) -> String {
    let legend: String = VERDICTS
        .iter()
        .map(|verdict| {
            let name = verdict.name();
            format!(
                "<li><span class=\"{name}\">{} {name}</span> {}</li>\n",
                sign(*verdict),
                meaning(*verdict)
            )
        })
        .collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Documents held against the law</title>\n<style>\n{}</style>\n</head>\n<body>\n\
         <h1>Documents held against the law</h1>\n<p class=\"meta\">{}</p>\n\
         <ul class=\"legend\">\n{legend}</ul>\n",
        include_str!("page.css"),
        escaped(asked)
    )
}

/// One document, `number` from 1.
pub fn article(number: usize, name: &str, article: &Article) -> String {
    let dated = match (article.document.dated, article.found) {
        (Some(day), Some(found)) => format!("{} ({})", day.in_words(), found.name()),
        _ => "no date found, held as known today".to_owned(),
    };
    let mut out = format!(
        "<article id=\"d{number}\">\n<h2>{}</h2>\n<p class=\"meta\">{} · {}</p>\n<div class=\"text\">\n{}</div>\n",
        escaped(name),
        escaped(&dated),
        escaped(&article.counts()),
        marked(number, article)
    );
    if !article.claims.is_empty() {
        out.push_str("<ol class=\"notes\">\n");
        for (at, checked) in article.claims.iter().enumerate() {
            let _ = writeln!(out, "<li id=\"d{number}n{}\">{}</li>", at + 1, note(checked));
        }
        out.push_str("</ol>\n");
    }
    out.push_str("</article>\n");
    out
}

/// A document that could not be read.
pub fn unread(number: usize, name: &str, why: &str) -> String {
    format!(
        "<article id=\"d{number}\">\n<h2>{}</h2>\n<p class=\"meta\">not read: {}</p>\n</article>\n",
        escaped(name),
        escaped(why)
    )
}

/// What is known of a claim: the verdict then, and today where it is another.
fn note((_, then, today): &Checked) -> String {
    let told = |held: &crate::verdict::Held| {
        let (words, cites) = grounds(held);
        let cites = match cites.is_empty() {
            true => String::new(),
            false => format!(" <span class=\"cites\">[{}]</span>", escaped(&cites)),
        };
        format!("{}{cites}", escaped(&words))
    };
    let mut out = format!("<b>{} {}</b>{}", sign(then.verdict), then.verdict.name(), told(then));
    if today.verdict != then.verdict || today.why != then.why {
        let _ = write!(out, "<br>Today {}: {}", today.verdict.name(), told(today));
    }
    out
}

/// The text in paragraphs, with claims and quotations marked. A mark that goes over the end of a paragraph is
/// taken up again in the next.
fn marked(number: usize, article: &Article) -> String {
    let text = &article.document.text;
    let mut out = String::new();
    let mut start = 0;
    let (mut claim_at, mut statement_at) = (0, 0);
    for line in text.split('\n') {
        let end = start + line.len();
        if !line.trim().is_empty() {
            out.push_str("<p>");
            // Claims and statements are in the order of the text, and do not overlap among themselves.
            while article.claims.get(claim_at).is_some_and(|(claim, _, _)| claim.span.end <= start)
            {
                claim_at += 1;
            }
            while article.statements.get(statement_at).is_some_and(|s| s.span.end <= start) {
                statement_at += 1;
            }
            let claims = article.claims[claim_at..].iter().enumerate();
            let claims: Vec<(usize, &Checked)> = claims
                .map(|(at, checked)| (claim_at + at, checked))
                .take_while(|(_, (claim, _, _))| claim.span.start < end)
                .collect();
            let quoted: Vec<std::ops::Range<usize>> = article.statements[statement_at..]
                .iter()
                .map(|statement| statement.span.clone())
                .take_while(|span| span.start < end)
                .collect();
            let mut at = start;
            for (index, checked) in claims {
                let span = checked.0.span.start.max(at)..checked.0.span.end.min(end);
                if span.is_empty() {
                    continue;
                }
                out.push_str(&plain(text, at..span.start, &quoted));
                let verdict = checked.1.verdict;
                let _ = write!(
                    out,
                    "<span class=\"c {}\" tabindex=\"0\" id=\"d{number}c{}\">{}<sup>{}{}</sup>\
                     <span class=\"tip\">{}</span></span>",
                    verdict.name(),
                    index + 1,
                    plain(text, span.clone(), &quoted),
                    sign(verdict),
                    index + 1,
                    note(checked)
                );
                at = span.end;
            }
            out.push_str(&plain(text, at..end, &quoted));
            out.push_str("</p>\n");
        }
        start = end + 1;
    }
    out
}

/// A stretch of text with the quotations in it.
fn plain(text: &str, range: std::ops::Range<usize>, quoted: &[std::ops::Range<usize>]) -> String {
    let mut out = String::new();
    let mut at = range.start;
    let piece = |range: std::ops::Range<usize>| escaped(text.get(range).unwrap_or_default());
    for span in quoted.iter().filter(|span| span.start < range.end && span.end > range.start) {
        let span = span.start.max(at)..span.end.min(range.end);
        if span.is_empty() {
            continue;
        }
        out.push_str(&piece(at..span.start));
        let _ = write!(out, "<span class=\"q\">{}</span>", piece(span.clone()));
        at = span.end;
    }
    out.push_str(&piece(at..range.end));
    out
}

/// What several documents have in common, and where they differ.
pub fn alignment(names: &[String], sayings: &[Saying], facts: &[Fact], ledger: &Ledger) -> String {
    let mut out = String::from("<section class=\"align\">\n");
    if !sayings.is_empty() {
        out.push_str("<h3>Said in several documents</h3>\n");
    }
    for saying in sayings {
        out.push_str("<ul>\n");
        for (at, version) in saying.versions.iter().enumerate() {
            let near = at == saying.nearest;
            let name = names.get(version.said.document).map_or("", String::as_str);
            let mut by = version.said.speaker.clone().unwrap_or_else(|| "nobody named".to_owned());
            by.push_str(&outlets(&version.said.outlets));
            let words: Vec<String> = version
                .against_nearest
                .iter()
                .map(|(word, same)| match same {
                    true => escaped(word),
                    false => format!("<span class=\"other\">{}</span>", escaped(word)),
                })
                .collect();
            let _ = writeln!(
                out,
                "<li{}>“{}”<span class=\"by\">{} · {}{}</span></li>",
                if near { " class=\"nearest\"" } else { "" },
                words.join(" "),
                escaped(&by),
                escaped(name),
                if near { " · nearest to the others" } else { "" }
            );
        }
        if let Some(recorded) = &saying.recorded {
            let zone = &ledger.territories[0].zone;
            let _ = writeln!(
                out,
                "<li>“{}”<span class=\"by\">in the ledger, {} · {}</span></li>",
                escaped(&recorded.words),
                recorded.date.print(zone),
                escaped(&recorded.sources.join(", "))
            );
        }
        out.push_str("</ul>\n");
    }
    for (title, of) in [
        ("Stated by all", Carried::All),
        ("Stated by some", Carried::Some),
        ("Stated by one", Carried::One),
    ] {
        let mut rows = String::new();
        for fact in facts.iter().filter(|fact| carried(fact, names.len()) == of) {
            let _ = write!(
                rows,
                "<li>{}{}<span class=\"by\">{}</span>",
                escaped(&about(&fact.about, ledger)),
                escaped(&agreed(fact)),
                escaped(&carriers(&fact.documents, names))
            );
            for figure in fact.figures.iter().filter(|figure| figure.values.len() > 1) {
                for (value, documents) in &figure.values {
                    let _ = write!(
                        rows,
                        "<span class=\"by\"><span class=\"other\">{} {}</span> {}</span>",
                        figure.field,
                        escaped(value),
                        escaped(&carriers(documents, names))
                    );
                }
            }
            rows.push_str("</li>\n");
        }
        if !rows.is_empty() {
            let _ = write!(out, "<h3>{title}</h3>\n<ul>\n{rows}</ul>\n");
        }
    }
    out.push_str("</section>\n");
    out
}

/// By how many documents a fact is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    All,
    Some,
    One,
}

/// By how many of `all` documents a fact is stated.
pub fn carried(fact: &Fact, all: usize) -> Carried {
    match fact.documents.len() {
        1 => Carried::One,
        some if some == all => Carried::All,
        _ => Carried::Some,
    }
}

/// The end of the page, with the words on the ledger.
pub fn foot(receipt: &str) -> String {
    format!("<p class=\"meta\">{}</p>\n</body>\n</html>\n", escaped(receipt))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tariff::Day;

    use super::*;
    use crate::claim::{Claim, Kind};
    use crate::document::Document;
    use crate::verdict::Held;

    /// A page with its own tags and escapes taken out: nothing that a browser reads as markup is left.
    fn bare(page: &str) -> String {
        let mut rest = page.to_owned();
        for tag in [
            "<article id=\"d1\">",
            "</article>",
            "<h2>",
            "</h2>",
            "<p class=\"meta\">",
            "</p>",
            "<p>",
            "<div class=\"text\">",
            "</div>",
            "<ol class=\"notes\">",
            "</ol>",
            "<li id=\"d1n1\">",
            "</li>",
            "<b>",
            "</b>",
            "<br>",
            "<span class=\"cites\">",
            "<span class=\"q\">",
            "<span class=\"tip\">",
            "<span class=\"c contradicted\" tabindex=\"0\" id=\"d1c1\">",
            "</span>",
            "<sup>",
            "</sup>",
        ] {
            rest = rest.replace(tag, "");
        }
        for entity in ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"] {
            rest = rest.replace(entity, "");
        }
        rest
    }

    proptest! {
        #[test]
        fn text_of_a_document_is_never_markup(
            text in "[a-z<>&\"'“”\n/=! é]{0,120}",
            name in "[a-z<>&\"'/]{0,20}",
            at in 0_usize..60,
            long in 1_usize..60,
        ) {
            let bounds: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let start = bounds[at.min(bounds.len() - 1)];
            let end = bounds[(at + long).min(bounds.len() - 1)];
            let held = Held {
                verdict: Verdict::Contradicted,
                exact: Some(text.clone()),
                cites: vec![name.clone()],
                why: text.clone(),
            };
            let claims = if start < end {
                vec![(Claim::new(Kind::Rate, start..end), held.clone(), held)]
            } else {
                Vec::new()
            };
            let statements = crate::statements(&text);
            let document = Document { name: name.clone(), dated: Day::new(2025, 5, 30), text };
            let page = article(1, &name, &Article { document, found: None, claims, claims_left: 0, statements });
            let bare = bare(&page);
            prop_assert!(!bare.contains(['<', '>', '&', '"', '\'']), "{bare}");
        }
    }
}
