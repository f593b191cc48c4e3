//! `truce assess`: a file of entry lines in, the same file with its duties out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, IsTerminal, Read};
use std::path::{Path, PathBuf};

use csv::StringRecord;
use entry::{Columns, Money, Output, Programs, Totals, extended};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ledger::Ledger;
use oracle::{Assessment, Status};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::print;
use crate::question::{Coordinates, Question};
use crate::text::{Column, count, table, wrapped};

/// Assess a file of entry lines.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Assess {
    /// Files of entry lines, CSV (`-` is standard input).
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Where to write the assessed lines (CSV); the summary alone without it.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Which programs get a column: all that levy, those some line owes, or none.
    #[arg(long, value_name = "all|met|none", default_value = "all")]
    pub programs: String,
    #[command(flatten)]
    pub coordinates: Coordinates,
    /// Print the summary as JSON.
    #[arg(long)]
    pub json: bool,
}

const EXAMPLES: &str = "\
Columns read: code, origin, entered, value; and where present line, by, quantity, unit, quantity_2,
unit_2, loaded, exported, withdrawn, privileged, mode, claims, content_steel, content_aluminum,
content_copper, content_us. Every column of the input is kept.

Examples:
  truce assess examples/entries.csv -o assessed.csv
  truce assess entries.csv --known today --programs met -o refundable.csv";

pub fn run(assess: &Assess, law: Option<&Path>) -> Result<u8, Failure> {
    let programs = match assess.programs.as_str() {
        "all" => Programs::All,
        "met" => Programs::Met,
        "none" => Programs::None,
        other => {
            let message = format!("`{other}` is no choice of programs");
            return Err(Failure::new(message, "--programs", "all, met or none"));
        }
    };
    let question = assess.coordinates.settle(law)?;
    let inputs = assess.files.iter().map(|f| Input::open(f)).collect::<Result<Vec<_>, _>>()?;
    let scan = Scan::of(&inputs, &question.ledger)?;
    let totals = match &assess.output {
        None => assess_all(&inputs, &scan, &question, &Output::plain(), None)?.0,
        Some(path) => write(path, &inputs, &scan, &question, programs)?,
    };
    let status = u8::from(!totals.all_exact());
    if assess.json {
        print(&format!("{}\n", summary_json(assess, &question, &totals)));
    } else {
        print(&summary(assess, &question, &totals));
    }
    Ok(status)
}

/// A file to read twice: once for its head and territories, once for its lines.
struct Input {
    name: String,
    path: Option<PathBuf>,
    /// Standard input is kept.
    text: Vec<u8>,
}

impl Input {
    fn open(path: &Path) -> Result<Input, Failure> {
        if path.as_os_str() == "-" {
            let mut text = Vec::new();
            io::stdin()
                .read_to_end(&mut text)
                .map_err(|e| Failure::new(e, "standard input", ""))?;
            return Ok(Input { name: "standard input".to_owned(), path: None, text });
        }
        let name = path.display().to_string();
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_lowercase();
        if ["parquet", "xlsx", "xls"].contains(&extension.as_str()) {
            let message = format!("`.{extension}` files are not read yet");
            return Err(Failure::new(message, &name, "save it as CSV"));
        }
        match File::open(path) {
            Ok(_) => Ok(Input { name, path: Some(path.to_owned()), text: Vec::new() }),
            Err(e) => Err(Failure::new(format!("cannot be read: {e}"), name, "check the path")),
        }
    }

    fn reader(&self) -> Result<csv::Reader<Box<dyn Read + '_>>, Failure> {
        let source: Box<dyn Read + '_> = match &self.path {
            None => Box::new(self.text.as_slice()),
            Some(path) => {
                let file = File::open(path).map_err(|e| Failure::new(e, &self.name, ""))?;
                Box::new(BufReader::with_capacity(1 << 16, file))
            }
        };
        // A row of another length is one bad row, not the end of the file.
        Ok(csv::ReaderBuilder::new().flexible(true).from_reader(source))
    }

    fn columns(
        &self,
        reader: &mut csv::Reader<Box<dyn Read + '_>>,
    ) -> Result<(StringRecord, Columns), Failure> {
        let header = reader
            .headers()
            .map_err(|e| {
                Failure::new(format!("is not CSV: {e}"), &self.name, "UTF-8, comma separated")
            })?
            .clone();
        if header.is_empty() {
            return Err(Failure::new("the file is empty", &self.name, "it needs a head and lines"));
        }
        let columns =
            Columns::of(&header).map_err(|e| Failure::new(e.message, &self.name, e.help))?;
        Ok((header, columns))
    }
}

/// What must be known of the files before the first line is written.
struct Scan {
    header: StringRecord,
    territories: BTreeSet<String>,
    lines: u64,
}

impl Scan {
    fn of(inputs: &[Input], ledger: &Ledger) -> Result<Scan, Failure> {
        let mut scan: Option<Scan> = None;
        for input in inputs {
            let mut reader = input.reader()?;
            let (header, columns) = input.columns(&mut reader)?;
            let scan = scan.get_or_insert_with(|| Scan {
                header: header.clone(),
                territories: BTreeSet::new(),
                lines: 0,
            });
            if scan.header != header {
                let help = "files of one run have the same columns in the same order";
                return Err(Failure::new(
                    "the head differs from the first file's",
                    &input.name,
                    help,
                ));
            }
            let mut record = StringRecord::new();
            loop {
                match reader.read_record(&mut record) {
                    Ok(false) => break,
                    Ok(true) => {
                        scan.lines += 1;
                        scan.territories.extend(columns.by(&record, ledger));
                    }
                    Err(_) => scan.lines += 1,
                }
            }
        }
        Ok(scan.expect("clap asks for at least one file"))
    }
}

/// Writes to a temporary file beside `path` and renames it when it is whole.
fn write(
    path: &Path,
    inputs: &[Input],
    scan: &Scan,
    question: &Question,
    programs: Programs,
) -> Result<Totals, Failure> {
    let place = path.display();
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
    if !extension.eq_ignore_ascii_case("csv") {
        return Err(Failure::new("only CSV is written yet", place, "name the output FILE.csv"));
    }
    let same = |input: &Input| {
        let input = input.path.as_ref().and_then(|p| p.canonicalize().ok());
        input.is_some() && input == path.canonicalize().ok()
    };
    if inputs.iter().any(same) {
        return Err(Failure::new(
            "the output is one of the inputs",
            place,
            "write to another file",
        ));
    }
    let met = match programs {
        Programs::Met => Some(assess_all(inputs, scan, question, &Output::plain(), None)?.1),
        _ => None,
    };
    let output = match programs {
        Programs::None => Output::plain(),
        _ => Output::new(&question.ledger, &scan.territories, met.as_ref()),
    };
    let failure =
        |e: io::Error| Failure::new(format!("cannot be written: {e}"), path.display(), "");
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".truce-")
        .suffix(".part")
        .tempfile_in(folder)
        .map_err(failure)?;
    clean_up_on_interrupt(file.path());
    let totals = {
        let mut writer = csv::Writer::from_writer(BufWriter::new(file.as_file_mut()));
        let header = extended(&scan.header, &output.header());
        writer.write_record(&header).map_err(|e| failure(e.into()))?;
        let (totals, _) = assess_all(inputs, scan, question, &output, Some(&mut writer))?;
        writer.flush().map_err(failure)?;
        totals
    };
    file.persist(path).map_err(|e| failure(e.error))?;
    Ok(totals)
}

/// Ctrl-C takes the unfinished file away.
fn clean_up_on_interrupt(part: &Path) {
    let part = part.to_owned();
    let _ = ctrlc::set_handler(move || {
        let _ = std::fs::remove_file(&part);
        std::process::exit(130);
    });
}

type Writer<'a> = csv::Writer<BufWriter<&'a mut File>>;

/// Assesses every row; returns the totals and the programs that some line owes.
fn assess_all(
    inputs: &[Input],
    scan: &Scan,
    question: &Question,
    output: &Output,
    mut writer: Option<&mut Writer<'_>>,
) -> Result<(Totals, BTreeSet<String>), Failure> {
    let bar = progress(scan.lines);
    let mut totals = Totals::default();
    let mut cache = Cache::default();
    for input in inputs {
        let mut reader = input.reader()?;
        let (_, columns) = input.columns(&mut reader)?;
        let mut record = StringRecord::new();
        loop {
            let row = reader.position().line();
            let more = match reader.read_record(&mut record) {
                Ok(more) => more,
                Err(error) => {
                    // Bytes that are no text: the row is named and the rest goes on.
                    let fault = entry::FactError {
                        message: format!("cannot be read: {error}"),
                        help: "save the file as UTF-8".to_owned(),
                    };
                    let bad = entry::RowError { column: "row", fault };
                    totals.add_bad(row, &bad);
                    if let Some(writer) = writer.as_mut() {
                        let empty: StringRecord = scan.header.iter().map(|_| "").collect();
                        let _ = writer.write_record(&extended(&empty, &output.bad_row(&bad)));
                    }
                    continue;
                }
            };
            if !more {
                break;
            }
            bar.inc(1);
            let row = record.position().map_or(row, csv::Position::line);
            let cells = match columns.line(&record, &question.ledger) {
                Ok(line) => {
                    let by = line.by.clone();
                    let assessment = cache.assess(question, line);
                    totals.add(row, &by, &assessment);
                    output.cells(&assessment)
                }
                Err(error) => {
                    totals.add_bad(row, &error);
                    output.bad_row(&error)
                }
            };
            if let Some(writer) = writer.as_mut() {
                let mut whole = record.clone();
                // A short row is filled up, so that the added cells stand in their columns.
                while whole.len() < scan.header.len() {
                    whole.push_field("");
                }
                whole.truncate(scan.header.len());
                writer
                    .write_record(&extended(&whole, &cells))
                    .map_err(|e| Failure::new(e, "the output", ""))?;
            }
        }
    }
    bar.finish_and_clear();
    let met = totals.by_program.keys().cloned().collect();
    Ok((totals, met))
}

/// Equal lines have equal answers; files repeat themselves.
#[derive(Default)]
struct Cache {
    answers: BTreeMap<String, Assessment>,
}

impl Cache {
    const ANSWERS_MAX: usize = 10_000;

    fn assess(&mut self, question: &Question, line: oracle::Line) -> Assessment {
        let key = format!("{line:?}");
        if let Some(answer) = self.answers.get(&key) {
            return answer.clone();
        }
        let answer = oracle::assess(&question.ledger, &line, question.known, &question.readings);
        if self.answers.len() < Cache::ANSWERS_MAX {
            self.answers.insert(key, answer.clone());
        }
        answer
    }
}

fn progress(lines: u64) -> ProgressBar {
    let target = if io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(lines), target);
    let style =
        ProgressStyle::with_template("{bar:30} {human_pos} of {human_len} lines, {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

/// At most this many faulty rows are printed.
const FAULTS_SHOWN: usize = 20;

fn summary(assess: &Assess, question: &Question, totals: &Totals) -> String {
    let names: Vec<String> = assess.files.iter().map(|f| f.display().to_string()).collect();
    let mut out = format!(
        "{} · {} lines · law as known: {} · world: {}\n\n",
        names.join(", "),
        count(totals.lines),
        assess.coordinates.known,
        question.world(),
    );
    let statuses: Vec<Vec<String>> = [
        (Status::Exact, "every cent of the programs held follows from what is stated"),
        (Status::NeedsFacts, "a fact is missing: under defaults, with a range"),
        (Status::Unknown, "a code or origin that nothing resolves"),
        (Status::Invalid, "the row cannot be read"),
    ]
    .into_iter()
    .filter_map(|(status, what)| {
        let lines = totals.by_status.get(&status)?;
        Some(vec![status.name().to_owned(), count(*lines), what.to_owned()])
    })
    .collect();
    let columns = [Column::Left, Column::Right, Column::Wrap];
    out.push_str(&table(&columns, Some(&["status", "lines", ""]), &statuses));
    out.push('\n');
    let mut rows: Vec<Vec<String>> = Vec::new();
    for program in &question.ledger.programs {
        if let Some((lines, duty)) = totals.by_program.get(&program.id) {
            rows.push(vec![
                program.id.clone(),
                count(*lines),
                duty.grouped(),
                program.title.clone(),
            ]);
        }
    }
    let columns = [Column::Left, Column::Right, Column::Right, Column::Wrap];
    out.push_str(&table(&columns, Some(&["program", "lines", "duty", ""]), &rows));
    out.push('\n');
    for (by, money) in &totals.money {
        out.push_str(&money_text(question, by, money));
    }
    if !totals.needs.is_empty() {
        out.push_str("\nMissing facts\n");
        let mut needs: Vec<(&String, &usize)> = totals.needs.iter().collect();
        needs.sort_by_key(|(fact, lines)| (std::cmp::Reverse(**lines), (*fact).clone()));
        let rows: Vec<Vec<String>> =
            needs.into_iter().map(|(fact, lines)| vec![count(*lines), fact.clone()]).collect();
        out.push_str(&table(&[Column::Right, Column::Wrap], None, &rows));
    }
    if !totals.faults.is_empty() {
        out.push_str("\nRows to mend\n");
        let rows: Vec<Vec<String>> = totals
            .faults
            .iter()
            .take(FAULTS_SHOWN)
            .map(|(row, what)| vec![format!("row {row}"), what.clone()])
            .collect();
        out.push_str(&table(&[Column::Left, Column::Wrap], None, &rows));
        if totals.faults.len() > FAULTS_SHOWN {
            let more = count(totals.faults.len() - FAULTS_SHOWN);
            out.push_str(&format!("  … and {more} more\n"));
        }
    }
    if let Some(path) = &assess.output {
        out.push_str(&format!("\nwritten: {}\n", path.display()));
    }
    let general: Vec<&String> = general_warnings(totals).collect();
    if !general.is_empty() {
        out.push('\n');
        for warning in general {
            out.push_str(&format!("{}\n", wrapped(&format!("note: {warning}"), 6)));
        }
    }
    out
}

/// The sums of one side, in its currency.
fn money_text(question: &Question, by: &str, money: &Money) -> String {
    let territory = question.ledger.territory(by);
    let (name, currency) = territory.map_or((by, ""), |t| (t.name.as_str(), t.currency.as_str()));
    let row =
        |what: &str, amount: String, of: String| vec![format!("{what}, {currency}"), amount, of];
    let mut rows = vec![
        row("value", money.value.grouped(), format!("{} lines into {name}", count(money.lines))),
        row(
            "duty",
            money.duty.grouped(),
            format!("of {} lines that have one", count(money.with_duty)),
        ),
    ];
    let same = money.duty_min == money.duty && money.duty_max == money.duty;
    if !same || money.unbounded > 0 {
        rows.push(row("at least", money.duty_min.grouped(), String::new()));
        let (most, of) = match money.unbounded {
            0 => (money.duty_max.grouped(), String::new()),
            n => ("-".to_owned(), format!("no bound on {} lines", count(n))),
        };
        rows.push(row("at most", most, of));
    }
    table(&[Column::Left, Column::Right, Column::Wrap], None, &rows)
}

/// What is said of lines in general; what is said of one stands in its row.
fn general_warnings(totals: &Totals) -> impl Iterator<Item = &String> {
    totals.warnings.keys().filter(|w| {
        ["not-modelled", "not-assessed", "hypothetical", "beyond", "schedule-carried"]
            .iter()
            .any(|general| w.starts_with(general))
    })
}

fn summary_json(assess: &Assess, question: &Question, totals: &Totals) -> Value {
    let by_status: serde_json::Map<String, Value> =
        totals.by_status.iter().map(|(s, n)| (s.name().to_owned(), json!(n))).collect();
    let by_program: Vec<Value> = question
        .ledger
        .programs
        .iter()
        .filter_map(|p| {
            let (lines, duty) = totals.by_program.get(&p.id)?;
            Some(json!({"program": p.id, "lines": lines, "duty": duty.to_string()}))
        })
        .collect();
    let faults: Vec<Value> =
        totals.faults.iter().map(|(row, what)| json!({"row": row, "what": what})).collect();
    let money: Vec<Value> = totals
        .money
        .iter()
        .map(|(by, m)| {
            let territory = question.ledger.territory(by);
            json!({
                "by": territory.map(|t| t.country.as_str()),
                "currency": territory.map(|t| t.currency.as_str()),
                "lines": m.lines,
                "value": m.value.to_string(),
                "duty": m.duty.to_string(),
                "lines_with_duty": m.with_duty,
                "duty_min": m.duty_min.to_string(),
                "duty_max": (m.unbounded == 0).then(|| m.duty_max.to_string()),
                "lines_without_bound": m.unbounded,
            })
        })
        .collect();
    json!({
        "files": assess.files.iter().map(|f| f.display().to_string()).collect::<Vec<_>>(),
        "output": assess.output.as_ref().map(|p| p.display().to_string()),
        "known": assess.coordinates.known,
        "world": question.world(),
        "reading": question.readings,
        "lines": totals.lines,
        "by_status": by_status,
        "totals": money,
        "by_program": by_program,
        "needs": totals.needs,
        "faults": faults,
        "warnings": totals.warnings,
        "ledger": question.ledger.digest,
        "version": env!("CARGO_PKG_VERSION"),
    })
}
