//! `TERRITORY/verify.toml` -> why the official text may differ from the ledger.
//!
//! A rule explains a kind of difference by facts that the comparison finds; `docs/verify.md` says what
//! each key means.

use std::collections::{BTreeMap, BTreeSet};

use tariff::{Code, Country, Day, Stated};

use crate::area::{Area, Countries};
use crate::document::{Table, parse};
use crate::finding::{Finding, Place, did_you_mean};
use crate::program::Program;
use crate::source::Source;

/// A closed list of words of the file.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$item:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$item])* $variant,)* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The word of the file for it.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            pub fn parse(word: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|one| one.name() == word)
            }
        }
    };
}

words! {
    /// What kind of explanation a rule gives.
    RuleKind {
        /// The text is printed and does not bind, or not on that day.
        PrintedNotBinding = "printed-not-binding",
        /// Another text took its place at the minute it would have begun.
        SupersededSameMinute = "superseded-same-minute",
        /// The law reaches back before the day it was published.
        Retroactive = "retroactive",
        /// The printer erred, or says the same in another way.
        PrinterSlip = "printer-slip",
        /// The ledger leaves the heading out, for one of [`NotModelled`].
        NotModelled = "not-modelled",
    }
}

words! {
    /// The only reasons for which a heading may be left out of the ledger.
    NotModelled {
        Quota = "quota",
        Chapter98 = "chapter-98",
        ExpiredBefore2025 = "expired-before-2025",
        NeverBound = "never-bound",
    }
}

words! {
    /// What of a heading differs.
    Aspect {
        /// Whether it is in force.
        Force = "force",
        /// The rate in the general column.
        Rate = "rate",
        /// The special column: whether a preference relieves.
        Special = "special",
        /// Whether goods of column 2 countries pay it.
        Column2 = "column-2",
        /// The countries its description names.
        Origin = "origin",
        /// The dates of loading or export in its description.
        InTransit = "in-transit",
        /// The dates of entry in its description.
        Span = "span",
        /// The goods that its description names by code.
        Goods = "goods",
        /// A line on its goods lists that no footnote sends to it.
        NoFootnote = "no-footnote",
        /// A line whose footnote sends to it and that is on none of its lists.
        Footnote = "footnote",
        /// A rate text that the grammar does not know.
        Unreadable = "unreadable",
    }
}

words! {
    /// What a revision says of a heading's force.
    Printed {
        InForce = "in-force",
        Suspended = "suspended",
        Ended = "ended",
        NotBegun = "not-begun",
        Absent = "absent",
    }
}

words! {
    /// What the ledger says of a heading's force on a day, as known by its end.
    Held {
        InForce = "in-force",
        Suspended = "suspended",
        Ended = "ended",
        /// The duty goes on under another heading.
        Moved = "moved",
        Voided = "voided",
        NotBegun = "not-begun",
        /// An act that was not known yet makes it.
        NotKnown = "not-known",
        /// No measure ever has the heading.
        Absent = "absent",
    }
}

words! {
    /// Where else the ledger says what is printed.
    Agrees {
        /// On a later day, as known by the end of the day of publication.
        Later = "later",
        /// On an earlier day.
        Earlier = "earlier",
        /// On the day itself, as known later.
        KnownLater = "known-later",
        /// On the day itself, as known earlier.
        KnownEarlier = "known-earlier",
    }
}

/// A rule that explains differences: all that it states must hold.
#[derive(Clone, Debug)]
pub struct VerifyRule {
    pub id: String,
    pub kind: RuleKind,
    pub reason: Option<NotModelled>,
    pub why: String,
    pub cite: String,
    /// First and last of each range; a prefix is a range of its own.
    pub headings: Vec<(Code, Code)>,
    pub programs: Vec<String>,
    pub differs: Vec<Aspect>,
    pub printed: Vec<Printed>,
    pub ledger: Vec<Held>,
    pub agrees: Vec<Agrees>,
    /// How many days lie at most between the day of publication and that of `agrees`.
    pub within_days: Option<u32>,
    /// Publication of the revision, from and before.
    pub published_from: Option<Day>,
    pub published_before: Option<Day>,
    /// By its own text the heading had ended before this day.
    pub ended_before: Option<Day>,
    /// In the ledger the heading had ended before this day.
    pub ledger_ended_before: Option<Day>,
    /// Words of the official text, without case: one of them occurs.
    pub text: Vec<String>,
    /// Lines of goods, for differences of footnotes: no others differ.
    pub codes: Vec<Code>,
    pub place: Place,
}

/// What `verify.toml` says.
#[derive(Clone, Debug, Default)]
pub struct Verification {
    pub rules: Vec<VerifyRule>,
    /// Names of countries and areas as the official text writes them, besides those of
    /// `areas/`, in lower case, and the country or area meant.
    pub names: BTreeMap<String, String>,
}

const KEYS: &[&str] = &[
    "id",
    "kind",
    "reason",
    "why",
    "cite",
    "headings",
    "programs",
    "differs",
    "printed",
    "ledger",
    "agrees",
    "within-days",
    "published-from",
    "published-before",
    "ended-before",
    "ledger-ended-before",
    "text",
    "codes",
];

/// The keys that say when a rule holds: one of them at least.
const CONDITIONS: std::ops::Range<usize> = 5..KEYS.len();

/// Reads the file of a territory, which need not be there.
pub(crate) fn verification(
    source: &Source,
    path: &str,
    known: (&[Program], &Countries, &[Area]),
    findings: &mut Vec<Finding>,
) -> Verification {
    let mut read = Verification::default();
    let Some(text) = source.get(path) else { return read };
    let (programs, countries, areas) = known;
    let mut file = parse(path, text, findings);
    if let Some(names) = file.take_table("names", findings) {
        read.names = official_names(names, countries, areas, findings);
    }
    let mut seen = BTreeSet::new();
    for node in file.take_list("rule", findings) {
        let Some(table) = Table::from_node(node, findings) else { continue };
        let Some(rule) = rule(table, programs, findings) else { continue };
        if !seen.insert(rule.id.clone()) {
            let message = format!("the rule `{}` stands twice", rule.id);
            findings.push(rule.place.finding(message, "give each its own id"));
        }
        read.rules.push(rule);
    }
    file.finish(&["rule", "names"], findings);
    read
}

fn official_names(
    mut names: Table,
    countries: &Countries,
    areas: &[Area],
    findings: &mut Vec<Finding>,
) -> BTreeMap<String, String> {
    let keys: Vec<String> = names.keys().map(str::to_owned).collect();
    let mut read = BTreeMap::new();
    for key in keys {
        let Some((meant, place)) = names.take_text(&key, findings) else { continue };
        let country = Country::parse(&meant).ok().and_then(|c| countries.name(c));
        if country.is_none() && !areas.iter().any(|a| a.id == meant) {
            let message = format!("`{meant}` is neither a country nor an area");
            findings.push(place.finding(message, "an ISO code, or the id of an area"));
        }
        read.insert(key.to_lowercase(), meant);
    }
    read
}

fn rule(mut t: Table, programs: &[Program], findings: &mut Vec<Finding>) -> Option<VerifyRule> {
    let place = t.place.clone();
    let conditions = t.keys().filter(|key| KEYS[CONDITIONS].contains(key)).count();
    let id = t.require_text("id", "a name for the rule, like \"headings-stay\"", findings);
    let kind = t.require_text("kind", &one_of(RuleKind::ALL, RuleKind::name), findings);
    let kind = kind.and_then(|(word, place)| {
        word_of(&word, &place, "kind", RuleKind::ALL, RuleKind::name, findings)
    });
    let reason = t.take_text("reason", findings);
    let reason_place = reason.as_ref().map(|(_, place)| place.clone());
    let reason = reason.and_then(|(word, place)| {
        word_of(&word, &place, "reason", NotModelled::ALL, NotModelled::name, findings)
    });
    let why = t.require_text("why", "why the texts differ, in a sentence", findings);
    let cite = t.require_text("cite", "the official text that says so", findings);
    let headings = t.take_texts("headings", findings).unwrap_or_default();
    let headings = headings.into_iter().filter_map(|(text, at)| range(&text, &at, findings));
    let headings: Vec<(Code, Code)> = headings.collect();
    let named = t.take_texts("programs", findings).unwrap_or_default();
    for (program, at) in &named {
        if !programs.iter().any(|p| p.id == *program) {
            let ids = programs.iter().map(|p| p.id.as_str());
            let help = did_you_mean(program, ids, "the ids of programs.toml");
            findings.push(at.finding(format!("no program is named `{program}`"), help));
        }
    }
    let differs = words_of(&mut t, "differs", Aspect::ALL, Aspect::name, findings);
    let printed = words_of(&mut t, "printed", Printed::ALL, Printed::name, findings);
    let ledger = words_of(&mut t, "ledger", Held::ALL, Held::name, findings);
    let agrees = words_of(&mut t, "agrees", Agrees::ALL, Agrees::name, findings);
    let within_days = t.take_number("within-days", findings).map(|n| n.clamp(0, 100_000) as u32);
    let mut day = |key: &str| match t.take_stated(key, findings)? {
        (Stated::Day(day), _) => Some(day),
        (Stated::Moment(_), at) => {
            findings.push(at.finding(format!("`{key}` is a day"), "write 2025-05-14"));
            None
        }
    };
    let published_from = day("published-from");
    let published_before = day("published-before");
    let ended_before = day("ended-before");
    let ledger_ended_before = day("ledger-ended-before");
    let text = t.take_texts("text", findings).unwrap_or_default();
    let codes = t.take_texts("codes", findings).unwrap_or_default();
    let codes = codes.into_iter().filter_map(|(text, at)| {
        Code::parse(&text).map_err(|e| findings.push(at.finding(e.to_string(), ""))).ok()
    });
    let codes = codes.collect();
    t.finish(KEYS, findings);

    let is_left_out = kind == Some(RuleKind::NotModelled);
    match (is_left_out, &reason_place) {
        (true, None) => findings.push(place.finding(
            "a rule `not-modelled` says for which `reason`",
            one_of(NotModelled::ALL, NotModelled::name),
        )),
        (false, Some(at)) => findings.push(
            at.finding("only a rule `not-modelled` has a `reason`", "leave it out, or say `why`"),
        ),
        _ => {}
    }
    if conditions == 0 {
        let help = format!("state one or more of: {}", KEYS[CONDITIONS].join(", "));
        findings.push(place.finding("the rule would explain every difference", help));
    }
    if within_days.is_some() && agrees.is_empty() {
        let help = "name where the ledger agrees: later, earlier, known-later, known-earlier";
        findings.push(place.finding("`within-days` counts from `agrees`", help));
    }
    Some(VerifyRule {
        id: id?.0,
        kind: kind?,
        reason,
        why: why?.0,
        cite: cite?.0,
        headings,
        programs: named.into_iter().map(|(program, _)| program).collect(),
        differs,
        printed,
        ledger,
        agrees,
        within_days,
        published_from,
        published_before,
        ended_before,
        ledger_ended_before,
        text: text.into_iter().map(|(text, _)| text.to_lowercase()).collect(),
        codes,
        place,
    })
}

fn one_of<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> String {
    format!("one of: {}", all.iter().map(|one| name(*one)).collect::<Vec<_>>().join(", "))
}

fn word_of<T: Copy>(
    word: &str,
    place: &Place,
    key: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str + Copy,
    findings: &mut Vec<Finding>,
) -> Option<T> {
    let found = all.iter().copied().find(|one| name(*one) == word);
    if found.is_none() {
        let help = did_you_mean(word, all.iter().map(|one| name(*one)), &one_of(all, name));
        findings.push(place.finding(format!("`{word}` is no word of `{key}`"), help));
    }
    found
}

fn words_of<T: Copy>(
    t: &mut Table,
    key: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str + Copy,
    findings: &mut Vec<Finding>,
) -> Vec<T> {
    let words = t.take_texts(key, findings).unwrap_or_default();
    words.iter().filter_map(|(word, at)| word_of(word, at, key, all, name, findings)).collect()
}

/// `9903.01`, `9903.01.43-9903.01.76`.
fn range(text: &str, place: &Place, findings: &mut Vec<Finding>) -> Option<(Code, Code)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (Code::parse(first), Code::parse(last)) {
        (Ok(first), Ok(last)) if first <= last => Some((first, last)),
        _ => {
            let message = format!("`{text}` is no heading and no range of headings");
            findings.push(place.finding(message, "write 9903.01, or 9903.01.43-9903.01.76"));
            None
        }
    }
}

impl VerifyRule {
    /// Whether it is about this heading.
    pub fn covers(&self, heading: Code) -> bool {
        self.headings.is_empty()
            || self.headings.iter().any(|(first, last)| {
                (*first <= heading && heading <= *last) || last.covers(heading)
            })
    }
}
