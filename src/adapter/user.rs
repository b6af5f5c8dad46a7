//! A user, who is a sub-account with an e-mail address.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::chatbotkit;

/// The member of a sub-account's `meta` that belongs to this adapter. Partners keep their own
/// data beside it.
const META: &str = "nextauth";
const EMAIL_VERIFIED: &str = "emailVerified";
const CREATE_KEY: &str = "createKey";

/// A user as NextAuth sees it, with what the API knows beside that. Times are epoch milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The sub-account's id.
    pub id: String,
    /// The e-mail address.
    pub email: String,
    /// When the address was proven, or `None` if it was not.
    pub email_verified: Option<i64>,
    /// The name.
    pub name: Option<String>,
    /// The address of the picture.
    pub image: Option<String>,
    /// When the sub-account was made.
    pub created_at: i64,
    /// When the sub-account was last changed.
    pub updated_at: i64,
    /// The description; only look-ups by address have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The limits that the partner set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Value>,
    /// The partner's own data, and ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<Map<String, Value>>,
}

impl User {
    /// The user that a sub-account is, or `None` when it has no address.
    pub(super) fn from_account(account: chatbotkit::User) -> Option<Self> {
        let ours = account
            .meta
            .as_ref()
            .and_then(|meta| meta.get(META))
            .and_then(Value::as_object);
        let email_verified = match ours.and_then(|ours| ours.get(EMAIL_VERIFIED)) {
            // Made by the partner, who vouches for the address.
            None => Some(account.created_at),
            Some(time) => time
                .as_i64()
                .filter(|time| time.abs() <= chatbotkit::TIME_LIMIT),
        };
        Some(Self {
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

    /// The user that a sub-account just became, made at `now`.
    pub(super) fn from_new_account(id: String, account: &chatbotkit::NewUser, now: i64) -> Self {
        let ours = account
            .meta
            .get(META)
            .and_then(|ours| ours.get(EMAIL_VERIFIED));
        Self {
            id,
            email: account.email.clone(),
            email_verified: ours.and_then(Value::as_i64),
            name: account.name.clone(),
            image: account.image.clone(),
            created_at: now,
            updated_at: now,
            description: None,
            limits: None,
            meta: Some(account.meta.clone()),
        }
    }

    fn ours(&self) -> Option<&Map<String, Value>> {
        self.meta.as_ref()?.get(META)?.as_object()
    }

    /// Whether this user was made by the attempt that carried `key`.
    pub(super) fn was_created_with(&self, key: &str) -> bool {
        self.ours()
            .and_then(|ours| ours.get(CREATE_KEY))
            .and_then(Value::as_str)
            == Some(key)
    }

    /// The `meta` that says when the address was proven. The API merges the top level only, so
    /// our other members are repeated.
    pub(super) fn meta_with_email_verified(&self, time: Option<i64>) -> Map<String, Value> {
        let mut ours = self.ours().cloned().unwrap_or_default();
        ours.insert(EMAIL_VERIFIED.to_owned(), time.into());
        Map::from_iter([(META.to_owned(), ours.into())])
    }
}

/// The `meta` of a new sub-account.
pub(super) fn new_meta(email_verified: Option<i64>, create_key: &str) -> Map<String, Value> {
    let ours = Map::from_iter([
        (EMAIL_VERIFIED.to_owned(), email_verified.into()),
        (CREATE_KEY.to_owned(), create_key.into()),
    ]);
    Map::from_iter([(META.to_owned(), ours.into())])
}
