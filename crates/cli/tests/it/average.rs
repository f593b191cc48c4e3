//! `truce average`: averages that can be worked out by hand, tables of every kind, what is refused.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::truce::{Run, truce_with};

/// Runs `truce average` with tables in a folder of their own; `@NAME` in an argument is a file there.
fn average(tables: &[(&str, &str)], arguments: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in tables {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let place = |word: &str| match word.strip_prefix('@') {
        Some(name) => folder.path().join(name).display().to_string(),
        None => word.to_owned(),
    };
    let words: Vec<String> = std::iter::once("average".to_owned())
        .chain(arguments.split_whitespace().map(place))
        .collect();
    let mut run = truce_with(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let here = folder.path().display().to_string();
    run.stdout = run.stdout.replace(&here, "[folder]");
    run.stderr = run.stderr.replace(&here, "[folder]");
    run
}

fn json(run: &Run) -> Value {
    assert_eq!(run.status, 0, "{run}");
    serde_json::from_str(&run.stdout).unwrap()
}

/// Toys of China owed 30% on that day, cars of Japan 2.5% and 25%.
const TWO: &str = "code,origin,value\n9503.00.00.73,CN,300\n8703230140,JPN,100\n";

#[test]
fn an_average_is_what_it_is_by_hand() {
    let run = average(&[("w.csv", TWO)], "--on 2025-05-20 --weights @w.csv --json");
    let row = &json(&run)["series"][0]["rows"][0];
    assert_eq!(row["additional"], "0.287500"); // (300 * 30 + 100 * 25) / 400
    assert_eq!(row["base"], "0.006250"); // 100 * 2.5 / 400
    assert_eq!(row["total"], "0.293750");
    assert_eq!(row["apart"], serde_json::json!({"additional": "0.000000", "base": "0.000000"}));
    assert_eq!(row["weight"], "400");

    let run =
        average(&[("w.csv", TWO)], "--on 2025-05-20 --weights @w.csv --json --group-by program");
    let programs = &json(&run)["series"][0]["rows"][0]["programs"];
    assert_eq!(programs["ieepa-fentanyl"], "0.150000");
    assert_eq!(programs["ieepa-reciprocal"], "0.075000");
    assert_eq!(programs["s232-autos"], "0.062500");
    assert_eq!(programs["mfn"], "0.006250");
    assert_eq!(programs.as_object().unwrap().len(), 4);
}

#[test]
fn a_change_is_a_row_and_hindsight_another_series() {
    let arguments =
        "--from 2025-05-12 --to 2025-05-16 --weights @w.csv --known entry,today --of CN";
    let run = average(&[("w.csv", TWO)], arguments);
    insta::assert_snapshot!("truce_and_hindsight", run);
    let daily = average(&[("w.csv", TWO)], &format!("{arguments} --daily --json"));
    assert_eq!(json(&daily)["series"][0]["rows"].as_array().unwrap().len(), 5);
}

#[test]
fn rows_that_name_nothing_are_counted_and_do_not_stop_the_others() {
    let table = "hs6,partner,value_usd,year\n\
                 950300,CHN,1000,2024\n\
                 950300,CHN,500,2024\n\
                 870323,EU27,2000,2024\n\
                 870323,WORLD,100,2024\n\
                 990000,CHN,50,2024\n\
                 95x300,CHN,10,2024\n\
                 950300,CHN,-5,2024\n\
                 950300,VNM,n/a,2024\n\
                 010121,South Korea,25,2024\n";
    let run = average(&[("w.csv", table)], "--on 2025-05-20 --weights @w.csv --group-by partner");
    insta::assert_snapshot!("rows_left_out", run);
}

#[test]
fn duties_by_quantity_stand_apart_until_units_have_a_value() {
    let table = "code,origin,value\n2709.00.10.00,SA,1000\n9503.00.00.73,CN,1000\n";
    let run = average(&[("w.csv", table)], "--on 2025-05-20 --weights @w.csv --json");
    let row = &json(&run)["series"][0]["rows"][0];
    assert_eq!(row["apart"]["base"], "0.500000");
    assert_eq!(row["base"], "0.000000"); // of the toys alone
    let values = "code,unit_value,unit\n2709.00,70,bbl\n";
    let run = average(
        &[("w.csv", table), ("u.csv", values)],
        "--on 2025-05-20 --weights @w.csv --unit-values @u.csv --json",
    );
    let row = &json(&run)["series"][0]["rows"][0];
    assert_eq!(row["apart"]["base"], "0.000000");
    assert_eq!(row["base"], "0.000375"); // 5.25 cents a barrel of 70 dollars, on half of the trade
}

#[test]
fn claims_are_shares_of_trade() {
    let table = "code,origin,value\n9503.00.00.73,CA,1000\n";
    let claims = "origin,claim,share,code\nCA,usmca,40%,\nCA,usmca,0.9,95\n";
    let at = "--on 2025-05-20 --weights @w.csv --json";
    let row = |run: Run| json(&run)["series"][0]["rows"][0]["additional"].clone();
    assert_eq!(row(average(&[("w.csv", table)], at)), "0.250000");
    let tables = [("w.csv", table), ("c.csv", claims)];
    assert_eq!(row(average(&tables, &format!("{at} --claims @c.csv"))), "0.025000");
}

#[test]
fn china_as_importer_has_additional_layers_alone() {
    let table = "hs6,partner,value_usd\n120190,USA,1000\n";
    let run = average(
        &[("w.csv", table)],
        "--by CN --of US --from 2025-05-13 --to 2025-05-15 --weights @w.csv",
    );
    insta::assert_snapshot!("china", run);
}

#[test]
fn what_cannot_be_averaged_says_why() {
    let tables = [
        ("none.csv", "code,origin\n9503,CN\n"),
        ("empty.csv", "code,origin,value\n"),
        ("bad.csv", "code,origin,value\n9503.00.00.73,Mars,10\n"),
        ("share.csv", "origin,claim,share\nCA,usmca,1.5\n"),
        ("claim.csv", "origin,claim,share\nCA,nafta2,1\n"),
        ("twice.csv", "origin,claim,share\nCA,usmca,1\nCA,usmca,0.5\n"),
        ("units.csv", "code,unit_value,unit\n2709,0,bbl\n"),
    ];
    let all = [
        "--on 2025-05-20 --weights @none.csv",
        "--on 2025-05-20 --weights @empty.csv",
        "--on 2025-05-20 --weights @bad.csv",
        "--on 2025-05-20 --weights @missing.csv",
        "--on 2025-05-20 --claims @share.csv",
        "--on 2025-05-20 --claims @claim.csv",
        "--on 2025-05-20 --claims @twice.csv",
        "--on 2025-05-20 --unit-values @units.csv",
        "--on 2025-05-20 --of Atlantis",
        "--by JP",
        "--from 2025-05-20 --to 2025-05-19",
        "--on 2025-05-20 --world geneva",
        "--on 2025-05-20 --group-by program --known entry,today --svg @x.svg",
        "--on 2025-05-20 -o @x.txt",
    ];
    let told: Vec<String> = all.iter().map(|line| average(&tables, line).to_string()).collect();
    insta::assert_snapshot!("refused", told.join("\n"));
}

#[test]
fn averages_are_written_and_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("w.csv"), TWO).unwrap();
    let write = |name: &str, more: &[&str]| {
        let (weights, out) = (path("w.csv"), path(name));
        let option = if name.ends_with(".svg") { "--svg" } else { "-o" };
        let range = ["--from", "2025-04-01", "--to", "2025-05-31", "--weights", &weights];
        let mut words = vec!["average"];
        words.extend(range);
        words.extend([option, out.as_str()]);
        words.extend(more);
        let run = truce_with(&words);
        assert_eq!(run.status, 0, "{run}");
        fs::read(Path::new(&out)).unwrap()
    };
    let csv = write("a.csv", &["--group-by", "program"]);
    insta::assert_snapshot!("averages_csv", String::from_utf8(csv.clone()).unwrap());
    assert_eq!(csv, write("b.csv", &["--group-by", "program"]));
    let svg = String::from_utf8(write("a.svg", &["--group-by", "program"])).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("IEEPA fentanyl, China"), "{svg}");
    let svg = String::from_utf8(write("b.svg", &["--known", "entry,today"])).unwrap();
    for name in ["what importers faced", "what the law turned out to be"] {
        assert!(svg.contains(name), "{svg}");
    }
    let parquet = write("a.parquet", &[]);
    assert_eq!(&parquet[..4], b"PAR1");
}
