//! The difference of a single line, by the oracle.

use engine::{StepSum, Steps};
use entry::{Difference, Differences, SideDifferences};
use ledger::{Ledger, Status};
use oracle::{Assessment, Line, walk};
use tariff::Cents;

use crate::diff::Diff;
use crate::diff::ends::End;
use crate::diff::report::Report;
use crate::duty;
use crate::failure::Failure;

pub fn report<'a>(
    diff: &Diff,
    record: &'a Ledger,
    ends: &'a [End; 2],
) -> Result<Report<'a>, Failure> {
    let [code] = diff.input.as_slice() else {
        return Err(Failure::new("several codes", "CODE", "one line has one code"));
    };
    let code = code.display().to_string();
    let option = |given: &'_ Option<String>, name: &str| {
        given.clone().ok_or_else(|| {
            let help = "a single line needs --origin, --entered and --value";
            Failure::new(format!("{name} is missing"), name, help)
        })
    };
    let origin = option(&diff.origin, "--origin")?;
    let entered = option(&diff.entered, "--entered")?;
    let value = option(&diff.value, "--value")?;
    // A claim may have its name from a world.
    let [from, to] = ends;
    let richer = if to.at.worlds.is_empty() { from } else { to };
    let ledger = record.laid_over(&richer.at.worlds);
    let line = duty::line([&code, &origin, &entered, &value], &diff.facts, &ledger)?;
    let walk = walk(record, &line, &from.at, &to.at);
    for answer in [&walk.from, &walk.to] {
        if answer.status == Status::Invalid {
            let reason = answer.needs.first().map(|n| n.fact.clone()).unwrap_or_default();
            let (place, message) = reason.split_once(": ").unwrap_or(("", &reason));
            return Err(Failure::new(message, place, ""));
        }
    }
    let by = record.territories.iter().position(|t| t.id == line.by).unwrap_or(0) as u8;
    let mut steps = Steps::new();
    for step in &walk.steps {
        let sum = StepSum { lines: 1, moment: step.moment, cents: i128::from(step.difference.0) };
        let held = steps.entry((by, step.cause.clone())).or_default();
        held.merge(&sum);
        held.lines = 1;
    }
    let sums = sums(record, (by, &line), [&walk.from, &walk.to]);
    let told = [&walk.from, &walk.to].map(|answer| {
        answer.needs.iter().map(|need| need.fact.clone()).collect::<Vec<_>>().join(", ")
    });
    let name = format!(
        "{} of {}, entered {entered}, value {}",
        code,
        line.origin,
        walk.from.value.grouped()
    );
    let mut report = Report::new(record, ends, vec![name], sums, steps);
    for (end, needs) in ["from", "to"].into_iter().zip(told) {
        if !needs.is_empty() {
            report.notes.push(format!("{end}: needs {needs}"));
        }
    }
    Ok(report)
}

fn sums(record: &Ledger, (by, line): (u8, &Line), ends: [&Assessment; 2]) -> Differences {
    let mut sums = Differences { lines: 1, ..Differences::default() };
    for (end, answer) in ends.iter().enumerate() {
        sums.statuses[end].insert(answer.status, 1);
        sums.without[end] = u64::from(answer.duty.is_none());
    }
    let (Some(from), Some(to)) = (ends[0].duty, ends[1].duty) else { return sums };
    let mut side = SideDifferences::default();
    let of = |from: Cents, to: Cents| {
        let mut difference = Difference::default();
        difference.add(from.0, to.0);
        difference
    };
    side.total = of(from, to);
    for (at, program) in record.programs.iter().enumerate() {
        // An amount of which a part is not known is no amount to subtract.
        let amount = |answer: &Assessment| {
            let parts = answer.components.iter().filter(|c| c.program == program.id);
            let unknown = parts.clone().any(|c| c.incomplete && c.amount == Cents::ZERO);
            (!unknown).then(|| parts.map(|c| c.amount).sum::<Cents>())
        };
        let (Some(from), Some(to)) = (amount(ends[0]), amount(ends[1])) else { continue };
        if (from, to) != (Cents::ZERO, Cents::ZERO) {
            side.programs.insert(at, of(from, to));
        }
    }
    side.origins.insert(line.origin, side.total);
    if let ledger::Goods::Code(code) = line.goods {
        side.chapters.insert(code.chapter(), side.total);
    }
    let zone = &record.territories[usize::from(by)].zone;
    side.days.insert(line.entered.day(zone).number(), side.total);
    sums.sides.insert(by, side);
    sums
}
