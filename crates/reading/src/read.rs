//! The main text of a document -> its claims.
//!
//! Sentence by sentence: words become units (`unit`), units clauses (`clause`), countries their parts (`parties`).
//! Each rate makes a claim (`rates`); a clause without one may state a ruling (`rulings`), a suspension, a deadline,
//! an act or an event (`events`). What a clause leaves out (`the rate`, `its own`, `they`) comes from the claims and
//! the names before it.

use std::ops::Range;

use tariff::{Country, Day};

use crate::claim::{Claim, Tense};
use crate::clause::clauses;
use crate::document::Document;
use crate::lexicon::{Lexicon, Meaning, Modal, Noun};
use crate::parties::{Part, parts};
use crate::token::{Gap, sentences, tokens};
use crate::unit::{Fact, Unit, units};
use crate::{events, rates, rulings};

/// The claims of a document, in the order of the text; their spans do not overlap. It cannot fail: what it does not
/// understand it passes by. The time is linear in the length of the text.
pub fn read(document: &Document, lexicon: &Lexicon) -> Vec<Claim> {
    let tokens = tokens(&document.text);
    let mut context = Context::default();
    let mut claims: Vec<Claim> = Vec::new();
    for range in sentences(&tokens) {
        let tokens = &tokens[range];
        if tokens.first().is_some_and(|t| t.gap == Gap::Paragraph) {
            context.new_paragraph();
        }
        let sentence =
            Sentence::new(units(tokens, lexicon, document.dated), lexicon, document.dated);
        let asks = tokens.last().is_some_and(|t| t.text == "?");
        let mut found = if asks { Vec::new() } else { sentence.claims(&mut context) };
        context.note(&sentence);
        found.sort_by_key(|claim| claim.span.start);
        for mut claim in found {
            let end = claims.last().map_or(0, |last| last.span.end);
            claim.span.start = claim.span.start.max(end);
            if !claim.span.is_empty() {
                claims.push(claim);
            }
        }
    }
    claims
}

/// A sentence, taken apart.
pub(crate) struct Sentence<'l> {
    pub units: Vec<Unit>,
    pub clauses: Vec<Range<usize>>,
    pub parts: Vec<Option<Part>>,
    pub lexicon: &'l Lexicon,
    pub dated: Option<Day>,
}

impl<'l> Sentence<'l> {
    fn new(units: Vec<Unit>, lexicon: &'l Lexicon, dated: Option<Day>) -> Sentence<'l> {
        let clauses = clauses(&units);
        let parts = parts(&units, lexicon);
        Sentence { units, clauses, parts, lexicon, dated }
    }

    fn claims(&self, context: &mut Context) -> Vec<Claim> {
        let mut found = rates::claims(self, context);
        let rates = !found.is_empty();
        let rated = |clause: &Range<usize>, found: &[Claim]| {
            let bytes = self.bytes(clause);
            found.iter().any(|c| c.span.start < bytes.end && bytes.start < c.span.end)
        };
        for clause in &self.clauses {
            if rated(clause, &found) {
                continue;
            }
            let claim = rulings::claim(self, clause, context)
                .or_else(|| events::claim(self, clause, context, rates));
            found.extend(claim);
        }
        found
    }

    /// The bytes of a range of units.
    pub fn bytes(&self, range: &Range<usize>) -> Range<usize> {
        match self.units.get(range.clone()) {
            Some([first, .., last]) => first.span.start..last.span.end,
            Some([only]) => only.span.clone(),
            _ => 0..0,
        }
    }

    /// The bytes from the first to the last of these units of a clause, whatever their order, with the words before
    /// the first that belong to it (`the`, `those from`, `a listed`).
    pub fn span(&self, clause: &Range<usize>, used: &[usize]) -> Range<usize> {
        const LEAD_UNITS_MAX: usize = 3;
        let mut first = used.iter().copied().min().unwrap_or(0);
        for _ in 0..LEAD_UNITS_MAX {
            let Some(before) = first.checked_sub(1).filter(|before| *before >= clause.start) else {
                break;
            };
            let unit = &self.units[before];
            let word = unit.low.starts_with(char::is_alphanumeric);
            let stops = unit.is_verb()
                || unit.fact.is_some()
                || unit.word(&[
                    "and", "or", "while", "but", "which", "that", "after", "before", "when", "as",
                    "with",
                ])
                || unit.word(&[
                    "following",
                    "despite",
                    "because",
                    "since",
                    "so",
                    "whereas",
                    "said",
                    "although",
                ]);
            let pair = unit.word(&["and"])
                && before > clause.start
                && self.units[before - 1].country().is_some();
            if !word || stops && !pair {
                break;
            }
            first = before;
        }
        let last = used.iter().copied().max().unwrap_or(0);
        const LOOSE: [&str; 12] =
            ["of", "by", "at", "to", "in", "for", "with", "and", "or", "from", "also", "as"];
        while first < last && !used.contains(&first) && self.units[first].word(&LOOSE) {
            first += 1;
        }
        self.bytes(&(first..last + 1))
    }

    /// Whether the unit before says that the date is an end.
    pub fn ends_at(&self, at: usize) -> bool {
        let words = [
            "until", "till", "through", "expires", "expire", "ends", "end", "before", "expired",
            "runs", "run",
        ];
        let near = self.units[at.saturating_sub(3)..at].iter().rev();
        let to = at > 0 && self.units[at - 1].word(&["to"]) && !self.is_backdated(at);
        to || near.take_while(|u| !u.word(&[",", "from", "and"])).any(|u| u.word(&words))
    }

    /// Whether a date is one back to which something holds: `retroactive to September 1`.
    pub fn is_backdated(&self, at: usize) -> bool {
        let near = &self.units[at.saturating_sub(5)..at];
        near.iter().any(|u| u.word(&["retroactive", "retroactively", "backdated", "back"]))
    }

    /// Whether a country at `at` is the place where something happens.
    pub fn is_place(&self, at: usize) -> bool {
        let lead = at > 0 && self.units[at - 1].word(&["in", "to", "at", "near"]);
        lead && self.parts[at].is_none_or(|p| p == Part::Other) && self.units[at].place().is_some()
    }

    /// Whether a date names the thing that follows it: `the May 7 judgment`, `its April 4 restrictions`.
    pub fn is_name(&self, at: usize) -> bool {
        let lead = at > 0
            && self.units[at - 1].word(&["the", "its", "their", "those", "that", "'s", "’s"]);
        let next = self.units.get(at + 1);
        lead && next.is_some_and(|u| {
            u.low.starts_with(char::is_alphabetic)
                && (u.noun().is_some() || u.form().is_none())
                && !u.word(&["and", "to", "for", "in", "on", "as"])
        })
    }

    /// Whether the date is that of a saying or a signing and not of what is said.
    pub fn is_reported(&self, at: usize) -> bool {
        const SAYING: [&str; 22] = [
            "said",
            "says",
            "told",
            "wrote",
            "reported",
            "confirmed",
            "noted",
            "added",
            "posted",
            "stated",
            "signed",
            "announced",
            "unveiled",
            "agreed",
            "reached",
            "issued",
            "published",
            "dated",
            "announcement",
            "declared",
            "struck",
            "stated",
        ];
        if self.is_name(at) {
            return true;
        }
        // `Executive Order 14257 of April 2`
        if at >= 2
            && self.units[at - 1].word(&["of", "dated"])
            && matches!(self.units[at - 2].fact, Some(Fact::Act(_)))
        {
            return true;
        }
        let near = self.units[at.saturating_sub(4)..at].iter().rev();
        near.take_while(|u| !u.word(&[",", "from", "effective", "starting", "until"]))
            .any(|u| u.word(&SAYING))
    }
}

/// What the text has said so far, for what a clause leaves out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Context {
    /// The last claim about a rate, for `the rate`, `it`.
    pub last: Option<Claim>,
    /// How many sentences ago.
    pub age: usize,
    /// The partner that the text speaks of, and whether it is all the others.
    pub partner: Option<Country>,
    pub others: bool,
    pub court: Option<String>,
    /// Whether duties were spoken of in this paragraph.
    pub duties: bool,
}

impl Context {
    fn new_paragraph(&mut self) {
        self.age += 1;
    }

    fn note(&mut self, sentence: &Sentence<'_>) {
        self.age += 1;
        for (at, unit) in sentence.units.iter().enumerate() {
            self.duties |= unit.is_noun(Noun::Duty) || unit.program().is_some();
            if unit.has(Meaning::Others) {
                (self.others, self.partner) = (true, None);
            }
            let country = unit.country().filter(|c| Some(*c) != sentence.lexicon.home());
            // `after a meeting in Switzerland` does not speak of Switzerland.
            let where_it_is = sentence.is_place(at)
                || sentence.parts[at] == Some(Part::Other)
                    && at > 0
                    && sentence.units[at - 1].word(&["in"]);
            if country.is_some() && !where_it_is {
                (self.others, self.partner) = (false, country);
            }
        }
    }

    /// The last claim about a rate, where it was made just before.
    pub fn recent(&self) -> Option<&Claim> {
        self.last.as_ref().filter(|_| self.age <= 3)
    }
}

/// The time of which a clause speaks.
pub(crate) fn tense(units: &[Unit], clause: &Range<usize>, verb: Option<usize>) -> Tense {
    use crate::lexicon::Form;
    let before = &units[clause.start..verb.map_or(clause.end, |v| v.max(clause.start))];
    let coming = [Modal::Will, Modal::Would, Modal::Threat];
    if before.iter().any(|u| coming.into_iter().any(|m| u.modal(m))) {
        return Tense::Future;
    }
    if units[clause.clone()].iter().any(|u| u.word(&["now", "currently"])) {
        return Tense::Present;
    }
    match verb.and_then(|verb| units[verb].form()) {
        Some(Form::S) => Tense::Present,
        Some(Form::Past) => Tense::Past,
        // `must pay`, `exporters pay`, but not `agreed to pay`.
        Some(Form::Base) if verb.is_some_and(|v| v == 0 || !units[v - 1].word(&["to"])) => {
            Tense::Present
        }
        Some(Form::Base | Form::Ing) | None => {
            let finite = units[clause.clone()].iter().find_map(|u| u.form());
            match finite {
                Some(Form::S) => Tense::Present,
                _ => Tense::Past,
            }
        }
    }
}
