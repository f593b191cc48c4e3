//! Who is quoted in a text, with which words, by which outlet.
//!
//! Quotations are found by their marks; who speaks, by the clause before or after them: a verb of saying, and the
//! name, title or pronoun that stands before it, or after it (`said Ann Lee`). Outlets are those named in the same
//! clauses. It is linear in the length of the text.

use std::ops::Range;

use tariff::limits::{QUOTATION_BYTES_MAX, STATEMENTS_MAX};

use crate::people::{People, Speaker};
use crate::speech::SPEECH;

/// Words that a text gives to a speaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The quotation with its marks.
    pub span: Range<usize>,
    pub speaker: Option<String>,
    /// The outlet to which the words were said, then those through which they came, in order.
    pub outlets: Vec<String>,
    /// The words alone.
    pub words: String,
}

/// So many paragraphs further on, words of one speaker are still said to the outlet named last.
const PARAGRAPHS_CARRIED: usize = 2;

/// The longest clause that is looked at for a speaker, in bytes.
const CLAUSE_MAX: usize = 600;

/// A quotation of fewer words with no speaker is no statement but a name or a word in doubt.
const WORDS_UNSAID_MIN: usize = 4;

/// The statements of a text, in its order, [`STATEMENTS_MAX`] at most.
pub fn statements(text: &str) -> Vec<Statement> {
    let mut people = People::of(text);
    let mut statements = Vec::new();
    let mut carried: Option<Carried> = None;
    for (number, paragraph) in paragraphs(text).enumerate() {
        let quotations = quotations(text, &paragraph);
        if quotations.is_empty() {
            people.hear(text, paragraph.clone());
            let named = outlets(text.get(paragraph).unwrap_or_default());
            if let (Some(outlet), Some(speaker)) = (named.to, people.last()) {
                carried = Some(Carried { speaker: speaker.name, outlet, paragraph: number });
            }
            continue;
        }
        let mut before_start = paragraph.start;
        let mut in_paragraph: Option<Speaker> = None;
        for (at, quotation) in quotations.iter().enumerate() {
            if statements.len() >= STATEMENTS_MAX {
                return statements;
            }
            let after_end = quotations.get(at + 1).map_or(paragraph.end, |next| next.outer.start);
            people.hear(text, before_start..quotation.outer.start);
            let before = last_clause(text, before_start..quotation.outer.start);
            let after = first_clause(text, quotation, after_end);
            let words = text.get(quotation.inner.clone()).unwrap_or_default().trim();
            let attributed = people
                .after(text, after.clone(), quotation.closes(text))
                .or_else(|| people.before(text, before.clone()));
            // A sentence of its own beside one that has a speaker is the same speaker's.
            let bare = text.get(before.clone()).is_none_or(|b| !b.contains(char::is_alphabetic));
            let speaker = attributed.or_else(|| in_paragraph.clone().filter(|_| bare || at > 0));
            before_start = quotation.outer.end;
            if speaker.is_none() && words.split_whitespace().count() < WORDS_UNSAID_MIN {
                continue;
            }
            let clauses = [before, after].map(|clause| text.get(clause).unwrap_or_default());
            let named = outlets(&clauses.join(" "));
            let mut to = named.to;
            if let Some(speaker) = &speaker {
                let same = |c: &&Carried| {
                    c.speaker == speaker.name && number - c.paragraph <= PARAGRAPHS_CARRIED
                };
                to = to.or_else(|| carried.as_ref().filter(same).map(|c| c.outlet.clone()));
                if let Some(outlet) = &to {
                    carried = Some(Carried {
                        speaker: speaker.name.clone(),
                        outlet: outlet.clone(),
                        paragraph: number,
                    });
                }
                people.spoke(speaker.clone());
            }
            in_paragraph = speaker.clone().or(in_paragraph);
            let mut all: Vec<String> = to.into_iter().chain(named.through).collect();
            all.dedup();
            statements.push(Statement {
                span: quotation.outer.clone(),
                speaker: speaker.map(|speaker| speaker.name),
                outlets: all,
                words: words.to_owned(),
            });
        }
        people.hear(text, before_start..paragraph.end);
    }
    statements
}

/// The outlet to which a speaker last spoke.
struct Carried {
    speaker: String,
    outlet: String,
    paragraph: usize,
}

/// A quotation with its marks, and without.
struct Quotation {
    outer: Range<usize>,
    inner: Range<usize>,
}

impl Quotation {
    /// Whether the words end a sentence, so that what follows is another.
    fn closes(&self, text: &str) -> bool {
        text.get(self.inner.clone()).is_some_and(|words| words.trim_end().ends_with('.'))
    }
}

fn paragraphs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let range = start..start + line.trim_end().len();
        start += line.len();
        range
    })
}

/// The quotations of a paragraph. One that is opened and not closed goes on in the next paragraph, as a custom of
/// print has it: it ends here.
fn quotations(text: &str, paragraph: &Range<usize>) -> Vec<Quotation> {
    let mut found = Vec::new();
    let mut open: Option<(char, usize)> = None;
    let mut before = ' ';
    let inside = text.get(paragraph.clone()).unwrap_or_default();
    let mut characters = inside.char_indices().peekable();
    let mut close = |open: usize, mark: usize, end: usize| {
        let inner = open + mark..end;
        let letters =
            text.get(inner.clone()).is_some_and(|words| words.contains(char::is_alphabetic));
        if inner.len() <= QUOTATION_BYTES_MAX && letters {
            found.push(Quotation { outer: open..end + mark, inner });
        }
    };
    while let Some((at, c)) = characters.next() {
        let at = paragraph.start + at;
        let next = characters.peek().map_or(' ', |(_, next)| *next);
        match (c, open) {
            ('“' | '«' | '„', _) => open = Some((c, at)),
            ('”', Some(('“' | '„', from))) | ('»', Some(('«', from))) => {
                close(from, text[from..].chars().next().map_or(0, char::len_utf8), at);
                open = None;
            }
            ('"', Some(('"', from))) => {
                close(from, 1, at);
                open = None;
            }
            // Not the mark of inches.
            ('"', None) if !before.is_alphanumeric() && !next.is_whitespace() => {
                open = Some((c, at));
            }
            ('‘', None) if !before.is_alphanumeric() => open = Some((c, at)),
            ('’', Some(('‘', from))) if !next.is_alphanumeric() => {
                // One word in single marks is a name or an elision.
                if text.get(from..at).is_some_and(|words| words.contains(' ')) {
                    close(from, '‘'.len_utf8(), at);
                }
                open = None;
            }
            _ => {}
        }
        before = c;
    }
    if let Some((mark @ ('“' | '"'), from)) = open {
        let inner = from + mark.len_utf8()..paragraph.end;
        let long = text.get(inner.clone()).is_some_and(|words| words.split(' ').count() >= 4);
        if long && inner.len() <= QUOTATION_BYTES_MAX {
            found.push(Quotation { outer: from..paragraph.end, inner });
        }
    }
    found
}

/// What stands before a quotation, from the last end of a sentence on.
fn last_clause(text: &str, before: Range<usize>) -> Range<usize> {
    let mut start = before.end.saturating_sub(CLAUSE_MAX).max(before.start);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let inside = text.get(start..before.end).unwrap_or_default();
    let end = ends(inside).last().unwrap_or(0);
    start + end..before.end
}

/// What follows a quotation, to the end of the sentence.
fn first_clause(text: &str, quotation: &Quotation, end: usize) -> Range<usize> {
    let start = quotation.outer.end;
    let mut last = end.min(start + CLAUSE_MAX);
    while !text.is_char_boundary(last) {
        last -= 1;
    }
    let inside = text.get(start..last).unwrap_or_default();
    let first = ends(inside).next();
    start..first.map_or(last, |at| start + at)
}

/// Where sentences end: after a mark that a space and a capital follow, unless a short word with a point stands
/// before it (`U.S.`, `Mr.`).
pub(crate) fn ends(text: &str) -> impl Iterator<Item = usize> {
    text.char_indices().filter_map(|(at, c)| {
        if !matches!(c, '.' | '!' | '?') {
            return None;
        }
        let rest = text.get(at + 1..)?;
        let space = rest.chars().next().is_none_or(char::is_whitespace);
        let follows = rest.trim_start().chars().next();
        let capital = follows.is_none_or(|c| c.is_uppercase() || matches!(c, '“' | '"' | '‘'));
        let mut start = at.saturating_sub(12);
        while !text.is_char_boundary(start) {
            start += 1;
        }
        let word = text.get(start..at)?.rsplit([' ', '(']).next().unwrap_or_default();
        let short = c == '.'
            && (word.contains('.') || SPEECH.is("title", &word.to_lowercase()) && word.len() <= 3);
        (space && capital && !(short && follows.is_some())).then_some(at + 1)
    })
}

/// Outlets of a clause: to which one something was said, and through which others it came.
#[derive(Debug, Default, PartialEq)]
struct Outlets {
    to: Option<String>,
    through: Vec<String>,
}

fn outlets(clause: &str) -> Outlets {
    let mut found = Outlets::default();
    let mut skip_to = 0;
    for (at, word) in words(clause) {
        if at < skip_to {
            continue;
        }
        let Some(names) = SPEECH.outlets.get(word) else { continue };
        let rest = clause.get(at..).unwrap_or_default();
        let whole = |name: &&&str| {
            rest.strip_prefix(**name)
                .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
        };
        let Some(name) = names.iter().find(whole) else { continue };
        skip_to = at + name.len();
        let before = clause.get(..at).unwrap_or_default();
        let before: Vec<String> = before
            .rsplit(|c: char| !c.is_alphanumeric())
            .filter(|w| !w.is_empty())
            .take(4)
            .map(str::to_lowercase)
            .collect();
        // Nearest first; articles and adjectives between do not matter.
        let meaning = before.iter().find_map(|word| SPEECH.meaning("from", word));
        let through = before.iter().any(|w| SPEECH.meaning("from", w) == Some("through"));
        let after = clause.get(skip_to..).unwrap_or_default();
        let reports = words(after)
            .next()
            .is_some_and(|(_, word)| SPEECH.is("say", word) || word == "reported");
        match (meaning, found.to.is_some()) {
            _ if through || reports => found.through.push((*name).to_owned()),
            (Some("to"), false) => found.to = Some((*name).to_owned()),
            _ => {}
        }
    }
    found
}

/// The words of a text with their places.
pub(crate) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let start = text.as_ptr() as usize;
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '’' | '\'' | '-' | '&'))
        .map(|word| word.trim_matches(['.', '’', '\'', '-']))
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr() as usize - start, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let of = |s: &Statement| {
            assert!(text[s.span.clone()].contains(&s.words));
            format!("{}|{}|{}", s.speaker.as_deref().unwrap_or("-"), s.outlets.join(">"), s.words)
        };
        statements(text).iter().map(of).collect()
    }

    #[test]
    fn speakers_are_named_before_and_after_and_by_pronouns() {
        let text = "Trade Minister Ann Lee said talks were “a bit slow”. “We will meet,” she added.\n\
            “It is hard [for us],” Lee told Fox News. “But we try.”\n\
            \"No … comment,\" said Bob Stone, a spokesman.\n\
            The Ministry of Trade welcomed the “great progress” made.";
        assert_eq!(
            told(text),
            [
                "Ann Lee||a bit slow",
                "Ann Lee||We will meet,",
                "Ann Lee|Fox News|It is hard [for us],",
                "Ann Lee|Fox News|But we try.",
                "Bob Stone||No … comment,",
                "Ministry of Trade||great progress",
            ]
        );
    }

    #[test]
    fn outlets_make_a_chain() {
        let text = "“We may have a call,” Lee told Fox News, as quoted by the Financial Times.\n\
            “So be it,” the president wrote on Truth Social, according to the BBC.";
        let statements = statements(text);
        assert_eq!(statements[0].outlets, ["Fox News", "Financial Times"]);
        assert_eq!(statements[1].outlets, ["Truth Social", "BBC"]);
    }

    #[test]
    fn marks_without_end_and_inches_are_no_quotations() {
        assert_eq!(told("A 5\" pipe and a 6\" pipe."), Vec::<String>::new());
        assert_eq!(told("“““““"), Vec::<String>::new());
        assert_eq!(told("It’s the ‘new’ duty."), Vec::<String>::new());
    }
}
