//! What a measure charges at the line's moment, its suspension taken into account.

use std::rc::Rc;

use ledger::{Basis, Goods, GoodsSelector, Leaving, Rate, Tested, territory_of};
use nomenclature::rate::RateText;
use tariff::{Code, Exact, Moment, exact_decimal};

use crate::as_of::{Suspension, Terms};
use crate::settle::{Applied, Charge, Run, Settled, out};

impl<'a> Run<'a> {
    /// What the measure would charge, its suspension taken into account.
    pub fn charge(&self, terms: &Terms<'a>) -> Result<Applied<'a>, Settled<'a>> {
        let mut cites = terms.cites();
        let mut rate = terms.field(|f| f.rate.as_ref()).ok_or(Settled::Elsewhere)?;
        let mut suspended = None;
        let mut until = terms.until;
        let mut earliest = |end: Option<Moment>| {
            until = match (until, end) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        };
        if let Some(suspension) = terms.suspended {
            match suspension.leaving {
                Some(Leaving::Rate(left)) => {
                    suspended = Some(self.suspended_points(rate, suspension));
                    earliest(suspension.until);
                    cites.push(suspension.by.id.as_str());
                    rate = left;
                }
                _ => {
                    let reason = self.suspended_points(rate, suspension);
                    return Err(out(reason, vec![suspension.by.id.as_str()]));
                }
            }
        }
        let charge = self.charge_of(terms, rate)?;
        let rate = match (rate, self.schedule) {
            (Rate::General, Some(line)) => line.general_text().to_owned(),
            (Rate::Column2, Some(line)) => line.other_text().to_owned(),
            (Rate::Special(_) | Rate::List(_), _) => match &charge {
                Charge::Duty(duty) => duty.to_string(),
                _ => rate.to_string(),
            },
            _ => rate.to_string(),
        };
        // Where another measure leaves this one collected in its place, its act is an authority too.
        for (other, suspension) in self.left_by_suspension(terms.id) {
            if let Some(full) = other.field(|f| f.rate.as_ref()) {
                suspended = Some(self.suspended_points(full, suspension));
            }
            earliest(suspension.until);
            cites.push(suspension.by.id.as_str());
        }
        // The act that put these goods on the list, or gave them their rate.
        let named = terms.field(|f| f.goods.as_ref()).and_then(Option::as_ref);
        let rated = match terms.field(|f| f.rate.as_ref()) {
            Some(Rate::List(name)) => Some(GoodsSelector::List(name.clone())),
            _ => None,
        };
        for selector in named.into_iter().flatten().chain(rated.as_ref()) {
            for act in self.facts.listed_by(selector, terms.moment) {
                if !cites.contains(&act) {
                    cites.push(act);
                }
            }
        }
        cites.dedup();
        Ok(Applied {
            heading: terms
                .field(|f| f.heading.as_ref())
                .copied()
                .or_else(|| self.base_heading(terms)),
            title: terms.title(),
            rate,
            charge,
            basis: terms.field(|f| f.basis.as_ref()).cloned().unwrap_or(Basis::Value),
            cites,
            suspended,
            until,
            drawback: terms.field(|f| f.drawback.as_ref()).map(String::as_str),
            stand_in: terms.field(|f| f.stand_in.as_ref()).copied().unwrap_or(false),
        })
    }

    /// The line's own code, as stated, is the heading of a duty of the schedule.
    fn base_heading(&self, terms: &Terms<'a>) -> Option<Code> {
        match (terms.field(|f| f.rate.as_ref()), self.line.goods) {
            (Some(Rate::General | Rate::Column2 | Rate::Special(_)), Goods::Code(code)) => {
                Some(code)
            }
            _ => None,
        }
    }

    fn charge_of(&self, terms: &Terms<'a>, rate: &Rate) -> Result<Charge, Settled<'a>> {
        let cell = |text: Option<&RateText>, column: &str| match text {
            Some(RateText::Duty(duty)) => Ok(Charge::Duty(duty.clone())),
            Some(RateText::Needs(class)) => Ok(Charge::Needs(class.fact())),
            Some(RateText::Applicable { .. } | RateText::NoChange) | None => {
                Ok(Charge::Needs(format!("the {column} duty of the article itself")))
            }
        };
        match rate {
            Rate::Duty { duty, .. } => Ok(Charge::Duty(duty.clone())),
            // A row of the list covers the code, or the measure would not concern the goods.
            Rate::List(name) => match self.facts.list_rate(name, terms.moment) {
                Some(Rate::Duty { duty, .. }) => Ok(Charge::Duty(duty.clone())),
                _ => Err(Settled::Elsewhere),
            },
            Rate::Total(share) => Ok(Charge::Total {
                share: *share,
                tests: terms.field(|f| f.tests.as_ref()).copied().unwrap_or(Tested::Claimed),
                absorbs: terms.field(|f| f.absorbs.as_ref()).cloned(),
            }),
            Rate::Unknown { min, max } => {
                Ok(Charge::Unknown { min: *min, max: *max, fact: terms.title().to_owned() })
            }
            Rate::General | Rate::Column2 | Rate::Special(_) if self.schedule.is_none() => {
                // Goods on no list have no line in the schedule.
                Err(Settled::Elsewhere)
            }
            Rate::General => cell(self.schedule.and_then(|l| l.general()), "general"),
            Rate::Column2 => cell(self.schedule.and_then(|l| l.other()), "column 2"),
            Rate::Special(symbols) => {
                let found = symbols
                    .iter()
                    .find_map(|symbol| self.schedule.and_then(|l| l.special_for(symbol)));
                match found {
                    Some(text) => cell(Some(text), "special"),
                    None if symbols.iter().any(|s| self.facts.claims(s)) => Err(out(
                        format!(
                            "the special column of this line does not name {}",
                            symbols.join(", ")
                        ),
                        Vec::new(),
                    )),
                    None => Err(Settled::Elsewhere),
                }
            }
        }
    }

    /// `24 of 34 points suspended until 2025-08-12`.
    fn suspended_points(&self, rate: &Rate, suspension: Suspension<'a>) -> String {
        let full = plain_share(rate);
        let left = match suspension.leaving {
            None => Some(Exact::ZERO),
            Some(Leaving::Rate(rate)) => plain_share(rate),
            Some(Leaving::Measure(id)) => Some(id)
                .filter(|id| territory_of(id) == self.facts.territory.id)
                .and_then(|id| self.terms_of(id))
                .and_then(|terms| plain_share(terms.field(|f| f.rate.as_ref())?)),
        };
        let until = suspension.until.map_or_else(
            || "without a set end".to_owned(),
            |until| format!("until {}", until.day(&self.facts.territory.zone)),
        );
        match (full, left) {
            (Some(full), Some(left)) if left > Exact::ZERO && left < full => format!(
                "{} of {} points suspended {until}",
                exact_decimal((full - left) * 100),
                exact_decimal(full * 100)
            ),
            _ => format!("suspended {until}"),
        }
    }

    /// Measures of this line whose suspension leaves `id` collected.
    fn left_by_suspension(&self, id: &str) -> Vec<(Rc<Terms<'a>>, Suspension<'a>)> {
        let mut found = Vec::new();
        for (other, measure) in &self.measures {
            let terms = &measure.terms;
            if *other != id
                && let Some(suspension) = terms.suspended
                && terms.voided_by.is_none()
                && matches!(suspension.leaving, Some(Leaving::Measure(left)) if left == id)
            {
                found.push((terms.clone(), suspension));
            }
        }
        found
    }
}

/// The rate as a share of the value, where it is one.
pub(crate) fn plain_share(rate: &Rate) -> Option<Exact> {
    match rate {
        Rate::Duty { duty, .. } => duty.as_ad_valorem(),
        Rate::Total(share) => Some(*share),
        _ => None,
    }
}
