//! Tables by the path of their files: `select … from 'entries/*.parquet'`.

use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema};
use async_trait::async_trait;
use datafusion::catalog::{TableProvider, UrlTableFactory};
use datafusion::common::Result;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::csv::CsvFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::execution::context::SessionState;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::catalog::SessionStore;

use crate::failure::Failure;

/// Makes a table of a path: a file, a folder with `/` at its end, or a pattern; on this machine or, as
/// far as the session has a store for it, `s3://…`.
#[derive(Debug, Default)]
pub struct Files {
    pub session: SessionStore,
}

#[async_trait]
impl UrlTableFactory for Files {
    async fn try_new(&self, url: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let Some((extension, format)) = format(url) else { return Ok(None) };
        exists(url)?;
        let session = self.session.get_session().upgrade();
        let state = session.and_then(|session| {
            session.read().as_any().downcast_ref::<SessionState>().cloned()
        });
        let Some(state) = state else { return Ok(None) };
        let table = ListingTableUrl::parse(url)?;
        let is_csv = extension == ".csv";
        let options = ListingOptions::new(format)
            .with_file_extension(extension)
            .with_session_config_options(state.config());
        let schema = options.infer_schema(&state, &table).await?;
        let schema = if is_csv { Arc::new(with_plain_facts(&schema)) } else { schema };
        let config =
            ListingTableConfig::new(table).with_listing_options(options).with_schema(schema);
        Ok(Some(Arc::new(ListingTable::try_new(config)?)))
    }
}

/// The format of a path, by the end of its name.
fn format(url: &str) -> Option<(&'static str, Arc<dyn FileFormat>)> {
    let name = url.to_lowercase();
    if name.ends_with(".parquet") {
        return Some((".parquet", Arc::new(ParquetFormat::default())));
    }
    if name.ends_with(".csv") {
        return Some((".csv", Arc::new(CsvFormat::default().with_has_header(true))));
    }
    None
}

/// # Errors
/// A file of this machine that is not there.
fn exists(url: &str) -> Result<(), Failure> {
    let is_pattern = url.contains(['*', '?', '[']);
    if url.contains("://") || is_pattern || Path::new(url).exists() {
        return Ok(());
    }
    Err(Failure::new("there is no such file", url, "paths count from the folder you are in"))
}

/// In CSV the facts of a line stay texts, as they stand in the file: read as a number, a code loses the
/// zero it begins with and an amount may lose its cents.
fn with_plain_facts(schema: &Schema) -> Schema {
    let facts: Vec<&str> = entry::fact_names().collect();
    let fields = schema.fields().iter().map(|field| {
        let name = field.name().trim().to_lowercase();
        match facts.contains(&name.as_str()) {
            true => Arc::new(Field::new(field.name(), DataType::Utf8, true)),
            false => field.clone(),
        }
    });
    Schema::new(fields.collect::<Vec<_>>())
}

/// Lets a session find tables by path; its store is to be given the state that is built.
pub fn by_path(builder: SessionStateBuilder) -> (SessionStateBuilder, Arc<Files>) {
    let files = Arc::new(Files::default());
    let state = builder.build();
    let catalogs = datafusion::catalog::DynamicFileCatalog::new(
        state.catalog_list().clone(),
        files.clone() as Arc<dyn UrlTableFactory>,
    );
    let builder = SessionStateBuilder::from(state).with_catalog_list(Arc::new(catalogs));
    (builder, files)
}
