//! What docs/sql.md shows is what is printed.

use std::process::Command;

use crate::ask::root;

/// The words of a command line: blanks between them, double quotes around those with blanks.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('"').enumerate() {
        match at % 2 {
            1 => words.push(part.to_owned()),
            _ => words.extend(part.split_whitespace().map(str::to_owned)),
        }
    }
    words
}

#[test]
fn the_page_shows_what_is_printed() {
    let path = root().join("docs/sql.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut out = String::new();
    let (mut inside, mut commands) = (false, 0);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if line.starts_with("```") {
            inside = line == "```console";
        }
        let Some(command) = line.strip_prefix("$ truce sql ").filter(|_| inside) else { continue };
        commands += 1;
        let run = Command::new(env!("CARGO_BIN_EXE_truce-sql"))
            .current_dir(root())
            .args(words(command))
            .env_remove("TRUCE_LAW")
            .output()
            .unwrap();
        out.push_str(&String::from_utf8_lossy(&run.stdout));
        out.push_str(&String::from_utf8_lossy(&run.stderr));
        while lines.peek().is_some_and(|l| !l.starts_with("$ ") && !l.starts_with("```")) {
            lines.next();
        }
    }
    assert!(commands > 5, "the page shows {commands} commands");
    if std::env::var_os("TRUCE_UPDATE_README").is_some() {
        std::fs::write(&path, out).unwrap();
    } else {
        assert!(
            out == text,
            "out of date: TRUCE_UPDATE_README=1 cargo test -p sql -p cluster page"
        );
    }
}
