//! A sub-account as the API tells of it.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Error, ErrorKind, Result};

/// The longest id that is believed, in bytes. The API's own have about 25.
const ID_LIMIT: usize = 128;

/// Whether `id` can be a sub-account's id: letters, digits, `_` and `-`.
///
/// The API reads more into the same place of a URL: `(NAME)` finds a child by its name and
/// `@ALIAS` by its alias. An id from outside must never be read as one of these.
#[must_use]
pub fn is_user_id(id: &str) -> bool {
    (1..=ID_LIMIT).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// An address without regard to case: in lower case, but for characters that are not ASCII and would
/// become so. The Kelvin sign (U+212A) lower-cases to `k`, and is another address nevertheless.
#[must_use]
pub fn folded(address: &str) -> String {
    if address.is_ascii() {
        return address.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(address.len());
    for character in address.chars() {
        if character.is_ascii() || character.to_lowercase().all(|lower| !lower.is_ascii()) {
            folded.extend(character.to_lowercase());
        } else {
            folded.push(character);
        }
    }
    folded
}

/// A sub-account. Times are epoch milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
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

impl User {
    /// Reads a sub-account. Members that are not known are passed over; a known one of another
    /// type is an error.
    pub(super) fn read(mut object: Map<String, Value>) -> Result<Self> {
        let id = text(&mut object, "id")?.filter(|id| is_user_id(id));
        Ok(Self {
            id: id.ok_or_else(|| wrong("id"))?,
            created_at: time(&object, "createdAt")?.ok_or_else(|| wrong("createdAt"))?,
            updated_at: time(&object, "updatedAt")?.ok_or_else(|| wrong("updatedAt"))?,
            name: text(&mut object, "name")?,
            description: text(&mut object, "description")?,
            image: text(&mut object, "image")?,
            email: text(&mut object, "email")?,
            limits: object.remove("limits").filter(|limits| !limits.is_null()),
            meta: match object.remove("meta") {
                None | Some(Value::Null) => None,
                Some(Value::Object(meta)) => Some(meta),
                Some(_) => return Err(wrong("meta")),
            },
        })
    }
}

/// A text that may be null, absent or empty, which all mean: not set.
fn text(object: &mut Map<String, Value>, member: &str) -> Result<Option<String>> {
    match object.remove(member) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(_) => Err(wrong(member)),
    }
}

/// The latest time that a JavaScript `Date` can hold, in epoch milliseconds (ECMA-262, 21.4.1.1).
pub const TIME_LIMIT: i64 = 8_640_000_000_000_000;

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "bounded by TIME_LIMIT, which a double holds exactly"
)]
fn time(object: &Map<String, Value>, member: &str) -> Result<Option<i64>> {
    match object.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value
            .as_f64()
            .filter(|time| time.abs() <= TIME_LIMIT as f64)
        {
            Some(time) => Ok(Some(time as i64)),
            None => Err(wrong(member)),
        },
    }
}

fn wrong(member: &str) -> Error {
    let detail = format!("answered with a user whose \"{member}\" is missing or of a wrong type");
    Error::new(ErrorKind::Unintelligible, detail)
}

/// What a new sub-account is made of.
#[derive(Clone, Debug, Serialize)]
pub struct NewUser {
    /// Its e-mail address.
    pub email: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address of its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The parent's own data.
    pub meta: Map<String, Value>,
}

/// A change of one text: leave it, clear it, or set it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change {
    /// Left alone.
    #[default]
    Keep,
    /// Cleared.
    Clear,
    /// Set.
    Set(String),
}

/// What to change of a sub-account. What is not named stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The name.
    pub name: Change,
    /// The address of the picture.
    pub image: Change,
    /// The e-mail address.
    pub email: Option<String>,
    /// Members of `meta` to set. The others are kept, by way of the API's `$update`.
    pub meta: Map<String, Value>,
}

impl Changes {
    /// Whether there is nothing to change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.name == Change::Keep
            && self.image == Change::Keep
            && self.email.is_none()
            && self.meta.is_empty()
    }

    pub(super) fn body(&self) -> Map<String, Value> {
        let mut body = Map::new();
        for (member, change) in [("name", &self.name), ("image", &self.image)] {
            match change {
                Change::Keep => {}
                // The API clears a field that is set to the empty string.
                Change::Clear => drop(body.insert(member.to_owned(), "".into())),
                Change::Set(text) => drop(body.insert(member.to_owned(), text.clone().into())),
            }
        }
        if let Some(email) = &self.email {
            body.insert("email".to_owned(), email.clone().into());
        }
        if !self.meta.is_empty() {
            // A plain object would replace all that the partner keeps in there.
            let update = Map::from_iter([("$update".to_owned(), self.meta.clone().into())]);
            body.insert("meta".to_owned(), update.into());
        }
        body
    }
}
