//! What a side levies on goods of an origin at a moment, layer by layer. The brief, the timeline and the
//! calendar all ask here, and this asks the oracle.

use ledger::{Goods, Known, Ledger, Line, Territory};
use oracle::{Component, Need, NotApplied, Oracle, Status};
use tariff::{Cents, Country, Exact, Moment, Stated, exact_decimal};

/// The value that rates are measured on: ten million, so that a rate of a thousandth of a percent shows.
const PROBE: Cents = Cents(1_000_000_000);

/// What is levied at a moment.
#[derive(Clone, Debug)]
pub struct Stack {
    /// In the order of the programs; the base duty is the first where a code was asked about.
    pub layers: Vec<Component>,
    pub not_applied: Vec<NotApplied>,
    pub status: Status,
    pub needs: Vec<Need>,
}

/// A side of a pair: who levies, on goods of whom, and on which.
#[derive(Clone, Copy, Debug)]
pub struct Levy<'a> {
    pub territory: &'a Territory,
    pub origin: Country,
    pub goods: Goods,
}

impl Stack {
    /// As `known`, at `moment`. Where the goods are ordinary (on no list) there is no base duty in it.
    pub fn of(
        oracle: &mut Oracle<'_>,
        ledger: &Ledger,
        levy: Levy<'_>,
        moment: Moment,
        known: Known,
    ) -> Stack {
        let Levy { territory, origin, goods } = levy;
        let line = Line::new(&territory.id, goods, origin, Stated::Moment(moment), PROBE);
        let answer = oracle.assess(&line, known);
        let mut layers = answer.components;
        if goods == Goods::Ordinary {
            layers.retain(|layer| !is_base(ledger, layer));
        }
        Stack {
            layers,
            not_applied: answer.not_applied,
            status: answer.status,
            needs: answer.needs,
        }
    }

    /// Whether the goods mean something to the side, so that what is levied is known or named.
    pub fn is_answer(&self) -> bool {
        matches!(self.status, Status::Exact | Status::NeedsFacts)
    }

    /// The sum of the layers over the base duty, in percent of the value; what is not known of them is
    /// not in it.
    pub fn additional(&self, ledger: &Ledger) -> Exact {
        let layers = self.layers.iter().filter(|layer| !is_base(ledger, layer));
        percent_of(layers.map(|layer| layer.amount).sum())
    }

    /// The sum of all layers, in percent of the value.
    pub fn total(&self) -> Exact {
        percent_of(self.layers.iter().map(|layer| layer.amount).sum())
    }
}

/// Whether the layer is the base duty of its side.
pub fn is_base(ledger: &Ledger, layer: &Component) -> bool {
    ledger.program(&layer.program).is_some_and(|p| p.base)
}

/// What a layer of a stack takes, in percent of the value.
pub fn share(layer: &Component) -> Exact {
    percent_of(layer.amount)
}

fn percent_of(amount: Cents) -> Exact {
    amount.exact() / PROBE.exact() * 100
}

/// `12.5%`.
pub fn percent(rate: Exact) -> String {
    format!("{}%", exact_decimal(rate))
}

/// A side by the short name of its territory, another country by its own.
pub fn name(ledger: &Ledger, country: Country) -> &str {
    match ledger.levying(country.as_str()) {
        Some(territory) => &territory.name,
        None => ledger.countries.name(country).unwrap_or("?"),
    }
}
