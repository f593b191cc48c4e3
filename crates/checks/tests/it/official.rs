//! The ledger against the official text: all of it where it is at hand, and small files with planted
//! differences, which must be found.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use checks::official::{Dates, Report, files_of, verify};
use ledger::{Aspect, Ledger};
use nomenclature::Revisions;

use crate::cases::{ledger_of, root};

fn law() -> &'static Ledger {
    static LAW: OnceLock<Ledger> = OnceLock::new();
    LAW.get_or_init(|| ledger_of(&root().join("law")))
}

fn dates() -> Dates {
    let text = fs::read_to_string(root().join("law/us/revisions.csv")).unwrap();
    let (revisions, findings) = Revisions::read("revisions.csv", &text);
    assert!(findings.is_empty());
    Dates { revisions, given: BTreeMap::new() }
}

fn verified(folder: &Path) -> Report {
    let files = files_of(folder).unwrap();
    verify(law(), &files, &dates(), &|_| ()).unwrap_or_else(|fault| panic!("{fault:?}"))
}

/// The official files; `None`, said in words, where they are not at hand.
fn official_files() -> Option<PathBuf> {
    let shared = std::env::var_os("TRUCE_SHARED")
        .map_or(root().join("../shared"), PathBuf::from)
        .join("hts");
    if shared.is_dir() {
        return Some(shared);
    }
    let required = std::env::var("TRUCE_REQUIRE_SHARED").is_ok_and(|v| v == "1");
    assert!(!required, "TRUCE_REQUIRE_SHARED=1, but there are no official files");
    let _ = writeln!(std::io::stderr(), "official: SKIPPED, no official files in ../shared/hts");
    None
}

#[test]
fn what_the_ledger_holds_is_what_the_official_text_says() {
    let Some(folder) = official_files() else { return };
    let report = verified(&folder);
    let faults: Vec<String> = report
        .unexplained
        .iter()
        .map(|one| {
            format!("{} {}: {} | {}", one.heading, one.aspect.name(), one.official, one.ledger)
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(report.footnotes > 400_000, "{} footnotes compared", report.footnotes);
    assert!(report.total.agree > 7_600, "{:?}", report.total);
}

/// A row of an official file.
fn row(code: &str, rates: [&str; 3], description: &str, footnote: &str) -> String {
    let [general, special, other] = rates;
    let notes = match footnote {
        "" => "null".to_owned(),
        note => format!(r#"[{{"columns":["general"],"value":"{note}","type":"endnote"}}]"#),
    };
    format!(
        r#"{{"htsno":"{code}","indent":"0","description":"{description}","units":[],"general":"{general}","special":"{special}","other":"{other}","footnotes":{notes}}}"#
    )
}

const ON_TOP: &str = "The duty provided in the applicable subheading";

/// What is unexplained of a heading in a file of 11 April 2025 with these rows.
fn unexplained(test: &str, heading: &str, rows: &[String]) -> Vec<(Aspect, String)> {
    let folder = std::env::temp_dir().join(format!("truce-official-{}-{test}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("hts_2025_rev_9.json"), format!("[{}]", rows.join(","))).unwrap();
    let report = verified(&folder);
    fs::remove_dir_all(&folder).unwrap();
    let found = report.unexplained.iter().filter(|one| one.heading.to_string() == heading);
    found.map(|one| (one.aspect, one.ledger.clone())).collect()
}

fn aspects(found: &[(Aspect, String)]) -> Vec<&'static str> {
    found.iter().map(|(aspect, _)| aspect.name()).collect()
}

fn fentanyl(rate: &str, origin: &str) -> String {
    let on_top = format!("{ON_TOP} + {rate}");
    let description =
        format!("articles the product of {origin}, as provided for in U.S. note 2(u)");
    row("9903.01.24", [&on_top, &on_top, "No Change"], &description, "")
}

#[test]
fn a_heading_as_the_ledger_holds_it_agrees() {
    let rows = [fentanyl("20%", "China and Hong Kong")];
    assert_eq!(unexplained("sound", "9903.01.24", &rows), []);
}

#[test]
fn a_wrong_rate_is_found_in_both_columns() {
    let found = unexplained("rate", "9903.01.24", &[fentanyl("25%", "China and Hong Kong")]);
    assert_eq!(aspects(&found), ["rate", "special"]);
    assert!(found[0].1.contains("+ 20%"), "{found:?}");
}

#[test]
fn a_wrong_origin_is_found() {
    let found = unexplained("origin", "9903.01.24", &[fentanyl("20%", "China and Macau")]);
    assert_eq!(aspects(&found), ["origin"]);
    assert!(found[0].1.contains("CN, HK"), "{found:?}");
}

fn in_transit(loaded: &str) -> String {
    let description = format!(
        "Articles the product of any country that (1) were loaded onto a vessel at the port of loading and \
         in transit on the final mode of transit prior to entry into the United States, before 12:01 a.m. \
         eastern daylight time on {loaded}; and (2) are entered for consumption after 12:01 a.m. eastern \
         daylight time on April 5, 2025"
    );
    row("9903.01.28", [ON_TOP, ON_TOP, ON_TOP], &description, "")
}

#[test]
fn a_wrong_date_of_loading_is_found() {
    assert_eq!(unexplained("loaded", "9903.01.28", &[in_transit("April 5, 2025")]), []);
    let found = unexplained("late", "9903.01.28", &[in_transit("April 6, 2025")]);
    assert_eq!(aspects(&found), ["in-transit"]);
}

#[test]
fn a_duty_on_column_2_countries_that_the_ledger_exempts_is_found() {
    let on_top = format!("{ON_TOP} + 10%");
    let of = "Articles the product of any country";
    let sound = row("9903.01.25", [&on_top, &on_top, ON_TOP], of, "");
    assert_eq!(unexplained("column-1", "9903.01.25", &[sound]), []);
    let planted = row("9903.01.25", [&on_top, &on_top, &on_top], of, "");
    assert_eq!(aspects(&unexplained("column-2", "9903.01.25", &[planted])), ["column-2"]);
}

#[test]
fn a_heading_in_force_that_is_not_printed_and_one_that_no_measure_has_are_found() {
    let unknown = row("9903.99.99", [ON_TOP, "", ""], "Articles the product of China", "");
    let rows = [unknown];
    assert_eq!(aspects(&unexplained("absent", "9903.01.24", &rows)), ["force"]);
    assert_eq!(aspects(&unexplained("unknown", "9903.99.99", &rows)), ["force"]);
}

/// A heading of section 301 and three lines of goods, with footnotes.
fn goods(footnotes: [&str; 3]) -> Vec<String> {
    let on_top = format!("{ON_TOP} + 7.5%");
    let rates = ["Free", "", "15%"];
    let heading = row("9903.88.15", [&on_top, "", ""], "articles the product of China", "");
    let [a, b, c] = footnotes;
    vec![
        row("0101.21.00", rates, "Purebred breeding animals", a),
        row("0101.29.00", rates, "Other", b),
        // On list 1, so never on this one.
        row("8401.10.00", rates, "Nuclear reactors", c),
        heading,
    ]
}

#[test]
fn a_code_that_a_list_lacks_or_has_too_many_is_found_by_the_footnotes() {
    let here = "See 9903.88.15.";
    assert_eq!(unexplained("goods", "9903.88.15", &goods([here, here, ""])), []);
    let extra = unexplained("extra", "9903.88.15", &goods([here, here, here]));
    assert_eq!(aspects(&extra), ["footnote"]);
    let missing = unexplained("missing", "9903.88.15", &goods([here, "", ""]));
    assert_eq!(aspects(&missing), ["no-footnote"]);
}

/// A heading whose description names a line of goods by its number, and lines.
fn named(number: &str) -> Vec<String> {
    let description = format!(
        "Notwithstanding heading 9903.91.03, effective with respect to entries of enteral syringes, of China, on \
         or after September 27, 2024, and before January 1, 2026 (described in statistical reporting number {number})"
    );
    let rates = ["Free", "", "20%"];
    vec![
        row("9018.31.00", rates, "Syringes, with or without needles", ""),
        row("9018.31.00.40", ["", "", ""], "Hypodermic", ""),
        row("9018.31.00.80", ["", "", ""], "Other", ""),
        row("9903.91.10", [ON_TOP, "", ""], &description, ""),
    ]
}

#[test]
fn goods_that_a_description_names_by_another_number_are_found() {
    assert_eq!(unexplained("named", "9903.91.10", &named("9018.31.0080")), []);
    let found = unexplained("other-number", "9903.91.10", &named("9018.31.0040"));
    assert_eq!(aspects(&found), ["goods"]);
}
