//! The page of the grammar shows law that the loader reads.

use ledger::{Ledger, Source, World};
use tariff::Zone;

use crate::support::{files, listed, root};

/// The ```toml blocks of the page, each with its line.
fn blocks() -> Vec<(usize, String)> {
    let page = std::fs::read_to_string(root().join("docs/measure-language.md")).unwrap();
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (at, line) in page.lines().enumerate() {
        match &mut open {
            None if line.trim() == "```toml" => open = Some((at + 2, String::new())),
            None => {}
            Some(_) if line.trim() == "```" => blocks.extend(open.take()),
            Some((_, text)) => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    blocks
}

/// A block as a file of the kind that it shows: its path and its text.
fn as_file(block: &str) -> Option<(String, String)> {
    // What stands for more is left out.
    let text: String =
        block.lines().filter(|l| l.trim() != "…").map(|l| format!("{l}\n")).collect();
    let has = |key: &str| text.lines().any(|l| l.starts_with(key));
    if has("unstated =") && !has("[[") {
        return None;
    }
    if has("[[area]]") {
        return Some(("areas/block.toml".into(), text));
    }
    if has("[[event]]") {
        return Some(("events/block.toml".into(), text));
    }
    if has("[[option]]") {
        return Some(("readings/block.toml".into(), text));
    }
    if has("description =") || has("drop =") {
        return Some(("worlds/block.toml".into(), text));
    }
    if has("kind =") {
        // A shown head may end in an open operation.
        let text = text.replace("[[do]]", "");
        return Some(("us/acts/2025-05-12_eo-14298.toml".into(), text));
    }
    let head = "id = \"block\"\nkind = \"notice\"\ntitle = \"a block\"\ncite = \"the page\"\nknown = 2025-01-01\n";
    Some(("us/acts/2025-01-01_block.toml".into(), format!("{head}{text}")))
}

#[test]
fn every_excerpt_of_the_page_is_in_the_grammar() {
    let blocks = blocks();
    assert!(blocks.len() >= 10, "only {} excerpts", blocks.len());
    let base = files("tests/ledgers/picks");
    let keep = ["programs.toml", "territories.toml", "areas/countries.csv"];
    for (line, block) in blocks {
        let Some((path, text)) = as_file(&block) else { continue };
        let mut files = base.clone();
        files.retain(|path, _| keep.contains(&path.as_str()));
        files.insert(path.clone(), text.clone());
        let (_, found) = Ledger::load(&Source::new(files));
        // Names stand for what the page does not show; everything else must be right.
        let faults: Vec<_> =
            found.into_iter().filter(|f| f.file == path && !about_names(&f.message)).collect();
        assert!(faults.is_empty(), "docs/measure-language.md:{line}:\n{text}\n{}", listed(&faults));
    }
}

/// Findings about things that stand elsewhere in the ledger.
fn about_names(message: &str) -> bool {
    [
        "nothing is named",
        "no measure is a member",
        "unknown measure",
        "unknown program",
        "unknown goods list",
        "unknown pick",
        "no country",
        "unknown reading",
        "unknown act",
        "leaving the unknown",
        "absorbs the unknown",
        "has no stage",
    ]
    .iter()
    .any(|words| message.contains(words))
}

/// The excerpts of "Hard cases" stand word for word in the test ledgers, so they are tested law.
#[test]
fn the_hard_cases_of_the_page_are_those_of_the_test_ledgers() {
    let page = std::fs::read_to_string(root().join("docs/measure-language.md")).unwrap();
    let Some((before, _)) = page.split_once("\n## Hard cases") else {
        panic!("no section of hard cases")
    };
    let first = before.lines().count();
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let ledgers: Vec<String> = std::fs::read_dir(root().join("tests/ledgers"))
        .unwrap()
        .flat_map(|e| files(&format!("tests/ledgers/{}", e.unwrap().file_name().to_string_lossy())))
        .map(|(_, text)| squeezed(&text))
        .collect();
    let mut count = 0;
    for (line, block) in blocks().into_iter().filter(|(line, _)| *line > first) {
        for operation in block.split("[[do]]").map(squeezed).filter(|o| !o.is_empty()) {
            count += 1;
            assert!(
                ledgers.iter().any(|text| text.contains(&operation)),
                "docs/measure-language.md:{line}: no test ledger holds\n{operation}"
            );
        }
    }
    assert!(count >= 10, "only {count} operations are shown");
}

#[test]
fn worlds_of_the_page_are_read_as_worlds() {
    let zone = Zone::named("America/New_York").unwrap();
    for (line, block) in blocks().into_iter().filter(|(_, b)| b.contains("drop =")) {
        let (world, found) = World::parse("block", &block, &zone);
        assert!(world.is_some() && found.is_empty(), "line {line}: {}", listed(&found));
    }
}
