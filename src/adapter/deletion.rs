//! Ending a user with all that belongs to it.

use futures_util::future::try_join_all;

use super::keys::Index;
use super::owned::Owned;
use super::{Adapter, Error, ErrorKind, Result, tries};
use crate::chatbotkit;

/// How many records of a deleted user are removed at once.
const CASCADE_CONCURRENCY: usize = 64;

impl Adapter {
    /// Deletes a user with all sessions, accounts and passkeys. Deleting one who is not there is no
    /// error, so a deletion that was broken off can be repeated.
    pub async fn delete_user(&self, id: &str) -> Result<()> {
        if !self.options.auto_delete_user {
            let message = "the user would be deleted, and autoDeleteUser is off";
            return Err(Error::refused(ErrorKind::DeleteDisabled, message));
        }
        // Before and after, whatever comes of it: an answer may be lost.
        self.drop_snapshot(id).await?;
        let deleted = self.partner.delete(id).await;
        self.recent.forget(id, None);
        self.drop_snapshot(id).await?;
        if let Err(error) = deleted
            && error.kind() != chatbotkit::ErrorKind::NotFound
        {
            return Err(self.api_error(error));
        }
        if chatbotkit::is_user_id(id) {
            for index in Index::ALL {
                self.delete_all(index, id).await?;
            }
        }
        Ok(())
    }

    /// Removes all that a user has of one kind, then the index.
    async fn delete_all(&self, index: Index, id: &str) -> Result<()> {
        let index = self.keys.index(index, id);
        let members = self.store.members(&index).await?;
        for some in members.chunks(CASCADE_CONCURRENCY) {
            try_join_all(some.iter().map(|member| self.delete_owned(member, id))).await?;
        }
        Ok(self.store.delete_set(&index).await?)
    }

    /// Removes one thing, if it is still the user's: an account may have moved on.
    async fn delete_owned(&self, member: &str, id: &str) -> Result<()> {
        let key = self.keys.of_member(member);
        for _ in tries() {
            let Some(stored) = self.store.get(&key).await? else {
                return Ok(());
            };
            if Owned::read(&stored, &[]).is_none_or(|found| found.owner != id)
                || self
                    .store
                    .compare_and_set(&key, Some(&stored), None, None)
                    .await?
            {
                return Ok(());
            }
        }
        Err(Error::contended(&*self.store))
    }
}
