//! A sub-account as the API tells of it.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::chatbotkit::{Result, fields};

/// A sub-account. Times are epoch milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct SubAccount {
    /// Its id.
    pub id: String,
    /// When it was made.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
    /// Its name.
    pub name: Option<String>,
    /// Its description; only lists have it.
    pub description: Option<String>,
    /// The address of its picture.
    pub image: Option<String>,
    /// Its e-mail address, as the API spells it.
    pub email: Option<String>,
    /// The limits that the parent set.
    pub limits: Option<Value>,
    /// The parent's own data.
    pub meta: Option<Map<String, Value>>,
}

impl SubAccount {
    /// Reads a sub-account. Members that are not known are passed over; a known one of another
    /// type is an error.
    pub(super) fn read(mut object: Map<String, Value>) -> Result<Self> {
        Ok(Self {
            id: fields::id(&mut object)?,
            created_at: fields::time(&object, "createdAt")?,
            updated_at: fields::time(&object, "updatedAt")?,
            name: fields::text(&mut object, "name")?,
            description: fields::text(&mut object, "description")?,
            image: fields::text(&mut object, "image")?,
            email: fields::text(&mut object, "email")?,
            limits: object.remove("limits").filter(|limits| !limits.is_null()),
            meta: fields::meta(&mut object)?,
        })
    }
}

/// What a new sub-account is made of.
#[derive(Clone, Debug, Serialize)]
pub struct NewSubAccount {
    /// Its e-mail address.
    pub email: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address of its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Its description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The limits that the parent sets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Map<String, Value>>,
    /// The parent's own data.
    pub meta: Map<String, Value>,
}

/// What to change of a sub-account. What is `None` stays as it is; `Some(None)` clears a text.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The name.
    pub name: Option<Option<String>>,
    /// The address of the picture.
    pub image: Option<Option<String>>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The limits that the parent sets.
    pub limits: Option<Option<Map<String, Value>>>,
    /// Members of `meta` to set. The others are kept, by way of the API's `$update`.
    pub meta: Map<String, Value>,
}

impl Changes {
    pub(super) fn body(&self) -> Map<String, Value> {
        let mut body = Map::new();
        for (member, change) in [("name", &self.name), ("image", &self.image)] {
            if let Some(text) = change {
                // The API clears a field that is set to the empty string.
                let text = text.clone().unwrap_or_default();
                body.insert(member.to_owned(), text.into());
            }
        }
        if let Some(email) = &self.email {
            body.insert("email".to_owned(), email.clone().into());
        }
        if let Some(limits) = &self.limits {
            body.insert("limits".to_owned(), limits.clone().into());
        }
        if !self.meta.is_empty() {
            // A plain object would replace all that the partner keeps in there.
            let update = Map::from_iter([("$update".to_owned(), self.meta.clone().into())]);
            body.insert("meta".to_owned(), update.into());
        }
        body
    }
}
