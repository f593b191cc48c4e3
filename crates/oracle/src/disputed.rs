//! What hangs on the points that authorities read differently.

use ledger::{Known, Ledger, Line, Readings};
use tariff::{Cents, Interval};

use crate::answer::Assessment;
use crate::later::Near;
use crate::oracle::assess;

/// Another option of a reading, under which a line owes something else.
#[derive(Clone, Debug)]
pub struct Disputed {
    pub reading: String,
    /// The option that the answer takes.
    pub taken: String,
    pub option: String,
    /// What the other option says, and who reads it so.
    pub title: String,
    pub source: String,
    pub duty: Option<Cents>,
    pub duty_min: Option<Cents>,
    pub duty_max: Option<Cents>,
    /// The duty under the other option less that of the answer; `None` when either is open.
    pub difference: Option<Cents>,
}

/// The options of readings, other than those taken, under which the answer is another, in the order of
/// the ledger. Each is tried alone.
pub fn disputed(
    ledger: &Ledger,
    line: &Line,
    known: Known,
    now: &Assessment,
    readings: &Readings,
) -> Vec<Disputed> {
    let amounts = |a: &Assessment| (a.status, a.duty, a.duty_min, a.duty_max);
    let mut found = Vec::new();
    for reading in concerned(ledger, line) {
        let taken = readings.get(&reading.id).unwrap_or(&reading.default);
        for option in reading.options.iter().filter(|option| option.id != *taken) {
            let mut readings = readings.clone();
            readings.insert(reading.id.clone(), option.id.clone());
            let other = assess(ledger, line, known, &readings);
            if amounts(&other) == amounts(now) {
                continue;
            }
            found.push(Disputed {
                reading: reading.id.clone(),
                taken: taken.clone(),
                option: option.id.clone(),
                title: option.title.clone(),
                source: option.source.clone(),
                duty: other.duty,
                duty_min: other.duty_min,
                duty_max: other.duty_max,
                difference: other.duty.zip(now.duty).map(|(a, b)| a - b),
            });
        }
    }
    found
}

/// Readings that decide over an operation which may have to do with the line.
fn concerned<'a>(ledger: &'a Ledger, line: &'a Line) -> impl Iterator<Item = &'a ledger::Reading> {
    let near = Near::new(ledger, line);
    // A line that states other dates may meet the law of these.
    let only_entered = [line.loaded, line.exported, line.withdrawn, line.privileged] == [None; 4];
    let zone = ledger.territory(&line.by).map(|territory| &territory.zone);
    let span = zone.filter(|_| only_entered).map(|zone| Interval {
        from: Some(line.entered.first(zone)),
        until: Some(line.entered.last(zone).plus_seconds(1)),
    });
    let then = move |interval: Interval| span.is_none_or(|span| interval.overlaps(span));
    let concerned = move |reading: &&ledger::Reading| {
        let operations = ledger.acts.iter().flat_map(|act| &act.operations);
        let mut disputed = operations.filter(|operation| {
            operation.reading.as_ref().is_some_and(|(id, _)| *id == reading.id)
        });
        disputed.any(|operation| then(operation.interval) && near.is_near(&operation.does))
    };
    ledger.readings.iter().filter(concerned)
}
