//! Users: who they are, and what changes them.

mod admission;
mod creation;
mod deletion;
mod user;

use std::sync::Arc;

use futures_util::future::join;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

pub use user::{ContactFields, NewUser, User, UserChanges};

use super::admissions::Admissions;
use super::cache::{Remembered, UserCache};
use super::directory::Changes;
use super::records::Records;
use super::{Error, ErrorKind, Options, Result, email};
use crate::chatbotkit::TOTAL_TIMEOUT;

/// The users of an adapter.
pub(super) struct Users {
    pub(super) admissions: Admissions,
    pub(super) cache: Arc<UserCache>,
    pub(super) records: Arc<Records>,
    pub(super) options: Arc<Options>,
}

impl Users {
    pub(super) async fn get_user(&self, id: &str) -> Result<Option<User>> {
        self.cache.get(id).await
    }

    pub(super) async fn get_user_by_email(&self, address: &str) -> Result<Option<User>> {
        self.cache.get_by_email(address.trim()).await
    }

    pub(super) async fn update_user(&self, wanted: UserChanges) -> Result<User> {
        let deadline = Instant::now() + TOTAL_TIMEOUT;
        if let Some(user) = self.cache.redeemed_user(&wanted.id) {
            return self.change(user, wanted, false, deadline).await;
        }
        let find = self.until(deadline, self.get_user(&wanted.id));
        // Most stamps of a sign-in change nothing.
        let changes = self.options.auto_update_user && wanted.signs_in().is_none();
        let found = if changes {
            let (found, invalidated) = join(find, self.cache.invalidate(&wanted.id, None)).await;
            let found = found?;
            invalidated?;
            found
        } else {
            find.await?
        };
        let user = found.ok_or_else(Error::no_such_user)?;
        self.change(user, wanted, changes, deadline).await
    }

    /// Changes `user` as [`Self::update_user`] does. What is remembered of them may have been forgotten
    /// already.
    async fn change(
        &self,
        user: User,
        wanted: UserChanges,
        is_invalidated: bool,
        deadline: Instant,
    ) -> Result<User> {
        let mut changes = Changes {
            name: change(user.name.as_deref(), wanted.name),
            image: change(user.image.as_deref(), wanted.image),
            fields: wanted.fields,
            ..Changes::default()
        };
        let kept = |name: &str| user.meta.as_ref().and_then(|meta| meta.get(name));
        changes
            .fields
            .retain(|name, value| kept(name).unwrap_or(&Value::Null) != value);
        if let Some(address) = wanted.email {
            let address = email::checked(address.as_deref())?;
            if address != email::normalised(&user.email) {
                changes.email = Some(address);
            }
        }
        let is_stamp = changes == Changes::default();
        if !self.options.auto_update_user {
            if is_stamp {
                return Ok(user);
            }
            let noun = self.cache.directory.noun();
            let message = format!("the user would change, and autoUpdate{noun} is off");
            return Err(Error::refused(ErrorKind::UpdateDisabled, message));
        }
        let verified = match wanted.email_verified {
            // NextAuth stamps at every sign-in by code. When the address is proven already, the
            // stamp alone says nothing new.
            Some(Some(_)) if user.email_verified.is_some() && is_stamp => user.email_verified,
            Some(time) => time,
            // That the old address was proven says nothing of the new one.
            None if changes.email.is_some() => None,
            None => user.email_verified,
        };
        if verified != user.email_verified {
            changes.email_verified = Some(verified);
        }
        if changes == Changes::default() {
            return Ok(user);
        }
        if !is_invalidated {
            // Before, so that a store that is down is noticed while nothing has changed yet.
            self.cache.invalidate(&user.id, None).await?;
        }
        self.send(&user, &changes, deadline).await
    }

    /// Three requests that wait for one another: what differs is known when the user was read, and when
    /// the API changed something only the API knows (`updatedAt`), which answers a change with the id.
    async fn send(&self, user: &User, changes: &Changes, deadline: Instant) -> Result<User> {
        let address = changes.email.as_deref();
        // Only the request is given up at the deadline, never what has to follow it.
        let update = async {
            self.check_is_free(user, address).await?;
            self.cache.directory.update(user, changes).await
        };
        let updated = self.until(deadline, update).await;
        let invalidated = self.cache.invalidate(&user.id, address);
        let fetched = async {
            updated?;
            self.until(deadline, self.get_user(&user.id)).await
        };
        let (invalidated, fetched) = join(invalidated, fetched).await;
        invalidated?;
        let fetched = fetched?.ok_or_else(Error::no_such_user)?;
        let is_proof = matches!(changes.email_verified, Some(Some(_))) && address.is_none();
        if is_proof && email::normalised(&fetched.email) != email::normalised(&user.email) {
            return self.take_back(&fetched, deadline).await;
        }
        Ok(fetched)
    }

    /// Undoes the proof of an address that `user` had until a moment ago: it would count for the new one.
    async fn take_back(&self, user: &User, deadline: Instant) -> Result<User> {
        let unproven = Changes {
            email_verified: Some(None),
            ..Changes::default()
        };
        self.cache.invalidate(&user.id, None).await?;
        let update = self.cache.directory.update(user, &unproven);
        let updated = self.until(deadline, update).await;
        self.cache.invalidate(&user.id, None).await?;
        updated?;
        let fetched = self.until(deadline, self.get_user(&user.id)).await?;
        fetched.ok_or_else(Error::no_such_user)
    }

    /// Refuses an address that somebody else has, where the API would not.
    async fn check_is_free(&self, user: &User, address: Option<&str>) -> Result<()> {
        let Some(address) = address.filter(|_| self.cache.directory.searches_lists()) else {
            return Ok(());
        };
        match self
            .cache
            .ids
            .find(address, address, Remembered::Unread)
            .await?
        {
            Some(other) if other.id != user.id => Err(Error::email_taken()),
            _ => Ok(()),
        }
    }

    /// What `request` comes to, or an error when it goes on beyond `deadline`.
    async fn until<T>(
        &self,
        deadline: Instant,
        request: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        timeout_at(deadline, request)
            .await
            .unwrap_or_else(|_| Err(self.cache.directory.timed_out()))
    }
}

fn change(current: Option<&str>, wanted: Option<Option<String>>) -> Option<Option<String>> {
    wanted
        .map(|text| text.filter(|text| !text.is_empty()))
        .filter(|text| text.as_deref() != current)
}
