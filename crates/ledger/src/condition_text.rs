//! The text of a condition -> [`Condition`].

use tariff::{Cents, Moment, percent};

use crate::condition::{Compare, Condition, DateFact, GoodsSelector, Limit, Tested};

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

pub(crate) struct Parser<'a> {
    words: Vec<(usize, &'a str)>,
    at: usize,
    end: usize,
}

pub(crate) type Parsed<T> = Result<T, (usize, String)>;

impl<'a> Parser<'a> {
    pub fn of(text: &'a str) -> Parser<'a> {
        Parser { words: words(text), at: 0, end: text.len() }
    }

    pub fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).map(|(_, word)| *word)
    }

    pub fn offset(&self) -> usize {
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

    pub fn condition(&mut self) -> Parsed<Condition> {
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
