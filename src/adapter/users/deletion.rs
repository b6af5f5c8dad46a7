//! Ending a user with all that belongs to it.

use futures_util::future::{join, try_join_all};

use super::Users;
use crate::adapter::keys::Index;
use crate::adapter::records::{Attempt, Owned, Step, VACATED_TTL, vacated};
use crate::adapter::{Error, ErrorKind, Result};
use crate::chatbotkit::is_user_id;

/// How many records of a deleted user are removed at once.
const CASCADE_CONCURRENCY: usize = 64;

impl Users {
    pub(crate) async fn delete_user(&self, id: &str) -> Result<()> {
        if !self.options.auto_delete_user {
            let noun = self.cache.directory.noun();
            let message = format!("the user would be deleted, and autoDelete{noun} is off");
            return Err(Error::refused(ErrorKind::DeleteDisabled, message));
        }
        // Before and after, whatever comes of it: an answer may be lost.
        let invalidated = self.cache.invalidate(id, None);
        let (is_user, invalidated) = join(self.cache.ids.forget_address_of(id), invalidated).await;
        let is_user = is_user?;
        invalidated?;
        let deleted = if is_user {
            self.cache.directory.delete(id).await
        } else {
            Ok(())
        };
        self.cache.invalidate(id, None).await?;
        deleted?;
        if is_user_id(id) {
            self.records.mark_deleted(id).await?;
            for index in Index::ALL {
                self.delete_all(index, id).await?;
            }
        }
        Ok(())
    }

    /// Removes all that a user has of one kind, then the index.
    async fn delete_all(&self, index: Index, id: &str) -> Result<()> {
        let keys = self.records.indexed(index, id).await?;
        for some in keys.chunks(CASCADE_CONCURRENCY) {
            try_join_all(some.iter().map(|key| self.delete_owned(key, id))).await?;
        }
        self.records.delete_index(index, id).await
    }

    /// Removes one record, if it is still the user's: an account may have moved on. Where nothing is
    /// yet, somebody is about to write it.
    async fn delete_owned(&self, key: &str, id: &str) -> Result<()> {
        let remove = |attempt: Attempt| async move {
            let owned = attempt.record().and_then(|text| Owned::read(text, &[]));
            Ok(match owned {
                Some(owned) if owned.owner == id => attempt.remove(()),
                None if attempt.is_vacant() => attempt.replace(vacated(id), Some(VACATED_TTL), ()),
                _ => Step::Done(()),
            })
        };
        self.records.change(key, None, remove).await
    }
}
