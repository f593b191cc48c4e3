//! What the README and the page of worlds show is what the program prints.

use std::fs;

use crate::truce::{root, truce_with};

/// Splits a command line as a shell would: blanks, and double quotes around words with blanks.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => {
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            }
            c => word.push(c),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// Every `$ truce …` of the document's console blocks, with what the document shows after it. With
/// `TRUCE_UPDATE_README=1` the document is written again instead.
fn check(document: &str) {
    let path = root().join(document);
    let text = fs::read_to_string(&path).unwrap();
    let mut out = String::new();
    let mut commands = 0;
    let mut lines = text.lines().peekable();
    let mut inside = false;
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if line.starts_with("```") {
            inside = line == "```console";
        }
        let command =
            line.strip_prefix("$ truce ").or(line.strip_prefix("$ cargo run --release -- "));
        if let (true, Some(command)) = (inside, command) {
            commands += 1;
            let arguments = words(command);
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let run = truce_with(&arguments);
            assert!(run.status < 2, "{command}: {run}");
            out.push_str(run.stdout.trim_end());
            out.push('\n');
            while lines.peek().is_some_and(|l| !l.starts_with("$ ") && !l.starts_with("```")) {
                lines.next();
            }
        }
    }
    assert!(commands > 0, "{document} shows no command");
    if std::env::var_os("TRUCE_UPDATE_README").is_some() {
        fs::write(&path, out).unwrap();
    } else {
        let help =
            format!("{document} is out of date: TRUCE_UPDATE_README=1 cargo test -p truce readme");
        assert!(out == text, "{help}");
    }
}

#[test]
fn the_readme_shows_what_is_printed() {
    check("README.md");
}

#[test]
fn the_page_of_worlds_shows_what_is_printed() {
    check("docs/worlds.md");
}

#[test]
fn the_page_on_filing_shows_what_is_printed() {
    check("docs/filing.md");
}

#[test]
fn the_page_on_differences_shows_what_is_printed() {
    check("docs/diff.md");
}
