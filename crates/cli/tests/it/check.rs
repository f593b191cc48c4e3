//! Documents held against the ledger, as people run it.

use std::fs;

use insta::assert_snapshot;

use crate::truce::{root, truce, truce_with};

const DOCUMENTS: &str = "tests/reading/documents";

#[test]
fn documents_are_held_against_the_law_and_aligned() {
    assert_snapshot!(truce(&format!("check {DOCUMENTS}")));
}

#[test]
fn a_document_as_json() {
    assert_snapshot!(truce(&format!("check {DOCUMENTS}/harbour-post.txt --json")));
}

#[test]
fn the_page_has_the_text_with_its_claims_and_nothing_of_it_as_markup() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("page.html");
    let page_name = page.to_str().expect("a name");
    let run = truce_with(&["check", DOCUMENTS, "--html", page_name]);
    assert_eq!(run.status, 1, "{run}");
    let text = fs::read_to_string(&page).expect("the page");
    assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{text}");
    assert!(!text.contains("<script"), "{text}");
    let body = text.split_once("</style>").expect("a head").1;
    let body = body.split("ledger blake3:").next().expect("a foot");
    assert_snapshot!(body);
}

#[test]
fn what_cannot_be_read_is_told_and_does_not_stop_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let picture = folder.path().join("a.txt");
    fs::write(&picture, b"\x89PNG\r\n\x1a\n\0\0").expect("written");
    let picture = picture.to_str().expect("a name");
    let run = truce_with(&["check", picture, &format!("{DOCUMENTS}/alert.md")]);
    assert_eq!(run.status, 1, "{run}");
    assert!(run.stdout.contains("is a picture, not text"), "{run}");
    assert!(run.stdout.contains("alert.md"), "{run}");
    let run = truce_with(&["check", picture]);
    assert_eq!(run.status, 2, "{run}");
    assert_eq!(truce("check --dated soon tests/reading/documents/alert.md").status, 2);
    assert_eq!(truce("check").status, 2);
    assert_eq!(truce("check no-such-folder/a.txt").status, 2);
}

#[test]
fn a_report_is_the_same_on_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a folder");
    let names = ["harbour-post.txt", "alert.md", "ledger-weekly.html"];
    for at in 0..40 {
        let name = names[at % names.len()];
        let copy = folder.path().join(format!("{at:02}-{name}"));
        fs::copy(root().join(DOCUMENTS).join(name), copy).expect("copied");
    }
    let folder = folder.path().to_str().expect("a name");
    let one = truce_with(&["check", folder, "--json", "--threads", "1"]);
    let four = truce_with(&["check", folder, "--json", "--threads", "4"]);
    assert_eq!(one.status, 1);
    assert!(one.stdout == four.stdout, "the reports differ");
}

#[test]
fn the_score_of_labels_tells_each_miss() {
    let folder = tempfile::tempdir().expect("a folder");
    let labels = folder.path().join("labels.toml");
    let text = "[[text]]\ndated = 2025-05-20\n\
        text = \"US tariffs on Chinese goods stand at 30%. It rained on the port all day.\"\n\
        [[text.claim]]\nspan = \"US tariffs on Chinese goods stand at 30%\"\nkind = \"rate\"\n\
        rate_to = \"30%\"\nthen = \"confirmed\"\n\
        [[text.claim]]\nspan = \"It rained on the port all day\"\nkind = \"rate\"\nwhy = \"no claim at all\"\n";
    fs::write(&labels, text).expect("written");
    let labels = labels.to_str().expect("a name");
    let run = truce_with(&["check", "--score", labels]);
    assert_eq!(run.status, 0, "{run}");
    assert!(run.stdout.contains("no claim at all"), "{run}");
    let json = truce_with(&["check", "--score", labels, "--json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["claims"]["precision"], "1");
    assert_eq!(json["claims"]["recall"], "0.500");
    assert_eq!(json["verdicts"]["then"]["right"], 1);
    fs::write(labels, "[[text]]\ntext = \"x\"\n[[text.claim]]\nspan = \"y\"\n").expect("written");
    let run = truce_with(&["check", "--score", labels]);
    assert_eq!(run.status, 2, "{run}");
    assert!(run.stderr.contains("labels.toml:3"), "{run}");
}

/// What the reader is held to on the labelled texts (`docs/reading.md`).
#[test]
fn the_reader_keeps_its_score_on_the_labelled_texts() {
    let run = truce_with(&["check", "--score", "--json"]);
    assert_eq!(run.status, 0, "{run}");
    let score: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let share = |part: &serde_json::Value, right: &str, of: &str| {
        let [right, of] = [right, of].map(|key| part[key].as_u64().expect("a count"));
        assert!(of > 100, "{part}");
        right * 100 / of
    };
    let claims = &score["claims"];
    assert!(share(claims, "right", "found") >= 95, "{claims}");
    assert!(share(claims, "right", "labelled") >= 85, "{claims}");
    for when in ["then", "today"] {
        let verdicts = &score["verdicts"][when];
        assert!(share(verdicts, "right", "found") >= 95, "{when}: {verdicts}");
    }
}
