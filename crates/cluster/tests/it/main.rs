//! A cluster on one machine: one scheduler, two executors, and what comes of a query when one of them is
//! stopped or holds another law.

#[path = "../../../sql/tests/it/bucket.rs"]
mod bucket;
mod machines;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::util::display::array_value_to_string;
use bucket::{Bucket, NAME};
use machines::{Machines, root};
use sql::{Law, Options, Session};

/// So many files of the same lines, each so many times over: a task each.
fn lines(folder: &Path, files: usize, times: usize) -> PathBuf {
    let text = fs::read_to_string(root().join("examples/entries.csv")).unwrap();
    let (head, rows) = text.split_once('\n').unwrap();
    let lines = folder.join("lines");
    fs::create_dir(&lines).unwrap();
    for file in 0..files {
        let text = format!("{head}\n{}", rows.repeat(times));
        fs::write(lines.join(format!("{file}.csv")), text).unwrap();
    }
    lines
}

fn query(lines: &Path) -> String {
    let facts = "code, origin, entered, value, by => by, claims => claims, mode => mode";
    format!(
        "select origin, count(*) as lines, sum(duty({facts})) as duty, sum(duty_mfn({facts})) as mfn \
         from '{}/*.csv' group by origin order by origin",
        lines.display()
    )
}

/// The answer of one process, as CSV.
fn here(query: &str) -> String {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let law = Arc::new(Law::load(None).unwrap());
        let session = Session::local(law, &Options::default()).unwrap();
        let frame = session.query(query).await.unwrap();
        let names: Vec<String> = frame.schema().fields().iter().map(|f| f.name().clone()).collect();
        let mut out = names.join(",") + "\n";
        for batch in frame.collect().await.unwrap() {
            for row in 0..batch.num_rows() {
                let cells = batch.columns().iter().map(|c| array_value_to_string(c, row).unwrap());
                out += &(cells.collect::<Vec<_>>().join(",") + "\n");
            }
        }
        out
    })
}

#[test]
fn a_cluster_gives_what_one_process_gives() {
    let folder = tempfile::tempdir().unwrap();
    let lines = lines(folder.path(), 4, 2);
    let machines = Machines::start(folder.path(), &[None, None]);
    let query = query(&lines);
    let (status, out, err) = machines.ask(&query);
    assert_eq!(status, Some(0), "{err}");
    assert_eq!(out, here(&query));
    // Tables of the ledger travel by what is asked of them.
    let table = "select heading, rate from headings('2025-05-20') where heading = '9903.01.24'";
    let (status, out, err) = machines.ask(table);
    assert_eq!(status, Some(0), "{err}");
    assert_eq!(out, here(table));
}

/// Client, scheduler and executors each open the bucket for themselves; plans carry no keys.
#[test]
fn a_cluster_reads_from_a_bucket() {
    let folder = tempfile::tempdir().unwrap();
    let lines = lines(folder.path(), 4, 2);
    let bucket = Bucket::over(&lines);
    let machines = Machines::start_in(folder.path(), &[None, None], bucket.environment());
    let (status, out, err) = machines.ask(&query(Path::new(&format!("s3://{NAME}"))));
    assert_eq!(status, Some(0), "{err}");
    assert_eq!(out, here(&query(&lines)));
    assert!(bucket.served() > 4);
}

/// The scheduler gives the tasks of the one that is gone to the other.
#[test]
fn a_query_survives_the_loss_of_an_executor() {
    let folder = tempfile::tempdir().unwrap();
    let lines = lines(folder.path(), 12, 40);
    let mut machines = Machines::start(folder.path(), &[None, None]);
    let query = query(&lines);
    let asked = machines.begin(&query);
    // Mid-query: the one to be stopped has finished some task, whose result is lost with it.
    let begun = Instant::now();
    while !machines.has_results(1) {
        assert!(begun.elapsed() < Duration::from_secs(120), "the executor got no task");
        std::thread::sleep(Duration::from_millis(20));
    }
    machines.stop_executor(1);
    let done = asked.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert_eq!(done.status.code(), Some(0), "{err}");
    assert_eq!(out, here(&query));
}

/// Two machines never price with two laws.
#[test]
fn an_executor_with_another_law_refuses_and_names_both() {
    let folder = tempfile::tempdir().unwrap();
    let lines = lines(folder.path(), 2, 1);
    let other = root().join("tests/ledgers/operations");
    let machines = Machines::start(folder.path(), &[Some(other.clone())]);
    let (status, out, err) = machines.ask(&query(&lines));
    assert_eq!(status, Some(2), "{out}{err}");
    let (own, other) = (Law::load(None).unwrap(), Law::load(Some(&other)).unwrap());
    assert!(err.contains(own.digest()) && err.contains(other.digest()), "{err}");
}

#[test]
fn a_scheduler_that_is_not_there_is_named() {
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_truce-client"))
        .args(["select 1", "--cluster", "df://127.0.0.1:1"])
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(2), "{err}");
    assert!(err.contains("no scheduler answers") && err.contains("127.0.0.1:1"), "{err}");
}
