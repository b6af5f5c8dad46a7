//! Making a user.

use futures_util::FutureExt as _;
use tokio::time::Instant;

use super::Users;
use crate::adapter::cache::Remembered;
use crate::adapter::directory::{Changes, Created};
use crate::adapter::{AutoCreate, Error, NewUser, Result, User, UserChanges, email, random};
use crate::chatbotkit::TOTAL_TIMEOUT;

impl Users {
    pub(crate) async fn create_user(&self, new: NewUser) -> Result<User> {
        if self.options.auto_create_user == AutoCreate::On {
            let address = email::checked(new.email.as_deref())?;
            return self.make(new, &address).await;
        }
        self.create_admitted(new).await
    }

    /// Makes a user, whoever it is, with a normalised address.
    pub(super) async fn make(&self, new: NewUser, address: &str) -> Result<User> {
        self.check_limits(new.extras.limits.is_some())?;
        let spelling = new.email.as_deref().map_or(address, str::trim);
        // Whoever redeemed a code a moment ago has written to the store by that.
        if !self.cache.has_found_nobody(spelling) {
            self.records.check_takes_writes(address).await?;
        }
        let deadline = Instant::now() + TOTAL_TIMEOUT;
        let create_key = random::key()?;
        let create = self.create(&new, spelling, address, &create_key);
        let created = self.until(deadline, create).await;
        // Whatever came of it: nobody who asks from now on may hear that nobody has the address.
        self.cache.invalidate_email(address);
        let is_proven = new.email_verified.is_some();
        let user = match created {
            Ok(Created::New(user)) => {
                self.cache.saw(&user);
                return Ok(user);
            }
            Ok(Created::Existing(user)) => user,
            Err(error) => {
                if !is_proven && error.is_unclear() {
                    // Where the store fails as well, a code still lets the person in.
                    let _ = self.cache.unfinished.note(address, &create_key).await;
                }
                return Err(error);
            }
        };
        // Somebody made a user with this address first. When the address was proven, it is the same
        // person (two tabs that finish one sign-up). When it was not, handing the user over would
        // let anyone take it who claims the address at some OAuth provider; unless it is nobody's.
        if !is_proven {
            if !self.cache.unfinished.claim(address, &user).await? {
                return Err(Error::email_taken());
            }
            return self.hand_over(user, address, deadline).await;
        }
        let stamp = UserChanges {
            id: user.id.clone(),
            email_verified: Some(new.email_verified),
            ..UserChanges::default()
        };
        self.change(user, stamp, false, deadline).await
    }

    /// Gives a user who was nobody's to whoever has claimed them. From now on no note names them: one that
    /// somebody puts back into the store would give them away again.
    async fn hand_over(&self, user: User, address: &str, deadline: Instant) -> Result<User> {
        let changes = Changes {
            create_key: Some(random::key()?),
            ..Changes::default()
        };
        let error = match self.send(&user, &changes, deadline).await {
            Ok(user) => {
                self.cache.saw(&user);
                return Ok(user);
            }
            Err(error) => error,
        };
        let directory = &self.cache.directory;
        let found = directory.find(&user.id).await.ok().flatten();
        if let Some(key) = directory.create_key(&found.unwrap_or(user)) {
            let _ = self.cache.unfinished.note(address, key).await;
        }
        Err(error)
    }

    /// Whoever has the address, where the API would make another one, or else somebody new.
    async fn create(
        &self,
        new: &NewUser,
        spelling: &str,
        address: &str,
        create_key: &str,
    ) -> Result<Created> {
        let (directory, ids) = (&self.cache.directory, &self.cache.ids);
        if directory.searches_lists()
            && !self.cache.has_found_nobody(spelling)
            && let Some(user) = ids.find(spelling, address, Remembered::Unread).await?
        {
            return Ok(Created::Existing(user));
        }
        let note_id = |id: String| async move { ids.note(address, &id).await }.boxed();
        let created = directory.create(new, address, create_key, &note_id);
        created.await
    }
}
