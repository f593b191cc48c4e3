//! `TERRITORY/fees.toml` -> what an entry pays besides duty: rates with their bounds, and who is exempt.

use tariff::{Cents, Code, Country, Day, Exact, Stated, percent};

use crate::act::{Basis, Outcome};
use crate::condition::MODES;
use crate::document::{Node, Table, list_of_tables};
use crate::finding::{Finding, Place, did_you_mean};
use crate::ledger::Ledger;
use crate::line::Known;
use crate::read_fields::basis;
use crate::source::Source;

/// A fee, from `fees.toml` of the territory that levies it.
#[derive(Clone, Debug)]
pub struct Fee {
    /// The name of its column: `mpf`.
    pub id: String,
    /// The territory: `us`.
    pub by: String,
    pub title: String,
    /// The code under which the entry form reports it.
    pub class: Option<String>,
    /// The act that levies it, and the place there.
    pub act: String,
    pub at: String,
    /// The modes of transport on which it is levied; none named: all.
    pub modes: Vec<String>,
    pub exempt: Vec<Exemption>,
    pub parts: Vec<FeePart>,
    /// In order of their days.
    pub rates: Vec<FeeRate>,
    act_place: Place,
}

/// A rate and its bounds from a day on.
#[derive(Clone, Debug)]
pub struct FeeRate {
    pub from: Day,
    /// The share of the value.
    pub share: Exact,
    /// The rate as the law words it.
    pub text: String,
    /// The least and the most that an entry pays.
    pub least: Option<Cents>,
    pub most: Option<Cents>,
    pub act: String,
    place: Place,
}

/// Goods that do not pay: of these origins, or under these claims.
#[derive(Clone, Debug)]
pub struct Exemption {
    /// Countries and areas.
    pub origins: Vec<String>,
    pub claims: Vec<Asked>,
    /// … unless one of these is claimed.
    pub except_claims: Vec<Asked>,
    pub why: String,
    pub cite: String,
    place: Place,
}

/// Goods of which only a part of the value pays.
#[derive(Clone, Debug)]
pub struct FeePart {
    pub claims: Vec<Asked>,
    pub basis: Basis,
    /// What follows when the content is not stated: the whole value pays, and whether that is asked about.
    pub asks: bool,
    pub cite: String,
}

/// A claim that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    Symbol(String),
    /// A heading covers longer ones, `98` every claim of that chapter.
    Heading(Code),
}

impl Asked {
    fn parse(text: &str) -> Option<Asked> {
        if let Ok(heading) = Code::parse(text) {
            return matches!(heading.chapter(), 98 | 99).then_some(Asked::Heading(heading));
        }
        let symbol = text.to_uppercase();
        let is_symbol = (1..=2).contains(&symbol.len())
            && symbol.chars().all(|c| c.is_ascii_uppercase() || c == '+' || c == '*');
        is_symbol.then_some(Asked::Symbol(symbol))
    }

    /// Whether a claim as a line makes it is the one asked for.
    pub fn is(&self, made: &str) -> bool {
        match self {
            Asked::Symbol(symbol) => symbol.eq_ignore_ascii_case(made),
            Asked::Heading(heading) => Code::parse(made).is_ok_and(|made| heading.covers(made)),
        }
    }
}

impl Fee {
    /// The rate of a day as the law was known; `None` where the ledger holds none.
    pub fn rate(&self, ledger: &Ledger, day: Day, known: Known) -> Option<&FeeRate> {
        let zone = &ledger.territory(&self.by)?.zone;
        let until = match known {
            Known::Entry => Stated::Day(day).last(zone),
            Known::Today => ledger.last_known()?,
            Known::At(stated) => stated.last(zone),
        };
        // Of acts that a world drops there is no rate.
        let held = |rate: &&FeeRate| {
            rate.from <= day && ledger.act(&rate.act).is_some_and(|act| act.known <= until)
        };
        self.rates.iter().rev().find(held)
    }

    /// Why goods of this origin, under these claims, do not pay; `None` where they do.
    pub fn exemption(
        &self,
        ledger: &Ledger,
        origin: Country,
        day: Day,
        claims: &[String],
    ) -> Option<&Exemption> {
        let zone = &ledger.territory(&self.by)?.zone;
        let moment = Stated::Day(day).last(zone);
        self.exempt.iter().find(|exemption| {
            let of = |name: &String| ledger.in_area(origin, name, moment);
            (made(&exemption.claims, claims) || exemption.origins.iter().any(of))
                && !made(&exemption.except_claims, claims)
        })
    }

    /// Whether an entry has a least or a most to pay.
    pub fn is_bounded(&self) -> bool {
        self.rates.iter().any(|rate| rate.least.is_some() || rate.most.is_some())
    }
}

impl FeePart {
    /// Whether goods under these claims pay on a part.
    pub fn is_of(&self, claims: &[String]) -> bool {
        made(&self.claims, claims)
    }
}

/// Whether one of the claims that are asked for was made.
fn made(asked: &[Asked], claims: &[String]) -> bool {
    asked.iter().any(|asked| claims.iter().any(|made| asked.is(made)))
}

/// Reads the file of a territory, which need not be there.
pub(crate) fn fees(source: &Source, territory: &str, findings: &mut Vec<Finding>) -> Vec<Fee> {
    let path = format!("{territory}/fees.toml");
    let Some(text) = source.get(&path) else { return Vec::new() };
    let mut fees: Vec<Fee> = Vec::new();
    for t in list_of_tables(&path, text, "fee", findings) {
        let place = t.key_place("id");
        let Some(fee) = fee(t, territory, findings) else { continue };
        if fees.iter().any(|other| other.id == fee.id) {
            findings.push(place.finding(format!("the fee `{}` stands twice", fee.id), "keep one"));
        }
        fees.push(fee);
    }
    fees
}

const FEE_KEYS: [&str; 9] =
    ["id", "title", "class", "act", "at", "modes", "exempt", "part", "rate"];

fn fee(mut t: Table, territory: &str, findings: &mut Vec<Finding>) -> Option<Fee> {
    let place = t.place.clone();
    let id = t.require_text("id", "the name of its column, like \"mpf\"", findings);
    if let Some((id, at)) = &id
        && !id.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    {
        let help = "small letters and underscores: it is the name of a column";
        findings.push(at.finding(format!("`{id}` is no name for a fee"), help));
    }
    let title = t.require_text("title", "short words", findings);
    let class = t.take_text("class", findings).map(|(class, _)| class);
    let act = t.require_text("act", "the act that levies it", findings);
    let at = t.require_text("at", "the place in the act", findings);
    let mut modes = Vec::new();
    for (mode, at) in t.take_texts("modes", findings).unwrap_or_default() {
        if !MODES.contains(&mode.as_str()) {
            let help = format!("one of {}", MODES.join(", "));
            findings.push(at.finding(format!("`{mode}` is no mode of transport"), help));
        }
        modes.push(mode);
    }
    let exempt = t.take_list("exempt", findings);
    let exempt = exempt.into_iter().filter_map(|node| exemption(node, findings)).collect();
    let parts = t.take_list("part", findings);
    let parts = parts.into_iter().filter_map(|node| part(node, findings)).collect();
    let rates = t.take_list("rate", findings);
    let rates: Vec<FeeRate> = rates.into_iter().filter_map(|node| rate(node, findings)).collect();
    if rates.is_empty() {
        findings.push(place.finding("a fee without a rate", "write [[fee.rate]] tables under it"));
    }
    for pair in rates.windows(2) {
        if pair[1].from <= pair[0].from {
            let message =
                format!("the rate from {} stands after that from {}", pair[1].from, pair[0].from);
            findings.push(pair[1].place.finding(message, "rates stand in the order of their days"));
        }
    }
    t.finish(&FEE_KEYS, findings);
    let (act, act_place) = act?;
    Some(Fee {
        id: id?.0,
        by: territory.to_owned(),
        title: title?.0,
        class,
        act,
        at: at?.0,
        modes,
        exempt,
        parts,
        rates,
        act_place,
    })
}

fn rate(node: Node, findings: &mut Vec<Finding>) -> Option<FeeRate> {
    let mut t = Table::from_node(node, findings)?;
    let place = t.place.clone();
    let from = match t.take_stated("from", findings) {
        Some((Stated::Day(day), _)) => Some(day),
        Some((Stated::Moment(_), at)) => {
            findings.push(
                at.finding("`from` is a moment; a fee changes with a day", "from = 2025-10-01"),
            );
            None
        }
        None => {
            findings.push(place.finding("`from` is missing", "the first day of the rate"));
            None
        }
    };
    let text = t.require_text("rate", "a share of the value, like \"0.3464%\"", findings);
    let share = text.as_ref().and_then(|(text, at)| {
        // No fee is more than the value: amounts of fees then fit wherever values do.
        let share = text.strip_suffix('%').and_then(percent).filter(|share| *share <= Exact::ONE);
        if share.is_none() {
            let help = "a share of the value of at most all of it, like \"0.3464%\"";
            findings.push(at.finding(format!("`{text}` is no rate of a fee"), help));
        }
        share
    });
    let mut amount = |key: &str| {
        let (text, at) = t.take_text(key, findings)?;
        Cents::parse(&text)
            .map_err(|e| findings.push(at.finding(e.to_string(), "like \"33.58\"")))
            .ok()
    };
    let (least, most) = (amount("least"), amount("most"));
    if least.zip(most).is_some_and(|(least, most)| least > most) {
        findings
            .push(t.key_place("rate").finding("`least` is more than `most`", "change them over"));
    }
    let act = t.require_text("act", "the act that made the rate", findings);
    t.finish(&["from", "rate", "least", "most", "act"], findings);
    let (act, place) = act?;
    Some(FeeRate { from: from?, share: share?, text: text?.0, least, most, act, place })
}

fn exemption(node: Node, findings: &mut Vec<Finding>) -> Option<Exemption> {
    let mut t = Table::from_node(node, findings)?;
    let place = t.place.clone();
    let origins = t.take_texts("origins", findings).unwrap_or_default();
    let origins: Vec<String> = origins.into_iter().map(|(name, _)| name).collect();
    let claims = claims(&mut t, "claims", findings);
    let except_claims = self::claims(&mut t, "except-claims", findings);
    if origins.is_empty() && claims.is_empty() {
        findings.push(place.finding("an exemption of nothing", "name `origins` or `claims`"));
    }
    let why = t.require_text("why", "why such goods do not pay, in a few words", findings);
    let cite = t.require_text("cite", "the law that says so", findings);
    t.finish(&["origins", "claims", "except-claims", "why", "cite"], findings);
    Some(Exemption { origins, claims, except_claims, why: why?.0, cite: cite?.0, place })
}

fn part(node: Node, findings: &mut Vec<Finding>) -> Option<FeePart> {
    let mut t = Table::from_node(node, findings)?;
    let place = t.place.clone();
    let claims = claims(&mut t, "claims", findings);
    if claims.is_empty() {
        findings.push(place.finding("`claims` is missing", "the claims of which a part pays"));
    }
    let basis = basis(&mut t, findings);
    if basis.as_ref().is_none_or(|basis| basis.content().is_none()) {
        let help = "\"content processing\" or \"value less content us\"";
        findings.push(place.finding("`basis` names no part of the value", help));
    }
    let help = "\"owed\": the whole value pays; \"ask-owed\": it does, and the answer asks";
    let asks =
        t.require_text("unstated", help, findings).and_then(|(text, at)| {
            match Outcome::parse(&text) {
                Some(Outcome::Owed) => Some(false),
                Some(Outcome::AskOwed) => Some(true),
                _ => {
                    findings.push(at.finding(format!("`{text}` is no outcome for a fee"), help));
                    None
                }
            }
        });
    let cite = t.require_text("cite", "the law that says so", findings);
    t.finish(&["claims", "basis", "unstated", "cite"], findings);
    Some(FeePart { claims, basis: basis?, asks: asks?, cite: cite?.0 })
}

fn claims(t: &mut Table, key: &str, findings: &mut Vec<Finding>) -> Vec<Asked> {
    let mut claims = Vec::new();
    for (text, place) in t.take_texts(key, findings).unwrap_or_default() {
        match Asked::parse(&text) {
            Some(asked) => claims.push(asked),
            None => {
                let help = "a program symbol like S, or a heading of chapter 98 or 99";
                findings.push(place.finding(format!("`{text}` is no claim"), help));
            }
        }
    }
    claims
}

/// The names that fees use must exist, and their rates be known when they begin.
pub(crate) fn check(ledger: &Ledger, findings: &mut Vec<Finding>) {
    let acts = || ledger.acts.iter().map(|act| act.id.as_str());
    let unknown = |act: &str, place: &Place| {
        let help = did_you_mean(act, acts(), "an act of the ledger");
        place.finding(format!("unknown act `{act}`"), help)
    };
    for fee in &ledger.fees {
        let Some(territory) = ledger.territory(&fee.by) else { continue };
        if ledger.act(&fee.act).is_none() {
            findings.push(unknown(&fee.act, &fee.act_place));
        }
        for rate in &fee.rates {
            match ledger.act(&rate.act) {
                None => findings.push(unknown(&rate.act, &rate.place)),
                Some(act) if act.known > rate.from.start(&territory.zone) => {
                    let known = act.known.day(&territory.zone);
                    let message =
                        format!("holds from {}, but `{}` was known {known}", rate.from, rate.act);
                    findings.push(rate.place.finding(message, "check both days"));
                }
                Some(_) => {}
            }
        }
        for exemption in &fee.exempt {
            for name in &exemption.origins {
                let country = Country::parse(name).ok().and_then(|c| ledger.countries.name(c));
                if country.is_none() && ledger.area(name).is_none() {
                    let areas = ledger.areas.iter().map(|area| area.id.as_str());
                    let help = did_you_mean(name, areas, "an ISO code, or the id of an area");
                    let message = format!("`{name}` is neither a country nor an area");
                    findings.push(exemption.place.finding(message, help));
                }
            }
        }
    }
}
