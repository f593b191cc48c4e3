//! Any bytes at all are read in bounded time, and what is read stands where it is said to stand.

use std::time::{Duration, Instant};

use ledger::{Ledger, Readings};
use proptest::prelude::*;
use reading::{Article, Bench, Document, Lexicon, align, main_text, page, read, statements};

/// Everything that is done with a document, but for the files.
fn through(name: &str, bytes: &[u8], ledger: &Ledger, lexicon: &Lexicon) -> Option<Article> {
    let (text, dated) = main_text(name, bytes).ok()?;
    let document = Document { name: name.to_owned(), dated: dated.map(|d| d.day), text };
    let readings = Readings::new();
    let mut bench = Bench::new(ledger, &readings);
    let claims: Vec<_> = read(&document, lexicon)
        .into_iter()
        .take(tariff::limits::CLAIMS_MAX)
        .map(|claim| {
            let (then, today) = bench.hold(&claim, document.dated);
            (claim, then, today)
        })
        .collect();
    let statements = statements(&document.text);
    let text = &document.text;
    for (claim, ..) in &claims {
        assert!(text.get(claim.span.clone()).is_some(), "{:?}", claim.span);
    }
    for statement in &statements {
        assert!(text.get(statement.span.clone()).is_some_and(|s| s.contains(&statement.words)));
    }
    for said in align::said(0, text, &statements) {
        assert_eq!(text.get(said.span.clone()), Some(said.words.as_str()));
    }
    let article = Article { document, found: None, claims, claims_left: 0, statements };
    let _ = page::article(1, name, &article);
    Some(article)
}

fn world() -> (Ledger, Lexicon) {
    let ledger = Ledger::embedded();
    let (lexicon, findings) = Lexicon::new(&ledger);
    assert!(findings.is_empty(), "{findings:?}");
    (ledger, lexicon)
}

#[test]
fn hostile_documents_take_bounded_time() {
    let (ledger, lexicon) = world();
    let million = 1 << 20;
    let documents: Vec<(&str, Vec<u8>)> = vec![
        ("open.html", "<div>".repeat(2 * million).into_bytes()),
        ("closed.html", "</article></nav>".repeat(million / 2).into_bytes()),
        ("attributes.html", format!("<p {}>", "a=1 ".repeat(million)).into_bytes()),
        ("repeated.txt", "90-day ".repeat(million).into_bytes()),
        ("percent.txt", "145% tariffs on China, ".repeat(million / 8).into_bytes()),
        ("marks.txt", "“\"‘".repeat(million).into_bytes()),
        ("quoted.txt", "“a bit stalled” ".repeat(million / 4).into_bytes()),
        ("said.txt", "He said Ann Lee said ".repeat(million / 8).into_bytes()),
        ("capitals.txt", "Ann Lee ".repeat(million / 4).into_bytes()),
        ("letters.txt", "a".repeat(4 * million).into_bytes()),
        ("lines.txt", "\n".repeat(4 * million).into_bytes()),
        ("nested.md", ">".repeat(million / 4).into_bytes()),
        ("brackets.md", "[".repeat(million / 4).into_bytes()),
        ("nul.txt", vec![0; million]),
        ("broken.txt", [b"tariffs of 10% ".as_slice(), &[0xFF, 0xC3]].concat().repeat(10_000)),
    ];
    for (name, bytes) in documents {
        let start = Instant::now();
        through(name, &bytes, &ledger, &lexicon);
        let took = start.elapsed();
        // Generous: tests share the machine, and are not built for speed.
        assert!(took < Duration::from_secs(60), "{name} took {took:?}");
    }
}

#[test]
fn a_document_that_is_too_long_is_refused() {
    let bytes = vec![b'a'; tariff::limits::DOCUMENT_BYTES_MAX + 1];
    let refused = main_text("a.txt", &bytes).expect_err("too long");
    assert!(refused.message.contains("16"), "{}", refused.message);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..2_000),
        words in proptest::collection::vec(
            prop_oneof![
                Just("tariffs"), Just("China"), Just("from 145% to 30%"), Just("said"), Just("“"), Just("”"),
                Just("<p>"), Just("</script>"), Just("é"), Just("90-day"), Just("May 14, 2025"), Just("court"),
                Just("stayed"), Just("\n"), Just("U.S."), Just("\u{202e}"), Just("\""), Just("until"),
            ],
            0..80,
        ),
    ) {
        static WORLD: std::sync::LazyLock<(Ledger, Lexicon)> = std::sync::LazyLock::new(world);
        let (ledger, lexicon) = &*WORLD;
        for name in ["a.txt", "a.html", "a.md"] {
            through(name, &bytes, ledger, lexicon);
            through(name, words.join(" ").as_bytes(), ledger, lexicon);
        }
    }
}

/// Sentences of many manners, each on its day: what is read in them, and what the ledger says.
#[test]
fn sentences_are_read_and_held() {
    let (ledger, lexicon) = world();
    let readings = Readings::new();
    let mut bench = Bench::new(&ledger, &readings);
    let mut told = String::new();
    for line in include_str!("sentences.txt").lines().filter(|line| !line.is_empty()) {
        let (day, text) = line.split_once(' ').unwrap();
        let dated = Some(tariff::Day::parse(day).unwrap());
        let document = Document { name: day.to_owned(), dated, text: text.to_owned() };
        told.push_str(&format!("{line}\n"));
        for claim in read(&document, &lexicon) {
            let (then, today) = bench.hold(&claim, dated);
            let exact = then.exact.as_deref().unwrap_or("-");
            let span = &text[claim.span.clone()];
            told.push_str(&format!(
                "  {}, today {}: {exact} | {span}\n",
                then.verdict.name(),
                today.verdict.name()
            ));
        }
    }
    insta::assert_snapshot!(told);
}
