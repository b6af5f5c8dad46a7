//! A memory store whose answers get lost: a write is applied, others get in between, and the write is
//! repeated, as stores over a network do.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use chatbotkit_nextauth::store::{MemoryStore, Result, Store};
use futures_util::future::BoxFuture;

#[derive(Default)]
pub(crate) struct Lossy {
    inner: MemoryStore,
    meanwhile: Mutex<Option<BoxFuture<'static, ()>>>,
}

impl Lossy {
    /// Loses the answer to the next compare-and-set, and does this before it is repeated.
    pub(crate) fn lose(&self, meanwhile: impl Future<Output = ()> + Send + 'static) {
        *self.meanwhile.lock().unwrap() = Some(Box::pin(meanwhile));
    }
}

#[async_trait]
impl Store for Lossy {
    fn name(&self) -> &'static str {
        "lossy"
    }

    async fn get(&self, key: &str) -> Result<Option<String>> {
        self.inner.get(key).await
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<()> {
        self.inner.set(key, value, ttl).await
    }

    async fn delete(&self, key: &str) -> Result<()> {
        self.inner.delete(key).await
    }

    async fn take(&self, key: &str) -> Result<Option<String>> {
        self.inner.take(key).await
    }

    async fn compare_and_set(
        &self,
        key: &str,
        expected: Option<&str>,
        value: Option<&str>,
        ttl: Option<Duration>,
    ) -> Result<bool> {
        let meanwhile = self.meanwhile.lock().unwrap().take();
        let write = || self.inner.compare_and_set(key, expected, value, ttl);
        if let Some(meanwhile) = meanwhile {
            assert!(write().await?, "the write is applied");
            meanwhile.await;
        }
        write().await
    }

    async fn add_member(&self, key: &str, member: &str, ttl: Option<Duration>) -> Result<()> {
        self.inner.add_member(key, member, ttl).await
    }

    async fn remove_member(&self, key: &str, member: &str) -> Result<()> {
        self.inner.remove_member(key, member).await
    }

    async fn members(&self, key: &str) -> Result<Vec<String>> {
        self.inner.members(key).await
    }

    async fn delete_set(&self, key: &str) -> Result<()> {
        self.inner.delete_set(key).await
    }

    async fn ping(&self) -> Result<()> {
        self.inner.ping().await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
