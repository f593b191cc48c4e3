//! Texts whose claims a person has written down, to measure the reader by. The form is told in
//! `tests/reading/README.md`.

use std::ops::Range;

use ledger::{Finding, Place, did_you_mean};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tariff::{Day, Exact, parse_exact};
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::claim::{Kind, Legal};
use crate::verdict::Verdict;

/// The labelled texts that are built in, by the path of their file.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("tests/reading/2018-2024.toml", include_str!("../../../tests/reading/2018-2024.toml")),
    ("tests/reading/2025.toml", include_str!("../../../tests/reading/2025.toml")),
    ("tests/reading/2026.toml", include_str!("../../../tests/reading/2026.toml")),
    ("tests/reading/none.toml", include_str!("../../../tests/reading/none.toml")),
    ("tests/reading/control.toml", include_str!("../../../tests/reading/control.toml")),
];

/// A text and all the claims in it.
#[derive(Clone, Debug)]
pub struct Labelled {
    pub place: Place,
    pub dated: Option<Day>,
    pub body: Body,
    pub labels: Vec<Label>,
}

/// The text itself, or the file that holds it, relative to the file of labels.
#[derive(Clone, Debug)]
pub enum Body {
    Text(String),
    File(String),
}

/// One claim as a person reads it. What is `None` or empty is not scored.
#[derive(Clone, Debug)]
pub struct Label {
    pub place: Place,
    /// The words of the text that state it, at most one stretch.
    pub words: String,
    /// Which of several places with these words, from 1.
    pub nth: usize,
    /// It may be found or not; it counts neither way.
    pub optional: bool,
    /// Any of these is right.
    pub kinds: Vec<Kind>,
    /// Country codes, or areas of the ledger (`EU`).
    pub levied_by: Vec<String>,
    pub on: Vec<String>,
    pub goods: Option<String>,
    pub rate_from: Option<Exact>,
    pub rate_to: Option<Exact>,
    pub days: Option<i32>,
    pub from: Option<Day>,
    pub until: Option<Day>,
    pub act: Option<String>,
    pub status: Option<Legal>,
    /// As known at the date of the text; any of these is right.
    pub then: Vec<Verdict>,
    /// As known at the last moment of the ledger.
    pub today: Vec<Verdict>,
    pub why: String,
}

impl Label {
    /// Where its words stand in a text.
    pub fn span(&self, text: &str) -> Option<Range<usize>> {
        let (start, words) = text.match_indices(&self.words).nth(self.nth.checked_sub(1)?)?;
        Some(start..start + words.len())
    }
}

/// One or several words.
#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    One(String),
    Several(Vec<String>),
}

impl Words {
    fn list(self) -> Vec<String> {
        match self {
            Words::One(word) => vec![word],
            Words::Several(words) => words,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawText {
    dated: Option<toml::value::Datetime>,
    text: Option<String>,
    file: Option<String>,
    #[serde(rename = "manner")]
    _manner: Option<String>,
    #[serde(default)]
    claim: Vec<Spanned<RawLabel>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLabel {
    span: String,
    nth: Option<usize>,
    #[serde(default)]
    optional: bool,
    kind: Option<Words>,
    levied_by: Option<Words>,
    on: Option<Words>,
    goods: Option<String>,
    rate_from: Option<String>,
    rate_to: Option<String>,
    days: Option<i32>,
    from: Option<toml::value::Datetime>,
    until: Option<toml::value::Datetime>,
    act: Option<String>,
    status: Option<String>,
    then: Option<Words>,
    today: Option<Words>,
    #[serde(default)]
    why: String,
}

/// Reads a file of labels. What is wrong is told with its place; the other texts are returned.
pub fn parse(path: &str, source: &str) -> (Vec<Labelled>, Vec<Finding>) {
    let mut reader = Reader { path, source, findings: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(source);
    if let Some(error) = errors.first() {
        let place = reader.place(error.span().map_or(0, |span| span.start));
        reader.findings.push(place.finding(error.message(), "the file must be TOML"));
        return (Vec::new(), reader.findings);
    }
    let mut texts = Vec::new();
    for (key, value) in table.into_inner() {
        let at = key.span().start;
        match (&**key.get_ref(), value.into_inner()) {
            ("text", DeValue::Array(list)) => {
                texts.extend(list.into_iter().filter_map(|text| reader.text(text)));
            }
            (other, _) => {
                let message = format!("`{other}` is no list of texts");
                let finding = reader.place(at).finding(message, "write [[text]]");
                reader.findings.push(finding);
            }
        }
    }
    (texts, reader.findings)
}

struct Reader<'a> {
    path: &'a str,
    source: &'a str,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn place(&self, offset: usize) -> Place {
        let before = self.source.get(..offset).unwrap_or(self.source);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Place { file: self.path.to_owned(), line, column }
    }

    fn raw<T: DeserializeOwned>(&mut self, value: Spanned<DeValue<'_>>) -> Option<T> {
        let start = value.span().start;
        match T::deserialize(ValueDeserializer::from(value)) {
            Ok(raw) => Some(raw),
            Err(error) => {
                let place = self.place(error.span().map_or(start, |span| span.start));
                self.findings.push(place.finding(error.message(), "see tests/reading/README.md"));
                None
            }
        }
    }

    fn text(&mut self, value: Spanned<DeValue<'_>>) -> Option<Labelled> {
        let place = self.place(value.span().start);
        let raw: RawText = self.raw(value)?;
        let body = match (raw.text, raw.file) {
            (Some(text), None) => Body::Text(text),
            (None, Some(file)) => Body::File(file),
            _ => {
                let message = "a text has either `text` or `file`";
                self.findings.push(place.finding(message, "text = \"…\""));
                return None;
            }
        };
        let dated = raw.dated.and_then(|date| self.day(&date, "dated", &place));
        let labels = raw.claim.into_iter().filter_map(|claim| {
            let place = self.place(claim.span().start);
            self.label(claim.into_inner(), place, &body)
        });
        Some(Labelled { place, dated, labels: labels.collect(), body })
    }

    fn label(&mut self, raw: RawLabel, place: Place, body: &Body) -> Option<Label> {
        let before = self.findings.len();
        let label = Label {
            words: raw.span,
            nth: raw.nth.unwrap_or(1),
            optional: raw.optional,
            kinds: self.names(raw.kind, "kind", &KINDS, Kind::name, &place),
            levied_by: raw.levied_by.map(Words::list).unwrap_or_default(),
            on: raw.on.map(Words::list).unwrap_or_default(),
            goods: raw.goods,
            rate_from: raw.rate_from.and_then(|rate| self.rate(&rate, "rate_from", &place)),
            rate_to: raw.rate_to.and_then(|rate| self.rate(&rate, "rate_to", &place)),
            days: raw.days,
            from: raw.from.and_then(|date| self.day(&date, "from", &place)),
            until: raw.until.and_then(|date| self.day(&date, "until", &place)),
            act: raw.act,
            status: {
                let status = raw.status.map(Words::One);
                self.names(status, "status", &STATUSES, Legal::name, &place).first().copied()
            },
            then: self.names(raw.then, "then", &VERDICTS, Verdict::name, &place),
            today: self.names(raw.today, "today", &VERDICTS, Verdict::name, &place),
            why: raw.why,
            place: place.clone(),
        };
        if let Body::Text(text) = body
            && label.span(text).is_none()
        {
            let message = format!("the text has no `{}`", label.words);
            self.findings.push(place.finding(message, "quote the words as they stand"));
        }
        (self.findings.len() == before).then_some(label)
    }

    fn names<T: Copy>(
        &mut self,
        words: Option<Words>,
        field: &str,
        all: &[T],
        name: fn(T) -> &'static str,
        place: &Place,
    ) -> Vec<T> {
        let words = words.map(Words::list).unwrap_or_default();
        let mut found = Vec::new();
        for word in words {
            match all.iter().find(|one| name(**one) == word) {
                Some(one) => found.push(*one),
                None => {
                    let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
                    let help = format!("one of {}", names.join(", "));
                    let help = did_you_mean(&word, names.iter().copied(), &help);
                    let message = format!("`{word}` is no `{field}`");
                    self.findings.push(place.finding(message, help));
                }
            }
        }
        found
    }

    fn rate(&mut self, text: &str, field: &str, place: &Place) -> Option<Exact> {
        let rate = text.strip_suffix('%').and_then(parse_exact);
        if rate.is_none() {
            let message = format!("`{field}` is no rate: `{text}`");
            self.findings.push(place.finding(message, "write \"12.5%\""));
        }
        rate
    }

    fn day(&mut self, date: &toml::value::Datetime, field: &str, place: &Place) -> Option<Day> {
        let day = Day::parse(&date.to_string()).ok();
        if day.is_none() {
            let message = format!("`{field}` is no day: {date}");
            self.findings.push(place.finding(message, "write 2025-05-30"));
        }
        day
    }
}

const KINDS: [Kind; 7] = [
    Kind::Rate,
    Kind::Change,
    Kind::Suspension,
    Kind::Ruling,
    Kind::Act,
    Kind::Event,
    Kind::Deadline,
];

const STATUSES: [Legal; 6] = [
    Legal::Announced,
    Legal::InForce,
    Legal::Suspended,
    Legal::StruckDown,
    Legal::Stayed,
    Legal::Expired,
];

const VERDICTS: [Verdict; 6] = [
    Verdict::Confirmed,
    Verdict::Imprecise,
    Verdict::Contradicted,
    Verdict::NotInLedger,
    Verdict::NotCheckable,
    Verdict::Unsure,
];

#[cfg(test)]
mod tests {
    use super::{BUILT_IN, parse};

    #[test]
    fn the_built_in_set_has_no_finding_and_a_third_of_it_no_claim() {
        let (mut texts, mut without) = (0, 0);
        for (path, source) in BUILT_IN {
            let (labelled, findings) = parse(path, source);
            assert!(findings.is_empty(), "{findings:?}");
            texts += labelled.len();
            without += labelled.iter().filter(|text| text.labels.is_empty()).count();
        }
        assert!(texts >= 150, "{texts} texts");
        assert!(without * 3 >= texts, "{without} of {texts} without a claim");
    }

    #[test]
    fn each_wrong_label_is_told_with_its_line() {
        let source = "[[text]]\ntext = \"Duties of 10% apply.\"\n[[text.claim]]\nspan = \"of 20%\"\n\
            [[text.claim]]\nspan = \"of 10%\"\nkind = \"rat\"\nrate_to = \"ten\"\n\
            [[text]]\ntexts = \"x\"\n[[text]]\ntext = \"Nothing.\"\n";
        let (texts, findings) = parse("a.toml", source);
        let lines: Vec<usize> = findings.iter().map(|f| f.line).collect();
        assert_eq!(texts.len(), 2);
        assert_eq!(lines, [3, 5, 5, 10], "{findings:?}");
        assert!(findings[1].help.contains("rate"), "{}", findings[1].help);
    }
}
