//! Records that belong to a user and have a name of their own: linked accounts and passkeys.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Attempt, Records};
use crate::adapter::cache::UserCache;
use crate::adapter::keys::{Index, check_user_id};
use crate::adapter::{Error, ErrorKind, Result};
use crate::call_metrics::{Notice, notice};
use crate::chatbotkit::is_user_id;

/// A member of a record, and what it has to be for the record to be the one that was asked for.
pub(crate) type Name<'a> = (&'static str, &'a str);

/// A record with the user that it belongs to.
pub(crate) struct Owned {
    pub(crate) owner: String,
    pub(crate) record: Map<String, Value>,
}

impl Owned {
    /// Reads a record. One that bears another name, or whose `userId` no user can have, is none:
    /// whoever moved or damaged it must not decide who signs in.
    pub(crate) fn read(text: &str, names: &[Name]) -> Option<Self> {
        let record: Map<String, Value> = serde_json::from_str(text).ok()?;
        let is = |(member, name): &Name| record.get(*member).and_then(Value::as_str) == Some(*name);
        if !names.iter().all(is) {
            return None;
        }
        let owner = record.get("userId")?.as_str()?.to_owned();
        is_user_id(&owner).then_some(Self { owner, record })
    }
}

/// What one kind of records has of its own.
pub(crate) struct Kind {
    pub(crate) index: Index,
    /// Whether a record may take the place of one that its own user has.
    pub(crate) is_replaceable: bool,
    /// Whether a record is one of this kind. One that is not is as good as none.
    pub(crate) is_valid: fn(&Map<String, Value>) -> bool,
    /// The refusal of a record whose place is taken.
    pub(crate) taken: (ErrorKind, &'static str),
}

/// The records of one kind.
pub(crate) struct OwnedRecords {
    pub(crate) kind: Kind,
    pub(crate) records: Arc<Records>,
    pub(crate) users: Arc<UserCache>,
}

impl OwnedRecords {
    /// Keeps `record` at `key` for the user whom it names. A place that somebody has is refused.
    pub(crate) async fn put(
        &self,
        key: &str,
        names: &[Name<'_>],
        record: Map<String, Value>,
    ) -> Result<Map<String, Value>> {
        let user_id = text(&record, "userId")?;
        check_user_id(&user_id)?;
        let (user_id, index) = (&user_id, self.kind.index);
        let value = &Value::Object(record.clone()).to_string();
        let decide = |attempt: Attempt| async move {
            let owner = attempt.stored().and_then(|text| self.read(text, names));
            let owner = owner.map(|found| found.owner);
            let owner = owner.filter(|it| it != user_id || !self.kind.is_replaceable);
            if let Some(owner) = &owner
                && self.users.directory.find(owner).await?.is_some()
            {
                if owner != user_id {
                    self.records.remove_from_index(index, user_id, key).await?;
                }
                let (kind, message) = self.kind.taken;
                return Err(Error::refused(kind, message));
            }
            // The index first: a record that its user's deletion cannot find must not exist. And
            // each time, because a removal that was under way may have taken it out.
            self.records.add_to_index(index, user_id, key, None).await?;
            // What is there now was left behind by a deletion that was broken off.
            let orphaned_owner = owner.filter(|owner| owner != user_id);
            Ok(attempt.replace(value.clone(), None, orphaned_owner))
        };
        // Most often nothing is there.
        let replaced = self.records.change(key, Some(None), decide).await?;
        if let Some(orphaned_owner) = replaced {
            notice(Notice::OrphanRemoved);
            self.records
                .remove_from_index(index, &orphaned_owner, key)
                .await?;
        }
        Ok(record)
    }

    /// The record at `key`, if the user that it belongs to exists.
    pub(crate) async fn get(
        &self,
        key: &str,
        names: &[Name<'_>],
    ) -> Result<Option<Map<String, Value>>> {
        let Some((stored, Owned { owner, record })) = self.stored(key, names).await? else {
            return Ok(None);
        };
        if self.users.cached_user(&owner).await?.is_some() {
            return Ok(Some(record));
        }
        self.remove_orphan(&owner, key, &stored).await?;
        Ok(None)
    }

    /// The record at `key`, and the text that it was read from.
    pub(crate) async fn stored(
        &self,
        key: &str,
        names: &[Name<'_>],
    ) -> Result<Option<(String, Owned)>> {
        let stored = self.records.get(key).await?;
        Ok(stored.and_then(|text| {
            let owned = self.read(&text, names)?;
            Some((text, owned))
        }))
    }

    /// Reads a record of this kind.
    pub(crate) fn read(&self, text: &str, names: &[Name<'_>]) -> Option<Owned> {
        Owned::read(text, names).filter(|owned| (self.kind.is_valid)(&owned.record))
    }

    /// Removes what a deletion that was broken off has left behind: a record of `owner`, who is no
    /// user.
    pub(crate) async fn remove_orphan(&self, owner: &str, key: &str, stored: &str) -> Result<()> {
        // A sub-account without an address is no user, but it is there and may get one again.
        if self.users.directory.exists(owner).await? {
            return Ok(());
        }
        if self.records.replace(key, Some(stored), None, None).await? {
            self.records
                .remove_from_index(self.kind.index, owner, key)
                .await?;
            notice(Notice::OrphanRemoved);
        }
        Ok(())
    }
}

/// A member that has to be a text and not empty.
pub(crate) fn text(record: &Map<String, Value>, member: &str) -> Result<String> {
    match record.get(member) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        _ => {
            let message = format!("{member} has to be a string");
            Err(Error::refused(ErrorKind::InvalidArgument, message))
        }
    }
}
