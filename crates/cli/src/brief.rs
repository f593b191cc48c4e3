//! `truce brief`: both sides of a trade relation on one screen.

use std::collections::BTreeMap;
use std::path::Path;

use ledger::{Act, Event, Ledger, Target, Territory};
use oracle::{Controlled, Force, Goods, Known, Line, Status, Survey, Suspended, rate_range};
use serde_json::{Value, json};
use tariff::{Cents, Country, Day, Exact, Moment, Stated, exact_decimal};

use crate::failure::Failure;
use crate::print;
use crate::question::{Coordinates, Question};
use crate::text::{Column, table, wrapped};

/// One screen on two sides: rates, suspensions, rulings, controls, talks, what is next.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Brief {
    /// The two sides (ISO codes).
    #[arg(long, value_name = "CC,CC", default_value = "US,CN")]
    pub between: String,
    /// The day; the last day that the ledger knows by default.
    #[arg(long, value_name = "DATE")]
    pub on: Option<String>,
    #[command(flatten)]
    pub coordinates: Coordinates,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

const EXAMPLES: &str = "\
Examples:
  truce brief --between US,CN --on 2025-05-30
  truce brief --between US,CN --on 2025-08-20 --known 2025-08-01
  truce brief --on 2025-06-20 --world cit-ruling-stands";

/// How far back talks are told, in days, and how many of them on the screen.
const TALKS_DAYS: i32 = 60;
const TALKS_MAX: usize = 6;
/// How many controls of a side are told in full.
const CONTROLS_MAX: usize = 3;
/// How far back rulings are told, in days.
const RULINGS_DAYS: i32 = 120;
/// How many coming dates are told.
const NEXT_MAX: usize = 8;
/// The value that rates are measured on.
const PROBE: Cents = Cents(1_000_000_000);

/// What `brief` tells.
struct Report {
    sides: Vec<Side>,
    clocks: Vec<(String, Suspended)>,
    rulings: Vec<Ruling>,
    controls: Vec<(Country, Controlled)>,
    talks: Vec<Talk>,
    next: Vec<Next>,
}

/// Duties of one side on the other's goods, as far as they are on all goods.
struct Side {
    by: Country,
    origin: Country,
    layers: Vec<oracle::Component>,
    /// In percent.
    additional: Exact,
    /// The rate before the last change, and the moment of the change.
    before: Option<(Exact, Moment)>,
    /// What comes when what is suspended comes back.
    after: Option<(Exact, Moment)>,
    not_modelled: Vec<String>,
}

struct Ruling {
    known: Stated,
    id: String,
    title: String,
    cite: String,
    force: String,
}

struct Talk {
    date: Stated,
    /// Whether it is between the two sides, and not of one with others.
    both: bool,
    kind: String,
    title: String,
    speaker: Option<String>,
    quote: Option<String>,
    sources: Vec<String>,
}

struct Next {
    moment: Stated,
    /// The side whose clock it is; the first territory's where there is none.
    by: Option<Country>,
    what: String,
    cites: Vec<String>,
}

pub fn run(brief: &Brief, law: Option<&Path>) -> Result<u8, Failure> {
    let question = brief.coordinates.settle(law)?;
    let ledger = &question.ledger;
    let home = &ledger.territories[0];
    let on = match &brief.on {
        Some(text) => Stated::parse(text, &home.zone)
            .map_err(|e| Failure::new(e, "--on", "write 2025-05-30"))?,
        None => Stated::Day(home.verified_through),
    };
    let pair = pair(ledger, &brief.between)?;
    let (k, known) = oracle::moment_known(ledger, home, question.known, on);
    let report = report(&question, pair, on, k);
    if brief.json {
        print(&format!("{}\n", report_json(&report, &question, on, known)));
    } else {
        print(&report_text(&report, &question, pair, on, known));
    }
    Ok(0)
}

pub fn pair(ledger: &Ledger, between: &str) -> Result<[Country; 2], Failure> {
    let parts: Vec<&str> = between.split(',').collect();
    let [a, b] = parts.as_slice() else {
        return Err(Failure::new(format!("`{between}` is no pair"), "--between", "write US,CN"));
    };
    let country = |text: &str| {
        entry::origin(ledger, text).map_err(|e| Failure::new(e.message, "--between", e.help))
    };
    let pair = [country(a)?, country(b)?];
    if !pair.iter().any(|c| ledger.levying(c.as_str()).is_some()) {
        let all: Vec<&str> = ledger.territories.iter().map(|t| t.country.as_str()).collect();
        let help = format!("the ledger holds the duties of {}", all.join(", "));
        return Err(Failure::new("neither side levies duties here", "--between", help));
    }
    Ok(pair)
}

fn report(question: &Question, [a, b]: [Country; 2], on: Stated, k: Moment) -> Report {
    let ledger = &question.ledger;
    let home = &ledger.territories[0];
    let survey = Survey::new(ledger, k, &question.readings);
    let mut report = Report {
        sides: Vec::new(),
        clocks: Vec::new(),
        rulings: rulings(ledger, &survey, home, k),
        controls: Vec::new(),
        talks: talks(ledger, home, [a, b], on, k),
        next: Vec::new(),
    };
    for (by, origin) in [(a, b), (b, a)] {
        let Some(territory) = ledger.levying(by.as_str()) else { continue };
        let moment = representative(on, territory);
        let side = side(question, &survey, territory, by, origin, moment, k);
        for suspended in survey.suspensions(territory, moment) {
            let own = side.layers.iter().any(|l| {
                l.suspended.is_some()
                    && l.program == suspended.program
                    && l.cites.contains(&suspended.act)
            });
            report.next.extend(suspended.until.map(|until| Next {
                moment: Stated::Moment(until),
                by: Some(by),
                what: end_of(ledger, territory, &suspended, own.then_some(&side)),
                cites: vec![suspended.act.clone()],
            }));
            if !own && !controls_program(ledger, &suspended.program) {
                report.clocks.push((territory.name.clone(), suspended));
            }
        }
        let controls = survey.controls(territory, origin, None, moment);
        report.next.extend(controls_back(territory, &controls));
        report.controls.extend(controls.into_iter().map(|c| (by, c)));
        report.next.extend(ends(ledger, territory, &side));
        report.sides.push(side);
    }
    report.next.extend(coming(ledger, home, [a, b], on, k));
    report.next.extend(bindings(ledger, &survey, on, home));
    report.next.sort_by_key(|n| n.moment.first(&home.zone));
    report.next.dedup_by(|a, b| a.moment == b.moment && a.what == b.what);
    report.next.truncate(NEXT_MAX);
    report
}

pub fn representative(on: Stated, territory: &Territory) -> Moment {
    match on {
        Stated::Moment(moment) => moment,
        Stated::Day(day) => day.at(0, 2, &territory.zone),
    }
}

fn controls_program(ledger: &Ledger, program: &str) -> bool {
    ledger.program(program).is_some_and(|p| !p.levies)
}

/// The additional rate of a side on ordinary goods at a moment, in percent.
fn additional(
    question: &Question,
    by: &str,
    origin: Country,
    moment: Moment,
    known: Known,
) -> (Exact, Vec<oracle::Component>) {
    let ledger = &question.ledger;
    let line = Line::new(by, Goods::Ordinary, origin, Stated::Moment(moment), PROBE);
    let answer = oracle::assess(ledger, &line, known, &question.readings);
    debug_assert!(answer.status != Status::Invalid);
    let layers: Vec<oracle::Component> = answer
        .components
        .into_iter()
        .filter(|c| ledger.program(&c.program).is_some_and(|p| !p.base))
        .collect();
    let total: Cents = layers.iter().map(|c| c.amount).sum();
    (total.exact() / PROBE.exact() * 100, layers)
}

fn side(
    question: &Question,
    survey: &Survey<'_>,
    territory: &Territory,
    by: Country,
    origin: Country,
    moment: Moment,
    k: Moment,
) -> Side {
    let known = Known::At(Stated::Moment(k));
    let rate = |at: Moment, known: Known| additional(question, &territory.id, origin, at, known).0;
    let (now, layers) = additional(question, &territory.id, origin, moment, known);
    // Back over the changes of the law and the moments from which acts bind, to the last moment with
    // another rate, as importers faced it then.
    let mut changes = survey.cuts(territory);
    changes.extend(survey.bindings());
    let before = changes.into_iter().rev().filter(|cut| *cut <= moment).find_map(|cut| {
        let previous = rate(cut.plus_seconds(-1), Known::Entry);
        (previous != now).then_some((previous, cut))
    });
    let after = layers
        .iter()
        .filter(|l| l.suspended.is_some())
        .filter_map(|l| l.until)
        .min()
        .map(|until| (rate(until, known), until));
    let not_modelled = question.ledger.not_modelled(&territory.id).map(|p| p.id.clone()).collect();
    Side { by, origin, layers, additional: now, before, after, not_modelled }
}

/// What a running suspension brings when it ends.
fn end_of(
    ledger: &Ledger,
    territory: &Territory,
    suspended: &Suspended,
    own: Option<&Side>,
) -> String {
    let program = ledger.program(&suspended.program).map_or("", |p| p.title.as_str());
    match own {
        Some(side) => {
            let total = side
                .after
                .map(|(rate, _)| format!(", {} in all", percent(rate)))
                .unwrap_or_default();
            let origin = name(ledger, side.origin);
            let rates = rate_range(&suspended.rates);
            format!("{} on {origin}: suspension ends, back to {rates}{total}", territory.name)
        }
        None => format!(
            "{} on {} other partners: pause ends, back to {} ({program})",
            territory.name,
            suspended.origins.len(),
            rate_range(&suspended.rates)
        ),
    }
}

/// Controls whose suspension ends, those of one moment together.
fn controls_back(territory: &Territory, controls: &[Controlled]) -> Vec<Next> {
    let mut ends: BTreeMap<Moment, Vec<&Controlled>> = BTreeMap::new();
    for control in controls {
        if let Some(Some(until)) = control.suspended {
            ends.entry(until).or_default().push(control);
        }
    }
    ends.into_iter()
        .map(|(until, controls)| {
            let what = match controls.as_slice() {
                [one] => format!("{}: comes back: {}", territory.name, one.text),
                many => format!("{}: {} suspended controls come back", territory.name, many.len()),
            };
            let mut cites: Vec<String> =
                controls.iter().filter_map(|c| c.cites.last().cloned()).collect();
            cites.dedup();
            Next { moment: Stated::Moment(until), by: Some(territory.country), what, cites }
        })
        .collect()
}

/// Duties that end by themselves.
fn ends(ledger: &Ledger, territory: &Territory, side: &Side) -> Vec<Next> {
    side.layers
        .iter()
        .filter(|l| l.suspended.is_none())
        .filter_map(|l| {
            let what = format!(
                "{} on {}: {} ends ({})",
                territory.name,
                name(ledger, side.origin),
                l.title,
                l.rate
            );
            Some(Next {
                moment: Stated::Moment(l.until?),
                by: Some(territory.country),
                what,
                cites: l.cites.clone(),
            })
        })
        .collect()
}

fn is_court(act: &Act) -> bool {
    matches!(act.kind.as_str(), "ruling" | "stay")
}

fn rulings(ledger: &Ledger, survey: &Survey<'_>, home: &Territory, k: Moment) -> Vec<Ruling> {
    let zone = &home.zone;
    let mut rulings: Vec<Ruling> = ledger
        .acts
        .iter()
        .filter(|act| is_court(act) && act.known <= k)
        .filter(|act| k.day(zone).days_since(act.known.day(zone)) <= RULINGS_DAYS)
        .map(|act| Ruling {
            known: act.known_stated,
            id: act.id.clone(),
            title: act.title.clone(),
            cite: act.cite.clone(),
            force: force(survey, act, home),
        })
        .collect();
    rulings.sort_by_key(|r| r.known.first(zone));
    rulings
}

/// The force of a ruling in words.
fn force(survey: &Survey<'_>, act: &Act, home: &Territory) -> String {
    let acts_upon = survey.acts_upon(act).next().is_some();
    match survey.force(act) {
        Force::StayedBy(stay) => format!("stayed by {stay}"),
        Force::Pending(Some(binds)) => format!("binds on {}", binds.day(&home.zone)),
        Force::Pending(None) => "does not bind customs".to_owned(),
        Force::Voided => "undone".to_owned(),
        Force::Binding if act.kind == "stay" => {
            let stayed: Vec<&str> = survey.acts_upon(act).map(|t: &Target| t.0.as_str()).collect();
            format!("in force: {} does not bind", stayed.join(", "))
        }
        Force::Binding if acts_upon => "binding".to_owned(),
        Force::Binding | Force::NotKnown => String::new(),
    }
}

fn concerns(event: &Event, pair: [Country; 2]) -> bool {
    pair.iter().any(|c| event.between.contains(c))
}

fn talks(
    ledger: &Ledger,
    home: &Territory,
    pair: [Country; 2],
    on: Stated,
    k: Moment,
) -> Vec<Talk> {
    let zone = &home.zone;
    let day = on.day(zone);
    let mut talks: Vec<Talk> = ledger
        .events
        .iter()
        .filter(|e| {
            matches!(e.kind.as_str(), "talks" | "call" | "meeting" | "statement" | "mechanism")
        })
        .filter(|e| concerns(e, pair) && e.known.first(zone) <= k)
        .filter(|e| (0..=TALKS_DAYS).contains(&day.days_since(e.date.day(zone))))
        .map(|e| Talk {
            date: e.date,
            both: pair.iter().all(|c| e.between.contains(c)),
            kind: e.kind.clone(),
            title: match &e.place_name {
                Some(place) => format!("{} ({place})", e.title),
                None => e.title.clone(),
            },
            speaker: e.speaker.clone(),
            quote: e.quote.clone(),
            sources: e.sources.clone(),
        })
        .collect();
    talks.dedup_by(|b, a| a.title == b.title);
    talks
}

/// The talks for one screen: between the two sides first, what was done before what was said, and
/// of what was said each speaker's first words of a day; the latest.
fn told(talks: &[Talk]) -> Vec<&Talk> {
    let mut told: Vec<&Talk> = Vec::new();
    for talk in talks {
        let again = told.iter().any(|t| t.date == talk.date && t.speaker == talk.speaker);
        if talk.speaker.is_none() || !again {
            told.push(talk);
        }
    }
    while told.len() > TALKS_MAX {
        let aside = told.iter().position(|t| !t.both);
        let said = told.iter().position(|t| t.speaker.is_some());
        told.remove(aside.or(said).unwrap_or(0));
    }
    told
}

/// Events that are to come and are known.
fn coming(
    ledger: &Ledger,
    home: &Territory,
    pair: [Country; 2],
    on: Stated,
    k: Moment,
) -> Vec<Next> {
    let zone = &home.zone;
    let today: Day = on.day(zone);
    ledger
        .events
        .iter()
        .filter(|e| concerns(e, pair) && e.known.first(zone) <= k && e.date.day(zone) > today)
        .map(|e| Next { moment: e.date, by: None, what: e.title.clone(), cites: e.sources.clone() })
        .collect()
}

/// Acts that are known and will bind.
fn bindings(ledger: &Ledger, survey: &Survey<'_>, on: Stated, home: &Territory) -> Vec<Next> {
    let now = representative(on, home);
    ledger
        .acts
        .iter()
        .filter_map(|act| match survey.force(act) {
            Force::Pending(Some(binds)) if binds > now => Some(Next {
                moment: Stated::Moment(binds),
                by: None,
                what: format!("{} binds", act.title),
                cites: vec![act.id.clone()],
            }),
            _ => None,
        })
        .collect()
}

/// A side by the short name of its territory, another country by its own.
fn name(ledger: &Ledger, country: Country) -> &str {
    match ledger.levying(country.as_str()) {
        Some(territory) => &territory.name,
        None => ledger.countries.name(country).unwrap_or("?"),
    }
}

fn percent(rate: Exact) -> String {
    format!("{}%", exact_decimal(rate))
}

fn report_json(report: &Report, question: &Question, on: Stated, known: Stated) -> Value {
    let ledger = &question.ledger;
    let home = &ledger.territories[0];
    let zone_of = |by: Country| &ledger.levying(by.as_str()).unwrap_or(home).zone;
    let sides: Vec<Value> = report
        .sides
        .iter()
        .map(|s| {
            let zone = zone_of(s.by);
            let moment = |m: Moment| m.rfc3339(zone);
            let layers: Vec<Value> = s
                .layers
                .iter()
                .map(|l| {
                    json!({
                        "program": l.program,
                        "measure": l.measure,
                        "heading": l.heading.map(|h| h.to_string()),
                        "rate": l.rate,
                        "status": l.suspended.clone().unwrap_or_else(|| "in force".to_owned()),
                        "until": l.until.map(moment),
                        "cites": l.cites,
                    })
                })
                .collect();
            json!({
                "by": s.by.as_str(),
                "origin": s.origin.as_str(),
                "layers": layers,
                "additional": percent(s.additional),
                "before": s.before.map(|(rate, until)| json!({"additional": percent(rate), "until": moment(until)})),
                "after": s.after.map(|(rate, from)| json!({"additional": percent(rate), "from": moment(from)})),
                "not_modelled": s.not_modelled,
            })
        })
        .collect();
    let zone = &home.zone;
    json!({
        "on": on.print(zone),
        "known": known.print(zone),
        "world": question.world(),
        "sides": sides,
        "clocks": report.clocks.iter().map(|(by, c)| json!({
            "by": by, "program": c.program, "partners": c.origins.len(), "rates": rate_range(&c.rates),
            "leaving": c.leaving, "until": c.until.map(|m| m.rfc3339(zone)), "cites": [c.act],
        })).collect::<Vec<_>>(),
        "rulings": report.rulings.iter().map(|r| json!({
            "date": r.known.print(zone), "act": r.id, "title": r.title, "force": r.force, "cites": [r.cite],
        })).collect::<Vec<_>>(),
        "talks": report.talks.iter().map(|t| json!({
            "date": t.date.print(zone), "kind": t.kind, "title": t.title, "speaker": t.speaker,
            "quote": t.quote, "source": t.sources,
        })).collect::<Vec<_>>(),
        "controls": report.controls.iter().map(|(by, c)| json!({
            "by": by.as_str(), "program": c.program, "measure": c.measure, "text": c.text,
            "prohibits": c.prohibits, "from": c.from.map(|m| m.rfc3339(zone_of(*by))),
            "suspended": c.suspended.is_some(),
            "until": c.suspended.flatten().or(c.until).map(|m| m.rfc3339(zone_of(*by))), "cites": c.cites,
        })).collect::<Vec<_>>(),
        "next": report.next.iter().map(|n| json!({
            "moment": n.moment.print(n.by.map_or(zone, &zone_of)), "what": n.what, "cites": n.cites,
        })).collect::<Vec<_>>(),
        "ledger": ledger.digest,
        "version": env!("CARGO_PKG_VERSION"),
    })
}

fn report_text(
    report: &Report,
    question: &Question,
    pair: [Country; 2],
    on: Stated,
    known: Stated,
) -> String {
    let ledger = &question.ledger;
    let home = &ledger.territories[0];
    let zone = &home.zone;
    let name = |c: Country| name(ledger, c);
    let [a, b] = pair.map(name);
    let hypothetical = if ledger.supposed.is_empty() { "" } else { " (hypothetical)" };
    let mut out = format!(
        "{a} and {b} on {} · law as known on {} · world: {}{hypothetical}\n",
        on.day(zone).in_words(),
        known.print(zone),
        question.world(),
    );
    for side in &report.sides {
        let zone = &ledger.levying(side.by.as_str()).unwrap_or(home).zone;
        let before = side
            .before
            .map(|(rate, until)| {
                format!(" ({} until {})", percent(rate), until.day(zone).in_words())
            })
            .unwrap_or_default();
        out.push_str(&format!(
            "\n{} on all goods of {}: {}{before}, on top of the base duty\n",
            name(side.by),
            name(side.origin),
            percent(side.additional),
        ));
        let rows: Vec<Vec<String>> = side
            .layers
            .iter()
            .map(|l| {
                let status = l.suspended.clone().unwrap_or_else(|| "in force".to_owned());
                vec![l.rate.clone(), l.title.clone(), status, l.cites.join(", ")]
            })
            .collect();
        let columns = [Column::Right, Column::Left, Column::Wrap, Column::Wrap];
        out.push_str(&table(&columns, None, &rows));
        if let Some((rate, from)) = side.after {
            out.push_str(&format!(
                "  then {} from {}, if nothing is done\n",
                percent(rate),
                from.rfc3339(zone)
            ));
        }
    }
    let section = |out: &mut String, title: &str, rows: Vec<Vec<String>>| {
        if !rows.is_empty() {
            out.push_str(&format!("\n{title}\n"));
            out.push_str(&table(&[Column::Left, Column::Wrap, Column::Left], None, &rows));
        }
    };
    let until = |m: Option<Moment>| m.map_or("open".to_owned(), |m| m.day(zone).to_string());
    let clocks = report.clocks.iter().map(|(by, c)| {
        let what = format!(
            "{by}: {} on {} other partners suspended, {} collected",
            rate_range(&c.rates),
            c.origins.len(),
            c.leaving
        );
        vec![format!("until {}", until(c.until)), what, c.act.clone()]
    });
    section(&mut out, "Other clocks", clocks.collect());
    let rulings = report.rulings.iter().map(|r| {
        let force = if r.force.is_empty() { String::new() } else { format!("; {}", r.force) };
        vec![r.known.day(zone).to_string(), format!("{}{force}", r.title), r.id.clone()]
    });
    section(&mut out, "Courts", rulings.collect());
    section(&mut out, "Controls", control_rows(report, ledger));
    let talks = told(&report.talks).into_iter().map(|t| {
        let said = match (&t.speaker, &t.quote) {
            (Some(speaker), Some(quote)) => format!(" - {speaker}: “{quote}”"),
            (Some(speaker), None) => format!(" - {speaker}"),
            _ => String::new(),
        };
        let source = t.sources.first().cloned().unwrap_or_default();
        vec![t.date.day(zone).to_string(), format!("{}{said}", t.title), short(&source)]
    });
    section(&mut out, "Talks", talks.collect());
    let next = report.next.iter().map(|n| {
        let cites: Vec<String> = n.cites.iter().take(1).map(|c| short(c)).collect();
        let clock = n.by.and_then(|by| ledger.levying(by.as_str())).map_or(zone, |t| &t.zone);
        vec![n.moment.day(clock).to_string(), n.what.clone(), cites.join(", ")]
    });
    section(&mut out, "Next", next.collect());
    for side in report.sides.iter().filter(|s| !s.not_modelled.is_empty()) {
        let note = format!(
            "note: {}: not in the ledger yet: {}",
            name(side.by),
            side.not_modelled.join(", ")
        );
        out.push_str(&format!("\n{}", wrapped(&note, 6)));
    }
    out.push('\n');
    out
}

/// The latest controls in force of each side, one a row; how many more there are, and how many are
/// suspended.
fn control_rows(report: &Report, ledger: &Ledger) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for side in &report.sides {
        let Some(territory) = ledger.levying(side.by.as_str()) else { continue };
        let day = |m: Moment| m.day(&territory.zone).to_string();
        let own = || report.controls.iter().filter(|(by, _)| *by == side.by).map(|(_, c)| c);
        let in_force: Vec<&Controlled> = own().filter(|c| c.suspended.is_none()).collect();
        let hidden = in_force.len().saturating_sub(CONTROLS_MAX);
        for c in &in_force[hidden..] {
            rows.push(vec![
                c.from.map_or(String::new(), day),
                format!("{}: {}", territory.name, c.text),
                c.cites.first().cloned().unwrap_or_default(),
            ]);
        }
        let suspended = own().filter(|c| c.suspended.is_some()).count();
        let more: Vec<String> = [(hidden, "more in force"), (suspended, "suspended")]
            .into_iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, what)| format!("{n} {what}"))
            .collect();
        if !more.is_empty() {
            rows.push(vec![
                String::new(),
                format!("{}: {}", territory.name, more.join(", ")),
                String::new(),
            ]);
        }
    }
    rows
}

/// An address by its site, another source to its first comma.
fn short(source: &str) -> String {
    match source.strip_prefix("https://").or_else(|| source.strip_prefix("http://")) {
        Some(rest) => rest.split('/').next().unwrap_or(rest).trim_start_matches("www.").to_owned(),
        None => source.split(',').next().unwrap_or(source).to_owned(),
    }
}
