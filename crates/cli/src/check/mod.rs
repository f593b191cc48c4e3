//! `truce check`: documents held against the ledger.

mod json;
mod page_file;
mod score;
mod source;
mod text;

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use ledger::{Known, Ledger};
use reading::align::{self, Said};
use reading::score::Checked;
use reading::{Article, Bench, Claim, Dated, Document, Found, Lexicon, main_text, page};
use tariff::limits::{ALIGNED_SAYINGS_MAX, CLAIMS_MAX};
use tariff::{Day, Stated};

use self::page_file::Page;
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
    /// Write the texts with their claims marked, as a page for a browser, into this file.
    #[arg(long, value_name = "FILE", conflicts_with = "score")]
    pub html: Option<PathBuf>,
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
  truce check *.txt --html report.html
  truce check alerts/ --json
  truce check --score
  truce check --score my-labels.toml

Exit status: 0 nothing is contradicted or imprecise, 1 something is, 2 no document can be read.";

/// A document as it was read, or why it was not.
pub struct Read {
    pub name: String,
    said: Vec<Said>,
    pub outcome: Result<Article, Failure>,
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
    let mut report = Report::new(check, &question)?;
    // On a terminal the reports show how far it is: a bar would stand in their way.
    let shown = if io::stdout().is_terminal() { 0 } else { paths.len() };
    let bar = progress(shown as u64, "documents");
    in_order(
        paths.len(),
        check.threads.unwrap_or_else(threads).max(1),
        || Bench::new(&question.ledger, &question.readings),
        |bench, at| Ok(reader.read(bench, &paths[at])),
        |read| {
            report.take(read)?;
            bar.inc(1);
            Ok(())
        },
    )?;
    bar.finish_and_clear();
    let status = report.status();
    report.end()?;
    Run {
        wanted: &check.wanted,
        law,
        ledger: &question.ledger,
        asked: question.asked(),
        inputs: paths.into_iter().chain(check.coordinates.files(&question.ledger)).collect(),
        output: check.html.as_deref(),
        written: check.html.iter().cloned().collect(),
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
        let mut said = Vec::new();
        let outcome = source::bytes(path).and_then(|bytes| {
            let (text, stated) = main_text(&name, &bytes)
                .map_err(|unreadable| Failure::new(unreadable.message, &name, unreadable.help))?;
            let statements = reading::statements(&text);
            said = align::said(0, &text, &statements);
            let given = self.dated.map(|day| Dated { day, found: Found::Given });
            let dated = given.or(stated).or_else(|| {
                let day = align::quoted_day(&text, &said, &self.question.ledger)?;
                Some(Dated { day, found: Found::Quoted })
            });
            let document = Document { name: name.clone(), dated: dated.map(|d| d.day), text };
            let (claims, claims_left) = self.checked(bench, &document);
            let found = dated.map(|d| d.found);
            Ok(Article { document, found, claims, claims_left, statements })
        });
        Read { name, said, outcome }
    }

    /// The claims as they are held, and how many more there are.
    fn checked(&self, bench: &mut Bench<'_>, document: &Document) -> (Vec<Checked>, usize) {
        let known = known(self.question, document.dated);
        let claims = reading::read(document, self.lexicon);
        let left = claims.len().saturating_sub(CLAIMS_MAX);
        let held = claims.into_iter().take(CLAIMS_MAX).map(|claim| {
            let (then, today) = bench.hold(&claim, known);
            (claim, then, today)
        });
        (held.collect(), left)
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

/// Sayings, and claims with the places of their documents.
type Collected = (Vec<Said>, Vec<(usize, Claim)>);

/// The report as it grows, document by document.
struct Report<'a> {
    check: &'a Check,
    question: &'a Question,
    documents: usize,
    failed: usize,
    wrong: usize,
    /// What was printed, where a receipt asks for its digest.
    kept: String,
    names: Vec<String>,
    /// What is aligned at the end; `None` once it is too much.
    aligned: Option<Collected>,
    page: Option<Page>,
}

impl<'a> Report<'a> {
    fn new(check: &'a Check, question: &'a Question) -> Result<Report<'a>, Failure> {
        let mut report = Report {
            check,
            question,
            documents: 0,
            failed: 0,
            wrong: 0,
            kept: String::new(),
            names: Vec::new(),
            aligned: Some((Vec::new(), Vec::new())),
            page: check.html.as_deref().map(Page::new).transpose()?,
        };
        if let Some(page) = &mut report.page {
            page.write(&page::head(&question.in_words()))?;
        }
        if check.json {
            report.print("{\"documents\":[");
        }
        Ok(report)
    }

    fn print(&mut self, text: &str) {
        print(text);
        if self.check.wanted.receipt.is_some() {
            self.kept.push_str(text);
        }
    }

    fn take(&mut self, mut read: Read) -> Result<(), Failure> {
        self.failed += usize::from(read.outcome.is_err());
        if let Ok(article) = &read.outcome {
            self.wrong += article.wrong();
        }
        let printed = match self.check.json {
            true => {
                let comma = if self.documents > 0 { ",\n" } else { "\n" };
                format!("{comma}{}", json::document(&read))
            }
            false if self.page.is_some() => text::line(&read),
            false => text::document(&read, self.question),
        };
        self.print(&printed);
        if let Some(page) = &mut self.page {
            let number = self.documents + 1;
            page.write(&match &read.outcome {
                Ok(article) => page::article(number, &read.name, article),
                Err(failure) => page::unread(number, &read.name, &failure.message),
            })?;
        }
        self.names.push(read.name);
        if let (Some((said, claims)), Ok(article)) = (&mut self.aligned, read.outcome) {
            read.said.iter_mut().for_each(|said| said.document = self.documents);
            said.append(&mut read.said);
            claims.extend(article.claims.into_iter().map(|(claim, ..)| (self.documents, claim)));
            if said.len().max(claims.len()) > ALIGNED_SAYINGS_MAX {
                self.aligned = None;
            }
        }
        self.documents += 1;
        Ok(())
    }

    /// Several documents aligned, and the words on the ledger.
    fn end(&mut self) -> Result<(), Failure> {
        let ledger = &*self.question.ledger;
        let several = self.documents - self.failed > 1;
        let not_aligned = (several && self.aligned.is_none()).then(|| {
            format!("Not aligned: more than {ALIGNED_SAYINGS_MAX} sayings or claims in all.")
        });
        let (said, claims) = self.aligned.take().filter(|_| several).unwrap_or_default();
        let sayings = align::sayings(&said, ledger).unwrap_or_default();
        let facts = align::facts(&claims);
        let names = std::mem::take(&mut self.names);
        let names = if self.check.json { names } else { reading::names::short(&names) };
        let foot = receipt::foot(ledger, &self.question.in_words());
        let printed = if self.check.json {
            let aligned = json::alignment(&names, &sayings, &facts, ledger);
            let aligned = serde_json::Value::Array(aligned);
            let foot = json::foot(self.question, not_aligned.as_deref());
            format!("\n],\"alignment\":{aligned},{foot}}}\n")
        } else if self.page.is_some() {
            foot.clone()
        } else {
            let told = not_aligned.as_ref().map(|why| format!("{why}\n\n")).unwrap_or_default();
            told + &text::alignment(&names, &sayings, &facts, ledger) + &foot
        };
        self.print(&printed);
        if let Some(mut page) = self.page.take() {
            if several {
                page.write(&page::alignment(&names, &sayings, &facts, ledger))?;
            }
            if let Some(why) = &not_aligned {
                page.write(&format!("<p>{why}</p>\n"))?;
            }
            page.write(&page::foot(foot.trim()))?;
            page.keep()?;
        }
        Ok(())
    }

    fn status(&self) -> u8 {
        match (self.failed, self.wrong) {
            (failed, _) if failed == self.documents => 2,
            (0, 0) => 0,
            _ => 1,
        }
    }
}
