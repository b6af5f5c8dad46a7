//! Values in this process's memory: for development, tests and single-process servers.

mod entries;
mod members;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use once_cell::sync::Lazy;

use super::{Error, ErrorKind, Result, Store};
use entries::{Entries, now};

/// Stores that every part of the process can reach by name.
///
/// A static is right here, and only here: the store is plain data without tasks or sockets, and
/// one process evaluates its configuration module several times (route bundles, server
/// components, hot reload), whose copies must agree on who is signed in.
static SHARED: Lazy<Mutex<HashMap<String, Arc<MemoryStore>>>> = Lazy::new(Mutex::default);

/// A store in memory. What has ended is removed by whichever operation comes next.
#[derive(Default)]
pub struct MemoryStore {
    entries: Mutex<Entries>,
    closed: AtomicBool,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The store of that name, the same for all callers in this process.
    #[must_use]
    pub fn shared(name: &str) -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(shared.entry(name.to_owned()).or_default())
    }

    /// How many keys are alive.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries().len()
    }

    /// Whether no key is alive.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes everything.
    pub fn clear(&self) {
        *self.entries() = Entries::default();
    }

    /// The entries, without those whose lifetime has ended.
    fn entries(&self) -> MutexGuard<'_, Entries> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.sweep(now());
        entries
    }

    fn open(&self) -> Result<MutexGuard<'_, Entries>> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Error::new(ErrorKind::Closed, NAME, "is closed"));
        }
        Ok(self.entries())
    }
}

const NAME: &str = "memory";

#[async_trait]
impl Store for MemoryStore {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn get(&self, key: &str) -> Result<Option<String>> {
        Ok(self.open()?.value(key).map(str::to_owned))
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<()> {
        self.open()?.put(key, value, ttl);
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<()> {
        self.open()?.remove(key);
        Ok(())
    }

    async fn take(&self, key: &str) -> Result<Option<String>> {
        Ok(self.open()?.remove(key).map(str::into_string))
    }

    async fn compare_and_set(
        &self,
        key: &str,
        expected: Option<&str>,
        value: Option<&str>,
        ttl: Option<Duration>,
    ) -> Result<bool> {
        let mut entries = self.open()?;
        let current = entries.value(key);
        if value.is_some() && current == value {
            return Ok(true);
        }
        if current != expected {
            return Ok(false);
        }
        match value {
            Some(value) => entries.put(key, value, ttl),
            None => drop(entries.remove(key)),
        }
        Ok(true)
    }

    async fn add_member(&self, key: &str, member: &str, ttl: Option<Duration>) -> Result<()> {
        self.open()?.add_member(key, member, ttl);
        Ok(())
    }

    async fn remove_member(&self, key: &str, member: &str) -> Result<()> {
        self.open()?.remove_member(key, member);
        Ok(())
    }

    async fn members(&self, key: &str) -> Result<Vec<String>> {
        Ok(self.open()?.members(key))
    }

    async fn delete_set(&self, key: &str) -> Result<()> {
        self.open()?.remove_set(key);
        Ok(())
    }

    async fn ping(&self) -> Result<()> {
        self.open().map(drop)
    }

    async fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Option<Duration> = Some(Duration::from_millis(20));

    #[tokio::test]
    async fn an_expired_entry_is_gone_and_its_memory_with_it() {
        let store = MemoryStore::new();
        for number in 0..1_000 {
            store
                .set(&format!("short:{number}"), "1", SHORT)
                .await
                .unwrap();
        }
        store.set("long", "2", None).await.unwrap();
        assert_eq!(store.len(), 1_001);
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert_eq!(store.get("short:0").await.unwrap(), None);
        assert_eq!(store.len(), 1);
        let (room, ends) = store.entries().held();
        assert!(room < 100);
        assert_eq!(ends, 0);
    }

    #[tokio::test]
    async fn setting_again_forgets_the_earlier_lifetime() {
        let store = MemoryStore::new();
        store.set("key", "1", SHORT).await.unwrap();
        store.set("key", "2", None).await.unwrap();
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert_eq!(store.get("key").await.unwrap().as_deref(), Some("2"));
        assert_eq!(store.entries().held().1, 0);
    }

    #[tokio::test]
    async fn compare_and_set_changes_only_what_was_read() {
        let store = MemoryStore::new();
        assert!(
            !store
                .compare_and_set("key", Some("1"), Some("2"), None)
                .await
                .unwrap()
        );
        assert!(
            store
                .compare_and_set("key", None, Some("1"), None)
                .await
                .unwrap()
        );
        assert!(
            !store
                .compare_and_set("key", None, Some("2"), None)
                .await
                .unwrap()
        );
        assert!(
            store
                .compare_and_set("key", Some("1"), Some("2"), None)
                .await
                .unwrap()
        );
        assert!(
            !store
                .compare_and_set("key", Some("1"), None, None)
                .await
                .unwrap()
        );
        assert!(
            store
                .compare_and_set("key", Some("2"), None, None)
                .await
                .unwrap()
        );
        assert!(store.is_empty());
    }

    #[tokio::test]
    async fn a_set_lives_as_long_as_its_last_member() {
        let store = MemoryStore::new();
        store.add_member("set", "short", SHORT).await.unwrap();
        store
            .add_member("set", "long", Some(Duration::from_secs(9)))
            .await
            .unwrap();
        store.add_member("set", "ever", None).await.unwrap();
        tokio::time::sleep(Duration::from_millis(30)).await;
        let mut members = store.members("set").await.unwrap();
        members.sort();
        assert_eq!(members, ["ever", "long"]);
        store.remove_member("set", "ever").await.unwrap();
        store.remove_member("set", "long").await.unwrap();
        assert!(store.is_empty());
        assert_eq!(store.entries().held().1, 0);
    }

    #[tokio::test]
    async fn stores_of_one_name_are_one_store() {
        let one = MemoryStore::shared("tests: one");
        one.set("key", "1", None).await.unwrap();
        let same = MemoryStore::shared("tests: one");
        let other = MemoryStore::shared("tests: other");
        assert_eq!(same.get("key").await.unwrap().as_deref(), Some("1"));
        assert_eq!(other.get("key").await.unwrap(), None);
    }
}
