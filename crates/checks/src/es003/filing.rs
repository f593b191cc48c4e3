//! A line as a filer who knows the law would file it: a row for each heading, the commodity code last.

use ledger::{FilingOrder, Goods, Known, Ledger, Line, Status, Territory};
use nomenclature::rate::RateText;
use nomenclature::{Lookup, Schedule};
use oracle::{Assessment, Component, Oracle};
use tariff::{Cents, Code, Country, Day, Exact, Stated};

use super::trade::Traded;
use crate::mutate::dice::Dice;

/// One line of an entry, with its rows.
#[derive(Clone)]
pub struct FiledLine {
    pub code: Code,
    pub filed_origin: &'static str,
    pub exported_from: Country,
    pub claim: Option<&'static str>,
    pub maker: String,
    /// Whole dollars, in cents.
    pub value: Cents,
    /// A whole number of units, and the unit as customs writes it.
    pub quantity: Option<(usize, String)>,
    pub rows: Vec<FiledRow>,
    /// The rates of the columns of the schedule, where they are shares of the value.
    pub columns: Vec<Exact>,
    /// Whether the law asks for no fact that the report does not have.
    pub exact: bool,
}

/// One row of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiledRow {
    pub heading: Code,
    pub amount: Cents,
    /// The share of the whole value that the amount is, where it is one.
    pub rate: Option<Exact>,
    /// In a row of a total: what of it is the duty of the commodity row.
    pub base: Option<Cents>,
    /// What stands in the column of values: nothing, but for the commodity row.
    pub value: Cents,
}

/// How often a fact is drawn anew before the goods are given up.
const DRAWS_MAX: usize = 4;

/// Files goods on a day. `None` where the ledger has no answer for them.
pub fn file(
    ledger: &Ledger,
    oracle: &mut Oracle<'_>,
    territory: &Territory,
    goods: &Traded,
    value: Cents,
    entered: Day,
    dice: &mut Dice,
) -> Option<FiledLine> {
    let mut line = Line::new(
        &territory.id,
        Goods::Code(goods.code),
        goods.origin,
        Stated::Day(entered),
        value,
    );
    let count = (value.0 as usize / goods.price_cents).max(1);
    if let Some(unit) = &goods.unit {
        line.quantities.push((Exact::from_integer(count as i128), Some(unit.clone())));
    }
    line.claims.extend(goods.claim.map(str::to_owned));
    let mut answer = oracle.assess(&line, Known::Entry);
    let not_used = answer.warnings.iter().any(|warning| warning.starts_with("claim-not-used"));
    if not_used {
        line.claims.clear();
        answer = oracle.assess(&line, Known::Entry);
    }
    let exact = answer.status == Status::Exact;
    // What the report does not say is so all the same: the filer knows it.
    for _ in 0..DRAWS_MAX {
        if answer.status != Status::NeedsFacts {
            break;
        }
        state(&mut line, &answer, entered, dice)?;
        answer = oracle.assess(&line, Known::Entry);
    }
    if answer.status != Status::Exact {
        return None;
    }
    let order = ledger.filing_order(&territory.id, entered)?;
    let quantity = goods.unit.as_ref().map(|unit| (count, unit_code(&unit.to_string())));
    Some(FiledLine {
        code: goods.code,
        filed_origin: goods.filed_origin,
        exported_from: goods.origin,
        claim: goods.claim.filter(|_| !not_used),
        maker: goods.maker.clone(),
        value: answer.value,
        quantity,
        rows: rows(ledger, goods.code, order, &answer)?,
        columns: columns(&ledger.schedules[&territory.id], goods, entered),
        exact,
    })
}

/// The plain rates that the schedule has for goods on a day: general, that of the claim, column 2.
fn columns(schedule: &Schedule, goods: &Traded, entered: Day) -> Vec<Exact> {
    let (Lookup::Line(line) | Lookup::UnknownSuffix(line)) =
        schedule.lookup(goods.code, entered, entered)
    else {
        return Vec::new();
    };
    let claimed = goods.claim.and_then(|symbol| line.special_for(symbol));
    let texts = [line.general(), claimed, line.other()].into_iter().flatten();
    let plain = texts.filter_map(|text| match text {
        RateText::Duty(duty) => duty.as_ad_valorem(),
        _ => None,
    });
    plain.collect()
}

/// States one of the facts that an answer asks for; `None` where it is none that can be made up.
fn state(line: &mut Line, answer: &Assessment, entered: Day, dice: &mut Dice) -> Option<()> {
    for need in &answer.needs {
        match need.fact.as_str() {
            "loaded" => line.loaded = Some(Stated::Day(entered.plus(-20 - dice.below(20) as i32))),
            "exported" => {
                line.exported = Some(Stated::Day(entered.plus(-22 - dice.below(20) as i32)));
            }
            "mode" => line.mode = Some("vessel".to_owned()),
            fact => {
                let part = fact.strip_prefix("content ")?;
                let share = 20 + 10 * dice.below(8) as i64;
                let dollars = answer.value.0 / 100 * share / 100;
                line.contents.insert(part.to_owned(), Cents(dollars * 100));
            }
        }
    }
    Some(())
}

/// The rows of an answer in the order of filing; `None` where a heading cannot be placed.
fn rows(
    ledger: &Ledger,
    code: Code,
    order: &FilingOrder,
    answer: &Assessment,
) -> Option<Vec<FiledRow>> {
    let is_base = |c: &Component| ledger.program(&c.program).is_some_and(|program| program.base);
    let base: Cents = answer.components.iter().filter(|c| is_base(c)).map(|c| c.amount).sum();
    let base_rate = answer.components.iter().find(|c| is_base(c)).and_then(share);
    let mut headings: Vec<&Component> =
        answer.components.iter().filter(|c| !is_base(c) && c.heading.is_some()).collect();
    headings.sort_by_key(|c| order.place_of(&c.program));
    let mut on_commodity = base;
    let mut rows = Vec::new();
    for component in headings {
        // A heading that is left nothing to apply to is not filed.
        if component.basis_amount == Exact::ZERO && answer.value != Cents::ZERO {
            continue;
        }
        let heading = component.heading?;
        if !heading.is_special() {
            return None;
        }
        // A total is filed on its own row with the duty that it takes in.
        let total = component.rate.starts_with("total ") && component.amount != Cents::ZERO;
        let whole = component.basis_amount == answer.value.exact();
        let total = total && whole && on_commodity == base;
        if total {
            on_commodity = Cents::ZERO;
        }
        rows.push(FiledRow {
            heading,
            amount: if total { component.amount + base } else { component.amount },
            rate: share(component).filter(|_| whole && !total),
            base: total.then_some(base),
            value: Cents::ZERO,
        });
    }
    rows.push(FiledRow {
        heading: code,
        amount: on_commodity,
        rate: base_rate.filter(|_| on_commodity == base),
        base: None,
        value: answer.value,
    });
    Some(rows)
}

/// The rate of a component as a share of the value.
fn share(component: &Component) -> Option<Exact> {
    let rate = tariff::percent(component.rate.strip_suffix('%')?)?;
    (rate > Exact::ZERO && component.amount != Cents::ZERO).then_some(rate)
}

/// A unit as customs writes it: `NO`, `KG`, `DOZ`.
fn unit_code(unit: &str) -> String {
    let code = unit.trim_end_matches('.').to_uppercase();
    let same = tariff::Unit::parse(&code) == tariff::Unit::parse(unit);
    if same { code } else { unit.to_owned() }
}
