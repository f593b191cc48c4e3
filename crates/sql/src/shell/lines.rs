//! Queries one after the other: a line editor with history and completion.

use std::io::Write;
use std::path::PathBuf;

use ledger::Ledger;
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Editor, Helper};

use super::{End, Shell, told};
use crate::call;
use crate::failure::Failure;

const HELP: &str = "\
End a query with ;   Tab completes names   Ctrl-C stops a query   \\q or Ctrl-D leaves
  select * from programs();          the programs and their functions
  show all;                          the settings; truce.known, truce.world, truce.strict are ours
  set truce.known = 'today';         as the law is known now
";

/// Reads and answers until the end.
pub async fn run(shell: &Shell<'_>) -> Result<(), End> {
    let mut editor: Editor<Names, DefaultHistory> = Editor::new()
        .map_err(|e| Failure::new(e, "the terminal", "give the query as an argument"))?;
    let law = shell.session.law();
    editor.set_helper(Some(Names::of(law.ledger())));
    let history = history();
    if let Some(history) = &history {
        let _ = editor.load_history(history);
    }
    println!("truce {} · ledger {} · \\? for help", env!("CARGO_PKG_VERSION"), law.digest());
    loop {
        // The editor holds its thread; nothing else runs meanwhile.
        let line = match editor.readline("truce> ") {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(_) => break,
        };
        let text = line.trim();
        if text.is_empty() {
            continue;
        }
        let _ = editor.add_history_entry(text);
        match text.trim_end_matches(';') {
            "\\q" | "quit" | "exit" => break,
            "\\?" | "help" => print!("{HELP}"),
            _ => match shell.text(text).await {
                Ok(()) => {}
                Err(End::Failed(failure)) => {
                    told(&failure);
                }
                Err(End::Stopped) => eprintln!("stopped"),
            },
        }
        let _ = std::io::stdout().flush();
    }
    if let Some(history) = &history {
        let _ = editor.save_history(history);
    }
    Ok(())
}

/// Where the shell remembers what was asked.
fn history() -> Option<PathBuf> {
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state"));
    let folder = state.or_else(home)?.join("truce");
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("sql-history"))
}

/// Names that Tab completes.
struct Names(Vec<String>);

const WORDS: [&str; 16] = [
    "select",
    "from",
    "where",
    "group by",
    "order by",
    "limit",
    "sum(",
    "count(*)",
    "assess(",
    "explain_duty(",
    "measures()",
    "headings(",
    "programs()",
    "ledger_digest()",
    "known => ",
    "set truce.known = ",
];

impl Names {
    fn of(ledger: &Ledger) -> Names {
        let functions = call::parts(ledger).into_iter().map(|part| format!("{part}("));
        Names(functions.chain(WORDS.map(str::to_owned)).collect())
    }
}

impl Completer for Names {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let part_of_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let start = line[..at].rfind(|c| !part_of_name(c)).map_or(0, |before| before + 1);
        let begun = line[start..at].to_lowercase();
        if begun.is_empty() {
            return Ok((start, Vec::new()));
        }
        let found = self.0.iter().filter(|name| name.starts_with(&begun));
        let pair = |name: &String| Pair { display: name.clone(), replacement: name.clone() };
        Ok((start, found.map(pair).collect()))
    }
}

impl Validator for Names {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = context.input().trim();
        let whole = text.is_empty()
            || text.ends_with(';')
            || text.starts_with('\\')
            || ["quit", "exit", "help"].contains(&text);
        Ok(if whole { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

impl Hinter for Names {
    type Hint = String;
}

impl Highlighter for Names {}

impl Helper for Names {}
