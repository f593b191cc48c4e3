//! The oracle, asked about lines that differ.

use std::collections::BTreeMap;

use entry::refund::{Reference, Term};
use ledger::{Does, Known, Ledger, Line, Readings, Records, Territory, territory_of};
use nomenclature::Lookup;
use nomenclature::rate::RateText;
use oracle::{Oracle, Standing, Survey};
use tariff::{Code, Day, Exact, Moment, Stated, percent};

/// The oracle at both ends of a refund.
pub struct Slow<'a> {
    oracle: Oracle<'a>,
    record: &'a Ledger,
    territory: &'a Territory,
    survey: Survey<'a>,
    /// The measures that ever have a heading, in the ledger of the later end.
    measures: BTreeMap<Code, Vec<(&'a str, &'a Records)>>,
}

impl<'a> Slow<'a> {
    /// `record` is the law at entry; `later` that of the later end, known at `until`.
    pub fn new(
        record: &'a Ledger,
        territory: &'a Territory,
        (later, until): (&'a Ledger, Moment),
        readings: &'a Readings,
    ) -> Slow<'a> {
        let mut measures: BTreeMap<Code, Vec<(&str, &Records)>> = BTreeMap::new();
        for (id, records) in later.measures().filter(|(id, _)| territory_of(id) == territory.id) {
            let mut headings: Vec<Code> = Vec::new();
            for record in records {
                if let Does::Measure { fields, .. } | Does::Amend { fields, .. } =
                    &later.record(*record).1.does
                {
                    headings.extend(fields.heading.filter(|h| !headings.contains(h)));
                }
            }
            for heading in headings {
                measures.entry(heading).or_default().push((id, records));
            }
        }
        let survey = Survey::new(later, until, readings);
        Slow { oracle: Oracle::new(record, readings), record, territory, survey, measures }
    }
}

impl Reference for Slow<'_> {
    fn terms(&mut self, line: &Line) -> Vec<Term> {
        let assessment = self.oracle.assess(line, Known::Entry);
        let base = |program: &str| self.record.program(program).is_some_and(|p| p.base);
        let currency = &self.territory.currency;
        let term = |component: oracle::Component| {
            let on_value = component.basis_unit == *currency;
            let heading = component.heading.filter(|h| h.chapter() == 99);
            Term {
                heading: heading.filter(|_| !base(&component.program)),
                rate: rate(&component.rate).filter(|_| on_value),
                basis: component.basis_amount,
                program: component.program,
            }
        };
        assessment.components.into_iter().map(term).collect()
    }

    fn base_rates(&mut self, line: &Line) -> Vec<Exact> {
        let (Some(schedule), ledger::Goods::Code(code)) =
            (self.record.schedules.get(&self.territory.id), line.goods)
        else {
            return Vec::new();
        };
        let day = line.entered.day(&self.territory.zone);
        let (Lookup::Line(found) | Lookup::UnknownSuffix(found)) = schedule.lookup(code, day, day)
        else {
            return Vec::new();
        };
        let columns = [found.general(), found.other()].into_iter().flatten();
        let special = found.special().iter().map(|special| &special.rate);
        let share = |rate: &RateText| match rate {
            RateText::Duty(duty) => duty.as_ad_valorem(),
            _ => None,
        };
        columns.chain(special).filter_map(share).collect()
    }

    fn voided_by(&mut self, heading: Code, entered: Day) -> Option<String> {
        let moment = oracle::representative(Stated::Day(entered), self.territory);
        let of_heading = self.measures.get(&heading).into_iter().flatten();
        let mut void = None;
        for (id, records) in of_heading {
            let Some(stand) = self.survey.stand(id, records, moment) else { continue };
            match stand.standing {
                Standing::Voided { by, .. } => void = Some(by.to_owned()),
                // An exemption beside a void duty takes nothing.
                Standing::Live | Standing::Suspended { .. } if !stand.relief => return None,
                _ => {}
            }
        }
        void
    }
}

/// `20%`, `total 15%`, `Free`: a share of the basis.
fn rate(text: &str) -> Option<Exact> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("free") {
        return Some(Exact::ZERO);
    }
    percent(text.strip_prefix("total ").unwrap_or(text).strip_suffix('%')?)
}
