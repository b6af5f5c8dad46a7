//! Sets as JSON objects, for stores that know values only.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Entry;
use super::clock::now;

/// Where the set at `key` is. Redis has sets of its own kind, which stand at the key itself: a
/// client of a Redis that is passed as it is makes sets of this kind beside them.
pub(super) fn set_key(key: &str) -> String {
    format!("{key}{SET_MARK}")
}

const SET_MARK: &str = ":json";

/// A set as a JSON object: each member with its end in epoch milliseconds, or null.
pub(super) type Members = BTreeMap<String, Option<u64>>;

/// The members whose lifetime has not ended. A text that is no set is an empty one.
pub(super) fn parse_members(stored: Option<&str>) -> Members {
    let mut members: Members = stored
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let now = now();
    members.retain(|_, end| end.is_none_or(|end| end > now));
    members
}

/// What stands at `key`, where a set that is a JSON object is the set that it stands for.
pub(super) fn unfolded(key: &str, entry: Entry) -> (&str, Entry) {
    let (Some(set), Some((text, _))) = (key.strip_suffix(SET_MARK), &entry.value) else {
        return (key, entry);
    };
    let now = now();
    let left = |end: u64| Duration::from_millis(end.saturating_sub(now));
    let members = parse_members(Some(text)).into_iter();
    let entry = Entry {
        value: None,
        members: members.map(|(it, end)| (it, end.map(left))).collect(),
    };
    (set, entry)
}

/// The text of a set, and how long the last of its members lives. None for a set without members.
pub(super) fn members_to_json(members: &Members) -> Option<(String, Option<Duration>)> {
    let longest = members
        .values()
        .copied()
        .try_fold(0, |longest, end| Some(longest.max(end?)));
    let ttl = longest.map(|end| Duration::from_millis(end.saturating_sub(now())));
    (!members.is_empty()).then(|| (serde_json::json!(members).to_string(), ttl))
}
