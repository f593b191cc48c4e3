//! Tables of the ledger: `select * from measures()`.

mod explain;
mod measures;
mod panel;
mod programs;
mod rows;

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{MemTable, Session, TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::Result;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionContext;
use serde::{Deserialize, Serialize};

use crate::coordinates::Coordinates;
use crate::failure::Failure;
use crate::law::Law;

/// What a table is asked for: all its arguments in one text.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Asked {
    /// The digest of the law to answer from.
    pub ledger: String,
    pub coordinates: Coordinates,
    pub given: Vec<(String, String)>,
}

impl Asked {
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("texts are JSON")
    }

    /// An argument as it was given.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.given.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// One that [`Table::required`] names.
    fn required(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }
}

/// A table that takes arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    Programs,
    Measures,
    Headings,
    ExplainDuty,
    Panel,
}

const ALL: [Table; 5] =
    [Table::Programs, Table::Measures, Table::Headings, Table::ExplainDuty, Table::Panel];

/// The table of this name.
pub fn named(name: &str) -> Option<Table> {
    ALL.into_iter().find(|table| table.name() == name)
}

impl Table {
    pub fn name(self) -> &'static str {
        match self {
            Table::Programs => "programs",
            Table::Measures => "measures",
            Table::Headings => "headings",
            Table::ExplainDuty => "explain_duty",
            Table::Panel => "panel",
        }
    }

    /// Arguments that may stand by place.
    pub fn by_place(self) -> &'static [&'static str] {
        match self {
            Table::Programs => &[],
            Table::Measures | Table::Headings => &["on"],
            Table::Panel => &["on", "until"],
            Table::ExplainDuty => &["code", "origin", "entered", "value", "by", "known", "world"],
        }
    }

    /// Arguments that may be named besides; the coordinates are everyone's.
    pub fn named(self) -> Vec<&'static str> {
        match self {
            Table::ExplainDuty => entry::fact_names().collect(),
            _ => vec!["by"],
        }
    }

    pub fn required(self) -> &'static [&'static str] {
        match self {
            Table::Headings | Table::Panel => &["on"],
            Table::ExplainDuty => &["code", "origin", "entered", "value"],
            _ => &[],
        }
    }

    fn rows(self, law: &Law, asked: &Asked) -> Result<RecordBatch, Failure> {
        law.check(&asked.ledger)?;
        match self {
            Table::Programs => programs::rows(law, asked),
            Table::Measures => measures::rows(law, asked, false),
            Table::Headings => measures::rows(law, asked, true),
            Table::ExplainDuty => explain::rows(law, asked),
            Table::Panel => {
                let help = "write it to a file, and ask that: `truce panel -o panel.parquet`";
                Err(Failure::new("is made by one process, not on a cluster", "panel()", help))
            }
        }
    }
}

/// Registers all of them.
pub fn register(context: &SessionContext, law: &Arc<Law>) {
    for table in ALL {
        context.register_udtf(table.name(), Arc::new(Function { table, law: law.clone() }));
    }
}

#[derive(Debug)]
struct Function {
    table: Table,
    law: Arc<Law>,
}

impl TableFunctionImpl for Function {
    fn call_with_args(&self, args: TableFunctionArgs) -> Result<Arc<dyn TableProvider>> {
        let text = match args.exprs() {
            [Expr::Literal(value, _)] => value.try_as_str().flatten().unwrap_or_default(),
            _ => "",
        };
        let asked: Asked = serde_json::from_str(text).map_err(|_| {
            let place = format!("{}()", self.table.name());
            Failure::new("this is no call that the session wrote", place, "")
        })?;
        if self.table == Table::Panel {
            return Ok(Arc::new(panel::Panel::new(&self.law, &asked)?));
        }
        Ok(Arc::new(Given::new(&self.law, self.table.name(), asked)?))
    }
}

/// The rows of such a table, with what was asked: on another machine they are made anew.
#[derive(Debug)]
pub struct Given {
    pub table: &'static str,
    pub asked: Asked,
    rows: MemTable,
}

impl Given {
    /// # Errors
    /// Another law, or arguments that cannot be right.
    pub fn new(law: &Law, table: &str, asked: Asked) -> Result<Given, Failure> {
        let Some(table) = named(table) else {
            return Err(Failure::new(format!("there is no table `{table}()`"), table, ""));
        };
        let rows = table.rows(law, &asked)?;
        let rows = MemTable::try_new(rows.schema(), vec![vec![rows]])
            .map_err(|e| Failure::new(e, table.name(), ""))?;
        Ok(Given { table: table.name(), asked, rows })
    }
}

#[async_trait]
impl TableProvider for Given {
    fn schema(&self) -> SchemaRef {
        self.rows.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.rows.scan(state, projection, filters, limit).await
    }
}
