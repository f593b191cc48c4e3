//! Where the files of a query lie: on this machine, or in buckets of S3 and of what speaks like it.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry};
use object_store::ObjectStore;
use object_store::aws::AmazonS3Builder;
use url::Url;

use crate::failure::Failure;

const SCHEME: &str = "s3";

/// The stores of a session or of a machine. One of a bucket is opened when a path first names it, with what
/// the environment says (`AWS_ACCESS_KEY_ID`, `AWS_REGION`, `AWS_ENDPOINT` …): a plan carries no secrets.
#[derive(Debug, Default)]
pub struct Stores {
    open: DefaultObjectStoreRegistry,
}

impl ObjectStoreRegistry for Stores {
    fn register_store(
        &self,
        url: &Url,
        store: Arc<dyn ObjectStore>,
    ) -> Option<Arc<dyn ObjectStore>> {
        self.open.register_store(url, store)
    }

    fn deregister_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        self.open.deregister_store(url)
    }

    fn get_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        let known = self.open.get_store(url);
        if known.is_ok() || url.scheme() != SCHEME {
            return known;
        }
        let store = bucket(url)?;
        self.open.register_store(url, store.clone());
        Ok(store)
    }
}

fn bucket(url: &Url) -> Result<Arc<dyn ObjectStore>> {
    let store = AmazonS3Builder::from_env().with_url(url.as_str()).build().map_err(|e| {
        let help = "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION; elsewhere than at \
                        Amazon AWS_ENDPOINT too, and AWS_ALLOW_HTTP=true where it has no TLS";
        Failure::new(e, url, help)
    })?;
    Ok(Arc::new(store))
}
