//! Passkeys: NextAuth's authenticators.

use futures_util::future::try_join_all;
use serde_json::{Map, Value};

use super::keys::Index;
use super::owned::{Owned, text};
use super::{Adapter, Error, ErrorKind, Result, check_user_id, tries};

/// A passkey as NextAuth hands it over: `credentialID`, `userId`, `counter` and what else it has.
pub type Authenticator = Map<String, Value>;

const CREDENTIAL_ID: &str = "credentialID";
const COUNTER: &str = "counter";

impl Adapter {
    /// Keeps a passkey. A credential that somebody has registered already is refused.
    pub async fn create_authenticator(
        &self,
        authenticator: Authenticator,
    ) -> Result<Authenticator> {
        let credential_id = text(&authenticator, CREDENTIAL_ID)?;
        let key = self.keys.authenticator(&credential_id);
        let user_id = text(&authenticator, "userId")?;
        check_user_id(&user_id)?;
        if counter(&authenticator).is_none() {
            let message = "counter has to be a whole number";
            return Err(Error::refused(ErrorKind::InvalidArgument, message));
        }
        let index = self.keys.index(Index::Authenticators, &user_id);
        let member = self.keys.member(&key);
        self.store.add_member(&index, &member, None).await?;
        let value = Value::Object(authenticator.clone()).to_string();
        let mut stored: Option<String> = None;
        let mut ghost: Option<String> = None;
        for _ in tries() {
            if self
                .store
                .compare_and_set(&key, stored.as_deref(), Some(&value), None)
                .await?
            {
                self.leave(Index::Authenticators, ghost.as_deref(), &member)
                    .await?;
                return Ok(authenticator);
            }
            stored = self.store.get(&key).await?;
            let Some(Owned { owner, .. }) = stored
                .as_deref()
                .and_then(|text| read(text, &credential_id))
            else {
                continue;
            };
            if self.fetch_user(&owner).await?.is_some() {
                if owner != user_id {
                    self.store.remove_member(&index, &member).await?;
                }
                let message = "the credential is registered already";
                return Err(Error::refused(ErrorKind::AuthenticatorTaken, message));
            }
            // Left behind by a deletion that was broken off: the next round replaces it.
            ghost = Some(owner).filter(|owner| *owner != user_id);
        }
        Err(Error::contended(&*self.store))
    }

    /// The passkey with that credential, or `None`.
    pub async fn get_authenticator(&self, credential_id: &str) -> Result<Option<Authenticator>> {
        let key = self.keys.authenticator(credential_id);
        let names = [(CREDENTIAL_ID, credential_id)];
        let found = self.owned(Index::Authenticators, &key, &names).await?;
        Ok(found.filter(|record| counter(record).is_some()))
    }

    /// All passkeys of a user.
    pub async fn list_authenticators_by_user_id(&self, id: &str) -> Result<Vec<Authenticator>> {
        if !crate::chatbotkit::is_user_id(id) {
            return Ok(vec![]);
        }
        let members = self
            .store
            .members(&self.keys.index(Index::Authenticators, id))
            .await?;
        if members.is_empty() || self.user_lately(id).await?.is_none() {
            return Ok(vec![]);
        }
        let keys: Vec<String> = members
            .iter()
            .map(|member| self.keys.of_member(member))
            .collect();
        let stored = try_join_all(keys.iter().map(|key| self.store.get(key))).await?;
        let found = keys.iter().zip(stored).filter_map(|(key, text)| {
            let Owned { owner, record } = Owned::read(&text?, &[])?;
            let credential_id = record.get(CREDENTIAL_ID)?.as_str()?;
            let is_own = owner == id && self.keys.authenticator(credential_id) == *key;
            (is_own && counter(&record).is_some()).then_some(record)
        });
        Ok(found.collect())
    }

    /// Sets the counter of a passkey. It never goes back, whichever of two sign-ins ends last: a
    /// counter that goes back is how a copied passkey is noticed (WebAuthn, 6.1.1).
    pub async fn update_authenticator_counter(
        &self,
        credential_id: &str,
        new_counter: u64,
    ) -> Result<Authenticator> {
        let key = self.keys.authenticator(credential_id);
        for _ in tries() {
            let stored = self.store.get(&key).await?;
            let found = stored.as_deref().and_then(|text| read(text, credential_id));
            let Some(mut authenticator) = found.map(|it| it.record) else {
                let message = "there is no such passkey";
                return Err(Error::refused(ErrorKind::AuthenticatorNotFound, message));
            };
            if counter(&authenticator) >= Some(new_counter) {
                return Ok(authenticator);
            }
            authenticator.insert(COUNTER.to_owned(), new_counter.into());
            let value = Value::Object(authenticator.clone()).to_string();
            if self
                .store
                .compare_and_set(&key, stored.as_deref(), Some(&value), None)
                .await?
            {
                return Ok(authenticator);
            }
        }
        Err(Error::contended(&*self.store))
    }
}

fn read(text: &str, credential_id: &str) -> Option<Owned> {
    Owned::read(text, &[(CREDENTIAL_ID, credential_id)]).filter(|it| counter(&it.record).is_some())
}

fn counter(authenticator: &Authenticator) -> Option<u64> {
    authenticator.get(COUNTER)?.as_u64()
}
