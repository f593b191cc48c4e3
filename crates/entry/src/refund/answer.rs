//! The answer for a report: every line at both ends, its differences explained, its money summed.

use std::collections::BTreeMap;

use engine::{Answer, Assessor, Lines, Pairs, Regime};
use ledger::{InterestRates, Ledger, Line, Refunds, Status};
use tariff::{Cents, Code, Day, Exact};

use super::compare::{Compared, Row};
use super::contents;
use super::headings::Headings;
use super::money;
use super::rebuild::{Part, Rebuild};
use super::report::*;
use super::totals::{behind, notes, totals};
use super::variance::Term;
use super::ways::{self, Claimed};
use crate::es003::{FiledEntry, Filing};
use crate::interest::{Creditor, interest};

/// What the slow reference is asked, and only of lines that differ.
pub trait Reference {
    /// What each measure charges on a line as known at its entry.
    fn terms(&mut self, line: &Line) -> Vec<Term>;
    /// The other shares of the value that the columns of the schedule have for the line's goods.
    fn base_rates(&mut self, line: &Line) -> Vec<Exact>;
    /// The act by which every duty under the heading on that day is void as known at the later end.
    fn voided_by(&mut self, heading: Code, entered: Day) -> Option<String>;
}

/// A question about a report.
pub struct Asked<'a, 'l> {
    /// The territory that levies, by its id.
    pub by: &'a str,
    /// The law as known at entry, and as known at the later end.
    pub regimes: [&'a Regime<'l>; 2],
    pub refunds: &'a Refunds,
    pub rates: &'a InterestRates,
    pub creditor: Creditor,
    pub on: Day,
    pub interest_to: Day,
    pub threads: usize,
}

/// A report answered, with what further questions about it need.
pub struct Answered {
    pub report: Report,
    /// By act: the lines of which it made duties void and nothing else changed, and what of these was
    /// owed at entry.
    pub fallen: BTreeMap<String, (u64, Cents)>,
    /// Other lines that owe something else at the later end.
    pub changed: Pairs,
    pub(crate) parts: Vec<Settled>,
}

/// A part of a line with its answers.
pub(crate) struct Settled {
    pub part: Part,
    pub then: Answer,
    pub today: Answer,
    pub compared: Compared,
    pub variance: Vec<Variance>,
}

/// Answers a report. `reference` makes a reference for a thread.
pub fn answer<R: Reference>(
    filing: &Filing,
    asked: &Asked<'_, '_>,
    reference: impl Fn() -> R + Sync,
    done: &(dyn Fn(u64) + Sync),
) -> Answered {
    let ledger = asked.regimes[0].ledger();
    let headings = Headings::of(ledger, asked.by);
    let threads = asked.threads.max(1);
    let size = filing.entries.len().div_ceil(threads).max(1);
    let chunks: Vec<(usize, &[FiledEntry])> =
        filing.entries.chunks(size).enumerate().map(|(at, chunk)| (at * size, chunk)).collect();
    let mut results: Vec<Vec<(EntryRefund, Vec<Settled>)>> = Vec::new();
    std::thread::scope(|scope| {
        let started: Vec<_> = chunks
            .into_iter()
            .map(|(first, chunk)| {
                let (headings, reference) = (&headings, &reference);
                scope.spawn(move || {
                    let mut work = Work::new(asked, headings, reference(), filing.line_values);
                    let entries = chunk.iter().enumerate();
                    let answer = |(at, entry)| {
                        done(1);
                        work.entry(first + at, entry)
                    };
                    entries.map(answer).collect::<Vec<_>>()
                })
            })
            .collect();
        results.extend(started.into_iter().map(|t| t.join().expect("answering does not panic")));
    });
    let mut entries = Vec::new();
    let mut parts = Vec::new();
    for (entry, settled) in results.into_iter().flatten() {
        entries.push(entry);
        parts.extend(settled);
    }
    let (fallen, changed) = behind(ledger, &parts);
    let totals = totals(&entries);
    let report = Report {
        on: asked.on,
        interest_to: asked.interest_to,
        notes: notes(filing, asked, &entries),
        entries,
        faults: filing.faults.clone(),
        acts: Vec::new(),
        questions: Vec::new(),
        totals,
    };
    Answered { report, fallen, changed, parts }
}

/// What a thread works with.
pub(super) struct Work<'a, 'l, R> {
    pub(super) asked: &'a Asked<'a, 'l>,
    pub(super) headings: &'a Headings,
    rebuild: Rebuild<'a>,
    assessors: [Assessor<'a, 'l>; 2],
    pub(super) reference: R,
    voids: BTreeMap<(Code, Day), Option<String>>,
}

impl<'a, 'l, R: Reference> Work<'a, 'l, R> {
    fn new(
        asked: &'a Asked<'a, 'l>,
        headings: &'a Headings,
        reference: R,
        line_values: bool,
    ) -> Work<'a, 'l, R> {
        let ledger = asked.regimes[0].ledger();
        let entry_types = &asked.refunds.entry_types;
        Work {
            asked,
            headings,
            rebuild: Rebuild { ledger, by: asked.by, headings, entry_types, line_values },
            assessors: asked.regimes.map(Assessor::new),
            reference,
            voids: BTreeMap::new(),
        }
    }

    fn ledger(&self) -> &'a Ledger {
        self.rebuild.ledger
    }

    fn entry(&mut self, at: usize, filed: &FiledEntry) -> (EntryRefund, Vec<Settled>) {
        let no_deposit = self.no_deposit(filed);
        let parts = if no_deposit { Vec::new() } else { self.rebuild.parts(at, filed) };
        let mut settled: Vec<Settled> = parts.into_iter().map(|part| self.settle(part)).collect();
        self.explain(filed, &mut settled);
        let entry = self.put_together(filed, &settled);
        (entry, settled)
    }

    fn no_deposit(&self, filed: &FiledEntry) -> bool {
        let types = &self.asked.refunds.entry_types;
        let none = |t: &&ledger::EntryType| t.effect == ledger::TypeEffect::NoDeposit;
        types.iter().filter(none).any(|t| t.code == filed.entry_type)
    }

    /// Both ends of a part, with what the duty filed says of the value of its parts.
    fn settle(&mut self, part: Part) -> Settled {
        let (mut part, mut then) = (part, None);
        let first = self.assess(0, &part.stated);
        let open = first.status == Status::NeedsFacts && part.filed_total.is_none();
        if open
            && let Some((line, taken, answer)) =
                contents::implied(&part, &first, self.headings, |line| self.assess(0, line))
        {
            part.stated = line;
            part.taken.extend(taken);
            // The facts are inferred: what the law asks of the filer stays open.
            then = Some(Answer {
                status: first.status,
                duty_min_cents: first.duty_min_cents,
                duty_max_cents: first.duty_max_cents,
                needs: first.needs.clone(),
                ..answer
            });
        }
        let then = then.unwrap_or(first);
        let today = self.assess(1, &part.stated);
        let ledger = self.ledger();
        let headings = self.headings;
        let entered = entered(&part);
        let voided_by = |heading| self.voided_by(heading, entered);
        let compared = Compared::of(ledger, headings, &part, &then, &today, voided_by);
        Settled { part, then, today, compared, variance: Vec::new() }
    }

    fn assess(&mut self, end: usize, line: &Line) -> Answer {
        let mut lines = Lines::default();
        match lines.push(self.rebuild.ledger, line) {
            Ok(()) => self.assessors[end].answer(&lines, 0),
            Err(e) => Answer {
                status: Status::Invalid,
                value_cents: line.value.0,
                duty_cents: None,
                duty_min_cents: None,
                duty_max_cents: None,
                components: Vec::new(),
                needs: vec![e.to_string()],
                warnings: Vec::new(),
            },
        }
    }

    fn voided_by(&mut self, heading: Code, entered: Option<Day>) -> Option<String> {
        let day = entered?;
        let reference = &mut self.reference;
        let held = self.voids.entry((heading, day));
        held.or_insert_with(|| reference.voided_by(heading, day)).clone()
    }

    fn put_together(&mut self, filed: &FiledEntry, settled: &[Settled]) -> EntryRefund {
        let refunds = self.asked.refunds;
        let lines = self.lines(filed, settled);
        let mut amounts = Amounts::nothing();
        lines.iter().for_each(|line| amounts.add(&line.amounts));
        let mut set_aside = filed.set_aside.clone();
        for of_type in refunds.entry_types.iter().filter(|t| t.code == filed.entry_type) {
            if of_type.effect == ledger::TypeEffect::NoDeposit {
                set_aside.push(format!("entry type {}: {}", of_type.code, of_type.why));
            }
        }
        if !set_aside.is_empty() {
            let rows = filed.lines.iter().flat_map(|line| &line.rows);
            amounts = Amounts { filed: rows.map(|row| row.duty).sum(), ..Amounts::default() };
        }
        let rows = || settled.iter().flat_map(|s| &s.compared.rows);
        let void_rows = || rows().filter(|row| row.is_void() && row.filed.is_some());
        let valued = |s: &Settled| {
            let voids = |heading: &Code| {
                s.compared.rows.iter().any(|row| row.is_void() && row.heading == *heading)
            };
            s.part.valued.iter().any(voids)
        };
        let claimed = Claimed {
            void_heading: void_rows().next().is_some()
                || settled
                    .iter()
                    .any(|s| s.compared.total.is_some() && amounts.refundable > Cents::ZERO),
            valued_void: settled.iter().any(valued),
            refundable: amounts.refundable,
            overpaid: amounts.overpaid,
        };
        let on = self.asked.on;
        let liquidation = ways::liquidation(refunds, filed, on);
        let (mut deadlines, mut rejections) = (Vec::new(), Vec::new());
        if let (Some(entered), Some(liquidation), true) =
            (filed.entered, liquidation, set_aside.is_empty())
        {
            rejections = ways::rejections(refunds, filed, (liquidation, on), claimed);
            deadlines = ways::deadlines(refunds, (entered, liquidation), on, claimed, &rejections);
        }
        let path = ways::path(refunds, &deadlines, claimed.refundable, true);
        let path_overpaid = ways::path(refunds, &deadlines, claimed.overpaid, false);
        let deposited = filed.summary.or(filed.entered);
        let interest = |amount| self.interest(amount, deposited);
        EntryRefund {
            entry: filed.entry.clone(),
            importer: filed.importer.clone(),
            importer_name: filed.importer_name.clone(),
            port: filed.port.clone(),
            entry_type: filed.entry_type.clone(),
            entered: filed.entered,
            deposited,
            liquidation,
            set_aside,
            interest: interest(amounts.refundable),
            interest_overpaid: interest(amounts.overpaid),
            amounts,
            path,
            path_overpaid,
            deadlines,
            rejections,
            variance: lines.iter().flat_map(|line| line.variance.iter().cloned()).collect(),
            lines,
        }
    }

    fn interest(&self, amount: Cents, deposited: Option<Day>) -> Option<Cents> {
        if amount <= Cents::ZERO {
            return Some(Cents::ZERO);
        }
        let Asked { rates, creditor, interest_to, .. } = self.asked;
        let found = interest(rates, *creditor, amount, deposited?, *interest_to);
        found.unknown_from.is_none().then_some(found.amount)
    }

    /// The lines of an entry, those with several commodity codes once for each of them.
    fn lines(&self, filed: &FiledEntry, settled: &[Settled]) -> Vec<LineRefund> {
        let order = |row: &Row| row.filed.is_none();
        settled
            .iter()
            .map(|s| {
                let line = &filed.lines[s.part.line];
                let mut rows: Vec<&Row> = s.compared.rows.iter().collect();
                rows.sort_by_key(|row| order(row));
                LineRefund {
                    line: line.line.clone(),
                    rows: line.rows.iter().map(|row| row.row).collect(),
                    code: Some(s.part.code),
                    origin: Some(s.part.origin),
                    value: Cents(s.then.value_cents),
                    status: money::worse(s.then.status, s.today.status),
                    needs: needs(s),
                    taken: s.part.taken.clone(),
                    amounts: money::amounts(&s.compared, &s.variance, (&s.then, &s.today)),
                    headings: rows.into_iter().map(heading).collect(),
                    variance: s.variance.clone(),
                }
            })
            .collect()
    }
}

fn heading(row: &Row) -> HeadingRefund {
    HeadingRefund {
        program: row.program.clone().unwrap_or_default(),
        heading: row.heading,
        filed: row.filed,
        owed_then: row.then,
        owed_today: row.today,
        void: row.is_void(),
    }
}

fn needs(settled: &Settled) -> Vec<String> {
    let mut needs = settled.then.needs.clone();
    for need in settled.today.needs.iter().chain(&settled.part.unclear) {
        if !needs.contains(need) {
            needs.push(need.clone());
        }
    }
    needs
}

fn entered(part: &Part) -> Option<Day> {
    match part.stated.entered {
        tariff::Stated::Day(day) => Some(day),
        tariff::Stated::Moment(_) => None,
    }
}
