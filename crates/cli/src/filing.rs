//! The lines of the entry form (CBP Form 7501) that an answer makes: headings in their order, a content that
//! is filed apart on a line of its own, the value on the row of the commodity code.

use ledger::{FilingOrder, Slot};
use oracle::{Component, Goods};
use tariff::{Cents, Code, Exact, Quantity, Unit, exact_decimal, round_half_up};

use crate::duty::Answer;
use crate::failure::Failure;
use crate::text::count;

/// The form of an answer.
pub struct Filing<'a> {
    pub order: &'a FilingOrder,
    pub lines: Vec<FormLine>,
    /// What the form asks for and the line does not state.
    pub needs: Vec<String>,
}

/// A line of the form: several rows under one number.
pub struct FormLine {
    /// The content that this line is of; `None` for the rest of the article, or all of it.
    pub content: Option<String>,
    pub value: Cents,
    pub rows: Vec<FormRow>,
}

/// A row: one tariff number.
pub struct FormRow {
    /// Box 29A. Nothing where the ledger has an amount without a heading.
    pub heading: String,
    pub title: String,
    pub program: String,
    /// Box 31, on the row of the commodity code.
    pub quantities: Vec<String>,
    /// Box 32A, on the same row; on that of chapter 98 what is free under it.
    pub value: Option<Cents>,
    /// Box 33A.
    pub rate: String,
    /// Box 34; `None` where it is not known.
    pub duty: Option<Cents>,
    pub note: String,
    place: usize,
}

/// The form of an answer that has components.
///
/// # Errors
/// When the ledger has no entry form of the side that levies.
pub fn filing<'a>(answer: &'a Answer<'_>) -> Result<Filing<'a>, Failure> {
    let ledger = &answer.question.ledger;
    let territory = ledger.territory(&answer.line.by).expect("a line is levied by a territory");
    let day = answer.line.entered.day(&territory.zone);
    let order = ledger.filing_order(&territory.id, day).ok_or_else(|| {
        let message = format!("the ledger has no entry form of {} on {day}", territory.name);
        Failure::new(message, "--file", "the orders of headings stand in filing.toml")
    })?;
    let draft = Draft::new(answer, order);
    let mut needs = Vec::new();
    let count = draft.parts.len();
    let mut lines = Vec::with_capacity(count);
    for at in 0..count {
        lines.push(draft.line(at, &mut needs));
    }
    Ok(Filing { order, lines, needs })
}

/// What the lines are made from.
struct Draft<'a> {
    answer: &'a Answer<'a>,
    order: &'a FilingOrder,
    /// The heading of chapter 98 that is claimed, and what is free under it.
    special: Option<(Code, Cents)>,
    /// The lines: which content, and what it is worth. What is left of the value stands first.
    parts: Vec<(Option<String>, Cents)>,
    /// For each component its amount on each line; nothing where it is not on the line.
    amounts: Vec<Vec<Option<Cents>>>,
}

impl<'a> Draft<'a> {
    fn new(answer: &'a Answer<'a>, order: &'a FilingOrder) -> Draft<'a> {
        let mut draft =
            Draft { answer, order, special: None, parts: Vec::new(), amounts: Vec::new() };
        let value = answer.assessment.value;
        let special = answer.line.claims.iter().filter_map(|claim| Code::parse(claim).ok());
        let special = special.into_iter().find(|code| code.chapter() == 98);
        let dutiable = special.map_or(value, |_| draft.dutiable());
        draft.special = special.map(|code| (code, value - dutiable));
        draft.parts = draft.split(dutiable);
        draft.amounts = draft.components().map(|component| draft.laid(component)).collect();
        draft.absorb();
        draft
    }

    fn components(&self) -> impl Iterator<Item = &'a Component> + use<'a> {
        self.answer.assessment.components.iter()
    }

    fn is_base(&self, component: &Component) -> bool {
        self.answer.question.ledger.program(&component.program).is_some_and(|p| p.base)
    }

    /// The measure of the base duty that says on which part of the value a claim of chapter 98 pays.
    fn base_in_part(&self) -> Option<&'a Component> {
        self.components().find(|c| self.is_base(c) && c.basis.contains("content "))
    }

    /// What of the value is dutiable under a claim of chapter 98.
    fn dutiable(&self) -> Cents {
        let value = self.answer.assessment.value;
        if let Some(base) = self.base_in_part() {
            return Cents::from_exact(base.basis_amount).unwrap_or(value);
        }
        let mut base = self.components().filter(|c| self.is_base(c));
        let free = base.all(|c| c.share == Some(Exact::ZERO) && c.heading.is_none());
        if free { Cents::ZERO } else { value }
    }

    /// The contents that the law has filed apart, after what they leave of the value.
    fn split(&self, value: Cents) -> Vec<(Option<String>, Cents)> {
        let Answer { question, line, .. } = self.answer;
        let territory = question.ledger.territory(&line.by).expect("a line is levied");
        let day = line.entered.day(&territory.zone);
        let filing = question.ledger.filings.get(&territory.id);
        let splits = filing.into_iter().flat_map(|filing| &filing.splits);
        let mut left = value;
        let mut parts = Vec::new();
        for split in splits.filter(|split| split.holds(day)) {
            let content = format!("content {}", split.content);
            // What is free under chapter 98 is not filed apart again.
            let reported = self.special.is_some()
                && self.base_in_part().is_some_and(|base| base.basis.ends_with(&content));
            let own = self.components().find(|c| c.basis == content);
            let worth = own.and_then(|c| Cents::from_exact(c.basis_amount));
            if let Some(worth) = worth.filter(|worth| *worth > Cents::ZERO && *worth < value)
                && !reported
                && worth <= left
            {
                left = left - worth;
                parts.push((Some(split.content.clone()), worth));
            }
        }
        if left > Cents::ZERO || parts.is_empty() {
            parts.insert(0, (None, left));
        }
        parts
    }

    /// The lines that a component is on, and what it takes there.
    fn laid(&self, component: &Component) -> Vec<Option<Cents>> {
        let on = self.lines_of(component);
        let basis = Cents::from_exact(component.basis_amount).unwrap_or_default();
        // A total is reported whole, with what it absorbs.
        let (amount, share) = match &component.total {
            Some(total) if component.amount > Cents::ZERO => (
                Cents::from_exact(basis.exact() * total.share).unwrap_or_default(),
                Some(total.share),
            ),
            _ => (component.amount, component.share),
        };
        let worth: Cents = on.iter().map(|at| self.parts[*at].1).sum();
        let mut laid = vec![None; self.parts.len()];
        let mut left = amount;
        for at in on.iter().skip(1) {
            let value = self.parts[*at].1.exact();
            let own = match share {
                Some(share) => value * share,
                None if worth > Cents::ZERO => amount.exact() * value / worth.exact(),
                None => Exact::ZERO,
            };
            let own = Cents(round_half_up(own * 100) as i64);
            laid[*at] = Some(own);
            left = left - own;
        }
        // The first line has what is left: cents of rounding, and duties on the quantity, which it states.
        if let Some(first) = on.first() {
            laid[*first] = Some(left);
        }
        laid
    }

    fn lines_of(&self, component: &Component) -> Vec<usize> {
        let all: Vec<usize> = (0..self.parts.len()).collect();
        if all.len() == 1 {
            return all;
        }
        let of = |name: &str| self.parts.iter().position(|(part, _)| part.as_deref() == Some(name));
        if let Some(at) = component.basis.strip_prefix("content ").and_then(of) {
            return vec![at];
        }
        if let Some(at) = component.basis.strip_prefix("value less content ").and_then(of) {
            return all.into_iter().filter(|other| *other != at).collect();
        }
        if ["value", "quantity"].contains(&component.basis.as_str()) {
            return all;
        }
        // A remainder: the lines that it adds up from, the rest of the article among them.
        let basis = Cents::from_exact(component.basis_amount).unwrap_or_default();
        let sets = (1u32..1 << all.len()).map(|bits| {
            all.iter().copied().filter(|at| bits & (1 << at) != 0).collect::<Vec<usize>>()
        });
        let mut fits =
            sets.filter(|set| set.iter().map(|at| self.parts[*at].1).sum::<Cents>() == basis);
        fits.next().unwrap_or_else(|| vec![0])
    }

    /// Takes out of other duties what a total has absorbed: it is reported under the total's heading.
    fn absorb(&mut self) {
        let components: Vec<&Component> = self.components().collect();
        for (at, component) in components.iter().enumerate() {
            let Some(total) = &component.total else { continue };
            let Some(program) = &total.absorbs else { continue };
            let whole: Cents = self.amounts[at].iter().flatten().copied().sum();
            let mut left = whole - component.amount;
            let on: Vec<usize> =
                (0..self.parts.len()).filter(|l| self.amounts[at][*l].is_some()).collect();
            // The first line last: it has what rounding leaves.
            for line in on.iter().skip(1).chain(on.first()) {
                for (other, absorbed) in components.iter().enumerate() {
                    if absorbed.program != *program {
                        continue;
                    }
                    let Some(held) = self.amounts[other][*line] else { continue };
                    let taken = held.min(left).max(Cents::ZERO);
                    self.amounts[other][*line] = Some(held - taken);
                    left = left - taken;
                }
            }
        }
    }

    fn line(&self, at: usize, needs: &mut Vec<String>) -> FormLine {
        let (content, value) = self.parts[at].clone();
        let mut rows: Vec<FormRow> = Vec::new();
        let mut code = self.code_row(at, value, needs);
        for (place, component) in self.components().enumerate() {
            let Some(amount) = self.amounts[place][at] else { continue };
            // Of a value that others take whole nothing is reported.
            if component.basis == "remainder" && component.basis_amount == Exact::ZERO {
                continue;
            }
            let unknown = component.incomplete && component.amount == Cents::ZERO;
            let duty = (!unknown).then_some(amount);
            let chapter = component.heading.map(Code::chapter);
            let base = self.is_base(component);
            if base && chapter != Some(99) {
                code.rate = printed(&component.rate);
                code.title = component.title.clone();
                code.program = component.program.clone();
                code.duty = code.duty.zip(duty).map(|(a, b)| a + b);
                if let Some(total) = self.absorber(&component.program, at)
                    && component.amount > Cents::ZERO
                {
                    code.note = format!("counted in {total}");
                }
                continue;
            }
            if component.heading.is_none() && duty == Some(Cents::ZERO) {
                continue;
            }
            let place = match base {
                true => self.order.place_of_slot(&Slot::Replacement),
                false => self.order.place_of(&component.program),
            };
            rows.push(FormRow {
                heading: component.heading.map(|h| h.to_string()).unwrap_or_default(),
                title: component.title.clone(),
                program: component.program.clone(),
                quantities: Vec::new(),
                value: None,
                rate: match &component.total {
                    Some(total) => format!("{}%", exact_decimal(total.share * 100)),
                    None => printed(&component.rate),
                },
                duty,
                note: String::new(),
                place,
            });
        }
        self.beside(&mut rows);
        if let (Some((heading, free)), 0) = (self.special, at) {
            rows.push(FormRow {
                heading: heading.to_string(),
                title: "free under chapter 98".to_owned(),
                program: String::new(),
                quantities: Vec::new(),
                value: Some(free),
                rate: "Free".to_owned(),
                duty: Some(Cents::ZERO),
                note: String::new(),
                place: self.order.place_of_slot(&Slot::Chapter98),
            });
        }
        rows.push(code);
        rows.sort_by_key(|row| row.place);
        FormLine { content, value, rows }
    }

    /// Adds the headings without duty that say why a duty is displaced on this line.
    fn beside(&self, rows: &mut Vec<FormRow>) {
        let Answer { question, line, assessment, .. } = self.answer;
        let ledger = &question.ledger;
        let zone = &ledger.territory(&line.by).expect("a line is levied").zone;
        let (day, moment) = (line.entered.day(zone), line.entered.last(zone));
        let filing = ledger.filings.get(&line.by);
        for beside in filing.into_iter().flat_map(|filing| &filing.beside) {
            let of = |program: &str| program == beside.program;
            let displaced = assessment.not_applied.iter().any(|n| of(&n.program) && n.yields())
                || self.components().any(|c| of(&c.program) && c.basis == "remainder");
            let other =
                beside.except_of.iter().any(|name| ledger.in_area(line.origin, name, moment));
            let here = rows.iter().any(|row| beside.is_beside(&row.program))
                && !rows.iter().any(|row| of(&row.program) && !row.heading.is_empty());
            if beside.from <= day && displaced && here && !other {
                rows.push(FormRow {
                    heading: beside.heading.to_string(),
                    title: beside.title.clone(),
                    program: beside.program.clone(),
                    quantities: Vec::new(),
                    value: None,
                    rate: "Free".to_owned(),
                    duty: Some(Cents::ZERO),
                    note: String::new(),
                    place: self.order.place_of(&beside.program),
                });
            }
        }
    }

    /// The heading of a total on a line that has absorbed a program.
    fn absorber(&self, program: &str, at: usize) -> Option<String> {
        self.components().enumerate().find_map(|(place, component)| {
            let total = component.total.as_ref()?;
            let absorbs = total.absorbs.as_deref() == Some(program)
                && component.amount > Cents::ZERO
                && self.amounts[place][at].is_some();
            absorbs.then(|| component.heading.map(|h| h.to_string())).flatten()
        })
    }

    /// The row of the commodity code, without its duty.
    fn code_row(&self, at: usize, value: Cents, needs: &mut Vec<String>) -> FormRow {
        let heading = match self.answer.line.goods {
            Goods::Code(code) => code.to_string(),
            Goods::Ordinary => String::new(),
        };
        FormRow {
            heading,
            title: String::new(),
            program: String::new(),
            quantities: self.quantities(at, needs),
            value: Some(value),
            rate: String::new(),
            duty: Some(Cents::ZERO),
            note: String::new(),
            place: self.order.place_of_slot(&Slot::Chapters1To97),
        }
    }

    /// The net quantities in the units that the schedule reports: all on the first line, 0 on the others.
    fn quantities(&self, at: usize, needs: &mut Vec<String>) -> Vec<String> {
        let Answer { question, line, assessment, .. } = self.answer;
        let territory = question.ledger.territory(&line.by).expect("a line is levied");
        let Goods::Code(code) = line.goods else { return Vec::new() };
        let day = line.entered.day(&territory.zone);
        let known = assessment.known.day(&territory.zone);
        let schedule = question.ledger.schedules.get(&territory.id);
        let units: &[Unit] = schedule.map_or(&[], |schedule| schedule.units(code, day, known));
        let mut told = Vec::new();
        for (place, unit) in units.iter().enumerate() {
            if at > 0 {
                told.push(format!("0 {unit}"));
                continue;
            }
            let stated =
                line.quantities.iter().enumerate().find_map(
                    |(own, (amount, stated))| match stated {
                        Some(stated) => {
                            Quantity { amount: *amount, unit: stated.clone() }.in_unit(unit)
                        }
                        None => (own == place).then_some(*amount),
                    },
                );
            match stated {
                Some(amount) => told.push(format!("{} {unit}", grouped(amount))),
                None => {
                    told.push(format!("? {unit}"));
                    needs.push(format!("quantity in {unit}"));
                }
            }
        }
        told
    }
}

/// A rate as the tariff prints it.
fn printed(rate: &str) -> String {
    if rate == "free" { "Free".to_owned() } else { rate.to_owned() }
}

/// A number with separators of thousands.
fn grouped(amount: Exact) -> String {
    let plain = exact_decimal(amount);
    let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), count);
    if decimals.is_empty() { whole } else { format!("{whole}.{decimals}") }
}
