//! The report on a terminal.

use std::fmt::Write;

use reading::align::{Fact, Saying};
use reading::names::{about, agreed, carriers, grounds, outlets};
use reading::page::{Carried, carried};
use reading::score::Checked;
use reading::{Article, Held, Statement};

use super::Read;
use ledger::Ledger;

use crate::question::Question;
use crate::text::{source, wrapped};

/// Where the words of a claim begin.
const WORDS: usize = 17;

/// The longest stretch of a document that is shown, in characters.
const SHOWN_MAX: usize = 300;

/// One document in a line, where the page has the rest.
pub fn line(read: &Read) -> String {
    match &read.outcome {
        Err(failure) => format!("{}: {}; {}\n", read.name, failure.message, failure.help),
        Ok(article) => format!("{}: {}\n", read.name, article.counts()),
    }
}

/// What one document claims and quotes.
pub fn document(read: &Read, question: &Question) -> String {
    match &read.outcome {
        Err(failure) => format!("{}\n  {}: {}\n\n", read.name, failure.message, failure.help),
        Ok(article) => told(&read.name, article, question),
    }
}

fn told(name: &str, article: &Article, question: &Question) -> String {
    let mut out = String::new();
    let dated = match (article.document.dated, article.found) {
        (Some(day), Some(found)) => format!("{} ({})", day.in_words(), found.name()),
        _ => "no date found, held as known today (--dated says when it was written)".to_owned(),
    };
    let head = format!("{name} · {dated} · {}", question.in_words());
    let _ = writeln!(out, "{}", wrapped(&head, 2));
    let _ = writeln!(out, "  {}\n", article.counts());
    for checked in &article.claims {
        out.push_str(&claim(checked, &article.document.text));
    }
    if !article.statements.is_empty() {
        let _ = writeln!(out, "  Quoted");
        for statement in &article.statements {
            out.push_str(&quoted(statement));
        }
        out.push('\n');
    }
    out
}

fn claim((claim, then, today): &Checked, text: &str) -> String {
    let mut out = String::new();
    let words = shown(text.get(claim.span.clone()).unwrap_or_default());
    let head = format!("“{words}”");
    let _ = writeln!(out, "  {:<15}{}", then.verdict.name(), wrapped(&head, WORDS));
    let _ = writeln!(out, "{:WORDS$}{}", "", wrapped(&told_of(then), WORDS));
    if today.verdict != then.verdict || today.why != then.why {
        let told = format!("today {}: {}", today.verdict.name(), told_of(today));
        let _ = writeln!(out, "{:WORDS$}{}", "", wrapped(&told, WORDS));
    }
    out.push('\n');
    out
}

/// The exact figure, why, and by which law.
fn told_of(held: &Held) -> String {
    let (words, cites) = grounds(held);
    if cites.is_empty() { words } else { format!("{words} [{cites}]") }
}

fn quoted(statement: &Statement) -> String {
    let mut who = statement.speaker.as_deref().map_or("nobody named".to_owned(), shown);
    who.push_str(&shown(&outlets(&statement.outlets)));
    let told = format!("{who}: “{}”", shown(&statement.words));
    format!("    {}\n", wrapped(&told, 6))
}

/// Words of a document as a terminal may show them: on one line, no longer than people read, and without
/// characters that steer a terminal or turn the direction of writing.
pub fn shown(text: &str) -> String {
    let steers =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut out: String = text
        .chars()
        .take(SHOWN_MAX + 1)
        .map(|c| if c.is_whitespace() || steers(c) { ' ' } else { c })
        .collect();
    if let Some((end, _)) = out.char_indices().nth(SHOWN_MAX) {
        out.truncate(end);
        out.push('…');
    }
    out
}

/// What several documents have in common, and where they differ.
pub fn alignment(names: &[String], sayings: &[Saying], facts: &[Fact], ledger: &Ledger) -> String {
    let mut out = String::new();
    if !sayings.is_empty() {
        out.push_str("Said in several documents (*other words than the nearest version*)\n\n");
    }
    for saying in sayings {
        for (at, version) in saying.versions.iter().enumerate() {
            let name = names.get(version.said.document).map_or("", String::as_str);
            let words = marked(&version.against_nearest);
            let speaker = version.said.speaker.as_deref().unwrap_or("nobody named");
            let by = format!("{}{}", shown(speaker), shown(&outlets(&version.said.outlets)));
            let sign = if at == saying.nearest { '>' } else { ' ' };
            let told = format!("“{}” {by}; {name}", shown(&words));
            let _ = writeln!(out, "  {sign} {}", wrapped(&told, 6));
        }
        if let Some(recorded) = &saying.recorded {
            let date = recorded.date.print(&ledger.territories[0].zone);
            let sources: Vec<String> = recorded.sources.iter().map(|s| source(s)).collect();
            let told =
                format!("“{}” in the ledger, {date}; {}", recorded.words, sources.join(", "));
            let _ = writeln!(out, "  = {}", wrapped(&told, 6));
        }
        out.push('\n');
    }
    for (title, of) in [
        ("Stated by all documents", Carried::All),
        ("Stated by some documents", Carried::Some),
        ("Stated by one document", Carried::One),
    ] {
        let facts: Vec<&Fact> =
            facts.iter().filter(|fact| carried(fact, names.len()) == of).collect();
        if facts.is_empty() {
            continue;
        }
        let _ = writeln!(out, "{title}\n");
        for fact in facts {
            let told = format!("{}{}", shown(&about(&fact.about, ledger)), agreed(fact));
            let _ = writeln!(out, "  {}", wrapped(&told, 4));
            let _ = writeln!(out, "    {}", wrapped(&carriers(&fact.documents, names), 6));
            for figure in fact.figures.iter().filter(|figure| figure.values.len() > 1) {
                let each = figure.values.iter().map(|(value, documents)| {
                    format!("{} {value} ({})", figure.field, carriers(documents, names))
                });
                let told = format!("differ: {}", each.collect::<Vec<String>>().join("; "));
                let _ = writeln!(out, "    {}", wrapped(&told, 6));
            }
        }
        out.push('\n');
    }
    out
}

/// A version with the words marked that the nearest does not have.
fn marked(words: &[(String, bool)]) -> String {
    let mut out = String::new();
    let mut open = false;
    for (word, same) in words {
        if open && *same {
            out.push('*');
        }
        if !out.is_empty() {
            out.push(' ');
        }
        if !open && !*same {
            out.push('*');
        }
        open = !*same;
        out.push_str(word);
    }
    if open {
        out.push('*');
    }
    out
}
