//! Linked accounts: who somebody is at another provider.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::keys::Index;
use super::records::{Attempt, Kind, Owned, OwnedRecords, Step, text};
use super::{ErrorKind, Result, User, random};

/// How long the tombstone of an unlinked account stays: longer than a request to a store goes on.
const UNLINKED_TTL: Duration = Duration::from_millis(10_000);

const PROVIDER: &str = "provider";
const PROVIDER_ACCOUNT_ID: &str = "providerAccountId";

pub(super) const ACCOUNT: Kind = Kind {
    index: Index::Accounts,
    is_replaceable: true,
    // Who links an account has just signed in to it, at its provider. An account of type "webauthn"
    // is a passkey's, whose id anybody can claim who has seen it.
    is_inherited: |account| account.get("type").and_then(Value::as_str) != Some("webauthn"),
    is_valid: |_| true,
    taken: (
        ErrorKind::AccountTaken,
        "the account belongs to another user",
    ),
};

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

impl AccountName {
    /// What a record of this account says of itself.
    fn members(&self) -> [(&'static str, &str); 2] {
        [
            (PROVIDER, &self.provider),
            (PROVIDER_ACCOUNT_ID, &self.provider_account_id),
        ]
    }
}

/// The linked accounts of an adapter.
pub(super) struct Accounts {
    pub(super) owned: OwnedRecords,
}

impl Accounts {
    pub(super) async fn link_account(&self, account: Account) -> Result<Account> {
        let name = AccountName {
            provider: text(&account, PROVIDER)?,
            provider_account_id: text(&account, PROVIDER_ACCOUNT_ID)?,
        };
        self.owned
            .put(&self.key(&name), &name.members(), account)
            .await
    }

    /// A tombstone takes the account's place for a while. Somebody who links the account at this moment
    /// then sees that it was unlinked, and notes it in the index once more.
    pub(super) async fn unlink_account(&self, name: AccountName) -> Result<Option<Account>> {
        let (key, name) = (&self.key(&name), &name);
        let unlink = |attempt: Attempt| async move {
            let record = attempt.opened()?;
            let found = record.and_then(|text| self.owned.read(text, &name.members()));
            let Some(Owned { owner, record }) = found else {
                return Ok(Step::Done(None));
            };
            let records = &self.owned.records;
            records
                .remove_from_index(Index::Accounts, &owner, key)
                .await?;
            let tombstone = serde_json::json!({ "unlinked": random::nonce()? });
            Ok(attempt.replace(tombstone.to_string(), Some(UNLINKED_TTL), Some(record)))
        };
        self.owned.records.change(key, None, unlink).await
    }

    pub(super) async fn get_user_by_account(&self, name: AccountName) -> Result<Option<User>> {
        self.owned.get_user(&self.key(&name), &name.members()).await
    }

    pub(super) async fn get_account(&self, name: AccountName) -> Result<Option<Account>> {
        self.owned.get(&self.key(&name), &name.members()).await
    }

    fn key(&self, name: &AccountName) -> String {
        self.owned.records.keys.account(name)
    }
}
