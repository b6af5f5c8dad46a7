//! A memory store that remembers what it was given, and fails or loses its answers on demand.

use std::collections::BTreeSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chatbotkit_nextauth::store::{Error, ErrorKind, MemoryStore, Result, Store};
use futures_util::future::BoxFuture;

#[derive(Default)]
pub(crate) struct Watched {
    inner: MemoryStore,
    seen: Mutex<Vec<(String, String)>>,
    underway: AtomicUsize,
    /// How many operations were under way at once, at most.
    pub(crate) most_at_once: AtomicUsize,
    /// Fails every operation.
    pub(crate) is_down: AtomicBool,
    /// Refuses every change, as a store does that is full or may only be read.
    pub(crate) is_read_only: AtomicBool,
    /// Takes up to two milliseconds before an operation, and as long before its answer.
    pub(crate) is_slow: AtomicBool,
    /// Writes what belongs to somebody a second and a half late: a deletion comes first, on a busy machine as well.
    pub(crate) is_late: AtomicBool,
    /// Keeps everything for ever, and says so.
    pub(crate) ignores_lifetimes: AtomicBool,
    /// Refuses every compare-and-set, as a store does that gives values back changed.
    pub(crate) never_agrees: AtomicBool,
    meanwhile: Mutex<Option<BoxFuture<'static, ()>>>,
}

impl Watched {
    /// Every key, and every value or member that was stored under it.
    pub(crate) fn seen(&self) -> Vec<(String, String)> {
        self.seen.lock().unwrap().clone()
    }

    /// What stands at the keys that were used, but for sets.
    pub(crate) async fn values(&self) -> Vec<(String, String)> {
        let keys: BTreeSet<_> = self.seen().into_iter().map(|(key, _)| key).collect();
        let mut values = vec![];
        for key in keys {
            if let Some(value) = self.inner.get(&key).await.unwrap() {
                values.push((key, value));
            }
        }
        values
    }

    /// Loses the answer to the next compare-and-set, and does this before it is repeated, as stores
    /// over a network repeat it.
    pub(crate) fn lose(&self, meanwhile: impl Future<Output = ()> + Send + 'static) {
        *self.meanwhile.lock().unwrap() = Some(Box::pin(meanwhile));
    }

    /// Notes the use of a key, and lets other tasks run, as any real store does.
    async fn enter(&self, key: &str, value: &str) -> Result<()> {
        self.wait().await;
        let underway = self.underway.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(underway, Ordering::SeqCst);
        tokio::task::yield_now().await;
        self.underway.fetch_sub(1, Ordering::SeqCst);
        let mut seen = self.seen.lock().unwrap();
        seen.push((key.to_owned(), value.to_owned()));
        if self.is_down.load(Ordering::SeqCst) {
            return Err(Error::new(ErrorKind::Failed, "watched", "is down"));
        }
        Ok(())
    }

    async fn change(&self, key: &str, value: &str) -> Result<()> {
        self.enter(key, value).await?;
        if self.is_read_only.load(Ordering::SeqCst) {
            return Err(Error::new(ErrorKind::Refused, "watched", "is full"));
        }
        Ok(())
    }

    async fn wait(&self) {
        if self.is_slow.load(Ordering::SeqCst) {
            let micros = RandomState::new().hash_one(()) % 2_000;
            tokio::time::sleep(Duration::from_micros(micros)).await;
        }
    }

    fn ttl(&self, ttl: Option<Duration>) -> Option<Duration> {
        ttl.filter(|_| self.ends_lifetimes())
    }
}

#[async_trait]
impl Store for Watched {
    fn name(&self) -> &'static str {
        "watched"
    }

    fn ends_lifetimes(&self) -> bool {
        !self.ignores_lifetimes.load(Ordering::SeqCst)
    }

    async fn get(&self, key: &str) -> Result<Option<String>> {
        self.enter(key, "").await?;
        self.inner.get(key).await
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<()> {
        self.change(key, value).await?;
        self.inner.set(key, value, self.ttl(ttl)).await
    }

    async fn delete(&self, key: &str) -> Result<()> {
        self.change(key, "").await?;
        self.inner.delete(key).await
    }

    async fn take(&self, key: &str) -> Result<Option<String>> {
        self.change(key, "").await?;
        self.inner.take(key).await
    }

    async fn compare_and_set(
        &self,
        key: &str,
        expected: Option<&str>,
        value: Option<&str>,
        ttl: Option<Duration>,
    ) -> Result<bool> {
        self.change(key, value.unwrap_or_default()).await?;
        let is_owned = value.is_some_and(|value| value.contains("userId"));
        if is_owned && self.is_late.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(1_500)).await;
        }
        if self.never_agrees.load(Ordering::SeqCst) {
            return Ok(false);
        }
        let ttl = self.ttl(ttl);
        let write = || self.inner.compare_and_set(key, expected, value, ttl);
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            assert!(write().await?, "the write is applied");
            meanwhile.await;
        }
        let done = write().await;
        self.wait().await;
        done
    }

    async fn add_member(&self, key: &str, member: &str, ttl: Option<Duration>) -> Result<()> {
        self.change(key, member).await?;
        self.inner.add_member(key, member, self.ttl(ttl)).await
    }

    async fn remove_member(&self, key: &str, member: &str) -> Result<()> {
        self.change(key, member).await?;
        self.inner.remove_member(key, member).await
    }

    async fn members(&self, key: &str) -> Result<Vec<String>> {
        self.enter(key, "").await?;
        self.inner.members(key).await
    }

    async fn delete_set(&self, key: &str) -> Result<()> {
        self.change(key, "").await?;
        self.inner.delete_set(key).await
    }

    async fn ping(&self) -> Result<()> {
        self.enter("", "").await?;
        self.inner.ping().await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
