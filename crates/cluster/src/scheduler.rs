//! The scheduler: Ballista's, with the law.

use std::net::SocketAddr;
use std::sync::Arc;

use ballista_core::error::{BallistaError, Result};
use ballista_core::utils::default_session_builder;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{FunctionRegistry, SessionStateBuilder};
use sql::Law;
use sql::price::Counts;
use sql::storage::Stores;

use crate::Codec;

/// Where a scheduler listens, and how patient it is.
#[derive(Clone, Debug)]
pub struct Place {
    pub bind: SocketAddr,
    /// The name under which executors reach it.
    pub host: String,
    /// Seconds without a sign of life after which an executor is given up.
    pub executor_timeout_seconds: u64,
}

/// Runs until it is stopped.
///
/// # Errors
/// An address that is taken, and what Ballista says.
pub async fn run(law: Arc<Law>, place: Place) -> Result<()> {
    let functions = law.clone();
    let session = move |config| {
        let runtime = RuntimeEnvBuilder::new()
            .with_object_store_registry(Arc::new(Stores::default()))
            .build_arc()?;
        let mut state = SessionStateBuilder::from(default_session_builder(config)?)
            .with_runtime_env(runtime)
            .build();
        for function in sql::session::functions(&functions, &Arc::new(Counts::default())) {
            state.register_udf(Arc::new(function))?;
        }
        Ok(state)
    };
    let timeout = place.executor_timeout_seconds;
    let config = SchedulerConfig {
        bind_host: place.bind.ip().to_string(),
        bind_port: place.bind.port(),
        external_host: place.host,
        executor_timeout_seconds: timeout,
        no_executors_grace_period_seconds: timeout,
        expire_dead_executor_interval_seconds: (timeout / 3).max(1),
        override_config_producer: Some(Arc::new(crate::configuration)),
        override_session_builder: Some(Arc::new(session)),
        override_logical_codec: Some(Arc::new(Codec::new(law))),
        ..SchedulerConfig::default()
    };
    let cluster = BallistaCluster::new_from_config(&config).await?;
    start_server(cluster, place.bind, Arc::new(config)).await
}

/// `127.0.0.1:50050` -> an address to listen on.
///
/// # Errors
/// What is no address.
pub fn address(text: &str) -> Result<SocketAddr> {
    text.parse().map_err(|e| BallistaError::Configuration(format!("`{text}`: {e}")))
}
