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
    #[serde(default)]
    orphaned: bool,
    #[serde(borrow)]
    record: &'a RawValue,
}

/// Where a record is in what is stored.
pub(super) struct Place {
    pub(super) range: Range<usize>,
    /// Whether its owner was not there when it was last met, so that it ends.
    pub(super) is_orphaned: bool,
}

/// `record`, a JSON text, as it stands at `key`.
pub(super) fn bind(key: &str, record: &str, is_orphaned: bool) -> String {
    let end_of_name = if is_orphaned {
        r#"","orphaned":true,"record":"#
    } else {
        r#"","record":"#
    };
    let mut digest = [0; DIGEST_LENGTH];
    let name = name(key, &mut digest);
    [r#"{"key":""#, name, end_of_name, record, "}"].concat()
}

/// Where the record is in what is stored at `key`. `None` when that is no record, or belongs to
/// another key.
pub(super) fn find(key: &str, stored: &str) -> Option<Place> {
    let bound: Bound = serde_json::from_str(stored).ok()?;
    let record = bound.record.get();
    let start = record.as_ptr().addr() - stored.as_ptr().addr();
    let is_here = bound.key == name(key, &mut [0; DIGEST_LENGTH]);
    is_here.then_some(Place {
        range: start..start + record.len(),
        is_orphaned: bound.orphaned,
    })
}

fn name<'a>(key: &str, digest: &'a mut [u8; DIGEST_LENGTH]) -> &'a str {
    &digest_into(key, digest)[..NAME_LENGTH]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open<'a>(key: &str, stored: &'a str) -> Option<&'a str> {
        find(key, stored).map(|place| &stored[place.range])
    }

    #[test]
    fn a_record_is_one_at_its_own_key_only() {
        let stored = bind("here", r#"{"a":1.50}"#, false);
        assert_eq!(open("here", &stored), Some(r#"{"a":1.50}"#));
        assert_eq!(open("there", &stored), None);
        assert_eq!(open("here", r#"{"a":1.50}"#), None);
        assert_eq!(open("here", &stored[1..]), None);
    }

    #[test]
    fn a_record_remembers_whether_it_is_an_orphan() {
        for is_orphaned in [false, true] {
            let stored = bind("here", "{}", is_orphaned);
            assert_eq!(open("here", &stored), Some("{}"));
            assert_eq!(find("here", &stored).unwrap().is_orphaned, is_orphaned);
        }
    }
}
