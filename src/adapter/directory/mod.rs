//! Where users come from.
//!
//! The adapter speaks to people through [`Directory`] alone. Whoever implements it owns what is
//! special about the records that the users are: how they are made exactly once, which of their
//! members the adapter keeps its own data in, and when an address counts as proven.

mod contacts;
mod fingerprint;
mod meta;
mod sub_accounts;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use super::{Error, ErrorKind, NewUser, Result, User};
use crate::chatbotkit::{ApiSession, NewApiSession};
pub use contacts::ContactDirectory;
pub use fingerprint::{Fingerprint, PlatformFingerprint};
pub use sub_accounts::SubAccountDirectory;

/// What came of making a user.
#[derive(Debug)]
pub enum Created {
    /// The user that was made.
    New(User),
    /// Another user, who has the same address.
    Existing(User),
}

/// Is told the id of a user as soon as the API has answered it, and waited for while the user is read.
pub type NoteId<'a> = &'a (dyn Fn(String) -> BoxFuture<'a, ()> + Send + Sync);

/// What to change of a user. What is `None` stays as it is; `Some(None)` clears a field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// The e-mail address, normalised.
    pub email: Option<String>,
    /// When the address was proven, in epoch milliseconds.
    pub email_verified: Option<Option<i64>>,
    /// The name.
    pub name: Option<Option<String>>,
    /// The address of the picture.
    pub image: Option<Option<String>>,
    /// Members of `meta`, which the application keeps of its own.
    pub fields: Map<String, Value>,
    /// The key of the call that made the user, or got the user of one that had failed.
    pub create_key: Option<String>,
    /// The limits of a sub-account.
    pub limits: Option<Option<Map<String, Value>>>,
}

/// A directory of users. Addresses are normalised where nothing else is said; ids are checked here,
/// because they come from outside.
#[async_trait]
pub trait Directory: Send + Sync {
    /// What the options call one of its users: `User`, as in `autoCreateUser`.
    fn noun(&self) -> &'static str;

    /// Whether its users can have limits.
    fn has_limits(&self) -> bool;

    /// The secret from which the key of user snapshots is derived.
    fn secret(&self) -> Option<&str>;

    /// The user with that id, or `None`. An id that no user can have costs no request.
    async fn find(&self, id: &str) -> Result<Option<User>>;

    /// Whether there is a record with that id, be it a user or not.
    async fn exists(&self, id: &str) -> Result<bool>;

    /// The user with that address, or `None`. It is spelled as it was given but for white space around
    /// it, because an API may compare addresses exactly.
    async fn find_by_email(&self, spelling: &str) -> Result<Option<User>>;

    /// Whether finding by address reads a list of all who claim it, because nothing keeps two records
    /// from having one address, and not all records are users. Then an address is looked up before
    /// somebody is given it, and only users are deleted.
    fn searches_lists(&self) -> bool;

    /// Makes a user exactly once, although answers get lost. `create_key` is unique to the call, and
    /// stays with the user; nothing is believed to have been made by it that does not have it.
    async fn create(
        &self,
        new: &NewUser,
        address: &str,
        create_key: &str,
        note_id: NoteId<'_>,
    ) -> Result<Created>;

    /// The key of the call that made the user, if the adapter did.
    fn create_key<'a>(&self, user: &'a User) -> Option<&'a str>;

    /// Changes a user. An address that belongs to somebody else is refused, where the API knows.
    async fn update(&self, user: &User, changes: &Changes) -> Result<()>;

    /// Deletes a user. Deleting one who is not there is no error.
    async fn delete(&self, id: &str) -> Result<()>;

    /// Makes a session at the API for one of its users. Unless they are sub-accounts, there are none.
    async fn create_api_session(&self, _: &str, _: &NewApiSession) -> Result<ApiSession> {
        let message = "the users are contacts, and the API makes sessions of sub-accounts only";
        Err(Error::refused(ErrorKind::InvalidArgument, message))
    }

    /// The error for a method that had no answer in the time that it has in all.
    fn timed_out(&self) -> Error;
}
