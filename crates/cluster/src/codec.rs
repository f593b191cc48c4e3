//! How plans travel: as Ballista writes them, and the tables of the ledger by what was asked.

use std::sync::Arc;

use ballista_core::serde::BallistaLogicalExtensionCodec;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::{Result, TableReference};
use datafusion::datasource::file_format::FileFormatFactory;
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{Extension, LogicalPlan};
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use sql::Law;
use sql::tables::{Asked, Given};

/// A table such as `measures()` travels as its name and its arguments; the scheduler asks its own
/// ledger, after it has seen that the digest is the same.
#[derive(Debug)]
pub struct Codec {
    law: Arc<Law>,
    inner: BallistaLogicalExtensionCodec,
}

impl Codec {
    pub fn new(law: Arc<Law>) -> Codec {
        Codec { law, inner: BallistaLogicalExtensionCodec::default() }
    }
}

impl LogicalExtensionCodec for Codec {
    fn try_decode(
        &self,
        buf: &[u8],
        inputs: &[LogicalPlan],
        ctx: &TaskContext,
    ) -> Result<Extension> {
        self.inner.try_decode(buf, inputs, ctx)
    }

    fn try_encode(&self, node: &Extension, buf: &mut Vec<u8>) -> Result<()> {
        self.inner.try_encode(node, buf)
    }

    fn try_decode_table_provider(
        &self,
        buf: &[u8],
        table: &TableReference,
        schema: SchemaRef,
        ctx: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        match serde_json::from_slice::<(String, Asked)>(buf) {
            Ok((name, asked)) => Ok(Arc::new(Given::new(&self.law, &name, asked)?)),
            Err(_) => self.inner.try_decode_table_provider(buf, table, schema, ctx),
        }
    }

    fn try_encode_table_provider(
        &self,
        table: &TableReference,
        node: Arc<dyn TableProvider>,
        buf: &mut Vec<u8>,
    ) -> Result<()> {
        match (node.as_ref() as &dyn std::any::Any).downcast_ref::<Given>() {
            Some(given) => {
                let text = serde_json::to_vec(&(given.table, &given.asked));
                buf.extend(text.map_err(|e| sql::Failure::new(e, given.table, ""))?);
                Ok(())
            }
            None => self.inner.try_encode_table_provider(table, node, buf),
        }
    }

    fn try_decode_file_format(
        &self,
        buf: &[u8],
        ctx: &TaskContext,
    ) -> Result<Arc<dyn FileFormatFactory>> {
        self.inner.try_decode_file_format(buf, ctx)
    }

    fn try_encode_file_format(
        &self,
        buf: &mut Vec<u8>,
        node: Arc<dyn FileFormatFactory>,
    ) -> Result<()> {
        self.inner.try_encode_file_format(buf, node)
    }
}
