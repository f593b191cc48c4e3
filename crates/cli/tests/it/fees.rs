//! Fees of lines and of entries.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use serde_json::Value;

use crate::files::assess;
use crate::truce::{truce, truce_with};

/// The fees of a line, each as `id amount`; `?` where it is open.
fn fees(line: &str) -> Vec<String> {
    let run = truce(&format!("duty {line} --fees --json"));
    assert!(run.status < 2, "{line}: {run}");
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    let fees = json["fees"].as_array().unwrap().iter().map(|fee| {
        format!("{} {}", fee["fee"].as_str().unwrap(), fee["amount"].as_str().unwrap_or("?"))
    });
    fees.collect()
}

const TOY: &str = "9503.00.00.73 --origin CN --entered 2025-05-20 --value";

#[test]
fn the_fee_has_a_least_and_a_most_by_fiscal_year() {
    for (entered, value, mpf) in [
        ("2023-10-01", 100, "31.67"),
        ("2024-09-30", 10_000_000, "614.35"),
        ("2024-10-01", 100, "32.71"),
        ("2025-09-30", 10_000_000, "634.62"),
        ("2025-10-01", 100, "33.58"),
        ("2026-09-30", 10_000_000, "651.50"),
        ("2026-10-01", 100, "34.58"),
        ("2026-10-02", 10_000_000, "670.86"),
        // Between its bounds: 0.3464% of 10,000 and of 45,592.
        ("2025-05-20", 10_000, "34.64"),
        ("2025-05-20", 45_592, "157.93"),
    ] {
        let line =
            format!("9503.00.00.73 --origin CN --entered {entered} --value {value} --mode air");
        assert_eq!(fees(&line), [format!("mpf {mpf}"), "hmf 0.00".to_owned()], "{line}");
    }
}

#[test]
fn a_rate_that_is_not_held_is_open_and_not_nothing() {
    assert_eq!(
        fees("9503.00.00.73 --origin CN --entered 2023-09-30 --value 10000 --mode air"),
        ["mpf ?", "hmf 0.00"]
    );
    // As known in May 2025 the bounds of October had not been published: those before go on.
    assert_eq!(
        fees(
            "9503.00.00.73 --origin CN --entered 2025-10-20 --value 100 --mode air --known 2025-05-20"
        ),
        ["mpf 32.71", "hmf 0.00"]
    );
}

#[test]
fn the_harbour_fee_is_of_vessels_and_asks_for_the_mode() {
    assert_eq!(fees(&format!("{TOY} 10000 --mode vessel")), ["mpf 34.64", "hmf 12.50"]);
    assert_eq!(fees(&format!("{TOY} 10000 --mode truck")), ["mpf 34.64", "hmf 0.00"]);
    assert_eq!(fees(&format!("{TOY} 10000")), ["mpf 34.64", "hmf ?"]);
    // It has no bounds, and no claim relieves of it.
    assert_eq!(
        fees(
            "8703.23.01.10 --origin MX --entered 2025-06-20 --value 2000000 --mode vessel --claim S"
        ),
        ["mpf 0.00", "hmf 2500.00"]
    );
}

#[test]
fn claims_and_origins_are_exempt_as_19_cfr_24_23_says() {
    for (line, mpf) in [
        ("8703.23.01.10 --origin CA --entered 2025-06-20 --value 20000 --claim S", "0.00"),
        ("8703.23.01.10 --origin CA --entered 2025-06-20 --value 20000", "69.28"),
        ("9503.00.00.73 --origin KR --entered 2025-06-20 --value 20000 --claim KR", "0.00"),
        // Jordan, Morocco and Japan pay.
        ("9503.00.00.73 --origin JO --entered 2025-06-20 --value 20000 --claim JO", "69.28"),
        ("9503.00.00.73 --origin IL --entered 2025-06-20 --value 20000", "0.00"),
        ("9503.00.00.73 --origin HT --entered 2025-06-20 --value 20000", "0.00"),
        ("9503.00.00.73 --origin GU --entered 2025-06-20 --value 20000", "0.00"),
        ("9503.00.00.73 --origin DE --entered 2025-06-20 --value 20000 --claim 9801.00.20", "0.00"),
        ("9503.00.00.73 --origin DE --entered 2025-06-20 --value 20000 --claim 9802.00.40", "0.00"),
        (
            "9503.00.00.73 --origin DE --entered 2025-06-20 --value 20000 --claim 9802.00.80 --content us=8000",
            "41.57",
        ),
        (
            "7308.90.95.90 --origin DE --entered 2025-06-20 --value 20000 --claim 9802.00.60 --content processing=15000",
            "51.96",
        ),
    ] {
        assert_eq!(fees(&format!("{line} --mode air"))[0], format!("mpf {mpf}"), "{line}");
    }
}

#[test]
fn the_processing_that_is_not_stated_is_asked_for() {
    let run = truce(
        "duty 7308.90.95.90 --origin DE --entered 2025-06-20 --value 20000 --claim 9802.00.60 --fees --json",
    );
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["fees"][0]["amount"], "69.28");
    assert_eq!(json["fees"][0]["needs"], serde_json::json!(["content processing"]));
}

#[test]
fn fees_are_printed_below_the_duty() {
    assert_snapshot!(truce(&format!("duty {TOY} 5000 --fees")));
}

#[test]
fn china_levies_no_fee_that_is_held() {
    let line = "12019011 --by CN --origin US --entered 2025-06-01 --value 10000";
    assert_eq!(fees(line), Vec::<String>::new());
}

/// A file of lines as rows, and what `assess --fees` writes of it, by the name of each column.
fn assessed(folder: &Path, files: &[&str], more: &[&str]) -> Vec<BTreeMap<String, String>> {
    let output = folder.join("out.csv");
    let mut arguments = vec!["assess".to_owned()];
    for (at, text) in files.iter().enumerate() {
        let path = folder.join(format!("in{at}.csv"));
        fs::write(&path, text).unwrap();
        arguments.push(path.to_str().unwrap().to_owned());
    }
    arguments
        .extend(["--fees", "--programs", "none", "-o", output.to_str().unwrap()].map(String::from));
    arguments.extend(more.iter().map(|a| (*a).to_owned()));
    let run = truce_with(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(run.status < 2, "{run}");
    let mut reader = csv::Reader::from_path(&output).unwrap();
    let head = reader.headers().unwrap().clone();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        head.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect()
    });
    rows.collect()
}

fn cents(text: &str) -> i64 {
    text.replace('.', "").parse().unwrap()
}

fn sum(rows: &[BTreeMap<String, String>], entry: &str, fee: &str) -> i64 {
    rows.iter().filter(|row| row["entry"] == entry).map(|row| cents(&row[fee])).sum()
}

#[test]
fn lines_are_rounded_before_they_are_summed() {
    // The values are made up; a real form of this total has these fees, where rounding the total would
    // give 157.93 and 56.99.
    let values: [i64; 17] = [
        1126, 1654, 999, 826, 3383, 17583, 1148, 1076, 1664, 3362, 1598, 2973, 512, 194, 1021,
        5643, 830,
    ];
    assert_eq!(values.iter().sum::<i64>(), 45_592);
    let mut text = "entry,code,origin,entered,value,mode\n".to_owned();
    for value in values {
        text.push_str(&format!("A1,9503.00.00.73,CN,2025-05-20,{value},vessel\n"));
    }
    let folder = tempfile::tempdir().unwrap();
    let rows = assessed(folder.path(), &[&text], &[]);
    assert_eq!((sum(&rows, "A1", "mpf"), sum(&rows, "A1", "hmf")), (15_795, 5_701));
}

/// Half up, of a share in millionths.
fn share(value: i64, millionths: i64) -> i64 {
    (value * 100 * millionths * 2 + 1_000_000) / 2_000_000
}

/// Entries of random lines; those of an entry stand apart. The numbers are always the same.
fn random_lines(count: usize) -> Vec<(usize, i64)> {
    let mut state = 42u64;
    let mut next = move |most: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let mut line = |_| {
        let entry = next(count as u64 / 4) as usize;
        // Every third entry is of small lines.
        let most = if entry.is_multiple_of(3) { 2_000 } else { 60_000 };
        (entry, (next(most) + 1) as i64)
    };
    (0..count).map(&mut line).collect()
}

#[test]
fn lines_of_an_entry_add_up_to_its_fee_wherever_they_stand() {
    let lines = random_lines(400);
    let head = "entry,code,origin,entered,value,mode\n";
    let row = |(entry, value): &(usize, i64)| {
        format!("E{entry},9503.00.00.73,CN,2025-11-20,{value},vessel\n")
    };
    let (first, second) = lines.split_at(150);
    let text =
        |lines: &[(usize, i64)]| head.to_owned() + &lines.iter().map(row).collect::<String>();
    let folder = tempfile::tempdir().unwrap();
    let rows = assessed(folder.path(), &[&text(first), &text(second)], &["--threads", "1"]);
    let bytes = fs::read(folder.path().join("out.csv")).unwrap();
    let mut by_entry: BTreeMap<usize, (i64, i64)> = BTreeMap::new();
    for (entry, value) in &lines {
        let held = by_entry.entry(*entry).or_default();
        held.0 += share(*value, 3464);
        held.1 += share(*value, 1250);
    }
    let mut bounds = [0, 0];
    for (entry, (mpf, hmf)) in by_entry {
        let owed = mpf.clamp(3358, 65150);
        bounds[usize::from(owed < mpf)] += usize::from(owed != mpf);
        assert_eq!(sum(&rows, &format!("E{entry}"), "mpf"), owed, "E{entry}");
        assert_eq!(sum(&rows, &format!("E{entry}"), "hmf"), hmf, "E{entry}");
    }
    assert!(bounds.iter().all(|entries| *entries > 3), "{bounds:?}");
    assert!(rows.iter().all(|row| cents(&row["mpf"]) >= 0));
    assessed(folder.path(), &[&text(first), &text(second)], &["--threads", "4"]);
    assert_eq!(fs::read(folder.path().join("out.csv")).unwrap(), bytes);
}

#[test]
fn a_row_that_cannot_be_read_leaves_its_entry_open_and_no_other() {
    let text = "entry,code,origin,entered,value,mode\n\
                A,9503.00.00.73,CN,2025-05-20,1000,vessel\n\
                A,9503.00.00.73,CN,2025-05-20,x,vessel\n\
                B,9503.00.00.73,CN,2025-05-20,1000,vessel\n\
                ,9503.00.00.73,CN,2025-05-20,1000,vessel\n\
                C,9503.00.00.73,CN,2025-05-20,1000,\n\
                D,9503.00.00.73,KR,2025-05-20,1000,air\n\
                D,9503.00.00.73,MX,2025-05-20,1000,air\n";
    let folder = tempfile::tempdir().unwrap();
    let rows = assessed(folder.path(), &[text], &[]);
    let told = rows.iter().map(|row| {
        format!("{:2}{:6}{:6}{}\n", row["entry"], row["mpf"], row["hmf"], row["fee_note"])
    });
    assert_snapshot!(told.collect::<String>());
}

#[test]
fn the_sums_of_fees_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.csv");
    fs::write(
        &input,
        "entry,code,origin,entered,value,mode,claims\n\
         A,9503.00.00.73,CN,2025-05-20,1000,vessel,\n\
         A,9503.00.00.73,CN,2025-05-20,2000,vessel,\n\
         B,9503.00.00.73,CN,2025-05-20,1000000,air,\n\
         C,9503.00.00.73,MX,2025-05-20,1000,truck,S\n\
         D,9503.00.00.73,DE,2025-05-20,20000,,\n",
    )
    .unwrap();
    let run = assess(&input, &["--fees"]);
    let from = run.stdout.find("Fees").unwrap();
    assert_snapshot!(run.stdout[from..].lines().take(5).collect::<Vec<_>>().join("\n"));
    let json: Value = serde_json::from_str(&assess(&input, &["--fees", "--json"]).stdout).unwrap();
    assert_snapshot!(json["fees"].to_string());
}

#[test]
fn fees_need_a_column_of_the_entry_and_no_column_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.csv");
    let output = folder.path().join("out.csv");
    let mut all = String::new();
    for head in [
        "code,origin,entered,value",
        "entry,Entry,code,origin,entered,value",
        "entry,mpf,code,origin,entered,value",
    ] {
        fs::write(&input, format!("{head}\n")).unwrap();
        let run = assess(&input, &["--fees", "-o", output.to_str().unwrap()]);
        assert_eq!(run.status, 2, "{head}: {run}");
        all.push_str(&run.stderr.replace(folder.path().to_str().unwrap(), "[folder]"));
    }
    let run = assess(&input, &["--fees", "--group-by", "origin"]);
    assert_eq!(run.status, 2);
    all.push_str(run.stderr.lines().next().unwrap());
    assert_snapshot!(all);
}
