//! Conditions of measures: their form, their text, and their facts.
//!
//! The grammar is in `docs/measure-language.md`. Evaluation is for the engines; nothing here knows
//! a line.

use std::collections::BTreeSet;
use std::fmt;

use tariff::{Cents, Code, Exact, Moment, Zone, exact_decimal, percent};

/// The modes of transport that are told apart.
pub const MODES: [&str; 6] = ["vessel", "air", "rail", "truck", "mail", "other"];

/// A test of the facts of an entry line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    Always,
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    /// The date lies before the moment.
    Before(DateFact, Moment),
    /// The date lies at the moment or after it.
    From(DateFact, Moment),
    Mode(String),
    /// A special-program symbol or a heading, as claimed.
    Claim(String),
    Content {
        part: String,
        compare: Compare,
        limit: Limit,
    },
    Value {
        compare: Compare,
        amount: Cents,
    },
    /// The duty of a column of the schedule as a share of the value.
    Column {
        column: Tested,
        compare: Compare,
        share: Exact,
    },
    Goods(Vec<GoodsSelector>),
    Origin(Vec<String>),
}

/// A date of an entry line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DateFact {
    Entered,
    Loaded,
    Exported,
    Withdrawn,
    Privileged,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    Less,
    AtMost,
    AtLeast,
    More,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limit {
    ShareOfValue(Exact),
    Amount(Cents),
}

/// Which column a total is measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tested {
    /// Column 1 General, whatever was claimed.
    General,
    /// The column that the line pays.
    Claimed,
}

/// A code, a prefix or the name of a goods list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GoodsSelector {
    Prefix(Code),
    List(String),
}

impl DateFact {
    pub const ALL: [DateFact; 5] = [
        DateFact::Entered,
        DateFact::Loaded,
        DateFact::Exported,
        DateFact::Withdrawn,
        DateFact::Privileged,
    ];

    pub fn name(self) -> &'static str {
        match self {
            DateFact::Entered => "entered",
            DateFact::Loaded => "loaded",
            DateFact::Exported => "exported",
            DateFact::Withdrawn => "withdrawn",
            DateFact::Privileged => "privileged",
        }
    }

    pub fn parse(name: &str) -> Option<DateFact> {
        DateFact::ALL.into_iter().find(|d| d.name() == name)
    }
}

impl Compare {
    pub fn holds<T: PartialOrd>(self, left: T, right: T) -> bool {
        match self {
            Compare::Less => left < right,
            Compare::AtMost => left <= right,
            Compare::AtLeast => left >= right,
            Compare::More => left > right,
        }
    }

    fn parse(text: &str) -> Option<Compare> {
        Some(match text {
            "<" => Compare::Less,
            "<=" => Compare::AtMost,
            ">=" => Compare::AtLeast,
            ">" => Compare::More,
            _ => return None,
        })
    }
}

impl GoodsSelector {
    /// A text of digits and dots is a code; any other is the name of a list.
    pub fn parse(text: &str) -> Result<GoodsSelector, tariff::InvalidCode> {
        if text.chars().all(|c| c.is_ascii_digit() || c == '.') {
            Code::parse(text).map(GoodsSelector::Prefix)
        } else {
            Ok(GoodsSelector::List(text.to_owned()))
        }
    }
}

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// The byte offset and what was expected there.
    pub fn parse(text: &str) -> Result<Condition, (usize, String)> {
        let words = words(text);
        let mut parser = Parser { words, at: 0, end: text.len() };
        let condition = parser.condition()?;
        match parser.peek() {
            None => Ok(condition),
            Some(word) => Err((
                parser.offset(),
                format!("`{word}` follows a complete condition; join with `and` or `or`"),
            )),
        }
    }

    /// The facts a line may leave unstated that this condition asks about.
    pub fn facts(&self) -> BTreeSet<String> {
        let mut facts = BTreeSet::new();
        self.visit(&mut |test| match test {
            Condition::Before(date, _) | Condition::From(date, _) if *date != DateFact::Entered => {
                facts.insert(date.name().to_owned());
            }
            Condition::Mode(_) => {
                facts.insert("mode".to_owned());
            }
            Condition::Content { part, .. } => {
                facts.insert(format!("content {part}"));
            }
            Condition::Column { .. } => {
                facts.insert("quantity".to_owned());
            }
            _ => {}
        });
        facts
    }

    /// Calls `f` on every test.
    pub fn visit<'a>(&'a self, f: &mut impl FnMut(&'a Condition)) {
        match self {
            Condition::And(parts) | Condition::Or(parts) => parts.iter().for_each(|p| p.visit(f)),
            Condition::Not(inner) => inner.visit(f),
            test => f(test),
        }
    }
}

/// Words and symbols with their offsets. Blanks separate; `(`, `)` and `,` stand alone.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut start = None;
    for (i, c) in text.char_indices() {
        let alone = matches!(c, '(' | ')' | ',');
        if (c.is_whitespace() || alone)
            && let Some(s) = start.take()
        {
            words.push((s, &text[s..i]));
        }
        if alone {
            words.push((i, &text[i..=i]));
        } else if !c.is_whitespace() && start.is_none() {
            start = Some(i);
        }
    }
    if let Some(s) = start {
        words.push((s, &text[s..]));
    }
    words
}

struct Parser<'a> {
    words: Vec<(usize, &'a str)>,
    at: usize,
    end: usize,
}

type Parsed<T> = Result<T, (usize, String)>;

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).map(|(_, word)| *word)
    }

    fn offset(&self) -> usize {
        self.words.get(self.at).map_or(self.end, |(offset, _)| *offset)
    }

    fn next(&mut self, expected: &str) -> Parsed<&'a str> {
        let word = self
            .peek()
            .ok_or_else(|| (self.end, format!("the condition ends here; expected {expected}")))?;
        self.at += 1;
        Ok(word)
    }

    fn accept(&mut self, word: &str) -> bool {
        let found = self.peek() == Some(word);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, word: &str) -> Parsed<()> {
        if self.accept(word) { Ok(()) } else { Err(self.unexpected(&format!("`{word}`"))) }
    }

    fn unexpected(&self, expected: &str) -> (usize, String) {
        match self.peek() {
            Some(word) => (self.offset(), format!("expected {expected}, found `{word}`")),
            None => (self.end, format!("the condition ends here; expected {expected}")),
        }
    }

    fn condition(&mut self) -> Parsed<Condition> {
        let mut parts = vec![self.conjunct()?];
        while self.accept("or") {
            parts.push(self.conjunct()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::Or(parts) })
    }

    fn conjunct(&mut self) -> Parsed<Condition> {
        let mut parts = vec![self.factor()?];
        while self.accept("and") {
            parts.push(self.factor()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::And(parts) })
    }

    fn factor(&mut self) -> Parsed<Condition> {
        if self.accept("not") {
            return Ok(Condition::Not(Box::new(self.factor()?)));
        }
        if self.accept("(") {
            let inner = self.condition()?;
            self.expect(")")?;
            return Ok(inner);
        }
        self.test()
    }

    fn test(&mut self) -> Parsed<Condition> {
        let start = self.offset();
        let word = self.next("a test, such as `loaded before …`")?;
        if let Some(date) = DateFact::parse(word) {
            let relation = self.next("`before` or `from`")?;
            let offset = self.offset();
            let moment = self.next("a moment")?;
            let moment = Moment::parse(moment).map_err(|_| {
                (
                    offset,
                    format!(
                        "`{moment}` is not a moment with an offset, like 2025-04-05T00:01-04:00"
                    ),
                )
            })?;
            return match relation {
                "before" => Ok(Condition::Before(date, moment)),
                "from" => Ok(Condition::From(date, moment)),
                other => Err((
                    start,
                    format!("after `{word}` expected `before` or `from`, found `{other}`"),
                )),
            };
        }
        match word {
            "always" => Ok(Condition::Always),
            "mode" => {
                self.expect("is")?;
                Ok(Condition::Mode(self.next("a mode of transport")?.to_owned()))
            }
            "claim" => Ok(Condition::Claim(self.next("a symbol or a heading")?.to_owned())),
            "content" => {
                let part = self.next("the name of a part, such as `steel`")?.to_owned();
                let compare = self.compare()?;
                let limit = self.limit()?;
                Ok(Condition::Content { part, compare, limit })
            }
            "value" => {
                let compare = self.compare()?;
                let amount = self.amount()?;
                Ok(Condition::Value { compare, amount })
            }
            "column" => {
                let offset = self.offset();
                let column = match self.next("`general` or `claimed`")? {
                    "general" => Tested::General,
                    "claimed" => Tested::Claimed,
                    other => {
                        return Err((
                            offset,
                            format!("expected `general` or `claimed`, found `{other}`"),
                        ));
                    }
                };
                let compare = self.compare()?;
                let offset = self.offset();
                let text = self.next("a percentage")?;
                let share = text
                    .strip_suffix('%')
                    .and_then(percent)
                    .ok_or((offset, format!("`{text}` is not a percentage, like 15%")))?;
                Ok(Condition::Column { column, compare, share })
            }
            "goods" => {
                self.expect("in")?;
                let mut selectors = Vec::new();
                loop {
                    let offset = self.offset();
                    let text = self.next("a code or a list")?;
                    selectors
                        .push(GoodsSelector::parse(text).map_err(|e| (offset, e.to_string()))?);
                    if !self.accept(",") {
                        return Ok(Condition::Goods(selectors));
                    }
                }
            }
            "origin" => {
                self.expect("in")?;
                let mut selectors = Vec::new();
                loop {
                    selectors.push(self.next("a country or an area")?.to_owned());
                    if !self.accept(",") {
                        return Ok(Condition::Origin(selectors));
                    }
                }
            }
            other => Err((
                start,
                format!(
                    "`{other}` starts no test; tests start with a date, mode, claim, content, value, column, goods or origin"
                ),
            )),
        }
    }

    fn compare(&mut self) -> Parsed<Compare> {
        match self.peek().and_then(Compare::parse) {
            Some(compare) => {
                self.at += 1;
                Ok(compare)
            }
            None => Err(self.unexpected("`<`, `<=`, `>=` or `>`")),
        }
    }

    fn limit(&mut self) -> Parsed<Limit> {
        if let Some(share) = self.peek().and_then(|w| w.strip_suffix('%')).and_then(percent) {
            self.at += 1;
            self.expect("of")?;
            self.expect("value")?;
            return Ok(Limit::ShareOfValue(share));
        }
        self.amount().map(Limit::Amount)
    }

    fn amount(&mut self) -> Parsed<Cents> {
        let offset = self.offset();
        let text = self.next("an amount")?;
        Cents::parse(text).map_err(|e| (offset, e.to_string()))
    }
}

impl Condition {
    /// The text, with moments in `zone`; it reads back to the same condition.
    pub fn print(&self, zone: &Zone) -> String {
        let inner = |c: &Condition| match c {
            Condition::And(_) | Condition::Or(_) => format!("({})", c.print(zone)),
            _ => c.print(zone),
        };
        let joined = |parts: &[Condition], word: &str| {
            parts.iter().map(inner).collect::<Vec<_>>().join(word)
        };
        match self {
            Condition::Always => "always".to_owned(),
            Condition::And(parts) => joined(parts, " and "),
            Condition::Or(parts) => joined(parts, " or "),
            Condition::Not(c) => format!("not {}", inner(c)),
            Condition::Before(date, moment) => {
                format!("{} before {}", date.name(), moment.rfc3339(zone))
            }
            Condition::From(date, moment) => {
                format!("{} from {}", date.name(), moment.rfc3339(zone))
            }
            Condition::Mode(mode) => format!("mode is {mode}"),
            Condition::Claim(claim) => format!("claim {claim}"),
            Condition::Content { part, compare, limit } => {
                format!("content {part} {compare} {limit}")
            }
            Condition::Value { compare, amount } => format!("value {compare} {amount}"),
            Condition::Column { column, compare, share } => {
                let column = match column {
                    Tested::General => "general",
                    Tested::Claimed => "claimed",
                };
                format!("column {column} {compare} {}%", exact_decimal(*share * 100))
            }
            Condition::Goods(selectors) => {
                let names: Vec<String> = selectors.iter().map(GoodsSelector::to_string).collect();
                format!("goods in {}", names.join(", "))
            }
            Condition::Origin(selectors) => format!("origin in {}", selectors.join(", ")),
        }
    }
}

impl fmt::Display for Compare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Compare::Less => "<",
            Compare::AtMost => "<=",
            Compare::AtLeast => ">=",
            Compare::More => ">",
        })
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::ShareOfValue(share) => write!(f, "{}% of value", exact_decimal(*share * 100)),
            Limit::Amount(amount) => write!(f, "{amount}"),
        }
    }
}

impl fmt::Display for GoodsSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GoodsSelector::Prefix(code) => write!(f, "{code}"),
            GoodsSelector::List(name) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_read_back_from_their_text() {
        let zone = Zone::named("America/New_York").unwrap();
        for text in [
            "loaded before 2025-04-05T00:01-04:00 and mode is vessel",
            "not (claim S or claim 9903.82.03) and origin in eu, GB",
            "content us >= 20% of value or content steel < 100.00",
            "column general >= 15% and value <= 800",
            "goods in us/annex-ii, 8703 and exported from 2019-05-10T00:01-04:00",
            "always",
        ] {
            let condition = Condition::parse(text).unwrap();
            assert_eq!(Condition::parse(&condition.print(&zone)).unwrap(), condition, "{text}");
        }
    }

    #[test]
    fn facts_are_what_a_line_may_leave_unstated() {
        let condition = Condition::parse(
            "(loaded before 2025-04-05T00:01-04:00 or exported before 2025-04-05T00:01-04:00) \
             and entered before 2025-06-16T00:01-04:00 and content us >= 20% of value and claim S",
        )
        .unwrap();
        let facts: Vec<String> = condition.facts().into_iter().collect();
        assert_eq!(facts, ["content us", "exported", "loaded"]);
    }

    #[test]
    fn errors_point_at_the_word() {
        assert_eq!(Condition::parse("loaded after 2025-04-05T00:01-04:00").unwrap_err().0, 0);
        assert_eq!(Condition::parse("claim S claim KR").unwrap_err().0, 8);
        assert_eq!(Condition::parse("loaded before 2025-04-05").unwrap_err().0, 14);
        assert_eq!(Condition::parse("claim S and").unwrap_err().0, 11);
        assert!(Condition::parse("content us ~ 3").is_err());
        assert!(Condition::parse("(claim S").is_err());
        assert!(Condition::parse("").is_err());
    }
}
