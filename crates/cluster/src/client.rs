//! A session whose plans run on a cluster.

use std::sync::Arc;
use std::time::Duration;

use ballista_core::extension::{SessionConfigExt, SessionStateExt};
use datafusion::common::Result;
use sql::session::{self, Options, Session};
use sql::{Failure, Law};
use tokio::net::TcpStream;

use crate::Codec;

/// The port of a scheduler where its address names none.
pub const PORT: u16 = 50050;

/// Opens a session with the scheduler at `df://HOST:PORT`.
///
/// # Errors
/// An address that cannot be read, or nobody there.
pub async fn open(law: Arc<Law>, address: &str, options: &Options) -> Result<Session> {
    let address = host_and_port(address);
    reachable(&address).await?;
    let codec = Arc::new(Codec::new(law.clone()));
    let config = crate::configuration().with_ballista_logical_extension_codec(codec);
    let config = session::configured(config, options);
    let builder = session::builder(config, options)?;
    Session::of(law, builder, |state| state.upgrade_for_ballista(format!("http://{address}")))
}

/// `df://scheduler` -> `scheduler:50050`.
fn host_and_port(address: &str) -> String {
    let bare = address.split_once("://").map_or(address, |(_, bare)| bare).trim_end_matches('/');
    match bare.rsplit_once(':') {
        Some((_, port)) if port.parse::<u16>().is_ok() => bare.to_owned(),
        _ => format!("{bare}:{PORT}"),
    }
}

async fn reachable(address: &str) -> Result<(), Failure> {
    let help = "is `truce-scheduler` running there?";
    let connecting = tokio::time::timeout(Duration::from_secs(10), TcpStream::connect(address));
    match connecting.await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(e)) => Err(Failure::new(format!("no scheduler answers: {e}"), address, help)),
        Err(_) => Err(Failure::new("no scheduler answers within 10 seconds", address, help)),
    }
}

#[cfg(test)]
mod tests {
    use super::host_and_port;

    #[test]
    fn an_address_without_a_port_has_that_of_schedulers() {
        assert_eq!(host_and_port("df://a.b"), "a.b:50050");
        assert_eq!(host_and_port("df://a.b:1/"), "a.b:1");
        assert_eq!(host_and_port("127.0.0.1:50050"), "127.0.0.1:50050");
    }
}
