//! The shell: a query on the command line, in a file, or one after the other.

mod lines;
mod sink;
mod table;

use std::future::Future;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use clap::{Parser, ValueEnum};
use datafusion::common::Result;
use datafusion::dataframe::DataFrame;
use futures::StreamExt;
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::failure::Failure;
use crate::law::Law;
use crate::session::{Options, Session, statements};
use crate::settings::Settings;
use sink::Sink;

/// Ask what shipments owe in SQL, over Parquet and CSV files.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES)]
pub struct Args {
    /// The query; without one a shell opens, or the queries are read from standard input.
    pub query: Option<String>,
    /// Run the statements of a file.
    #[arg(short, long, value_name = "FILE", conflicts_with = "query")]
    pub file: Option<PathBuf>,
    /// Where to write the rows; its extension says how: .parquet, .csv, .json, .ndjson.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// How to print rows; a table on a terminal and elsewhere by default.
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// The most rows of a printed table; 0 for all.
    #[arg(long, value_name = "N", default_value = "100")]
    pub max_rows: usize,
    /// Which law had been made, where a call does not say: entry, today, a day or a moment.
    #[arg(long, value_name = "entry|today|DATE", default_value = "entry")]
    pub known: String,
    /// A world of the ledger; may be repeated, in order.
    #[arg(long, value_name = "NAME")]
    pub world: Vec<String>,
    /// The option to take where authorities disagree; may be repeated.
    #[arg(long, value_name = "NAME=OPTION")]
    pub reading: Vec<String>,
    /// The digest that the ledger has to have.
    #[arg(long, value_name = "DIGEST")]
    pub ledger: Option<String>,
    /// End the query at the first row that cannot be right.
    #[arg(long)]
    pub strict: bool,
    /// The folder of the ledger to use instead of the one built in.
    #[arg(long, env = "TRUCE_LAW", value_name = "DIR")]
    pub law: Option<PathBuf>,
    /// What sorts, joins and groups may hold in memory before they go to disk: 500M, 4G.
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub memory_limit: Option<usize>,
    /// Threads to work with; all cores by default.
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Run on a cluster: the address of its scheduler (docs/cluster.md).
    #[arg(long, value_name = "df://HOST:PORT")]
    pub cluster: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  truce sql \"select duty('9503.00.00.73', 'CN', '2025-05-20', 10000)\"
  truce sql \"select origin, sum(duty(code, origin, entered, value)) from 'examples/entries.csv' group by 1\"
  truce sql \"select *, duty(code, origin, entered, value, known => 'today') as duty from 'lines.parquet'\" -o out.parquet
  truce sql \"select * from explain_duty('9503.00.00.73', 'CN', '2025-05-20', 10000)\"

Functions, tables and settings: docs/sql.md. Exit status: 0 done, 2 something cannot be answered.";

/// How rows are printed or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Csv,
    Json,
    Ndjson,
    Parquet,
}

/// `4G` -> bytes.
fn bytes(text: &str) -> Result<usize, String> {
    let text = text.trim().trim_end_matches(['b', 'B']);
    let (number, unit) = match text.find(|c: char| !c.is_ascii_digit()) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let unit = match unit.trim().trim_end_matches(['i', 'I']).to_uppercase().as_str() {
        "" => 1,
        "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        "T" => 1_usize << 40,
        _ => return Err("write 500M or 4G".to_owned()),
    };
    let number: usize = number.parse().map_err(|_| "write 500M or 4G".to_owned())?;
    number.checked_mul(unit).filter(|b| *b > 0).ok_or_else(|| "write 500M or 4G".to_owned())
}

impl Args {
    /// What a session is made with.
    pub fn options(&self) -> Options {
        let mut settings = Settings::default();
        settings.known.clone_from(&self.known);
        settings.world = if self.world.is_empty() { "record".into() } else { self.world.join("+") };
        settings.reading = self.reading.join(",");
        settings.ledger = self.ledger.clone().unwrap_or_default();
        settings.strict = self.strict;
        Options { settings, threads: self.threads, memory_bytes: self.memory_limit }
    }
}

/// Why a run ends.
enum End {
    Failed(Failure),
    Stopped,
}

impl From<Failure> for End {
    fn from(failure: Failure) -> End {
        End::Failed(failure)
    }
}

/// Runs the shell; `open` makes the session. The exit status.
pub fn run<F>(args: &Args, open: impl FnOnce(Arc<Law>, Options) -> F) -> u8
where
    F: Future<Output = Result<Session>>,
{
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return told(&Failure::new(e, "the runtime", "")),
    };
    let ended = runtime.block_on(async {
        let law = Arc::new(Law::load(args.law.as_deref())?);
        let session = open(law, args.options()).await.map_err(|e| Failure::of(&e))?;
        session.check_settings()?;
        Shell { args, session }.run().await
    });
    // What still runs on blocking threads has nobody to give its answer to.
    runtime.shutdown_background();
    match ended {
        Ok(()) => 0,
        Err(End::Failed(failure)) => told(&failure),
        Err(End::Stopped) => {
            eprintln!("stopped: nothing was written");
            130
        }
    }
}

fn told(Failure { message, place, help }: &Failure) -> u8 {
    eprintln!("error: {message}");
    if !place.is_empty() {
        eprintln!("  at: {place}");
    }
    if !help.is_empty() {
        eprintln!("  help: {help}");
    }
    2
}

struct Shell<'a> {
    args: &'a Args,
    session: Session,
}

impl Shell<'_> {
    async fn run(&self) -> Result<(), End> {
        if let Some(query) = &self.args.query {
            return self.text(query).await;
        }
        if let Some(path) = &self.args.file {
            let text = std::fs::read_to_string(path).map_err(|e| {
                Failure::new(format!("cannot be read: {e}"), path.display(), "a file of SQL")
            })?;
            return self.text(&text).await;
        }
        if !io::stdin().is_terminal() {
            let text = io::read_to_string(io::stdin())
                .map_err(|e| Failure::new(e, "standard input", "SQL as UTF-8"))?;
            return self.text(&text).await;
        }
        lines::run(self).await
    }

    /// Runs the statements of a text, one after the other.
    async fn text(&self, text: &str) -> Result<(), End> {
        let statements = statements(text).map_err(|e| Failure::of(&e))?;
        if self.args.output.is_some() && statements.len() != 1 {
            let message = format!("{} statements for one file", statements.len());
            return Err(Failure::new(message, "--output", "give one query").into());
        }
        for statement in statements {
            let done = async {
                let frame = self.session.run(statement).await?;
                self.give(frame).await
            };
            tokio::select! {
                done = done => done.map_err(|e| Failure::of(&e))?,
                _ = tokio::signal::ctrl_c() => return Err(End::Stopped),
            }
        }
        Ok(())
    }

    /// Gives the rows of a query where they are wanted.
    async fn give(&self, frame: DataFrame) -> Result<()> {
        let before = self.told_before();
        let schema = Arc::new(frame.schema().as_arrow().clone());
        let mut sink = Sink::open(self.args, &schema)?;
        let mut rows = frame.execute_stream().await?;
        let bar = bar();
        while let Some(batch) = rows.next().await {
            let batch = batch?;
            bar.set_position(self.session.counts().lines.load(Ordering::Relaxed));
            if !sink.put(&batch)? {
                break;
            }
        }
        bar.finish_and_clear();
        sink.finish()?;
        self.tell_open(before);
        Ok(())
    }

    fn told_before(&self) -> [u64; 4] {
        let counts = self.session.counts();
        let [facts, unknown, invalid] = [0, 1, 2].map(|at| counts.open[at].load(Ordering::Relaxed));
        [counts.lines.load(Ordering::Relaxed), facts, unknown, invalid]
    }

    /// Says how many of the priced lines are not exact, so that a sum without them is not taken for all.
    fn tell_open(&self, before: [u64; 4]) {
        let now = self.told_before();
        let [lines, facts, unknown, invalid] = [0, 1, 2, 3].map(|at| now[at] - before[at]);
        if facts + unknown + invalid == 0 {
            return;
        }
        let kinds = [(facts, "need facts"), (unknown, "are unknown"), (invalid, "are invalid")];
        let kinds = kinds.iter().filter(|(count, _)| *count > 0);
        let kinds: Vec<String> =
            kinds.map(|(count, what)| format!("{} {what}", HumanCount(*count))).collect();
        let _ = writeln!(
            io::stderr(),
            "note: of {} lines priced {}; without one amount their duty is null and in no sum: ask for \
             status(…) and note(…)",
            HumanCount(lines),
            kinds.join(", ")
        );
    }
}

/// Lines that were priced so far, on a terminal only.
fn bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} lines priced, {elapsed}")
    {
        bar.set_style(style);
    }
    bar
}
