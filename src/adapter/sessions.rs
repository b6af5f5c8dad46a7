//! Database sessions.
//!
//! The store holds a digest of a session's token as its key, never the token: who reads the store
//! cannot take a session over. A session ends in the store when it ends, and reads as none from
//! that moment on even in a store that keeps it longer.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::future::join;
use serde::{Deserialize, Serialize};

use super::cache::UserCache;
use super::keys::{Index, check_user_id, digest};
use super::records::{Attempt, Records, Step, check_not_vacated};
use super::{Clock, Error, ErrorKind, Result, User};
use crate::chatbotkit::{TIME_LIMIT, is_user_id};

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

/// A session to make.
#[derive(Clone, Debug, Deserialize)]
pub struct NewSession {
    /// The session.
    #[serde(flatten)]
    pub session: Session,
    /// What the application calls it, for who lists sessions.
    pub label: Option<String>,
}

impl From<Session> for NewSession {
    fn from(session: Session) -> Self {
        let label = None;
        Self { session, label }
    }
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
    /// What the application calls it from now on.
    pub label: Option<String>,
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
pub(super) struct Record {
    pub(super) user_id: String,
    pub(super) expires: i64,
    #[serde(default)]
    pub(super) created: i64,
    /// When it was last written again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seen: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) label: Option<String>,
}

impl Record {
    fn session(self, token: &str) -> Session {
        session(token, self.user_id, self.expires)
    }
}

/// A session as it is handed over.
fn session(token: &str, user_id: String, expires: i64) -> Session {
    Session {
        session_token: token.to_owned(),
        user_id,
        expires,
    }
}

/// The sessions of an adapter.
pub(super) struct Sessions {
    pub(super) records: Arc<Records>,
    pub(super) users: Arc<UserCache>,
    pub(super) clock: Clock,
}

impl Sessions {
    /// A token that is another user's already is refused: a token names one session.
    pub(super) async fn create_session(&self, new: NewSession) -> Result<Session> {
        let NewSession { session, label } = new;
        check_user_id(&session.user_id)?;
        let Some(ttl) = self.remaining(session.expires) else {
            return Ok(session);
        };
        let key = &self.key(&session.session_token);
        let record = Record {
            user_id: session.user_id.clone(),
            expires: session.expires,
            created: (self.clock)(),
            seen: None,
            label,
        };
        let (value, user_id) = (&json(&record)?, &session.user_id);
        let keep = |attempt: Attempt| async move {
            check_not_vacated(attempt.record(), user_id)?;
            let other = attempt.record().and_then(|text| self.live(text));
            if other.is_some_and(|other| other.user_id != *user_id) {
                let message = "the session token belongs to another user";
                return Err(Error::refused(ErrorKind::SessionTaken, message));
            }
            Ok(attempt.replace_for(user_id, value.clone(), Some(ttl), ()))
        };
        // At once. Should only the record be written, nobody is told its token; should it miss
        // its user's deletion after all, it reads as none until it ends.
        let (noted, kept) = join(
            self.note(&record, key, ttl),
            self.records.change(key, Some(None), keep),
        )
        .await;
        if matches!(&kept, Err(error) if error.is_refusal()) {
            let (records, index) = (&self.records, Index::Sessions);
            records.remove_from_index(index, user_id, key).await?;
        }
        noted.and(kept)?;
        Ok(session)
    }

    pub(super) async fn get_session_and_user(&self, token: &str) -> Result<Option<SessionAndUser>> {
        let key = &self.key(token);
        let live = |stored: Option<String>| {
            let record = self.live(&self.records.open(key, stored.as_deref())?)?;
            Some((record.expires, record.user_id))
        };
        let found = self.users.read_owned(key, live).await?;
        // A session whose user is not there reads as none and stays until it ends: the API may not
        // know a person for a moment, or an application may have been given another secret.
        let Some((expires, user_id, Some(user))) = found else {
            return Ok(None);
        };
        let session = session(token, user_id, expires);
        Ok(Some(SessionAndUser { session, user }))
    }

    /// A session that was deleted is never brought back by a refresh that was under way.
    pub(super) async fn update_session(&self, changes: SessionChanges) -> Result<Option<Session>> {
        let (changes, token) = (&changes, &changes.session_token);
        let key = &self.key(token);
        let noted = &OnceLock::new();
        let update = |attempt: Attempt| async move {
            let Some(mut record) = attempt.record().and_then(|text| self.live(text)) else {
                return Ok(Step::Done(None));
            };
            let user_id = changes.user_id.as_ref();
            if user_id.is_some_and(|user_id| *user_id != record.user_id) {
                let message = "a session stays with its user";
                return Err(Error::refused(ErrorKind::InvalidArgument, message));
            }
            let expires = changes.expires.unwrap_or(record.expires);
            let is_labelled = changes.label.is_some() && changes.label != record.label;
            if expires == record.expires && !is_labelled {
                return Ok(Step::Done(Some(record.session(token))));
            }
            record.expires = expires;
            record.seen = Some((self.clock)());
            record.label = changes.label.clone().or(record.label);
            let Some(ttl) = self.remaining(expires) else {
                return Ok(attempt.remove(Some(record.session(token))));
            };
            self.note(&record, key, ttl).await?;
            noted.get_or_init(|| record.user_id.clone());
            let value = json(&record)?;
            Ok(attempt.replace(value, Some(ttl), Some(record.session(token))))
        };
        let updated = self.records.change(key, None, update).await?;
        if let (None, Some(user_id)) = (&updated, noted.get()) {
            // It was deleted meanwhile, perhaps with its user's index.
            let (records, index) = (&self.records, Index::Sessions);
            records.remove_from_index(index, user_id, key).await?;
        }
        Ok(updated)
    }

    /// Ending a session that is not there is no error: NextAuth does so while it signs people in.
    pub(super) async fn delete_session(&self, token: &str) -> Result<Option<Session>> {
        let key = self.key(token);
        let stored = self.records.take(&key).await?;
        let record = self.records.open(&key, stored.as_deref());
        let Some(record) = record.as_deref().and_then(read) else {
            return Ok(None);
        };
        let (records, user_id) = (&self.records, &record.user_id);
        records
            .remove_from_index(Index::Sessions, user_id, &key)
            .await?;
        Ok((record.expires > (self.clock)()).then(|| record.session(token)))
    }

    /// Notes in the index of its user that there is a session.
    async fn note(&self, record: &Record, key: &str, ttl: Duration) -> Result<()> {
        let (index, user_id) = (Index::Sessions, &record.user_id);
        self.records
            .add_to_index(index, user_id, key, Some(ttl))
            .await
    }

    /// A session's key holds a digest of its token.
    fn key(&self, token: &str) -> String {
        self.records.keys.session(&digest(token))
    }

    /// The record, if the session has not ended.
    pub(super) fn live(&self, text: &str) -> Option<Record> {
        read(text).filter(|record| record.expires > (self.clock)())
    }

    /// How long until `time`, or `None` when it is over.
    fn remaining(&self, time: i64) -> Option<Duration> {
        let milliseconds = u64::try_from(time.saturating_sub((self.clock)())).ok()?;
        (milliseconds > 0).then(|| Duration::from_millis(milliseconds))
    }
}

/// A record. One whose members no session can have is none: they would stand in a key and a date.
pub(super) fn read(text: &str) -> Option<Record> {
    let record: Record = serde_json::from_str(text).ok()?;
    let mut times = [record.expires, record.created]
        .into_iter()
        .chain(record.seen);
    let is_one = is_user_id(&record.user_id) && times.all(|time| time.abs() <= TIME_LIMIT);
    is_one.then_some(record)
}

fn json(record: &Record) -> Result<String> {
    serde_json::to_string(record).map_err(|_| Error::invalid_argument())
}
