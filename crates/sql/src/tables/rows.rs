//! Columns of a table, made row by row.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Decimal128Array, Int64Array, RecordBatch, RecordBatchOptions,
    StringViewArray,
};
use arrow::datatypes::{Field, Schema};
use tariff::Cents;

use crate::failure::Failure;

/// A batch in the making.
#[derive(Default)]
pub struct Columns {
    columns: Vec<(&'static str, ArrayRef)>,
}

impl Columns {
    pub fn text<T: AsRef<str>>(
        mut self,
        name: &'static str,
        texts: impl Iterator<Item = Option<T>>,
    ) -> Columns {
        let column: StringViewArray = texts.collect();
        self.columns.push((name, Arc::new(column)));
        self
    }

    pub fn truth(mut self, name: &'static str, values: impl Iterator<Item = bool>) -> Columns {
        let column: BooleanArray = values.map(Some).collect();
        self.columns.push((name, Arc::new(column)));
        self
    }

    pub fn count(mut self, name: &'static str, values: impl Iterator<Item = i64>) -> Columns {
        self.columns.push((name, Arc::new(Int64Array::from_iter_values(values))));
        self
    }

    pub fn money(mut self, name: &'static str, amounts: impl Iterator<Item = Cents>) -> Columns {
        let cents = Decimal128Array::from_iter_values(amounts.map(|cents| i128::from(cents.0)));
        let cents = cents.with_data_type(entry::MONEY);
        self.columns.push((name, Arc::new(cents)));
        self
    }

    pub fn finish(self) -> Result<RecordBatch, Failure> {
        let fields = self.columns.iter();
        let fields = fields.map(|(name, c)| Field::new(*name, c.data_type().clone(), true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let rows = self.columns.first().map_or(0, |(_, column)| column.len());
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let columns = self.columns.into_iter().map(|(_, column)| column).collect();
        RecordBatch::try_new_with_options(schema, columns, &options)
            .map_err(|e| Failure::new(e, "the rows of a table", "this is a defect: report it"))
    }
}
