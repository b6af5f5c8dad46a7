//! Records that belong to a user and have a name of their own: linked accounts and passkeys.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Attempt, Records};
use crate::adapter::cache::UserCache;
use crate::adapter::directory::Directory;
use crate::adapter::keys::Index;
use crate::adapter::{Error, ErrorKind, Result, check_user_id};
use crate::call_metrics::{Notice, notice};
use crate::chatbotkit::is_user_id;

/// A member of a record, and what it has to be for the record to be the one that was asked for.
pub(in crate::adapter) type Name<'a> = (&'static str, &'a str);

/// A record with the user that it belongs to.
pub(in crate::adapter) struct Owned {
    pub(in crate::adapter) owner: String,
    pub(in crate::adapter) record: Map<String, Value>,
}

impl Owned {
    /// Reads a record. One that bears another name, or whose `userId` no user can have, is none:
    /// whoever moved or damaged it must not decide who signs in.
    pub(in crate::adapter) fn read(text: &str, names: &[Name]) -> Option<Self> {
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
pub(in crate::adapter) struct Kind {
    pub(in crate::adapter) index: Index,
    /// Whether a record may take the place of one that its own user has.
    pub(in crate::adapter) is_replaceable: bool,
    /// Whether a record is one of this kind. One that is not is as good as none.
    pub(in crate::adapter) is_valid: fn(&Map<String, Value>) -> bool,
    /// The refusal of a record whose place is taken.
    pub(in crate::adapter) taken: (ErrorKind, &'static str),
}

/// The records of one kind.
pub(in crate::adapter) struct OwnedRecords {
    pub(in crate::adapter) kind: Kind,
    pub(in crate::adapter) records: Arc<Records>,
    pub(in crate::adapter) directory: Arc<dyn Directory>,
    pub(in crate::adapter) users: Arc<UserCache>,
}

impl OwnedRecords {
    /// Keeps `record` at `key` for the user whom it names. A place that somebody has is refused.
    pub(in crate::adapter) async fn put(
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
            let owner = attempt.record().and_then(|text| self.read(text, names));
            let owner = owner.map(|found| found.owner);
            let owner = owner.filter(|it| it != user_id || !self.kind.is_replaceable);
            if let Some(owner) = &owner
                && self.directory.find(owner).await?.is_some()
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
            self.remove_from_index(&orphaned_owner, key).await?;
        }
        Ok(record)
    }

    /// The record at `key`, if the user that it belongs to exists.
    pub(in crate::adapter) async fn get(
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
    pub(in crate::adapter) async fn stored(
        &self,
        key: &str,
        names: &[Name<'_>],
    ) -> Result<Option<(String, Owned)>> {
        let stored = self.records.get(key).await?;
        Ok(stored.and_then(|text| {
            let owned = self.read(Records::open(key, &text)?, names)?;
            Some((text, owned))
        }))
    }

    /// Reads a record of this kind.
    pub(in crate::adapter) fn read(&self, text: &str, names: &[Name<'_>]) -> Option<Owned> {
        Owned::read(text, names).filter(|owned| (self.kind.is_valid)(&owned.record))
    }

    /// Takes a record out of the index of `owner`.
    pub(in crate::adapter) async fn remove_from_index(&self, owner: &str, key: &str) -> Result<()> {
        let index = self.kind.index;
        self.records.remove_from_index(index, owner, key).await
    }

    /// Removes what a deletion that was broken off has left behind: a record of `owner`, who is no
    /// user.
    pub(in crate::adapter) async fn remove_orphan(
        &self,
        owner: &str,
        key: &str,
        stored: &str,
    ) -> Result<()> {
        // A sub-account without an address is no user, but it is there and may get one again.
        if self.directory.exists(owner).await? {
            return Ok(());
        }
        if self.records.replace(key, Some(stored), None, None).await? {
            self.remove_from_index(owner, key).await?;
            notice(Notice::OrphanRemoved);
        }
        Ok(())
    }
}

/// A member that has to be a text and not empty.
pub(in crate::adapter) fn text(record: &Map<String, Value>, member: &str) -> Result<String> {
    match record.get(member) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        _ => {
            let message = format!("{member} has to be a string");
            Err(Error::refused(ErrorKind::InvalidArgument, message))
        }
    }
}
