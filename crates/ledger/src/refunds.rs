//! `TERRITORY/refunds.toml` -> the ways back, their clocks, and the conditions of a refund declaration.

use tariff::{Cents, Day, Stated};

use crate::document::{Table, parse};
use crate::finding::{Finding, did_you_mean};
use crate::source::Source;

/// When and how what was paid comes back.
#[derive(Clone, Debug, Default)]
pub struct Refunds {
    /// Differences of an entry up to this are rounding.
    pub rounding_most: Cents,
    /// Days from entry to the usual liquidation.
    pub scheduled_days: i32,
    /// Days from entry after which an entry is liquidated by operation of law.
    pub deemed_days: i32,
    /// The best way first.
    pub ways: Vec<RefundWay>,
    pub refusals: Vec<Refusal>,
    pub entry_types: Vec<EntryType>,
}

/// A way by which money comes back, and until when it is open.
#[derive(Clone, Debug)]
pub struct RefundWay {
    pub id: String,
    pub title: String,
    pub after: ClockStart,
    pub days: i32,
    /// It also closes this many days before liquidation.
    pub before_liquidation_days: Option<i32>,
    /// The first day on which it can be used.
    pub opens: Option<Day>,
    /// It serves only for duty that is void.
    pub only_void: bool,
    /// Customs does it of itself: it is told, and no way to count on.
    pub by_customs: bool,
    /// Whether the day is an estimate even where all dates are stated.
    pub estimated: bool,
    pub cite: String,
    pub note: Option<String>,
}

/// The date a clock runs from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockStart {
    Entry,
    Liquidation,
}

/// A reason for which a refund declaration is refused.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub when: RefusalWhen,
    pub message: String,
    pub cite: String,
}

/// What refuses a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefusalWhen {
    Reconciliation,
    EntryType(Vec<String>),
    Drawback,
    OpenProtest,
    /// The clock of the declaration has run out.
    ClockPassed,
    NoVoidHeading,
    Cancelled,
    UnderReview,
    ValueOnVoidHeading,
    NoCommodityCode,
}

/// An entry type that is no plain entry for consumption.
#[derive(Clone, Debug)]
pub struct EntryType {
    pub code: String,
    pub title: String,
    pub effect: TypeEffect,
    pub why: String,
    pub cite: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeEffect {
    /// The law of another day than that of entry may hold.
    OtherDate,
    /// No duty is deposited with it.
    NoDeposit,
}

const WHENS: [&str; 10] = [
    "reconciliation",
    "entry-type",
    "drawback",
    "open-protest",
    "clock-passed",
    "no-void-heading",
    "cancelled",
    "under-review",
    "value-on-void-heading",
    "no-commodity-code",
];

/// Reads the file; a territory may have none.
pub(crate) fn refunds(source: &Source, path: &str, findings: &mut Vec<Finding>) -> Option<Refunds> {
    let mut t = parse(path, source.get(path)?, findings);
    let mut read = Refunds::default();
    if let Some(mut rounding) = t.take_table("rounding", findings) {
        if let Some((text, place)) =
            rounding.require_text("most", "an amount, like \"3.00\"", findings)
        {
            match Cents::parse(&text) {
                Ok(most) => read.rounding_most = most,
                Err(e) => findings.push(place.finding(e.to_string(), "")),
            }
        }
        rounding.require_text("cite", "who says so", findings);
        rounding.finish(&["most", "cite"], findings);
    } else {
        findings.push(t.place.finding("`rounding` is missing", "a table with `most` and `cite`"));
    }
    if let Some(mut liquidation) = t.take_table("liquidation", findings) {
        read.scheduled_days = days(&mut liquidation, "scheduled-days", findings).unwrap_or(0);
        read.deemed_days = days(&mut liquidation, "deemed-days", findings).unwrap_or(0);
        liquidation.require_text("cite", "who says so", findings);
        if read.deemed_days < read.scheduled_days {
            let message = "an entry is deemed liquidated before it usually is";
            findings.push(liquidation.place.finding(message, "`deemed-days` is the longer"));
        }
        liquidation.finish(&["scheduled-days", "deemed-days", "cite"], findings);
    } else {
        let help = "a table with `scheduled-days`, `deemed-days` and `cite`";
        findings.push(t.place.finding("`liquidation` is missing", help));
    }
    for c in list(&mut t, "way", findings) {
        let place = c.key_place("id");
        if let Some(way) = way(c, findings) {
            if read.ways.iter().any(|other| other.id == way.id) {
                findings.push(place.finding(format!("the way `{}` stands twice", way.id), ""));
            }
            read.ways.push(way);
        }
    }
    for r in list(&mut t, "refusal", findings) {
        read.refusals.extend(refusal(r, findings));
    }
    for e in list(&mut t, "entry-type", findings) {
        let place = e.key_place("code");
        if let Some(entry_type) = entry_type(e, findings) {
            if read.entry_types.iter().any(|other| other.code == entry_type.code) {
                let message = format!("the entry type `{}` stands twice", entry_type.code);
                findings.push(place.finding(message, "keep one"));
            }
            read.entry_types.push(entry_type);
        }
    }
    t.finish(&["rounding", "liquidation", "way", "refusal", "entry-type"], findings);
    Some(read)
}

fn list(t: &mut Table, key: &str, findings: &mut Vec<Finding>) -> Vec<Table> {
    let nodes = t.take_list(key, findings);
    nodes.into_iter().filter_map(|node| Table::from_node(node, findings)).collect()
}

/// A number of days above nothing.
fn days(t: &mut Table, key: &str, findings: &mut Vec<Finding>) -> Option<i32> {
    let place = t.key_place(key);
    match t.take_number(key, findings) {
        Some(days @ 1..=36_500) => Some(days as i32),
        Some(days) => {
            let message = format!("`{key}` is {days}");
            findings.push(place.finding(message, "a number of days from 1 to 36500"));
            None
        }
        None => {
            findings.push(t.place.finding(format!("`{key}` is missing"), "a number of days"));
            None
        }
    }
}

fn way(mut c: Table, findings: &mut Vec<Finding>) -> Option<RefundWay> {
    let id = c.require_text("id", "the name of the way", findings);
    let title = c.require_text("title", "in words", findings);
    let after =
        c.require_text("after", "entry or liquidation", findings).and_then(|(text, p)| match text
            .as_str()
        {
            "entry" => Some(ClockStart::Entry),
            "liquidation" => Some(ClockStart::Liquidation),
            other => {
                let message = format!("no clock runs from `{other}`");
                findings.push(p.finding(message, "entry or liquidation"));
                None
            }
        });
    let length = days(&mut c, "days", findings);
    let before = c.keys().any(|key| key == "before-liquidation-days");
    let before_liquidation_days =
        if before { days(&mut c, "before-liquidation-days", findings) } else { None };
    let opens = match c.take_stated("opens", findings) {
        Some((Stated::Day(day), _)) => Some(day),
        Some((_, place)) => {
            findings.push(place.finding("`opens` must be a day", ""));
            None
        }
        None => None,
    };
    let mut truth = |key: &str| c.take_bool(key, findings).unwrap_or(false);
    let (only_void, by_customs, estimated) =
        (truth("only-void"), truth("by-customs"), truth("estimated"));
    let cite = c.require_text("cite", "where it is said", findings);
    let note = c.take_text("note", findings).map(|(note, _)| note);
    c.finish(
        &[
            "id",
            "title",
            "after",
            "days",
            "before-liquidation-days",
            "opens",
            "only-void",
            "by-customs",
            "estimated",
            "cite",
            "note",
        ],
        findings,
    );
    Some(RefundWay {
        id: id?.0,
        title: title?.0,
        after: after?,
        days: length?,
        before_liquidation_days,
        opens,
        only_void,
        by_customs,
        estimated,
        cite: cite?.0,
        note,
    })
}

fn refusal(mut r: Table, findings: &mut Vec<Finding>) -> Option<Refusal> {
    let when = r.require_text("when", "what refuses it", findings);
    let types: Vec<String> = r
        .take_texts("types", findings)
        .unwrap_or_default()
        .into_iter()
        .map(|(code, _)| code)
        .collect();
    let message = r.require_text("message", "in the words of the portal", findings);
    let cite = r.require_text("cite", "where it is said", findings);
    r.take_text("note", findings);
    r.finish(&["when", "types", "message", "cite", "note"], findings);
    let (word, place) = when?;
    if (word == "entry-type") == types.is_empty() {
        let message = if types.is_empty() { "no types are named" } else { "types name nothing" };
        findings.push(place.finding(message, "`types` goes with `when = \"entry-type\"`"));
    }
    let when = match word.as_str() {
        "reconciliation" => RefusalWhen::Reconciliation,
        "entry-type" => RefusalWhen::EntryType(types),
        "drawback" => RefusalWhen::Drawback,
        "open-protest" => RefusalWhen::OpenProtest,
        "clock-passed" => RefusalWhen::ClockPassed,
        "no-void-heading" => RefusalWhen::NoVoidHeading,
        "cancelled" => RefusalWhen::Cancelled,
        "under-review" => RefusalWhen::UnderReview,
        "value-on-void-heading" => RefusalWhen::ValueOnVoidHeading,
        "no-commodity-code" => RefusalWhen::NoCommodityCode,
        other => {
            let help = did_you_mean(other, WHENS, &WHENS.join(", "));
            findings.push(place.finding(format!("`{other}` refuses nothing"), help));
            return None;
        }
    };
    Some(Refusal { when, message: message?.0, cite: cite?.0 })
}

fn entry_type(mut e: Table, findings: &mut Vec<Finding>) -> Option<EntryType> {
    let code = e.require_text("code", "two digits", findings).and_then(|(code, place)| {
        let two = code.len() == 2 && code.bytes().all(|b| b.is_ascii_digit());
        if !two {
            findings.push(place.finding(format!("`{code}` is no entry type"), "two digits"));
        }
        two.then_some(code)
    });
    let title = e.require_text("title", "in words", findings);
    let effect =
        e.require_text("effect", "other-date or no-deposit", findings).and_then(|(text, place)| {
            match text.as_str() {
                "other-date" => Some(TypeEffect::OtherDate),
                "no-deposit" => Some(TypeEffect::NoDeposit),
                other => {
                    let message = format!("`{other}` is no effect");
                    findings.push(place.finding(message, "other-date or no-deposit"));
                    None
                }
            }
        });
    let why = e.require_text("why", "in words", findings);
    let cite = e.require_text("cite", "where it is said", findings);
    e.finish(&["code", "title", "effect", "why", "cite"], findings);
    Some(EntryType { code: code?, title: title?.0, effect: effect?, why: why?.0, cite: cite?.0 })
}
