//! Records that belong to a user and have a name of their own: linked accounts and passkeys.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::bound::Ownership;
use super::deleted::check_not_vacated;
use super::seal::Found;
use super::{Attempt, Records};
use crate::adapter::cache::UserCache;
use crate::adapter::keys::{Index, check_user_id};
use crate::adapter::{Error, ErrorKind, Result, User};
use crate::call_metrics::{Notice, notice};
use crate::chatbotkit::is_user_id;

pub(super) const USER_ID: &str = "userId";

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
        let owner = record.get(USER_ID)?.as_str()?.to_owned();
        is_user_id(&owner).then_some(Self { owner, record })
    }
}

/// A record as it was read, and the text that it was read from.
pub(crate) struct Stored {
    pub(super) text: String,
    pub(super) ownership: Ownership,
    /// Whether it is to be sealed anew.
    pub(super) is_outdated: bool,
    pub(crate) owned: Owned,
}

/// What one kind of records has of its own.
pub(crate) struct Kind {
    pub(crate) index: Index,
    /// Whether a record may take the place of one that its own user has.
    pub(crate) is_replaceable: bool,
    /// Whether a record goes to another user when its own is not there any more. The other one has
    /// to have proven that what it stands for is theirs.
    pub(crate) is_inherited: fn(&Map<String, Value>) -> bool,
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
    /// Keeps `record` at `key` for the user whom it names. A place that somebody has is refused,
    /// and so is a user who is not there: nobody would ever end the record.
    pub(crate) async fn put(
        &self,
        key: &str,
        names: &[Name<'_>],
        record: Map<String, Value>,
    ) -> Result<Map<String, Value>> {
        let user_id = text(&record, USER_ID)?;
        check_user_id(&user_id)?;
        self.users.check_exists(&user_id).await?;
        let (user_id, index) = (&user_id, self.kind.index);
        let value = &Value::Object(record.clone()).to_string();
        let decide = |attempt: Attempt| async move {
            check_not_vacated(attempt.opened()?, user_id)?;
            let found = attempt.record().and_then(|text| self.read(text, names));
            let orphaned_owner = match found {
                Some(found) if found.owner == *user_id => {
                    if !self.kind.is_replaceable {
                        return Err(self.taken());
                    }
                    None
                }
                Some(found) if !(self.kind.is_inherited)(&found.record) => return Err(self.taken()),
                Some(found) if self.users.directory.exists(&found.owner).await? => {
                    return Err(self.taken());
                }
                found => found.map(|found| found.owner),
            };
            let former = attempt.ownership().former;
            if let (Some(_), Some(former)) = (&orphaned_owner, &former)
                && former != user_id
                && self.users.directory.exists(former).await?
            {
                return Err(self.taken());
            }
            let former = orphaned_owner.clone().or(former);
            // The index first: a record that its user's deletion cannot find must not exist. And
            // each time, because a removal that was under way may have taken it out.
            self.records.add_to_index(index, user_id, key, None).await?;
            Ok(attempt.hand_over(user_id, former, value.clone(), orphaned_owner))
        };
        // Most often nothing is there.
        let replaced = self.records.change(key, Some(None), decide).await;
        if let Err(error) = &replaced
            && error.is_refusal()
            && !self.is_theirs(key, names, user_id).await?
        {
            self.remove_from_index(user_id, key).await?;
        }
        if let Some(orphaned_owner) = replaced? {
            notice(Notice::OrphanFound);
            self.remove_from_index(&orphaned_owner, key).await?;
        }
        Ok(record)
    }

    /// The record at `key`, if the user that it belongs to exists.
    pub(crate) async fn get(
        &self,
        key: &str,
        names: &[Name<'_>],
    ) -> Result<Option<Map<String, Value>>> {
        let found = self.get_both(key, names, true).await?;
        Ok(found.map(|(record, _)| record))
    }

    /// The user that the record at `key` belongs to, as they are now.
    pub(crate) async fn get_user(&self, key: &str, names: &[Name<'_>]) -> Result<Option<User>> {
        let found = self.get_both(key, names, false).await?;
        Ok(found.map(|(_, user)| user))
    }

    async fn find(&self, id: &str, is_cached: bool) -> Result<Option<User>> {
        if is_cached {
            self.users.cached_user(id).await
        } else {
            self.users.get(id).await
        }
    }

    async fn get_both(
        &self,
        key: &str,
        names: &[Name<'_>],
        is_cached: bool,
    ) -> Result<Option<(Map<String, Value>, User)>> {
        let Some(found) = self.stored(key, names).await? else {
            return Ok(None);
        };
        let owner = &found.owned.owner;
        let user = self.find(owner, is_cached).await?;
        if let (None, Some(former)) = (&user, &found.ownership.former)
            && let Some(user) = self.find(former, is_cached).await?
            && !self.users.directory.exists(owner).await?
        {
            let record = self.give_back(key, &found, former).await?;
            return Ok(record.map(|record| (record, user)));
        }
        self.note_owner(key, &found, user.is_some()).await?;
        Ok(user.map(|user| (found.owned.record, user)))
    }

    /// The record at `key`.
    async fn stored(&self, key: &str, names: &[Name<'_>]) -> Result<Option<Stored>> {
        match self.records.get(key).await? {
            Some(text) => self.open(key, text, names),
            None => Ok(None),
        }
    }

    /// Reads what is stored at `key`.
    pub(crate) fn open(
        &self,
        key: &str,
        text: String,
        names: &[Name<'_>],
    ) -> Result<Option<Stored>> {
        let found = self.records.look_at(key, Some(&text));
        found.check_opened()?;
        let owned = found.record().and_then(|record| self.read(record, names));
        let ownership = found.ownership().cloned().unwrap_or_default();
        Ok(owned.map(|owned| Stored {
            text,
            ownership,
            is_outdated: matches!(found, Found::Outdated(_)),
            owned,
        }))
    }

    /// Reads a record of this kind.
    pub(crate) fn read(&self, text: &str, names: &[Name<'_>]) -> Option<Owned> {
        Owned::read(text, names).filter(|owned| (self.kind.is_valid)(&owned.record))
    }

    /// Takes a record out of the index of `owner`.
    pub(crate) async fn remove_from_index(&self, owner: &str, key: &str) -> Result<()> {
        let index = self.kind.index;
        self.records.remove_from_index(index, owner, key).await
    }

    async fn is_theirs(&self, key: &str, names: &[Name<'_>], user_id: &str) -> Result<bool> {
        let found = self.stored(key, names).await?;
        Ok(found.is_some_and(|found| found.owned.owner == user_id))
    }

    fn taken(&self) -> Error {
        let (kind, message) = self.kind.taken;
        Error::refused(kind, message)
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
