//! Records are bound to their keys.
//!
//! A record says where it stands: a digest of its key is kept beside it. A record that was copied
//! to another key, by a script that went wrong or by somebody who wants another person's session,
//! is none there. The digest is no secret, so it does not stop those who can write records of their
//! own making. It is not made with the API secret because a new secret would then end every linked
//! account.

use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::adapter::keys::{DIGEST_LENGTH, digest_into};

/// How much of the digest is kept: 132 bits.
const NAME_LENGTH: usize = 22;

/// What stands at a key.
#[derive(Deserialize)]
struct Bound<'a> {
    /// The beginning of the digest of that key.
    key: &'a str,
    #[serde(borrow)]
    record: &'a RawValue,
}

/// `record`, a JSON text, as it stands at `key`.
pub(super) fn bind(key: &str, record: &str) -> String {
    let mut digest = [0; DIGEST_LENGTH];
    [
        r#"{"key":""#,
        name(key, &mut digest),
        r#"","record":"#,
        record,
        "}",
    ]
    .concat()
}

/// Where the record is in what is stored at `key`. `None` when that is no record, or belongs to
/// another key.
pub(super) fn find(key: &str, stored: &str) -> Option<Range<usize>> {
    let bound: Bound = serde_json::from_str(stored).ok()?;
    let record = bound.record.get();
    let start = record.as_ptr().addr() - stored.as_ptr().addr();
    let is_here = bound.key == name(key, &mut [0; DIGEST_LENGTH]);
    is_here.then_some(start..start + record.len())
}

fn name<'a>(key: &str, digest: &'a mut [u8; DIGEST_LENGTH]) -> &'a str {
    &digest_into(key, digest)[..NAME_LENGTH]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open<'a>(key: &str, stored: &'a str) -> Option<&'a str> {
        find(key, stored).map(|range| &stored[range])
    }

    #[test]
    fn a_record_is_one_at_its_own_key_only() {
        let stored = bind("here", r#"{"a":1.50}"#);
        assert_eq!(open("here", &stored), Some(r#"{"a":1.50}"#));
        assert_eq!(open("there", &stored), None);
        assert_eq!(open("here", r#"{"a":1.50}"#), None);
        assert_eq!(open("here", &stored[1..]), None);
    }
}
