//! `truce check --score`: how well the reader reads, by labelled texts.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use reading::labels::{self, BUILT_IN, Body, Labelled};
use reading::score::{Count, FIELDS, Score, score};
use reading::{Bench, Document, Lexicon, main_text};
use serde_json::{Value, json};

use super::{Check, Reader, lexicon, source};
use crate::failure::Failure;
use crate::in_order::{in_order, threads};
use crate::print;
use crate::progress::progress;
use crate::question::Question;
use crate::receipt::{self, Run};
use crate::text::{Column, count, table, wrapped};

/// The most misses that are listed.
const MISSES_MAX: usize = 400;

pub fn run(
    check: &Check,
    from: Option<&Path>,
    question: &Question,
    law: Option<&Path>,
) -> Result<u8, Failure> {
    let files = files(from)?;
    let mut texts: Vec<(Labelled, PathBuf)> = Vec::new();
    for (path, source) in &files {
        let (labelled, findings) = labels::parse(path, source);
        if let Some(first) = findings.first() {
            let message =
                format!("{} wrong label(s); the first: {}", findings.len(), first.message);
            let place = format!("{}:{}:{}", first.file, first.line, first.column);
            return Err(Failure::new(message, place, &first.help));
        }
        let folder = Path::new(path).parent().unwrap_or(Path::new("")).to_owned();
        texts.extend(labelled.into_iter().map(|text| (text, folder.clone())));
    }
    let lexicon: Lexicon = lexicon(&question.ledger)?;
    let reader = Reader { question, lexicon: &lexicon, dated: None };
    let mut total = Score::default();
    let bar = progress(texts.len() as u64, "texts");
    in_order(
        texts.len(),
        check.threads.unwrap_or_else(threads).max(1),
        || Bench::new(&question.ledger, &question.readings),
        |bench, at| {
            let (labelled, folder) = &texts[at];
            let document = document(labelled, folder)?;
            let (found, _) = reader.checked(bench, &document);
            Ok(score(labelled, &document.text, &found, &question.ledger))
        },
        |of_text| {
            total.add(of_text);
            bar.inc(1);
            Ok(())
        },
    )?;
    bar.finish_and_clear();
    let printed = match check.json {
        true => format!("{}\n", in_json(&total, question)),
        false => told(&total) + &receipt::foot(&question.ledger, &question.in_words()),
    };
    print(&printed);
    let read = match from {
        None => Vec::new(),
        Some(_) => files.into_iter().map(|(path, _)| path.into()).collect(),
    };
    Run {
        wanted: &check.wanted,
        law,
        ledger: &question.ledger,
        asked: question.asked(),
        inputs: read,
        output: None,
        written: Vec::new(),
        printed: &printed,
        status: 0,
    }
    .write()?;
    Ok(0)
}

/// The files of labels: one, those of a folder, or those built in.
fn files(from: Option<&Path>) -> Result<Vec<(String, String)>, Failure> {
    let Some(from) = from else {
        let built_in = BUILT_IN.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        return Ok(built_in.collect());
    };
    let unreadable = |e: std::io::Error| {
        Failure::new(
            format!("cannot be read: {e}"),
            from.display(),
            "a file of labels, or a folder",
        )
    };
    let mut paths = vec![from.to_owned()];
    if from.is_dir() {
        let entries = fs::read_dir(from).map_err(unreadable)?;
        paths = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
        paths.sort();
    }
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).map_err(|e| {
            Failure::new(format!("cannot be read: {e}"), path.display(), "labels are TOML in UTF-8")
        })?;
        Ok((path.display().to_string(), text))
    };
    paths.into_iter().map(read).collect()
}

fn document(labelled: &Labelled, folder: &Path) -> Result<Document, Failure> {
    let name = labelled.place.to_string();
    let (text, dated) = match &labelled.body {
        Body::Text(text) => (text.clone(), None),
        Body::File(file) => {
            let path = folder.join(file);
            let bytes = source::bytes(&path)?;
            let read = main_text(file, &bytes);
            read.map_err(|e| Failure::new(e.message, path.display(), e.help))?
        }
    };
    for label in &labelled.labels {
        if label.span(&text).is_none() {
            let message = format!("the text has no `{}`", label.words);
            return Err(Failure::new(message, &label.place, "quote the words as they stand"));
        }
    }
    Ok(Document { name, dated: labelled.dated.or(dated.map(|d| d.day)), text })
}

fn told(score: &Score) -> String {
    let mut out = format!(
        "{} texts, {} of them without a claim\n\n",
        count(score.texts),
        count(score.without_claim)
    );
    let row = |name: &str, counted: Count| {
        let (found, labelled) = counted.of();
        vec![
            name.to_owned(),
            count(labelled),
            count(found),
            count(counted.right),
            share(counted.right, found),
            share(counted.right, labelled),
        ]
    };
    let mut rows = vec![row("claims", score.claims)];
    for field in FIELDS {
        if let Some(counted) = score.fields.get(field) {
            rows.push(row(&format!("  {field}"), *counted));
        }
    }
    let verdict = |name: &str, counted: Count| {
        let of = counted.right + counted.wrong;
        let right = share(counted.right, of);
        vec![name.to_owned(), count(of), count(of), count(counted.right), right, String::new()]
    };
    rows.push(verdict("verdict then", score.then));
    rows.push(verdict("verdict today", score.today));
    let right = Column::Right;
    let head = ["", "labelled", "found", "right", "precision", "recall"];
    out.push_str(&table(&[Column::Left, right, right, right, right, right], Some(&head), &rows));
    if !score.misses.is_empty() {
        let _ = writeln!(out, "\nNot as labelled");
    }
    for miss in score.misses.iter().take(MISSES_MAX) {
        let words = super::text::shown(&miss.words);
        let told = match miss.what {
            "not found" => format!("“{words}”: {}", miss.labelled),
            "no claim" => format!("“{words}”: read as {}", miss.found),
            _ => {
                let or_nothing = |text: &str| {
                    if text.is_empty() { "nothing".to_owned() } else { text.to_owned() }
                };
                let (labelled, found) = (or_nothing(&miss.labelled), or_nothing(&miss.found));
                format!("“{words}”: labelled {labelled}, found {found}")
            }
        };
        let _ =
            writeln!(out, "  {:<10} {}", miss.what, wrapped(&format!("{} {told}", miss.place), 13));
    }
    if score.misses.len() > MISSES_MAX {
        let _ = writeln!(out, "  and {} more", count(score.misses.len() - MISSES_MAX));
    }
    out
}

/// A share of a whole with three places, rounded down so that 1 is all of it.
fn share(part: usize, whole: usize) -> String {
    match (part * 1_000).checked_div(whole) {
        None => "-".to_owned(),
        Some(1_000) => "1".to_owned(),
        Some(thousandths) => format!("0.{thousandths:03}"),
    }
}

fn in_json(score: &Score, question: &Question) -> Value {
    let counted = |counted: Count| {
        let (found, labelled) = counted.of();
        json!({"labelled": labelled, "found": found, "right": counted.right,
               "precision": share(counted.right, found), "recall": share(counted.right, labelled)})
    };
    let fields: serde_json::Map<String, Value> = FIELDS
        .iter()
        .filter_map(|field| Some(((*field).to_owned(), counted(*score.fields.get(field)?))))
        .collect();
    let misses: Vec<Value> = score
        .misses
        .iter()
        .map(|m| json!({"place": m.place, "what": m.what, "text": m.words, "labelled": m.labelled, "found": m.found}))
        .collect();
    json!({"texts": score.texts, "without_claim": score.without_claim, "claims": counted(score.claims),
           "fields": fields, "verdicts": {"then": counted(score.then), "today": counted(score.today)},
           "misses": misses, "ledger": question.ledger.digest, "version": env!("CARGO_PKG_VERSION")})
}
