//! Files in a bucket are tables as those on this machine are.

use std::fs;
use std::process::{Command, Output};

use crate::ask::{one, root};
use crate::bucket::{Bucket, NAME};

const SUMS: &str =
    "select count(*) as lines, sum(duty(code, origin, entered, value, by => by)) as duty";

fn asked(query: &str, environment: Vec<(&str, String)>) -> Output {
    Command::new(env!("CARGO_BIN_EXE_truce-sql"))
        .args([query, "--format", "csv"])
        .env_remove("TRUCE_LAW")
        .envs(environment)
        .output()
        .unwrap()
}

#[test]
fn a_bucket_is_read_file_by_file_and_by_pattern() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("2025")).unwrap();
    let entries = root().join("examples/entries.csv");
    for name in ["2025/a.csv", "2025/b.csv"] {
        fs::copy(&entries, folder.path().join(name)).unwrap();
    }
    let bucket = Bucket::over(folder.path());
    let here = one(&format!("select sum(duty) from ({SUMS} from '{}') t", entries.display()));
    let twice = one(&format!("select cast({here} as decimal(18, 2)) * 2"));
    for (path, duty) in [("2025/a.csv", &here), ("2025/*.csv", &twice)] {
        let query = format!("select sum(duty) from ({SUMS} from 's3://{NAME}/{path}') t");
        let before = bucket.served();
        let done = asked(&query, bucket.environment());
        let (out, err) =
            (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        assert_eq!(out.lines().nth(1), Some(duty.as_str()), "{path}: {out}{err}");
        assert!(bucket.served() > before);
    }
}

#[test]
fn what_a_bucket_has_not_or_does_not_give_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let bucket = Bucket::over(folder.path());
    let query = format!("{SUMS} from 's3://{NAME}/none.csv'");
    let done = asked(&query, bucket.environment());
    let err = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(2), "{err}");
    assert!(err.contains("none.csv"), "{err}");

    let mut environment = bucket.environment();
    environment.retain(|(name, _)| *name != "AWS_ACCESS_KEY_ID");
    environment.push(("AWS_ACCESS_KEY_ID", "a-stranger".to_owned()));
    let done = asked(&query, environment);
    let err = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(2), "{err}");
    assert!(err.contains("AccessDenied") || err.contains("403"), "{err}");
}
