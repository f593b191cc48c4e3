//! The reader held against labels: claims by their spans, then their fields, then the verdicts.

use std::collections::BTreeMap;
use std::ops::Range;

use ledger::Ledger;
use tariff::{Country, Day, Exact, exact_decimal};

use crate::claim::Claim;
use crate::labels::{Label, Labelled};
use crate::verdict::{Held, Verdict};

/// A claim as found, and how it is held then and today.
pub type Checked = (Claim, Held, Held);

/// How a field or a verdict fared over all claims that were found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub right: usize,
    /// Found otherwise than labelled.
    pub wrong: usize,
    /// Labelled, and not found.
    pub missed: usize,
    /// Found, and not labelled.
    pub extra: usize,
}

impl Count {
    /// How many that were found, and how many labelled.
    pub fn of(self) -> (usize, usize) {
        (self.right + self.wrong + self.extra, self.right + self.wrong + self.missed)
    }

    fn add(&mut self, other: Count) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
        self.extra += other.extra;
    }
}

/// What a text or many of them came to.
#[derive(Clone, Debug, Default)]
pub struct Score {
    pub texts: usize,
    pub without_claim: usize,
    /// Claims by span: `right` are found and labelled.
    pub claims: Count,
    pub fields: BTreeMap<&'static str, Count>,
    pub then: Count,
    pub today: Count,
    pub misses: Vec<Miss>,
}

/// One thing that is not as labelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    /// The file and the line of the text.
    pub place: String,
    /// `not found`, `no claim`, the name of a field, `then` or `today`.
    pub what: &'static str,
    /// The words concerned.
    pub words: String,
    pub labelled: String,
    pub found: String,
}

/// The fields that are scored, in the order of the report.
pub const FIELDS: [&str; 11] = [
    "kind",
    "levied_by",
    "on",
    "goods",
    "rate_from",
    "rate_to",
    "days",
    "from",
    "until",
    "act",
    "status",
];

impl Score {
    pub fn add(&mut self, other: Score) {
        self.texts += other.texts;
        self.without_claim += other.without_claim;
        self.claims.add(other.claims);
        for (field, count) in other.fields {
            self.fields.entry(field).or_default().add(count);
        }
        self.then.add(other.then);
        self.today.add(other.today);
        self.misses.extend(other.misses);
    }
}

/// The score of one text. A claim is found if its span and the label's share at least half of each; of several
/// the one that shares most.
pub fn score(labelled: &Labelled, text: &str, found: &[Checked], ledger: &Ledger) -> Score {
    let mut score = Score { texts: 1, ..Score::default() };
    score.without_claim = usize::from(labelled.labels.is_empty());
    let place = labelled.place.to_string();
    let spans: Vec<Option<Range<usize>>> =
        labelled.labels.iter().map(|label| label.span(text)).collect();
    let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
    for (l, span) in spans.iter().enumerate() {
        let Some(span) = span else { continue };
        for (f, (claim, _, _)) in found.iter().enumerate() {
            let shared = shared(span, &claim.span);
            if shared * 2 >= span.len() && shared * 2 >= claim.span.len() && shared > 0 {
                pairs.push((shared, l, f));
            }
        }
    }
    pairs.sort_by_key(|(shared, l, f)| (std::cmp::Reverse(*shared), *l, *f));
    let mut of_label = vec![None; labelled.labels.len()];
    let mut of_found = vec![None; found.len()];
    for (_, l, f) in pairs {
        if of_label[l].is_none() && of_found[f].is_none() {
            (of_label[l], of_found[f]) = (Some(f), Some(l));
        }
    }
    let words = |span: &Range<usize>| text.get(span.clone()).unwrap_or_default().to_owned();
    for (label, f) in labelled.labels.iter().zip(&of_label) {
        let miss = |what, labelled: String, found: String| Miss {
            place: place.clone(),
            what,
            words: label.words.clone(),
            labelled,
            found,
        };
        match f {
            _ if label.optional => {}
            None => {
                score.claims.missed += 1;
                score.misses.push(miss("not found", label.why.clone(), String::new()));
            }
            Some(f) => {
                score.claims.right += 1;
                let (claim, then, today) = &found[*f];
                for (field, count, labelled, found) in fields(label, claim, ledger) {
                    score.fields.entry(field).or_default().add(count);
                    if count.right == 0 {
                        score.misses.push(miss(field, labelled, found));
                    }
                }
                for (what, wanted, held) in
                    [("then", &label.then, then), ("today", &label.today, today)]
                {
                    let right = wanted.contains(&held.verdict);
                    if wanted.is_empty() {
                        continue;
                    }
                    let count = if what == "then" { &mut score.then } else { &mut score.today };
                    count.right += usize::from(right);
                    count.wrong += usize::from(!right);
                    if !right {
                        let names: Vec<&str> = wanted.iter().map(|v| Verdict::name(*v)).collect();
                        let said = format!("{} ({})", held.verdict.name(), held.why);
                        score.misses.push(miss(what, names.join(" or "), said));
                    }
                }
            }
        }
    }
    for ((claim, _, _), l) in found.iter().zip(&of_found) {
        if l.is_none() {
            score.claims.extra += 1;
            score.misses.push(Miss {
                place: place.clone(),
                what: "no claim",
                words: words(&claim.span),
                labelled: String::new(),
                found: claim.kind.name().to_owned(),
            });
        }
    }
    score
}

fn shared(a: &Range<usize>, b: &Range<usize>) -> usize {
    a.end.min(b.end).saturating_sub(a.start.max(b.start))
}

type Field = (&'static str, Count, String, String);

/// What is labelled against what was found, for each field that either states. `goods` is right if one names the
/// other, word by word; goods, act and status that are found and not labelled are let pass.
fn fields(label: &Label, claim: &Claim, ledger: &Ledger) -> Vec<Field> {
    let mut out = Vec::new();
    let mut count = |name, labelled: Option<String>, found: Option<String>, right: bool| {
        let mut count = Count::default();
        match (&labelled, &found) {
            (None, None) => return,
            (Some(_), Some(_)) if right => count.right = 1,
            (Some(_), Some(_)) => count.wrong = 1,
            (Some(_), None) => count.missed = 1,
            (None, Some(_)) => count.extra = 1,
        }
        out.push((name, count, labelled.unwrap_or_default(), found.unwrap_or_default()));
    };
    if !label.kinds.is_empty() {
        let names: Vec<&str> = label.kinds.iter().map(|kind| kind.name()).collect();
        let right = label.kinds.contains(&claim.kind);
        count("kind", Some(names.join(" or ")), Some(claim.kind.name().to_owned()), right);
    }
    for (name, labelled, found) in
        [("levied_by", &label.levied_by, &claim.levied_by), ("on", &label.on, &claim.on)]
    {
        if labelled.is_empty() {
            // Who levies is often left to the reader of the text.
            continue;
        }
        let codes = (!found.is_empty()).then(|| codes(found));
        count(name, Some(labelled.join(" ")), codes, same(labelled, found, ledger));
    }
    if let Some(goods) = &label.goods {
        let right = claim.goods.as_ref().is_some_and(|found| names(found, goods));
        count("goods", Some(goods.clone()), claim.goods.clone(), right);
    }
    let percent = |rate: Exact| format!("{}%", exact_decimal(rate));
    for (name, labelled, found) in
        [("rate_from", label.rate_from, claim.rate_from), ("rate_to", label.rate_to, claim.rate_to)]
    {
        count(name, labelled.map(percent), found.map(percent), labelled == found);
    }
    let days = |days: Option<i32>| days.map(|days| days.to_string());
    count("days", days(label.days), days(claim.days), label.days == claim.days);
    let day = |day: Option<Day>| day.map(|day| day.to_string());
    for (name, labelled, found) in
        [("from", label.from, claim.from), ("until", label.until, claim.until)]
    {
        count(name, day(labelled), day(found), labelled == found);
    }
    if label.act.is_some() {
        count("act", label.act.clone(), claim.act.clone(), label.act == claim.act);
    }
    if let Some(status) = label.status {
        let found = claim.status.map(|status| status.name().to_owned());
        let right = claim.status == Some(status);
        count("status", Some(status.name().to_owned()), found, right);
    }
    out
}

fn codes(countries: &[Country]) -> String {
    let codes: Vec<&str> = countries.iter().map(Country::as_str).collect();
    codes.join(" ")
}

/// Whether both name the same countries; a label may name an area by its id in capitals.
fn same(labelled: &[String], found: &[Country], ledger: &Ledger) -> bool {
    let mut wanted: Vec<Country> = Vec::new();
    for name in labelled {
        match ledger.area(&name.to_lowercase()) {
            Some(area) => wanted.extend(area.members.iter().map(|(country, _)| *country)),
            None => wanted.extend(Country::parse(name).ok()),
        }
    }
    let mut found: Vec<Country> = found
        .iter()
        .flat_map(|country| match ledger.area(&country.as_str().to_lowercase()) {
            Some(area) => area.members.iter().map(|(member, _)| *member).collect(),
            None => vec![*country],
        })
        .collect();
    for countries in [&mut wanted, &mut found] {
        countries.sort();
        countries.dedup();
    }
    wanted == found
}

/// Whether one names the other: `steel imports` and `steel`.
fn names(found: &str, labelled: &str) -> bool {
    let (found, labelled) = (found.to_lowercase(), labelled.to_lowercase());
    let stem = |text: &str| text.trim_end_matches('s').replace("aluminium", "aluminum");
    let (found, labelled) = (stem(&found), stem(&labelled));
    found.contains(&labelled) || labelled.contains(&found)
}
