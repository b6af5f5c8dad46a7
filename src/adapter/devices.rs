//! Where somebody is signed in: their sessions, as they are shown to them and ended by them.
//!
//! A session is named by the digest of its token, under which the store keeps it. Whoever sees it in a
//! page cannot sign in with it.

use futures_util::future::try_join_all;
use serde::Serialize;

use super::keys::{Index, digest};
use super::records::{Attempt, Step};
use super::sessions::{Record, Sessions, read};
use super::{Adapter, Result};
use crate::chatbotkit::is_user_id;

/// How many sessions are read or ended at once.
const CONCURRENCY: usize = 64;

/// A session of a list.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// The digest of the session's token.
    pub id: String,
    /// When the session was made, in epoch milliseconds.
    pub created: i64,
    /// When it was last prolonged, in epoch milliseconds: the framework does that once in its
    /// `updateAge`, so this is as coarse.
    pub last_seen: i64,
    /// When it ends, in epoch milliseconds.
    pub expires: i64,
    /// What the application calls it.
    pub label: Option<String>,
    /// Whether it is the session that asks.
    pub is_current: bool,
}

impl Adapter {
    /// The sessions of a user, the newest first.
    pub async fn list_sessions(
        &self,
        user_id: &str,
        current_token: Option<&str>,
    ) -> Result<Vec<Device>> {
        self.sessions.list(user_id, current_token).await
    }

    /// Ends one session of a user, and says whether there was one.
    pub async fn revoke_session(&self, user_id: &str, id: &str) -> Result<bool> {
        self.sessions.revoke(user_id, id).await
    }

    /// Ends all sessions of a user but one, and says how many there were.
    pub async fn revoke_other_sessions(&self, user_id: &str, current_token: &str) -> Result<usize> {
        self.sessions.revoke_others(user_id, current_token).await
    }
}

impl Sessions {
    async fn list(&self, user_id: &str, current_token: Option<&str>) -> Result<Vec<Device>> {
        let current = current_token.map(digest);
        let mut devices = vec![];
        for some in self.keys_of(user_id).await?.chunks(CONCURRENCY) {
            let stored = try_join_all(some.iter().map(|key| self.records.get(key))).await?;
            for (key, stored) in some.iter().zip(stored) {
                let text = self.records.open(key, stored.as_deref());
                let record = text.and_then(|text| self.live(&text));
                if let Some(record) = record.filter(|record| record.user_id == user_id) {
                    devices.push(device(self.id_of(key), record, current.as_deref()));
                }
            }
        }
        devices.sort_by_key(|device| (-device.created, device.expires));
        Ok(devices)
    }

    async fn revoke(&self, user_id: &str, id: &str) -> Result<bool> {
        let (records, index) = (&self.records, Index::Sessions);
        let key = records.keys.of_member(index, &format!("session:{id}"));
        let Some(key) = key.filter(|_| is_user_id(user_id)) else {
            return Ok(false);
        };
        let end = |attempt: Attempt| async move {
            let record = attempt.record().and_then(read);
            Ok(match record.filter(|record| record.user_id == user_id) {
                Some(record) => attempt.remove(Some(record)),
                None => Step::Done(None),
            })
        };
        let Some(ended) = self.records.change(&key, None, end).await? else {
            return Ok(false);
        };
        records.remove_from_index(index, user_id, &key).await?;
        Ok(ended.expires > (self.clock)())
    }

    async fn revoke_others(&self, user_id: &str, current_token: &str) -> Result<usize> {
        let current = digest(current_token);
        let ids = self.keys_of(user_id).await?;
        let others: Vec<_> = ids.iter().map(|key| self.id_of(key)).collect();
        let mut ended = 0;
        for some in others.chunks(CONCURRENCY) {
            let other = some.iter().filter(|id| **id != current);
            let revoked = try_join_all(other.map(|id| self.revoke(user_id, id))).await?;
            ended += revoked.into_iter().filter(|was_there| *was_there).count();
        }
        Ok(ended)
    }

    async fn keys_of(&self, user_id: &str) -> Result<Vec<String>> {
        if !is_user_id(user_id) {
            return Ok(vec![]);
        }
        self.records.indexed(Index::Sessions, user_id).await
    }

    /// The digest in a session's key.
    fn id_of(&self, key: &str) -> String {
        let member = self.records.keys.member(key);
        member
            .strip_prefix("session:")
            .unwrap_or(&member)
            .to_owned()
    }
}

fn device(id: String, record: Record, current: Option<&str>) -> Device {
    Device {
        is_current: Some(id.as_str()) == current,
        id,
        created: record.created,
        last_seen: record.seen.unwrap_or(record.created),
        expires: record.expires,
        label: record.label,
    }
}
