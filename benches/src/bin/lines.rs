//! Drawn lines as a Parquet file and, for comparison, what they owe as another.
//!
//! `cargo run --release -p benches --bin lines -- LINES FILE.parquet [--seed N] [--answers FILE.parquet]`
//!
//! The same number of lines and the same seed give the same bytes.

use std::fs::File;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, Decimal128Array, DictionaryArray, Int64Array, RecordBatch, StringArray,
};
use arrow::datatypes::{Field, Int32Type, Schema};
use benches::{Drawing, DrawnLine, More, columns};
use engine::{ABSENT, Assessed, Assessor, Wanted, compile};
use ledger::{Known, Ledger, Readings};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

/// Lines of a row group.
const ROW_GROUP: usize = 122_880;

struct Arguments {
    count: usize,
    file: String,
    seed: u64,
    answers: Option<String>,
}

fn arguments() -> Option<Arguments> {
    let mut words = std::env::args().skip(1);
    let mut given = Arguments {
        count: words.next()?.parse().ok()?,
        file: words.next()?,
        seed: 1,
        answers: None,
    };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--seed" => given.seed = words.next()?.parse().ok()?,
            "--answers" => given.answers = Some(words.next()?),
            _ => return None,
        }
    }
    Some(given)
}

fn main() {
    let Some(given) = arguments() else {
        eprintln!("usage: lines LINES FILE.parquet [--seed N] [--answers FILE.parquet]");
        std::process::exit(2);
    };
    let ledger = Ledger::embedded();
    let mut drawing = Drawing::new(&ledger, given.seed);
    let regime = given
        .answers
        .is_some()
        .then(|| compile(&ledger, Known::Entry, &Readings::new()).expect("a ledger within limits"));
    let mut assessor = regime.as_ref().map(Assessor::new);
    let names: Vec<String> = regime
        .iter()
        .flat_map(|r| r.programs())
        .map(|at| format!("duty_{}", ledger.programs[*at].column()))
        .collect();
    let (mut lines, mut answers): (Option<Writer>, Option<Writer>) = (None, None);
    let mut out = Assessed::default();
    let mut done = 0;
    while done < given.count {
        let drawn: Vec<DrawnLine> =
            (0..ROW_GROUP.min(given.count - done)).map(|_| drawing.line()).collect();
        write(&mut lines, &given.file, file_columns(&drawn, done));
        if let (Some(assessor), Some(file)) = (&mut assessor, &given.answers) {
            assessor.assess(&columns(&drawn), Wanted { words: false, ..Wanted::ALL }, &mut out);
            write(&mut answers, file, answer_columns(&out, &names, done));
        }
        done += drawn.len();
    }
    for writer in [lines, answers].into_iter().flatten() {
        writer.close().expect("the file can be written");
    }
}

type Writer = ArrowWriter<File>;
type Columns = Vec<(String, ArrayRef)>;

fn write(writer: &mut Option<Writer>, file: &str, columns: Columns) {
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, column)| Field::new(name, column.data_type().clone(), true))
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let writer = writer.get_or_insert_with(|| {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(ROW_GROUP))
            .build();
        let options =
            ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let file = File::create(file).expect("the file can be made");
        ArrowWriter::try_new_with_options(file, schema.clone(), options).expect("a writer")
    });
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    let batch = RecordBatch::try_new(schema, columns).expect("columns of one length");
    writer.write(&batch).expect("the file can be written");
}

/// The number of each line in the file.
fn numbers(first: usize, count: usize) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values((first..first + count).map(|line| line as i64)))
}

fn money(cents: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    let cents: Decimal128Array = cents.map(|cents| cents.map(i128::from)).collect();
    Arc::new(cents.with_precision_and_scale(18, 2).expect("a scale below the precision"))
}

fn file_columns(drawn: &[DrawnLine], first: usize) -> Columns {
    let words = |of: &dyn Fn(&DrawnLine) -> Option<String>| -> ArrayRef {
        let words: Vec<Option<String>> = drawn.iter().map(of).collect();
        Arc::new(words.iter().map(|word| word.as_deref()).collect::<DictionaryArray<Int32Type>>())
    };
    let loaded = |line: &DrawnLine| match line.more {
        More::Loaded(days) => Some(line.entered - days),
        _ => None,
    };
    let claim = |line: &DrawnLine| match line.more {
        More::Claim(symbol) => Some(symbol.to_owned()),
        _ => None,
    };
    let columns: [(&str, ArrayRef); 10] = [
        ("line", numbers(first, drawn.len())),
        ("code", words(&|line| Some(line.code.plain()))),
        ("origin", words(&|line| Some(line.origin.to_string()))),
        ("entered", Arc::new(Date32Array::from_iter_values(drawn.iter().map(|l| l.entered)))),
        ("value", money(drawn.iter().map(|line| Some(line.value_cents)))),
        ("quantity", Arc::new(Int64Array::from_iter_values(drawn.iter().map(|l| l.quantity)))),
        ("loaded", Arc::new(drawn.iter().map(loaded).collect::<Date32Array>())),
        ("mode", words(&|line| loaded(line).map(|_| "vessel".to_owned()))),
        ("claims", words(&claim)),
        ("content_us", money(drawn.iter().map(DrawnLine::american_cents))),
    ];
    columns.map(|(name, column)| (name.to_owned(), column)).into()
}

fn answer_columns(out: &Assessed, names: &[String], first: usize) -> Columns {
    let stated = |cents: &i64| (*cents != ABSENT).then_some(*cents);
    let status = out.status.iter().map(|status| status.name());
    let mut columns: Columns = vec![
        ("line".to_owned(), numbers(first, out.duty.len())),
        ("duty".to_owned(), money(out.duty.iter().map(stated))),
        ("status".to_owned(), Arc::new(StringArray::from_iter_values(status))),
    ];
    for (name, column) in names.iter().zip(&out.programs) {
        columns.push((name.clone(), money(column.iter().map(stated))));
    }
    columns
}
