//! What the adapter asks of the store. Each call is counted for diagnostics.

use std::time::Duration;

use super::Records;
use super::bound::Ownership;
use crate::adapter::Result;
use crate::adapter::keys::Index;
use crate::call_metrics::count_store_call;

/// How long what was written before a user is made stays: nobody reads it.
const CREATION_TTL: Duration = Duration::from_millis(1_000);

impl Records {
    /// Whether the store gives out nothing whose lifetime has ended.
    pub(crate) fn ends_lifetimes(&self) -> bool {
        self.store.ends_lifetimes()
    }

    /// What is stored at `key`.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<String>> {
        count_store_call();
        Ok(self.store.get(key).await?)
    }

    /// Reads a record, and for how long the store still keeps it, where it can tell.
    pub(crate) async fn get_with_ttl(
        &self,
        key: &str,
    ) -> Result<(Option<String>, Option<Duration>)> {
        count_store_call();
        let (stored, ttl) = self.store.get_with_ttl(key).await?.unzip();
        Ok((stored, ttl.flatten()))
    }

    /// Reads two records at the same time.
    pub(crate) async fn get_both(
        &self,
        first: &str,
        second: &str,
    ) -> Result<(Option<String>, Option<String>)> {
        count_store_call();
        if !self.store.reads_both_at_once() {
            count_store_call();
        }
        Ok(self.store.get_both(first, second).await?.into())
    }

    /// Writes a record, whatever stands there.
    pub(crate) async fn put(&self, key: &str, record: &str, ttl: Duration) -> Result<()> {
        let sealed = self.seal.close(key, record, &Ownership::default())?;
        self.set(key, &sealed, ttl).await
    }

    /// Writes what is no record: a mark that stands for nobody, or what has a cipher of its own.
    pub(crate) async fn set(&self, key: &str, value: &str, ttl: Duration) -> Result<()> {
        count_store_call();
        Ok(self.store.set(key, value, Some(ttl)).await?)
    }

    /// Fails while the store takes no writes, before a user with a normalised address is made. A store
    /// that is full, or without enough replicas, or reached with rights to read only, still answers
    /// look-ups: the user would be made, the account could not be linked, and the provider would be
    /// refused from then on, because the address is somebody's already.
    pub(crate) async fn check_takes_writes(&self, address: &str) -> Result<()> {
        // Each address has a key of its own: some stores take the writes to one key in turn.
        let key = self.keys.creation(address);
        self.set(&key, "true", CREATION_TTL).await
    }

    /// Removes a record and returns it.
    pub(crate) async fn take(&self, key: &str) -> Result<Option<String>> {
        count_store_call();
        Ok(self.store.take(key).await?)
    }

    /// Replaces or removes a record if it is still the one that was read.
    pub(crate) async fn replace(
        &self,
        key: &str,
        stored: Option<&str>,
        value: Option<&str>,
        ttl: Option<Duration>,
    ) -> Result<bool> {
        count_store_call();
        Ok(self.store.compare_and_set(key, stored, value, ttl).await?)
    }

    /// Notes in the index of a user that the record at `key` is theirs.
    pub(crate) async fn add_to_index(
        &self,
        index: Index,
        user_id: &str,
        key: &str,
        ttl: Option<Duration>,
    ) -> Result<()> {
        count_store_call();
        let (index, member) = (self.keys.index(index, user_id), self.keys.member(key));
        Ok(self.store.add_member(&index, &member, ttl).await?)
    }

    pub(crate) async fn remove_from_index(
        &self,
        index: Index,
        user_id: &str,
        key: &str,
    ) -> Result<()> {
        count_store_call();
        let (index, member) = (self.keys.index(index, user_id), self.keys.member(key));
        Ok(self.store.remove_member(&index, &member).await?)
    }

    /// The keys of all records in the index of a user.
    pub(crate) async fn indexed(&self, index: Index, user_id: &str) -> Result<Vec<String>> {
        count_store_call();
        let members = self.store.members(&self.keys.index(index, user_id)).await?;
        let keys = members.iter();
        Ok(keys
            .filter_map(|it| self.keys.of_member(index, it))
            .collect())
    }

    pub(crate) async fn delete_index(&self, index: Index, user_id: &str) -> Result<()> {
        count_store_call();
        Ok(self
            .store
            .delete_set(&self.keys.index(index, user_id))
            .await?)
    }
}
