//! Users who are sub-accounts of a partner.
//!
//! A user is a sub-account with an e-mail address. What only the adapter knows of it stands in its
//! `meta`, under a member of the adapter's own; partners keep their own data beside that.

use async_trait::async_trait;
use futures_util::future::join;

use super::{Changes, Created, Directory, NoteId, meta};
use crate::adapter::{Error, NewUser, Result, User};
use crate::chatbotkit::{
    self, ApiSession, Config, ErrorKind, NewApiSession, NewSubAccount, SubAccount, SubAccounts,
};

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

    /// Whoever has the address of `new` as it is spelled there. The API refuses an address that is
    /// taken, but one that compares addresses exactly takes this one for another.
    async fn find_as_spelled(&self, new: &NewUser, address: &str) -> Result<Option<User>> {
        let spelling = new.email.as_deref().map(str::trim);
        let Some(spelling) = spelling.filter(|it| *it != address) else {
            return Ok(None);
        };
        let account = self.accounts.find_as_spelled(spelling).await;
        Ok(account.map_err(|error| self.error(error))?.and_then(user))
    }

    /// The user with that id, if it was made under `create_key`. An API, or something in front of it,
    /// that answers a create with the id of somebody else must not sign in as that person.
    async fn made(&self, id: &str, create_key: &str) -> Option<User> {
        let user = self.find(id).await.ok().flatten();
        user.filter(|user| self.create_key(user) == Some(create_key))
    }
}

#[async_trait]
impl Directory for SubAccountDirectory {
    fn noun(&self) -> &'static str {
        "User"
    }

    fn searches_lists(&self) -> bool {
        false
    }

    fn has_limits(&self) -> bool {
        true
    }

    fn secret(&self) -> Option<&str> {
        self.accounts.client().config().secret()
    }

    async fn find(&self, id: &str) -> Result<Option<User>> {
        Ok(self.fetch(id).await?.and_then(user))
    }

    async fn exists(&self, id: &str) -> Result<bool> {
        Ok(self.fetch(id).await?.is_some())
    }

    async fn find_by_email(&self, spelling: &str) -> Result<Option<User>> {
        let account = self.accounts.find_by_email(spelling).await;
        Ok(account.map_err(|error| self.error(error))?.and_then(user))
    }

    /// The API makes no promise about a create whose response is lost. The request therefore
    /// carries a key of its own: when the outcome is unclear, the address is looked up, and the
    /// sub-account that has the key is the one that was made. The id in an answer is not believed
    /// either before the sub-account was read.
    async fn create(
        &self,
        new: &NewUser,
        address: &str,
        create_key: &str,
        note_id: NoteId<'_>,
    ) -> Result<Created> {
        let account = NewSubAccount {
            email: address.to_owned(),
            name: new.name(),
            image: new.image(),
            description: new.extras.description.clone(),
            limits: new.extras.limits.clone(),
            meta: meta::of_new(new, create_key),
        };
        if let Some(user) = self.find_as_spelled(new, address).await? {
            return Ok(Created::Existing(user));
        }
        let mut attempt = 0;
        loop {
            let (is_made, error) = match self.accounts.create(&account).await {
                Ok(id) => match join(self.made(&id, create_key), note_id(id.clone()))
                    .await
                    .0
                {
                    Some(user) => return Ok(Created::New(user)),
                    None => (true, chatbotkit::Error::unconfirmed_create()),
                },
                Err(error) => (false, error),
            };
            let conflicts = error.kind() == ErrorKind::Conflict;
            if is_made || conflicts || error.is_unclear() {
                match self.find_by_email(address).await {
                    Ok(Some(user)) if self.create_key(&user) == Some(create_key) => {
                        return Ok(Created::New(user));
                    }
                    Ok(Some(user)) => return Ok(Created::Existing(user)),
                    Ok(None) if conflicts => return Err(Error::email_taken()),
                    // Whether it was made is still unknown. If it was, the next sign-in finds it.
                    Err(_) => return Err(self.error(error)),
                    Ok(None) if is_made => return Err(self.error(error)),
                    Ok(None) => {}
                }
            }
            attempt += 1;
            if !self.accounts.client().may_retry(&error, attempt).await {
                return Err(self.error(error));
            }
        }
    }

    fn create_key<'a>(&self, user: &'a User) -> Option<&'a str> {
        meta::create_key(user.meta.as_ref())
    }

    async fn update(&self, user: &User, changes: &Changes) -> Result<()> {
        let changes = chatbotkit::Changes {
            name: changes.name.clone(),
            image: changes.image.clone(),
            email: changes.email.clone(),
            limits: changes.limits.clone(),
            meta: meta::changed(user, changes),
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

    async fn create_api_session(&self, id: &str, session: &NewApiSession) -> Result<ApiSession> {
        match self.accounts.create_session(id, session).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::no_such_user()),
            made => made.map_err(|error| self.error(error)),
        }
    }

    fn timed_out(&self) -> Error {
        self.error(chatbotkit::Error::total_timeout())
    }
}

/// The user that a sub-account is, or `None` when it has no address.
fn user(account: SubAccount) -> Option<User> {
    // One that has no note was made by the partner, who vouches for the address.
    let noted = meta::email_verified(account.meta.as_ref());
    Some(User {
        email: account.email?,
        email_verified: noted.unwrap_or(Some(account.created_at)),
        id: account.id,
        name: account.name,
        image: account.image,
        created_at: account.created_at,
        updated_at: account.updated_at,
        description: account.description,
        limits: account.limits,
        meta: account.meta,
        contact: None,
    })
}
