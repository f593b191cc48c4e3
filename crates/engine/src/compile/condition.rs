//! Conditions of measures, compiled: what does not depend on the line's own facts is settled.

use ledger::{Compare, Condition, DateFact, GoodsSelector, Limit, MODES, Tested, Unstated};
use tariff::{Exact, Moment};

/// A set of facts that may be unstated, by their places in [`FactNames`].
pub(crate) type FactSet = u64;

/// The names of facts that may be unstated, sorted.
#[derive(Debug, Default)]
pub(crate) struct FactNames(pub Vec<String>);

impl FactNames {
    pub fn bit(&self, name: &str) -> FactSet {
        self.0.iter().position(|n| n == name).map_or(0, |at| 1 << at)
    }

    /// The first of a set by name.
    pub fn first(&self, set: FactSet) -> &str {
        self.0.get(set.trailing_zeros() as usize).map_or("", String::as_str)
    }
}

/// A condition of a measure at a moment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    Const(bool),
    And(Vec<Test>),
    Or(Vec<Test>),
    Not(Box<Test>),
    /// A date beside that of entry.
    Date {
        fact: DateFact,
        cut: Moment,
        before: bool,
        open: FactSet,
    },
    Mode {
        mode: u8,
        open: FactSet,
    },
    /// A claim by its place among those that the side asks for.
    Claim(u32),
    Content {
        part: String,
        compare: Compare,
        limit: Limit,
        open: FactSet,
    },
    /// Against cents.
    Value {
        compare: Compare,
        cents: i64,
    },
    Column {
        tested: Tested,
        compare: Compare,
        share: Exact,
        open: FactSet,
    },
    /// Settled for each class of goods: the place of the bit.
    Goods(u32),
    /// Settled for each class of origins: the place of the bit.
    Origin(u32),
}

/// A condition and what it asks of classes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct When<'l> {
    pub test: Test,
    pub goods: Vec<&'l [GoodsSelector]>,
    pub origins: Vec<&'l [String]>,
    /// Whether it looks at a column of the schedule, and which.
    pub columns: Vec<Tested>,
}

/// What names stand for.
pub(crate) struct Names<'a> {
    pub facts: &'a FactNames,
    pub claims: &'a [String],
}

/// Compiles a condition for lines whose entry is at `entered`.
pub(crate) fn compile<'l>(
    condition: &'l Condition,
    entered: Moment,
    names: &Names<'_>,
) -> When<'l> {
    let mut when = When {
        test: Test::Const(true),
        goods: Vec::new(),
        origins: Vec::new(),
        columns: Vec::new(),
    };
    when.test = tree(condition, entered, names, &mut when);
    when
}

fn tree<'l>(
    condition: &'l Condition,
    entered: Moment,
    names: &Names<'_>,
    when: &mut When<'l>,
) -> Test {
    let date = |fact: DateFact, cut: Moment, before: bool| match fact {
        DateFact::Entered => Test::Const((entered < cut) == before),
        fact => Test::Date { fact, cut, before, open: names.facts.bit(fact.name()) },
    };
    match condition {
        Condition::Always => Test::Const(true),
        Condition::And(parts) => {
            Test::And(parts.iter().map(|p| tree(p, entered, names, when)).collect())
        }
        Condition::Or(parts) => {
            Test::Or(parts.iter().map(|p| tree(p, entered, names, when)).collect())
        }
        Condition::Not(inner) => Test::Not(Box::new(tree(inner, entered, names, when))),
        Condition::Before(fact, cut) => date(*fact, *cut, true),
        Condition::From(fact, cut) => date(*fact, *cut, false),
        Condition::Mode(mode) => {
            let at = MODES.iter().position(|m| m.eq_ignore_ascii_case(mode));
            Test::Mode {
                mode: at.map_or(u8::MAX, |at| at as u8 + 1),
                open: names.facts.bit("mode"),
            }
        }
        Condition::Claim(claim) => {
            let at = names.claims.iter().position(|c| c == claim);
            Test::Claim(at.expect("every claim of the ledger has a place") as u32)
        }
        Condition::Content { part, compare, limit } => Test::Content {
            part: part.clone(),
            compare: *compare,
            limit: limit.clone(),
            open: names.facts.bit(&format!("content {part}")),
        },
        Condition::Value { compare, amount } => Test::Value { compare: *compare, cents: amount.0 },
        Condition::Column { column, compare, share } => {
            when.columns.push(*column);
            Test::Column {
                tested: *column,
                compare: *compare,
                share: *share,
                open: names.facts.bit("quantity"),
            }
        }
        Condition::Goods(selectors) => {
            when.goods.push(selectors);
            Test::Goods(when.goods.len() as u32 - 1)
        }
        Condition::Origin(areas) => {
            when.origins.push(areas);
            Test::Origin(when.origins.len() as u32 - 1)
        }
    }
}

impl Test {
    /// Calls `f` on every test that is no connective.
    pub fn visit(&self, f: &mut impl FnMut(&Test)) {
        match self {
            Test::And(parts) | Test::Or(parts) => parts.iter().for_each(|p| p.visit(f)),
            Test::Not(inner) => inner.visit(f),
            test => f(test),
        }
    }
}

impl Test {
    /// The same without the tests beside one that fails, or beside one that holds where one is enough.
    pub fn visit_open(&self, f: &mut dyn FnMut(&Test)) {
        let is = |part: &Test, settled: bool| matches!(part, Test::Const(b) if *b == settled);
        match self {
            Test::And(parts) if parts.iter().any(|part| is(part, false)) => {}
            Test::Or(parts) if parts.iter().any(|part| is(part, true)) => {}
            Test::And(parts) | Test::Or(parts) => parts.iter().for_each(|part| part.visit_open(f)),
            Test::Not(inner) => inner.visit_open(f),
            test => f(test),
        }
    }
}

impl Test {
    /// Whether it looks at one of these claims.
    pub fn looks_at_claims(&self, these: &impl Fn(u32) -> bool) -> bool {
        match self {
            Test::Claim(claim) => these(*claim),
            Test::And(parts) | Test::Or(parts) => parts.iter().any(|p| p.looks_at_claims(these)),
            Test::Not(inner) => inner.looks_at_claims(these),
            _ => false,
        }
    }

    /// What the test comes to for lines that make these claims and no other.
    pub fn with_claims(&self, made: &impl Fn(u32) -> bool) -> Test {
        let connected = |parts: &[Test], settles: bool| {
            let mut open: Vec<Test> = parts.iter().map(|part| part.with_claims(made)).collect();
            if open.contains(&Test::Const(settles)) {
                return Err(Test::Const(settles));
            }
            open.retain(|part| *part != Test::Const(!settles));
            if open.is_empty() { Err(Test::Const(!settles)) } else { Ok(open) }
        };
        match self {
            Test::Claim(claim) => Test::Const(made(*claim)),
            Test::And(parts) => connected(parts, false).map_or_else(|settled| settled, Test::And),
            Test::Or(parts) => connected(parts, true).map_or_else(|settled| settled, Test::Or),
            Test::Not(inner) => match inner.with_claims(made) {
                Test::Const(holds) => Test::Const(!holds),
                open => Test::Not(Box::new(open)),
            },
            test => test.clone(),
        }
    }
}

/// The facts that a measure says something of when they are not stated.
pub(crate) fn named_facts(unstated: Option<&Unstated>) -> impl Iterator<Item = &str> {
    unstated.into_iter().flat_map(|u| &u.outcomes).map(|(fact, _)| fact.as_str())
}
