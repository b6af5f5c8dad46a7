//! Making a user.

use tokio::time::Instant;

use super::Users;
use crate::adapter::directory::Created;
use crate::adapter::{Error, ErrorKind, NewUser, Result, User, UserChanges, email};
use crate::chatbotkit::TOTAL_TIMEOUT;

impl Users {
    pub(in crate::adapter) async fn create_user(&self, new: NewUser) -> Result<User> {
        if !self.options.auto_create_user {
            return Err(Error::refused(
                ErrorKind::CreateDisabled,
                "there is no such user, and autoCreateUser is off",
            ));
        }
        let address = email::checked(new.email.as_deref())?;
        self.records.check_takes_writes(&address).await?;
        let deadline = Instant::now() + TOTAL_TIMEOUT;
        let create = self.directory.create(&new, &address, (self.clock)());
        let created = self.until(deadline, create).await;
        // Whatever came of it: nobody who asks from now on may hear that nobody has the address.
        self.cache.invalidate_email(&address);
        let user = match created? {
            Created::New(user) => {
                self.cache.saw(&user);
                return Ok(user);
            }
            Created::Existing(user) => user,
        };
        // Somebody made a user with this address first. When the address was proven, it is the same
        // person (two tabs that finish one sign-up). When it was not, handing the user over would
        // let anyone take it who claims the address at some OAuth provider.
        if new.email_verified.is_none() {
            return Err(Error::email_taken());
        }
        let stamp = UserChanges {
            id: user.id.clone(),
            email_verified: Some(new.email_verified),
            ..UserChanges::default()
        };
        self.change(user, stamp, deadline).await
    }
}
