//! Users: the sub-accounts of the partner.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::join;
use serde::{Deserialize, Deserializer};
use tokio::time::{Instant, timeout_at};

use super::{Adapter, Error, ErrorKind, Result, User, email};
use crate::chatbotkit::{self, Change, Changes};

/// What NextAuth knows of somebody who signs in for the first time.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewUser {
    /// The e-mail address.
    pub email: Option<String>,
    /// When the address was proven, in epoch milliseconds; `None` if it was not.
    pub email_verified: Option<i64>,
    /// The name.
    pub name: Option<String>,
    /// The address of the picture.
    pub image: Option<String>,
}

/// What to change of a user. The outer `None` leaves a field alone, the inner one clears it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserChanges {
    /// The user's id.
    pub id: String,
    /// The e-mail address.
    #[serde(deserialize_with = "present")]
    pub email: Option<Option<String>>,
    /// When the address was proven, in epoch milliseconds.
    #[serde(deserialize_with = "present")]
    pub email_verified: Option<Option<i64>>,
    /// The name.
    #[serde(deserialize_with = "present")]
    pub name: Option<Option<String>>,
    /// The address of the picture.
    #[serde(deserialize_with = "present")]
    pub image: Option<Option<String>>,
}

fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> std::result::Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

impl Adapter {
    /// The user with that id, or `None`. An id that no sub-account can have costs no request.
    pub async fn get_user(&self, id: &str) -> Result<Option<User>> {
        if let Some(user) = self.recent.by_id(id) {
            return Ok(Some(user));
        }
        self.fetch_user(id).await
    }

    /// Asks the API for the user `id`.
    pub(super) async fn fetch_user(&self, id: &str) -> Result<Option<User>> {
        let account = self
            .partner
            .fetch(id)
            .await
            .map_err(|error| self.api_error(error))?;
        Ok(account.and_then(User::from_account))
    }

    /// Whether there is a sub-account `id`, be it a user or not.
    pub(super) async fn account_exists(&self, id: &str) -> Result<bool> {
        let account = self.partner.fetch(id).await;
        Ok(account.map_err(|error| self.api_error(error))?.is_some())
    }

    /// Asks the API for the user `id`, together with all who ask as of the same `state`.
    pub(super) async fn fetch_user_as_of(&self, id: &str, state: &str) -> Result<Option<User>> {
        let (partner, id) = (Arc::clone(&self.partner), id.to_owned());
        let key = format!("{} {id} {state}", self.recent.moment());
        let ask =
            || async move { Ok(partner.fetch(&id).await?.and_then(User::from_account)) }.boxed();
        self.flights
            .join(key, ask)
            .await
            .map_err(|error| self.api_error(error))
    }

    /// The user with that address, or `None`.
    pub async fn get_user_by_email(&self, address: &str) -> Result<Option<User>> {
        let address = email::normalised(address);
        match self.recent.by_email(&address) {
            Some(user) => Ok(user),
            None => self.find_by_email(&address).await,
        }
    }

    /// Changes a user and returns the result. Only what differs is sent, and if nothing does, or
    /// the call is the sign-in stamp of a user whose address is proven, nothing is sent.
    pub async fn update_user(&self, changes: UserChanges) -> Result<User> {
        let deadline = Instant::now() + chatbotkit::CALL_LIMIT;
        let found = self.until(deadline, self.get_user(&changes.id)).await?;
        self.change(found.ok_or_else(not_found)?, changes, deadline)
            .await
    }

    /// Changes `user` as [`update_user`](Self::update_user) does.
    pub(super) async fn change(
        &self,
        user: User,
        wanted: UserChanges,
        deadline: Instant,
    ) -> Result<User> {
        let mut changes = Changes {
            name: change(user.name.as_deref(), wanted.name),
            image: change(user.image.as_deref(), wanted.image),
            ..Changes::default()
        };
        if let Some(address) = wanted.email {
            let address = address
                .as_deref()
                .map(email::normalised)
                .unwrap_or_default();
            if !email::is_address(&address) {
                return Err(no_address());
            }
            if address != email::normalised(&user.email) {
                changes.email = Some(address);
            }
        }
        if !self.options.auto_update_user {
            if changes.is_empty() {
                return Ok(user);
            }
            let message = "the user would change, and autoUpdateUser is off";
            return Err(Error::refused(ErrorKind::UpdateDisabled, message));
        }
        let verified = match wanted.email_verified {
            // NextAuth stamps at every sign-in by code. When the address is proven already, the
            // stamp alone says nothing new.
            Some(Some(_)) if user.email_verified.is_some() && changes.is_empty() => {
                user.email_verified
            }
            Some(time) => time,
            // That the old address was proven says nothing of the new one.
            None if changes.email.is_some() => None,
            None => user.email_verified,
        };
        if verified != user.email_verified {
            changes.meta = user.meta_with_email_verified(verified);
        }
        if changes.is_empty() {
            return Ok(user);
        }
        self.send(&user.id, &changes, deadline).await
    }

    async fn send(&self, id: &str, changes: &Changes, deadline: Instant) -> Result<User> {
        // Before, so that a store that is down is noticed while nothing has changed yet.
        self.drop_snapshot(id).await?;
        // Only the request is given up at the deadline, never what has to follow it.
        let sent = timeout_at(deadline, self.partner.update(id, changes))
            .await
            .unwrap_or_else(|_| Err(chatbotkit::Error::out_of_time()));
        self.recent.forget(id, changes.email.as_deref());
        let fetched = async {
            match sent {
                Ok(()) => Ok(self.until(deadline, self.get_user(id)).await),
                Err(error) => Err(error),
            }
        };
        let (dropped, fetched) = join(self.drop_snapshot(id), fetched).await;
        dropped?;
        match fetched {
            Ok(user) => user?.ok_or_else(not_found),
            Err(error) => Err(match error.kind() {
                chatbotkit::ErrorKind::Conflict => email_taken(),
                chatbotkit::ErrorKind::NotFound => not_found(),
                _ => self.api_error(error),
            }),
        }
    }

    /// Asks the API for the user with a normalised address.
    pub(super) async fn find_by_email(&self, address: &str) -> Result<Option<User>> {
        if !email::is_address(address) {
            return Ok(None);
        }
        let found = self.partner.find_by_email(address).await;
        Ok(found
            .map_err(|error| self.api_error(error))?
            .and_then(User::from_account))
    }

    /// Asks the API for the user with a normalised address, together with all who ask as of the
    /// same `state`.
    pub(super) async fn find_by_email_as_of(
        &self,
        address: &str,
        state: &str,
    ) -> Result<Option<User>> {
        if !email::is_address(address) {
            return Ok(None);
        }
        let (partner, address) = (Arc::clone(&self.partner), address.to_owned());
        let key = format!("{} {address} {state}", self.recent.moment());
        let ask = || {
            async move {
                Ok(partner
                    .find_by_email(&address)
                    .await?
                    .and_then(User::from_account))
            }
            .boxed()
        };
        self.flights
            .join(key, ask)
            .await
            .map_err(|error| self.api_error(error))
    }
}

fn change(current: Option<&str>, wanted: Option<Option<String>>) -> Change {
    match wanted.map(|text| text.filter(|text| !text.is_empty())) {
        None => Change::Keep,
        Some(text) if text.as_deref() == current => Change::Keep,
        Some(None) => Change::Clear,
        Some(Some(text)) => Change::Set(text),
    }
}

pub(super) fn no_address() -> Error {
    Error::refused(ErrorKind::InvalidArgument, "a user needs an e-mail address")
}

pub(super) fn email_taken() -> Error {
    Error::refused(
        ErrorKind::EmailTaken,
        "the e-mail address belongs to another user",
    )
}

fn not_found() -> Error {
    Error::refused(ErrorKind::UserNotFound, "there is no such user")
}
