//! Users as NextAuth sees them, and what it asks to make or change of them.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::adapter::{Extras, email};

/// A user as NextAuth sees it, with what the API knows beside that. Times are epoch milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The id, which is the API's.
    pub id: String,
    /// The e-mail address.
    pub email: String,
    /// When the address was proven, or `None` if it was not.
    pub email_verified: Option<i64>,
    /// The name.
    pub name: Option<String>,
    /// The address of the picture.
    pub image: Option<String>,
    /// When the user was made.
    pub created_at: i64,
    /// When the user was last changed.
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
    /// What only a contact has. Boxed: users are moved about, and most are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Box<ContactFields>>,
}

/// What a contact has beside what all users have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactFields {
    /// What tells it from all other contacts of the account.
    pub fingerprint: Option<String>,
    /// When it was verified.
    pub verified_at: Option<i64>,
    /// Its phone number.
    pub phone: Option<String>,
    /// Its nickname.
    pub nick: Option<String>,
    /// What it prefers, as a text.
    pub preferences: Option<String>,
}

/// What NextAuth knows of somebody who signs in for the first time.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewUser {
    /// The e-mail address.
    pub email: Option<String>,
    /// When the address was proven, in epoch milliseconds; `None` if it was not.
    pub email_verified: Option<i64>,
    /// The name.
    pub name: Option<String>,
    /// The address of the picture.
    pub image: Option<String>,
    /// What the application keeps of its own (`userFields`).
    pub fields: Map<String, Value>,
    /// What the application gives new users (`newUser`).
    #[serde(flatten)]
    pub extras: Extras,
}

/// What to change of a user. The outer `None` leaves a field alone, the inner one clears it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserChanges {
    /// The user's id.
    pub id: String,
    /// The e-mail address.
    #[serde(deserialize_with = "present")]
    pub email: Option<Option<String>>,
    /// When the address was proven, in epoch milliseconds.
    #[serde(deserialize_with = "present")]
    pub email_verified: Option<Option<i64>>,
    /// The name.
    #[serde(deserialize_with = "present")]
    pub name: Option<Option<String>>,
    /// The address of the picture.
    #[serde(deserialize_with = "present")]
    pub image: Option<Option<String>>,
    /// What the application keeps of its own (`userFields`).
    pub fields: Map<String, Value>,
}

impl NewUser {
    /// Whose sign-in by code made this user necessary: nothing else proves an address.
    pub(in crate::adapter) fn signs_in(&self) -> Option<String> {
        let proven = self.email_verified.and(self.email.as_deref());
        proven.map(email::normalised)
    }

    /// The name, if there is one.
    pub(in crate::adapter) fn name(&self) -> Option<String> {
        self.name.clone().filter(|name| !name.is_empty())
    }

    /// The address of the picture, if there is one.
    pub(in crate::adapter) fn image(&self) -> Option<String> {
        self.image.clone().filter(|image| !image.is_empty())
    }
}

impl UserChanges {
    /// Whose sign-in by code asks for this: NextAuth stamps each of them, and changes nothing else.
    pub(in crate::adapter) fn signs_in(&self) -> Option<String> {
        let is_stamp = matches!(self.email_verified, Some(Some(_)));
        let others = [&self.email, &self.name, &self.image];
        let is_alone = others.iter().all(|it| it.is_none()) && self.fields.is_empty();
        (is_stamp && is_alone).then(|| self.id.clone())
    }
}

fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}
