//! `truce assess` over files, good and bad.

use std::fs;
use std::path::Path;

use crate::truce::{Run, truce_with};

fn assess(input: &Path, more: &[&str]) -> Run {
    let mut arguments = vec!["assess", input.to_str().unwrap()];
    arguments.extend(more);
    truce_with(&arguments)
}

/// Writes `text` to a file and assesses it; gives the run and the output's lines.
fn assess_text(text: &[u8], more: &[&str]) -> (Run, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("in.csv"), folder.path().join("out.csv"));
    fs::write(&input, text).unwrap();
    let mut all = vec!["-o", output.to_str().unwrap()];
    all.extend(more);
    let run = assess(&input, &all);
    let lines = fs::read_to_string(&output).unwrap_or_default();
    let left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().flatten().map(|e| e.file_name()).collect();
    assert!(!left.iter().any(|n| n.to_string_lossy().contains(".part")), "{left:?}");
    (run, lines.lines().map(str::to_owned).collect())
}

const HEAD: &str = "line,code,origin,entered,value\n";
const TOY: &str = "a,9503.00.00.73,CN,2025-05-20,10000\n";

#[test]
fn input_columns_are_kept_and_the_contract_s_columns_are_added() {
    let text = format!("ref,{HEAD}x,{TOY}");
    let (run, lines) = assess_text(text.as_bytes(), &[]);
    assert_eq!(run.status, 0, "{run}");
    assert_eq!(
        lines,
        [
            "ref,line,code,origin,entered,value,duty,duty_min,duty_max,duty_mfn,duty_s301_china,\
             duty_s301_maritime,duty_s301_brazil,duty_s301_forced_labor,duty_s301_nicaragua,\
             duty_s201_solar,duty_s201_quartz,duty_s232_steel,duty_s232_aluminum,duty_s232_copper,\
             duty_s232_metals,duty_s232_autos,duty_s232_trucks,duty_s232_wood,\
             duty_s232_semiconductors,duty_s232_pharma,duty_s232_uas,duty_s232_polysilicon,\
             duty_ieepa_fentanyl,duty_ieepa_canada,duty_ieepa_mexico,duty_ieepa_reciprocal,\
             duty_ieepa_brazil,duty_ieepa_india,duty_s122,duty_s338,duty_de_minimis,headings,\
             status,note",
            "x,a,9503.00.00.73,CN,2025-05-20,10000,3000.00,3000.00,3000.00,0.00,0.00,0.00,0.00,0.00,\
             0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,2000.00,0.00,0.00,\
             1000.00,0.00,0.00,0.00,0.00,0.00,9903.01.24;9903.01.25,exact,",
        ]
    );
}

#[test]
fn programs_can_be_those_met_or_none() {
    let text = format!("{HEAD}{TOY}");
    let (_, lines) = assess_text(text.as_bytes(), &["--programs", "met"]);
    assert!(
        lines[0]
            .ends_with("duty_max,duty_ieepa_fentanyl,duty_ieepa_reciprocal,headings,status,note")
    );
    let (_, lines) = assess_text(text.as_bytes(), &["--programs", "none"]);
    assert!(lines[0].ends_with("duty_max,headings,status,note"));
}

#[test]
fn bad_rows_are_named_and_do_not_stop_the_others() {
    let mut text = format!("{HEAD}{TOY}").into_bytes();
    text.extend(b"b,9503.00,CN,2025-05-20,10000\n"); // a heading only
    text.extend(b"c,9503.00.00.73,XXX,2025-05-20,10000\n"); // no such country
    text.extend(b"d,9503.00.00.73,CN,May 2025,10000\n"); // no date
    text.extend(b"e,9503.00.00.73,CN,2025-05-20,\n"); // no value
    text.extend(b"f,9503.00.00.73,CN,2025-05-20\n"); // too short
    text.extend(b"g,9503.00.00.73,CN,2025-05-20,1,2,3\n"); // too long
    text.extend(b"h,\xff\xfe,CN,2025-05-20,1\n"); // no text
    text.extend(b"i,1111.11.11.11,CN,2025-05-20,1\n"); // no such code
    text.extend(TOY.replace("a,", "z,").as_bytes());
    let (run, lines) = assess_text(&text, &["--programs", "none"]);
    assert_eq!(run.status, 1);
    assert_eq!(lines.len(), 11);
    let status = |at: usize| {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(lines[at].as_bytes());
        let row = reader.records().next().unwrap().unwrap();
        (row.len(), row.get(row.len() - 2).unwrap().to_owned())
    };
    assert!(lines[1].contains("3000.00") && lines[10].contains("3000.00"));
    for at in [2, 3, 4, 5, 6, 7, 8] {
        assert_eq!(status(at), (11, "invalid".to_owned()), "{}", lines[at]);
    }
    assert_eq!(status(9), (11, "unknown".to_owned()), "{}", lines[9]);
    for told in ["row 3", "row 4", "row 5", "row 6", "row 7", "row 8", "row 9", "row 10"] {
        assert!(run.stdout.contains(told), "{told} is not in {}", run.stdout);
    }
}

#[test]
fn unusable_files_are_refused_whole() {
    for (text, words) in [
        ("", "the column `code` is missing"),
        ("code,origin\n", "the column `entered` is missing"),
        ("code,code,origin,entered,value\n", "stands 2 times"),
    ] {
        let (run, lines) = assess_text(text.as_bytes(), &[]);
        assert_eq!(run.status, 2, "{text}: {run}");
        assert!(run.stderr.contains(words) || run.stderr.contains("empty"), "{run}");
        assert!(lines.is_empty());
    }
    let run = truce_with(&["assess", "no-such-file.csv"]);
    assert_eq!((run.status, run.stderr.contains("no-such-file.csv")), (2, true), "{run}");
    let (run, _) = assess_text(format!("{HEAD}{TOY}").as_bytes(), &["--programs", "few"]);
    assert_eq!(run.status, 2);
}

#[test]
fn an_input_is_never_its_own_output() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.csv");
    let text = format!("{HEAD}{TOY}");
    fs::write(&input, &text).unwrap();
    let run = assess(&input, &["-o", input.to_str().unwrap()]);
    assert_eq!(run.status, 2, "{run}");
    assert_eq!(fs::read_to_string(&input).unwrap(), text);
}

#[test]
fn a_bom_and_crlf_and_a_head_without_lines_are_fine() {
    let text = format!("\u{feff}{}{}", HEAD.replace('\n', "\r\n"), TOY.replace('\n', "\r\n"));
    let (run, lines) = assess_text(text.as_bytes(), &["--programs", "none"]);
    assert_eq!((run.status, lines.len()), (0, 2), "{run}");
    let (run, lines) = assess_text(HEAD.as_bytes(), &["--programs", "none"]);
    assert_eq!((run.status, lines.len()), (0, 1), "{run}");
}

#[test]
fn the_summary_is_json_of_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.csv");
    fs::write(&input, format!("{HEAD}{TOY}")).unwrap();
    let run = assess(&input, &["--json"]);
    for part in [
        "\"lines\":1",
        "\"duty\":\"3000.00\"",
        "\"by_status\":{\"exact\":1}",
        "\"known\":\"entry\"",
    ] {
        assert!(run.stdout.contains(part), "{part} is not in {}", run.stdout);
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let input = crate::truce::root().join("examples/entries.csv");
    let folder = tempfile::tempdir().unwrap();
    let outputs: Vec<Vec<u8>> = ["a.csv", "b.csv"]
        .into_iter()
        .map(|name| {
            let output = folder.path().join(name);
            assess(&input, &["-o", output.to_str().unwrap()]);
            fs::read(output).unwrap()
        })
        .collect();
    assert!(outputs[0].len() > 10_000);
    assert!(outputs[0] == outputs[1]);
}
