//! A session of the law built in, shared by all tests of a run.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use arrow::array::RecordBatch;
use arrow::util::display::array_value_to_string;
use sql::{Failure, Law, Options, Session};

pub fn law() -> &'static Arc<Law> {
    static LAW: OnceLock<Arc<Law>> = OnceLock::new();
    LAW.get_or_init(|| Arc::new(Law::load(None).expect("the law built in is whole")))
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(future)
}

/// The batches of the last of several statements of one session.
pub fn batches(statements: &[&str]) -> Result<Vec<RecordBatch>, Failure> {
    run(async {
        let session = Session::local(law().clone(), &Options::default()).unwrap();
        let mut last = Vec::new();
        for statement in statements {
            let frame = session.query(statement).await.map_err(|e| Failure::of(&e))?;
            last = frame.collect().await.map_err(|e| Failure::of(&e))?;
        }
        Ok(last)
    })
}

/// The rows of the last statement as texts; what is null is "".
pub fn rows(statements: &[&str]) -> Vec<Vec<String>> {
    let batches = batches(statements).unwrap_or_else(|e| panic!("{statements:?}: {e}"));
    let mut rows = Vec::new();
    for batch in &batches {
        for row in 0..batch.num_rows() {
            let columns = batch.columns().iter();
            rows.push(columns.map(|column| array_value_to_string(column, row).unwrap()).collect());
        }
    }
    rows
}

/// The one value of a query.
pub fn one(query: &str) -> String {
    let rows = rows(&[query]);
    assert_eq!((rows.len(), rows[0].len()), (1, 1), "{query}: {rows:?}");
    rows[0][0].clone()
}

/// Why the last statement cannot be answered.
pub fn fault(statements: &[&str]) -> Failure {
    match batches(statements) {
        Ok(_) => panic!("{statements:?} is answered"),
        Err(failure) => failure,
    }
}
