//! Linked accounts: who somebody is at another provider.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::keys::Index;
use super::owned::{Name, Owned, text};
use super::{Adapter, Error, ErrorKind, Result, User, check_user_id, random, tries};

/// How long the mark of an unlinked account stays: longer than a call to a store goes on.
const UNLINKED_TTL: Duration = Duration::from_millis(10_000);

const PROVIDER: &str = "provider";
const PROVIDER_ACCOUNT_ID: &str = "providerAccountId";

/// A linked account: the provider's fields, whatever they are, with these among them.
pub type Account = Map<String, Value>;

/// What names an account.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountName {
    /// The provider's id.
    pub provider: String,
    /// The account's id at the provider.
    pub provider_account_id: String,
}

impl Adapter {
    /// Links an account to a user. Linking it again to the same user replaces its fields; an
    /// account of another user is refused.
    pub async fn link_account(&self, account: Account) -> Result<Account> {
        let name = AccountName {
            provider: text(&account, PROVIDER)?,
            provider_account_id: text(&account, PROVIDER_ACCOUNT_ID)?,
        };
        let user_id = text(&account, "userId")?;
        check_user_id(&user_id)?;
        let key = self.keys.account(&name);
        let index = self.keys.index(Index::Accounts, &user_id);
        let member = self.keys.member(&key);
        let value = Value::Object(account.clone()).to_string();
        let mut stored: Option<String> = None;
        let mut ghost: Option<String> = None;
        for _ in tries() {
            // The index first: an account that its user's deletion cannot find must not exist. And
            // each time, because an unlinking that was under way may have removed it.
            self.store.add_member(&index, &member, None).await?;
            if self
                .store
                .compare_and_set(&key, stored.as_deref(), Some(&value), None)
                .await?
            {
                self.leave(Index::Accounts, ghost.as_deref(), &member)
                    .await?;
                return Ok(account);
            }
            stored = self.store.get(&key).await?;
            let Some(owner) = stored
                .as_deref()
                .and_then(|text| Owned::read(text, &names(&name)))
                .map(|found| found.owner)
                .filter(|owner| *owner != user_id)
            else {
                continue;
            };
            if self.fetch_user(&owner).await?.is_some() {
                self.store.remove_member(&index, &member).await?;
                let message = "the account belongs to another user";
                return Err(Error::refused(ErrorKind::AccountTaken, message));
            }
            // Left behind by a deletion that was broken off: the next round replaces it.
            ghost = Some(owner);
        }
        Err(Error::contended(&*self.store))
    }

    /// Ends the link of an account, and returns it if there was one.
    ///
    /// A mark takes its place for a while. Somebody who links the account at this moment then sees
    /// that it was unlinked, and notes it in the index anew.
    pub async fn unlink_account(&self, name: AccountName) -> Result<Option<Account>> {
        let key = self.keys.account(&name);
        for _ in tries() {
            let Some(stored) = self.store.get(&key).await? else {
                return Ok(None);
            };
            let Some(account) = Owned::read(&stored, &names(&name)) else {
                return Ok(None);
            };
            let index = self.keys.index(Index::Accounts, &account.owner);
            self.store
                .remove_member(&index, &self.keys.member(&key))
                .await?;
            let mark = serde_json::json!({ "unlinked": random::mark()? }).to_string();
            let ttl = Some(UNLINKED_TTL);
            if self
                .store
                .compare_and_set(&key, Some(&stored), Some(&mark), ttl)
                .await?
            {
                return Ok(Some(account.record));
            }
        }
        Err(Error::contended(&*self.store))
    }

    /// The user to whom an account is linked, or `None`.
    pub async fn get_user_by_account(&self, name: AccountName) -> Result<Option<User>> {
        let key = self.keys.account(&name);
        let Some(stored) = self.store.get(&key).await? else {
            return Ok(None);
        };
        let Some(Owned { owner, .. }) = Owned::read(&stored, &names(&name)) else {
            return Ok(None);
        };
        let user = self.get_user(&owner).await?;
        if user.is_none() {
            self.remove_orphan(Index::Accounts, &owner, &key, &stored)
                .await?;
        }
        Ok(user)
    }

    /// A linked account with all its fields, or `None`.
    pub async fn get_account(&self, name: AccountName) -> Result<Option<Account>> {
        let key = self.keys.account(&name);
        self.owned(Index::Accounts, &key, &names(&name)).await
    }
}

/// What a record of this account says of itself.
fn names(name: &AccountName) -> [Name<'_>; 2] {
    [
        (PROVIDER, &name.provider),
        (PROVIDER_ACCOUNT_ID, &name.provider_account_id),
    ]
}
