//! Users who are sub-accounts of a partner.
//!
//! A user is a sub-account with an e-mail address. What only the adapter knows of it stands in its
//! `meta`, under a member of the adapter's own; partners keep their own data beside that.

use async_trait::async_trait;
use serde_json::{Map, Value};

use super::{Changes, Created, Directory};
use crate::adapter::{self, Error, NewUser, Result, User, email, random};
use crate::chatbotkit::{self, Config, ErrorKind, NewSubAccount, SubAccount, SubAccounts};

/// The adapter's member of `meta`, and its own members.
const META: &str = "nextauth";
const EMAIL_VERIFIED: &str = "emailVerified";
const CREATE_KEY: &str = "createKey";

/// The sub-accounts of one partner.
pub struct SubAccountDirectory {
    accounts: SubAccounts,
}

impl SubAccountDirectory {
    /// A directory that has not connected to anything.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let accounts = SubAccounts::new(config);
        Self { accounts }
    }

    /// An error of the API, with the host that it came from.
    fn error(&self, error: chatbotkit::Error) -> Error {
        Error::api(self.accounts.client().config().host(), error)
    }

    async fn fetch(&self, id: &str) -> Result<Option<SubAccount>> {
        let account = self.accounts.fetch(id).await;
        account.map_err(|error| self.error(error))
    }

    /// The user that a create has made: the API answers with the id alone.
    ///
    /// When it cannot be asked for the rest, the user is what was sent. Failing now would leave a
    /// sub-account to which NextAuth links no OAuth account, and so lock its owner out.
    async fn created(&self, id: String, sent: NewSubAccount, now: i64) -> Result<User> {
        let user = match self.find(&id).await {
            Ok(user) => user.filter(|user| email::normalised(&user.email) == sent.email),
            Err(error) if error.is_retryable() => user(SubAccount {
                id,
                created_at: now,
                updated_at: now,
                name: sent.name,
                description: None,
                image: sent.image,
                email: Some(sent.email),
                limits: None,
                meta: Some(sent.meta),
            }),
            Err(error) => return Err(error),
        };
        user.ok_or_else(|| {
            let message = "the user that was just created is not there";
            Error::refused(adapter::ErrorKind::UserNotFound, message)
        })
    }
}

#[async_trait]
impl Directory for SubAccountDirectory {
    fn secret(&self) -> Option<&str> {
        self.accounts.client().config().secret()
    }

    async fn find(&self, id: &str) -> Result<Option<User>> {
        Ok(self.fetch(id).await?.and_then(user))
    }

    async fn exists(&self, id: &str) -> Result<bool> {
        Ok(self.fetch(id).await?.is_some())
    }

    async fn find_by_email(&self, address: &str) -> Result<Option<User>> {
        let account = self.accounts.find_by_email(address).await;
        Ok(account.map_err(|error| self.error(error))?.and_then(user))
    }

    /// The API makes no promise about a create whose response is lost. The request therefore
    /// carries a key of its own: when the outcome is unclear, the address is looked up, and the
    /// sub-account that has the key is the one that was made.
    async fn create(&self, new: &NewUser, address: &str, now: i64) -> Result<Created> {
        let key = random::key()?;
        let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let account = NewSubAccount {
            email: address.to_owned(),
            name: text(&new.name),
            image: text(&new.image),
            meta: meta(
                new.fields.clone(),
                [
                    (EMAIL_VERIFIED.to_owned(), new.email_verified.into()),
                    (CREATE_KEY.to_owned(), key.as_str().into()),
                ],
            ),
        };
        let mut attempt = 0;
        loop {
            let error = match self.accounts.create(&account).await {
                Ok(id) => return self.created(id, account, now).await.map(Created::New),
                Err(error) => error,
            };
            let conflicts = error.kind() == ErrorKind::Conflict;
            if conflicts || error.is_unclear() {
                match self.find_by_email(address).await {
                    Ok(Some(user)) if create_key(&user) == Some(&key) => {
                        return Ok(Created::New(user));
                    }
                    Ok(Some(user)) => return Ok(Created::Existing(user)),
                    Ok(None) if conflicts => return Err(Error::email_taken()),
                    // Whether it was made is still unknown. If it was, the next sign-in finds it.
                    Err(_) => return Err(self.error(error)),
                    Ok(None) => {}
                }
            }
            attempt += 1;
            if !self.accounts.client().may_retry(&error, attempt).await {
                return Err(self.error(error));
            }
        }
    }

    async fn update(&self, user: &User, changes: &Changes) -> Result<()> {
        let changes = chatbotkit::Changes {
            name: changes.name.clone(),
            image: changes.image.clone(),
            email: changes.email.clone(),
            meta: match changes.email_verified {
                Some(time) => meta_with_email_verified(changes.fields.clone(), user, time),
                None => changes.fields.clone(),
            },
        };
        let updated = self.accounts.update(&user.id, &changes).await;
        updated.map_err(|error| match error.kind() {
            ErrorKind::Conflict => Error::email_taken(),
            ErrorKind::NotFound => Error::no_such_user(),
            _ => self.error(error),
        })
    }

    async fn delete(&self, id: &str) -> Result<()> {
        match self.accounts.delete(id).await {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(self.error(error)),
            _ => Ok(()),
        }
    }

    fn timed_out(&self) -> Error {
        self.error(chatbotkit::Error::total_timeout())
    }
}

/// The user that a sub-account is, or `None` when it has no address.
fn user(account: SubAccount) -> Option<User> {
    let email_verified = match ours(account.meta.as_ref()).and_then(|it| it.get(EMAIL_VERIFIED)) {
        // Made by the partner, who vouches for the address.
        None => Some(account.created_at),
        Some(time) => time
            .as_i64()
            .filter(|time| time.abs() <= chatbotkit::TIME_LIMIT),
    };
    Some(User {
        email: account.email?,
        email_verified,
        id: account.id,
        name: account.name,
        image: account.image,
        created_at: account.created_at,
        updated_at: account.updated_at,
        description: account.description,
        limits: account.limits,
        meta: account.meta,
    })
}

fn ours(meta: Option<&Map<String, Value>>) -> Option<&Map<String, Value>> {
    meta?.get(META)?.as_object()
}

/// The `meta` with the application's fields and the adapter's own members.
fn meta(
    mut fields: Map<String, Value>,
    ours: impl IntoIterator<Item = (String, Value)>,
) -> Map<String, Value> {
    fields.insert(META.to_owned(), Map::from_iter(ours).into());
    fields
}

/// The key of the attempt that made this user.
fn create_key(user: &User) -> Option<&str> {
    ours(user.meta.as_ref())?.get(CREATE_KEY)?.as_str()
}

/// The `meta` that says when the address was proven. The API merges the top level only, so the
/// adapter's other members are repeated.
fn meta_with_email_verified(
    fields: Map<String, Value>,
    user: &User,
    time: Option<i64>,
) -> Map<String, Value> {
    let mut ours = ours(user.meta.as_ref()).cloned().unwrap_or_default();
    ours.insert(EMAIL_VERIFIED.to_owned(), time.into());
    meta(fields, ours)
}
