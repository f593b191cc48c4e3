//! The report on a terminal.

use std::fmt::Write;

use reading::score::Checked;
use reading::{Held, Statement, Verdict};

use super::{Article, Read};
use crate::question::Question;
use crate::text::wrapped;

/// Where the words of a claim begin.
const WORDS: usize = 17;

/// The longest stretch of a document that is shown, in characters.
const SHOWN_MAX: usize = 300;

/// Verdicts in the order of reports.
pub const ORDER: [Verdict; 6] = [
    Verdict::Confirmed,
    Verdict::Imprecise,
    Verdict::Contradicted,
    Verdict::NotInLedger,
    Verdict::NotCheckable,
    Verdict::Unsure,
];

/// Whether a verdict says that the document should be mended.
pub fn is_wrong(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Imprecise | Verdict::Contradicted)
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
    let _ = writeln!(out, "  {}\n", counts(article));
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

/// `9 claims: 7 confirmed, 2 imprecise · 5 quotations`
pub fn counts(article: &Article) -> String {
    let all = article.claims.len();
    let each = ORDER.iter().filter_map(|verdict| {
        let of = article.claims.iter().filter(|(_, then, _)| then.verdict == *verdict).count();
        (of > 0).then(|| format!("{of} {}", verdict.name()))
    });
    let each: Vec<String> = each.collect();
    let claims = match all {
        0 => "no claim about trade measures".to_owned(),
        1 => format!("1 claim: {}", each.join(", ")),
        _ => format!("{all} claims: {}", each.join(", ")),
    };
    match article.statements.len() {
        0 => claims,
        1 => format!("{claims} · 1 quotation"),
        quoted => format!("{claims} · {quoted} quotations"),
    }
}

fn claim((claim, then, today): &Checked, text: &str) -> String {
    let mut out = String::new();
    let words = shown(text.get(claim.span.clone()).unwrap_or_default());
    let head = format!("“{words}”");
    let _ = writeln!(out, "  {:<15}{}", then.verdict.name(), wrapped(&head, WORDS));
    let _ = writeln!(out, "{:WORDS$}{}", "", wrapped(&grounds(then), WORDS));
    if today.verdict != then.verdict || today.why != then.why {
        let told = format!("today {}: {}", today.verdict.name(), grounds(today));
        let _ = writeln!(out, "{:WORDS$}{}", "", wrapped(&told, WORDS));
    }
    out.push('\n');
    out
}

/// The exact figure, why, and by which law.
fn grounds(held: &Held) -> String {
    let exact = held.exact.as_ref().filter(|exact| !held.why.contains(exact.as_str()));
    let exact = exact.map(|exact| format!("{}: ", exact.trim_end_matches('.')));
    let cites = match held.cites.is_empty() {
        true => String::new(),
        false => format!(" [{}]", held.cites.join(", ")),
    };
    format!("{}{}{cites}", exact.unwrap_or_default(), held.why)
}

fn quoted(statement: &Statement) -> String {
    let mut who = statement.speaker.as_deref().map_or("nobody named".to_owned(), shown);
    if let Some(first) = statement.outlets.first() {
        let _ = write!(who, ", {}", shown(first));
    }
    for other in statement.outlets.iter().skip(1) {
        let _ = write!(who, ", by {}", shown(other));
    }
    let told = format!("{who}: “{}”", shown(&statement.words));
    format!("    {}\n", wrapped(&told, 6))
}

/// Words of a document as a terminal may show them: on one line, no longer than people read, and without
/// characters that steer a terminal or turn the direction of writing.
pub fn shown(text: &str) -> String {
    let steers = |c: char| {
        c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
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
