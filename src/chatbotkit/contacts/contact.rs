//! A contact as the API tells of it.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::chatbotkit::{Result, fields};

/// A contact. Times are epoch milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Contact {
    /// Its id.
    pub id: String,
    /// When it was made.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
    /// Its name.
    pub name: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// What tells it from all other contacts of the account.
    pub fingerprint: Option<String>,
    /// Its e-mail address, as the API spells it. Several contacts may have the same.
    pub email: Option<String>,
    /// Its phone number.
    pub phone: Option<String>,
    /// Its nickname.
    pub nick: Option<String>,
    /// What it prefers, as a text.
    pub preferences: Option<String>,
    /// When it was verified.
    pub verified_at: Option<i64>,
    /// The account's own data.
    pub meta: Option<Map<String, Value>>,
}

impl Contact {
    /// Reads a contact. Members that are not known are passed over; a known one of another type is
    /// an error.
    pub(super) fn read(mut object: Map<String, Value>) -> Result<Self> {
        Ok(Self {
            id: fields::id(&mut object)?,
            created_at: fields::time(&object, "createdAt")?,
            updated_at: fields::time(&object, "updatedAt")?,
            name: fields::text(&mut object, "name")?,
            description: fields::text(&mut object, "description")?,
            fingerprint: fields::text(&mut object, "fingerprint")?,
            email: fields::text(&mut object, "email")?,
            phone: fields::text(&mut object, "phone")?,
            nick: fields::text(&mut object, "nick")?,
            preferences: fields::text(&mut object, "preferences")?,
            verified_at: fields::optional_time(&object, "verifiedAt")?,
            meta: fields::meta(&mut object)?,
        })
    }

    /// Whether somebody with a secret of the account made or verified this contact.
    ///
    /// Visitors of a widget can plant contacts with any name, address and `meta`. They can neither have
    /// them verified nor choose a fingerprint: the API makes one of what they gave, which is a UUID. A
    /// contact that was made with a secret has what was given with it, or a cuid.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        is_trusted(self.verified_at, self.fingerprint.as_deref())
    }
}

/// [`Contact::is_trusted`] for what has not been read as a contact.
pub(super) fn is_trusted(verified_at: Option<i64>, fingerprint: Option<&str>) -> bool {
    let is_chosen = |fingerprint: &str| !fingerprint.is_empty() && !is_uuid(fingerprint);
    verified_at.is_some() || fingerprint.is_some_and(is_chosen)
}

/// Whether a text has the form of a UUID (RFC 9562, 4).
fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|it| it == b'-' || it.is_ascii_hexdigit())
}

/// What a new contact is made of.
#[derive(Clone, Debug, Serialize)]
pub struct NewContact {
    /// What tells it from all others; 17 characters or more.
    pub fingerprint: String,
    /// Its e-mail address.
    pub email: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The account's own data.
    pub meta: Map<String, Value>,
}

/// What to change of a contact. What is `None` stays as it is.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactChanges {
    /// The name; an empty one clears it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What tells it from all others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// When it was verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<i64>,
    /// Members of `meta` to set. The others are kept, by way of the API's `$update`.
    #[serde(skip)]
    pub meta: Map<String, Value>,
}

impl ContactChanges {
    pub(super) fn body(&self) -> Map<String, Value> {
        let body = serde_json::to_value(self).expect("texts and numbers serialize");
        let Value::Object(mut body) = body else {
            unreachable!("a struct is an object")
        };
        if !self.meta.is_empty() {
            // A plain object would replace all that the account keeps in there.
            let update = Map::from_iter([("$update".to_owned(), self.meta.clone().into())]);
            body.insert("meta".to_owned(), update.into());
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_visitor_gets_is_a_uuid() {
        assert!(is_uuid("1de307ce-f51b-588c-b8ec-20fbcd6e1b5d"));
        assert!(is_uuid("1DE307CE-F51B-588C-B8EC-20FBCD6E1B5D"));
        // The platform's manual, and a cuid.
        assert!(!is_uuid("9b62a3a2bce7c868f30d60f0818e84d2"));
        assert!(!is_uuid("cmau3lt9s00b60000pcv8wy1p"));
    }
}
