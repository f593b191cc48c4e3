//! `TERRITORY/interest.toml` -> the rates of interest of each quarter.

use tariff::{Cents, Day, Exact, limits};

use crate::document::{Table, parse};
use crate::finding::{Finding, Place, did_you_mean};
use crate::read_act::CONFIDENCES;
use crate::source::Source;

/// The rates of interest on duties of a territory, and the days for which they are held.
#[derive(Clone, Debug, Default)]
pub struct InterestRates {
    pub cite: String,
    /// Above this amount of one overpayment a corporation may get the reduced rate.
    pub reduced_above: Cents,
    /// The source of that.
    pub reduced_cite: String,
    /// In the order of time, without a gap.
    pub quarters: Vec<InterestQuarter>,
}

/// The rates of one quarter, each a share of the amount a year.
#[derive(Clone, Debug)]
pub struct InterestQuarter {
    /// `2026-Q2`.
    pub name: String,
    pub from: Day,
    /// The first day after the quarter.
    pub until: Day,
    /// By [`InterestRate`].
    rates: [Exact; 4],
    pub source: String,
    pub confidence: String,
    pub place: Place,
}

/// What interest is paid on, and to whom: 26 USC 6621(a).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InterestRate {
    /// Owed to customs.
    Underpayment,
    /// Owed to an importer that is not a corporation.
    Overpayment,
    /// Owed to a corporation.
    Corporate,
    /// Owed to a corporation, on what exceeds [`InterestRates::reduced_above`].
    CorporateReduced,
}

const COLUMNS: [(InterestRate, &str); 4] = [
    (InterestRate::Underpayment, "underpayment"),
    (InterestRate::Overpayment, "overpayment"),
    (InterestRate::Corporate, "overpayment-corporate"),
    (InterestRate::CorporateReduced, "overpayment-corporate-reduced"),
];

impl InterestRate {
    /// Its key in the ledger: `overpayment-corporate`.
    pub fn name(self) -> &'static str {
        COLUMNS[self as usize].1
    }
}

impl InterestQuarter {
    /// A share of the amount a year: 7/100.
    pub fn rate(&self, rate: InterestRate) -> Exact {
        self.rates[rate as usize]
    }
}

impl InterestRates {
    /// The quarter of a day; `None` where the ledger holds no rates for it.
    pub fn of(&self, day: Day) -> Option<&InterestQuarter> {
        let at = self.quarters.partition_point(|quarter| quarter.until <= day);
        self.quarters.get(at).filter(|quarter| quarter.from <= day)
    }
}

pub(crate) fn interest(
    source: &Source,
    path: &str,
    findings: &mut Vec<Finding>,
) -> Option<InterestRates> {
    let mut t = parse(path, source.get(path)?, findings);
    let place = t.place.clone();
    let cite = t.require_text("cite", "the law that says so", findings);
    let (mut reduced_above, mut reduced_cite) = (Cents::ZERO, String::new());
    match t.take_table("reduced-above", findings) {
        None => findings.push(place.finding(
            "`reduced-above` is missing",
            "reduced-above = { amount = \"10000\", cite = \"…\" }",
        )),
        Some(mut above) => {
            if let Some((text, at)) = above.require_text("amount", "like \"10000\"", findings) {
                match Cents::parse(&text) {
                    Ok(amount) => reduced_above = amount,
                    Err(error) => findings.push(at.finding(error.to_string(), "like \"10000\"")),
                }
            }
            let cite = above.require_text("cite", "the law that says so", findings);
            reduced_cite = cite.map_or_else(String::new, |(cite, _)| cite);
            above.finish(&["amount", "cite"], findings);
        }
    }
    let mut quarters: Vec<InterestQuarter> = Vec::new();
    for node in t.take_list("quarter", findings) {
        let Some(table) = Table::from_node(node, findings) else { continue };
        let Some(quarter) = read_quarter(table, findings) else { continue };
        if let Some(before) = quarters.last() {
            check_after(before, &quarter, findings);
        }
        quarters.push(quarter);
    }
    if quarters.is_empty() {
        findings.push(place.finding("no quarter has rates", "write [[quarter]] tables"));
    }
    if quarters.len() > limits::INTEREST_QUARTERS_MAX {
        let message = format!("{} quarters have rates", quarters.len());
        let help = format!("at most {}", limits::INTEREST_QUARTERS_MAX);
        findings.push(place.finding(message, help));
    }
    t.finish(&["cite", "reduced-above", "quarter"], findings);
    Some(InterestRates { cite: cite?.0, reduced_above, reduced_cite, quarters })
}

fn read_quarter(mut t: Table, findings: &mut Vec<Finding>) -> Option<InterestQuarter> {
    let name = t.require_text("quarter", "like \"2026-Q2\"", findings);
    let days = name.as_ref().and_then(|(name, at)| {
        let days = days_of(name);
        if days.is_none() {
            findings.push(at.finding(format!("`{name}` is no quarter"), "like \"2026-Q2\""));
        }
        days
    });
    let rates = COLUMNS.map(|(_, key)| {
        let (text, at) = t.require_text(key, "a rate a year, like \"7%\"", findings)?;
        let rate = text.strip_suffix('%').and_then(tariff::percent).filter(countable);
        if rate.is_none() {
            let message = format!("`{text}` is no rate of interest");
            let most = limits::INTEREST_PERCENT_MAX;
            let help = format!("a share a year, like \"4.5%\": at most {most}%, two decimals");
            findings.push(at.finding(message, help));
        }
        rate
    });
    let source = t.require_text("source", "the ruling or notice that set it", findings);
    let confidence = t.require_text("confidence", &CONFIDENCES.join(", "), findings);
    if let Some((text, at)) = &confidence
        && !CONFIDENCES.contains(&text.as_str())
    {
        let all = format!("one of {}", CONFIDENCES.join(", "));
        let help = did_you_mean(text, CONFIDENCES.iter().copied(), &all);
        findings.push(at.finding(format!("`{text}` is no confidence"), help));
    }
    let keys = COLUMNS.iter().map(|(_, key)| *key);
    let known: Vec<&str> =
        ["quarter"].into_iter().chain(keys).chain(["source", "confidence"]).collect();
    t.finish(&known, findings);
    let (name, place) = name?;
    let (from, until) = days?;
    let [Some(a), Some(b), Some(c), Some(d)] = rates else { return None };
    Some(InterestQuarter {
        name,
        from,
        until,
        rates: [a, b, c, d],
        source: source?.0,
        confidence: confidence?.0,
        place,
    })
}

/// Whether days of this rate can be compounded without loss (`limits`).
fn countable(rate: &Exact) -> bool {
    (*rate * 10_000).is_integer() && *rate * 100 <= Exact::from(limits::INTEREST_PERCENT_MAX)
}

/// The first day of `2026-Q2`, and the first day after it.
fn days_of(name: &str) -> Option<(Day, Day)> {
    let (year, number) = name.split_once("-Q")?;
    let (year, number): (i16, i8) = (year.parse().ok()?, number.parse().ok()?);
    if !(1900..3000).contains(&year) || !(1..=4).contains(&number) || name.len() != 7 {
        return None;
    }
    let until = if number == 4 { (year + 1, 1) } else { (year, number * 3 + 1) };
    Some((Day::new(year, number * 3 - 2, 1)?, Day::new(until.0, until.1, 1)?))
}

/// Quarters follow each other, and what lies between their rates is fixed by statute.
fn check_after(before: &InterestQuarter, after: &InterestQuarter, findings: &mut Vec<Finding>) {
    if after.from != before.until {
        let message = format!("{} does not follow {}", after.name, before.name);
        let help = "quarters stand in the order of time, each once and without a gap";
        findings.push(after.place.finding(message, help));
    }
    for (at, (_, key)) in COLUMNS.iter().enumerate().skip(1) {
        let spread = |quarter: &InterestQuarter| quarter.rates[0] - quarter.rates[at];
        if spread(after) != spread(before) {
            let message =
                format!("`{key}` stands not as far from `{}` as in {}", COLUMNS[0].1, before.name);
            let help = "all follow one rate at distances fixed by statute: look at both";
            findings.push(after.place.finding(message, help));
        }
    }
}
