//! The report as JSON.

use ledger::Ledger;
use reading::align::{Fact, Saying, Version};
use reading::names::about;
use reading::score::Checked;
use reading::{Article, Bound, Claim, Held, Statement};
use serde_json::{Map, Value, json};
use tariff::{Country, Exact, exact_decimal};

use super::Read;
use crate::question::Question;
use crate::receipt::through;

/// One document with what it claims and quotes. Spans count characters of its main text.
pub fn document(read: &Read) -> Value {
    match &read.outcome {
        Err(failure) => json!({"name": read.name, "error": failure.json()["error"]}),
        Ok(article) => of_article(&read.name, article),
    }
}

fn of_article(name: &str, article: &Article) -> Value {
    let text = &article.document.text;
    let characters = Characters::of(text);
    let claims: Vec<Value> = article.claims.iter().map(|c| claim(c, text, &characters)).collect();
    let statements = article.statements.iter().map(|s| statement(s, &characters));
    json!({
        "name": name,
        "dated": article.document.dated.map(|day| day.to_string()),
        "dated_by": article.found.map(|found| found.name()),
        "claims": claims,
        "claims_left": article.claims_left,
        "statements": statements.collect::<Vec<Value>>(),
    })
}

fn claim((claim, then, today): &Checked, text: &str, characters: &Characters<'_>) -> Value {
    let countries =
        |list: &[Country]| -> Vec<String> { list.iter().map(Country::to_string).collect() };
    let percent = |rate: Option<Exact>| rate.map(|rate| format!("{}%", exact_decimal(rate)));
    let Claim { span, kind, levied_by, on, goods, programs, .. } = claim;
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| out.insert(name.to_owned(), value);
    put("span", characters.span(span));
    put("text", json!(text.get(span.clone())));
    put("kind", json!(kind.name()));
    put("levied_by", json!(countries(levied_by)));
    put("on", json!(countries(on)));
    put("goods", json!(goods));
    put("programs", json!(programs));
    put("rate_from", json!(percent(claim.rate_from)));
    put("rate_to", json!(percent(claim.rate_to)));
    put("bound", json!(claim.rate_to.map(|_| bound(claim.bound))));
    put("points", json!(claim.points.map(exact_decimal)));
    put("days", json!(claim.days));
    put("from", json!(claim.from.map(|day| day.to_string())));
    put("until", json!(claim.until.map(|day| day.to_string())));
    put("act", json!(claim.act));
    put("status", json!(claim.status.map(|status| status.name())));
    for (name, value) in held(then) {
        put(&name, value);
    }
    put("today", Value::Object(held(today)));
    Value::Object(out)
}

fn held(held: &Held) -> Map<String, Value> {
    let fields = [
        ("verdict", json!(held.verdict.name())),
        ("exact", json!(held.exact)),
        ("cites", json!(held.cites)),
        ("why", json!(held.why)),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn bound(bound: Bound) -> &'static str {
    match bound {
        Bound::Exactly => "exactly",
        Bound::About => "about",
        Bound::Over => "over",
        Bound::AtLeast => "at-least",
        Bound::Under => "under",
        Bound::UpTo => "up-to",
    }
}

fn statement(statement: &Statement, characters: &Characters<'_>) -> Value {
    json!({
        "speaker": statement.speaker,
        "outlet": statement.outlets.first(),
        "outlets": statement.outlets,
        "text": statement.words,
        "span": characters.span(&statement.span),
    })
}

/// Sayings in the versions of several documents, then facts with the documents that state them.
pub fn alignment(
    names: &[String],
    sayings: &[Saying],
    facts: &[Fact],
    ledger: &Ledger,
) -> Vec<Value> {
    let named = |at: &usize| names.get(*at).cloned().unwrap_or_default();
    let version = |version: &Version| {
        let other = version.against_nearest.iter().filter(|(_, same)| !same);
        json!({
            "document": named(&version.said.document),
            "speaker": version.said.speaker,
            "outlets": version.said.outlets,
            "text": version.said.words,
            "differs": other.map(|(word, _)| word.as_str()).collect::<Vec<&str>>(),
        })
    };
    let of_saying = |saying: &Saying| {
        let zone = &ledger.territories[0].zone;
        let recorded = saying.recorded.as_ref().map(|recorded| {
            json!({"date": recorded.date.print(zone), "text": recorded.words, "cites": recorded.sources})
        });
        json!({
            "kind": "statement",
            "nearest": saying.nearest,
            "versions": saying.versions.iter().map(version).collect::<Vec<Value>>(),
            "recorded": recorded,
        })
    };
    let of_fact = |fact: &Fact| {
        let documents = |all: &[usize]| all.iter().map(named).collect::<Vec<String>>();
        let figures = fact.figures.iter().map(|figure| {
            let values = figure.values.iter();
            let values =
                values.map(|(value, all)| json!({"value": value, "documents": documents(all)}));
            json!({"field": figure.field, "values": values.collect::<Vec<Value>>()})
        });
        json!({
            "kind": "fact",
            "about": about(&fact.about, ledger),
            "documents": documents(&fact.documents),
            "of": names.len(),
            "figures": figures.collect::<Vec<Value>>(),
        })
    };
    sayings.iter().map(of_saying).chain(facts.iter().map(of_fact)).collect()
}

/// The coordinates and the ledger, as the fields after the documents.
pub fn foot(question: &Question, not_aligned: Option<&str>) -> String {
    let mut foot = Map::new();
    if let Value::Object(asked) = question.asked() {
        foot.extend(asked);
    }
    if let Some(why) = not_aligned {
        foot.insert("not_aligned".to_owned(), json!(why));
    }
    foot.extend(through(&question.ledger));
    foot.insert("ledger".to_owned(), json!(question.ledger.digest));
    foot.insert("version".to_owned(), json!(env!("CARGO_PKG_VERSION")));
    let text = Value::Object(foot).to_string();
    text.trim_start_matches('{').trim_end_matches('}').to_owned()
}

/// Bytes of a text -> characters, by marks every so many bytes.
struct Characters<'a> {
    text: &'a str,
    /// How many characters begin before each multiple of [`STEP`].
    before: Vec<usize>,
}

const STEP: usize = 256;

impl<'a> Characters<'a> {
    fn of(text: &'a str) -> Characters<'a> {
        let mut before = vec![0];
        let mut count = 0;
        for chunk in text.as_bytes().chunks(STEP) {
            count += begins(chunk);
            before.push(count);
        }
        Characters { text, before }
    }

    fn at(&self, byte: usize) -> usize {
        let mark = byte / STEP;
        let rest = self.text.as_bytes().get(mark * STEP..byte).unwrap_or_default();
        self.before.get(mark).copied().unwrap_or_default() + begins(rest)
    }

    fn span(&self, span: &std::ops::Range<usize>) -> Value {
        json!([self.at(span.start), self.at(span.end)])
    }
}

/// Bytes that begin a character.
fn begins(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte as i8) >= -0x40).count()
}
