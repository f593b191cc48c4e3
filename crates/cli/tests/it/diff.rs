//! `truce diff`: two coordinates subtracted.

use std::fs;

use crate::truce::{Run, root, truce, truce_with};

const TOY: &str = "diff 9503.00.00.73 --origin CN --entered 2025-05-20 --value 10000";

fn json(run: &Run) -> serde_json::Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {run}"))
}

#[test]
fn the_toy_of_china_gets_its_duty_back_by_the_supreme_court() {
    let run = truce(&format!("{TOY} --from known=entry --to known=today --json"));
    assert_eq!(run.status, 0, "{run}");
    let told = json(&run);
    assert_eq!(told["difference"], "-3000.00");
    assert_eq!(told["by_act"].as_array().unwrap().len(), 1, "{run}");
    assert_eq!(told["by_act"][0]["act"], "scotus-lr");
    assert_eq!(told["by_act"][0]["difference"], "-3000.00");
}

#[test]
fn a_file_is_the_sum_of_its_lines() {
    let text = fs::read_to_string(root().join("examples/entries.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let at = |name: &str| head.iter().position(|column| column == name).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.csv");
    let mut rows = String::from("code,origin,entered,value\n");
    let mut singles = 0i64;
    let mut acts: std::collections::BTreeMap<String, i64> = Default::default();
    let mut count = 0;
    let cents = |value: &serde_json::Value| {
        value.as_str().unwrap().replace('.', "").parse::<i64>().unwrap()
    };
    for record in reader.records().flatten().step_by(9) {
        let field = |name: &str| record[at(name)].to_owned();
        let [code, origin, entered, value] = ["code", "origin", "entered", "value"].map(field);
        let mut all = vec!["diff", &code, "--origin", &origin, "--entered", &entered];
        all.extend(["--value", &value, "--json", "--from", "known=entry", "--to", "known=today"]);
        let run = truce_with(&all);
        if run.status == 2 {
            continue;
        }
        count += 1;
        rows.push_str(&format!("{code},{origin},{entered},\"{value}\"\n"));
        let told = json(&run);
        singles += cents(&told["difference"]);
        for act in told["by_act"].as_array().unwrap() {
            *acts.entry(act["act"].as_str().unwrap().to_owned()).or_default() +=
                cents(&act["difference"]);
        }
    }
    assert!(count > 10);
    fs::write(&input, rows).unwrap();
    let input = input.to_str().unwrap();
    for threads in ["1", "3"] {
        let run = truce_with(&[
            "diff",
            input,
            "--from",
            "known=entry",
            "--to",
            "known=today",
            "--json",
            "--threads",
            threads,
        ]);
        let told = json(&run);
        assert_eq!(cents(&told["difference"]), singles, "{run}");
        let found = told["by_act"].as_array().unwrap().iter();
        let found: std::collections::BTreeMap<String, i64> = found
            .map(|act| (act["act"].as_str().unwrap().to_owned(), cents(&act["difference"])))
            .collect();
        acts.retain(|_, cents| *cents != 0);
        assert_eq!(found, acts);
    }
}

#[test]
fn lines_are_written_with_their_difference() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.csv");
    let text = "line,code,origin,entered,value\n\
                a,9503.00.00.73,CN,2025-05-20,10000\n\
                b,9503.00.00.73,DE,2024-05-20,10000\n\
                c,9999.99.99.99,CN,2025-05-20,10000\n\
                d,9503.00.00.73,CN,soon,10000\n\
                e,2204.21.50.40,AR,2025-03-03,12000\n";
    fs::write(&input, text).unwrap();
    let mut all = String::new();
    for form in ["csv", "parquet", "xlsx"] {
        let output = folder.path().join(format!("out.{form}"));
        let run = truce_with(&[
            "diff",
            input.to_str().unwrap(),
            "-o",
            output.to_str().unwrap(),
            "--from",
            "known=entry",
            "--to",
            "known=today",
        ]);
        assert_eq!(run.status, 1, "{run}");
        assert!(output.exists());
        if form == "csv" {
            all.push_str(&fs::read_to_string(&output).unwrap());
            all.push_str(&run.stdout.replace(folder.path().to_str().unwrap(), "FOLDER"));
        }
    }
}

#[test]
fn bad_input_of_diff_is_refused() {
    let mut all = String::new();
    for more in [
        "--from known=entry",
        "--from known=soon --to known=today",
        "--from known --to known=today",
        "--from when=entry --to known=today",
        "--from known=entry,known=today --to known=today",
        "--from world=record,world=geneva-never-happened --to known=today",
        "--from world=geneva-never-hapened --to known=today",
        "--from reading=x --to known=today",
        "--from reading=x=y --to known=today",
        "--from known=entry --to known=today --value ten",
        "--from known=entry --to known=today -o out.csv",
        "--from known=entry --to known=today --mode camel",
    ] {
        let line = format!("{TOY} {more}");
        let run = truce(&line);
        assert_eq!(run.status, 2, "{line}: {run}");
        all.push_str(&format!("{more}\n{}\n", run.stderr));
    }
    for line in [
        "diff 9503.00.00.73 --origin CN --from known=entry --to known=today",
        "diff 9503 --origin CN --entered 2025-05-20 --value 1 --from known=entry --to known=today",
        "diff no-such-file.csv --from known=entry --to known=today",
        "diff README.md --from known=entry --to known=today",
        "diff examples/entries.csv --mode vessel --from known=entry --to known=today",
        "diff examples/entries.csv -o out.txt --from known=entry --to known=today",
        "diff examples/entries.csv -o examples/entries.csv --from known=entry --to known=today",
        "diff examples/entries.csv --threads 0 --from known=entry --to known=today",
    ] {
        let run = truce(line);
        assert_eq!(run.status, 2, "{line}: {run}");
        all.push_str(&format!("{line}\n{}\n", run.stderr));
    }
    let run = truce(&format!("{TOY} --from known=soon --to known=today --json"));
    assert!(run.status == 2 && run.stdout.starts_with("{\"error\""), "{run}");
}
