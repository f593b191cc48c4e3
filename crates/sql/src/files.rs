//! Tables by the path of their files: `select … from 'entries/*.parquet'`.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use arrow::datatypes::{DataType, Field, Schema};
use async_trait::async_trait;
use datafusion::catalog::{DynamicFileCatalog, TableProvider, UrlTableFactory};
use datafusion::common::Result;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::csv::CsvFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::prelude::SessionContext;

use crate::failure::Failure;

/// Makes a table of a path: a file or a pattern of files; on this machine or in a bucket
/// (`s3://…`).
#[derive(Default)]
pub struct Files {
    session: OnceLock<Current>,
}

/// The state of the session as it is now; `None` when the session has ended.
type Current = Box<dyn Fn() -> Option<SessionState> + Send + Sync>;

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Files")
    }
}

impl Files {
    /// Names the session whose stores and settings hold.
    pub fn serve(&self, context: &SessionContext) {
        let state = context.state_weak_ref();
        let current = move || state.upgrade().map(|state| state.read().clone());
        let _ = self.session.set(Box::new(current));
    }
}

#[async_trait]
impl UrlTableFactory for Files {
    async fn try_new(&self, url: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let path = path_of(url).unwrap_or_else(|| url.to_owned());
        let url = path.as_str();
        let Some((extension, format)) = format(url) else { return Ok(None) };
        exists(url)?;
        let Some(state) = self.session.get().and_then(|current| current()) else {
            return Ok(None);
        };
        let table = match bucket_pattern(url) {
            Some((folder, pattern)) => ListingTableUrl::parse(folder)?.with_glob(pattern)?,
            None => ListingTableUrl::parse(url)?,
        };
        let is_csv = extension == ".csv";
        let options = ListingOptions::new(format).with_file_extension(extension);
        let schema = options.infer_schema(&state, &table).await?;
        let schema = if is_csv { Arc::new(with_plain_facts(&schema)) } else { schema };
        let config =
            ListingTableConfig::new(table).with_listing_options(options).with_schema(schema);
        Ok(Some(Arc::new(ListingTable::try_new(config)?)))
    }
}

/// Begins the name of a table that stands for a path.
const NAMED: &str = "file_";

/// Whether a table of this name is a path.
pub fn is_path(name: &str) -> bool {
    format(name).is_some()
}

/// A name for a path, of letters and digits alone: in plans that travel a dot would part it.
pub fn name_of(path: &str) -> String {
    let hex = path.bytes().map(|byte| format!("{byte:02x}"));
    NAMED.to_owned() + &hex.collect::<String>()
}

/// The path that [`name_of`] named.
fn path_of(name: &str) -> Option<String> {
    let hex = name.strip_prefix(NAMED)?;
    let pairs = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    let bytes = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok());
    String::from_utf8(bytes.collect::<Option<Vec<u8>>>()?).ok()
}

/// The format of a path, by the end of its name.
fn format(url: &str) -> Option<(&'static str, Arc<dyn FileFormat>)> {
    let name = url.to_lowercase();
    if name.ends_with(".parquet") {
        return Some((".parquet", Arc::new(ParquetFormat::default())));
    }
    if name.ends_with(".csv") {
        return Some((
            ".csv",
            Arc::new(CsvFormat::default().with_has_header(true).with_truncated_rows(true)),
        ));
    }
    None
}

/// What begins a pattern of files.
const PATTERN: [char; 3] = ['*', '?', '['];

/// `s3://bucket/2025/*.csv` as its folder and the pattern; DataFusion parts only paths of this machine.
fn bucket_pattern(url: &str) -> Option<(&str, &str)> {
    let pattern = url.contains("://").then(|| url.find(PATTERN)).flatten()?;
    Some(url.split_at(url[..pattern].rfind('/')? + 1))
}

/// # Errors
/// A file of this machine that is not there.
fn exists(url: &str) -> Result<(), Failure> {
    let is_pattern = url.contains(PATTERN);
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

/// Lets a session find tables by path; what it gives is to be told which session it serves.
pub fn by_path(builder: SessionStateBuilder) -> (SessionStateBuilder, Arc<Files>) {
    let files = Arc::new(Files::default());
    let state = builder.build();
    let catalogs = DynamicFileCatalog::new(
        state.catalog_list().clone(),
        files.clone() as Arc<dyn UrlTableFactory>,
    );
    let builder = SessionStateBuilder::from(state).with_catalog_list(Arc::new(catalogs));
    (builder, files)
}
