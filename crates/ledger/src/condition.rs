//! Conditions of measures: their form, their text, and their facts.
//!
//! The grammar is in `docs/measure-language.md`. Evaluation is for the engines; nothing here knows
//! a line.

use std::collections::BTreeSet;
use std::fmt;

use crate::condition_text::Parser;
use tariff::{Cents, Code, Exact, Moment, Zone, exact_decimal};

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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compare {
    Less,
    AtMost,
    AtLeast,
    More,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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

    pub(crate) fn parse(text: &str) -> Option<Compare> {
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
        let mut parser = Parser::of(text);
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
