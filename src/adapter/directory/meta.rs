//! What the adapter keeps of its own in the `meta` of a record: under one member, beside whatever the
//! owner keeps there.

use serde_json::{Map, Value};

use super::Changes;
use crate::adapter::{NewUser, User};
use crate::chatbotkit::TIME_LIMIT;

/// The adapter's member of `meta`, and its own members.
const META: &str = "nextauth";
const EMAIL_VERIFIED: &str = "emailVerified";
const CREATE_KEY: &str = "createKey";

/// The `meta` of a record that is made under `create_key`.
pub(super) fn of_new(new: &NewUser, create_key: &str) -> Map<String, Value> {
    let ours = [
        (EMAIL_VERIFIED.to_owned(), new.email_verified.into()),
        (CREATE_KEY.to_owned(), create_key.into()),
    ];
    let mut given = new.extras.meta.clone().unwrap_or_default();
    given.extend(new.fields.clone());
    with(given, Map::from_iter(ours))
}

/// The members of `meta` that change. The API merges the top level only, so the adapter's other members
/// are repeated.
pub(super) fn changed(user: &User, changes: &Changes) -> Map<String, Value> {
    let fields = changes.fields.clone();
    if changes.email_verified.is_none() && changes.create_key.is_none() {
        return fields;
    }
    let mut ours = ours(user.meta.as_ref()).cloned().unwrap_or_default();
    if let Some(time) = changes.email_verified {
        ours.insert(EMAIL_VERIFIED.to_owned(), time.into());
    }
    if let Some(key) = &changes.create_key {
        ours.insert(CREATE_KEY.to_owned(), key.clone().into());
    }
    with(fields, ours)
}

/// When the address was proven, if that is noted: `Some(None)` says that it was not.
pub(super) fn email_verified(meta: Option<&Map<String, Value>>) -> Option<Option<i64>> {
    let noted = ours(meta)?.get(EMAIL_VERIFIED)?;
    Some(noted.as_i64().filter(|time| time.abs() <= TIME_LIMIT))
}

/// The key of the call that made a record, if the adapter did.
pub(super) fn create_key(meta: Option<&Map<String, Value>>) -> Option<&str> {
    ours(meta)?.get(CREATE_KEY)?.as_str()
}

fn ours(meta: Option<&Map<String, Value>>) -> Option<&Map<String, Value>> {
    meta?.get(META)?.as_object()
}

fn with(mut fields: Map<String, Value>, ours: Map<String, Value>) -> Map<String, Value> {
    fields.insert(META.to_owned(), ours.into());
    fields
}
