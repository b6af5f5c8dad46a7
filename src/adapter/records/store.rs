//! What the adapter asks of the store. Each call is counted for diagnostics.

use std::time::Duration;

use super::Records;
use crate::adapter::Result;
use crate::adapter::keys::Index;
use crate::call_metrics::count_store_call;

impl Records {
    pub(crate) async fn get(&self, key: &str) -> Result<Option<String>> {
        count_store_call();
        Ok(self.store.get(key).await?)
    }

    /// Reads a record, and for how long the store still keeps it, where it can tell.
    pub(in crate::adapter) async fn get_with_ttl(
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

    pub(crate) async fn set(&self, key: &str, value: &str, ttl: Duration) -> Result<()> {
        count_store_call();
        Ok(self.store.set(key, value, Some(ttl)).await?)
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
        Ok(members.iter().map(|it| self.keys.of_member(it)).collect())
    }

    pub(crate) async fn delete_index(&self, index: Index, user_id: &str) -> Result<()> {
        count_store_call();
        Ok(self
            .store
            .delete_set(&self.keys.index(index, user_id))
            .await?)
    }
}
