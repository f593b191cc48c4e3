//! A ledger in memory, and every question that Python asks of it.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchReader};
use arrow::compute::cast;
use arrow::datatypes::{DataType, FieldRef, Schema, SchemaRef};
use arrow::error::ArrowError;
use engine::Wanted;
use entry::{FileError, Output, Priced, Pricing, RowFault};
use pyo3::prelude::*;
use pyo3_arrow::PyTable;
use pyo3_arrow::input::AnyRecordBatch;
use serde_json::json;
use tariff::Country;
use truce::assess::input::Inputs;
use truce::question::{Coordinates, Pair};
use truce::{brief, diff, duty, panel, question};

use crate::error::Fault;
use crate::memory::Memory;
use crate::run::{apart, threads};

/// A ledger that is loaded. Answers are JSON texts or Arrow tables.
#[pyclass(frozen, module = "truce._truce")]
pub struct Law {
    record: Arc<ledger::Ledger>,
    memory: Memory,
}

/// The coordinates of a question besides its date.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Asked {
    known: String,
    world: Vec<String>,
    reading: Vec<String>,
}

impl From<Asked> for Coordinates {
    fn from(Asked { known, world, reading }: Asked) -> Coordinates {
        Coordinates { known, world, reading }
    }
}

/// What a line states besides code, origin, date and value.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Stated {
    by: String,
    quantity: Vec<String>,
    loaded: Option<String>,
    exported: Option<String>,
    withdrawn: Option<String>,
    privileged: Option<String>,
    mode: Option<String>,
    claim: Vec<String>,
    content: Vec<String>,
}

/// How lines are assessed.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Options {
    /// `all`, `met` or `none`.
    programs: String,
    range: bool,
    words: bool,
    /// Whether the reasons of rows without an answer are wanted, which are words.
    reasons: bool,
    /// The names of all columns of the table: none may be that of an added one.
    names: Vec<String>,
    /// The type of texts: `view`, `text` or `dictionary`.
    text: String,
    /// Whether the programs of every side get a column, whoever levies on these lines.
    every_side: bool,
    /// The number of the first row.
    first: u64,
    threads: Option<usize>,
}

/// Rows without an answer: row, column, message, help.
type RowFaults = Vec<(u64, String, String, String)>;

#[pymethods]
impl Law {
    #[new]
    #[pyo3(signature = (folder=None))]
    fn new(py: Python<'_>, folder: Option<PathBuf>) -> PyResult<Law> {
        let record = apart(py, |_| question::load(folder.as_deref()))?.map_err(Fault::from)?;
        Ok(Law { record: Arc::new(record), memory: Memory::default() })
    }

    /// What the ledger holds, as JSON.
    fn about(&self) -> String {
        let ledger = &self.record;
        let sides = ledger.territories.iter().map(|t| {
            json!({
                "by": t.country.as_str(), "name": t.name, "currency": t.currency,
                "official_through": t.official_through.to_string(),
                "verified_through": t.verified_through.to_string(),
            })
        });
        let programs = ledger.programs.iter().map(|p| {
            let by = ledger.territory(&p.by).map(|t| t.country.as_str());
            json!({"id": p.id, "title": p.title, "by": by, "levies": p.levies, "column": p.column()})
        });
        let worlds = ledger
            .worlds
            .iter()
            .map(|w| json!({"id": w.id, "title": w.title, "description": w.description}));
        let readings = ledger.readings.iter().map(|r| {
            let options = r.options.iter().map(|o| json!({"id": o.id, "title": o.title}));
            json!({"id": r.id, "title": r.title, "default": r.default,
                   "options": options.collect::<Vec<_>>()})
        });
        json!({
            "ledger": ledger.digest, "version": env!("CARGO_PKG_VERSION"),
            "sides": sides.collect::<Vec<_>>(), "programs": programs.collect::<Vec<_>>(),
            "worlds": worlds.collect::<Vec<_>>(), "readings": readings.collect::<Vec<_>>(),
        })
        .to_string()
    }

    /// One line, as `truce duty --json`.
    #[expect(clippy::too_many_arguments, reason = "as many as the command has")]
    fn duty(
        &self,
        py: Python<'_>,
        code: String,
        origin: String,
        entered: String,
        value: String,
        stated: Stated,
        asked: Asked,
        also: (bool, bool, bool),
    ) -> PyResult<String> {
        let Stated { by, quantity, loaded, exported, withdrawn, privileged, mode, claim, content } =
            stated;
        let facts = duty::Facts {
            by,
            quantity,
            loaded,
            exported,
            withdrawn,
            privileged,
            mode,
            claim,
            content,
        };
        let (fees, file, check) = also;
        let duty = duty::Duty {
            code,
            origin,
            entered,
            value,
            facts,
            coordinates: asked.into(),
            wanted: Default::default(),
            file,
            fees,
            check,
            json: true,
        };
        let answer = apart(py, |_| {
            let settled = self.memory.settle(&self.record, &duty.coordinates)?;
            duty::json(&duty, &settled.question)
        })?;
        Ok(answer.map_err(Fault::from)?.to_string())
    }

    /// Both sides on one day, as `truce brief --json`.
    fn brief(
        &self,
        py: Python<'_>,
        between: String,
        on: Option<String>,
        asked: Asked,
    ) -> PyResult<String> {
        let coordinates = asked.into();
        let brief = brief::Brief { pair: Pair { between, on }, coordinates, json: true };
        let answer = apart(py, |_| {
            let settled = self.memory.settle(&self.record, &brief.coordinates)?;
            brief::json(&brief, &settled.question)
        })?;
        Ok(answer.map_err(Fault::from)?.to_string())
    }

    /// The columns that an assessment adds to the lines of a table, and the rows without an answer.
    fn assess(
        &self,
        py: Python<'_>,
        table: AnyRecordBatch,
        asked: Asked,
        options: Options,
    ) -> PyResult<(PyTable, RowFaults)> {
        let reader = table.into_reader()?;
        let asked = asked.into();
        let (schema, batches, faults) = apart(py, |stop| -> Result<_, Fault> {
            let (schema, batches) = collected(reader)?;
            let settled = self.memory.settle(&self.record, &asked)?;
            let made = settled.with_regime(|regime| {
                let ledger = regime.ledger();
                let wanted = Wanted {
                    programs: options.programs != "none",
                    range: options.range,
                    words: options.words || options.reasons,
                };
                let output = match (wanted.programs, options.every_side) {
                    (false, _) => Output::plain(),
                    (true, true) => Output::new(regime, |_| true),
                    (true, false) => {
                        let sides = entry::levying(ledger, &schema, &batches)?;
                        Output::levied_by(regime, &sides, None)
                    }
                };
                let words = match options.text.as_str() {
                    "view" => DataType::Utf8View,
                    "text" => DataType::Utf8,
                    _ => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
                };
                let pricing = Pricing::new(regime, &schema, output, wanted, words)?;
                refuse_taken(&options.names, pricing.added())?;
                let threads = threads(options.threads)?;
                let priced = pricing.price(&batches, options.first, threads, stop)?;
                Ok::<_, Fault>((pricing.added().clone(), priced.unwrap_or_default()))
            })?;
            let (added, priced) = made?;
            let kept = kept(&added, &options, &priced);
            let faults = told(&priced);
            let batches = priced.iter().map(|piece| piece.batch.project(&kept));
            let batches: Result<Vec<RecordBatch>, ArrowError> = batches.collect();
            let added = added.project(&kept).expect("places of its columns");
            Ok((Arc::new(added), batches.expect("places of its columns"), faults))
        })??;
        Ok((PyTable::try_new(batches, schema)?, faults))
    }

    /// What changes for the lines of a table between two sets of coordinates: the report as JSON, and where
    /// it is asked for the columns that are added.
    fn diff(
        &self,
        py: Python<'_>,
        table: AnyRecordBatch,
        from: Vec<String>,
        to: Vec<String>,
        rows: bool,
        threads: Option<usize>,
    ) -> PyResult<(String, Option<PyTable>)> {
        let reader = table.into_reader()?;
        let (report, added) = apart(py, |_| -> Result<_, Fault> {
            let (schema, batches) = collected(reader)?;
            let kept = schema.fields().len();
            let inputs = Inputs::of_batches("table", schema, batches)?;
            let threads = crate::run::threads(threads)?;
            let (report, lines) =
                diff::in_memory(&self.record, [&from, &to], &inputs, rows, threads)?;
            let added = lines.map(|lines| added(lines, kept)).transpose()?;
            Ok((report.to_string(), added))
        })??;
        let table = added.map(|(schema, batches)| PyTable::try_new(batches, schema)).transpose()?;
        Ok((report, table))
    }

    /// The rates of codes by countries over days.
    #[expect(clippy::too_many_arguments, reason = "as many as the command has")]
    #[pyo3(signature = (asked, by, on, from, to, until, codes, origins))]
    fn panel(
        &self,
        py: Python<'_>,
        asked: Asked,
        by: String,
        on: Option<String>,
        from: Option<String>,
        to: Option<String>,
        until: Option<String>,
        codes: Vec<String>,
        origins: Vec<String>,
    ) -> PyResult<PyTable> {
        let coordinates: Coordinates = asked.into();
        let panel = panel::Panel {
            on,
            cells: false,
            output: PathBuf::new(),
            by,
            from,
            to,
            until,
            coordinates,
            wanted: Default::default(),
            json: false,
        };
        let (schema, batches) = apart(py, |_| -> Result<_, Fault> {
            let only = panel::Only {
                codes: codes.iter().map(|code| code.replace('.', "")).collect(),
                origins: origins
                    .iter()
                    .map(|text| self.country(text))
                    .collect::<Result<Vec<Country>, Fault>>()?,
            };
            let settled = self.memory.settle(&self.record, &panel.coordinates)?;
            let table = settled.with_regime(|regime| panel::in_memory(&panel, regime, &only))??;
            Ok(widened(table)?)
        })??;
        PyTable::try_new(batches, schema)
    }
}

impl Law {
    fn country(&self, text: &str) -> Result<Country, Fault> {
        entry::origin(&self.record, text).map_err(|e| Fault {
            message: e.message,
            place: "origins".to_owned(),
            help: e.help,
            ..Fault::default()
        })
    }
}

/// All batches of a table.
fn collected(
    reader: Box<dyn RecordBatchReader + Send>,
) -> Result<(SchemaRef, Vec<RecordBatch>), Fault> {
    let schema = reader.schema();
    let batches = reader.collect::<Result<Vec<RecordBatch>, ArrowError>>();
    let batches = batches
        .map_err(|e| FileError::new(format!("the table cannot be read: {e}"), "see its source"))?;
    Ok((schema, batches))
}

/// The places of the added columns that are given: without those of programs that no row owes, where only
/// the others were asked for, and without words that were only needed for reasons.
fn kept(added: &SchemaRef, options: &Options, priced: &[Priced]) -> Vec<usize> {
    let fields = added.fields();
    let words = if options.words || options.reasons { 3 } else { 1 };
    let programs = if options.range { 3 } else { 1 }..fields.len() - words;
    let met = |at: usize| priced.iter().any(|piece| piece.met[at - programs.start]);
    let is_kept = |at: &usize| match fields[*at].name().as_str() {
        "headings" | "note" => options.words,
        _ => options.programs != "met" || !programs.contains(at) || met(*at),
    };
    (0..fields.len()).filter(is_kept).collect()
}

fn refuse_taken(names: &[String], added: &SchemaRef) -> Result<(), Fault> {
    let Some(taken) = added.fields().iter().find(|field| names.contains(field.name())) else {
        return Ok(());
    };
    let name = taken.name();
    Err(Fault {
        message: format!("the table has a column `{name}` already"),
        place: "table".to_owned(),
        help: format!("`{name}` is added by the assessment: rename the table's, or drop it"),
        column: name.clone(),
        row: None,
    })
}

/// Decimals of 64 bits as ones of 128: not everyone who takes Arrow knows the former, and Polars 2.1 reads
/// wrong numbers from them.
fn widened(
    (schema, batches): (SchemaRef, Vec<RecordBatch>),
) -> Result<(SchemaRef, Vec<RecordBatch>), FileError> {
    let wide = |kind: &DataType| match kind {
        DataType::Decimal64(digits, scale) => DataType::Decimal128(*digits, *scale),
        other => other.clone(),
    };
    let fields = schema.fields().iter();
    let fields = fields.map(|f| f.as_ref().clone().with_data_type(wide(f.data_type())));
    let schema: SchemaRef = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let batch = |batch: RecordBatch| {
        let columns = batch.columns().iter().map(|column| cast(column, &wide(column.data_type())));
        RecordBatch::try_new(schema.clone(), columns.collect::<Result<_, ArrowError>>()?)
    };
    let batches = batches.into_iter().map(batch).collect::<Result<_, ArrowError>>();
    let batches =
        batches.map_err(|e| FileError::new(format!("the panel cannot be given: {e}"), ""))?;
    Ok((schema, batches))
}

fn told(priced: &[Priced]) -> RowFaults {
    let faults = priced.iter().flat_map(|piece| &piece.faults).take(entry::Totals::FAULTS_MAX);
    let fault = |f: &RowFault| (f.row, f.column.clone(), f.message.clone(), f.help.clone());
    faults.map(fault).collect()
}

/// What was added to lines after so many columns of their own, in its declared types: texts may come as
/// dictionaries.
fn added(lines: diff::Table, kept: usize) -> Result<(SchemaRef, Vec<RecordBatch>), Fault> {
    let fields: Vec<FieldRef> = lines.schema.fields().iter().skip(kept).cloned().collect();
    let schema: SchemaRef = Arc::new(Schema::new(fields));
    let batch = |columns: Vec<ArrayRef>| {
        let columns = columns[kept..].iter().zip(schema.fields());
        let columns = columns.map(|(column, field)| cast(column, field.data_type()));
        RecordBatch::try_new(schema.clone(), columns.collect::<Result<_, ArrowError>>()?)
    };
    let batches = lines.tables.into_iter().map(batch).collect::<Result<_, ArrowError>>();
    let batches =
        batches.map_err(|e| FileError::new(format!("the added columns do not fit: {e}"), ""))?;
    Ok((schema, batches))
}
