//! Making a user exactly once.

use super::users::{email_taken, no_address};
use super::{Adapter, Error, ErrorKind, NewUser, Result, User, UserChanges, email, random, user};
use crate::chatbotkit;
use tokio::time::Instant;

/// What came of a create.
enum Outcome {
    /// The user that it made.
    Made(User),
    /// Somebody else's user with the same address.
    Exists(User),
}

impl Adapter {
    /// Makes a sub-account. Its id is the API's.
    ///
    /// The API makes no promise about a create whose answer is lost. The request therefore
    /// carries a key of its own: when the outcome is unclear, the address is looked up, and the
    /// sub-account that has the key is the one that was made.
    pub async fn create_user(&self, new: NewUser) -> Result<User> {
        if !self.options.auto_create_user {
            return Err(Error::refused(
                ErrorKind::CreateDisabled,
                "there is no such user, and autoCreateUser is off",
            ));
        }
        let address = new
            .email
            .as_deref()
            .map(email::normalised)
            .unwrap_or_default();
        if !email::is_address(&address) {
            return Err(no_address());
        }
        let key = random::key()?;
        let account = chatbotkit::NewUser {
            email: address,
            name: new.name.filter(|name| !name.is_empty()),
            image: new.image.filter(|image| !image.is_empty()),
            meta: user::new_meta(new.email_verified, &key),
        };
        let deadline = Instant::now() + chatbotkit::CALL_LIMIT;
        let create = self.create_once(&account, &key);
        match self.until(deadline, create).await? {
            Outcome::Made(user) => Ok(user),
            Outcome::Exists(user) => self.existing(user, new.email_verified, deadline).await,
        }
    }

    /// Sends creates until one is known to have been carried out exactly once.
    async fn create_once(&self, account: &chatbotkit::NewUser, key: &str) -> Result<Outcome> {
        let mut attempt = 0;
        loop {
            let created = self.partner.create(account).await;
            // Whoever asks from now on must not join a look-up that began before.
            self.recent.forget("", Some(&account.email));
            let error = match created {
                Ok(id) => return self.created(id, account).await.map(Outcome::Made),
                Err(error) => error,
            };
            let conflicts = error.kind() == chatbotkit::ErrorKind::Conflict;
            if conflicts || error.is_unclear() {
                match self.find_by_email(&account.email).await {
                    Ok(Some(user)) if user.was_created_with(key) => {
                        return Ok(Outcome::Made(user));
                    }
                    Ok(Some(user)) => return Ok(Outcome::Exists(user)),
                    Ok(None) if conflicts => return Err(email_taken()),
                    // Whether it was made is still unknown. If it was, the next sign-in finds it.
                    Err(_) => return Err(self.api_error(error)),
                    Ok(None) => {}
                }
            }
            attempt += 1;
            if !self.partner.may_retry(&error, attempt).await {
                return Err(self.api_error(error));
            }
        }
    }

    /// The user that a create has made: the API answers with the id alone.
    ///
    /// When it cannot be asked for the rest, the user is what was sent. Failing now would leave a
    /// sub-account to which NextAuth links no OAuth account, and so lock its owner out.
    async fn created(&self, id: String, account: &chatbotkit::NewUser) -> Result<User> {
        let user = match self.fetch_user(&id).await {
            Ok(user) => user.filter(|user| email::normalised(&user.email) == account.email),
            Err(error) if error.is_retryable() => {
                Some(User::from_new_account(id, account, self.now()))
            }
            Err(error) => return Err(error),
        };
        user.ok_or_else(|| {
            let message = "the user that was just created is not there";
            Error::refused(ErrorKind::UserNotFound, message)
        })
    }

    /// Somebody else made a user with this address first. When the address was proven, it is the
    /// same person (two tabs that finish one sign-up). When it was not, handing the user over
    /// would let anyone take it who claims the address at some OAuth provider.
    async fn existing(
        &self,
        user: User,
        email_verified: Option<i64>,
        deadline: Instant,
    ) -> Result<User> {
        if email_verified.is_none() {
            return Err(email_taken());
        }
        let stamp = UserChanges {
            id: user.id.clone(),
            email_verified: Some(email_verified),
            ..UserChanges::default()
        };
        self.change(user, stamp, deadline).await
    }
}
