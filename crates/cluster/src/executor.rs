//! An executor: Ballista's, with the law.

use std::path::PathBuf;
use std::sync::Arc;

use ballista_core::error::Result;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::SessionConfig;
use sql::Law;
use sql::price::Counts;
use sql::storage::Stores;

use crate::Codec;

/// Where an executor works.
#[derive(Clone, Debug)]
pub struct Place {
    pub scheduler_host: String,
    pub scheduler_port: u16,
    pub bind_host: String,
    /// The name under which others fetch its results; by default the address they see.
    pub host: Option<String>,
    /// The port of results, and that of orders.
    pub port: u16,
    pub grpc_port: u16,
    pub cores: usize,
    /// Where results wait until they are fetched.
    pub folder: PathBuf,
    pub memory_bytes: Option<u64>,
    pub heartbeat_seconds: u64,
}

/// Runs until it is stopped.
///
/// # Errors
/// No scheduler, a port that is taken, and what Ballista says.
pub async fn run(law: Arc<Law>, place: Place) -> Result<()> {
    let mut functions = BallistaFunctionRegistry::default();
    for function in sql::session::functions(&law, &Arc::new(Counts::default())) {
        functions.scalar_functions.insert(function.name().to_owned(), Arc::new(function));
    }
    // What sorts and joins write to disk lies with the results, as it does without a runtime of one's own.
    let folder = place.folder.clone();
    let runtime = move |_: &SessionConfig| {
        RuntimeEnvBuilder::new()
            .with_temp_file_path(&folder)
            .with_object_store_registry(Arc::new(Stores::default()))
            .build_arc()
    };
    let config = ExecutorProcessConfig {
        bind_host: place.bind_host,
        external_host: place.host,
        port: place.port,
        grpc_port: place.grpc_port,
        scheduler_host: place.scheduler_host,
        scheduler_port: place.scheduler_port,
        scheduler_connect_timeout_seconds: 30,
        vcores: place.cores,
        work_dir: Some(place.folder.display().to_string()),
        executor_heartbeat_interval_seconds: place.heartbeat_seconds,
        // What a job left is of no use an hour later.
        job_data_clean_up_interval_seconds: 600,
        job_data_ttl_seconds: 3600,
        memory_pool_size: place.memory_bytes,
        override_function_registry: Some(Arc::new(functions)),
        override_config_producer: Some(Arc::new(crate::configuration)),
        override_logical_codec: Some(Arc::new(Codec::new(law))),
        override_runtime_producer: Some(Arc::new(runtime)),
        ..ExecutorProcessConfig::default()
    };
    start_executor_process(Arc::new(config)).await
}
