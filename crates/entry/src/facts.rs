//! The facts of a line as people write them, the same for a file and for the command line.

use ledger::{Ledger, MODES};
use tariff::{Cents, Code, Country, Exact, Unit, UnitKind, limits, parse_exact};
use thiserror::Error;

/// A fact that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct FactError {
    pub message: String,
    /// What would be right.
    pub help: String,
}

fn fault(message: impl Into<String>, help: impl Into<String>) -> FactError {
    FactError { message: message.into(), help: help.into() }
}

/// A country of origin by its two letters.
pub fn origin(ledger: &Ledger, text: &str) -> Result<Country, FactError> {
    let country =
        Country::parse(text).map_err(|e| fault(e.to_string(), "write the ISO code, like CN"))?;
    if ledger.countries.resolve(country).is_none() {
        return Err(fault(
            format!("`{country}` is no country of origin in use"),
            "write the ISO 3166 alpha-2 code, like CN, DE or MX",
        ));
    }
    Ok(country)
}

/// A quantity with its unit (`100 kg`), or a bare number in the schedule's unit.
pub fn quantity(ledger: &Ledger, text: &str) -> Result<(Exact, Option<Unit>), FactError> {
    let text = text.trim();
    let split =
        text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(text.len());
    let (amount, unit) = text.split_at(split);
    let amount = parse_exact(amount).ok_or_else(|| {
        fault(format!("`{text}` is not a quantity"), "write an amount and a unit, like \"100 kg\"")
    })?;
    if amount > Exact::from_integer(limits::QUANTITY_MAX)
        || 10i128.pow(limits::QUANTITY_DECIMALS_MAX) % amount.denom() != 0
    {
        let help = format!(
            "at most {} with {} decimals",
            limits::QUANTITY_MAX,
            limits::QUANTITY_DECIMALS_MAX
        );
        return Err(fault(format!("`{text}` is too large or too fine a quantity"), help));
    }
    Ok((amount, if unit.trim().is_empty() { None } else { Some(self::unit(ledger, unit)?) }))
}

/// A unit of quantity: one that converts, or one that the schedule reports in.
pub fn unit(ledger: &Ledger, text: &str) -> Result<Unit, FactError> {
    let help = "a unit of the schedule, like kg, No., doz., prs., liters, m2";
    let unit = Unit::parse(text).ok_or_else(|| fault("the unit is empty", help))?;
    let reported = || {
        ledger.schedules.values().any(|s| {
            s.lines().any(|l| l.units().contains(&unit))
                || s.suffixes().any(|x| x.units.contains(&unit))
        })
    };
    if unit.kind() != UnitKind::Other || unit.is_of_rates() || reported() {
        return Ok(unit);
    }
    Err(fault(format!("`{}` is no unit of quantity", text.trim()), help))
}

/// Quantities in one unit twice: which is meant cannot be known.
pub fn twice(quantities: &[(Exact, Option<Unit>)]) -> Option<FactError> {
    let (_, unit) = quantities.iter().enumerate().find_map(|(at, (_, unit))| {
        let same = quantities[..at].iter().any(|(_, other)| unit.is_some() && other == unit);
        same.then_some((at, unit.as_ref()?))
    })?;
    Some(in_one_unit(unit))
}

pub(crate) fn in_one_unit(unit: &Unit) -> FactError {
    fault(format!("two quantities in {unit}"), "state each unit once")
}

/// The value of a part of the article, in whole units of currency: `steel=2500`.
pub fn content(text: &str) -> Result<(String, Cents), FactError> {
    let help = "write PART=AMOUNT, like steel=2500";
    let (part, amount) =
        text.split_once('=').ok_or_else(|| fault(format!("`{text}` names no part"), help))?;
    let part = match part.trim().to_lowercase().as_str() {
        "" => return Err(fault(format!("`{text}` names no part"), help)),
        "aluminium" => "aluminum".to_owned(),
        other => other.to_owned(),
    };
    let amount = Cents::parse(amount).map_err(|e| fault(e.to_string(), help))?;
    if amount.0 % 100 != 0 {
        return Err(fault(format!("content {part}: `{amount}` is not in whole dollars"), help));
    }
    Ok((part, amount))
}

/// A claim: a special-program symbol, an alias of one, or a heading of chapter 98 or 99.
pub fn claim(ledger: &Ledger, text: &str) -> Result<String, FactError> {
    let text = text.trim();
    if let Ok(code) = Code::parse(text) {
        if matches!(code.chapter(), 98 | 99) && code.digits() >= 8 {
            return Ok(code.to_string());
        }
        return Err(fault(
            format!("`{text}` is no heading that can be claimed"),
            "claims are headings of chapter 98 or 99 in 8 digits, or program symbols like S or KR",
        ));
    }
    let symbol = text.to_uppercase();
    let is_symbol = symbol.len() <= 2
        && symbol.starts_with(|c: char| c.is_ascii_uppercase())
        && symbol.chars().all(|c| c.is_ascii_uppercase() || c == '+' || c == '*');
    if is_symbol {
        return Ok(symbol);
    }
    let aliases = ledger.claim_aliases();
    if let Some(symbol) = aliases.get(&text.to_lowercase()) {
        return Ok(symbol.clone());
    }
    let help = ledger::did_you_mean(
        text,
        aliases.keys().map(String::as_str),
        "claims are headings of chapter 98 or 99, or program symbols like S or KR",
    );
    Err(fault(format!("`{text}` is no claim"), help))
}

/// A mode of transport: `vessel`, or a code of CBP (10 and 11 are vessel, 40 and 41 air …).
pub fn mode(text: &str) -> Result<String, FactError> {
    let word = match text.trim().to_lowercase().as_str() {
        "10" | "11" | "ocean" | "sea" | "ship" => "vessel".to_owned(),
        "20" | "21" => "rail".to_owned(),
        "30" | "31" | "road" => "truck".to_owned(),
        "40" | "41" => "air".to_owned(),
        "50" | "post" => "mail".to_owned(),
        other => other.to_owned(),
    };
    if MODES.contains(&word.as_str()) {
        return Ok(word);
    }
    Err(fault(format!("`{text}` is no mode of transport"), format!("one of {}", MODES.join(", "))))
}
