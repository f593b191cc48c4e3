//! `truce_assess`: a batch of columns priced by the engine, and `truce_part`: one column of it.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::{
    Array, ArrayRef, AsArray, Decimal128Array, DictionaryArray, Int32Array, RecordBatch,
    RecordBatchOptions, StringArray, StringViewArray, StructArray, new_null_array,
};
use arrow::datatypes::{DataType, Field, FieldRef, Int32Type, Schema, SchemaRef};
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::scalar::ScalarValue;
use entry::{Priced, RowFault};
use ledger::Status;

use crate::call::{self, Call};
use crate::failure::Failure;
use crate::law::Law;

/// Lines that were priced, by what became of them; a session counts over all its threads.
#[derive(Debug, Default)]
pub struct Counts {
    pub lines: AtomicU64,
    /// Lines without one amount, in the order needs-facts, unknown, invalid.
    pub open: [AtomicU64; 3],
}

const OPEN: [Status; 3] = [Status::NeedsFacts, Status::Unknown, Status::Invalid];

/// `truce_assess(call, fact, …)`: a struct of the parts that the call wants.
#[derive(Debug)]
pub struct Assess {
    law: Arc<Law>,
    counts: Arc<Counts>,
    signature: Signature,
}

impl Assess {
    pub const NAME: &str = "truce_assess";

    pub fn new(law: Arc<Law>, counts: Arc<Counts>) -> Assess {
        Assess { law, counts, signature: Signature::variadic_any(Volatility::Immutable) }
    }

    /// The call, and the types of its facts.
    fn facts(&self, call: &Call, fields: &[FieldRef]) -> Result<SchemaRef, Failure> {
        self.law.check(&call.ledger)?;
        if call.facts.len() + 1 != fields.len() {
            return Err(Failure::new("a call without its facts", Assess::NAME, ""));
        }
        let facts = call.facts.iter().zip(&fields[1..]);
        let facts = facts.map(|(name, field)| Field::new(name, field.data_type().clone(), true));
        Ok(Arc::new(Schema::new(facts.collect::<Vec<_>>())))
    }
}

impl PartialEq for Assess {
    fn eq(&self, other: &Assess) -> bool {
        self.law.digest() == other.law.digest()
    }
}

impl Eq for Assess {}

impl Hash for Assess {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.law.digest().hash(state);
    }
}

impl ScalarUDFImpl for Assess {
    fn name(&self) -> &str {
        Assess::NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Err(Failure::new("the type follows from the call", Assess::NAME, "").into())
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let call = Call::parse(args.scalar_arguments.first().copied().flatten())?;
        let facts = self.facts(&call, args.arg_fields)?;
        entry::columns_of(&facts).map_err(|e| {
            Failure::new(e.message.replace("the column", "the argument"), "", e.help)
        })?;
        Ok(Arc::new(Field::new(self.name(), DataType::Struct(call::fields(&call)), true)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let ScalarFunctionArgs { args, arg_fields, number_rows, .. } = args;
        let call = match args.first() {
            Some(ColumnarValue::Scalar(text)) => Call::parse(Some(text))?,
            _ => Call::parse(None)?,
        };
        let facts = self.facts(&call, &arg_fields)?;
        let constant = |at: usize| matches!(args.get(at + 1), Some(ColumnarValue::Scalar(_)));
        let all_constant = (0..call.facts.len()).all(constant);
        let rows = if all_constant { 1 } else { number_rows };
        let columns = args[1..].iter().zip(facts.fields()).map(|(arg, field)| match arg {
            ColumnarValue::Array(array) if array.data_type() == field.data_type() => {
                Ok(array.clone())
            }
            ColumnarValue::Array(array) => Ok(arrow::compute::cast(array, field.data_type())?),
            ColumnarValue::Scalar(value) => repeated(value, rows),
        });
        let columns = columns.collect::<Result<Vec<ArrayRef>>>()?;
        // A constant may stand as a dictionary of one text.
        let read = facts.fields().iter().zip(&columns);
        let read = read.map(|(f, c)| Field::new(f.name(), c.data_type().clone(), true));
        let read: SchemaRef = Arc::new(Schema::new(read.collect::<Vec<_>>()));
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(read.clone(), columns, &options)?;
        let priced = self
            .law
            .shape(&call, &read, all_constant)?
            .with(|pricer| pricer.price(&batch, 0))
            .map_err(|e| Failure::new(e.message, "the arguments", e.help))?;
        let of_constant = |fault: &&RowFault| {
            is_invalid(&priced, fault.row)
                && call.facts.iter().position(|fact| *fact == fault.column).is_some_and(constant)
        };
        if let Some(fault) = priced.faults.iter().find(of_constant) {
            let place = format!("the argument `{}`", fault.column);
            return Err(Failure::new(&fault.message, place, &fault.help).into());
        }
        if call.strict
            && let Some(fault) = priced.faults.iter().find(|f| is_invalid(&priced, f.row))
        {
            return Err(of_row(fault, &batch).into());
        }
        self.count(&priced);
        let columns: Vec<ArrayRef> = call.parts.iter().map(|part| column(&priced, part)).collect();
        let whole = StructArray::try_new(call::fields(&call), columns, None)?;
        Ok(match all_constant {
            true => ColumnarValue::Scalar(ScalarValue::Struct(Arc::new(whole))),
            false => ColumnarValue::Array(Arc::new(whole)),
        })
    }
}

impl Assess {
    fn count(&self, priced: &Priced) {
        self.counts.lines.fetch_add(priced.batch.num_rows() as u64, Ordering::Relaxed);
        let Some(statuses) = statuses(priced) else { return };
        let mut open = [0_u64; 3];
        for status in statuses.iter().flatten() {
            if let Some(at) = OPEN.iter().position(|s| s.name() == status) {
                open[at] += 1;
            }
        }
        for (sum, more) in self.counts.open.iter().zip(open) {
            if more > 0 {
                sum.fetch_add(more, Ordering::Relaxed);
            }
        }
    }
}

fn statuses(priced: &Priced) -> Option<&StringViewArray> {
    priced.batch.column_by_name("status").and_then(|column| column.as_string_view_opt())
}

/// Rows that are unknown have an answer, which says so.
fn is_invalid(priced: &Priced, row: u64) -> bool {
    let invalid = Status::Invalid.name();
    statuses(priced).is_some_and(|statuses| statuses.value(row as usize) == invalid)
}

/// A constant as a column.
fn repeated(value: &ScalarValue, rows: usize) -> Result<ArrayRef> {
    if let Some(Some(text)) = value.try_as_str() {
        let keys = Int32Array::from(vec![0; rows]);
        let texts = StringArray::from(vec![text]);
        return Ok(Arc::new(DictionaryArray::<Int32Type>::new(keys, Arc::new(texts))));
    }
    value.to_array_of_size(rows)
}

/// A part of the answers. A program that the regime does not hold (a world took it away) takes nothing.
fn column(priced: &Priced, part: &str) -> ArrayRef {
    if let Some(column) = priced.batch.column_by_name(part) {
        return column.clone();
    }
    let rows = priced.batch.num_rows();
    let zeros = Decimal128Array::from(vec![0_i128; rows]);
    match zeros.with_precision_and_scale(18, 2) {
        Ok(zeros) => Arc::new(zeros),
        Err(_) => new_null_array(&entry::MONEY, rows),
    }
}

/// A row without an answer, named by what it states: where it stood in its file is not known here.
fn of_row(fault: &RowFault, batch: &RecordBatch) -> Failure {
    let row = fault.row as usize;
    let states = batch.schema_ref().fields().iter().zip(batch.columns()).map(|(field, column)| {
        let text = arrow::util::display::array_value_to_string(column, row).unwrap_or_default();
        format!("{}={text}", field.name())
    });
    let place = format!(
        "the argument `{}`, row {} of its batch ({})",
        fault.column,
        row + 1,
        states.collect::<Vec<_>>().join(", ")
    );
    Failure::new(&fault.message, place, &fault.help)
}

/// `truce_part(answers, name)`: one column of what `truce_assess` gave.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Part {
    signature: Signature,
}

impl Part {
    pub const NAME: &str = "truce_part";
}

impl Default for Part {
    fn default() -> Part {
        Part { signature: Signature::any(2, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Part {
    fn name(&self) -> &str {
        Part::NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Err(Failure::new("the type follows from the call", Part::NAME, "").into())
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let name = args.scalar_arguments.get(1).copied().flatten();
        let name = name.and_then(|name| name.try_as_str().flatten()).unwrap_or_default();
        if let DataType::Struct(fields) = args.arg_fields[0].data_type()
            && let Some((_, field)) = fields.find(name)
        {
            return Ok(field.clone());
        }
        Err(Failure::new(format!("the answers have no `{name}`"), Part::NAME, "").into())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let name = match args.args.get(1) {
            Some(ColumnarValue::Scalar(name)) => name.try_as_str().flatten().unwrap_or_default(),
            _ => "",
        };
        let part = |whole: &StructArray| {
            whole.column_by_name(name).cloned().ok_or_else(|| {
                Failure::new(format!("the answers have no `{name}`"), Part::NAME, "")
            })
        };
        Ok(match &args.args[0] {
            ColumnarValue::Array(whole) => ColumnarValue::Array(part(whole.as_struct())?),
            ColumnarValue::Scalar(ScalarValue::Struct(whole)) => {
                ColumnarValue::Scalar(ScalarValue::try_from_array(&part(whole)?, 0)?)
            }
            ColumnarValue::Scalar(_) => {
                ColumnarValue::Scalar(ScalarValue::try_from(args.return_field.data_type())?)
            }
        })
    }
}
