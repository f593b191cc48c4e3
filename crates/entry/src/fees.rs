//! What one line pays of a fee, and what an entry pays at least and at most.

use ledger::{Basis, Exemption, Fee, FeePart, FeeRate, Known, Ledger};
use tariff::{Cents, Country, Day, round_half_up};

/// What a fee looks at.
pub struct FeeFacts<'a> {
    /// The day of entry, or of withdrawal from a warehouse.
    pub day: Day,
    pub origin: Country,
    /// As customs counts it: see [`counted`].
    pub value: Cents,
    pub mode: Option<&'a str>,
    pub claims: &'a [String],
    /// The value of a part of the article, where the line states it.
    pub content: &'a dyn Fn(&str) -> Option<Cents>,
}

/// What a line pays of a fee.
#[derive(Clone, Debug)]
pub enum LineFee<'l> {
    Paid {
        rate: &'l FeeRate,
        basis: Cents,
        /// Rounded for this line; the bounds are those of its entry.
        amount: Cents,
        /// Why only a part of the value pays.
        part: Option<&'l FeePart>,
        /// A content that is not stated: the whole value pays meanwhile.
        need: Option<String>,
    },
    Exempt(&'l Exemption),
    /// The fee is not levied on this mode of transport.
    OtherMode,
    /// The mode of transport is not stated: nothing, or at most so much.
    NeedsMode {
        rate: &'l FeeRate,
        most: Cents,
    },
    /// The ledger holds no rate of the day.
    NoRate,
}

/// A value as customs counts it: the American one in whole dollars.
pub fn counted(ledger: &Ledger, territory: &str, value: Cents) -> Cents {
    match ledger.territory(territory) {
        Some(territory) if territory.whole_value => {
            Cents(round_half_up(value.exact()) as i64 * 100)
        }
        _ => value,
    }
}

/// What a line pays of `fee` as the law was known.
pub fn line_fee<'l>(
    ledger: &'l Ledger,
    fee: &'l Fee,
    known: Known,
    facts: &FeeFacts<'_>,
) -> LineFee<'l> {
    let Some(rate) = fee.rate(ledger, facts.day, known) else { return LineFee::NoRate };
    let exempt = fee.exemption(ledger, facts.origin, facts.day, facts.claims);
    charged(fee, rate, exempt, facts)
}

/// The same, with rate and exemption found already.
pub(crate) fn charged<'l>(
    fee: &'l Fee,
    rate: &'l FeeRate,
    exempt: Option<&'l Exemption>,
    facts: &FeeFacts<'_>,
) -> LineFee<'l> {
    if let Some(exempt) = exempt {
        return LineFee::Exempt(exempt);
    }
    let part = fee.parts.iter().find(|part| part.is_of(facts.claims));
    let stated = part.and_then(|part| part.basis.content()).map(|name| (facts.content)(name));
    let basis = match (part.map(|part| &part.basis), stated.flatten()) {
        (Some(Basis::Content(_)), Some(content)) => content.min(facts.value),
        (Some(Basis::ValueLessContent(_)), Some(content)) => {
            (facts.value - content).max(Cents::ZERO)
        }
        _ => facts.value,
    };
    let amount = Cents::from_exact(basis.exact() * rate.share)
        .expect("no rate of a fee is more than the value");
    if !fee.modes.is_empty() {
        match facts.mode {
            None => return LineFee::NeedsMode { rate, most: amount },
            Some(mode) if !fee.modes.iter().any(|m| m == mode) => return LineFee::OtherMode,
            Some(_) => {}
        }
    }
    let need = part.filter(|part| part.asks && stated == Some(None));
    let need = need.and_then(|part| part.basis.content()).map(|name| format!("content {name}"));
    LineFee::Paid { rate, basis, amount, part, need }
}

/// What an entry pays whose lines come to `sum`: no less than the least, no more than the most.
pub fn bounded(rate: &FeeRate, sum: Cents) -> Cents {
    let sum = rate.least.map_or(sum, |least| sum.max(least));
    rate.most.map_or(sum, |most| sum.min(most))
}
