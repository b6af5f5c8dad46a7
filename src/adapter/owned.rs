//! What belongs to a user and has a name of its own: accounts and passkeys.

use serde_json::{Map, Value};

use crate::call_metrics::{Notice, notice};
use crate::chatbotkit::is_user_id;

use super::keys::Index;
use super::{Adapter, Error, ErrorKind, Result};

/// A member of a record, and what it has to be for the record to be the one that was asked for.
pub(super) type Name<'a> = (&'static str, &'a str);

/// A record with the user that it belongs to.
pub(super) struct Owned {
    pub(super) owner: String,
    pub(super) record: Map<String, Value>,
}

impl Owned {
    /// Reads a record. One that bears another name, or whose `userId` no sub-account can have, is
    /// none: whoever moved or damaged it must not decide who signs in.
    pub(super) fn read(text: &str, names: &[Name]) -> Option<Self> {
        let record: Map<String, Value> = serde_json::from_str(text).ok()?;
        let is = |(member, name): &Name| record.get(*member).and_then(Value::as_str) == Some(*name);
        if !names.iter().all(is) {
            return None;
        }
        let owner = record.get("userId")?.as_str()?.to_owned();
        is_user_id(&owner).then_some(Self { owner, record })
    }
}

impl Adapter {
    /// The record at `key`, if the user that it belongs to exists. What a deletion that was broken
    /// off has left behind is removed and reads as none.
    pub(super) async fn owned(
        &self,
        index: Index,
        key: &str,
        names: &[Name<'_>],
    ) -> Result<Option<Map<String, Value>>> {
        let Some(stored) = self.store.get(key).await? else {
            return Ok(None);
        };
        let Some(Owned { owner, record }) = Owned::read(&stored, names) else {
            return Ok(None);
        };
        if self.user_lately(&owner).await?.is_some() {
            return Ok(Some(record));
        }
        self.remove_orphan(index, &owner, key, &stored).await?;
        Ok(None)
    }

    /// Takes what a user who is not there has left out of its index.
    pub(super) async fn leave(
        &self,
        index: Index,
        ghost: Option<&str>,
        member: &str,
    ) -> Result<()> {
        let Some(ghost) = ghost else { return Ok(()) };
        notice(Notice::OrphanRemoved);
        Ok(self
            .store
            .remove_member(&self.keys.index(index, ghost), member)
            .await?)
    }

    pub(super) async fn remove_orphan(
        &self,
        index: Index,
        owner: &str,
        key: &str,
        stored: &str,
    ) -> Result<()> {
        // A sub-account without an address is no user, but it is there and may get one again.
        if self.account_exists(owner).await? {
            return Ok(());
        }
        if self
            .store
            .compare_and_set(key, Some(stored), None, None)
            .await?
        {
            let index = self.keys.index(index, owner);
            self.store
                .remove_member(&index, &self.keys.member(key))
                .await?;
            notice(Notice::OrphanRemoved);
        }
        Ok(())
    }
}

/// A member that has to be a text and not empty.
pub(super) fn text(record: &Map<String, Value>, member: &str) -> Result<String> {
    match record.get(member) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        _ => {
            let message = format!("{member} has to be a string");
            Err(Error::refused(ErrorKind::InvalidArgument, message))
        }
    }
}
