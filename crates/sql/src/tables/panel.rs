//! `panel(…)`: what every code owes from every country over days, as shares of the value; the columns of
//! `truce panel` (docs/panel.md). Millions of rows: they are made as they are read, and only the columns,
//! codes and origins that a query asks for.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, Decimal128Array, RecordBatch, RecordBatchOptions, StringViewArray,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, Operator, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use engine::course::{Courses, Pricer, RATE_SCALE, Rates, Settings, Stated, Stretch};
use tariff::{Code, Country, Day, limits};

use super::Asked;
use crate::call::TEXT;
use crate::failure::Failure;
use crate::law::Law;

/// Shares are given in hundred millionths, as in the file.
const SHARE: DataType = DataType::Decimal128(12, 8);

/// Rows of a batch, about.
const BATCH_ROWS: usize = 8192;

pub struct Panel {
    schema: SchemaRef,
    courses: Arc<Courses<'static, 'static>>,
}

impl std::fmt::Debug for Panel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Panel")
    }
}

/// A column of the table.
#[derive(Clone, Copy, Debug)]
enum Column {
    Code,
    Origin,
    From,
    Until,
    Status,
    /// By place among the programs of the courses.
    Program(usize),
    Additional,
    Total,
    Least,
    Most,
    Specific,
    Note,
}

impl Panel {
    /// # Errors
    /// Another law, or a side or days that cannot be right.
    pub fn new(law: &Law, asked: &Asked) -> Result<Panel, Failure> {
        law.check(&asked.ledger)?;
        let regime = law.regime(&asked.coordinates)?;
        let ledger = regime.ledger();
        let territory = match asked.get("by") {
            Some(by) => super::measures::side(ledger, by)?,
            None => &ledger.territories[0],
        };
        let at = ledger.territories.iter().position(|t| t.id == territory.id);
        let at = at.expect("a side is a territory of the ledger");
        let courses = Courses::new(regime, at, days(asked)?, Settings::default());
        let fields = columns(&courses).map(|(name, column)| {
            let kind = match column {
                Column::From | Column::Until => DataType::Date32,
                Column::Code | Column::Origin | Column::Status => TEXT,
                Column::Specific | Column::Note => TEXT,
                _ => SHARE,
            };
            Field::new(name, kind, true)
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        Ok(Panel { schema, courses: Arc::new(courses) })
    }
}

/// The first day of entry, and the day after the last.
fn days(asked: &Asked) -> Result<(Day, Day), Failure> {
    let day = |name: &str| {
        asked.get(name).map(|text| {
            Day::parse(text).map_err(|e| {
                Failure::new(e, format!("the argument `{name}`"), "a day, like '2025-05-20'")
            })
        })
    };
    let on = day("on").transpose()?.ok_or_else(|| {
        Failure::new("the argument `on` is missing", "panel()", "panel('2025-05-20')")
    })?;
    let until = day("until").transpose()?.unwrap_or(on.next());
    if until <= on || until.days_since(on) as usize > limits::DAYS_MAX {
        let help = "the day after the last; a few years at a time";
        return Err(Failure::new("these are no days", "the argument `until`", help));
    }
    Ok((on, until))
}

fn columns<'c>(
    courses: &'c Courses<'static, 'static>,
) -> impl Iterator<Item = (String, Column)> + use<'c> {
    let ledger = courses.ledger();
    let programs = courses.programs().iter().enumerate();
    let programs = programs
        .map(|(at, p)| (format!("rate_{}", ledger.programs[*p].column()), Column::Program(at)));
    let first = [
        ("code", Column::Code),
        ("origin", Column::Origin),
        ("from", Column::From),
        ("until", Column::Until),
        ("status", Column::Status),
    ];
    let last = [
        ("additional", Column::Additional),
        ("total", Column::Total),
        ("least", Column::Least),
        ("most", Column::Most),
        ("specific", Column::Specific),
        ("note", Column::Note),
    ];
    let named = |(name, column): (&str, Column)| (name.to_owned(), column);
    first.map(named).into_iter().chain(programs).chain(last.map(named))
}

#[async_trait]
impl TableProvider for Panel {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let all: Vec<Column> = columns(&self.courses).map(|(_, column)| column).collect();
        let (schema, columns) = match projection {
            None => (self.schema.clone(), all),
            Some(places) => (
                Arc::new(self.schema.project(places)?),
                places.iter().map(|place| all[*place]).collect(),
            ),
        };
        let codes = wanted(filters, "code");
        let origins = wanted(filters, "origin");
        let is_code = |code: &Code| codes.as_ref().is_none_or(|all| all.contains(&code.plain()));
        let is_origin =
            |country: &Country| origins.as_ref().is_none_or(|all| all.contains(country.as_str()));
        let courses = &self.courses;
        let codes: Vec<usize> =
            (0..courses.codes().len()).filter(|at| is_code(&courses.codes()[*at].code)).collect();
        let origins: Arc<[(Country, u16)]> =
            courses.origins().into_iter().filter(|(country, _)| is_origin(country)).collect();
        let parts = state.config().target_partitions().clamp(1, codes.len().max(1));
        let part = |codes: &[usize]| {
            Arc::new(Part {
                schema: schema.clone(),
                columns: columns.clone(),
                courses: courses.clone(),
                codes: codes.to_vec(),
                origins: origins.clone(),
            }) as Arc<dyn PartitionStream>
        };
        let partitions = match codes.as_slice() {
            [] => vec![part(&[])],
            codes => codes.chunks(codes.len().div_ceil(parts)).map(part).collect(),
        };
        Ok(Arc::new(StreamingTableExec::try_new(schema, partitions, None, [], false, limit)?))
    }
}

/// The texts that a column is held to equal, where some filter says so.
fn wanted(filters: &[Expr], column: &str) -> Option<BTreeSet<String>> {
    let is_column = |expr: &Expr| matches!(expr, Expr::Column(c) if c.name == column);
    let text = |expr: &Expr| match expr {
        Expr::Literal(value, _) => value.try_as_str().flatten().map(str::to_owned),
        _ => None,
    };
    filters.iter().find_map(|filter| match filter {
        Expr::BinaryExpr(both) if both.op == Operator::Eq => {
            let (a, b) = (both.left.as_ref(), both.right.as_ref());
            let value = if is_column(a) { b } else { a };
            (is_column(a) || is_column(b)).then(|| text(value).map(|text| [text].into())).flatten()
        }
        Expr::InList(list) if !list.negated && is_column(&list.expr) => {
            list.list.iter().map(text).collect()
        }
        _ => None,
    })
}

/// Some of the codes.
struct Part {
    schema: SchemaRef,
    columns: Vec<Column>,
    courses: Arc<Courses<'static, 'static>>,
    codes: Vec<usize>,
    origins: Arc<[(Country, u16)]>,
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Part of {} codes", self.codes.len())
    }
}

impl PartitionStream for Part {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let mut builder = RecordBatchReceiverStream::builder(self.schema.clone(), 2);
        let give = builder.tx();
        let (schema, columns) = (self.schema.clone(), self.columns.clone());
        let (courses, codes) = (self.courses.clone(), self.codes.clone());
        let origins = self.origins.clone();
        builder.spawn_blocking(move || {
            let mut pricer = Pricer::new(&courses);
            let mut classes: Vec<u16> = origins.iter().map(|(_, class)| *class).collect();
            classes.sort_unstable();
            classes.dedup();
            let mut piece = Piece::default();
            // Codes that owe alike often follow each other.
            let mut known = HashMap::new();
            for code in codes {
                let goods = courses.goods_of(code);
                if known.len() > 64 {
                    known.clear();
                }
                let priced = known
                    .entry(goods)
                    .or_insert_with(|| pricer.price(goods, None, &classes, &Stated::default()));
                let text = courses.codes()[code].code.plain();
                for (origin, class) in origins.iter() {
                    for stretch in priced.course(*class) {
                        let rates = priced.rates[stretch.rates as usize].clone();
                        piece.rows.push((text.clone(), *origin, *stretch, rates));
                    }
                }
                if piece.rows.len() >= BATCH_ROWS
                    && give.blocking_send(piece.batch(&schema, &columns, &courses)).is_err()
                {
                    return Ok(());
                }
            }
            if !piece.rows.is_empty() {
                let _ = give.blocking_send(piece.batch(&schema, &columns, &courses));
            }
            Ok(())
        });
        builder.build()
    }
}

/// A code of an origin over a stretch.
type Row = (String, Country, Stretch, Rates);

/// Rows that become a batch.
#[derive(Default)]
struct Piece {
    rows: Vec<Row>,
}

impl Piece {
    /// The rows so far; afterwards there are none.
    fn batch(
        &mut self,
        schema: &SchemaRef,
        columns: &[Column],
        courses: &Courses<'_, '_>,
    ) -> Result<RecordBatch> {
        let rows = std::mem::take(&mut self.rows);
        let text = |get: &dyn Fn(&Row) -> Option<String>| {
            Arc::new(rows.iter().map(get).collect::<StringViewArray>()) as ArrayRef
        };
        let day = |get: &dyn Fn(&Stretch) -> Day| {
            let days = rows.iter().map(|row| get(&row.2).number());
            Arc::new(Date32Array::from_iter_values(days)) as ArrayRef
        };
        let share = |get: &dyn Fn(&Rates) -> Option<i64>| {
            let shares = rows.iter().map(|row| get(&row.3).map(hundred_millionths));
            Arc::new(shares.collect::<Decimal128Array>().with_data_type(SHARE)) as ArrayRef
        };
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let made = columns.iter().map(|column| match column {
            Column::Code => text(&|row| Some(row.0.clone())),
            Column::Origin => text(&|row| Some(row.1.to_string())),
            Column::From => day(&|stretch| stretch.from),
            Column::Until => day(&|stretch| stretch.until),
            Column::Status => text(&|row| Some(row.3.status.name().to_owned())),
            Column::Program(at) => share(&|rates| rates.programs[*at]),
            Column::Additional => share(&|rates| rates.additional(courses.base())),
            Column::Total => share(&Rates::total),
            Column::Least => share(&|rates| rates.least),
            Column::Most => share(&|rates| rates.most),
            Column::Specific => text(&|row| some(&row.3.in_words)),
            Column::Note => text(&|row| some(&row.3.needs)),
        });
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        let made = made.collect();
        Ok(RecordBatch::try_new_with_options(schema.clone(), made, &options)?)
    }
}

/// To the nearest hundred millionth, a half up.
fn hundred_millionths(rate: i64) -> i128 {
    let per = RATE_SCALE / 100_000_000;
    i128::from((rate + per / 2).div_euclid(per))
}
