//! A session: DataFusion with the functions and tables of a ledger.

use std::collections::VecDeque;
use std::sync::Arc;

use datafusion::common::Result;
use datafusion::dataframe::DataFrame;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::{LogicalPlan, ScalarUDF};
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::sqlparser::dialect::GenericDialect;

use crate::failure::Failure;
use crate::files;
use crate::law::Law;
use crate::price::{Assess, Counts, Part};
use crate::rewrite::rewrite;
use crate::settings::Settings;
use crate::storage::Stores;
use crate::tables;

/// What a session is made with.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub settings: Settings,
    /// Threads of a query; all cores by default.
    pub threads: Option<usize>,
    /// Bytes that sorts, joins and groups may hold before they write to disk.
    pub memory_bytes: Option<usize>,
}

/// Answers queries with one law.
pub struct Session {
    law: Arc<Law>,
    counts: Arc<Counts>,
    context: SessionContext,
}

impl Session {
    /// On this machine.
    ///
    /// # Errors
    /// When the runtime cannot be made.
    pub fn local(law: Arc<Law>, options: &Options) -> Result<Session> {
        let config = configured(SessionConfig::new(), options);
        Session::of(law, builder(config, options)?, Ok)
    }

    /// Of a state in the making; `planned` says what else becomes of the state (who runs its plans).
    ///
    /// # Errors
    /// When the state cannot be made.
    pub fn of(
        law: Arc<Law>,
        builder: SessionStateBuilder,
        planned: impl FnOnce(SessionState) -> Result<SessionState>,
    ) -> Result<Session> {
        let (builder, files) = files::by_path(builder);
        let context = SessionContext::new_with_state(planned(builder.build())?);
        files.serve(&context);
        let counts = Arc::new(Counts::default());
        functions(&law, &counts).into_iter().for_each(|function| context.register_udf(function));
        tables::register(&context, &law);
        Ok(Session { law, counts, context })
    }

    pub fn law(&self) -> &Arc<Law> {
        &self.law
    }

    /// What was priced here so far; nothing of what other machines price.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Plans a query and gives its rows when asked for them.
    ///
    /// # Errors
    /// What cannot be read or planned; [`Failure::of`] tells it.
    pub async fn query(&self, text: &str) -> Result<DataFrame> {
        let mut statements = statements(text)?;
        match (statements.pop_front(), statements.is_empty()) {
            (Some(statement), true) => self.run(statement).await,
            _ => Err(Failure::new("one statement at a time", "the query", "").into()),
        }
    }

    /// Runs a statement: what defines or sets something is done at once.
    ///
    /// # Errors
    /// As [`query`](Session::query).
    pub async fn run(&self, mut statement: Statement) -> Result<DataFrame> {
        let settings = Settings::of(self.context.state().config_options());
        rewrite(&mut statement, &self.law, &settings)?;
        let plan = self.context.state().statement_to_plan(statement).await?;
        let before = match &plan {
            LogicalPlan::Statement(_) => Some(settings),
            _ => None,
        };
        let done = self.context.execute_logical_plan(plan).await?;
        // A setting that cannot be right is told when it is made, and not kept.
        if let Some(before) = before
            && let Err(failure) = self.check_settings()
        {
            let state = self.context.state_ref();
            state.write().config_mut().options_mut().extensions.insert(before);
            return Err(failure.into());
        }
        Ok(done)
    }

    /// # Errors
    /// Settings that the ledger knows nothing of.
    pub fn check_settings(&self) -> Result<(), Failure> {
        let settings = Settings::of(self.context.state().config_options());
        let at = |e: Failure| Failure::new(e.message, format!("truce.{}", e.place), e.help);
        if !settings.ledger.is_empty() {
            self.law.check(&settings.ledger).map_err(at)?;
        }
        settings.coordinates().of(self.law.ledger()).map(drop).map_err(at)
    }
}

/// The statements of a text.
///
/// # Errors
/// What is no SQL.
pub fn statements(text: &str) -> Result<VecDeque<Statement>> {
    DFParser::parse_sql_with_dialect(text, &GenericDialect {})
}

/// The scalar functions that plans name.
pub fn functions(law: &Arc<Law>, counts: &Arc<Counts>) -> [ScalarUDF; 2] {
    [ScalarUDF::from(Assess::new(law.clone(), counts.clone())), ScalarUDF::from(Part::default())]
}

/// A configuration with what every session here wants.
pub fn configured(config: SessionConfig, options: &Options) -> SessionConfig {
    let mut config =
        config.with_information_schema(true).with_option_extension(options.settings.clone());
    // 10000.50 is an amount, not a binary fraction near it.
    config.options_mut().sql_parser.parse_float_as_decimal = true;
    match options.threads {
        Some(threads) => config.with_target_partitions(threads),
        None => config,
    }
}

/// A state with everything that DataFusion brings.
///
/// # Errors
/// When the runtime cannot be made.
pub fn builder(config: SessionConfig, options: &Options) -> Result<SessionStateBuilder> {
    let mut runtime =
        RuntimeEnvBuilder::new().with_object_store_registry(Arc::new(Stores::default()));
    if let Some(bytes) = options.memory_bytes {
        runtime = runtime.with_memory_limit(bytes, 1.0);
    }
    Ok(SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(runtime.build_arc()?)
        .with_default_features())
}
