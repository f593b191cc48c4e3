//! `truce law mutate`: whether the checks notice a law that is wrong in one record.

use std::path::{Path, PathBuf};

use checks::cases::Cases;
use checks::mutate::{self, Against, Report, Row, Tally, Tried};
use ledger::Ledger;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::progress::progress;
use crate::text::{Column, count, table, wrapped};
use crate::{law_verify, print, question};

/// Change random records in copies of the ledger, and see whether lint, cases or verify notice.
///
/// A mutation deletes an operation, a row of a goods list or a member of an area, shifts one of its
/// moments by a day, changes a rate, breaks a relation, drops a code or an origin, or changes a heading.
/// The files of the ledger are not touched. The same seed on the same ledger makes the same mutations.
#[derive(Debug, clap::Args)]
pub struct Mutate {
    /// Where the row of mutations begins.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many mutations.
    #[arg(long, value_name = "M", default_value_t = 100)]
    count: usize,
    /// Exit 1 if fewer are noticed.
    #[arg(long, value_name = "PERCENT", default_value_t = 90)]
    least: usize,
    /// The folder of official files; ../shared/hts where it is there.
    #[arg(long, value_name = "DIR")]
    hts: Option<PathBuf>,
    /// Files or folders of cases.
    #[arg(long, value_name = "PATH", default_value = "tests/cases")]
    cases: Vec<PathBuf>,
    /// How many threads share the work; all cores where it is not said.
    #[arg(long, value_name = "N")]
    threads: Option<std::num::NonZeroUsize>,
    /// Print every mutation, not only those that nothing noticed.
    #[arg(long)]
    all: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

const SHARED: &str = "../shared/hts";

pub fn run(mutate: &Mutate, law: Option<&Path>) -> Result<u8, Failure> {
    if let Some(missing) = mutate.cases.iter().find(|path| !path.exists()) {
        return Err(Failure::new(
            "there are no such cases",
            missing.display(),
            "name files or folders in the form of tests/cases/README.md",
        ));
    }
    let source = question::source(law)?;
    let (ledger, findings) = Ledger::load(&source);
    if let Some(first) = findings.first() {
        return Err(Failure::new(
            format!("the ledger has findings of its own; the first: {}", first.message),
            format!("{}:{}", first.file, first.line),
            "mend them first: `truce law lint` shows them all",
        ));
    }
    let cases = Cases::read(&mutate.cases);
    let shared = Path::new(SHARED);
    let hts = mutate.hts.as_deref().or_else(|| shared.is_dir().then_some(shared));
    let official = hts.map(|folder| law_verify::read(&source, &ledger, folder)).transpose()?;
    let against = Against { cases: &cases, official: official.as_ref() };
    let bar = progress(mutate.count as u64, "mutations");
    let row = Row { seed: mutate.seed, count: mutate.count };
    let threads =
        mutate.threads.or(std::thread::available_parallelism().ok()).map_or(1, |n| n.get());
    let report = mutate::run(&source, &ledger, &against, row, threads, &|_| bar.inc(1));
    bar.finish_and_clear();
    match mutate.json {
        true => print(&format!("{:#}\n", as_json(&report, mutate, &ledger))),
        false => print(&text(&report, mutate)),
    }
    Ok(u8::from(report.total.percent() < mutate.least))
}

fn numbers(name: &str, tally: &Tally) -> Vec<String> {
    let numbers = [tally.made, tally.noticed(), tally.lint, tally.cases, tally.verify, tally.same];
    let mut row = vec![name.to_owned()];
    row.extend(numbers.map(count));
    row.push(format!("{}%", tally.percent()));
    row
}

fn text(report: &Report, mutate: &Mutate) -> String {
    let mut out = String::new();
    let shown = report.tried.iter().filter(|tried| mutate.all || tried.noticed.is_none());
    for tried in shown {
        let mutation = &tried.mutation;
        let by = match &tried.noticed {
            None => match tried.search.as_ref().and_then(|search| search.witness.as_ref()) {
                Some(line) => format!("nothing noticed; a line that would tell: {line}"),
                None => {
                    let lines = tried.search.as_ref().map_or(0, |search| search.lines);
                    format!("nothing noticed; the same answer to {} lines", count(lines))
                }
            },
            Some(noticed) => format!("{}: {}", noticed.by(), noticed.words()),
        };
        out.push_str(&format!(
            "{}:{}: {}\n  {}\n  {}\n",
            mutation.file,
            mutation.line,
            mutation.what,
            wrapped(&mutation.words, 2),
            wrapped(&by, 2),
        ));
    }
    if !out.is_empty() {
        out.push('\n');
    }
    let mut columns = vec![Column::Left];
    columns.resize(8, Column::Right);
    let head = |what| [what, "made", "noticed", "lint", "cases", "verify", "same", "percent"];
    let mut kinds: Vec<Vec<String>> =
        report.kinds.iter().map(|(kind, tally)| numbers(kind.name(), tally)).collect();
    kinds.push(numbers("all", &report.total));
    out.push_str(&table(&columns, Some(&head("kind")), &kinds));
    out.push('\n');
    let programs: Vec<Vec<String>> =
        report.programs.iter().map(|(program, tally)| numbers(program, tally)).collect();
    out.push_str(&table(&columns, Some(&head("program")), &programs));
    out.push('\n');
    if !report.verified {
        let words = "The official text was not asked: there are no official files; name their folder with --hts.";
        out.push_str(&format!("{words}\n"));
    }
    if report.without_effect > 0 {
        out.push_str(&format!(
            "{} draws changed no answer and were drawn again\n",
            count(report.without_effect)
        ));
    }
    if report.total.same > 0 {
        out.push_str(&format!(
            "same: {} mutations that nothing noticed gave the same answer to every line that was tried; \
             of the others {}% were noticed\n",
            count(report.total.same),
            report.total.percent_of_effective()
        ));
    }
    out.push_str(&format!(
        "seed {}: {} of {} mutations noticed, {}% (at least {}%)\n",
        mutate.seed,
        count(report.total.noticed()),
        count(report.total.made),
        report.total.percent(),
        mutate.least
    ));
    out
}

fn as_json(report: &Report, mutate: &Mutate, ledger: &Ledger) -> Value {
    let tally = |t: &Tally| {
        json!({"made": t.made, "noticed": t.noticed(), "lint": t.lint, "cases": t.cases,
               "verify": t.verify, "same": t.same, "percent": t.percent(),
               "percent_of_effective": t.percent_of_effective()})
    };
    let one = |tried: &Tried| {
        let m = &tried.mutation;
        json!({"kind": m.kind.name(), "program": m.program, "file": m.file, "line": m.line,
               "record": m.what, "change": m.words,
               "noticed_by": tried.noticed.as_ref().map(|n| n.by()),
               "by_what": tried.noticed.as_ref().map(|n| n.words()),
               "lines_tried": tried.search.as_ref().map(|search| search.lines),
               "witness": tried.search.as_ref().and_then(|search| search.witness.as_ref())})
    };
    let kinds: serde_json::Map<String, Value> =
        report.kinds.iter().map(|(kind, t)| (kind.name().to_owned(), tally(t))).collect();
    let programs: serde_json::Map<String, Value> =
        report.programs.iter().map(|(program, t)| (program.clone(), tally(t))).collect();
    json!({"seed": mutate.seed, "count": mutate.count, "least": mutate.least,
           "total": tally(&report.total), "kinds": kinds, "programs": programs,
           "without_effect": report.without_effect, "verified": report.verified,
           "mutations": report.tried.iter().map(one).collect::<Vec<_>>(),
           "ledger": ledger.digest})
}
