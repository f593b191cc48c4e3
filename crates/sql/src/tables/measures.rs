//! `measures()` and `headings(date)`: every measure as it stands on a day.

use arrow::array::RecordBatch;
use ledger::{Act, Does, Ledger, Operation, Records, Territory, program_of};
use oracle::{Stand, Standing, Survey, moment_known};
use tariff::{Moment, Stated};

use super::Asked;
use super::rows::Columns;
use crate::failure::Failure;
use crate::law::Law;

/// A measure on the day.
struct Row<'a> {
    id: &'a str,
    territory: &'a Territory,
    stand: Stand<'a>,
    made: Option<(&'a Act, &'a Operation)>,
}

/// The measures of the ledger that some act made by then; with `headings` those in force that have a
/// heading. The day is `on`, by default the last that the ledger follows; its end counts.
pub fn rows(law: &Law, asked: &Asked, headings: bool) -> Result<RecordBatch, Failure> {
    let settled = asked.coordinates.of(law.ledger())?;
    let ledger = law.in_worlds(&settled);
    let by = asked.get("by").map(|by| side(ledger, by)).transpose()?;
    let mut rows = Vec::new();
    for territory in ledger.territories.iter().filter(|t| by.is_none_or(|by| by.id == t.id)) {
        let on = match asked.get("on") {
            None => Stated::Day(territory.verified_through),
            Some(text) => Stated::parse(text, &territory.zone)
                .map_err(|e| Failure::new(e, "the argument `on`", "a day, like '2025-05-20'"))?,
        };
        let moment = on.last(&territory.zone);
        let (known, _) = moment_known(ledger, territory, settled.known, on);
        let survey = Survey::new(ledger, known, &settled.readings);
        let start = format!("{}/", territory.id);
        for (id, records) in ledger.measures().filter(|(id, _)| id.starts_with(&start)) {
            let Some(stand) = survey.stand(id, records, moment) else { continue };
            let in_force = matches!(stand.standing, Standing::Live | Standing::Suspended { .. });
            if headings && !(in_force && stand.heading.is_some()) {
                continue;
            }
            rows.push(Row { id, territory, stand, made: made(ledger, records) });
        }
    }
    if headings {
        rows.sort_by_key(|row| (row.stand.heading, row.id));
    }
    columns(&rows)
}

fn columns(rows: &[Row<'_>]) -> Result<RecordBatch, Failure> {
    let print = |moment: Moment, row: &Row<'_>| Stated::Moment(moment).print(&row.territory.zone);
    Columns::default()
        .text("measure", rows.iter().map(|row| Some(row.id)))
        .text("program", rows.iter().map(|row| Some(program_of(row.id))))
        .text("by", rows.iter().map(|row| Some(row.territory.country.to_string())))
        .text("heading", rows.iter().map(|row| row.stand.heading.map(|h| h.to_string())))
        .text("title", rows.iter().map(|row| Some(row.stand.title)))
        .text("rate", rows.iter().map(rate))
        .text("standing", rows.iter().map(|row| Some(standing(&row.stand.standing))))
        .text("standing_by", rows.iter().map(|row| standing_by(&row.stand.standing)))
        .text("until", rows.iter().map(|row| row.stand.until.map(|until| print(until, row))))
        .text("made_by", rows.iter().map(|row| row.made.map(|(act, _)| act.id.as_str())))
        .text("cite", rows.iter().map(|row| row.made.map(|(act, operation)| cite(act, operation))))
        .finish()
}

/// The rate in the words of the ledger: what a suspension leaves, where it leaves one.
fn rate(row: &Row<'_>) -> Option<String> {
    match &row.stand.standing {
        Standing::Suspended { leaving: Some(rate), .. } => Some(rate.to_string()),
        _ => row.stand.rate.map(ToString::to_string),
    }
}

fn standing(standing: &Standing<'_>) -> &'static str {
    match standing {
        Standing::NotLive => "not-live",
        Standing::Live => "live",
        Standing::Suspended { .. } => "suspended",
        Standing::Voided { .. } => "void",
    }
}

fn standing_by<'a>(standing: &Standing<'a>) -> Option<&'a str> {
    match standing {
        Standing::Suspended { by, .. } | Standing::Voided { by, .. } => Some(*by),
        Standing::NotLive | Standing::Live => None,
    }
}

/// The act that makes a measure, and where in it.
fn made<'a>(ledger: &'a Ledger, records: &Records) -> Option<(&'a Act, &'a Operation)> {
    let mut records = records.iter().map(|record| ledger.record(*record));
    records.find(|(_, operation)| matches!(operation.does, Does::Measure { .. }))
}

fn cite(act: &Act, operation: &Operation) -> String {
    match &operation.at {
        Some(at) => format!("{}, {at}", act.cite),
        None => act.cite.clone(),
    }
}

/// The territory of a country that levies.
///
/// # Errors
/// A country that levies nothing here.
pub fn side<'a>(ledger: &'a Ledger, by: &str) -> Result<&'a Territory, Failure> {
    ledger.levying(by).ok_or_else(|| {
        let sides: Vec<&str> = ledger.territories.iter().map(|t| t.country.as_str()).collect();
        let help = format!("the ledger holds the duties of {}", sides.join(", "));
        Failure::new(format!("`{by}` levies nothing here"), "the argument `by`", help)
    })
}
