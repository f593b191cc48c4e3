//! Truce on many machines: Ballista with the functions and tables of a ledger.
//!
//! The client plans; the scheduler cuts the plan into stages; executors price. Each of the three loads
//! the law for itself, and every call of a plan carries the digest of the law that it is to be priced
//! with (`sql::call`): a machine with another law refuses, and names both.

pub mod client;
mod codec;
pub mod executor;
pub mod log;
pub mod scheduler;

pub use codec::Codec;

use ballista_core::extension::SessionConfigExt;
use datafusion::prelude::SessionConfig;
use sql::Settings;

/// The configuration that every part of a cluster begins with.
pub fn configuration() -> SessionConfig {
    SessionConfig::new_with_ballista().with_option_extension(Settings::default())
}
