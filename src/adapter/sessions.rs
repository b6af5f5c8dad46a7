//! Database sessions.
//!
//! The store holds a digest of a session's token as its key, never the token: who reads the store
//! cannot take a session over. A session ends in the store when it ends, and reads as none from
//! that moment on even in a store that keeps it longer.

use std::time::Duration;

use futures_util::future::join;
use serde::{Deserialize, Serialize};

use crate::chatbotkit::{TIME_LIMIT, is_user_id};

use super::keys::{Index, digest};
use super::{Adapter, Error, ErrorKind, Result, User, check_user_id, tries};

/// A session as NextAuth hands it over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// The token, which becomes the cookie.
    pub session_token: String,
    /// Whose session it is.
    pub user_id: String,
    /// When it ends, in epoch milliseconds.
    pub expires: i64,
}

/// What to change of a session.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionChanges {
    /// The token.
    pub session_token: String,
    /// When it now ends, in epoch milliseconds.
    pub expires: Option<i64>,
    /// Whose session it is; that does not change.
    pub user_id: Option<String>,
}

/// A session with its user.
#[derive(Clone, Debug, Serialize)]
pub struct SessionAndUser {
    /// The session.
    pub session: Session,
    /// The user.
    pub user: User,
}

/// What the store holds.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    user_id: String,
    expires: i64,
}

impl Record {
    fn session(self, token: &str) -> Session {
        Session {
            session_token: token.to_owned(),
            user_id: self.user_id,
            expires: self.expires,
        }
    }
}

impl Adapter {
    /// Keeps a session until it ends. One that has ended already is not kept.
    pub async fn create_session(&self, session: Session) -> Result<Session> {
        check_user_id(&session.user_id)?;
        if let Some(ttl) = self.remaining(session.expires) {
            let key = self.keys.session(&digest(&session.session_token));
            let record = Record {
                user_id: session.user_id.clone(),
                expires: session.expires,
            };
            let index = self.keys.index(Index::Sessions, &session.user_id);
            let (member, value) = (self.keys.member(&key), json(&record)?);
            // At once. Should only the record be written, nobody is told its token; should it miss
            // its user's deletion, it reads as none, because there is no such user.
            let (noted, kept) = join(
                self.store.add_member(&index, &member, Some(ttl)),
                self.store.set(&key, &value, Some(ttl)),
            )
            .await;
            noted.and(kept)?;
        }
        Ok(session)
    }

    /// The session with that token and its user, or `None`. Costs no API request while a snapshot
    /// of the user is fresh.
    pub async fn get_session_and_user(&self, token: &str) -> Result<Option<SessionAndUser>> {
        let key = self.keys.session(&digest(token));
        let owner = self.owners.get(&key);
        let (stored, snapshot) = match owner.as_ref().and_then(|id| self.snapshot_key(id)) {
            Some(snapshot) => self.store.get_both(&key, &snapshot).await?.into(),
            None => (self.store.get(&key).await?, None),
        };
        let Some((stored, record)) = self.live(stored) else {
            self.owners.forget(&key);
            return Ok(None);
        };
        let snapshot = if owner.as_ref() == Some(&record.user_id) {
            snapshot
        } else {
            self.owners.remember(key.clone(), record.user_id.clone());
            self.stored_snapshot(&record.user_id).await?
        };
        let Some(user) = self.user_of(&record.user_id, snapshot).await? else {
            // Left behind by a deletion that was broken off, if there is no sub-account either.
            if !self.account_exists(&record.user_id).await? {
                self.store
                    .compare_and_set(&key, Some(&stored), None, None)
                    .await?;
            }
            return Ok(None);
        };
        let session = record.session(token);
        Ok(Some(SessionAndUser { session, user }))
    }

    /// Moves a session's end. `None` when there is no such session: one that was deleted is never
    /// brought back by a refresh that was under way.
    pub async fn update_session(&self, changes: SessionChanges) -> Result<Option<Session>> {
        let key = self.keys.session(&digest(&changes.session_token));
        for _ in tries() {
            let Some((stored, mut record)) = self.session(&key).await? else {
                return Ok(None);
            };
            if changes
                .user_id
                .as_ref()
                .is_some_and(|user_id| *user_id != record.user_id)
            {
                let message = "a session stays with its user";
                return Err(Error::refused(ErrorKind::InvalidArgument, message));
            }
            let expires = changes.expires.unwrap_or(record.expires);
            if expires == record.expires {
                return Ok(Some(record.session(&changes.session_token)));
            }
            record.expires = expires;
            let ttl = self.remaining(expires);
            let value = ttl.map(|_| json(&record)).transpose()?;
            if ttl.is_some() {
                let index = self.keys.index(Index::Sessions, &record.user_id);
                self.store
                    .add_member(&index, &self.keys.member(&key), ttl)
                    .await?;
            }
            if self
                .store
                .compare_and_set(&key, Some(&stored), value.as_deref(), ttl)
                .await?
            {
                return Ok(Some(record.session(&changes.session_token)));
            }
        }
        Err(Error::contended(&*self.store))
    }

    /// Ends a session. Ending one that is not there is no error: NextAuth does so while it signs
    /// people in.
    pub async fn delete_session(&self, token: &str) -> Result<Option<Session>> {
        let key = self.keys.session(&digest(token));
        let stored = self.store.take(&key).await?;
        let Some(record) = stored.as_deref().and_then(read) else {
            return Ok(None);
        };
        let index = self.keys.index(Index::Sessions, &record.user_id);
        self.store
            .remove_member(&index, &self.keys.member(&key))
            .await?;
        Ok((record.expires > self.now()).then(|| record.session(token)))
    }

    /// The live session at `key`, and the text that it was read from.
    async fn session(&self, key: &str) -> Result<Option<(String, Record)>> {
        Ok(self.live(self.store.get(key).await?))
    }

    /// The live session in what is stored, if there is one, and the text that it was read from.
    fn live(&self, stored: Option<String>) -> Option<(String, Record)> {
        let stored = stored?;
        let record = read(&stored).filter(|record| record.expires > self.now())?;
        Some((stored, record))
    }

    /// How long until `time`, or `None` when it is over.
    fn remaining(&self, time: i64) -> Option<Duration> {
        let milliseconds = u64::try_from(time.saturating_sub(self.now())).ok()?;
        (milliseconds > 0).then(|| Duration::from_millis(milliseconds))
    }
}

/// A record. One whose members no session can have is none: they would stand in a key and a date.
fn read(text: &str) -> Option<Record> {
    let record: Record = serde_json::from_str(text).ok()?;
    let is_one = is_user_id(&record.user_id) && record.expires.abs() <= TIME_LIMIT;
    is_one.then_some(record)
}

fn json(record: &Record) -> Result<String> {
    serde_json::to_string(record).map_err(|_| Error::invalid_argument())
}
