//! `truce law history`: one measure on both clocks, days of entry across and known dates down.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use ledger::{ALWAYS, Ledger};
use oracle::{Force, Knowledge, Phase, Stretch};
use serde_json::{Value, json};
use tariff::{Moment, Zone};

use crate::failure::Failure;
use crate::law_history_svg::svg;
use crate::question::{Coordinates, Question};
use crate::text::{Column, WIDTH, table, wrapped};
use crate::{law, law_show, print};

/// What was known of a measure, and when: the status and rate of every day of entry, for each
/// stretch of knowledge, with the acts that made the change.
#[derive(Debug, clap::Args)]
pub struct History {
    /// A measure, like us/ieepa-reciprocal/cn (`truce law list measures`).
    measure: String,
    /// Draw it too, into this file.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// A world of the ledger (`truce worlds`) or a file of one; may be repeated, in order.
    #[arg(long, value_name = "NAME|FILE")]
    world: Vec<String>,
    /// The option to take where authorities disagree; may be repeated.
    #[arg(long, value_name = "NAME=OPTION")]
    reading: Vec<String>,
}

/// A measure with all that was known of it.
pub struct Told<'a> {
    pub id: &'a str,
    pub title: String,
    pub world: String,
    /// Moments are told by the clock of the side that levies.
    pub zone: &'a Zone,
    pub knowledge: Vec<Knowledge<'a>>,
}

pub fn run(history: &History, law: Option<&Path>) -> Result<u8, Failure> {
    let coordinates = Coordinates {
        known: "entry".to_owned(),
        world: history.world.clone(),
        reading: history.reading.clone(),
    };
    let question = coordinates.settle(law)?;
    let told = tell(&question, &history.measure)?;
    if let Some(path) = &history.svg {
        law::replace(path, svg(&told))?;
    }
    print(&match history.json {
        true => format!("{}\n", json(&told, &question)),
        false => text(&told),
    });
    Ok(0)
}

fn tell<'a>(question: &'a Question, id: &str) -> Result<Told<'a>, Failure> {
    let ledger: &Ledger = &question.ledger;
    let Some((id, records)) = ledger.measures().find(|(measure, _)| *measure == id) else {
        let names = ledger.measures().map(|(measure, _)| measure);
        let help = ledger::did_you_mean(id, names, "`truce law list measures` prints them");
        return Err(Failure::new(format!("no measure is named `{id}`"), "MEASURE", help));
    };
    let by = ledger.territory(ledger::territory_of(id)).unwrap_or(&ledger.territories[0]);
    let title = law_show::made(ledger, records).and_then(|fields| fields.title.clone());
    Ok(Told {
        id,
        title: title.unwrap_or_default(),
        world: question.world(),
        zone: &by.zone,
        knowledge: oracle::history(ledger, &question.readings, id, records),
    })
}

impl Told<'_> {
    /// The days of entry at which any state of knowledge sees a change: where columns begin.
    pub fn cuts(&self) -> Vec<Moment> {
        let stretches = self.knowledge.iter().flat_map(|known| &known.stretches);
        stretches.filter_map(|s| s.entered.from).collect::<BTreeSet<Moment>>().into_iter().collect()
    }

    /// `2025-05-14`, with the clock where it is not the first minute of the day.
    pub fn moment(&self, moment: Moment) -> String {
        let day = moment.day(self.zone);
        match moment.clock(self.zone) {
            _ if moment == ALWAYS => "always".to_owned(),
            (0, 0 | 1) => day.to_string(),
            (hour, minute) => format!("{day} {hour:02}:{minute:02}"),
        }
    }
}

/// What a cell of the grid says: the rate, or why there is none.
pub fn cell(stretch: &Stretch<'_>) -> String {
    let rate = stretch.rate.as_deref().unwrap_or("0");
    match stretch.phase {
        Phase::InForce => rate.to_owned(),
        Phase::Suspended => format!("({rate})"),
        phase => phase.name().to_owned(),
    }
}

/// The stretch that holds in a column: the one that begins at `cut` or before it.
fn of_column<'a, 'b>(known: &'b Knowledge<'a>, cut: Option<Moment>) -> &'b Stretch<'a> {
    let begun = known.stretches.iter().rev().find(|s| s.entered.from <= cut);
    begun.expect("the first stretch has no beginning")
}

fn text(told: &Told<'_>) -> String {
    let mut out = format!("{}\n", told.id);
    if !told.title.is_empty() {
        let _ = writeln!(out, "{}", wrapped(&told.title, 0));
    }
    if told.world != "record" {
        let _ = writeln!(out, "world: {} (hypothetical)", told.world);
    }
    out.push_str(
        "days of entry across, each column from its day on; what was known from a day on, down\n",
    );
    out.push_str("(10%): suspended, this is collected meanwhile\n");
    let mut columns: Vec<Option<Moment>> = vec![None];
    columns.extend(told.cuts().into_iter().map(Some));
    // As many columns side by side as a line holds.
    let heads: Vec<String> =
        columns.iter().map(|cut| cut.map_or("before".to_owned(), |cut| told.moment(cut))).collect();
    let width = |at: usize| {
        let cells = told.knowledge.iter().map(|known| cell(of_column(known, columns[at])));
        cells.chain([heads[at].clone()]).map(|c| c.chars().count()).max().unwrap_or(0) + 2
    };
    let mut first = 0;
    while first < columns.len() {
        let mut room = usize::from(WIDTH) - 20;
        let mut end = first;
        while end < columns.len() && (width(end) <= room || end == first) {
            room = room.saturating_sub(width(end));
            end += 1;
        }
        let mut head = vec!["known from"];
        head.extend(heads[first..end].iter().map(String::as_str));
        let rows: Vec<Vec<String>> = told
            .knowledge
            .iter()
            .map(|known| {
                let cells = columns[first..end].iter().map(|cut| cell(of_column(known, *cut)));
                [told.moment(known.from)].into_iter().chain(cells).collect()
            })
            .collect();
        let _ = write!(out, "\n{}", table(&vec![Column::Left; head.len()], Some(&head), &rows));
        first = end;
    }
    let mut before: &[Stretch<'_>] = &[];
    for known in &told.knowledge {
        let _ = writeln!(out, "\n{}", told.moment(known.from));
        for (act, force) in &known.changes {
            let line = format!("{} {}: {}", act.id, words(told, force), act.title);
            let _ = writeln!(out, "  {}", wrapped(&line, 4));
        }
        let mut same = true;
        for stretch in known.stretches.iter().filter(|s| !before.contains(s)) {
            same = false;
            let _ = writeln!(out, "    {}", sentence(told, stretch));
        }
        if same {
            out.push_str("    no day of entry changes\n");
        }
        before = &known.stretches;
    }
    out
}

/// How an act stands, in words that follow its name.
fn words(told: &Told<'_>, force: &Force) -> String {
    match force {
        Force::NotKnown => "is not made".to_owned(),
        Force::Pending(None) => "is made, never to bind".to_owned(),
        Force::Pending(Some(binds)) => format!("is made, to bind from {}", told.moment(*binds)),
        Force::StayedBy(act) => format!("is stayed by {act}"),
        Force::Voided => "is void".to_owned(),
        Force::Binding => "binds".to_owned(),
    }
}

/// `entered 2025-05-14 to 2025-08-12: suspended, 10% collected (eo-14298)`.
pub fn sentence(told: &Told<'_>, stretch: &Stretch<'_>) -> String {
    let entered = match (stretch.entered.from, stretch.entered.until) {
        (None, None) => "any day of entry".to_owned(),
        (None, Some(until)) => format!("entered before {}", told.moment(until)),
        (Some(from), None) => format!("entered from {}", told.moment(from)),
        (Some(from), Some(until)) => {
            format!("entered from {} until {}", told.moment(from), told.moment(until))
        }
    };
    let rate = stretch.rate.as_deref();
    let status = match stretch.phase {
        Phase::InForce => rate.unwrap_or("in force").to_owned(),
        Phase::Suspended => format!("suspended, {} collected", rate.unwrap_or("nothing")),
        phase => phase.name().to_owned(),
    };
    let by = stretch.by.map(|act| format!(" ({act})")).unwrap_or_default();
    format!("{entered}: {status}{by}")
}

fn json(told: &Told<'_>, question: &Question) -> Value {
    let moment =
        |moment: Option<Moment>| moment.filter(|m| *m != ALWAYS).map(|m| m.rfc3339(told.zone));
    let force = |force: &Force| match force {
        Force::NotKnown => json!({"force": "not-known"}),
        Force::Pending(binds) => json!({"force": "pending", "binds": moment(*binds)}),
        Force::StayedBy(act) => json!({"force": "stayed", "by": act}),
        Force::Voided => json!({"force": "voided"}),
        Force::Binding => json!({"force": "binding"}),
    };
    let knowledge: Vec<Value> = told
        .knowledge
        .iter()
        .map(|known| {
            let acts: Vec<Value> = known
                .changes
                .iter()
                .map(|(act, stands)| {
                    let mut value = force(stands);
                    value["act"] = json!(act.id);
                    value
                })
                .collect();
            let stretches: Vec<Value> = known
                .stretches
                .iter()
                .map(|s| {
                    json!({"from": moment(s.entered.from), "until": moment(s.entered.until),
                           "status": s.phase.name(), "rate": s.rate, "by": s.by})
                })
                .collect();
            json!({"from": moment(Some(known.from)), "until": moment(known.until),
                   "acts": acts, "entered": stretches})
        })
        .collect();
    json!({"measure": told.id, "title": told.title, "world": told.world,
           "reading": question.readings, "known": knowledge,
           "ledger": question.ledger.digest, "version": env!("CARGO_PKG_VERSION")})
}
