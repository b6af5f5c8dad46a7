//! Linked accounts and passkeys whose owner is not there.
//!
//! That the API does not know a person is no proof that they are gone: it may be wrong for a moment,
//! and an application may be deployed against the API of another environment. So nothing is
//! destroyed.
//!
//! * Reading such a record gives it an end, which the next look-up that finds the owner takes away.
//! * A passkey stays its owner's. Nobody needs its place: each registration has a new id.
//! * An account goes to whom signs in to it at its provider, who would otherwise be left with a new
//!   user to whom that account cannot be linked. The record remembers whose it was, and goes back to
//!   that user when they are there and the new one is not. That lets in nobody who was not let in
//!   before: both have proven that the account is theirs.

use std::time::Duration;

use serde_json::{Map, Value};

use super::owned::USER_ID;
use super::{Attempt, OwnedRecords, Step, Stored};
use crate::adapter::Result;
use crate::call_metrics::{Notice, notice};

/// How long a record stays whose owner is not there. An API may not know a person for a moment, and
/// an application may be deployed against the API of another environment; who finds out within a
/// month has lost nothing. It is not longer because the record may as well be what a deletion that
/// was broken off has left, with somebody's tokens in it.
const ORPHAN_TTL: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl OwnedRecords {
    /// Gives a record that was just read the lifetime that it has by whether its owner is there:
    /// the record of nobody ends after [`ORPHAN_TTL`], unless the owner is found again.
    pub(crate) async fn note_owner(&self, key: &str, found: &Stored, is_there: bool) -> Result<()> {
        let owner = &found.owned.owner;
        if is_there != found.ownership.is_orphaned {
            if is_there && found.is_outdated {
                self.reseal(key, found).await;
            }
            return Ok(());
        }
        // A sub-account without an address is no user, but it is there and may get one again.
        if !is_there && self.users.directory.exists(owner).await? {
            return Ok(());
        }
        // Where the store takes no writes for the moment, what was read is as good.
        let _ = self.set_lifetime(key, found, !is_there).await;
        Ok(())
    }

    /// Writes a record anew that was just read, so that no secret from before is needed for it. Where that
    /// fails, the next reading does it.
    async fn reseal(&self, key: &str, found: &Stored) {
        let record = Value::Object(found.owned.record.clone()).to_string();
        if let Ok(sealed) = self.records.seal.close(key, &record, &found.ownership) {
            let stored = Some(&*found.text);
            let _ = self.records.replace(key, stored, Some(&sealed), None).await;
        }
    }

    async fn set_lifetime(&self, key: &str, found: &Stored, is_orphaned: bool) -> Result<()> {
        let (owner, index) = (&found.owned.owner, self.kind.index);
        let ttl = is_orphaned.then_some(ORPHAN_TTL);
        let set = |attempt: Attempt| async move {
            let read = attempt.opened()?.and_then(|text| self.read(text, &[]));
            if read.is_none_or(|it| it.owner != *owner) {
                return Ok(Step::Done(false));
            }
            if attempt.is_orphaned() == is_orphaned {
                return Ok(Step::Done(true));
            }
            self.records.add_to_index(index, owner, key, ttl).await?;
            Ok(attempt.end(is_orphaned, ttl, true))
        };
        let guess = Some(Some(found.text.clone()));
        if !self.records.change(key, guess, set).await? {
            // It was removed meanwhile.
            self.remove_from_index(owner, key).await?;
        } else if is_orphaned {
            notice(Notice::OrphanFound);
        }
        Ok(())
    }

    /// Gives a record back to its owner from before, who is there again while the one who got it
    /// since is not: an application that was deployed against the API of another environment for a
    /// while has made new users there of people who signed in, and linked their accounts to them.
    pub(super) async fn give_back(
        &self,
        key: &str,
        found: &Stored,
        former: &str,
    ) -> Result<Option<Map<String, Value>>> {
        let (owner, index) = (&found.owned.owner, self.kind.index);
        let mut record = found.owned.record.clone();
        record.insert(USER_ID.to_owned(), former.into());
        let value = &Value::Object(record.clone()).to_string();
        let give = |attempt: Attempt| async move {
            let read = attempt.opened()?.and_then(|text| self.read(text, &[]));
            if read.is_none_or(|read| read.owner != *owner) {
                return Ok(Step::Done(false));
            }
            self.records.add_to_index(index, former, key, None).await?;
            let step = attempt.hand_over(former, Some(owner.clone()), value.clone(), true);
            Ok(step)
        };
        let guess = Some(Some(found.text.clone()));
        let is_given = self.records.change(key, guess, give).await?;
        self.remove_from_index(owner, key).await?;
        Ok(is_given.then_some(record))
    }
}
