//! `truce check`: documents held against the ledger.

mod json;
mod score;
mod source;
mod text;

use std::path::{Path, PathBuf};

use ledger::{Known, Ledger};
use reading::score::Checked;
use reading::{Bench, Dated, Document, Found, Lexicon, Statement, main_text};
use tariff::{Day, Stated};

use crate::failure::Failure;
use crate::in_order::{in_order, threads};
use crate::progress::progress;
use crate::question::{Coordinates, Question};
use crate::receipt::{Run, Wanted};
use crate::{print, receipt};

/// What documents claim about trade measures, held against the ledger: as known when they were written, and
/// today.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Check {
    /// Documents: text, Markdown or HTML. A folder stands for the documents in it, `-` for standard input.
    #[arg(value_name = "DOCUMENT", required_unless_present = "score")]
    pub documents: Vec<PathBuf>,
    /// When they were written, where they do not say it themselves or say it wrongly.
    #[arg(long, value_name = "DATE")]
    pub dated: Option<String>,
    #[command(flatten)]
    pub coordinates: Coordinates,
    /// Measure the reader against labelled texts: a file or a folder of them, or those built in
    /// (docs/reading.md).
    #[arg(long, value_name = "LABELS", conflicts_with = "documents")]
    pub score: Option<Option<PathBuf>>,
    /// How many threads read; one for each core by default.
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    #[command(flatten)]
    pub wanted: Wanted,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

const EXAMPLES: &str = "\
Examples:
  truce check article.txt
  truce check article.html --dated 2025-05-30
  truce check alerts/ --json
  truce check --score
  truce check --score my-labels.toml

Exit status: 0 nothing is contradicted or imprecise, 1 something is, 2 no document can be read.";

/// A document as it was read, or why it was not.
pub struct Read {
    pub name: String,
    pub outcome: Result<Article, Failure>,
}

/// What a document holds.
pub struct Article {
    pub document: Document,
    pub found: Option<Found>,
    pub claims: Vec<Checked>,
    pub statements: Vec<Statement>,
}

pub fn run(check: &Check, law: Option<&Path>) -> Result<u8, Failure> {
    let question = check.coordinates.settle(law)?;
    if let Some(labels) = &check.score {
        return score::run(check, labels.as_deref(), &question, law);
    }
    let lexicon = lexicon(&question.ledger)?;
    let home = &question.ledger.territories[0];
    let dated = check.dated.as_deref().map(|text| {
        Stated::parse(text, &home.zone)
            .map(|stated| stated.day(&home.zone))
            .map_err(|e| Failure::new(e, "--dated", "write 2025-05-30"))
    });
    let dated = dated.transpose()?;
    let paths = source::documents(&check.documents)?;
    let reader = Reader { question: &question, lexicon: &lexicon, dated };
    let mut report = Report::new(check, &question);
    let bar = progress(paths.len() as u64, "documents");
    in_order(
        paths.len(),
        check.threads.unwrap_or_else(threads).max(1),
        || Bench::new(&question.ledger, &question.readings),
        |bench, at| Ok(reader.read(bench, &paths[at])),
        |read| {
            report.take(&read);
            bar.inc(1);
            Ok(())
        },
    )?;
    bar.finish_and_clear();
    let status = report.status();
    report.end();
    Run {
        wanted: &check.wanted,
        law,
        ledger: &question.ledger,
        asked: question.asked(),
        inputs: paths.into_iter().chain(check.coordinates.files(&question.ledger)).collect(),
        output: None,
        written: Vec::new(),
        printed: &report.kept,
        status,
    }
    .write()?;
    Ok(status)
}

/// The words the reader knows. Its dictionaries are built in, so what is wrong in them is a defect.
fn lexicon(ledger: &Ledger) -> Result<Lexicon, Failure> {
    let (lexicon, findings) = Lexicon::new(ledger);
    match findings.first() {
        None => Ok(lexicon),
        Some(first) => {
            let place = format!("{}:{}", first.file, first.line);
            Err(Failure::new(&first.message, place, &first.help))
        }
    }
}

/// What reads one document after the other.
struct Reader<'a> {
    question: &'a Question,
    lexicon: &'a Lexicon,
    dated: Option<Day>,
}

impl Reader<'_> {
    fn read(&self, bench: &mut Bench<'_>, path: &Path) -> Read {
        let name = path.display().to_string();
        let outcome = source::bytes(path).and_then(|bytes| {
            let (text, stated) = main_text(&name, &bytes)
                .map_err(|unreadable| Failure::new(unreadable.message, &name, unreadable.help))?;
            let given = self.dated.map(|day| Dated { day, found: Found::Given });
            let dated = given.or(stated);
            let document = Document { name: name.clone(), dated: dated.map(|d| d.day), text };
            let claims = self.checked(bench, &document);
            let statements = reading::statements(&document.text);
            Ok(Article { document, found: dated.map(|d| d.found), claims, statements })
        });
        Read { name, outcome }
    }

    fn checked(&self, bench: &mut Bench<'_>, document: &Document) -> Vec<Checked> {
        let known = known(self.question, document.dated);
        let claims = reading::read(document, self.lexicon);
        let held = claims.into_iter().map(|claim| {
            let (then, today) = bench.hold(&claim, known);
            (claim, then, today)
        });
        held.collect()
    }
}

/// The day whose knowledge a document is held against: its own, or that of `--known`; `None` is today.
fn known(question: &Question, dated: Option<Day>) -> Option<Day> {
    match question.known {
        Known::Entry => dated,
        Known::Today => None,
        Known::At(stated) => Some(stated.day(&question.ledger.territories[0].zone)),
    }
}

/// The report as it grows, document by document.
struct Report<'a> {
    check: &'a Check,
    question: &'a Question,
    documents: usize,
    failed: usize,
    wrong: usize,
    /// What was printed, where a receipt asks for its digest.
    kept: String,
}

impl<'a> Report<'a> {
    fn new(check: &'a Check, question: &'a Question) -> Report<'a> {
        let mut report =
            Report { check, question, documents: 0, failed: 0, wrong: 0, kept: String::new() };
        if check.json {
            report.print("{\"documents\":[");
        }
        report
    }

    fn print(&mut self, text: &str) {
        print(text);
        if self.check.wanted.receipt.is_some() {
            self.kept.push_str(text);
        }
    }

    fn take(&mut self, read: &Read) {
        self.failed += usize::from(read.outcome.is_err());
        if let Ok(article) = &read.outcome {
            let wrong = |(_, then, _): &&Checked| text::is_wrong(then.verdict);
            self.wrong += article.claims.iter().filter(wrong).count();
        }
        let printed = match self.check.json {
            true => {
                let comma = if self.documents > 0 { ",\n" } else { "\n" };
                format!("{comma}{}", json::document(read))
            }
            false => text::document(read, self.question),
        };
        self.documents += 1;
        self.print(&printed);
    }

    fn end(&mut self) {
        let ledger = &self.question.ledger;
        let printed = match self.check.json {
            true => format!("\n],\"alignment\":[],{}}}\n", json::foot(self.question)),
            false => receipt::foot(ledger, &self.question.in_words()),
        };
        self.print(&printed);
    }

    fn status(&self) -> u8 {
        match (self.failed, self.wrong) {
            (failed, _) if failed == self.documents => 2,
            (0, 0) => 0,
            _ => 1,
        }
    }
}
