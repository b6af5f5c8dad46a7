//! What all records of the API hold: ids, texts, times.

use serde_json::{Map, Value};

use super::{Error, ErrorKind, Result};

/// The longest id that is believed, in bytes. The API's own have about 25.
const ID_LIMIT: usize = 128;

/// The latest time that a JavaScript `Date` can hold, in epoch milliseconds (ECMA-262, 21.4.1.1).
pub const TIME_LIMIT: i64 = 8_640_000_000_000_000;

/// Whether `id` can be a user's id: letters, digits, `_` and `-`.
///
/// The API reads more into the same place of a URL: `(NAME)` finds a record by its name and
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

/// The id of a record.
pub(super) fn id(object: &mut Map<String, Value>) -> Result<String> {
    let id = text(object, "id")?.filter(|id| is_user_id(id));
    id.ok_or_else(|| wrong("id"))
}

/// A text that may be null, absent or empty, which all mean: not set.
pub(super) fn text(object: &mut Map<String, Value>, member: &str) -> Result<Option<String>> {
    match object.remove(member) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(_) => Err(wrong(member)),
    }
}

/// A time in epoch milliseconds.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "bounded by TIME_LIMIT, which a double holds exactly"
)]
pub(super) fn time(object: &Map<String, Value>, member: &str) -> Result<i64> {
    let time = object.get(member).and_then(Value::as_f64);
    let time = time.filter(|time| time.abs() <= TIME_LIMIT as f64);
    time.map(|time| time as i64).ok_or_else(|| wrong(member))
}

/// A time that may be null or absent.
pub(super) fn optional_time(object: &Map<String, Value>, member: &str) -> Result<Option<i64>> {
    match object.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => time(object, member).map(Some),
    }
}

/// The owner's own data.
pub(super) fn meta(object: &mut Map<String, Value>) -> Result<Option<Map<String, Value>>> {
    match object.remove("meta") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(meta)) => Ok(Some(meta)),
        Some(_) => Err(wrong("meta")),
    }
}

fn wrong(member: &str) -> Error {
    let detail = format!("answered with a user whose \"{member}\" is missing or of a wrong type");
    Error::new(ErrorKind::Unintelligible, detail)
}
