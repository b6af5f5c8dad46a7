//! What the adapter asks of the store. Each call is counted for diagnostics.

use std::time::Duration;

use super::{Records, bound};
use crate::adapter::Result;
use crate::adapter::keys::Index;
use crate::call_metrics::count_store_call;

impl Records {
    /// The record in what is stored at `key`; a record that belongs to another key is none.
    pub(in crate::adapter) fn open<'a>(key: &str, stored: &'a str) -> Option<&'a str> {
        stored.get(bound::find(key, stored)?)
    }

    /// What is stored at `key`.
    pub(in crate::adapter) async fn get(&self, key: &str) -> Result<Option<String>> {
        count_store_call();
        Ok(self.store.get(key).await?)
    }

    /// Reads two records at the same time.
    pub(in crate::adapter) async fn get_both(
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

    pub(in crate::adapter) async fn set(
        &self,
        key: &str,
        value: &str,
        ttl: Duration,
    ) -> Result<()> {
        count_store_call();
        Ok(self.store.set(key, value, Some(ttl)).await?)
    }

    /// Removes a record and returns it.
    pub(in crate::adapter) async fn take(&self, key: &str) -> Result<Option<String>> {
        count_store_call();
        Ok(self.store.take(key).await?)
    }

    /// Replaces or removes a record if it is still the one that was read.
    pub(in crate::adapter) async fn replace(
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
    pub(in crate::adapter) async fn add_to_index(
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

    pub(in crate::adapter) async fn remove_from_index(
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
    pub(in crate::adapter) async fn indexed(
        &self,
        index: Index,
        user_id: &str,
    ) -> Result<Vec<String>> {
        count_store_call();
        let members = self.store.members(&self.keys.index(index, user_id)).await?;
        Ok(members.iter().map(|it| self.keys.of_member(it)).collect())
    }

    pub(in crate::adapter) async fn delete_index(&self, index: Index, user_id: &str) -> Result<()> {
        count_store_call();
        Ok(self
            .store
            .delete_set(&self.keys.index(index, user_id))
            .await?)
    }
}
