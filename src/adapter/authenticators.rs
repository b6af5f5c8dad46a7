//! Passkeys: NextAuth's authenticators.

use futures_util::future::try_join_all;
use serde_json::{Map, Value};

use super::keys::Index;
use super::records::{Attempt, Kind, Owned, OwnedRecords, Step, text};
use super::{Error, ErrorKind, Result};
use crate::chatbotkit::is_user_id;

/// A passkey as NextAuth hands it over: `credentialID`, `userId`, `counter` and what else it has.
pub type Authenticator = Map<String, Value>;

const CREDENTIAL_ID: &str = "credentialID";
const COUNTER: &str = "counter";

pub(super) const AUTHENTICATOR: Kind = Kind {
    index: Index::Authenticators,
    is_replaceable: false,
    // A new registration has a new id. Who brings the id of somebody else's passkey must not put
    // another key in its place while the API does not know its owner (WebAuthn, 7.1, step 26).
    is_inherited: |_| false,
    is_valid: |authenticator| counter(authenticator).is_some(),
    taken: (
        ErrorKind::AuthenticatorTaken,
        "the credential is registered already",
    ),
};

/// The passkeys of an adapter.
pub(super) struct Authenticators {
    pub(super) owned: OwnedRecords,
}

impl Authenticators {
    pub(super) async fn create_authenticator(
        &self,
        authenticator: Authenticator,
    ) -> Result<Authenticator> {
        let credential_id = text(&authenticator, CREDENTIAL_ID)?;
        if counter(&authenticator).is_none() {
            let message = "counter has to be a whole number";
            return Err(Error::refused(ErrorKind::InvalidArgument, message));
        }
        let key = self.key(&credential_id);
        let names = [(CREDENTIAL_ID, credential_id.as_str())];
        self.owned.put(&key, &names, authenticator).await
    }

    pub(super) async fn get_authenticator(
        &self,
        credential_id: &str,
    ) -> Result<Option<Authenticator>> {
        let names = [(CREDENTIAL_ID, credential_id)];
        self.owned.get(&self.key(credential_id), &names).await
    }

    pub(super) async fn list_authenticators_by_user_id(
        &self,
        id: &str,
    ) -> Result<Vec<Authenticator>> {
        if !is_user_id(id) {
            return Ok(vec![]);
        }
        let records = &self.owned.records;
        let keys = records.indexed(Index::Authenticators, id).await?;
        if keys.is_empty() || self.owned.users.cached_user(id).await?.is_none() {
            return Ok(vec![]);
        }
        let stored = try_join_all(keys.iter().map(|key| records.get(key))).await?;
        let (mut listed, mut closed) = (vec![], None);
        for (key, text) in keys.iter().zip(stored) {
            let Some(text) = text else { continue };
            let found = match self.owned.open(key, text, &[]) {
                Ok(Some(found)) => found,
                Ok(None) => continue,
                Err(error) => {
                    closed = Some(error);
                    continue;
                }
            };
            let credential_id = found.owned.record.get(CREDENTIAL_ID);
            let its_key = credential_id.and_then(Value::as_str).map(|it| self.key(it));
            if found.owned.owner == id && its_key.as_ref() == Some(key) {
                self.owned.note_owner(key, &found, true).await?;
                listed.push(found.owned.record);
            }
        }
        match closed {
            // Nobody knows whose it was. Those that do open are enough to sign in with.
            Some(error) if listed.is_empty() => Err(error),
            _ => Ok(listed),
        }
    }

    /// The counter never goes back, whichever of two sign-ins ends last: a counter that goes back
    /// is how a copied passkey is noticed (WebAuthn, 6.1.1).
    pub(super) async fn update_authenticator_counter(
        &self,
        credential_id: &str,
        new_counter: u64,
    ) -> Result<Authenticator> {
        let (key, names) = (&self.key(credential_id), &[(CREDENTIAL_ID, credential_id)]);
        let count = |attempt: Attempt| async move {
            let found = attempt
                .opened()?
                .and_then(|text| self.owned.read(text, names));
            let Some(Owned { owner, mut record }) = found else {
                let message = "there is no such passkey";
                return Err(Error::refused(ErrorKind::AuthenticatorNotFound, message));
            };
            if counter(&record) >= Some(new_counter) {
                return Ok(Step::Done(record));
            }
            record.insert(COUNTER.to_owned(), new_counter.into());
            let value = Value::Object(record.clone()).to_string();
            if attempt.is_orphaned() {
                let (records, index) = (&self.owned.records, self.owned.kind.index);
                records.add_to_index(index, &owner, key, None).await?;
            }
            Ok(attempt.replace(value, None, record))
        };
        self.owned.records.change(key, None, count).await
    }

    fn key(&self, credential_id: &str) -> String {
        self.owned.records.keys.authenticator(credential_id)
    }
}

fn counter(authenticator: &Authenticator) -> Option<u64> {
    authenticator.get(COUNTER)?.as_u64()
}
