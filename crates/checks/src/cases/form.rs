//! The form of a file of cases: `tests/cases/README.md` describes it.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A file of cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// What the cases are about.
    pub about: String,
    /// Where the figures come from.
    pub source: String,
    /// A folder of `tests/ledgers`; the real law without it.
    pub ledger: Option<String>,
    #[serde(rename = "case", default)]
    pub cases: Vec<Case>,
    #[serde(rename = "controls", default)]
    pub controls: Vec<Controls>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub about: Option<String>,
    #[serde(default = "us")]
    pub by: String,
    /// One code, or several of which the same is true.
    pub code: Each,
    pub origin: Each,
    pub entered: String,
    pub value: String,
    #[serde(default = "entry_known")]
    pub known: String,
    #[serde(default)]
    pub world: Vec<String>,
    #[serde(default)]
    pub reading: BTreeMap<String, String>,
    #[serde(default)]
    pub quantity: Vec<String>,
    pub loaded: Option<String>,
    pub exported: Option<String>,
    pub withdrawn: Option<String>,
    pub privileged: Option<String>,
    pub mode: Option<String>,
    #[serde(default)]
    pub claims: Vec<String>,
    #[serde(default)]
    pub content: BTreeMap<String, i64>,

    // What must come out; what is not said is not checked.
    pub status: Option<String>,
    pub duty: Option<String>,
    pub duty_min: Option<String>,
    pub duty_max: Option<String>,
    /// Duty over value, in percent.
    pub percent: Option<String>,
    /// Amounts by program or by measure.
    #[serde(default)]
    pub amounts: BTreeMap<String, String>,
    /// Headings of chapters 98 and 99 that apply, in any order.
    pub headings: Option<Vec<String>>,
    /// The controls that name the goods, in any order.
    pub requirements: Option<Vec<String>>,
    /// Facts that are missing.
    pub needs: Option<Vec<String>>,
    /// Measures that do not apply, with words of the reason.
    #[serde(default)]
    pub out: BTreeMap<String, String>,
    pub pending: Option<Vec<String>>,
    /// Words of warnings.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// The duty as known today, and the acts that made the difference.
    pub later: Option<String>,
    pub later_acts: Option<Vec<String>>,
    /// A published figure (percent or amount, as in `duty`) that the law contradicts …
    pub published: Option<String>,
    /// … and why.
    pub verdict: Option<String>,
}

fn us() -> String {
    "US".to_owned()
}

fn entry_known() -> String {
    "entry".to_owned()
}

/// A text, or several of which the same is true.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Each {
    One(String),
    Of(Vec<String>),
}

impl Each {
    /// The text, or the first.
    pub fn one(&self) -> &str {
        self.all().first().map_or("", String::as_str)
    }

    pub fn all(&self) -> &[String] {
        match self {
            Each::One(text) => std::slice::from_ref(text),
            Each::Of(texts) => texts,
        }
    }
}

impl Case {
    /// A case for each of its codes and origins.
    pub fn each(self) -> Vec<Case> {
        let mut each = Vec::new();
        for code in self.code.all() {
            for origin in self.origin.all() {
                let (code, origin) = (Each::One(code.clone()), Each::One(origin.clone()));
                each.push(Case { code, origin, ..self.clone() });
            }
        }
        each
    }
}

/// The controls of one side on trade with another on a day.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Controls {
    pub about: Option<String>,
    pub by: String,
    pub with: String,
    pub on: String,
    #[serde(default = "entry_known")]
    pub known: String,
    /// The measures that hold, in any order.
    pub hold: Vec<String>,
    /// Those suspended.
    #[serde(default)]
    pub suspended: Vec<String>,
}
