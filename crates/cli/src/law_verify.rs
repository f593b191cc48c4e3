//! `truce law verify`: the ledger against the official text.

use std::collections::BTreeMap;

use std::path::{Path, PathBuf};

use checks::official::{self, Counts, Dates, Fault, OfficialText, Report};
use ledger::{Ledger, Source};
use nomenclature::Revisions;
use serde_json::{Value, json};
use tariff::Day;

use crate::failure::Failure;
use crate::progress::progress;
use crate::text::{Column, count, table, wrapped};
use crate::{print, question};

/// Hold the ledger against the official text: every heading 9903 of every revision.
///
/// For each heading that a revision prints: whether it is in force, its rates in the three columns, the
/// origins and the dates that its description names, and the goods lists against the footnotes of legal
/// lines, all as known at the end of the day on which the revision was published. Headings that are in
/// force and not printed count too. What differs must be explained by a rule of law/us/verify.toml.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// The folder of official files (.json, .json.gz), or one file.
    #[arg(long, value_name = "DIR")]
    hts: PathBuf,
    /// The day a revision was published, where law/us/revisions.csv does not say it; may be repeated.
    #[arg(long, value_name = "NAME=DATE")]
    dated: Vec<String>,
    /// Print every unexplained difference, not the first of each kind.
    #[arg(long)]
    all: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

pub fn run(verify: &Verify, law: Option<&Path>) -> Result<u8, Failure> {
    let source = question::source(law)?;
    let ledger = question::load(law)?;
    let dates = dates(&source, &ledger, &verify.dated)?;
    let files = official::files_of(&verify.hts).map_err(failure)?;
    let bar = progress(files.len() as u64, "files");
    let report = official::verify(&ledger, &files, &dates, &|name| {
        bar.set_message(name.to_owned());
        bar.inc(1);
    });
    bar.finish_and_clear();
    let report = report.map_err(failure)?;
    match verify.json {
        true => print(&format!("{:#}\n", as_json(&report, &ledger))),
        false => print(&text(&report, verify.all)),
    }
    Ok(u8::from(report.total.unexplained > 0))
}

/// Reads a folder of official files, to hold several ledgers against.
pub fn read(source: &Source, ledger: &Ledger, hts: &Path) -> Result<OfficialText, Failure> {
    let dates = dates(source, ledger, &[])?;
    let files = official::files_of(hts).map_err(failure)?;
    official::read_files(ledger, &files, &dates, &|_| ()).map_err(failure)
}

fn failure(fault: Fault) -> Failure {
    Failure::new(fault.message, fault.place, fault.help)
}

fn dates(source: &Source, ledger: &Ledger, given: &[String]) -> Result<Dates, Failure> {
    let mut dates = Dates::default();
    for territory in ledger.territories.iter().filter(|t| t.schedule) {
        let path = format!("{}/revisions.csv", territory.id);
        let Some(text) = source.get(&path) else { continue };
        let (revisions, findings) = Revisions::read(&path, text);
        if let Some(f) = findings.first() {
            return Err(Failure::new(&f.message, format!("{}:{}", f.file, f.line), &f.help));
        }
        dates.revisions = revisions;
    }
    for text in given {
        let help = "write --dated 2026_rev_11=2026-06-25";
        let bad = |message: String| Failure::new(message, "--dated", help);
        let (name, day) =
            text.split_once('=').ok_or_else(|| bad(format!("`{text}` has no `=`")))?;
        let day = Day::parse(day).map_err(|e| bad(e.to_string()))?;
        dates.given.insert(name.trim().to_owned(), day);
    }
    Ok(dates)
}

fn numbers(counts: &Counts) -> Vec<String> {
    [counts.headings, counts.agree, counts.explained, counts.not_modelled, counts.unexplained]
        .map(count)
        .into()
}

/// How many unexplained differences are printed without `--all`.
const SHOWN_MAX: usize = 40;

fn text(report: &Report, all: bool) -> String {
    let mut out = String::new();
    for note in &report.notes {
        out.push_str(&format!("{}\n", wrapped(note, 2)));
    }
    if !report.notes.is_empty() {
        out.push('\n');
    }
    let head = ["program", "headings", "agree", "explained", "not modelled", "unexplained"];
    let mut columns = vec![Column::Left];
    columns.resize(head.len(), Column::Right);
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (program, counts) in &report.programs {
        rows.push([vec![program.clone()], numbers(counts)].concat());
    }
    rows.push([vec!["all".to_owned()], numbers(&report.total)].concat());
    out.push_str(&table(&columns, Some(&head), &rows));

    let ruled: Vec<Vec<String>> = report
        .rules
        .iter()
        .map(|rule| {
            let reason = rule.reason.map(|r| format!(": {}", r.name())).unwrap_or_default();
            let headings = match rule.headings {
                0 => "idle".to_owned(),
                n => count(n),
            };
            vec![rule.id.clone(), format!("{}{reason}", rule.kind.name()), headings]
        })
        .collect();
    if !ruled.is_empty() {
        out.push('\n');
        let head = ["rule", "kind", "headings"];
        out.push_str(&table(&[Column::Left, Column::Left, Column::Right], Some(&head), &ruled));
    }

    let shown = if all { report.unexplained.len() } else { SHOWN_MAX };
    for one in report.unexplained.iter().take(shown) {
        let spans: Vec<String> = one
            .revisions
            .iter()
            .map(|(a, b)| if a == b { a.clone() } else { format!("{a} to {b}") })
            .collect();
        out.push_str(&format!(
            "\n{} {} ({}), {}\n  official  {}\n  ledger    {}\n  facts     {}\n",
            one.heading,
            one.aspect.name(),
            one.programs,
            wrapped(&spans.join(", "), 2),
            wrapped(&one.official, 12),
            wrapped(&one.ledger, 12),
            wrapped(&one.facts, 12),
        ));
    }
    let more = report.unexplained.len().saturating_sub(shown);
    if more > 0 {
        out.push_str(&format!("\n… and {} more differences; --all prints them\n", count(more)));
    }
    let verdict = match report.total.unexplained {
        0 => "nothing is unexplained".to_owned(),
        n => format!("{} headings of revisions are unexplained", count(n)),
    };
    out.push_str(&format!(
        "\n{} revisions, {} footnotes of goods: {verdict}\n",
        count(report.revisions.len()),
        count(report.footnotes)
    ));
    out
}

fn as_json(report: &Report, ledger: &Ledger) -> Value {
    let counts = |c: &Counts| {
        json!({"headings": c.headings, "agree": c.agree, "explained": c.explained,
               "not_modelled": c.not_modelled, "unexplained": c.unexplained})
    };
    let revisions: Vec<Value> = report
        .revisions
        .iter()
        .map(|(name, day, c)| json!({"revision": name, "as_of": day.to_string(), "counts": counts(c)}))
        .collect();
    let programs: BTreeMap<&String, Value> =
        report.programs.iter().map(|(program, c)| (program, counts(c))).collect();
    let rules: Vec<Value> = report
        .rules
        .iter()
        .map(|rule| {
            json!({"rule": rule.id, "kind": rule.kind.name(),
                   "reason": rule.reason.map(|r| r.name()), "headings": rule.headings})
        })
        .collect();
    let unexplained: Vec<Value> = report
        .unexplained
        .iter()
        .map(|one| {
            json!({"heading": one.heading.to_string(), "programs": one.programs,
                   "differs": one.aspect.name(), "official": one.official, "ledger": one.ledger,
                   "facts": one.facts, "revisions": one.revisions, "count": one.count})
        })
        .collect();
    json!({"counts": counts(&report.total), "footnotes": report.footnotes, "not_modelled": report.left_out(), "programs": programs,
           "rules": rules, "revisions": revisions, "notes": report.notes,
           "unexplained": unexplained, "ledger": ledger.digest})
}
