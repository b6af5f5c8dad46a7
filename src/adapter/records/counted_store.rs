//! A store whose calls are counted for diagnostics.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::call_metrics::count_store_call;
use crate::store::{Result, Store};

/// The store of an adapter.
pub(super) struct CountedStore(pub(super) Arc<dyn Store>);

#[async_trait]
impl Store for CountedStore {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    async fn get(&self, key: &str) -> Result<Option<String>> {
        count_store_call();
        self.0.get(key).await
    }

    async fn get_both(&self, first: &str, second: &str) -> Result<[Option<String>; 2]> {
        count_store_call();
        if !self.0.reads_both_at_once() {
            count_store_call();
        }
        self.0.get_both(first, second).await
    }

    fn reads_both_at_once(&self) -> bool {
        self.0.reads_both_at_once()
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<()> {
        count_store_call();
        self.0.set(key, value, ttl).await
    }

    async fn delete(&self, key: &str) -> Result<()> {
        count_store_call();
        self.0.delete(key).await
    }

    async fn take(&self, key: &str) -> Result<Option<String>> {
        count_store_call();
        self.0.take(key).await
    }

    async fn compare_and_set(
        &self,
        key: &str,
        expected: Option<&str>,
        value: Option<&str>,
        ttl: Option<Duration>,
    ) -> Result<bool> {
        count_store_call();
        self.0.compare_and_set(key, expected, value, ttl).await
    }

    async fn add_member(&self, key: &str, member: &str, ttl: Option<Duration>) -> Result<()> {
        count_store_call();
        self.0.add_member(key, member, ttl).await
    }

    async fn remove_member(&self, key: &str, member: &str) -> Result<()> {
        count_store_call();
        self.0.remove_member(key, member).await
    }

    async fn members(&self, key: &str) -> Result<Vec<String>> {
        count_store_call();
        self.0.members(key).await
    }

    async fn delete_set(&self, key: &str) -> Result<()> {
        count_store_call();
        self.0.delete_set(key).await
    }

    async fn ping(&self) -> Result<()> {
        count_store_call();
        self.0.ping().await
    }

    async fn close(&self) {
        self.0.close().await;
    }
}
